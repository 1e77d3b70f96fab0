"""loader.json: which samples come out of loaders and samplers, and where the generator stands after them."""
import torch
from torch.utils import data

from writing import ABOUT, following, write_cases

SEED, N = 4, 50


class Numbers(data.Dataset):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return i


def two_passes(**options):
    loader = data.DataLoader(Numbers(N), batch_size=8, **options)
    return [[i for batch in loader for i in batch.tolist()] for _ in range(2)]


def created(**options):
    iter(data.DataLoader(Numbers(N), batch_size=8, shuffle=True, **options))
    return []


CASES = [
    ('DataLoader(shuffle=True), two passes', lambda: two_passes(shuffle=True)),
    ('DataLoader(shuffle=True,num_workers=2), two passes', lambda: two_passes(shuffle=True, num_workers=2)),
    ('DataLoader(shuffle=True,num_workers=2,persistent_workers=True), two passes',
     lambda: two_passes(shuffle=True, num_workers=2, persistent_workers=True)),
    ('DataLoader(shuffle=True,drop_last=True), two passes', lambda: two_passes(shuffle=True, drop_last=True)),
    ('DataLoader(shuffle=False), two passes', lambda: two_passes(shuffle=False)),
    ('DataLoader(shuffle=True,generator=Generator seeded 9), two passes',
     lambda: two_passes(shuffle=True, generator=torch.Generator().manual_seed(9))),
    ('iter(DataLoader(shuffle=True)) created, nothing taken', lambda: created()),
    ('iter(DataLoader(shuffle=True,num_workers=1)) created, nothing taken', lambda: created(num_workers=1)),
    ('RandomSampler(replacement=True,num_samples=70)',
     lambda: list(data.RandomSampler(Numbers(N), replacement=True, num_samples=70))),
    ('RandomSampler(num_samples=n+20)', lambda: list(data.RandomSampler(Numbers(N), num_samples=N + 20))),
    ('SubsetRandomSampler(range(20))', lambda: list(data.SubsetRandomSampler(range(20)))),
    ('random_split([n-20,20])', lambda: [list(part.indices) for part in data.random_split(Numbers(N), [N - 20, 20])]),
    ('WeightedRandomSampler([.1,.2,.3,.4],10)', lambda: list(data.WeightedRandomSampler([.1, .2, .3, .4], 10))),
    ('torch.multinomial([.1,.2,.3,.4],3)', lambda: torch.multinomial(torch.tensor([.1, .2, .3, .4]), 3).tolist()),
]


def make(folder):
    cases = []
    for what, run in CASES:
        torch.manual_seed(SEED)
        cases.append({'what': what, 'seed': SEED, 'n': N, 'indices': run(), 'next_int64': following()})
    write_cases(folder, 'loader.json', ABOUT, cases)
