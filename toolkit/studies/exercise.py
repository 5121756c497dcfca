"""Scores of an exercise in which groups say where cameras stand, or how exposed a place is.

They are scored against the placements of the estimate, not against the truth, which nobody knows:
the score says how near a belief is to what the reports, the streets and the assumptions give.

Both scores are proper (Gneiting and Raftery 2007, "Strictly proper scoring rules, prediction, and
estimation"): nobody whose belief is right can expect more by saying something else.

Marks stand for a belief about where the next camera is: the part that the group says stands near
its marks, each mark spread over the streets around it, and the rest anywhere, so that no place is
impossible. That belief p over squares of the city has the logarithmic score, the mean of log p over
the sites of all placements. By Gibbs' inequality its greatest value is at p = q, the share of sites
in each square. It is shown as exp(mean log p/u), u being the share of street: how many times the
chance that "anywhere alike" gives to the place of a camera. That rises with the score, so that the
best marks stay the best.

A stated chance p of being in view has the Brier score (1950), the mean of (p - y)^2 over all
placements, y being 1 where the place is in view. It is q(1 - q) + (p - q)^2, least at p = q. It is
shown in points, 100 - 100 (score - least score): linear in the score, 100 for the chance of the
estimate, 0 for certainty of the opposite of what is certain. A class counts as one chance inside
it, chosen so that the edges of the classes lie halfway between: the nearest, and so the best, class
of a belief is then the one that holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from toolkit.assessment.ten_placements import Placements
from toolkit.base.arrays import BoolArray, FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.engine import cells
from toolkit.streets.schema import ROADS

CELL_M: Final = 250.0
"""Side of a square in which sites are counted, as in `assessment.expected_sites`: a few blocks,
about as finely as groups mark."""
SPREAD_M: Final = 150.0
"""Standard deviation of the spread of a mark: a block or two, half of a square and more."""
NEAR: Final = (0.2, 0.5, 0.8)
"""Parts of the cameras that a group may say stand near its marks; the rest stand anywhere."""
MOST_MARKS: Final = 20
CLASS_CHANCE: Final = (0.03, 0.17, 0.43, 0.77)
"""Chance for which each class stands; 0.1, 0.3 and 0.6, the edges on the map, lie halfway."""
_POINTS: Final = 100.0
_MAIN_ROADS: Final = ROADS.index("unclassified")
"""Classes of road before it are main roads."""


@dataclass(frozen=True)
class Ground:
    """The streets of a city as places for cameras, and where the placements have them.

    Attributes
    ----------
    xy_m
        Middle of each stretch of street that holds at most one site, shape (G, 2).
    cell
        Square of each stretch, shape (G,).
    street
        Share of the street length by stretch, shape (G,).
    main_road
        Whether the stretch lies on a main road, shape (G,).
    sites
        Mean share of the sites of a placement by square, over all placements, shape (C,).
    main_road_sites
        Mean share of sites on main roads.
    """

    xy_m: FloatArray
    cell: IntArray
    street: FloatArray
    main_road: BoolArray
    sites: FloatArray
    main_road_sites: float

    def by_cell(self, share: FloatArray) -> FloatArray:
        """Return shares by square from shares by stretch."""
        return np.asarray(
            np.bincount(self.cell, weights=share, minlength=len(self.sites)), dtype=float
        )


@dataclass(frozen=True)
class MarksScore:
    """Score of marks.

    Attributes
    ----------
    times
        How many times the chance that "anywhere alike" gives, the place of a camera gets; 1 for no
        marks.
    best_times
        The same of the estimate itself: no marks can exceed it.
    main_road
        Share of the marks that lie on main roads.
    """

    times: float
    best_times: float
    main_road: float


@dataclass(frozen=True)
class ChanceScore:
    """Score of a stated chance.

    Attributes
    ----------
    points
        100 for the chance of the estimate, 0 for certainty of the opposite of what is certain.
    brier
        Brier score over all placements.
    estimate
        Share of all placements in which the place is in view.
    """

    points: float
    brier: float
    estimate: float


def ground_of(placements: Placements) -> Ground:
    """Return the places for cameras of a city, and the sites of its placements."""
    scene = placements.scene
    xy_m, size_m = scene.groups.centre_xy_m, scene.groups.size_m
    grid = cells.grid(xy_m, CELL_M)
    rank = {name: k for k, name in enumerate(ROADS)}
    ranks = placements.pack.streets["highway"].map(lambda name: rank.get(str(name), len(ROADS)))
    main_road = ranks.to_numpy(np.int64)[scene.groups.line] < _MAIN_ROADS
    sites, on_main = np.zeros(len(grid.corner_m)), []
    for draw in range(len(placements.placed.first) - 1):
        found = placements.sites(draw)
        if len(found):
            sites += np.bincount(grid.cell[found], minlength=len(sites)) / len(found)
            on_main.append(main_road[found].mean())
    return Ground(
        xy_m=xy_m,
        cell=grid.cell,
        street=size_m / size_m.sum(),
        main_road=main_road,
        sites=sites / max(len(on_main), 1),
        main_road_sites=float(np.mean(on_main)) if on_main else 0.0,
    )


def belief(marks_m: FloatArray, ground: Ground, near: float = NEAR[1]) -> FloatArray:
    """Return the belief for which marks stand: the share of cameras in each square, shape (C,).

    Parameters
    ----------
    marks_m
        Places of the marks in metres, shape (M, 2); none stands for "anywhere alike".
    ground
        Streets of the city.
    near
        Part of the cameras that stands near the marks, below 1.
    """
    everywhere = ground.by_cell(ground.street)
    if not len(marks_m):
        return everywhere
    marked = np.zeros(len(ground.xy_m))
    for mark in marks_m:
        square = ((ground.xy_m - mark) ** 2).sum(axis=1)
        # Relative to the nearest stretch, so that a mark far from any street is not lost.
        around = ground.street * np.exp((square.min() - square) / (2 * SPREAD_M**2))
        marked += around / around.sum() / len(marks_m)
    return (1 - near) * everywhere + near * ground.by_cell(marked)


def times(said: FloatArray, ground: Ground) -> float:
    """Return the logarithmic score of a belief by square, against "anywhere alike".

    Examples
    --------
    >>> import numpy as np
    >>> where = np.array([0.75, 0.25])
    >>> even, main = np.full(2, 0.5), np.zeros(2, bool)
    >>> city = Ground(np.zeros((2, 2)), np.arange(2), even, main, where, 0.0)
    >>> [round(times(np.array([p, 1 - p]), city), 3) for p in (0.5, 0.75, 0.9)]
    [1.0, 1.14, 1.039]
    """
    held = ground.sites > 0
    ratio = np.maximum(said[held], np.finfo(float).tiny) / ground.by_cell(ground.street)[held]
    return float(np.exp(ground.sites[held] @ np.log(ratio)))


def score_marks(marks_m: FloatArray, ground: Ground, near: float = NEAR[1]) -> MarksScore:
    """Return the score of marks; arguments as `belief`."""
    on_main = [
        ground.main_road[((ground.xy_m - mark) ** 2).sum(axis=1).argmin()] for mark in marks_m
    ]
    return MarksScore(
        times=times(belief(marks_m, ground, near), ground),
        best_times=times(ground.sites, ground),
        main_road=float(np.mean(on_main)) if on_main else 0.0,
    )


def score_chance(stated: float, in_view: BoolArray) -> ChanceScore:
    """Return the score of a stated chance.

    Parameters
    ----------
    stated
        Chance, 0 to 1.
    in_view
        Whether the place is in view, in each placement, shape (D,).

    Examples
    --------
    >>> import numpy as np
    >>> score_chance(0.5, np.array([True, False])).points
    100.0
    >>> score_chance(1.0, np.array([True, False])).points
    75.0
    """
    seen = np.asarray(in_view, dtype=float)
    estimate = float(seen.mean())
    brier = float(((stated - seen) ** 2).mean())
    best = float(((estimate - seen) ** 2).mean())
    return ChanceScore(_POINTS * (1.0 - (brier - best)), brier, estimate)


@dataclass(frozen=True)
class Address:
    """An invented address: a street point picked at random, nobody's home.

    Attributes
    ----------
    point
        Street point.
    lon_lat
        Longitude and latitude, degrees.
    names
        Name of its street as mapped, in English and in Burmese; empty where not known.
    """

    point: int
    lon_lat: tuple[float, float]
    names: tuple[str, str, str]


def invented_addresses(placements: Placements, n: int, seed: int) -> Sequence[Address]:
    """Return places on streets with names, picked at random by street length.

    Parameters
    ----------
    placements
        The city.
    n
        How many, each on another street; fewer if there are not as many names.
    seed
        Another one gives others.
    """
    streets, points = placements.pack.streets, placements.scene.points
    table = streets[["name", "name_en", "name_my"]].fillna("").astype(str)
    named = table["name"].to_numpy()
    among = np.flatnonzero(placements.scene.point_known & (named[points.line] != ""))
    rng = Design(1, seed).generator("invented addresses")
    found: dict[str, int] = {}
    for point in rng.permutation(among).tolist():
        if len(found) == n:
            break
        found.setdefault(named[points.line[point]], point)
    chosen = np.array(list(found.values()), dtype=np.int64)
    own, english, burmese = table.iloc[points.line[chosen]].to_numpy().T
    return [
        Address(point, (lon, lat), names)
        for point, (lon, lat), names in zip(
            chosen.tolist(),
            placements.in_degrees(points.xy[chosen]).tolist(),
            zip(own, english, burmese, strict=True),
            strict=True,
        )
    ]
