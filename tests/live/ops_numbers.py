"""Cases of the functions of numbers, of small linear algebra, and of what ends in an underscore: a part of ops.py."""
import math

import torch

from draw import *
from draw import FAULT_CHECKS, FAULTS, NARROW, OTHER_STEPS, R

S = torch.special


def faults(name, inputs, keywords, out):
    if name.endswith("_") and any(y.requires_grad and not y.dtype.is_floating_point for y in out):
        return "a whole number that requires a gradient, since what was compared with it does"
    if name == "aminmax" and not inputs[0].dim() and keywords.get("keepdim"):
        return "a dim more than the number had of which the extremes are taken"
    if name == "nanmean" and out[0].isnan().any():
        return "NaN as the gradient of NaN, where all are NaN"
    if name in ("var_mean", "std_mean") and not inputs[0].isfinite().all():
        return "NaN as the mean of what is infinite"
    if name == "std_mean" and (out[0].abs() < 1e-6).any():
        return "the gradient of the spread of equal numbers, which is what rounding left"
    if name in ("baddbmm", "addbmm", "baddbmm_", "addbmm_", "addmv", "addmv_", "addmm_", "cov", "cdist") and out[0].dtype in (f16, bf16) and \
            min(x.numel() for x in [*inputs, *out] if isinstance(x, torch.Tensor)) == 0 or name == "cov" and out[0].dtype is f16:
        return "a tensor without elements to work with, of a dtype that it has no kernel for"
FAULT_CHECKS.append(faults)


def overlapping(name, inputs, keywords, out):
    x = inputs[0] if inputs else None
    if keywords.get("how") == "itself" and name.endswith(("mm_", "mv_", "addr_")) and \
            any(step == 0 and n > 1 for step, n in zip(x.stride(), x.shape)):
        return "a product written to elements that share memory, which it refuses as it comes"
FAULT_CHECKS.append(overlapping)
OTHER_STEPS.update("asinh_ arcsinh_ acosh_ arccosh_ atanh_ arctanh_ polygamma_".split())

# ---- of one tensor
for name in "asinh acosh atanh sinc deg2rad rad2deg sgn signbit isposinf isneginf isreal positive angle erfc".split():
    # (the gradient of sgn is whatever was in memory, in PyTorch 1.13)
    op(name, lambda name=name: ([T(shape(), grad=0 if name == "sgn" else 0.85)], {}), count=24)
for name in ["conj_physical"]:
    op(name, lambda: ([T(shape())], {}), count=6)
for name in "absolute negative fix arcsin arccos arctan arcsinh arccosh arctanh".split():
    op(name, lambda: ([T(shape())], {}), count=8)
op("adjoint", lambda: ([T(shape(2) if chance(0.95) else [3])], {}), count=10)


# Near their poles and zeros PyTorch's own floats have few digits.
for name in ["lgamma", "digamma"]:
    op(name, lambda: ([T(shape(), ALL, "positive" if chance(0.8) else "small")], {}), count=40)
op("polygamma", lambda: ([T(shape(), ALL, "positive")], dict(n=one(0, 1, 1, 2, 3, -1 if chance(0.1) else 2))),
   lambda x, n: torch.polygamma(n, x), 40)
op("mvlgamma", lambda: ([T(shape(), FLOATS + [i64], "positive")], dict(p=one(1, 1, 2, 0 if chance(0.1) else 1))),
   lambda x, p: torch.mvlgamma(x + 1, p), 24)
op("logit", lambda: ([T(shape(), ALL, one("unit", "any"))], dict(eps=one(None, 0.1, 0.3))), count=40)
op("frexp", lambda: ([T(shape(), ALL if chance(0.2) else FLOATS, "finite")], {}), count=24)
op("x.hardshrink", lambda: ([T(shape(), FLOATS, "spread")], dict(lambd=one(0.5, 1.0))), lambda x, lambd: x.hardshrink(lambd), 10)


def special(name, kind="any", count=24, run=None):
    op("special." + name, lambda: ([T(shape(), ALL, kind)], {}), run or getattr(S, name), count)
for name in "entr i0e i1 i1e log_ndtr ndtr psi expit gammaln".split():
    special(name, "positive" if name in ("psi", "gammaln") else "small")
