#!/usr/bin/env python3
"""What of PyTorch exists in Taper, as docs/porting.md lists it.

    exists.py check BUILD COMPILER      whether the page says what the compiler says
    exists.py rewrite BUILD COMPILER    makes the page say so
    exists.py names                     makes names.txt anew, from PyTorch
    exists.py check-names               whether names.txt says what PyTorch says

BUILD is a folder where Taper was configured: BUILD/include. names.txt has the documented names of PyTorch 1.13, one a line:
its group, Python's name, and the C++ name whose declaration it would be."""
import collections
import re
import sys
import tempfile
from pathlib import Path

import page

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "live"))
import sweep_cpp

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs/porting.md"
NAMES = HERE / "names.txt"
# What has another name here, and what stands before it where the compiler is asked.
SPELLED_WORLD = "auto x = torch::ones(2, 2); nn::Linear m(2, 2); float memory[6] = {}; " \
    "torch::Device device; torch::DType dtype{}; "
SPELLED = {
    "x.float": "x.to(torch::float32)", "x.double": "x.to(torch::float64)", "x.long": "x.to(torch::int64)",
    "x.int": "x.to(torch::int32)", "x.bool": "x.to(torch::bool_)", "x.byte": "x.to(torch::uint8)", "x.char": "x.to(torch::int8)", "x.short": "x.to(torch::int16)",
    "x.type": "x.to(dtype)", "x.numpy": "x.data_ptr<float>()", "x.nelement": "x.numel()",
    "x.ndimension": "x.ndim()", "x.is_nonzero": "bool(x.any())", "x.cuda": "x.to(device)",
    "m.float": "m.to(torch::float32)", "m.double": "m.to(torch::float64)", "m.forward": "m(x)", "m.cuda": "m.to(device)",
    "torch.frombuffer": "torch::from_blob(memory, {6})",
    "torch.as_tensor": "torch::tensor({1, 2})", "torch.asarray": "torch::tensor({1, 2})", "torch.numel": "x.numel()",
    "torch.is_tensor": "x.defined()", "torch.is_floating_point": "x.is_floating_point()",
    "torch.no_grad": "torch::NoGradGuard()", "torch.enable_grad": "torch::EnableGradGuard()",
    "torch.inference_mode": "torch::InferenceMode()", "torch.device": "torch::Device(\"cpu\")",
    "torch.Size": "torch::Shape{2, 3}", "torch.dtype": "torch::DType()", "torch.concatenate": "torch::cat({x, x})",
    "torch.row_stack": "torch::vstack({x, x})",
}
NOT_THAT = {"torch.inference_mode"}  # something else has this name here
for names, spelled in {"greater": "x > x", "greater_equal": "x >= x", "less": "x < x", "less_equal": "x <= x",
                       "not_equal": "x != x", "multiply": "x * x", "divide": "x / x", "true_divide": "x / x",
                       "subtract": "x - x", "negative": "-x", "absolute": "x.abs()", "arccos": "x.acos()",
                       "arcsin": "x.asin()", "arctan": "x.atan()", "arctan2": "x.atan2(x)", "fix": "x.trunc()",
                       "ravel": "x.flatten()", "swapdims": "x.swapaxes(0, 1)", "ger": "x[0].outer(x[0])"}.items():
    SPELLED[f"torch.{names}"] = SPELLED[f"x.{names}"] = spelled
