"""How the cameras of one city differ: within a draw, and over draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from toolkit.base.draws import Design
from toolkit.optics.variants import N_VARIANTS, Variants

DESIGN = Design(400, 5)


def variants(within, number=N_VARIANTS, design=DESIGN):
    return Variants(design, number, np.full((design.n_draws, 1), within))


def test_at_nothing_within_a_city_all_cameras_are_alike():
    prob = variants(0.0).prob("focal", "ptz")
    city = DESIGN.column("focal:ptz")[:, None]
    np.testing.assert_allclose(prob, np.broadcast_to(city, prob.shape), atol=1e-12)


@pytest.mark.parametrize("value", ["focal", "aim", "height", "night"])
def test_at_everything_within_a_city_each_stratum_has_one_camera(value):
    prob = variants(1.0).prob(value, "ptz")
    turned = np.sort((prob - prob[:, :1]) % 1.0, axis=1)
    # Evenly spaced, up to the turn that all of a draw share.
    np.testing.assert_allclose(turned % (1 / N_VARIANTS) % (1 / N_VARIANTS - 1e-9), 0, atol=1e-5)
    assert len(np.unique(np.round(turned, 4))) == N_VARIANTS


@pytest.mark.parametrize("within", [0.3, 0.7, 0.95])
def test_a_camera_of_any_city_has_the_distribution_of_the_catalogue(within):
    prob = variants(within).prob("aim", "fixed_wide")
    # One camera a city: independent, and uniform.
    assert stats.kstest(prob[:, 0], "uniform").pvalue > 0.01
    score = special.ndtri(prob)
    # Two cameras of a city agree as far as their city does; strata push them a little apart.
    together = np.mean([score[:, a] @ score[:, b] for a in range(8) for b in range(a)]) / 400
    assert together == pytest.approx(1 - within - within / (N_VARIANTS - 1), abs=0.05)
    assert (score**2).mean() == pytest.approx(1, abs=0.06)


def test_values_and_types_vary_by_themselves():
    one = variants(1.0)
    pairs = [("focal", "ptz"), ("aim", "ptz"), ("height", "ptz"), ("night", "ptz"), ("aim", "face")]
    scores = special.ndtri([one.prob(*pair).ravel() for pair in pairs])
    correlation = np.corrcoef(scores) - np.eye(len(pairs))
    assert np.abs(correlation).max() < 0.1


def test_all_types_share_the_poles_of_a_city():
    one = variants(0.0)
    pole = one.pole_prob()
    np.testing.assert_allclose(pole[:, 0], DESIGN.column("assumption:optics.height_m"), atol=1e-12)


def test_a_column_more_or_less_changes_no_other():
    np.testing.assert_array_equal(
        variants(0.7).prob("focal", "face"), variants(0.7).prob("focal", "face")
    )
    few = variants(0.7, design=Design(400, 6)).prob("focal", "face")
    assert (few != variants(0.7).prob("focal", "face")).any()
