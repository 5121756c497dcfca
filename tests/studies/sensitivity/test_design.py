"""The design: known indices through SALib, columns as the ordinary design has them."""

import numpy as np
import pytest

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.studies.sensitivity.design import (
    MORRIS_RANGE,
    Factor,
    GivenDesign,
    RecordingDesign,
    asked_by,
    directions,
    factor_of,
    factors_of,
    indices,
    lay_out,
)

THREE = tuple(Factor(key, (key,)) for key in ("a", "b", "c"))


def ishigami(unit, a=7.0, b=0.1):
    """Ishigami and Homma (1990) on (-pi, pi)^3."""
    x = (2 * unit - 1) * np.pi
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices(a=7.0, b=0.1):
    """The closed forms: first order and total."""
    v1 = 0.5 * (1 + b * np.pi**4 / 5) ** 2
    v2 = a**2 / 8
    v13 = 8 * b**2 * np.pi**8 / 225
    all_ = v1 + v2 + v13
    return np.array([v1, v2, 0.0]) / all_, np.array([v1 + v13, v2, v13]) / all_


def test_ishigami_has_its_analytic_indices():
    layout = lay_out(THREE, "sobol", n_base=4096, seed=3)
    found = indices(layout, ishigami(layout.matrix))
    first, total = ishigami_indices()
    np.testing.assert_allclose(found.first, first, atol=0.02)
    np.testing.assert_allclose(found.total, total, atol=0.02)
    # c has no effect of its own and a large one by interplay.
    assert abs(found.first[2]) < found.first_conf[2]
    assert found.total[2] - found.total_conf[2] > 0


def test_a_linear_model_has_the_shares_of_its_squared_weights():
    layout = lay_out(THREE, "sobol", n_base=2048, seed=0)
    weight = np.array([4.0, 2.0, 1.0])
    found = indices(layout, layout.matrix @ weight)
    shares = weight**2 / (weight**2).sum()
    np.testing.assert_allclose(found.first, shares, atol=0.01)
    np.testing.assert_allclose(found.total, shares, atol=0.01)


def test_columns_of_a_group_count_as_one_factor():
    group = (Factor("both", ("a", "b")), Factor("c", ("c",)))
    layout = lay_out(group, "sobol", n_base=2048, seed=0)
    assert layout.matrix.shape == (2048 * 4, 3)
    found = indices(layout, layout.matrix @ np.array([4.0, 2.0, 1.0]))
    np.testing.assert_allclose(found.total, [20 / 21, 1 / 21], atol=0.01)


def test_morris_finds_the_size_of_linear_effects():
    layout = lay_out(THREE, "morris", n_base=10, seed=0)
    low, high = MORRIS_RANGE
    assert layout.matrix.min() >= low
    assert layout.matrix.max() <= high
    found = indices(layout, layout.matrix @ np.array([4.0, -2.0, 0.0]))
    assert found.first is None
    # An elementary effect is that of the whole range.
    np.testing.assert_allclose(found.total, np.array([4.0, 2.0, 0.0]) * (high - low), atol=1e-9)


def test_morris_finds_the_direction_of_an_effect_where_it_has_one():
    layout = lay_out(THREE, "morris", n_base=32, seed=0)
    first, second, third = layout.matrix.T
    # The second falls; the third rises as often as it falls.
    assert directions(layout, 4 * first - 2 * second + np.abs(third - 0.5)) == (True, False, None)
    groups = (Factor("a", ("x", "y")), Factor("b", ("z",)))
    layout = lay_out(groups, "morris", n_base=8, seed=0)
    assert directions(layout, layout.matrix.sum(axis=1)) == (None, True)


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_the_same_seed_gives_the_same_rows_and_indices(method):
    one, other = (lay_out(THREE, method, n_base=64, seed=0) for _ in range(2))
    np.testing.assert_array_equal(one.matrix, other.matrix)
    output = ishigami(one.matrix)
    first, second = indices(one, output), indices(other, output)
    np.testing.assert_array_equal(first.total, second.total)
    # The confidence rests on resampling, which has a seed, too.
    np.testing.assert_array_equal(first.total_conf, second.total_conf)
    assert not np.array_equal(one.matrix, lay_out(THREE, method, n_base=64, seed=1).matrix)


