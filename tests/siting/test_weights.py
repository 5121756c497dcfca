"""Weights of streets, drawn for the operators of a city."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from drawn_city import layers
from drawn_crossing import lit_crossing

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.base.errors import NotFoundError
from toolkit.siting import design_matrix, features, weights
from toolkit.siting.candidates import Candidates
from toolkit.siting.profiles import Mixture, load_profiles
from toolkit.siting.validation import score
from toolkit.siting.weights import operators_of, weights_of
from toolkit.studies.sensitivity.design import RecordingDesign


@pytest.fixture(scope="module")
def profiles():
    return load_profiles()


@pytest.fixture(scope="module")
def groups():
    points = features.describe_points(layers(), 10.0)
    return score.classed(points.code, points.length_m)


def drawn(profiles, groups, mixture, n=200, seed=0):
    return weights.draw(profiles, mixture, groups.code, groups.length_m, Design(n, seed))


def test_the_mean_metre_weighs_one_in_every_draw(profiles, groups):
    for name in ("default", "yangon", "helsinki_centre"):
        found = drawn(profiles, groups, weights.mixture_of(profiles, name))
        np.testing.assert_allclose(found.weight @ groups.length_m / groups.length_m.sum(), 1.0)


def test_nothing_weighs_less_than_the_uniform_share(profiles, groups):
    found = drawn(profiles, groups, weights.single_profile(profiles, "motorway_agency"))
    low, _, high = profiles.uniform
    assert (found.weight.min(axis=1) >= found.uniform_share).all()
    assert found.uniform_share.min() >= low
    assert found.uniform_share.max() <= high


def test_a_profile_without_spread_gives_its_own_means(profiles, groups):
    one = dataclasses.replace(
        profiles.profile["plate_gates"], between_sd=np.zeros(len(design_matrix.COLUMNS))
    )
    still = dataclasses.replace(profiles, profile={"plate_gates": one})
    found = drawn(still, groups, weights.single_profile(still, "plate_gates"), n=3)
    lift = np.exp(design_matrix.design(groups.code) @ one.beta)
    lift /= lift @ groups.length_m / groups.length_m.sum()
    share = found.uniform_share[:, None]
    np.testing.assert_allclose(found.weight, share + (1 - share) * lift)
    np.testing.assert_allclose(found.cluster_size, one.cluster_size)
    given = weights.draw(
        still,
        weights.single_profile(still, "plate_gates"),
        groups.code,
        groups.length_m,
        Design(3, 0),
        cluster_size=np.array([0.2, 1.0, 5.0]),
    )
    assert given.cluster_size.tolist() == [0.2, 1.0, 5.0]
    np.testing.assert_array_equal(given.weight, found.weight)


def test_the_spread_between_cities_is_what_is_drawn(profiles):
    """Two classes that differ by one column: their ratio has that column's mean and spread."""
    zero = {n: np.zeros(2, dtype=np.int64) for n in features.FEATURES}
    zero["signals"] = np.array([1, 2])
    code = features.code_of(zero)
    found = weights.draw(
        profiles,
        weights.single_profile(profiles, "traffic_junctions"),
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
    both = Mixture({"plate_gates": 0.5, "pedestrian_core": 0.5}, 1e6, "")
    alone = weights.single_profile(profiles, "plate_gates")
    a = drawn(profiles, groups, both)
    b = drawn(profiles, groups, alone)
    c = drawn(profiles, groups, weights.single_profile(profiles, "pedestrian_core"))
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


def test_an_unknown_profile_is_named_with_the_known_ones(profiles):
    with pytest.raises(NotFoundError, match="plate_gates"):
        weights.single_profile(profiles, "x" * 500)


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


@pytest.fixture(scope="module")
def halves():
    """Return the drawn city, and its classes with and without its western half being named."""
    points = features.describe_points(layers(), 10.0)
    code = features.with_named_places(points.code, west_of(points))
    named, plain = (score.classed(one, points.length_m) for one in (code, points.code))
    return points, named, plain


def west_of(points):
    return points.xy_m[:, 0] < points.xy_m[:, 0].mean()


class TestNamedPlaces:
    """The drawn city with its western half named: equal streets on both sides."""

    def ask(self, profiles, groups, lift, name="yangon", n=50):
        return weights.draw(
            profiles,
            weights.mixture_of(profiles, name),
            groups.code,
            groups.length_m,
            Design(n, 0),
            named_log_lift=lift,
        )

    def test_inside_over_outside_is_the_lift_for_equal_streets(self, profiles, halves):
        _, groups, _ = halves
        lift = np.linspace(0.0, 1.1, 50)
        found = self.ask(profiles, groups, lift)
        place = {code: i for i, code in enumerate(groups.code.tolist())}
        pairs = [
            (place[c + features.N_CODES], place[c]) for c in place if c + features.N_CODES in place
        ]
        assert len(pairs) > 10
        preferred = found.weight - found.uniform_share[:, None]
        for inside, outside in pairs:
            np.testing.assert_allclose(preferred[:, inside] / preferred[:, outside], np.exp(lift))

    def test_the_mean_metre_weighs_one_and_nothing_falls_below_the_uniform_share(
        self, profiles, halves
    ):
        _, groups, _ = halves
        found = self.ask(profiles, groups, np.linspace(0.0, 1.1, 50))
        mean = found.weight @ groups.length_m / groups.length_m.sum()
        np.testing.assert_allclose(mean, 1.0)
        assert (found.weight.min(axis=1) >= found.uniform_share).all()

    def test_one_profile_is_the_product_of_both_lifts_metre_by_metre(self, profiles, halves):
        points, groups, plain = halves
        bare = weights.draw(
            profiles,
            weights.single_profile(profiles, "traffic_junctions"),
            plain.code,
            plain.length_m,
            Design(8, 0),
        )
        lifted = weights.draw(
            profiles,
            weights.single_profile(profiles, "traffic_junctions"),
            groups.code,
            groups.length_m,
            Design(8, 0),
            named_log_lift=np.full(8, 0.7),
        )
        share = bare.uniform_share[:, None]
        metre = (bare.weight[:, plain.of] - share) * np.where(west_of(points), np.exp(0.7), 1.0)
        metre *= (1 - share) / (metre @ points.length_m / points.length_m.sum())[:, None]
        np.testing.assert_allclose(lifted.weight[:, groups.of], metre + share)

    def test_a_lift_of_zero_is_no_lift(self, profiles, halves):
        _, groups, plain = halves
        with_none, zero = (self.ask(profiles, groups, lift) for lift in (None, np.zeros(50)))
        np.testing.assert_array_equal(with_none.weight, zero.weight)
        bare = self.ask(profiles, plain, None)
        np.testing.assert_allclose(zero.weight[:, groups.of], bare.weight[:, plain.of], rtol=1e-12)

    def test_the_lift_is_drawn_only_where_a_group_is_in_a_named_place(self):
        found = lit_crossing()
        values, operators = load_assumptions(), operators_of("yangon")
        column = "assumption:sites.named_places_log_lift"
        inside = dataclasses.replace(found, class_code=found.class_code + features.N_CODES)
        for one, asked in ((found, False), (inside, True)):
            design = RecordingDesign(8, 0)
            weights_of(operators, one, values, design)
            assert (column in design.asked) == asked
            high = values.with_changes({"sites.named_places_log_lift": 1.1})
            same = weights_of(operators, one, high, Design(8, 0)) is weights_of(
                operators, one, values, Design(8, 0)
            )
            assert same != asked

    def test_a_city_that_is_named_as_a_whole_is_as_one_without_names(self):
        found = lit_crossing()
        whole = dataclasses.replace(found, class_code=found.class_code + features.N_CODES)
        one, other = (
            weights_of(operators_of("yangon"), groups, load_assumptions(), Design(8, 0))
            for groups in (found, whole)
        )
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_a_uniform_share_of_one_places_by_length_alone():
    found = lit_crossing()
    even = load_assumptions().with_changes({"sites.uniform_share": 0.6})
    weights = weights_of(operators_of(None), found, even, Design(4, 0))
    assert weights.min() >= 0.6
    alone = even["sites.uniform_share"].model_copy(
        update={"value": 1.0, "high": 1.0, "distribution": "fixed"}
    )
    items = tuple(alone if i.key == alone.key else i for i in even.items)
    flat = weights_of(
        operators_of(None), found, dataclasses.replace(even, items=items), Design(4, 0)
    )
    np.testing.assert_allclose(flat, 1.0)


def test_without_spread_every_draw_of_one_profile_is_the_same():
    found = lit_crossing()
    still = load_assumptions().with_changes(
        {"sites.siting_spread": 0.0, "sites.uniform_share": 0.2}
    )
    weights = weights_of(operators_of(None, "plate_gates"), found, still, Design(5, 0))
    np.testing.assert_allclose(weights, np.tile(weights[:1], (5, 1)))
    other = weights_of(operators_of(None, "pedestrian_core"), found, still, Design(5, 0))
    assert np.abs(weights - other).max() > 0.1
