"""The sweep: every call that PyTorch's signatures allow, made here and in PyTorch, and compared.

sweep.py --build DIR; --help lists the rest.

A call is a number of leading arguments by position, then at most one of the later ones by keyword. It is equal,
silently different, not compiling, or refused here at run time. A call that both refuse is equal. Fails if one is
silently different, if fewer than the least share are equal, or if a name that exists here has no values that PyTorch
takes (sweep_values.py and sweep_functions.py hold them), or if one compiles with a keyword that does not exist."""
import argparse
import collections
import concurrent.futures
import os
import sys
import time
from pathlib import Path

try:
    import torch
except ImportError:
    print(f"skipped: no PyTorch in {sys.executable}")
    sys.exit(0)

import sweep_cpp
import sweep_signatures
import sweep_world
from sweep_cases import Generator
from sweep_values import apart

NO_VALUES = "no values that PyTorch takes"


def number_equal(a, b, scale):
    return a == b or a != a and b != b or abs(a - b) <= 1e-5 * max(abs(a), abs(b)) + 1e-6 * scale


def item_equal(here, there):
    if here[0] != there[0]:
        return False
    if here[0] == "N":
        return number_equal(here[1], there[1], min(1, abs(there[1])))
    if here[0] != "T":
        return here == there
    scale = max([abs(v) for v in there[4] if abs(v) < 1e300] or [0])
    return here[1:4] == there[1:4] and len(here[4]) == len(there[4]) and \
        all(number_equal(a, b, scale) for a, b in zip(here[4], there[4]))


def verdict(case, records, refused):
    if case.id in refused:
        return "equal" if case.raises else "not compiling"
    here, there = records[case.id], case.record
    failed_here, failed_there = (any(item[0] == "E" for item in r) for r in (here, there))
    if failed_here and failed_there:
        return "equal"
    if failed_here:
        return "refused"
    if failed_there or len(here) != len(there) or not all(map(item_equal, here, there)):
        return "different"
    return "equal"


def first_difference(here, there):
    for a, b in zip(here, there):
        if not item_equal(a, b):
            return f"{str(a)[:150]} instead of {str(b)[:150]}"
    return f"{len(here)} results instead of {len(there)}: {str(here[-1:])[:150]} instead of {str(there[-1:])[:150]}"


def cases_of(signatures):
    """Cases of one name, and the signatures of which PyTorch took no call."""
    cases, empty = [], []
    for signature in signatures:
        why = apart(signature)
        if why:
            empty.append(f"{signature.name}({', '.join(p.name for p in signature.params)}): {why}")
            continue
        try:
            found = Generator(signature).generate()
        except sweep_world.Unreadable as error:
            raise SystemExit(f"{signature.name}: sweep_world.put reads no {error}") from None
        if found is None:
            empty.append(f"{signature.name}({', '.join(p.name for p in signature.params)}): {NO_VALUES}")
        else:
            known = {tuple(c.statements) for c in cases}
            cases += [c for c in found if tuple(c.statements) not in known]
    return cases, empty


def batches(cases, size):
    """Lists of (id, C++), of which one module's calls stand together."""
    parts = []
    for case in cases:
        code = " ".join(map(sweep_cpp.statement, case.statements))
        if not parts or len(parts[-1]) >= size:
            parts.append([])
        parts[-1].append((case.id, code))
    return parts


def misspelt(builder, cases, size, pool):
    """How many calls have a keyword; and the calls that compile although their last one does not exist."""
    tried = {}
    for case in cases:
        found = [sweep_cpp.misspelt(s, case.name) or (s, None) for s in case.statements]
        word = next((w for _, w in found if w), None)
        if word:
            code = " ".join(sweep_cpp.statement(s) for s, _ in found)
            tried.setdefault((case.cpp, case.call.split("=")[0].count(","), word), (case.call, code))
    listed = list(tried.values())
    parts = [listed[i:i + size] for i in range(0, len(listed), size)]
    return len(listed), [call for calls in pool.map(lambda both: builder.accepted(*both), enumerate(parts))
                         for call in calls]


def options():
    o = argparse.ArgumentParser()
    o.add_argument("--build", required=True, help="where a tree was built: include/ and libtaper.a")
    o.add_argument("--library", help="instead of libtaper.a")
    o.add_argument("--compiler", default=os.environ.get("CXX", "g++"))
    o.add_argument("--flags", default="", help="of the linker, beside its own")
    o.add_argument("--jobs", type=int, default=os.cpu_count())
    o.add_argument("--folder", help="for what is compiled; BUILD/sweep")
    o.add_argument("--group", action="append", help="only these: modules, functional, methods, ...")
    o.add_argument("--name", action="append", help="only these: nn.Linear, torch.sum, x.sum, ...")
    o.add_argument("--list", help="a file for one line about each call")
    o.add_argument("--least", type=float, default=0, help="the share of equal calls that must be reached")
    o.add_argument("--size", type=int, default=150, help="calls that are compiled together")
    o = o.parse_args()
    o.folder = Path(o.folder or Path(o.build) / "sweep").resolve()
    return o


