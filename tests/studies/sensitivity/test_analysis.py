"""The analysis: toy models with known answers, a small city, and its words, chart and file."""

import datetime as dt
import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from banned_words import banned_words
from invented import HOSTILE

from toolkit.assessment.question import Question
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS
from toolkit.language.translate import LANGUAGES, has_burmese
from toolkit.studies.sensitivity import analysis as module
from toolkit.studies.sensitivity import chart, field_work, words
from toolkit.studies.sensitivity.analysis import Sensitivity, sensitivity, tier_part
from toolkit.studies.sensitivity.design import Factor, lay_out

AS_OF = dt.date(2026, 11, 23)
KEYS = ("count.upper_end", "optics.height_m", "optics.lens", "optics.mix")
TOY = tuple(
    Factor(key, ("mix:a", "mix:b") if key == "optics.mix" else (f"column:{key}",)) for key in KEYS
)


def toy(weights, *, n_base=1024, method="sobol", counting=0.5):
    """An additive city: a share that is a weighted sum of the columns of the four factors."""
    layout = lay_out(TOY, method, n_base=n_base, seed=1)
    return tier_part(
        layout, 0.2 + layout.matrix @ weights, field_work.load_field_work(), counting=counting
    )


@pytest.fixture(scope="module")
def dawei():
    return sensitivity(Question("dawei", AS_OF), n_base=64)


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
    assert reasons["count.prior_median"] == "fixed"
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
    assert json.loads(path.read_text(encoding="utf-8")) == module.json_schema()
    assert Sensitivity.model_validate_json(dawei.to_json()) == dawei


# --- words and chart ------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sentence_names_factor_and_work(dawei, lang):
    for tier in TIERS:
        part = dawei.tiers[tier]
        text = words.sentence(dawei, tier, lang)
        for key in part.mostly:
            assert words.factor_name(key, lang) in text
        if part.work:
            assert words.work_name(part.work[0].id, lang) in text
        assert has_burmese(text) == (lang == "my")
        assert not banned_words(text)


def test_the_sentence_in_english():
    part = toy(np.array([0.3, 0.1, 0.0, 0.0, 0.0]))
    found = _with(seen=part)
    assert words.sentence(found, "seen", "en") == (
        "Seen: the answer depends mostly on the open upper end of the reported count; one hour "
        "spent on counting cameras at the ten main junctions would narrow it most, by about 26 %."
    )


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (toy(np.zeros(5)), "the same whatever is assumed"),
        (toy(np.array([0.0, 0.0, 0.3, 0.0, 0.0])), "no work of one hour is known"),
        (toy(np.array([0.3, 0.0, 0.0, 0.0, 0.0]), n_base=8, method="morris"), "depends mostly"),
    ],
)
def test_other_answers_have_sentences_too(part, says):
    method = "morris" if part.factors and part.factors[0].first is None else "sobol"
    found = _with(seen=part).model_copy(update={"method": method})
    assert says in words.sentence(found, "seen", "en")


def test_a_share_of_the_variance_below_zero_is_told_as_zero_and_kept_in_the_data(dawei):
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
    cells = words.row(_with(seen=part), factor, "en")
    assert cells[-2] == says


