# How the rows of docs/porting.md are shown: blocks.py puts this before what it takes from the page.
import ast
import importlib.util
import sys
import types
import torch

torch.set_num_threads(1)


def at(key):
    print(f"\x1e{key}", flush=True)


def shown(value):
    if value is None or isinstance(value, (bool, str)):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, torch.Size):
        return str(value)
    if type(value) in (tuple, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, tuple):  # torch.return_types
        return ", ".join(map(shown, value))
    if type(value).__name__ in ("odict_keys", "dict_keys", "generator", "odict_values"):
        return shown(list(value))
    return str(value)


if not importlib.util.find_spec("matplotlib"):  # its calls show nothing here
    stub = types.ModuleType("matplotlib.pyplot")
    stub.__getattr__ = lambda name: lambda *args, **kwargs: None
    sys.modules["matplotlib"] = package = types.ModuleType("matplotlib")
    sys.modules["matplotlib.pyplot"] = package.pyplot = stub


def run(work):
    try:
        work()
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


def new_world():
    world = {"__name__": "__main__"}
    exec("import copy, math, os, time, torch, torchvision\n"
         "import matplotlib.pyplot as plt\n"
         "import numpy as np\n"
         "from torch import nn, optim, autograd, linalg, Tensor\n"
         "from torch.nn import functional as F, init\n"
         "from torch.optim import lr_scheduler\n"
         "from collections import OrderedDict\n"
         "from torch.utils.data import ConcatDataset, DataLoader, Subset, TensorDataset, WeightedRandomSampler, random_split\n"
         "from torchvision import datasets, transforms", world)
    return world


def piece(key, code, world, shows):
    """Runs it; where the C++ beside it shows a value, that of its last expression."""
    def work():
        tree = ast.parse(code)
        value = ast.Expression(tree.body.pop().value) if shows else None
        exec(compile(tree, f"porting.md:{key}", "exec"), world)
        if shows:
            print(shown(eval(compile(value, f"porting.md:{key}", "eval"), world)))
    at(key)
    run(work)