class Report:
    def __init__(self, cases, records, refused):
        self.count, self.reasons = collections.defaultdict(collections.Counter), collections.defaultdict(
            collections.Counter)
        self.lines = [self.line(case, verdict(case, records, refused), records, refused) for case in cases]

    def line(self, case, what, records, refused):
        numbers = self.count[f"absent here: {case.absent}" if case.absent else case.group]
        numbers.update(["calls", what] + ["refused by both"] * (what == "equal" and case.raises) +
                       ["without effect"] * (not case.changes))
        why = ""
        if what == "not compiling":
            why = refused[case.id]
            self.reasons[case.name][case.reason] += 1
        elif what == "refused":
            why = next(item[1] for item in records[case.id] if item[0] == "E")
        elif what == "different":
            why = first_difference(records[case.id], case.record)
        elif case.raises:
            why = next(item[1] for item in case.record if item[0] == "E")
        effect = "" if case.changes else "no effect"
        return "\t".join([what, case.group, case.call, case.reason, effect, why]).replace("\n", " ")

    def show(self):
        """Prints the tables; returns how many calls are different, and the share of those that are equal."""
        print("not compiling, by name and parameter:")
        for name, params in self.reasons.items():
            print(f"  {name}: " + ", ".join(f"{p} {n}" for p, n in params.most_common()))
        for what in ("refused", "different"):
            print(f"\n{what}:")
            for line in self.lines:
                if line.startswith(what + "\t"):
                    print("  " + line.split("\t", 2)[2].replace("\t", "  "))
        columns = ["calls", "equal", "refused by both", "different", "not compiling", "refused", "without effect"]
        print("\n" + " " * 38 + "".join(f"{c:>16}" for c in columns) + f"{'share':>8}")
        total = sum((n for group, n in self.count.items() if not group.startswith("absent")), collections.Counter())
        for group, numbers in [*self.count.items(), ("all but what is absent here", total)]:
            print(f"{group:38}" + "".join(f"{numbers[c]:16}" for c in columns) +
                  f"{numbers['equal'] / max(1, numbers['calls']):8.1%}")
        return sum(n["different"] for n in self.count.values()), total["equal"] / max(1, total["calls"])


def main():
    o, began = options(), time.time()

    def clock(what):
        print(f"[{time.time() - began:5.0f} s] {what}", flush=True)

    os.environ["SWEEP_DATA"] = str(o.folder / "data")
    sweep_world.write_images(os.environ["SWEEP_DATA"])
    builder = sweep_cpp.Builder(o.build, o.folder, o.compiler, o.jobs, o.library, o.flags.split())
    names = [s for s in sweep_signatures.inventory()
             if s and (not o.group or s[0].group in o.group) and (not o.name or s[0].name in o.name)]
    with concurrent.futures.ProcessPoolExecutor(o.jobs) as pool:
        builder.header()
        clock("the header is compiled")
        existing = builder.existing(sorted({s[0].cpp for s in names}))
        clock(f"{len(existing)} of {len(names)} names exist here")
        answers = list(pool.map(cases_of, [s for s in names if s[0].cpp in existing], chunksize=4))
    cases = [case for found, _ in answers for case in found]
    for i, case in enumerate(cases):
        case.id = i
    clock(f"{len(cases)} calls")
    records, refused = builder.run(batches(cases, o.size))
    clock("compiled and run")
    with concurrent.futures.ThreadPoolExecutor(o.jobs) as pool:
        tried, silent = misspelt(builder, cases, o.size, pool)
    clock(f"{tried} of them tried with a keyword that does not exist")

    report = Report(cases, records, refused)
    if o.list:
        Path(o.list).write_text("\n".join(report.lines) + "\n")
    missing = [s[0].name for s in names if s[0].cpp not in existing]
    print(f"\n{len(missing)} names do not exist here: {' '.join(missing)}\n")
    apart_texts = [text for _, texts in answers for text in texts]
    print(f"{len(apart_texts)} signatures without calls: {'; '.join(apart_texts)}\n")
    different, share = report.show()
    unknown = [text for text in apart_texts if text.endswith(NO_VALUES)]
    print(f"\nwithout a row in the tables of values: {'; '.join(unknown) or 'none'}")
    print(f"compiled although a keyword does not exist: {'; '.join(silent) or 'none'}")
    clock(f"{len(cases)} calls, {share:.1%} equal (at least {o.least:.0%} must be), {different} silently different; "
          f"{tried} misspelt, {len(silent)} of them taken")
    return 1 if different or unknown or silent or share < o.least else 0


if __name__ == "__main__":
    sys.exit(main())
