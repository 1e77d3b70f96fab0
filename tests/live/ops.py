"""Draws cases of every op, runs them in PyTorch, and writes what it gave: ops.py SEED FILE [narrow].

The file is one line of JSON and, behind it, the bytes of all tensors. Each case holds the op's name, its inputs with
their strides, its keywords, and PyTorch's outputs and gradients, or the error it raised. Nothing depends on anything but
the seed, so a case that differs can be drawn again.
"""
import importlib
import json
import math
import operator
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

from draw import *
from draw import FAULT_CHECKS, FAULTS, NARROW, OPS, OTHER_STEPS, R

UNARY = """neg abs sign square reciprocal sqrt rsqrt exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh
tanh sigmoid erf erfinv floor ceil round trunc frac isnan isinf isfinite logical_not bitwise_not relu clone""".split()
for name in UNARY:
    op(name, lambda: ([T(shape())], {}), count=24)
op("contiguous", lambda: ([T(shape())], {}), lambda x: x.contiguous(), strides=True, count=15)
op("detach", lambda: ([T(shape())], {}), lambda x: x.detach(), strides=True, count=8)


for name in "neg abs exp log sqrt square reciprocal floor ceil round sin cos tanh sigmoid relu erfinv zero".split():
    op_(name + "_", lambda: ([T(shape())], {}), count=14)


def bounds():
    low, high = number("ifff"), number("ifff")
    return dict(min=None if chance(0.25) else low, max=None if chance(0.25) else high)


NO_BYTES = [f32, f32, f64, i64, i32, b8]  # since a negative number goes round in PyTorch, or is refused, as it comes
op("clamp", lambda: ([T(shape(), NO_BYTES)], bounds()), count=60)
op_("clamp_", lambda: ([T(shape(), NO_BYTES)], bounds()))
op("clamp_tensors", lambda: (three(), {}), lambda x, low, high: torch.clamp(x, low, high), count=40)
op("clamp_min", lambda: (pair(), {}))
op("clamp_max", lambda: (pair(), {}))
op_("clamp_min_", lambda: (pair(), {}))
op_("clamp_max_", lambda: (pair(), {}))
op("nan_to_num", lambda: ([T(shape())], dict(nan=one(0.0, 1.5), posinf=one(None, 9.0), neginf=one(None, -9.0))))
op("to", lambda: ([T(shape(), kind="finite")], dict(dtype=one(*DTYPES))), lambda x, dtype: x.to(DTYPES[dtype]), count=60)

# Of two.
for name in ["add", "sub"]:
    op(name, lambda: (pair(), dict(alpha=one(1, 1, 2, -3, 0.5, True))), count=80)
    op_(name + "_", lambda: (pair(), dict(alpha=one(1, 1, 2, 0.5))), count=40)
for name in ["mul", "atan2", "floor_divide", "remainder", "fmod", "maximum", "minimum", "logical_and", "logical_or",
             "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "eq", "ne", "lt", "le", "gt", "ge"]:
    only_tensors = name in ["atan2", "maximum", "minimum"] or name.startswith("logical")
    op(name, lambda only_tensors=only_tensors: (pair(scalar=0 if only_tensors else 0.25), {}), count=45)
op("div", lambda: (pair(), dict(rounding_mode=one(None, None, "trunc", "floor", "floor"))),
   lambda a, b, rounding_mode: torch.div(a, b, rounding_mode=rounding_mode) if rounding_mode else torch.div(a, b), 100)
op("max_of_two", lambda: (pair(scalar=0), {}), torch.max, count=15)
op("min_of_two", lambda: (pair(scalar=0), {}), torch.min, count=15)


def powers():
    if chance(0.3):
        return [T(shape()), one(0, 1, 2, 3, -1, -2, 0.5, -0.5, 2.0, 3.0, 4, 1.5, True, -3, 0.0, 1.0)], {}
    if chance(0.2):
        return [one(0, 1, 2, -2, 0.5, -1.5, 0.0, 3, 1.0), T(shape())], {}
    return pair(scalar=0, kind="small"), {}
op("pow", powers, lambda a, b: torch.pow(a, b) if isinstance(a, torch.Tensor) else a**b, 160)
op_("pow_", lambda: ([T(shape()), one(0, 1, 2, 3, -1, 0.5, 2.0)] if chance(0.5) else pair(scalar=0, kind="small"), {}), 40)
for name in ["mul_", "remainder_"]:
    op_(name, lambda: (pair(), {}), count=40)
op_("div_", lambda: (pair(), {}), count=40)
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
             "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
             "&": operator.and_, "|": operator.or_, "^": operator.xor}
for name, function in OPERATORS.items():
    def swapped(name=name):
        x, y = pair(scalar=0.6, kinds="ib" if name in "&|^" else "ifb")
        return [y, x] if chance(0.5) else [x, y], {}
    op("operator" + name, swapped, function, count=40)
op("unary-", lambda: ([T(shape())], {}), operator.neg, count=8)
op("unary~", lambda: ([T(shape())], {}), operator.invert, count=8)


def where_case():
    size = shape()
    a, b = pair()
    condition = T(narrower(size), [b8, b8, b8, b8, u8, i64] if chance(0.2) else [b8])
    a = T(narrower(size))
    b = T(narrower(size), [a.dtype] if chance(0.6) else ALL) if chance(0.75) else number()
    return [condition, a, b], {}
op("where", where_case, count=60)
op("lerp", lambda: ((lambda x: [x[0], x[1], x[2] if chance(0.6) else one(0.3, 0.7, 1, -1.5)])(three(FLOATS + [i64])), {}), count=50)
op_("lerp_", lambda: ((lambda x: [x[0], x[1], x[2] if chance(0.6) else 0.3])(three(FLOATS)), {}))
def three_and_factor(*values):
    x, a, b = three(FLOATS * 4 + [i64, i32, b8], "small")
    if x.dtype != a.dtype or a.dtype != b.dtype:  # of which PyTorch makes what its kernel happens to read
        a, b = T(list(a.shape), [x.dtype], "small"), T(list(b.shape), [x.dtype], "small")
    return [x, a, b], dict(value=one(*values))
for name in ["addcmul", "addcdiv"]:
    op(name, lambda: three_and_factor(1, 1, 2, 0.5, -1.5), count=60)
    op_(name + "_", lambda: three_and_factor(1, 2, 0.5), count=30)
CLOSE = lambda: dict(rtol=one(1e-5, 0.1), atol=one(1e-8, 0.5), equal_nan=chance(0.5))
def near():
    size = shape()
    x = T(size)
    y = T(size if chance(0.8) else narrower(size), [x.dtype] if chance(0.9) else ALL)
    if chance(0.6):
        y = given(x.detach().clone(), x.dtype)
    return [x, y]
op("isclose", lambda: (near(), CLOSE()))
op("allclose", lambda: (near(), CLOSE()))
op("equal", lambda: (near(), {}))

# Activations.
def act(name, run=None, keywords=lambda: {}, dtypes=FLOATS * 4 + INTS, count=36):
    op("F." + name, lambda: ([T(shape(), dtypes)], keywords()), run or getattr(F, name), count)
for name in "relu silu mish logsigmoid hardsigmoid softsign tanhshrink sigmoid tanh".split():
    act(name)
# PyTorch's own gradients of NaN, and of hardswish at 3, depend on where in a vector register the element stands.
def smooth_act(name, keywords=lambda: {}):
    op("F." + name, lambda: ([T(shape(), FLOATS * 4 + INTS, "spread")], keywords()), getattr(F, name), 36)
