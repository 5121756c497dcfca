"""Profiles, mixtures and draws of weights."""

from __future__ import annotations

import dataclasses
import json
import tomllib

import numpy as np
import pytest
from drawn_city import layers

from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.language import words
from toolkit.siting import design_matrix, features, weights
from toolkit.siting import profiles as siting_profiles
from toolkit.siting.candidates import Candidates
from toolkit.siting.validation import score
from toolkit.streets.cities import load_cities
from toolkit.studies.sensitivity.design import RecordingDesign


@pytest.fixture(scope="module")
def profiles():
    return siting_profiles.load_profiles()


@pytest.fixture(scope="module")
def groups():
    points = features.street_points(layers(), 10.0)
    return score.classed(points.code, points.length_m)


def drawn(profiles, groups, mixture, n=200, seed=0):
    return weights.draw(profiles, mixture, groups.code, groups.length_m, Design(n, seed))


def test_the_mean_metre_weighs_one_in_every_draw(profiles, groups):
    for name in ("default", "yangon", "helsinki_centre"):
        found = drawn(profiles, groups, weights.mixture_of(profiles, name))
        np.testing.assert_allclose(found.weight @ groups.length_m / groups.length_m.sum(), 1.0)


def test_nothing_weighs_less_than_the_uniform_share(profiles, groups):
    found = drawn(profiles, groups, weights.only(profiles, "motorway_agency"))
    low, _, high = profiles.uniform
    assert (found.weight.min(axis=1) >= found.uniform_share).all()
    assert found.uniform_share.min() >= low
    assert found.uniform_share.max() <= high


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


def test_a_profile_without_spread_gives_its_own_means(profiles, groups):
    one = dataclasses.replace(
        profiles.profile["plate_gates"], between_sd=np.zeros(len(design_matrix.COLUMNS))
    )
    still = dataclasses.replace(profiles, profile={"plate_gates": one})
    found = drawn(still, groups, weights.only(still, "plate_gates"), n=3)
    lift = np.exp(design_matrix.design(groups.code) @ one.beta)
    lift /= lift @ groups.length_m / groups.length_m.sum()
    share = found.uniform_share[:, None]
    np.testing.assert_allclose(found.weight, share + (1 - share) * lift)
    np.testing.assert_allclose(found.cluster_size, one.cluster_size)


def test_the_spread_between_cities_is_what_is_drawn(profiles):
    """Two classes that differ by one column: their ratio has that column's mean and spread."""
    zero = {n: np.zeros(2, dtype=np.int64) for n in features.FEATURES}
    zero["signals"] = np.array([1, 2])
    code = features.code_of(zero)
    found = weights.draw(
        profiles,
        weights.only(profiles, "traffic_junctions"),
        code,
        np.array([1e6, 1.0]),
        Design(2000, 0),
    )
    share = found.uniform_share
    ratio = np.log((found.weight[:, 1] - share) / (found.weight[:, 0] - share))
    i = design_matrix.COLUMNS.index("signals.near")
    one = profiles.profile["traffic_junctions"]
    assert ratio.mean() == pytest.approx(one.beta[i], abs=0.03)
    assert ratio.std() == pytest.approx(one.between_sd[i], rel=0.05)


def test_the_draws_of_a_profile_do_not_change_with_the_others(profiles, groups):
    both = siting_profiles.Mixture({"plate_gates": 0.5, "pedestrian_core": 0.5}, 1e6, "")
    alone = weights.only(profiles, "plate_gates")
    a = drawn(profiles, groups, both)
    b = drawn(profiles, groups, alone)
    c = drawn(profiles, groups, weights.only(profiles, "pedestrian_core"))
    share = a.uniform_share[:, None]
    mixed = (b.weight - share) / 2 + (c.weight - share) / 2 + share
    np.testing.assert_allclose(a.weight, mixed, rtol=0.02)


def test_shares_of_a_mixture_have_their_means(profiles):
    design = Design(2000, 0)
    shares = weights.mixture_of(profiles, "yangon")
    used = {n: s for n, s in shares.share.items() if s > 0}
    found = weights._shares(used, shares.concentration, design)
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    np.testing.assert_allclose(found.mean(axis=0), list(used.values()), atol=0.02)
    s = used["traffic_junctions"]
    spread = np.sqrt(s * (1 - s) / (shares.concentration + 1))
    assert found[:, 0].std() == pytest.approx(spread, rel=0.1)


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


