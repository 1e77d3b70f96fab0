"""repr.json and repr_modules.json: how tensors, modules and optimizers print."""
import torch
from torch import nn

from circle import CircleNet
from mnist import MnistNet
from writing import ABOUT, tensor, write_cases

TENSORS = '''
torch.tensor(3.5)
torch.tensor(3)
torch.tensor(True)
torch.tensor(3.0)
torch.tensor(0.0)
torch.tensor(-0.0)
torch.tensor(1e-5)
torch.tensor(123456789.0)
torch.tensor(float('nan'))
torch.tensor([])
torch.tensor([],dtype=torch.int64)
torch.zeros(0,3)
torch.zeros(2,0,dtype=torch.float64)
torch.zeros(3)
torch.ones(2,3)
torch.tensor([1,2,3])
torch.tensor([-1,20,300])
torch.tensor([True,False])
torch.tensor([[True,False],[False,True]])
torch.tensor([1.,2.,3.])
torch.tensor([1.,-2.,1000.])
torch.tensor([1.,2000.])
torch.tensor([1.5,2000.])
torch.tensor([1.,0.,-0.])
torch.tensor([0.1,0.25,-3.75])
torch.tensor([1e-4,0.1])
torch.tensor([9.9e-5,0.05])
torch.tensor([1e-5,1.0])
torch.tensor([1e8,1.0])
torch.tensor([1.00000001e8,1e8])
torch.tensor([100000000.])
torch.tensor([100000008.])
torch.tensor([0.5,600.])
torch.tensor([0.5,400.])
torch.tensor([float('inf'),1.0])
torch.tensor([float('-inf'),1.5])
torch.tensor([float('nan'),1.0,2.0])
torch.tensor([float('nan'),float('inf')])
torch.tensor([float('nan'),1e-6])
torch.tensor([0.99999,1.00001])
torch.tensor([0.00005,0.0001])
torch.tensor([2.5,3.5]).half()
torch.tensor([2.5,3.5]).double()
torch.tensor([1,2],dtype=torch.int32)
torch.tensor([1,2],dtype=torch.uint8)
torch.tensor([1.5,2]).bfloat16()
torch.arange(30)
torch.arange(30.)
torch.arange(12.).reshape(3,4)
torch.arange(12.).reshape(3,4)/7
torch.arange(24).reshape(2,3,4)
torch.arange(16.).reshape(2,2,2,2)
torch.arange(25.)/8
torch.arange(1000)
torch.arange(1001)
torch.arange(1001.)
torch.arange(1001.)/1000
torch.arange(2000.).reshape(1000,2)/7
torch.arange(1200.).reshape(2,600)/64
torch.arange(2048.).reshape(8,16,16)/16
torch.arange(1001).reshape(7,11,13)
torch.arange(5000).reshape(5,1000)
torch.arange(1100.).reshape(1100,1)
torch.arange(1024.).reshape(4,4,64)-500
torch.ones(2,2,requires_grad=True)
torch.ones(3,requires_grad=True)*2
torch.ones(3,requires_grad=True).sum()
torch.ones(3,requires_grad=True).mean()
torch.ones(2,3,requires_grad=True)@torch.ones(3,2)
torch.ones(2,3,requires_grad=True).t()
torch.ones(2,3,requires_grad=True).view(6)
torch.ones(2,3,requires_grad=True)[0]
torch.ones(2,3,requires_grad=True).relu()
torch.ones(2,3,requires_grad=True)+1
torch.ones(2,3,requires_grad=True)-1
torch.ones(2,3,requires_grad=True)/3
-torch.ones(2,3,requires_grad=True)
torch.ones(2,3,requires_grad=True)**2
torch.ones(2,3,requires_grad=True).exp()
torch.ones(2,3,requires_grad=True).log()
torch.ones(2,3,requires_grad=True).sigmoid()
torch.ones(2,3,requires_grad=True).tanh()
torch.ones(2,3,requires_grad=True).softmax(1)
torch.ones(2,3,requires_grad=True).log_softmax(1)
torch.ones(2,3,requires_grad=True).abs()
torch.ones(2,3,requires_grad=True).clamp(0,1)
torch.ones(2,3,requires_grad=True).max()
torch.ones(2,3,requires_grad=True).sum(1)
torch.ones(2,3,requires_grad=True).unsqueeze(0)
torch.ones(2,3,requires_grad=True).flip(0)
torch.ones(2,3,requires_grad=True).permute(1,0)
torch.cat([torch.ones(2,requires_grad=True),torch.ones(1)])
torch.stack([torch.ones(2,requires_grad=True),torch.ones(2)])
torch.nn.functional.linear(torch.ones(2,3),torch.ones(2,3,requires_grad=True),torch.ones(2))
torch.nn.functional.leaky_relu(torch.ones(2,requires_grad=True),0.1)
torch.nn.functional.elu(torch.ones(2,requires_grad=True))
torch.nn.functional.gelu(torch.ones(2,requires_grad=True))
torch.nn.functional.silu(torch.ones(2,requires_grad=True))
torch.nn.functional.softplus(torch.ones(2,requires_grad=True))
torch.nn.functional.mse_loss(torch.ones(2,requires_grad=True),torch.zeros(2))
torch.nn.functional.binary_cross_entropy(torch.full((2,),0.5,requires_grad=True),torch.zeros(2))
torch.nn.functional.cross_entropy(torch.ones(2,3,requires_grad=True),torch.tensor([0,1]))
torch.nn.functional.conv2d(torch.ones(1,1,3,3),torch.ones(1,1,2,2,requires_grad=True))
torch.nn.functional.max_pool2d(torch.ones(1,1,2,2,requires_grad=True),2)
torch.arange(40.,requires_grad=True)/3
torch.ones(20,requires_grad=True)+0.25
torch.arange(7.,dtype=torch.float64,requires_grad=True)*1.5
torch.nn.Parameter(torch.tensor([1.,2.]))
'''.split()
MODULES = '''
nn.Linear(2,3)
nn.Linear(2,3,bias=False)
nn.ReLU()
nn.LeakyReLU(0.01)
nn.PReLU()
nn.ELU()
nn.SELU()
nn.CELU(1.3)
nn.GELU()
nn.SiLU()
nn.Mish()
nn.Softplus()
nn.Hardtanh()
nn.ReLU6()
nn.Softsign()
nn.LogSigmoid()
nn.Hardswish()
nn.Tanh()
nn.Sigmoid()
nn.RReLU()
nn.Softmax(dim=1)
nn.LogSoftmax(dim=1)
nn.Flatten()
nn.Dropout()
nn.Dropout(0.2)
nn.Dropout2d()
nn.Conv2d(1,8,3)
nn.Conv2d(1,8,3,stride=2,padding=1,dilation=2,groups=1,bias=False)
nn.MaxPool2d(2)
nn.AvgPool2d(2)
nn.AdaptiveAvgPool2d(1)
nn.BatchNorm1d(4)
nn.BatchNorm2d(4)
nn.LayerNorm(4)
nn.Embedding(10,3)
nn.Identity()
nn.Sequential(nn.Linear(2,3),nn.ReLU(),nn.Sequential(nn.Linear(3,1),nn.Sigmoid()))
nn.Sequential(nn.Linear(2,3),nn.ReLU(inplace=True))
MnistNet()
CircleNet(nn.LeakyReLU(0.01))
nn.CrossEntropyLoss()
nn.BCELoss()
nn.MSELoss()
nn.ModuleList([nn.Linear(1,1)])
torch.optim.SGD(nn.Linear(2,3).parameters(),lr=0.1)
torch.optim.Adam(nn.Linear(2,3).parameters(),lr=0.001)
torch.optim.AdamW(nn.Linear(2,3).parameters())
torch.optim.RMSprop(nn.Linear(2,3).parameters())
'''.split()


def printed(expression):
    t = eval(expression)
    case = {'expr': expression, 'dtype': str(t.dtype).split('.')[1], 'shape': list(t.shape), 'repr': repr(t)}
    if t.numel() <= 64:
        case['data'] = tensor(t.float() if t.dtype in (torch.half, torch.bfloat16) else t)['data']
    return case


def make(folder):
    write_cases(folder, 'repr.json', ABOUT, [printed(expression) for expression in TENSORS])
    modules = [{'expr': expression, 'repr': repr(eval(expression))} for expression in MODULES]
    write_cases(folder, 'repr_modules.json', ABOUT, modules)
