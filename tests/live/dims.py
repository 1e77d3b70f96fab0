"""What PyTorch makes of tensors of 9, 20 and 64 dims: the cases of dims_test.cpp, line for line, into a file."""
import sys

import torch


def some_twos(dims):
    """So many sizes, the same from the back, of which up to twelve are 2, and the others 1."""
    sizes = [1] * dims
    for i in range(6):
        sizes[i * dims // 12] = sizes[-1 - i * dims // 12] = 2
    return sizes


def cases(x):
    n = x.dim()
    back = list(range(n))[::-1]
    y = x.permute(back)
    index = torch.tensor([1, 0, 1])
    mask = x.detach() > 0
    most = n == 64
    rigid = x.detach() if most else x  # (whose gradient PyTorch would need one more dim for)
    yield 'unsqueeze', lambda: (x[0] if most else x).unsqueeze(3)
    yield 'squeeze', lambda: x.squeeze() * 2
    yield 'squeeze a dim', lambda: x[..., :1].squeeze(-1)
    yield 'permute', lambda: x.permute(back)
    yield 'transpose', lambda: x.transpose(0, -2).contiguous()
    yield 'movedim', lambda: x.movedim([0, 2], [-1, 1])
    yield 'reshape', lambda: y.reshape(x.shape)
    yield 'view', lambda: x.view(x.shape[::-1])
    yield 'expand', lambda: x[:1].expand(x.shape)
    yield 'sum', lambda: y.sum([0, n // 2, -1])
    yield 'sum, kept', lambda: y.sum([0, n // 2, -1], keepdim=True)
    yield 'sum of all', lambda: y.sum()
    yield 'mean', lambda: y.mean([1, -2])
    yield 'var', lambda: x.var([0, -1])
    yield 'std', lambda: y.std([0, 3])
    yield 'norm', lambda: y.norm(2, [0, -1])
    yield 'max', lambda: y.max(-1)[0]
    yield 'max, where', lambda: x.max(0)[1]
    yield 'amax', lambda: y.amax([0, -1])
    yield 'argmax', lambda: y.argmax(n - 1)
    yield 'prod', lambda: y.prod(0)
    yield 'cumsum', lambda: y.cumsum(0)
    yield 'all', lambda: mask.all(0)
    yield 'any of all', lambda: mask.any()
    yield 'add', lambda: x + y
    yield 'add a few', lambda: y + x.flatten()[:2]
    yield 'multiply', lambda: x * y[:1]
    yield 'exp', lambda: y.exp()
    yield 'where', lambda: torch.where(mask, x, y)
    yield 'matmul', lambda: x @ y.transpose(-1, -2)
    yield 'matmul, one matrix', lambda: x @ torch.ones(x.size(-1), 3)
    yield 'index', lambda: x[0, ..., 0]
    yield 'slice', lambda: x[1:, ..., :1]
    yield 'index and None', lambda: x[0, None, ..., -1, None]
    yield 'tensor as index', lambda: x[index]
    yield 'tensors as index', lambda: x[index, ..., torch.zeros(3, dtype=torch.int64)]
    yield 'mask', lambda: y[mask]
    yield 'gather', lambda: y.gather(0, torch.zeros(y.shape, dtype=torch.int64))
    yield 'index_select', lambda: x.index_select(0, index)
    yield 'cat', lambda: torch.cat([x, y, x], 1)
    yield 'stack', lambda: torch.stack([x[0], x[1]], 2)
    yield 'chunk', lambda: x.chunk(2)[1]
    yield 'flatten', lambda: y.flatten(2, -2)
    yield 'repeat', lambda: rigid.repeat([2] + [1] * (n - 2) + [3])
    yield 'tile', lambda: rigid.tile(3, 1)
    yield 'flip', lambda: y.flip([0, -1])
    yield 'roll', lambda: x.roll(1, 0)
    yield 'sort', lambda: (-y).sort(-1)[0]
    yield 'softmax', lambda: y.softmax(0)
    yield 'log_softmax', lambda: x.log_softmax(-1)
    yield 'diagonal', lambda: x.diagonal(0, 0, -2)
    yield 'unfold', lambda: x[0].unfold(1, 1, 1)
    yield 'tril', lambda: x.tril()
    yield 'einsum', lambda: torch.einsum('a...b,a...b->...', x, y)
    yield 'einsum of dots', lambda: torch.einsum('...,...->...', x, y)
    yield 'nonzero', lambda: (x.detach() > 2).nonzero()
    yield 'in place', lambda: (x * 1).transpose(0, -1).mul_(y)
    yield 'a part in place', lambda: written(x * 1)


def written(x):
    x[1:, ..., 0] *= 3
    x[0] = 7
    return x


def said(f):
    try:
        f()
    except RuntimeError as error:
        return str(error)
    return ''


def main():
    found = {}
    for n in (9, 20, 64):
        sizes = some_twos(n)
        numel = torch.Size(sizes).numel()
        x = ((torch.arange(numel) * 37 % 101 - 50) / 25.).reshape(sizes).requires_grad_()
        for name, f in cases(x):
            x.grad = None
            out = f()
            found[f'{n}: {name}'] = out.detach().clone()
            if out.requires_grad:
                (out * torch.arange(out.numel()).reshape(out.shape)).sum().backward()
                found[f'{n}: gradient of {name}'] = x.grad
        found[f'{n}: text'] = str(x[..., 0].detach().int())
        found[f'{n}: saved'] = x.detach().permute(list(range(n))[::-1])
    found['65: sentence'] = said(lambda: torch.ones([1] * 65).sum(0))
    torch.save(found, sys.argv[1])


main()
