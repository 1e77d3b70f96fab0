#!/usr/bin/python3
"""Measures Taper beside PyTorch and libtorch, row by row and by turns, and prints a table of ratios.

    benchmarks/table.py                                 everything
    benchmarks/table.py --only sigmoid --threads 1      the rows whose names contain one of these words
    benchmarks/table.py --only relu/1M circle --runs 9

It builds what it needs in build/ (or --build FOLDER). Both sides run alternately in one run; a figure is the median of
--runs. With one thread, time is what the thread spent on its processor, so that others who want it do little harm; with
several it is the clock's. A row marked with ~ was disturbed: its samples lie far apart even after another try.
Sides that are not installed (libtorch-dev, python3-torch) are left out."""
import argparse
import math
import os
import shutil
import statistics
import subprocess
import sys

from sides import HERE, PYTHON, Side, environment, raw_root

SPREAD = 0.1  # half of the samples lie within this share of the median, or the row was disturbed


def build(folder):
    """The programs of this folder; those for libtorch where it is installed."""
    source = os.path.join(HERE, "..")
    configure = ["cmake", "-S", source, "-B", folder, "-DTAPER_BENCHMARKS=ON", "-DTAPER_BENCHMARK_LIBTORCH=ON"]
    if not os.path.exists(os.path.join(folder, "CMakeCache.txt")):
        configure += ["-G", "Ninja"] if shutil.which("ninja") else []
    for command in (configure, ["cmake", "--build", folder, "--parallel", "2", "--target", "table"]):
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"{' '.join(command)}:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")


def sides(options, threads):
    """Taper first; then the others that are there."""
    at, least, found = os.path.join(options.build, "benchmarks"), str(options.least), []
    root = raw_root(options.root)
    for name, program in (("Taper", "rows"), ("libtorch", "rows_libtorch")):
        command = [os.path.join(at, program), "--serve", "--benchmark_min_time=" + least]
        if os.path.exists(command[0]):
            found.append(Side(name, command, threads, root))
        else:
            print(f"{name} is left out: {command[0]} was not built", file=sys.stderr)
    if subprocess.run([PYTHON, "-c", "import torch"], capture_output=True).returncode == 0:
        found.append(Side("PyTorch", [PYTHON, os.path.join(HERE, "rows", "rows.py"), least], threads, root))
    else:
        print("PyTorch is left out: python3-torch is not installed", file=sys.stderr)
    return found


def names(options):
    command = [os.path.join(options.build, "benchmarks", "rows"), "--benchmark_list_tests=true"]
    variables = environment() | {"MNIST_RAW": "."}
    listed = subprocess.run(command, capture_output=True, text=True, check=True, env=variables).stdout.split()
    return [name for name in listed if not options.only or any(word in name for word in options.only)]


def sample(side, row, tries=3):
    """One figure in seconds; with several threads it is taken again where others had a processor meanwhile."""
    for _ in range(tries):
        answer = side.measure(row)
        if not answer or side.threads == 1:
            return answer and answer["processor"]
        if answer["interruptions"] == 0:
            break
    return answer["seconds"]


def spread(samples):
    """Between the quartiles, as a share of the median."""
    low, middle, high = statistics.quantiles(samples, n=4)
    return (high - low) / middle


def measured(row, all_sides, runs):
    """The median of each side, by its name, and whether the row was disturbed."""
    for _ in range(2):
        samples = {side.name: [] for side in all_sides}
        for turn in range(runs):
            for side in all_sides if turn % 2 == 0 else reversed(all_sides):
                figure = sample(side, row)
                if figure:
                    samples[side.name].append(figure)
        samples = {name: figures for name, figures in samples.items() if figures}
        disturbed = runs > 2 and any(spread(figures) > SPREAD for figures in samples.values() if len(figures) > 1)
        if not disturbed:
            break
    return {name: statistics.median(figures) for name, figures in samples.items()}, disturbed


def time_text(seconds):
    for unit, factor in (("s", 1), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)):
        if seconds * factor >= 1 or unit == "ns":
            return f"{seconds * factor:.3g} {unit}"


def table(options):
    ratios = {}
    for threads in options.threads:
        all_sides = sides(options, threads)
        others = [side.name for side in all_sides[1:]]
        head = ["row", "threads", "Taper", *others, *(f"{name} / Taper" for name in others)]
        print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
        for row in names(options):
            medians, disturbed = measured(row, all_sides, options.runs)
            if "Taper" not in medians:
                print(f"| {row} | {threads} | not run |")
                continue
            cells = [row + (" ~" if disturbed else ""), str(threads), time_text(medians["Taper"])]
            cells += [time_text(medians[name]) if name in medians else "" for name in others]
            for name in others:
                ratio = medians[name] / medians["Taper"] if name in medians else None
                cells.append(f"{ratio:.2f}" if ratio else "")
                ratios.setdefault((name, threads), []).extend([ratio] if ratio else [])
            print("| " + " | ".join(cells) + " |", flush=True)
        for side in all_sides:
            side.close()
    for (name, threads), those in ratios.items():
        if those:
            mean = math.exp(statistics.fmean(map(math.log, those)))
            print(f"{name} / Taper, {threads} thread{'s' * (threads > 1)}: geometric mean {mean:.2f}, least {min(those):.2f}, {len(those)} rows")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--least", type=float, default=0.02, help="seconds that a sample takes at least")
parser.add_argument("--root", default="./data", help="where MNIST/raw is")
parser.add_argument("--build", default=os.path.join(HERE, "..", "build"))
options = parser.parse_args()
build(options.build)
table(options)
