"""PyTorch's side of tests/exchange_test.cpp: exchange.py make FOLDER writes files that torch.load reads, each twice, as
N.pth in some protocol and as N.same.pth in the second; exchange.py check FOLDER says what is different in N.out.pth."""
import random
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn, optim

folder = Path(sys.argv[2])
DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
          torch.uint8, torch.bool]


def tensor(chance):
    x = torch.randint(-9, 9, [chance.randint(0, 4) for _ in range(chance.randint(0, 4))]).to(chance.choice(DTYPES))
    return chance.choice([lambda: x, x.t if x.dim() == 2 else lambda: x, lambda: x[::2] if x.dim() else x,
                          lambda: x.expand(2, *x.shape)])()


def value(chance, depth=0):
    kind = chance.randint(0, 9 if depth < 4 else 6)
    if kind < 3:
        return tensor(chance)
    if kind < 7:
        return chance.choice([None, True, False, 0, 255, 256, -1, 65536, 2**31, -2**31 - 1, 2**62, 0.5, -1e300, "", "text",
                              "\u00e4\u4e2d", "x" * 300])
    items = [value(chance, depth + 1) for _ in range(chance.randint(0, 5))]
    if kind == 9:
        return chance.choice([dict, OrderedDict])((f"k{i}", item) for i, item in enumerate(items))
    return items if kind == 7 else tuple(items)


def trained():
    torch.manual_seed(1)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3))
    optimizer = optim.AdamW(model.parameters(), 0.01, amsgrad=True)
    scheduler = optim.lr_scheduler.StepLR(optimizer, 2)
    for _ in range(3):
        optimizer.zero_grad()
        model(torch.ones(2, 1, 4, 4)).sum().backward()
        optimizer.step()
        scheduler.step()
    return model, {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(),
                   "parameter": nn.Parameter(torch.ones(2)), "epoch": 3}


def values():
    chance = random.Random(5)
    torch.manual_seed(5)
    for i in range(60):
        shared = torch.arange(6.)
        extra = {"shared": [shared, shared.view(2, 3), shared[2:]]} if i % 3 == 0 else {}
        yield {"value": value(chance), **extra, "again": [value(chance) for _ in range(3)]}
    yield trained()[1]


def big_endian(path, to):
    """The same file as a big-endian machine writes it."""
    sizes = {"FloatStorage": 4}
    with zipfile.ZipFile(path) as there, zipfile.ZipFile(to, "w") as here:
        for name in there.namelist():
            data = there.read(name)
            if "/data/" in name:
                data = b"".join(data[at:at + sizes["FloatStorage"]][::-1] for at in range(0, len(data), 4))
            here.writestr(name, data)
        here.writestr(path.stem + "/byteorder", "big")


def same(a, b):
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.dtype == b.dtype and a.shape == b.shape and a.stride() == b.stride() and \
            torch.equal(a, b) and a.requires_grad == b.requires_grad
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


if sys.argv[1] == "make":
    count = 0
    for count, x in enumerate(values(), 1):
        torch.save(x, folder / f"{count}.pth", pickle_protocol=2 + count % 4, _use_new_zipfile_serialization=count % 5 > 0)
        torch.save(x, folder / f"{count}.same.pth")
    model, _ = trained()
    torch.save(model.state_dict(), folder / "model.pth")
    torch.jit.script(model).save(str(folder / "script.pt"))
    torch.jit.trace(model.eval(), torch.ones(2, 1, 4, 4)).save(str(folder / "trace.pt"))
    torch.save({"x": torch.arange(5.) / 3, "y": torch.eye(2)}, folder / "little.pth")
    big_endian(folder / "little.pth", folder / "big.pth")
    print(count)
else:
    for count, x in enumerate(values(), 1):
        if not same(x, torch.load(folder / f"{count}.out.pth")):
            print(count, x, torch.load(folder / f"{count}.out.pth"))
