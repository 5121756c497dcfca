"""What the built-in evidence must hold, and must not hold."""

from __future__ import annotations

import functools
import re
import tomllib

import pytest

from toolkit.base import store
from toolkit.evidence.load import (
    NATIONAL,
    capability_level,
    contradictions,
    load_claims,
    load_file_claims,
    load_national,
    national_cities,
    not_superseded,
)
from toolkit.evidence.makers import load_makers
from toolkit.evidence.threats import load_threats
from toolkit.streets.cities import load_cities

ORIGIN_OF_THE_REPORT = "reuters-2022-anonymous"

# Statements of the report of July 2022, in its order: city, then what a record of it must have.
# `w` is how many people are said to have said it; a field that is absent does not matter.
STATEMENTS = {
    "programme of cameras with face recognition, three people": (
        NATIONAL,
        {"status": "installed", "capability": "face_recognition", "level": "programme", "w": 3},
    ),
    "tenders are for cameras and face recognition": (
        NATIONAL,
        {"status": "tender", "capability": "face_recognition", "says": "Tenders for cameras"},
    ),
    "at least five cities since the coup": (
        NATIONAL,
        {"low": 5, "wording": "at_least", "unit": "cities", "w": 3},
    ),
    "five cities before": (NATIONAL, {"low": 5, "wording": "exact", "unit": "cities"}),
    "no answer, tenders not seen, cities not visited": (NATIONAL, {"says": "neither see tenders"}),
    "planned in all seven states and seven regions": (
        NATIONAL,
        {"status": "planned", "says": "seven states and seven regions", "w": 1},
    ),
    "winners Fisca and Naung Yoe": (
        NATIONAL,
        {"topic": "supplier", "suppliers": ("Fisca", "Naung Yoe"), "status": "tender", "w": 3},
    ),
    "makes Dahua, Huawei, Hikvision": (
        NATIONAL,
        {"topic": "supplier", "brands": ("Dahua", "Huawei", "Hikvision"), "w": 3},
    ),
    "suppliers did not answer": (
        NATIONAL,
        {"topic": "statement", "suppliers": ("Fisca", "Naung Yoe")},
    ),
    "Huawei and Dahua did not answer": (
        NATIONAL,
        {"topic": "statement", "brands": ("Huawei", "Dahua"), "says": "did not answer"},
    ),
    "Hikvision: no direct sales": (
        NATIONAL,
        {"brands": ("Hikvision",), "says": "never sold directly"},
    ),
    "Hikvision: no face recognition": (
        NATIONAL,
        {"brands": ("Hikvision",), "level": "denied", "capability": "face_recognition"},
    ),
    "Hikvision: no answer on hardware": (
        NATIONAL,
        {"brands": ("Hikvision",), "says": "did not answer"},
    ),
    "software of local and regional companies": (NATIONAL, {"says": "local and regional", "w": 3}),
    "background about Chinese cities": (NATIONAL, {"topic": "statement", "says": "Chinese cities"}),
    "fears, without evidence of intention": (NATIONAL, {"topic": "statement", "says": "fear"}),
    "what police and military can do": (NATIONAL, {"says": "cars and motorcycles"}),
    "spyware and online units": (NATIONAL, {"topic": "statement", "says": "spyware"}),
    "officers evaluate pictures": (NATIONAL, {"says": "former army captain", "w": 1}),
    "control rooms staffed by soldiers": (
        "naypyidaw",
        {"capability": "live_watching", "says": "former army captain"},
    ),
    "Mawlamyine tender, three people": (
        "mawlamyine",
        {"status": "tender", "topic": "presence", "w": 3},
    ),
    "Taunggyi tender, two people": ("taunggyi", {"status": "tender", "topic": "presence", "w": 2}),
    "Dawei tender, two people": ("dawei", {"status": "tender", "topic": "presence", "w": 2}),
    "Mawlamyine won jointly": (
        "mawlamyine",
        {"topic": "supplier", "suppliers": ("Fisca", "Naung Yoe"), "w": 2},
    ),
    "Dawei went to Fisca": ("dawei", {"topic": "supplier", "suppliers": ("Fisca",), "w": 1}),
    "Taunggyi went to Fisca": ("taunggyi", {"topic": "supplier", "suppliers": ("Fisca",), "w": 1}),
    "hundreds in Dawei in a year, one person": (
        "dawei",
        {"low": 200, "high": 999, "kind": "flow", "brand": "Dahua", "status": "installed", "w": 1},
    ),
    "hundreds in Taunggyi in a year, one person": (
        "taunggyi",
        {"low": 200, "high": 999, "kind": "flow", "brand": "Dahua", "status": "installed", "w": 1},
    ),
    "over 200 in Mawlamyine, a stock": (
        "mawlamyine",
        {"low": 200, "wording": "over", "kind": "stock", "brand": "Dahua", "status": "installed"},
    ),
    "more for Mawlamyine": ("mawlamyine", {"status": "planned", "topic": "presence"}),
    "Dahua in Myitkyina": ("myitkyina", {"status": "installed", "brands": ("Dahua",), "w": 1}),
    "talks in Hpa-an": ("hpa-an", {"status": "talks", "w": 1}),
    "Naypyidaw before the coup": (
        "naypyidaw",
        {"status": "installed", "topic": "presence", "w": 2},
    ),
    "Yangon before the coup": ("yangon", {"status": "installed", "topic": "presence", "w": 2}),
    "Mandalay signed with Huawei": ("mandalay", {"brands": ("Huawei",), "says": "signed", "w": 2}),
    "face recognition in Naypyidaw": (
        "naypyidaw",
        {"capability": "face_recognition", "level": "city", "brands": ("Huawei",), "w": 1},
    ),
    "Hikvision centre in Yangon": ("yangon", {"brands": ("Hikvision",), "says": "mix", "w": 1}),
    "Mandalay asked to hurry": ("mandalay", {"says": "faster", "w": 2}),
    "at least 300 in Mandalay": (
        "mandalay",
        {"low": 300, "wording": "at_least", "kind": "stock", "brand": "Huawei", "w": 1},
    ),
    "hundreds more in Mandalay": (
        "mandalay",
        {"low": 200, "high": 999, "kind": "increment", "status": "planned", "w": 1},
    ),
    "tender in Bagan": ("bagan", {"status": "tender", "topic": "presence", "w": 2}),
    "Huawei in Sittwe since 2019": (
        "sittwe",
        {"status": "installed", "brands": ("Huawei",), "phase": "since 2019", "w": 1},
    ),
}

