from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.evidence.claim import Claim
from toolkit.evidence.load import (
    NATIONAL,
    built_in_claims,
    capability_level,
    contradictions,
    covered_cities,
    evidence_sha256,
    known_by,
    load_claims,
    load_file_claims,
    load_observations,
    not_superseded,
    of_reported_system,
    private_cameras_ordered,
    read_claims,
    read_until,
)

HEAD = """format = "camera-exposure.evidence/1"
city = "dawei"

[source.outlet]
publisher = "An outlet"
title = "A report"
date = 2024-05-01
"""
GOOD = """
[[claim]]
id = "own-stock"
says = "Over 50 cameras stand there."
topic = "count"
status = "installed"
quantity = { low = 50, unit = "cameras", wording = "over", kind = "stock" }
scope = "public"
said = 2024-05-01
valid = "2024-05"
source = "outlet"
origins = ["outlet"]
confidence = { grade = "C3", reason = "One outlet." }
"""


def write(home: Path, text: str, name: str = "dawei") -> Path:
    path = home / "evidence" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def make(claim_id: str, **changes) -> Claim:
    fields = {
        "id": claim_id,
        "city": "dawei",
        "says": "Something.",
        "topic": "presence",
        "status": "installed",
        "scope": "public",
        "said": "2022-07-11",
        "source": {"id": "x", "publisher": "X", "title": "X", "date": "2022-07-11"},
        "origins": ["x"],
        "confidence": {"grade": "C3", "reason": "One outlet."},
    }
    return Claim.model_validate(fields | changes)


def test_own_claims_are_added_to_the_built_in_ones(home):
    before = {claim.id for claim in load_claims("dawei")}
    write(home, HEAD + GOOD)
    after = {claim.id for claim in load_claims("dawei")}
    assert after - before == {"own-stock"}
    assert before <= after


def test_an_own_claim_replaces_one_of_the_same_id(home):
    write(home, HEAD + GOOD.replace("own-stock", "dawei-watch-2015-stock"))
    claims = {claim.id: claim for claim in load_claims("dawei")}
    assert claims["dawei-watch-2015-stock"].quantity.low == 50


def test_a_city_without_evidence_has_no_claims():
    assert load_claims("myeik") == ()


@pytest.mark.parametrize("name", ["../dawei", "", "Dawei", "dawei/..", "a\x00b", "dawei\n"])
def test_what_is_no_id_opens_no_file(name):
    with pytest.raises(InputDataError, match="not the id of a city"):
        load_claims(name)


def test_hostile_text_survives_as_text(home):
    evil = "<script>alert(1)</script> | =HYPERLINK(0) {{7*7}} ![x](http://x) \\u202e \\u0000"
    write(home, HEAD + GOOD.replace("Over 50 cameras stand there.", evil))
    (claim,) = [c for c in load_claims("dawei") if c.id == "own-stock"]
    assert claim.says == evil.replace("\\u202e", "\u202e").replace("\\u0000", "\0")


