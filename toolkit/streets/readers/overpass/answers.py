"""Overpass answers (JSON) turned into OpenStreetMap files; nothing here talks to anybody.

An answer is checked object by object before it is written: whoever answers may send anything.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import osmium
from osmium.osm import mutable

from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError

_STAMP: Final = "osmosis_replication_timestamp"
"""Name under which the header of an OpenStreetMap file holds the time of its data."""
_STAMP_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
_KINDS: Final = {"node": "n", "way": "w", "relation": "r"}
_MOST_ID: Final = 1 << 62


class AskAgainError(Exception):
    """An answer that did not come whole; the same question may get one later.

    Attributes
    ----------
    reason
        Why, as part of a sentence.
    wait_s
        How long the server asks to wait, seconds, if it says so.
    """

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_s = wait_s


def write_answers(answers: Sequence[Path], target: Path) -> None:
    """Write the objects of some answers as one ``.osm.pbf``, sorted, each object once.

    Parameters
    ----------
    answers
        Files as the server sent them (``[out:json]``).
    target
        File to write; it must not exist.

    Raises
    ------
    AskAgainError
        If an answer breaks off, or the server remarks in it that it could not finish.
    InputDataError
        If an answer is whole but is not OpenStreetMap data.
    """
    found: dict[str, dict[int, Any]] = {kind: {} for kind in _KINDS}
    stamps = []
    for answer in answers:
        content = _content(answer)
        stamps.append(_stamp(content))
        for element in content["elements"]:
            kind, number = _identity(element)
            found[kind][number] = element
    writes = {"node": _node, "way": _way, "relation": _relation}
    try:
        with osmium.SimpleWriter(str(target), header=_header(stamps)) as writer:
            for kind, write in writes.items():
                for number in sorted(found[kind]):
                    write(writer, number, found[kind][number])
    except (KeyError, TypeError, ValueError, RuntimeError, OverflowError) as error:
        what = f"an object is not as it should be ({clean_text(str(error))})"
        raise _foreign(what) from error


def merge(parts: Sequence[Path], target: Path) -> None:
    """Merge files of `write_answers` into one; what is in several is taken once.

    The time of the result is that of its oldest part.

    Raises
    ------
    RuntimeError
        If a part is damaged.
    """
    reader = osmium.MergeInputReader()
    stamps = []
    for part in parts:
        with osmium.io.Reader(str(part)) as opened:
            stamps.append(opened.header().get(_STAMP) or None)
        reader.add_file(str(part))
    with osmium.SimpleWriter(str(target), header=_header(stamps)) as writer:
        reader.apply(writer, simplify=True)


def _foreign(what: str) -> InputDataError:
    msg = f"The server answered, but not with OpenStreetMap data: {what}. Ask another server."
    return InputDataError(msg)


def _content(answer: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(answer.read_bytes())
    except (ValueError, RecursionError) as error:
        reason = "the answer breaks off"
        raise AskAgainError(reason) from error
    if not isinstance(content, dict) or not isinstance(content.get("elements"), list):
        what = "there is no list of elements in it"
        raise _foreign(what)
    if "remark" in content:
        reason = f"the server could not finish: {clean_text(str(content['remark'])) or 'no reason'}"
        raise AskAgainError(reason)
    return content


def _stamp(content: Mapping[str, Any]) -> str | None:
    about = content.get("osm3s")
    stamp = about.get("timestamp_osm_base") if isinstance(about, dict) else None
    try:
        time = dt.datetime.strptime(str(stamp), _STAMP_FORMAT).replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    return time.strftime(_STAMP_FORMAT)


def _header(stamps: Sequence[str | None]) -> Any:  # noqa: ANN401
    """Return the header of a file whose data are as old as the oldest of some times."""
    header = osmium.io.Header()
    # Fixed, so that the bytes depend on the data only.
    header.set("generator", "overpass")
    known = [stamp for stamp in stamps if stamp]
    if known:
        header.set(_STAMP, min(known))
    return header


def _identity(element: object) -> tuple[str, int]:
    if isinstance(element, dict):
        kind, number = element.get("type"), element.get("id")
        if (
            isinstance(kind, str)
            and kind in _KINDS
            and type(number) is int
            and 0 < number < _MOST_ID
        ):
            return kind, number
    what = "an element is not a node, way or relation with an id"
    raise _foreign(what)


def _node(writer: Any, number: int, element: Mapping[str, Any]) -> None:  # noqa: ANN401
    lon, lat = element["lon"], element["lat"]
    if not (_within(lon, 180) and _within(lat, 90)):
        msg = f"node {number} has no place on the earth"
        raise ValueError(msg)
    writer.add_node(mutable.Node(id=number, location=(lon, lat), tags=_tags(element)))


def _way(writer: Any, number: int, element: Mapping[str, Any]) -> None:  # noqa: ANN401
    refs = element.get("nodes", [])
    if not isinstance(refs, list) or not all(type(ref) is int for ref in refs):
        msg = f"way {number} has no list of nodes"
        raise ValueError(msg)
    writer.add_way(mutable.Way(id=number, nodes=refs, tags=_tags(element)))


def _relation(writer: Any, number: int, element: Mapping[str, Any]) -> None:  # noqa: ANN401
    members = [
        (_KINDS[member["type"]], member["ref"], str(member["role"]))
        for member in element.get("members", [])
    ]
    writer.add_relation(mutable.Relation(id=number, members=members, tags=_tags(element)))


def _within(value: object, most: float) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and abs(value) <= most  # type: ignore[arg-type]


def _tags(element: Mapping[str, Any]) -> dict[str, str]:
    tags = element.get("tags", {})
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        msg = f"the tags of {element['type']} {element['id']} are not text"
        raise ValueError(msg)
    return tags