# What is left out, by the reason; the rest of what does not exist is missing.
LEFT_OUT = {reason: re.compile(rf"^(?:{names})$") for reason, names in {
    "complex numbers": r"(torch|x)\.(adjoint|angle|complex|conj|conj_physical_?|imag|is_complex|is_conj|is_neg|polar|real|"
                       r"resolve_conj|resolve_neg|view_as_complex|view_as_real|cdouble|cfloat|chalf|H|mH)",
    "Fourier transforms": r"fft\..*|(torch|x)\.(i?stft)|torch\.\w+_window",
    "sparse tensors": r"x\.(coalesce|\w*_indices|indices|values|dense_dim|is_coalesced|is_sparse|layout|sparse_\w+|to_dense|"
                      r"to_sparse\w*|to_padded_tensor|is_nested)",
    "quantised tensors": r"x\.(int_repr|q_\w+|qscheme|dequantize)|.*quanti[sz]ed.*",
    "names of dims": r"x\.(align_as|align_to|has_names|names|refine_names|rename_?)",
    "factorisations and distributions":
        r"linalg\..*|distributions\..*|(torch|x)\.(cholesky\w*|det|geqrf|inverse|lobpcg|logdet|lu\w*|matrix_exp|orgqr|ormqr|"
        r"pca_lowrank|pinverse|qr|slogdet|svd\w*|symeig|triangular_solve|lstsq|eig)",
    "other devices and processes": r"(x|m)\.(get_device|is_meta|is_mps|is_pinned|is_shared|pin_memory|record_stream|"
                                   r"share_memory_?|to_empty)|nn\.(DataParallel|SyncBatchNorm)|data\.DistributedSampler|"
                                   r".*memory_format",
    "Python's own": r"(torch|x)\.(apply_|map_|as_subclass|from_dlpack|to_dlpack|storage\w*|volatile|output_nr|name|set_|"
                    r"is_set_to)",
    "switches that change nothing here": r"torch\.(are_deterministic\w*|get_deterministic\w*|is_deterministic\w*|"
                                         r"set_deterministic\w*|use_deterministic\w*|[gs]et_float32_matmul_precision|"
                                         r"[gs]et_num_interop_threads|set_default_tensor_type)",
    "old names that PyTorch warns of": r"init\.\w+[^_]|nn\.utils\.clip_grad_norm|m\.register_backward_hook|"
                                       r"F\.upsample(_nearest|_bilinear)?|s\.print_lr|data\.DataLoader2",
    "torchvision's models, sets and transforms of other pictures": r"(datasets|transforms|torchvision)\..*",
}.items()}
GROUPS = {  # in the order of the page
    "functions": "torch", "methods": "methods of Tensor", "properties": "attributes of Tensor", "modules": "torch.nn",
    "module methods": "methods of nn.Module", "functional": "torch.nn.functional", "init": "torch.nn.init",
    "utils": "torch.nn.utils", "optimizers": "torch.optim", "optimizer methods": "methods of optim.Optimizer",
    "schedulers": "torch.optim.lr_scheduler", "scheduler methods": "methods of schedulers",
    "autograd": "torch.autograd", "linalg": "torch.linalg", "special": "torch.special", "fft": "torch.fft",
    "distributions": "torch.distributions", "data": "torch.utils.data", "generator methods": "methods of Generator",
    "transforms": "torchvision.transforms", "datasets": "torchvision.datasets", "vision": "torchvision.utils and io",
}


# ---- the names, from PyTorch

def more():
    """Groups that the sweep has no calls of: (group, Python's name, C++'s, item)."""
    import torch
    import torchvision
    for group, module, python, cpp in (
            ("special", torch.special, "special", "taper::special"), ("fft", torch.fft, "fft", "taper::fft"),
            ("distributions", torch.distributions, "distributions", "taper::distributions"),
            ("vision", torchvision.utils, "torchvision.utils", "taper"), ("vision", torchvision.io, "torchvision.io", "taper")):
        listed = getattr(module, "__all__", None) or [name for name in dir(module) if not name.startswith("_")]
        for name in sorted(name for name in listed if not name.startswith("_")):
            item = getattr(module, name, None)
            if callable(item):
                yield group, f"{python}.{name}", f"{cpp}::{name}", item
    for name in ("Tensor", "Generator", "Size", "device", "dtype", "no_grad", "enable_grad", "inference_mode",
                 "set_grad_enabled"):
        yield "functions", f"torch.{name}", f"taper::{name}", getattr(torch, name)
    yield "functions", "torch.save", "taper::save", torch.save
    yield "modules", "nn.Parameter", "taper::nn::Parameter", torch.nn.Parameter
    yield "autograd", "autograd.Function", "taper::autograd::Function", torch.autograd.Function
    yield "autograd", "autograd.set_detect_anomaly", "taper::autograd::set_detect_anomaly", \
        torch.autograd.set_detect_anomaly


# What stands among the public names and is none for programs.
NO_NAME = re.compile(r"\.(Callable|List|Set|Sequence|Tuple|cast|bind|invert_permutation|fork|wait|handle_torch_function|"
                     r"is_tensor_like|kineto_available|variable|DataChunk|functional_datapipe|argument_validation|is_storage|"
                     r"runtime_validation\w*|non_deterministic|guaranteed_\w*|assert_int_or_pair|boolean_dispatch)$|"
                     r"fbgemm|cudnn|mkldnn|miopen|quantize|_copy$|parse_|import_ir|vital|unify_type|merge_type|init_num_threads|"
                     r"compiled_with|DataPipe|reinforce|dsmm|sspaddmm|hspmm|\.smm|unsafe_|_ipu|_xpu|\.ipu|\.xpu|_ort$|_vulkan")


def names():
    """The lines of names.txt."""
    import sweep_signatures
    import torch

    roots = {"x": torch.Tensor, "m": torch.nn.Module, "o": torch.optim.Optimizer, "torch": torch, "nn": torch.nn,
             "s": torch.optim.lr_scheduler.StepLR, "g": torch.Generator, "F": torch.nn.functional}
    lines = {}
    for signatures in sweep_signatures.inventory():
        for signature in (signatures or [])[:1]:
            root, _, rest = signature.name.rpartition(".")
            item = getattr(roots[root], rest, None) if root in roots else None
            if root in roots and not getattr(item, "__doc__", None) and signature.group != "properties":
                continue  # not documented
            if NO_NAME.search(signature.name):
                continue
            lines[signature.name] = f"{signature.group}\t{signature.name}\t{signature.cpp}"
    for group, python, cpp, item in more():
        if getattr(item, "__doc__", None):
            lines[python] = f"{group}\t{python}\t{cpp}"
    order = list(GROUPS)
    return sorted(lines.values(), key=lambda line: (order.index(line.split("\t")[0]), line))


