"""The ops about places, order and shape, and those that draw: a part of ops.py."""
from draw import *
from draw import FAULT_CHECKS, FAULTS, NARROW, OTHER_STEPS, R


def along(x, d):
    return x.shape[d] if -x.dim() <= d < x.dim() else 1


def dims_drawn(dtypes=ALL, kind="small", low=0, zero=0.06, **more):
    size = shape(low, zero=zero)
    return [T(size, dtypes, kind)], dict(dim=dim_of(size), keepdim=chance(0.4), **{k: v() for k, v in more.items()})


# ---- order

def quantiles():
    size = shape(zero=0.02)
    dtype = R.choice([f32, f64] if chance(0.95) else ALL)
    q = one(0.0, 0.5, 1, 0.3, 0.77, 1.5 if chance(0.1) else 0.25)
    if chance(0.5):
        q = T([] if chance(0.3) else [R.randint(1, 4)], [dtype] if chance(0.97) else FLOATS, "unit", 0.3)
    kind = one("distinct", "distinct", "any", "small")  # (of equals PyTorch leaves the order open, and where the gradient goes)
    return [T(size, [dtype], kind, 0.85 * (kind == "distinct")), q], dict(
        dim=one(None, dim_of(size), dim_of(size)), keepdim=chance(0.4),
        interpolation=one("linear", "linear", "lower", "higher", "midpoint", "nearest", "other" if chance(0.1) else "linear"))
for name in ["quantile", "nanquantile"]:
    op(name, quantiles, count=80)
op("msort", lambda: ([T(shape(), FLOATS, "distinct")], {}))
op("nanmedian", lambda: ([T(shape(zero=0), ALL, one("distinct", "any"))], {}))
op("nanmedian_along", lambda: dims_drawn(ALL, one("distinct", "any")), lambda x, **kw: torch.nanmedian(x.contiguous(), **kw), 50)  # (of an expanded tensor PyTorch gives what it finds)
def kth():
    inputs, keywords = dims_drawn(ALL, one("distinct", "small", "any"), zero=0.02)
    n = along(inputs[0], keywords["dim"])
    return inputs, dict(k=R.randint(1 if chance(0.97) else 0, max(n, 1) if chance(0.95) else n + 1), **keywords)
op("kthvalue", kth, count=80)
op("mode", lambda: dims_drawn(ALL, one("small", "finite")), count=60)
for name in ["cummax", "cummin"]:
    op(name, lambda: (lambda size: ([T(size, ALL, one("small", "any"))], dict(dim=dim_of(size, 0.03 * bool(math.prod(size))))))(shape(1)), count=50)
def searched():
    dtype = R.choice(NUMBERS if chance(0.95) else [b8])
    if chance(0.5):
        lines = T([R.randint(0, 6)], [dtype], "finite", 0)
        values = one(2, 0.5) if chance(0.2) else T(shape(), [dtype] if chance(0.7) else NUMBERS, "any", 0)
    else:
        size = shape(1, 3)
        lines = T(size, [dtype], "finite", 0)
        values = T(size[:-1] + [R.randint(0, 4)] if chance(0.95) else shape(), [dtype], "any", 0)
    if lines.dtype is not b8 and chance(0.8):
        lines = given(lines.sort(-1)[0], lines.dtype)
        sorter = None
    else:
        sorter = given(lines.argsort(-1)) if chance(0.7) and lines.numel() else None
    return [lines, values, sorter], dict(right=chance(0.4), out_int32=chance(0.3), side=one(None, None, "left", "right", "up" if chance(0.1) else None))
op("searchsorted", searched, lambda lines, values, sorter, side, **kw: torch.searchsorted(lines, values, sorter=sorter, **kw, **(dict(side=side) if side else {})), 100)
op("bucketize", lambda: (lambda i: ([i[1], i[0]], dict(right=chance(0.4), out_int32=chance(0.3))))(searched()[0]), count=50)
def is_in():
    a, b = T(shape(), ALL[:8], "small", 0), T(shape(), ALL[:8], "small", 0)
    if chance(0.2):
        a = number("if")
    elif chance(0.3):
        b = number("if")
    return [a, b], dict(invert=chance(0.4))
op("isin", is_in, lambda a, b, invert: torch.isin(a, b.contiguous() if isinstance(b, torch.Tensor) else b, invert=invert), 60)
def counted():
    low = one(0, 0, -2.0, 1)
    return [T(shape(), [f32, f32, f64, i64, f16], "any" if chance(0.15) else "finite")], dict(bins=R.randint(1 if chance(0.95) else 0, 7), min=low, max=low + one(0, 1, 2.5, -1 if chance(0.2) else 3))
