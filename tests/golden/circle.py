"""circle_seed42.json: the circle's program of examples/ for three activations, from first weights to last."""
import zlib

import torch
from torch import nn

from writing import ABOUT, dumps, state, tensor, write

SEED, N, HIDDEN, EPOCHS = 42, 1000, 16, 100


class CircleNet(nn.Module):
    def __init__(self, activation, hidden=HIDDEN):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, hidden), activation, nn.Linear(hidden, 1), nn.Sigmoid())

    def forward(self, x):
        return self.layers(x)


def train(activation, X, y):
    model = CircleNet(eval(activation))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    run = {'activation': activation, 'init': state(model), 'first_grads': None, 'losses': []}
    for _ in range(EPOCHS):
        optimizer.zero_grad()
        loss = nn.BCELoss()(model(X), y)
        loss.backward()
        run['first_grads'] = run['first_grads'] or {name: tensor(p.grad) for name, p in model.named_parameters()}
        optimizer.step()
        run['losses'].append(loss.item())
    return {**run, 'final': state(model)}


def make(folder):
    torch.manual_seed(SEED)
    X = torch.randn(N, 2)
    squares = X[:, 0] ** 2 + X[:, 1] ** 2
    y = (squares > 1).float().unsqueeze(1)
    nets = [train(activation, X, y) for activation in ('nn.Sigmoid()', 'nn.ReLU()', 'nn.LeakyReLU(0.01)')]
    write(folder, 'circle_seed42.json', dumps({
        **ABOUT, 'seed': SEED, 'n': N, 'hidden': HIDDEN, 'optimizer': 'optim.Adam(p, lr=0.01)',
        'X_first8': tensor(X[:8]), 'X_crc32': zlib.crc32(X.numpy().tobytes()), 'y_sum': y.sum().item(),
        'min_abs_r2_minus_1': (squares - 1).abs().min().item(), 'nets': nets}) + '\n')