smooth_act("selu")
smooth_act("relu6")
smooth_act("hardtanh", lambda: dict(min_val=one(-1.0, -0.5), max_val=one(1.0, 2.0)))
smooth_act("hardswish")
smooth_act("elu", lambda: dict(alpha=one(1.0, 0.5, 1.7)))
smooth_act("celu", lambda: dict(alpha=one(1.0, 0.5, 1.3)))
act("leaky_relu", None, lambda: dict(negative_slope=one(0.01, 0.2, 0.0, -0.5)))
act("gelu", None, lambda: dict(approximate=one("none", "tanh", "tanh", "none", "none", "other")))
act("softplus", None, lambda: dict(beta=one(1.0, 2.0), threshold=one(20.0, 1.0)))
smooth_act("softshrink", lambda: dict(lambd=one(0.5, 1.0, 0.0)))
smooth_act("hardshrink", lambda: dict(lambd=one(0.5, 1.0, 0.0)))
act("threshold", None, lambda: dict(threshold=one(0.5, 0.0), value=one(-7.0, 0.0)))
act("rrelu", lambda x, seed, **kw: (torch.manual_seed(seed), F.rrelu(x, **kw))[1],
    lambda: dict(lower=one(0.125, 0.2), upper=one(0.5, 1 / 3), training=chance(0.5), seed=R.randrange(1000)))
act("dropout", lambda x, seed, **kw: (torch.manual_seed(seed), F.dropout(x, **kw))[1],
    lambda: dict(p=one(0.0, 0.3, 0.5, 1.0, 1.5), training=chance(0.8), seed=R.randrange(1000)))
def prelu():
    size = shape()
    channels = size[1] if len(size) > 1 else 1
    dtype = R.choice(FLOATS)
    return [T(size, [dtype]), T([one(1, channels, channels, channels)] if chance(0.97) else [7], [dtype] if chance(0.95) else FLOATS)], {}
op("F.prelu", prelu)
for name in ["softmax", "log_softmax"]:
    op(name, lambda: with_dim(FLOATS * 4 + INTS), count=50)
op("F.softmin", lambda: with_dim(), F.softmin)
op("F.glu", lambda: with_dim(), F.glu)

# Reductions.
SMALL = dict(kind="small")
def reduce(dtypes=ALL, whole=0.3, lists=True, keep=True, kind="small", dtype=0, zero=0.06):
    size = shape(zero=zero)
    keywords = {}
    if not chance(whole):
        keywords["dim"] = some_dims(size) if lists and chance(0.4) else dim_of(size)
        if keep:
            keywords["keepdim"] = chance(0.5)
    if chance(dtype):
        keywords["dtype"] = one(*DTYPES)
    return [T(size, dtypes, kind)], keywords
def named(function):
    def run(x, dtype=None, **keywords):
        return function(x, **keywords) if dtype is None else function(x, **keywords, dtype=DTYPES[dtype])
    return run
for name in ["sum", "nansum", "mean"]:
    op(name, lambda name=name: reduce(dtype=0.1), named(getattr(torch, name)), count=90)
op("prod", lambda: reduce(lists=False, dtype=0.1, kind="finite"), named(torch.prod), count=90)
for name in ["amax", "amin"]:
    op(name, lambda: reduce(), count=60)
for name in ["any", "all"]:
    op(name, lambda: reduce(lists=False), count=40)
op("logsumexp", lambda: reduce(FLOATS + [i64], whole=0), count=50)
op("count_nonzero", lambda: reduce(keep=False), count=40)
def spread():
    inputs, keywords = reduce(FLOATS * 4 + [i64], zero=0.04)
    keywords["unbiased"] = chance(0.6)
    if inputs[0].numel() == 1 or not inputs[0].dim():  # whose gradient has a wrong sign or shape in PyTorch 1.13
        keywords["unbiased"] = False
    if keywords.get("dim") == []:  # whose gradient divides by one element's count in PyTorch
        keywords["dim"] = [0]
    if "dim" in keywords and isinstance(keywords["dim"], int):
        keywords["dim"] = [keywords["dim"]]
    return inputs, keywords
for name in ["var", "std"]:
    op(name, spread, count=80)
op("norm", lambda: (lambda x, kw: (x, dict(kw, p=one(0, 1, 2, 2, 3, 0.5))))(*reduce(FLOATS * 4 + [i64])), count=100)
op("norm_of_extremes", lambda: (lambda x, kw: (x, dict(kw, p=one(-1.5, math.inf, -math.inf))))(*reduce(FLOATS * 4 + [i64], kind="finite")), torch.norm, 50)
for name in ["max", "min"]:
    op(name, lambda: reduce(whole=1), count=30)
    op(name + "_along", lambda: reduce(whole=0, lists=False), getattr(torch, name), count=50)
    op("arg" + name, lambda: reduce(lists=False), count=60)
def cumulative():
    return with_dim(ALL, "finite")
op("cumsum", cumulative, count=50)
op("cumprod", cumulative, count=70)
def sum_to():
    size = shape()
    target = narrower(size)
    return [T(size, FLOATS, "small")], dict(size=target)
op("sum_to_size", sum_to, lambda x, size: x.sum_to_size(size))
op("median", lambda: ([T(shape(zero=0), ALL, "distinct" if chance(0.5) else "small")], {}), torch.median, count=30)
op("median_along", lambda: reduce(whole=0, lists=False, kind="distinct"), torch.median, count=40)

# Views.
def view(name, draw, run, count=30):
    op(name, draw, run, count, True)
def factors(n):
    sizes = []
    while n > 1 and len(sizes) < 4:
        f = one(*[k for k in range(1, n + 1) if n % k == 0])
        sizes.append(f)
        n //= f
    sizes.append(n)
    R.shuffle(sizes)
    if chance(0.4):
        sizes[R.randrange(len(sizes))] = -1
    if chance(0.05):
        sizes[0] = one(-2, 7)
    return sizes
def reshaped():
    x = T(shape())
    return [x], dict(shape=factors(x.numel()) if chance(0.85) or not x.dim() else list(x.shape))
view("view", reshaped, lambda x, shape: x.view(shape), 50)
view("reshape", reshaped, lambda x, shape: x.reshape(shape), 50)
def flattened():
    size = shape()
    a, b = dim_of(size), dim_of(size)
    return [T(size)], dict(start_dim=a, end_dim=b)
view("flatten", flattened, torch.flatten)
view("unflatten", lambda: (lambda x: ([x], dict(dim=dim_of(x.shape), sizes=factors(x.numel() and x.shape[-1]))))(T(shape(1))),
     lambda x, dim, sizes: x.unflatten(dim, sizes))
def expanded():
    size = shape()
    small = narrower(size)
    if chance(0.3):
        size = [-1 if chance(0.3) else n for n in size]
    return [T(small)], dict(shape=size)
view("expand", expanded, lambda x, shape: x.expand(shape), 40)
view("broadcast_to", expanded, lambda x, shape: torch.broadcast_to(x, shape), 10)
def permuted():
    size = shape()
    order = R.sample(range(len(size)), len(size))
    if order and chance(0.06):
        order[0] = order[-1] if chance(0.5) else 9
    return [T(size)], dict(dims=[d - len(size) if chance(0.2) else d for d in order])
view("permute", permuted, lambda x, dims: x.permute(dims))
def two_dims(a, b):
    def draw():
        size = shape()
        return [T(size)], {a: dim_of(size), b: dim_of(size)}
    return draw
