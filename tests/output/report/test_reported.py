from __future__ import annotations

import re

import pytest
from invented import layers_of
from made import claim_of, other_claim, report_on

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.quantity import Quantity
from toolkit.base.terms import LANGUAGES, Language
from toolkit.evidence.claim import Figure
from toolkit.evidence.load import load_claims
from toolkit.language import notes, words
from toolkit.output.report import reported
from toolkit.streets.cities import load_cities


@pytest.mark.parametrize(
    ("when", "english", "burmese"),
    [
        ("2022-07-11", "11 July 2022", "2022 ခုနှစ် ဇူလိုင်လ 11 ရက်"),
        ("2019-04-21T09:50:14Z", "21 April 2019", "2019 ခုနှစ် ဧပြီလ 21 ရက်"),
        ("2022-07", "July 2022", "2022 ခုနှစ် ဇူလိုင်လ"),
        ("2017", "the year 2017", "2017 ခုနှစ်"),
        ("2017/2021-03", "between the year 2017 and March 2021", None),
        ("unknown", "date not known", None),
        ("date not stated", "date not known", None),
        ("sha256 0123", "sha256 0123", "sha256 0123"),
    ],
)
def test_dates_as_far_as_they_are_known(when: str, english: str, burmese: str | None) -> None:
    assert reported.when_text(when, "en") == english
    if burmese is None:
        assert reported.when_text(when, "my") != english
    else:
        assert reported.when_text(when, "my") == burmese


@pytest.mark.parametrize(
    ("fields", "english"),
    [
        ({"low": 2995, "wording": "exact", "kind": "stock"}, "2,995 cameras"),
        ({"low": 900, "wording": "about", "kind": "stock"}, "about 900 cameras"),
        ({"low": 200, "wording": "over", "kind": "stock"}, "over 200 cameras"),
        ({"low": 200, "wording": "at_least", "kind": "stock"}, "at least 200 cameras"),
        ({"high": 3000, "wording": "up_to", "kind": "stock"}, "up to 3,000 cameras"),
        ({"low": 240, "wording": "exact", "kind": "increment"}, "240 cameras more"),
        ({"low": 5, "high": 9, "wording": "range", "kind": "stock"}, "5 to 9 cameras"),
        (
            {"low": 200, "high": 999, "wording": "hundreds", "kind": "flow"},
            "hundreds (read as 200 to 999 cameras) put up within some time",
        ),
    ],
)
def test_figures_as_they_were_worded(fields: dict[str, object], english: str) -> None:
    figure = Figure.model_validate({"unit": "cameras"} | fields)
    assert reported.figure_text(figure, "en") == english
    burmese = reported.figure_text(figure, "my")
    assert "{" not in burmese
    assert "ကင်မရာ" in burmese
    sites = Figure.model_validate({"unit": "sites"} | fields)
    assert reported.figure_text(sites, "en") == english.replace("cameras", "sites")


def test_the_basis_says_who_said_what_when_of_which_maker_and_what_is_made_of_it() -> None:
    text = reported.source_sentence(report_on(None), (claim_of(), other_claim()), "en")
    assert text == (
        "This rests on a report by The Paper (11 July 2022): over 200 cameras, said to be made by "
        "Maker One, which nobody has checked; taken here as 200 to 1,400 cameras (middle 330)."
    )
    burmese = reported.source_sentence(report_on(None), (claim_of(), other_claim()), "my")
    for part in ("The Paper", "Maker One", "200", "1,400", "330"):
        assert part in burmese


def test_the_basis_without_a_maker_names_none() -> None:
    plain = claim_of(
        brands=[], quantity={"low": 200, "unit": "cameras", "wording": "over", "kind": "stock"}
    )
    text = reported.source_sentence(report_on(None, (plain,)), (plain,), "en")
    assert "made by" not in text
    assert "over 200 cameras; taken here as" in text


