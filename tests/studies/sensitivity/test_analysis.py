"""The analysis: toy models with known answers, a small city, and its words, chart and file."""

from __future__ import annotations

import datetime as dt
import json
import re

import numpy as np
import pytest
from toy_analysis import toy

from toolkit.assessment.question import Question
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.studies.sensitivity import analysis as module
from toolkit.studies.sensitivity import words
from toolkit.studies.sensitivity.analysis import Sensitivity, sensitivity

AS_OF = dt.date(2026, 11, 23)


def test_the_limits_name_the_cities_in_use(own_profiles):
    found = sensitivity(Question("dawei", AS_OF), n_base=8)
    assert any(all(name in text for name in own_profiles) for text in found.limits)


def test_the_factor_that_dominates_a_toy_city_is_named_and_measured():
    part = toy(np.array([0.30, 0.10, 0.0, 0.0, 0.0]))
    first, second, *inert = part.factors
    assert [first.key, second.key] == ["count.upper_end", "optics.height_m"]
    assert first.total.mid == pytest.approx(0.9, abs=0.02)
    assert second.first.mid == pytest.approx(0.1, abs=0.02)
    assert part.mostly == ("count.upper_end",)
    # Uniform columns: the variance is the sum of squared weights over twelve.
    assert part.variance == pytest.approx((0.30**2 + 0.10**2) / 12, rel=0.03)
    assert {f.key for f in inert} == {"optics.lens", "optics.mix"}
    assert not any(f.distinguishable for f in inert)
    assert all(f.total.mid == 0 for f in inert)


def test_the_ends_of_a_bar_are_the_figure_at_the_ends_of_the_factor():
    part = toy(np.array([0.30, -0.10, 0.0, 0.05, 0.05]))
    by_key = {f.key: f for f in part.factors}
    # The mean is 0.2 + 0.15 - 0.05 + 0.05; the ends of a bar lie at 0.05 and 0.95.
    assert by_key["count.upper_end"].figure.low == pytest.approx(0.35 - 0.45 * 0.30, abs=0.01)
    assert by_key["count.upper_end"].figure.high == pytest.approx(0.35 + 0.45 * 0.30, abs=0.01)
    assert by_key["count.upper_end"].rises is True
    assert by_key["optics.height_m"].rises is False
    # Two columns have no common end: the spread of their own effect stands instead.
    assert by_key["optics.mix"].rises is None
    half = 1.6449 * np.sqrt(2 * 0.05**2 / 12)
    assert by_key["optics.mix"].figure.high == pytest.approx(0.35 + half, abs=0.01)


def test_an_hour_narrows_by_what_it_teaches_times_the_index():
    part = toy(np.array([0.1, 0.3, 0.0, 0.0, 0.0]), counting=0.5)
    heights, junctions = part.work
    assert (heights.id, junctions.id) == ("heights", "junctions")
    assert heights.variance == pytest.approx(0.85 * 0.9, abs=0.02)
    assert heights.narrowing == pytest.approx(1 - np.sqrt(1 - heights.variance), abs=1e-3)
    assert junctions.variance == pytest.approx(0.5 * 0.1, abs=0.01)
    assert heights.factors == ("optics.height_m",)


def test_no_hour_is_named_where_none_helps():
    part = toy(np.array([0.0, 0.0, 0.3, 0.0, 0.0]))
    assert part.mostly == ("optics.lens",)
    assert part.work == ()


def test_factors_of_like_effect_are_named_together():
    part = toy(np.array([0.3, 0.29, 0.28, 0.27, 0.0]))
    assert len(part.mostly) == 3


def test_a_figure_that_nothing_moves_has_no_factors():
    part = toy(np.zeros(5))
    assert (part.factors, part.mostly, part.work) == ((), (), ())
    assert part.share.mid == pytest.approx(0.2)


def test_morris_ranks_without_indices_of_first_order():
    part = toy(np.array([0.30, 0.10, 0.0, 0.0, 0.0]), n_base=8, method="morris")
    assert [f.key for f in part.factors[:2]] == ["count.upper_end", "optics.height_m"]
    assert all(f.first is None for f in part.factors)
    assert part.factors[0].total.mid == pytest.approx(0.30 * 0.9)
    assert part.work == ()


def test_an_effect_of_morris_is_a_difference_and_no_share(dawei):
    part = toy(np.array([0.30, 0.10, 0.0, 0.0, 0.0]), n_base=8, method="morris")
    screened = dawei.model_copy(update={"method": "morris"})
    row = words.row(screened, part.factors[0], "en")
    assert "percentage points" in words.columns(screened, "en")[1]
    assert re.fullmatch(r"27\.00 \([\d.]+ to [\d.]+\)", row[1])


def test_every_assumption_of_the_set_is_a_factor_or_has_a_reason(dawei):
    factors = {f.key for part in dawei.tiers.values() for f in part.factors}
    reasons = {item.key: item.why for item in dawei.not_varied}
    keys = {item.key for item in load_assumptions().items}
    assert keys <= factors | set(reasons)
    assert not factors & set(reasons)
    assert reasons["threshold.face_px_m"] == "definition"
    assert reasons["optics.face_yaw_cap_deg"] == "encounter"
    assert reasons["count.least_make_share"] == "fixed"
    assert reasons["observation.log_lift_main"] == "unused"
    # The ones that the question is about.
    assert {"count.upper_end", "city.boundary", "sites.cameras_per_site"} <= factors


def test_more_cameras_cover_more_and_a_larger_boundary_less(dawei):
    by_key = {f.key: f for f in dawei.tiers["seen"].factors}
    assert by_key["count.upper_end"].rises
    assert not by_key["city.boundary"].rises
    assert sum(f.total.mid for f in by_key.values()) > 0.8


def test_what_the_user_fixed_is_no_factor():
    values = load_assumptions(changes={"sites.cameras_per_site": 2.0})
    question = Question("dawei", AS_OF, values, count=(100, 100))
    found = sensitivity(question, n_base=8)
    assert {"key": "sites.cameras_per_site", "why": "set"} in [
        item.model_dump() for item in found.not_varied
    ]
    keys = {f.key for part in found.tiers.values() for f in part.factors}
    assert not keys & {"sites.cameras_per_site", "count.upper_end", "count.user"}


def test_the_same_question_gives_the_same_bytes(dawei):
    again = sensitivity(Question("dawei", AS_OF), n_base=64)
    assert again.to_json() == dawei.to_json()
    other = sensitivity(Question("dawei", AS_OF, seed=1), n_base=64)
    assert other.to_json() != dawei.to_json()


def test_the_committed_schema_is_that_of_the_model(dawei):
    path = store.builtin_dir().parent / "docs" / "reference" / "sensitivity.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == module.Sensitivity.model_json_schema(
        by_alias=True
    )
    assert Sensitivity.model_validate_json(dawei.to_json()) == dawei