view("transpose", two_dims("dim0", "dim1"), torch.transpose)
view("movedim", two_dims("source", "destination"), torch.movedim)
view("t", lambda: ([T(shape(0, 2) if chance(0.9) else shape(3, 3))], {}), torch.t, 12)
view("mT", lambda: ([T(shape(2))], {}), lambda x: x.mT, 12)
view("squeeze", lambda: ([T([1 if chance(0.5) else n for n in shape()])], {}), lambda x: x.squeeze(), 15)
def squeezed():
    size = [1 if chance(0.5) else n for n in shape()]
    return [T(size)], dict(dim=dim_of(size))
view("squeeze_dim", squeezed, lambda x, dim: x.squeeze(dim))
view("unsqueeze", lambda: (lambda s: ([T(s)], dict(dim=dim_of(s + [1]))))(shape()), torch.unsqueeze)
def selected():
    size = shape(0)
    d = dim_of(size)
    n = size[d] if -len(size) <= d < len(size) else 1
    return [T(size)], dict(dim=d, index=R.randrange(-n, n) if n and chance(0.95) else n)
view("select", selected, lambda x, dim, index: x.select(dim, index))
def narrowed():
    size = shape(0 if chance(0.1) else 1)
    d = dim_of(size)
    n = size[d] if -len(size) <= d < len(size) else 1
    start = R.randint(-n, n)
    return [T(size)], dict(dim=d, start=start, length=R.randint(0, n if chance(0.1) else n - start % max(n, 1)))
view("narrow", narrowed, torch.narrow)
def strided():
    x = T(shape(1, zero=0), grad=0.0 if chance(0.3) else 0.85)
    if x.requires_grad and x.storage_offset():  # a view that reaches before its base has no gradient here
        x.requires_grad_(False)
    size = shape(0, 3, most=3)
    stride = [R.randint(0, 3) for _ in size]
    return [x], dict(size=size, stride=stride, storage_offset=one(None, 0, 1, 2))
view("as_strided", strided, lambda x, size, stride, storage_offset: x.as_strided(size, stride, storage_offset), 50)
def diagonals():
    size = shape(2 if chance(0.95) else 0)
    return [T(size)], dict(offset=R.randint(-3, 3), dim1=dim_of(size), dim2=dim_of(size))
view("diagonal", diagonals, torch.diagonal, 50)
def unfolded():
    size = shape(0, 3)
    d = dim_of(size)
    n = size[d] if -len(size) <= d < len(size) else 1
    return [T(size)], dict(dim=d, size=R.randint(0 if chance(0.1) else 1, n + (1 if chance(0.1) else 0)) if n else 0, step=one(1, 1, 2, 3, 0 if chance(0.1) else 1))
view("unfold", unfolded, lambda x, dim, size, step: x.unfold(dim, size, step), 40)
def parts(of):
    def draw():
        size = shape(0 if chance(0.05) else 1)
        d = dim_of(size)
        n = size[d] if -len(size) <= d < len(size) else 1
        return [T(size)], dict(dim=d, **of(n))
    return draw
def cuts(n):
    sizes = []
    while n > 0:
        sizes.append(R.randint(0 if chance(0.1) else 1, n))
        n -= sizes[-1]
    if chance(0.06):
        sizes.append(one(1, -1))
    return dict(sizes=sizes)
view("split", parts(lambda n: dict(size=R.randint(0 if chance(0.1) else 1, max(n, 1) + 1))), lambda x, size, dim: torch.split(x, size, dim))
view("split_sizes", parts(cuts), lambda x, sizes, dim: torch.split(x, sizes, dim))
view("chunk", parts(lambda n: dict(chunks=R.randint(0 if chance(0.1) else 1, max(n, 1) + 2))), torch.chunk)
view("unbind", parts(lambda n: {}), torch.unbind, 20)
def several(draw, low=1, high=3):
    return [draw() for _ in range(R.randint(low, high))]
def broadcast_several():
    size = shape()
    return several(lambda: T(narrower(size))), {}
view("broadcast_tensors", broadcast_several, lambda *x: torch.broadcast_tensors(*x), 20)
def grids():
    dtype = R.choice(ALL)
    return several(lambda: T(shape(0, 1) if chance(0.95) else [2, 2], dtype)), dict(indexing=one("ij", "xy"))
view("meshgrid", grids, lambda *x, indexing: torch.meshgrid(*x, indexing=indexing), 30)
for name, draw, method in [("squeeze_", squeezed, "squeeze_"), ("unsqueeze_", OPS["unsqueeze"][0], "unsqueeze_"),
                           ("t_", OPS["t"][0], "t_"), ("transpose_", OPS["transpose"][0], "transpose_")]:
    view(name, draw, lambda x, method=method, **kw: getattr(x.clone(), method)(**kw), 14)

# Brackets.
def brackets(tensors):
    def draw():
        size = shape(1 if chance(0.97) else 0, most=4)
        x = T(size)
        items, inputs, left, ellipsis = [], [], list(size), False
        common = shape(0, 2, zero=0.03, most=3)
        while left or chance(0.15):
            n = left[0] if left else 1
            kind = one("i", "s", "s", "n", "e", "stop", *["t", "t", "m"] * tensors)
            if (kind == "t" and n == 0) or (kind == "n" and len(items) > 3):
                kind = "s"
            if not left and kind not in ("n", "stop"):
                kind = one("n", "stop")
            if kind == "stop":
                break
            if kind == "e":
                if ellipsis:
                    continue
                ellipsis = True
                items.append(["e"])
                keep = R.randint(0, len(left))
                left = left[keep:]
                continue
            if kind == "n":
                items.append(["n"])
                continue
            if kind == "s" and left:
                ends = [one(None, R.randint(-n - 1, n + 1)) for _ in range(2)]
                items.append(["s", *ends, one(None, None, 1, 2, 3)])
                left.pop(0)
                continue
            if kind == "i":
                items.append(["i", R.randrange(-n, n) if n and chance(0.97) else n])
                left.pop(0)
                continue
            if kind == "t":
                at = [1 if chance(0.2) else k for k in common]
                where = index_of(at, n, i64, wrong=0)
                if n and chance(0.3):
                    where = given(where - n, where.dtype)
                items.append(["t", len(inputs)])
                inputs.append(where)
                left.pop(0)
                continue
            if kind == "m":
                rank = R.randint(1, min(2, len(left)))
                mask = T(left[:rank] if chance(0.96) else [9], [b8])
                items.append(["t", len(inputs)])
                inputs.append(mask)
                left = left[rank:]
                if rank > 1:  # behind a mask of more dims than one PyTorch counts the dims wrongly
                    break
                continue
            break
        if not items:
            items = [["e"]]
        if not inputs and tensors:
            items = [["t", 0]]
            inputs = [index_of([2], size[0] if size else 1, wrong=0 if math.prod(size) == 0 else 0.04)]
        return x, items, inputs
    return draw
def key_of(items, inputs):
    form = dict(i=lambda k: k, s=lambda *a: slice(*a), n=lambda: None, e=lambda: Ellipsis, t=lambda k: inputs[k])
    key = tuple(form[kind](*rest) for kind, *rest in items)
    return key[0] if len(key) == 1 else key
def get_case(tensors):
    def draw():
        x, items, inputs = brackets(tensors)()
        return [x, *inputs], dict(index=items)
    return draw
view("index_view", get_case(0), lambda x, index: x[key_of(index, [])], 200)
op("index", get_case(1), lambda x, *inputs, index: x[key_of(index, inputs)], 200)
def put_case(tensors):
    def draw():
        x, items, inputs = brackets(tensors)()
        try:
            found = list(x[key_of(items, inputs)].shape)
        except Exception:
            found = []
        value = T(narrower(found), [x.dtype]) if chance(0.7) or x.dtype is u8 else number()
        return [x, value, *inputs], dict(index=items)
    return draw
