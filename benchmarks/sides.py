"""What the scripts of this folder share: the programs that are compared, and what surrounds them."""
import gzip
import json
import os
import shutil
import subprocess
import tempfile

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


def json_lines(command, threads=0):
    """The JSON lines of a program; None where it can't run here."""
    if threads:
        command = command + ["--threads", str(threads)]
    result = subprocess.run(command, env=environment(threads), capture_output=True, text=True)
    if result.returncode != 0:
        print("  not run:", (result.stderr.strip().splitlines() or ["no message"])[-1])
        return None
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


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
        """Seconds, and interruptions by others; None where this side has no such row."""
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
        return answer or None

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None
