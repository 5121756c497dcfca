"""What is exported for a geographic information system: layers, columns, metadata.

``docs/exports.md`` explains every column. A file renders an assessment and computes nothing
that the assessment does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from toolkit import __version__, gis_files
from toolkit._errors import InputDataError
from toolkit._escape import plain
from toolkit.comparison import Comparison, difference_layer
from toolkit.results import TIERS, Assessment

SCHEMA: Final = "camera-exposure.export/1"
LICENCE: Final = "ODbL-1.0"
"""Everything that is made from OpenStreetMap carries its licence (Open Database License 4.4)."""
_CRS: Final = "EPSG:4326"
_DECIMALS_DEG: Final = 7
"""About a centimetre."""
_DECIMALS: Final = 6
"""Of probabilities: what lies behind them is kept in single precision."""
_DECIMALS_M: Final = 2


@dataclass(frozen=True)
class ExportSpec:
    """What a layer of an export consists of.

    Attributes
    ----------
    columns
        Name and unit of each column, in the order of the file; the geometry comes last.
    geometry
        Type of geometry.
    """

    columns: dict[str, str]
    geometry: str


def _by_tier(columns: dict[str, str]) -> dict[str, str]:
    return {f"{tier}_{name}": unit for tier in TIERS for name, unit in columns.items()}


_DIFFERENCE: Final = {
    "diff_low": "probability",
    "diff_mid": "probability",
    "diff_high": "probability",
    "change": "text",
}
DIFFERENCES: Final = "differences"
SPECS: Final[dict[str, ExportSpec]] = {
    DIFFERENCES: ExportSpec(
        {
            "street_id": "text",
            "name": "text",
            "highway": "text",
            "length_m": "m",
            **_by_tier(_DIFFERENCE),
        },
        "LineString",
    ),
}
"""Every layer that can be written."""


def write_differences(a: Assessment, b: Assessment, found: Comparison, path: Path) -> None:
    """Write the difference on each street, see `comparison.difference_layer`.

    Raises
    ------
    InputDataError
        If the two cannot be compared street by street.
    UsageError
        If the name of the file says no known format.
    """
    frame = difference_layer(a, b)
    data = _metadata(b, (DIFFERENCES,))
    data["comparison"] = found.model_dump(mode="json", by_alias=True)
    gis_files.write_layers({DIFFERENCES: conform(DIFFERENCES, frame)}, data, path)


def conform(layer: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer with exactly the columns of its schema, rounded, its text harmless.

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
            columns[name] = [None if v is None or v != v else plain(v) for v in values]  # noqa: PLR0124 - not-a-number
        elif values.dtype.kind == "f":
            columns[name] = np.round(values, _DECIMALS_M if unit == "m" else _DECIMALS)
        else:
            columns[name] = values
    return gpd.GeoDataFrame(columns, geometry=_rounded(frame), crs=_CRS).reset_index(drop=True)


def _rounded(frame: gpd.GeoDataFrame) -> Any:  # noqa: ANN401
    shapes = np.asarray(frame.geometry.array, dtype=object)
    return shapely.transform(shapes, lambda xy: np.round(xy, _DECIMALS_DEG))


def _metadata(assessment: Assessment, layers: Sequence[str]) -> dict[str, Any]:
    """Return what stands beside the layers of every file."""
    if assessment.layers is None:
        msg = (
            f"No streets are installed for {plain(assessment.city.name.en)}, so there are no "
            "layers. Install them with streets import, see docs/streets.md."
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