special("erfcx", "spread")
special("ndtri", "unit")
special("ndtri_at_the_ends", "small", 10, S.ndtri)
op("i0", lambda: ([T(shape(), ALL, "small")], {}), count=30)
for name in "modified_bessel_i0 modified_bessel_i1 bessel_j0 bessel_j1 spherical_bessel_j0 airy_ai".split():
    special(name, "spread", 16)
for name in """bessel_y0 bessel_y1 modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0
        scaled_modified_bessel_k1""".split():
    special(name, "positive", 16)
for name in """chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w
        hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p shifted_chebyshev_polynomial_t
        shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w""".split():
    def polynomial(name=name):
        size = shape()
        x = T(size, [f64, f64, f64, i64], "unit" if name.startswith("shifted") or chance(0.5) else "spread")
        return [x, R.randint(0, 5) if chance(0.5) else given([R.randint(-1, 12) for _ in range(size[-1] if size else 1)], i64)], {}
    op("special." + name, polynomial, getattr(S, name), 16)

# ---- of two
for name in "xlogy copysign float_power".split():
    op(name, lambda name=name: (pair(kind="positive" if name == "float_power" else "any"), {}), count=40)
op("special.xlog1py", lambda: (pair(kind="positive"), {}), S.xlog1py, 30)
for name in "logaddexp logaddexp2 hypot".split():
    op(name, lambda: (pair(FLOATS * 4 + [i64], scalar=0), {}), count=40)
for name in "fmax fmin".split():
    op(name, lambda: (pair(scalar=0), {}), count=40)
op("nextafter", lambda: (pair(FLOATS * 4 + [i64], scalar=0), {}), count=40)
op("ldexp", lambda: (pair(kind="small", scalar=0), {}), count=40)
op("heaviside", lambda: (pair(kind="small", scalar=0, same=0.9), {}), count=30)
for name in ["gcd", "lcm"]:
    op(name, lambda: (pair([i64, i64, i32, u8, i64, f32] if not NARROW else [i8, i16, i8, i16, bf16], scalar=0), {}), count=40)
def shifted():
    x, _ = pair([i64, i64, i32, u8, f32] if not NARROW else [i8, i16, bf16], scalar=0)
    if chance(0.3):
        return [x, R.randint(0, 5)], {}
    return [x, given([R.randint(0, 5) for _ in range(x.shape[-1] if x.dim() else 1)], one(x.dtype, x.dtype, i64))], {}
for name in ["bitwise_left_shift", "bitwise_right_shift"]:
    op(name, shifted, count=40)
def kept(inputs):
    """Without the history of the first."""
    x = inputs[0].detach()
    x.storage_was = inputs[0].storage_was
    return [x, *inputs[1:]]
for name in ["igamma", "igammac"]:
    op(name, lambda: ((lambda inputs: kept(inputs) if chance(0.8) else inputs)(pair(FLOATS * 4 + [i64], "positive", scalar=0)), {}), count=30)
def zetas():
    size, dtype = shape(), one(f32, f64, f64, i64)
    x = T(size, [dtype], "positive", 0) if chance(0.8) else one(2, 3.5)
    return [x, T(narrower(size), [dtype], "positive")], {}
op("special.zeta", zetas, S.zeta, 40)
op("rsub", lambda: (pair(), dict(alpha=one(1, 1, 2, 0.5))), lambda a, b, alpha: torch.rsub(a, b, alpha=alpha), 40)
for name in "multiply true_divide greater greater_equal less less_equal not_equal".split():
    op(name, lambda: (pair(), {}), count=16)
op("subtract", lambda: (pair(), dict(alpha=one(1, 2))), count=16)
op("divide", lambda: (pair(), dict(rounding_mode=one(None, "floor", "trunc"))), lambda a, b, rounding_mode: torch.divide(a, b, rounding_mode=rounding_mode) if rounding_mode else torch.divide(a, b), 24)
op("arctan2", lambda: (pair(scalar=0), {}), count=16)

# ---- in place
for name in """negative absolute sign sgn rsqrt exp2 expm1 log2 log10 log1p tan asin arcsin acos arccos atan arctan sinh cosh asinh
        arcsinh acosh arccosh atanh arctanh sinc deg2rad rad2deg erf erfc i0 trunc fix frac bitwise_not logical_not""".split():
    op_(name + "_", lambda name=name: ([T(shape(), grad=0 if name in ("logical_not", "sgn") else 0.85, kind="small" if name == "i0" else "any")], {}), count=10)
