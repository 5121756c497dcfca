"""Conditional answers in words: from invented figures, in both languages."""

from __future__ import annotations

import datetime as dt

import pytest
from banned_words import banned_words
from made import report_on
from made_trips import if_where, trip_of, with_trips

from toolkit.assessment.assess import assess
from toolkit.assessment.model import ShortTrip
from toolkit.assessment.question import Question
from toolkit.base.terms import LANGUAGES, TIERS
from toolkit.language import quantities
from toolkit.language.translate import has_burmese
from toolkit.output import conditions, trip_words
from toolkit.output.report import tables

AS_OF = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def found():
    return assess("mawlamyine", as_of=AS_OF, n_draws=60)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_has_its_figures_and_no_banned_word(found, lang):
    said = [*conditions.where(found, lang), *conditions.per_hundred(found, lang)]
    # Two lines on street length, or one a tier on trips where these are known.
    assert len(said) == len(conditions.where(found, lang)) + 1 >= 2
    assert quantities.quantity_text(found.per_100_cameras["seen"], lang) in said[-1]
    for text in said:
        assert not banned_words(text)
        assert has_burmese(text) == (lang == "my")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_has_a_row_for_each_number_and_a_column_for_each_tier(found, lang):
    table = tables.numbers_table(found, lang)
    assert len(table.head) == 1 + len(TIERS)
    assert len(table.rows) == len(found.if_count)
    for (head, cells), one in zip(table.rows, found.if_count, strict=True):
        assert f"{one.count:,}" in head
        for tier, cell in zip(TIERS, cells, strict=True):
            short = one.tiers[tier]
            assert quantities.quantity_text(short.length_km, lang) in cell
            assert quantities.quantity_text(short.trip.at_least_one, lang) in cell


def test_a_number_that_is_known_leaves_only_the_area_open():
    given = assess("mawlamyine", as_of=AS_OF, n_draws=60, count=(300, 300))
    assert tables.numbers_table(given, "en") is None
    assert conditions.where(given, "en")
    # On streets the demonstration's number is about the boundary itself.
    streets = assess("helsinki-centre", as_of=AS_OF, n_draws=20)
    assert conditions.where(streets, "en") == []
    assert conditions.per_hundred(streets, "en") == []
    assert tables.numbers_table(streets, "en") is not None


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("radius_km", [None, 2.0])
def test_where_they_are_is_said_as_a_share_of_trips(lang, radius_km):
    found = report_on(None).model_copy(
        update={
            "if_centre": if_where(radius_km, (0.2, 0.4, 0.8)),
            "if_spread": if_where(None, (0.0, 0.1, 0.3)),
        }
    )
    said = conditions.where(found, lang)
    assert len(said) == len(set(said)) == 3
    for text in said:
        assert not banned_words(text)
        assert has_burmese(text) == (lang == "my")
    if lang == "en":
        area = "all in the centre, within 2 km" if radius_km else "all inside the boundary"
        assert said[0] == (
            f"If the cameras are {area}, of 10 walks there about 4 (2 to 8) pass one that can see "
            "you; if they are spread across the township, of 10 walks there about 1 (perhaps none, "
            "up to 3). We do not know which."
        )
        assert "of 10 rides there" in said[2]


def test_cells_have_the_share_of_trips_before_the_length():
    streets = assess("helsinki-centre", as_of=AS_OF, n_draws=20)
    assert conditions.rows_head(streets, "en").startswith("Ordinary trips that pass at least one")
    one = streets.if_count[0].tiers["face"]
    shown = conditions.rows(streets, "en")[0][1][TIERS.index("face")]
    chance = quantities.quantity_text(one.trip.at_least_one, "en")
    assert shown == f"{chance} of trips, {quantities.quantity_text(one.length_km, 'en')}"
    unknown = one.model_copy(update={"trip": ShortTrip.unknown("foot", "invented")})
    tiers = dict.fromkeys(TIERS, unknown)
    counts = (streets.if_count[0].model_copy(update={"tiers": tiers}),)
    without = streets.model_copy(update={"if_count": counts})
    assert conditions.rows_head(without, "en") == "Street length covered"
    assert conditions.rows(without, "en")[0][1][0] == quantities.quantity_text(one.length_km, "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_talks_alone_are_a_chance_of_nothing_and_figures_if_it_was_built(lang):
    found = assess("hpa-an", as_of=AS_OF, n_draws=60)
    chance, then = conditions.if_built(found, lang)
    assert quantities.quantity_text(found.if_built.nothing_installed, lang) in chance
    assert found.if_built.assumption in chance
    assert quantities.quantity_text(found.if_built.cameras.count, lang) in then
    tiers = with_trips(found.model_copy(update={"tiers": found.if_built.tiers}), trip_of()).tiers
    built = found.if_built.model_copy(update={"tiers": tiers})
    _, met = conditions.if_built(found.model_copy(update={"if_built": built}), lang)
    assert trip_words.share_of_trips(trip_of(), lang) in met
    for text in (chance, then, met):
        assert not banned_words(text)
        assert has_burmese(text) == (lang == "my")


@pytest.mark.parametrize(
    ("city", "ends"),
    [
        ("mawlamyine", "gives a number for it, so the estimate does not change"),
        ("mandalay", "counts it as if it had been carried out"),
        ("sittwe", "No plan for more cameras is reported"),
    ],
)
def test_plans_are_said_and_whether_they_change_the_estimate(city, ends):
    question = Question(city, AS_OF, status="planned", n_draws=60)
    claims = question.load().claims
    said = conditions.planned(assess(question), claims, "en")
    assert ends in said.effect
    assert bool(said.says) == bool(said.head)
    assert set(said.says) <= {claim.says for claim in claims}
    assert conditions.planned(assess(city, as_of=AS_OF, n_draws=20), claims, "en") is None


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("count", [None, 500])
def test_a_case_says_where_how_many_and_what_follows_with_its_range(lang, count):
    within, spread = if_where(2.0, (0.2, 0.4, 0.8)), if_where(None, (0.0, 0.1, 0.3))
    names = [conditions.case_name(one, lang, count) for one in (within, spread)]
    assert len(set(names)) == 2
    assert "2" in names[0]
    assert all(("500" in name) == (count is not None) for name in names)
    for tier in TIERS:
        said = conditions.case_answer(within, tier, lang)
        assert trip_words.ability(tier, lang) in said
        assert all(number in said for number in ("10", "4", "2", "8"))
        assert banned_words(" ".join((*names, said))) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_case_without_trips_is_said_by_its_streets(lang):
    within = if_where(2.0, (0.2, 0.4, 0.8))
    trip = ShortTrip.unknown("foot", "why")
    short = within.tiers["seen"].model_copy(update={"trip": trip})
    said = conditions.case_answer(
        within.model_copy(update={"tiers": {"seen": short}}), "seen", lang
    )
    assert quantities.quantity_text(short.share_of_length, lang) in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_case_of_a_city_with_streets_has_its_name(lang):
    cases = [(None, 500), *((where, n) for where in ("core", "township") for n in (None, 500))]
    names = [conditions.case_on_streets(where, n, lang) for where, n in cases]
    assert len(set(names)) == len(cases)
    assert all(("500" in name) == (n == 500) for name, (_, n) in zip(names, cases, strict=True))
    assert banned_words(" ".join(names)) == []
