"""Profiles, mixtures and draws of weights."""

from __future__ import annotations

import json
import tomllib

import numpy as np
import pytest

from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.language import words
from toolkit.siting import design_matrix, weights
from toolkit.siting.profiles import from_json, load_profiles
from toolkit.streets.cities import load_cities


@pytest.fixture(scope="module")
def profiles():
    return load_profiles()


def test_the_central_set_has_the_fitted_uniform_share(profiles):
    one = load_assumptions()["sites.uniform_share"]
    assert (one.low, one.value, one.high) == profiles.uniform


def test_what_is_reported_of_an_operator_stays_whole(profiles):
    """No list with lights is of a road authority, and none at all of the other two."""
    for name, column in (
        ("traffic_junctions", "signals.near"),
        ("government_sites", "place.official"),
        ("plate_gates", "place.gate"),
        ("plate_gates", "bridge.yes"),
    ):
        i = design_matrix.COLUMNS.index(column)
        reported = profiles.prior.mean[i] + profiles.prior.profile[name]["shift"][column]
        assert profiles.profile[name].beta[i] == pytest.approx(reported, abs=1e-3), (name, column)


def test_every_city_of_the_country_has_a_mixture_with_its_reason(profiles):
    for city in load_cities():
        if city.demonstration:
            continue
        name = city.id.replace("-", "_")
        assert name in profiles.prior.mixture, city.id
        assert weights.mixture_of(profiles, city.id).reason


def test_mixtures_add_up_and_name_known_profiles(profiles):
    for name, mixture in profiles.prior.mixture.items():
        assert sum(mixture.share.values()) == pytest.approx(1.0), name
        assert min(mixture.share.values()) >= 0
        assert set(mixture.share) <= set(profiles.profile)
        assert mixture.concentration > 0


def test_the_six_profiles_are_there_and_differ_in_sign(profiles):
    assert set(profiles.profile) == {
        "traffic_junctions", "plate_gates", "police_neighbourhood", "motorway_agency",
        "government_sites", "pedestrian_core",
    }  # fmt: skip
    foot = design_matrix.COLUMNS.index("own.foot")
    sign = {name: one.beta[foot] > 0 for name, one in profiles.profile.items()}
    assert set(sign.values()) == {True, False}


def test_the_spread_of_class_and_junction_comes_to_one_or_more(profiles):
    """In quadrature over a common column and one of its levels."""
    i = design_matrix.COLUMNS.index
    for one in profiles.profile.values():
        sd = one.between_sd
        assert np.hypot(sd[i("main")], sd[i("road.primary")]) >= 1.0
        assert np.hypot(sd[i("junction")], sd[i("great_junction")]) >= 1.0


def test_no_position_of_a_camera_is_in_the_files():
    """Only figures that many cameras give together: no pairs, no long lists."""
    found = json.loads(store.find("siting/profiles.json").read_text())
    for one in found["cities"].values():
        assert set(one) == {
            "beta", "se_block", "cameras", "sites", "street_km", "cluster_size", "cover_ratio",
            "offset_m", "source",
        }  # fmt: skip
        assert len(one["offset_m"]) == 10
    assert tomllib.loads(store.find("siting/prior.toml").read_text())["source"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("profiles.json", "{", "damaged"),
        ("profiles.json", "[]", "cannot be used"),
        ("profiles.json", '{"schema": "other"}', "cannot be used"),
        ("prior.toml", "a = [", "cannot be used"),
        ("prior.toml", "[between_sd]\nother = 'x'\n", "cannot be used"),
    ],
)
def test_damaged_files_are_refused_in_a_sentence(home, name, text, said):
    (home / "siting").mkdir()
    (home / "siting" / name).write_text(text)
    with pytest.raises(InputDataError, match=said):
        load_profiles()


def test_a_mixture_of_unknown_profiles_is_refused(home):
    text = store.find("siting/prior.toml").read_text()
    (home / "siting").mkdir()
    (home / "siting" / "prior.toml").write_text(
        text.replace("plate_gates = 0.1,", "gangsters = 0.1,", 1)
    )
    with pytest.raises(InputDataError, match="gangsters"):
        load_profiles()


def test_profiles_of_another_version_are_refused(profiles):
    found = json.loads(store.find("siting/profiles.json").read_text())
    with pytest.raises(InputDataError, match="siting fit"):
        from_json(found | {"columns": ["main"]}, profiles.prior)


def test_the_cities_of_the_file_in_use_are_named(own_profiles):
    found = load_profiles()
    assert len(found.cities) == 2
    assert found.cities[1] == own_profiles[1]


def test_profiles_fitted_to_no_city_are_refused(profiles):
    found = json.loads(store.find("siting/profiles.json").read_text())
    with pytest.raises(InputDataError, match="no city"):
        from_json(found | {"cities": {}}, profiles.prior)


def test_the_built_in_cities_are_those_of_the_built_in_file(profiles):
    assert profiles.cities == words.BUILT_IN_CITIES
    found = json.loads((store.builtin_dir() / "siting" / "profiles.json").read_text())
    assert found["limit"] == words.siting_limit("en")