# Each line: what is changed in a good file, and what the message must then hold.
BROKEN = [
    ('format = "camera-exposure.evidence/1"', 'format = "x"', "format: "),
    ('city = "dawei"', 'city = "sittwe"', "it is 'sittwe' in the file of dawei"),
    ('city = "dawei"', 'city = "dawei"\nclaims = 1', "'claims' is not known here"),
    ('publisher = "An outlet"', "publisher = 3", "source.outlet, publisher: "),
    ('title = "A report"\n', "", "source.outlet, title: it is missing"),
    ('source = "outlet"', 'source = "outlett"', "Did you mean outlet"),
    ('id = "own-stock"', 'id = "Own Stock"', "id: "),
    ('topic = "count"', 'topic = "counts"', "topic: "),
    ('status = "installed"', 'status = "superseded"', "status: "),
    ('status = "installed"\n', "", "needs a status"),
    ('status = "installed"', 'status = "ordered"', "is for scope 'compelled_private'"),
    ("low = 50", "low = -1", "quantity.low: "),
    ("low = 50", 'low = "50"', "quantity.low: "),
    ("low = 50", "low = true", "quantity.low: "),
    ("low = 50", "low = nan", "quantity.low: "),
    ("low = 50", "low = inf", "quantity.low: "),
    ("low = 50", "low = 50, high = 60", "takes low alone"),
    (
        'low = 50, unit = "cameras", wording = "over"',
        'low = 0, unit = "cameras", wording = "exact"',
        "nobody can know",
    ),
    ("low = 50", "high = 50", "takes low alone"),
    ('wording = "over"', 'wording = "up_to"', "takes high alone"),
    ('wording = "over"', 'wording = "hundreds"', "takes low and high"),
    (
        'low = 50, unit = "cameras", wording = "over"',
        'low = 50, high = 20, unit = "cameras", wording = "range"',
        "above 0 and below high",
    ),
    ('kind = "stock"', 'kind = "stocks"', "quantity.kind: "),
    ('unit = "cameras"', 'unit = "camera"', "quantity.unit: "),
    ('kind = "stock"', 'kind = "stock", brand = "Dahua"', "is not among brands"),
    ('valid = "2024-05"\n', "", "needs valid"),
    ('valid = "2024-05"', 'valid = "2025-01"', "lies after said"),
    ("said = 2024-05-01", 'said = "1 May"', "is not a date"),
    ("said = 2024-05-01", 'said = "2024-13"', "is not a date"),
    ("said = 2024-05-01", 'said = "2024/2023"', "ends before it begins"),
    ("said = 2024-05-01", "said = 2024-05-01T10:00:00", "said: "),
    ('scope = "public"\n', "", "scope: it is missing"),
    ('origins = ["outlet"]', "origins = []", "origins: "),
    ('grade = "C3"', 'grade = "C7"', "confidence.grade: "),
    ('grade = "C3"', 'grade = "C3", why = 1', "confidence.why: there is no such field"),
    ('scope = "public"', 'scope = "public"\nbrands = ["Dahuaa"]', "Did you mean Dahua"),
    ('scope = "public"', 'scope = "public"\nsuppliers = ["Dahua"]', "is not in makers.toml"),
    ('scope = "public"', 'scope = "public"\nsopce = "x"', "sopce: there is no such field"),
    ('scope = "public"', 'scope = "public"\ncapability = ["face_recognition"]', "go together"),
    ('scope = "public"', 'scope = "public"\nlevel = "city"', "go together"),
    ('scope = "public"', 'scope = "public"\nwitnesses = 0', "witnesses: "),
    ('scope = "public"', 'scope = "public"\nsupersedes = ["nobody"]', "no claim has the id"),
    ('scope = "public"', 'scope = "public"\ncontradicts = ["own-stock"]', "contradict itself"),
    ('scope = "public"', 'scope = "public"\nmade_up = true', "begins with 'Made-up'"),
    ('scope = "public"', 'scope = "public"\nmade_up = "no"', "made_up: "),
    ('scope = "public"', 'scope = "public"\ncity = "sittwe"', "not that of the file"),
    ('publisher = "An outlet"', 'publisher = "Made-up"', "begins with 'Made-up'"),
    ("low = 50", "low = 50.5", "low must be a whole number of cameras"),
    ('unit = "cameras"', 'unit = "share_of_junctions"', "low is a share"),
    (
        'unit = "cameras", wording = "over", kind = "stock"',
        'unit = "cameras_per_km", wording = "over", kind = "flow"',
        "Give kind 'stock'",
    ),
    (
        'low = 50, unit = "cameras", wording = "over"',
        'low = 20, high = 40, unit = "cameras", wording = "hundreds"',
        "within 100 to 999",
    ),
    ('scope = "public"', 'scope = "public"\narea_km2 = 3', "area_km2 needs area"),
    ('scope = "public"', 'scope = "public"\narea = "x"\narea_km2 = 0', "area_km2: "),
    ('scope = "public"', 'scope = "public"\narea = "x"\narea_km2 = "3"', "area_km2: "),
    ("said = 2024-05-01", "said = 2024-06-01", "lies after the date of the source"),
    ("date = 2024-05-01", 'date = "May 2024"', "source.outlet, date: "),
    ("date = 2024-05-01\n", "", "source.outlet, date: it is missing"),
    ('origins = ["outlet"]', 'origins = ["outlet", "outlet"]', "origins: 'outlet' stands twice"),
    ('origins = ["outlet"]', 'origins = ["Some Outlet"]', "origins.0: "),
    ('origins = ["outlet"]', 'origins = "outlet"', "origins: "),
    ('reason = "One outlet."', 'reason = ""', "confidence.reason: "),
    ('says = "Over 50 cameras stand there."', 'says = ""', "says: "),
    ('scope = "public"', 'scope = "some"', "scope: "),
    ('scope = "public"', 'scope = "public"\nphase = 1', "phase: "),
    ('scope = "public"', 'scope = "public"\nlevel = "region"', "level: "),
    ('scope = "public"', 'scope = "public"\ncapability = ["x_ray"]\nlevel = "city"', "capability"),
    (
        'quantity = { low = 50, unit = "cameras", wording = "over", kind = "stock" }\n',
        "",
        "needs a",
    ),
    ("quantity = {", "quantity = 5 # {", "quantity: "),
    ('kind = "stock" }', 'kind = "stock", extra = 1 }', "quantity.extra: there is no such field"),
    ('source = "outlet"\n', "", "source: it is missing"),
    ('reason = "One outlet." }', 'reason = "x" }\n[[observation]]\nseen = 3', "walked_km: it is"),
    (
        'reason = "One outlet." }',
        'reason = "x" }\n[[observation]]\nwalked_km = 0\nseen = 3',
        "observation 1, walked_km: ",
    ),
    (
        'reason = "One outlet." }',
        'reason = "x" }\n[[observation]]\nwalked_km = 5\nseen = 2.5',
        "observation 1, seen: ",
    ),
    (
        'reason = "One outlet." }',
        'reason = "x" }\n[[observation]]\nwalked_km = 5\nseen = 2\nwhere = "My street 5"',
        "observation 1, where: ",
    ),
    (
        'reason = "One outlet." }',
        'reason = "x" }\n[[observation]]\nwalked_km = 5\nseen = 2\nlat = 16.5',
        "observation 1, lat: there is no such field",
    ),
    (
        'reason = "One outlet." }',
        'reason = "x" }\n[[observation]]\nwalked_km = 5\nseen = 2\nrecall = 2',
        "observation 1, recall: ",
    ),
]


