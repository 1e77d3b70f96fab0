"""What cases are drawn of: sizes, numbers, tensors however they lie, indices; and the table of ops, which ops.py and its
parts (ops_*.py) fill."""
import math
import random
import sys
import warnings

import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")
R = random.Random()
f32, f64, i64, i32, u8, b8 = torch.float32, torch.float64, torch.int64, torch.int32, torch.uint8, torch.bool
FLOATS, INTS, ALL = [f32, f32, f64], [i64, i32, u8, b8], [f32, f32, f32, f32, f64, f64, i64, i32, u8, b8]
NUMBERS = [f32, f32, f32, f64, i64, i32, u8]
f16, bf16, i8, i16 = torch.float16, torch.bfloat16, torch.int8, torch.int16
NARROW = "narrow" in sys.argv
if NARROW:  # the same cases of the dtypes that are widened for arithmetic, beside some others
    FLOATS, INTS, ALL = [bf16, bf16, f16], [i8, i16], [bf16, bf16, bf16, f16, i8, i16, i8, i16, f32, i32, b8, u8]
    NUMBERS = [bf16, bf16, f16, i8, i16, f32]
DTYPES = dict(float32=f32, float64=f64, int64=i64, int32=i32, uint8=u8, bool=b8)
if NARROW:
    DTYPES |= dict(float16=f16, bfloat16=bf16, int8=i8, int16=i16)
SPECIALS = [math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -1.0]


# ---- what is drawn

def one(*choices):
    return R.choice(choices)


def chance(p):
    return R.random() < p


def shape(low=0, high=4, zero=0.06, most=5):
    dims = [0 if chance(zero) else R.randint(1, most) for _ in range(R.randint(low, high))]
    while math.prod(dims) > 160:
        dims[R.randrange(len(dims))] = 1
    return dims


def numbers(size, dtype, kind):
    n = math.prod(size)
    if dtype is b8:
        flat = [chance(0.5) for _ in range(n)]
    elif not dtype.is_floating_point:
        flat = [R.randint(0 if dtype is u8 or kind == "positive" else -5, 7) for _ in range(n)]
    elif kind == "distinct":
        flat = [i / 4 - n / 8 for i in range(n)]
        R.shuffle(flat)
    elif kind == "spread":
        flat = [R.gauss(0, 1) for _ in range(n)]
    elif kind == "unit":
        flat = [R.uniform(0.02, 0.98) for _ in range(n)]
    elif kind == "positive":
        flat = [R.uniform(0.1, 3) for _ in range(n)]
    else:
        how = R.random()
        wide = one(1, 1, 3, 20) if kind == "any" else 1
        flat = [R.gauss(0, wide) for _ in range(n)] if how < 0.5 else [R.randint(-6, 6) / 2 for _ in range(n)]
        if how > 0.85 and kind != "finite":
            flat = [one(*SPECIALS) if chance(0.3) else v for v in flat]
    return torch.tensor(flat, dtype=dtype).reshape(size)


def laid_out(size, dtype, kind):
    """A tensor of this size on a storage that is as large, larger, smaller or otherwise ordered; and that storage."""
    how = R.random()
    if how < 0.5 or not size:
        base = numbers(size, dtype, kind)
        return base, base
    if how < 0.7:
        order = R.sample(range(len(size)), len(size))
        base = numbers([size[d] for d in order], dtype, kind)
        return base.permute([order.index(d) for d in range(len(size))]), base
    if how < 0.87 or kind in ("distinct", "spread"):
        steps, starts = [one(1, 1, 2) for _ in size], [one(0, 0, 1) for _ in size]
        base = numbers([n * step + start for n, step, start in zip(size, steps, starts)], dtype, kind)
        view = base
        for d, n in enumerate(size):
            view = view[(slice(None),) * d + (slice(starts[d], starts[d] + n * steps[d], steps[d]),)]
        return view, base
    base = numbers([1 if n and chance(0.5) else n for n in size], dtype, kind)
    return base.expand(size), base


def T(size, dtypes=ALL, kind="any", grad=0.85):
    dtype = R.choice(dtypes) if isinstance(dtypes, list) else dtypes
    view, base = laid_out(list(size), dtype, kind)
    x = view.detach()
    x.storage_was = base.reshape(-1).clone()
    if dtype.is_floating_point and chance(grad):
        x.requires_grad_()
    return x