def test_an_unknown_city_gets_the_mixture_of_nothing_known(profiles):
    default = profiles.prior.mixture["default"]
    for name in (None, "", "no-such-place", "../../etc"):
        assert weights.mixture_of(profiles, name) == default


def test_police_keep_to_some_districts_more_than_an_unknown_operator_and_others_less(profiles):
    unknown = weights.mixture_of(profiles, None).share
    size = {name: one.cluster_size for name, one in profiles.profile.items()}
    middle = np.prod([size[name] ** share for name, share in unknown.items()])
    assert weights.operators_of(None).cluster_factor == 1.0
    for name, alone in size.items():
        factor = weights.operators_of(None, name).cluster_factor
        assert factor == pytest.approx(alone / middle)
    police = weights.operators_of(None, "police_neighbourhood").cluster_factor
    yangon = weights.operators_of("yangon").cluster_factor
    assert police < yangon < 1.0


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


def test_an_unknown_profile_is_named_with_the_known_ones(profiles):
    with pytest.raises(NotFoundError, match="plate_gates"):
        weights.only(profiles, "x" * 500)


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
        siting_profiles.load_profiles()


def test_a_mixture_of_unknown_profiles_is_refused(home):
    text = store.find("siting/prior.toml").read_text()
    (home / "siting").mkdir()
    (home / "siting" / "prior.toml").write_text(
        text.replace("plate_gates = 0.1,", "gangsters = 0.1,", 1)
    )
    with pytest.raises(InputDataError, match="gangsters"):
        siting_profiles.load_profiles()


def test_profiles_of_another_version_are_refused(profiles):
    found = json.loads(store.find("siting/profiles.json").read_text())
    with pytest.raises(InputDataError, match="siting fit"):
        siting_profiles.from_json(found | {"columns": ["main"]}, profiles.prior)


def test_the_cities_of_the_file_in_use_are_named(own_profiles):
    found = siting_profiles.load_profiles()
    assert len(found.cities) == 2
    assert found.cities[1] == own_profiles[1]


def test_profiles_fitted_to_no_city_are_refused(profiles):
    found = json.loads(store.find("siting/profiles.json").read_text())
    with pytest.raises(InputDataError, match="no city"):
        siting_profiles.from_json(found | {"cities": {}}, profiles.prior)


def test_the_built_in_cities_are_those_of_the_built_in_file(profiles):
    assert profiles.cities == words.BUILT_IN_CITIES
    found = json.loads((store.builtin_dir() / "siting" / "profiles.json").read_text())
    assert found["limit"] == words.siting_limit("en")


class TestKeptWeights:
    def ask(self, found, design, **changes):
        values = load_assumptions().with_changes(changes) if changes else load_assumptions()
        return weights.weights_of(weights.operators_of(None), found, values, design)

    @pytest.fixture
    def found(self):
        code = np.arange(5, dtype=np.int64)
        one = np.zeros(5)
        return Candidates(
            np.zeros((5, 2)), np.zeros((5, 2)), one + 20.0, code, one > 0, one, code, code
        )

    def test_the_same_question_is_drawn_once_and_cannot_be_overwritten(self, found):
        first = self.ask(found, Design(20, 0))
        assert self.ask(found, Design(20, 0)) is first
        with pytest.raises(ValueError, match="read-only"):
            first[0, 0] = 1.0

    def test_another_spread_seed_or_place_is_drawn_anew(self, found):
        first = self.ask(found, Design(20, 0))
        others = [
            self.ask(found, Design(20, 1)),
            self.ask(found, Design(20, 0), **{"sites.siting_spread": 1.5}),
            self.ask(found, Design(20, 0), **{"sites.uniform_share": 0.3}),
            self.ask(dataclasses.replace(found, class_code=found.class_code + 7), Design(20, 0)),
        ]
        assert not any(np.array_equal(first, other) for other in others)

    def test_a_design_that_notes_what_is_asked_is_always_asked(self, found):
        self.ask(found, RecordingDesign(20, 0))
        again = RecordingDesign(20, 0)
        self.ask(found, again)
        assert any(name.startswith("siting.spread.") for name in again.asked)
