#!/usr/bin/python3
"""Measures Taper beside PyTorch, libtorch and the machine, by turns, and prints a table of ratios.

    benchmarks/table.py                                 everything; writes docs/benchmarks.md and its plots (half an hour)
    benchmarks/table.py --quick                         does it run at all? (a minute; the figures are rough)
    benchmarks/table.py --only sigmoid --threads 1      the rows whose names contain one of these words
    benchmarks/table.py --only relu/1M circle --runs 9
    benchmarks/table.py --again                         those rows of the page that others disturbed, all sides of them
    benchmarks/table.py --list                          the names of the rows

It builds what it needs in build/ (or --build FOLDER). The sides take turns, row by row; a figure is the median of --runs.
With one thread, the time of a row is what the thread spent on its processor, so that others who want it do little harm;
with several, and for whole programs, it is the clock's. A row whose samples lie far apart is measured again, and marked
with ~ if they still do; --again comes back to it later, and keeps whichever samples lie closer. Sides that are not installed are left out; this installs all of them:

    scripts/bootstrap libbenchmark-dev libtorch-dev python3-torch python3-torchvision libopenblas0-openmp

The floor (floor.cpp) has no framework: the article's network by hand on BLAS, Adam in one pass, a triad, multiply-adds."""
import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import time

import page
from sides import HERE, PYTHON, Side, environment, raw_root, run

SPREAD = 0.1  # half of the samples lie within this share of their median, or the row was disturbed
# Rows beside which the triad is measured: their share of memory's bandwidth is asked for.
BESIDE_TRIAD = [f"{op}/16M/fwd" for op in ("relu", "add", "mul", "copy")]
PROGRAMS = ["mnist/article", "start to first op"]  # rows that are programs of their own


def build(folder):
    """The programs of this folder; those for libtorch where it is installed."""
    configure = ["cmake", "-S", os.path.join(HERE, ".."), "-B", folder, "-DTAPER_BENCHMARKS=ON", "-DTAPER_BENCHMARK_LIBTORCH=ON"]
    if not os.path.exists(os.path.join(folder, "CMakeCache.txt")) and shutil.which("ninja"):
        configure += ["-G", "Ninja"]
    for command in (configure, ["cmake", "--build", folder, "--parallel", "2", "--target", "table"]):
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"{' '.join(command)}:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")


def has_module(name):
    return subprocess.run([PYTHON, "-c", f"import {name}"], capture_output=True).returncode == 0


def find_sides(options, threads):
    """By name, in the order of the table; those that are there."""
    at, least = os.path.join(options.build, "benchmarks"), str(options.least)
    served = ["--serve", "--benchmark_min_time=" + least]
    commands = {"Taper": [os.path.join(at, "rows"), *served], "libtorch": [os.path.join(at, "rows_libtorch"), *served],
                "PyTorch": [PYTHON, os.path.join(HERE, "rows", "rows.py"), least], "floor": [os.path.join(at, "floor"), *served]}
    there = {name: os.path.exists(command[0]) for name, command in commands.items()}
    there["PyTorch"] = has_module("torch")
    for name in commands:
        if not there[name]:
            print(f"{name} is left out: it is not installed, or was not built", file=sys.stderr)
    root = raw_root(options.root)
    return {name: Side(name, command, threads, root) for name, command in commands.items() if there[name]}


def row_names(options):
    listed = []
    for program in ("rows", "floor"):
        command = [os.path.join(options.build, "benchmarks", program), "--benchmark_list_tests=true"]
        if os.path.exists(command[0]):
            variables = environment() | {"MNIST_RAW": "."}
            listed += subprocess.run(command, capture_output=True, text=True, check=True, env=variables).stdout.split()
    names = [*PROGRAMS, *(name for name in dict.fromkeys(listed) if name not in PROGRAMS)]
    if not raw_root(options.root):
        print(f"MNIST is left out: {options.root}/MNIST/raw is not there (--root)", file=sys.stderr)
        names = [name for name in names if not name.startswith("mnist/")]
    if options.quick:
        names = [name for name in names if not name.endswith("16M/fwd-bwd")]
    return [name for name in names if not options.only or any(word in name for word in options.only)]


def sample(side, row):
    """A figure in seconds; with several threads it is taken again where others had a processor meanwhile, and marked if
    they always had."""
    for _ in range(3):
        answer = side.measure(row)
        if not answer:
            return {}
        if side.threads == 1:
            return {side.name: answer["processor"]}
        time.sleep(0.002)  # the threads of this side stop looking for work
        if not answer["interrupted"]:
            return {side.name: answer["seconds"]}
    return {side.name: answer["seconds"], "interrupted": 1}


def row_turns(row, sides):
    """What each side does in its turn: gives its figure."""
    turns = [lambda side=side: sample(side, row) for side in sides.values()]
    if row in BESIDE_TRIAD and "floor" in sides:
        turns.append(lambda: {"triad": sample(sides["floor"], "triad/16M")["floor"]})
    return turns


def article_turns(options, sides, threads):
    """The article's whole program; the time of its first epoch, and the memory it had at most."""
    root = raw_root(options.root)

    def program(name, command):
        lines, _, memory = run(command + ["mnist", "--root", root, "--threads", str(threads)], threads)
        return {name: lines[0]["epoch_seconds"], name + " memory": memory} if lines else {}

    def by_hand():
        answer = sides["floor"].measure("mnist/article")
        return {"floor": answer["seconds"], "floor memory": sides["floor"].close()} if answer else {}
    turns = [lambda: program("Taper", [os.path.join(options.build, "benchmarks", "articles")])]
    if "PyTorch" in sides and has_module("torchvision"):
        turns.append(lambda: program("PyTorch", [PYTHON, os.path.join(HERE, "articles.py")]))
    return turns + [by_hand] * ("floor" in sides)