def test_the_basis_of_a_made_up_report_names_no_publisher() -> None:
    invented = claim_of(
        made_up=True,
        source={"id": "m", "publisher": "Made-up", "title": "None", "date": "2022-07-11"},
    )
    text = reported.source_sentence(report_on(None, (invented,)), (invented,), "en")
    assert text.startswith("This rests on a made-up report (11 July 2022): over 200 cameras;")
    assert "Maker One" not in text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("installed", "cameras are installed"),
        ("planned", "cameras are planned"),
        ("tender", "a tender"),
        ("talks", "talks"),
    ],
)
def test_the_basis_without_a_number(status: str, words: str) -> None:
    claim = claim_of(topic="presence", quantity=None, valid=None, status=status)
    text = reported.source_sentence(report_on(None, (claim,)), (claim,), "en")
    assert words in text
    assert "without a number" in text


def test_the_basis_where_nothing_is_reported_and_where_the_user_gave_a_number() -> None:
    none = report_on(None, (), used=())
    assert reported.source_sentence(none, (), "en").startswith("No report of cameras")
    own = none.model_copy(update={"warnings": notes.notes(["own_count"])})
    assert "that the user entered" in reported.source_sentence(own, (claim_of(),), "en")


def test_the_basis_tells_the_entered_number_from_the_mapped_cameras() -> None:
    own = report_on(None, (), used=())
    part = own.cameras.installed.model_copy(
        update={
            "count": Quantity.of(215, 215, 215, "cameras"),
            "entered": Quantity.of(10, 10, 10, "cameras"),
            "mapped": 215,
        }
    )
    own = own.model_copy(
        update={
            "warnings": notes.notes(["own_count"]),
            "cameras": own.cameras.model_copy(update={"installed": part}),
        }
    )
    assert reported.source_sentence(own, (), "en") == (
        "This rests on a number that the user entered, not on a report: 10 cameras. "
        "215 cameras are mapped, so the number used is 215 cameras."
    )
    assert reported.source_line(own, (), "en") == (
        "Rests on your own number: 10 cameras. "
        "215 cameras are mapped, so the number used is 215 cameras."
    )


def test_further_claims_are_counted() -> None:
    claims = (claim_of(), claim_of(id="testville-b"), claim_of(id="testville-c"))
    report = report_on(None, claims, used=tuple(c.id for c in claims))
    two = reported.source_sentence(report, claims, "en")
    assert two.endswith("2 further claims were used; see Sources.")
    report = report_on(None, claims, used=("testville-b", "testville-c"))
    assert reported.source_sentence(report, claims, "en").endswith(
        "1 further claim was used; see Sources."
    )


def test_sources_of_figures_come_first_and_are_numbered_and_others_are_marked() -> None:
    claims = (claim_of(), other_claim())
    report = report_on(layers_of(), claims, stale=True)
    first, streets, other = reported.items(report, claims, "en")
    assert (first.number, streets.number, other.number) == (1, 2, None)
    assert first.says == reported.LangText("Over 200 cameras stand in Testville.", "en")
    assert first.marks == (
        "said 11 July 2022",
        "holds for July 2022",
        "used for the number of cameras",
        "old",
        "contradicts testville-other",
    )
    assert (first.grade, first.reason) == ("B3", reported.LangText("One person said so.", "en"))
    assert streets.says is None
    assert streets.origin.text == "© OpenStreetMap contributors, ODbL, 21 April 2019"
    assert "contradicts testville-stock" in other.marks
    assert "used for the number of cameras" not in other.marks
    assert "old" not in other.marks


def test_what_was_said_later_is_not_listed() -> None:
    later = {"id": "later", "publisher": "The Paper", "title": "Later", "date": "2025-01-01"}
    claims = (claim_of(), other_claim(said="2025-01-01", valid="2024", source=later))
    report = report_on(None, claims)
    assert [item.id for item in reported.items(report, claims, "en")] == [
        "testville-stock",
        "streets",
    ]


def test_a_text_keeps_its_own_language() -> None:
    assert reported.data_text("ကင်မရာ").lang == "my"
    known = notes.text("no_streets")
    assert reported.translated(known, "my") == reported.LangText(
        notes.text("no_streets", "my"), "my"
    )
    assert reported.translated("A text of a pack.", "my") == reported.LangText(
        "A text of a pack.", "en"
    )
    assert reported.translated(known, "en") == reported.LangText(known, "en")


def test_the_count_is_that_of_the_status_asked_for() -> None:
    report = report_on(None)
    planned = report.cameras.planned.model_copy(
        update={"count": Quantity.of(1000, 2000, 3000, "cameras")}
    )
    report = report.model_copy(
        update={
            "status": "planned",
            "cameras": report.cameras.model_copy(update={"planned": planned}),
        }
    )
    assert "1,000 to 3,000" in reported.source_sentence(report, (claim_of(),), "en")


