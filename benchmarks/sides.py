"""What the scripts of this folder share: the programs that are compared, and what surrounds them."""
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"  # the one that Debian's python3-torch is for


def environment(threads=0):
    """Both sides choose their own kernels, share one OpenMP and have as many threads."""
    variables = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    openmp = "/usr/lib/x86_64-linux-gnu/openblas-openmp"
    if os.path.isdir(openmp):  # PyTorch with several threads is judged fairly only with this build of OpenBLAS
        variables["LD_LIBRARY_PATH"] = openmp
    if threads:
        variables["OMP_NUM_THREADS"] = str(threads)
    return variables


def run(command, threads=0):
    """The JSON lines of a program, the seconds it took, and the bytes of memory it had at most; no lines where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment(threads), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    printed = process.stdout.read().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        print("  not run:", (printed or ["no message"])[-1], file=sys.stderr)
        printed = []
    return [json.loads(line) for line in printed if line.startswith("{")], taken, usage.ru_maxrss * 1024


def raw_root(root):
    """torchvision reads uncompressed files: a folder that has them, made of the compressed ones where need be."""
    raw = os.path.join(root, "MNIST", "raw")
    if not os.path.isdir(raw):
        return None
    made = os.path.join(tempfile.gettempdir(), f"taper-mnist-{os.getuid()}")
    os.makedirs(os.path.join(made, "MNIST", "raw"), exist_ok=True)
    for name in os.listdir(raw):
        target = os.path.join(made, "MNIST", "raw", name.removesuffix(".gz"))
        if not os.path.exists(target):
            with (gzip.open if name.endswith(".gz") else open)(os.path.join(raw, name), "rb") as source, open(target, "wb") as out:
                shutil.copyfileobj(source, out)
    return made


class Side:
    """A program of rows that waits for its turn: rows/serve.cpp says how it is talked to."""

    def __init__(self, name, command, threads, root=None):
        self.name, self.command, self.threads = name, command, threads
        self.environment = environment(threads)
        if root:
            self.environment["MNIST_RAW"] = os.path.join(root, "MNIST", "raw")
        self.process = None

    def measure(self, row):
        """What this side answers, and whether others had its processors meanwhile; None where it has no such row."""
        start = time.perf_counter()
        if self.process is None:
            self.process = subprocess.Popen(self.command, env=self.environment, text=True, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            self.process.stdin.write(row + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline() or "null")
        except BrokenPipeError:
            answer = None
        if answer is None:  # it came to its end over this row
            self.close()
        if not answer:
            return None
        # The system's own threads come by now and then.
        return answer | {"interrupted": answer["interruptions"] > 5 + 20 * (time.perf_counter() - start)}

    def close(self):
        """The bytes of memory it had at most."""
        if not self.process:
            return 0
        self.process.stdin.close()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.process = None
        return usage.ru_maxrss * 1024
