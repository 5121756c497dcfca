"""Compare two folders of answers file by file, and lay differences out for a reader.

GeoPackage and Parquet files are compared by what they hold (schema, metadata, every row,
geometry as the bytes of its WKB), everything else by its bytes.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

SHOWN_LINES: Final = 20
_LOOKED_AT: Final = 400
"""Lines after the first difference of which a difference is made: it takes their square."""
_WIDTH: Final = 160
_KEY: Final = re.compile(r"[0-9a-f]{16,}")
"""A part of a path that is a hash."""
_BYTES_IN_LINE: Final = 64

Normal = Callable[[bytes], bytes]
"""Takes the names of temporary folders out of a text."""


def tree(folder: Path) -> dict[str, Path]:
    """Return every file below a folder by its relative path; locks are left out."""
    found = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {name: path for name, path in found.items() if not name.endswith(".lock")}


def folder_differences(base: Path, here: Path, normal: tuple[Normal, Normal]) -> list[str]:
    """Return the differences of two folders as lines for a reader; none if they are the same."""
    before, now = tree(base), tree(here)
    lines = [f"{name}: only in BASE" for name in before if name not in now]
    lines += [f"{name}: only here" for name in now if name not in before]
    for name in before:
        if name in now:
            found = file_difference(before[name], now[name], normal)
            lines += [f"{name}:", *found] if found else []
    return lines


def moved_differences(base: Path, here: Path) -> list[str]:
    """Return how two folders of caches differ, whatever the hashes in their folders' names."""
    before, now = _by_content(base), _by_content(here)
    lines = [f"{name}: only in BASE ({n})" for (name, _), n in sorted((before - now).items())]
    return lines + [f"{name}: only here ({n})" for (name, _), n in sorted((now - before).items())]


def _by_content(folder: Path) -> Counter[tuple[str, str]]:
    """Count folders by their path without hashes and by the hash of what they hold."""
    content: dict[str, Any] = {}
    for name, path in tree(folder).items():
        parent, _, last = name.rpartition("/")
        digest = content.setdefault(parent, hashlib.sha256())
        digest.update(f"{last} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return Counter(
        (_KEY.sub("(key)", parent), digest.hexdigest()) for parent, digest in content.items()
    )


def file_difference(base: Path, here: Path, normal: tuple[Normal, Normal]) -> list[str]:
    """Return how two files differ as the lines of a short unified diff; none if they do not."""
    raw = base.read_bytes(), here.read_bytes()
    if raw[0] == raw[1]:
        return []
    if base.suffix in _READ:
        try:
            laid = [_READ[base.suffix](path) for path in (base, here)]
        except Exception as error:  # noqa: BLE001 - whatever a library says of a broken file
            return [f"  one of them cannot be read: {error!r}"]
        same = base.suffix != ".npy" and laid[0] == laid[1]
    else:
        texts = [clean(data) for clean, data in zip(normal, raw, strict=True)]
        same = texts[0] == texts[1]
        laid = [_text_lines(data, base.suffix) for data in texts]
    if same:
        return []
    return short_diff(*laid) or ["  the bytes differ, but not what they say"]


def short_diff(base: list[str], here: list[str]) -> list[str]:
    """Return the first lines of the unified diff of two texts, of long lines their pieces."""
    before, now = (list(itertools.chain.from_iterable(map(_pieces, t))) for t in (base, here))
    pairs = zip(before, now, strict=False)
    first = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(before), len(now)))
    start = max(first - 1, 0)
    part = slice(start, first + _LOOKED_AT)
    found = list(difflib.unified_diff(before[part], now[part], "BASE", "here", n=1, lineterm=""))
    if not found:
        return []
    # The numbers of the lines would be those of the part.
    kept = [f"  {line}" for line in found[2:] if not line.startswith("@@")]
    more = len(kept) > SHOWN_LINES or max(len(before), len(now)) > first + _LOOKED_AT
    head = f"  (line {first + 1} of {len(before)})"
    return [head, *kept[:SHOWN_LINES], *(["  ..."] if more else [])]


def _pieces(line: str) -> list[str]:
    return [line[i : i + _WIDTH] for i in range(0, len(line), _WIDTH)] or [""]


def _text_lines(data: bytes, suffix: str) -> list[str]:
    """Lay a text out in lines; what is no text, as hexadecimal digits."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        blocks = range(0, len(data), _BYTES_IN_LINE)
        return [data[i : i + _BYTES_IN_LINE].hex() for i in blocks]
    if suffix in {".html", ".svg"}:
        return text.replace("><", ">\n<").split("\n")
    if text.startswith(("{", "[")):
        try:
            return json.dumps(json.loads(text), indent=1, ensure_ascii=False).split("\n")
        except ValueError:
            pass
    return text.split("\n")


def _array(path: Path) -> list[str]:
    array = np.load(path, allow_pickle=False)
    # With its place, so that a value that has changed is not taken for one that has moved.
    values = (f"{i}: {value!r}" for i, value in enumerate(array.ravel().tolist()))
    return [f"{array.dtype} {array.shape}", *values]


def _parquet(path: Path) -> list[str]:
    import pyarrow.parquet as pq

    # The file itself: read_table would take parts of the folder's name for columns.
    with pq.ParquetFile(path) as file:
        table = file.read()
    lines = [f"{one.name}: {one.type}" for one in table.schema]
    for key, value in sorted((table.schema.metadata or {}).items()):
        lines += [f"metadata {key.decode()}", *_text_lines(value, "")]
    return lines + [_row(values) for values in table.to_pylist()]


def _geopackage(path: Path) -> list[str]:
    import pyogrio
    import pyogrio.raw

    lines = []
    for layer, kind in pyogrio.list_layers(path):
        info = pyogrio.read_info(path, layer=layer)
        lines += [f"layer {layer}: {kind}", f"crs {info['crs']}"]
        for key, value in sorted((info["layer_metadata"] or {}).items()):
            lines += [f"metadata {key}", *_text_lines(str(value).encode(), "")]
        meta, fids, geometry, columns = pyogrio.raw.read(path, layer=layer, return_fids=True)
        names = [str(name) for name in meta["fields"]]
        lines += [f"{a}: {b}" for a, b in zip(names, info["dtypes"], strict=True)]
        shapes = [None] * len(fids) if geometry is None else geometry
        for i, fid in enumerate(fids):
            values = {name: column[i] for name, column in zip(names, columns, strict=True)}
            lines.append(_row({"fid": fid, **values, "geometry": shapes[i]}))
    return lines


def _row(values: dict[str, Any]) -> str:
    return "; ".join(f"{name} = {_exact(value)}" for name, value in values.items())


def _exact(value: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    """Return the text of a value in which two different values differ."""
    return value.hex() if isinstance(value, bytes) else repr(value)


_READ: Final[dict[str, Callable[[Path], list[str]]]] = {
    ".npy": _array,
    ".gpkg": _geopackage,
    ".parquet": _parquet,
}
"""What lays files out in lines, each value in full, that are no text."""
