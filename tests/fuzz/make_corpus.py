#!/usr/bin/env python3
"""Writes tests/fuzz/corpus: small files of every kind that the readers read, for fuzzing to begin with. Those of
checkpoints lie in tests/data."""
import gzip
import io
import pathlib
import struct
import zipfile
import zlib

from PIL import Image

here = pathlib.Path(__file__).parent
data = here.parent / 'data'


def write(target, name, content):
    path = here / 'corpus' / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def chunk(name, content):
    return struct.pack('>I', len(content)) + name + content + struct.pack('>I', zlib.crc32(name + content))


def noise(n, seed):
    out = bytearray()
    for _ in range(n):
        seed = (seed * 1103515245 + 12345) % 2**31
        out.append(seed >> 16 & 255)
    return bytes(out)


def png(width, height, depth, color, interlaced=0, extra=b''):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    raw = b''
    for x, y, across, down in passes if interlaced else [(0, 0, 1, 1)]:
        w, h = max(0, -((x - width) // across)), max(0, -((y - height) // down))
        for row in range(h if w else 0):
            raw += bytes([row % 5]) + noise((w * channels * depth + 7) // 8, row + color)
    packed = zlib.compress(raw)
    half = len(packed) // 2
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, depth, color, 0, 0, interlaced)) +
            extra + chunk(b'IDAT', packed[:half]) + chunk(b'IDAT', packed[half:]) + chunk(b'IEND', b''))


def jpeg(mode, **options):
    picture = Image.frombytes('RGB', (4, 3), noise(36, 7)).resize((21, 18), Image.BICUBIC).convert(mode)
    out = io.BytesIO()
    picture.save(out, 'JPEG', **options)
    return out.getvalue()


def segment(marker, content):
    return bytes([0xff, marker]) + struct.pack('>H', len(content) + 2) + content


def restarts():
    """Three blocks of grey, a restart after each."""
    codes = bytes([1] + [0] * 15)
    return (b'\xff\xd8' + segment(0xdb, bytes([0] + [8] * 64)) + segment(0xc0, struct.pack('>BHHB', 8, 8, 24, 1) + b'\1\x11\0') +
            segment(0xc4, b'\0' + codes + b'\0') + segment(0xc4, b'\x10' + codes + b'\0') + segment(0xdd, b'\0\1') +
            segment(0xda, b'\1\1\0\0\x3f\0') + b'\x3f\xff\xd0\x3f\xff\xd1\x3f\xff\xd9')


def idx(*shape):
    count = 1
    for size in shape:
        count *= size
    return bytes([0, 0, 8, len(shape)]) + struct.pack(f'>{len(shape)}I', *shape) + noise(count, 3)


palette = chunk(b'PLTE', noise(3 * 16, 5))
write('image', 'png_gray1', png(11, 5, 1, 0))
write('image', 'png_gray8', png(5, 4, 8, 0))
write('image', 'png_rgb_interlaced', png(9, 10, 8, 2, 1))
write('image', 'png_palette4', png(7, 6, 4, 3, 0, palette))
write('image', 'png_palette4_alpha', png(7, 6, 4, 3, 1, palette + chunk(b'tRNS', noise(9, 2))))
write('image', 'png_gray_alpha', png(3, 4, 8, 4))
write('image', 'png_rgb_alpha', png(4, 3, 8, 6, 0, chunk(b'tEXt', b'Comment\0noise')))
write('image', 'jpeg_420', jpeg('RGB', quality=60))
write('image', 'jpeg_422', jpeg('RGB', quality=60, subsampling=1))
write('image', 'jpeg_444_optimized', jpeg('RGB', quality=80, subsampling=0, optimize=True))
write('image', 'jpeg_progressive', jpeg('RGB', quality=60, progressive=True))
write('image', 'jpeg_gray', jpeg('L', quality=60))
write('image', 'jpeg_restarts', restarts())
write('image', 'pnm_gray8', b'P5\n# a comment\n4 3\n255\n' + noise(12, 1))
write('image', 'pnm_rgb16', b'P6 3 2 65535\n' + noise(36, 1))

write('idx', 'labels', idx(7))
write('idx', 'images', idx(2, 3, 4))
write('idx', 'images_gz', gzip.compress(idx(2, 3, 4), mtime=0))
write('idx', 'two_streams_and_zeros_gz', gzip.compress(idx(3, 2, 2)[:12], mtime=0) + b'\0\0' + gzip.compress(idx(3, 2, 2)[12:], mtime=0) + b'\0' * 9)
write('idx', 'zeros_gz', gzip.compress(bytes([0, 0, 8, 3]) + struct.pack('>3I', 10, 30, 30) + bytes(9000), mtime=0))

def safetensors(header, content):
    header = header.encode()
    return struct.pack('<Q', len(header)) + header + content


write('safetensors', 'two', safetensors('{"__metadata__":{"format":"pt"},"b":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},'
                                        '"a":{"dtype":"BOOL","shape":[1,3],"data_offsets":[16,19]}}', noise(16, 1) + bytes([0, 1, 1])))
write('safetensors', 'scalar_and_empty', safetensors('{"s":{"dtype":"BF16","shape":[],"data_offsets":[0,2]},"e":{"dtype":"F32",'
                                                     '"shape":[0,4],"data_offsets":[2,2]}}   ', noise(2, 2)))


def npy(descr, shape, order, content, version=1):
    header = f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n".encode()
    return b'\x93NUMPY' + bytes([version, 0]) + struct.pack('<H' if version == 1 else '<I', len(header)) + header + content


write('numpy', 'floats', npy('<f4', (2, 3), False, noise(24, 1)))
write('numpy', 'big_endian_columns', npy('>i2', (2, 3), True, noise(12, 1), 2))
write('numpy', 'bools', npy('|b1', (4,), False, bytes([0, 1, 1, 0]), 3))
for method, name in ((zipfile.ZIP_STORED, 'stored.npz'), (zipfile.ZIP_DEFLATED, 'packed.npz')):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, 'w', method) as to:
        for part in ('a', 'b'):
            to.writestr(zipfile.ZipInfo(part + '.npy'), npy('<f8', (3,), False, bytes(24)))
    write('numpy', name, archive.getvalue())

write('table', 'blanks', b'# head\n1 2.5\t-3e4\n\n4 +5 inf # end\n')
write('table', 'commas', b'1,2\n,nan\n3, x\n')

for name in ['mlp', 'convbn', 'views', 'training']:
    with zipfile.ZipFile(data / (name + '.pth')) as archive:
        pickle = next(n for n in archive.namelist() if n.endswith('data.pkl'))
        write('pickle', name, archive.read(pickle))
