"""Figures of optics that both bases share, against mixes worked out by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.outcome import ring, switch
from toolkit.assessment.question import Question
from toolkit.base.terms import TIERS
from toolkit.optics.camera_draws import CameraDraws

AS_OF = dt.date(2026, 11, 23)
NAN = np.nan


def cameras(inner, outer, share):
    """Return two draws of the same mix, with the same rings in every tier."""
    rings = [np.tile(np.array(ends, float), (2, len(TIERS), 1)) for ends in (inner, outer)]
    mix = np.tile(np.array(share, float), (2, 1))
    return CameraDraws(mix, mix, mix, *rings, np.ones(2), tuple("abc"[: len(share)]))


def test_rings_are_weighted_by_the_mix_and_empty_ones_are_counted_apart():
    found = ring(cameras([1, NAN, 3], [10, NAN, 30], [0.6, 0.1, 0.3]), 0)
    assert (found.inner.low, found.inner.mid, found.inner.high) == (1, 1, 3)
    assert (found.outer.low, found.outer.mid, found.outer.high) == (10, 10, 30)
    assert found.empty_share.mid == pytest.approx(0.1)


def test_a_mix_that_serves_a_tier_nowhere_has_no_distance_and_says_why():
    found = ring(cameras([NAN, NAN], [NAN, NAN], [0.5, 0.5]), 2)
    assert not found.inner.known
    assert "at any distance" in found.outer.why
    assert found.empty_share.low == 1


@pytest.fixture(scope="module")
def inputs():
    return make_inputs(Question("yangon", AS_OF, n_draws=40).load())


def test_only_recognition_and_plates_have_a_switch(inputs):
    assert {tier for tier in TIERS if switch(inputs, tier) is not None} == {"face", "plate"}


def test_a_denial_says_no_more_than_silence(inputs, monkeypatch):
    drawn = {}
    for level in ("none", "denied"):
        monkeypatch.setattr(
            "toolkit.assessment.outcome.capability_level",
            lambda *_, level=level, **__: dict.fromkeys(TIERS, level),
        )
        drawn[level] = switch(inputs, "face")
    assert drawn["none"] == drawn["denied"]
    before_all = dataclasses.replace(inputs, loaded=dataclasses.replace(inputs.loaded, claims=()))
    assert switch(before_all, "face") == drawn["none"]
