"""A stratified sample of street points, on which the totals of a large city can be taken.

Points are drawn with a chance proportional to the street they stand for, at equal steps along a
list that is sorted by class of street, district and place (systematic sampling of an ordered
list). Each class in each district has its share of the sample, to within one point, and totals
are unbiased. All sites of the city stay; only the points are fewer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.engine.scene import Scene, with_sight
from toolkit.siting import candidates, districts
from toolkit.streets.pack import Pack

NAME: Final = "street sample"
"""Name of the random stream of a sample."""
_WIDTH_95: Final = 1.96
"""Half the width of a normal 95 % interval, in standard errors."""


@dataclass(frozen=True)
class StreetSample:
    """A city with a sample of its points.

    Attributes
    ----------
    scene
        The points of the sample, weighted by street length, with all sites of the city.
    point
        Number in the city of each point, ascending, shape (P,); fewer than asked for where a
        point is selected more than once.
    """

    scene: Scene
    point: IntArray


def choose(
    length_m: FloatArray, stratum: IntArray, n_points: int, design: Design
) -> tuple[IntArray, FloatArray]:
    """Select points at equal steps along their summed length, stratum by stratum.

    Parameters
    ----------
    length_m
        Street length of each point, shape (P,).
    stratum
        Stratum of each point, shape (P,); within a stratum points keep their order.
    n_points
        Size of the sample.
    design
        Its seed gives the random start.

    Returns
    -------
    chosen
        Points, ascending, shape (N,); N is less than `n_points` where a point is longer than a
        step.
    stands_for_m
        Street length that each stands for, shape (N,); sums to the length of all points.
    """
    order = np.argsort(stratum, kind="stable")
    end = np.cumsum(length_m[order])
    step = float(end[-1]) / n_points
    at = (np.arange(n_points) + design.generator(NAME).random()) * step
    hit = np.minimum(np.searchsorted(end, at, side="right"), len(order) - 1)
    chosen, count = np.unique(order[hit], return_counts=True)
    return chosen.astype(np.int64), np.asarray(count * step, dtype=float)


def strata(
    pack: Pack, scene: Scene, model: candidates.SitingModel, district_m: float, points: IntArray
) -> IntArray:
    """Return the stratum of some points: class of street, and district within it.

    Parameters
    ----------
    pack, scene
        The city.
    model
        Classes of streets.
    district_m
        Side of a district in metres.
    points
        Numbers of the points, shape (N,).
    """
    road_class = candidates.road_classes(pack.streets["highway"].tolist(), model)
    cells, district = districts.districts(scene.points.xy[points], district_m)
    return np.asarray(road_class[scene.points.line[points]] * len(cells) + district)


def draw_sample(
    pack: Pack,
    scene: Scene,
    model: candidates.SitingModel,
    n_points: int,
    *,
    district_m: float,
    design: Design,
) -> StreetSample:
    """Draw a sample of the points with an answer, and thin the city to it.

    Parameters
    ----------
    pack, scene
        The city.
    model, district_m
        See `strata`.
    n_points
        Size of the sample.
    design
        Its seed.
    """
    known = np.flatnonzero(scene.point_known)
    chosen, stands_for_m = choose(
        scene.points.length[known],
        strata(pack, scene, model, district_m, known),
        n_points,
        design,
    )
    point = known[chosen]
    return StreetSample(thinned(scene, point, stands_for_m), point)


def thinned(scene: Scene, point: IntArray, stands_for_m: FloatArray) -> Scene:
    """Return a scene with some of its points, each standing for a given length of street.

    Streets without such a point are left out, since sums are kept for each street. The lines of
    `groups` still number the streets of the whole city.

    Parameters
    ----------
    scene
        The city.
    point
        Numbers of the points, ascending, shape (P,).
    stands_for_m
        Street length of each, shape (P,).
    """
    row = np.full(len(scene.points.xy), -1, dtype=np.int32)
    row[point] = np.arange(len(point), dtype=np.int32)
    pairs = scene.lines_of_sight
    new = row[np.asarray(pairs.point)]
    kept = np.flatnonzero(new >= 0)
    street, line = np.unique(scene.points.line[point], return_inverse=True)
    part = replace(
        scene,
        lines=scene.lines[street],
        points=replace(
            scene.points.take(point),
            length=stands_for_m,
            line=line.reshape(-1).astype(scene.points.line.dtype),
        ),
        point_known=scene.point_known[point],
    )
    return with_sight(
        part,
        replace(
            pairs,
            start=np.searchsorted(kept, np.asarray(pairs.start)),
            point=new[kept],
            distance_cm=np.asarray(pairs.distance_cm)[kept],
            bearing=np.asarray(pairs.bearing)[kept],
            height_dm=np.asarray(pairs.height_dm)[kept],
        ),
    )


def error_share(share: float, n_asked: int, n_points: int) -> float:
    """Return the sampling error of a share of street length: half the width of a 95 % interval.

    It is that of a simple random sample without replacement; a stratified sample of the same size
    has a smaller error (Cochran, Sampling Techniques, 1977, sections 2.6 and 5.6).

    Examples
    --------
    >>> round(error_share(0.5, n_asked=100, n_points=10_000), 3)
    0.098
    """
    left_out = max(0.0, 1.0 - n_asked / n_points)
    return float(_WIDTH_95 * np.sqrt(share * (1.0 - share) * left_out / n_asked))
