"""numpy's side of tests/numpy_test.cpp: numpy_files.py make FOLDER writes arrays as numpy does and what they hold as
arrays.pth; numpy_files.py check FOLDER prints what differs of the files written here."""
import sys
from pathlib import Path

import numpy as np
import torch

DTYPES = "b1 u1 i1 i2 i4 i8 f2 f4 f8".split()
SHAPES = [(), (0,), (1,), (5,), (2, 3), (3, 1), (0, 4), (2, 3, 4), (1, 2, 1, 3)]
folder = Path(sys.argv[2])


def arrays():
    """Of each dtype and shape: in rows, in columns, big-endian, and a view with gaps."""
    for dtype in DTYPES:
        for shape in SHAPES:
            count = int(np.prod(shape, dtype=int))
            x = (np.arange(count) * 37 % 23 - (0 if dtype in ("b1", "u1") else 11)).astype(dtype).reshape(shape)
            yield f"{dtype}-{shape}-C", x
            yield f"{dtype}-{shape}-F", np.asfortranarray(x)
            yield f"{dtype}-{shape}-B", x.astype(">" + dtype)
            if len(shape) > 1:
                yield f"{dtype}-{shape}-V", np.repeat(x, 2, axis=-1)[..., ::2]


if sys.argv[1] == "make":
    known = {}
    for i, (name, x) in enumerate(arrays()):
        np.save(folder / f"{i}.npy", x)
        # (A view with gaps keeps its strides in a .pth, and loses them in a .npy.)
        native = x.astype(x.dtype.newbyteorder("="), copy=False)
        known[str(i)] = {"name": name, "x": torch.from_numpy(native.copy(order="A") if native.ndim == 0 else native)}
    for version in (1, 2, 3):
        with open(folder / f"version{version}.npy", "wb") as out:
            np.lib.format.write_array(out, np.arange(3), (version, 0))
    np.savez(folder / "plain.npz", a=np.arange(4), b=np.eye(2, dtype="f4"))
    np.savez_compressed(folder / "packed.npz", a=np.arange(4000), b=np.eye(2, dtype="f4"))
    np.save(folder / "text.npy", np.array(["a"]))
    np.save(folder / "struct.npy", np.zeros(2, [("a", "i4")]))
    np.save(folder / "u2.npy", np.zeros(2, "u2"))
    np.save(folder / "object.npy", np.array([None]), allow_pickle=True)
    np.savetxt(folder / "table.txt", np.arange(6.).reshape(2, 3) / 7)
    np.savetxt(folder / "head.csv", np.arange(6).reshape(3, 2), fmt="%d", delimiter=",", header="x,y\nsecond", footer="end")
    torch.save({"arrays": known, "count": len(known)}, folder / "arrays.pth")
else:
    wrong = 0
    for i, (name, x) in enumerate(arrays()):
        here = (folder / f"{i}.out.npy").read_bytes()
        if not name.endswith(("-B", "-V")) and here != (folder / f"{i}.npy").read_bytes():
            print(name, here[:100])
        if not np.array_equal(np.load(folder / f"{i}.out.npy"), x):
            print(name, "differs")
    for name in ("plain.out.npz", "packed.out.npz"):
        with np.load(folder / name) as there:
            if there.files != ["a", "b"] or not np.array_equal(there["a"], np.arange(4000)) or there["b"].tolist() != [0.5]:
                print(name, there.files)
    for name in ("table.txt", "head.csv"):
        if (folder / f"{name}.out").read_bytes() != (folder / name).read_bytes():
            print(name, (folder / f"{name}.out").read_bytes()[:200])
