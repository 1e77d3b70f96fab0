"""Windows over volumes, unpooling, interpolation, grids and folds: a part of ops.py."""
import math

import torch
import torch.nn.functional as F

from draw import FAULT_CHECKS, FLOATS, NARROW, R, T, bf16, chance, f16, given, i64, numbers, one, op, u8


def each(n, draw):
    """A number for all dims, or one for each."""
    return draw() if chance(0.5) else [draw() for _ in range(n)]


def image(n, dtypes=FLOATS, kind="any", channels=2, low=4, high=7, batched=True, grad=0.85):
    batch = [] if batched and chance(0.2) else [R.randint(0 if chance(0.04) else 1, 2)]
    return T([*batch, R.randint(1, channels), *[R.randint(2 if chance(0.1) else low, high) for _ in range(n)]], dtypes, kind, grad)


# Convolution and pooling of volumes.
def volume_case(transposed):
    def draw():
        groups, dtype = one(1, 1, 1, 2), R.choice(FLOATS)
        cin, cout = groups * R.randint(1, 2), groups * R.randint(1, 2)
        kernel, batch = [R.randint(1, 3) for _ in range(3)], [] if chance(0.2) else [R.randint(1, 2)]
        size = [R.randint(2 if chance(0.1) else 3, 5) for _ in range(3)]
        weight = [cin, cout // groups, *kernel] if transposed else [cout, cin // groups, *kernel]
        if chance(0.03):
            weight[0] += 1
        keywords = dict(stride=each(3, lambda: one(1, 1, 2)), padding=each(3, lambda: one(0, 0, 1)), dilation=each(3, lambda: one(1, 1, 2)), groups=groups)
        if transposed:
            keywords["output_padding"] = each(3, lambda: one(0, 0, 0, 1))
        elif chance(0.15):
            keywords["padding"] = one("same", "valid")
        M = lambda size: T(size, [dtype], "finite")
        return [M([*batch, cin, *size]), M(weight), None if chance(0.4) else M([cout])], keywords
    return draw
op("conv3d", volume_case(False), F.conv3d, 80)
op("conv_transpose3d", volume_case(True), F.conv_transpose3d, 60)


def pool_case(average):
    def draw():
        x = image(3, FLOATS * 6 + [i64], "small" if average else "any", low=3, high=5)
        keywords = dict(kernel_size=each(3, lambda: R.randint(1, 3)), stride=one(None, each(3, lambda: R.randint(1, 3))), padding=each(3, lambda: one(0, 0, 1)), ceil_mode=chance(0.3))
        if average:
            keywords |= dict(count_include_pad=chance(0.6), divisor_override=one(None, None, 3))
        else:
            keywords["dilation"] = each(3, lambda: one(1, 1, 2))
        return [x], keywords
    return draw
op("max_pool3d", pool_case(False), F.max_pool3d, 60)
op("max_pool3d_with_indices", pool_case(False), lambda x, **kw: F.max_pool3d(x, **kw, return_indices=True), 40)
op("avg_pool3d", pool_case(True), F.avg_pool3d, 60)


def adaptive(n):
    def draw():
        batch = [] if chance(0.2) else [R.randint(1, 2)]
        x = T([*batch, R.randint(1, 2), *[R.randint(1, 6) for _ in range(n)]], FLOATS, "small")
        return [x], dict(output_size=R.randint(1, 4) if n == 1 or chance(0.4) else [R.randint(1, 4) for _ in range(n)])
    return draw
op("adaptive_avg_pool3d", adaptive(3), F.adaptive_avg_pool3d, 40)
op("adaptive_max_pool1d", adaptive(1), F.adaptive_max_pool1d)
op("adaptive_max_pool3d", adaptive(3), F.adaptive_max_pool3d)
op("adaptive_max_pool1d_with_indices", adaptive(1), torch.adaptive_max_pool1d)
op("adaptive_max_pool3d_with_indices", adaptive(3), lambda x, output_size: F.adaptive_max_pool3d(x, output_size, return_indices=True))


# Pooling by other means.
def unpool_case(n):
    def draw():
        kernel = each(n, lambda: R.randint(1, 3))
        stride = one(None, each(n, lambda: R.randint(1, 3)))
        x = T([*([] if chance(0.2) else [R.randint(1, 2)]), R.randint(1, 2), *[R.randint(1, 3) for _ in range(n)]], FLOATS)
        per_dim = lambda value: value if isinstance(value, list) else [value] * n
        size = [(side - 1) * s + k for side, s, k in zip(x.shape[-n:], per_dim(kernel if stride is None else stride), per_dim(kernel))]
        asked = None if chance(0.5) else [side + R.randint(0, 1) for side in size]
        pixels = math.prod(asked or size) + (1 if chance(0.05) else 0)
        planes = []  # (of equal places PyTorch's threads leave open which is the last)
        for _ in range(math.prod(x.shape[:-n])):
            places = list(range(pixels))
            R.shuffle(places)
            wanted = math.prod(x.shape[-n:])
            planes += (places * wanted)[:wanted]
        return [x, given(torch.tensor(planes).reshape(x.shape), i64)], dict(kernel_size=kernel, stride=stride, output_size=asked)
    return draw
for n in (1, 2, 3):
    op(f"F.max_unpool{n}d", unpool_case(n), count=40)
for n in (1, 2):
    # (an even power of what is negative, and a root of 0, have gradients that are no numbers)
    op(f"F.lp_pool{n}d", lambda n=n: ([image(n, FLOATS, "positive")], dict(norm_type=one(1.0, 2.0, 3.0, 2.5), kernel_size=R.randint(1, 3), stride=one(None, R.randint(1, 3)), ceil_mode=chance(0.3))))


def fractional_case(n):
    def draw():
        x = image(n, FLOATS, "any", low=4, high=7)
        ratio = chance(0.4)
        kernel = each(n, lambda: R.randint(1, 3))
        batch = 1 if x.dim() == n + 1 else x.shape[0]
        samples = given(torch.tensor([R.random() for _ in range(batch * x.shape[-n - 1] * n)]).reshape(batch, x.shape[-n - 1], n), x.dtype)
        sizes = dict(output_ratio=one(0.5, 0.3) if chance(0.5) else [one(0.5, 0.4) for _ in range(n)]) if ratio else dict(output_size=each(n, lambda: R.randint(1, 3)))
        return [x, samples], dict(kernel_size=kernel, **sizes)
    return draw
for n in (2, 3):
    op(f"fractional_max_pool{n}d_with_indices", fractional_case(n), lambda x, samples, n=n, **kw: getattr(F, f"fractional_max_pool{n}d")(x, **kw, _random_samples=samples, return_indices=True), 40)


# Interpolation.
def interpolated():
    n = R.randint(1, 3)
    mode = one("nearest", "nearest", "nearest-exact", "area", *{1: ["linear"], 2: ["bilinear", "bicubic"], 3: ["trilinear"]}[n] * 2)
    antialias = mode in ("bilinear", "bicubic") and chance(0.4)
    keywords = dict(mode=mode, antialias=antialias, align_corners=one(None, True, False) if "linear" in mode or mode == "bicubic" else None)
    if chance(0.5):
        keywords["size"] = each(n, lambda: R.randint(1, 9))
    else:
        keywords["scale_factor"] = each(n, lambda: one(0.5, 1.5, 2.0, 2.3, 0.7, 1.2))
        keywords["recompute_scale_factor"] = one(None, True, False)
    if chance(0.03):
        keywords["size"] = 3
    # (float32's sums of cubes that cancel show nothing but rounding errors)
    dtype = R.choice(FLOATS * 4 + [u8, i64])
    grad = 0 if mode == "bicubic" and dtype is torch.float32 else 0.85
    return [image(n, dtype, "finite", low=2, high=6, batched=False, grad=grad)], keywords
op("F.interpolate", interpolated, count=300)


# Grids.
def sampled():
    n, dtype = one(2, 2, 3), R.choice(FLOATS)
    mode = one("bilinear", "bilinear", "nearest", "bicubic")
    batch = R.randint(1, 2)
    x = T([batch, R.randint(1, 2), *[R.randint(1 if chance(0.1) else 2, 4) for _ in range(n)]], [dtype], "finite")
    size = [batch, *[R.randint(1, 3) for _ in range(n)], n]
    # (off the borders and the middles between pixels, where a rounding decides)
    # (float32's sums of cubes that cancel show nothing but rounding errors)
    grad = chance(0.85) and (mode != "bicubic" or dtype is torch.float64)
    grid = given(torch.tensor([R.randint(-200, 200) / 128 + 0.00137 for _ in range(math.prod(size))]).reshape(size), dtype, grad)
    return [x, grid], dict(mode=mode, padding_mode=one("zeros", "border", "reflection"), align_corners=one(None, True, False))
op("F.grid_sample", sampled, count=240)


def affine():
    n, batch = one(2, 3), R.randint(1, 2)
    # (bfloat16 has no grid of one pixel there, and sums that are rounded more than once)
    return [T([batch, n, n + 1], [f16] if NARROW else FLOATS, "finite")], dict(size=[batch, 1, *[R.randint(1, 4) for _ in range(n)]], align_corners=one(None, True, False))
op("F.affine_grid", affine, count=40)


# Pixels, channels and columns.
def shuffled(down):
    def draw():
        r, batch = R.randint(1, 3), [R.randint(1, 2) for _ in range(R.randint(0, 2))]
        c, h, w = R.randint(1, 2), R.randint(1, 2), R.randint(1, 2)
        size = [c, h * r, w * r] if down else [c * r * r, h, w]
        if chance(0.1):
            size[0 if not down else 1] += 1
        return [T([*batch, *size])], {"downscale_factor" if down else "upscale_factor": r}
    return draw
op("pixel_shuffle", shuffled(False))
op("pixel_unshuffle", shuffled(True))
op("channel_shuffle", lambda: ([T([R.randint(1, 2), one(2, 4, 6), *[R.randint(1, 3) for _ in range(R.randint(1, 3))]], grad=0)], dict(groups=one(1, 2, 2, 3))))


def columns():
    x = image(2, FLOATS, "finite")
    return [x], dict(kernel_size=each(2, lambda: R.randint(1, 3)), dilation=each(2, lambda: one(1, 1, 2)), padding=each(2, lambda: one(0, 0, 1)), stride=each(2, lambda: one(1, 1, 2)))
op("F.unfold", columns, count=60)


def folded():
    x, keywords = columns()
    x, size = x[0].detach(), list(x[0].shape[-2:])
    try:
        cols = F.unfold(x.double(), **keywords)
    except RuntimeError:
        cols = x.double().flatten(-2)
    size_of = list(cols.shape)
    if chance(0.05):
        size_of[-1] += 1
    return [T(size_of, [x.dtype], "finite")], dict(output_size=size, **keywords)
op("F.fold", folded, count=60)


# Normalisation by the neighbouring channels.
def neighbours():  # (laid out in order: PyTorch 1.13 refuses other volumes)
    size, dtype = [R.randint(1, 2), R.randint(1, 5), *[R.randint(1, 3) for _ in range(R.randint(1, 3))]], R.choice(FLOATS)
    return given(numbers(size, dtype, "finite"), dtype, chance(0.85))
op("F.local_response_norm", lambda: ([neighbours()], dict(size=R.randint(1, 4), alpha=one(1e-4, 0.1), beta=one(0.75, 0.5), k=one(1.0, 2.0))))


# What PyTorch 1.13 does, and should not.
def fault(name, inputs, keywords, out):
    x = inputs[0] if inputs and isinstance(inputs[0], torch.Tensor) else None
    if name == "F.interpolate" and x.dtype is bf16 and keywords["mode"] == "nearest":
        return "the nearest pixel, whose number it computes in bfloat16"
    if name == "F.interpolate" and x.dtype is bf16 and keywords["mode"] != "area":
        return "interpolation of bfloat16, whose weights it rounds"
    if name == "F.interpolate" and keywords["mode"] == "nearest" and "scale_factor" in keywords and not keywords["recompute_scale_factor"]:
        factor = keywords["scale_factor"] if isinstance(keywords["scale_factor"], list) else [keywords["scale_factor"]] * (x.dim() - 2)
        if any(after in (before, 2 * before) and after != before * f for before, after, f in zip(x.shape[2:], out[0].shape[2:], factor)):
            return "the nearest pixel, by another rule in its backward, and where channels stand last"
    if name == "F.interpolate" and keywords["mode"] == "bicubic" and "scale_factor" in keywords and x.shape == out[0].shape:
        return "an image that stays as large, whose gradient it takes for that of the result"
    if name in ("conv3d", "conv_transpose3d") and NARROW and not all(x.isfinite().all() for x in inputs if isinstance(x, torch.Tensor)):
        return "a convolution of what is not finite, whose sums of halves it begins elsewhere"
FAULT_CHECKS.append(fault)
