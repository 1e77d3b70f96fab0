"""The inventory: every public name of PyTorch in the groups of the sweep, and its signatures.

Signatures come from inspect where Python defines the name, else from the stubs of the native functions, which list all
overloads, else from the first line of the documentation."""
import ast
import inspect
import re
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import autograd, nn, optim
from torch.nn import functional as F, init
from torch.optim import lr_scheduler

try:
    from torchvision import datasets, transforms
except ImportError:  # without torchvision there is nothing to compare these with
    datasets = transforms = type("Nothing", (), {})

REQUIRED = None


@dataclass
class Param:
    name: str
    kind: str  # "positional", "several" (as in *size) or "keyword"
    default: str | None = REQUIRED  # the text of the default
    type: str = ""

    @property
    def required(self):
        return self.default is REQUIRED


@dataclass
class Signature:
    group: str
    name: str  # as Python spells the call: nn.Linear, torch.sum, x.sum
    cpp: str  # what must be declared: taper::nn::Linear, taper::Tensor.sum
    params: list = field(default_factory=list)


# Of RNN, LSTM and GRU, which take *args and **kwargs.
RNN = "(input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False"
BY_HAND = {
    "nn.RNN": RNN + ", *, nonlinearity='tanh', device=None, dtype=None)",
    "nn.LSTM": RNN + ", proj_size=0, device=None, dtype=None)",
    "nn.GRU": RNN + ", *, device=None, dtype=None)",
    "nn.Identity": "()",
    "o.step": "(closure=None)",
    "x.stride": ["()", "(dim)"],
    "m.to": ["(device=None, dtype=None, non_blocking=False)", "(dtype, non_blocking=False)",
             "(tensor, non_blocking=False)"],
    "x.requires_grad_": "(requires_grad=True)",
    "torch.unique_consecutive": "(input, *, return_inverse=False, return_counts=False, dim=None)",
    "F.gelu": "(input, *, approximate='none')",
    "x.contiguous": "(*, memory_format=torch.contiguous_format)",
    "x.is_contiguous": "(*, memory_format=torch.contiguous_format)",
}
# Overloads chosen by a flag: the signature is that of the function with the flag.
DISPATCHED = {f"{name}{n}d": f"{name}{n}d_with_indices" for n in (1, 2, 3)
              for name in ("max_pool", "adaptive_max_pool", "fractional_max_pool")}


def of_python(function):
    params = []
    for p in inspect.signature(function).parameters.values():
        if p.kind is p.VAR_KEYWORD:
            continue
        kind = {p.VAR_POSITIONAL: "several", p.KEYWORD_ONLY: "keyword"}.get(p.kind, "positional")
        default = REQUIRED if p.default is p.empty or "required parameter" in repr(p.default) else repr(p.default)
        if callable(p.default) and default is not REQUIRED:
            default = getattr(p.default, "__name__", default)
        annotation = "" if p.annotation is p.empty else inspect.formatannotation(p.annotation)
        params.append(Param(p.name, kind, default, annotation))
    return params


def of_definition(node):
    a, params = node.args, []
    positional = a.posonlyargs + a.args
    defaults = [REQUIRED] * (len(positional) - len(a.defaults)) + [ast.unparse(d) for d in a.defaults]
    for p, default in zip(positional, defaults):
        params.append(Param(p.arg, "positional", default, ast.unparse(p.annotation) if p.annotation else ""))
    if a.vararg:
        params.append(Param(a.vararg.arg, "several", REQUIRED,
                            ast.unparse(a.vararg.annotation) if a.vararg.annotation else ""))
    for p, default in zip(a.kwonlyargs, a.kw_defaults):
        kind = ast.unparse(p.annotation) if p.annotation else ""
        text = ast.unparse(default) if default else REQUIRED
        if default is None and p.arg in ("generator", "names", "memory_format", "dtype", "out", "layout"):
            text = "None"
        params.append(Param(p.arg, "keyword", text, kind))
    return params


def of_text(text):
    return of_definition(ast.parse(f"def f{text}: pass").body[0])


def stubs(path, klass=None):
    """{name: [parameters of each overload]} of a file of stubs."""
    body = ast.parse((Path(torch.__file__).parent / "_C" / path).read_text()).body
    if klass:
        body = next(node for node in body if isinstance(node, ast.ClassDef) and node.name == klass).body
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, []).append(of_definition(node))
    return found


def of_documentation(name, text):
    """Of the lines `name(...) -> ...` that documentation begins with."""
    found = []
    for line in (text or "").splitlines()[:40]:
        match = re.match(r"\s*(?:[\w.]*\.)?" + re.escape(name) + r"(\(.*?\))\s*(?:->.*)?$", line.replace("\\*", "*"))
        if match:
            try:
                found.append(of_text(match.group(1)))
            except SyntaxError:
                pass
    return found


def classes(module, base, prefix, group, cpp):
    for name in sorted(dir(module)):
        item = getattr(module, name)
        if not inspect.isclass(item) or name.startswith("_") or not issubclass(item, base):
            continue
        python = f"{prefix}.{name}"
        yield [Signature(group, python, f"{cpp}::{name}",
                         of_text(BY_HAND[python]) if python in BY_HAND else of_python(item))]


def functions(module, prefix, group, cpp, native, defined_in=None):
    """Each name with its signatures; `native` are stubs."""
    for name in sorted(dir(module)):
        item = getattr(module, name)
        if name.startswith("_") or inspect.isclass(item) or inspect.ismodule(item) or not callable(item):
            continue
        if type(item).__name__ in ("_SpecialForm", "TypeVar", "_GenericAlias", "_OpNamespace"):
            continue
        if defined_in and getattr(item, "__module__", None) not in defined_in:
            continue
        yield signatures_of(name, item, Signature(group, f"{prefix}.{name}", f"{cpp}::{name}"), native, module)


