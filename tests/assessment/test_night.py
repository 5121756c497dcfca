"""Figures at night: the same cameras at the same places, seen by their own light."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from toolkit import cli
from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.assessment.question import Question
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import NESTED_TIERS, TIERS
from toolkit.output.report import tables

AS_OF = dt.date(2026, 11, 23)
CITIES = ("mawlamyine", "helsinki-centre")


def question(city):
    return Question(city, AS_OF, n_draws=60, night=True)


@pytest.fixture(scope="module", params=CITIES)
def found(request):
    return assess(question(request.param))


@pytest.fixture(scope="module")
def day(found):
    return assess(replace(question(found.city.id), night=False))


def test_it_is_the_answer_of_a_set_for_the_night(found):
    dark = load_assumptions(changes={"optics.night": 1.0})
    alone = assess(replace(question(found.city.id), assumptions=dark, night=False))
    for tier in TIERS:
        night, other = found.tiers[tier].night, alone.tiers[tier]
        assert night.ring_m == other.ring_m
        assert night.cameras_able == other.cameras_able
        for end in ("low", "mid", "high"):
            wanted = pytest.approx(getattr(other.length_km, end), rel=1e-5)
            assert getattr(night.length_km, end) == wanted
        if found.basis == "streets":
            share = night.share_of_length
            assert share.expected.mid == pytest.approx(other.share_of_length.expected.mid, rel=1e-5)
            assert share.realised.mid == pytest.approx(other.share_of_length.realised.mid, rel=1e-5)
        else:
            assert not night.share_of_length.expected.known


def test_the_day_is_as_without_it_and_the_night_never_more(found, day):
    for tier in TIERS:
        part = found.tiers[tier]
        assert part.model_copy(update={"night": None}) == day.tiers[tier]
        for end in ("low", "mid", "high"):
            assert getattr(part.night.length_km, end) <= getattr(part.length_km, end)
        assert part.night.ring_m.empty_share.mid >= part.ring_m.empty_share.mid
    assert found.tiers["seen"].night.length_km.mid < 0.9 * day.tiers["seen"].length_km.mid
    for narrow, wide in NESTED_TIERS:
        one, other = found.tiers[narrow].night.length_km, found.tiers[wide].night.length_km
        assert one.high <= other.high


def test_the_json_has_it_only_where_it_was_asked_for(found, day):
    data = json.loads(found.to_json())
    assert all("night" in part for part in data["tiers"].values())
    assert Assessment.from_json(found.to_json()).to_json() == found.to_json()
    assert '"night"' not in day.to_json()
    assert question("dawei").fingerprint() != replace(question("dawei"), night=False).fingerprint()


def test_the_table_of_figures_has_three_more_rows(found, day):
    rows = tables.figures_table(found, "en").rows
    assert len(rows) == len(tables.figures_table(day, "en").rows) + 3
    assert [head for head, _ in rows if "night" in head]


@pytest.mark.parametrize("found", ["helsinki-centre"], indirect=True)
def test_a_sample_of_points_is_enough(found):
    some = assess(replace(question("helsinki-centre"), sample_points=3000))
    one, other = (a.tiers["seen"].night.share_of_length.realised for a in (found, some))
    assert other.mid == pytest.approx(one.mid, rel=0.15)


def test_the_command_prints_it(capsys):
    assert cli.main(["assess", "dawei", "--as-of", "2026-11-23", "--night"]) == 0
    assert capsys.readouterr().out.count("at night: ") == len(TIERS)
