"""Capture points along whole streets: the measure of cameras that work at points.

A plate reader is a point that reads everyone who passes, so a street is rated by the chance of at
least one such point anywhere along it, together with its length. A street here is what people call
one: the pieces of one name that meet or lie near each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import shapely
from scipy import sparse
from scipy.spatial import cKDTree

from toolkit.assessment.inputs import Inputs
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.lru_cache import LruCache
from toolkit.base.quantity import INTERVAL
from toolkit.base.terms import SWITCHED_TIERS, TIERS, Tier
from toolkit.engine.scene import Scene, middles
from toolkit.engine.site_chance import SiteChance
from toolkit.engine.street_chance import capture_prob
from toolkit.streets.pack import Pack

NEAR_M: Final = 150.0
"""Distance between the middles of two pieces of one name that belong to one street: a block, as
OpenStreetMap cuts streets at crossings and draws their carriageways apart."""
_APART_M: Final = 1e7
"""Distance put between names, so that one search finds the neighbours of all of them."""

wholes: Final[LruCache[IntArray]] = LruCache(2)


@dataclass(frozen=True)
class StreetCaptures:
    """Chance of a capture point anywhere along each whole street.

    Attributes
    ----------
    whole
        Whole street of each row of `Layers.streets`, numbered from 0, shape (S,).
    chance
        By tier: 5 % point, mean and 95 % point over draws for each row, NaN where the model has no
        answer, shape (S, 3).
    """

    whole: IntArray
    chance: Mapping[Tier, FloatArray]


def whole_streets(pack: Pack) -> IntArray:
    """Return the whole street of each street of a pack, numbered from 0, shape (S,).

    Streets without a name are whole by themselves. The last are kept: a map asks before and after
    its figures are made.
    """

    def make() -> IntArray:
        name = pack.streets["name"].fillna("").to_numpy(dtype=str)
        lines = np.asarray(pack.streets.geometry.to_crs(pack.manifest.crs).array, dtype=object)
        return joined_by_name(name, lines)

    return wholes.get(pack.sha256, make)


def joined_by_name(name: np.ndarray[tuple[int], np.dtype[np.str_]], lines: object) -> IntArray:
    """Return the number of the whole street of each line, see `whole_streets`.

    Parameters
    ----------
    name
        Name of each line, empty for none, shape (S,).
    lines
        Lines in metres, shape (S,).
    """
    lines = np.asarray(lines, dtype=object)
    n_lines = len(lines)
    code, _ = pd.factorize(name)
    named = np.flatnonzero(name != "")
    xy = np.column_stack([middles(lines[named]), code[named] * _APART_M])
    pairs = named[cKDTree(xy).query_pairs(NEAR_M, output_type="ndarray")]
    # Pieces that meet end to end, however long they are.
    ends = shapely.get_coordinates(shapely.get_point(lines[named], [[0], [-1]]).ravel())
    keys = pd.factorize(pd.MultiIndex.from_arrays([*np.round(ends, 2).T, np.tile(code[named], 2)]))
    meeting = np.tile(named, 2)
    first = meeting[np.unique(keys[0], return_index=True)[1]][keys[0]]
    from_, to = np.concatenate([pairs, np.column_stack([meeting, first])]).T
    links = sparse.coo_matrix((np.ones(len(from_)), (from_, to)), shape=(n_lines, n_lines))
    _, label = sparse.csgraph.connected_components(links, directed=False)
    return np.asarray(label, dtype=np.int64)


def street_captures(inputs: Inputs, pack: Pack, scene: Scene, chance: SiteChance) -> StreetCaptures:
    """Return the chance of a capture point anywhere along each whole street.

    Parameters
    ----------
    inputs
        Evidence and optics, drawn.
    pack, scene
        Streets, and all points and lines of sight on them.
    chance
        Chance of each site of the whole city.
    """
    whole = whole_streets(pack)
    of_point = np.where(scene.point_known, whole[scene.points.line], -1)
    at = [TIERS.index(tier) for tier in SWITCHED_TIERS]
    cameras = replace(
        inputs.cameras,
        inner_m=np.ascontiguousarray(inputs.cameras.inner_m[:, at]),
        outer_m=np.ascontiguousarray(inputs.cameras.outer_m[:, at]),
    )
    prob = capture_prob(
        scene.lines_of_sight,
        of_point,
        int(whole.max(initial=-1)) + 1,
        chance,
        scene.sites,
        cameras,
        inputs.per_site,
        inputs.design,
    )
    low, high = np.quantile(prob, (INTERVAL[0], INTERVAL[2]), axis=2)
    mid = prob.mean(axis=2, dtype=float)
    # A mean may lie beyond the points that leave out 5 % on either side.
    found = np.stack([np.minimum(low, mid), mid, np.maximum(mid, high)], axis=-1)[whole]
    found[~scene.street_known] = np.nan
    return StreetCaptures(whole, {tier: found[:, t] for t, tier in enumerate(SWITCHED_TIERS)})
