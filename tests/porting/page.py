"""What stands in docs/porting.md: blocks of code and tables of code; blocks.py says how they are written."""
import re
from dataclasses import dataclass, field


@dataclass
class Piece:
    """A block, or a row of a table."""
    line: int  # where it stands in the page, from 1
    cpp: str
    python: str = None
    text: str = None  # what the page says it prints
    place: tuple = None  # the lines of that text
    key: str = ""  # by which the program names what it prints here

    def __post_init__(self):
        self.key = self.key or str(self.line)


@dataclass
class Table:
    """Rows that are one function, or each a function of its own."""
    line: int
    alone: bool = False
    rows: list = field(default_factory=list)


def spans(cell):
    """The code between backticks, of which a cell may hold several."""
    return [code.strip().replace("\\|", "|") for code in re.findall(r"`+(.+?)`+", cell)]


def cells(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]


def parse(page):
    """[(heading, [Piece or Table])] of the page."""
    lines, groups, at, python, last = page.splitlines(), [("", [])], 0, None, None
    while at < len(lines):
        line, number = lines[at], at + 1
        if line.startswith("## "):
            groups.append((line[3:], []))
            python = last = None
        elif line.startswith("```") and len(line) > 3:
            end = lines.index("```", at)
            code, kind = "\n".join(lines[at + 1:end]), line[3:]
            if kind == "python":
                python = code
            elif kind == "cpp":
                last = Piece(number, code, python)
                groups[-1][1].append(last)
                python = None
            elif kind == "text" and last:
                last.text, last.place, last = code, (at + 1, end), None
            at = end
        elif line.startswith("|") and (kind := next((k for k in ROWS if line.startswith(k)), None)):
            table = Table(number, ROWS[kind] is not program_row)
            at += 2
            while at < len(lines) and lines[at].startswith("|"):
                table.rows += ROWS[kind](at + 1, cells(lines[at]))
                at += 1
            groups[-1][1].append(table)
            continue
        at += 1
    return [(heading, items) for heading, items in groups if items]


REFUSED_WORLD = "auto x = torch::ones(2, 3); nn::Parameter p{x}; "  # what stands before each row of those


def program_row(number, cells):
    python, cpp = map(spans, cells[:2])
    if len(python) > 1 and len(python) != len(cpp) or not cpp:
        raise SystemExit(f"line {number}: {len(python)} pieces of Python, {len(cpp)} of C++")
    if len(python) == len(cpp):
        return [Piece(number, c, p) for p, c in zip(python, cpp)]
    return [Piece(number, c, python[0] if python and i == 0 else None) for i, c in enumerate(cpp)]


def trap_row(number, cells):
    python, written, gives, right = map(spans, cells[:4])
    return [Piece(number, written[0], text=gives[0], key=f"{number}:trap"),
            Piece(number, right[0], python[0] if python else None)]


def refused_row(number, cells):
    return [Piece(number, REFUSED_WORLD + spans(cells[1])[0])]


# What a row of a table with this header is.
ROWS = {"| Python | C++ |": program_row, "| Python | not |": trap_row, "| does not compile |": refused_row}


def pieces(items):
    for item in items:
        yield from item.rows if isinstance(item, Table) else [item]