def test_factors_in_the_noise_are_listed():
    text = words.noise(toy(np.array([0.3, 0.1, 0.0, 0.0, 0.0])), "en")
    assert text == (
        "Not distinguishable from zero: lenses and picture sizes of the camera types; the mix of "
        "camera types."
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_name_fits_beside_its_bar_on_two_lines(dawei, lang):
    names = [words.factor_name(f.key, lang) for f in dawei.tiers["seen"].factors]
    for name in names:
        lines = chart._wrapped(name, lang)
        assert len(lines) <= 2
        assert all(len(line) <= chart._LETTERS[lang] for line in lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_factor_and_every_work_has_a_name(dawei, lang):
    known = field_work.load_field_work()
    for work in known.work:
        assert words.work_name(work.id, lang) != work.id
    for part in dawei.tiers.values():
        for factor in part.factors:
            assert words.factor_name(factor.key, lang) != factor.key


def test_every_factor_that_can_be_drawn_can_be_learned_or_not_with_a_reason(dawei):
    known = field_work.load_field_work()
    told = [f for work in known.work for teaching in work.teaches for f in teaching.factors]
    told += [f for group in known.cannot for f in group.factors]
    assert len(told) == len(set(told))
    drawn = {
        item.key
        for item in load_assumptions().items
        if item.layer == "ignorance" and item.distribution != "fixed"
    }
    drawn |= {f.key for part in dawei.tiers.values() for f in part.factors}
    assert drawn <= set(told)


def test_a_learned_share_has_its_range(home):
    text = (store.builtin_dir() / field_work.FILE).read_text(encoding="utf-8")
    (home / field_work.FILE).write_text(
        text.replace("learned_share = 0.85", "learned_share = 0.95"), encoding="utf-8"
    )
    with pytest.raises(InputDataError, match="low <= learned_share <= high"):
        field_work.load_field_work()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_chart_is_whole_and_its_longest_bar_is_on_top(dawei, lang):
    drawn = chart.draw(dawei, "seen", lang, standalone=False)
    root = ET.fromstring(drawn)  # noqa: S314 - drawn here
    shown = [f for f in dawei.tiers["seen"].factors if f.distinguishable][: chart.MOST_BARS]
    text = "".join(root.itertext())
    for factor in shown:
        first, *_ = words.factor_name(factor.key, lang).split(" ")
        assert first in text
    bars = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="22"', drawn)
    assert len(bars) == 2 * len(shown)
    spans = [float(a) + float(b) for (_, a), (_, b) in zip(bars[::2], bars[1::2], strict=True)]
    figures = [f.figure.high - f.figure.low for f in shown]
    np.testing.assert_allclose(
        np.array(spans) / spans[0], np.array(figures) / figures[0], atol=0.01
    )
    assert not re.search(r"(?:href|src)=|<script", drawn)
    assert not banned_words(text)


def test_a_picture_in_burmese_carries_its_font_and_one_of_a_page_does_not(dawei):
    assert "@font-face" in chart.draw(dawei, "seen", "my")
    assert "@font-face" not in chart.draw(dawei, "seen", "my", standalone=False)
    assert chart.draw(dawei, "seen", "en") == chart.draw(dawei, "seen", "en")


def test_names_of_unknown_factors_are_harmless_in_the_chart(dawei):
    part = dawei.tiers["seen"]
    bad = part.factors[0].model_copy(update={"key": HOSTILE})
    found = _with(seen=part.model_copy(update={"factors": (bad,), "mostly": (HOSTILE,)}))
    drawn = chart.draw(found, "seen", "en")
    ET.fromstring(drawn)  # noqa: S314 - drawn here
    assert "<img" not in drawn
    assert "\u202e" not in drawn


def test_nothing_is_drawn_where_nothing_moves():
    assert chart.draw(_with(seen=toy(np.zeros(5))), "seen", "en") == ""


def _with(*, seen):
    """A whole analysis with an invented tier."""
    return Sensitivity.model_validate(
        {
            "schema": module.SCHEMA,
            "tool": "0",
            "as_of": AS_OF,
            "seed": 0,
            "status": "installed",
            "city": "toy",
            "name": {"en": "Toy", "my": "Toy"},
            "basis": "city_level",
            "demonstration": False,
            "assumptions": {"name": "central", "sha256": "0", "changed": {}},
            "method": "sobol",
            "confidence": 0.9,
            "sample": {"base": 1, "rows": 6, "points": None},
            "boundaries": (),
            "tiers": dict.fromkeys(TIERS, seen),
            "not_varied": (),
            "limits": ("A sentence.",),
            "sources": (),
        }
    )
