"""images.json: what PyTorch gives for convolutions, poolings and normalisations, with their gradients. The inputs are
not kept, but made by `values` here and in tests/images.h."""
import torch
import torch.nn.functional as F

from writing import dumps, write


def values(shape, seed):
    n = torch.Size(shape).numel()
    order = torch.arange(n, dtype=torch.float64)
    return (((order * 37 + seed * 11) % 29 - 14) / 8).float().reshape(shape)


X, W, B = (2, 4, 5, 5), (6, 4, 3, 2), (6,)
CASES = [
    # expression, shapes of x, w, b
    ('F.conv2d(x,w,b)', X, W, B),
    ('F.conv2d(x,w,b,2,1)', X, W, B),
    ('F.conv2d(x,w,b,stride=(2,3),padding=(2,1),dilation=(1,2))', X, W, B),
    ("F.conv2d(x,w,b,padding='same',dilation=(1,2))", X, W, B),
    ("F.conv2d(x,w,None,padding='valid')", X, W, None),
    ('F.conv2d(x,w,b,padding=1,groups=2)', X, (6, 2, 3, 3), B),
    ('F.conv2d(x,w,b,padding=1,groups=4)', X, (8, 1, 3, 3), (8,)),
    ('F.conv2d(x,w)', (1, 4, 3, 5), (2, 4, 1, 1), None),
    ('F.conv2d(x,w,b,padding=2)', (4, 5, 5), W, B),
    ('F.conv2d(x,w,padding=(3,4))', (1, 1, 2, 1), (1, 1, 5, 6), None),
    ('F.conv1d(x,w,b,stride=2,padding=2,dilation=2)', (3, 4, 9), (2, 4, 3), (2,)),
    ("F.conv1d(x,w,b,padding='same')", (4, 9), (2, 4, 4), (2,)),
    ('F.conv_transpose2d(x,w,b)', X, (4, 3, 3, 2), (3,)),
    ('F.conv_transpose2d(x,w,b,stride=(3,2),padding=(1,2),output_padding=(2,1))', X, (4, 3, 3, 2), (3,)),
    ('F.conv_transpose2d(x,w,b,2,1,1,2,2)', X, (4, 3, 3, 2), (6,)),
    ('F.conv_transpose1d(x,w,b,stride=2,padding=1)', (2, 4, 5), (4, 3, 4), (3,)),
    ('F.max_pool2d(x,2)', X, None, None),
    ('F.max_pool2d(x,3,stride=1,padding=1)', X, None, None),
    ('F.max_pool2d(x,(3,2),stride=(2,3),padding=(1,0),dilation=(2,1),ceil_mode=True)', X, None, None),
    ('F.max_pool2d(x,2,ceil_mode=True)', (3, 5, 5), None, None),
    ('F.max_pool1d(x,3,stride=2,padding=1)', (2, 3, 8), None, None),
    ('F.max_pool1d(x,2)', (3, 8), None, None),
    ('F.avg_pool2d(x,2)', X, None, None),
    ('F.avg_pool2d(x,3,stride=2,padding=1)', X, None, None),
    ('F.avg_pool2d(x,3,stride=2,padding=1,ceil_mode=True,count_include_pad=False)', X, None, None),
    ('F.avg_pool2d(x,(2,3),stride=(3,2),padding=(1,1),ceil_mode=True)', X, None, None),
    ('F.avg_pool2d(x,2,divisor_override=3)', (4, 5, 5), None, None),
    ('F.avg_pool1d(x,3,stride=2,padding=1)', (2, 3, 8), None, None),
    ('F.adaptive_avg_pool2d(x,(3,4))', X, None, None),
    ('F.adaptive_avg_pool2d(x,1)', X, None, None),
    ('F.adaptive_avg_pool2d(x,(7,2))', X, None, None),
    ('F.adaptive_avg_pool1d(x,3)', (2, 3, 8), None, None),
    ('F.adaptive_max_pool2d(x,(3,4))', X, None, None),
    ('F.batch_norm(x,None,None,w,b,training=True)', X, (4,), (4,)),
    ('F.batch_norm(x,None,None,training=True,eps=0.1)', (5, 3), None, None),
    ('F.batch_norm(x,None,None,w,b,training=True)', (3, 2, 7, 5), (2,), (2,)),
    ('F.layer_norm(x,(5,),w,b)', X, (5,), (5,)),
    ('F.layer_norm(x,(5,5),w,b,1e-2)', X, (5, 5), (5, 5)),
    ('F.layer_norm(x,(2,3))', (4, 2, 3), None, None),
    ('F.group_norm(x,2,w,b)', X, (4,), (4,)),
    ('F.group_norm(x,1)', (3, 4), None, None),
    ('F.instance_norm(x,weight=w,bias=b)', X, (4,), (4,)),
    ('F.instance_norm(x)', (2, 3, 8), None, None),
]


def flat(t):
    return [float(f'{v:.8g}') for v in t.detach().flatten().tolist()]


def case(expression, *shapes):
    names = [(name, shape) for name, shape in zip('xwb', shapes) if shape is not None]
    inputs = {name: values(shape, seed).requires_grad_() for seed, (name, shape) in enumerate(names)}
    out = eval(expression, {'F': F}, dict(inputs))
    out.backward(values(out.shape, 7))
    return {'expr': expression, 'in': {name: list(shape) for name, shape in names}, 'shape': list(out.shape),
            'out': flat(out), 'grad': {name: flat(t.grad) for name, t in inputs.items()}}


def make(folder):
    cases = ',\n'.join(dumps(case(*c)) for c in CASES)
    write(folder, 'images.json', '{"torch":"%s","cases":[\n%s\n]}\n' % (torch.__version__, cases))
