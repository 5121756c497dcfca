"""Comparisons: paired where draws belong together, honest where they do not."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest

from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS
from toolkit.language import quantities, words
from toolkit.studies import comparison

AS_OF = dt.date(2026, 11, 23)
CITY = "helsinki-centre"
FIGURES = (
    "length_km", "share_of_length", "area_km2", "effective_cameras", "trip_at_least_one",
)  # fmt: skip


@pytest.fixture(scope="module")
def sets():
    return load_assumptions("central"), load_assumptions("cautious")


@pytest.fixture(scope="module")
def central(sets):
    return assess(CITY, as_of=AS_OF, assumptions=sets[0], n_draws=60)


@pytest.fixture(scope="module")
def cautious(sets):
    return assess(CITY, as_of=AS_OF, assumptions=sets[1], n_draws=60)


def again(found):
    return Assessment.from_json(found.to_json())


def width(difference):
    return difference.difference.high - difference.difference.low


def test_nothing_changed_is_no_difference(central):
    found = comparison.compare(central, central)
    assert found.changes == ()
    for part in (found.cameras, *(getattr(found.tiers[t], f) for t in TIERS for f in FIGURES)):
        assert (part.difference.low, part.difference.high) == (0, 0)
        assert part.exceeds is False
        assert part.pairing == "paired"
    layer = comparison.difference_layer(central, central)
    assert set(layer["seen_change"]) == {"within", "unknown"}
    assert (layer.loc[layer["seen_change"] == "within", "seen_diff_high"] == 0).all()


def test_the_difference_is_taken_draw_by_draw(central, cautious, sets):
    found = comparison.compare(central, cautious, sets=sets)
    for tier in TIERS:
        one, other = (np.array(s.draws.length_km[tier].expected) for s in (central, cautious))
        low, mid, high = np.quantile(other - one, (0.05, 0.5, 0.95))
        length = found.tiers[tier].length_km
        assert length.difference.low == pytest.approx(low, rel=1e-5)
        assert length.difference.mid == pytest.approx(mid, rel=1e-5)
        assert length.difference.high == pytest.approx(high, rel=1e-5)
        assert length.exceeds
        share = found.tiers[tier].share_of_length.difference
        assert share.mid == pytest.approx(mid / central.draws.counted_km, rel=1e-5)
        detail = central.layers.detail
        area = found.tiers[tier].area_km2.difference
        assert area.mid == pytest.approx(share.mid * detail.ground_km2, rel=1e-5)
    assert found.cameras.exceeds is False
    assert {c.what for c in found.changes} == {"assumptions", "assumptions_sha256"}
    changed = {(c.key, c.field): (c.a, c.b) for c in found.assumptions}
    assert changed["threshold.seen_px_m", "value"] == (25.0, 12.5)
    assert all(field not in {"source", "reason"} for _, field in changed)
    assert [n.id for n in found.notes] == [
        "difference_paired", "difference_definitions", "demonstration",
    ]  # fmt: skip


def test_trips_are_compared_draw_by_draw_and_the_middle_is_the_mean(central, cautious):
    found = comparison.compare(central, cautious)
    read = comparison.compare(again(central), again(cautious))
    for tier in TIERS:
        one, other = (np.array(s.draws.trip_at_least_one[tier]) for s in (central, cautious))
        part = found.tiers[tier].trip_at_least_one
        assert part.pairing == "paired"
        assert part.difference.mid == pytest.approx((other - one).mean(), abs=1e-6)
        low, high = np.quantile(other - one, (0.05, 0.95))
        assert part.difference.low == pytest.approx(min(low, (other - one).mean()), abs=1e-6)
        assert part.difference.high == pytest.approx(max(high, (other - one).mean()), abs=1e-6)
        means = [s.tiers[tier].trip.at_least_one.mid for s in (central, cautious)]
        assert part.difference.mid == pytest.approx(means[1] - means[0], abs=2e-5)
        assert read.tiers[tier].trip_at_least_one == part


def test_where_all_hangs_on_a_plan_streets_and_trips_are_compared_alike():
    sides = [assess("hpa-an", as_of=AS_OF, n_draws=40, status=s) for s in ("installed", "planned")]
    assert sides[0].if_built is not None
    part = comparison.compare(*sides).tiers["seen"]
    assert part.trip_at_least_one.exceeds is part.length_km.exceeds is False
    assert part.trip_at_least_one.pairing == part.length_km.pairing == "paired"


def test_trips_without_draws_are_taken_as_independent(central, cautious):
    bare = cautious.model_copy(
        update={"draws": cautious.draws.model_copy(update={"trip_at_least_one": {}})}
    )
    part = comparison.compare(central, bare).tiers["seen"].trip_at_least_one
    assert part.pairing == "independent"
    ends = [side.tiers["seen"].trip.at_least_one for side in (central, cautious)]
    assert part.difference == comparison.independent_quantity(*ends)


def test_the_details_are_those_behind_the_figures(central):
    detail = central.layers.detail
    for t, tier in enumerate(TIERS):
        km = np.array(central.draws.length_km[tier].expected)
        cameras = Quantity.from_amounts(detail.effective_cameras[:, t], "cameras")
        area = Quantity.from_amounts(km / central.draws.counted_km * detail.ground_km2, "km2")
        part = central.tiers[tier]
        for ours, theirs in (
            (cameras, part.effective_cameras.expected), (area, part.area_km2.expected),
        ):  # fmt: skip
            for end in ("low", "mid", "high"):
                assert getattr(ours, end) == pytest.approx(getattr(theirs, end), rel=1e-4)
        streets = central.layers.streets
        known = streets[f"{tier}_mid"].notna().to_numpy()
        mean = detail.by_street[known, t].mean(axis=1)
        assert mean == pytest.approx(streets.loc[known, f"{tier}_mid"].to_numpy(), abs=1e-6)


def test_files_give_the_same_lengths_and_shares(central, cautious):
    here = comparison.compare(central, cautious)
    read = comparison.compare(again(central), again(cautious))
    assert read.cameras == here.cameras
    for tier in TIERS:
        assert read.tiers[tier].length_km == here.tiers[tier].length_km
        assert read.tiers[tier].share_of_length == here.tiers[tier].share_of_length
        for name in ("area_km2", "effective_cameras"):
            part = getattr(read.tiers[tier], name)
            assert part.pairing == "independent"
            assert width(part) > width(getattr(here.tiers[tier], name)) or name != "area_km2"
    assert "difference_not_all_paired" in {n.id for n in read.notes}
    assert "difference_not_all_paired" not in {n.id for n in here.notes}


def test_without_common_draws_the_interval_is_wider_and_says_so(central):
    paired = comparison.compare(central, again(central))
    other = central.model_copy(update={"seed": 1})
    apart = comparison.compare(central, other)
    assert "difference_independent" in {n.id for n in apart.notes}
    assert [c.what for c in apart.changes] == ["seed"]
    for tier in TIERS:
        assert apart.tiers[tier].length_km.pairing == "independent"
        assert width(apart.tiers[tier].length_km) > width(paired.tiers[tier].length_km)
    with pytest.raises(InputDataError, match="other draws"):
        comparison.difference_layer(central, other)


def test_independent_intervals_add_up_as_squares():
    a = Quantity.of(8, 10, 13, "km")
    b = Quantity.of(16, 20, 24, "km")
    found = comparison.independent_quantity(a, b)
    assert found.low == 10 - 5  # 4 down in b and 3 up in a
    assert found.mid == 10
    assert found.high == pytest.approx(10 + 20**0.5, rel=1e-5)  # 4 up in b and 2 down in a
    assert comparison.leaves_out_zero(found)
    turned = comparison.independent_quantity(b, a)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))
    unknown = Quantity.unknown("km", "there are no streets")
    assert comparison.independent_quantity(a, unknown).why == "there are no streets"
    assert comparison.leaves_out_zero(unknown) is None


def test_normal_draws_without_a_common_cause_agree_with_the_squares():
    rng = np.random.default_rng(1)
    a, b = rng.normal(10, 2, 200_000), rng.normal(13, 3, 200_000)
    paired = comparison.paired_quantity(a, b, "km")
    squares = comparison.independent_quantity(
        Quantity.from_draws(a, "km"), Quantity.from_draws(b, "km")
    )
    for end in ("low", "mid", "high"):
        assert getattr(squares, end) == pytest.approx(getattr(paired, end), abs=0.05)


def test_a_city_without_streets_compares_lengths_only():
    sides = [assess("yangon", as_of=AS_OF, n_draws=40, status=s) for s in ("installed", "planned")]
    found = comparison.compare(*sides)
    part = found.tiers["seen"]
    assert part.length_km.pairing == "paired"
    for name in FIGURES[1:-1]:
        assert getattr(part, name).exceeds is None
        assert getattr(part, name).pairing == "not_known"
        assert getattr(part, name).difference.why
    assert "difference_not_all_paired" not in {n.id for n in found.notes}
    with pytest.raises(InputDataError, match="installed streets"):
        comparison.difference_layer(*sides)


def test_two_cities_are_not_compared(central):
    other = central.model_copy(update={"city": central.city.model_copy(update={"id": "dawei"})})
    with pytest.raises(InputDataError, match="one city"):
        comparison.compare(central, other)


@pytest.mark.parametrize("cameras", [(), (1.0,), (float("nan"),) * 60])
def test_draws_that_do_not_fit_are_refused(central, cameras):
    draws = central.draws.model_copy(update={"cameras": cameras})
    with pytest.raises(InputDataError, match="draws of B"):
        comparison.compare(central, central.model_copy(update={"draws": draws}))


def test_json_is_the_same_bytes_and_carries_the_limits(central, cautious):
    text = comparison.compare(central, cautious).to_json()
    assert text == comparison.compare(central, cautious).to_json()
    data = json.loads(text)
    assert data["schema"] == comparison.SCHEMA
    assert data["limits"] == list(words.limits("en"))
    assert comparison.Comparison.model_validate_json(text).to_json() == text


def test_each_side_says_where_how_complete_and_from_whom(central):
    fewer = central.cameras.planned.model_copy(update={"mapped": 7})
    other = central.model_copy(
        update={
            "status": "planned",
            "cameras": central.cameras.model_copy(update={"planned": fewer}),
            "sources": central.sources[:1],
        }
    )
    found = comparison.compare(central, other)
    for side, part, counts in (
        (found.a, central, central.cameras.installed),
        (found.b, other, fewer),
    ):
        assert side.boundary == part.city.boundary
        assert side.mapped == counts.mapped
        assert side.completeness == counts.completeness
        assert side.sources == part.sources
    assert found.a.sources != found.b.sources
    assert (found.a.mapped, found.b.mapped) == (215, 7)


def test_the_limits_name_the_cities_of_both_sides(central):
    inputs = central.inputs.model_copy(update={"siting_cities": ("mytown",)})
    own = central.model_copy(update={"inputs": inputs})
    cities = (*words.BUILT_IN_CITIES, "mytown")
    assert comparison.compare(central, own).limits == words.limits("en", cities)


def test_the_committed_schema_is_that_of_the_model():
    path = store.builtin_dir().parent / "docs" / "reference" / "comparison.schema.json"
    committed = json.loads(path.read_text(encoding="utf-8"))
    assert committed == comparison.Comparison.model_json_schema(by_alias=True)


def test_the_layer_holds_the_interval_of_each_street(central, cautious):
    layer = comparison.difference_layer(central, cautious)
    assert layer["street_id"].tolist() == central.layers.streets["street_id"].tolist()
    one, other = (s.layers.detail.by_street[:, 0].astype(float) for s in (central, cautious))
    known = (layer["seen_change"] != "unknown").to_numpy()
    assert 0 < known.sum() < len(layer)
    low, high = np.quantile((other - one)[known], (0.05, 0.95), axis=1)
    rows = layer[known]
    assert rows["seen_diff_mid"].to_numpy() == pytest.approx((other - one)[known].mean(axis=1))
    assert ((rows["seen_change"] == "more").to_numpy() == (low > 0)).all()
    assert ((rows["seen_change"] == "less").to_numpy() == (high < 0)).all()
    assert layer.loc[~known, "seen_diff_mid"].isna().all()
    turned = comparison.difference_layer(cautious, central)
    assert turned["seen_diff_mid"].to_numpy()[known] == pytest.approx(
        -rows["seen_diff_mid"].to_numpy()
    )


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity.of(-1.23, 0.5, 3.0, "km"), "-1.2 to +3.0 km (middle +0.50)"),
        (Quantity.of(0.053, 0.24, 0.37, "share"), "+5.3 to +37 percentage points (middle +24)"),
        (Quantity.of(-1, 0, 2, "cameras"), "-1.0 to +2.0 cameras (middle 0.0)"),
        (Quantity.exactly(0, "km"), "no difference"),
        (Quantity.unknown("km", "why not"), "not known: why not"),
    ],
)
def test_differences_in_words(quantity, text):
    assert quantities.difference_text(quantity, "en") == text
    assert quantities.difference_text(quantity, "my")


def test_many_private_cameras_on_one_side_are_a_limit_of_both(central):
    many = central.model_copy(update={"limits": words.limits("en", private_many=True)})
    for one, other in ((central, many), (many, central)):
        assert comparison.compare(one, other).limits[1] == words.private_limit("en")
    assert words.private_limit("en") not in comparison.compare(central, central).limits