# Figures that other publishers carry: city, number, unit.
OTHER_FIGURES = [
    ("naypyidaw", 335, "cameras"),
    ("naypyidaw", 8, "townships"),
    ("naypyidaw", 1.2e6, "us_dollars"),
    ("naypyidaw", 4e9, "kyat"),
    ("mandalay", 40, "cameras"),
    ("mandalay", 20, "sites"),
    ("mandalay", 120, "cameras"),
    ("mandalay", 56, "sites"),
    ("mandalay", 2, "cameras_per_shop"),
    ("yangon", 288, "cameras"),
    ("yangon", 225, "cameras"),
    ("yangon", 140, "sites"),
    ("yangon", 154, "signals"),
    ("yangon", 154, "sites"),
    ("yangon", 900, "cameras"),
    ("yangon", 240, "cameras"),
    ("yangon", 2995, "cameras"),
    ("yangon", 1138, "sites"),
    ("yangon", 272, "cameras"),
    ("yangon", 15, "bus_lines"),
    ("mawlamyine", 8e9, "kyat"),
    ("mawlamyine", 8, "cameras"),
    ("dawei", 32, "cameras"),
    (NATIONAL, 5, "cameras"),
]

PUBLISHERS = {
    "Reuters",
    "The Straits Times",
    "Human Rights Watch",
    "business-humanrights.org",
    "Privacy International",
    "AIAAIC",
    "Global New Light of Myanmar",
    "consult-myanmar",
    "ygnnews",
    "Frontier Myanmar",
    "MRTV-4",
    "Myanmar-news.asia",
    "The Irrawaddy",
    "Myanmar Times",
    "Xinhua Myanmar",
    "Than Lwin Times",
    "Mon News",
    "Pan Taing (pantaing.com)",
    "Dawei Watch",
    "YKT News",
    "BNI",
    "Access Now",
    "vuink.com",
    "Asia Pacific Foundation of Canada",
    "thadinn.com",
    "Myanmar Now",
    "Shan Herald (english.shannews.org)",
    "ARTICLE 19",
    "Coda Story",
    "Khonumthung",
}