def startup_turns(options, sides, threads):
    at = os.path.join(options.build, "benchmarks")
    commands = {"Taper": [os.path.join(at, "startup")], "libtorch": [os.path.join(at, "startup_libtorch")],
                "PyTorch": [PYTHON, "-c", "import torch; (torch.ones(2) + 1).sum().item()"]}

    def program(name):
        _, taken, memory = run(commands[name], threads)
        return {name: taken, name + " memory": memory}
    return [lambda name=name: program(name) for name in commands if name in sides]


def spread(figures):
    """Between the quartiles, as a share of the median."""
    if len(figures) < 3:
        return 0
    low, middle, high = statistics.quantiles(figures, n=4)
    return (high - low) / middle


def doubt(result):
    return result["disturbed"], result["spread"]


def measured(turns, options):
    """The median of each figure, by name, of as many rounds of turns; the widest spread; and whether that, or others who
    had the processors, make the figures doubtful at every try."""
    tries, runs = [], options.runs
    for _ in range(options.tries):
        figures = {}
        for count in range(runs):
            for turn in turns if count % 2 == 0 else reversed(turns):
                for name, figure in turn().items():
                    figures.setdefault(name, []).append(figure)
        interrupted = len(figures.pop("interrupted", [])) > runs * len(turns) / 2
        widest = max((spread(those) for those in figures.values()), default=0)
        medians = {name: statistics.median(those) for name, those in figures.items()}
        tries.append({"spread": round(widest, 3), "disturbed": interrupted or widest > SPREAD, **medians})
        if not tries[-1]["disturbed"]:
            break
    return min(tries, key=doubt)


def measure_all(options, threads, rows):
    """Prints the table for so many threads, row by row; what it says as a list."""
    sides, results = find_sides(options, threads), []
    print(page.table_head(sides))
    for row in rows:
        if row == "mnist/article":
            turns = article_turns(options, sides, threads)
        elif row == "start to first op":
            turns = startup_turns(options, sides, threads)
        else:
            turns = row_turns(row, sides)
        results.append({"row": row, "threads": threads, **measured(turns, options)})
        print(page.table_row(results[-1], sides), flush=True)
    for side in sides.values():
        side.close()
    return results


def print_means(results):
    for name in ("libtorch", "PyTorch"):
        for threads in sorted({result["threads"] for result in results}):
            ratios = [r[name] / r["Taper"] for r in results if r["threads"] == threads and name in r and "Taper" in r]
            if ratios:
                mean = math.exp(statistics.fmean(map(math.log, ratios)))
                print(f"{name} / Taper, threads: {threads}, rows: {len(ratios)}, geometric mean {mean:.2f}, least {min(ratios):.2f}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--least", type=float, default=0.01, help="seconds that a sample takes at least")
    parser.add_argument("--tries", type=int, default=2, help="how often a disturbed row is measured")
    parser.add_argument("--quick", action="store_true", help="one short sample of each row, one thread")
    parser.add_argument("--again", action="store_true", help="measure the page's disturbed rows again")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--root", default="./data", help="where MNIST/raw is")
    parser.add_argument("--build", default=os.path.join(HERE, "..", "build"))
    parser.add_argument("--page", help="write the page in this folder; docs, if nothing is left out")
    options = parser.parse_args()
    if options.quick:
        options.runs, options.least, options.threads = 1, 0.001, [1]
    if not options.page and (options.again or not options.only and not options.quick):
        options.page = os.path.join(HERE, "..", "docs")
    return options


def measure_again(options):
    """The page's disturbed rows, as they were measured; what is less in doubt takes its place there."""
    with open(os.path.join(options.page, "benchmarks", "results.json")) as file:
        saved = json.load(file)
    options.runs, options.least = saved["runs"], saved["least"]
    names, results = row_names(options), {(r["row"], r["threads"]): r for r in saved["results"]}
    for threads in options.threads:
        rows = [row for (row, t), r in results.items() if t == threads and r["disturbed"] and row in names]
        for result in measure_all(options, threads, rows):
            place = result["row"], threads
            results[place] = min(results[place], result, key=doubt)
        save(options.page, saved["machine"], options, list(results.values()))


def save(folder, about, options, results):
    """What the page is made of, and the page."""
    os.makedirs(os.path.join(folder, "benchmarks"), exist_ok=True)
    with open(os.path.join(folder, "benchmarks", "results.json"), "w") as file:
        rows = ",\n".join(json.dumps(result) for result in results)
        file.write(f'{{"machine": {json.dumps(about, indent=1)},\n"runs": {options.runs},\n"least": {options.least},\n"results": [\n{rows}\n]}}\n')
    page.write(folder)


def main():
    options, results = arguments(), []
    build(options.build)
    if options.list:
        return print("\n".join(row_names(options)))
    if options.again:
        return measure_again(options)
    about = page.machine(options.build)
    for threads in options.threads:
        results += measure_all(options, threads, row_names(options))
        about["load afterwards"] = page.load()
        if options.page:
            save(options.page, about, options, results)
    print_means(results)


main()
