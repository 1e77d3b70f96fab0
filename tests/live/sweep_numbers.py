"""The values of the arguments of functions of numbers and of small linear algebra: a part of sweep_functions.py."""

INT = "whole(8, 2, 3)"
BITS = dict(_self=INT, other=["whole(5, 2, 3)", "3"], self="6")
COMPARE = dict(other=["whole(3, 2, 3)", "2"], _self="whole(5, 2, 3)")
POSITIVE = dict(_self="prob(2, 3) + 1", other="prob(2, 3)")
UNIT = dict(_self="0.9 * prob(2, 3)")
ADDED = dict(_self="real(2, 4)", beta="0.5", alpha="2")
BATCHED = ADDED | dict(batch1="more(2, 2, 3)", batch2="real(2, 3, 4)")
INTEGRAL = dict(y="real(2, 3)", x="more(2, 3)", dx="2", dim="0", _required=[{"y": "real(2, 3)"}])

NUMBERS = {
    **dict.fromkeys(("greater", "greater_equal", "less", "less_equal", "not_equal"), COMPARE),
    **dict.fromkeys(("acos", "arccos", "asin", "arcsin", "atanh", "arctanh", "logit"), UNIT),
    **dict.fromkeys(("acosh", "arccosh", "lgamma", "digamma"), dict(_self="prob(2, 3) + 1")),
    **dict.fromkeys(("gcd", "lcm", "bitwise_left_shift", "bitwise_right_shift"), BITS),
    **dict.fromkeys(("igamma", "igammac", "xlogy"), POSITIVE),
    "logit": UNIT | dict(eps="0.25"), "polygamma": dict(_self="prob(2, 3) + 1", input="prob(2, 3) + 1", n="1"),
    "mvlgamma": dict(_self="prob(2, 3) + 2", p="2"), "hardshrink": dict(_self="3 * real(2, 3)", lambd="0.25"),
    "frexp": dict(), "positive": dict(), "adjoint": dict(), "heaviside": dict(values="more(2, 3)"),
    "ldexp": dict(other="whole(3, 2, 3)"), "float_power": dict(_self="torch.exp(wide(2, 3))", exponent=["2.5", "more(2, 3)"], self="2.5"),
    "copysign": dict(other=["more(2, 3)", "-2"]), "rsub": dict(other=["more(2, 3)", "2"], alpha="2"),
    "subtract": dict(alpha="2"), "divide": dict(_self="3 * real(2, 3)", rounding_mode="'floor'"),
    "multiply": dict(), "true_divide": dict(), "arctan2": dict(),
    "fmod": dict(_self="3 * real(2, 3)"),
    "aminmax": dict(_self="real(2, 3)", dim="1", keepdim="True"), "nanmean": dict(_self="real(2, 3, 4)", dim=[("1", "(0, 1)")]),
    "var_mean": dict(_self="real(2, 3, 4)", dim=[("1", "(0, 1)")], correction="0"),
    "std_mean": dict(_self="real(2, 3, 4)", dim=[("1", "(0, 1)")], correction="0"),
    "logcumsumexp": dict(dim="1"), "renorm": dict(p="1", dim="0", maxnorm="0.5"),
    "dist": dict(other="more(2, 3)", p="1"),
    "cdist": dict(x1="real(2, 3)", x2="more(4, 3)", p="1.0", compute_mode="'donot_use_mm_for_euclid_dist'"),
    "trapezoid": INTEGRAL, "trapz": INTEGRAL, "cumulative_trapezoid": INTEGRAL,
    "cov": dict(_self="real(2, 3)", correction="0", fweights="whole(3, 3) + 1", aweights="prob(3)"),
    "corrcoef": dict(_self="real(2, 3)"), "kron": dict(), "inner": dict(other="more(2, 3)"),
    "vdot": dict(_self="real(4)", other="more(4)"), "ger": dict(_self="real(4)", vec2="more(3)"),
    "cross": dict(_self="real(3, 3)", other="more(3, 3)", dim="1"),
    "baddbmm": BATCHED | dict(_self="real(2, 2, 4)"), "addbmm": BATCHED,
    "addmv": ADDED | dict(_self="real(2)", mat="more(2, 3)", vec="real(3)"),
    "addr": ADDED | dict(vec1="more(2)", vec2="real(4)"),
    "matrix_power": dict(_self="real(3, 3)", n="3"),
    "tensordot": dict(a="real(3, 3)", b="more(3, 3)", dims=["1", "([0], [1])"]),
    "chain_matmul": dict(matrices="real(2, 3), more(3, 2)"),
    "concatenate": dict(tensors="[real(2, 3), more(2, 3)]", dim="1"),
    "row_stack": dict(tensors="[real(2, 3), more(2, 3)]"),
    "swapdims": dict(_self="real(2, 3, 4)", dim0="0", dim1="2"),
}
