"""What the calls of the sweep are made of: inputs by formula, as in sweep.h, and a record of results."""
import contextlib
import io
import math
import os
import struct
import types
import warnings

import numpy
import torch
from torch import autograd, linalg, nn, optim
from torch.utils import data
from torch.nn import functional as F, init
from torch.optim import lr_scheduler

try:
    from torchvision import datasets, transforms
except ImportError:
    pass

warnings.simplefilter("ignore")
torch.set_num_threads(1)
inf = math.inf


def filled(shape, dtype, value):
    count = math.prod(shape)
    return torch.tensor([value(i) for i in range(count)], dtype=torch.float64).to(dtype).view(shape).clone()


def real(*shape):
    return filled(shape, torch.float32, lambda i: (i * 37 + 11) % 101 / 50 - 0.99)


def wide(*shape):
    return filled(shape, torch.float64, lambda i: (i * 37 + 11) % 101 / 50 - 0.99)


def more(*shape):
    return filled(shape, torch.float32, lambda i: (i * 53 + 29) % 97 / 40 - 1.21)


def prob(*shape):
    return filled(shape, torch.float32, lambda i: ((i * 37 + 11) % 101 + 1) / 103)


def sign(*shape):
    return filled(shape, torch.float32, lambda i: -1 if i % 3 == 1 else 1)


def mask(*shape):
    return filled(shape, torch.bool, lambda i: i % 3 != 1)


def whole(high, *shape):
    return filled(shape, torch.int64, lambda i: (i * 7 + 3) % high)


def leaf(*shape):
    return real(*shape).requires_grad_()


def params():
    return [leaf(3), more(2, 2).requires_grad_()]


def with_grads(scale=1):
    both = params()
    for x in both:
        x.grad = x.detach() * scale + 0.25
    return both


def halve(epoch):
    return 0.5 ** epoch


def doubled(x):
    return 2 * x


def constant(epoch):
    return 1.0


def cubed(x):
    return x * x * x


def cubed_sum(x):
    return (x * x * x).sum()


def nothing(anything):
    return None


def plus_one(label):
    return label + 1


def root():
    """Where the files stand that the datasets read."""
    return os.environ["SWEEP_DATA"]


def write_images(folder):
    """Five images with labels for training and for testing, in the format of MNIST, below `folder`."""
    for name in ("MNIST", "FashionMNIST", "KMNIST"):
        raw = os.path.join(folder, name, "raw")
        os.makedirs(raw, exist_ok=True)
        for part, shift in (("train", 3), ("t10k", 5)):
            pixels = bytes((i * 37 + shift) % 256 for i in range(5 * 28 * 28))
            with open(os.path.join(raw, part + "-images-idx3-ubyte"), "wb") as file:
                file.write(struct.pack(">4i", 2051, 5, 28, 28) + pixels)
            with open(os.path.join(raw, part + "-labels-idx1-ubyte"), "wb") as file:
                file.write(struct.pack(">2i", 2049, 5) + bytes((i * 7 + shift) % 10 for i in range(5)))


def image():
    return prob(3, 6, 5)


def gray():
    """A grey image of bytes, 6 high and 5 wide."""
    return (255 * prob(6, 5)).to(torch.uint8).numpy()


def pairs(count):
    return data.TensorDataset(real(count, 2), whole(3, count))


class Stream(data.IterableDataset):
    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        return iter(self.rows)


def stream(count):
    return Stream(real(count, 2))


def collated(samples):
    return torch.stack([2 * x for x, _ in samples])


def put_batches(loader):
    for batch in loader:
        put(batch)


def put_samples(dataset):
    for i in range(len(dataset)):
        for part in dataset[i]:
            put(part if isinstance(part, torch.Tensor) else torch.tensor(numpy.array(part)))


def seed(value):
    torch.manual_seed(value)


def like(module, x):
    for value in module.state_dict().values():
        if value.is_floating_point():
            return x.to(value.dtype)
    return x


class Unreadable(Exception):
    """A result of which put knows nothing."""


record = []


def put_tensor(x, most):
    flat = x.detach().to(torch.float64).reshape(-1)[:most].tolist()
    record.append(("T", str(x.dtype)[6:], "g" if x.requires_grad else "-", tuple(x.shape), flat))


def put(value):
    if value is None:
        record.append(("-",))
    elif isinstance(value, torch.Tensor):
        put_tensor(value, 4096)
    elif isinstance(value, (bool, int, float)):
        record.append(("N", float(value)))
    elif isinstance(value, str):
        record.append(("S", value))
    elif isinstance(value, (torch.dtype, torch.device)):
        record.append(("S", str(value).replace("torch.", "")))
    elif isinstance(value, torch.Generator):
        put(value.initial_seed())
    elif isinstance(value, (tuple, list, types.GeneratorType)):
        for item in value:
            put(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            put(key)
            put(item)
    elif isinstance(value, nn.Module):
        put(repr(value))
        for name, x in value.state_dict().items():
            put(name)
            put(repr(x)) if nn.parameter.is_lazy(x) else put_tensor(x, 64)
    elif isinstance(value, optim.Optimizer):
        put(repr(value))
    else:
        raise Unreadable(type(value))


def train(optimizer, weights):
    """By made-up gradients; LBFGS, whose gradients must be some function's, towards what made-up numbers divide 1 by."""
    def closure():
        optimizer.zero_grad()
        loss = sum(((x * more(12)[:x.numel()].view(x.shape) - 1) ** 2).sum() for x in weights)
        loss.backward()
        return loss

    if isinstance(optimizer, optim.SparseAdam):
        return
    for step in range(3):
        for x in weights:
            x.grad = more(12)[:x.numel()].view(x.shape) * (step + 1.)
        optimizer.step(closure if isinstance(optimizer, optim.LBFGS) else None)
        for x in weights:
            put(x)


def put_rate(optimizer):
    group = optimizer.param_groups[0]
    put(group["lr"])
    put(group.get("momentum", 0))


def follow(optimizer, scheduler):
    put_rate(optimizer)
    for i in range(8):
        optimizer.step()
        if isinstance(scheduler, lr_scheduler.ReduceLROnPlateau):
            scheduler.step(1 + 0.00005 * i)
        else:
            scheduler.step()
        put_rate(optimizer)


def run(statements):
    """What the statements give: the items put, what was printed, and an error as the last item."""
    record.clear()
    printed = io.StringIO()
    seed(7)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        try:
            exec("\n".join(statements), globals(), {})
        except Unreadable:
            raise
        except Exception as error:
            record.append(("E", f"{type(error).__name__}: {error}".replace("\n", " ")))
    torch.set_default_dtype(torch.float32)
    if printed.getvalue():
        record.append(("S", printed.getvalue()))
    return list(record)
