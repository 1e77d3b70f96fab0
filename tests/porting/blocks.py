#!/usr/bin/env python3
"""The code of a page, docs/porting.md, as programs: makes them, runs them, and holds the page to what they print.

    blocks.py make PAGE FOLDER UNITS     writes FOLDER/unit0.cpp, ... and FOLDER/main.cpp
    blocks.py check PAGE PROGRAM         whether each block prints the `text` that follows it
    blocks.py compare PAGE PROGRAM       whether the Python beside prints the same
    blocks.py rewrite PAGE PROGRAM       puts what is printed into the page

In the page, a ```cpp block is a function of its own; what it declares at the beginning of a line (types, functions, and
everything else that stands before the last of them) is seen by the later blocks below the same ## heading. A ```python
block before it is the same in Python, a ```text block behind it is what it prints. A table whose header begins with
`| Python | C++ |` is one function: its rows are statements, one after another, or expressions, whose values are shown.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from page import Table, parse, pieces

MARK = "\x1e"


# ---- C++

TYPE = re.compile(r"struct|class|template|enum")
ALIAS = re.compile(r"using|namespace|#|//|$")
FUNCTION = re.compile(r"(?!for|if|while|else|switch|return|auto \[)[\w:<>,&* ]+ [\w:]+\(.*\) \{$")


def parts(code):
    """What a block declares, and what it does."""
    lines, declared, at = code.splitlines(), 0, 0
    while at < len(lines):
        first, begin = lines[at], at
        at += 1
        if first.rstrip().endswith(("{", "(", ",")) and not first.startswith("//"):
            while at < len(lines) and not (lines[at] and lines[at][0] in "})" or lines[at].startswith(":")):
                at += 1
            at += 1
        if TYPE.match(first) or FUNCTION.match(first) or ALIAS.match(first) and declared == begin:
            declared = at
    return lines[:declared], lines[declared:], declared


def tail(code):
    """Where the expression begins that the code ends in, if it does."""
    depth, quote, begin = 0, None, 0
    for at, c in enumerate(code):
        if quote:
            quote = None if c == quote and code[at - 1] != "\\" else quote
        elif c in "\"'" and not (c == "'" and code[at - 1:at].isdigit()):
            quote = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        if depth == 0 and not quote and (c == ";" or c == "}" and code[at + 1:at + 2] == " "):
            begin = at + 1
    return begin


def shown(code):
    if code.startswith("#") or code.endswith((";", "}")) and tail(code + " ") > len(code) - 1:
        return code
    begin = tail(code)
    return f"{code[:begin]} show({code[begin:].strip()});"


def unit(groups):
    """The text of a file with the blocks of these groups."""
    text = ['#include "show.h"', '#include "plt.h"', "namespace porting {"]
    for number, (heading, items) in groups:
        text.append(f"namespace group{number} {{")
        depth = 0
        for item in items:
            if isinstance(item, Table):
                text.append(f"static void run{item.line}() {{")
                for row in item.rows:
                    code = shown(row.cpp)
                    text += [f'at("{row.key}");', f'#line {row.line} "porting.md"',
                             f"{{ {code} }}" if item.alone else code]
                text.append("}")
            else:
                declared, done, first = parts(item.cpp)
                depth += 1
                declared = [re.sub(r"^int main\(\)", "static void main_()", line) for line in declared]
                text += [f"namespace block{item.line} {{", f"#line {item.line + 1} \"porting.md\"", *declared]
                text += [f"static void run{item.line}() {{", f'at("{item.key}");',
                         f"#line {item.line + 1 + first} \"porting.md\"", *done,
                         "main_();" if "int main()" in item.cpp else "", "}"]
            text.append(f"static const int added{item.line} = add({item.line}, run{item.line});")
        text += ["}"] * (depth + 1)
    return "\n".join(text + ["}", ""])


def make(page, folder, units):
    folder.mkdir(parents=True, exist_ok=True)
    groups = list(enumerate(parse(page)))
    size = lambda group: sum(len(p.cpp) for p in pieces(group[1][1]))
    shares = [[] for _ in range(units)]
    for group in sorted(groups, key=size, reverse=True):  # the next largest to the smallest share
        min(shares, key=lambda share: sum(map(size, share))).append(group)
    for number, share in enumerate(shares):
        write(folder / f"unit{number}.cpp", unit(sorted(share)))


def write(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


# ---- what is printed

def printed(command, **options):
    """{key of a piece: what was printed there} of a program."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=600, **options)
    found = {}
    for part in done.stdout.split(MARK)[1:]:
        key, _, text = part.partition("\n")
        found.setdefault(key, []).append(text)
    found = {key: "".join(texts) for key, texts in found.items()}
    if done.returncode:
        raise SystemExit(f"line {list(found)[-1:]} of the page: {command[0]} ended with {done.returncode}\n" +
                         done.stderr[-3000:])
    return found


