"""The calls of the sweep: each number of arguments by position, then each later one by keyword, with what PyTorch makes
of them."""
import itertools
import re
import dataclasses
from dataclasses import dataclass

import sweep_world
from sweep_signatures import Param
from sweep_values import ABSENT, OUT, row_of, suits, values_of

TENSOR = re.compile(r"(\d \* )?(real|more|prob|whole|mask|wide|sign|leaf)\(")


NO_CALL = re.compile(r"^TypeError: .*(unexpected keyword argument|missing .* required|takes .* positional argument|"
                     r"takes no keyword arguments|invalid combination of arguments|got multiple values)|^SyntaxError")


@dataclass
class Case:
    group: str
    name: str
    cpp: str
    call: str
    statements: list
    record: list
    reason: str          # the parameter that this call is about
    absent: str = ""     # a parameter that cannot exist here
    changes: bool = True  # whether that parameter makes a difference in PyTorch
    id: int = -1

    @property
    def raises(self):
        return bool(self.record) and self.record[-1][0] == "E" or any(item[0] == "E" for item in self.record[-2:])


def turn(value, k):
    return value[k % len(value)] if isinstance(value, tuple) else value


class Generator:
    def __init__(self, signature):
        if signature.group in ("methods", "properties"):
            signature = dataclasses.replace(signature, params=[Param("self", "self"), *signature.params])
        self.s, self.row = signature, row_of(signature)
        self.cases, self.seen = [], {}

    def values(self, param, k, positional=False):
        return [turn(v, k) for v in values_of(self.s, param, positional)]

    # ---- from arguments to statements
    def text(self, arguments):
        """arguments: [(param, value, by keyword)] in order."""
        return ", ".join(value if not keyword else f"{p.name}={value}" for p, value, keyword in arguments)

    def statements(self, arguments):
        row, before, name = self.row, list(self.row.get("_before", [])), self.s.name
        call = f"{name}({self.text(arguments)})"
        if self.s.group == "modules":
            forward = row.get("_forward", "m(real(2, 3))")
            return call, before + [f"m = {call}", "put(m)", "seed(11)", f"put({forward})"]
        if self.s.group == "optimizers":
            return call, before + ["w = params()", f"o = {call}", "put(o)", "train(o, w)"]
        if self.s.group == "schedulers":
            resumed = any(p.name == "last_epoch" for p, _, _ in arguments)
            return call, before + ["w = with_grads()", "o = optim.SGD(w, lr=0.5, momentum=0.25)"] + \
                ["lr_scheduler.LambdaLR(o, constant)"] * resumed + [f"s = {call}", "follow(o, s)"]
        if self.s.group in ("data", "transforms", "datasets") and "_use" in row:
            return call, before + [f"d = {call}", *row["_use"]]
        return self.function(name, arguments)

    def function(self, name, arguments):
        """Of a function or a method: the first Tensor and `out` are variables, and looked at afterwards."""
        before, after, shown = list(self.row.get("_before", [])), list(self.row.get("_after", [])), []
        for p, value, keyword in arguments:
            if p.name == "out" and value in OUT:
                both = [v.strip() for v in re.findall(r"torch.empty\(0(?:, dtype=[\w.]*)?\)", value)]
                names = ["out", "out2"][:len(both)]
                before += [f"{n} = {v}" for n, v in zip(names, both)]
                after += [f"put({n})" for n in names]
                value = names[0] if len(names) == 1 else "(out, out2)"
            elif p.kind == "self" or self.s.group != "methods" and p.kind != "several" and TENSOR.match(value) and \
                    not any(b.startswith("x = ") for b in before):
                before.append(f"x = {value}")
                after.append("put(x)")
                value = "x"
            if p.kind != "self":
                shown.append((p, value, keyword))
        call = f"{name}({self.text(shown)})" if self.s.group != "properties" else name
        return call, before + [f"put({call})" if self.row.get("_result", True) else call] + after

    def tried(self, arguments):
        call, statements = self.statements(arguments)
        key = "\n".join(statements)
        if key not in self.seen:
            self.seen[key] = sweep_world.run(statements)
        return call, statements, self.seen[key]

    def accepted(self, arguments):
        return not any(item[0] == "E" for item in self.tried(arguments)[2])

    # ---- which calls
    def ordered(self, given):
        """Arguments in PyTorch's order; `given` is {name: (value, by keyword)}."""
        positional = [(p, *given[p.name]) for p in self.s.params if p.name in given and not given[p.name][1]]
        named = [(p, *given[p.name]) for p in self.s.params if p.name in given and given[p.name][1]]
        # Where two signatures have the same keywords in another order, that of the documentation.
        last = ["", *self.row.get("_last", []), "out"]
        return positional + sorted(named, key=lambda each: last.index(each[0].name) if each[0].name in last else 0)

    def required(self):
        """Sets of values without which PyTorch accepts no call."""
        params = [p for p in self.s.params if p.required]
        found = []
        for extra in self.row.get("_required", [{}]):
            known = {p.name: p for p in self.s.params}
            if not all(n in known and suits(v, known[n]) for n, v in extra.items()):
                continue
            for combination in itertools.islice(itertools.product(*(self.values(p, 0) for p in params)), 2000):
                values = {p.name: v for p, v in zip(params, combination)} | extra
                if self.accepted(self.ordered(self.given_by(values))) or \
                        self.accepted(self.ordered(self.given_by(values, ()))):
                    found.append(values)
                    break
        return found

    def given_by(self, values, named=("positional",)):
        """All by keyword, or what is required by position; what comes before a list of several always is."""
        several = next((i for i, p in enumerate(self.s.params) if p.kind == "several"), -1)
        return {p.name: (values[p.name], p.kind != "self" and i > several and
                         (p.kind == "keyword" or not p.required or p.kind in named))
                for i, p in enumerate(self.s.params) if p.name in values}

    def add(self, given, reason, base=None):
        call, statements, record = self.tried(self.ordered(given))
        if record and record[-1][0] == "E" and NO_CALL.search(record[-1][1]):
            return  # the stub or the documentation names it otherwise: this is no call in Python
        if any(case.statements == statements for case in self.cases):
            return
        changes = base is None or repr(self.tried(self.ordered(base))[2]) != repr(record)
        absent = next((p.name for p in self.s.params if p.name in ABSENT & given.keys() and
                       given[p.name][0] not in (p.default, "None")), "")
        self.cases.append(Case(self.s.group, self.s.name, self.s.cpp, call, statements, record, reason, absent,
                               changes))

    def best(self, given, param, keyword, k):
        """The first value that PyTorch accepts beside the given and that makes a difference; else one accepted."""
        base = repr(self.tried(self.ordered(given))[2])
        values, accepted = self.values(param, k, not keyword), None
        for value in values:
            more = given | {param.name: (value, keyword)}
            if self.accepted(self.ordered(more)):
                accepted = accepted or value
                if repr(self.tried(self.ordered(more))[2]) != base:
                    return value
        return accepted or values[0]

    def generate(self):
        """All cases, or None if PyTorch accepts no call with the values of the table."""
        found = self.required()
        for values in found:
            self.of(values)
        return self.cases if found else None

    def of(self, values):
        """The calls with these values of what is required, for each number k of arguments by position."""
        positional = list(itertools.takewhile(
            lambda p: p.kind != "keyword" and (p.required or not p.name.startswith("_")),
            (p for p in self.s.params if p.kind != "self")))
        placed = {"self": (values["self"], False)} if "self" in values else {}
        for k in range(len(positional) + 1):
            if k:
                self.place(positional[k - 1], placed, values, k)
            if any(p.kind == "several" for p in positional[k:]):
                continue
            base = placed | self.by_keyword(values, placed)
            self.add(base, positional[k - 1].name + " by position" if k else "all by keyword")
            for p in self.s.params:
                if p.name in base or p.kind == "several" or p.name.startswith("_") or p.name == "from":
                    continue
                given = dict(base)
                self.beside(p, given, True)
                self.add(given | {p.name: (self.best(given, p, True, k), True)}, p.name + "=", given)

    def place(self, param, placed, values, k):
        """Gives the k-th argument by position."""
        known, value = values_of(self.s, param), values.get(param.name)
        extra = value is not None and value not in [turn(v, 0) for v in known]
        if not extra and not (param.required and len(known) > 1):
            value = self.best(placed | self.by_keyword(values, placed | {param.name: None}), param, False, k)
        placed[param.name] = (value, False)
        self.beside(param, placed, False)

    def beside(self, param, given, add):
        """What must be beside this parameter for it to make a difference."""
        for name, value in self.row.get("_with", {}).get(param.name, {}).items():
            if name in given:
                given[name] = (value, given[name][1])
            elif add:
                given[name] = (value, True)

    def by_keyword(self, values, placed):
        return {n: (v, True) for n, v in values.items() if n not in placed}