def test_a_constant_output_has_no_indices():
    layout = lay_out(THREE, "sobol", n_base=16, seed=0)
    assert indices(layout, np.full(len(layout.matrix), 0.3)) is None


def test_the_independent_rows_are_those_in_which_no_block_repeats_another():
    layout = lay_out(THREE, "sobol", n_base=64, seed=0)
    rows = layout.matrix[layout.independent]
    assert rows.shape == (128, 3)
    for column in rows.T:
        assert len(np.unique(column)) == 128


def test_assumptions_are_mapped_as_in_the_ordinary_design():
    values = load_assumptions()
    ordinary = Design(50, 7)
    names = [f"assumption:{a.key}" for a in values.items]
    matrix = np.column_stack([ordinary.column(name) for name in names])
    given = GivenDesign.from_matrix(matrix, names, seed=7)
    for item in values.items:
        np.testing.assert_array_equal(values.draw(item.key, given), values.draw(item.key, ordinary))


def test_probabilities_stay_inside_and_rows_can_be_picked():
    given = GivenDesign.from_matrix(np.array([[0.0], [0.4], [1.0]]), ["x"], seed=0)
    assert 0 < given.column("x").min() < given.column("x").max() < 1
    part = given.rows(np.array([1]))
    assert part.n_draws == 1
    np.testing.assert_array_equal(part.column("x"), [0.4])
    np.testing.assert_array_equal(part.column("not given"), [0.5])


def test_rows_that_differ_in_nothing_asked_for_are_one():
    layout = lay_out(THREE, "sobol", n_base=8, seed=0)
    given = layout.design
    asked = asked_by(lambda design: (design.column(layout.names[1]), design.column("not given")))
    assert asked == {layout.names[1], "not given"}
    some, which = given.distinct(asked)
    # In each block: the row of A and all that differ from it elsewhere; and those with B's value.
    assert some.n_draws == 16
    for name in asked:
        np.testing.assert_array_equal(some.column(name)[which], given.column(name))
    nothing, which = given.distinct({"not given"})
    assert nothing.n_draws == 1
    assert not which.any()


def test_parts_are_all_rows_in_order():
    given = lay_out(THREE, "sobol", n_base=4, seed=0).design
    parts = list(given.parts(7))
    assert [part.n_draws for part in parts] == [7, 7, 6]
    name = THREE[0].columns[0]
    np.testing.assert_array_equal(
        np.concatenate([part.column(name) for part in parts]), given.column(name)
    )


def test_a_recording_design_gives_ordinary_columns_and_remembers_them():
    recording, ordinary = RecordingDesign(5, 2), Design(5, 2)
    np.testing.assert_array_equal(recording.column("x"), ordinary.column("x"))
    assert recording.asked == {"x"}


@pytest.mark.parametrize(
    ("column", "key"),
    [
        ("assumption:optics.height_m", "optics.height_m"),
        ("count.quantile", "count.upper_end"),
        ("count.origin:some\nname.quantile", "count.upper_end"),
        ("count.zero", "count.installed"),
        ("count.built:some\nname", "count.installed"),
        ("count.interval", "count.interval"),
        ("count.increment:some-claim.interval", "count.interval"),
        ("mix:ptz", "optics.mix"),
        ("sensor:ptz", "optics.lens"),
        ("boundary", "city.boundary"),
        ("something new", "something new"),
    ],
)
def test_columns_belong_to_factors(column, key):
    assert factor_of(column) == key


def test_factors_are_sorted_and_fixed_ones_left_out():
    found = factors_of(["mix:b", "assumption:x.y", "mix:a", "assumption:x.z"], ["x.z"])
    assert found == (Factor("optics.mix", ("mix:a", "mix:b")), Factor("x.y", ("assumption:x.y",)))
