#!/usr/bin/python3
"""Runs the articles' programs in Taper and in PyTorch, and says where their losses part. (How fast they are: table.py.)

    benchmarks/compare.py parity [--root ./data] [--seed 42] [--epochs 1]     the first step at which the losses differ, and by how much

It needs the built programs (build/benchmarks/articles), Debian's python3-torch, and python3-torchvision for MNIST."""
import argparse
import os
import statistics
import sys

from sides import HERE, PYTHON, raw_root, run

TORCH = [PYTHON, os.path.join(HERE, "articles.py")]
# How far apart losses may be, absolute: what another order of summation costs PyTorch against itself.
CIRCLE = {"Sigmoid": 1e-6, "ReLU": 1e-5, "LeakyReLU": 1e-5}
MNIST = ((25, 2e-6), (50, 1e-5), (100, 5e-5), (200, 2e-2))


def first_difference(ours, theirs):
    for step, (a, b) in enumerate(zip(ours, theirs), 1):
        if a != b:
            return step, a, b
    return None


def report(name, ours, theirs, allowed):
    """One line: the first step that differs in a bit, the largest difference, and the first beyond what is allowed."""
    differences = [abs(a - b) for a, b in zip(ours, theirs)]
    worst = max(range(len(differences)), key=differences.__getitem__)
    parted = first_difference(ours, theirs)
    beyond = [step for step, d in enumerate(differences, 1) if not d <= allowed(step)]
    where = "never" if parted is None else f"at step {parted[0]}: {parted[1]!r} and {parted[2]!r}"
    print(f"  {name}: {len(differences)} losses; they part {where}; largest difference {differences[worst]:.2g} at step {worst + 1}; "
          + ("all within what is allowed" if not beyond else f"BEYOND WHAT IS ALLOWED from step {beyond[0]} on"))
    return not beyond


def parity(options):
    good = True
    print("circle:")
    arguments = ["circle", "--seed", str(options.seed)]
    (ours, *_), (theirs, *_) = run([options.program] + arguments), run(TORCH + arguments)
    for a, b in zip(ours, theirs):
        good &= report(a["net"], a["losses"], b["losses"], lambda step: CIRCLE[a["net"]])
    root = raw_root(options.root)
    print("mnist:" if root else f"mnist: left out, {options.root}/MNIST/raw is not there")
    if root:
        arguments = ["mnist", "--root", root, "--seed", str(options.seed), "--epochs", str(options.epochs)]
        (ours, *_), (theirs, *_) = run([options.program] + arguments), run(TORCH + arguments)
        for a, b in zip(ours, theirs):
            if a["epoch"] == 1:
                good &= report("first 200 steps", a["losses"][:200], b["losses"][:200], lambda step: next(d for n, d in MNIST if step <= n))
                for first in (100, 150):
                    mean = statistics.fmean(x - y for x, y in zip(a["losses"][first:first + 50], b["losses"][first:first + 50]))
                    good &= abs(mean) <= 1e-3
                    print(f"  mean difference of steps {first + 1} to {first + 50}: {mean:.2g}")
            same = a["labels"] == b["labels"]
            good &= same
            print(f"  epoch {a['epoch']}: order of samples {'identical' if same else 'DIFFERENT'}; test accuracy {a['correct']} and {b['correct']} of 10000")
    return 0 if good else 1


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("what", choices=["parity"])
parser.add_argument("--program", default=os.path.join(HERE, "..", "build", "benchmarks", "articles"))
parser.add_argument("--root", default="./data")
parser.add_argument("--seed", type=int, default=42)
parser.add_argument("--epochs", type=int, default=1)
sys.exit(parity(parser.parse_args()))
