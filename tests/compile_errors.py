#!/usr/bin/env python3
"""Compiles mistakes: what the compilers say must be short and name the call, and what is wrong must not compile.

    compile_errors.py FOLDER_OF_TAPER/ COMPILER...

Each mistake of compile_errors.cpp is compiled alone. It fails if it compiles, if the compiler says more than 15 lines, or
if its first error lacks the words that stand behind the mistake. Of compile_errors.txt, all right calls are compiled
together, then all wrong ones: each of these must have an error of its own, which names the call. A compiler that is not
here is skipped.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count, environ
from pathlib import Path

SOURCE = Path(__file__).resolve().with_suffix(".cpp")
MOST_LINES = 14  # and the one line that the precompiled header spares GCC


def mistakes():
    for number, title, words in re.findall(r"MISTAKE == (\d+)\s+// (.*): (.*)", SOURCE.read_text()):
        yield int(number), title, words


def calls():
    for line in SOURCE.with_suffix(".txt").read_text().splitlines():
        if line and not line.startswith("#"):
            yield line.split(" | ")


class Compiler:
    """With a precompiled header, which its messages do not show, so that each call of it takes a second."""

    def __init__(self, name, include, folder):
        self.name, self.clang = name, "clang" in name
        self.flags = ["-std=c++2b", f"-I{include}"]
        if not self.clang:
            self.flags.append("-Werror=comma-subscript")  # as CMake's target taper::taper has it
        header = folder / name.replace("/", "_") / "taper" / "taper.h"
        header.parent.mkdir(parents=True)
        compiled = header.with_name("taper.h.pch" if self.clang else "taper.h.gch")
        self.say("-x", "c++-header", f"{include}/taper/taper.h", "-o", compiled)
        if self.clang:
            self.flags += ["-include-pch", compiled]
        else:
            self.flags.insert(0, f"-I{header.parent.parent}")

    def say(self, *arguments):
        """The status and what it says, in lines."""
        done = subprocess.run([self.name, *self.flags, *arguments], cwd=SOURCE.parent, capture_output=True, text=True,
                              errors="replace", env={**environ, "LC_ALL": "C"})
        return done.returncode, done.stderr.splitlines()

    def mistake(self, number):
        return self.say("-fsyntax-only", f"-DMISTAKE={number}", SOURCE.name)

    def together(self, path, lines):
        """Compiles each line as a function: the errors of each, by its number, and all that was said."""
        text = [f'#include "{SOURCE}"', *(f"void call{i}() {{ (void)({line}); }}" for i, line in enumerate(lines))]
        path.write_text("\n".join(text) + "\n")
        limit = "-ferror-limit=0" if self.clang else "-fmax-errors=0"
        status, said = self.say("-fsyntax-only", "-w", limit, path)
        errors, error = {}, ""
        for line in said:
            place = re.match(rf"{re.escape(str(path))}:(\d+):", line)
            error = line if ": error: " in line else error
            if place and (": error: " in line or "requested here" in line or "required from here" in line):
                errors.setdefault(int(place[1]) - 2, []).append(error if "requested" in line else line)
        return status, errors, said


def verdict(status, lines, words):
    first = next((line for line in lines if ": error: " in line), "")
    if status == 0:
        # Clang takes keywords in any order, each for what it is.
        reordered = any("-Wreorder-init-list" in line for line in lines)
        return "ok" if reordered else "compiles", lines[0] if reordered else first
    if len(lines) > MOST_LINES:
        return "too long", first
    return ("ok" if words in first else f"does not say '{words}'"), first


def try_mistakes(compiler, pool):
    status, lines = compiler.mistake(0)
    if status != 0:
        sys.exit(f"{compiler.name}: without a mistake it does not compile:\n" + "\n".join(lines))
    tried, failed = list(mistakes()), 0
    for (number, title, words), (status, lines) in zip(tried, pool.map(lambda one: compiler.mistake(one[0]), tried)):
        said, first = verdict(status, lines, words)
        failed += said != "ok"
        print(f"{compiler.name:12} {number:2} {title}: {len(lines)} lines: {said}\n    {first[:300]}")
    return failed


def try_calls(compiler, folder):
    names, right, wrong = zip(*calls())
    status, errors, said = compiler.together(folder / "right.cpp", right)
    failed = bool(status) + len(errors)
    if status:
        print(f"{compiler.name}: right calls do not compile:\n" + "\n".join(said[:40]))
    _, errors, _ = compiler.together(folder / "wrong.cpp", wrong)
    for number, (name, line) in enumerate(zip(names, wrong)):
        said = errors.get(number)
        if not said:
            print(f"{compiler.name}: compiles: {line}")
        elif not any(name in message for message in said):
            print(f"{compiler.name}: does not say '{name}': {line}\n    {said[0][:300]}")
        failed += not said or not any(name in message for message in said)
    print(f"{compiler.name:12} {len(names)} calls, right and wrong")
    return failed


def main(include, *names):
    include, failed = Path(include).resolve(), 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(cpu_count()) as pool:
        for name in names:
            if not shutil.which(name):
                print(f"skipped: {name} is not here")
                continue
            compiler = Compiler(name, include, Path(folder))
            failed += try_mistakes(compiler, pool) + try_calls(compiler, Path(folder))
    print(f"{failed} failed")
    return failed > 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
