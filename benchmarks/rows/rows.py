"""PyTorch's side of the rows in this folder, under the same names: ops.cpp, layers.cpp and training.cpp say what each
is. Reads the name of a row from a line of standard input, measures it, and answers with a line of JSON."""
import json
import os
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

SIZES = {"1": (1, 1), "1k": (32, 32), "32k": (64, 512), "1M": (1024, 1024), "16M": (4096, 4096)}
MADE = {}
ROWS = {}  # a name: what prepares a row, and gives what is timed


def shared(make, *shape):
    """Rows share their inputs."""
    if (make, shape) not in MADE:
        MADE[make, shape] = make(*shape)
    return MADE[make, shape]


def positive(*shape):
    return torch.rand(*shape) * 0.9 + 0.05


def leaf(x):
    return x.detach().requires_grad_(True)


def both_ways(name, f, *inputs):
    """f of the inputs, each given as (how to make it, shape)."""
    def forward():
        x = [shared(make, *shape) for make, shape in inputs]
        return lambda: f(*x)

    def with_backward():
        x = [leaf(shared(make, *shape)) for make, shape in inputs]
        gradient = torch.ones_like(f(*x))

        def timed():
            f(*x).backward(gradient)
            for each in x:
                each.grad = None
        return timed
    ROWS[name + "/fwd"], ROWS[name + "/fwd-bwd"] = forward, with_backward


def ops():
    for size, shape in SIZES.items():
        x, y = (torch.randn, shape), (positive, shape)
        for name, f in {"relu": torch.relu, "leaky_relu": lambda x: F.leaky_relu(x, 0.01), "sigmoid": torch.sigmoid,
                        "tanh": torch.tanh, "gelu": F.gelu, "silu": F.silu, "exp": torch.exp, "sin": torch.sin,
                        "abs": torch.abs, "pow2": lambda x: x ** 2, "clamp": lambda x: torch.clamp(x, -1, 1),
                        "add_number": lambda x: x + 1, "copy": torch.clone, "sum": torch.sum, "mean": torch.mean,
                        "max": torch.max, "softmax": lambda x: F.softmax(x, 1),
                        "log_softmax": lambda x: F.log_softmax(x, 1)}.items():
            both_ways(f"{name}/{size}", f, x)
        for name, f in {"log": torch.log, "sqrt": torch.sqrt}.items():
            both_ways(f"{name}/{size}", f, y)
        for name, f in {"add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y,
                        "div": lambda x, y: x / y, "maximum": torch.maximum}.items():
            both_ways(f"{name}/{size}", f, x, y)
        losses(size, shape)
    ROWS["add/1/recording"] = lambda: lambda x=leaf(torch.randn(1, 1)), y=leaf(torch.rand(1, 1)): x + y


def random_mask(*shape):
    return torch.rand(*shape) > 0.5


def random_classes(*shape):
    return torch.randint(shape[1], shape[:1])


def random_halves(*shape):
    return torch.rand(*shape).round()


def losses(size, shape):
    x, y = (torch.randn, shape), (positive, shape)
    both_ways(f"where/{size}", lambda x, y: torch.where(shared(random_mask, *shape), x, y), x, y)
    both_ways(f"cross_entropy/{size}", lambda x: F.cross_entropy(x, shared(random_classes, *shape)), x)
    both_ways(f"bce/{size}", lambda x: F.binary_cross_entropy(x, shared(random_halves, *shape)), y)
    both_ways(f"mse/{size}", lambda x: F.mse_loss(x, shared(torch.rand, *shape)), x)


def large_matrices():
    matrix = (torch.randn, (4096, 4096))
    for dim in (0, 1):
        for name, f in {"sum": lambda x, d: x.sum(d), "mean": lambda x, d: x.mean(d), "max": lambda x, d: x.max(d)[0],
                        "softmax": F.softmax}.items():
            both_ways(f"{name}_dim{dim}/16M", lambda x, f=f, d=dim: f(x, d), matrix)
        for f in (torch.argmax, torch.cumsum):
            ROWS[f"{f.__name__}_dim{dim}/16M/fwd"] = lambda f=f, d=dim: lambda x=shared(*matrix[:1], *matrix[1]): f(x, d)
    both_ways("transposed_copy/16M", lambda x: x.t().contiguous(), matrix)
    both_ways("add_row/16M", lambda x, y: x + y, matrix, (torch.randn, (4096,)))
    both_ways("add_column/16M", lambda x, y: x + y, matrix, (torch.randn, (4096, 1)))
    for n in (16, 64, 256, 1024):
        ROWS[f"matmul/{n}"] = lambda n=n: lambda x=shared(torch.randn, n, n): x @ x


def layer(name, shape, make):
    def forward():
        module, x = make(), shared(torch.randn, *shape)

        def timed():
            with torch.no_grad():
                module(x)
        return timed

    def with_backward():
        module, x = make(), leaf(shared(torch.randn, *shape))
        gradient, params = torch.ones_like(module(x)), list(module.parameters())

        def timed():
            module(x).backward(gradient)
            x.grad = None
            for param in params:
                param.grad = None
        return timed
    ROWS[name + "/fwd"], ROWS[name + "/fwd-bwd"] = forward, with_backward


