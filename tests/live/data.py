"""What torch.utils.data gives: python3 data.py OUT.json

tests/live_data_test.cpp is the same, statement for statement."""
import json
import math
import sys
from collections import namedtuple

import torch
from torch.utils.data import (BatchSampler, ChainDataset, ConcatDataset, DataLoader, Dataset, IterableDataset,
                              RandomSampler, SequentialSampler, Subset, SubsetRandomSampler, TensorDataset,
                              WeightedRandomSampler, default_collate, default_convert, get_worker_info, random_split)

torch.set_num_threads(1)
results = {}


def plain(value):
    if torch.is_tensor(value):
        return [str(value.dtype).split(".")[1], list(value.shape), value.flatten().double().tolist()]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


class Numbers(IterableDataset):
    def __init__(self, start, stop):
        self.start, self.stop = start, stop

    def __iter__(self):
        for i in range(self.start, self.stop):
            yield i


class Sharded(Numbers):
    def __len__(self):
        return self.stop - self.start

    def __iter__(self):
        worker_info = get_worker_info()
        if worker_info is None:
            start, stop = self.start, self.stop
        else:
            per_worker = int(math.ceil((self.stop - self.start) / float(worker_info.num_workers)))
            start = self.start + worker_info.id * per_worker
            stop = min(start + per_worker, self.stop)
        for i in range(start, stop):
            yield torch.tensor([float(i), torch.rand(()).item()])


class Informed(IterableDataset):
    def __iter__(self):
        info = get_worker_info()
        return iter([torch.tensor([info.id, info.num_workers, info.seed])])


Point = namedtuple("Point", ["x", "y"])


class Points(Dataset):
    def __len__(self):
        return 5

    def __getitem__(self, i):
        return Point(torch.tensor(float(i)), {"a": torch.ones(2) * i, "b": torch.tensor(i)})


def worker_init_fn(worker_id):
    worker_info = get_worker_info()
    dataset = worker_info.dataset
    start, stop = dataset.start, dataset.stop
    per_worker = int(math.ceil((stop - start) / float(worker_info.num_workers)))
    dataset.start = start + worker_info.id * per_worker
    dataset.stop = min(dataset.start + per_worker, stop)


class Squares(Dataset):
    def __len__(self):
        return 11

    def __getitem__(self, i):
        return torch.tensor(float(i)), i * i


def loaders():
    for name, dataset in (("numbers", Numbers(3, 14)), ("sharded", Sharded(2, 15)), ("chained", Sharded(0, 3) + Sharded(5, 9))):
        for workers in (0, 1, 2, 3):
            for batch_size in (None, 1, 4):
                for drop_last in (False, True) if batch_size else (False,):
                    torch.manual_seed(5)
                    loader = DataLoader(dataset, batch_size=batch_size, num_workers=workers, drop_last=drop_last)
                    yield f"{name} {workers} {batch_size} {drop_last}", [list(loader), list(loader), torch.rand(2)]
    for workers in (1, 2, 4):
        torch.manual_seed(6)
        loader = DataLoader(Numbers(3, 14), batch_size=3, num_workers=workers, worker_init_fn=worker_init_fn)
        yield f"initialised {workers}", list(loader)
        loader = DataLoader(Sharded(3, 14), batch_size=2, num_workers=workers, persistent_workers=True)
        yield f"informed {workers}", list(DataLoader(Informed(), batch_size=None, num_workers=workers))
        yield f"persistent {workers}", [list(loader), list(loader), len(loader)]


def samplers():
    torch.manual_seed(7)
    squares = Squares()
    yield "seed", [get_worker_info(), torch.initial_seed()]
    for drop_last in (False, True):
        yield f"batches {drop_last}", list(BatchSampler(SequentialSampler(squares), 4, drop_last))
        yield f"random batches {drop_last}", list(BatchSampler(RandomSampler(squares), batch_size=3, drop_last=drop_last))
    yield "of a list", list(BatchSampler([7, 3, 9], 2, False))
    weights = [0.1, 0.9, 0.4, 0.7, 3.0, 0.6]
    yield "weighted", list(WeightedRandomSampler(weights, 5, replacement=True))
    yield "weighted once", list(WeightedRandomSampler(weights, 5, replacement=False))
    yield "weighted batches", list(DataLoader(squares, batch_sampler=BatchSampler(WeightedRandomSampler(weights, 7), 3, True)))
    yield "subset", list(SubsetRandomSampler([5, 2, 8]))
    yield "sampler", list(DataLoader(squares, batch_size=2, sampler=SubsetRandomSampler([5, 2, 8])))
    yield "given batches", list(DataLoader(squares, batch_sampler=[[1, 2], [5], [9, 0, 4]]))
    yield "split", [list(part) for part in random_split(squares, [7, 4])]
    yield "fractions", [list(part.indices) for part in random_split(squares, [0.5, 0.3, 0.2])]
    yield "generator", [list(part.indices) for part in random_split(squares, [6, 5], generator=torch.Generator().manual_seed(42))]
    both = ConcatDataset([squares, Subset(squares, [3, 1])])
    yield "concatenated", [len(both), both[11], both[-1], list(DataLoader(both, batch_size=5, shuffle=True))]
    yield "added", len(squares + squares)


def collated():
    yield "nested", default_collate([(1, (2.5, [torch.ones(2), torch.zeros(2)])), (3, (4.5, [torch.zeros(2), torch.ones(2)]))])
    yield "maps", default_collate([{"a": {"c": 1.5}, "b": {"c": 2.0}}, {"a": {"c": 3.5}, "b": {"c": 4.0}}])
    yield "texts", default_collate([("x", True), ("y", False)])
    torch.manual_seed(8)
    yield "named", [[x, y] for x, y in DataLoader(Points(), batch_size=2, shuffle=True)]
    yield "converted", default_convert([torch.ones(2), torch.zeros(1)])


for f in (loaders, samplers, collated):
    for name, value in f():
        results[name] = plain(value)
with open(sys.argv[1], "w") as out:
    json.dump(results, out)
