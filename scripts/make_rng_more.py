"""Asks PyTorch for the random numbers that tests/data/rng.json lacks: python3 make_rng_more.py > ../tests/data/rng_more.json"""
import json
import zlib

import torch

cases = []


def add(seed, call):
    torch.manual_seed(seed)
    out = eval(call, {'torch': torch, 'F': torch.nn.functional})
    following = str(torch.empty((), dtype=torch.int64).random_().item())
    cases.append({'seed': seed, 'call': call, 'next_int64': following, 'crc32': zlib.crc32(out.numpy().tobytes())})


for seed in (-1, 2 ** 40 + 7, 3):
    for n in (3, 23, 5000):
        for dtype in ('float32', 'float64'):
            for call in ('uniform_(-0.3,0.4)', 'normal_(2,0.3)', 'exponential_(1.5)', 'bernoulli_(0.3)', 'random_()'):
                add(seed, f'torch.empty({n},dtype=torch.{dtype}).{call}')
            for samples, replacement in ((1, False), (2, False), (100, True)):
                add(seed, f'torch.multinomial(torch.arange({n},dtype=torch.{dtype}),{samples},replacement={replacement})')
            add(seed, f'torch.multinomial(torch.arange({n},dtype=torch.{dtype})%2,{n},replacement=False)')
            add(seed, f'torch.multinomial(torch.ones({n},dtype=torch.{dtype}),{n},replacement=False)')
            add(seed, f'F.rrelu(-torch.ones({n},dtype=torch.{dtype}),1/7,1/3,True)')
            add(seed, f'torch.bernoulli(torch.full(({n},),0.3,dtype=torch.{dtype}))')
        for dtype in ('int64', 'int32', 'uint8', 'bool'):
            for call in ('bernoulli_(0.3)', 'random_()', 'random_(0,2)'):
                add(seed, f'torch.empty({n},dtype=torch.{dtype}).{call}')
        for dtype in ('float32', 'float64', 'int64', 'int32'):
            add(seed, f'torch.randperm({n},dtype=torch.{dtype})')
        add(seed, f'torch.empty({n},dtype=torch.int32).random_(-2147483648,2147483648)')
        add(seed, f'torch.empty({n},dtype=torch.int64).random_(-5000000000,5000000000)')
        add(seed, f'torch.empty({n},dtype=torch.float64).random_(-5000000000,5000000000)')

states = []
for seed, place, run in ((5, 'before the first draw', lambda: None),
                         (-1, 'in the second block, half a pair of normals kept', lambda: (torch.randn(3), torch.rand(700))),
                         (2 ** 40 + 7, 'at the end of a block', lambda: torch.rand(624))):
    torch.manual_seed(seed)
    run()
    saved = bytes(torch.get_rng_state().tolist()).hex()
    following = torch.cat([torch.randn(1), torch.randn(700)])
    later = bytes(torch.get_rng_state().tolist()).hex()
    states.append({'seed': seed, 'place': place, 'bytes': saved, 'crc32': zlib.crc32(following.numpy().tobytes()),
                   'later': zlib.crc32(bytes.fromhex(later))})
rows = [',\n'.join(json.dumps(row) for row in part) for part in (cases, states)]
print('{"torch": %s,\n"cases": [\n%s],\n"states": [\n%s]}' % (json.dumps(torch.__version__), *rows))
