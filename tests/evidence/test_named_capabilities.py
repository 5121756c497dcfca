"""Which capabilities claims name, and how firmly."""

from __future__ import annotations

import datetime as dt

import pytest
from made import claim_of

from toolkit.evidence.load import load_claims
from toolkit.evidence.named_capabilities import named_capabilities


def naming(*capability, **changes):
    return claim_of(
        topic="capability", quantity=None, capability=capability, **{"level": "city", **changes}
    )


@pytest.mark.parametrize(
    ("level", "status", "support"),
    [
        ("city", "installed", "installed"),
        ("city", "tender", "tender"),
        ("city", "planned", "programme"),
        ("city", "talks", "programme"),
        ("programme", "tender", "programme"),
        ("programme", "installed", "programme"),
    ],
)
def test_what_is_installed_is_firmest_and_an_announcement_weakest(level, status, support):
    claim = naming("ptz", level=level, status=status)
    assert named_capabilities([claim]) == {"ptz": support}


def test_the_firmest_claim_counts_whatever_the_order():
    claims = [
        naming("ptz", "plate_reading", id="a", level="programme", status="tender"),
        naming("ptz", id="b", status="installed"),
        naming("ptz", id="c", status="tender"),
    ]
    wanted = {"plate_reading": "programme", "ptz": "installed"}
    assert named_capabilities(claims) == named_capabilities(claims[::-1]) == wanted


def test_a_denial_names_nothing_and_cancels_nothing():
    denied = naming("face_recognition", id="a", level="denied", status=None)
    assert named_capabilities([denied]) == {}
    said = naming("face_recognition", id="b", status="tender")
    assert named_capabilities([denied, said]) == {"face_recognition": "tender"}


def test_later_and_replaced_claims_do_not_count():
    early = naming("ptz", id="a", status="tender", said="2022-01-01", valid="2022-01-01")
    late = naming("ptz", id="b", status="installed")
    assert named_capabilities([early, late], as_of=dt.date(2022, 3, 1)) == {"ptz": "tender"}
    replacing = naming("plate_reading", id="c", status="tender", supersedes=("a",))
    assert named_capabilities([early, replacing]) == {"plate_reading": "tender"}


def test_the_tender_of_mawlamyine_names_cameras_for_persons_and_plates_and_ones_that_turn():
    named = named_capabilities(load_claims("mawlamyine"))
    for capability in ("face_recognition", "plate_reading", "ptz"):
        assert named[capability] == "tender"
    naypyidaw = named_capabilities(load_claims("naypyidaw"))
    assert naypyidaw["face_recognition"] == naypyidaw["plate_reading"] == "installed"
    assert "ptz" not in naypyidaw
