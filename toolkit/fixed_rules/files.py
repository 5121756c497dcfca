"""Cover of listed cameras as JSON and as a GIS file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from toolkit.base.version import __version__
from toolkit.fixed_rules.camera_list import CameraList
from toolkit.fixed_rules.cover import Cover, StreetCover, ring_frame
from toolkit.fixed_rules.sets import RuleSet
from toolkit.language import notes, words
from toolkit.output import gis_files
from toolkit.streets.cities import City
from toolkit.streets.pack import Pack

SCHEMA: Final = "camera-exposure.zones/1"
_LAYER: Final = "cover"
_DIGITS: Final = 10
"""Significant digits: the figures are exact, not estimates."""
_DECIMALS_DEG: Final = 8
"""Of degrees: a step of about a millimetre."""
_M2_PER_KM2: Final = 1e6


def summary(
    found: Cover,
    cameras: CameraList,
    rules: RuleSet,
    *,
    as_of: dt.date,
    city: City | None = None,
    pack: Pack | None = None,
    streets: StreetCover | None = None,
) -> dict[str, Any]:
    """Return the figures with their inputs; a figure that is missing says why.

    Parameters
    ----------
    found, cameras, rules
        Ground covered, the cameras, and the rules.
    as_of
        Date of the output.
    city, pack, streets
        The city, its pack, and its covered streets.
    """
    plane = found.plane
    no_streets = "no city is named" if city is None else "no streets are installed for the city"
    return {
        "schema": SCHEMA,
        "tool": __version__,
        "as_of": as_of.isoformat(),
        "assumptions": {
            "name": rules.name,
            "kind": rules.kind,
            "title": rules.title,
            "sha256": rules.sha256,
            "differs": list(rules.differs),
        },
        "inputs": {
            "cameras_sha256": cameras.sha256,
            "pack_sha256": pack.sha256 if pack else None,
        },
        "cameras": {
            "listed": found.n_cameras,
            "with_direction": found.n_directed,
            "with_own_radius": found.n_own_radius,
            "covering": found.n_covering,
        },
        "projection": {
            "method": "Lambert azimuthal equal-area about the cameras, WGS84",
            "lon": round(plane.lon, _DECIMALS_DEG),
            "lat": round(plane.lat, _DECIMALS_DEG),
            "extent_km": _kept(plane.extent_m / 1000.0),
            "area_error_share": 0.0,
            "length_error_share": _kept(plane.length_error_share),
        },
        "views_blocked_by_buildings": found.blocked,
        "zones": [
            {
                "name": zone.name,
                "union_km2": _kept(zone.union_m2 / _M2_PER_KM2),
                "sum_of_rings_km2": _kept(zone.sum_m2 / _M2_PER_KM2),
                "effective_cameras": _known(
                    zone.effective_cameras, "the cameras do not all cover the same disc"
                ),
                "street_km": _known(streets.covered_m[k] / 1000.0 if streets else None, no_streets),
                "share_of_street_length": _known(
                    streets.covered_m[k] / streets.length_m if streets else None, no_streets
                ),
            }
            for k, zone in enumerate(found.zones)
        ],
        "city": None
        if city is None
        else {
            "id": city.id,
            "name": city.name.model_dump(),
            "demonstration": city.demonstration,
            "boundary": pack.manifest.boundary.model_dump(mode="json") if pack else None,
            "street_km": _known(streets.length_m / 1000.0 if streets else None, no_streets),
            "cameras_inside": _known(streets.n_inside if streets else None, no_streets),
            "cameras_per_km": _known(streets.cameras_per_km if streets else None, no_streets),
        },
        "notes": [
            note.model_dump() for note in notes.notes(_notes(found, rules, city, pack, streets))
        ],
        "limits": _limits(),
        "sources": [source.model_dump() for source in rules.sources],
        "attribution": pack.manifest.attribution if pack else None,
    }


def _notes(
    found: Cover,
    rules: RuleSet,
    city: City | None,
    pack: Pack | None,
    streets: StreetCover | None,
) -> list[str]:
    ids = ["list_only", "fixed_rules"]
    if city is None:
        ids.append("no_city_named")
    elif pack is None:
        ids.append("no_streets")
    if rules.occlusion is not None and not found.blocked:
        ids.append("views_not_blocked")
    if found.n_covering < found.n_cameras:
        ids.append("no_camera_covers")
    if streets is not None and not streets.n_inside:
        ids.append("no_camera_inside")
    return ids


def _limits() -> list[str]:
    """Return the limits that hold for a list of cameras, which rests on no report."""
    every = words.limits("en")
    return [*every[:2], *every[-2:]]


def _kept(value: float) -> float:
    """Return a number with the digits that are kept."""
    return float(f"{value:.{_DIGITS}g}")


def _known(value: float | None, why: str) -> Any:  # noqa: ANN401
    """Return a figure, or null with the reason."""
    if value is None:
        return {"value": None, "why": why}
    return {"value": value if isinstance(value, int) else _kept(value)}


def write_cover(found: Cover, figures: dict[str, Any], path: Path) -> None:
    """Write rings and unions to a GIS file, with the figures as metadata.

    Coordinates are longitude and latitude, WGS84. The same cover gives the same bytes.

    Raises
    ------
    UsageError
        If the suffix is not one of `gis_files.SUFFIXES`.
    """
    frame = ring_frame(found)
    frame["geometry"] = shapely.transform(
        np.asarray(frame.geometry.array, dtype=object), lambda xy: np.round(xy, _DECIMALS_DEG)
    )
    gis_files.write_layers({_LAYER: frame}, figures, path)