for name in ["lgamma_", "digamma_"]:
    op_(name, lambda: ([T(shape(), kind="positive")], {}), count=10)
def without_history(draw):
    """PyTorch leaves x the history that it had, though it is written over."""
    def drawn():
        inputs, keywords = draw()
        for i, x in enumerate(inputs):
            if isinstance(x, torch.Tensor) and x.requires_grad:
                inputs[i] = x.detach()
                inputs[i].storage_was = x.storage_was
        return inputs, keywords
    return drawn
for name in "multiply_ true_divide_ fmod_ eq_ ne_ not_equal_ lt_ less_ le_ less_equal_ gt_ greater_ ge_ greater_equal_".split():
    op_(name, lambda: (pair(), {}), count=16)
op_("floor_divide_", lambda: (pair(), {}), count=16)
op_("subtract_", lambda: (pair(), dict(alpha=one(1, 2))), count=16)
op_("divide_", lambda: (pair(), dict(rounding_mode=one("floor", "trunc"))), count=16)
for name in "atan2_ arctan2_ hypot_ nextafter_".split():
    op_(name, lambda: (pair(FLOATS, scalar=0), {}), count=16)
op_("copysign_", lambda: (pair(), {}), count=16)
op_("xlogy_", lambda: (pair(), {}), count=16)
op_("float_power_", lambda: (pair([f64, f64, f32], "positive"), {}), count=16)
op_("ldexp_", without_history(lambda: (pair(FLOATS, "small", scalar=0), {})), count=16)
op_("heaviside_", lambda: (pair(kind="small", scalar=0, same=1), {}), count=16)
for name in ["gcd_", "lcm_"]:
    op_(name, lambda: (pair([i64, i32, u8] if not NARROW else [i8, i16], scalar=0), {}), count=16)
for name in ["igamma_", "igammac_"]:
    op_(name, without_history(lambda: (pair(FLOATS, "positive", scalar=0), {})), count=12)
for name in "bitwise_and_ bitwise_or_ bitwise_xor_".split():
    op_(name, lambda: (pair(kinds="i"), {}), count=16)
for name in ["bitwise_left_shift_", "bitwise_right_shift_"]:
    op_(name, shifted, count=16)
for name in "logical_and_ logical_or_ logical_xor_".split():
    op_(name, without_history(lambda: (pair(scalar=0), {})), count=16)
op_("nan_to_num_", lambda: ([T(shape())], dict(nan=one(0.0, 1.5), posinf=one(None, 9.0), neginf=one(None, -9.0))), count=16)
op_("logit_", lambda: ([T(shape(), [f32, f64, i64], kind="unit")], dict(eps=one(None, 0.1))), count=12)
op_("polygamma_", lambda: ([T(shape(), kind="positive")], dict(n=one(0, 1, 2))), count=12)
op_("mvlgamma_", lambda: ([T(shape(), FLOATS, "positive")], dict(p=1)), count=8)
for name in ["cumsum_", "cumprod_"]:
    op_(name, lambda: with_dim(ALL, "finite"), count=24)
def renormed(least=2):
    size = shape(least if chance(0.95) else 1)
    return [T(size, FLOATS + [i64] if chance(0.2) else FLOATS, "finite")], dict(p=one(1, 2, 2.0, 3), dim=dim_of(size), maxnorm=one(0.5, 1.0, 3.0))
op("renorm", renormed, count=40)
op_("renorm_", renormed, count=12)

# ---- reductions and running sums
def over(whole=0.3):
    size = shape()
    return T(size, FLOATS * 4 + [i64], "small"), {} if chance(whole) else dict(dim=one(some_dims(size), dim_of(size)), keepdim=chance(0.5))
op("nanmean", lambda: (lambda x, kw: ([x], kw))(*over()), count=50)
def extremes():
    size = shape()
    return [T(size, ALL, "small")], {} if chance(0.4) else dict(dim=dim_of(size), keepdim=chance(0.5))
