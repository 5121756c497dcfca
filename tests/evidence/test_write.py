from __future__ import annotations

import datetime as dt

import pytest

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.evidence.load import load_claims, load_observations
from toolkit.evidence.observations import Observation
from toolkit.evidence.write import add_claims, add_observation, own_file


def test_a_new_claim_is_added_and_found(make_claim):
    claim = make_claim("own-one", low=400, wording="about")
    assert add_claims("dawei", [claim]) == (claim,)
    assert claim in load_claims("dawei")
    before = own_file("dawei").read_bytes()
    # Known word for word: nothing is written again.
    assert add_claims("dawei", [claim]) == ()
    assert own_file("dawei").read_bytes() == before


def test_what_is_in_the_file_stays_as_it_is(home, make_claim):
    add_claims("dawei", [make_claim("own-one")])
    path = own_file("dawei")
    path.write_text("# mine\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    add_claims("dawei", [make_claim("own-two")])
    add_observation("dawei", Observation(walked_km=5, seen=3, date=dt.date(2026, 11, 1)))
    after = path.read_text(encoding="utf-8")
    assert after.startswith(before)
    assert after.count("[source.x]") == 1
    assert {"own-one", "own-two"} <= {c.id for c in load_claims("dawei")}
    assert load_observations("dawei") == (
        Observation(walked_km=5, seen=3, date=dt.date(2026, 11, 1)),
    )
    assert [p.name for p in home.glob("evidence/*")] == ["dawei.toml"]


@pytest.mark.parametrize(
    "text",
    [
        '"quote" \\ back',
        "[[claim]]\nid = 1",
        "\x00\x1b\x7f\u202e\u2028",
        "မော်လမြိုင်",
        "\U0001f4f7'''",
    ],
)
def test_any_text_comes_back(make_claim, text):
    claim = make_claim("own-one", low=3, says=text, note=text, via=[text])
    add_claims("dawei", [claim])
    assert claim in load_claims("dawei")


def test_every_field_comes_back(make_claim):
    claim = make_claim(
        "own-one",
        low=0.25,
        high=0.5,
        wording="range",
        unit="cameras_per_km",
        brand="Dahua",
        area="the old town",
        area_km2=2.5,
        capability=["ptz"],
        level="city",
        suppliers=["Fisca"],
        witnesses=2,
        contradicts=["dawei-reuters-flow"],
        said_note="x",
        phase="y",
        model="z",
    )
    add_claims("dawei", [claim])
    assert claim in load_claims("dawei")


def test_a_built_in_claim_can_be_replaced(make_claim):
    claim = make_claim("dawei-watch-2015-stock", low=50)
    add_claims("dawei", [claim])
    assert claim in load_claims("dawei")


def test_problems_come_at_once_and_nothing_is_written(make_claim):
    add_claims("dawei", [make_claim("own-one")])
    before = own_file("dawei").read_bytes()
    source = {"id": "x", "publisher": "Another", "title": "X", "date": "2022-07-11"}
    with pytest.raises(InputDataError) as caught:
        add_claims(
            "dawei",
            [
                make_claim("own-one", says="Otherwise."),
                make_claim("own-two", city="sittwe"),
                make_claim("own-three", source=source),
            ],
        )
    for part in ("3 problems", "of that id", "it is about sittwe", "source 'x' has another"):
        assert part in str(caught.value)
    with pytest.raises(InputDataError, match="no claim has the id 'nobody'"):
        add_claims("dawei", [make_claim("own-four", contradicts=["nobody"])])
    assert own_file("dawei").read_bytes() == before


def test_a_broken_file_is_not_added_to(make_claim):
    store.write_text(own_file("dawei"), "claim = 3")
    for add in (
        lambda: add_claims("dawei", [make_claim("own-one")]),
        lambda: add_observation("dawei", Observation(walked_km=1, seen=0)),
    ):
        with pytest.raises(InputDataError, match="your own"):
            add()
    assert own_file("dawei").read_text(encoding="utf-8") == "claim = 3"
