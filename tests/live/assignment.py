"""What PyTorch makes of programs that assign parameters, buffers and parts: python3 assignment.py OURS.pth OUT.pth

OURS is the checkpoint that tests/live_assignment_test.cpp wrote of its tied model; OUT gets what that model gives here,
and what the same program gives, statement for statement."""
import copy
import sys

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(7, 4)
        self.body = nn.Linear(4, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.register_buffer('mean', torch.zeros(4))
        self.wte.weight = self.lm_head.weight

    def forward(self, index):
        x = torch.tanh(self.body(self.wte(index)))
        self.mean = 0.9 * self.mean + 0.1 * x.detach().mean(0)
        return self.lm_head(x - self.mean)


def train(model):
    index, target = torch.arange(7), torch.arange(7).flip(0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(index), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


theirs = LanguageModel()
theirs.load_state_dict(torch.load(sys.argv[1]))
outputs = theirs(torch.arange(7)).detach()

torch.manual_seed(5)
model = LanguageModel()
losses = train(model)
twin = copy.deepcopy(model)
losses += train(twin)
model.body = nn.Linear(4, 4, bias=False)
model.wte.weight = nn.Parameter(torch.ones(7, 4))
losses += train(model)
torch.save({'outputs': outputs, 'losses': torch.tensor(losses, dtype=torch.float64), 'state': model.state_dict(),
            'twin': twin.state_dict()}, sys.argv[2])
