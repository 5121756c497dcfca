"""What is asked, what is read for it, and the name of its answer."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil

import pytest

from toolkit.assessment.question import Question, city_or_pack
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError, PackError
from toolkit.evidence.observations import Observation
from toolkit.streets.cities import find_city

QUESTION = Question("dawei", dt.date(2026, 11, 23))


@pytest.fixture
def other_pack(home):
    """Install the built-in streets under the name of no known city, and return that name."""
    folder = home / "packs" / "harbour-town"
    shutil.copytree(store.builtin_dir() / "packs" / "helsinki-centre", folder)
    manifest = folder / "manifest.json"
    text = manifest.read_text(encoding="utf-8").replace("helsinki-centre", "harbour-town")
    manifest.write_text(text, encoding="utf-8")
    return "harbour-town"


def test_a_city_is_known_by_any_name_and_read_with_its_streets():
    loaded = dataclasses.replace(QUESTION, city="Moulmein").load()
    assert (loaded.city.id, loaded.pack, loaded.manifest) == ("mawlamyine", None, None)
    assert {claim.city for claim in loaded.claims} == {"mawlamyine"}
    with pytest.raises(NotFoundError, match="No streets are installed"):
        loaded.streets()
    pack, mapped = dataclasses.replace(QUESTION, city="helsinki-centre").load().streets()
    assert pack.manifest.id == "helsinki-centre"
    assert len(mapped) == 215


def test_a_name_or_a_set_that_says_the_same_is_the_same_question():
    first = QUESTION.fingerprint()
    assert dataclasses.replace(QUESTION, city="Tavoy").fingerprint() == first
    assert dataclasses.replace(QUESTION, assumptions=load_assumptions()).fingerprint() == first
    assert len(first) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"city": "sittwe"},
        {"as_of": dt.date(2026, 11, 24)},
        {"assumptions": load_assumptions("cautious")},
        {"assumptions": load_assumptions("central", {"optics.height_m": 6.0})},
        {"status": "planned"},
        {"scope": "all"},
        {"count": (40, 90)},
        {"profile": "plate_gates"},
        {"seed": 1},
        {"n_draws": 100},
        {"sample_points": 2000},
        {"observations": (Observation(walked_km=5, seen=3),)},
        {"pack": "helsinki-centre"},
    ],
    ids=str,
)
def test_each_setting_makes_another_question(change):
    assert dataclasses.replace(QUESTION, **change).fingerprint() != QUESTION.fingerprint()


def test_a_file_of_the_user_makes_another_question_and_going_back_the_same(home):
    first = QUESTION.fingerprint()
    other = QUESTION.part("scene")
    own = home / "brands.toml"
    shutil.copy(store.builtin_dir() / "brands.toml", own)
    assert QUESTION.fingerprint() != first
    assert QUESTION.part("scene") == other
    own.unlink()
    assert QUESTION.fingerprint() == first


def test_a_damaged_file_is_a_sentence_also_where_only_the_name_is_asked(home):
    (home / "evidence").mkdir()
    (home / "evidence" / "dawei.toml").write_text("x = [", encoding="utf-8")
    for ask in (QUESTION.fingerprint, QUESTION.load):
        with pytest.raises(InputDataError, match=r"dawei\.toml \(your own\)"):
            ask()


def test_an_unknown_profile_is_refused_with_the_known_ones():
    with pytest.raises(NotFoundError, match="police_neighbourhood"):
        dataclasses.replace(QUESTION, profile="gangsters").load()


def test_an_installed_pack_that_is_no_known_citys_stands_for_itself(other_pack):
    found = city_or_pack(other_pack)
    assert found.pack == found.id == other_pack
    assert (found.lat, found.lon) == pytest.approx((60.17, 24.94), abs=0.01)
    assert city_or_pack("helsinki-centre") == find_city("helsinki-centre")


def test_a_damaged_pack_is_named_with_what_is_wrong(other_pack, home):
    (home / "packs" / other_pack / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(PackError, match=r"'harbour-town' cannot be used: .*manifest"):
        city_or_pack(other_pack)
