"""From cities with known cameras to profiles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_city import layers, main_crossings

from toolkit.siting import design_matrix, profiles
from toolkit.siting.validation.fit import fit_profiles, prepare_city
from toolkit.siting.validation.known_city import make_pair

LIGHT = design_matrix.COLUMNS.index("signals.near")


@pytest.fixture(scope="module")
def cities():
    """Return two cities whose cameras keep away from lights, and one where lights are unknown."""
    rng = np.random.default_rng(5)
    made = []
    for name in ("near", "far", "dark"):
        here = layers()
        pair = make_pair(here, main_crossings() + 5.0)
        lit = pair.points.xy_m[rng.permutation(len(pair.points.xy_m))[:600]]
        away = np.array([np.hypot(*(lit - xy).T).min() for xy in pair.points.xy_m]) > 40
        cameras = pair.points.xy_m[away][rng.permutation(int(away.sum()))[:60]]
        if name != "dark":
            here = replace(here, signal_xy_m=lit)
        made.append(prepare_city(name, make_pair(here, cameras)))
    return made


@pytest.fixture(scope="module")
def prior():
    found = profiles.load_prior()
    one = found.profile["traffic_junctions"]
    profile = {
        "reported": one | {"cities": []},
        "reported_dark": one | {"cities": ["dark"]},
        "reported_lit": one | {"cities": ["near"]},
        "not_reported": one | {"cities": [], "shift": {}},
    }
    return replace(found, profile=profile)


def test_lists_of_others_do_not_outweigh_what_is_reported_of_an_operator(cities, prior):
    found = fit_profiles(cities, prior)
    light = {name: one["beta"][LIGHT] for name, one in found["profiles"].items()}
    shift = prior.profile["reported"]["shift"]["signals.near"]
    reported = prior.mean[LIGHT] + shift
    assert found["shared"][LIGHT] < 0
    assert light["reported"] == pytest.approx(reported, abs=1e-3)
    assert light["reported_dark"] == pytest.approx(reported, abs=1e-3)
    # Its own list is heard, and so are those of others where nothing is reported.
    assert light["reported_lit"] < reported - 0.3
    learnt = prior.settings["transfer"] * (found["shared"][LIGHT] - prior.mean[LIGHT])
    assert light["not_reported"] == pytest.approx(prior.mean[LIGHT] + learnt, abs=1e-3)
    # What every file of streets has is learnt by all of them.
    junction = design_matrix.COLUMNS.index("junction")
    assert found["profiles"]["reported"]["beta"][junction] == pytest.approx(
        found["profiles"]["not_reported"]["beta"][junction]
    )


def test_the_order_of_cities_does_not_show(cities, prior):
    assert fit_profiles(cities, prior) == fit_profiles(cities[::-1], prior)


def test_what_one_city_alone_knows_stays_at_the_belief(cities, prior):
    found = fit_profiles([cities[0], cities[2]], prior)
    assert found["shared"][LIGHT] == pytest.approx(prior.mean[LIGHT], abs=0.01)
