"""The .pth files, each beside a .json of what it holds."""
import struct
import zipfile
import zlib
from collections import OrderedDict

import torch
from torch import nn

from writing import ABOUT, dumps, tensor, write


def described(value):
    if torch.is_tensor(value):
        return {**tensor(value), 'stride': list(value.stride()), 'storage_offset': value.storage_offset()}
    if isinstance(value, dict):
        return {str(key): described(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [described(item) for item in value]
    return value


def save(folder, name, value, legacy=False):
    torch.save(value, f'{folder}/{name}.pth', _use_new_zipfile_serialization=not legacy)
    write(folder, name + '.json', dumps({**ABOUT, 'file': name + '.pth', 'values': described(value)}) + '\n')


def views():
    base, tied = torch.arange(12.).reshape(3, 4), torch.tensor([1.5, -2.5])
    return OrderedDict(
        base=base, transposed=base.t(), row1=base[1], step=base[:, ::2], tied_a=tied, tied_b=tied,
        scalar=torch.tensor(7.25), f64=torch.tensor([0.1, 1e300], dtype=torch.float64), i64=torch.tensor([-1, 2 ** 40]),
        i32=torch.tensor([-5, 6], dtype=torch.int32), u8=torch.tensor([0, 255], dtype=torch.uint8),
        i8=torch.tensor([-128, 127], dtype=torch.int8), i16=torch.tensor([-300, 300], dtype=torch.int16),
        boolean=torch.tensor([True, False]), half=torch.tensor([0.5, -2.0], dtype=torch.float16), empty=torch.zeros(0, 3))


def training(model):
    """What a program keeps between two runs, after two steps."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(2):
        optimizer.zero_grad()
        model(torch.ones(2, 3)).pow(2).mean().backward()
        optimizer.step()
    return {'epoch': 2, 'model': model.state_dict(), 'optimizer': optimizer.state_dict(), 'loss': 0.625, 'name': 'demo',
            'big': 2 ** 40, 'neg': -7, 'none': None, 'flag': True, 'list': [1, 2.5, 'x'], 'tuple': (1, 2, 3, 4)}


def stored_zip(records):
    """The container as PyTorch writes it: nothing packed, each record's content at a multiple of 64 bytes."""
    content, directory = b'', b''
    for name, data in records:
        start, flags = len(content), 0x0808
        padding = -(start + 30 + len(name) + 4) % 64
        extra = b'FB' + struct.pack('<H', padding) + b'Z' * padding
        sizes = zlib.crc32(data), len(data), len(data)
        content += struct.pack('<4s5H3I2H', b'PK\3\4', 0, flags, 0, 0, 0, 0, 0, 0, len(name), len(extra)) + name + extra + data
        content += struct.pack('<4s3I', b'PK\7\10', *sizes)
        directory += struct.pack('<4s6H3I', b'PK\1\2', 0, 0, flags, 0, 0, 0, *sizes)
        directory += struct.pack('<5H2I', len(name), 0, 0, 0, 0, 0, start) + name
    start, n = len(content), len(records)
    end = start + len(directory)
    return content + directory + struct.pack(
        '<4sQ2H2I4Q', b'PK\6\6', 44, 0x031E, 0x002D, 0, 0, n, n, len(directory), start) + struct.pack(
        '<4sIQI', b'PK\6\7', 0, end, 1) + struct.pack('<4s4H2IH', b'PK\5\6', 0, 0, n, n, len(directory), start, 0)


def as_pytorch_2_writes(folder, old, new):
    """The same state_dict with the records that releases since 2.0 add."""
    with zipfile.ZipFile(f'{folder}/{old}.pth') as file:
        held = {name.split('/', 1)[1]: file.read(name) for name in file.namelist()}
    added = {'.format_version': b'1', '.storage_alignment': b'64', 'byteorder': b'little'}
    storages = {name: held[name] for name in sorted(held) if name.startswith('data/')}
    records = {'data.pkl': held['data.pkl'], **added, **storages, 'version': b'3\n', '.data/serialization_id': b'0' * 40}
    with open(f'{folder}/{new}.pth', 'wb') as file:
        file.write(stored_zip([(f'{new}/{name}'.encode(), data) for name, data in records.items()]))


def make(folder):
    torch.manual_seed(10)
    mlp = nn.Sequential(OrderedDict(fc1=nn.Linear(3, 4), relu=nn.ReLU(), fc2=nn.Linear(4, 2)))
    save(folder, 'mlp', mlp.state_dict())
    save(folder, 'mlp_legacy', mlp.state_dict(), legacy=True)
    convbn = nn.Sequential(OrderedDict(
        conv=nn.Conv2d(1, 2, 3), bn=nn.BatchNorm2d(2), act=nn.PReLU(2), flat=nn.Flatten(), fc=nn.Linear(8, 3)))
    for _ in range(3):
        convbn(torch.randn(4, 1, 4, 4))
    save(folder, 'convbn', convbn.state_dict())
    as_pytorch_2_writes(folder, 'convbn', 'convbn_2x')
    save(folder, 'views', views())
    save(folder, 'training', training(mlp))
