from __future__ import annotations

import numpy as np
import pytest

from toolkit.assessment.inputs import city_figures
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.base.terms import Boundary
from toolkit.evidence.densities import CityFigures, multiplier
from toolkit.streets.cities import find_city
from toolkit.streets.reference_networks import load_networks

DESIGN = Design(n_draws=400, seed=0)


@pytest.fixture(scope="module")
def central():
    return load_assumptions()


def test_a_city_without_streets_has_people_and_nothing_else_of_its_own(central):
    found = city_figures(find_city("dawei"), load_networks(), central, DESIGN)
    assert found.street_km is found.area_km2 is found.junctions is None
    assert np.median(found.population) == pytest.approx(136_783, rel=0.01)
    # 5 and 95 % points of a lognormal with a spread of 0.3.
    low, high = np.quantile(found.population, (0.05, 0.95))
    assert high / low == pytest.approx(np.exp(2 * 1.645 * 0.3), rel=0.03)


def test_installed_streets_give_length_area_and_junctions(central):
    boundary = Boundary(kind="core", length_km=93.4, area_km2=1.7, note="")
    found = city_figures(
        find_city("helsinki-centre"),
        load_networks(),
        central,
        DESIGN,
        boundary=boundary,
        junctions=218,
    )
    assert (found.street_km == 93.4).all()
    assert (found.area_km2 == 1.7).all()
    assert (found.junctions == 218).all()
    assert found.population is None


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("cameras_per_km", 50.0),
        ("cameras_per_km2", 4.0),
        ("cameras_per_1000_people", 300.0),
        ("cameras_per_junction", 80.0),
        ("share_of_junctions", 160.0),
        ("cameras", None),
    ],
)
def test_what_each_density_is_multiplied_by(make_claim, unit, expected):
    one = np.ones(2)
    figures = CityFigures(50 * one, 4 * one, 300_000 * one, 80 * one)
    claim = make_claim(low=1, unit=unit)
    found = multiplier(claim, figures, per_site=2 * one)
    assert (found is None) if expected is None else (found == expected).all()
    assert multiplier(claim, CityFigures(), per_site=2 * one) is None


def test_an_area_that_the_source_states_stands_in_for_the_streets(make_claim):
    one = np.ones(2)
    figures = CityFigures(street_km_per_km2=9 * one)
    stated = {"area": "the old town", "area_km2": 3.0}
    km = multiplier(make_claim(low=1, unit="cameras_per_km", **stated), figures, one)
    km2 = multiplier(make_claim(low=1, unit="cameras_per_km2", **stated), figures, one)
    assert (km == 27).all()
    assert (km2 == 3).all()
