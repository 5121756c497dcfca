"""What the columns of exported layers hold, in a sentence each, as written into a GeoPackage."""

from __future__ import annotations

from typing import Final

from toolkit.base.terms import TIERS
from toolkit.language import words

_LAYERS: Final = {
    "streets": "One line for each piece of street, coloured by how likely a camera covers it.",
    "cells": "Squares of a grid that hold street, with the mean of that street.",
    "zones": "For each tier one multipolygon for each class that occurs.",
    "cameras": "Cameras that volunteers have mapped. Field notes are not among them.",
    "sites": "The mapped cameras as the model uses them.",
    "differences": "Each street in two answers: the second less the first.",
}
_COLUMNS: Final = {
    "street_id": "OSM way, ordinal and hash",
    "name": "name on the street signs",
    "name_en": "name in English",
    "name_my": "name in Burmese",
    "highway": "class of road in OSM",
    "length_m": "length",
    "cell_id": "reference system, side, and south-west corner",
    "cell_m": "side of the cell",
    "street_m": "length of street in the cell; a piece of 5 m belongs to the cell of its middle",
    "unknown_share": "share of that length for which the model has no answer",
    "tier": "what a camera can do: seen, recognised, identified, face or plate",
    "exposure_class": "likely, possible, not_excluded or unknown",
    "area_m2": "ground, on the ellipsoid",
    "osm_id": "object in OSM",
    "kind": "kind of camera",
    "surveillance": "what it watches: public, outdoor",
    "surveillance_type": "camera or plate reader",
    "zone": "what is in view, such as town, traffic",
    "mount": "what it is fixed to",
    "height_m": "height",
    "direction_deg": "direction of view, clockwise from north",
    "width_deg": "width of the field of view",
    "tilt_deg": "tilt",
    "operator": "who runs it",
    "brand": "brand",
    "manufacturer": "maker",
    "model": "model",
    "check_date": "when it was last checked",
    "in_building": "whether it is inside a footprint",
    "n_cameras": "cameras at the site",
    "axis_deg": "direction of view where it is known",
}
_BY_TIER: Final = {
    "low": "low end (5 % point) of the chance that a place picked at random here is in view",
    "mid": "mean of the chance that a place picked at random here is in view",
    "high": "high end (95 % point) of the chance that a place picked at random here is in view",
    "class": "likely (low end 50 % or more), possible (high end 10 % or more), not_excluded (the "
    "rest; not the same as none), unknown (no data)",
    "diff_low": "5 % point of the difference, taken draw by draw",
    "diff_mid": "mean of the difference",
    "diff_high": "95 % point of the difference",
    "change": "more or less where the interval leaves out zero, else within; unknown without data",
}


def layer(name: str) -> str:
    """Return what a layer holds."""
    return _LAYERS[name]


def column(name: str, unit: str) -> str:
    """Return what a column holds, with its unit.

    Parameters
    ----------
    name
        Name of the column.
    unit
        Its unit, as in `exports.SPECS`.

    Examples
    --------
    >>> column("length_m", "m")
    'length (m)'
    """
    for tier in TIERS:
        meaning = _BY_TIER.get(name.removeprefix(f"{tier}_"))
        if meaning and name.startswith(f"{tier}_"):
            condition = words.tier_condition(tier, "en")
            head = f"{words.tier_name(tier, 'en')}{f', {condition}' if condition else ''}"
            return f"{head}: {meaning} ({unit})"
    return f"{_COLUMNS[name]} ({unit})"
