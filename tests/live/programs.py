"""Whole programs in PyTorch, and the losses of their steps: python3 programs.py OUT.json

tests/live_programs_test.cpp is the same, statement for statement."""
import json
import sys

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.optim.swa_utils import AveragedModel, SWALR, update_bn
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)


def train(model, optimizer, loss_of, steps, scheduler=None):
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(model)
        loss.backward()
        optimizer.step()
        if scheduler:
            scheduler.step()
        losses.append(loss.item())
    return losses


def classifier(activation):
    torch.manual_seed(3)
    X, y = torch.randn(64, 20), torch.randint(5, (64,))
    model = nn.Sequential(nn.Linear(20, 32), nn.BatchNorm1d(32), activation, nn.Dropout(0.2), nn.Linear(32, 32), activation, nn.Linear(32, 5))
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4, nesterov=True)
    return train(model, optimizer, lambda model: F.cross_entropy(model(X), y), 40)


def lenet():
    torch.manual_seed(4)
    X, y = torch.rand(16, 1, 28, 28), torch.randint(10, (16,))
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.BatchNorm2d(16), nn.ReLU(), nn.AvgPool2d(2), nn.Dropout2d(0.25), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Dropout(0.5), nn.Linear(120, 10))
    optimizer = optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05)
    return train(model, optimizer, lambda model: F.cross_entropy(model(X), y, label_smoothing=0.1), 30)


def network_of_examples():
    torch.manual_seed(5)
    X, y = torch.rand(8, 1, 28, 28), torch.randint(10, (8,))
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, 1), nn.ReLU(), nn.Conv2d(8, 16, 3, 1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25), nn.Flatten(1),
        nn.Linear(2304, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 10), nn.LogSoftmax(1))
    optimizer = optim.Adadelta(model.parameters(), lr=1.0)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.7)
    return train(model, optimizer, lambda model: F.nll_loss(model(X), y), 20, scheduler)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc21, self.fc22 = nn.Linear(784, 100), nn.Linear(100, 8), nn.Linear(100, 8)
        self.fc3, self.fc4 = nn.Linear(8, 100), nn.Linear(100, 784)

    def forward(self, x):
        h1 = F.relu(self.fc1(x.view(-1, 784)))
        mu, logvar = self.fc21(h1), self.fc22(h1)
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return torch.sigmoid(self.fc4(F.relu(self.fc3(mu + eps * std)))), mu, logvar


def vae():
    torch.manual_seed(6)
    X = torch.rand(32, 1, 28, 28)

    def loss_of(model):
        recon_x, mu, logvar = model(X)
        BCE = F.binary_cross_entropy(recon_x, X.view(-1, 784), reduction="mean")
        KLD = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp())
        return BCE + KLD

    model = VAE()
    return train(model, optim.Adam(model.parameters(), lr=1e-3), loss_of, 40)


def regression():
    torch.manual_seed(7)
    X = torch.linspace(-3, 3, 100).unsqueeze(1)
    y = torch.sin(X) + 0.1 * torch.randn_like(X)
    model = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.LayerNorm(32), nn.Linear(32, 1))
    optimizer = optim.RMSprop(model.parameters(), lr=1e-3, momentum=0.5, centered=True)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=40)
    return train(model, optimizer, lambda model: F.smooth_l1_loss(model(X), y), 40, scheduler)


class Speaker(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.lstm, self.fc = nn.Embedding(30, 16), nn.LSTM(16, 24, num_layers=2, batch_first=True), nn.Linear(24, 30)

    def forward(self, x):
        out, _ = self.lstm(self.embedding(x))
        return self.fc(out)


def characters():
    torch.manual_seed(8)
    text = torch.randint(30, (8, 13))
    model = Speaker()

    def loss_of(model):
        loss = F.cross_entropy(model(text[:, :-1]).flatten(0, 1), text[:, 1:].flatten())
        return loss

    return train(model, optim.Adagrad(model.parameters(), lr=0.05), loss_of, 30)


class PINN(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))

    def forward(self, x):
        return self.net(x)


