"""The analysis in words."""

from __future__ import annotations

import numpy as np
import pytest
from banned_words import banned_words
from toy_analysis import analysis_of, toy

from toolkit.base.quantity import Quantity
from toolkit.base.terms import LANGUAGES, TIERS
from toolkit.language.translate import has_burmese
from toolkit.language.words import counting_caution
from toolkit.studies.sensitivity import field_work, words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sentence_names_factor_and_work(dawei, lang):
    for tier in TIERS:
        part = dawei.tiers[tier]
        text = words.sentence(dawei, tier, lang)
        for key in part.mostly:
            assert words.factor_name(key, lang) in text
        best = words.best_work(part)
        if best:
            assert words.work_name(best.id, lang) in text
        assert has_burmese(text) == (lang == "my")
        assert not banned_words(text)


def test_the_sentence_in_english():
    part = toy(np.array([0.3, 0.1, 0.0, 0.0, 0.0]))
    found = analysis_of(seen=part)
    assert words.sentence(found, "seen", "en") == (
        "Seen: the biggest unknown is how many cameras a count overlooks. If you have "
        "an hour, count the cameras at the ten main junctions: the range would narrow by about "
        "26 %. Do not walk around, take pictures or ask in public for this: use published "
        "pictures or what you have already seen."
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_work_in_the_street_never_comes_without_the_caution(lang):
    for work in toy(np.array([0.1, 0.3, 0.0, 0.0, 0.0])).work:
        assert work.where == "street"
        assert counting_caution(lang) in words.work_line(work, lang)
        at_a_desk = work.model_copy(update={"where": "desk"})
        assert counting_caution(lang) not in words.work_line(at_a_desk, lang)


def test_work_at_a_desk_is_recommended_before_better_work_in_the_street():
    part = toy(np.array([0.1, 0.3, 0.0, 0.0, 0.0]))
    better, worse = part.work
    desk = worse.model_copy(update={"id": "census", "where": "desk"})
    assert words.best_work(part.model_copy(update={"work": (better, desk)})) == desk
    assert words.best_work(part) == better


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (toy(np.zeros(5)), "the same whatever is assumed"),
        (toy(np.array([0.0, 0.0, 0.3, 0.0, 0.0])), "unknown is lenses and picture sizes"),
        (toy(np.array([0.3, 0.29, 0.0, 0.0, 0.0])), "the biggest unknowns are"),
        (toy(np.array([0.3, 0.0, 0.0, 0.0, 0.0]), n_base=8, method="morris"), "biggest unknown is"),
    ],
)
def test_other_answers_have_sentences_too(part, says):
    method = "morris" if part.factors and part.factors[0].first is None else "sobol"
    found = analysis_of(seen=part).model_copy(update={"method": method})
    assert says in words.sentence(found, "seen", "en")


def test_a_share_of_the_variance_below_zero_is_shown_as_zero_and_kept_in_the_data(dawei):
    factor = dawei.tiers["seen"].factors[0]
    by_chance = Quantity.of(-0.06, -0.01, 0.04, "share of variance")
    factor = factor.model_copy(update={"first": by_chance})
    assert words.row(dawei, factor, "en")[1].replace("\xa0", " ") == "under 1 % (up to 4)"
    assert factor.first.low == -0.06
    never = factor.model_copy(update={"first": Quantity.of(-0.06, -0.03, -0.01, "share")})
    assert words.row(dawei, never, "en")[1].replace("\xa0", " ") == "under 1 %"


@pytest.mark.parametrize(
    ("ends", "says"),
    [
        ((0.001, 0.004, 0.008), "under 1 %"),
        ((0.0, 0.004, 0.013), "under 1 % (up to 1)"),
        ((0.0, 0.004, 0.031), "under 1 % (up to 3)"),
        ((0.004, 0.02, 0.031), "2 % (0 to 3)"),
    ],
)
def test_no_effect_is_printed_as_nothing(ends, says):
    part = toy(np.array([0.3, 0.1, 0.0, 0.0, 0.0]))
    factor = part.factors[0].model_copy(update={"total": Quantity.of(*ends, "share")})
    cells = words.row(analysis_of(seen=part), factor, "en")
    assert cells[-2] == says


def test_factors_in_the_noise_are_listed():
    text = words.noise(toy(np.array([0.3, 0.1, 0.0, 0.0, 0.0])), "en")
    assert text == (
        "Not distinguishable from zero: lenses and picture sizes of the cameras; the mix of "
        "camera types."
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_factor_and_every_work_has_a_name(dawei, lang):
    known = field_work.load_field_work()
    for work in known.work:
        assert words.work_name(work.id, lang) != work.id
    for part in dawei.tiers.values():
        for factor in part.factors:
            assert words.factor_name(factor.key, lang) != factor.key
