"""Scores against the plain definition, done by hand or by brute force."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from drawn_city import layers, main_crossings
from hypothesis import given
from hypothesis import strategies as st

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.base.errors import NotFoundError
from toolkit.language import translate
from toolkit.siting import coverage, weights
from toolkit.siting.profiles import load_profiles
from toolkit.siting.validation import regression
from toolkit.siting.validation.known_city import make_pair
from toolkit.siting.validation.score import (
    Classed,
    _ground,
    auc,
    capture,
    classed,
    covered_share,
    draw_weights,
    figures,
    score_pair,
    site_numbers,
)

PLACES = st.lists(
    st.tuples(st.integers(0, 5), st.floats(0.5, 100), st.integers(0, 4)), min_size=1, max_size=12
).filter(lambda rows: sum(r[2] for r in rows) > 0)


@given(PLACES)
def test_auc_is_the_chance_that_a_camera_scores_above_a_metre(rows):
    score, weight, number = (np.array(v, dtype=float) for v in zip(*rows, strict=True))
    at = np.repeat(score, number.astype(int))
    brute = np.mean(
        [
            weight @ ((c > score) + 0.5 * (c == score)) / weight.sum()
            for c in at
        ]
    )  # fmt: skip
    assert auc(score, weight, at) == pytest.approx(brute)


@given(PLACES)
def test_capture_adds_places_from_the_top_until_a_tenth_of_the_street(rows):
    score, weight, number = (np.array(v, dtype=float) for v in zip(*rows, strict=True))
    at = np.repeat(score, number.astype(int))
    left, brute = 0.1 * weight.sum(), 0.0
    for level in sorted(set(score), reverse=True):
        here = weight[score == level].sum()
        brute += min(left / here, 1.0) * np.mean(at == level)
        left = max(left - here, 0.0)
    assert capture(score, weight, at) == pytest.approx(brute)


def test_scores_of_known_cases():
    score, weight = np.array([1.0, 2.0, 3.0]), np.array([100.0, 80.0, 20.0])
    assert auc(score, weight, np.array([3.0])) == pytest.approx(0.95)
    assert auc(score, weight, np.array([1.0])) == pytest.approx(0.25)
    assert capture(score, weight, np.array([3.0, 1.0])) == pytest.approx(0.5)
    same = np.ones(3)
    assert auc(same, weight, np.array([1.0, 1.0])) == pytest.approx(0.5)
    assert capture(same, weight, np.array([1.0])) == pytest.approx(0.1)


def test_the_log_score_by_hand():
    """Two classes, 100 m each; three of four cameras in the one whose metre weighs 1.5."""
    groups = Classed(np.array([0, 1]), np.array([100.0, 100.0]), np.array([0, 1]))
    weight = np.array([[0.5, 1.5], [1.0, 1.0]])
    found = figures(weight, groups, np.array([1, 1, 1, 0]))["log_score"]
    first = (3 * np.log(1.5) + np.log(0.5)) / 4
    assert found["mid"] == pytest.approx((3 * np.log(1.25) + np.log(0.75)) / 4)
    assert found["low"] == pytest.approx(first * 0.05 if first > 0 else first * 0.95)
    assert found["high"] == pytest.approx(max(first * 0.95, found["mid"]))


def test_one_weight_everywhere_scores_as_the_uniform_one():
    groups = Classed(np.arange(3), np.array([5.0, 6.0, 7.0]), np.arange(3))
    found = figures(np.ones((4, 3)), groups, np.array([0, 2]))
    assert found["auc"] == {"low": 0.5, "mid": 0.5, "high": 0.5}
    assert found["log_score"] == {"low": 0.0, "mid": 0.0, "high": 0.0}
    assert found["capture10"]["mid"] == pytest.approx(0.1)


@pytest.fixture(scope="module")
def crossing_pair():
    """Give cameras at the crossings of main streets only."""
    inner = main_crossings()
    return make_pair(layers(), np.repeat(inner, 2, axis=0) + 6.0)


@pytest.fixture(scope="module")
def scored(crossing_pair):
    return score_pair(crossing_pair, load_profiles(), n_draws=100)


def test_every_profile_and_the_mixture_are_scored_with_their_coverage(scored):
    profiles = load_profiles()
    assert set(scored["scores"]) == {"mixture", *profiles.profile}
    for one in scored["scores"].values():
        for key in ("auc", "capture10", "log_score"):
            assert one[key]["low"] <= one[key]["mid"] <= one[key]["high"], key
            assert np.isfinite(list(one[key].values())).all()
        for key in ("from_sites", "from_cameras"):
            got = one["coverage"][key]
            assert 0 < got["low"] <= got["mid"] <= got["high"] <= 1
            assert got["holds"] == (got["low"] <= scored["covered_share_true"] <= got["high"])
    assert scored["cameras"] == 18
    assert scored["sites"] == 9
    assert "no city in Myanmar" in scored["limits"][0]
    assert translate.has_burmese(scored["limits"][1])


def test_cameras_at_main_crossings_are_found(scored):
    assert scored["scores"]["mixture"]["auc"]["mid"] > 0.8
    assert scored["scores"]["traffic_junctions"]["log_score"]["mid"] > 0.5


def test_the_covered_share_is_that_of_discs(crossing_pair, scored):
    points = crossing_pair.points
    discs = shapely.union_all(shapely.buffer(shapely.points(crossing_pair.camera_xy_m), 25))
    inside = shapely.contains_xy(discs, points.xy_m[:, 0], points.xy_m[:, 1])
    share = points.length_m[inside].sum() / points.length_m.sum()
    assert scored["covered_share_true"] == pytest.approx(share, rel=0.02)


def test_scores_are_the_same_each_time_and_move_with_the_seed(crossing_pair):
    profiles = load_profiles()

    def once(**more):
        return score_pair(crossing_pair, profiles, profile="plate_gates", n_draws=20, **more)

    assert once() == once()
    assert once(seed=1)["scores"] != once()["scores"]
    assert set(once()["scores"]) == {"plate_gates"}


def test_an_unknown_profile_is_refused(crossing_pair):
    with pytest.raises(NotFoundError, match="Known: government_sites"):
        score_pair(crossing_pair, load_profiles(), profile="\x1b[31mno")


def test_a_city_covers_what_its_ratio_of_placed_sites_covers(crossing_pair):
    """Few sites far apart: the covered share is proportional to the ratio."""
    profiles, design = load_profiles(), Design(200, 0)
    groups = classed(crossing_pair.points.code, crossing_pair.points.length_m)
    operators = weights.operators_of(None)
    shares = []
    for ratio in (1.0, 0.7, 1.3):
        values = load_assumptions(
            changes={coverage.KEY: float(np.log(ratio)), "sites.cluster_size": 8.0}
        )
        drawn = draw_weights(operators, groups, values, design)
        assert (drawn.cluster_size == 8.0).all()
        ground = _ground(crossing_pair, groups)
        shares.append(covered_share(ground, drawn, np.full(200, 20.0), profiles, values, design))
    assert shares[1].mean() / shares[0].mean() == pytest.approx(0.7, rel=0.05)
    assert shares[2].mean() / shares[0].mean() == pytest.approx(1.3, rel=0.05)


def test_numbers_of_sites_stay_between_one_and_the_cameras():
    profiles = load_profiles()
    found = site_numbers(260, 180, profiles, Design(50, 0))
    assert (found["from_sites"] == 180).all()
    assert found["from_cameras"].min() >= 260 / 2.63 - 1
    assert found["from_cameras"].max() <= 260
    assert site_numbers(1, 1, profiles, Design(9, 0))["from_cameras"].min() == 1


def test_the_points_of_a_city_make_one_class_each():
    groups = classed(np.array([7, 3, 7]), np.array([1.0, 2.0, 4.0]))
    assert groups.code.tolist() == [3, 7]
    assert groups.length_m.tolist() == [2.0, 5.0]
    assert groups.of.tolist() == [1, 0, 1]


@pytest.mark.slow
def test_four_real_cities_are_scored_better_than_length_alone(test_data_dir):
    """Seen by the fit, so this is no test of the model: it is one of the path."""
    from toolkit.siting.validation.known_city import read_pair

    profiles = load_profiles()
    for name in ("baltimore_east", "bengaluru_central"):
        folder = test_data_dir / "siting"
        pair = read_pair(folder / f"{name}_streets.parquet", folder / f"{name}_cameras.parquet")
        groups = classed(pair.points.code, pair.points.length_m)
        drawn = weights.draw(
            profiles,
            weights.mixture_of(profiles, None),
            groups.code,
            groups.length_m,
            Design(60, 0),
        )
        found = figures(drawn.weight, groups, groups.of[pair.nearest])
        assert found["auc"]["mid"] > 0.65
        assert found["log_score"]["mid"] > 0.1
        assert regression.distinct_sites(pair.camera_xy_m).shape[0] <= len(pair.camera_xy_m)
