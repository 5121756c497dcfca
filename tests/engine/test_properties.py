"""What must hold of sight, siting and exposure in any city, and simulation against closed form."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.base.terms import NESTED_TIERS, TIERS
from toolkit.engine import (
    closed_form,
    footprints,
    pairs_by_point,
    placement,
    sight,
    site_chance,
    views,
)
from toolkit.optics.camera_draws import CameraDraws, draw_cameras
from toolkit.optics.catalogue import load_catalogue
from toolkit.siting import candidates, inclusion
from toolkit.siting.surroundings import StreetLayers
from toolkit.siting.weights import operators_of, weights_of
from toolkit.streets import street_points

REACH_M = 60.0
N_TIERS = len(TIERS)
EXAMPLES = settings(max_examples=25, deadline=None)
SEEDS = st.integers(0, 10_000)


@dataclass(frozen=True)
class Town:
    """A small invented town: streets, houses, candidate groups, lines of sight."""

    streets: np.ndarray
    houses: np.ndarray
    points: street_points.LinePieces
    groups: candidates.Candidates
    pairs: sight.Sight
    rows: pairs_by_point.PointRows

    @property
    def n_sites(self):
        return len(self.groups.size_m)


def drawn_town(seed, *, size_m=240.0, junctions=False):
    """Return streets and houses of an irregular town, and its junctions if asked for."""
    rng = np.random.default_rng(seed)
    cells = int(rng.integers(3, 5))
    step = size_m / cells
    at = np.array([(i, j) for i in range(cells + 1) for j in range(cells + 1)], dtype=float)
    xy = at * step + rng.normal(0, 0.1 * step, at.shape)
    width = cells + 1
    edges = [(i * width + j, (i + 1) * width + j) for i in range(cells) for j in range(width)]
    edges += [(i * width + j, i * width + j + 1) for i in range(width) for j in range(cells)]
    kept = [e for e in edges if rng.random() < 0.85]
    streets = np.array([shapely.LineString([xy[u], xy[v]]) for u, v in kept], dtype=object)
    spots = rng.uniform(0, size_m, (40, 2))
    houses = np.array(
        [shapely.box(x, y, x + a, y + b) for (x, y), a, b in
         zip(spots, rng.uniform(6, 25, 40), rng.uniform(6, 25, 40), strict=True)],
        dtype=object,
    )  # fmt: skip
    # No kerb is farther from its centre line, so no site falls inside a house.
    near = np.unique(shapely.STRtree(streets).query(houses, predicate="dwithin", distance=8.0)[0])
    houses = np.delete(houses, near)
    return streets, houses, xy if junctions else np.empty((0, 2))


def town_of(streets, houses, junction_xy=None, road_class=None):
    """Return the town of given streets and houses."""
    xy = np.empty((0, 2)) if junction_xy is None else junction_xy
    road_class = np.arange(len(streets)) % 4 if road_class is None else road_class
    points = street_points.cut(streets, 5.0)
    groups = candidates.candidates(
        streets, road_class, np.full(len(streets), np.nan),
        junction_xy_m=xy, stretch_m=20.0, model=candidates.load_siting(),
    )  # fmt: skip
    names = np.array(["primary", "tertiary", "residential", "footway"])
    layers = StreetLayers(
        streets, names[road_class].tolist(), xy[::3], xy[:2], ["police"] * len(xy[:2])
    )
    groups = candidates.with_features(groups, layers)
    where = footprints.place_sites(groups.xy_m, groups.centre_xy_m, houses)
    pairs = sight.build_sight(where, points.xy, houses, reach_m=REACH_M)
    n = len(groups.size_m)
    rows = pairs_by_point.point_rows(
        pairs, len(points.xy), np.full(n, views.CANDIDATE), np.full(n, np.nan)
    )
    return Town(streets, houses, points, groups, pairs, rows)


def town(seed, **options):
    streets, houses, junction_xy = drawn_town(seed, **options)
    return town_of(streets, houses, junction_xy)


def cameras(n_draws=1, *, hfov=120.0, ring=(5.0, 45.0), working=0.8):
    """Return draws of one type with the same ring in every tier."""
    shape = (n_draws, N_TIERS, 1)
    return CameraDraws(
        share=np.ones((n_draws, 1)),
        hfov_deg=np.full((n_draws, 1), hfov),
        height_m=np.full((n_draws, 1), 5.0),
        inner_m=np.full(shape, ring[0]),
        outer_m=np.full(shape, ring[1]),
        availability=np.full(n_draws, working),
        type_ids=("one",),
    )


def probabilities(built, prob, drawn, per_site):
    """Return the closed form at every point, shape (P, T, D); `prob` has shape (G, D)."""
    table = views.view_table(drawn, per_site, reach_m=REACH_M, codes=built.rows.codes)
    return closed_form.closed_form(built.rows, np.ascontiguousarray(prob, np.float32), table)


def simulated(built, prob, drawn, per_site, length_m, design):
    """Return the share of length covered per draw, with independent groups, shape (D, T)."""
    return placement.simulate(
        built.pairs, prob, np.zeros(len(prob), dtype=np.int64), np.full(len(prob), np.nan),
        drawn, per_site, length_m, design, independent=True,
    ).share  # fmt: skip


def site_prob(built, n_sites, seed=0, n_draws=1):
    """Return inclusion probabilities with weights drawn from the profiles, shape (G, D)."""
    values, design = load_assumptions(), Design(n_draws, seed)
    return inclusion.inclusion_prob(
        weights_of(operators_of(None), built.groups, values, design),
        np.broadcast_to(np.asarray(n_sites, dtype=float), n_draws),
        built.groups,
    ).T


ONE = np.array([1.8])


class TestMonotone:
    @given(seed=SEEDS, few=st.floats(0, 60), more=st.floats(0, 60))
    @EXAMPLES
    def test_more_cameras_lower_no_point(self, seed, few, more):
        built = town(seed % 5, junctions=True)
        before, after = (site_prob(built, n, seed) for n in (few, few + more))
        assert (after >= before - 1e-12).all()
        low, high = (probabilities(built, p, cameras(), ONE) for p in (before, after))
        assert (high >= low - 1e-6).all()

    @given(seed=SEEDS, outer=st.floats(6, 50), further=st.floats(0, 10), inner=st.floats(0, 5))
    @EXAMPLES
    def test_a_longer_range_lowers_no_point(self, seed, outer, further, inner):
        built = town(seed % 5)
        prob = site_prob(built, 15, seed)
        low, high = (
            probabilities(built, prob, cameras(ring=(inner, end)), ONE)
            for end in (outer, outer + further)
        )
        assert (high >= low - 1e-6).all()

    @given(seed=SEEDS, hfov=st.floats(5, 350), wider=st.floats(0, 60), works=st.floats(0.1, 0.9))
    @EXAMPLES
    def test_a_wider_field_or_more_that_work_lower_no_point(self, seed, hfov, wider, works):
        built = town(seed % 5)
        prob = site_prob(built, 15, seed)
        base, wide, all_on = (
            probabilities(built, prob, cameras(hfov=h, working=w), ONE)
            for h, w in ((hfov, works), (min(hfov + wider, 360.0), works), (hfov, 1.0))
        )
        assert (wide >= base - 1e-6).all()
        assert (all_on >= base - 1e-6).all()

    @given(seed=SEEDS, left=st.floats(0, 1))
    @EXAMPLES
    def test_fewer_walls_lower_no_point(self, seed, left):
        streets, houses, _ = drawn_town(seed)
        some = houses[np.random.default_rng(seed).random(len(houses)) < left]
        walled, opened = town_of(streets, houses), town_of(streets, some)
        # No site falls inside a house here, so sites stand where they did.
        seen, seen_after = (
            {(s, p) for s in range(t.n_sites)
             for p in t.pairs.point[t.pairs.start[s]:t.pairs.start[s + 1]].tolist()}
            for t in (walled, opened)
        )  # fmt: skip
        assert seen <= seen_after
        prob = site_prob(walled, 15, seed)
        low, high = (probabilities(t, prob, cameras(), ONE) for t in (walled, opened))
        assert (high >= low - 1e-6).all()


class TestInvariance:
    @given(seed=SEEDS, turn=st.floats(0, 360), east=st.floats(-5e5, 5e5), north=st.floats(0, 5e6))
    @EXAMPLES
    def test_turning_and_moving_change_no_point(self, seed, turn, east, north):
        streets, houses, xy = drawn_town(seed, junctions=True)
        angle = np.deg2rad(turn)
        matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])

        def move(points):
            return points @ matrix + (east, north)

        here = town_of(streets, houses, xy)
        there = town_of(shapely.transform(streets, move), shapely.transform(houses, move), move(xy))
        prob = site_prob(here, 15, seed)
        # Densities are counted on a grid of 25 m that does not turn: features are carried over.
        known = replace(
            there.groups,
            weight_class=here.groups.weight_class,
            class_code=here.groups.class_code,
        )
        moved = site_prob(replace(there, groups=known), 15, seed)
        np.testing.assert_allclose(moved, prob, atol=1e-9)
        a, b = (probabilities(t, prob, cameras(), ONE)[:, 0, 0] for t in (here, there))
        # A line of sight along a wall, or a point at the edge of a bin, may fall to either side.
        assert (np.abs(a - b) > 1e-3).mean() <= 0.03
        weight = here.points.length / here.points.length.sum()
        assert weight @ a == pytest.approx(weight @ b, abs=2e-3)

    @given(seed=SEEDS)
    @EXAMPLES
    def test_the_order_of_streets_and_houses_changes_no_point(self, seed):
        streets, houses, _ = drawn_town(seed)
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(streets))
        kind = np.arange(len(streets)) % 4
        first = town_of(streets, houses, road_class=kind)
        again = town_of(
            streets[order], houses[rng.permutation(len(houses))], road_class=kind[order]
        )
        prob, other = (site_prob(t, 15, seed) for t in (first, again))
        assert other.sum() == pytest.approx(prob.sum())
        a, b = (
            probabilities(t, p, cameras(), ONE)[:, 0, 0] for t, p in ((first, prob), (again, other))
        )
        where = np.concatenate([np.flatnonzero(first.points.line == k) for k in order])
        np.testing.assert_array_equal(again.points.xy, first.points.xy[where])
        # float32 in another frame: the mean of all points moves by rounding.
        assert (np.abs(b - a[where]) > 1e-4).mean() <= 0.01


class TestSums:
    @given(seed=SEEDS, n_sites=st.floats(0, 400, allow_subnormal=False))
    @EXAMPLES
    def test_chances_add_up_to_the_number_of_sites(self, seed, n_sites):
        built = town(seed % 5, junctions=True)
        prob = site_prob(built, n_sites, seed, n_draws=4)
        assert ((prob >= 0) & (prob <= 1)).all()
        np.testing.assert_allclose(prob.sum(axis=0), min(n_sites, built.n_sites), rtol=1e-9)
        standing = placement.place_sites(site_chance.SiteChance.of_table(prob), Design(4, seed))
        for chosen in np.split(standing.site, standing.first[1:-1]):
            assert abs(len(chosen) - min(n_sites, built.n_sites)) < 1 + 1e-6
            assert len(set(chosen.tolist())) == len(chosen)

    @given(seed=st.integers(0, 500))
    @settings(max_examples=8, deadline=None)
    def test_better_images_are_rarer_at_every_point_and_in_total(self, seed):
        built = town(seed % 5, junctions=True)
        n_draws = 12
        values, design = load_assumptions(), Design(n_draws, seed)
        drawn = draw_cameras(load_catalogue(), values, design, brand=None)
        per_site = values.draw("sites.cameras_per_site", design)
        prob = site_prob(built, 20, seed, n_draws)
        found = probabilities(built, prob, drawn, per_site)
        share = simulated(built, prob, drawn, per_site, built.points.length, design)
        for better, plain in NESTED_TIERS:
            a, b = TIERS.index(better), TIERS.index(plain)
            assert (found[:, a] <= found[:, b] + 1e-6).all()
            assert (share[:, a] <= share[:, b] + 1e-12).all()
        assert found[:, 0].max() > 0

    def test_no_camera_covers_nothing(self):
        built = town(1)
        prob = site_prob(built, 0.0, n_draws=3)
        drawn, per_site = cameras(3), np.full(3, 1.8)
        assert (prob == 0).all()
        assert (probabilities(built, prob, drawn, per_site) == 0).all()
        share = simulated(built, prob, drawn, per_site, built.points.length, Design(3, 0))
        assert (share == 0).all()

    def test_a_mapped_camera_is_there(self):
        # One camera that sees all round, mapped: a point in its ring is covered if it works.
        built = town(2)
        site = int(np.argmax(np.diff(built.pairs.start)))
        prob = np.zeros((built.n_sites, 1))
        prob[site] = 1.0
        rows = pairs_by_point.point_rows(
            built.pairs, len(built.points.xy),
            np.where(np.arange(built.n_sites) == site, views.mapped_view(np.ones(1, int)), 0),
            np.full(built.n_sites, np.nan),
        )  # fmt: skip
        table = views.view_table(cameras(hfov=360.0), ONE, reach_m=REACH_M, codes=rows.codes)
        found = closed_form.closed_form(rows, prob.astype(np.float32), table)[:, 0, 0]
        row = slice(*built.pairs.start[[site, site + 1]])
        away = built.pairs.distance_cm[row] / 100.0
        inside = built.pairs.point[row][(away > 6) & (away < 44)]
        assert len(inside) > 5
        np.testing.assert_allclose(found[inside], 0.8, atol=1e-6)
        assert (np.delete(found, built.pairs.point[row]) == 0).all()


@given(axis=st.floats(-30, 390), width=st.floats(10, 350), hfov=st.floats(10, 200))
@EXAMPLES
def test_a_sector_covers_its_directions_also_across_north(axis, width, hfov):
    angle = np.deg2rad(np.arange(0.25, 360, 0.5))
    points = 30 * np.column_stack([np.sin(angle), np.cos(angle)])
    pairs = sight.build_sight(np.zeros((1, 2)), points, np.empty(0, dtype=object), reach_m=REACH_M)
    off = np.abs((np.rad2deg(angle) - axis + 180) % 360 - 180)
    rows = pairs_by_point.point_rows(
        pairs, len(points), np.ones(1, dtype=np.int64), np.array([axis]), np.array([width])
    )
    drawn = cameras(hfov=hfov, working=1.0)
    table = views.view_table(drawn, np.ones(1), reach_m=REACH_M, codes=rows.codes)
    found = closed_form.closed_form(rows, np.ones((1, 1), np.float32), table)[:, 0, 0]
    step = views.BEARING_STEP_DEG
    assert (found[off < width / 2 - step] == 1).all()
    assert (found[off > width / 2 + step] == 0).all()
    share = placement.simulate(
        pairs, np.ones((1, 1)), np.ones(1, dtype=np.int64), np.array([axis]), drawn, np.ones(1),
        np.ones(len(points)), Design(1, 0), fixed_width_deg=np.array([width]),
    ).share[0, 0]  # fmt: skip
    assert share == pytest.approx(found.mean(), abs=1e-6)


# --- simulation against closed form ---------------------------------------------------------

MOST_BITS = 16
"""So many points are told apart by one weighted total."""


def far_apart(xy, usable, least_m):
    """Return points no two of which one site can cover."""
    chosen = []
    for k in np.flatnonzero(usable):
        if all(np.hypot(*(xy[k] - xy[c])) > least_m for c in chosen):
            chosen.append(int(k))
    return np.array(chosen[:MOST_BITS], dtype=np.int64)


def covered_counts(built, chosen, prob, drawn, per_site, design):
    """Return in how many draws each chosen point is covered.

    Only totals come out of the simulation: with lengths of 1, 2, 4, ... the total says which.
    """
    length = np.zeros(len(built.points.xy))
    length[chosen] = 2.0 ** np.arange(len(chosen))
    share = simulated(built, prob, drawn, per_site, length, design)[:, 0]
    total = np.rint(share * length.sum()).astype(np.int64)
    return ((total[:, None] >> np.arange(len(chosen))) & 1).sum(axis=0)


def z_scores(n_towns, n_seeds, n_draws=300, outer_m=30.0):
    """Return (count - n p) / sqrt(n p (1 - p)) of points that do not depend on one another."""
    scores = []
    for number in range(n_towns):
        rng = np.random.default_rng([number, 11])
        built = town(number, size_m=420.0)
        # Fields and rings end where steps of the table do, so that it is exact.
        look = {
            "hfov": float(rng.choice([60.0, 120.0, 240.0, 360.0])),
            "ring": (float(rng.integers(0, 8)), outer_m),
            "working": float(rng.uniform(0.5, 1.0)),
        }
        mean = float(rng.uniform(1.0, 2.6))
        prob = np.clip(rng.gamma(0.7, 0.3, (built.n_sites, 1)), 0.0, 1.0)
        exact = probabilities(built, prob, cameras(**look), np.array([mean]))[:, 0, 0].astype(float)
        usable = (exact > 0.05) & (exact < 0.95)
        chosen = far_apart(built.points.xy, usable, 2 * outer_m + 1.0)
        p = exact[chosen]
        for seed in range(n_seeds):
            counts = covered_counts(
                built, chosen, np.tile(prob, (1, n_draws)), cameras(n_draws, **look),
                np.full(n_draws, mean), Design(n_draws, 1_000 * number + seed),
            )  # fmt: skip
            scores.append((counts - n_draws * p) / np.sqrt(n_draws * p * (1 - p)))
    return np.concatenate(scores)


def test_simulation_agrees_with_the_closed_form_point_by_point():
    # Enough that the band of the standard deviation is three of its standard errors wide.
    z = z_scores(n_towns=40, n_seeds=4)
    assert len(z) >= 1_800
    assert abs(z.mean()) < 3 / np.sqrt(len(z))
    assert 0.95 <= z.std(ddof=1) <= 1.05
