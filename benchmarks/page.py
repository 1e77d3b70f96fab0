#!/usr/bin/python3
"""Writes the page of benchmarks from docs/benchmarks/results.json, which table.py leaves: benchmarks/page.py [FOLDER]"""
import json
import math
import os
import platform
import re
import statistics
import subprocess
import sys
import time

from goals import goals_table
from plots import draw

HERE = os.path.dirname(os.path.abspath(__file__))
SIDES = ("libtorch", "PyTorch")
SIZES = ("1", "1k", "32k", "1M", "16M")


# ---- lines of tables

def time_text(seconds):
    for unit, factor in (("s", 1), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)):
        if seconds * factor >= 0.9995 or unit == "ns":
            return f"{seconds * factor:#.3g}".rstrip(".") + " " + unit


def line(cells):
    return "| " + " | ".join(cells) + " |"


def head(cells):
    return line(cells) + "\n|" + "---|" * len(cells)


def table_head(sides):
    others = [name for name in sides if name != "Taper"]
    return head(["row", "threads", "Taper", *others, *(f"{name} / Taper" for name in others)])


def table_row(result, sides):
    others = [name for name in sides if name != "Taper"]
    name = result["row"] + (" ~" if result["disturbed"] else "")
    cells = [name, str(result["threads"])] + [time_text(result[side]) if side in result else "" for side in ("Taper", *others)]
    return line(cells + [f"{result[side] / result['Taper']:.2f}" if side in result and "Taper" in result else "" for side in others])


# ---- the machine

def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except FileNotFoundError:
        return ""


def load():
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def machine(build):
    """What the figures depend on, by name."""
    with open("/proc/cpuinfo") as file:
        info = dict(re.findall(r"^([\w ]+?)\s*: (.*)$", file.read(), re.MULTILINE))
    with open(os.path.join(build, "CMakeCache.txt")) as file:
        compiler = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", file.read(), re.MULTILINE)[1]
    with open("/sys/kernel/mm/transparent_hugepage/enabled") as file:
        huge_pages = re.search(r"\[(\w+)\]", file.read())[1]
    flags = info.get("flags", "").split()
    packages = {name: output("dpkg-query", "--show", "--showformat=${Version}", name)
                for name in ("python3-torch", "libtorch-dev", "python3-torchvision", "libopenblas0-openmp", "libbenchmark-dev")}
    caches = [line.split() for line in output("lscpu", "--caches=NAME,ONE-SIZE").splitlines()[1:]]
    library = [os.path.join(HERE, "..", folder) for folder in ("tensor", "autograd", "nn", "optim", "datasets")]
    changed = output("git", "-C", HERE, "status", "--short", "--", *library)
    commit = output("git", "-C", HERE, "log", "-1", "--format=library of commit %h, %cs", "--", *library) + ", changed since" * bool(changed)
    return {"processor": f"{info['model name']}, {os.cpu_count()} cores, "
                         + "AVX-512" * ("avx512f" in flags) + "AVX2" * ("avx2" in flags and "avx512f" not in flags),
            "caches": ", ".join(f"{name} {size}" for name, size in caches),
            "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB; huge pages: {huge_pages}",
            "system": f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release().split('-')[0]}",
            "compiler": output(compiler, "--version").splitlines()[0] + ", -O3",
            "libraries": ", ".join(f"{name} {version or 'is missing'}" for name, version in packages.items()),
            "Taper": commit, "measured": time.strftime("%Y-%m-%d %H:%M %Z"), "load before": load()}


# ---- the parts of the page

def ratio_cells(results, names, threads):
    """PyTorch's time over Taper's for each of these rows."""
    found = [results.get((name, threads)) for name in names]
    return [f"{r['PyTorch'] / r['Taper']:.2f}" + " ~" * r["disturbed"] if r and "PyTorch" in r else "" for r in found]


