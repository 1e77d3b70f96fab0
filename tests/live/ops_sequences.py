"""Cases of sequences: attention, bags of embeddings, RMS norm, the CTC loss, padding and packing."""
import math

import torch
import torch.nn.functional as F
from torch.nn.utils import rnn

from draw import *
from draw import FAULT_CHECKS, OTHER_STEPS, R


# ---- attention

def attention():
    dtype, lead = R.choice(FLOATS), [R.randint(1, 2) for _ in range(R.randint(0, 2))]
    queries, keys, depth = R.randint(1, 4), R.randint(1, 4), R.randint(1, 4)
    x = [T([*lead, queries, depth], [dtype], "finite"), T([*lead, keys, depth + chance(0.03)], [dtype], "finite"),
         T([*lead, keys, R.randint(1, 3)], [dtype], "finite")]
    mask = None
    if chance(0.5):
        size = narrower([*lead, queries, keys]) if chance(0.5) else [queries, keys]
        mask = T(size, [b8] if chance(0.5) else [dtype], "finite")
    return [*x, mask], dict(is_causal=chance(0.3 if mask is None else 0.03), scale=one(None, None, 0.3),
                            dropout_p=one(0.0, 0.0, 0.4), seed=R.randint(0, 99))


def attend(query, key, value, mask, is_causal, scale, dropout_p, seed):
    torch.manual_seed(seed)
    if scale is None and dropout_p == 0 and (mask is None or mask.dtype is b8):
        return torch._C._nn._scaled_dot_product_attention(query, key, value, mask, 0.0, False, is_causal)[0]
    if is_causal and mask is not None:
        raise RuntimeError("Explicit attn_mask should not be set when is_causal=True")
    scores = query @ key.transpose(-2, -1) * (scale or 1 / math.sqrt(query.size(-1)))
    if is_causal:
        mask = torch.ones(query.size(-2), key.size(-2), dtype=b8).tril()
    if mask is not None and mask.dtype is b8:
        mask = torch.zeros(mask.shape, dtype=query.dtype).masked_fill(mask.logical_not(), -math.inf)
    scores = scores if mask is None else scores + mask
    return torch.dropout(scores.softmax(-1), dropout_p, True) @ value


op("F.scaled_dot_product_attention", attention, attend, 150)


# ---- bags

def bags():
    rows, wide, dtype, mode = R.randint(1, 6), R.randint(1, 4), R.choice(FLOATS), one("sum", "mean", "max")
    weight = T([rows, wide], [dtype], "finite")
    keywords = dict(mode=mode, scale_grad_by_freq=chance(0.03 if mode == "max" else 0.3), include_last_offset=False,
                    padding_idx=None if chance(0.6) else R.randint(-rows, rows - 1),
                    max_norm=one(None, None, 0.7, 2.0), norm_type=one(2.0, 1.0))
    if not weight.is_contiguous() or weight.requires_grad and chance(0.5):
        keywords["max_norm"] = None
    kind, offsets = one(i64, i32), None
    if chance(0.4):
        size = [R.randint(0, 3), R.randint(0 if chance(0.1) else 1, 4)]
    else:
        size = [R.randint(0, 8)]
        starts = [0] + sorted(R.randint(0, size[0]) for _ in range(R.randint(0, 4)))
        if mode != "max" and chance(0.3):
            keywords["include_last_offset"] = True
            starts.append(size[0])
        if chance(0.03):
            starts = [0, size[0] + 1]
        offsets = given(starts, kind)
    index = index_of(size, rows, kind)
    each = T(size, [dtype], "finite") if chance(0.5 if mode == "sum" else 0.03) else None
    return [index, weight, offsets, each], keywords


def in_bags(index, weight, offsets, each, **keywords):
    return F.embedding_bag(index, weight, offsets, per_sample_weights=each, **keywords)


def wrong_frequency(name, inputs, keywords, out):
    """PyTorch divides what the i-th of the rows in use learns by how often that row occurs which is i-th in the sorted
    index."""
    if name == "F.embedding_bag" and keywords["scale_grad_by_freq"]:
        index = sorted(inputs[0].flatten().tolist())
        if any(index.count(row) != index.count(index[i]) for i, row in enumerate(sorted(set(index)))):
            return "a bag's gradient by the frequency of another row"
    return None


FAULT_CHECKS.append(wrong_frequency)
op("F.embedding_bag", bags, in_bags, 300)


# ---- norm

def normed():
    size = shape(1, 4, zero=0)
    dims, dtype = R.randint(1, len(size)), R.choice(FLOATS)
    normalized = size[len(size) - dims:]
    weight = T(normalized, [dtype], "finite") if chance(0.6) else None
    if chance(0.04):
        normalized[0] += 1
    return [T(size, [dtype], "finite"), weight], dict(normalized_shape=normalized, eps=one(None, 0.1))


