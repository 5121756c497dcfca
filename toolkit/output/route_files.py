"""Files of a route and its alternatives: GeoJSON and GPX, only where the user names one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.errors import UsageError
from toolkit.base.escape import plain
from toolkit.streets.manifest import ODBL, OSM_ATTRIBUTION
from toolkit.threats.model import RouteAnswer
from toolkit.threats.route import Credit, Routed

SUFFIXES: Final = (".geojson", ".gpx")
_AUTHORS: Final = {OSM_ATTRIBUTION: "OpenStreetMap contributors"}
_LICENCE_ADDRESSES: Final = {ODBL: "https://opendatacommons.org/licenses/odbl/1-0/"}
"""GPX takes the address of a licence, and nothing else."""
_DECIMALS_DEG: Final = 6
"""Of degrees: a step of about a decimetre."""


def check_suffix(path: Path) -> None:
    """Check the suffix of a file.

    Raises
    ------
    UsageError
        If it is not one of `SUFFIXES`.
    """
    if path.suffix.lower() not in SUFFIXES:
        msg = f"--out: end the name of the file with one of {', '.join(SUFFIXES)}."
        raise UsageError(msg)


def write_route(made: Routed, path: Path) -> None:
    """Write a route and its alternatives, with what they rest on and what they cannot say.

    Parameters
    ----------
    made
        The answer, its lines, and whose streets they follow.
    path
        File, its suffix one of `SUFFIXES`.
    """
    check_suffix(path)
    rows = [_properties(made.answer, k) for k in range(len(made.lines))]
    text = _gpx(made, rows) if path.suffix.lower() == ".gpx" else _geojson(made, rows)
    store.write_text(path, text)


def _properties(answer: RouteAnswer, k: int) -> dict[str, Any]:
    """Return what is said of the route, or of an alternative; no figure without its interval."""
    if k == 0:
        found = dict(answer.tiers)
        head: dict[str, Any] = {"name": "route", "length_m": answer.length_m}
    else:
        others = answer.alternatives
        way = None if others is None else others.ways[k - 1]
        if way is None or others is None:
            return {"name": f"way {k}"}
        found = {others.tier: way.tier}
        head = {"name": f"way {k}", "length_m": way.length_m}
        if way.compared is not None:
            head["fewer_same_more_of_10"] = list(way.compared.in_ten)
    for tier, part in found.items():
        one = part.at_least_one
        head[f"{tier}_at_least_one"] = [one.low, one.mid, one.high]
    return head


def _rounded(line: FloatArray) -> list[list[float]]:
    return [[round(float(x), _DECIMALS_DEG), round(float(y), _DECIMALS_DEG)] for x, y in line]


def _made_up(answer: RouteAnswer) -> str | None:
    """Return the sentence that the report behind the figures is made up; None where it is not."""
    return next((note.text for note in answer.warnings if note.id == "demonstration"), None)


def _geojson(made: Routed, rows: Sequence[dict[str, Any]]) -> str:
    answer, credit = made.answer, made.credit
    features = [
        {
            "type": "Feature",
            "properties": row,
            "geometry": {
                "type": "MultiLineString", "coordinates": [_rounded(line) for line in parts],
            },
        }
        for row, parts in zip(rows, made.lines, strict=True)
    ]  # fmt: skip
    data = {
        "type": "FeatureCollection",
        "attribution": plain(credit.attribution) if credit else None,
        "licence": plain(credit.licence) if credit else None,
        "city": answer.city.model_dump(mode="json") if answer.city else None,
        "as_of": answer.as_of.isoformat(),
        "demonstration": _made_up(answer) is not None,
        "limits": list(answer.limits),
        "features": features,
    }
    return json.dumps(data, ensure_ascii=False) + "\n"


def _gpx(made: Routed, rows: Sequence[dict[str, Any]]) -> str:
    tracks = []
    for row, parts in zip(rows, made.lines, strict=True):
        segments = "".join(
            "<trkseg>"
            + "".join(f'<trkpt lat="{y}" lon="{x}"/>' for x, y in _rounded(line))
            + "</trkseg>"
            for line in parts
        )
        tracks.append(f"<trk><name>{escape(str(row['name']))}</name>{segments}</trk>")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="camera-exposure" '
        f'xmlns="http://www.topografix.com/GPX/1/1">{_metadata(made)}{"".join(tracks)}</gpx>\n'
    )


def _metadata(made: Routed) -> str:
    """Return what a GPX file says of itself, in the order that its schema asks for."""
    answer, credit = made.answer, made.credit
    where = "past a list of cameras"
    if answer.city is not None:
        where = f"on the streets of {plain(answer.city.name.en)}"
    said = [f"Route {where}, with cameras as estimated for {answer.as_of.isoformat()}."]
    made_up = _made_up(answer)
    if made_up is not None:
        said.append(made_up)
    said += answer.limits[:1]
    if credit is not None:
        said.append(f"Map data: {plain(credit.attribution)}. Licence: {plain(credit.licence)}.")
    copyright_ = "" if credit is None else _copyright(credit)
    return f"<metadata><desc>{escape(' '.join(said))}</desc>{copyright_}</metadata>"


def _copyright(credit: Credit) -> str:
    author = quoteattr(_AUTHORS.get(credit.attribution, plain(credit.attribution)))
    address = _LICENCE_ADDRESSES.get(credit.licence)
    licence = "" if address is None else f"<license>{escape(address)}</license>"
    return f"<copyright author={author}>{licence}</copyright>"