def put(x, value, *inputs, index):
    y = x.clone()
    y[key_of(index, inputs)] = value
    return y
def put_more(x, value, *inputs, index, accumulate):
    y = x.clone()
    return y.index_put_(tuple(inputs), value, accumulate)
op("view_put", put_case(0), put, 100)
op("index_put", put_case(1), put, 150)
def accumulate_case():
    x = T(shape(1, 3, zero=0), NUMBERS)
    common = shape(0, 2, zero=0)
    rank = R.randint(1, x.dim())
    inputs = [index_of(common, x.shape[d]) for d in range(rank)]
    value = T(narrower(common + list(x.shape[rank:])), [x.dtype])
    return [x, value, *inputs], dict(index=[["t", k] for k in range(rank)], accumulate=chance(0.8))
op("index_put_accumulate", accumulate_case, put_more, 50)

# Parts put together.
def joined():
    size = shape(1, 3)
    d = dim_of(size)
    at = d % len(size)
    dtype = R.choice(ALL)
    def part():
        own = list(size)
        own[at] = R.randint(0, 3)
        if chance(0.02):
            own[-1] += 1
        return T([0] if chance(0.03) else own, [dtype] if chance(0.7) else ALL)
    return several(part, 1, 4), dict(dim=d)
op("cat", joined, lambda *x, dim: torch.cat(x, dim), 80)
def stacked():
    size = shape(0, 3)
    dtype = R.choice(ALL)
    return several(lambda: T(size if chance(0.98) else [2, 7], [dtype] if chance(0.7) else ALL)), dict(dim=dim_of(size + [1]))
op("stack", stacked, lambda *x, dim: torch.stack(x, dim), 50)
for name in ["hstack", "vstack"]:
    op(name, lambda: (lambda s, t: (several(lambda: T(s, [t])), {}))(shape(0, 3), R.choice(ALL)), lambda *x, name=name: getattr(torch, name)(x), 24)
op("flip", lambda: (lambda s: ([T(s)], dict(dims=some_dims(s) if chance(0.95) else [9])))(shape()), lambda x, dims: x.flip(dims))
def rolled():
    size = shape()
    dims = some_dims(size) if chance(0.8) else []
    return [T(size)], dict(shifts=[R.randint(-4, 4) for _ in (dims or [0])], dims=dims)
op("roll", rolled, lambda x, shifts, dims: x.roll(shifts, dims), 40)
op("repeat", lambda: (lambda s: ([T(s)], dict(repeats=[R.randint(0 if chance(0.1) else 1, 2) for _ in range(len(s) + one(0, 0, 1, -1 if chance(0.1) else 0))])))(shape(0, 3)),
   lambda x, repeats: x.repeat(repeats))
op("tile", lambda: (lambda s: ([T(s)], dict(repeats=[R.randint(1, 2) for _ in range(R.randint(0, 4))])))(shape(0, 3)), lambda x, repeats: torch.tile(x, repeats))
op("repeat_interleave", lambda: (lambda s: ([T(s)], dict(repeats=R.randint(0, 3), dim=one(None, dim_of(s)))))(shape(0, 3)), torch.repeat_interleave)
def padded():
    mode = one("constant", "constant", "reflect", "replicate", "circular")
    if mode == "constant":
        x = T(shape(1, 4))
        n = R.randint(1, x.dim())
        if x.dtype is u8 or min(x.shape) < 2:
            return [x], dict(pad=[R.randint(0, 2) for _ in range(2 * n)], mode=mode, value=one(0.0, 2.0))
        return [x], dict(pad=[R.randint(-1, 2) for _ in range(2 * n)], mode=mode, value=one(0.0, 0.5, -2.0))
    n = one(1, 2)
    x = T(shape(n + 1, n + 2, zero=0), FLOATS * 5 + [i64])
    return [x], dict(pad=[R.randint(-1 if mode != "circular" and n == 1 else 0, 2) for _ in range(2 * n)], mode=mode)
op("pad", padded, lambda x, pad, **kw: F.pad(x, pad, **kw), 160)
for name in ["tril", "triu"]:
    op(name, lambda: ([T(shape(2) if chance(0.95) else [3])], dict(diagonal=R.randint(-3, 3))))
    op_(name + "_", lambda: ([T(shape(2), FLOATS, grad=1)], dict(diagonal=R.randint(-3, 3))), 12)
op("diag", lambda: ([T(shape(1, 2 if chance(0.95) else 3))], dict(diagonal=R.randint(-3, 3))), count=40)
def traced():
    size = shape(2, 2) if chance(0.95) else shape()
    if len(size) == 2:  # of a high matrix, PyTorch 1.13 has gradients off the diagonal
        size.sort()
    return [T(size)], {}
op("trace", traced)
op("tril_indices", lambda: ([], dict(row=R.randint(0, 5), col=R.randint(0, 5), offset=R.randint(-3, 3))), lambda **kw: list(torch.tril_indices(**kw)), 20)

# Elements named by tensors.
def along(x, d, wrong=True):
    return x.shape[d] if -x.dim() <= d < x.dim() else 1
def index_selected():
    x = T(shape(1))
    d = dim_of(x.shape)
    return [x, index_of(shape(0 if chance(0.1) else 1, 1), along(x, d), one(i64, i64, i32))], dict(dim=d)
op("index_select", index_selected, lambda x, index, dim: torch.index_select(x, dim, index), 50)
def gathered(source):
    def draw():
        x = T(shape(0 if chance(0.1) else 1, zero=0.03), NUMBERS if source else ALL)
        d = dim_of(x.shape)
        size = [R.randint(1, n) if n else 0 for n in x.shape]
        if size and chance(0.03):
            size[0] = x.shape[0] + 1
        limit = along(x, d)
        if size and not source and -len(size) <= d < len(size):
            size[d] = R.randint(1, 6)
        if source == "unique" and size and -len(size) <= d < len(size):
            # each place at most once, so that the order of writing does not count
            size[d] = min(size[d], limit)
            index = torch.rand(size).argsort(d) if math.prod(size) else torch.zeros(size, dtype=i64)
            index = given(index)
        else:
            index = index_of(size, limit)
        rest = []
        if source:
            bigger = [n + one(0, 0, 1) for n in size]
            rest = [T(bigger, [x.dtype] if chance(0.95) else ALL)]
            if source == "unique" and chance(0.3):
                rest = [number("if" if x.dtype.is_floating_point else "i")]
        return [x, index, *rest], dict(dim=d)
    return draw
op("gather", gathered(None), lambda x, index, dim: torch.gather(x, dim, index), 50)
op("scatter", gathered("unique"), lambda x, index, src, dim: torch.scatter(x, dim, index, src), 50)
op("scatter_add", gathered("any"), lambda x, index, src, dim: torch.scatter_add(x, dim, index, src), 50)
def on_copy(method):
    return lambda x, *rest, **kw: method(x.clone(), *rest, **kw)
op("scatter_", gathered("unique"), on_copy(lambda y, index, src, dim: y.scatter_(dim, index, src)), 30)
op("scatter_add_", gathered("any"), on_copy(lambda y, index, src, dim: y.scatter_add_(dim, index, src)), 30)
def index_added(value, unique=False):
    def draw():
        x = T(shape(0 if chance(0.1) else 1, zero=0.03), NUMBERS)
        d = dim_of(x.shape)
        n = along(x, d)
        count = R.randint(0, n) if unique or value else R.randint(0, 4)
        index = given(R.sample(range(n), count)) if unique or value else index_of([count], n)
        size = list(x.shape)
        if size and -len(size) <= d < len(size):
            size[d] = count if chance(0.97) else count + 1
        source = T(size, [x.dtype] if chance(0.97) else ALL) if not value else one(2, 0.5, given(3.0, f32), T([], [x.dtype]))
        return [x, index, source], dict(dim=d)
    return draw