def layers():
    layer("conv2d_1_32", (64, 1, 28, 28), lambda: nn.Conv2d(1, 32, 3))
    layer("conv2d_32_64", (64, 32, 26, 26), lambda: nn.Conv2d(32, 64, 3))
    layer("max_pool2d", (64, 64, 24, 24), lambda: nn.MaxPool2d(2))
    layer("avg_pool2d", (64, 64, 24, 24), lambda: nn.AvgPool2d(2))
    layer("batch_norm2d", (64, 32, 26, 26), lambda: nn.BatchNorm2d(32))
    layer("layer_norm", (64, 512), lambda: nn.LayerNorm(512))
    layer("linear_784_512", (64, 784), lambda: nn.Linear(784, 512))
    layer("linear_512_10", (64, 512), lambda: nn.Linear(512, 10))


def optimizer_step(name, shapes, make):
    def prepare():
        params = [(torch.randn(shape) * 0.1).requires_grad_(True) for shape in shapes]
        for param in params:
            param.grad = torch.randn(param.shape) * 1e-3
        return make(params).step
    ROWS[name] = prepare


def trained(name, make_model, make_data, criterion, lr, with_item=False):
    def prepare():
        model, (x, y) = make_model(), make_data()
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)

        def timed():
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            if with_item:
                loss.item()
        return timed
    ROWS[name] = prepare


def circle_data():
    x = torch.randn(1000, 2)
    return x, (x.pow(2).sum(1) > 1).float().unsqueeze(1)


def classifier(name, width, depth, batch):
    def model():
        layers = []
        for i in range(depth):
            layers += [nn.Linear(width if i else 64, width), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(width, 10))
    trained(name, model, lambda: (torch.randn(batch, 64), torch.randint(10, (batch,))), nn.CrossEntropyLoss(), 1e-3)


def training():
    for count, shapes in (("407050", [(512, 784), (512,), (10, 512), (10,)]), ("65", [(16, 2), (16,), (1, 16), (1,)])):
        optimizer_step(f"adam/{count}", shapes, lambda params: torch.optim.Adam(params, lr=1e-3))
        optimizer_step(f"sgd/{count}", shapes, lambda params: torch.optim.SGD(params, lr=1e-3))
        optimizer_step(f"momentum/{count}", shapes, lambda params: torch.optim.SGD(params, lr=1e-3, momentum=0.9))
    for activation in (nn.Sigmoid, nn.ReLU, nn.LeakyReLU):
        trained(f"circle/{activation.__name__}", lambda a=activation: nn.Sequential(nn.Linear(2, 16), a(), nn.Linear(16, 1), nn.Sigmoid()),
                circle_data, nn.BCELoss(), 0.01, with_item=True)
    for width in (8, 16, 32, 64, 128, 256, 512, 1024):
        classifier(f"width/{width}", width, 2, 64)
    for depth in (1, 2, 4, 8, 16, 32):
        classifier(f"depth/{depth}", 64, depth, 64)
    for batch in (1, 4, 16, 64, 256, 1024, 4096):
        classifier(f"batch/{batch}", 64, 2, batch)
    ROWS["mnist/preloaded"] = mnist_preloaded


def idx(name, head):
    with open(os.path.join(os.environ["MNIST_RAW"], name), "rb") as file:
        return torch.frombuffer(bytearray(file.read()[head:]), dtype=torch.uint8)


def mnist_data():
    x = (idx("train-images-idx3-ubyte", 16).view(60000, 784).float() / 255 - 0.1307) / 0.3081
    return x, idx("train-labels-idx1-ubyte", 8).long()


def mnist_preloaded():
    x, y = MADE.setdefault("mnist", None) or mnist_data()
    MADE["mnist"] = x, y
    model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-3)

    def timed():
        order = torch.randperm(60000)
        for i in range(0, 60000, 64):
            batch = order[i:i + 64]
            optimizer.zero_grad()
            loss = criterion(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
    timed.long = True
    return timed


def interruptions():
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw


def measure(timed, least):
    """Seconds per call, of as many calls in a row as take `least` seconds: by the clock and of this thread."""
    count = 1
    if not getattr(timed, "long", False):
        timed()
    while True:
        start, on_processor = time.perf_counter(), time.thread_time()
        for _ in range(count):
            timed()
        taken, on_processor = time.perf_counter() - start, time.thread_time() - on_processor
        if on_processor >= least or taken >= 5 * least:  # as google-benchmark has it
            return {"seconds": taken / count, "processor": on_processor / count}
        count = max(count + 1, int(min(count * 10, 1.4 * count * least / max(on_processor, 1e-9))))


def main():
    least = float(sys.argv[1])
    for register in (ops, large_matrices, layers, training):
        register()
    for line in sys.stdin:
        prepare, answer = ROWS.get(line.strip()), {}
        if prepare:
            before = interruptions()
            answer = measure(prepare(), least) | {"interruptions": interruptions() - before}
        print(json.dumps(answer), flush=True)


main()