def test_there_are_enough_broken_files():
    assert len(BROKEN) >= 60


@pytest.mark.parametrize(("old", "new", "part"), BROKEN)
def test_each_problem_is_reported_with_its_place(home, old, new, part):
    text = HEAD + GOOD
    assert old in text
    write(home, text.replace(old, new, 1))
    with pytest.raises(InputDataError) as caught:
        load_claims("dawei")
    message = str(caught.value)
    assert part in message
    assert "evidence/dawei.toml (your own)" in message or "own-stock" in message
    assert str(home) not in message


def test_all_problems_of_a_file_come_at_once(home):
    second = GOOD.replace("own-stock", "own-two").replace("low = 50", "low = -5")
    third = GOOD.replace("own-stock", "own-three").replace('"C3"', '"Z"').replace("over", "ober")
    doubled = GOOD
    path = write(home, HEAD.replace('"An outlet"', "1") + GOOD + second + third + doubled)
    with pytest.raises(InputDataError) as caught:
        load_claims("dawei")
    message = str(caught.value)
    lines = path.read_text().splitlines()
    starts = [n for n, line in enumerate(lines, start=1) if line == "[[claim]]"]
    for part in [
        "5 problems",
        "source.outlet, publisher",
        f"line {starts[1]}, claim 2 ('own-two'), quantity.low",
        f"line {starts[2]}, claim 3 ('own-three'), quantity.wording",
        "claim 3 ('own-three'), confidence.grade",
        "claim 4 ('own-stock'), id: it stands twice",
    ]:
        assert part in message


