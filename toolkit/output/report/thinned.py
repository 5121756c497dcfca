"""Streets of a map that travels inside a page: all of them, or as many as keep the file small."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import shapely

from toolkit.assessment.layers import Layers
from toolkit.output.map_background import NAMES
from toolkit.output.report.map_names import RANKS

_STREET_BYTES: Final = 26.0
"""Most bytes of a street in `live_map`, without its points and name: ends of five ranges in base64
(14), classes, number of its name, start."""
_POINT_BYTES: Final = 5.4
"""Most bytes of a point: a step of under 8 km in both directions, in base64."""
_NAME_BYTES: Final = 4
"""Quotes and comma around a name."""


@dataclass(frozen=True)
class Thinned:
    """What is left of the layers of a map.

    Attributes
    ----------
    layers
        The layers, with fewer streets where there were too many.
    left_out
        Share of the street length that is left out; 0 where all are there.
    """

    layers: Layers
    left_out: float


def thinned(layers: Layers, most_bytes: int) -> Thinned:
    """Leave out the streets that are looked for least, until the others fit into a file.

    Main streets stay first, then others with a name, then ways without one; the longest of each
    first. What the model says of a street makes no difference: a map of the most likely streets
    alone would show a city in which they are everywhere.

    Parameters
    ----------
    layers
        Layers of the assessment.
    most_bytes
        Bytes that streets and their names may take in `live_map`.
    """
    streets = layers.streets
    texts = streets[[name for name in NAMES if name in streets.columns]]
    name = texts.bfill(axis=1).iloc[:, 0].fillna("").astype(str).to_numpy(object)
    kind = streets["highway"].map(lambda text: RANKS.get(str(text).removesuffix("_link")))
    order = pd.DataFrame(
        {
            "rank": kind.fillna(max(RANKS.values()) + 1).to_numpy(float),
            "unnamed": name == "",
            "longest": -streets["length_m"].to_numpy(float),
            "points": shapely.get_num_coordinates(streets.geometry.to_numpy()),
            "name": name,
            "row": np.arange(len(streets)),
        }
    )
    # A side street with a name is looked for, one without hardly.
    order = order.sort_values(["rank", "unnamed", "longest", "row"])
    first_of_name = ~order["name"].duplicated()
    letters = texts.map(lambda text: len(str(text).encode()) if isinstance(text, str) else 0)
    of_name = letters.max(axis=1).to_numpy(float)[order["row"]] + _NAME_BYTES
    cost = _STREET_BYTES + _POINT_BYTES * order["points"] + first_of_name * of_name
    fits = np.cumsum(cost.to_numpy(float)) <= most_bytes
    if fits.all():
        return Thinned(layers, 0.0)
    rows = np.sort(order["row"].to_numpy()[fits])
    left = streets.iloc[rows]
    share = 1.0 - float(left["length_m"].sum()) / float(streets["length_m"].sum())
    return Thinned(replace(layers, streets=left), share)
