"""rng_more.json: the random numbers that rng.json lacks, and the generator's saved states."""
import json
import zlib

import torch
import torch.nn.functional as F

from writing import following, write

FLOAT_CALLS = [
    'torch.empty({n},dtype={t}).uniform_(-0.3,0.4)',
    'torch.empty({n},dtype={t}).normal_(2,0.3)',
    'torch.empty({n},dtype={t}).exponential_(1.5)',
    'torch.empty({n},dtype={t}).bernoulli_(0.3)',
    'torch.empty({n},dtype={t}).random_()',
    'torch.multinomial(torch.arange({n},dtype={t}),1,replacement=False)',
    'torch.multinomial(torch.arange({n},dtype={t}),2,replacement=False)',
    'torch.multinomial(torch.arange({n},dtype={t}),100,replacement=True)',
    'torch.multinomial(torch.arange({n},dtype={t})%2,{n},replacement=False)',
    'torch.multinomial(torch.ones({n},dtype={t}),{n},replacement=False)',
    'F.rrelu(-torch.ones({n},dtype={t}),1/7,1/3,True)',
    'torch.bernoulli(torch.full(({n},),0.3,dtype={t}))',
]
WHOLE_CALLS = [f'torch.empty({{n}},dtype={{t}}).{call}' for call in ('bernoulli_(0.3)', 'random_()', 'random_(0,2)')]
WIDE_CALLS = [
    'torch.empty({n},dtype=torch.int32).random_(-2147483648,2147483648)',
    'torch.empty({n},dtype=torch.int64).random_(-5000000000,5000000000)',
    'torch.empty({n},dtype=torch.float64).random_(-5000000000,5000000000)',
]
TABLE = [
    (('float32', 'float64'), FLOAT_CALLS),
    (('int64', 'int32', 'uint8', 'bool'), WHOLE_CALLS),
    (('float32', 'float64', 'int64', 'int32'), ['torch.randperm({n},dtype={t})']),
    ((None,), WIDE_CALLS),
]
STATES = [
    (5, 'before the first draw', lambda: None),
    (-1, 'in the second block, half a pair of normals kept', lambda: (torch.randn(3), torch.rand(700))),
    (2 ** 40 + 7, 'at the end of a block', lambda: torch.rand(624)),
]


def drawn(seed, call):
    torch.manual_seed(seed)
    out = eval(call, {'torch': torch, 'F': F})
    return {'seed': seed, 'call': call, 'next_int64': following(), 'crc32': zlib.crc32(out.numpy().tobytes())}


def saved():
    return bytes(torch.get_rng_state().tolist())


def restored(seed, place, run):
    torch.manual_seed(seed)
    run()
    state = saved()
    after = torch.cat([torch.randn(1), torch.randn(700)])
    return {'seed': seed, 'place': place, 'bytes': state.hex(), 'crc32': zlib.crc32(after.numpy().tobytes()),
            'later': zlib.crc32(saved())}


def make(folder):
    cases = [drawn(seed, call.format(n=n, t=f'torch.{dtype}'))
             for seed in (-1, 2 ** 40 + 7, 3) for n in (3, 23, 5000)
             for dtypes, calls in TABLE for dtype in dtypes for call in calls]
    states = [restored(*state) for state in STATES]
    rows = [',\n'.join(json.dumps(row) for row in part) for part in (cases, states)]
    text = '{"torch": "%s",\n"cases": [\n%s],\n"states": [\n%s]}\n' % (torch.__version__, *rows)
    write(folder, 'rng_more.json', text)
