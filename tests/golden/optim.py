"""optim.json and optim_more.json: the optimizers' weights after each step; the schedulers' rates are lr_scheduler.py's."""
import torch
from torch import nn

import lr_scheduler
from writing import ABOUT, dumps, rounded, shortest, tensor, write, write_cases

LAYOUT = 'optimizer: weights[k] after step k with grads[k]; scheduler: lr before step k, in double'
OPTIMIZERS = [
    'optim.SGD(p,lr=0.1)',
    'optim.SGD(p,lr=0.1,momentum=0.9)',
    'optim.SGD(p,lr=0.1,momentum=0.9,nesterov=True)',
    'optim.SGD(p,lr=0.1,momentum=0.9,dampening=0.5,weight_decay=0.01)',
    'optim.SGD(p,lr=0.1,weight_decay=0.1)',
    'optim.Adam(p,lr=0.01)',
    'optim.Adam(p)',
    'optim.Adam(p,lr=0.01,betas=(0.8,0.99),eps=1e-3,weight_decay=0.1)',
    'optim.Adam(p,lr=0.05,amsgrad=True)',
    'optim.AdamW(p,lr=0.01)',
    'optim.AdamW(p,lr=0.01,weight_decay=0.2,amsgrad=True)',
    'optim.RMSprop(p)',
    'optim.RMSprop(p,lr=0.05,alpha=0.9,momentum=0.8,weight_decay=0.01)',
    'optim.RMSprop(p,lr=0.05,centered=True)',
    'optim.Adagrad(p,lr=0.1)',
]
MORE = [
    'optim.SGD(p,lr=0.1,momentum=0.9,weight_decay=0.01,nesterov=True,maximize=True)',
    'optim.Adam(p,lr=0.01,weight_decay=0.1,amsgrad=True,maximize=True)',
    'optim.AdamW(p,lr=0.01,maximize=True)',
    'optim.NAdam(p)',
    'optim.NAdam(p,lr=0.01,betas=(0.8,0.99),weight_decay=0.1,momentum_decay=0.1)',
    'optim.RAdam(p)',
    'optim.RAdam(p,lr=0.01,betas=(0.8,0.9),weight_decay=0.1)',
    'optim.Adamax(p)',
    'optim.Adamax(p,lr=0.01,weight_decay=0.1,maximize=True)',
    'optim.RMSprop(p,lr=0.05,momentum=0.8,centered=True,maximize=True)',
    'optim.Adagrad(p,lr=0.1,lr_decay=0.1,weight_decay=0.1,initial_accumulator_value=0.5)',
    'optim.Adadelta(p)',
    'optim.Adadelta(p,lr=0.5,rho=0.8,eps=1e-3,weight_decay=0.1,maximize=True)',
]


def steps(expression):
    w = rounded(500, 6)
    p = nn.Parameter(w.clone())
    optimizer = eval(expression, {'optim': torch.optim, 'p': [p]})
    grads, weights = [], []
    for k in range(12):
        p.grad = rounded(501 + k, 6, lo=-1, hi=1)
        if k == 4:
            p.grad[0] = 0
        grads.append(tensor(p.grad)['data'])
        optimizer.step()
        weights.append(tensor(p)['data'])
    return {'kind': 'optimizer', 'expr': expression, 'w0': tensor(w)['data'], 'grads': grads, 'weights': weights}


def plain(value):
    """A state_dict for JSON, with a tensor as tests/json_value.h reads it."""
    if torch.is_tensor(value):
        return {'tensor': numbers(value), 'dtype': str(value.dtype).split('.')[1]}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def numbers(t):
    values = t.tolist()
    if t.dtype == torch.float64:
        return values
    return [shortest(x) for x in values] if t.dim() else shortest(values)


def more_steps(expression, dtype):
    """Of both dtypes, with weights and gradients out of PyTorch's generator, and the state after the fourth step."""
    def draw(bound):
        return torch.randint(-bound, bound, (19,)).to(dtype) / 100

    p = nn.Parameter(draw(200))
    case = {'kind': 'optimizer', 'dtype': str(dtype).split('.')[1], 'expr': expression, 'text': None, 'state_after_4': None,
            'w0': numbers(p), 'grads': [], 'weights': []}
    optimizer = eval(expression, {'optim': torch.optim, 'p': [p]})
    for k in range(7):
        p.grad = draw(100)
        optimizer.step()
        case['grads'].append(numbers(p.grad))
        case['weights'].append(numbers(p))
        if k == 3:
            case.update(text=repr(optimizer), state_after_4=plain(optimizer.state_dict()))
    return case


def make(folder):
    rates = [lr_scheduler.first(*case) for case in lr_scheduler.FIRST]
    write_cases(folder, 'optim.json', {**ABOUT, 'layout': LAYOUT}, [steps(expression) for expression in OPTIMIZERS] + rates)
    torch.manual_seed(7)
    more = [more_steps(expression, dtype) for expression in MORE for dtype in (torch.float32, torch.float64)]
    write(folder, 'optim_more.json', dumps({'torch': torch.__version__, 'cases': more}))
