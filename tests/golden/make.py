"""Makes the golden files of tests/data by PyTorch 1.13.1, which Debian has as python3-torch:

    /usr/bin/python3 tests/golden/make.py FOLDER [FILE ...]     writes them into a folder, or those named and what is made with them
    /usr/bin/python3 tests/golden/make.py --check [FILE ...]    says of each whether it is what tests/data holds

Each generator is a file beside this one and begins with what it makes. mnist_seed1.json needs MNIST, in
$TAPER_DATA/MNIST/raw or data/MNIST/raw; without it, that file is left out."""
import json
import os
import sys
import tempfile
import warnings

# The kernels that the files were made with: others give other last digits.
os.environ.update(OPENBLAS_CORETYPE='Haswell', ATEN_CPU_CAPABILITY='avx2', OPENBLAS_NUM_THREADS='1', OMP_NUM_THREADS='1')
sys.dont_write_bytecode = True
warnings.filterwarnings('ignore')
HERE = os.path.dirname(os.path.abspath(__file__))
DATA = HERE + '/../data'

GENERATORS = {
    'checkpoints': ['mlp.pth', 'mlp.json', 'mlp_legacy.pth', 'mlp_legacy.json', 'convbn.pth', 'convbn.json', 'convbn_2x.pth',
                    'views.pth', 'views.json', 'training.pth', 'training.json'],
    'circle': ['circle_seed42.json'],
    'images': ['images.json'],
    'init': ['init.json'],
    'loader': ['loader.json'],
    'lr_scheduler': ['lr_scheduler.json'],
    'mnist': ['mnist_seed1.json'],
    'ops': ['ops.json'],
    'optim': ['optim.json', 'optim_more.json'],
    'printing': ['repr.json', 'repr_modules.json'],
    'rng': ['rng.json'],
    'rng_more': ['rng_more.json'],
}
# Their numbers went through BLAS, of which there are others; the rest has the same digits wherever Debian's PyTorch runs.
ROUNDED = ['circle_seed42.json', 'images.json', 'mnist_seed1.json', 'ops.json']


def leaves(value, path=''):
    """Every number and string within, beside where it stands."""
    if hasattr(value, 'stride'):
        value = {'dtype': str(value.dtype), 'shape': list(value.shape), 'stride': value.stride(),
                 'storage_offset': value.storage_offset(), 'data': value.flatten().tolist()}
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, f'{path}/{key}')]
    if isinstance(value, (list, tuple)):
        return [leaf for i, item in enumerate(value) for leaf in leaves(item, f'{path}/{i}')]
    return [(path, value)]


def read(path):
    if path.endswith('.pth'):
        import torch
        return torch.load(path)
    with open(path) as file:
        return json.load(file)


def is_close(a, b):
    return type(a) is type(b) is float and abs(a - b) <= 1e-5 * max(1, abs(b))


def verdict(name, folder):
    """Whether the file made in the folder is the one kept, and the sentence."""
    made, kept = f'{folder}/{name}', f'{DATA}/{name}'
    if not os.path.exists(kept):
        return False, 'DIFFERENT: tests/data lacks it'
    with open(made, 'rb') as first, open(kept, 'rb') as second:
        if first.read() == second.read():
            return True, 'the same bytes'
    ours, theirs = leaves(read(made)), leaves(read(kept))
    if [path for path, _ in ours] != [path for path, _ in theirs]:
        return False, f'DIFFERENT: {len(ours)} values instead of {len(theirs)}, or in other places'
    other = [(path, a, b) for (path, a), (_, b) in zip(ours, theirs) if repr(a) != repr(b)]
    far = [case for case in other if name not in ROUNDED or not is_close(*case[1:])]
    if far:
        return False, f'DIFFERENT: {len(far)} of {len(ours)} values; {far[0][0]} is {far[0][1]!r} instead of {far[0][2]!r}'
    if other:
        return True, f'the same but for roundings in {len(other)} of {len(ours)} values'
    return True, f'the same {len(ours)} values, in other bytes'


def generate(folder, wanted):
    """Makes the files, and gives those that were left out, each with the reason."""
    left_out = {}
    for generator, files in GENERATORS.items():
        if not wanted.isdisjoint(files):
            reason = __import__(generator).make(folder)
            if reason:
                left_out.update(dict.fromkeys(files, reason))
    return left_out


def check(wanted):
    passed, unknown = True, sorted(set(os.listdir(DATA)) - {name for files in GENERATORS.values() for name in files})
    with tempfile.TemporaryDirectory() as folder:
        left_out = generate(folder, wanted)
        for name in sorted(wanted - set(left_out)):
            same, sentence = verdict(name, folder)
            passed = passed and same
            print(f'{name}: {sentence}')
    for name, reason in left_out.items():
        print(f'{name}: left out, as {reason}')
    for name in unknown:
        print(f'{name}: DIFFERENT: no generator makes it')
    return passed and not unknown


def unable():
    """Why the files cannot be made here, or None."""
    try:
        import torch
    except ImportError:
        return 'PyTorch is not installed'
    if not torch.__version__.startswith('1.13.'):
        return f'PyTorch is {torch.__version__}, not 1.13'
    with open('/proc/cpuinfo') as file:
        return None if 'avx2' in file.read() else 'the processor has no AVX2, whose kernels made the files'


def main(first='--help', *names):
    every = {name for files in GENERATORS.values() for name in files}
    if first == '--help' or first in every or not every.issuperset(names):
        sys.exit(__doc__ + '\n\nFiles: ' + ', '.join(sorted(every)))
    if unable():
        sys.exit('skipped: ' + unable())
    wanted = set(names) or every
    if first == '--check':
        sys.exit(0 if check(wanted) else 1)
    os.makedirs(first, exist_ok=True)
    for name, reason in generate(first, wanted).items():
        print(f'{name}: left out, as {reason}')


main(*sys.argv[1:])
