"""OpenStreetMap PBF files written byte by byte, as no program would write them."""

from __future__ import annotations

import struct


def varint(value: int) -> bytes:
    """Return an unsigned number as in protocol buffers."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def zigzag(value: int) -> bytes:
    """Return a signed number as in protocol buffers."""
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def field(number: int, content: bytes | int) -> bytes:
    """Return a field: a number, or bytes with their length."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def blob(kind: bytes, content: bytes) -> bytes:
    """Return a block, not compressed."""
    body = field(1, content) + field(2, len(content))
    header = field(1, kind) + field(3, len(body))
    return struct.pack(">I", len(header)) + header + body


def file_of(strings: list[bytes], group: bytes) -> bytes:
    """Return a file with one block of objects and a table of strings."""
    header = field(4, b"OsmSchema-V0.6") + field(4, b"DenseNodes")
    table = b"".join(field(1, one) for one in strings)
    return blob(b"OSMHeader", header) + blob(b"OSMData", field(1, table) + field(2, group))


def node(number: int, keys: list[int], values: list[int]) -> bytes:
    """Return a group with one node at 96 east, 17 north."""
    at = varint(8 << 3) + zigzag(170_000_000) + varint(9 << 3) + zigzag(960_000_000)
    packed = field(2, b"".join(map(varint, keys))) + field(3, b"".join(map(varint, values)))
    return field(1, varint(1 << 3) + zigzag(number) + packed + at)
