"""Cells of expected sites: what adds up, and what must never come out."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from toolkit.assessment import expected_sites
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.question import Question
from toolkit.base.errors import NotFoundError
from toolkit.language import words
from toolkit.streets.pack import open_pack

AS_OF = dt.date(2026, 11, 23)


def made(city="helsinki-centre", *, n_draws=40, **more):
    inputs = make_inputs(Question(city, AS_OF, n_draws=n_draws, **more).load())
    return inputs, expected_sites.predict(inputs)


@pytest.fixture(scope="module")
def cells():
    return made(count=(200.0, 200.0))


def test_cells_hold_all_streets_and_all_sites(cells):
    inputs, (frame, _) = cells
    street_km = open_pack("helsinki-centre").manifest.boundary.length_km
    assert frame["street_km"].sum() == pytest.approx(street_km, rel=0.01)
    sites = float((frame["sites_per_km_mid"] * frame["street_km"]).sum())
    # Two digits a cell.
    assert sites == pytest.approx((inputs.n_cameras / inputs.per_site).mean(), rel=0.03)
    assert (frame["sites_per_km_low"] <= frame["sites_per_km_mid"]).all()
    assert (frame["sites_per_km_mid"] <= frame["sites_per_km_high"]).all()
    # The uniform share leaves no cell without.
    assert frame["sites_per_km_low"].min() > 0


def test_cells_are_in_the_order_of_the_map_and_not_of_the_figures(cells):
    _, (frame, _) = cells
    at = np.array([[int(part) for part in name.split("_")] for name in frame["cell"]])
    np.testing.assert_array_equal(np.lexsort((at[:, 0], at[:, 1])), np.arange(len(at)))
    mid = frame["sites_per_km_mid"].to_numpy()
    assert (np.diff(mid) > 0).any()
    assert (np.diff(mid) < 0).any()
    assert not [name for name in frame.columns if "rank" in name]


def test_figures_have_two_digits(cells):
    _, (frame, _) = cells
    for name in ("low", "mid", "high"):
        for value in frame[f"sites_per_km_{name}"]:
            assert value == float(f"{value:.2g}")


def test_the_metadata_name_the_cities_in_use(own_profiles):
    _, (_, metadata) = made(n_draws=4)
    for lang in ("en", "my"):
        assert words.siting_limit(lang) not in metadata["limits"][lang]
        assert all(any(name in text for text in metadata["limits"][lang]) for name in own_profiles)


def test_the_metadata_say_what_is_not_known_in_both_languages(cells):
    _, (_, metadata) = cells
    for lang in ("en", "my"):
        assert words.siting_limit(lang) in metadata["limits"][lang]
        assert words.demonstration(lang) in metadata["limits"][lang]
    assert metadata["profile"] is None
    assert metadata["cameras"]["low"] == metadata["cameras"]["high"] == 200.0
    # The number is the own one, so no claim is a source.
    assert [ref["id"] for ref in metadata["sources"]] == ["streets"]
    assert sum(metadata["mixture"]["share"].values()) == pytest.approx(1)


def test_another_operator_gives_other_cells_of_as_many_sites(cells):
    _, (frame, _) = cells
    inputs, (other, metadata) = made(count=(200.0, 200.0), profile="pedestrian_core")
    assert metadata["profile"] == "pedestrian_core"
    sites = float((other["sites_per_km_mid"] * other["street_km"]).sum())
    assert sites == pytest.approx((inputs.n_cameras / inputs.per_site).mean(), rel=0.03)
    assert (frame["sites_per_km_mid"] != other["sites_per_km_mid"]).mean() > 0.5


def test_the_same_question_has_the_same_answer(cells):
    _, (frame, metadata) = cells
    _, (again, other) = made(count=(200.0, 200.0))
    assert frame.equals(again)
    assert metadata == other


def test_a_city_without_streets_is_refused_with_advice():
    with pytest.raises(NotFoundError, match="No streets are installed"):
        made("dawei", n_draws=2)
