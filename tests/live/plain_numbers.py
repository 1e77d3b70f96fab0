"""What PyTorch makes of numbers that a dtype may not hold: python3 plain_numbers.py ROWS OUT

ROWS has a Python expression a line, of a tensor x of three elements, an index i and a number n; OUT gets a line for each
row, dtype and number: the dtype, shape and values, or "refused"."""
import sys

import torch
from torch.nn import functional as F

DTYPES = torch.uint8, torch.int32, torch.int64, torch.float32, torch.bool
NUMBERS = (300, -1, -300, 10000000000, 3000000000, 0, 1e10, float("nan"), float("inf"), 1e39, 2.5, -0.5, True)


def put(x, place, n):
    x[place] = n
    return x


def text(x):
    values = x.reshape(-1).to(torch.float64 if x.is_floating_point() else torch.int64).tolist()
    shown = " ".join("nan" if v != v else "%.9g" % v if x.is_floating_point() else str(v) for v in values)
    return f"{str(x.dtype)[6:]} {list(x.shape)} {shown}"


def result(row, dtype, n):
    x, i = torch.arange(3).to(dtype), torch.tensor([0, 2, 1])
    try:
        return text(eval(row, globals(), {"x": x, "i": i, "n": n}))
    except (RuntimeError, ValueError, TypeError, OverflowError, IndexError):
        return "refused"


rows = open(sys.argv[1]).read().splitlines()
with open(sys.argv[2], "w") as out:
    for row in rows:
        for dtype in DTYPES:
            for n in NUMBERS:
                print(result(row, dtype, n), file=out)
