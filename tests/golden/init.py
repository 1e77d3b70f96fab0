"""init.json: the first weights of modules, and what torch.nn.init's functions fill in."""
import torch
from torch import nn

from writing import ABOUT, following, state, tensor, write_cases

MODULES = [
    'nn.Linear(3,4)', 'nn.Linear(2,16)', 'nn.Linear(5,3,bias=False)', 'nn.Conv2d(1,2,3)', 'nn.Conv2d(4,6,(2,3),groups=2)',
    'nn.Conv1d(2,3,2)', 'nn.ConvTranspose2d(2,3,2)', 'nn.PReLU()', 'nn.PReLU(3,0.1)', 'nn.BatchNorm1d(3)', 'nn.LayerNorm(3)',
    'nn.Embedding(4,5)', 'nn.Sequential(nn.Linear(4,5),nn.ReLU(),nn.Linear(5,2))']
FUNCTIONS = [
    'nn.init.kaiming_uniform_(w)', "nn.init.kaiming_uniform_(w,nonlinearity='relu')", 'nn.init.kaiming_normal_(w)',
    "nn.init.kaiming_normal_(w,mode='fan_out',nonlinearity='relu')", 'nn.init.kaiming_normal_(w,a=0.2)',
    'nn.init.xavier_uniform_(w)', 'nn.init.xavier_normal_(w)', "nn.init.xavier_uniform_(w,gain=nn.init.calculate_gain('tanh'))",
    'nn.init.uniform_(w,-1,1)', 'nn.init.normal_(w,0,0.02)', 'nn.init.constant_(w,0.3)', 'nn.init.trunc_normal_(w,0,1)',
    'nn.init.eye_(w)']
GAINS = [('linear', None), ('conv2d', None), ('sigmoid', None), ('tanh', None), ('relu', None),
         ('leaky_relu', 0.2), ('selu', None)]


def make(folder):
    cases = []
    for seed in (0, 42):
        for expression in MODULES + FUNCTIONS:
            torch.manual_seed(seed)
            w = torch.empty(6, 5)
            made = eval(expression, {'nn': nn, 'w': w})
            values = state(made) if isinstance(made, nn.Module) else {'w': tensor(w)}
            cases.append({'seed': seed, 'expr': expression, 'state': values, 'next_int64': following()})
    gains = {name: nn.init.calculate_gain(name, slope) for name, slope in GAINS}
    write_cases(folder, 'init.json', {**ABOUT, 'gains': gains}, cases)
