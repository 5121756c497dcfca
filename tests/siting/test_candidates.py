"""Candidate groups and their chances of holding a site."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from proportional import groups_of, proportional_prob

from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError
from toolkit.siting import candidates, inclusion
from toolkit.siting.features import FEATURES, levels_of
from toolkit.siting.surroundings import StreetLayers
from toolkit.siting.weights import operators_of, weights_of

ONE_CLASS = np.ones((1, 1))
"""Weights of one draw for groups of a single class."""


def crossing(turn_deg=0.0, shift=(0.0, 0.0), junctions=True):
    """Return candidates of four 100 m arms that meet at a signalised junction."""
    model = candidates.load_siting()
    angle = np.deg2rad(turn_deg + np.array([0, 90, 180, 270]))
    ends = 100 * np.column_stack([np.cos(angle), np.sin(angle)]) + shift
    lines = np.array([shapely.LineString([shift, end]) for end in ends], dtype=object)
    return candidates.candidates(
        lines,
        np.array([2, 2, 2, 0]),
        np.full(4, np.nan),
        junction_xy_m=np.array([shift], dtype=float) if junctions else np.empty((0, 2)),
        stretch_m=20.0,
        model=model,
    )


def test_groups_add_up_to_the_streets_and_the_junction_is_one_group():
    found = crossing()
    assert found.size_m.sum() == pytest.approx(400)
    # Four arms of five pieces; the first of each (middle at 10 m) belongs to the junction.
    assert len(found.size_m) == 4 * 4 + 1
    np.testing.assert_array_equal(np.flatnonzero(found.at_junction), [16])
    # The fourth arm is the main one.
    assert found.line[-1] == 3
    assert np.hypot(*found.xy_m[-1]) == pytest.approx(candidates.load_siting().junction_offset_m)


def test_sites_stand_at_both_kerbs():
    found = crossing(junctions=False)
    arm = found.xy_m[:5]
    np.testing.assert_allclose(np.abs(arm[:, 1]), 4.0)
    assert set(np.sign(arm[:, 1])) == {-1.0, 1.0}


def test_turning_and_moving_the_map_turns_and_moves_the_sites():
    turned = crossing(30.0, (1000.0, -500.0))
    angle = np.deg2rad(30)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    np.testing.assert_allclose(
        crossing().xy_m @ rotation + (1000.0, -500.0), turned.xy_m, atol=1e-9
    )


def test_140_sites_on_154_groups_occupy_140():
    prob = inclusion.inclusion_prob(ONE_CLASS, np.array([140.0]), groups_of(np.ones(154)))[0]
    assert prob.sum() == pytest.approx(140)
    np.testing.assert_allclose(prob, 140 / 154)


@given(
    size=hnp.arrays(float, st.integers(1, 40), elements=st.floats(0, 1000)),
    n_sites=st.floats(0, 60),
)
def test_probabilities_add_up_to_the_number_of_sites(size, n_sites):
    size = np.where(size < 1e-6, 0.0, size)
    prob = inclusion.inclusion_prob(ONE_CLASS, np.array([n_sites]), groups_of(size))[0]
    assert ((prob >= 0) & (prob <= 1 + 1e-12)).all()
    assert prob.sum() == pytest.approx(min(n_sites, (size > 0).sum()), abs=1e-6)
    assert (prob[size == 0] == 0).all()
    order = np.argsort(size)
    assert (np.diff(prob[order]) >= -1e-9).all()


def test_factors_per_class_are_those_of_a_sorted_list_of_all_groups():
    rng = np.random.default_rng(2)
    n = 400
    found = candidates.Candidates(
        np.zeros((n, 2)),
        np.zeros((n, 2)),
        rng.gamma(1.0, 20.0, n),
        np.arange(n),
        np.zeros(n, dtype=bool),
        np.zeros(n),
        rng.integers(0, 6, n),
        np.arange(6),
    )
    weight = rng.gamma(0.3, 5.0, (9, 6)) + rng.uniform(0, 0.5, (9, 1))
    n_sites = np.array([0.0, 0.5, 3, 40, 200, 350, 399, 400, 1000])
    free = rng.random(n) < 0.9
    for allowed in (None, free):
        prob = inclusion.inclusion_prob(weight, n_sites, found, allowed)
        size = found.size_m if allowed is None else np.where(allowed, found.size_m, 0.0)
        for d in range(9):
            measure = weight[d][found.weight_class] * size
            expected = proportional_prob(measure, float(n_sites[d]))
            np.testing.assert_allclose(prob[d], expected, rtol=1e-9, atol=1e-12)


def lit_crossing():
    """Return the groups of a crossing with lights on a main street, and its layers."""
    model = candidates.load_siting()
    ends = 100 * np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
    lines = np.array([shapely.LineString([(0, 0), end]) for end in ends], dtype=object)
    found = candidates.candidates(
        lines,
        np.array([0, 2, 0, 2]),
        np.full(4, np.nan),
        junction_xy_m=np.zeros((1, 2)),
        stretch_m=20.0,
        model=model,
    )
    layers = StreetLayers(
        lines,
        ["primary", "residential", "primary", "residential"],
        signal_xy_m=np.zeros((1, 2)),
    )
    return candidates.described(found, layers)


def test_groups_know_their_features():
    found = lit_crossing()
    level = {
        name: [FEATURES[name][i] for i in index[found.weight_class]]
        for name, index in levels_of(found.class_code).items()
    }
    assert level["junction"][-1] == "main_12"
    assert level["road"][-1] == "primary"
    assert level["signals"][-1] == "near"
    far = int(np.argmax(np.hypot(*found.centre_xy_m.T)))
    assert level["junction"][far] == "away"
    assert level["signals"][far] == "none"
    assert set(level["place"]) == {"not_known"}
    np.testing.assert_allclose(found.class_length_m().sum(), 400)
    assert found.class_length_m().min() > 0


def test_features_follow_the_groups_when_they_are_reordered():
    found = lit_crossing()
    order = np.arange(len(found.size_m))[::-1]
    turned = found.take(order)
    np.testing.assert_array_equal(
        turned.class_code[turned.weight_class], found.class_code[found.weight_class][order]
    )


def test_nothing_falls_below_the_uniform_share():
    found = lit_crossing()
    design = Design(16, 0)
    assumptions = load_assumptions()
    uniform = assumptions.draw("sites.uniform_share", design)
    weights = weights_of(operators_of(None), found, assumptions, design)
    prob = inclusion.inclusion_prob(weights, np.full(16, 3.0), found)
    np.testing.assert_allclose(prob.sum(axis=1), 3)
    floor = uniform[:, None] * 3 * found.size_m / found.size_m.sum()
    uncapped = prob < 1
    assert (prob[uncapped] >= (floor * (1 - 1e-12))[uncapped]).all()


def test_a_uniform_share_of_one_places_by_length_alone():
    found = lit_crossing()
    even = load_assumptions().with_changes({"sites.uniform_share": 0.6})
    weights = weights_of(operators_of(None), found, even, Design(4, 0))
    assert weights.min() >= 0.6
    alone = even["sites.uniform_share"].model_copy(
        update={"value": 1.0, "high": 1.0, "distribution": "fixed"}
    )
    items = tuple(alone if i.key == alone.key else i for i in even.items)
    flat = weights_of(
        operators_of(None), found, dataclasses.replace(even, items=items), Design(4, 0)
    )
    np.testing.assert_allclose(flat, 1.0)


def test_without_spread_every_draw_of_one_profile_is_the_same():
    found = lit_crossing()
    still = load_assumptions().with_changes(
        {"sites.siting_spread": 0.0, "sites.uniform_share": 0.2}
    )
    weights = weights_of(operators_of(None, "plate_gates"), found, still, Design(5, 0))
    np.testing.assert_allclose(weights, np.tile(weights[:1], (5, 1)))
    other = weights_of(operators_of(None, "pedestrian_core"), found, still, Design(5, 0))
    assert np.abs(weights - other).max() > 0.1


def test_groups_with_a_mapped_site_get_no_second_one():
    found = crossing()
    free = np.ones(len(found.size_m), dtype=bool)
    free[:3] = False
    prob = inclusion.inclusion_prob(np.ones((2, 1)), np.array([1.0, 5.0]), found, free)
    assert (prob[:, :3] == 0).all()
    np.testing.assert_allclose(prob.sum(axis=1), [1, 5])


def test_more_sites_than_groups_fill_every_free_group():
    found = lit_crossing()
    free = found.weight_class != found.weight_class[-1]
    assert 0 < free.sum() < len(free)
    weight = np.ones((3, len(found.class_code)))
    prob = inclusion.inclusion_prob(weight, np.array([1.0, 50.0, 1e9]), found, free)
    assert (prob[:, ~free] == 0).all()
    np.testing.assert_allclose(prob[1:, free], 1.0)
    assert prob[0].sum() == pytest.approx(1)


def test_a_siting_file_with_a_missing_part_is_refused():
    store.write_text(store.home_dir() / "siting" / "central.toml", 'name = "mine"\n')
    with pytest.raises(InputDataError, match=r"central\.toml cannot be used"):
        candidates.load_siting()