def test_a_heading_inside_a_text_costs_the_line_number_only(home):
    text = GOOD.replace('"Over 50 cameras stand there."', '"""\n[[claim]]\n"""')
    write(home, HEAD + text.replace('"C3"', '"Z"'))
    with pytest.raises(InputDataError, match=r"\(your own\), claim 1 \('own-stock'\), conf"):
        load_claims("dawei")


@pytest.mark.parametrize("text", ["claim = 3", "claim = [3]", "[claim]", "source = 3"])
def test_other_shapes_are_refused(home, text):
    head = HEAD if "source" not in text else HEAD.split("[source", maxsplit=1)[0]
    write(home, text + "\n" + head if "[claim]" not in text else head + text)
    with pytest.raises(InputDataError, match="your own"):
        load_claims("dawei")


def test_a_circle_of_claims_is_refused(home):
    first = GOOD + 'supersedes = ["own-two"]\n'
    second = GOOD.replace("own-stock", "own-two") + 'supersedes = ["own-stock"]\n'
    write(home, HEAD + first + second)
    with pytest.raises(InputDataError, match="comes back to itself"):
        load_claims("dawei")


def test_what_was_counted_is_kept_with_the_evidence(home):
    assert load_observations("dawei") == ()
    row = '\n[[observation]]\nwalked_km = 5\nseen = 3\nwhere = "core"\ndate = 2026-11-01\n'
    write(home, HEAD + GOOD + row)
    (found,) = load_observations("dawei")
    assert (found.walked_km, found.seen, found.date) == (5, 3, dt.date(2026, 11, 1))
    assert "own-stock" in {claim.id for claim in load_claims("dawei")}


def test_one_file_can_be_checked_alone(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + GOOD, encoding="utf-8")
    (claim,) = read_claims(path)
    assert claim.source.id == "outlet"
    assert claim.quantity.bounds == (51, float("inf"))
    path.write_text(HEAD + GOOD.replace("C3", "Z9"), encoding="utf-8")
    with pytest.raises(InputDataError, match=r"mine\.toml, line 9, claim 1"):
        read_claims(path)
    with pytest.raises(InputDataError, match="There is no file"):
        read_claims(tmp_path / "none.toml")


def test_an_own_claim_may_disagree_with_a_national_one(home):
    write(home, HEAD + GOOD + 'contradicts = ["national-reuters-programme"]\n')
    assert "own-stock" in {claim.id for claim in load_claims("dawei")}


def test_only_what_had_been_said_is_known():
    claims = (
        make("day"),
        make("year", said="2022"),
        make("between", said="2022-04-14/2024-04-14"),
        make("never", said="unknown"),
    )
    assert [c.id for c in known_by(claims, dt.date(2022, 7, 10))] == ["never"]
    assert [c.id for c in known_by(claims, dt.date(2022, 7, 11))] == ["day", "never"]
    assert [c.id for c in known_by(claims, dt.date(2023, 1, 1))] == ["day", "never", "year"]
    assert len(known_by(claims, dt.date(2024, 4, 14))) == 4


def test_a_superseded_claim_no_longer_stands():
    claims = (make("old"), make("new", supersedes=["old"]), make("other"))
    assert [c.id for c in not_superseded(claims)] == ["new", "other"]
    # The later claim is not known yet: the earlier one still stands.
    assert [c.id for c in not_superseded([claims[0]])] == ["old"]


def test_contradictions_are_pairs_among_what_is_given():
    claims = (make("b", contradicts=["a", "c"]), make("a"), make("c", contradicts=["b"]))
    assert contradictions(claims) == (("a", "b"), ("b", "c"))
    assert contradictions(claims[:1]) == ()


def test_capability_levels():
    face = {"capability": ["face_recognition"]}
    city = make("a", level="city", **face)
    announced = make("b", level="city", **face | {"status": "planned"})
    programme = make("c", level="programme", **face)
    denied = make("d", level="denied", topic="statement", status=None, **face)
    assert capability_level([])["face"] == "none"
    assert capability_level([denied])["face"] == "denied"
    assert capability_level([denied, programme])["face"] == "programme"
    assert capability_level([announced])["face"] == "programme"
    assert capability_level([denied, programme, city])["face"] == "city"
    assert capability_level([city])["plate"] == "none"
    assert capability_level([city], as_of=dt.date(2022, 1, 1))["face"] == "none"