# ---- what the compiler says

def builder(build, folder, compiler):
    made = sweep_cpp.Builder(build, folder, compiler, 1)
    made.include = ["-include", HERE.parent / "live/sweep.h"]
    return made


def table(build, compiler):
    """The lines of the page between its marks."""
    known = [line.split("\t") for line in NAMES.read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        existing = builder(build, folder, compiler).existing(sorted({cpp for _, _, cpp in known}))
    groups = {group: ([], [], [], collections.defaultdict(list)) for group in GROUPS}
    for group, python, cpp in known:
        name = python.split(".", 1)[1] if group in ("functions", "methods", "properties", "module methods") else python
        if cpp in existing and python not in NOT_THAT:
            groups[group][0].append(f"`{name}`")
        elif python in SPELLED:
            groups[group][1].append(f"`{name}` → `{SPELLED[python]}`")
        else:
            why = next((reason for reason, names in LEFT_OUT.items() if names.match(python)), None)
            (groups[group][3][why] if why else groups[group][2]).append(f"`{name}`")
    lines = ["| | exist | are left out | are missing |", "|---|---|---|---|"]
    for group, (here, spelled, missing, left_out) in groups.items():
        lines.append(f"| {GROUPS[group]} | {len(here) + len(spelled)} | {sum(map(len, left_out.values()))} | {len(missing)} |")
    for group, (here, spelled, missing, left_out) in groups.items():
        lines += ["", f"<details><summary>{GROUPS[group]}</summary>", ""]
        parts = [("Exist", here), ("Spelled otherwise", spelled), ("Missing", missing)]
        for what, found in parts + [(f"Left out ({reason})", found) for reason, found in left_out.items()]:
            if found:
                lines += wrapped(f"**{what}**: " + ", ".join(found)) + [""]
        lines += ["</details>"]
    return lines


def wrapped(text):
    import textwrap
    return textwrap.wrap(text, 120, break_long_words=False, break_on_hyphens=False)


def parted(text):
    before, rest = text.split("<!-- exists -->\n")
    return before, *rest.split("<!-- /exists -->")


def compiling(build, compiler):
    """Of the table of what does not compile: the rows that do. Of what is spelled otherwise: what does not."""
    rows = [page.spans(page.cells(line)[0])[0] for line in PAGE.read_text().split("| does not compile |")[1]
            .split("\n\n")[0].splitlines()[2:]]
    lines = [f"void f{i}() {{ {page.REFUSED_WORLD} {row} }}" for i, row in enumerate(rows)]
    lines += [f"void g{i}() {{ {SPELLED_WORLD} (void)({code}); }}" for i, code in enumerate(SPELLED.values())]
    with tempfile.TemporaryDirectory() as folder:
        made = builder(build, folder, compiler)
        if not made.clang:  # as CMake's target taper::taper has it
            made.flags = [flag for flag in made.flags if flag != "-w"] + ["-Werror=comma-subscript"]
        source = made.folder / "refused.cpp"
        source.write_text("\n".join(lines))
        refused = made.errors(source, "-fsyntax-only")
    return [row for i, row in enumerate(rows) if i + 1 not in refused], \
        [code for i, code in enumerate(SPELLED.values()) if len(rows) + i + 1 in refused]


def check(build, compiler):
    wrong = 0
    if "\n".join(table(build, compiler)).strip() != parted(PAGE.read_text())[1].strip():
        wrong = 1
        print("docs/porting.md does not list what exists: write it anew by\n"
              f"    python3 tests/porting/exists.py rewrite {build} {compiler}")
    compile, refused = compiling(build, compiler)
    for row in compile:
        print(f"docs/porting.md says that this does not compile, and it does: {row}")
    for code in refused:
        print(f"exists.py says that this exists, and it does not compile: {code}")
    return 1 if wrong or compile or refused else 0


def rewrite(build, compiler):
    before, _, after = parted(PAGE.read_text())
    PAGE.write_text(before + "<!-- exists -->\n\n" + "\n".join(table(build, compiler)) + "\n\n<!-- /exists -->" + after)


def check_names():
    try:
        import torch
        import torchvision
    except ImportError as error:
        print(f"skipped: {error}")
        return 0
    if not torch.__version__.startswith("1.13"):
        print(f"skipped: names.txt has the names of PyTorch 1.13, and this is {torch.__version__}")
        return 0
    if "\n".join(names()) + "\n" == NAMES.read_text():
        return 0
    print("names.txt is not what PyTorch says: python3 tests/porting/exists.py names")
    return 1


def main(what, *rest):
    if what == "names":
        return NAMES.write_text("\n".join(names()) + "\n") * 0
    return {"check": check, "rewrite": rewrite, "check-names": check_names}[what](*rest)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
