"""Whether what a pack says of itself agrees with its geometry.

Hashes show damage, not authorship: whoever makes a pack makes its hashes too. With another
coordinate system, city or length than its own a pack would say that nobody is watched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from toolkit.streets.cities import load_cities
from toolkit.streets.schema import BACKGROUND, BACKGROUND_KINDS, JUNCTION_DEGREE

if TYPE_CHECKING:
    import geopandas as gpd

    from toolkit.streets.manifest import Manifest

_LENGTH_TOLERANCE_KM: Final = 0.001
"""Lengths in a manifest are rounded to metres."""
_SCALE_TOLERANCE: Final = 0.01
"""Lengths in a UTM zone differ by under 0.1 %, near its edges by somewhat more."""
_SHORT_M: Final = 0.5
"""Lengths may differ by this whatever they are."""
_CITY_KM: Final = 30.0
"""The point of a city lies no further outside the boundary of its streets: part of a district."""
_KM_PER_DEGREE: Final = 111.2


def wrong_crs(manifest: Manifest, boundary: gpd.GeoDataFrame) -> list[str]:
    """Return what is wrong with the coordinate system of a pack, in which lengths are measured.

    Parameters
    ----------
    manifest
        What the pack says of itself.
    boundary
        Layer "boundary", in EPSG:4326.
    """
    import shapely

    from toolkit.streets.utm import zone_of

    if boundary.geometry.is_empty.all():
        return ["The pack has no boundary."]
    zone = zone_of(shapely.box(*boundary.total_bounds)) or "none"
    if manifest.crs == zone:
        return []
    return [f"The coordinate system is {manifest.crs}, but that of the place is {zone or 'none'}."]


def wrong_city(manifest: Manifest, boundary: gpd.GeoDataFrame) -> list[str]:
    """Return whether a pack says that it holds a city that lies elsewhere; as `wrong_crs`."""
    import shapely

    own = next((city for city in load_cities() if city.id == manifest.city), None)
    area = boundary.geometry.union_all()
    if own is None or area.is_empty:
        return []
    (x, y), (x2, y2) = shapely.get_coordinates(
        shapely.shortest_line(area, shapely.Point(own.lon, own.lat))
    )
    km = float(np.hypot((x2 - x) * np.cos(np.radians(own.lat)), y2 - y)) * _KM_PER_DEGREE
    if km <= _CITY_KM:
        return []
    return [f"It says that it holds {own.name.en}, which lies {km:.0f} km from its streets."]


def disagreements(manifest: Manifest, frames: Mapping[str, gpd.GeoDataFrame]) -> list[str]:
    """Return where the layers and the manifest of a pack contradict one another."""
    place = frames["boundary"]
    problems = [*wrong_crs(manifest, place), *wrong_city(manifest, place)]
    streets, junctions = frames["streets"], frames["junctions"]
    length_km = float(streets["length_m"].sum()) / 1000
    stated = {
        "the boundary's length_km": manifest.boundary.length_km,
        "counts.street_km": manifest.counts.get("street_km"),
    }
    problems += [
        f"Streets add up to {length_km:.3f} km, but {what} is {value}."
        for what, value in stated.items()
        if value is None or abs(value - length_km) > _LENGTH_TOLERANCE_KM
    ]
    figures = {
        "streets": len(streets),
        "buildings": len(frames["buildings"]),
        "places": len(frames["places"]),
        "cameras": frames["cameras"]["osm_id"].nunique(),
        "junctions": int((junctions["degree"] >= JUNCTION_DEGREE).sum()),
    }
    if BACKGROUND in frames:
        figures[BACKGROUND] = len(frames[BACKGROUND])
        problems += _wrong_background(frames[BACKGROUND])
    problems += [
        f"The pack has {number} {what}, but counts.{what} is {manifest.counts.get(what)}."
        for what, number in figures.items()
        if manifest.counts.get(what) != number
    ]
    ends = np.concatenate([streets["u"].to_numpy(), streets["v"].to_numpy()])
    lost = np.setdiff1d(ends, junctions["node_id"].to_numpy())
    if len(lost):
        problems.append(f"{len(lost)} street ends are not among the junctions, first {lost[0]}.")
    if not len(streets):
        problems.append("The pack has no streets.")
    elif not problems:
        problems += _wrong_lengths(manifest, streets, frames["boundary"])
    return problems


def _wrong_background(background: gpd.GeoDataFrame) -> list[str]:
    """Return the first kind of the layer "background" that it cannot have."""
    odd = background.loc[~background["kind"].isin(BACKGROUND_KINDS), "kind"]
    return [f"The background has the kind {odd.iloc[0]!r}, which is not known."] if len(odd) else []


def _wrong_lengths(
    manifest: Manifest, streets: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame
) -> list[str]:
    """Return where lengths and areas are not those of the geometry."""
    stated = streets["length_m"].to_numpy()
    measured = streets.geometry.to_crs(manifest.crs).length.to_numpy()
    wrong = np.abs(stated - measured) > np.maximum(_SCALE_TOLERANCE * measured, _SHORT_M)
    problems = []
    if wrong.any():
        first = streets["street_id"].iloc[int(np.flatnonzero(wrong)[0])]
        problems.append(
            f"The length of {int(wrong.sum())} streets is not that of their lines, first {first}."
        )
    area_km2 = float(boundary.geometry.to_crs(manifest.crs).area.sum()) / 1e6
    said = manifest.boundary.area_km2
    if said is not None and abs(said - area_km2) > _SCALE_TOLERANCE * area_km2 + 1e-3:
        problems.append(f"The boundary has {area_km2:.2f} km2, but the manifest says {said}.")
    return problems
