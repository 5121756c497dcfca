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

from toolkit.assessment.layers import Layers
from toolkit.base import escape
from toolkit.base.clean_text import clean_text
from toolkit.base.terms import TIERS, Language, Tier
from toolkit.language import fonts, words
from toolkit.language.translate import tr
from toolkit.output import leaflet, map_scale
from toolkit.output.map_background import NAMES

_SCRIPT: Final = Path(__file__).resolve().parent / "templates" / "live_map.js"
_STEPS_PER_DEG: Final = 100_000
"""Coordinates are whole hundred-thousandths of a degree: about a metre."""
_UNKNOWN: Final = 255
"""Per cent of a street without an answer."""
_PAPER: Final = "#ffffff"


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


def live_map(layers: Layers, tier: Tier, lang: Language) -> LiveMap:
    """Return the map.

    Parameters
    ----------
    layers
        Layers of the assessment.
    tier
        Question that is shown first.
    lang
        Language of names and texts.
    """
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
    )


def _data(layers: Layers, tier: Tier, lang: Language) -> dict[str, Any]:
    """Return what the script draws and says."""
    streets = layers.streets.reset_index(drop=True)
    names, of_street = _names(streets, lang)
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
        "step_of": {one: _steps(streets, one) for one in TIERS},
        "ranges": {one: _ranges(streets, one) for one in TIERS},
        "lines": [_line(shape) for shape in streets.geometry],
        "per_deg": _STEPS_PER_DEG,
        "names": names,
        "name_of": of_street,
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


def _steps(streets: Any, tier: Tier) -> str:  # noqa: ANN401 - a frame
    """Return the step of each street, a digit each."""
    found = np.zeros(len(streets), dtype=np.int64)
    for number, step in enumerate(map_scale.STEPS):
        found[map_scale.streets_of(step, streets, tier).index] = number
    return "".join(map(str, found.tolist()))


def _ranges(streets: Any, tier: Tier) -> str:  # noqa: ANN401 - a frame
    """Return low and high end of each street in per cent, a byte each, as base64."""
    ends = streets[[f"{tier}_low", f"{tier}_high"]].to_numpy(float) * 100.0
    whole = np.where(np.isnan(ends), _UNKNOWN, np.rint(ends)).astype(np.uint8)
    return base64.b64encode(whole.tobytes()).decode()


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
