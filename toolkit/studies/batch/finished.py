"""The map of a job that was computed in tiles, from the files that they have left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from toolkit.assessment.layers import Ground, Layers
from toolkit.base.errors import InputDataError
from toolkit.base.terms import Tier

if TYPE_CHECKING:
    from toolkit.streets.pack import Pack
    from toolkit.studies.batch.tasks import Task


def tiled_layers(task: Task, pack: Pack) -> Layers:
    """Return the layers of a finished job whose city was computed in tiles.

    Parameters
    ----------
    task
        The task that finished the job.
    pack
        Its streets.

    Returns
    -------
    Layers
        In EPSG:4326, without what is known per draw only: zones, and `detail`.

    Raises
    ------
    InputDataError
        If a street of the pack is in no part.
    """
    parts = [gpd.read_parquet(path) for path in sorted(task.part.parent.glob("part-*.parquet"))]
    together = pd.concat(parts).set_index("street_id", drop=False) if parts else pd.DataFrame()
    if set(pack.streets["street_id"]) != set(together.index):
        msg = f"The streets of {task.job.id} are not those of its city. Run the batch again."
        raise InputDataError(msg)
    streets = gpd.GeoDataFrame(
        together.loc[pack.streets["street_id"]].reset_index(drop=True), crs=parts[0].crs
    )
    for name in streets.columns.intersection(pack.streets.columns):
        streets[name] = pack.streets[name].reset_index(drop=True)
    ground = {**vars(Ground.of_pack(pack)), "streets": streets, "mapped": None, "whole": None}
    return Layers(**ground, zones=_no_zones)


def _no_zones(tier: Tier) -> gpd.GeoDataFrame:
    msg = f"No zones are kept of a city in tiles, also not for {tier}."
    raise InputDataError(msg)