def given(values, dtype=i64, grad=0):
    x = torch.as_tensor(values, dtype=dtype).clone(memory_format=torch.contiguous_format)
    x.storage_was = x.reshape(-1).clone()
    return x.requires_grad_() if grad else x


def index_of(size, limit, dtype=i64, wrong=0.04):
    """Whole numbers below the limit; rarely one beyond it."""
    high = limit + (1 if chance(wrong) else 0)
    return given(torch.tensor([R.randrange(max(high, 1)) for _ in range(math.prod(size))]).reshape(size), dtype)


def number(kinds="ifb"):
    kind = R.choice(kinds)
    return R.randint(-3, 4) if kind == "i" else chance(0.5) if kind == "b" else one(0.5, -1.5, 2.0, 0.3, 3.0, -0.7)


def dim_of(size, wrong=0.03):
    n = max(len(size), 1)
    return R.randrange(-n, n) if not chance(wrong) else one(n, -n - 1)


def some_dims(size):
    dims = R.sample(range(len(size)), R.randint(0, len(size)))
    return [d - len(size) if chance(0.3) else d for d in dims]


def narrower(size):
    """A shape that broadcasts to this one; rarely one that does not."""
    size = [1 if chance(0.25) else n for n in size[R.randint(0, len(size)) if chance(0.3) else 0:]]
    if size and chance(0.03):
        size[-1] += 2
    return size


def pair(dtypes=ALL, kind="any", scalar=0.25, kinds="ifb", same=0.5):
    size = shape()
    dtype = R.choice(dtypes)
    second = [dtype] if chance(same) else dtypes
    a, b = narrower(size) if chance(0.3) else size, narrower(size) if chance(0.5) else size
    x = T(a, [dtype], kind)
    return [x, number(kinds) if chance(scalar) else T(b, second, kind)]


def three(dtypes=ALL, kind="any"):
    size = shape()
    dtype = [R.choice(dtypes)] if chance(0.7) else dtypes
    return [T(size, dtype, kind), T(narrower(size), dtype, kind), T(narrower(size), dtype, kind)]


def with_dim(dtypes=FLOATS, kind="any", **more):
    size = shape()
    return [T(size, dtypes, kind)], dict(dim=dim_of(size), **{k: v() for k, v in more.items()})


# ---- the table: name, how to draw inputs and keywords, PyTorch's function, how many cases

OPS = {}


def op(name, draw, run=None, count=30, strides=False):
    assert name not in OPS, name
    function = run or (getattr(F, name[2:]) if name.startswith("F.") else getattr(torch, name))
    OPS[name] = (draw, function, count, strides)


def attempt(run, inputs, keywords):
    return run(*inputs, **keywords)


def in_place(method):
    """On a copy; on a view of a copy; or, where no gradient is asked for, on the tensor itself."""
    def run(x, *rest, how, **keywords):
        if how == "itself":
            getattr(x, method)(*rest, **keywords)
            return x
        y = x.clone()
        part = y if how == "copy" else y[::2] if how == "slice" else y.transpose(0, -1)
        getattr(part, method)(*rest, **keywords)
        return y if part is y else [y, part]
    return run


def how_of(x):
    if x.dim() and chance(0.3):
        return one("slice", "transpose")
    return "itself" if chance(0.3) else "copy"


def op_(name, draw, count=24):
    def drawn():
        inputs, keywords = draw()
        how = how_of(inputs[0])
        if how == "slice" and len(inputs) > 1:
            how = "copy"
        return inputs, dict(keywords, how=how)
    op(name, drawn, in_place(name), count)


# ---- what is left out, and why

# Parts of errors that are faults of PyTorch 1.13's own, which Taper need not have; and what the fault is.
FAULTS = {
    "INTERNAL ASSERT FAILED": "an internal assertion of PyTorch's",
    "integer multiplication overflow": "diag with a diagonal outside the matrix, which later versions take",
    "doesn't match the broadcast shape": "logsumexp over an empty list of dims without keepdim",
}
# Functions of (name, inputs, keywords, outputs) that say what PyTorch should have refused, or None.
FAULT_CHECKS = []
# Ops that take other steps here to the same end, so that the names of the last ones differ.
OTHER_STEPS = set()
