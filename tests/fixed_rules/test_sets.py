"""Sets of fixed rules: the ranges that others state, and each wrong field with its place."""

from __future__ import annotations

import math

import pytest

from toolkit.assumptions.sets import list_sets
from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.fixed_rules.sets import CAMERA_KINDS, differences, load_rules, read_rules, to_toml

GOOD = """
kind = "deterministic"
name = "mine"
title = "Mine"
about = "Discs."

[[rule]]
shape = "disc"
radius_m = 10.0
reason = "a reason"

[[source]]
publisher = "somebody"
title = "something"
date = "2020"
"""
LENS = GOOD.replace("radius_m = 10.0", "focal_mm = 2.8\nwidth_px = 1920.0\nsensor_width_mm = 4.8")
ZONES = '\n[[zone]]\nname = "wide"\nthreshold_px_m = 25.0\n[[zone]]\nname = "near"\n'


def write(text, name="mine"):
    path = store.home_dir() / "assumptions" / f"{name}.toml"
    store.write_text(path, text)
    return path


def ranges(name, kind, *, height_m=5.0, directed=True):
    rules = load_rules(name)
    rule = rules.rule_for(kind, directed=directed)
    return [rule.range_m(zone, height_m, rules.height) for zone in rules.zones]


BUILT_IN = [found.name for found in list_sets() if found.kind == "deterministic"]


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_built_in_set_says_what_it_reproduces_and_where_it_stands(name):
    rules = load_rules(name)
    assert rules.name == name
    assert rules.sources
    assert all(rule.reason for rule in rules.rules)
    assert all(
        rules.rule_for(kind, directed=directed) is not None
        for kind in CAMERA_KINDS
        for directed in (True, False)
    )


def test_the_sets_of_others_have_distinct_values():
    assert len(BUILT_IN) == 9
    assert len({load_rules(name).sha256 for name in BUILT_IN}) == 9


@pytest.mark.parametrize(
    ("name", "kind", "directed", "shape", "range_m", "half_angle_deg"),
    [
        ("amnesty-120m", "fixed", True, "disc", 120.0, None),
        ("amnesty-200m", "dome", False, "disc", 200.0, None),
        ("kamerafrei", "fixed", True, "cone", 40.0, 35.0),
        ("kamerafrei", "fixed", False, "disc", 25.0, None),
        ("kamerafrei", "dome", True, "disc", 25.0, None),
        ("kamerafrei", "panning", True, "disc", 25.0, None),
        ("cctv-exposure", "fixed", True, "disc", 10.0, None),
        ("surveillance-under-surveillance", "dome", False, "disc", 35.0, None),
        ("surveillance-under-surveillance", "fixed", True, "cone", 35.0, math.degrees(0.5)),
        ("surveillance-under-surveillance", "fixed", False, "none", 0.0, None),
        ("deflock", "fixed", True, "cone", 120.0, 35.0),
        ("panopticity-low", "fixed", False, "none", 0.0, None),
    ],
)
def test_each_kind_of_camera_gets_the_shape_of_the_original(
    name, kind, directed, shape, range_m, half_angle_deg
):
    rules = load_rules(name)
    rule = rules.rule_for(kind, directed=directed)
    assert rule.shape == shape
    assert rule.range_m(rules.zones[0], rules.height.default_m, rules.height) == range_m
    assert rule.half_angle_deg == pytest.approx(half_angle_deg)


@pytest.mark.parametrize(("height_m", "range_m"), [(3, 21), (5, 35), (12, 84), (0, 21), (30, 84)])
def test_seven_metres_for_each_metre_of_height_within_its_ends(height_m, range_m):
    found = ranges("surveillance-under-surveillance", "fixed", height_m=height_m)
    assert found == [pytest.approx(range_m)]


@pytest.mark.parametrize(
    ("name", "kind", "stated"),
    [
        # identification, recognition, observation at 5 m, with the last digit that is stated
        ("panopticity-low", "fixed", ((4.9, 0.1), (18.7, 0.1), (48.6, 0.1))),
        ("panopticity-middle", "fixed", ((15.7, 0.1), (60.5, 0.1), (157, 1))),
        ("panopticity-high", "fixed", ((90, 1), (347, 1), (903, 1))),
        ("panopticity-high", "dome", ((237, 1), (911, 1), (2369, 1))),
    ],
)
def test_the_stated_ranges_by_pixel_density_come_out(name, kind, stated):
    for found, (value, digit) in zip(reversed(ranges(name, kind)), stated, strict=True):
        # Half a digit for rounding, and 0.1 % because the sensor width is worked out from them.
        assert abs(found - value) <= digit / 2 + 0.001 * value


