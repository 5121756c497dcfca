"""Factors of districts: means, limits and the chance of each single site."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from toolkit.base.draws import Design
from toolkit.siting import districts


def test_districts_are_squares_of_the_metric_grid():
    xy = np.array([[0.0, 0.0], [999.0, 999.0], [1000.0, 0.0], [-1.0, -1.0]])
    cells, index = districts.districts(xy, 1000.0)
    assert cells[index].tolist() == [[0, 0], [0, 0], [1, 0], [-1, -1]]


class TestShape:
    def test_one_district_has_all_the_sites(self):
        assert np.isinf(districts.shape_among(np.array([0.5]), np.array([[7.0]])))

    def test_without_sites_nothing_clusters(self):
        assert np.isinf(districts.shape_among(np.array([0.5]), np.zeros((3, 1))))

    def test_many_districts_keep_the_shape(self):
        found = districts.shape_among(np.array([0.5]), np.ones((10_000, 1)))
        assert found[0] == pytest.approx(0.5, rel=1e-3)

    @pytest.mark.parametrize(("n", "shape"), [(2, 0.5), (5, 1.5), (20, 0.2)])
    def test_the_variance_is_that_of_a_share_of_a_fixed_number(self, n, shape):
        found = districts.shape_among(np.array([shape]), np.full((n, 1), 3.0))
        share = stats.beta(shape, (n - 1) * shape)
        assert 1 / found[0] == pytest.approx(share.var() * n**2)


class TestFactors:
    def test_mean_one_and_the_variance_of_the_shape(self):
        shape = np.full(20_000, 0.5)
        factor = districts.district_factors(Design(20_000, 0), shape, 4)
        assert factor.mean() == pytest.approx(1.0, abs=0.02)
        assert factor.var() == pytest.approx(2.0, rel=0.1)

    def test_an_infinite_shape_favours_none(self):
        assert (districts.district_factors(Design(3, 0), np.full(3, np.inf), 5) == 1).all()

    def test_another_shape_keeps_the_order_of_districts(self):
        one, other = (
            districts.district_factors(Design(4, 1), np.full(4, k), 30) for k in (0.4, 2.0)
        )
        np.testing.assert_array_equal(np.argsort(one, axis=1), np.argsort(other, axis=1))


@given(prob=st.floats(0.0, 1.0), shape=st.floats(0.1, 8.0))
def test_each_single_site_keeps_its_chance(prob, shape):
    given_, alone = districts.prob_at_unit_factor(np.array([prob]), np.array([shape]))
    if alone[0]:
        assert given_[0] == prob
        return
    hazard = -np.log1p(-given_[0])
    # Over the gamma distribution of the factor.
    exists, _ = integrate.quad(
        lambda u: -np.expm1(-stats.gamma.ppf(u, shape) / shape * hazard), 0, 1, limit=200
    )
    assert exists == pytest.approx(prob, abs=1e-4)
    curve = districts.miss_curve(np.array([shape]))[0]
    at = (1 - given_[0]) ** 0.25 * (districts.CURVE_NODES - 1)
    missing = np.interp(at, np.arange(districts.CURVE_NODES), curve)
    # Straight between nodes; the more curved, the stronger the clustering.
    assert missing == pytest.approx(1 - prob, abs=2e-4)


def test_no_clustering_leaves_chances_as_they_are():
    prob = np.array([0.0, 0.3, 1.0])
    given_, alone = districts.prob_at_unit_factor(prob[:, None], np.array([np.inf]))
    np.testing.assert_array_equal(given_[:, 0], prob)
    assert not alone.any()
    curve = districts.miss_curve(np.array([np.inf]))[0]
    miss = (np.arange(districts.CURVE_NODES) / (districts.CURVE_NODES - 1)) ** 4
    np.testing.assert_allclose(curve, miss, atol=1e-7)