def by_size(results, threads):
    lines = [head(["PyTorch's time / Taper's", *(f"{size}{suffix}" for suffix in ("", " both") for size in SIZES)])]
    ops = dict.fromkeys(row.split("/")[0] for row, _ in results if row.count("/") == 2 and row.split("/")[1] in SIZES[:4])
    for op in ops:
        names = [f"{op}/{size}/{way}" for way in ("fwd", "fwd-bwd") for size in SIZES]
        lines.append(line([op, *ratio_cells(results, names, threads)]))
    return "\n".join(lines)


def below(results, threads):
    """The rows in which PyTorch is faster, the slowest first."""
    those = sorted((r["PyTorch"] / r["Taper"], row) for (row, t), r in results.items() if t == threads and "PyTorch" in r)
    listed = ", ".join(f"{row} {ratio:.2f}" for ratio, row in those if ratio < 0.95)
    return f"Rows below 0.95: {listed or 'none'}."


def other_rows(results, threads):
    """What is neither an op by size, nor a program, nor part of a curve."""
    apart = {"mnist", "circle", "start to first op", "triad", "fma", "width", "depth", "batch"}
    ops = {row.split("/")[0] for row, _ in results if row.count("/") == 2 and row.split("/")[1] == "1k"}
    sides = ["Taper", *SIDES, "floor"]
    return "\n".join([table_head(sides), *(table_row(r, sides) for (row, t), r in results.items()
                                           if t == threads and row.split("/")[0] not in apart | ops)])


def peak(results, threads):
    """What the machine gives, and which share of it arrives."""
    triad, fma = (results.get((name, threads)) for name in ("triad/16M", "fma/1G"))
    if not triad or not fma:
        return "The floor was not built."
    flops = 2**30 / fma["floor"]
    lines = [f"Triad on 16M floats: {12 * 2**24 / triad['floor'] / 1e9:.1f} GB/s. "
             f"Multiply-adds in registers: {flops / 1e9:.0f} GFLOP/s.\n", head(["row", "Taper", "of the peak", "PyTorch, of the peak"])]
    for name, bytes_each in (("relu", 8), ("copy", 8), ("add", 12), ("mul", 12)):
        r = results[f"{name}/16M/fwd", threads]
        shares = [f"{bytes_each * r['triad'] / 12 / r[side]:.0%}" if side in r else "" for side in ("Taper", "PyTorch")]
        lines.append(line([f"{name}, 16M floats", f"{bytes_each * 2**24 / r['Taper'] / 1e9:.1f} GB/s", *shares]))
    for name, work in (("matmul/256", 2 * 256**3), ("matmul/1024", 2 * 1024**3), ("mnist/preloaded", 98.2e9)):
        r = results.get((name, threads))
        if r:
            shares = [f"{work / r[side] / flops:.0%}" if side in r else "" for side in ("Taper", "PyTorch")]
            lines.append(line([name, f"{work / r['Taper'] / 1e9:.0f} GFLOP/s", *shares]))
    return "\n".join(lines)


def programs(results, threads):
    lines = [head(["", "Taper", "libtorch", "PyTorch", "floor"])]
    for title, name in (("MNIST, the article's program: an epoch", "mnist/article"), ("MNIST from a tensor: an epoch", "mnist/preloaded"),
                        *((f"circle, {a}: a step", f"circle/{a}") for a in ("Sigmoid", "ReLU", "LeakyReLU")),
                        ("start to first op", "start to first op")):
        r = results.get((name, threads), {})
        lines.append(line([title] + [time_text(r[side]) if side in r else "" for side in ("Taper", *SIDES, "floor")]))
    r = results.get(("mnist/article", threads), {})
    megabytes = [f"{r[side + ' memory'] / 1e6:.0f} MB" if side + " memory" in r else "" for side in ("Taper", *SIDES, "floor")]
    return "\n".join([*lines, line(["MNIST, the article's program: peak memory", *megabytes])])