def test_ranges_grow_with_height_where_the_original_says_so():
    at_zero, at_five, at_ten = (
        ranges("panopticity-low", "fixed", height_m=h)[0] for h in (0.0, 5.0, 10.0)
    )
    assert at_five == pytest.approx(1.5 * at_zero)
    assert at_ten == pytest.approx(2 * at_zero)


def test_the_hash_holds_for_values_and_not_for_words():
    first = read_rules(write(GOOD))
    for text in (GOOD.replace("Mine", "Other"), GOOD.replace("a reason", "another")):
        assert read_rules(write(text)).sha256 == first.sha256
    assert read_rules(write(GOOD.replace("10.0", "11.0"))).sha256 != first.sha256


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_copy_has_the_same_values(name):
    rules = load_rules(name)
    copy = read_rules(write(to_toml(rules, name="mine")))
    assert copy.name == "mine"
    assert copy.sha256 == rules.sha256
    assert differences(copy, rules) == ()


def test_differences_are_named_by_their_place():
    found = differences(load_rules("amnesty-120m"), load_rules("amnesty-200m"))
    assert [(d.key, d.first, d.second) for d in found if d.field != "reason"] == [
        ("rule.1.radius_m", 120.0, 200.0)
    ]


BAD = {
    "no rules": (GOOD.replace("[[rule]]", "[[rules]]"), ["Did you mean rule"]),
    "an unknown field": (GOOD.replace("radius_m", "radius"), ["Did you mean radius_m"]),
    "no range": (GOOD.replace("radius_m = 10.0\n", ""), ["line 7", "give one of radius_m"]),
    "two kinds of range": (
        GOOD.replace("radius_m = 10.0", "radius_m = 10.0\nradius_per_height = 7.0"),
        ["give one of radius_m"],
    ),
    "a negative range": (GOOD.replace("10.0", "-10.0"), ["radius_m"]),
    "an infinite range": (GOOD.replace("10.0", "inf"), ["radius_m"]),
    "a text": (GOOD.replace("10.0", '"10"'), ["radius_m"]),
    "half a lens": (LENS.replace("width_px = 1920.0\n", ""), ["go together"]),
    "a lens without thresholds": (LENS, ["threshold_px_m in each zone"]),
    "zones in disorder": (LENS + ZONES + "threshold_px_m = 12.5\n", ["lowest to the highest"]),
    "zones without a lens": (GOOD + ZONES + "threshold_px_m = 250.0\n", ["there is one zone"]),
    "zones of one name": (
        LENS + ZONES.replace("near", "wide") + "threshold_px_m = 250.0\n",
        ["two zones have one name"],
    ),
    "a cone without an angle": (
        GOOD.replace('"disc"', '"cone"\ndirection = "known"'),
        ["a cone needs it"],
    ),
    "a cone for unknown directions": (
        GOOD.replace('"disc"', '"cone"\nhalf_angle_deg = 35.0'),
        ['direction = "known"'],
    ),
    "a disc with an angle": (GOOD.replace('"disc"', '"disc"\nhalf_angle_deg = 35.0'), ["cone"]),
    "a range of nothing": (GOOD.replace('"disc"', '"none"'), ["shape none has no range"]),
    "an unknown shape": (GOOD.replace('"disc"', '"star"'), ["shape"]),
    "an unknown kind of camera": (
        GOOD.replace('"disc"', '"disc"\nkinds = ["drone"]'),
        ["kinds"],
    ),
    "cameras without a rule": (
        GOOD.replace('"disc"', '"disc"\nkinds = ["dome"]'),
        ["none is for a fixed camera of a known direction", "panning"],
    ),
    "too few corners": (GOOD.replace("10.0", "10.0\nsegments = 2"), ["segments"]),
    "heights in disorder": (
        GOOD + "\n[height]\nlow_m = 6.0\n",
        ["low_m <= default_m <= high_m"],
    ),
    "no source": (GOOD.partition("[[source]]")[0], ["source"]),
    "ranges": ("from = 'central'", ["set of ranges for estimates"]),
    "an unknown head": ("colour = 1\n" + GOOD, ["'colour' is not known here"]),
}


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=list(BAD))
def test_a_set_of_rules_that_cannot_be_used_says_where(text, expected):
    write(text, "bad")
    with pytest.raises(InputDataError) as caught:
        load_rules("bad")
    for part in ("bad.toml", *expected):
        assert part in str(caught.value)
    assert str(store.home_dir()) not in str(caught.value)


def test_an_unknown_set_of_rules_is_not_found():
    with pytest.raises(NotFoundError, match="amnesty-120m"):
        load_rules("amnesty")


def test_text_of_a_set_is_made_harmless():
    rules = read_rules(write(GOOD.replace("Mine", r"Mine\u001b[31m\u202e")))
    assert rules.title == "Mine[31m"
