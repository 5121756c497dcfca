"""Files of a route and its alternatives: GeoJSON and GPX, only where the user names one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.errors import UsageError
from toolkit.threats.model import RouteAnswer

SUFFIXES: Final = (".geojson", ".gpx")
_DECIMALS_DEG: Final = 6
"""Of degrees: a step of about a decimetre."""

Lines = Sequence[Sequence[FloatArray]]
"""Lines in degrees of the route, and then of each alternative."""


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


def write_route(answer: RouteAnswer, lines: Lines, path: Path) -> None:
    """Write a route and its alternatives.

    Parameters
    ----------
    answer
        The answer.
    lines
        The lines; those of the route itself first.
    path
        File, its suffix one of `SUFFIXES`.
    """
    check_suffix(path)
    rows = [_properties(answer, k) for k in range(len(lines))]
    text = _gpx(rows, lines) if path.suffix.lower() == ".gpx" else _geojson(answer, rows, lines)
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


def _geojson(answer: RouteAnswer, rows: Sequence[dict[str, Any]], lines: Lines) -> str:
    features = [
        {
            "type": "Feature",
            "properties": row,
            "geometry": {
                "type": "MultiLineString", "coordinates": [_rounded(line) for line in parts],
            },
        }
        for row, parts in zip(rows, lines, strict=True)
    ]  # fmt: skip
    data = {
        "type": "FeatureCollection",
        "as_of": answer.as_of.isoformat(),
        "limits": list(answer.limits),
        "features": features,
    }
    return json.dumps(data, ensure_ascii=False) + "\n"


def _gpx(rows: Sequence[dict[str, Any]], lines: Lines) -> str:
    tracks = []
    for row, parts in zip(rows, lines, strict=True):
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
        f'xmlns="http://www.topografix.com/GPX/1/1">{"".join(tracks)}</gpx>\n'
    )