op("histc", counted, count=50)
def histograms():
    dtype = R.choice([f32, f64])
    x = T(shape(), [dtype], one("finite", "finite", "any"))
    bins = given(torch.tensor(sorted(R.gauss(0, 1) for _ in range(R.randint(2, 6)))), dtype) if chance(0.5) else R.randint(1, 6)
    weight = T(x.shape if chance(0.95) else [3], [dtype], "positive", 0) if chance(0.4) else None
    ends = one(None, [-1.0, 1.5], [0.0, 0.0]) if isinstance(bins, int) else None
    return [x, bins, weight], dict(range=ends, density=chance(0.4))
op("histogram", histograms, lambda x, bins, weight, range, density: torch.histogram(x, bins, weight=weight, density=density, **(dict(range=tuple(range)) if range else {})), 60)
op("unique_consecutive", lambda: (lambda size: ([T(size, ALL, "small")], dict(dim=one(None, None, dim_of(size)), return_inverse=chance(0.5), return_counts=chance(0.5))))(shape()), count=60)
op("unique_several", lambda: (lambda size: ([T(size, ALL, "finite")], dict(dim=one(None, dim_of(size)), return_inverse=chance(0.5), return_counts=chance(0.5))))(shape()), torch.unique, 40)

# ---- elements named by tensors

def taken_along():
    x = T(shape(1, zero=0.02))
    if chance(0.3):
        return [x, index_of(shape(0, 3), x.numel())], dict(dim=None)
    d = dim_of(x.shape)
    size = narrower(list(x.shape)) if chance(0.5) else list(x.shape)
    size = [1] * (x.dim() - len(size)) + size
    if -x.dim() <= d < x.dim():
        size[d] = R.randint(1, 5)
    return [x, index_of(size if chance(0.97) else size[1:], along(x, d))], dict(dim=d)
op("take_along_dim", taken_along, lambda x, indices, dim: torch.take_along_dim(x.contiguous(), indices, dim), 60)
def scatter_reduced(dtypes=FLOATS * 3 + INTS):
    x = T(shape(0 if chance(0.1) else 1, zero=0.02), dtypes, "finite")
    d = dim_of(x.shape)
    size = [R.randint(1, n) if n else 0 for n in x.shape]
    if size and -len(size) <= d < len(size) and x.numel():
        size[d] = R.randint(1, 5)
    bigger = [n + one(0, 0, 0, 1) for n in size]
    src = T(size, [x.dtype] if chance(0.97) else ALL, "finite")  # (of a larger one PyTorch's gradient has the wrong shape)
    return [x, index_of(size, along(x, d)), src], dict(dim=d, reduce=one("sum", "prod", "mean", "amax", "amin", "other" if chance(0.1) else "prod"), include_self=chance(0.6))
REDUCED = lambda x, index, src, dim, **kw: x.scatter_reduce(dim, index, src, **kw)
op("scatter_reduce", scatter_reduced, REDUCED, 120)
op("scatter_reduce_", scatter_reduced, lambda x, *rest, **kw: (lambda y: y.scatter_reduce_(kw["dim"], *rest, kw["reduce"], include_self=kw["include_self"]))(x.clone()), 50)
def index_reduced():
    x = T(shape(0 if chance(0.1) else 1, zero=0), FLOATS * 3 + INTS[:3], "finite")
    d = dim_of(x.shape)
    count = R.randint(1, 5)
    size = list(x.shape)
    if size and -len(size) <= d < len(size):
        size[d] = count if chance(0.97) else count + 1
    return [x, index_of([count], along(x, d), one(i64, i64, i32)), T(size, [x.dtype], "finite")], dict(dim=d, reduce=one("prod", "mean", "amax", "amin", "sum" if chance(0.1) else "prod"), include_self=chance(0.6))
op("index_reduce", index_reduced, lambda x, index, src, dim, reduce, include_self: x.index_reduce(dim, index, src, reduce, include_self=include_self), 100)
op("index_reduce_", index_reduced, lambda x, index, src, dim, reduce, include_self: x.clone().index_reduce_(dim, index, src, reduce, include_self=include_self), 40)
def putting():
    x = T(shape(zero=0.02), NUMBERS)
    n = x.numel()
    accumulate = chance(0.5)
    size = shape(0, 3, most=3)
    index = index_of(size, n)
    if not accumulate:  # each place once, so that the order of writing does not count
        count = min(math.prod(size), n)
        size = [count]
        index = given(R.sample(range(n), count))
    if chance(0.3) and n:
        index = given(index - n)
    return [x, index, T(size if chance(0.7) else [math.prod(size)] if chance(0.9) else [3], [x.dtype] if chance(0.97) else ALL)], dict(accumulate=accumulate)