op("aminmax", extremes, count=40)
def spread():
    x, keywords = over()
    if isinstance(keywords.get("dim"), int):
        keywords["dim"] = [keywords["dim"]]
    # (as of var and std in ops.py: whose gradients of one element are wrong in PyTorch 1.13)
    keywords["unbiased"] = chance(0.6) and x.numel() > 1
    if keywords.get("dim") == []:
        keywords["dim"] = [0]
    return [x], keywords
for name in ["var_mean", "std_mean"]:
    op(name, spread, lambda x, dim=None, unbiased=True, keepdim=False, name=name: getattr(torch, name)(x, dim=dim, unbiased=unbiased, keepdim=keepdim) if dim is not None else getattr(torch, name)(x, unbiased=unbiased), 50)
op("logcumsumexp", lambda: with_dim(FLOATS * 4 + [i64], "small"), count=50)
def by_name():
    size = shape()
    return [T(size, FLOATS, "small")], {"p": "fro"} | ({} if chance(0.3) else dict(dim=some_dims(size) or [0], keepdim=chance(0.5)))
op("norm_by_name", by_name, torch.norm, 40)
def apart():
    a, b = pair(FLOATS, "finite", scalar=0, same=1)
    return [a, b], dict(p=one(0, 1, 2, 2, 3))
op("dist", apart, count=40)
def rows_apart():
    batch, dtype, columns = shape(0, 2, zero=0, most=3), R.choice(FLOATS), R.randint(0 if chance(0.05) else 1, 4)
    n = 30 if chance(0.2) and dtype is f64 else R.randint(0 if chance(0.05) else 1, 4)
    x = T([*narrower(batch), n, columns], [dtype], "spread")
    y = T([*narrower(batch), R.randint(1, 4), columns + (1 if chance(0.03) else 0)], [dtype if NARROW or chance(0.98) else f64], "spread")
    modes = ["use_mm_for_euclid_dist_if_necessary", "donot_use_mm_for_euclid_dist"]
    if dtype is f64:  # of others a product of matrices leaves few digits
        modes += ["use_mm_for_euclid_dist", "other" if chance(0.05) else modes[0]]
    return [x, y], dict(p=one(2.0, 2.0, 1.0, 3.0, 0.0, math.inf), compute_mode=one(*modes))
op("cdist", rows_apart, count=80)
def integrated():
    y = T(shape(1, zero=0.03), FLOATS + [i64], "finite")
    d = dim_of(list(y.shape))
    if chance(0.5):
        return [y], dict(dim=d, dx=one(1, 2, 0.5))
    n = y.shape[d] if -y.dim() <= d < y.dim() else 1
    x = T([n + (1 if chance(0.05) else 0)] if chance(0.6) else list(y.shape), [y.dtype] if chance(0.8) else FLOATS, "finite")
    return [y, x], dict(dim=d)
for name in ["trapezoid", "trapz", "cumulative_trapezoid"]:
    op(name, integrated, lambda *x, name=name, **kw: getattr(torch, name)(*x, **kw), 40)
def observed():
    size = shape(0, 2 if chance(0.95) else 3, zero=0.02)
    x = T(size, FLOATS * 3 + [i64], "small")
    n = size[-1] if size else 1
    return [x, None if chance(0.5) else given([R.randint(0, 3) for _ in range(n)]) if chance(0.95) else given([1.0] * n, f32),
            None if chance(0.5) else T([n], [f32 if x.dtype is i64 else x.dtype], "positive", 0)], dict(correction=one(1, 1, 0, 2))
op("cov", observed, lambda x, f, a, correction: torch.cov(x, fweights=f, aweights=a, correction=correction), 60)
# (Of more than two observations, and in float64: else what is left of a gradient is rounding.)
op("corrcoef", lambda: ([T((lambda s: s and [*s[:-1], s[-1] + 2])(shape(0, 2, zero=0)), [f64, f64, i64] if not NARROW else [i8], "spread")], {}), count=24)

# ---- products
def in_order():  # of others PyTorch 1.13 asks for a view that there is not
    x = T(shape(0, 3, most=3))
    return given(x.detach(), x.dtype, x.requires_grad)
op("kron", lambda: ([in_order(), in_order()], {}), count=40)
MATRICES = [f32, f32, f32, f64, i64, i32] if not NARROW else [bf16, bf16, i8, i16, f16]
SUMMED = [f32, f32, f64, i64] if not NARROW else [bf16]  # where PyTorch makes int64 of one number summed
def M(size, dtype):
    return T(size, [dtype], "small" if chance(0.3) else "finite")
