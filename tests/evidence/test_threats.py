from __future__ import annotations

import pytest
from banned_words import banned_words

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.evidence.load import load_claims
from toolkit.evidence.threats import load_threats, threats_for
from toolkit.streets.cities import load_cities

FIVE = ["tracking", "linking", "places", "vehicles", "live_watching"]


def test_the_five_threats_of_the_report_are_there_in_both_languages():
    found = load_threats()
    assert [threat.id for threat in found] == FIVE
    for threat in found:
        for names in (threat.name, threat.says):
            english, burmese = names.in_all_languages()
            assert english != burmese
            assert not banned_words(f"{english} {burmese}")


def test_what_answers_each():
    answered = {threat.id: threat.answered_by for threat in load_threats()}
    assert answered == dict.fromkeys(FIVE) | {"vehicles": "plate"}
    asked_on = {threat.id: threat.asked_on for threat in load_threats()}
    assert asked_on == dict.fromkeys(FIVE) | {
        "tracking": "route",
        "linking": "link",
        "places": "place",
        "vehicles": "vehicles",
    }


def test_each_city_of_the_reports_has_all_five_and_the_demonstration_none():
    for city in load_cities():
        found = [t.id for t in threats_for(load_threats(), load_claims(city.id))]
        assert found == ([] if city.demonstration else FIVE), city.id


def test_one_claim_is_enough():
    claims = [c for c in load_claims("naypyidaw") if c.id == "naypyidaw-reuters-control-rooms"]
    assert [t.id for t in threats_for(load_threats(), claims)] == ["live_watching"]
    assert threats_for(load_threats(), []) == ()


def test_a_users_own_row_replaces_one_of_the_same_id_and_others_are_added(home):
    text = (store.builtin_dir() / "threats.toml").read_text(encoding="utf-8")
    own = text.replace('id = "linking"', 'id = "links"').replace(
        'en = "Live watching"', 'en = "Being watched now"'
    )
    (home / "threats.toml").write_text(own, encoding="utf-8")
    found = {threat.id: threat for threat in load_threats()}
    assert list(found) == [*FIVE, "links"]
    assert found["live_watching"].name.en == "Being watched now"


BROKEN = [
    ('format = "camera-exposure.threats/1"', 'format = "x"', "format: "),
    ('id = "linking"', 'id = "tracking"', "there are two of it"),
    ('id = "linking"', 'id = "Linking people"', "id: "),
    ('answered_by = "plate"', 'answered_by = "plates"', "answered_by: "),
    ('claims = ["national-hrw-threats"]', "claims = []", "claims: "),
    ('name = { en = "Linking people", ', "name = { ", "name"),
    ('licence = "CC0', 'licenze = "CC0', "'licenze' is not known here"),
]


@pytest.mark.parametrize(("old", "new", "part"), BROKEN)
def test_a_broken_list_is_reported_with_its_place(home, old, new, part):
    text = (store.builtin_dir() / "threats.toml").read_text(encoding="utf-8")
    assert old in text
    (home / "threats.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputDataError) as caught:
        load_threats()
    assert part in str(caught.value)
    assert str(home) not in str(caught.value)
