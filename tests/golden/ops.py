"""ops.json: ops, activations and losses, with their gradients."""
import torch
import torch.nn.functional as F

from ops_cases import SECTIONS
from writing import ABOUT, rounded, tensor, write_cases

LAYOUT = ('expr is evaluated with the inputs in "in"; gout holds the gradient fed to each output (null: none); grad holds '
          'what arrives at each input; after = buffers changed in place; seed = manual_seed just before expr')


def gradients(outs, seed):
    """Feeds random gradients to the outputs that take one."""
    total, fed = 0, []
    for j, out in enumerate(outs):
        grad = rounded(seed + j, *out.shape, lo=-1, hi=1) if out.requires_grad else None
        fed.append(None if grad is None else tensor(grad))
        if grad is not None:
            total = total + (out * grad).sum()
    total.backward()
    return fed


def op_case(place, name, expression, /, nograd=(), after=(), seed=None, **inputs):
    case = {'name': name, 'expr': expression, 'in': {key: tensor(value) for key, value in inputs.items()}}
    given = {key: value.clone() for key, value in inputs.items()}
    for key, value in given.items():
        value.requires_grad_(value.is_floating_point() and key not in nograd)
    if seed is not None:
        case['seed'] = seed
        torch.manual_seed(seed)
    result = eval(expression, {'torch': torch, 'F': F, **given})
    outs = result if isinstance(result, (tuple, list)) else [result]
    case['out'] = [tensor(out) for out in outs]
    if after:
        case['after'] = {key: tensor(given[key]) for key in after}
    if any(out.requires_grad for out in outs):
        case['gout'] = gradients(outs, 1000 + 7 * place)
        case['grad'] = {key: tensor(value.grad) for key, value in given.items() if value.grad is not None}
    return case


def make(folder):
    cases = []
    for section in SECTIONS:
        section(lambda *what, **inputs: cases.append(op_case(len(cases), *what, **inputs)))
    write_cases(folder, 'ops.json', {**ABOUT, 'layout': LAYOUT}, cases)