def inners():
    dtype, n = R.choice(SUMMED), R.randint(1, 4)
    a, b = [*shape(0, 2, most=3), n], [*shape(0, 2, most=3), n + (1 if chance(0.05) else 0)]
    return [M([] if chance(0.1) else a, dtype), M([] if chance(0.1) else b, dtype)], {}
op("inner", inners, count=40)
def sized(*sizes, **keywords):
    def draw():
        dtype = R.choice(MATRICES)
        names = {c: R.randint(0 if chance(0.06) else 1, 4) for c in "bnkm"}
        inputs = [M([names[c] + (1 if chance(0.015) else 0) for c in size], dtype) for size in sizes]
        whole = not dtype.is_floating_point
        return inputs, {k: one(1, 2, 0) if whole else one(*v) for k, v in keywords.items()}
    return draw
def counting(draw):  # (where beta is 0, PyTorch 1.13 reads memory that nothing was written to)
    def drawn():
        inputs, keywords = draw()
        return inputs, dict(keywords, beta=keywords["beta"] or 1)
    return drawn
BOTH = dict(beta=(1, 1, 0, 0.5), alpha=(1, 1, 2, 0.5))
op("vdot", sized("k", "k"), count=20)
op("ger", sized("n", "m"), count=10)
for name, sizes in dict(baddbmm=("bnm", "bnk", "bkm"), addbmm=("nm", "bnk", "bkm"), addmv=("n", "nk", "k"), addr=("nm", "n", "m")).items():
    draw = counting(sized(*sizes, **BOTH)) if name == "baddbmm" else sized(*sizes, **BOTH)
    op(name, draw, count=50)
    op_(name + "_", draw, count=16)
op_("addmm_", sized("nm", "nk", "km", beta=(1, 2), alpha=(1, 2)), count=16)
def contracted():
    dtype = R.choice(SUMMED)
    if chance(0.4):
        common = [R.randint(1, 3) for _ in range(R.randint(0, 2))]
        return [M([*shape(0, 2, most=3), *common], dtype), M([*common, *shape(0, 2, most=3)], dtype)], dict(dims=len(common) if chance(0.95) else 1)
    a = [R.randint(1, 3) for _ in range(R.randint(1, 3))]
    of_a = R.sample(range(len(a)), R.randint(0, len(a)))
    order = [("c", a[d]) for d in of_a] + [("f", R.randint(1, 3)) for _ in range(R.randint(0, 2))]
    places = R.sample(range(len(order)), len(order))
    b = [order[i][1] for i in places]
    of_b = [places.index(i) for i in range(len(of_a))]
    return [M(a, dtype), M(b, dtype)], dict(of_a=of_a, of_b=of_b)
op("tensordot", contracted, lambda a, b, dims=None, of_a=None, of_b=None: torch.tensordot(a, b, dims if of_a is None else (of_a, of_b)), 60)
def crossed():
    dtype, size = R.choice(MATRICES), shape(0, 2, most=3)
    at = R.randint(0, len(size))
    size.insert(at, 3 if chance(0.95) else 2)
    other = [1 if n != 3 and chance(0.2) else n for n in size]
    return [M(size, dtype), M(other, dtype)], {} if chance(0.4) else dict(dim=at - len(size) if chance(0.3) else at)
op("cross", crossed, count=40)
op("linalg.cross", crossed, lambda a, b, dim=-1: torch.linalg.cross(a, b, dim=dim), 24)
op("matrix_power", lambda: ((lambda n: [M([*shape(0, 1, most=3), n, n + (1 if chance(0.05) else 0)], R.choice(MATRICES))])(R.randint(1, 3)), dict(n=R.randint(0, 2 if NARROW else 6))), count=40)
def chain():
    dtype, sizes = R.choice(MATRICES), [R.randint(1, 4) for _ in range(R.randint(2, 3 if NARROW else 5))]
    return [T([a, b], [dtype], "finite") for a, b in zip(sizes, sizes[1:])], {}
op("chain_matmul", chain, torch.chain_matmul, 24)
op("swapdims", lambda: (lambda s: ([T(s)], dict(dim0=dim_of(s), dim1=dim_of(s))))(shape()), count=10)
