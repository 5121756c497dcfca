"""Expected sites per kilometre of street, by cell of a metric grid in map order.

Cells are never sorted by the figure, and figures are rounded, so that the result is no list of
places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from toolkit.assessment.assess import source_refs
from toolkit.assessment.inputs import Inputs
from toolkit.assessment.model import AssumptionsPart
from toolkit.assessment.outcome import M_PER_KM
from toolkit.assessment.site_plan import share_inside
from toolkit.base.arrays import FloatArray
from toolkit.base.quantity import INTERVAL, Quantity
from toolkit.base.terms import LANGUAGES
from toolkit.base.version import __version__
from toolkit.engine import cells
from toolkit.evidence.load import private_cameras_ordered
from toolkit.language import words
from toolkit.siting import inclusion
from toolkit.siting.candidates import Candidates
from toolkit.siting.features import describe_points, with_named_places
from toolkit.siting.named_places import NamedPlace, in_places
from toolkit.siting.surroundings import pack_layers
from toolkit.siting.weights import weights_of
from toolkit.streets.pack import Pack

SCHEMA: Final = "camera-exposure.siting-cells/1"
CELL_M: Final = 250.0
LAYER: Final = "cells"
_DIGITS: Final = 2
"""Significant digits of figures: enough for a pattern, too few for a ranking."""
_DECIMALS_DEG: Final = 7
_CRS: Final = "EPSG:4326"


def predict(inputs: Inputs, *, cell_m: float = CELL_M) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    """Return cells with the expected number of sites per kilometre of street, and metadata.

    Mapped cameras are not used, so that the figures can be tested against them.

    Parameters
    ----------
    inputs
        Evidence and assumptions of a city, drawn.
    cell_m
        Side of a cell in metres.

    Returns
    -------
    cells
        ``cell`` (east and north of its south-west corner, in metres of the metric system),
        ``street_km``, ``sites_per_km_low``, ``_mid`` and ``_high`` (5 % point, mean, 95 % point
        over all draws); polygons in EPSG:4326, from south to north, then from west to east.
    metadata
        Inputs and limits of the figures, in both languages.

    Raises
    ------
    NotFoundError
        If no streets are installed for the city.
    """
    pack, _ = inputs.loaded.streets()
    stretch_m = inputs.assumptions.value("sites.stretch_m")
    groups = _groups(pack, inputs.loaded.model.named_places, stretch_m)
    inside = share_inside(inputs, pack).drawn
    prob = inclusion.inclusion_prob(
        weights_of(inputs.loaded.operators, groups, inputs.assumptions, inputs.design),
        inputs.n_cameras * inside / inputs.per_site,
        groups,
    )
    grid = cells.grid(groups.centre_xy_m, cell_m)
    # Each cell has a group, so that every sum has an entry for each cell.
    km = np.bincount(grid.cell, weights=groups.size_m) / M_PER_KM
    per_km = np.array([np.bincount(grid.cell, weights=p) for p in prob]) / km
    low, _, high = np.quantile(per_km, INTERVAL, axis=0)
    mid = per_km.mean(axis=0)
    frame = gpd.GeoDataFrame(
        {
            "cell": [f"{int(east)}_{int(north)}" for east, north in grid.corner_m],
            "street_km": np.round(km, 2),
            "sites_per_km_low": _rounded(low),
            "sites_per_km_mid": _rounded(mid),
            "sites_per_km_high": _rounded(np.maximum(mid, high)),
        },
        geometry=grid.squares(),
        crs=pack.manifest.crs,
    ).to_crs(_CRS)
    frame["geometry"] = shapely.transform(
        np.asarray(frame.geometry.array, dtype=object), lambda xy: np.round(xy, _DECIMALS_DEG)
    )
    return frame, _metadata(inputs, pack, cell_m)


def _groups(pack: Pack, places: Sequence[NamedPlace], stretch_m: float) -> Candidates:
    """Return stretches of street as candidate groups of at most one site each."""
    points = describe_points(pack_layers(pack), stretch_m)
    named = in_places(places, points.xy_m, pack.manifest.crs)
    code, of = np.unique(with_named_places(points.code, named), return_inverse=True)
    return Candidates(
        xy_m=points.xy_m,
        centre_xy_m=points.xy_m,
        size_m=points.length_m,
        line=points.line,
        at_junction=np.zeros(len(of), dtype=np.bool_),
        street_deg=np.zeros(len(of)),
        weight_class=of.reshape(-1).astype(np.int64),
        class_code=code,
    )


def _rounded(values: FloatArray) -> list[float]:
    return [float(f"{value:.{_DIGITS}g}") for value in values]


def _metadata(inputs: Inputs, pack: Pack, cell_m: float) -> dict[str, Any]:
    loaded, question = inputs.loaded, inputs.question
    city, operators = loaded.city, loaded.operators
    private_many = private_cameras_ordered(loaded.claims, question.as_of)
    named = [{"name": place.name, "claim": place.claim} for place in loaded.model.named_places]
    return {
        "schema": SCHEMA,
        "tool": __version__,
        "as_of": question.as_of.isoformat(),
        "seed": question.seed,
        "status": question.status,
        "city": {"id": city.id, "name": city.name.model_dump()},
        "demonstration": city.demonstration,
        "boundary": pack.manifest.boundary.model_dump(mode="json"),
        "cell_m": cell_m,
        "unit": "sites of the reported system per km of street",
        "interval": list(INTERVAL),
        "profile": operators.alone,
        "mixture": {
            "share": operators.mixture.share,
            "concentration": operators.mixture.concentration,
            "reason": operators.mixture.reason,
        },
        **({"named_places": named} if named else {}),
        "assumptions": AssumptionsPart.of(inputs.assumptions).model_dump(),
        "cameras": Quantity.from_draws(inputs.n_cameras, "cameras").model_dump(mode="json"),
        "sources": [ref.model_dump(mode="json") for ref in source_refs(inputs)],
        "inputs": {"pack_sha256": pack.sha256, "siting_sha256": operators.sha256},
        "limits": {
            lang: [
                *words.limits(lang, operators.profiles.cities, private_many=private_many),
                *([words.demonstration(lang)] if city.demonstration else []),
            ]
            for lang in LANGUAGES
        },
        "attribution": pack.manifest.attribution,
    }