def full_table(results):
    sides = ["Taper", *SIDES, "floor"]
    return "\n".join([table_head(sides), *(table_row(r, sides) for r in results.values())])


def geometric_means(results, threads):
    those = [r for (_, t), r in results.items() if t == threads and "Taper" in r]
    means = [f"{math.exp(statistics.fmean(math.log(r[s] / r['Taper']) for r in those if s in r)):.2f} for {s}" for s in SIDES
             if any(s in r for r in those)]
    disturbed = sum(r["disturbed"] for r in those)
    return f"Geometric mean over {len(those)} rows, the other side's time / Taper's: {', '.join(means)}. {disturbed} of them were disturbed."


PAGE = """# Benchmarks

Taper beside PyTorch, libtorch, a program without any framework (the floor), and what the machine gives. This page is written by
`benchmarks/table.py`, as it came out, all sides of a row in one run; rows that others disturbed were measured again later, those that missed
a goal more often than the rest, and whichever samples lay closer together were kept (`--again`). [benchmarks/results.json](benchmarks/results.json) has the figures.

{machine}

How it is measured: the sides take turns, row by row, in processes that wait for each other; each figure is the median of {runs} samples of
at least {least:g} ms (google-benchmark in C++; the same sources, `benchmarks/rows/`, are built against Taper and against libtorch; a loop of calls
in Python). With one thread, a row's time is what the thread spent on its processor; with more, and for whole programs, it is the
clock's. ~ marks rows whose samples lie far apart even when measured again. All sides use OpenBLAS's OpenMP build where it is installed,
and its own choice of kernels. *fwd* is the forward pass, *fwd-bwd* forward and backward. Taper is built without `-march=native`, the floor with it.

## Goals

{goals}

{sections}

## How cost grows

A classifier's step (64 inputs, two hidden layers of 64 units, batch of 64, unless varied), and ops by size.

{pictures}

<details><summary>Every row</summary>

{rows}

</details>
"""

PICTURES = {"width": "Time of a training step against the width of its layers", "depth": "Time of a training step against the number of its layers",
            "batch": "Time of a training step against the batch size", "sizes": "Time of ops against the number of elements",
            "threads": "How much faster more threads are"}

SECTION = """## {threads}

{means}

### The articles' programs

{programs}

### Against the machine's peak

Bytes are those that the program reads and writes, for the triad as for the others: 8 for an element of relu and copy, 12 of add, mul and the triad;
what a cache fetches before a line is written is counted on no side. An epoch of MNIST is 98.2 GFLOP of matrix products.

{peak}

### Ops by size

{sizes}

{below}

### Layers, reductions, copies, products and optimizers

{others}
"""


def write(folder):
    """folder/benchmarks.md and its plots, from folder/benchmarks/results.json."""
    with open(os.path.join(folder, "benchmarks", "results.json")) as file:
        saved = json.load(file)
    results = {(r["row"], r["threads"]): r for r in saved["results"]}
    counts = sorted({threads for _, threads in results})
    sections = "\n".join(SECTION.format(
        threads=f"{threads} thread{'s' * (threads > 1)}", means=geometric_means(results, threads), programs=programs(results, threads),
        peak=peak(results, threads), sizes=by_size(results, threads),
        below=below(results, threads), others=other_rows(results, threads)) for threads in counts)
    about = head(["", ""]) + "\n" + "\n".join(line([name, value]) for name, value in saved["machine"].items())
    draw(results, counts, os.path.join(folder, "benchmarks"))
    pictures = "\n".join(f"![{what}](benchmarks/{name}.svg)" for name, what in PICTURES.items() if name != "threads" or len(counts) > 1)
    with open(os.path.join(folder, "benchmarks.md"), "w") as file:
        file.write(PAGE.format(machine=about, runs=saved["runs"], least=1e3 * saved["least"], goals=goals_table(results, counts),
                               sections=sections, pictures=pictures, rows=full_table(results)))


if __name__ == "__main__":
    write(sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "docs"))
