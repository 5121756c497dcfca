"""Sorted copies of OpenStreetMap files that real tools write unsorted or with ids of their own.

osmium joins coordinates to ways in one pass: nodes come before ways, ids ascend, and are positive.
Routers, older OSMnx, Overpass and editors write files that differ. They are copied: sorted, of each
object the newest version, without what an editor marked as deleted.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import mmap
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

import numpy as np
import osmium
from osmium.osm import mutable

from toolkit.base.errors import InputDataError
from toolkit.base.terms import StepProgress

NEW_FROM: Final = 1 << 50
"""Ids of nodes that are not in OpenStreetMap begin here: far above those of its nodes (2^34 in
2026), and within what JavaScript holds exactly."""
MAX_TEXT_BYTES: Final = 1 << 30
"""Maximum size of a text file that is sorted: it takes about as much memory."""
MAX_PACKED_BYTES: Final = 80 << 20
"""Maximum size of a packed or binary file that is sorted: it takes 13 times that in memory."""
_REPORT_EVERY: Final = 100_000
"""Objects between reports of progress: about a second of sorting."""
_READ_BYTES: Final = 1 << 22
_HEAD_BYTES: Final = 512
"""Beginning of a file in which its quotation marks are seen."""
_OVERLAP: Final = 64
"""Bytes of the end of a part that are looked at again with the next."""
_DELETED: Final = 'action="delete'
_EDITED: Final = (_DELETED, 'visible="false', ' id="-')
"""Marks of deleted and of new objects in the XML of editors."""
_PROBED_NODES: Final = 1000
"""References to nodes in XML that are looked at for coordinates (Overpass writes them there)."""
_KINDS: Final = {"node": "n", "way": "w", "relation": "r"}


class UntidyError(Exception):
    """File with objects in another order or with other ids than osmium can join."""


@dataclass
class OrderCheck:
    """Handler that notices nodes after ways, and relations that are not sorted by id.

    osmium itself checks the order of ways; nodes may come in any order.

    Attributes
    ----------
    index
        Locations of nodes, filled while the file is read.
    """

    index: Any
    _at_first_way: int | None = None
    _relation: int | None = None

    def way(self, _way: Any) -> None:  # noqa: ANN401
        """Remember how many nodes came before the first way."""
        if self._at_first_way is None:
            self._at_first_way = self.index.used_memory()

    def relation(self, relation: Any) -> None:  # noqa: ANN401
        """Compare the id with that of the relation before."""
        if self._relation is not None and not precedes(self._relation, relation.id):
            msg = f"Relation IDs out of order: {relation.id}"
            raise UntidyError(msg)
        self._relation = relation.id

    def finish(self) -> None:
        """Raise `UntidyError` if nodes came after the first way."""
        if self._at_first_way not in {None, self.index.used_memory()}:
            msg = "nodes after ways"
            raise UntidyError(msg)


def precedes(first: int, second: int) -> bool:
    """Return whether an id comes before another: negative ones first, then by size.

    Examples
    --------
    >>> precedes(-2, 1), precedes(-1, -2), precedes(2, 2)
    (True, True, False)
    """
    return (first > 0, abs(first)) < (second > 0, abs(second))


def needs_tidying(file: Path, format_name: str) -> bool:
    """Return whether an XML file has deleted or new objects, or ways with coordinates of their own.

    Files of other formats are taken to have none.
    """
    if not format_name.startswith("osm"):
        return False
    probed = 0
    for part, marks in _parts(file, format_name, _EDITED):
        if any(mark in part for mark in marks):
            return True
        at = part.find(b"<nd ") if probed < _PROBED_NODES else -1
        while at >= 0 and probed < _PROBED_NODES:
            if b" lat=" in part[at : part.find(b">", at)]:
                return True
            probed += 1
            at = part.find(b"<nd ", at + 1)
    return False


def tidy_copy(
    file: Path, format_name: str, target: Path, *, name: str, progress: StepProgress
) -> int:
    """Write a sorted copy of a file with each object once, and return the number of duplicates.

    Of several versions the newest is kept; of the same one, that with most tags. Negative ids of
    nodes become positive.

    Parameters
    ----------
    file
        File to copy.
    format_name
        Its format, in the words of osmium.
    target
        ``.osm.pbf`` file to write; it must not exist.
    name
        Name of the file in sentences.
    progress
        Called at each step.

    Raises
    ------
    InputDataError
        If it is too large to be sorted here.
    """
    most = MAX_TEXT_BYTES if format_name == "osm" else MAX_PACKED_BYTES
    if file.stat().st_size > most:
        msg = (
            f"{name} is not sorted, and with {file.stat().st_size / 1e6:,.0f} MB too large to be "
            f"sorted here (at most {most / 1e6:,.0f} MB). Sort it first, with osmium-tool: osmium "
            "sort FILE -o sorted.osm.pbf"
        )
        raise InputDataError(msg)
    progress(f"{name}: not sorted, sorting a copy", None)
    data = osmium.io.File(str(file), format_name)
    deleted = _deleted(file, format_name)
    found = _surveyed(data)
    with osmium.io.Reader(data) as reader:
        header = reader.header()
    sorter = osmium.MergeInputReader()
    with (
        file.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        memoryview(mapped) as content,
    ):
        sorter.add_buffer(content, format_name)
    with osmium.SimpleWriter(str(target), header=header) as writer:
        for number, (lon, lat) in sorted(found.placed.items()):
            writer.add_node(mutable.Node(id=number, location=(lon, lat)))

        def say(number: int) -> None:
            progress(f"{name}: {number:,} objects sorted", None)

        copier = _Copier(writer, found.repeated, deleted, say)
        sorter.apply(copier, simplify=False)
        copier.flush()
    return copier.duplicates


@dataclass
class _Found:
    """What is known of a file before it is sorted.

    Attributes
    ----------
    repeated
        Kinds and ids of objects that come more than once.
    placed
        Coordinates of nodes that only ways state, by id.
    """

    repeated: set[tuple[str, int]]
    placed: dict[int, tuple[float, float]]


def _surveyed(data: Any) -> _Found:  # noqa: ANN401
    ids = {kind: array("q") for kind in _KINDS.values()}
    placed: dict[int, tuple[float, float]] = {}
    for item in osmium.FileProcessor(data):
        ids[item.type_str()].append(item.id)
        if isinstance(item, osmium.osm.Way) and len(item.nodes) and item.nodes[0].location.valid():
            for node in item.nodes:
                if node.location.valid():
                    placed[_positive(node.ref)] = (node.location.lon, node.location.lat)
    repeated = set()
    for kind, numbers in ids.items():
        values, times = np.unique(np.frombuffer(numbers, dtype=np.int64), return_counts=True)
        repeated |= {(kind, int(number)) for number in values[times > 1]}
    for number in ids["n"] if placed else ():
        placed.pop(_positive(number), None)
    return _Found(repeated, placed)


def _positive(number: int) -> int:
    """Return the id of a node in the copy."""
    if number >= 0:
        return number
    if number <= -NEW_FROM:
        msg = f"the id {number} is too large"
        raise ValueError(msg)
    return NEW_FROM - number


@dataclass
class _Copier:
    """Handler that writes sorted objects: each once, and without those deleted."""

    writer: Any
    repeated: set[tuple[str, int]]
    deleted: set[tuple[str, int]]
    say: Callable[[int], None]
    duplicates: int = 0
    n_taken: int = 0
    _key: tuple[str, int] | None = None
    _best: tuple[tuple[Any, ...], Any, Callable[[Any], None]] | None = None
    """Best of several objects of one id: its rank, a copy, and what writes it."""

    def node(self, node: Any) -> None:  # noqa: ANN401
        """Write a node."""
        self._take("n", node, _node_copy, self.writer.add_node, is_new=node.id < 0)

    def way(self, way: Any) -> None:  # noqa: ANN401
        """Write a way."""
        is_new = any(node.ref < 0 for node in way.nodes)
        self._take("w", way, _way_copy, self.writer.add_way, is_new=is_new)

    def relation(self, relation: Any) -> None:  # noqa: ANN401
        """Write a relation."""
        self._take("r", relation, _relation_copy, self.writer.add_relation)

    def flush(self) -> None:
        """Write what is held back."""
        if self._best is not None:
            _, copy, add = self._best
            add(copy)
            self._best = None

    def _take(
        self,
        kind: str,
        item: Any,  # noqa: ANN401
        copied: Callable[[Any], tuple[tuple[Any, ...], Any]],
        add: Callable[[Any], None],
        *,
        is_new: bool = False,
    ) -> None:
        self.n_taken += 1
        if not self.n_taken % _REPORT_EVERY:
            self.say(self.n_taken)
        key = (kind, item.id)
        if key == self._key:
            self.duplicates += 1
        else:
            self.flush()
        self._key = key
        if item.deleted or key in self.deleted:
            # Versions ascend: a deleted one ends those before it.
            self._best = None
        elif key in self.repeated:
            rank, copy = copied(item)
            if self._best is None or rank > self._best[0]:
                self._best = (rank, copy, add)
        else:
            add(copied(item)[1] if is_new else item)


def _node_copy(node: Any) -> tuple[tuple[Any, ...], Any]:  # noqa: ANN401
    place = node.location
    where = (place.lon, place.lat) if place.valid() else None
    tags = {tag.k: tag.v for tag in node.tags}
    made = mutable.Node(id=_positive(node.id), location=where, tags=tags, **_edit(node))
    return (*_rank(node, tags), (place.x, place.y)), made


def _way_copy(way: Any) -> tuple[tuple[Any, ...], Any]:  # noqa: ANN401
    refs = [_positive(node.ref) for node in way.nodes]
    tags = {tag.k: tag.v for tag in way.tags}
    return (*_rank(way, tags), refs), mutable.Way(id=way.id, nodes=refs, tags=tags, **_edit(way))


def _relation_copy(relation: Any) -> tuple[tuple[Any, ...], Any]:  # noqa: ANN401
    members = [(m.type, m.ref, m.role) for m in relation.members]
    tags = {tag.k: tag.v for tag in relation.tags}
    made = mutable.Relation(id=relation.id, members=members, tags=tags, **_edit(relation))
    return (*_rank(relation, tags), members), made


def _edit(item: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"version": item.version, "timestamp": item.timestamp}


def _rank(item: Any, tags: dict[str, str]) -> tuple[Any, ...]:  # noqa: ANN401
    """Return what decides among objects of one id: version and time, then the fuller content."""
    return item.version, item.timestamp, len(tags), sorted(tags.items())


# --- XML ------------------------------------------------------------------------------------


def _opened(file: Path, format_name: str) -> Any:  # noqa: ANN401
    opener: Any = {"osm.gz": gzip.open, "osm.bz2": bz2.open}.get(format_name, open)
    return opener(file, "rb")


def _parts(
    file: Path, format_name: str, marks: Sequence[str]
) -> Iterator[tuple[bytes, list[bytes]]]:
    """Yield the unpacked text of an XML file in parts that overlap a little, and marks to look for.

    Marks are those given, with the quotation marks in which the file begins.
    """
    tail, quoted = b"", list[bytes]()
    # A damaged file ends here: osmium says what is wrong with it.
    with (
        contextlib.suppress(OSError, EOFError, zlib.error),
        _opened(file, format_name) as stream,
    ):
        while part := stream.read(_READ_BYTES):
            if not quoted:
                quotes = [quote for quote in "\"'" if quote.encode() in part[:_HEAD_BYTES]]
                quoted = [m.replace('"', quote).encode() for m in marks for quote in quotes]
            yield tail + part, quoted
            tail = part[-_OVERLAP:]


def _deleted(file: Path, format_name: str) -> set[tuple[str, int]]:
    """Return kinds and ids of objects that an editor marked as deleted, which osmium does not see.

    Raises
    ------
    ValueError
        If the file declares entities.
    """
    found: set[tuple[str, int]] = set()
    if not format_name.startswith("osm"):
        return found
    parts = _parts(file, format_name, (_DELETED,))
    if not any(mark in part for part, marks in parts for mark in marks):
        return found

    def begin(name: str, values: dict[str, str]) -> None:
        if values.get("action") == "delete" and name in _KINDS:
            found.add((_KINDS[name], int(values.get("id", 0))))

    def refuse(*_: object) -> None:
        msg = "XML entities are not supported"
        raise ValueError(msg)

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.EntityDeclHandler = refuse
    try:
        with _opened(file, format_name) as stream:
            parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error
    return found
