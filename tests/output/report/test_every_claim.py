"""Each claim is in the report of each city it covers, in its own words, and in no other."""

from __future__ import annotations

import datetime as dt
import functools

import pytest
from pages import elements

from toolkit.assessment.assess import assess
from toolkit.assessment.question import Question
from toolkit.evidence.claim import Claim
from toolkit.evidence.load import NATIONAL, load_claims, load_file_claims
from toolkit.evidence.threats import load_threats
from toolkit.output.report import page
from toolkit.streets.cities import load_cities
from toolkit.studies.sensitivity.analysis import sensitivity

AS_OF = dt.date(2026, 11, 23)
OF_TENDERS = {"mawlamyine", "taunggyi", "dawei", "myitkyina", "hpa-an"}
TEN = OF_TENDERS | {"naypyidaw", "yangon", "mandalay", "bagan", "sittwe"}

COVERED: dict[str, set[str]] = {
    "bagan-reuters-programme": {"bagan"},
    "bagan-reuters-tender": {"bagan"},
    "bagan-ykt-places": {"bagan"},
    "bagan-ykt-presence": {"bagan"},
    "bagan-ykt-watching": {"bagan"},
    "dawei-reuters-flow": {"dawei"},
    "dawei-reuters-programme": {"dawei"},
    "dawei-reuters-tender": {"dawei"},
    "dawei-reuters-winner": {"dawei"},
    "dawei-watch-2015-failure": {"dawei"},
    "dawei-watch-2015-places": {"dawei"},
    "dawei-watch-2015-stock": {"dawei"},
    "helsinki-centre-made-up": {"helsinki-centre"},
    "hpa-an-reuters-talks": {"hpa-an"},
    "mandalay-aid-2013": {"mandalay"},
    "mandalay-apf-presence": {"mandalay"},
    "mandalay-gnlm-2016-cameras": {"mandalay"},
    "mandalay-gnlm-2016-sites": {"mandalay"},
    "mandalay-gnlm-2017-cameras": {"mandalay"},
    "mandalay-gnlm-2017-sites": {"mandalay"},
    "mandalay-hrw-capability": {"mandalay"},
    "mandalay-hrw-plan": {"mandalay"},
    "mandalay-lights-2020": {"mandalay"},
    "mandalay-reuters-deal": {"mandalay"},
    "mandalay-reuters-faster": {"mandalay"},
    "mandalay-reuters-more": {"mandalay"},
    "mandalay-reuters-stock": {"mandalay"},
    "mandalay-shops-arrests": {"mandalay"},
    "mandalay-shops-rate": {"mandalay"},
    "mandalay-thadinn-destroyed": {"mandalay"},
    "mandalay-ygnnews-command-centre": {"mandalay"},
    "mawlamyine-mon-news-2015": {"mawlamyine"},
    "mawlamyine-mon-news-plan": {"mawlamyine"},
    "mawlamyine-reuters-more": {"mawlamyine"},
    "mawlamyine-reuters-programme": {"mawlamyine"},
    "mawlamyine-reuters-stock": {"mawlamyine"},
    "mawlamyine-reuters-tender": {"mawlamyine"},
    "mawlamyine-reuters-winners": {"mawlamyine"},
    "mawlamyine-than-lwin-capability": {"mawlamyine"},
    "mawlamyine-than-lwin-centre": {"mawlamyine"},
    "mawlamyine-than-lwin-contract": {"mawlamyine"},
    "mawlamyine-than-lwin-hidden": {"mawlamyine"},
    "myitkyina-reuters-presence": {"myitkyina"},
    "national-access-now-suppliers": TEN,
    "national-bni-psms": TEN,
    "national-hikvision-no-answer": TEN,
    "national-hikvision-no-direct-sale": TEN,
    "national-hikvision-no-face": TEN,
    "national-hrw-threats": TEN,
    "national-khonumthung-hakha": set(),
    "national-reuters-background-matching": set(),
    "national-reuters-fears": TEN,
    "national-reuters-limits": TEN,
    "national-reuters-local-software": TEN,
    "national-reuters-maker-silence": TEN,
    "national-reuters-makers": TEN,
    "national-reuters-new-cities": OF_TENDERS,
    "national-reuters-officers": TEN,
    "national-reuters-old-cities": {"naypyidaw", "yangon", "mandalay", "bagan", "sittwe"},
    "national-reuters-plan": TEN,
    "national-reuters-programme": OF_TENDERS,
    "national-reuters-supplier-silence": TEN,
    "national-reuters-telecoms": TEN,
    "national-reuters-tenders": OF_TENDERS | {"bagan"},
    "national-reuters-winners": TEN,
    "national-shan-herald-psms": TEN,
    "national-straits-times-plan": TEN,
    "naypyidaw-apf-presence": {"naypyidaw"},
    "naypyidaw-hrw-capability": {"naypyidaw"},
    "naypyidaw-hrw-contract": {"naypyidaw"},
    "naypyidaw-hrw-stock": {"naypyidaw"},
    "naypyidaw-hrw-suppliers": {"naypyidaw"},
    "naypyidaw-hrw-townships": {"naypyidaw"},
    "naypyidaw-huawei-denial": {"naypyidaw"},
    "naypyidaw-myanmar-now-contract": {"naypyidaw"},
    "naypyidaw-myanmar-now-plates": {"naypyidaw"},
    "naypyidaw-myanmar-now-police": {"naypyidaw"},
    "naypyidaw-myanmar-now-stock": {"naypyidaw"},
    "naypyidaw-myanmar-now-suppliers": {"naypyidaw"},
    "naypyidaw-reuters-control-rooms": {"naypyidaw"},
    "naypyidaw-reuters-face": {"naypyidaw"},
    "naypyidaw-reuters-presence": {"naypyidaw"},
    "sittwe-apf-presence": {"sittwe"},
    "sittwe-reuters-presence": {"sittwe"},
    "taunggyi-pantaing-gates": {"taunggyi"},
    "taunggyi-pantaing-psms": {"taunggyi"},
    "taunggyi-reuters-flow": {"taunggyi"},
    "taunggyi-reuters-programme": {"taunggyi"},
    "taunggyi-reuters-tender": {"taunggyi"},
    "taunggyi-reuters-winner": {"taunggyi"},
    "yangon-2017-centre": {"yangon"},
    "yangon-2017-centre-officers": {"yangon"},
    "yangon-2017-china-240": {"yangon"},
    "yangon-2017-gates": {"yangon"},
    "yangon-2017-hlaingtharyar": {"yangon"},
    "yangon-2017-signals-225": {"yangon"},
    "yangon-2017-signals-288": {"yangon"},
    "yangon-2017-signals-all": {"yangon"},
    "yangon-2017-signals-sites": {"yangon"},
    "yangon-2017-total": {"yangon"},
    "yangon-apf-presence": {"yangon"},
    "yangon-article19-court": {"yangon"},
    "yangon-article19-sule": {"yangon"},
    "yangon-command-centre": {"yangon"},
    "yangon-face-later": {"yangon"},
    "yangon-gnlm-buses": {"yangon"},
    "yangon-irrawaddy-lights": {"yangon"},
    "yangon-irrawaddy-next": {"yangon"},
    "yangon-irrawaddy-places": {"yangon"},
    "yangon-mt-2019-cameras": {"yangon"},
    "yangon-mt-2019-sites": {"yangon"},
    "yangon-pabedan": {"yangon"},
    "yangon-reuters-hikvision": {"yangon"},
    "yangon-reuters-presence": {"yangon"},
    "yangon-xinhua-lamp-posts": {"yangon"},
    "yangon-xinhua-places": {"yangon"},
}
"""Cities that each claim covers, complete."""