def test_the_hash_depends_on_content_and_not_on_order():
    claims = load_claims("yangon")
    assert evidence_sha256(claims) == evidence_sha256(tuple(reversed(claims)))
    assert evidence_sha256(claims) != evidence_sha256(claims[1:])
    changed = claims[0].model_copy(update={"says": "Something else."})
    assert evidence_sha256(claims) != evidence_sha256((changed, *claims[1:]))


def test_a_folder_of_evidence_stands_in_the_place_of_the_users_own(home, tmp_path):
    write(home, HEAD + GOOD)
    folder = tmp_path / "other"
    folder.mkdir()
    built_in = {claim.id for claim in load_claims("dawei", folder)}
    assert {c.id for c in load_claims("dawei")} - built_in == {"own-stock"}
    (folder / "dawei.toml").write_text(
        HEAD + GOOD.replace("own-stock", "theirs") + OBSERVED, encoding="utf-8"
    )
    assert {c.id for c in load_claims("dawei", folder)} - built_in == {"theirs"}
    assert load_observations("dawei") == ()
    assert [o.seen for o in load_observations("dawei", folder)] == [3]


OBSERVED = """
[[observation]]
walked_km = 5.0
seen = 3
"""


# --- claims about the country ------------------------------------------------------------------

COUNTRY_HEAD = HEAD.replace('city = "dawei"', 'city = "national"\ncities = ["dawei", "myeik"]')
ABOUT_ALL = GOOD.replace("own-stock", "own-national")


def write_national(home: Path, text: str) -> None:
    folder = home / "evidence"
    folder.mkdir(exist_ok=True)
    (folder / "national.toml").write_text(text, encoding="utf-8")


def ids_of(city: str) -> set[str]:
    return {claim.id for claim in load_claims(city)}


@pytest.mark.parametrize(
    ("covers", "reached"),
    [
        ("", {"dawei", "myeik", "sittwe"}),
        ('covers = ["country"]\n', {"dawei", "myeik", "sittwe"}),
        ('covers = ["none"]\n', set()),
        ('covers = ["myeik"]\n', {"myeik"}),
        ('covers = ["sittwe", "dawei"]\n', {"dawei", "sittwe"}),
    ],
)
def test_a_users_own_claim_about_the_country_reaches_what_it_covers(home, covers, reached):
    write_national(home, COUNTRY_HEAD + ABOUT_ALL + covers)
    cities = ("dawei", "myeik", "sittwe", "helsinki-centre")
    assert {city for city in cities if "own-national" in ids_of(city)} == reached
    assert "own-national" in ids_of(NATIONAL)
    assert all("own-national" not in {c.id for c in load_file_claims(city)} for city in cities)


def test_what_covers_a_city_is_part_of_the_hash_and_what_does_not_is_not(home):
    before = {city: evidence_sha256(load_claims(city)) for city in ("dawei", "sittwe")}
    write_national(home, COUNTRY_HEAD + ABOUT_ALL + 'covers = ["dawei"]\n')
    after = {city: evidence_sha256(load_claims(city)) for city in ("dawei", "sittwe")}
    assert after["dawei"] != before["dawei"]
    assert after["sittwe"] == before["sittwe"]


def test_claims_about_the_country_and_of_other_scopes_set_no_count(home):
    write_national(home, COUNTRY_HEAD + ABOUT_ALL)
    shops = GOOD.replace('scope = "public"', 'scope = "compelled_private"')
    gates = GOOD.replace("own-stock", "own-gates").replace('scope = "public"', 'scope = "register"')
    write(home, HEAD + shops + gates)
    left_out = set(ids_of("dawei")) - {c.id for c in of_reported_system(load_claims("dawei"))}
    assert {"own-national", "own-stock", "own-gates"} <= left_out
    kept = of_reported_system(load_claims("dawei"))
    assert {claim.city for claim in kept} == {"dawei"}