op("index_add", index_added(False), lambda x, index, src, dim: torch.index_add(x, dim, index, src), 50)
op("index_add_", index_added(False), on_copy(lambda y, index, src, dim: y.index_add_(dim, index, src)), 30)
op("index_copy_", index_added(False, True), on_copy(lambda y, index, src, dim: y.index_copy_(dim, index, src)), 30)
op("index_fill_", index_added(True), on_copy(lambda y, index, value, dim: y.index_fill_(dim, index, value)), 30)
def masked(others=[b8, f32]):
    size = shape()
    return [T(narrower(size), NO_BYTES), T(narrower(size), [b8] if chance(0.9) else others)], {}
def masked_in_order():  # in PyTorch 1.13 the gradient is wrong for an x that is not laid out row by row
    inputs, _ = masked()
    return [given(inputs[0].detach(), inputs[0].dtype, inputs[0].requires_grad), inputs[1]], {}
op("masked_select", masked_in_order, count=40)
def mask_filled():
    inputs, keywords = masked([b8, b8, b8, i64])
    x = inputs[0]
    return [*inputs, number("if" if x.dtype.is_floating_point else "i") if chance(0.6) else T([] if chance(0.9) else [1], [x.dtype] if chance(0.8) else ALL, grad=0.8 * x.dtype.is_floating_point)], {}
op("masked_fill", mask_filled, count=60)
op("masked_fill_", mask_filled, on_copy(lambda y, mask, value: y.masked_fill_(mask, value)), 40)
def taken():
    x = T(shape(zero=0.03))
    n = x.numel()
    index = index_of(shape(0, 3), n)
    return [x, given(index - n) if n and chance(0.3) else index], {}
op("take", taken, count=40)
op("nonzero", lambda: ([T(shape())], {}), count=40)
op("one_hot", lambda: ([index_of(shape(0, 3), 5, one(i64, i64, i64, i64, i32)) if chance(0.95) else given([-1, 2])], dict(num_classes=one(-1, 5, 6, 3 if chance(0.3) else 7))),
   F.one_hot, 40)
def embedded():  # (in C++ a negative padding_idx means none)
    n = R.randint(1, 6)
    return [index_of(shape(0, 3), n, one(i64, i64, i32)), T([n, R.randint(1, 4)], FLOATS, "small", 1)], dict(padding_idx=one(None, None, 0, n - 1))
op("embedding", embedded, F.embedding, 60)
op("bincount", lambda: ([index_of(shape(1, 1), 6, one(i64, i32, u8)) if chance(0.9) else given([[1]]) if chance(0.5) else given([-1])], dict(minlength=one(0, 0, 9))), count=20)
def filled():
    x = T(shape(), NO_BYTES)
    return [x, number("if") if chance(0.6) else T([] if chance(0.9) else [1], grad=0.8 * x.dtype.is_floating_point)], {}
op_("fill_", filled)
def diagonal_filled():
    n = R.randint(1, 4)
    x = T([n] * 3 if chance(0.1) else shape(2 if chance(0.95) else 1, 2), NUMBERS)
    return [x], dict(fill_value=number("i"))
op_("fill_diagonal_", diagonal_filled)
op_("copy_", lambda: ((lambda s: [T(s, kind="finite"), T(narrower(s), kind="finite")])(shape()), {}))

# Sorting.
op("sort", lambda: with_dim(ALL, "small", descending=lambda: chance(0.5)), lambda x, dim, descending: torch.sort(x, dim, descending, stable=True) if False else torch.sort(x, stable=True, dim=dim, descending=descending), 60)
op("argsort", lambda: with_dim(ALL, "distinct", descending=lambda: chance(0.5)), lambda x, dim, descending: torch.argsort(x, dim, descending) if x.dtype in (f32, f64) else torch.sort(x, stable=True, dim=dim, descending=descending)[1], 30)
def top():
    size = shape()
    d = dim_of(size)
    n = size[d] if -len(size) <= d < len(size) else 1
    return [T(size, FLOATS, "distinct")], dict(k=R.randint(0, n if chance(0.95) else n + 1), dim=d, largest=chance(0.5))
op("topk", top, count=50)
op("topk_values", lambda: (lambda x, kw: ([T(x[0].shape, ALL, "small", 0)], kw))(*top()), lambda x, **kw: torch.topk(x, **kw)[0], 40)
op("unique", lambda: ([T(shape(), kind="finite")], {}))

# Products.
MATRICES = [f32, f32, f32, f32, f32, f64, f64, i64, i32]
def of_one(dtypes=MATRICES):
    dtype = R.choice(dtypes)
    return lambda size, kind="small": T(size, [dtype] if chance(0.98) else ALL, "finite" if chance(0.8) else kind)
def matmul_case():
    M, n, k, m = of_one(), *[R.randint(0 if chance(0.05) else 1, 5) for _ in range(3)]
    batch = shape(0, 2, most=3)
    a = [k] if chance(0.2) else [*(narrower(batch) if chance(0.6) else []), n, k]
    b = [k] if chance(0.2) else [*(narrower(batch) if chance(0.6) else []), k + (1 if chance(0.03) else 0), m]
    return [M(a), M(b)], {}
op("matmul", matmul_case, count=120)
def sized(*sizes):
    def draw():
        M = of_one()
        names = {c: R.randint(0 if chance(0.06) else 1, 5) for c in "bnkm"}
        inputs = [M([names[c] + (1 if chance(0.015) else 0) for c in size]) for size in sizes]
        return inputs, {}
    return draw
op("mm", sized("nk", "km"), count=50)
op("mv", sized("nk", "k"))
op("bmm", sized("bnk", "bkm"), count=50)
op("dot", sized("k", "k"))
op("outer", sized("n", "m"))
def addmm_case():
    inputs, _ = sized("nm", "nk", "km")()
    if chance(0.4):
        inputs[0] = T(narrower(inputs[0].shape), [inputs[1].dtype], "finite")
    return inputs, dict(beta=one(1, 1, 0, 0.5, 2) if inputs[0].dtype.is_floating_point else one(1, 2, 0), alpha=one(1, 2, 0.5) if inputs[0].dtype.is_floating_point else 2)
op("addmm", addmm_case, count=60)
def linear_case():
    M = of_one(FLOATS)
    i, o = R.randint(1, 5), R.randint(1, 5)
    x = M([*shape(0, 3, most=4), i])
    if chance(0.1):
        return [x, M([i]), None], {}
    return [x, M([o, i + (1 if chance(0.03) else 0)]), None if chance(0.3) else M([o])], {}
op("linear", linear_case, F.linear, 80)
EQUATIONS = ["ij,jk->ik", "bij,bjk->bik", "i,i->", "i,j->ij", "ii->i", "ii->", "ij->ji", "ij->j", "ij->", "bij->bji", "bhid,bhjd->bhij",
             "ij,kj->ik", "ijk,jil->kl", "ij,jk,kl->il", "ij,jk", "ji", "...ij,...jk->...ik", "...i->...", "i...->...i", "bn,anm,bm->ba", "i j, j -> i", "b...,b...->b", "ij,ij->ij", "abc,cd->abd", "ij->ijk", "ij,j"]
