"""What is drawn before any street is looked at: each argument reaches what it is about."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from toolkit.assessment.inputs import city_figures, make_inputs, named_kinds
from toolkit.assessment.question import Question
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.base.terms import Boundary
from toolkit.streets.cities import find_city
from toolkit.streets.reference_networks import load_networks

AS_OF = dt.date(2026, 11, 23)
DESIGN = Design(60, 0)


def made(city="dawei", **options):
    return make_inputs(Question(city, AS_OF, n_draws=60, **options).load())


def test_the_number_of_the_user_stands_in_and_planned_is_a_choice():
    assert (made(count=(40, 40)).n_cameras == 40).all()
    installed, planned = (made("mandalay", status=s).n_cameras for s in ("installed", "planned"))
    assert (planned >= installed).all()
    assert planned.sum() > installed.sum()


def test_draws_are_those_of_the_question_unless_others_are_given():
    question = Question("dawei", AS_OF, n_draws=60, seed=4)
    own = make_inputs(question.load())
    assert own.design == Design(60, 4)
    assert make_inputs(question.load(), Design(20, 4)).n_cameras.shape == (20,)
    np.testing.assert_array_equal(own.n_cameras, make_inputs(question.load()).n_cameras)


@pytest.mark.parametrize(
    ("city", "named"),
    [
        ("mawlamyine", {"face": "tender", "plate": "tender", "ptz": "tender"}),
        ("naypyidaw", {"face": "installed", "plate": "installed"}),
    ],
)
def test_a_city_whose_reports_name_cameras_for_faces_has_some(city, named):
    question = Question(city, AS_OF, n_draws=1000)
    loaded = question.load()
    assert named.items() <= named_kinds(loaded.claims, AS_OF).items()
    assert named_kinds(loaded.claims, dt.date(2019, 1, 1)) == {}
    cameras = make_inputs(loaded).cameras
    for kind in named:
        of_kind = [name == kind for name in cameras.type_ids]
        assert (cameras.share[:, of_kind].sum(axis=1) < 0.01).mean() < 0.05


def test_figures_of_a_city_are_those_of_its_streets_and_its_people():
    city, central, networks = find_city("yangon"), load_assumptions(), load_networks()
    bare = city_figures(city, networks, central, DESIGN)
    assert bare.street_km is bare.area_km2 is bare.junctions is None
    assert np.median(bare.population) == pytest.approx(city.population, rel=0.02)
    assert bare.street_km_per_km2.min() > 0
    boundary = Boundary(kind="core", length_km=12.5, area_km2=3.0, note="")
    full = city_figures(city, networks, central, DESIGN, boundary=boundary, junctions=70)
    assert (full.street_km == 12.5).all()
    assert (full.area_km2 == 3.0).all()
    assert (full.junctions == 70).all()
    unsized = city_figures(
        city.model_copy(update={"population": None}),
        networks,
        central,
        DESIGN,
        boundary=boundary.model_copy(update={"length_km": None}),
    )
    assert unsized.street_km is unsized.population is None
