"""The goals that Taper's speed is held to, beside what was measured."""
import math
import statistics

SIZES = ("1", "1k", "32k", "1M", "16M")


def ratios(results, threads, side, *names):
    """The other side's time over Taper's, of the rows that have both."""
    found = [results.get((name, threads), {}) for name in names]
    return [r[side] / r["Taper"] for r in found if side in r and "Taper" in r]


def at_least(goal, those, what):
    """A line of the table: those ratios are to reach the goal; the least of them counts."""
    if not those:
        return [f"at least {goal:g} x {what}", "not measured", ""]
    return [f"at least {goal:g} x {what}", f"{min(those):.2f}", "met" if min(those) >= goal else "**not met**"]


def at_most(goal, value, unit, number="{:.2f}"):
    if value is None:
        return [f"at most {goal:g} {unit}", "not measured", ""]
    return [f"at most {goal:g} {unit}", number.format(value), "met" if value <= goal else "**not met**"]


def op_rows(results, threads):
    return [row for row, t in results if t == threads and len(row.split("/")) == 3 and row.split("/")[1] in SIZES]


def programs(results, threads):
    article = results.get(("mnist/article", threads), {})
    to_floor = article["Taper"] / article["floor"] if "floor" in article else None
    first = threads == 1
    yield "MNIST epoch, the article's program", at_most(1.05 if first else 1.0, to_floor, "x the floor")
    yield "", at_least(4.5 if first else 8, ratios(results, threads, "PyTorch", "mnist/article"), "faster than PyTorch's")
    yield "MNIST epoch from a tensor", at_least(1.3 if first else 1.4, ratios(results, threads, "libtorch", "mnist/preloaded"), "faster than libtorch")
    circles = [f"circle/{activation}" for activation in ("Sigmoid", "ReLU", "LeakyReLU")]
    yield "circle step (the least of three nets)", at_least(10, ratios(results, threads, "PyTorch", *circles), "PyTorch")
    yield "", at_least(7, ratios(results, threads, "libtorch", *circles), "libtorch")
    start = results.get(("start to first op", threads), {}).get("Taper")
    yield "start to first op", at_most(10, start and start * 1e3, "ms", "{:.1f}")
    memory = article.get("Taper memory")
    yield "peak memory of MNIST, the article's program", at_most(110, memory and memory / 1e6, "MB", "{:.0f}")


def ops(results, threads):
    for name, goal in (("fwd", 8), ("recording", 9), ("fwd-bwd", 15)):
        yield f"add of one element, {name}", at_least(goal, ratios(results, threads, "libtorch", f"add/1/{name}"), "libtorch")
    rows = op_rows(results, threads)
    those = ratios(results, threads, "PyTorch", *rows)
    goal, least, met = at_least(0.95, those, "PyTorch in each")
    below = sum(ratio < 0.95 for ratio in those)
    yield f"ops by size, {len(those)} rows", [goal, f"{least}; {below} rows below", met]
    yield "", at_least(2, those and [math.exp(statistics.fmean(map(math.log, those)))], "PyTorch, the geometric mean")
    if threads == 1:
        for name, goal in (("exp", 1.5), ("tanh", 5), ("sigmoid", 1.7)):
            yield f"{name}, 1M floats", at_least(goal, ratios(results, threads, "PyTorch", f"{name}/1M/fwd"), "PyTorch")
    for name, bytes_each in (("relu", 8), ("add", 12), ("mul", 12), ("copy", 8)):
        r = results.get((f"{name}/16M/fwd", threads), {})
        share = [bytes_each / 12 * r["triad"] / r["Taper"]] if "triad" in r else []
        yield f"{name}, 16M floats", at_least(0.85, share, "the triad's bandwidth")


def layers(results, threads):
    convs = ratios(results, threads, "PyTorch", "conv2d_1_32/fwd-bwd", "conv2d_32_64/fwd-bwd")
    yield "convolutions 1->32 and 32->64, fwd-bwd (the lesser)", at_least(1, convs, "PyTorch")
    for name, row, goal in (("max pool", "max_pool2d", 5), ("BatchNorm", "batch_norm2d", 1.5)):
        yield f"{name}, fwd and fwd-bwd (the lesser)", at_least(goal, ratios(results, threads, "PyTorch", row + "/fwd", row + "/fwd-bwd"), "PyTorch")
    adam = results.get(("adam/407050", threads), {})
    yield "Adam step, 407,050 parameters", at_most(1.1, adam["Taper"] / adam["floor"] if "floor" in adam else None, "x the floor's")


def goals_table(results, counts):
    lines = ["| work | threads | goal | measured | |", "|---|---|---|---|---|"]
    for threads in counts:
        for part in (programs, ops, layers):
            lines += [f"| {name} | {threads} | {' | '.join(cells)} |" for name, cells in part(results, threads)]
    return "\n".join(lines)
