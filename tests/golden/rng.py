"""rng.json: random numbers of four seeds, and where the generator stands after them."""
import zlib

import torch
import torch.nn.functional as F

from writing import ABOUT, following, tensor, write_cases

# (The .npz that the layout speaks of is not kept: of a long result the CRC, the first six numbers and the last are.)
LAYOUT = 'seed, run call, then next_int64 = random_() on an int64 scalar; long results are in the .npz of the same name'
SEEDS, SIZES = (0, 1, 42, 1234), (1, 5, 15, 16, 17, 31, 1000)
OF_A_SIZE = ['torch.randn({})', 'torch.rand({})', 'torch.randperm({})', 'torch.empty({}).bernoulli_(0.3)']
OF_SOME_SIZES = [
    'torch.randn({},dtype=torch.float64)', 'torch.rand({},dtype=torch.float64)', 'torch.randint(-5,1000,({},))',
    'torch.empty({}).uniform_(-0.3,0.4)', 'torch.empty({}).normal_(2,0.3)']
OF_ITS_OWN = [
    'torch.randint(0,2**40,(5,))',
    'torch.randint(0,2**31,(5,))',
    'torch.cat([torch.randn(1) for _ in range(5)])',
    'torch.cat([torch.randn(3),torch.randn(20),torch.randn(2)])',
    'torch.randn(4,5)',
    'torch.empty(5,4).t().normal_()   # strides (1,4): filled in memory order',
    'torch.bernoulli(torch.full((20,),0.25))',
    'F.dropout(torch.ones(20),0.5,True)',
    'F.dropout(torch.ones(20),0.2,True)',
    'F.rrelu(-torch.ones(20),1/8,1/3,True)',
    'F.rrelu(torch.arange(-6.,6.),1/8,1/3,True)',
    'F.dropout2d(torch.ones(2,3,2,2),0.5,True)',
    'torch.empty(6).exponential_(1.5)',
    'torch.multinomial(torch.tensor([.1,.2,.3,.4]),8,replacement=True)',
]


def calls(seed):
    for n in SIZES:
        for call in OF_A_SIZE + (OF_SOME_SIZES if n <= 40 or seed == SEEDS[0] else []):
            yield call.format(n)
    yield from OF_ITS_OWN


def make(folder):
    cases, kept = [], 0
    for seed in SEEDS:
        for call in calls(seed):
            torch.manual_seed(seed)
            out = eval(call, {'torch': torch, 'F': F})
            if 'dropout2d' in call:
                out = out.reshape(-1)
            case = {'seed': seed, 'call': call, 'next_int64': following()}
            if out.numel() <= 40:
                case['out'] = tensor(out)
            else:
                case.update(npz=f'a{kept}', first=tensor(out[:6]), last=tensor(out[-6:]), crc32=zlib.crc32(out.numpy().tobytes()))
                kept += 1
            cases.append(case)
    write_cases(folder, 'rng.json', {**ABOUT, 'layout': LAYOUT}, cases)