def einsum_case():
    equation = one(*EQUATIONS)
    dtype = R.choice(MATRICES)
    sizes = {c: R.randint(0 if chance(0.02) else 1, 4) for c in "abcdefghijklmn"}
    batch = shape(0, 2, most=3)
    inputs = []
    for term in equation.split("->")[0].replace(" ", "").split(","):
        before, dots, after = term.partition("...")
        inputs.append(T([sizes[c] for c in before] + (narrower(batch) if dots else []) + [sizes[c] + (1 if chance(0.01) else 0) for c in after], [dtype], "finite"))
    return inputs, dict(equation=equation)
op("einsum", einsum_case, lambda *x, equation: torch.einsum(equation, *x), 150)

# Losses.
REDUCTION = lambda: one("mean", "mean", "sum", "none", "other" if chance(0.05) else "mean")
def two_alike(dtypes=FLOATS, kinds=("any", "any"), grad=(0.9, 0.4), alike=0.85, mixed=0.05):
    size = shape(zero=0.03)
    dtype = R.choice(dtypes)
    other = size if chance(alike) else narrower(size)
    return [T(size, [dtype], kinds[0], grad[0]), T(other, dtypes if chance(mixed) else [dtype], kinds[1], grad[1])]
op("F.mse_loss", lambda: (two_alike(kinds=("small", "small")), dict(reduction=REDUCTION())), F.mse_loss, 50)
op("F.l1_loss", lambda: (two_alike(kinds=("small", "small")), dict(reduction=REDUCTION())), F.l1_loss, 40)
op("F.smooth_l1_loss", lambda: (two_alike(kinds=("small", "small")), dict(reduction=REDUCTION(), beta=one(1.0, 0.5, 0.0))), F.smooth_l1_loss, 40)
op("F.huber_loss", lambda: (two_alike(kinds=("small", "small"), mixed=0), dict(reduction=REDUCTION(), delta=one(1.0, 1.5))), F.huber_loss, 40)
def weighted(inputs):
    return inputs + [None if chance(0.5) else T(narrower(list(inputs[0].shape)), [inputs[0].dtype], "positive", 0)]
op("F.binary_cross_entropy", lambda: (weighted(two_alike(kinds=("unit", "unit") if chance(0.9) else ("small", "unit"), alike=0.95)), dict(reduction=REDUCTION())),
   lambda x, t, w, reduction: F.binary_cross_entropy(x, t, w, reduction=reduction), 60)
def logits():
    inputs = weighted(two_alike(kinds=("any", "unit"), alike=0.95, mixed=0))
    return inputs + [None if chance(0.5) else T(list(inputs[0].shape[-1:]), [inputs[0].dtype], "positive", 0)], dict(reduction=REDUCTION())
op("F.binary_cross_entropy_with_logits", logits,
   lambda x, t, w, p, reduction: F.binary_cross_entropy_with_logits(x, t, w, pos_weight=p, reduction=reduction), 60)
def classes(soft=False):
    n, c = R.randint(0 if chance(0.05) else 1, 5), R.randint(1, 5)
    rest = shape(0, 2, zero=0.02, most=3)
    batch = [] if not rest and chance(0.2) else [n]
    dtype = R.choice(FLOATS)
    x = T([*batch, c, *rest], [dtype] if chance(0.97) else [i64], "finite" if chance(0.9) else "small")
    target = index_of([*batch, *rest], c) if chance(0.98) else index_of([3, 2], c)
    if chance(0.04):
        target = given(target.clone(), one(i32, u8, f32))
    ignore = one(-100, -100, 0, 1, c - 1)
    if ignore == -100 and target.numel() and chance(0.3):
        target.view(-1)[0] = -100
        target = given(target, target.dtype)
    weight = None if chance(0.5) else T([c if chance(0.97) else c + 1], [dtype], "positive", 0)
    return [x, target, weight], dict(ignore_index=ignore, reduction=REDUCTION())
op("F.nll_loss", classes, lambda x, t, w, **kw: F.nll_loss(x, t, w, **kw), 100)
def entropy():
    inputs, keywords = classes()
    if chance(0.35):
        inputs[1] = T(list(inputs[0].shape), [inputs[0].dtype], "unit", 0.3)
        keywords["ignore_index"] = -100
    return inputs, dict(keywords, label_smoothing=one(0.0, 0.0, 0.1, 0.3, 1.0))
op("F.cross_entropy", entropy, lambda x, t, w, **kw: F.cross_entropy(x, t, w, **kw), 160)
def kl():
    log_target = chance(0.4)
    return two_alike(kinds=("small", "small" if log_target else "unit"), grad=(0.9, 0.3)), dict(reduction=one("mean", "sum", "none", "batchmean"), log_target=log_target)
op("F.kl_div", kl, F.kl_div, 50)
def signs(size, dtype):
    return given([one(-1, 1, 1, -1, 0 if chance(0.05) else 1) for _ in range(math.prod(size))], dtype).reshape(size)
def hinge():
    size = shape(zero=0.03)
    x = T(size, FLOATS, "small")
    t = signs(size, x.dtype)
    t.storage_was = t.reshape(-1).clone()
    return [x, t], dict(margin=one(1.0, 0.5), reduction=REDUCTION())
op("F.hinge_embedding_loss", hinge, F.hinge_embedding_loss)
def cosine():
    n, d = R.randint(1, 4), R.randint(1, 4)
    size, dtype = one([n, d], [d]), R.choice(FLOATS)
    t = signs(size[:-1], dtype)
    t.storage_was = t.reshape(-1).clone()
    return [T(size, [dtype], "finite"), T(size, [dtype], "finite"), t], dict(margin=one(0.0, 0.3), reduction=REDUCTION())
op("F.cosine_embedding_loss", cosine, F.cosine_embedding_loss)
def triplet():
    size, dtype = shape(1, 3), R.choice(FLOATS)
    return [T(size, [dtype], "finite") for _ in range(3)], dict(margin=one(1.0, 0.5), p=one(2.0, 1.0, 3.0), swap=chance(0.3), reduction=REDUCTION())
op("F.triplet_margin_loss", triplet, F.triplet_margin_loss, 40)
def beside(**keywords):
    size, dtype = shape(1, 3), R.choice(FLOATS)
    return [T(size, [dtype], "finite"), T(size if chance(0.8) else narrower(size), [dtype], "finite")], {k: v(size) for k, v in keywords.items()}
op("F.cosine_similarity", lambda: beside(dim=dim_of, eps=lambda s: one(1e-8, 0.5)), F.cosine_similarity, 40)
op("F.pairwise_distance", lambda: beside(p=lambda s: one(2.0, 1.0, 3.0), eps=lambda s: one(1e-6, 0.1), keepdim=lambda s: chance(0.5)), F.pairwise_distance, 40)
op("F.normalize", lambda: with_dim(FLOATS, "finite", p=lambda: one(2.0, 1.0, 3.0, math.inf), eps=lambda: one(1e-12, 0.5)), F.normalize, 40)

