"""Exports for a geographic information system (GIS): layers, columns, metadata.

``docs/reference/exports.md`` explains every column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment
from toolkit.base import collector
from toolkit.base.errors import InputDataError, UsageError
from toolkit.base.escape import plain
from toolkit.base.terms import TIERS
from toolkit.base.version import __version__
from toolkit.engine.zones import snapped_zones
from toolkit.output import column_notes, gis_files, qgis_styles
from toolkit.studies.comparison import Comparison, difference_layer

SCHEMA: Final = "camera-exposure.export/1"
LICENCE: Final = "ODbL-1.0"
"""Licence of OpenStreetMap, which derived databases keep (Open Database License 1.0, 4.4)."""
_CRS: Final = "EPSG:4326"
_DECIMALS_DEG: Final = 7
"""Of degrees: a step of about a centimetre."""
_DECIMALS: Final = 6
"""Of probabilities and shares, which are computed in single precision."""
_DECIMALS_BY_UNIT: Final = {"m": 2, "m2": 0, "degrees": 1}


@dataclass(frozen=True)
class ExportSpec:
    """Schema of a layer.

    Attributes
    ----------
    columns
        Unit of each column by its name, in the order of the file; the geometry comes last.
    geometry
        Type of the geometry.
    """

    columns: dict[str, str]
    geometry: str


def _by_tier(columns: dict[str, str]) -> dict[str, str]:
    """Return the columns once for each tier, its name in front."""
    return {f"{tier}_{name}": unit for tier in TIERS for name, unit in columns.items()}


_ESTIMATE: Final = dict.fromkeys(("low", "mid", "high"), "probability") | {"class": "text"}
_DIFFERENCE: Final = dict.fromkeys(("diff_low", "diff_mid", "diff_high"), "probability") | {
    "change": "text"
}
LAYERS: Final = ("streets", "cells", "zones", "cameras", "sites")
"""Layers of an export, in the order in which they are written."""
DIFFERENCES: Final = "differences"
"""The layer of a comparison."""
CELL_M: Final = "export.cell_m"
"""Key of an assumption set: the side of a cell in metres."""
_zones_made: Final[WeakKeyDictionary[Layers, gpd.GeoDataFrame]] = WeakKeyDictionary()

# fmt: off
SPECS: Final[dict[str, ExportSpec]] = {
    "streets": ExportSpec(
        {
            "street_id": "text", "name": "text", "name_en": "text", "name_my": "text",
            "highway": "text", "length_m": "m", **_by_tier(_ESTIMATE),
        },
        "LineString",
    ),
    "cells": ExportSpec(
        {
            "cell_id": "text", "cell_m": "m", "street_m": "m", "unknown_share": "share",
            **_by_tier(_ESTIMATE),
        },
        "Polygon",
    ),
    "zones": ExportSpec(
        {"tier": "text", "exposure_class": "text", "area_m2": "m2"},
        "MultiPolygon",
    ),
    "cameras": ExportSpec(
        {
            "osm_id": "text", "kind": "text", "surveillance": "text",
            "surveillance_type": "text", "zone": "text", "mount": "text", "height_m": "m",
            "direction_deg": "degrees", "width_deg": "degrees", "tilt_deg": "degrees",
            "operator": "text", "brand": "text", "manufacturer": "text", "model": "text",
            "check_date": "text", "in_building": "yes/no",
        },
        "Point",
    ),
    "sites": ExportSpec(
        {"n_cameras": "count", "axis_deg": "degrees", "width_deg": "degrees"},
        "Point",
    ),
    DIFFERENCES: ExportSpec(
        {
            "street_id": "text", "name": "text", "highway": "text", "length_m": "m",
            **_by_tier(_DIFFERENCE),
        },
        "LineString",
    ),
}
"""Schema of every layer that can be written."""
# fmt: on


def check_names(names: Sequence[str]) -> None:
    """Check names of layers.

    Raises
    ------
    UsageError
        If there is no layer of that name, or none is named.
    """
    unknown = [name for name in names if name not in LAYERS]
    if unknown or not names:
        what = f"There is no layer {unknown[0][:40]!r}." if unknown else "No layer is named."
        msg = f"{what} Name some of {', '.join(LAYERS)}."
        raise UsageError(msg)


@collector.paused()
def write_export(
    assessment: Assessment, names: Sequence[str], path: Path, *, cell_m: float
) -> dict[str, Any]:
    """Write layers of an assessment to a GIS file.

    Parameters
    ----------
    assessment
        With its layers, on installed streets.
    names
        Some of `LAYERS`; they are written in that order.
    path
        File; its suffix, one of `gis_files.SUFFIXES`, sets the format. Only a GeoPackage holds
        several layers.
    cell_m
        Side of a cell of the layer "cells", in metres.

    Returns
    -------
    dict
        The metadata in the file, and `rows`: the number of rows of each layer.

    Raises
    ------
    InputDataError
        If the city has no streets.
    UsageError
        If a layer or the format is not known, or the format holds one layer only.
    """
    check_names(names)
    chosen = tuple(name for name in LAYERS if name in names)
    gis_files.check_layers(path, chosen)
    data = _metadata(assessment, chosen)
    frames = {name: conform(name, _layer(assessment, name, cell_m)) for name in chosen}
    gis_files.write_layers(frames, data, path, _told(chosen))
    return data | {"rows": {name: len(frame) for name, frame in frames.items()}}


def _layer(assessment: Assessment, name: str, cell_m: float) -> gpd.GeoDataFrame:
    """Return one layer of an assessment, its columns not yet those of the schema."""
    layers = assessment.layers
    if layers is None or layers.detail is None:
        msg = "Only an assessment that was made here can be exported. Make it again."
        raise InputDataError(msg)
    match name:
        case "streets":
            return layers.streets
        case "cells":
            return layers.detail.cells(cell_m)
        case "cameras":
            return layers.mapped
        case "sites":
            return layers.detail.sites()
    return zones_of(layers)


def zones_of(layers: Layers) -> gpd.GeoDataFrame:
    """Return the zones of all tiers, with their area; made once, and not to be changed."""
    found = _zones_made.get(layers)
    if found is None:
        each = [layers.zones(tier).assign(tier=tier) for tier in TIERS]
        found = snapped_zones(pd.concat(each, ignore_index=True), 10.0**-_DECIMALS_DEG)
        _zones_made[layers] = found
    return found


@collector.paused()
def write_differences(a: Assessment, b: Assessment, found: Comparison, path: Path) -> None:
    """Write the difference on each street to a GIS file, see `comparison.difference_layer`.

    Raises
    ------
    InputDataError
        If the two cannot be compared street by street.
    UsageError
        If the suffix of the file is not one of `gis_files.SUFFIXES`.
    """
    frame = difference_layer(a, b)
    data = _metadata(b, (DIFFERENCES,))
    data["comparison"] = found.model_dump(mode="json", by_alias=True)
    told = _told((DIFFERENCES,))
    gis_files.write_layers({DIFFERENCES: conform(DIFFERENCES, frame)}, data, path, told)


def _told(layers: Sequence[str]) -> dict[str, gis_files.Told]:
    """Return what a GeoPackage says of its layers."""
    return {
        name: gis_files.Told(
            column_notes.layer(name),
            {
                column: column_notes.column(column, unit)
                for column, unit in SPECS[name].columns.items()
            },
            qgis_styles.of_layer(name),
        )
        for name in layers
    }


def conform(layer: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer with exactly the columns of its schema, rounded, its text made plain.

    Parameters
    ----------
    layer
        Name of the layer, a key of `SPECS`.
    frame
        Rows in EPSG:4326.
    """
    columns: dict[str, Any] = {}
    for name, unit in SPECS[layer].columns.items():
        values = frame[name]
        if unit == "text":
            columns[name] = pd.Series(
                [None if pd.isna(value) else plain(value) for value in values], dtype=object
            )
        elif values.dtype.kind == "f":
            columns[name] = np.round(values.to_numpy(), _DECIMALS_BY_UNIT.get(unit, _DECIMALS))
        else:
            columns[name] = values.to_numpy()
    return gpd.GeoDataFrame(columns, geometry=_rounded(frame), crs=_CRS)