op("put", putting, lambda x, index, src, accumulate: x.put(index, src, accumulate), 60)
op("put_", putting, lambda x, index, src, accumulate: x.clone().put_(index, src, accumulate), 40)
def filled_along(value):
    def draw():
        x = T(shape(0 if chance(0.1) else 1, zero=0.03), NUMBERS)
        d = dim_of(x.shape)
        n = along(x, d)
        count = R.randint(0, n)
        size = list(x.shape)
        if size and -len(size) <= d < len(size):
            size[d] = count if chance(0.97) else count + 1
        source = T(size, [x.dtype] if chance(0.97) else ALL) if not value else one(2, 0.5, given(3.0, f32), T([], [x.dtype]))
        return [x, given(R.sample(range(n), count)), source], dict(dim=d)
    return draw
op("index_fill", filled_along(True), lambda x, index, value, dim: torch.index_fill(x, dim, index, value), 40)
op("index_copy", filled_along(False), lambda x, index, source, dim: torch.index_copy(x, dim, index, source), 40)
def index_putting():
    x = T(shape(1, zero=0.02), NUMBERS)
    accumulate = chance(0.5)
    count = R.randint(1, 4) if accumulate else min(1, x.shape[0])
    index = index_of([count], x.shape[0])
    return [x, index, T(narrower([count] + list(x.shape[1:])), [x.dtype])], dict(accumulate=accumulate)
op("index_put_of", index_putting, lambda x, index, v, accumulate: x.index_put((index,), v, accumulate), 40)
def masks():
    size = shape()
    x = T(narrower(size) if chance(0.3) else size, NUMBERS)
    return [x, T(narrower(size), [b8]), T([max(0, x.numel() + one(0, 0, 3, 60, -1 if chance(0.2) else 60))], [x.dtype] if chance(0.97) else ALL)], {}
op("masked_scatter", masks, count=60)
def masks_in_order():  # (PyTorch 1.13 goes by the order of memory)
    (x, *rest), keywords = masks()
    return [given(x.detach(), x.dtype, x.requires_grad), *rest], keywords
op("masked_scatter_", masks_in_order, lambda x, mask, source: x.clone().masked_scatter_(mask, source), 40)
def part(view):
    def draw():
        x = T(shape(1, zero=0.02), NUMBERS)
        keywords = view(x)
        return [x, T(list(keywords.pop("shape")), [x.dtype] if chance(0.95) else NUMBERS)], keywords
    return draw
def selected(x):
    d = R.randrange(-x.dim(), x.dim())
    at = R.randrange(max(x.shape[d], 1))
    return dict(dim=d, index=at, shape=x.select(d, at).shape if x.shape[d] else [2])
op("select_scatter", part(selected), lambda x, src, dim, index: torch.select_scatter(x, src, dim, index), 40)
def sliced(x):
    d = R.randrange(x.dim())
    n = x.shape[d]
    start, end, step = one(None, R.randint(0, n)), one(None, R.randint(0, n + 1)), one(1, 1, 2)
    size = list(x.shape)
    size[d] = len(range(*slice(start, end, step).indices(n)))
    if start is None:
        start = 0  # (which PyTorch 1.13 reads as a large number)
    return dict(dim=d, start=start, end=n if end is None else end, step=step, shape=size if chance(0.95) else [7])
op("slice_scatter", part(sliced), lambda x, src, dim, start, end, step: torch.slice_scatter(x, src, dim, start, end, step), 40)
def diagonals(x):
    if x.dim() < 2:
        return dict(offset=0, dim1=0, dim2=1, shape=[1])
    a, b = R.sample(range(x.dim()), 2)
    offset = one(0, 0, 1, -1)
    return dict(offset=offset, dim1=a, dim2=b, shape=x.diagonal(offset, a, b).shape)
op("diagonal_scatter", part(diagonals), lambda x, src, offset, dim1, dim2: torch.diagonal_scatter(x, src, offset, dim1, dim2), 40)
op("argwhere", lambda: ([T(shape())], {}))

# ---- form

for name in ["fliplr", "flipud", "ravel"]:
    op(name, lambda: ([T(shape())], {}), count=24)
op("rot90", lambda: (lambda x: ([x], dict(k=R.randint(-3, 5), dims=R.sample(range(-x.dim(), x.dim()), 2) if x.dim() else [0, 1])))(T(shape(2 if chance(0.95) else 0))), torch.rot90, 50)
def embedded():
    x = T(shape(0 if chance(0.03) else 1, 3))
    n = x.dim() + 1
    return [x], dict(offset=one(0, 0, 1, -1, 3), dim1=R.randrange(-n, n), dim2=R.randrange(-n, n))
