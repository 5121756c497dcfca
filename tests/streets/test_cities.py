from __future__ import annotations

import importlib.util
import unicodedata
from pathlib import Path

import pytest

from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.streets.cities import find_city, folded, load_cities

ROOT = Path(__file__).resolve().parents[2]
TEN = [
    "mawlamyine",
    "taunggyi",
    "dawei",
    "myitkyina",
    "hpa-an",
    "naypyidaw",
    "yangon",
    "mandalay",
    "bagan",
    "sittwe",
]


def write_cities(home: Path, text: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "cities.toml").write_text(text, encoding="utf-8")


HEAD = 'format = "camera-exposure.cities/1"\n'
OWN = """
[[city]]
id = "{id}"
name = {{ en = "{en}", my = "{my}" }}
lat = 12.5
lon = 98.6
admin = "a town"
"""


def test_the_eleven_cities_and_only_one_is_a_demonstration():
    cities = load_cities()
    assert [c.id for c in cities] == [*TEN, "helsinki-centre"]
    assert [c.id for c in cities if c.demonstration] == ["helsinki-centre"]
    assert [c.pack for c in cities if c.pack] == ["helsinki-centre"]


def test_each_of_the_ten_lies_in_the_country_and_says_who_counted():
    for city in load_cities():
        if city.demonstration:
            assert city.population is None
            continue
        assert 9 < city.lat < 29
        assert 92 < city.lon < 102
        assert city.population
        assert city.population_source.startswith("GeoNames")
        assert any("MYANMAR" in unicodedata.name(sign) for sign in city.name.in_language("my"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Moulmein", "mawlamyine"),
        ("MOULMEINE", "mawlamyine"),
        ("မော်လမြိုင်", "mawlamyine"),
        ("rangoon", "yangon"),
        ("Tavoy", "dawei"),
        ("Akyab", "sittwe"),
        ("Pagan", "bagan"),
        ("nyaung u", "bagan"),
        ("ညောင်ဦး", "bagan"),
        ("Nay Pyi Taw", "naypyidaw"),
        ("nay-pyi-taw", "naypyidaw"),
        ("Pa-an", "hpa-an"),
        ("  Hpa An ", "hpa-an"),
        ("HPAAN", "hpa-an"),
        ("ဟယ်လ်ဆင်ကီ မြို့လယ်", "helsinki-centre"),
        ("Helsinki centre", "helsinki-centre"),
    ],
)
def test_a_city_is_found_by_any_of_its_names(text, expected):
    assert find_city(text).id == expected


def test_every_spelling_leads_home_also_decomposed():
    for city in load_cities():
        for name in city.spellings:
            assert find_city(unicodedata.normalize("NFD", name).upper()) == city


def test_burmese_marks_are_kept_and_joiners_are_not():
    assert folded("ပုဂံ") != folded("ပဂ")
    assert folded("ပု\u200bဂံ") == folded("ပုဂံ")


@pytest.mark.parametrize("text", ["Mawlamyinegyunn", "mawlamyine gyunn", "Mawlamyinegyunnn"])
def test_the_other_town_is_not_the_city(text):
    with pytest.raises(NotFoundError, match=r"another town, in the Ayeyarwady delta"):
        find_city(text)


def test_hpapun_is_not_hpa_an():
    with pytest.raises(NotFoundError, match="another town, about 130 km north"):
        find_city("Hpapun")


def test_near_names_are_named():
    with pytest.raises(NotFoundError, match=r"Did you mean mandalay\?"):
        find_city("Mandaly")


@pytest.mark.parametrize("text", ["", "!!!", "qqqqqqq", "\u202egnoy\x00"])
def test_a_hopeless_name_lists_what_there_is(text):
    with pytest.raises(NotFoundError, match="Known are: mawlamyine, "):
        find_city(text)


def test_own_cities_are_added_and_replace(home):
    text = (
        HEAD
        + OWN.format(id="myeik", en="Myeik", my="မြိတ်")
        + OWN.format(id="sittwe", en="Sittwe", my="စစ်တွေ")
    )
    write_cities(home, text)
    cities = {c.id: c for c in load_cities()}
    assert len(cities) == 12
    assert find_city("မြိတ်").id == "myeik"
    assert cities["sittwe"].lat == 12.5
    with pytest.raises(NotFoundError):
        find_city("Akyab")


def test_hostile_names_stay_text(home):
    evil = "<img src=x onerror=alert(1)> | =cmd() {{7*7}}"
    write_cities(home, HEAD + OWN.format(id="evil", en=evil, my="'; DROP TABLE"))
    assert find_city(evil).name.en == evil


def test_all_problems_of_a_file_come_at_once_with_their_place(home):
    text = (
        HEAD
        + OWN.format(id="Not An Id", en="A", my="က")
        + OWN.format(id="b", en="B", my="ခ").replace("12.5", "120.5").replace("98.6", "true")
        + OWN.format(id="c", en="Rangoon", my="ဂ")
        + OWN.format(id="d", en="...", my="ဃ")
        + OWN.format(id="e", en="E", my="င").replace("admin", "amdin")
        + OWN.format(id="f", en="F", my="စ")
        + "population = 5\n"
        + OWN.format(id="f", en="F2", my="ဆ")
    )
    write_cities(home, text)
    with pytest.raises(InputDataError) as caught:
        load_cities()
    message = str(caught.value)
    for part in [
        "cities.toml (your own), line 3, city 1 ('Not An Id'), id:",
        "city 2 ('b'), lat:",
        "city 2 ('b'), lon:",
        "the name 'rangoon' already means yangon",
        "city 4 ('d'): the name '...' has no letter or digit",
        "city 5 ('e'), admin: it is missing",
        "city 5 ('e'), amdin: there is no such field. Did you mean admin?",
        "city 6 ('f'): population needs population_source",
    ]:
        assert part in message
    assert str(home) not in message


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("format = ", "is not TOML"),
        ('format = "other/9"\n', "format: "),
        (HEAD + "city = 3\n", r"as a table of its own, \[\[city\]\]"),
        (HEAD + "citty = 3\n", "Did you mean city"),
        ("x = " + "[" * 100_000, "nests its values far too deep|is not TOML"),
    ],
)
def test_files_that_are_no_list_of_cities(home, text, part):
    write_cities(home, text)
    with pytest.raises(InputDataError, match=part):
        load_cities()


def test_text_that_is_not_utf8(home):
    (home / "cities.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputDataError, match="UTF-8"):
        load_cities()


def test_the_document_of_the_cities_is_up_to_date():
    spec = importlib.util.spec_from_file_location(
        "write_cities_doc", ROOT / "scripts" / "write_cities_doc.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = (ROOT / "docs" / "generated" / "cities.md").read_text(encoding="utf-8")
    assert text == module.document(), "run: python scripts/write_cities_doc.py"
    for city in load_cities():
        assert f"## {city.name.en} ({city.name.in_language('my')})" in text


def test_each_built_in_city_names_its_country():
    abroad = {city.id for city in load_cities() if city.country != "MM"}
    assert abroad == {"helsinki-centre"}
    assert next(c for c in load_cities() if c.id in abroad).country == "FI"


def test_builtin_cities_are_read_from_the_package():
    assert (store.builtin_dir() / "cities.toml").is_file()