def signatures_of(name, item, like, native, module=None):
    if module is F and name in DISPATCHED:
        item = getattr(F, DISPATCHED[name])
    found = []
    if like.name in BY_HAND:
        texts = BY_HAND[like.name]
        found = [of_text(text) for text in ([texts] if isinstance(texts, str) else texts)]
    elif inspect.isfunction(item):
        plain = of_python(item)
        found = [plain]
        if [p.kind for p in plain] == ["several"] or not plain:
            found = native.get(name) or of_documentation(name, item.__doc__) or [plain]
    else:
        found = native.get(name) or of_documentation(name, item.__doc__)
        if not found:
            try:
                found = [of_python(item)]
            except (ValueError, TypeError):
                found = []
    for params in found:
        for p in params:
            p.name = p.name.rstrip("_")  # from_, which stands for from
    return [Signature(like.group, like.name, like.cpp, params) for params in widened(found)]


def widened(found):
    """A parameter that may be a Tensor or a number makes two signatures."""
    for params in found:
        both = [i for i, p in enumerate(params) if i and p.type.startswith("Union[Tensor, Number")]
        yield [Param(p.name, p.kind, p.default, "Tensor" if p.type.startswith("Union[Tensor, Number") else p.type)
               for p in params]
        if both:
            yield [Param(p.name, p.kind, p.default, "Number" if i in both else p.type) for i, p in enumerate(params)]


def methods():
    native = stubs("__init__.pyi", "_TensorBase")
    for name in sorted(dir(torch.Tensor)):
        if name.startswith("_"):
            continue
        item = getattr(torch.Tensor, name)
        like = Signature("methods", f"x.{name}", f"taper::Tensor.{name}")
        if callable(item):
            yield [Signature(s.group, s.name, s.cpp, [p for p in s.params if p.name != "self"])
                   for s in signatures_of(name, item, like, native)]
        else:
            like.group = "properties"
            yield [like]


def objects(base, variable, cpp, group):
    """The methods of a class, called on a variable."""
    for name in sorted(dir(base)):
        item = getattr(base, name)
        if name.startswith("_") or not callable(item) or inspect.isclass(item):
            continue
        like = Signature(group, f"{variable}.{name}", f"{cpp}.{name}")
        yield [Signature(s.group, s.name, s.cpp, [p for p in s.params if p.name not in ("self", "args")])
               for s in signatures_of(name, item, like, {})]


def data_and_transforms():
    for module, prefix, group, cpp in ((torch.utils.data, "data", "data", "taper"),
                                       (transforms, "transforms", "transforms", "taper::transforms"),
                                       (datasets, "datasets", "datasets", "taper::datasets")):
        for name in sorted(dir(module)):
            item = getattr(module, name)
            if name.startswith("_") or not (inspect.isclass(item) or inspect.isfunction(item)):
                continue
            try:
                yield [Signature(group, f"{prefix}.{name}", f"{cpp}::{name}", of_python(item))]
            except (ValueError, TypeError):
                yield [Signature(group, f"{prefix}.{name}", f"{cpp}::{name}")]


def inventory():
    """Lists of the signatures of one name each."""
    yield from classes(nn, nn.Module, "nn", "modules", "taper::nn")
    yield from classes(optim, optim.Optimizer, "optim", "optimizers", "taper::optim")
    yield from classes(lr_scheduler, (lr_scheduler._LRScheduler, lr_scheduler.ReduceLROnPlateau,
                                      lr_scheduler.ChainedScheduler), "lr_scheduler", "schedulers",
                       "taper::optim::lr_scheduler")
    native = stubs("_VariableFunctions.pyi")
    yield from functions(F, "F", "functional", "taper::nn::functional", {**native, **stubs("_nn.pyi")},
                         {"torch.nn.functional", None, "torch._C._nn", "torch._jit_internal", "torch"})
    yield from functions(init, "init", "init", "taper::nn::init", {}, {"torch.nn.init"})
    yield from functions(nn.utils, "nn.utils", "utils", "taper::nn::utils", {})
    yield from functions(autograd, "autograd", "autograd", "taper::autograd", {})
    yield from functions(autograd.functional, "autograd.functional", "autograd", "taper::autograd::functional", {},
                         {"torch.autograd.functional"})
    yield from functions(torch.linalg, "linalg", "linalg", "taper::linalg", {})
    yield from functions(nn.utils.rnn, "nn.utils.rnn", "utils", "taper::nn::utils::rnn", {}, {"torch.nn.utils.rnn"})
    yield from functions(torch, "torch", "functions", "taper", native)
    yield from methods()
    yield from objects(nn.Module, "m", "taper::nn::Linear", "module methods")
    yield from objects(optim.Optimizer, "o", "taper::optim::SGD", "optimizer methods")
    yield from objects(lr_scheduler.StepLR, "s", "taper::optim::lr_scheduler::StepLR", "scheduler methods")
    yield from objects(torch.Generator, "g", "taper::Generator", "generator methods")
    yield from data_and_transforms()


if __name__ == "__main__":
    for signatures in inventory():
        for s in signatures or []:
            print(s.group, s.name, ", ".join(
                ("*" if p.kind == "several" else "") + p.name + ("!" if p.kind == "keyword" else "") +
                ("" if p.required else f"={p.default}") for p in s.params))
        if not signatures:
            print("NO SIGNATURE")
