"""The analysis: toy models with known answers, a small city, and its words, chart and file."""

from __future__ import annotations

import datetime as dt
import json
import re

import numpy as np
import pytest
from scipy import special, stats
from toy_analysis import LOG_ODDS, TOY, toy

from toolkit.assessment.question import Question
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.terms import TIERS
from toolkit.studies.sensitivity import analysis as module
from toolkit.studies.sensitivity import words
from toolkit.studies.sensitivity.analysis import (
    LEAST_SHARE,
    Sensitivity,
    log_odds,
    sensitivity,
    tier_part,
)
from toolkit.studies.sensitivity.design import lay_out
from toolkit.studies.sensitivity.field_work import load_field_work
from toolkit.studies.sensitivity.model import boundary_options, expected_shares

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
    # The ends of a bar lie at 0.05 and 0.95.
    mean = LOG_ODDS + 0.15 - 0.05 + 0.05
    upper = by_key["count.upper_end"].figure
    assert log_odds(np.array([upper.low, upper.mid, upper.high])) == pytest.approx(
        [mean - 0.45 * 0.30, mean, mean + 0.45 * 0.30], abs=0.01
    )
    assert by_key["count.upper_end"].rises is True
    assert by_key["optics.height_m"].rises is False
    # Two columns have no common end: the spread of their own effect is shown instead.
    assert by_key["optics.mix"].rises is None
    half = 1.6449 * np.sqrt(2 * 0.05**2 / 12)
    assert by_key["optics.mix"].figure.high == pytest.approx(special.expit(mean + half), abs=0.001)


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
    assert part.share.mid == pytest.approx(special.expit(LOG_ODDS))


def test_morris_ranks_without_indices_of_first_order():
    part = toy(np.array([0.30, 0.10, 0.0, 0.0, 0.0]), n_base=8, method="morris")
    assert [f.key for f in part.factors[:2]] == ["count.upper_end", "optics.height_m"]
    assert all(f.first is None for f in part.factors)
    assert part.factors[0].total.mid == pytest.approx(0.30 * 0.9)
    assert [f.rises for f in part.factors[:2]] == [True, True]
    assert part.work == ()


def test_an_effect_of_morris_is_a_factor_of_the_odds(dawei):
    part = toy(np.array([0.30, 0.10, 0.0, 0.0, 0.0]), n_base=8, method="morris")
    screened = dawei.model_copy(update={"method": "morris"})
    row = words.row(screened, part.factors[0], "en")
    assert "odds" in words.columns(screened, "en")[1]
    assert re.fullmatch(r"1\.3 times \([\d.]+ to [\d.]+\)", row[1])  # exp(0.27)


def test_a_handful_of_extreme_draws_does_not_decide():
    # One factor moves the share by an order of magnitude everywhere; another lifts it to one half
    # in one row of two hundred, which is nearly all of the variance of the share itself.
    layout = lay_out(TOY, "sobol", n_base=1024, seed=1)
    everywhere, rarely = layout.matrix[:, 0], layout.matrix[:, 1] > 0.995
    share = np.where(rarely, 0.5, 1e-4 * 10.0**everywhere)
    of_share = np.corrcoef(share, rarely)[0, 1] ** 2
    assert of_share > 0.95
    part = tier_part(layout, share, load_field_work(), counting=0.0)
    assert part.factors[0].key == TOY[0].key
    assert part.factors[0].first.mid > part.factors[1].first.mid


def test_shares_below_the_least_one_do_not_differ():
    assert log_odds(np.array([0.0])) == log_odds(np.array([LEAST_SHARE / 2]))
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()


@pytest.mark.parametrize("tier", ["seen", pytest.param("plate", marks=pytest.mark.slow)])
def test_the_order_agrees_with_a_rank_regression_on_the_same_draws(tier):
    loaded = Question("mawlamyine", AS_OF).load()
    options = boundary_options(loaded)
    layout = lay_out(module.find_factors(loaded, options), "sobol", n_base=512, seed=0)
    share = expected_shares(loaded, layout.design, options)[:, TIERS.index(tier)]
    part = tier_part(layout, share, load_field_work(), counting=0.0)
    rank = stats.rankdata(share[layout.independent])
    explained = {
        factor.key: _explained(
            rank,
            layout.matrix[layout.independent][:, [layout.names.index(c) for c in factor.columns]],
        )
        for factor in layout.factors
    }
    first = {f.key: f.first.mid for f in part.factors}
    # Of factors that explain nothing the order is that of chance.
    keys = sorted(key for key, part_of in explained.items() if part_of > 0.005)
    agreement = stats.spearmanr([explained[k] for k in keys], [first[k] for k in keys]).statistic
    assert len(keys) >= 6
    assert agreement > 0.6
    leading = sorted(keys, key=explained.get, reverse=True)[:2]
    assert part.factors[0].key in leading


def _explained(rank, columns):
    """Part of the variance of ranks that some columns explain, adjusted for their number."""
    terms = np.column_stack([np.ones(len(rank)), columns, columns**2])
    rest = rank - terms @ np.linalg.lstsq(terms, rank, rcond=None)[0]
    n, k = terms.shape
    return 1.0 - (rest.var() / (n - k)) / (rank.var() / (n - 1))


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
    assert sum(f.total.mid for f in by_key.values()) > 0.6


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
