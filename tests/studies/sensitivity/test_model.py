"""The model behind the analysis: sample of points, boundaries, rows."""

import datetime as dt
import json
import shutil

import numpy as np
import pytest

from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.on_streets import on_streets
from toolkit.assessment.question import Question
from toolkit.base import store
from toolkit.base.draws import Design
from toolkit.studies.sensitivity import model
from toolkit.studies.sensitivity.analysis import find_factors
from toolkit.studies.sensitivity.design import GivenDesign, RecordingDesign, lay_out
from toolkit.studies.sensitivity.model import (
    boundary_options,
    expected_shares,
    stratified_sample,
)

AS_OF = dt.date(2026, 11, 23)


def question(city, **changes):
    return Question(city, AS_OF, **changes).load()


def test_a_sample_is_proportional_to_length_and_weighs_as_much_as_all():
    rng = np.random.default_rng(0)
    stratum = rng.integers(-1, 4, 5000)
    length = rng.uniform(1, 9, 5000)
    sample = stratified_sample(stratum, length, 400)
    known = stratum >= 0
    assert not (set(sample.point) & set(np.flatnonzero(~known)))
    assert len(np.unique(sample.point)) == len(sample.point)
    assert sample.weight_m.sum() == pytest.approx(length[known].sum())
    for s in range(4):
        mine = stratum[sample.point] == s
        of_all = length[stratum == s].sum() / length[known].sum()
        assert mine.mean() == pytest.approx(of_all, abs=0.01)
        assert sample.weight_m[mine].sum() == pytest.approx(length[stratum == s].sum())


def test_a_small_stratum_is_not_forgotten_and_a_small_city_is_taken_whole():
    stratum = np.array([0] * 1000 + [1])
    sample = stratified_sample(stratum, np.ones(1001), 10)
    assert 1000 in sample.point
    whole = stratified_sample(np.zeros(7, dtype=int), np.ones(7), 1000)
    assert sorted(whole.point) == list(range(7))


def test_the_sample_gives_the_share_of_an_assessment():
    ordinary = Design(20, 0)
    asked = question("helsinki-centre")
    outcome = on_streets(make_inputs(asked, ordinary))
    options = boundary_options(asked)
    recording = RecordingDesign(20, 0)
    share = expected_shares(asked, recording, options)
    of_all = outcome.expected_km / outcome.counted_km
    np.testing.assert_allclose(share.mean(axis=0)[:2], of_all.mean(axis=0)[:2], rtol=0.03)
    assert np.corrcoef(share[:, 0], of_all[:, 0])[0, 1] > 0.999
    # The same columns given row by row are the same model, whatever part they are evaluated in.
    names = sorted(recording.asked)
    matrix = np.column_stack([ordinary.column(name) for name in names])
    given = GivenDesign.from_matrix(matrix, names, seed=0)
    np.testing.assert_allclose(expected_shares(asked, given, options), share, rtol=1e-6)


def test_a_row_is_the_same_in_whatever_part_it_is_evaluated(monkeypatch):
    asked = question("helsinki-centre")
    options = boundary_options(asked)
    recording = RecordingDesign(9, 0)
    expected_shares(asked, recording, options, n_points=300)
    names = sorted(recording.asked)
    matrix = np.column_stack([Design(9, 0).column(name) for name in names])
    given = GivenDesign.from_matrix(matrix, names, seed=0)
    whole = expected_shares(asked, given, options, n_points=300)
    monkeypatch.setattr(model, "_CHUNK", 2)
    parts = expected_shares(asked, given, options, n_points=300)
    np.testing.assert_allclose(parts, whole, rtol=1e-6)


def test_without_streets_a_row_chooses_among_the_discs():
    asked = question("dawei")
    options = boundary_options(asked)
    assert [o.radius_km for o in options] == [1.0, 2.0, 5.0]
    place = np.array([0.1, 0.5, 0.9])
    given = GivenDesign.from_matrix(place[:, None], ["boundary"], seed=0)
    share = expected_shares(asked, given, options)
    for k, option in enumerate(options):
        alone = expected_shares(asked, given.rows(np.array([k])), (option,))
        np.testing.assert_allclose(share[k], alone[0])
    # The same cameras on a larger disc cover a smaller share of it.
    assert (np.diff(share[:, 0]) < 0).all()


def test_without_streets_each_row_is_as_if_it_were_alone(monkeypatch):
    monkeypatch.setattr(model, "_VIEWS_TOGETHER", 5)
    asked = question("mawlamyine")
    options = boundary_options(asked)
    layout = lay_out(find_factors(asked, options), "sobol", n_base=2, seed=0)
    together = expected_shares(asked, layout.design, options)
    alone = [
        expected_shares(asked, part, options)
        for part in layout.design.parts(1)
    ]  # fmt: skip
    np.testing.assert_array_equal(together, np.concatenate(alone))


def test_more_cameras_cover_a_larger_share():
    given = GivenDesign.from_matrix(np.full((1, 1), 0.5), ["boundary"], seed=0)
    few, many = (
        expected_shares(asked, given, boundary_options(asked))
        for asked in (question("dawei", count=(50, 50)), question("dawei", count=(500, 500)))
    )
    assert (many > few).all()


def test_progress_ends_at_one():
    told = []
    given = GivenDesign.from_matrix(np.full((600, 1), 0.4), ["boundary"], seed=0)
    asked = question("dawei")
    expected_shares(asked, given, boundary_options(asked), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_every_installed_boundary_of_a_city_can_be_chosen(home):
    built_in = store.builtin_dir() / "packs" / "helsinki-centre"
    other = home / "packs" / "helsinki-small"
    shutil.copytree(built_in, other)
    manifest = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"id": "helsinki-small", "city": "helsinki-centre"}
    manifest["boundary"] |= {"area_km2": 1.0, "note": "A smaller one."}
    (other / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    asked = question("helsinki-centre")
    options = boundary_options(asked)
    assert [o.pack for o in options] == ["helsinki-small", "helsinki-centre"]
    assert options[0].note == "A smaller one."
    given = GivenDesign.from_matrix(np.array([[0.2], [0.8]]), ["boundary"], seed=0)
    share = expected_shares(asked, given, options, n_points=200)
    # The same streets under both names: the choice reaches each, and changes nothing.
    np.testing.assert_allclose(share[0], share[1])
    factors = find_factors(asked, options)
    assert "city.boundary" in {factor.key for factor in factors}
