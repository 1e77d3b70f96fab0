"""The articles' two training programs in PyTorch, with their losses and times as lines of JSON: the other side of
benchmarks/articles.cpp, with the same arguments. MNIST comes through torchvision's dataset and transforms, as in the article."""
import argparse
import json
import statistics
import time

import torch
import torch.nn as nn
import torch.optim as optim

parser = argparse.ArgumentParser()
parser.add_argument("program", choices=["circle", "mnist"])
parser.add_argument("--root", default="./data")
parser.add_argument("--seed", type=int, default=42)
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--steps", type=int, default=100)
parser.add_argument("--threads", type=int, default=0)
parser.add_argument("--workers", type=int, default=2)
arguments = parser.parse_args()
if arguments.threads:
    torch.set_num_threads(arguments.threads)


class CircleNet(nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 16), activation, nn.Linear(16, 1), nn.Sigmoid())

    def forward(self, x):
        return self.layers(x)


class MnistNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(28 * 28, 512)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(512, 10)

    def forward(self, x):
        return self.fc2(self.relu(self.fc1(self.flatten(x))))


def circle():
    torch.manual_seed(arguments.seed)
    X = torch.randn(1000, 2)
    y = (X[:, 0] ** 2 + X[:, 1] ** 2 > 1).float().unsqueeze(1)
    for name, activation in (("Sigmoid", nn.Sigmoid()), ("ReLU", nn.ReLU()), ("LeakyReLU", nn.LeakyReLU(0.01))):
        model = CircleNet(activation)
        criterion = nn.BCELoss()
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        losses, times = [], []
        for _ in range(arguments.steps):
            start = time.perf_counter()
            optimizer.zero_grad()
            loss = criterion(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            times.append(time.perf_counter() - start)
        print(json.dumps({"net": name, "step_seconds": statistics.median(times), "losses": losses}), flush=True)


def mnist():
    from torch.utils.data import DataLoader
    from torchvision import datasets, transforms

    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    train_dataset = datasets.MNIST(root=arguments.root, train=True, transform=transform)
    test_dataset = datasets.MNIST(root=arguments.root, train=False, transform=transform)
    train_loader = DataLoader(train_dataset, batch_size=64, shuffle=True, num_workers=arguments.workers)
    test_loader = DataLoader(test_dataset, batch_size=1000)
    torch.manual_seed(arguments.seed)
    model = MnistNet()
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.001)
    for epoch in range(1, arguments.epochs + 1):
        start = time.perf_counter()
        losses, labels = [], []
        for data, target in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(data), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            labels += target.tolist()
        trained = time.perf_counter()
        correct = 0
        with torch.no_grad():
            for data, target in test_loader:
                correct += model(data).argmax(1).eq(target).sum().item()
        print(json.dumps({"epoch": epoch, "epoch_seconds": trained - start, "test_seconds": time.perf_counter() - trained,
                          "correct": correct, "losses": losses, "labels": labels}), flush=True)


circle() if arguments.program == "circle" else mnist()
