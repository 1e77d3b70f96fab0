"""How golden files are written: the same bytes each time, and numbers that read back exactly."""
import json
import math
import os

import numpy as np
import torch

ABOUT = {'torch': torch.__version__, 'note': 'float32 unless said; numbers read back exactly'}


def shortest(x):
    """The float64 whose text is the shortest that reads back as the float32 x."""
    return float(repr(np.float32(x)))


def number(x, dtype):
    """As JSON has it: no nan and no infinity, which are strings, and float32 in short."""
    if dtype == torch.bool:
        return bool(x)
    if not dtype.is_floating_point:
        return int(x)
    if not math.isfinite(x):
        return str(float(x))
    if dtype != torch.float32:
        return float(x)
    x = shortest(x)
    whole = x == int(x) and abs(x) < 1e6 and not (x == 0 and math.copysign(1, x) < 0)
    return int(x) if whole else x


def tensor(t):
    numbers = [number(x, t.dtype) for x in t.detach().reshape(-1).tolist()]
    return {'dtype': str(t.dtype).split('.')[1], 'shape': list(t.shape), 'data': numbers}


def state(module):
    return {name: tensor(t) for name, t in module.state_dict().items()}


def following():
    """The default generator's next number, which shows how many were drawn before."""
    return str(torch.empty((), dtype=torch.int64).random_().item())


def rounded(seed, *shape, lo=-2.0, hi=2.0):
    """Random float32 of two digits after the point, whatever PyTorch's own generator does."""
    values = np.random.RandomState(seed).uniform(lo, hi, size=shape)
    return torch.from_numpy(np.asarray(np.round(values, 2), dtype=np.float32))


def dumps(value):
    return json.dumps(value, separators=(',', ':'), allow_nan=False)


def write(folder, name, text):
    with open(os.path.join(folder, name), 'w') as file:
        file.write(text)


def write_cases(folder, name, head, cases):
    """One case a line, so that a difference is easy to see."""
    write(folder, name, '{' + json.dumps(head)[1:-1] + ',"cases":[\n' + ',\n'.join(map(dumps, cases)) + '\n]}\n')
