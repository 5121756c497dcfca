"""Totals on a stratified sample of street points."""

from __future__ import annotations

import datetime as dt

import jsonschema
import numpy as np
import pandas as pd
import pytest

from toolkit.assessment import model
from toolkit.assessment.assess import assess
from toolkit.assessment.on_streets import scene_of
from toolkit.assessment.question import Question
from toolkit.base.draws import Design
from toolkit.base.terms import TIERS
from toolkit.engine import sample

N_POINTS = 3_000


def helsinki(**options):
    return assess(
        "helsinki-centre",
        as_of=dt.date(2026, 11, 23),
        count=(100.0, 300.0),
        n_draws=40,
        **options,
    )


@pytest.fixture(scope="module")
def whole():
    return helsinki()


@pytest.fixture(scope="module")
def sampled():
    return helsinki(sample_points=N_POINTS)


def open_scene():
    return scene_of(Question("helsinki-centre", dt.date(2026, 11, 23)).load())[1]


class TestChoose:
    rng = np.random.default_rng(5)
    length_m = rng.uniform(1.0, 5.0, 4_000)
    stratum = rng.integers(0, 7, 4_000)

    def test_the_sample_stands_for_all_streets(self):
        chosen, stands_for = sample.choose(self.length_m, self.stratum, 300, Design(1, 0))
        assert len(chosen) == 300
        assert (np.diff(chosen) > 0).all()
        assert stands_for.sum() == pytest.approx(self.length_m.sum())

    def test_each_stratum_has_its_share_to_within_one_point(self):
        for seed in range(20):
            chosen, _ = sample.choose(self.length_m, self.stratum, 300, Design(1, seed))
            found = np.bincount(self.stratum[chosen], minlength=7)
            length = np.bincount(self.stratum, weights=self.length_m)
            assert (np.abs(found - 300 * length / length.sum()) < 1 + 1e-9).all()

    def test_no_total_is_biased(self):
        y = np.where(self.stratum == 3, 0.9, 0.1) + 0.05 * self.rng.standard_normal(4_000)
        estimates = []
        for seed in range(400):
            chosen, stands_for = sample.choose(self.length_m, self.stratum, 50, Design(1, seed))
            estimates.append(stands_for @ y[chosen])
        error = np.std(estimates) / np.sqrt(len(estimates))
        assert np.mean(estimates) == pytest.approx(self.length_m @ y, abs=4 * error)

    def test_a_long_point_stands_for_all_its_steps(self):
        length = np.array([1.0, 97.0, 1.0, 1.0])
        chosen, stands_for = sample.choose(length, np.zeros(4, int), 10, Design(1, 0))
        assert 1 in chosen
        assert stands_for[chosen.tolist().index(1)] >= 90.0
        assert stands_for.sum() == pytest.approx(100.0)

    def test_another_seed_is_another_sample_and_the_same_seed_the_same(self):
        one, again, other = (
            sample.choose(self.length_m, self.stratum, 300, Design(1, seed))[0]
            for seed in (0, 0, 1)
        )
        np.testing.assert_array_equal(one, again)
        assert not np.array_equal(one, other)


@pytest.mark.parametrize("n_asked", [50, 500])
def test_the_stated_error_is_that_of_a_simple_sample(n_asked):
    """Drawn at random without any order, the share lies within the stated error 95 % of times."""
    rng = np.random.default_rng(1)
    covered = np.arange(2_000) < 600
    shares = [covered[rng.permutation(2_000)[:n_asked]].mean() for _ in range(4_000)]
    error = sample.error_share(0.3, n_asked, 2_000)
    assert 1.96 * np.std(shares) == pytest.approx(error, rel=0.06)


def test_a_sample_of_all_points_has_no_error():
    assert sample.error_share(0.3, 2_000, 2_000) == 0.0


def shares_of(assessment, tier, kind):
    draws = getattr(assessment.draws.length_km[tier], kind)
    return np.array(draws) / assessment.draws.counted_km


def test_totals_agree_with_those_of_all_points_within_the_stated_error(whole, sampled):
    error = sampled.sample.error_share
    assert 0.005 < error < 0.03
    for tier in TIERS:
        realised = shares_of(sampled, tier, "realised") - shares_of(whole, tier, "realised")
        assert np.sqrt((realised**2).mean()) <= error / 1.96, tier
        expected = shares_of(sampled, tier, "expected") - shares_of(whole, tier, "expected")
        assert np.abs(expected).max() <= error, tier
    assert any(shares_of(sampled, t, "realised").any() for t in TIERS)
    assert sampled.tiers["seen"].share_of_length != whole.tiers["seen"].share_of_length


def test_what_rests_on_no_point_is_the_same(whole, sampled):
    assert sampled.cameras == whole.cameras
    assert sampled.city == whole.city
    for tier in TIERS:
        assert sampled.tiers[tier].ring_m == whole.tiers[tier].ring_m
        assert sampled.tiers[tier].unknown_share == whole.tiers[tier].unknown_share


def test_layers_made_when_asked_for_are_those_of_all_points(whole, sampled):
    told: list[float] = []
    layers = sampled.make_layers(told.append)
    pd.testing.assert_frame_equal(
        pd.DataFrame(layers.streets), pd.DataFrame(whole.layers.streets), check_exact=True
    )
    np.testing.assert_array_equal(layers.detail.by_street, whole.layers.detail.by_street)
    for tier in ("seen", "plate"):
        assert layers.zones(tier).equals(whole.layers.zones(tier))
    assert sampled.layers is layers
    assert told[-1] == 1.0


def test_the_parts_in_which_layers_are_made_change_nothing(whole, monkeypatch):
    monkeypatch.setattr("toolkit.assessment.on_streets._POINTS_PER_PART", 1_700)
    told: list[float] = []
    layers = helsinki(sample_points=1_000).make_layers(told.append)
    assert len(told) > 8
    assert told == sorted(told)
    assert told[-1] == 1.0
    pd.testing.assert_frame_equal(
        pd.DataFrame(layers.streets), pd.DataFrame(whole.layers.streets), check_exact=True
    )


def test_the_json_says_that_it_is_a_sample(whole, sampled):
    data = sampled.model_dump(mode="json", by_alias=True)
    jsonschema.validate(data, model.Assessment.model_json_schema(by_alias=True))
    assert data["sample"]["points"] == N_POINTS
    assert data["sample"]["of"] > 15_000
    assert "sampled" in {note.id for note in sampled.warnings}
    assert model.Assessment.from_json(sampled.to_json()).sample == sampled.sample
    assert '"sample"' not in whole.to_json()
    assert "sampled" not in {note.id for note in whole.warnings}


def test_a_city_with_fewer_points_is_taken_whole(whole):
    assert helsinki(sample_points=1_000_000).to_json() == whole.to_json()


def test_the_same_seed_gives_the_same_bytes(sampled):
    assert helsinki(sample_points=N_POINTS).to_json() == sampled.to_json()


def test_a_sample_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        helsinki(sample_points=0)


def test_streets_without_a_point_of_the_sample_are_left_out():
    scene = open_scene()
    point = np.flatnonzero(scene.point_known)[::500]
    part = sample.thinned(scene, point, np.full(len(point), 7.0))
    assert len(part.lines) == len(np.unique(scene.points.line[point])) < len(scene.lines)
    assert part.street_known.all()
    for k, p in enumerate(point):
        assert part.lines[part.points.line[k]] is scene.lines[scene.points.line[p]]
        row = slice(*part.rows.start[k : k + 2])
        np.testing.assert_array_equal(
            part.rows.site[row], scene.rows.site[slice(*scene.rows.start[p : p + 2])]
        )
