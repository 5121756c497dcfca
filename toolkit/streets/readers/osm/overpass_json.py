"""OpenStreetMap data as JSON, as an Overpass server or the OpenStreetMap API returns them.

`toolkit.streets.readers.overpass` asks its own question and so knows the answer; here any
question may have been asked: ways with nodes or with coordinates, objects twice, in any order.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import osmium
from osmium.osm import mutable

from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError
from toolkit.streets.readers import guard, json_text
from toolkit.streets.readers.osm.tidy import NEW_FROM

_HEAD_BYTES: Final = 4096
"""Bytes at the beginning by which a file is recognised; Overpass states a licence first."""
_ELEMENTS: Final = re.compile(rb'"elements"\s*:\s*\[')
_OF_OSM: Final = re.compile(rb'"osm3s"\s*:|"type"\s*:\s*"(?:node|way|relation)"')
_OF_GEOJSON: Final = re.compile(rb'"features"\s*:|"FeatureCollection"')
_STAMP: Final = "osmosis_replication_timestamp"
_STAMP_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
_KINDS: Final = {"node": "n", "way": "w", "relation": "r"}
_MAX_ID: Final = NEW_FROM
_PLACED_FROM: Final = NEW_FROM << 1
"""Ids of nodes of which only coordinates are known begin here."""


def is_overpass_json(file: Path) -> bool:
    """Return whether a ``.json`` file begins like OpenStreetMap data."""
    if file.suffix.lower() != ".json":
        return False
    head = guard.first_bytes(file, _HEAD_BYTES)
    return bool(_ELEMENTS.search(head) and _OF_OSM.search(head) and not _OF_GEOJSON.search(head))


def write_osm(file: Path, target: Path) -> None:
    """Write the objects of a JSON file as OpenStreetMap data, unsorted.

    Parameters
    ----------
    file
        File recognised by `is_overpass_json`.
    target
        ``.osm.pbf`` file to write; it must not exist.

    Raises
    ------
    InputDataError
        If it is too large or damaged, has no coordinates of ways, or says that the server could
        not finish.
    """
    guard.plain_file(file, max_bytes=guard.MAX_TEXT_BYTES)
    errors = (ValueError, TypeError, KeyError, RuntimeError)
    with guard.reading(file, "OpenStreetMap data in JSON", *errors):
        text = file.read_bytes().decode("utf-8-sig")
        about: dict[str, Any] = {}
        objects: _Objects | None = None
        with contextlib.ExitStack() as stack:
            for key, value in json_text.members(text, "elements"):
                if key != "elements":
                    about[key] = value
                    continue
                if objects is None:
                    writer = osmium.SimpleWriter(str(target), header=_header(about))
                    objects = _Objects(stack.enter_context(writer))
                objects.take(value)
            if objects is not None:
                objects.finish()
    if "remark" in about:
        msg = (
            f"{file.name} is not whole: the server could not finish "
            f"({clean_text(str(about['remark'])) or 'no reason given'}). Ask again, for a "
            "smaller area or with more time."
        )
        raise InputDataError(msg)
    if objects is None:
        msg = f"{file.name} has no objects: nothing was found where it was asked for."
        raise InputDataError(msg)
    if objects.n_ways and not objects.n_placed:
        msg = (
            f"{file.name} has ways but no coordinates. End the question with: out body; >; out "
            "skel qt; or with: out geom;"
        )
        raise InputDataError(msg)


@dataclass
class _Objects:
    """Writes the objects of a file, and nodes for coordinates that ways state."""

    writer: Any
    n_ways: int = 0
    n_placed: int = 0
    _ways: set[int] = field(default_factory=set)
    _of_members: dict[int, list[Any]] = field(default_factory=dict)
    """Coordinates of ways that only relations state."""
    _nodes_at: dict[tuple[float, float], int] = field(default_factory=dict)

    def take(self, element: Any) -> None:  # noqa: ANN401
        """Write one object; other elements (counts, areas) are no map data."""
        kind = element["type"]
        if kind not in _KINDS:
            return
        number = _number(element["id"])
        values = {"id": number, "tags": _tags(element), **_edit(element)}
        if kind == "node":
            self._place(number, element, values)
        elif kind == "way":
            self._way(number, element, values)
        else:
            self._relation(element, values)

    def finish(self) -> None:
        """Write the ways that only relations state."""
        for number, points in sorted(self._of_members.items()):
            if number not in self._ways:
                refs = [self._node_at(point) for point in points if point is not None]
                self.writer.add_way(mutable.Way(id=number, nodes=refs))

    def _place(self, number: int, at: Mapping[str, Any], values: dict[str, Any]) -> None:
        lon, lat = at["lon"], at["lat"]
        if not (_within(lon, 180) and _within(lat, 90)):
            msg = f"node {number} has no place on the earth"
            raise ValueError(msg)
        self.n_placed += 1
        self.writer.add_node(mutable.Node(location=(lon, lat), **values))

    def _way(self, number: int, element: Mapping[str, Any], values: dict[str, Any]) -> None:
        points, refs = element.get("geometry") or [], element.get("nodes")
        if refs is None:
            refs = [self._node_at(point) for point in points if point is not None]
        else:
            refs = [_number(ref) for ref in refs]
            if points and len(points) != len(refs):
                msg = f"way {number} has {len(refs)} nodes and {len(points)} coordinates"
                raise ValueError(msg)
            for ref, point in zip(refs, points, strict=False):
                # None: outside the box that was asked for.
                if point is not None:
                    self._place(ref, point, {"id": ref})
        self._ways.add(number)
        self.n_ways += 1
        self.writer.add_way(mutable.Way(nodes=refs, **values))

    def _relation(self, element: Mapping[str, Any], values: dict[str, Any]) -> None:
        members = []
        for member in element.get("members", []):
            ref = _number(member["ref"])
            role = str(member["role"]).replace("\0", "")
            members.append((_KINDS[member["type"]], ref, role))
            if member["type"] == "way" and member.get("geometry"):
                self._of_members[ref] = member["geometry"]
        self.writer.add_relation(mutable.Relation(members=members, **values))

    def _node_at(self, point: Mapping[str, Any]) -> int:
        """Return the id of the node at some coordinates, written when first met."""
        place = (point["lon"], point["lat"])
        number = self._nodes_at.get(place)
        if number is None:
            number = self._nodes_at[place] = _PLACED_FROM + len(self._nodes_at)
            self._place(number, point, {"id": number})
        return number


def _header(about: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Return a header with the time and the box that the file states."""
    header = osmium.io.Header()
    header.set("generator", "overpass")
    server = about.get("osm3s")
    stamp = server.get("timestamp_osm_base") if isinstance(server, dict) else None
    time = _time(stamp)
    if time is not None:
        header.set(_STAMP, time.strftime(_STAMP_FORMAT))
    box = about.get("bounds")
    if isinstance(box, dict):
        west, south, east, north = (box[k] for k in ("minlon", "minlat", "maxlon", "maxlat"))
        if all(map(_within, (west, south, east, north), (180, 90, 180, 90))):
            header.add_box(osmium.osm.Box(west, south, east, north))
    return header


def _time(stamp: object) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(str(stamp), _STAMP_FORMAT).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _edit(element: Mapping[str, Any]) -> dict[str, Any]:
    """Return version and time of an edit, where stated."""
    version, time = element.get("version"), _time(element.get("timestamp"))
    values = {"version": version if type(version) is int and 0 < version < 1 << 31 else None}
    return {k: v for k, v in (values | {"timestamp": time}).items() if v is not None}


def _number(value: object) -> int:
    if type(value) is int and 0 < abs(value) < _MAX_ID:
        return value
    msg = "an object has no id"
    raise ValueError(msg)


def _within(value: object, most: float) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and abs(value) <= most  # type: ignore[arg-type]


def _tags(element: Mapping[str, Any]) -> dict[str, str]:
    tags = element.get("tags") or {}
    if not isinstance(tags, dict) or not all(map(_is_text, tags.items())):
        msg = f"the tags of {element['type']} {element['id']} are not text"
        raise ValueError(msg)
    return tags


def _is_text(tag: tuple[str, object]) -> bool:
    """Return whether a tag is text that osmium can write: a NUL in it ends the process."""
    return all(isinstance(part, str) and "\0" not in part for part in tag)
