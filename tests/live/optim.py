"""What PyTorch's optimizers and schedulers do: python3 optim.py CASES.json OUT.json

A case of live_optim_test.cpp is a line that makes an optimizer of the parameters p, one that makes a scheduler of the
optimizer o, or none, and a seed, of which weights and gradients are drawn on both sides alike."""
import json
import math
import sys

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.optim import lr_scheduler, swa_utils

torch.set_num_threads(1)
SHAPES = ((12,), (5,), ())


def numbers(value):
    """A tensor's, with texts for what JSON has not."""
    if isinstance(value, list):
        return [numbers(item) for item in value]
    return value if math.isfinite(value) else "nan" if math.isnan(value) else "inf"


def plain(value):
    if torch.is_tensor(value):
        return {"tensor": numbers(value.tolist()), "dtype": str(value.dtype).split(".")[1]}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if isinstance(value, (int, str)) or isinstance(value, float) and math.isfinite(value) else None


def make(case, p, **more):
    return eval(case["optimizer"], {"optim": optim, "p": p, **more})


def steps(case):
    """The weights after each step, the rates before it; half way the state moves to another optimizer."""
    torch.manual_seed(case["seed"])
    dtype = getattr(torch, case["dtype"])
    p = [nn.Parameter(torch.randn(shape, dtype=dtype)) for shape in SHAPES]
    o = make(case, p)
    s = eval(case["scheduler"], {"lr_scheduler": lr_scheduler, "swa_utils": swa_utils, "o": o}) if case["scheduler"] else None
    result = {"weights": [], "rates": [], "momenta": []}
    for k in range(case["steps"]):
        for i, w in enumerate(p):
            w.grad = torch.randn(w.shape, dtype=dtype)
            w.grad *= torch.rand(w.shape) < 0.8
            if (k + i) % 4 == 3:
                w.grad = None
        o.step()
        if s:
            s.step(case["metrics"][k]) if case["metrics"] else s.step()
        result["weights"].append([numbers(w.tolist()) for w in p])
        result["rates"].append([group["lr"] for group in o.param_groups])
        result["momenta"].append([group.get("momentum", 0) for group in o.param_groups])
        if k == 3 and not s:
            result |= {"text": repr(o), "state": plain(o.state_dict()), "defaults": plain(o.defaults)}
            result["of_first"] = plain(o.state[p[0]])
            if not (isinstance(o, optim.NAdam) and dtype == torch.float64):
                other = make(case, p)
                other.load_state_dict(o.state_dict())
                o = other
    if s:
        result["scheduler_state"] = plain(s.state_dict())
    return result


def rosenbrock(x):
    a, b = x[1:], x[:-1]
    r = torch.cat([10 * (a - b.pow(2)), 1 - b])
    return r.dot(r)


def searches(case):
    """The losses of every evaluation that LBFGS makes, and what it returns and remembers."""
    torch.manual_seed(case["seed"])
    dtype = getattr(torch, case["dtype"])
    if case["problem"] == "valley":
        p = [nn.Parameter(torch.randn(4, dtype=dtype)), nn.Parameter(torch.randn(3, dtype=dtype))]

        def loss_of():
            return rosenbrock(torch.cat(p))
    else:
        p = [nn.Parameter(torch.randn(4, 6, dtype=dtype)), nn.Parameter(torch.randn(6, dtype=dtype)), nn.Parameter(torch.randn(6, dtype=dtype))]
        X, y = torch.randn(10, 4, dtype=dtype), torch.randn(10, dtype=dtype)

        def loss_of():
            return F.mse_loss(torch.tanh(X @ p[0] + p[1]) @ p[2], y)
    o = make(case, p)
    losses, returned = [], []

    def closure():
        o.zero_grad()
        loss = loss_of()
        loss.backward()
        losses.append(loss.item())
        return loss

    for k in range(case["steps"]):
        returned.append(o.step(closure).item())
        if k == 1:
            other = make(case, p)
            other.load_state_dict(o.state_dict())
            o = other
    return {"losses": losses, "returned": returned, "weights": [numbers(w.tolist()) for w in p], "state": plain(o.state_dict()), "text": repr(o)}


def refusal(case):
    p = [nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))]
    for w in p:
        w.grad = torch.ones(2)
    o = None
    try:
        o = make(case, p, torch=torch)
        exec(case["then"], {"o": o, "p": p, "optim": optim, "lr_scheduler": lr_scheduler, "swa_utils": swa_utils})
    except Exception as error:
        return str(error).strip("'\"")
    return "no error"


with open(sys.argv[1]) as file:
    cases = json.load(file)
with open(sys.argv[2], "w") as out:
    json.dump([{"steps": steps, "searches": searches, "refusal": refusal}[case["kind"]](case) for case in cases], out)
