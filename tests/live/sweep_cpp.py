"""Statements of Python as statements of C++ by the contract of spellings; batches of them compiled, run and read."""
import ast
import concurrent.futures
import os
import re
import subprocess
from pathlib import Path

NAMESPACES = {"torch", "nn", "F", "init", "optim", "lr_scheduler", "transforms", "datasets", "data", "utils", "linalg",
              "autograd", "functional", "InterpolationMode", "rnn", "cuda", "random", "special", "fft"}
MEMBERS = {"weight", "bias", "values", "indices"}
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.BitAnd: "&", ast.BitOr: "|"}


def text_of(string):
    return '"' + string.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def expression(node, called=False):
    if isinstance(node, ast.Constant):
        value = node.value
        if value is None:
            return "none"
        if value is True or value is False:
            return "true" if value else "false"
        return text_of(value) if isinstance(value, str) else repr(value)
    if isinstance(node, ast.UnaryOp):
        return {ast.USub: "-", ast.Invert: "~", ast.Not: "!"}[type(node.op)] + expression(node.operand)
    if isinstance(node, ast.BinOp):
        return f"({expression(node.left)} {OPERATORS[type(node.op)]} {expression(node.right)})"
    if isinstance(node, (ast.Tuple, ast.List)):
        return "{" + ", ".join(map(expression, node.elts)) + "}"
    if isinstance(node, ast.Dict) and any(k.value == "params" for k in node.keys):  # a group of an optimizer
        return "{" + ", ".join(f".{k.value} = {expression(v)}" for k, v in zip(node.keys, node.values)) + "}"
    if isinstance(node, ast.Dict):
        return "{" + ", ".join(f"{{{expression(k)}, {expression(v)}}}" for k, v in zip(node.keys, node.values)) + "}"
    if isinstance(node, ast.Name):
        return {"bool": "torch::bool_"}.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        if namespace(node.value):
            return expression(node.value) + "::" + {"bool": "bool_", "device": "Device"}.get(node.attr, node.attr)
        return expression(node.value) + "." + node.attr + ("" if called or node.attr in MEMBERS else "()")
    if isinstance(node, ast.Subscript):
        return f"{expression(node.value)}[{expression(node.slice)}]"
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "put":
            return "put((" + expression(node.args[0]) + ", Nothing()))"
        arguments = [expression(x) for x in node.args]
        if node.keywords:
            arguments.append("{" + ", ".join(f".{k.arg} = {expression(k.value)}" for k in node.keywords) + "}")
        return expression(node.func, called=True) + "(" + ", ".join(arguments) + ")"
    raise NotImplementedError(ast.dump(node))


def namespace(node):
    return isinstance(node, ast.Name) and node.id in NAMESPACES or \
        isinstance(node, ast.Attribute) and namespace(node.value) and node.attr in NAMESPACES


def statement(python):
    node = ast.parse(python).body[0]
    if isinstance(node, ast.Assign):
        return f"auto {node.targets[0].id} = {expression(node.value)};"
    return expression(node.value) + ";"


def misspelt(python, name):
    """The statement with the last keyword of the call of `name` misspelt, and that keyword; None if it has none."""
    tree = ast.parse(python)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.keywords and ast.unparse(node.func) == name:
            word = node.keywords[-1].arg
            node.keywords[-1].arg += "_"
            return ast.unparse(tree), word
    return None


