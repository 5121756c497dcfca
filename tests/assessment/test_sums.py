"""Which mapped cameras can be some of the reported ones, and figures made of sums."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from small_city import PACK, install

from toolkit.assessment import on_streets, site_plan, sums
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.question import Question
from toolkit.assessment.sums import Sums
from toolkit.assessment.trips import place_all
from toolkit.assumptions.sets import load_assumptions

AS_OF = dt.date(2026, 11, 23)


def sums_of(alone_m, n_able):
    """Return sums of one draw, of which only what cameras cover by themselves matters."""
    table = np.array([alone_m], dtype=float)
    return Sums(table, table, table, table, {}, {}, 1.0, np.array([n_able]))


@pytest.mark.parametrize(
    ("alone_m", "n_able", "covered_m", "expected"),
    [
        (400.0, 4, 400.0, 4.0),  # none overlap
        (400.0, 4, 100.0, 1.0),  # all on one place
        (400.0, 4, 250.0, 2.5),
        (100.0, 1, 100.0, 1.0),
        (100.0, 1, 170.0, 1.0),  # a mean over placements, where the one camera stands badly
        (0.0, 3, 50.0, 0.0),  # walls all round
        (0.0, 0, 0.0, 0.0),
        (400.0, 5.0, 400.0, 5.0),  # four placed ones that stand for five
        (90.0, 0.9, 90.0, 0.9),  # one placed one that stands for less than one
    ],
)
def test_without_overlap_there_are_never_more_than_the_able_ones(
    alone_m, n_able, covered_m, expected
):
    found = sums_of([alone_m] * 4, [n_able] * 4).without_overlap(np.full((1, 4), covered_m))
    np.testing.assert_allclose(found, expected)


def test_each_tier_has_its_own_able_cameras():
    found = sums_of([900.0, 600.0, 100.0, 0.0], [9, 9, 2, 0]).without_overlap(
        np.array([[450.0, 600.0, 100.0, 0.0]])
    )
    np.testing.assert_allclose(found, [[4.5, 9.0, 2.0, 0.0]])


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Return a list that grows with each pair of view tables made."""
    monkeypatch.setenv("CAMERA_TOOLKIT_HOME", str(tmp_path))
    install(tmp_path)
    sums.tables.clear()
    found = []
    original = sums.view_tables
    monkeypatch.setattr(
        sums, "view_tables", lambda *given, **more: found.append(1) or original(*given, **more)
    )
    yield found
    sums.tables.clear()


def totals(count=(20.0, 60.0), changes=None):
    """Return the sums over the points of the small city."""
    assumptions = load_assumptions().with_changes(changes or {})
    question = Question(PACK, AS_OF, count=count, n_draws=7, assumptions=assumptions)
    inputs = make_inputs(question.load())
    pack, ground = on_streets.scene_of(inputs.loaded)
    plan = site_plan.plan_sites(inputs, pack, ground)
    return sums.add_up_totals(inputs, ground, plan, plan.sample)


def test_kept_view_tables_serve_another_count(made):
    few, more = totals(), totals(count=(200.0, 600.0))
    assert len(made) == 1
    assert (more.everything_m >= few.everything_m).all()
    assert more.everything_m.sum() > few.everything_m.sum()
    sums.tables.clear()
    np.testing.assert_array_equal(totals(count=(200.0, 600.0)).everything_m, more.everything_m)


@pytest.mark.parametrize(
    ("key", "value"),
    [("optics.height_m", 4.0), ("sites.cameras_per_site", 1.5)],
)
def test_kept_view_tables_do_not_serve_other_cameras(made, key, value):
    totals()
    changed = totals(changes={key: value})
    assert len(made) == 2
    sums.tables.clear()
    np.testing.assert_array_equal(totals(changes={key: value}).expected_m, changed.expected_m)


def test_cameras_at_hand_are_those_that_would_be_placed(tmp_path, monkeypatch):
    monkeypatch.setenv("CAMERA_TOOLKIT_HOME", str(tmp_path))
    install(tmp_path)
    inputs = make_inputs(Question(PACK, AS_OF, count=(20.0, 60.0), n_draws=7).load())
    pack, ground = on_streets.scene_of(inputs.loaded)
    plan = site_plan.plan_sites(inputs, pack, ground)
    cameras, _ = place_all(inputs, ground, plan.chance)
    assert (cameras.luck >= inputs.cameras.availability[cameras.draw]).any()
    placed = sums.add_up_totals(inputs, ground, plan, plan.sample)
    at_hand = sums.add_up_totals(inputs, ground, plan, plan.sample, cameras)
    assert placed.realised_m.sum() > 0
    for name in ("realised_m", "alone_m", "n_able"):
        np.testing.assert_array_equal(getattr(at_hand, name), getattr(placed, name))