CITIES = [city.id for city in load_cities()]


@functools.cache
def everything() -> dict[str, Claim]:
    files = (load_file_claims(city) for city in (*CITIES, NATIONAL))
    return {claim.id: claim for claims in files for claim in claims}


@functools.cache
def reports(city: str) -> dict[str, tuple[str, set[str]]]:
    """Return text and claim ids of a city's report, short and in full detail."""
    question = Question(city, AS_OF, n_draws=20, sample_points=200)
    found = assess(question)
    analysis = sensitivity(question, n_base=2)
    shown = {}
    for detail, given in (("handout", None), ("full", analysis)):
        html = page.render(
            found,
            claims=load_claims(city),
            valid_until=AS_OF,
            drawing=None,
            lang="en",
            sensitivity=given,
        )
        parts = elements(html)
        ids = {part.text for part in parts if part.tag == "code" and " " not in part.text}
        shown[detail] = parts[0].text, ids
    return shown


def test_the_table_is_complete() -> None:
    assert set(COVERED) == set(everything())
    assert set().union(*COVERED.values()) == set(CITIES)


@pytest.mark.parametrize("city", CITIES)
def test_a_report_holds_the_claims_that_cover_its_city_and_no_others(city: str) -> None:
    for detail, (text, held) in reports(city).items():
        assert held == {name for name, cities in COVERED.items() if city in cities}, detail
        for name in held:
            assert everything()[name].says in text, (detail, name)


@pytest.mark.parametrize("city", CITIES)
def test_a_report_says_of_each_threat_what_answers_it(city: str) -> None:
    for text, _ in reports(city).values():
        shown = city in TEN
        for threat in load_threats():
            assert (threat.name.en in text) == shown
            assert (threat.says.en in text) == shown
        assert text.count("Not modelled: no figure here answers this.") == (1 if shown else 0)
        part = "Answered in part by the figures for: Number plate read."
        assert text.count(part) == (1 if shown else 0)


def test_only_where_owners_were_ordered_the_limits_say_that_private_cameras_are_many() -> None:
    for city in CITIES:
        said = {"Private cameras are not few in this city" in t for t, _ in reports(city).values()}
        assert said == {city == "mandalay"}