class Builder:
    """Compiles against a tree that was built in `build`: `build`/include and `build`/libtaper.a."""

    def __init__(self, build, folder, compiler, jobs, library=None, flags=()):
        self.build, self.folder, self.jobs = Path(build).resolve(), Path(folder).resolve(), jobs
        self.library = Path(library or self.build / "libtaper.a").resolve()
        self.extra = list(flags)
        self.compiler = compiler
        self.clang = "clang" in subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout
        self.folder.mkdir(parents=True, exist_ok=True)
        self.here = Path(__file__).resolve().parent
        self.flags = ["-std=c++2b", "-O0", "-g0", "-w", f"-I{self.build}/include", f"-I{self.here}"]
        if self.clang:
            self.flags += ["-fno-caret-diagnostics", "-ferror-limit=0", "-fno-spell-checking",
                           "-ftemplate-backtrace-limit=0"]
        else:
            self.flags += ["-fmax-errors=0", "-fdiagnostics-plain-output", "-ftemplate-backtrace-limit=0"]

    def call(self, *arguments):
        return subprocess.run([self.compiler, *self.flags, *map(str, arguments)], capture_output=True, text=True,
                              env={**os.environ, "LC_ALL": "C"})

    def header(self):
        """The header, compiled once."""
        header = self.folder / "sweep.h"
        header.write_text(f'#include "{self.here}/sweep.h"\n')
        compiled = self.folder / ("sweep.h.pch" if self.clang else "sweep.h.gch")
        done = self.call("-x", "c++-header", header, "-o", compiled)
        if done.returncode:
            raise SystemExit(done.stderr)
        self.include = ["-include-pch", compiled] if self.clang else ["-include", header]

    def errors(self, source, *arguments):
        """The lines of the source that do not compile, each with the compiler's first word on it."""
        done = self.call(*self.include, *arguments, source)
        if not done.returncode:
            return {}
        lines, message, pending = {}, None, []
        own = re.compile(re.escape(str(source)) + r":(\d+):")
        for line in done.stderr.splitlines():
            at = own.match(line)
            if "required from here" in line and at:
                pending.append(int(at.group(1)))
            if " error: " in line or " fatal error: " in line:
                message = line.split("error: ", 1)[1]
                for number in pending:
                    lines.setdefault(number, message)
                pending = []
                if at:
                    lines.setdefault(int(at.group(1)), message)
            elif self.clang and at and message:
                lines.setdefault(int(at.group(1)), message)
        if not lines:
            raise SystemExit(f"{source} does not compile:\n{done.stderr[:4000]}")
        return lines

    def existing(self, names):
        """Those of the qualified names that are declared; `struct.name` asks for a member."""
        source = self.folder / "names.cpp"
        lines = []
        for name in names:
            scope, dot, member = name.partition(".")
            lines.append(f"namespace n{len(lines)} {{ " + (
                f"struct S : {scope} {{ using {scope}::{member}; }};" if dot else f"using {name};") + " }")
        source.write_text("\n".join(lines) + "\n")
        missing = self.errors(source, "-fsyntax-only")
        return {name for i, name in enumerate(names) if i + 1 not in missing}

    def compile(self, number, cases):
        """One batch: (object, {id: the compiler's word}); a case is (id, statements)."""
        source, target = self.folder / f"batch{number}.cpp", self.folder / f"batch{number}.o"
        kept, refused = list(cases), {}
        while kept:
            lines = [f"static void c{i}() {{ {code} }}" for i, code in kept]
            lines.append("static const int added[] = {" + ", ".join(f"add({i}, c{i})" for i, _ in kept) + "};")
            source.write_text("\n".join(lines) + "\n")
            wrong = self.errors(source, "-c", "-o", target)
            if not wrong:
                return target, refused
            beyond = [n for n in wrong if not 0 < n <= len(kept)]
            if beyond:
                raise SystemExit(f"{source}: {wrong[beyond[0]]}")
            refused |= {kept[n - 1][0]: word for n, word in wrong.items()}
            kept = [case for n, case in enumerate(kept) if n + 1 not in wrong]
        return None, refused

    def accepted(self, number, cases):
        """Those cases, (what to call it, statements), that compile."""
        source = self.folder / f"misspelt{number}.cpp"
        source.write_text("".join(f"static void c{n}() {{ {code} }}\n" for n, (_, code) in enumerate(cases)))
        wrong = self.errors(source, "-fsyntax-only")
        return [call for n, (call, _) in enumerate(cases) if n + 1 not in wrong]

    def run(self, batches):
        """{id: record} of what was run, {id: the compiler's word} of what did not compile."""
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            driver = pool.submit(self.call, *self.include, "-c", self.here / "sweep.cpp", "-o", self.folder / "sweep.o")
            done = list(pool.map(lambda both: self.compile(*both), enumerate(batches)))
            if driver.result().returncode:
                raise SystemExit(driver.result().stderr)
        refused = {i: word for _, words in done for i, word in words.items()}
        objects = [target for target, _ in done if target]
        program = self.folder / "sweep"
        self.link([self.folder / "sweep.o", *objects], program)
        return self.execute(program, [i for batch in batches for i, _ in batch if i not in refused]), refused

    def link(self, objects, program):
        """What is declared and nowhere defined becomes abort, so that a call of it is a call that fails."""
        parts = [*self.extra, *objects, self.library, f"-Wl,-rpath,{self.library.parent}", "-Wl,--no-demangle", "-o",
                 program, "-lfmt", "-lopenblas", "-lz", "-lcurl", "-lpthread"]
        linked = self.call(*parts)
        if linked.returncode:
            missing = sorted(set(re.findall(r"undefined reference to [`'](\w+)'", linked.stderr)))
            print("declared and not defined:", " ".join(missing))
            linked = self.call(*parts, *(f"-Wl,--defsym={name}=sweep_undefined" for name in missing))
        if linked.returncode:
            raise SystemExit(linked.stderr)

    def execute(self, program, ids):
        results, records, first = self.folder / "results", {}, 0
        results.write_text("")
        while True:
            done = subprocess.run([program, results, str(first)], capture_output=True, text=True, timeout=600)
            started, item, ended = None, None, False
            for line in results.read_text(errors="replace").splitlines():
                if line == "# end":
                    ended = True
                elif line.startswith("# "):
                    started = int(line[2:])
                    item = records[started] = []
                else:
                    item.append(read(line))
            if started is None:
                raise SystemExit(f"{program} does not start: {done.stderr}")
            if ended:
                return records
            records[started].append(("E", f"the program ended: {done.returncode} {done.stderr[-200:]}"))
            results.write_text("")
            if started == max(ids):
                return records
            first = started + 1


def read(line):
    kind, _, rest = line.partition(" ")
    if kind == "N":
        return ("N", float(rest))
    if kind == "S":
        return ("S", re.sub(r"\\(.)", lambda m: "\n" if m.group(1) == "n" else m.group(1), rest))
    if kind == "T":
        head, _, values = rest.partition(" =")
        names, _, sizes = head.partition(":")
        return ("T", *names.split(), tuple(map(int, sizes.split())), [float(x) for x in values.split()])
    return (kind, rest) if kind == "E" else (kind,)