# Convolution and pooling.
def conv_case(n, transposed):
    def draw():
        M, groups = of_one(FLOATS), one(1, 1, 1, 2, 3)
        cin, cout = groups * R.randint(1, 2), groups * R.randint(1, 2)
        kernel = [R.randint(1, 3) for _ in range(n)]
        batch = [] if chance(0.2) else [R.randint(0 if chance(0.04) else 1, 3)]
        image = [R.randint(2 if chance(0.1) else 4, 7) for _ in range(n)]
        weight = [cin, cout // groups, *kernel] if transposed else [cout, cin // groups, *kernel]
        if chance(0.03):
            weight[0] += 1
        each = lambda draw: draw() if chance(0.5) else [draw() for _ in range(n)]
        keywords = dict(stride=each(lambda: one(1, 1, 2, 3)), padding=each(lambda: one(0, 0, 1, 2)), dilation=each(lambda: one(1, 1, 2)), groups=groups)
        if transposed:
            keywords["output_padding"] = each(lambda: one(0, 0, 0, 1))
        elif chance(0.15):
            keywords["padding"] = one("same", "valid")
        padded = keywords["padding"] != "valid" and keywords["padding"] not in (0, [0] * n)
        # (0 of the padding times inf is NaN in one kernel of PyTorch's and left out in another)
        return [M([*batch, cin, *image]), M(weight, "finite") if padded else M(weight), None if chance(0.4) else M([cout])], keywords
    return draw
op("conv1d", conv_case(1, False), F.conv1d, 80)
op("conv2d", conv_case(2, False), F.conv2d, 120)
op("conv_transpose1d", conv_case(1, True), F.conv_transpose1d, 70)
op("conv_transpose2d", conv_case(2, True), F.conv_transpose2d, 80)
def pool_case(n, average):
    def draw():
        batch = [] if chance(0.2) else [R.randint(0 if chance(0.04) else 1, 2)]
        x = T([*batch, R.randint(1, 2), *[R.randint(2 if chance(0.1) else 4, 7) for _ in range(n)]], FLOATS * 6 + [i64], "any" if not average else "small")
        each = lambda draw: draw() if chance(0.5) else [draw() for _ in range(n)]
        keywords = dict(kernel_size=each(lambda: R.randint(1, 3)), stride=one(None, each(lambda: R.randint(1, 3))), padding=each(lambda: one(0, 0, 1)), ceil_mode=chance(0.3))
        if average:
            keywords["count_include_pad"] = chance(0.6)
            if n == 2:
                keywords["divisor_override"] = one(None, None, 3)
        else:
            keywords["dilation"] = each(lambda: one(1, 1, 2))
        return [x], keywords
    return draw
op("max_pool1d", pool_case(1, False), F.max_pool1d, 60)
op("max_pool2d", pool_case(2, False), F.max_pool2d, 60)
op("max_pool1d_with_indices", pool_case(1, False), lambda x, **kw: F.max_pool1d(x, **kw, return_indices=True), 40)
op("max_pool2d_with_indices", pool_case(2, False), lambda x, **kw: F.max_pool2d(x, **kw, return_indices=True), 60)
op("avg_pool1d", pool_case(1, True), F.avg_pool1d, 60)
op("avg_pool2d", pool_case(2, True), F.avg_pool2d, 80)
def adaptive(n):
    def draw():
        batch = [] if chance(0.2) else [R.randint(1, 2)]
        x = T([*batch, R.randint(1, 2), *[R.randint(1, 7) for _ in range(n)]], FLOATS, "small")
        return [x], dict(output_size=R.randint(1, 5) if n == 1 or chance(0.4) else [R.randint(1, 5) for _ in range(n)])
    return draw
op("adaptive_avg_pool1d", adaptive(1), F.adaptive_avg_pool1d)
op("adaptive_avg_pool2d", adaptive(2), F.adaptive_avg_pool2d, 40)
op("adaptive_max_pool2d", adaptive(2), F.adaptive_max_pool2d)
op("adaptive_max_pool2d_with_indices", adaptive(2), lambda x, output_size: F.adaptive_max_pool2d(x, output_size, return_indices=True))

# Normalisation. The buffers come back as outputs, since they change.
def norm_case(instance):
    def draw():
        c = R.randint(1, 3)
        size = [R.randint(1, 4), c, *[R.randint(1, 4) for _ in range(R.randint(1 if instance else 0, 2))]]
        # (lines of two elements or of equal ones would show nothing but how their rounding errors grow)
        if math.prod(size[2:]) * (1 if instance else size[0]) == 2:
            size[0 if not instance else 2] = 5
        dtype = R.choice(FLOATS)
        # (laid out in order: PyTorch 1.13 reads a sliced weight wrongly in its backward)
        M = lambda n, kind="finite", grad=0.9: given(numbers([n], dtype, kind), dtype, chance(grad))
        training = chance(0.6)
        running = [M(c, "small", 0), M(c, "positive", 0)] if not training or chance(0.6) else [None, None]
        affine = [M(c), M(c)] if chance(0.7) else [None, None]
        # (x too in order: PyTorch 1.13 reads a gradient laid out otherwise than x wrongly)
        x = given(numbers(size, dtype, "spread"), dtype, chance(0.85))
        return [x, *running, *affine], dict(training=training, momentum=one(0.1, 0.3), eps=one(1e-5, 1e-3))
    return draw
def with_buffers(function):
    def run(x, mean, var, weight, bias, **keywords):
        mean, var = (None if t is None else t.clone() for t in (mean, var))
        out = function(x, mean, var, weight, bias, **keywords)
        return [out] + ([] if mean is None else [mean, var])
    return run
op("batch_norm", norm_case(False), with_buffers(F.batch_norm), 80)
op("instance_norm", norm_case(True), with_buffers(lambda x, m, v, w, b, training, **kw: F.instance_norm(x, m, v, w, b, training, **kw)), 60)
def layer_case():
    size = shape(1, 3, zero=0.02)
    own = size[R.randrange(len(size)):]
    if chance(0.03):
        own[0] += 1
    dtype = R.choice(FLOATS)
    if math.prod(own) in (1, 2):
        size[-1] = own[-1] = 5
    return [T(size, [dtype], "spread"), None if chance(0.3) else T(own, [dtype], "finite"), None if chance(0.3) else T(own, [dtype], "finite")], dict(normalized_shape=own, eps=one(1e-5, 1e-3))
op("layer_norm", layer_case, lambda x, w, b, normalized_shape, eps: F.layer_norm(x, normalized_shape, w, b, eps), 80)
def group_case():
    groups = R.randint(1, 3)
    c = groups * R.randint(1, 2) + (1 if chance(0.03) else 0)
    dtype = R.choice(FLOATS)
    size = [R.randint(1, 3), c, *[R.randint(1, 3) for _ in range(R.randint(0, 1))], R.randint(6, 8)]
    affine = [T([c], [dtype], "finite"), T([c], [dtype], "finite")] if chance(0.7) else [None, None]
    return [T(size, [dtype], "spread"), *affine], dict(num_groups=groups, eps=one(1e-5, 1e-3))
op("group_norm", group_case, lambda x, w, b, num_groups, eps: F.group_norm(x, num_groups, w, b, eps), 60)

# Creation.
op("arange", lambda: ([], dict(start=number("if"), end=number("if") + R.choice([4, 40]), step=one(1, 2, 0.5, 0.3, -1 if chance(0.3) else 1, 0 if chance(0.1) else 1))), lambda start, end, step: torch.arange(start, end, step), 40)
op("linspace", lambda: ([], dict(start=number("f"), end=number("f"), steps=R.choice([R.randint(0, 9), R.randint(10, 90)]))), lambda start, end, steps: torch.linspace(start, end, steps), 30)
op("logspace", lambda: ([], dict(start=number("f"), end=number("f"), steps=R.choice([R.randint(0, 9), R.randint(10, 90)]), base=one(10.0, 2.0))), lambda start, end, steps, base: torch.logspace(start, end, steps, base), 20)
op("eye", lambda: ([], dict(n=R.randint(0, 4), m=R.randint(0, 4))), torch.eye, 10)
op("full", lambda: ([], dict(size=shape(), value=number())), lambda size, value: torch.full(size, value), 12)
for name in ["zeros_like", "ones_like"]:
    op(name, lambda: ([T(shape())], {}), count=8)
op("full_like", lambda: ([T(shape(), NO_BYTES)], dict(value=number("if"))), lambda x, value: torch.full_like(x, value), 12)


for part in sorted(Path(__file__).parent.glob("ops_*.py")):
    importlib.import_module(part.stem)


# ---- running and writing

PRODUCTS = "matmul mm mv bmm dot addmm linear einsum conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d".split()


class File:
    def __init__(self):
        self.bytes, self.cases, self.faults, self.dropped = bytearray(), [], {}, {}

    def flat(self, x):
        at = len(self.bytes)
        flat = x.detach().contiguous().reshape(-1)
        self.bytes += (flat.view(i16) if flat.dtype is bf16 else flat).numpy().tobytes()  # (numpy has no bfloat16)
        self.bytes += b"\0" * (-len(self.bytes) % 8)
        return at

    def result(self, x, strides=False):
        if x is None:
            return None
        about = dict(d=str(x.dtype)[6:], z=list(x.shape), at=self.flat(x))
        return dict(about, s=list(x.stride())) if strides else about

    def operand(self, x):
        if not isinstance(x, torch.Tensor):
            return None if x is None else dict(number=x)
        return dict(d=str(x.dtype)[6:], z=list(x.shape), s=list(x.stride()), o=x.storage_offset(), n=x.storage_was.numel(),
                    at=self.flat(x.storage_was), g=x.requires_grad)

    def add(self, name, draw, run, strides):
        inputs, keywords = draw()
        if keywords.get("how") == "itself" and any(isinstance(x, torch.Tensor) and x.requires_grad for x in inputs):
            keywords["how"] = "copy"
        case = {"op": name, "in": [self.operand(x) for x in inputs], "kw": plain(keywords), "method": chance(0.5)}
        transposed = None
        if name.startswith("conv_transpose") and inputs[0].dtype is bf16:
            transposed = "a transposed convolution of bfloat16, which it does as one that is not"
        try:
            out = run(*inputs, **keywords)
        except TypeError as error:
            self.dropped.setdefault(name, str(error).split("\n")[0])
            return
        except (RuntimeError, IndexError, ValueError, AssertionError) as error:
            text = str(error).split("\n")[0][:200]
            fault = next((reason for part, reason in FAULTS.items() if part in text), transposed)
            if name.startswith("conv") and "view size" in text:
                fault = "convolution of an empty batch by a weight that is not laid out in order"
            if fault:
                self.faults[fault] = self.faults.get(fault, 0) + 1
                return
            case["error"] = text
            self.cases.append(case)
            return
        out = list(out) if isinstance(out, (tuple, list)) else [torch.tensor(out) if isinstance(out, bool) else out]
        fault = transposed or fault_of(name, inputs, keywords, out)
        if fault:
            self.faults[fault] = self.faults.get(fault, 0) + 1
            return
        if name in PRODUCTS and len({x.dtype for x in inputs if isinstance(x, torch.Tensor)}) > 1:
            return  # PyTorch looks at the dtypes only where there is something to multiply
        case["out"] = [self.result(y, strides) for y in out]
        roots = [y for y in out if y.requires_grad]
        if NARROW and out and out[0].dtype in (f16, bf16) and name not in ("F.dropout", "F.rrelu"):
            case["exact_out"] = [self.result(y) for y in in_double(run, inputs, keywords)[0]]
        if roots:
            along = [numbers(list(y.shape), y.dtype, "finite") for y in roots]
            case["gout"] = [self.result(along[roots_at(roots, y)]) if y.requires_grad else None for y in out]
            names = [y.grad_fn.name() if y.grad_fn else "" for y in roots]
            if not other_steps(name, inputs, keywords, names):
                case["names"] = names
            try:
                torch.autograd.backward(roots, along)
                case["grad"] = [self.result(x.grad) if isinstance(x, torch.Tensor) else None for x in inputs]
                if name in LONG_SUMS and out[0].dtype is f32 or NARROW and out[0].dtype in (f16, bf16):
                    case["exact"] = [self.result(x) for x in in_double(run, inputs, keywords, along)[1]]
            except (RuntimeError, IndexError) as error:
                case["backward_error"] = str(error).split("\n")[0][:200]
        self.cases.append(case)


LONG_SUMS = "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d batch_norm instance_norm layer_norm group_norm".split()


def in_double(run, inputs, keywords, along=None):
    """Results and gradients without float32's rounding, of which a sum of large terms that cancel has much."""
    wide = [x if not isinstance(x, torch.Tensor) or not x.dtype.is_floating_point else
            x.detach().double().requires_grad_(x.requires_grad) for x in inputs]
    out = run(*wide, **keywords)
    out = list(out) if isinstance(out, (tuple, list)) else [out]
    if along is not None:
        torch.autograd.backward([y for y in out if y.requires_grad], [grad.double() for grad in along])
    return out, [x.grad if isinstance(x, torch.Tensor) else None for x in wide]


def other_steps(name, inputs, keywords, names):
    """Where Taper takes other steps to the same end, so that the names of the last ones differ."""
    return (
        name in OTHER_STEPS
        # of a number % a tensor PyTorch 1.13 has no derivative
        or name == "operator%" and not isinstance(inputs[0], torch.Tensor)
        # y[...] = v and y[:1] = v of one row write to y itself there, and to a view of y here; x[a, :, b] the other way
        or name == "view_put" and names[0] != "torch::autograd::CopySlices"
        or name == "index_put" and any(item[0] == "s" for item in keywords["index"])
        # index_put_ by tensors without dims, which select in brackets
        or name == "index_put_accumulate" and all(x.dim() == 0 for x in inputs[2:])
    )


def fault_of(name, inputs, keywords, out):
    """What PyTorch 1.13 should have refused, and Taper does."""
    if name.startswith("masked_fill") and inputs[1].dtype not in (b8, u8):
        return "a mask of whole numbers, of which it reads the lowest bytes"
    if name == "expand" and min(out[0].shape, default=0) < 0:
        return "a tensor of negative size"
    if name.startswith("conv_transpose") and inputs[0].numel() == 0:
        if keywords["output_padding"] not in (0, [0], [0, 0]):
            return "an output padding of an empty batch, at which it does not look"
    few = max((y.numel() for y in out), default=0) <= 1 or any(x.numel() <= 1 for x in inputs if isinstance(x, torch.Tensor))
    if few and out and out[0].dtype in (f16, bf16) and any(part in name for part in ("prod", "softm", "linear", "cross_entropy")):
        return "a tensor without elements to work with, of a dtype that it has no kernel for"
    if NARROW and name.startswith("conv") and not all(x.isfinite().all() for x in inputs if isinstance(x, torch.Tensor)):
        return "a convolution of what is not finite, whose sums of halves it begins elsewhere"
    if name == "F.prelu" and len({x.dtype for x in inputs}) > 1:
        return "a slope of another dtype than the numbers"
    if name == "max_pool1d" and out[0].numel() == 0 and inputs[0].numel():
        return "windows wider than the line, which it refuses only where a gradient is asked for"
    return next((fault for check in FAULT_CHECKS if (fault := check(name, inputs, keywords, out))), None)


def roots_at(roots, y):
    return next(i for i, root in enumerate(roots) if root is y)


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def main(seed, path):
    torch.set_num_threads(1)
    R.seed(seed)
    torch.manual_seed(seed)
    file = File()
    for name, (draw, run, count, strides) in OPS.items():
        for _ in range(count):
            file.add(name, draw, run, strides)
    head = json.dumps(dict(torch=torch.__version__, seed=seed, cases=file.cases, dropped=file.dropped, faults=file.faults), allow_nan=False).encode()
    with open(path, "wb") as out:
        out.write(head + b"\n" + bytes(file.bytes))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
