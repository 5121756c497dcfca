"""Cameras placed once per draw, to be looked at: ten of the placements, and who has what in view.

Placements are guesses: each is where cameras would stand if one draw of what is not known were the
truth. They are the ones behind the figures of totals and trips, so a page that flips through ten of
them shows the same ten as any other page about the same question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyproj

from toolkit.assessment.inputs import Inputs
from toolkit.assessment.on_streets import scene_of
from toolkit.assessment.site_plan import plan_sites
from toolkit.assessment.trips import place_all
from toolkit.base.arrays import BoolArray, FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.terms import FULL_CIRCLE_DEG
from toolkit.engine.placement import Working
from toolkit.engine.scene import Scene
from toolkit.engine.sight import BEARING_STEPS, CM_PER_M
from toolkit.optics.camera_draws import CameraDraws
from toolkit.streets.pack import Pack

N_SHOWN: Final = 10
"""Placements that are flipped through: few enough to look at each (Hullman et al. 2015)."""
_CRS: Final = "EPSG:4326"
_DM_PER_M: Final = 10.0


@dataclass(frozen=True)
class Placements:
    """Cameras placed once per draw on the streets of a city.

    Attributes
    ----------
    pack, scene
        Streets, their points, sites and lines of sight.
    placed
        All cameras of each draw, working or not; those of mapped sites stand in every draw.
    cameras
        Draws of camera types.
    shown
        Draws that are flipped through, see `draws_shown`, shape (N,).
    """

    pack: Pack
    scene: Scene
    placed: Working
    cameras: CameraDraws
    shown: IntArray

    def sites(self, draw: int) -> IntArray:
        """Return the candidate sites that hold cameras in a draw, ascending; no mapped ones."""
        found = self.placed.site[self.placed.first[draw] : self.placed.first[draw + 1]]
        return np.unique(found[found < len(self.scene.group_free)]).astype(np.int64)

    def lon_lat(self) -> list[FloatArray]:
        """Return longitude and latitude of the guessed sites of each placement shown, (n, 2) each.

        Mapped cameras are not among them: they stand in every placement, and are no guess.
        """
        return [self.in_degrees(self.scene.site_xy_m[self.sites(int(draw))]) for draw in self.shown]

    def in_degrees(self, xy_m: FloatArray) -> FloatArray:
        """Return longitude and latitude of places in metres, shape (n, 2) as given."""
        to_degrees = pyproj.Transformer.from_crs(self.pack.manifest.crs, _CRS, always_xy=True)
        return np.column_stack(to_degrees.transform(*xy_m.T))

    def in_metres(self, lon_lat: FloatArray) -> FloatArray:
        """Return longitudes and latitudes, shape (n, 2), in the metric CRS of the city."""
        to_metres = pyproj.Transformer.from_crs(_CRS, self.pack.manifest.crs, always_xy=True)
        return np.column_stack(to_metres.transform(*np.asarray(lon_lat, dtype=float).T))

    def in_view(self, point: int) -> BoolArray:
        """Return whether a working camera has a street point in view, shape (D, T).

        The rule is that of `engine.placement.simulate`: the point lies in the ring and in the field
        of view of a working camera that is high enough to see it over the roofs between.
        """
        cameras, sight, placed = self.cameras, self.scene.lines_of_sight, self.placed
        pairs = np.flatnonzero(sight.point == point)
        pair_of = np.full(len(self.scene.site_xy_m), -1)
        pair_of[np.searchsorted(sight.start, pairs, side="right") - 1] = pairs
        draw = placed.draw
        near = (pair_of[placed.site] >= 0) & (placed.luck < cameras.availability[draw])
        draw, site, kind = draw[near], placed.site[near], placed.kind[near]
        pair = pair_of[site]
        width_deg = self.scene.sites.width_deg[site]
        width_deg = np.where(np.isnan(width_deg), cameras.hfov_deg[draw, kind], width_deg)
        step_deg = FULL_CIRCLE_DEG / BEARING_STEPS
        off_deg = np.abs(sight.bearing[pair] * step_deg - placed.axis_deg[near]) % FULL_CIRCLE_DEG
        off_deg = np.minimum(off_deg, FULL_CIRCLE_DEG - off_deg)
        sees = off_deg <= width_deg / 2
        sees &= sight.height_dm[pair] <= cameras.height_m[draw, kind] * _DM_PER_M
        distance_m = (sight.distance_cm[pair] / CM_PER_M)[:, None]
        # An empty ring is NaN, which holds no distance.
        within = (cameras.inner_m[draw, :, kind] <= distance_m) & (
            distance_m < cameras.outer_m[draw, :, kind]
        )
        found = np.zeros(cameras.inner_m.shape[:2], dtype=bool)
        np.logical_or.at(found, draw, sees[:, None] & within)
        return found


def place_cameras(inputs: Inputs) -> Placements:
    """Place the cameras of a city once per draw, as behind its figures.

    Raises
    ------
    NotFoundError
        If no streets are installed for the city.
    """
    pack, scene = scene_of(inputs.loaded)
    plan = plan_sites(inputs, pack, scene)
    placed, _ = place_all(inputs, scene, plan.chance)
    return Placements(
        pack, scene, placed, inputs.cameras, draws_shown(np.diff(placed.first), inputs.design)
    )


def draws_shown(n_cameras: IntArray, design: Design, n_shown: int = N_SHOWN) -> IntArray:
    """Return the draws to flip through: the middle of equal parts by number of cameras.

    So ten placements have about as many cameras as all placements have, from few to many; their
    order is random, so that it says nothing.

    Parameters
    ----------
    n_cameras
        Number of cameras of each draw, shape (D,).
    design
        Draws and seed.
    n_shown
        How many, at most as there are draws.
    """
    n_shown = min(n_shown, len(n_cameras))
    order = np.argsort(n_cameras, kind="stable")
    middle = ((np.arange(n_shown) + 0.5) * len(n_cameras) / max(n_shown, 1)).astype(np.int64)
    found = order[middle]
    return np.asarray(found[design.generator("ten placements").permutation(n_shown)])
