"""The whole path on invented cities, and the code that makes their truths."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy import stats

from benchmarks.calibration import document as shown
from benchmarks.calibration import engine as calibrate
from benchmarks.calibration import invented_truth as truths
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.base.terms import NESTED_TIERS, TIERS
from toolkit.evidence.count import count_draws

AS_OF = dt.date(2026, 11, 23)
CITIES = 4


@pytest.fixture(scope="module")
def found():
    return calibrate.outcomes(CITIES, workers=1, n_draws=59)


def setting(number):
    return truths.Setting(load_assumptions(), Design(1, 500_000 + number), AS_OF)


def test_the_same_cities_again_are_the_same(found):
    again = calibrate.assess_city(3, n_draws=59)
    (first,) = (o for o in found if o.city == 3)
    for name in ("truth", "rank", "held", "width", "contrast", "bins"):
        np.testing.assert_array_equal(getattr(again, name), getattr(first, name))
    for name in ("truth", "rank", "held"):
        np.testing.assert_array_equal(getattr(again.trips, name), getattr(first.trips, name))


def test_truths_and_ranks_are_what_they_can_be(found):
    for o in found:
        assert ((o.truth >= 0) & (o.truth <= 1)).all()
        assert ((o.rank >= 0) & (o.rank <= 59)).all()
        truth = dict(zip(TIERS, o.truth.T, strict=True))
        assert all((truth[narrow] <= truth[wide]).all() for narrow, wide in NESTED_TIERS)
        # Every street with an answer is in one bin, and no more of it is covered than there is.
        length, _, covered = np.moveaxis(o.bins, -1, 0)
        np.testing.assert_allclose(length.sum(axis=2), length[0, 0].sum())
        assert (covered <= length + 1e-6).all()
        np.testing.assert_allclose(covered.sum(axis=2) / length.sum(axis=2), o.truth)
        assert o.truth.shape == (len(truths.VARIANTS), len(TIERS))


@pytest.mark.slow
def test_the_true_number_follows_the_law_of_the_tool():
    rng = np.random.default_rng(3)
    ranks = []
    for number in range(300):
        report = truths.write_report(number, setting(number), rng)
        true = truths.true_number(report, setting(number))
        drawn = count_draws(
            (report.claim,), as_of=AS_OF, design=Design(99, number), assumptions=load_assumptions()
        ).installed
        assert true >= report.claim.quantity.bounds[0] - 1e-9
        ranks.append((drawn < true).sum())
    assert stats.chisquare(np.bincount(np.array(ranks) // 10, minlength=10)).pvalue > 0.001


def test_another_upper_end_moves_the_true_number_only_upwards_with_it():
    rng = np.random.default_rng(4)
    for number in range(40):
        report = truths.write_report(number, setting(number), rng)
        less, same, more = (truths.true_number(report, setting(number), u) for u in (0.5, 1.0, 2.0))
        assert report.start <= less <= same + 1e-9
        assert same < more


def test_the_pivotal_method_draws_a_fixed_number_with_the_given_chances():
    rng = np.random.default_rng(1)
    prob = np.array([0.9, 0.5, 0.1, 0.3, 0.2, 1.0, 0.0])
    taken = np.array([truths.sample(prob, rng) for _ in range(4000)])
    assert (taken.sum(axis=1) == 3).all()
    assert taken[:, 5].all()
    assert not taken[:, 6].any()
    p = prob[:5]
    z = (taken[:, :5].mean(axis=0) - p) / np.sqrt(p * (1 - p) / 4000)
    assert np.abs(z).max() < 4


def test_more_sites_than_fit_are_shared_out_among_the_rest():
    prob = truths._capped(np.array([8.0, 1.0, 1.0, 0.0]), 2.0)
    np.testing.assert_allclose(prob, [1.0, 0.5, 0.5, 0.0])
    np.testing.assert_allclose(truths._capped(np.ones(3), 9.0), np.ones(3))


def ignorance(city, *, hfov, ring, **changes):
    drawn = truths.draw_ignorance(city, setting(0), "as assumed", calibrate._catalogue())
    shape = drawn.cameras.inner_m.shape
    cameras = truths.replace(
        drawn.cameras,
        hfov_deg=np.full((1, shape[2]), hfov),
        inner_m=np.full(shape, ring[0]),
        outer_m=np.full(shape, ring[1]),
        availability=np.ones(1),
    )
    return truths.replace(drawn, cameras=cameras, **changes)


def test_a_site_in_every_group_covers_all_that_any_group_sees():
    pack, built = calibrate.scene_of(1)
    report = truths.write_report(1, setting(1), np.random.default_rng(0))
    city = truths.InventedCity(built, pack.manifest.boundary.area_km2, report)
    full = ignorance(city, hfov=360.0, ring=(0.0, 1e3), n_cameras=1e6, in_scope=0.0)
    covered = truths.covered(city, truths.place(city, full, np.random.default_rng(0)))
    seen = np.zeros(len(built.points.length), dtype=bool)
    seen[np.unique(built.lines_of_sight.point)] = True
    np.testing.assert_array_equal(covered, np.tile(seen, (len(TIERS), 1)))
    none = ignorance(city, hfov=360.0, ring=(0.0, 1e3), n_cameras=0.0, in_scope=0.0)
    assert not truths.covered(city, truths.place(city, none, np.random.default_rng(0))).any()


def test_the_table_of_results(found):
    results = shown.summarise(found, 59)
    assert results.n_cities == CITIES
    np.testing.assert_allclose(results.held + results.below + results.above, 1.0)
    np.testing.assert_array_equal(results.rank_counts.sum(axis=-1), CITIES)
    text = shown.document(results, networks=25, draws=59)
    for variant in truths.VARIANTS:
        assert f"| {variant} |" in text


def test_streets_that_are_covered_as_the_tool_says_have_slope_one():
    prob = np.array([0.1, 0.4, np.nan, 0.7])
    metres = np.array([100.0, 50.0, 30.0, 20.0])
    together, spread = calibrate._contrast(prob, metres, np.nan_to_num(prob) * metres)
    assert together == pytest.approx(spread)
    assert spread > 0
    flat, _ = calibrate._contrast(prob, metres, 0.3 * metres)
    assert flat == pytest.approx(0.0, abs=1e-12)


def test_plots_have_the_same_bytes_every_time(found, tmp_path):
    results = shown.summarise([*found] * 3, 59)
    with shown.mpl.rc_context(shown._STYLE):
        for plot in (shown.plot_ranks, shown.plot_streets, shown.plot_others):
            first, second = tmp_path / "first.svg", tmp_path / "second.svg"
            plot(results, first)
            plot(results, second)
            assert first.read_bytes() == second.read_bytes()
            assert len(first.read_bytes()) < 150_000


@pytest.mark.slow
def test_the_90_percent_interval_holds_the_truth_and_ranks_are_uniform():
    found = calibrate.outcomes(500)
    results = shown.summarise(found, calibrate.DRAWS)
    for held in (results.held[0], results.by_lot[0]):
        assert (held >= 0.85).all()
        assert (held <= 0.95).all()
    assert (results.p_value[0] > 0.01).all()
    inside, of = shown.agreeing(results)
    assert inside >= of - 2
    for held in (results.trips.held, results.trips.by_lot):
        assert (held >= 0.85).all()
        assert (held <= 0.95).all()
    assert (results.trips.p_value > 0.01).all()