op("diag_embed", embedded, count=50)
op("diagflat", lambda: ([T(shape(0, 3, most=3))], dict(offset=one(0, 1, -2))))
def differences():
    x = T(shape(0 if chance(0.05) else 1))
    d = dim_of(x.shape)
    def more():
        size = list(x.shape)
        if size and -len(size) <= d < len(size):
            size[d] = R.randint(0, 2)
        return T(size, [x.dtype] if chance(0.9) else ALL) if chance(0.3) else None
    return [x, more(), more()], dict(n=one(0, 1, 1, 2, 3) if -x.dim() <= d < x.dim() else 1, dim=d)
op("diff", differences, lambda x, prepend, append, n, dim: torch.diff(x, n, dim, prepend, append), 80)
op("squeeze_dims", lambda: (lambda x: ([x], dict(dim=some_dims(x.shape))))(T(shape(most=2))), lambda x, dim: x.reshape([n for d, n in enumerate(x.shape) if n != 1 or d not in [e % x.dim() for e in dim]]), 40)
OTHER_STEPS.add("squeeze_dims")
op("swapaxes_", lambda: (lambda x: ([x], dict(axis0=dim_of(x.shape), axis1=dim_of(x.shape))))(T(shape())), lambda x, axis0, axis1: x.clone().swapaxes_(axis0, axis1), 24)
op("narrow_copy", lambda: (lambda x: (lambda d: ([x], dict(dim=d, start=R.randint(0, 1), length=R.randint(0, 3))))(dim_of(x.shape)))(T(shape(1), ALL, grad=0)), lambda x, dim, start, length: torch.narrow_copy(x, dim, start, length))
def sized():
    x = T(shape())
    return [x], dict(size=narrower(list(x.shape)))
op("sum_to_size_of", sized, lambda x, size: x.sum_to_size(size), 40)
op("unsafe_split", lambda: (lambda x: ([x], dict(size=R.randint(1, 3), dim=dim_of(x.shape))))(T(shape(1))), lambda x, size, dim: torch.unsafe_split(x, size, dim))
op("unsafe_chunk", lambda: (lambda x: ([x], dict(chunks=R.randint(1, 3), dim=dim_of(x.shape))))(T(shape(1))), lambda x, chunks, dim: torch.unsafe_chunk(x, chunks, dim))
op("tensor_split", lambda: (lambda x: ([x], dict(sections=R.randint(1 if chance(0.95) else 0, 4), dim=dim_of(x.shape))))(T(shape(1))), lambda x, sections, dim: torch.tensor_split(x, sections, dim), 40)
op("tensor_split_at", lambda: (lambda x: ([x], dict(indices=[R.randint(-2, 5) for _ in range(R.randint(0, 3))], dim=dim_of(x.shape))))(T(shape(1))), lambda x, indices, dim: torch.tensor_split(x, indices, dim), 40)
op("tensor_split_by", lambda: (lambda x: ([x, given(R.randint(1, 3)) if chance(0.5) else given([1, 2])], dict(dim=dim_of(x.shape))))(T(shape(1))), lambda x, by, dim: torch.tensor_split(x, by, dim))
for name in ["hsplit", "vsplit", "dsplit"]:
    op(name, lambda: ([T(shape(1))], dict(sections=R.randint(1, 3))), count=24)
    op(name + "_at", lambda: ([T(shape(1))], dict(indices=[R.randint(0, 4) for _ in range(R.randint(1, 2))])), getattr(torch, name), 24)
for name in ["atleast_1d", "atleast_2d", "atleast_3d"]:
    op(name, lambda: ([T(shape())], {}), count=20)
    op(name + "_several", lambda: ([T(shape()) for _ in range(R.randint(2, 3))], {}), lambda *x, f=getattr(torch, name): f(*x), 12)
def stacked(low, most=3):
    def draw():
        size, dtype = shape(low, 3), R.choice(ALL)
        return [T([*size] if chance(0.95) else shape(low, 3), [dtype] if chance(0.8) else ALL) for _ in range(R.randint(1, most))], {}
    return draw
for name in ["column_stack", "dstack"]:
    op(name, stacked(0), lambda *x, f=getattr(torch, name): f(x), 40)
