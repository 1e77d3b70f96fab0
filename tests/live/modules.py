"""What PyTorch makes of modules: python3 modules.py CASES.json OUT.pth

A case is [expression, inputs, call]: inputs as expressions that stand apart by ";", "!" before one that gets no
gradient; call as an expression of the module m and the list x of inputs, or "" for m(*x).
Each module is made after manual_seed(7), given other values, and run in training and in evaluation, in float32 and
float64. The answers are a list of dicts in the order of the cases; what stands in them, tests/live_modules_test.cpp
reads."""
import json
import sys
import warnings

import torch
import torch.nn.functional as F
import torch.nn.utils.parametrize as P
from torch import nn
from torch.nn.utils import rnn

warnings.simplefilter("ignore")
torch.set_num_threads(1)
source = torch.Generator()


class RMSNorm(nn.Module):
    """As PyTorch 2 has it."""
    def __init__(self, normalized_shape, eps=None, elementwise_affine=True):
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self.register_parameter("weight", nn.Parameter(torch.ones(self.normalized_shape)) if elementwise_affine else None)

    def forward(self, x):
        eps = torch.finfo(x.dtype).eps if self.eps is None else self.eps
        dims = tuple(range(-len(self.normalized_shape), 0))
        out = x * torch.rsqrt((x ** 2).mean(dims, True) + eps)
        return out if self.weight is None else out * self.weight

    def extra_repr(self):
        return "{normalized_shape}, eps={eps}, elementwise_affine={elementwise_affine}".format(**self.__dict__)


def randn(*shape):
    return torch.randn(shape, dtype=torch.float64, generator=source)


def rand(*shape):
    return torch.rand(shape, dtype=torch.float64, generator=source)


def randint(high, *shape):
    return torch.randint(high, shape, generator=source)


def sign(*shape):
    return randint(2, *shape) * 2 - 1


def used(module, x):
    """A module after a forward of x."""
    module(x)
    return module


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).transpose(-1, -2)

    def right_inverse(self, a):
        return a.triu()


class RankOne(nn.Module):
    def forward(self, x, y):
        return x.unsqueeze(-1) @ y.unsqueeze(-2)

    def right_inverse(self, z):
        return z[:, 0], z[0]


class Twice(nn.Module):
    def forward(self, x):
        return 2 * x

    def right_inverse(self, x):
        return x / 2


class _WeightNorm(nn.Module):
    """What nn.utils.parametrizations.weight_norm of PyTorch 2 registers."""

    def __init__(self, dim):
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, g, v):
        return torch._weight_norm(v, g, self.dim)

    def right_inverse(self, weight):
        return torch.norm_except_dim(weight, 2, self.dim), weight


def weight_norm_of_2(module, dim=0):
    return P.register_parametrization(module, "weight", _WeightNorm(dim), unsafe=True)


def flat(value):
    if isinstance(value, torch.Tensor):
        return [value]
    return [] if value is None else [x for item in value for x in flat(item)]


def run(module, inputs, dtype, call):
    given = [(x.to(dtype) if x.is_floating_point() else x).clone().requires_grad_(grad and x.is_floating_point())
             for x, grad in inputs]
    torch.manual_seed(11)
    outputs = flat(call(module, given))
    weights = [randn(*y.shape).to(y.dtype) for y in outputs]
    module.zero_grad()
    total = sum((y * w).sum() for y, w in zip(outputs, weights) if y.requires_grad)
    if isinstance(total, torch.Tensor):
        total.backward()
    return {
        "inputs": [x.detach() for x in given],
        "wants_gradient": [x.requires_grad for x in given],
        "outputs": [y.detach() for y in outputs],
        "weights": weights,
        "differentiable": [y.requires_grad for y in outputs],
        "input_gradients": [x.grad for x in given],
        "gradients": {name: p.grad.clone() for name, p in module.named_parameters() if p.grad is not None},
        "after": {name: value.clone() for name, value in module.state_dict().items()},
    }


def answer(expression, inputs, called):
    def make():
        torch.manual_seed(7)
        return eval(expression)

    source.manual_seed(3)
    module = make()
    out = {"repr": repr(module), "next": torch.rand(4),
           "initial": {name: x.clone() for name, x in module.state_dict().items()}}
    given = []
    for text in inputs.split(";"):
        text = text.strip()
        given.append((eval(text.lstrip("!")), not text.startswith("!")))
    state = {name: x + 0.1 * randn(*x.shape).to(x.dtype) if name in dict(module.named_parameters()) else x.clone()
             for name, x in module.state_dict().items()}
    out["state"] = state
    call = eval("lambda m, x: " + (called or "m(*x)"))
    for dtype, name in [(torch.float32, "float32"), (torch.float64, "float64")]:
        module = make()
        module.load_state_dict(state)
        module.to(dtype).train()
        out[name + " train"] = run(module, given, dtype, call)
        out[name + " eval"] = run(module.eval(), given, dtype, call)
    return out


with open(sys.argv[1]) as file:
    cases = json.load(file)
torch.save([answer(*case) for case in cases], sys.argv[2])
