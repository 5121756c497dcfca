"""What is drawn before any street is looked at: each argument reaches what it is about."""

from __future__ import annotations

import datetime as dt
import shutil

import numpy as np
import pytest

from toolkit.assessment.inputs import city_figures, city_or_pack, make_inputs
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.draws import Design
from toolkit.base.errors import NotFoundError, PackError
from toolkit.base.terms import Boundary
from toolkit.streets.cities import find_city

AS_OF = dt.date(2026, 11, 23)
DESIGN = Design(60, 0)


def made(city="dawei", **options):
    return make_inputs(city, as_of=AS_OF, design=DESIGN, **options)


@pytest.fixture
def other_pack(home):
    """Install the built-in streets under the name of no known city, and return that name."""
    folder = home / "packs" / "harbour-town"
    shutil.copytree(store.builtin_dir() / "packs" / "helsinki-centre", folder)
    manifest = folder / "manifest.json"
    text = manifest.read_text(encoding="utf-8").replace("helsinki-centre", "harbour-town")
    manifest.write_text(text, encoding="utf-8")
    return "harbour-town"


def test_a_city_is_known_by_any_name_and_has_its_streets():
    inputs, pack_id, _ = made("Moulmein")
    assert (inputs.city.id, pack_id) == ("mawlamyine", None)
    assert made("helsinki-centre")[1] == "helsinki-centre"
    assert {claim.city for claim in inputs.claims} == {"mawlamyine"}


def test_the_number_of_the_user_stands_in_and_planned_is_a_choice():
    own, _, _ = made(count=(40, 40))
    assert (own.n_cameras == 40).all()
    installed, planned = (made("mandalay", status=s)[0] for s in ("installed", "planned"))
    assert (planned.n_cameras >= installed.n_cameras).all()
    assert planned.n_cameras.sum() > installed.n_cameras.sum()


def test_one_profile_is_named_and_another_is_refused():
    assert made(profile="plate_gates")[0].operators != made()[0].operators
    with pytest.raises(NotFoundError, match="police_neighbourhood"):
        made(profile="gangsters")


def test_an_installed_pack_that_is_no_known_citys_stands_for_itself(other_pack):
    found = city_or_pack(other_pack)
    assert found.pack == found.id == other_pack
    assert (found.lat, found.lon) == pytest.approx((60.17, 24.94), abs=0.01)
    assert city_or_pack("helsinki-centre") == find_city("helsinki-centre")


def test_a_damaged_pack_is_named_with_what_is_wrong(other_pack, home):
    (home / "packs" / other_pack / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(PackError, match=r"'harbour-town' cannot be used: .*manifest"):
        city_or_pack(other_pack)


def test_figures_of_a_city_are_those_of_its_streets_and_its_people():
    city, central = find_city("yangon"), load_assumptions()
    bare = city_figures(city, central, DESIGN)
    assert bare.street_km is bare.area_km2 is bare.junctions is None
    assert np.median(bare.population) == pytest.approx(city.population, rel=0.02)
    assert bare.street_km_per_km2.min() > 0
    boundary = Boundary(kind="core", length_km=12.5, area_km2=3.0, note="")
    full = city_figures(city, central, DESIGN, boundary=boundary, junctions=70)
    assert (full.street_km == 12.5).all()
    assert (full.area_km2 == 3.0).all()
    assert (full.junctions == 70).all()
    unsized = city_figures(
        city.model_copy(update={"population": None}),
        central,
        DESIGN,
        boundary=boundary.model_copy(update={"length_km": None}),
    )
    assert unsized.street_km is unsized.population is None
