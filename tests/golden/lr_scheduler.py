"""lr_scheduler.json: the rates that schedulers give, step by step, at chosen epochs, and for given losses."""
import torch
from torch import nn
from torch.optim import lr_scheduler

from writing import dumps, write

PLAIN, SGD = 'optim.SGD(p,lr=0.1)', 'optim.SGD(p,lr=0.1,momentum=0.9)'
GROUPS = "optim.SGD([{'params':p,'lr':0.1},{'params':q}],lr=0.2,momentum=0.9)"
FIRST = [  # which stand in optim.json
    (PLAIN, 'S.StepLR(o,5,0.5)'),
    (PLAIN, 'S.ExponentialLR(o,0.9)'),
    (PLAIN, 'S.CosineAnnealingLR(o,8)'),
    (PLAIN, 'S.CosineAnnealingLR(o,10,eta_min=0.01)'),
    (SGD, 'S.OneCycleLR(o,max_lr=0.5,total_steps=21)'),
    ('optim.Adam(p,lr=0.1)', "S.OneCycleLR(o,max_lr=0.5,epochs=7,steps_per_epoch=3,anneal_strategy='linear')"),
    (SGD, 'S.OneCycleLR(o,max_lr=0.5,total_steps=30,three_phase=True,pct_start=0.2)'),
    (PLAIN, 'S.MultiStepLR(o,[3,7],0.1)'),
    (PLAIN, 'S.LinearLR(o,total_iters=6)'),
    (PLAIN, 'S.LambdaLR(o,lambda e:1/(1+e))'),
]
STEPS = [
    (SGD, 'S.ConstantLR(o)'),
    (SGD, 'S.ConstantLR(o,0.5,4)'),
    (SGD, 'S.LinearLR(o,0.5,0.25)'),
    (SGD, 'S.MultiplicativeLR(o,lambda e:0.95)'),
    (SGD, 'S.PolynomialLR(o)'),
    (SGD, 'S.PolynomialLR(o,9,2.0)'),
    (SGD, 'S.CosineAnnealingWarmRestarts(o,3,2)'),
    (SGD, 'S.CosineAnnealingWarmRestarts(o,4,eta_min=0.01)'),
    (SGD, 'S.MultiStepLR(o,[3,3,7],0.5)'),
    (GROUPS, 'S.StepLR(o,3)'),
    (GROUPS, 'S.LambdaLR(o,[lambda e:0.9**e,lambda e:1/(1+e)])'),
    (GROUPS, 'S.OneCycleLR(o,max_lr=[0.5,1.0],total_steps=21,base_momentum=0.8,cycle_momentum=True)'),
    ('optim.Adadelta(p)', 'S.OneCycleLR(o,max_lr=0.5,total_steps=25,cycle_momentum=False)'),
    (SGD, 'S.SequentialLR(o,[S.ConstantLR(o,0.1,2),S.ExponentialLR(o,0.9)],[2])'),
    (SGD, 'S.SequentialLR(o,[S.LinearLR(o,0.1,total_iters=3),S.CosineAnnealingLR(o,6),S.StepLR(o,2)],[3,9])'),
    (SGD, 'S.ChainedScheduler([S.ConstantLR(o,0.1,2),S.ExponentialLR(o,0.9)])'),
    (SGD, 'S.CosineAnnealingLR(o,5)'),
]
PLATEAUS = [
    'S.ReduceLROnPlateau(o,patience=2)',
    "S.ReduceLROnPlateau(o,'max',0.5,patience=1,cooldown=2,min_lr=0.02)",
    "S.ReduceLROnPlateau(o,factor=0.5,patience=0,threshold=0.05,threshold_mode='abs')",
    "S.ReduceLROnPlateau(o,'max',patience=0,threshold_mode='rel',threshold=0.1,eps=1e-3)",
]
EPOCHS = [
    ('S.CosineAnnealingWarmRestarts(o,3,2)', [i * 0.25 for i in range(60)]),
    ('S.CosineAnnealingWarmRestarts(o,4)', [i * 0.3 for i in range(30)]),
    ('S.StepLR(o,3,0.5)', list(range(12))),
    ('S.MultiStepLR(o,[3,7],0.1)', list(range(12))),
    *((expression, list(range(9))) for expression in (
        'S.LinearLR(o)', 'S.PolynomialLR(o)', 'S.CosineAnnealingLR(o,5)', 'S.ConstantLR(o)', 'S.ExponentialLR(o,0.9)')),
]


def made(optimizer, expression):
    p, q = [nn.Parameter(torch.zeros(1))], [nn.Parameter(torch.zeros(1))]
    o = eval(optimizer, {'optim': torch.optim, 'p': p, 'q': q})
    return o, eval(expression, {'S': lr_scheduler, 'o': o})


def all_of(optimizer, setting):
    return [group[setting] for group in optimizer.param_groups]


def momenta(optimizer):
    return [group['betas'][0] if 'betas' in group else group.get('momentum', 0) for group in optimizer.param_groups]


def first(optimizer, expression):
    o, s = made(optimizer, expression)
    lr, momentum = all_of(o, 'lr'), momenta(o)
    for _ in range(getattr(s, 'total_steps', 21) - 1):
        o.step()
        s.step()
        lr += all_of(o, 'lr')
        momentum += momenta(o)
    case = {'kind': 'scheduler', 'optimizer': optimizer, 'expr': expression, 'lr': lr}
    return {**case, 'momentum_or_beta1': momentum} if 'OneCycle' in expression else case


def state_of(scheduler):
    """The state_dict without what JSON cannot hold, and what the constructor makes again."""
    left_out = ('anneal_func', 'mode_worse', '_schedule_phases')
    state = {key: value for key, value in scheduler.state_dict().items() if key not in left_out}
    if '_schedulers' in state:
        state['_schedulers'] = [state_of(nested) for nested in scheduler._schedulers]
    return state


def stepped(optimizer, expression):
    o, s = made(optimizer, expression)
    case = {'optimizer': optimizer, 'expr': expression, 'lr': [all_of(o, 'lr')], 'momentum': [momenta(o)]}
    for k in range(20):
        if k == 5:
            state = state_of(s)
        o.step()
        s.step()
        case['lr'].append(all_of(o, 'lr'))
        case['momentum'].append(momenta(o))
    return {**case, 'state_before_5': state}


def on_a_plateau(expression, metrics):
    o, s = made(SGD, expression)
    case = {'optimizer': SGD, 'expr': expression, 'metrics': metrics, 'lr': []}
    for k, metric in enumerate(metrics):
        if k == 5:
            state = state_of(s)
        o.step()
        s.step(metric)
        case['lr'].append(all_of(o, 'lr'))
    return {**case, 'state_before_5': state}


def sent(expression, epochs):
    o, s = made(SGD, expression)
    case = {'optimizer': SGD, 'expr': expression, 'at': epochs, 'lr': []}
    for epoch in epochs:
        o.step()
        s.step(epoch)
        case['lr'].append(all_of(o, 'lr'))
    return case


def make(folder):
    torch.manual_seed(5)
    metrics = (torch.randint(0, 100, (30,)) / 50).tolist()
    cases = [stepped(*case) for case in STEPS]
    cases += [on_a_plateau(expression, metrics) for expression in PLATEAUS]
    cases += [sent(*case) for case in EPOCHS]
    write(folder, 'lr_scheduler.json', dumps({'torch': torch.__version__, 'cases': cases}))
