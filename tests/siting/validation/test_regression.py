"""The fit against cities that were made from known coefficients."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_city import layers
from scipy import optimize

from toolkit.siting import design_matrix, features
from toolkit.siting.validation import regression
from toolkit.siting.validation.regression import FitCity

TRUE = {"main": 1.2, "junction": 0.9, "centre": -0.5, "own.service": -0.8}
WIDE = np.full(len(design_matrix.COLUMNS), 1.0)
ZERO = np.zeros(len(design_matrix.COLUMNS))


def made_city(true=TRUE, n_sites=60_000, seed=1, n=600):
    """Draw a city of `n` classes of street and sites by the model itself."""
    rng = np.random.default_rng(seed)
    levels = {name: rng.integers(0, len(v), n) for name, v in features.FEATURES.items()}
    for name in ("signals", "place", "bridge"):
        levels[name] = np.zeros(n, dtype=np.int64)
    code = features.code_of(levels)
    length = rng.uniform(50, 2000, n)
    rate = np.exp(design_matrix.design(code) @ design_matrix.vector(true, {"": 0.0})) * length
    sites = rng.poisson(rate / rate.sum() * n_sites)
    return FitCity("made", code, length, rng.integers(0, 40, n), sites)


def test_true_coefficients_are_recovered():
    city = made_city()
    found = regression.fit([city], prior_mean=ZERO, prior_sd=WIDE)
    # A common column and those of its levels share a lift, so lifts are compared and not columns.
    lift = regression.log_lift(found.beta, city.code, city.length_m)
    true = regression.log_lift(design_matrix.vector(TRUE, {"": 0.0}), city.code, city.length_m)
    assert np.sqrt(np.average((lift - true) ** 2, weights=np.exp(true) * city.length_m)) < 0.05
    own = design_matrix.COLUMNS.index("own.service")
    assert found.beta[own] == pytest.approx(TRUE["own.service"], abs=0.1)


def test_the_fit_is_the_least_of_its_own_target():
    """Poisson likelihood and normal prior, minimised by another hand."""
    city = made_city(n_sites=300, n=80)
    sd = np.linspace(0.3, 1.0, len(ZERO))
    mean = np.linspace(-0.5, 0.5, len(ZERO))
    x = design_matrix.design(city.code)

    def target(parameters):
        eta = parameters[0] + x @ parameters[1:] + np.log(city.length_m)
        prior = 0.5 * (((parameters[1:] - mean) / sd) ** 2).sum()
        slope = np.exp(eta) - city.sites
        gradient = np.concatenate([[slope.sum()], x.T @ slope + (parameters[1:] - mean) / sd**2])
        return (np.exp(eta) - city.sites * eta).sum() + prior, gradient

    start = np.concatenate([[np.log(city.sites.sum() / city.length_m.sum())], mean])
    best = optimize.minimize(
        target, start, jac=True, method="BFGS", options={"gtol": 1e-6, "maxiter": 2000}
    )
    found = regression.fit([city], prior_mean=mean, prior_sd=sd)
    np.testing.assert_allclose(found.beta, best.x[1:], atol=2e-3)


def test_without_sites_to_speak_of_the_prior_stays():
    mean = np.linspace(-1, 1, len(ZERO))
    city = made_city(n_sites=1, n=40)
    found = regression.fit([city], prior_mean=mean, prior_sd=np.full(len(ZERO), 0.05))
    np.testing.assert_allclose(found.beta, mean, atol=0.05)


def test_what_does_not_vary_stays_at_the_prior():
    found = regression.fit([made_city()], prior_mean=ZERO + 0.3, prior_sd=WIDE)
    for name in ("signals.near", "place.official", "bridge.yes"):
        assert found.beta[design_matrix.COLUMNS.index(name)] == pytest.approx(0.3, abs=1e-3)


def test_cities_count_alike_where_asked():
    large = made_city({"main": 1.5}, 30_000, seed=2)
    small = made_city({"main": -1.5}, 1_000, seed=3)

    def middle(**how):
        found = regression.fit([large, small], prior_mean=ZERO, prior_sd=WIDE, **how)
        return float(design_matrix.design(
            features.code_of(
                {n: np.array([1 if n == "road" else 0]) for n in features.FEATURES}
            )
        )[0] @ found.beta)  # fmt: skip

    assert middle() > middle(equal=True)
    assert abs(middle(equal=True)) < abs(middle())


def test_errors_by_block_shrink_with_more_sites():
    few, many = (
        regression.fit([made_city(n_sites=n)], prior_mean=ZERO, prior_sd=WIDE).se
        for n in (600, 60_000)
    )
    varies = many > 0
    assert (few > 0).sum() == varies.sum()
    assert np.median(many[varies]) < 0.3 * np.median(few[varies])


def test_the_mean_metre_has_a_lift_of_one():
    city = made_city()
    beta = np.linspace(-2, 2, len(ZERO))
    lift = np.exp(regression.log_lift(beta, city.code, city.length_m))
    assert np.average(lift, weights=city.length_m) == pytest.approx(1.0)
    # A constant in all coefficients of one feature is no lift; huge ones are no overflow.
    assert np.isfinite(regression.log_lift(beta * 400, city.code, city.length_m)).any()


def test_cameras_of_one_place_are_one_site():
    xy = np.array([(0, 0), (15, 0), (30, 0), (100, 0), (100, 0)], dtype=float)
    found = regression.distinct_sites(xy)
    assert sorted(map(tuple, found)) == [(15, 0), (100, 0)]
    assert regression.distinct_sites(np.empty((0, 2))).shape == (0, 2)


def test_each_site_is_at_its_nearest_point():
    points = features.describe_points(layers(), 10.0)
    city = regression.fit_city("x", points, points.xy_m[[3, 50]] + 0.5)
    assert city.sites.sum() == 2
    assert set(np.flatnonzero(city.sites)) == {3, 50}


def test_blocks_are_squares():
    xy = np.array([(0, 0), (999, 999), (1001, 0), (0, 2500)], dtype=float)
    block = regression.block_index(xy)
    assert block[0] == block[1]
    assert len(set(block)) == 3


@pytest.mark.parametrize("share", [0.0, 0.2, 0.45])
def test_the_uniform_share_is_found(share):
    rng = np.random.default_rng(5)
    lift = np.exp(rng.normal(0, 1.5, 4000))
    lift /= lift.mean()
    density = share + (1 - share) * lift
    sites = rng.multinomial(20_000, density / density.sum())
    assert regression.uniform_share(lift, sites) == pytest.approx(share, abs=0.04)


@pytest.mark.parametrize("k", [0.5, 2.0])
def test_the_size_of_clusters_is_found(k):
    rng = np.random.default_rng(6)
    expected = rng.uniform(2, 20, 20_000)
    found = rng.poisson(expected * rng.gamma(k, 1 / k, len(expected)))
    plain = np.round(expected)
    for size in (regression.cluster_size, regression.likely_cluster_size):
        assert size(expected, found) == pytest.approx(k, rel=0.1)
        assert size(plain, plain) == float("inf")


def test_one_block_moves_the_likely_size_of_clusters_less_than_the_moments():
    rng = np.random.default_rng(7)
    expected = np.full(300, 3.0)
    found = rng.poisson(expected * rng.gamma(2.0, 0.5, len(expected)))
    found[0] = 100
    moments = regression.cluster_size(expected, found)
    assert moments < 0.3  # Drawn with 2.
    assert regression.likely_cluster_size(expected, found) > 3 * moments