op("block_diag", lambda: ([T(shape(0, 2 if chance(0.95) else 3, 0, 3), ALL if chance(0.2) else [f32]) for _ in range(R.randint(1, 3))], {}), torch.block_diag, 40)
op("cartesian_prod", lambda: (lambda d: ([T([R.randint(0, 3)] if chance(0.97) else [2, 2], [d]) for _ in range(R.randint(1, 3))], {}))(R.choice(ALL)), torch.cartesian_prod, 30)
op("combinations", lambda: ([T([R.randint(1, 4)] if chance(0.95) else [2, 2])], dict(r=R.randint(0, 3), with_replacement=chance(0.4))), count=40)
op("vander", lambda: ([T([R.randint(0, 4)] if chance(0.95) else [2, 2], NUMBERS + [b8], "finite")], dict(N=one(None, 0, 1, 2, 4), increasing=chance(0.5))), count=50)
OTHER_STEPS.add("vander")  # (in which PyTorch writes to a part of the result)
def slopes():
    x = T([R.randint(2 if chance(0.95) else 1, 5) for _ in range(R.randint(1, 3))], FLOATS * 3 + [i64, i32], "finite")
    return [x], dict(edge_order=one(1, 1, 2))
op("gradient", slopes, lambda x, edge_order: torch.gradient(x, edge_order=edge_order), 40)
op("gradient_by", lambda: (lambda i, k: (i, dict(k, spacing=one(0.5, 2.0), dim=R.randrange(i[0].dim()))))(*slopes()), lambda x, edge_order, spacing, dim: torch.gradient(x, spacing=spacing, dim=dim, edge_order=edge_order), 40)
def at_coordinates():
    x = T([R.randint(3, 5) for _ in range(R.randint(1, 3))], FLOATS, "finite")
    d = R.randrange(x.dim())
    return [x, given(torch.tensor(sorted(R.gauss(0, 3) for _ in range(x.shape[d]))), x.dtype)], dict(dim=d, edge_order=one(1, 2))
op("gradient_at", at_coordinates, lambda x, at, dim, edge_order: torch.gradient(x, spacing=(at,), dim=dim, edge_order=edge_order), 40)

# ---- what it is, and creation

op("is_same_size", lambda: (pair(scalar=0), {}), count=12)
op("is_nonzero", lambda: ([T(one([], [1], [1, 1], [2], [0]))], {}), count=20)
op("range", lambda: ([], dict(start=number("if"), end=number("if") + R.choice([4, 40]), step=one(1, 2, 0.5, 0.3, 0 if chance(0.1) else 1))), lambda start, end, step: torch.range(start, end, step), 30)

def windowed(**more):
    return lambda: ([], dict(window_length=R.randint(0 if chance(0.95) else -1, 12), periodic=chance(0.5), dtype=one("float32", "float64", "int64" if chance(0.1) else "float32"), **{k: v() for k, v in more.items()}))
def of_dtype(f):
    return lambda dtype, **keywords: f(dtype=DTYPES.get(dtype, getattr(torch, dtype)), **keywords)
for name in ["bartlett_window", "hann_window", "blackman_window"]:
    op(name, windowed(), of_dtype(getattr(torch, name)), 30)
op("hamming_window", windowed(alpha=lambda: one(0.54, 0.3), beta=lambda: one(0.46, 0.8)), of_dtype(torch.hamming_window), 30)
op("kaiser_window", windowed(beta=lambda: one(12.0, 0.5, 3.0)), of_dtype(torch.kaiser_window), 30)

# ---- draws

def seeded(f):
    return lambda *x, seed, **keywords: (torch.manual_seed(seed), f(*x, **keywords))[1]
def drawing(low=None, **more):
    def draw():
        x = T(shape(), ALL if low is None else FLOATS, "finite")
        return [x], dict(seed=R.randrange(1000), **{k: v() for k, v in more.items()})
    return draw
op("geometric_", drawing(p=lambda: one(0.3, 0.05, 0.9, 1.0 if chance(0.1) else 0.5)), seeded(lambda x, p: x.clone().geometric_(p)), 40)
op("cauchy_", drawing(median=lambda: one(0.0, 2.0), sigma=lambda: one(1.0, 0.3, -1.0 if chance(0.1) else 1.0)), seeded(lambda x, median, sigma: x.clone().cauchy_(median, sigma)), 40)
op("log_normal_", drawing(mean=lambda: one(1.0, 0.0), std=lambda: one(2.0, 0.3, 0.0 if chance(0.1) else 1.0)), seeded(lambda x, mean, std: x.clone().log_normal_(mean, std)), 40)
op("poisson", lambda: ([T(shape(), FLOATS, "positive")], dict(seed=R.randrange(1000), scale=one(1.0, 8.0, 100.0))), seeded(lambda x, scale: torch.poisson(x * scale)), 40)
