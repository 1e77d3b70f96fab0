"""Losses of margins and of likelihoods, and what is of two inputs or of all pairs of rows."""
import math

import torch
import torch.nn.functional as F

from draw import *
from draw import OTHER_STEPS, R


def reduction():
    return one("mean", "sum", "none", "other" if chance(0.05) else "mean")


def like(x, values, dtype, grad=0):
    return given(torch.tensor(values).reshape(x), dtype, grad)


def signs_of(size, dtype):
    return like(size, [one(-1, 1) for _ in range(math.prod(size))], dtype)


def three_beside():
    size, dtype = shape(0, 3), R.choice(FLOATS)
    other = size if chance(0.8) else narrower(size) if chance(0.8) else shape(0, 3)
    return [T(size, [dtype], "small"), T(other, [dtype], "small"), signs_of(size, one(dtype, i64))]


op("F.margin_ranking_loss", lambda: (three_beside(), dict(margin=one(0.0, 0.5, -1.0), reduction=reduction())), count=50)


def soft():
    x = T(shape(0, 3), FLOATS, "any")
    return [x, signs_of(list(x.shape), one(x.dtype, i64, i32))], dict(reduction=reduction())


op("F.soft_margin_loss", soft, count=40)


def soft_labels():
    x = T(shape(1, 3, zero=0.03), FLOATS, "any")
    t = T(list(x.shape), [x.dtype], "unit", 0)
    weight = T([x.shape[-1] if chance(0.95) else 2], [x.dtype], "positive", 0) if chance(0.4) else None
    return [x, t, weight], dict(reduction=reduction())


op("F.multilabel_soft_margin_loss", soft_labels, lambda x, t, w, **kw: F.multilabel_soft_margin_loss(x, t, w, **kw), 40)


def margins():
    n, c = R.randint(1, 4), R.randint(1, 5)
    size = one([n, c], [n, c], [c])
    x = T(size, FLOATS, "finite" if chance(0.9) else "any")
    target = index_of([n + chance(0.04)] if len(size) == 2 else one([1], []), c)
    # The weights lie in a row, and are as many as the classes: others PyTorch reads as if they were.
    weight = given(numbers([c], x.dtype, "positive"), x.dtype) if chance(0.4) else None
    return [x, target, weight], dict(p=one(1, 2), margin=one(1.0, 0.5, 2.0), reduction=reduction())


op("F.multi_margin_loss", margins, lambda x, t, w, **kw: F.multi_margin_loss(x, t, weight=w, **kw), 90)


def label_margins():
    n, c = R.randint(1, 4), R.randint(1, 5)
    size = one([n, c], [n, c], [c])
    x = T(size, FLOATS, "finite" if chance(0.9) else "any")
    wanted = size if chance(0.95) else [n + 1, c]
    t = like(wanted, [R.randrange(-1, c + chance(0.01)) for _ in range(math.prod(wanted))], i64)
    return [x, t], dict(reduction=reduction())


op("F.multilabel_margin_loss", label_margins, count=90)


def poisson():
    log_input = chance(0.6)
    x = T(shape(0, 3), FLOATS, "small" if log_input else "positive")
    t = T(list(x.shape) if chance(0.9) else narrower(list(x.shape)), [x.dtype], "positive", 0)
    return [x, t], dict(log_input=log_input, full=chance(0.5), eps=one(1e-8, 1e-3), reduction=reduction())


op("F.poisson_nll_loss", poisson, count=50)


def gaussian():
    size, dtype = shape(1, 3), R.choice(FLOATS)
    sizes = one(size, size, size[:-1], size[:-1] + [1], size[:-1] + [2])
    var = T(sizes, [dtype], "positive" if chance(0.95) else "finite")
    return [T(size, [dtype], "small"), T(size, [dtype], "small"), var], dict(full=chance(0.5), eps=one(1e-6, 0.5), reduction=reduction())


op("F.gaussian_nll_loss", gaussian, count=60)


def with_distance():
    size, dtype = shape(1, 3), R.choice(FLOATS)
    inputs = [T(size, [dtype], "finite") for _ in range(3)]
    return inputs, dict(how=one("none", "squares"), margin=one(1.0, 0.5), swap=chance(0.3), reduction=reduction())


def triplet_with_distance(a, p, n, how, **keywords):
    distance = None if how == "none" else lambda x, y: (x - y).square().sum(-1)
    return F.triplet_margin_with_distance_loss(a, p, n, distance_function=distance, **keywords)


op("F.triplet_margin_with_distance_loss", with_distance, triplet_with_distance, 40)


def bilinear():
    batch, dtype = shape(0, 2, most=3), one(f32, f64)  # of narrow ones PyTorch rounds each product
    in1, in2, out = R.randint(1, 4), R.randint(1, 4), R.randint(1, 4)
    wrong = lambda n: n + chance(0.03)
    bias = T([wrong(out)], [dtype], "finite") if chance(0.6) else None
    return [T(batch + [wrong(in1)], [dtype], "finite"), T((batch if chance(0.95) else batch[1:]) + [wrong(in2)], [dtype], "finite"),
            T([out, in1, in2], [dtype], "finite"), bias], {}


op("F.bilinear", bilinear, lambda a, b, w, c: F.bilinear(a, b, w, c), 50)
op("F.pdist", lambda: ([T([R.randint(2, 5), R.randint(1, 4)] if chance(0.9) else shape(3, 3), FLOATS, "spread")],
                       dict(p=one(2.0, 2.0, 1.0, 0.0, 3.0, math.inf, 1.5, -1.0 if chance(0.1) else 2.0))), count=50)


def seeded(function):
    def run(x, seed, **keywords):
        torch.manual_seed(seed)
        return function(x, **keywords)
    return run


def gumbel():
    x = T(shape(0, 3, zero=0.02), FLOATS, "finite")
    return [x], dict(seed=R.randrange(1000), tau=one(1.0, 0.5, 3.0), hard=chance(0.4), dim=dim_of(list(x.shape)))


op("F.gumbel_softmax", gumbel, seeded(F.gumbel_softmax), 50)
op("F.feature_alpha_dropout", lambda: ([T(shape(1, 4), FLOATS, "finite")], dict(seed=R.randrange(1000), p=one(0.0, 0.3, 0.5, 1.0, 1.5 if chance(0.1) else 0.2), training=chance(0.8))),
   seeded(F.feature_alpha_dropout), 50)
OTHER_STEPS.update(["F.margin_ranking_loss", "F.multilabel_soft_margin_loss", "F.poisson_nll_loss", "F.gaussian_nll_loss", "F.triplet_margin_with_distance_loss", "F.bilinear", "F.pdist",
                    "F.multi_margin_loss", "F.multilabel_margin_loss", "F.soft_margin_loss", "F.gumbel_softmax", "F.feature_alpha_dropout"])