def test_a_claim_of_a_city_is_about_that_city_alone():
    claims = {claim.id: claim for claim in load_claims("dawei")}
    assert covered_cities(claims["dawei-reuters-flow"], ["x"]) == {"dawei"}
    assert covered_cities(claims["national-hrw-threats"], ["x", "y"]) == {"x", "y"}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (COUNTRY_HEAD + ABOUT_ALL + 'covers = ["dawai"]\n', "Did you mean dawei"),
        (COUNTRY_HEAD + ABOUT_ALL + 'covers = ["country", "dawei"]\n', "is given alone"),
        (COUNTRY_HEAD + ABOUT_ALL + 'covers = ["dawei", "dawei"]\n', "stands twice"),
        (COUNTRY_HEAD.replace('["dawei", "myeik"]', '"dawei"') + ABOUT_ALL, "cities: "),
        (COUNTRY_HEAD + ABOUT_ALL + 'covers = "dawei"\n', "covers: "),
    ],
)
def test_each_problem_of_what_is_covered_is_reported(home, text, part):
    write_national(home, text)
    with pytest.raises(InputDataError) as caught:
        load_claims("sittwe")
    assert part in str(caught.value)


def test_only_a_claim_about_the_country_covers_cities(home):
    write(home, HEAD + GOOD + 'covers = ["sittwe"]\n')
    with pytest.raises(InputDataError, match="only a claim about the country"):
        load_claims("dawei")
    write(home, HEAD.replace('city = "dawei"', 'city = "dawei"\ncities = ["dawei"]') + GOOD)
    with pytest.raises(InputDataError, match="only the file of national has it"):
        load_claims("dawei")


def test_checkpoints_and_shops_give_a_city_no_capability():
    face = {"capability": ["face_recognition"], "level": "city"}
    for scope in ("register", "compelled_private"):
        assert capability_level([make("a", scope=scope, **face)])["face"] == "none"


def test_a_claim_about_the_country_gives_a_capability_but_denies_none():
    face = {"capability": ["face_recognition"], "city": NATIONAL}
    denied = make("a", level="denied", topic="statement", status=None, **face)
    assert capability_level([denied])["face"] == "none"
    assert capability_level([denied, make("b", level="programme", **face)])["face"] == "programme"


def test_an_order_to_owners_is_known_from_its_date_on():
    claims = (make("a", scope="compelled_private", status="ordered", said="2022-07-11"),)
    assert private_cameras_ordered(claims, dt.date(2022, 7, 11))
    assert not private_cameras_ordered(claims, dt.date(2022, 7, 10))
    assert not private_cameras_ordered([make("b")], dt.date(2026, 1, 1))


def test_reports_were_read_until_the_later_day_of_the_two_national_files(tmp_path):
    built_in = read_until(tmp_path)
    assert built_in == dt.date(2026, 11, 29)
    head = 'format = "camera-exposure.evidence/1"\ncity = "national"\n'
    file = tmp_path / "national.toml"
    for day, expected in (("2027-03-01", dt.date(2027, 3, 1)), ("2020-01-01", built_in)):
        file.write_text(f"{head}read_until = {day}\n", encoding="utf-8")
        assert read_until(tmp_path) == expected
    file.write_text(f'{head}read_until = "soon"\n', encoding="utf-8")
    with pytest.raises(InputDataError, match="read_until"):
        read_until(tmp_path)


def test_built_in_claims_are_read_without_the_users_own(home):
    own = home / "evidence"
    own.mkdir(parents=True, exist_ok=True)
    text = (store.builtin_dir() / "evidence" / "hpa-an.toml").read_text(encoding="utf-8")
    (own / "hpa-an.toml").write_text(
        text.replace("hpa-an-reuters", "hpa-an-mine"), encoding="utf-8"
    )
    assert {c.id for c in built_in_claims("hpa-an")} == {"hpa-an-reuters-talks"}
    assert {"hpa-an-reuters-talks", "hpa-an-mine-talks"} <= ids_of("hpa-an")
    assert built_in_claims("nowhere") == ()
