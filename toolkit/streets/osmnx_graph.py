"""The streets of a pack as a graph for OSMnx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import networkx as nx
import pandas as pd

from toolkit.base.errors import InputDataError
from toolkit.base.terms import TIERS

if TYPE_CHECKING:
    import geopandas as gpd

_CRS: Final = "epsg:4326"
"""As OSMnx spells it."""
_EDGE: Final = ("osmid", "street_id", "highway", "name", "oneway", "length", "geometry")


def graph_of(
    streets: gpd.GeoDataFrame,
    junctions: gpd.GeoDataFrame,
    exposure: gpd.GeoDataFrame | None,
    *,
    pack_id: str,
    attribution: str,
) -> nx.MultiDiGraph:
    """Return the street graph of two layers of a pack, with exposure on its edges if given.

    See Also
    --------
    toolkit.streets.pack.Pack.to_osmnx : Parameters, result and errors.
    """
    graph = nx.MultiDiGraph(crs=_CRS, simplified=True, attribution=attribution)
    nodes = junctions.geometry.get_coordinates().assign(street_count=junctions["degree"])
    ids = junctions["node_id"].tolist()
    graph.add_nodes_from(zip(ids, nodes.to_dict("records"), strict=True))
    edges = streets.rename(columns={"osm_way_id": "osmid", "length_m": "length"})
    columns = [*_EDGE]
    if exposure is not None:
        wanted = _exposure_columns(pack_id, streets, exposure)
        edges = edges.merge(exposure[["street_id", *wanted]], on="street_id", how="left")
        columns += wanted
    ends = edges[["u", "v"]].to_numpy().tolist()
    for (u, v), row in zip(ends, edges[columns].to_dict("records"), strict=True):
        known = {name: value for name, value in row.items() if not pd.isna(value)}
        graph.add_edge(u, v, **known, reversed=False)
        if not known["oneway"]:
            back = {**known, "geometry": known["geometry"].reverse()}
            graph.add_edge(v, u, **back, reversed=True)
    return graph


def _exposure_columns(
    pack_id: str, streets: gpd.GeoDataFrame, exposure: gpd.GeoDataFrame
) -> list[str]:
    """Return the exposure columns of a layer, or refuse a layer of other streets."""
    found = [
        f"{tier}_{part}"
        for tier in TIERS
        for part in ("low", "mid", "high", "class")
        if f"{tier}_{part}" in exposure.columns
    ]
    own = found and "street_id" in exposure.columns and exposure["street_id"].is_unique
    if not own or not exposure["street_id"].isin(streets["street_id"]).all():
        msg = (
            f"This is no layer of exposure of the streets of {pack_id}. Give the "
            "layer `streets` of an assessment of this pack."
        )
        raise InputDataError(msg)
    return found
