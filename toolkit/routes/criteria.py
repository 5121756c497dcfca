"""What routes are searched by: expected metres in view, and expected cameras by street.

Both add up along a route, so that a search can be exact. Expected metres in view are what they are;
cameras added street by street count a camera on every street that it sees, so they only lead the
search to routes with few distinct ones, which are then scored as sets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from toolkit.base.arrays import BoolArray, Float32Array, FloatArray, IntArray
from toolkit.base.terms import TIERS, Tier
from toolkit.engine import closed_form, workers
from toolkit.engine.pairs_by_point import PointRows, point_rows
from toolkit.engine.scene import Scene
from toolkit.engine.sight import BEARING_STEPS, CM_PER_M, Sight
from toolkit.engine.site_chance import SiteChance
from toolkit.engine.views import CANDIDATE, mapped_view, view_table
from toolkit.optics.camera_draws import CameraDraws
from toolkit.routes.graph import Graph
from toolkit.routes.meetings import Facing, headings
from toolkit.routes.route import points_of_streets

_CHUNK_STREETS = 4096
"""Streets that a worker thread takes at once."""
_HALF_STEPS = BEARING_STEPS // 2


@dataclass(frozen=True, eq=False)
class Criteria:
    """Totals of each street by direction of travel: along it, against it, shape (S, 2).

    Attributes
    ----------
    metres
        Expected metres in view.
    cameras
        Sites expected to have any of the street in view.
    """

    metres: FloatArray
    cameras: FloatArray

    def of_arcs(self, graph: Graph) -> tuple[FloatArray, FloatArray]:
        """Return both totals of each arc of a graph, shape (A,)."""
        column = np.where(graph.forward, 0, 1)
        return self.metres[graph.street, column], self.cameras[graph.street, column]


def criteria(
    scene: Scene,
    chance: SiteChance,
    cameras: CameraDraws,
    per_site: FloatArray,
    facing: Facing,
    tier: Tier,
) -> Criteria:
    """Return the criteria of each street at one tier, as means over the draws given.

    Parameters
    ----------
    scene
        The city.
    chance
        Chance of each site.
    cameras, per_site, facing
        Draws of types, of cameras per site, and the side that the tier needs.
    tier
        The tier.
    """
    t, rule = TIERS.index(tier), facing.rule.get(tier, "any")
    whole = scene.rows
    if rule == "any":
        every = [_of_rows(scene, chance, cameras, per_site, t, whole)] * 2
    else:
        near = _near(scene.lines_of_sight, float(np.nan_to_num(cameras.outer_m[:, t]).max()))
        shown = _shown(scene, near, rule, float(np.median(facing.within_deg)))
        every = [
            _of_rows(scene, chance, cameras, per_site, t, _rows_of(scene, _kept(near, some)))
            for some in shown
        ]
    metres, sites = (np.column_stack([one[k] for one in every]) for k in (0, 1))
    return Criteria(metres, sites)


def first_draws(
    chance: SiteChance, cameras: CameraDraws, n_draws: int
) -> tuple[SiteChance, CameraDraws]:
    """Return the first draws of sites and cameras."""
    n = slice(n_draws)
    some = replace(
        chance,
        factor=np.ascontiguousarray(chance.factor[:, n]),
        alone=np.ascontiguousarray(chance.alone[:, n]),
        cluster_size=chance.cluster_size[n],
        joint_size=chance.joint_size[n],
        n_sites=chance.n_sites[n],
    )
    turns = cameras.turns
    types = replace(
        cameras,
        share=cameras.share[n],
        hfov_deg=cameras.hfov_deg[n],
        height_m=cameras.height_m[n],
        inner_m=cameras.inner_m[n],
        outer_m=cameras.outer_m[n],
        availability=cameras.availability[n],
        turns=None if turns is None else turns[n],
    )
    return some, types


def _of_rows(
    scene: Scene,
    chance: SiteChance,
    cameras: CameraDraws,
    per_site: FloatArray,
    t: int,
    rows: PointRows,
) -> tuple[FloatArray, FloatArray]:
    """Return expected metres and sites of each street, from some pairs by point."""
    from toolkit.engine.kernels import fronts as kernels

    rows = rows.seen_by(cameras.height_m)
    views: Float32Array = view_table(
        cameras, per_site, reach_m=scene.lines_of_sight.reach_m, codes=rows.codes
    )[:, :, t : t + 1]
    views = np.ascontiguousarray(views)
    n_streets, line = len(scene.lines), scene.points.line
    prob = closed_form.closed_form(rows, chance, views).mean(axis=(1, 2), dtype=float)
    metres = np.asarray(np.bincount(line, prob * scene.points.length, n_streets), dtype=float)
    site_prob = np.minimum(
        chance.factor.mean(axis=1, dtype=float)[chance.site_class] * chance.size, 1.0
    )
    first, number = points_of_streets(scene.points, np.arange(n_streets))
    sites = np.zeros(n_streets)
    workers.over(
        kernels.incidences,
        workers.even_borders(n_streets, _CHUNK_STREETS),
        kernels.PairsByPoint(rows.start, rows.site, rows.bin, rows.view),
        first,
        number,
        site_prob,
        views[:, :, 0].mean(axis=2, dtype=float),
        sites,
    )
    return metres, sites


def _near(sight: Sight, reach_m: float) -> Sight:
    """Return the lines of sight up to a distance."""
    return _kept(sight, sight.distance_cm <= reach_m * CM_PER_M)


def _kept(sight: Sight, which: BoolArray) -> Sight:
    """Return some lines of sight."""
    rows: IntArray = np.flatnonzero(which)
    return Sight(
        np.searchsorted(rows, sight.start).astype(np.int64),
        sight.point[rows],
        sight.distance_cm[rows],
        sight.bearing[rows],
        sight.height_dm[rows],
        sight.reach_m,
    )


def _shown(scene: Scene, sight: Sight, rule: str, within_deg: float) -> tuple[BoolArray, BoolArray]:
    """Return which lines of sight show the side needed of who goes along the street, or against."""
    heading = headings(scene.points, np.arange(len(scene.points.length))).astype(np.int16)
    back = (sight.bearing.astype(np.int16) + _HALF_STEPS) % BEARING_STEPS
    ahead = np.abs(heading[sight.point] - back)
    ahead = np.minimum(ahead, BEARING_STEPS - ahead)
    within = within_deg / 360.0 * BEARING_STEPS

    def shows(off: np.ndarray[tuple[int], np.dtype[np.int16]]) -> BoolArray:
        front, rear = off <= within, _HALF_STEPS - off <= within
        return {"front": front, "rear": rear, "front_or_rear": front | rear}[rule]

    return shows(ahead), shows(_HALF_STEPS - ahead)


def _rows_of(scene: Scene, sight: Sight) -> PointRows:
    """Return lines of sight by point."""
    sites = scene.sites
    return point_rows(
        sight,
        len(scene.points.length),
        np.where(sites.n_cameras > 0, mapped_view(sites.n_cameras), CANDIDATE),
        sites.axis_deg,
        sites.width_deg,
        sites.street_deg,
    )