def _rounded(frame: gpd.GeoDataFrame) -> Any:  # noqa: ANN401 - an array of geometries
    """Return the geometries with rounded coordinates."""
    shapes = np.asarray(frame.geometry.array, dtype=object)
    return shapely.transform(shapes, lambda xy: np.round(xy, _DECIMALS_DEG))


def _metadata(assessment: Assessment, layers: Sequence[str]) -> dict[str, Any]:
    """Return the metadata of a file."""
    if assessment.layers is None:
        msg = (
            f"No streets are installed for {plain(assessment.city.name.en)}, so there are no "
            "layers. Install them with streets import, see docs/guide/streets.md."
        )
        raise InputDataError(msg)
    data = assessment.model_dump(mode="json", by_alias=True)
    counts = data["cameras"][assessment.status]
    return {
        "schema": SCHEMA,
        "tool": __version__,
        "licence": LICENCE,
        "attribution": assessment.layers.attribution,
        **{
            key: data[key]
            for key in (
                "as_of", "seed", "status", "city", "demonstration", "assumptions", "inputs",
                "missing", "warnings", "limits", "sources",
            )
        },
        "cameras": {key: counts[key] for key in ("count", "mapped", "completeness", "stale")},
        "layers": {name: SPECS[name].columns for name in layers},
    }  # fmt: skip