BANNED_IN_CLAIMS = re.compile(r"(?i)\b(safe|secure|clear|camera-free|low risk)\b")
"""Claims name actors as their sources do, so "security forces" is not among these."""


@pytest.mark.parametrize("city", [city.id for city in load_cities()])
def test_the_evidence_as_shown_has_no_banned_word(city: str) -> None:
    claims = load_claims(city)
    for item in reported.items(report_on(None, claims, used=()), claims, "en"):
        for said in (item.says, item.origin, item.reason, item.note):
            assert said is None or not BANNED_IN_CLAIMS.search(said.text)


# --- threats, groups, limits ---------------------------------------------------------------------


def test_claims_without_a_figure_are_in_groups_of_their_own() -> None:
    plain = {"quantity": None, "brands": [], "contradicts": []}
    kinds = {
        "watching": {"topic": "capability", "capability": ["live_watching"], "level": "city"},
        "makers": {"topic": "statement", "brands": ["Maker One"]},
        "plans": {"topic": "presence", "status": "planned", "city": "national"},
        "compelled_private": {"topic": "presence", "scope": "compelled_private"},
        "register": {"topic": "siting", "scope": "register"},
        "other": {"topic": "siting"},
    }
    claims = [claim_of(id=name.replace("_", "-"), **plain | more) for name, more in kinds.items()]
    found = reported.items(report_on(None), (claim_of(), *claims), "en")
    groups = reported.unnumbered(found, "en")
    assert [head for head, _ in groups] == [reported.group_name(name, "en") for name in kinds]
    assert [[item.id for item in group] for _, group in groups] == [[c.id] for c in claims]
    assert reported.unnumbered([item for item in found if item.number is not None], "en") == []


def test_claims_about_the_country_that_disagree_are_pairs_too() -> None:
    one = claim_of(id="one", city="national")
    two = claim_of(id="two", city="national", contradicts=["one"])
    later = claim_of(id="late", said="2099-01-01", valid=None, quantity=None, topic="statement",
                     source={"id": "x", "publisher": "X", "title": "X", "date": "2099-01-01"},
                     contradicts=["one"])  # fmt: skip
    made = report_on(None, (claim_of(),))
    pairs = reported.contradicting(made, (claim_of(), one, two, later))
    assert ("one", "two") in pairs
    assert not any("late" in pair for pair in pairs)
    marks = {i.id: i.marks for i in reported.items(made, (claim_of(), one, two), "en")}
    assert "contradicts two" in marks["one"]
    assert "contradicts one" in marks["two"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_limits_are_those_of_the_assessment_in_each_language(lang: Language) -> None:
    made = report_on(None)
    cities = made.inputs.siting_cities
    assert reported.limits(made, lang) == words.limits(lang, cities)
    more = made.model_copy(update={"limits": words.limits("en", cities, private_many=True)})
    assert reported.limits(more, lang) == words.limits(lang, cities, private_many=True)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_usual_assumptions_have_no_banner_and_others_are_named(lang: Language) -> None:
    usual = report_on(None, demonstration=False)
    assert reported.banner(usual, lang) is None
    assert reported.banner(report_on(None), lang) == words.demonstration(lang)
    changed = load_assumptions(changes={"optics.height_m": 5.0})
    found = reported.banner(report_on(None, demonstration=False, assumptions=changed), lang)
    assert found is not None
    assert words.assumption_set("central", 1, lang) in found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_set_of_lowest_exposure_is_named_with_its_own_warning(lang: Language) -> None:
    least = report_on(None, assumptions=load_assumptions("minimal"))
    warned = least.model_copy(update={"warnings": notes.notes(["minimal_set"])})
    found = reported.banner(warned, lang)
    assert found is not None
    for text in (words.demonstration(lang), "minimal", notes.text("minimal_set", lang)):
        assert text in found


def test_a_set_that_calls_itself_the_usual_one_and_is_another_is_said() -> None:
    found = report_on(None, demonstration=False)
    part = found.assumptions.model_copy(update={"sha256": "0" * 64})
    assert reported.banner(found.model_copy(update={"assumptions": part}), "en") is not None