BANNED = re.compile(r"(?i)\b(safe|secure|clear|camera-free|low risk)\b")


@functools.cache
def everything():
    cities = [*(city.id for city in load_cities()), NATIONAL]
    return {city: load_file_claims(city) for city in cities}


def matches(claim, wanted):
    figure = claim.quantity
    for field, value in wanted.items():
        if field in ("low", "high", "unit", "wording", "kind", "brand"):
            fits = figure is not None and getattr(figure, field) == value
        elif field == "w":
            fits = claim.witnesses == value
        elif field == "says":
            fits = value in claim.says
        elif field == "capability":
            fits = value in claim.capability
        else:
            fits = getattr(claim, field) == value
        if not fits:
            return False
    return True


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_of_the_report_is_a_record(name):
    city, wanted = STATEMENTS[name]
    found = [
        claim
        for claim in load_file_claims(city)
        if claim.source.publisher == "Reuters" and matches(claim, wanted)
    ]
    assert len(found) == 1, [claim.id for claim in found]


@pytest.mark.parametrize(("city", "number", "unit"), OTHER_FIGURES)
def test_the_figures_of_other_publishers_are_records(city, number, unit):
    found = [
        claim
        for claim in not_superseded(load_file_claims(city))
        if claim.quantity and claim.quantity.low == number and claim.quantity.unit == unit
    ]
    assert len(found) == 1
    assert found[0].source.publisher != "Reuters"


def test_no_publisher_that_the_sources_do_not_carry():
    for city, claims in everything().items():
        for claim in claims:
            if claim.made_up:
                assert city == "helsinki-centre"
                continue
            named = [*claim.source.publisher.split(" / "), *claim.via]
            assert set(named) <= PUBLISHERS, claim.id
    for maker in load_makers().values():
        for said in maker.statements:
            assert {said.publisher, *said.via} <= PUBLISHERS


def test_the_demonstration_is_made_up_and_names_no_make():
    (claim,) = load_claims("helsinki-centre")
    assert claim.made_up
    assert not claim.brands
    assert not claim.suppliers
    assert claim.scope == "all"
    assert claim.quantity.brand is None
    assert claim.source.publisher == "Made-up report for the demonstration"


def test_hundreds_of_taunggyi_and_dawei_rest_on_one_person():
    for city in ("taunggyi", "dawei"):
        (claim,) = [c for c in load_file_claims(city) if c.quantity and c.quantity.kind == "flow"]
        assert claim.origins == (ORIGIN_OF_THE_REPORT,)
        assert claim.witnesses == 1


def test_the_anonymous_people_of_the_report_are_at_most_three_and_one_origin():
    for claims in everything().values():
        for claim in claims:
            if claim.source.publisher == "Reuters":
                assert claim.witnesses is None or claim.witnesses <= 3
            if "anonymous" in " ".join(claim.origins):
                assert ORIGIN_OF_THE_REPORT in claim.origins
    derived = [c for claims in everything().values() for c in claims if "-apf-" in c.id]
    assert len(derived) == 4
    assert all(claim.origins == (ORIGIN_OF_THE_REPORT,) for claim in derived)


def test_figures_of_one_make_are_scoped_to_it():
    scoped = {
        claim.city: claim.quantity.brand
        for claims in everything().values()
        for claim in claims
        if claim.quantity and claim.quantity.brand
    }
    assert scoped == {
        "mawlamyine": "Dahua",
        "taunggyi": "Dahua",
        "dawei": "Dahua",
        "mandalay": "Huawei",
    }