def check(page, program):
    found, wrong = printed([str(program)]), 0
    for _, items in parse(page):
        for piece in pieces(items):
            said, text = found[piece.key].strip(), (piece.text or "").strip()
            if (":" in piece.key or piece in items) and said != text:
                wrong += 1
                print(f"line {piece.line} prints\n{said}\nand not\n{text}\n")
    print(f"{len(found)} blocks and rows ran, {wrong} print something else")
    if wrong:
        print(f"to put what blocks print into the page: python3 tests/porting/blocks.py rewrite docs/porting.md {program}")
    return wrong


def rewrite(path, program):
    page = path.read_text()
    found, lines = printed([str(program)]), page.splitlines()
    if any(piece.key not in found for _, items in parse(page) for piece in pieces(items)):
        raise SystemExit("the program is older than the page: build taper_porting")
    for _, items in reversed(parse(page)):
        for piece in reversed(items):
            if isinstance(piece, Table):
                continue
            said = found[piece.key].rstrip().splitlines()
            if piece.place:
                lines[piece.place[0]:piece.place[1]] = said
            elif said:
                end = lines.index("```", piece.line)
                lines[end + 1:end + 1] = ["```text", *said, "```"]
    path.write_text("\n".join(lines) + "\n")


def python_program(page):
    """The Python of the page as one program that prints as the C++ does."""
    text = [(Path(__file__).with_name("show.py")).read_text()]
    for _, items in parse(page):
        text.append("world = new_world()")
        for piece in pieces(items):
            if piece.python:
                text.append(f"piece({piece.key!r}, {piece.python!r}, world, {shown(piece.cpp) != piece.cpp})")
    return "\n".join(text)


NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|inf|nan)")


def same(a, b):
    """Whether two texts say the same, whatever the blanks and the digits behind the fifth."""
    a, b = (re.sub(r"\s+", " ", text.strip()) for text in (a, b))
    if NUMBER.split(a) != NUMBER.split(b):
        return False
    return all(x == y or abs(float(x) - float(y)) <= 2e-5 * max(1, abs(float(x)))
               for x, y in zip(NUMBER.findall(a), NUMBER.findall(b)))


def compare(page, program):
    for needed in ("torch", "torchvision"):
        if subprocess.run(["/usr/bin/python3", "-c", f"import {needed}"], capture_output=True).returncode:
            print(f"skipped: no {needed} in /usr/bin/python3")
            return 0
    ours = printed([str(program)])
    with tempfile.NamedTemporaryFile("w", suffix=".py") as source:
        source.write(python_program(page))
        source.flush()
        theirs = printed(["/usr/bin/python3", "-W", "ignore", source.name], env={**os.environ, "OMP_NUM_THREADS": "1"})
    wrong = 0
    for key, text in theirs.items():
        if not same(ours[key], text):
            wrong += 1
            print(f"line {key}: C++ prints\n{ours[key].rstrip()}\nand Python\n{text.rstrip()}\n")
    shown = sum(bool(text.strip()) for text in theirs.values())
    print(f"{len(theirs)} blocks and rows of Python ran, {shown} print something, {wrong} print something else in C++")
    return wrong


def main(what, page, *rest):
    path = Path(page).resolve()
    page = path.read_text()
    if what == "make":
        return make(page, Path(rest[0]), int(rest[1]))
    if what == "rewrite":
        return rewrite(path, Path(rest[0]).resolve())
    return {"check": check, "compare": compare}[what](page, Path(rest[0]).resolve())


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(1 if main(*sys.argv[1:]) else 0)
