"""Chance that any point of a street is captured: against exact angles and the simulation."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_grid import REACH_M, cameras, town

from toolkit.base.draws import Design
from toolkit.engine import closed_form, placement, sight, street_chance, views
from toolkit.engine.scene import SiteFields
from toolkit.engine.site_chance import SiteChance


def unknown_sites(n):
    nowhere = np.full(n, np.nan)
    return SiteFields(np.zeros(n, dtype=np.int64), nowhere, nowhere, nowhere)


def in_town(n_draws, *, street=None, seed=4, **options):
    """Return the chance of each of the 12 streets of a town, and what it was made of."""
    pairs, rows, points, prob = town(n_draws)
    drawn, mean = cameras(n_draws, ring=(3.0, 12.0), **options), np.full(n_draws, 2.0)
    street = points.line if street is None else street(points)
    chance = SiteChance.of_table(prob)
    found = street_chance.capture_prob(
        pairs, street, int(street.max()) + 1, chance, unknown_sites(len(prob)), drawn, mean,
        Design(n_draws, seed),
    )  # fmt: skip
    return found, pairs, rows, points, prob, drawn, mean


class TestOneCamera:
    """A camera at the origin, of unknown direction, and a street along an arc around it."""

    @pytest.mark.parametrize(("arc_deg", "hfov"), [(0.0, 90.0), (60.0, 90.0), (200.0, 120.0)])
    def test_the_chance_is_the_angle_of_the_street_and_of_the_lens(self, arc_deg, hfov):
        n_draws = 6000
        angle = np.deg2rad(np.arange(0.0, arc_deg + 0.5, 1.0))
        points = 30 * np.column_stack([np.sin(angle), np.cos(angle)])
        pairs = sight.build_sight(
            np.zeros((1, 2)), points, np.empty(0, dtype=object), reach_m=REACH_M
        )
        found = street_chance.capture_prob(
            pairs, np.zeros(len(points), dtype=np.int64), 1,
            SiteChance.of_table(np.full((1, n_draws), 0.5)), unknown_sites(1),
            cameras(n_draws, hfov=hfov, ring=(10.0, 40.0)), np.ones(n_draws), Design(n_draws, 1),
        )  # fmt: skip
        wanted = 0.5 * min((arc_deg + hfov) / 360.0, 1.0)
        # Bearings are kept in steps of 1.4 degrees; 4 standard errors of the draws.
        error = 0.5 * (1.5 / 360.0 + 4 * np.sqrt(0.25 / n_draws))
        assert found.shape == (1, 5, n_draws)
        assert found.mean() == pytest.approx(wanted, abs=error)

    def test_a_ring_that_holds_no_point_gives_none(self):
        pairs = sight.build_sight(
            np.zeros((1, 2)), np.array([[30.0, 0.0]]), np.empty(0, dtype=object), reach_m=REACH_M
        )
        for ring in ((31.0, 50.0), (1.0, 29.0), (np.nan, np.nan)):
            found = street_chance.capture_prob(
                pairs, np.zeros(1, dtype=np.int64), 2, SiteChance.of_table(np.ones((1, 3))),
                unknown_sites(1), cameras(3, hfov=360.0, ring=ring), np.ones(3), Design(3, 0),
            )  # fmt: skip
            assert not found.any()


class TestTown:
    def test_a_street_of_one_point_has_the_chance_of_the_point(self):
        n_draws = 600
        found, _, rows, _, prob, drawn, mean = in_town(
            n_draws, street=lambda points: np.arange(len(points.length)), working=0.8
        )
        table = views.view_table(drawn, mean, reach_m=REACH_M)
        exact = closed_form.closed_form(rows, prob.astype(np.float32), table)
        error = 4.5 * found[:, 0].std(axis=1) / np.sqrt(n_draws) + 1e-6
        assert (np.abs((found - exact)[:, 0].mean(axis=1)) < error).all()
        assert exact[:, 0].mean() > 0.02

    def test_it_is_the_share_of_placements_that_capture_any_point(self):
        n_draws = 2000
        found, pairs, _, points, prob, drawn, mean = in_town(n_draws, working=0.6)
        none, nowhere = np.zeros(len(prob), dtype=np.int64), np.full(len(prob), np.nan)
        for street in (0, 5, 9):
            placed = placement.simulate(
                pairs, prob, none, nowhere, drawn, mean,
                np.where(points.line == street, points.length, 0.0), Design(n_draws, 8),
                independent=True,
            )  # fmt: skip
            share = float((placed.share[:, 0] > 0).mean())
            wanted = float(found[street, 0].mean())
            assert share == pytest.approx(wanted, abs=4 * np.sqrt(share * (1 - share) / n_draws))
            assert wanted < 1

    def test_points_that_do_not_count_are_left_out(self):
        every, *_ = in_town(40)
        some, *_ = in_town(
            40, street=lambda points: np.where(points.xy[:, 1] < 150, points.line, -1)
        )
        assert (some <= every[: len(some)] + 1e-6).all()
        assert some.sum() < every.sum()

    def test_chunks_change_nothing(self, monkeypatch):
        whole, *_ = in_town(20)
        monkeypatch.setattr(street_chance, "_CHUNK_PAIRS", 7)
        parts, *_ = in_town(20)
        np.testing.assert_array_equal(whole, parts)
        assert whole.any()
