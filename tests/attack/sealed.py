"""Seals an HDF5 file with a user block of 512 bytes as FORMAT.md says, so that what is crafted inside
does not stumble over its checksums."""
import pathlib
import struct
import zlib

HEADER, BLOCK, PAGE = 512, 65536, 16384
MAGIC = b"Tessera sealed\r\n"


def sums_of(data, length):
    pieces = [data[i : i + length] for i in range(0, len(data), length)]
    return struct.pack(f"<{len(pieces)}I", *(zlib.crc32(piece) for piece in pieces))


def seal(path):
    content = pathlib.Path(path).read_bytes()
    filled = content[HEADER:] + b"\0" * (-(len(content) - HEADER) % BLOCK)
    sums = sums_of(filled, BLOCK)
    pages = sums_of(sums, 4 * PAGE)
    header = MAGIC + struct.pack(
        "<IIQQII", 1, BLOCK, len(content), len(content) + len(sums) + len(pages), PAGE,
        zlib.crc32(pages))
    header = header.ljust(HEADER - 4, b"\0")
    header += struct.pack("<I", zlib.crc32(header))
    pathlib.Path(path).write_bytes(header + content[HEADER:] + sums + pages)


def unseal(path):
    """Leaves the HDF5 file that is inside, which other programs may then change."""
    whole = pathlib.Path(path).read_bytes()
    assert whole.startswith(MAGIC), path
    pathlib.Path(path).write_bytes(whole[: struct.unpack("<Q", whole[24:32])[0]])