def pinn():
    """-u'' = pi^2 sin(pi x) with u(0) = u(1) = 0, first by Adam, then by LBFGS."""
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(9)
    model = PINN()
    x = torch.linspace(0, 1, 32).view(-1, 1).requires_grad_(True)
    x_bc = torch.tensor([[0.0], [1.0]])
    f = torch.pi ** 2 * torch.sin(torch.pi * x.detach())
    losses = []

    def loss_of():
        u = model(x)
        u_x = torch.autograd.grad(u, x, grad_outputs=torch.ones_like(u), create_graph=True)[0]
        u_xx = torch.autograd.grad(u_x, x, grad_outputs=torch.ones_like(u_x), create_graph=True)[0]
        loss_pde = torch.mean((-u_xx - f) ** 2)
        loss_bc = torch.mean(model(x_bc) ** 2)
        return loss_pde + 10 * loss_bc

    adam = optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(20):
        adam.zero_grad()
        loss = loss_of()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    optimizer = optim.LBFGS(model.parameters(), lr=1.0, max_iter=40, max_eval=60, history_size=50, tolerance_grad=1e-9,
                            tolerance_change=1e-12, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        losses.append(loss.item())
        return loss

    optimizer.step(closure)
    torch.set_default_dtype(torch.float32)
    return losses


def gram_matrix(input):
    a, b, c, d = input.size()
    features = input.view(a * b, c * d)
    G = torch.mm(features, features.t())
    return G.div(a * b * c * d)


class ContentLoss(nn.Module):
    def __init__(self, target):
        super().__init__()
        self.target = target.detach()

    def forward(self, input):
        self.loss = F.mse_loss(input, self.target)
        return input


class StyleLoss(nn.Module):
    def __init__(self, target_feature):
        super().__init__()
        self.target = gram_matrix(target_feature).detach()

    def forward(self, input):
        G = gram_matrix(input)
        self.loss = F.mse_loss(G, self.target)
        return input


def style_transfer():
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(10)
    cnn = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU()).eval()
    content_img, style_img = torch.rand(1, 3, 24, 24), torch.rand(1, 3, 24, 24)
    content_losses, style_losses = [], []
    model = nn.Sequential()
    i = 0
    for layer in cnn.children():
        if isinstance(layer, nn.Conv2d):
            i += 1
            name = f"conv_{i}"
        elif isinstance(layer, nn.ReLU):
            name = f"relu_{i}"
            layer = nn.ReLU(inplace=False)
        else:
            name = f"pool_{i}"
        model.add_module(name, layer)
        if name == "conv_2":
            content_loss = ContentLoss(model(content_img).detach())
            model.add_module(f"content_loss_{i}", content_loss)
            content_losses.append(content_loss)
        if name in ("conv_1", "conv_2", "conv_3"):
            style_loss = StyleLoss(model(style_img).detach())
            model.add_module(f"style_loss_{i}", style_loss)
            style_losses.append(style_loss)
    input_img = content_img.clone()
    input_img.requires_grad_(True)
    model.requires_grad_(False)
    optimizer = optim.LBFGS([input_img])
    losses = []
    run = [0]
    while run[0] <= 40:

        def closure():
            with torch.no_grad():
                input_img.clamp_(0, 1)
            optimizer.zero_grad()
            model(input_img)
            style_score = 0
            content_score = 0
            for sl in style_losses:
                style_score += sl.loss
            for cl in content_losses:
                content_score += cl.loss
            style_score *= 1000
            content_score *= 1
            loss = style_score + content_score
            loss.backward()
            run[0] += 1
            losses.append(loss.item())
            return style_score + content_score

        optimizer.step(closure)
    torch.set_default_dtype(torch.float32)
    return losses


def averaged():
    """Stochastic weight averaging, with the statistics of batch norm made anew."""
    torch.manual_seed(11)
    X, y = torch.randn(48, 10), torch.randn(48, 1)
    model = nn.Sequential(nn.Linear(10, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
    loader = DataLoader(TensorDataset(X, y), batch_size=12, shuffle=True)
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    swa_model = AveragedModel(model)
    ema_avg = lambda averaged, current, num_averaged: 0.9 * averaged + 0.1 * current
    ema_model = AveragedModel(model, avg_fn=ema_avg, use_buffers=True)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
    swa_scheduler = SWALR(optimizer, swa_lr=0.02, anneal_epochs=3)
    losses = []
    for epoch in range(10):
        for input, target in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(model(input), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if epoch > 4:
            swa_model.update_parameters(model)
            ema_model.update_parameters(model)
            swa_scheduler.step()
        else:
            scheduler.step()
    update_bn(loader, swa_model)
    for averaged in (swa_model, ema_model):
        averaged.eval()
        losses.append(F.mse_loss(averaged(X), y).item())
        losses.append(averaged.n_averaged.item())
        losses += [v.double().sum().item() for v in averaged.state_dict().values()]
    return losses


activations = [nn.Sigmoid(), nn.Tanh(), nn.ReLU(), nn.LeakyReLU(0.1), nn.RReLU(), nn.ELU(), nn.SELU(), nn.CELU(), nn.GELU(), nn.SiLU(), nn.Mish(),
               nn.Softplus(), nn.Softsign(), nn.Hardswish(), nn.Hardtanh(), nn.Tanhshrink(), nn.LogSigmoid()]
results = {"classifier with " + type(a).__name__: classifier(a) for a in activations}
results |= {f.__name__: f() for f in (lenet, network_of_examples, vae, regression, characters, pinn, style_transfer, averaged)}
with open(sys.argv[1], "w") as out:
    json.dump(results, out)
