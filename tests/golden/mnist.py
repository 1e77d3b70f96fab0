"""mnist_seed1.json: the MNIST classifier of examples/, its first 200 losses, the order of its samples, what it prints."""
import gzip
import hashlib
import os
import zlib

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from loader import Numbers
from writing import ABOUT, dumps, tensor, write

SEED, BATCH, EPOCHS, STEPS = 1, 64, 2, 200
ORDER_OF_DRAWS = 'manual_seed, DataLoaders (no draw), model init, then per epoch: train iterator, test iterator'


def source():
    """The folder of MNIST's four files, packed or not: None where there is none."""
    for root in (os.environ.get('TAPER_DATA'), 'data', os.path.dirname(os.path.abspath(__file__)) + '/../../data'):
        for name in ('train-images-idx3-ubyte', 'train-images-idx3-ubyte.gz'):
            if root and os.path.exists(f'{root}/MNIST/raw/{name}'):
                return root + '/MNIST/raw/'
    return None


def read_idx(path):
    with (open(path, 'rb') if os.path.exists(path) else gzip.open(path + '.gz')) as file:
        content = file.read()
    dims = content[3]
    shape = np.frombuffer(content, '>u4', dims, 4)
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=4 + 4 * dims).reshape(shape).copy())


class Mnist(Dataset):
    def __init__(self, part):
        self.images = read_idx(source() + part + '-images-idx3-ubyte')
        self.labels = read_idx(source() + part + '-labels-idx1-ubyte').long()

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        image = self.images[i].unsqueeze(0).to(torch.float32).div(255)
        return image.sub_(torch.tensor([[[0.1307]]])).div_(torch.tensor([[[0.3081]]])), int(self.labels[i])


class MnistNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(28 * 28, 512)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(512, 10)

    def forward(self, x):
        return self.fc2(self.relu(self.fc1(self.flatten(x))))


def loaders(train, test, workers=0):
    return (DataLoader(train, batch_size=BATCH, shuffle=True, num_workers=workers),
            DataLoader(test, batch_size=1000, shuffle=False))


def orders(test_between=True, workers=0):
    """The order of the samples of each epoch, where the model's first weights and the loaders alone draw numbers."""
    torch.manual_seed(SEED)
    train, test = loaders(Numbers(60000), Numbers(10000), workers)
    MnistNet()
    epochs = []
    for _ in range(EPOCHS):
        order = torch.cat(list(train))
        epochs.append({'first64': order[:64].tolist(), 'last8': order[-8:].tolist(),
                       'crc32_int64': zlib.crc32(order.numpy().tobytes())})
        if test_between:
            list(test)
    return epochs


def summary(t):
    """A weight matrix in short: its bytes' sums, its numbers' sums, its ends."""
    values = t.detach().contiguous().numpy()
    flat, content = values.reshape(-1), values.tobytes()
    return {'shape': list(values.shape), 'dtype': str(values.dtype), 'crc32': zlib.crc32(content),
            'sha256': hashlib.sha256(content).hexdigest(), 'sum_f64': float(flat.astype(np.float64).sum()),
            'abs_sum_f64': float(np.abs(flat.astype(np.float64)).sum()),
            'first': flat[:8].astype(float).tolist(), 'last': flat[-8:].astype(float).tolist()}


def summaries(model):
    return {name: summary(t) for name, t in model.state_dict().items()}


def train_epoch(epoch, model, optimizer, loader, run):
    for i, (x, target) in enumerate(loader):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(x), target)
        loss.backward()
        optimizer.step()
        if len(run['losses']) < STEPS:
            run['losses'].append(loss.item())
            if len(run['losses']) == STEPS:
                run['after_200_steps'] = summaries(model)
        if i % 100 == 0:
            run['printed'].append(f'Train Epoch: {epoch} [{i * len(x)}/{len(loader.dataset)} '
                                  f'({100. * i / len(loader):.0f}%)]\tLoss: {loss.item():.6f}')


def test_epoch(model, loader, run):
    total, correct, n = 0, 0, len(loader.dataset)
    with torch.no_grad():
        for x, target in loader:
            output = model(x)
            total += nn.CrossEntropyLoss()(output, target).item()
            correct += output.argmax(dim=1).eq(target).sum().item()
    run['printed'].append(f'\nTest set: Average loss: {total / n:.4f}, Accuracy: {correct}/{n} ({100. * correct / n:.2f}%)\n')


def make(folder):
    if not source():
        return 'MNIST is in none of $TAPER_DATA and data/'
    samples = Mnist('train')
    torch.manual_seed(SEED)
    train, test = loaders(samples, Mnist('t10k'))
    model = MnistNet()
    run = {'losses': [], 'printed': [], 'init': summaries(model)}
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for epoch in range(1, EPOCHS + 1):
        train_epoch(epoch, model, optimizer, train, run)
        test_epoch(model, test, run)
    first, label = samples[0]
    write(folder, 'mnist_seed1.json', dumps({
        **ABOUT, 'seed': SEED, 'batch': BATCH, 'losses': run['losses'], 'init': run['init'],
        'after_200_steps': run['after_200_steps'], 'order_test_between': orders(),
        'order_no_test': orders(test_between=False), 'order_2_workers': orders(workers=2), 'printed_2_epochs': run['printed'],
        'sample0': {'label': label, 'row_14': tensor(first[0, 14]), 'crc32': zlib.crc32(first.numpy().tobytes())},
        'order_of_draws': ORDER_OF_DRAWS}) + '\n')
