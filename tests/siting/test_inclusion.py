"""How likely each candidate group holds a site."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_crossing import crossing, lit_crossing
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from proportional import groups_of, proportional_prob

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.siting import candidates, inclusion
from toolkit.siting.weights import operators_of, weights_of

ONE_CLASS = np.ones((1, 1))
"""Weights of one draw for groups of a single class."""


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
