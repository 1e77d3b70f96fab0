"""What PyTorch makes of every dtype: dtypes.py prints a line for each thing done, its name and what came out."""
import torch

DTYPES = [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.bfloat16,
          torch.float32, torch.float64]
NUMBERS = [-70000.5, -40000.0, -300.25, -129.0, -128.5, -2.5, -1.0, -0.7, -0.0, 0.0, 6e-08, 1e-05, 0.1, 0.3, 0.5, 1.0,
           1.5, 2.5, 3.7, 127.0, 128.0, 255.0, 256.0, 257.0, 300.7, 2049.0, 32767.0, 32768.0, 65503.0, 65519.0, 65520.0,
           70000.0, 1e6, 123456789.0]
FLOATS = [float("inf"), float("-inf"), float("nan"), 1e-45, 3.3895314e38, 1e39, 2.0 ** -25, 1.0009765625, 1.00048828125]


def name(dtype):
    return str(dtype)[6:]


def line(what, x):
    if isinstance(x, torch.Tensor):
        x = f"{name(x.dtype)} {x.double().reshape(-1).tolist()}"
    print(what, "|", x)


def tried(what, f):
    try:
        line(what, f())
    except (RuntimeError, TypeError, ValueError) as error:
        line(what, "refused" if "not implemented" not in str(error) else "not implemented")


def seeded(f):
    torch.manual_seed(7)
    return f()


for a in DTYPES:
    for b in DTYPES:
        line(f"promote {name(a)} {name(b)}", name(torch.promote_types(a, b)))
        line(f"result {name(a)} {name(b)}", name(torch.result_type(torch.ones(2, dtype=a), torch.ones((), dtype=b))))
    line(f"with a whole number {name(a)}", name(torch.result_type(torch.ones(2, dtype=a), 2)))
    line(f"with a real one {name(a)}", name(torch.result_type(torch.ones(2, dtype=a), 2.5)))
    from_these = torch.tensor(NUMBERS, dtype=torch.float64).to(a)
    for b in DTYPES:
        line(f"to {name(a)} {name(b)}", from_these.to(b))
for a in [torch.float16, torch.bfloat16, torch.float32, torch.float64]:
    for b in [torch.float16, torch.bfloat16, torch.float32, torch.float64]:
        line(f"to {name(a)} {name(b)} of what is no common number", torch.tensor(FLOATS, dtype=torch.float64).to(a).to(b))
for d in [torch.int8, torch.int16, torch.float16, torch.bfloat16]:
    n = name(d)
    tried(f"arange {n}", lambda: torch.arange(100, dtype=d))
    tried(f"arange by 0.3 {n}", lambda: torch.arange(0, 25, 0.3, dtype=d))
    for steps in (1, 2, 7, 50, 100):
        tried(f"linspace {steps} {n}", lambda: torch.linspace(-5.3, 7.9, steps, dtype=d))
    tried(f"zeros {n}", lambda: torch.zeros(2, 3, dtype=d))
    tried(f"ones {n}", lambda: torch.ones(2, 3, dtype=d))
    tried(f"full {n}", lambda: torch.full((2,), 100, dtype=d))
    tried(f"full of too much {n}", lambda: torch.full((2,), 1e39, dtype=d))
    tried(f"full of 300 {n}", lambda: torch.full((2,), 300, dtype=d))
    tried(f"full of 70000 {n}", lambda: torch.full((2,), 70000, dtype=d))
    tried(f"eye {n}", lambda: torch.eye(3, dtype=d))
    for count in (5, 16, 40):
        tried(f"rand {count} {n}", lambda: seeded(lambda: torch.rand(count, dtype=d)))
        tried(f"randn {count} {n}", lambda: seeded(lambda: torch.randn(count, dtype=d)))
        tried(f"uniform_ {count} {n}", lambda: seeded(lambda: torch.zeros(count, dtype=d).uniform_(-2, 3)))
        tried(f"normal_ {count} {n}", lambda: seeded(lambda: torch.zeros(count, dtype=d).normal_(1, 2)))
        tried(f"exponential_ {count} {n}", lambda: seeded(lambda: torch.zeros(count, dtype=d).exponential_()))
        tried(f"bernoulli_ {count} {n}", lambda: seeded(lambda: torch.zeros(count, dtype=d).bernoulli_(0.3)))
        tried(f"random_ {count} {n}", lambda: seeded(lambda: torch.zeros(count, dtype=d).random_()))
        tried(f"random_ to 9 {count} {n}", lambda: seeded(lambda: torch.zeros(count, dtype=d).random_(-3, 9)))
        tried(f"randint {count} {n}", lambda: seeded(lambda: torch.randint(0, 100, (count,), dtype=d)))
        tried(f"randperm {count} {n}", lambda: seeded(lambda: torch.randperm(count, dtype=d)))
    tried(f"printed {n}", lambda: str(torch.tensor([[-2, 0, 100], [1, 2, 3]], dtype=d)).replace("\n", "/"))
    tried(f"printed whole {n}", lambda: str((torch.arange(3) / 7).to(d)).replace("\n", "/"))
    tried(f"printed much {n}", lambda: str(torch.arange(1200).to(d)).replace("\n", "/"))
    tried(f"item {n}", lambda: str(torch.tensor(1.7).to(d).item()))
    tried(f"tolist {n}", lambda: str(torch.tensor([1.7, -2.3]).to(d).tolist()))
    tried(f"sum {n}", lambda: torch.arange(100).to(d).sum())
    tried(f"wraps {n}", lambda: torch.full((3,), 100, dtype=d) * torch.full((3,), 100, dtype=d))
    tried(f"negative {n}", lambda: -torch.tensor([-128, 5], dtype=d))
    tried(f"mm {n}", lambda: torch.ones(2, 3, dtype=d) @ torch.ones(3, 2, dtype=d))
    tried(f"linear {n}", lambda: torch.nn.functional.linear(torch.ones(2, 3, dtype=d), torch.ones(4, 3, dtype=d)))
    tried(f"softmax {n}", lambda: torch.ones(2, 4, dtype=d).softmax(1))
    tried(f"view of bytes {n}", lambda: torch.tensor([1.5, -2]).to(d).view(torch.uint8))