def rms_norm(x, weight, normalized_shape, eps):
    if list(x.shape)[x.dim() - len(normalized_shape):] != normalized_shape:
        raise RuntimeError("Given normalized_shape")
    wide = x.float() if x.dtype in (f16, bf16) else x
    eps = torch.finfo(x.dtype).eps if eps is None else eps
    out = wide * torch.rsqrt((wide ** 2).mean(tuple(range(-len(normalized_shape), 0)), True) + eps)
    return (out if weight is None else out * weight).to(x.dtype)


op("F.rms_norm", normed, rms_norm, 80)


# ---- labels without places

def labelled():
    steps, batch, classes, most = R.randint(1, 7), R.randint(1, 3), R.randint(2, 5), R.randint(1, 3)
    single = chance(0.15)
    if single:
        batch = 1
    blank = 0 if chance(0.6) else R.randint(0, classes - 1 + chance(0.1))
    lengths = [R.randint(0, most) for _ in range(batch)]
    labels = [c for c in range(classes) if c != blank] or [0]
    count = sum(lengths) if chance(0.4) else None
    size = [count] if count is not None else [most] if single else [batch, most]
    if single and count is None:
        lengths = [most]
    values = [R.choice(labels) for _ in range(math.prod(size))]
    targets = given(torch.tensor(values, dtype=i64).reshape(size), one(i64, i64, i32))
    inputs = [R.randint(1, steps) if chance(0.4) else steps for _ in range(batch)]
    if chance(0.03):
        inputs[-1] = steps + 1
    if chance(0.03):
        lengths = lengths + [1]
    x = T([steps, classes] if single else [steps, batch, classes], FLOATS, "finite")
    as_tensors = [given(inputs, one(i64, i32)), given(lengths, one(i64, i32))] if chance(0.4) else []
    return [x, targets, *as_tensors], dict(input_lengths=inputs, target_lengths=lengths, blank=blank,
                                           reduction=one("mean", "sum", "none"), zero_infinity=chance(0.5))


def ctc_loss(x, targets, *as_tensors, input_lengths, target_lengths, **keywords):
    lengths = as_tensors or [tuple(input_lengths), tuple(target_lengths)]
    return F.ctc_loss(x, targets, *lengths, **keywords)


op("F.ctc_loss", labelled, ctc_loss, 250)


# ---- padding and packing

def unequal():
    rest, dtype = shape(0, 2, zero=0, most=3), R.choice(ALL)
    many = []
    for _ in range(R.randint(1, 4)):
        size = [R.randint(0 if chance(0.1) else 1, 5), *rest]
        if rest and chance(0.04):
            size[-1] = size[-1] + 1 if chance(0.5) else 1
        many.append(T(size, [dtype if chance(0.97) else R.choice(ALL)], "finite"))
    return many


op("pad_sequence", lambda: (unequal(), dict(batch_first=chance(0.5), padding_value=one(0.0, -1.5, 2.0))),
   lambda *x, **kw: rnn.pad_sequence(list(x), **kw), 60)


def padded():
    batch_first, batch, steps = chance(0.5), R.randint(1, 4), R.randint(1, 5)
    lengths = [R.randint(1, steps) for _ in range(batch)]
    sort = chance(0.5)
    if not sort or chance(0.9):
        lengths.sort(reverse=True)
    if not sort:
        R.shuffle(lengths)
    if chance(0.03):
        lengths = lengths[1:] or [0]
    if chance(0.03):
        lengths[-1] = 0
    x = T([*([batch, steps] if batch_first else [steps, batch]), *shape(0, 2, zero=0.02, most=3)], ALL, "finite")
    return [x], dict(lengths=lengths, batch_first=batch_first, enforce_sorted=sort)


def pack(x, **keywords):
    return [y for y in rnn.pack_padded_sequence(x, **keywords) if y is not None]


op("pack_padded_sequence", padded, pack, 80)


def padded_again():
    inputs, keywords = padded()
    longest = max(keywords["lengths"])
    return inputs, dict(keywords, again=chance(0.5), padding_value=one(0.0, -1.5, 2.0),
                        total_length=None if chance(0.6) else longest + R.randint(-1 if chance(0.1) else 0, 2))


def pad_again(x, lengths, batch_first, enforce_sorted, again, padding_value, total_length):
    packed = rnn.pack_padded_sequence(x, lengths, batch_first, enforce_sorted)
    return rnn.pad_packed_sequence(packed, again, padding_value, total_length)


op("pad_packed_sequence", padded_again, pad_again, 100)


def unpad(x, lengths, batch_first, enforce_sorted):
    y = x.clone()
    return [*rnn.unpad_sequence(y, lengths, batch_first), y]


op("unpad_sequence", padded, unpad, 40)


def pack_and_unpack(*x, enforce_sorted):
    packed = rnn.pack_sequence(list(x), enforce_sorted)
    return [packed.data, packed.batch_sizes, *rnn.unpack_sequence(packed)]


op("pack_sequence", lambda: (unequal(), dict(enforce_sorted=chance(0.3))), pack_and_unpack, 60)

OTHER_STEPS |= {"F.scaled_dot_product_attention", "F.rms_norm", "pad_sequence", "pad_packed_sequence", "unpad_sequence",
                "pack_sequence"}
