#!/usr/bin/python3
"""Runs the articles' programs in Taper and in PyTorch, and says where their losses part and which is faster, by what ratio.

    benchmarks/compare.py parity [--root ./data] [--seed 42] [--epochs 1]     the first step at which the losses differ, and by how much
    benchmarks/compare.py speed  [--root ./data] [--runs 5] [--threads 1 2]   ratios of medians, both sides alternating in one run

It needs the built programs (build/benchmarks/articles); without Debian's python3-torch (and python3-torchvision for MNIST)
it says so and shows Taper's side alone."""
import argparse
import os
import statistics
import sys

from sides import HERE, PYTHON, json_lines, raw_root

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
    ours, theirs = json_lines([options.program, "circle", "--seed", str(options.seed)]), json_lines(TORCH + ["circle", "--seed", str(options.seed)])
    if ours and theirs:
        for a, b in zip(ours, theirs):
            good &= report(a["net"], a["losses"], b["losses"], lambda step: CIRCLE[a["net"]])
    root = raw_root(options.root)
    print("mnist:" if root else f"mnist: left out, {options.root}/MNIST/raw is not there")
    if root:
        arguments = ["mnist", "--root", root, "--seed", str(options.seed), "--epochs", str(options.epochs)]
        ours, theirs = json_lines([options.program] + arguments), json_lines(TORCH + arguments)
        for a, b in zip(ours or [], theirs or []):
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


def speed(options):
    root = raw_root(options.root)
    print("| work | threads | Taper | PyTorch | PyTorch / Taper |\n|---|---|---|---|---|")
    for threads in options.threads:
        work = [("circle step, microseconds", ["circle"], lambda lines: 1e6 * statistics.median(x["step_seconds"] for x in lines))]
        if root:
            work.append(("MNIST epoch with its loader, seconds", ["mnist", "--root", root], lambda lines: lines[-1]["epoch_seconds"]))
        for name, arguments, figure in work:
            sides = [[], []]
            for _ in range(options.runs):
                for side, command in zip(sides, ([options.program], TORCH)):
                    lines = json_lines(command + arguments, threads)
                    if lines:
                        side.append(figure(lines))
            ours, theirs = (statistics.median(side) if side else float("nan") for side in sides)
            print(f"| {name} | {threads} | {ours:.4g} | {theirs:.4g} | {theirs / ours:.2f} |", flush=True)
    return 0


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("what", choices=["parity", "speed"])
parser.add_argument("--program", default=os.path.join(HERE, "..", "build", "benchmarks", "articles"))
parser.add_argument("--root", default="./data")
parser.add_argument("--seed", type=int, default=42)
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
options = parser.parse_args()
sys.exit(parity(options) if options.what == "parity" else speed(options))