def test_capabilities_follow_the_sources():
    levels = {city.id: capability_level(load_claims(city.id)) for city in load_cities()}
    assert levels["naypyidaw"] == {"face": "city", "plate": "city"}
    assert levels["mawlamyine"] == {"face": "city", "plate": "city"}
    for programme in ("taunggyi", "dawei", "bagan", "myitkyina", "hpa-an", "yangon"):
        assert levels[programme] == {"face": "programme", "plate": "none"}
    assert levels["mandalay"] == {"face": "programme", "plate": "programme"}
    # A maker's denial, and checkpoints with face recognition, are shown and say nothing of a city.
    for quiet in ("sittwe", "helsinki-centre"):
        assert levels[quiet] == {"face": "none", "plate": "none"}


def test_contradictions_are_kept():
    found = {pair for claims in everything().values() for pair in contradictions(claims)}
    assert {
        ("yangon-2017-signals-225", "yangon-2017-signals-288"),
        ("mandalay-hrw-plan", "mandalay-reuters-stock"),
        ("naypyidaw-hrw-capability", "naypyidaw-huawei-denial"),
        ("national-hikvision-no-face", "national-reuters-programme"),
        ("naypyidaw-hrw-contract", "naypyidaw-myanmar-now-contract"),
    } <= found


def test_installed_is_not_said_of_hpa_an():
    assert {claim.status for claim in load_file_claims("hpa-an")} == {"talks"}


def test_a_source_is_the_same_in_every_file():
    seen = {}
    for claims in everything().values():
        for claim in claims:
            date, title = claim.source.date, claim.source.publisher
            assert seen.setdefault(claim.source.id, (date, title)) == (date, title)


def test_ids_are_unique_over_all_files():
    ids = [claim.id for claims in everything().values() for claim in claims]
    assert len(ids) == len(set(ids))
    assert len(ids) >= len(STATEMENTS) + len(OTHER_FIGURES)


def test_no_word_that_reassures_and_no_personal_name():
    folder = store.builtin_dir()
    for path in [*folder.glob("evidence/*.toml"), folder / "cities.toml", folder / "makers.toml"]:
        text = path.read_text(encoding="utf-8")
        assert not BANNED.search(text), path.name
        for name in ("Thuta", "Robertson"):
            assert name not in text


def test_there_is_one_file_for_each_city_and_no_other():
    names = {path.stem for path in store.builtin_dir().glob("evidence/*.toml")}
    assert names == {city.id for city in load_cities()} | {NATIONAL}
    for path in store.builtin_dir().glob("evidence/*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8"))["licence"].startswith("CC0")


def test_makers_and_what_they_say():
    makers = load_makers()
    assert {n for n, m in makers.items() if m.kind == "brand"} == {"Dahua", "Huawei", "Hikvision"}
    assert {"Fisca", "Naung Yoe"} <= {n for n, m in makers.items() if m.kind == "supplier"}
    for denier in ("Huawei", "Hikvision"):
        own = [s.says for s in makers[denier].statements if s.by == "itself"]
        assert any("face recognition" in sentence for sentence in own)


def test_national_claims_are_about_no_city():
    assert {claim.city for claim in load_national()} == {NATIONAL}


def test_the_cities_of_the_country_are_all_but_the_demonstration():
    assert set(national_cities()) == {c.id for c in load_cities() if not c.demonstration}
    assert all(claim.covers for claim in load_national())


def test_a_primary_source_takes_the_place_of_those_that_pass_it_on():
    claims = not_superseded(load_claims("naypyidaw"))
    (stock,) = [c for c in claims if c.topic == "count" and c.city == "naypyidaw"]
    assert stock.source.publisher == "Myanmar Now"
    assert not stock.via


def test_what_owners_were_ordered_to_do_and_registers_are_no_public_cameras():
    by_scope = {}
    for claims in everything().values():
        for claim in claims:
            by_scope.setdefault(claim.scope, set()).add(claim.id)
    assert by_scope["compelled_private"] == {"mandalay-shops-rate", "mandalay-shops-arrests"}
    assert by_scope["register"] == {
        "national-bni-psms",
        "national-shan-herald-psms",
        "taunggyi-pantaing-gates",
        "taunggyi-pantaing-psms",
    }


def test_threats_rest_on_claims_that_exist():
    known = {claim.id for claims in everything().values() for claim in claims}
    for threat in load_threats():
        assert set(threat.claims) <= known, threat.id
