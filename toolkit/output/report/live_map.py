"""Map of a page that can be moved and asked: streets of all questions, in one file.

Leaflet and the data travel inside the page. Its scripts are named in the policy of the page by
their hashes, so that no other one runs. Texts of the data reach the page as text, never as HTML.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup
from numpy.typing import NDArray

from toolkit.assessment.layers import Layers
from toolkit.base import escape
from toolkit.base.clean_text import clean_text
from toolkit.base.terms import TIERS, Language, Tier
from toolkit.language import fonts, quantities, words
from toolkit.language.translate import tr
from toolkit.output import leaflet, map_scale
from toolkit.output.map_background import NAMES
from toolkit.output.report.thinned import Thinned

_SCRIPT: Final = Path(__file__).resolve().parent / "templates" / "live_map.js"
_STEPS_PER_DEG: Final = 100_000
"""Coordinates are whole hundred-thousandths of a degree: about a metre."""
_UNKNOWN: Final = 255
"""Per cent of a street without an answer."""
_PAPER: Final = "#ffffff"
SHEET_BYTES: Final = 650_000
"""Most bytes of the streets on a hand-out, which is then under 1 MB with its script and font: it is
passed on from phone to phone."""
REPORT_BYTES: Final = 4_000_000
"""The same of a full report: a phone with 2 GB of memory still moves the map."""


@dataclass(frozen=True)
class LiveMap:
    """What a page needs: its policy, style, element, scripts and data."""

    policy: str
    style: Markup
    element: Markup
    scripts: tuple[Markup, ...]
    data: Markup
    find: str
    pick: str
    left_out: str


def live_map(shown: Thinned, tier: Tier, lang: Language) -> LiveMap:
    """Return the map.

    Parameters
    ----------
    shown
        Layers of the assessment, with as many streets as the page may hold.
    tier
        Question that is shown first.
    lang
        Language of names and texts.
    """
    layers = shown.layers
    library, style = map(_asset, leaflet.LEAFLET_FILES)
    element, script = leaflet.empty_map(_SCRIPT.read_text(encoding="utf-8"))
    scripts = (library, script.strip())
    hashes = " ".join(f"'sha256-{_sha256(text)}'" for text in scripts)
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )
    data = json.dumps(_data(layers, tier, lang), ensure_ascii=False, separators=(",", ":"))
    # Nothing in a text can end the element that holds the data.
    data = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return LiveMap(
        policy=policy,
        style=Markup(style),  # noqa: S704 - bundled
        element=Markup(element),  # noqa: S704 - made without data
        scripts=tuple(Markup(text) for text in scripts),  # noqa: S704 - bundled
        data=Markup(data),  # noqa: S704 - escaped above
        find=tr("Find a street", lang),
        pick=tr("Tap a street to see its range.", lang),
        left_out=_left_out(shown.left_out, lang),
    )


def _left_out(share: float, lang: Language) -> str:
    """Return what a map lacks, in words; empty where it holds all streets."""
    if not share:
        return ""
    return tr(
        "So that the file stays small, minor ways are left out of this map: {share} of the street "
        "length. The figures count them all.",
        lang,
    ).format(share=quantities.share(share, lang))


def _data(layers: Layers, tier: Tier, lang: Language) -> dict[str, Any]:
    """Return what the script draws and says."""
    streets = layers.streets.reset_index(drop=True)
    names, of_street = _names(streets, lang)
    looks, look_of = _looks(streets)
    return {
        "tiers": [{"id": one, "name": words.tier_name(one, lang)} for one in TIERS],
        "first": tier,
        "steps": [
            {
                "name": map_scale.step_name(step, lang),
                "color": step.color,
                "width": step.width_px,
                "dash": step.dash,
            }
            for step in map_scale.STEPS
        ],
        "looks": looks,
        "look_of": _packed(look_of),
        "ranges": {one: _ranges(streets, one) for one in TIERS},
        "lines": _lines(streets.geometry.to_numpy()),
        "per_deg": _STEPS_PER_DEG,
        "names": names,
        "name_of": _packed(np.array(of_street, dtype=np.int64) + 1),
        "cameras": _points(layers.cameras.geometry.to_numpy()),
        "boundary": [_line(shapely.get_exterior_ring(part))
                     for part in shapely.get_parts(layers.boundary.geometry.to_numpy())],
        "paper": _PAPER,
        "words": {
            "range": tr("{low} to {high}", lang).format(low="{low} %", high="{high} %"),
            "unnamed": tr("Street without a name", lang),
            "unknown": words.class_meaning("unknown", lang),
            "camera": tr("Mapped camera", lang),
            "limit": words.limits(lang)[0],
            "attribution": escape.plain(layers.attribution),
        },
    }  # fmt: skip


def _names(streets: Any, lang: Language) -> tuple[list[str], list[int]]:  # noqa: ANN401 - a frame
    """Return all names, and the index of that of each street; -1 without a name."""
    known = [name for name in NAMES if name in streets.columns]
    order = [f"name_{lang}", "name", "name_en", "name_my"]
    table = streets[known].map(lambda v: "" if pd.isna(v) else clean_text(str(v)) or "")
    shown = [
        next((row[name] for name in order if row.get(name)), "") for row in table.to_dict("records")
    ]
    names = sorted({name for name in shown if name})
    place = {name: index for index, name in enumerate(names)}
    return names, [place.get(name, -1) for name in shown]


def _looks(streets: Any) -> tuple[list[str], NDArray[np.int64]]:  # noqa: ANN401 - a frame
    """Return all looks of a street, a digit for its step in each tier, and that of each street."""
    found = np.zeros((len(streets), len(TIERS)), dtype=np.int64)
    for t, tier in enumerate(TIERS):
        for number, step in enumerate(map_scale.STEPS):
            found[map_scale.streets_of(step, streets, tier).index, t] = number
    alike, look_of = np.unique(found, axis=0, return_inverse=True)
    return ["".join(map(str, row)) for row in alike.tolist()], look_of.ravel()


def _ranges(streets: Any, tier: Tier) -> str:  # noqa: ANN401 - a frame
    """Return low and high end of each street in per cent, a byte each, as base64."""
    ends = streets[[f"{tier}_low", f"{tier}_high"]].to_numpy(float) * 100.0
    whole = np.where(np.isnan(ends), _UNKNOWN, np.rint(ends)).astype(np.uint8)
    return base64.b64encode(whole.tobytes()).decode()


def _lines(shapes: NDArray[np.object_]) -> str:
    """Return lines as whole numbers of `_packed`: how many points, and the steps between them.

    The first step of a line is from the start of the one before.
    """
    whole, of_line = shapely.get_coordinates(shapes, return_index=True)
    points = np.rint(whole[:, ::-1] * _STEPS_PER_DEG).astype(np.int64)
    first = np.flatnonzero(np.diff(of_line, prepend=-1))
    count = np.diff(np.append(first, len(points)))
    moves = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    moves[first] = np.diff(points[first], axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    # Even numbers go forward, odd ones back.
    signed = np.where(moves < 0, -2 * moves - 1, 2 * moves)
    return _packed(np.insert(signed.ravel(), 2 * first, count))


def _packed(values: NDArray[np.int64]) -> str:
    """Return whole numbers from zero as base64: seven bits a byte, the lowest first.

    All bytes of a number but its last have the eighth bit, as in LEB128.
    """
    left = values.astype(np.int64)
    columns = []
    while True:
        more = left >> 7
        columns.append(np.where(more > 0, left & 127 | 128, left & 127))
        if not more.any():
            break
        left = more
    table = np.stack(columns, axis=1) if len(values) else np.zeros((0, 1), dtype=np.int64)
    # A number ends with its first byte without the eighth bit.
    used: NDArray[np.bool_] = np.cumsum(table < 128, axis=1) - (table < 128) == 0  # noqa: PLR2004 - the eighth bit
    return base64.b64encode(table[used].astype(np.uint8).tobytes()).decode()


def _line(shape: Any) -> list[int]:  # noqa: ANN401 - a geometry
    """Return a line as latitude and longitude of its start, and the steps from point to point."""
    points = np.rint(shapely.get_coordinates(shape)[:, ::-1] * _STEPS_PER_DEG).astype(np.int64)
    moves = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return [int(one) for one in moves.ravel()]


def _points(shapes: Any) -> list[list[float]]:  # noqa: ANN401 - an array of geometries
    there = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    xy = shapely.get_coordinates(shapely.centroid(there))
    return [[round(y, 6), round(x, 6)] for x, y in xy.tolist()]


@functools.cache
def _asset(name: str) -> str:
    return (fonts.ASSETS / name).read_text(encoding="utf-8").strip()


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
