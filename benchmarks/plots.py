"""The plots of the page of benchmarks, drawn by gnuplot."""
import os
import subprocess

SIDES = (("Taper", "#0072b2"), ("libtorch", "#e69f00"), ("PyTorch", "#d55e00"))
HEAD = """set terminal svg size {width},{height} noenhanced font 'sans,12' background '#ffffff'
set output '{output}'
set key outside right top
set grid
"""


def gnuplot(script):
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def block(name, points):
    return f"${name} << END\n" + "\n".join(" ".join(map(str, point)) for point in points) + "\nEND\n"


def curve(results, counts, name, label, output):
    """Microseconds of the rows NAME/x against x: a line for each side, dashed for more than one thread."""
    blocks, plots = [], []
    for threads in counts:
        for side, colour in SIDES:
            points = sorted((int(row.split("/")[1]), r[side] * 1e6) for (row, t), r in results.items()
                            if t == threads and row.startswith(name + "/") and side in r)
            if points:
                data = f"{side}{threads}"
                blocks.append(block(data, points))
                title = f"{side}, {threads} thread{'s' * (threads > 1)}"
                plots.append(f"${data} with linespoints lw 2 pt 7 ps 0.5 lc rgb '{colour}' dt {threads} title '{title}'")
    if plots:
        gnuplot(HEAD.format(width=820, height=420, output=output) + f"set title 'A training step of a classifier, by its {label}'\n"
                f"set xlabel '{label}'\nset ylabel 'microseconds'\nset logscale xy\nset logscale x 2\n" + "".join(blocks) + "plot " + ", ".join(plots) + "\n")


def sizes(results, output):
    """Time per element against the number of elements, one thread, a panel for each op."""
    elements = {"1": 1, "1k": 2**10, "32k": 2**15, "1M": 2**20, "16M": 2**24}
    script = HEAD.format(width=1000, height=640, output=output)
    script += "set multiplot layout 2,3 title 'Forward pass, one thread: nanoseconds per element against elements'\n"
    script += "set logscale xy\nset xlabel 'elements'\nset ylabel 'ns per element'\nset xtics ('1' 1, '1k' 1024, '32k' 32768, '1M' 1048576, '16M' 16777216)\nset key inside right top\n"
    for op in ("add", "relu", "sigmoid", "exp", "sum", "softmax"):
        plots = []
        for side, colour in SIDES:
            points = [(n, results[f"{op}/{size}/fwd", 1][side] * 1e9 / n) for size, n in elements.items()
                      if side in results.get((f"{op}/{size}/fwd", 1), {})]
            if points:
                script += block(f"{op}{side}", points)
                plots.append(f"${op}{side} with linespoints lw 2 pt 7 ps 0.5 lc rgb '{colour}' title '{side}'")
        if plots:
            script += f"set title '{op}'\nplot {', '.join(plots)}\n"
    gnuplot(script + "unset multiplot\n")


def threads_plot(results, counts, output):
    """How many times faster rows are with more threads than with one."""
    rows = ("mnist/preloaded", "conv2d_32_64/fwd-bwd", "exp/1M/fwd", "add/16M/fwd", "sum/16M/fwd", "circle/ReLU", "adam/407050")
    rows = [row for row in rows if (row, 1) in results]
    script = HEAD.format(width=1000, height=420, output=output)
    script += "set title 'Time with one thread over time with more'\nset ylabel 'times faster'\nset xlabel 'row'\nset yrange [0:]\n"
    script += "set style data histograms\nset style histogram cluster gap 1\nset style fill solid\nset xtics rotate by -15\n"
    plots = []
    for threads in counts[1:]:
        for side, colour in SIDES:
            points = []
            for row in rows:
                one, more = results[row, 1], results.get((row, threads), {})
                points.append((f'"{row}"', one[side] / more[side] if side in one and side in more else 0))
            if any(value for _, value in points):
                script += block(f"{side}{threads}", points)
                plots.append(f"${side}{threads} using 2:xtic(1) lc rgb '{colour}' title '{side}, {threads} threads'")
    if plots:
        gnuplot(script + f"plot {', '.join(plots)}\n")


def draw(results, counts, folder):
    for name, label in (("width", "width (units in each of two hidden layers)"), ("depth", "depth (hidden layers)"), ("batch", "batch (samples)")):
        curve(results, counts, name, label, os.path.join(folder, name + ".svg"))
    sizes(results, os.path.join(folder, "sizes.svg"))
    threads_plot(results, counts, os.path.join(folder, "threads.svg"))
