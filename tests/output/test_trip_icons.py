from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import elements

from toolkit.base.quantity import Quantity
from toolkit.base.terms import LANGUAGES, MODES
from toolkit.output import trip_icons
from toolkit.output.trip_icons import TenTrips, ten_trips


def share(low: float, mid: float, high: float) -> Quantity:
    return Quantity.of(low, mid, high, "probability")


@pytest.mark.parametrize(
    ("given_share", "wanted"),
    [
        ((0.02, 0.42, 0.94), (0, 4, 10)),
        ((0.3, 0.3, 0.3), (3, 3, 3)),  # three tenths are a hair more than 0.3 in binary
        ((0.0, 0.0, 0.0), (0, 0, 0)),
        ((1.0, 1.0, 1.0), (10, 10, 10)),
        ((0.0, 0.001, 0.02), (0, 0, 1)),
        ((0.91, 0.96, 0.99), (9, 10, 10)),
    ],
)
def test_ends_are_rounded_outwards(given_share: tuple, wanted: tuple) -> None:
    assert ten_trips(share(*given_share)) == TenTrips(*wanted)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted))
def test_the_row_never_narrows_a_range(ends: list[float]) -> None:
    low, mid, high = ends
    found = ten_trips(share(low, mid, high))
    assert found is not None
    assert 0 <= found.low <= found.mid <= found.high <= trip_icons.N_ICONS
    assert found.low <= low * 10 + 1e-6
    assert found.high >= high * 10 - 1e-6
    kinds = found.kinds
    assert len(kinds) == trip_icons.N_ICONS
    assert kinds.count("low") == found.low
    assert [k for k, _ in itertools.groupby(kinds)] == [
        k for k in ("low", "mid", "high", "none") if k in kinds
    ]


def test_what_is_not_known_has_no_row() -> None:
    assert ten_trips(Quantity.unknown("probability", "why")) is None


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("mode", MODES)
def test_the_row_says_in_words_what_it_shows(lang: str, mode: str) -> None:
    trips = TenTrips(2, 4, 9)
    drawn = trip_icons.row(trips, mode, lang)
    (svg, *_) = elements(drawn)
    assert svg.attributes["aria-label"] == trip_icons.caption(trips, lang)
    groups = [e.attributes for e in elements(drawn) if e.tag == "g"]
    assert len(groups) == trip_icons.N_ICONS
    assert len({(g["fill"], g.get("stroke"), g.get("stroke-dasharray")) for g in groups}) == 4
    for number in ("2", "4", "9"):
        assert number in trip_icons.caption(trips, lang)


def test_without_a_range_none_is_said() -> None:
    assert trip_icons.caption(TenTrips(3, 3, 3), "en") == "Of ten such trips 3 pass at least one."


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("mid", range(trip_icons.N_ICONS + 1))
def test_no_row_says_that_none_pass(lang: str, mid: int) -> None:
    for low, high in itertools.product(range(mid + 1), range(mid, trip_icons.N_ICONS + 1)):
        said = trip_icons.caption(TenTrips(low, mid, high), lang)
        assert not re.search(r"(?<![0-9])0(?![0-9])", said)


def test_a_middle_of_none_is_fewer_than_one() -> None:
    for trips in (TenTrips(0, 0, 1), TenTrips(0, 0, 0)):
        said = trip_icons.caption(trips, "en")
        assert said == "Of ten such trips fewer than 1 passes at least one (up to 1)."
    assert trip_icons.caption(TenTrips(0, 4, 10), "en") == (
        "Of ten such trips about 4 pass at least one (under 1 to 10)."
    )
