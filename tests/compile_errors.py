#!/usr/bin/env python3
"""Compiles each mistake of compile_errors.cpp: what the compiler says must be short, and its first error name the call.

    compile_errors.py FOLDER_OF_TAPER/ COMPILER...

prints for each the lines of output and the first error, and fails if one compiles, says more than 15 lines, or has a
first error without the words that stand behind the mistake.
"""
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".cpp")
MOST_LINES = 15


def mistakes():
    for number, title, words in re.findall(r"MISTAKE == (\d+)\s+// (.*): (.*)", SOURCE.read_text()):
        yield int(number), title, words


def compile(compiler, include, number):
    command = [compiler, "-std=c++2b", "-fsyntax-only", f"-I{include}", f"-DMISTAKE={number}", SOURCE.name]
    if "clang" not in compiler:
        command.insert(2, "-Werror=comma-subscript")  # as CMake's target taper::taper has it
    done = subprocess.run(command, cwd=SOURCE.parent, capture_output=True, text=True, errors="replace")
    return done.returncode, done.stderr.splitlines()


def verdict(status, lines, words):
    first = next((line for line in lines if ": error: " in line), "")
    if status == 0:
        # Clang takes keywords in any order, each for what it is.
        reordered = any("-Wreorder-init-list" in line for line in lines)
        return "ok" if reordered else "compiles", lines[0] if reordered else first
    if len(lines) > MOST_LINES:
        return "too long", first
    return ("ok" if words in first else f"does not say '{words}'"), first


def main(include, *compilers):
    include, failed = Path(include).resolve(), 0
    with ThreadPoolExecutor(cpu_count()) as pool:
        for compiler in compilers:
            status, lines = compile(compiler, include, 0)
            if status != 0:
                sys.exit(f"{compiler}: without a mistake it does not compile:\n" + "\n".join(lines))
            tried = list(mistakes())
            for (number, title, words), (status, lines) in zip(
                tried, pool.map(lambda one: compile(compiler, include, one[0]), tried)
            ):
                said, first = verdict(status, lines, words)
                failed += said != "ok"
                print(f"{compiler:12} {number:2} {title}: {len(lines)} lines: {said}\n    {first[:300]}")
    print(f"{failed} of {len(tried) * len(compilers)} failed")
    return failed > 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
