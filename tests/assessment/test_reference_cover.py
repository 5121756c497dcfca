"""How much street the sites of a city have in view where no streets are installed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from drawn_networks import BIN_M, BINS, EXACT, STRAIGHT, fabric, fixed
from hypothesis import given
from hypothesis import strategies as st

from toolkit.assessment import reference_cover
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError
from toolkit.streets import reference_networks

DESIGN = Design(200, 7)


ALIKE = (fabric("a", left=1.0), fabric("b", left=1.0), fabric("c"))


def ring(inner_m: int, outer_m: int, chance: float = 1.0) -> np.ndarray:
    views = np.zeros((200, 1, DESIGN.n_draws), np.float32)
    views[inner_m:outer_m] = chance
    return views


@given(inner=st.integers(0, 100), width=st.integers(0, 100), chance=st.floats(0, 1))
def test_a_ring_on_straight_streets_covers_twice_its_width(inner, width, chance):
    values = fixed(foreign_fabric_log_sd=0, junction_site_share=0)
    curve = reference_cover.draw_view_curve(ALIKE, values, DESIGN)
    length = reference_cover.covered_length_m(curve, ring(inner, inner + width, chance))
    assert length == pytest.approx(np.full((DESIGN.n_draws, 1), 2 * width * chance), abs=1e-4)


def test_sites_are_mixed_by_the_share_at_junctions():
    curve = reference_cover.draw_view_curve(ALIKE, EXACT, DESIGN)
    assert curve.shape == (DESIGN.n_draws, BINS)
    assert curve == pytest.approx(np.full(curve.shape, 2 * BIN_M * (0.75 + 0.25 * 2)))


def test_buildings_take_their_share():
    alike = (fabric("a", left=0.4), fabric("b", left=0.4), fabric("c"), fabric("d"))
    curve = reference_cover.draw_view_curve(alike, EXACT, DESIGN)
    assert curve == pytest.approx(np.full(curve.shape, 0.4 * 2 * BIN_M * 1.25))


def test_buildings_never_add_to_the_view():
    uneven = (fabric("a", left=0.2), fabric("b", left=1.0), fabric("c"))
    curve = reference_cover.draw_view_curve(uneven, EXACT, DESIGN)
    assert curve.max() == pytest.approx(2 * BIN_M * 1.25)
    assert curve.min() < 0.1 * curve.max()


def test_an_empty_ring_covers_nothing():
    curve = reference_cover.draw_view_curve(ALIKE, EXACT, DESIGN)
    nothing = ring(10, 10)
    assert not reference_cover.covered_length_m(curve, nothing).any()
    per_m = np.full(DESIGN.n_draws, 0.01)
    assert not reference_cover.covered_share(curve, nothing, sites_per_m=per_m, stretch_m=20).any()


def test_views_may_be_shorter_than_the_curves_and_not_longer():
    curve = STRAIGHT[None]
    short = np.ones((7, 2, 1))
    assert reference_cover.covered_length_m(curve, short) == pytest.approx(np.full((1, 2), 14.0))
    with pytest.raises(InputDataError, match="max_range_m"):
        reference_cover.covered_length_m(curve, np.ones((251, 1, 1)))


def test_share_on_a_straight_street_by_hand():
    # Views of 0.5 to 30 m: 60 m of street, 3 groups of 20 m, each with a site with chance 0.2.
    views = np.full((30, 1, 1), 0.5)
    share = reference_cover.covered_share(
        STRAIGHT[None], views, sites_per_m=np.array([0.01]), stretch_m=20.0
    )
    assert share == pytest.approx(np.array([[1 - (1 - 0.2 * 0.5) ** 3]]))


def test_share_with_few_sites_is_their_length_over_the_street():
    views = ring(5, 60, 0.7)
    curve = reference_cover.draw_view_curve(ALIKE, EXACT, DESIGN)
    per_m = np.full(DESIGN.n_draws, 1e-7)
    share = reference_cover.covered_share(curve, views, sites_per_m=per_m, stretch_m=20.0)
    length = reference_cover.covered_length_m(curve, views)
    assert share == pytest.approx(length * 1e-7, rel=1e-3)


def test_share_is_whole_where_every_group_has_a_site_that_sees_for_certain():
    views = ring(0, 20)
    per_m = np.full(DESIGN.n_draws, 5.0)
    curve = reference_cover.draw_view_curve(ALIKE, EXACT, DESIGN)
    share = reference_cover.covered_share(curve, views, sites_per_m=per_m, stretch_m=20.0)
    assert share == pytest.approx(np.ones((DESIGN.n_draws, 1)))


@given(first=st.floats(0, 0.1), more=st.floats(0, 0.1))
def test_more_sites_never_cover_less(first, more):
    views = ring(3, 40, 0.5)[..., :1]
    shares = [
        reference_cover.covered_share(
            STRAIGHT[None], views, sites_per_m=np.array([n]), stretch_m=20.0
        )
        for n in (first, first + more)
    ]
    assert 0 <= shares[0][0, 0] <= shares[1][0, 0] <= 1


@pytest.fixture(scope="module")
def committed():
    return reference_networks.load_networks()


def test_a_ring_inside_another_never_covers_more(committed):
    curve = reference_cover.draw_view_curve(committed, load_assumptions(), DESIGN)
    wide, narrow = ring(0, 80, 0.6), ring(5, 78, 0.6)
    assert (
        reference_cover.covered_length_m(curve, narrow)
        <= reference_cover.covered_length_m(curve, wide)
    ).all()


def test_draws_do_not_depend_on_anything_but_the_seed(committed):
    central = load_assumptions()
    once = reference_cover.draw_view_curve(committed, central, DESIGN)
    assert np.array_equal(once, reference_cover.draw_view_curve(committed, central, DESIGN))
    other = dataclasses.replace(DESIGN, seed=8)
    assert not np.array_equal(once, reference_cover.draw_view_curve(committed, central, other))
