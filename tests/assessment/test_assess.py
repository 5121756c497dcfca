"""The whole path: one answer per city, the same for the same inputs, and honest at its edges."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import small_city
from old_pack import make_version_1

from toolkit.assessment import model
from toolkit.assessment.assess import assemble, assess, assess_layers
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.model import Assessment
from toolkit.assessment.on_city_level import on_city_level
from toolkit.assessment.question import Question
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import quantity, store, terms
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.base.terms import NESTED_TIERS, TIERS
from toolkit.language import words
from toolkit.streets.cities import load_cities

AS_OF = dt.date(2026, 11, 23)
TEN = [c.id for c in load_cities() if not c.demonstration]


@pytest.fixture(scope="module")
def helsinki():
    return assess("helsinki-centre", as_of=AS_OF)


@pytest.fixture(scope="module")
def mawlamyine():
    return assess("mawlamyine", as_of=AS_OF)


def test_helsinki_stands_on_streets(helsinki):
    assert helsinki.basis == "streets"
    assert helsinki.demonstration
    assert helsinki.inputs.pack_sha256
    boundary = helsinki.city.boundary
    assert boundary.length_km == pytest.approx(93.4, abs=0.1)
    for part in helsinki.tiers.values():
        assert part.share_of_length.realised.known
        assert not part.cases
        assert part.unknown_share == pytest.approx(0.1, abs=0.05)


def test_a_pack_of_schema_1_gives_the_same_figures(home):
    small_city.install(home)
    new = assess(small_city.PACK, as_of=AS_OF, count=(20.0, 60.0), n_draws=5)
    make_version_1(home / "packs" / small_city.PACK)
    old = assess(small_city.PACK, as_of=AS_OF, count=(20.0, 60.0), n_draws=5)
    data, before = (json.loads(found.to_json()) for found in (new, old))
    hashes = [found["inputs"].pop("pack_sha256") for found in (data, before)]
    assert hashes[0] != hashes[1]
    assert data == before
    assert new.layers.streets.equals(old.layers.streets)
    # Nothing of the first answer was taken for the second.
    assert old.tiers["seen"].share_of_length.realised.known


def test_the_share_that_is_done_only_grows(home):
    small_city.install(home, rows=small_city.N_ROWS + 7)  # streets that nothing has been kept of
    said: list[float] = []
    assess(small_city.PACK, as_of=AS_OF, count=(20, 40), n_draws=20, progress=said.append)
    assert len(said) > 5
    assert said == sorted(said)
    assert said[-1] == pytest.approx(1.0)


def test_json_follows_the_interface_and_the_schema(helsinki, mawlamyine):
    for found in (helsinki, mawlamyine):
        data = json.loads(found.to_json())
        jsonschema.validate(data, model.Assessment.model_json_schema(by_alias=True))
        assert {
            "schema", "tool", "as_of", "seed", "city", "basis", "demonstration", "assumptions",
            "inputs", "cameras", "tiers", "missing", "warnings", "limits", "sources",
        } <= set(data)  # fmt: skip
        assert data["schema"] == "camera-exposure.assessment/3"
        assert set(data["tiers"]) == set(TIERS)
        assert {"count", "mapped", "completeness", "claims", "contradictions", "stale"} <= set(
            data["cameras"]["installed"]
        )
        for part in data["tiers"].values():
            assert set(part["ring_m"]) == {"inner", "outer", "empty_share"}
            assert set(part["share_of_length"]) == {"expected", "realised", "everything_on"}
        assert Assessment.from_json(found.to_json()).to_json() == found.to_json()


def test_layers_by_themselves_are_those_of_the_whole_answer(helsinki):
    alone = assess_layers(Question("helsinki-centre", helsinki.as_of))
    assert alone.tiers == {}
    one, other = (json.loads(answer.to_json()) for answer in (helsinki, alone))
    without_figures = (
        "cameras", "city", "inputs", "assumptions", "missing", "warnings", "limits", "sources",
    )  # fmt: skip
    assert {key: one[key] for key in without_figures} == {
        key: other[key] for key in without_figures
    }
    assert helsinki.layers.streets.equals(alone.layers.streets)
    details = helsinki.layers.detail, alone.layers.detail
    assert details[0].cells(200.0).equals(details[1].cells(200.0))
    assert np.array_equal(details[0].effective_cameras, details[1].effective_cameras)
    for tier in TIERS:
        assert helsinki.layers.zones(tier).equals(alone.layers.zones(tier))


def test_layers_of_a_city_without_streets_come_with_its_whole_answer(mawlamyine):
    question = Question("mawlamyine", mawlamyine.as_of)
    assert assess_layers(question).to_json() == mawlamyine.to_json()


def test_better_images_are_rarer(helsinki, mawlamyine):
    for found in (helsinki, mawlamyine):
        for narrow, wide in NESTED_TIERS:
            one, other = found.tiers[narrow].length_km, found.tiers[wide].length_km
            for end in ("low", "mid", "high"):
                assert getattr(one, end) <= getattr(other, end)
    streets = helsinki.layers.streets
    for end in ("low", "mid", "high"):
        known = streets["seen_class"] != "unknown"
        for narrow, wide in NESTED_TIERS:
            a, b = streets.loc[known, f"{narrow}_{end}"], streets.loc[known, f"{wide}_{end}"]
            assert (a <= b + 1e-6).all()


def test_expected_and_realised_agree_in_the_middle_and_everything_on_is_higher(helsinki):
    share = helsinki.tiers["seen"].share_of_length
    assert share.expected.mid == pytest.approx(share.realised.mid, rel=0.1)
    assert share.everything_on.mid > share.expected.mid
    assert share.realised.high <= 1


def test_streets_and_zones_carry_the_classes(helsinki):
    layers = helsinki.layers
    streets = layers.streets
    assert streets["street_id"].is_unique
    for tier in TIERS:
        values = streets[[f"{tier}_low", f"{tier}_mid", f"{tier}_high"]].to_numpy()
        unknown = (streets[f"{tier}_class"] == "unknown").to_numpy()
        assert np.isnan(values[unknown]).all()
        assert (np.diff(values[~unknown], axis=1) >= -1e-9).all()
    zones = layers.zones("seen")
    assert zones.crs == "EPSG:4326"
    assert zones.is_valid.all()
    assert set(zones["exposure_class"]) <= set(terms.EXPOSURE_CLASSES)
    assert "OpenStreetMap" in layers.attribution


@pytest.mark.parametrize("city", TEN)
def test_each_reported_city_has_an_answer_without_streets(city):
    found = assess(city, as_of=AS_OF, n_draws=200)
    assert found.basis == "city_level"
    assert found.layers is None
    assert not found.demonstration
    for part in found.shown_tiers.values():
        assert part.length_km.known
        assert part.unknown_share is None
        for share in (part.share_of_length.expected, part.share_of_length.realised):
            assert share.mid is None
            assert share.why
        assert {(c.radius_km, c.allocation) for c in part.cases} == {
            (r, a) for r in (1.0, 2.0, 5.0) for a in ("core", "township")
        }
        by_id = {(c.radius_km, c.allocation): c.share_of_length for c in part.cases}
        for radius in (1.0, 2.0, 5.0):
            assert by_id[radius, "core"].mid >= by_id[radius, "township"].mid
    assert found.sources
    assert {note.id for note in found.missing} == {"no_streets"}


def test_the_city_level_estimate_agrees_with_streets_where_both_are_known(helsinki):
    # The demonstration without its streets: the length covered must come out near that with them,
    # up to the overlap of views, which the city-level figure does not take off.
    loaded = Question("helsinki-centre", AS_OF).load()
    inputs = make_inputs(replace(loaded, pack=None, manifest=None))
    without = assemble(inputs, on_city_level(inputs))
    assert without.basis == "city_level"
    with_streets = helsinki.tiers["recognised"].length_km
    estimate = without.tiers["recognised"].length_km
    assert estimate.low < with_streets.mid < estimate.high


def test_more_cameras_cover_more(mawlamyine):
    few = assess("mawlamyine", as_of=AS_OF, count=(50, 50), n_draws=200)
    many = assess("mawlamyine", as_of=AS_OF, count=(500, 500), n_draws=200)
    for tier in TIERS:
        assert few.tiers[tier].length_km.mid <= many.tiers[tier].length_km.mid
    assert few.cameras.installed.count == quantity.Quantity.exactly(50, "cameras")
    assert "own_count" in {note.id for note in few.warnings}
    assert "own_count" not in {note.id for note in mawlamyine.warnings}


def test_only_the_changed_assumption_moves(mawlamyine):
    changed = load_assumptions(changes={"optics.availability": 1.0})
    working = assess("mawlamyine", as_of=AS_OF, assumptions=changed)
    assert working.cameras == mawlamyine.cameras
    assert working.tiers["seen"].ring_m == mawlamyine.tiers["seen"].ring_m
    assert working.tiers["seen"].length_km.mid > mawlamyine.tiers["seen"].length_km.mid
    assert working.assumptions.changed == {"optics.availability": 1.0}
    assert working.assumptions.sha256 != mawlamyine.assumptions.sha256


def test_before_the_reports_no_number_is_known_and_none_is_borrowed():
    with pytest.raises(InputDataError, match=r"only 0 other cities .* --count LOW:HIGH"):
        assess("mawlamyine", as_of=dt.date(2012, 1, 1))
    own = assess("mawlamyine", as_of=dt.date(2012, 1, 1), count=(20, 60), n_draws=20)
    assert own.cameras.installed.claims == ()
    assert own.cameras.installed.entered == own.cameras.installed.count


def test_the_number_entered_is_kept_apart_from_what_is_mapped(helsinki):
    found = assess("helsinki-centre", as_of=AS_OF, count=(10, 10), n_draws=20)
    cameras = found.cameras.installed
    assert cameras.entered.mid == 10
    assert cameras.count.low == cameras.mapped == 215
    assert helsinki.cameras.installed.entered is None


def test_a_city_without_a_number_borrows_it_from_its_country():
    found = assess("sittwe", as_of=AS_OF)
    assert "no_count" in {note.id for note in found.warnings}
    assert found.cameras.installed.count.low < 335 < found.cameras.installed.count.mid


def test_a_date_after_the_reports_is_a_projection_and_one_far_ahead_is_refused():
    read = dt.date(2026, 11, 29)
    for day, projected in ((read, False), (read + dt.timedelta(days=1), True)):
        found = assess("naypyidaw", as_of=day, n_draws=20)
        assert ("projection" in {note.id for note in found.warnings}) == projected
    assess("naypyidaw", as_of=read + dt.timedelta(days=730), n_draws=20)
    with pytest.raises(InputDataError, match=r"2028-11-30 lies more than 2 years after 2026-11"):
        assess("naypyidaw", as_of=dt.date(2028, 11, 30), n_draws=20)


def test_planned_includes_installed():
    for city in ("mandalay", "yangon"):
        found = assess(city, as_of=AS_OF, status="planned", n_draws=200)
        installed, planned = found.cameras.installed.count, found.cameras.planned.count
        assert planned.low >= installed.low
        assert planned.high >= installed.high


def test_talks_leave_the_possibility_that_nothing_is_there():
    found = assess("hpa-an", as_of=AS_OF)
    assert "perhaps nothing is installed" in found.cameras.installed.count.why
    assert found.if_built.nothing_installed.mid > 0.5
    assert found.if_built.cameras.count.low > 0


def test_another_seed_gives_other_draws_and_about_the_same_answer(mawlamyine):
    other = assess("mawlamyine", as_of=AS_OF, seed=1)
    assert other.tiers["seen"].length_km != mawlamyine.tiers["seen"].length_km
    assert other.tiers["seen"].length_km.mid == pytest.approx(
        mawlamyine.tiers["seen"].length_km.mid, rel=0.25
    )


def test_an_unknown_city_is_not_guessed():
    with pytest.raises(NotFoundError):
        assess("Mawlamyinegyunn", as_of=AS_OF)


def run_cli(folder: Path, **environment: str) -> bytes:
    """Run the command in a folder, with a clean environment but for the given variables."""
    root = store.builtin_dir().parent
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "SYSTEMROOT", "NUMBA_CACHE_DIR")}
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", "--quiet", "assess", small_city.PACK, "--json",
         "--as-of", "2026-11-23", "--count", "20:60"],
        cwd=folder, env={**kept, "PYTHONPATH": str(root), **environment},
        capture_output=True, check=True, timeout=300,
    )  # fmt: skip
    return done.stdout


def test_same_inputs_same_bytes_anywhere(tmp_path, home):
    first = tmp_path / "one"
    second = tmp_path / "two with spaces"
    outputs = []
    for folder, zone, seed, locale in (
        (first, "Asia/Yangon", "1", "C"),
        (second, "America/New_York", "4242", "my_MM.UTF-8"),
    ):
        folder.mkdir()
        small_city.install(folder / "home")
        outputs.append(
            run_cli(
                folder,
                TZ=zone,
                PYTHONHASHSEED=seed,
                LC_ALL=locale,
                HOME=str(folder),
                CAMERA_TOOLKIT_HOME=str(folder / "home"),
            )
        )
    small_city.install(home)
    here = assess(small_city.PACK, as_of=AS_OF, count=(20.0, 60.0))
    assert outputs[0] == outputs[1] == here.to_json().encode()


def test_an_installed_pack_of_no_known_city_needs_a_number_of_ones_own(home):
    """A whole extract that was imported under its own name has no report and no country."""
    built_in = store.builtin_dir() / "packs" / "helsinki-centre"
    mine = home / "packs" / "harbour-town"
    mine.mkdir(parents=True)
    for part in built_in.iterdir():
        (mine / part.name).write_bytes(part.read_bytes())
    manifest = json.loads((mine / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"id": "harbour-town", "demonstration": False, "banner": None}
    (mine / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InputDataError, match=r"No number .* Give your own with --count"):
        assess("harbour-town", as_of=AS_OF, n_draws=40)
    # A number given in a claim of one's own does not say which area it counts.
    claim = (store.builtin_dir() / "evidence" / "helsinki-centre.toml").read_text(encoding="utf-8")
    (home / "evidence").mkdir()
    (home / "evidence" / "harbour-town.toml").write_text(
        claim.replace("helsinki-centre", "harbour-town"), encoding="utf-8"
    )
    found = assess("harbour-town", as_of=AS_OF, n_draws=40)
    assert found.basis == "streets"
    assert not found.demonstration
    warned = {note.id for note in found.warnings}
    assert "area_not_stated" in warned
    assert "no_count" not in warned
    part = found.tiers["seen"]
    core, township = (c.share_of_length for c in part.cases)
    assert core.mid > township.mid
    assert township.mid <= part.share_of_length.expected.mid <= core.mid
    # The figure per km is about the boundary, of which the report may hold cameras outside.
    cameras = found.cameras.installed
    assert part.cameras_able.mid < cameras.count.mid  # every camera can see: those are all inside
    assert part.ring_m.empty_share.high == 0
    for one, inside in zip(
        (cameras.per_km.low, cameras.per_km.mid, cameras.per_km.high),
        (part.cameras_able.low, part.cameras_able.mid, part.cameras_able.high),
        strict=True,
    ):
        assert one == pytest.approx(inside / found.draws.counted_km, rel=1e-4)


def test_threats_are_those_that_were_reported_by_the_date(mawlamyine, helsinki):
    assert [(t.id, t.answered_by) for t in mawlamyine.threats] == [
        ("tracking", None),
        ("linking", None),
        ("places", None),
        ("vehicles", "plate"),
        ("live_watching", None),
    ]
    assert helsinki.threats == ()
    before = assess("mawlamyine", as_of=dt.date(2022, 7, 10), n_draws=20)
    assert before.threats == ()
    data = json.loads(mawlamyine.to_json())["threats"]
    assert data[0] == {"id": "tracking", "answered_by": None}


def test_sources_are_claims_that_a_figure_rests_on(mawlamyine):
    ids = {source.id for source in mawlamyine.sources}
    # The chance that the software is on rests on reports of it, not on denials, checkpoints or
    # people who watch.
    assert {"mawlamyine-than-lwin-capability", "national-reuters-programme"} <= ids
    assert ids.isdisjoint(
        {"national-hikvision-no-face", "national-shan-herald-psms", "national-reuters-officers"}
    )


def test_the_order_to_shops_is_a_limit_from_its_date_on_and_never_a_count():
    asked = Question("mandalay", AS_OF, n_draws=20)
    sentence = words.private_limit("en")
    assert assess(asked).limits[1] == sentence
    assert sentence not in assess(replace(asked, as_of=dt.date(2023, 8, 30))).limits
    with pytest.raises(NotFoundError, match="No number is reported"):
        assess(replace(asked, scope="compelled_private"))
    own = assess(replace(asked, scope="compelled_private", count=(40.0, 40.0)))
    assert sentence not in own.limits
    assert "compelled_private" in [note.id for note in own.warnings]
    assert own.cameras.installed.count.mid == 40
