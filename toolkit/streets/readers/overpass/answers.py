"""Conversion of Overpass responses (JSON) to OpenStreetMap files; uses no network.

Responses are untrusted: each is checked object by object before it is written.
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
"""Header field of an OpenStreetMap file with the time of its data."""
_STAMP_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
_KINDS: Final = {"node": "n", "way": "w", "relation": "r"}
_MAX_ID: Final = 1 << 62


class RetryLaterError(Exception):
    """Missing or incomplete response; the same query may succeed later.

    Attributes
    ----------
    reason
        Reason, as part of a sentence.
    wait_s
        Wait requested by the server, seconds, or None.
    """

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_s = wait_s


def write_answers(answers: Sequence[Path], target: Path) -> None:
    """Write the objects of responses to one ``.osm.pbf`` file, sorted, each object once.

    Parameters
    ----------
    answers
        Files of responses as received (``[out:json]``).
    target
        File to write; it must not exist.

    Raises
    ------
    RetryLaterError
        If a response is truncated, or has a remark that the server could not finish.
    InputDataError
        If a response is complete but is not OpenStreetMap data.
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
    """Merge files of `write_answers`, keeping each object once.

    The result is dated like its oldest part.

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
        raise RetryLaterError(reason) from error
    if not isinstance(content, dict) or not isinstance(content.get("elements"), list):
        what = "there is no list of elements in it"
        raise _foreign(what)
    if "remark" in content:
        reason = f"the server could not finish: {clean_text(str(content['remark'])) or 'no reason'}"
        raise RetryLaterError(reason)
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
    """Return the header of a file dated with the oldest of some times."""
    header = osmium.io.Header()
    # A fixed name, so that the bytes depend on the data only.
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
            and 0 < number < _MAX_ID
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
        (_KINDS[member["type"]], member["ref"], str(member["role"]).replace("\0", ""))
        for member in element.get("members", [])
    ]
    writer.add_relation(mutable.Relation(id=number, members=members, tags=_tags(element)))


def _within(value: object, most: float) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and abs(value) <= most  # type: ignore[arg-type]


def _tags(element: Mapping[str, Any]) -> dict[str, str]:
    tags = element.get("tags", {})
    # A NUL in a text ends the process inside osmium.
    if not isinstance(tags, dict) or not all(
        isinstance(part, str) and "\0" not in part for tag in tags.items() for part in tag
    ):
        msg = f"the tags of {element['type']} {element['id']} are not text"
        raise ValueError(msg)
    return tags
