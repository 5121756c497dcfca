"""What is computed anew when an input of a city with streets changes, and what is kept."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from small_city import N_ROWS, PACK, install, note_a_camera

from toolkit.assessment import on_streets, question, site_plan, sums
from toolkit.assessment.assess import assess
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.question import SCENE_VALUES, Question
from toolkit.assumptions.sets import load_assumptions
from toolkit.engine import scene, sight_cache
from toolkit.siting import weights
from toolkit.streets import pack
from toolkit.streets.map_data import MapData, load_reference
from toolkit.streets.schema import LAYERS, PackLayers

AS_OF = dt.date(2026, 11, 23)

GROUND = {"scene", "sight"}
MOVES = {
    "sites.stretch_m": GROUND | {"weights"},
    "sites.level_height_m": GROUND,
    "sites.district_m": GROUND,
    "optics.max_range_m": GROUND,
    "optics.person_height_m": GROUND,
    "sites.siting_spread": {"weights"},
    "sites.uniform_share": {"weights"},
}
"""What each assumption moves; all others move nothing that is kept."""
KEYS = [item.key for item in load_assumptions().items]


def small(*, count=(20.0, 60.0), changes=None, seed=0, **options):
    return assess(
        PACK,
        as_of=options.pop("as_of", AS_OF),
        count=count,
        n_draws=5,
        seed=seed,
        assumptions=load_assumptions("central", changes),
        **options,
    )


def another_value(key: str) -> float | None:
    """Return a value that an assumption may have and has not; None where there is no other."""
    item = load_assumptions()[key]
    return next((v for v in (item.low, item.high) if v != item.value), None)


def forget() -> None:
    """Forget what is kept in memory, as a new process has."""
    question.streets.clear()
    pack.packs.clear()
    on_streets.scenes.clear()
    on_streets.samples.clear()
    weights._kept_weights.cache_clear()


@pytest.fixture
def built(home, monkeypatch):
    """Give the list of what is built anew, of a city that has been assessed once before."""
    install(home)
    forget()
    done: list[str] = []

    def note(module, name, kind):
        original = getattr(module, name)

        def noted(*given, **named):
            done.append(kind)
            return original(*given, **named)

        monkeypatch.setattr(module, name, noted)

    note(on_streets, "build_scene", "scene")
    note(sight_cache, "sweep", "sight")
    note(weights, "draw", "weights")
    small()
    assert sorted(done) == ["scene", "sight", "weights"]
    done.clear()
    yield done
    forget()


class TestCacheKeys:
    @pytest.mark.parametrize("key", MOVES)
    def test_an_assumption_moves_what_rests_on_it_and_nothing_else(self, built, key):
        small(changes={key: another_value(key)})
        assert sorted(built) == sorted(MOVES[key])

    def test_no_other_assumption_moves_anything(self, built):
        others = {key: another_value(key) for key in KEYS if key not in MOVES}
        changed = {key: value for key, value in others.items() if value is not None}
        assert len(changed) > 40

        def moved(key):
            forget()
            small()
            built.clear()
            small(changes={key: changed[key]})
            return bool(built)

        # What one of them moves, all of them at once move, too.
        small(changes=changed)
        assert built == [], [key for key in changed if moved(key)]

    @pytest.mark.parametrize(
        "changed",
        [
            {},
            {"count": (30.0, 90.0)},
            {"status": "planned"},
            {"scope": "all"},
            {"as_of": dt.date(2026, 12, 24)},
            {"sample_points": 200},
        ],
        ids=lambda changed: next(iter(changed), "nothing"),
    )
    def test_a_question_moves_nothing(self, built, changed):
        small(**changed)
        assert built == []

    @pytest.mark.parametrize("changed", [{"seed": 1}, {"profile": "pedestrian_core"}], ids=str)
    def test_a_seed_and_a_profile_move_the_weights_only(self, built, changed):
        small(**changed)
        assert built == ["weights"]

    def test_field_notes_move_the_sites_and_nothing_of_the_rest(self, built, tmp_path):
        note_a_camera(tmp_path, PACK)
        small()
        assert set(built) == GROUND

    def test_another_pack_moves_all(self, built, home):
        install(home, rows=N_ROWS + 20)
        small()
        assert set(built) == GROUND | {"weights"}

    def test_two_cities_are_kept_and_the_way_back_builds_nothing(self, built):
        small(changes={"sites.level_height_m": 4.0})
        built.clear()
        small()
        small(changes={"sites.level_height_m": 4.0})
        assert built == []

    def test_the_key_of_a_scene_has_all_that_builds_it(self):
        given = set(scene.build_scene.__annotations__)
        # How far it is changes nothing of it.
        assert given - {"return", "progress"} == {"pack", "model", "mapped", *SCENE_VALUES}

    @pytest.mark.usefixtures("built")
    def test_a_sample_is_drawn_once_for_a_seed(self, monkeypatch):
        drawn = []
        original = on_streets.draw_sample
        monkeypatch.setattr(
            on_streets,
            "draw_sample",
            lambda *given, **named: drawn.append(1) or original(*given, **named),
        )
        for count in ((20.0, 60.0), (30.0, 90.0)):
            small(count=count, sample_points=200)
        assert len(drawn) == 1
        small(sample_points=300)
        small(sample_points=200, seed=1)
        assert len(drawn) == 3


START = """
import datetime as dt, json, sys
import numpy as np
from toolkit.assessment.assess import assess
from toolkit.assessment.on_streets import scene_of
from toolkit.assessment.question import Question
from toolkit.engine import sight_cache
swept = []
sweep = sight_cache.sweep
sight_cache.sweep = lambda *given, **named: swept.append(1) or sweep(*given, **named)
question = Question("small", dt.date(2026, 11, 23), count=(20.0, 60.0), n_draws=5)
found = assess(question)
pairs = scene_of(question.load())[1].lines_of_sight
arrays = [pairs.start, pairs.point, pairs.distance_cm, pairs.bearing, pairs.height_dm]
print(json.dumps({
    "swept": len(swept),
    "mapped": [isinstance(a, np.memmap) and not a.flags.writeable for a in arrays],
    "json": found.to_json(),
}))
"""

FOUR_AT_ONCE = """
import datetime as dt, sys, threading
from concurrent.futures import ThreadPoolExecutor
from toolkit.assessment.assess import assess
COUNTS = [(20.0, 60.0), (30.0, 90.0), (5.0, 10.0), (100.0, 200.0)]
together = threading.Barrier(4)
def one(count, wait=True):
    if wait:
        together.wait()
    found = assess("small", as_of=dt.date(2026, 11, 23), count=count, n_draws=5)
    found.layers
    return found.to_json()
with ThreadPoolExecutor(4) as pool:
    at_once = [text for _ in range(3) for text in pool.map(one, COUNTS)]
assert at_once == 3 * [one(count, wait=False) for count in COUNTS]
print("the same")
"""


def run(code: str, **variables: str) -> str:
    """Run code in a process of its own and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **variables},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_second_start_maps_the_arrays_and_sweeps_nothing(home):
    install(home)
    first, second = (json.loads(run(START)) for _ in range(2))
    assert first["swept"] == 1
    assert second["swept"] == 0
    assert second["mapped"] == [True] * 5
    assert second["json"] == first["json"]


def test_four_threads_at_once_do_not_stop_the_process(home):
    install(home)
    assert run(FOUR_AT_ONCE) == "the same\n"


def test_layers_are_made_once_and_only_when_asked_for(home, monkeypatch):
    install(home)
    forget()
    made = []
    original = on_streets.street_figures
    monkeypatch.setattr(
        on_streets, "street_figures", lambda *given: made.append(1) or original(*given)
    )
    found = small()
    assert made == []
    assert found.layers is found.layers
    assert len(made) == 1
    street = found.layers.streets
    built = on_streets.scene_of(Question(PACK, AS_OF).load())[1]
    assert np.isnan(street["seen_mid"].to_numpy()[~built.street_known]).all()
    forget()


def test_totals_alone_are_those_that_come_with_a_summary(tmp_path, monkeypatch):
    monkeypatch.setenv("CAMERA_TOOLKIT_HOME", str(tmp_path))
    install(tmp_path)
    inputs = make_inputs(Question(PACK, AS_OF, count=(20.0, 60.0), n_draws=7).load())
    pack, ground = on_streets.scene_of(inputs.loaded)
    plan = site_plan.plan_sites(inputs, pack, ground)
    both, _ = sums.add_up(inputs, ground, plan, plan.sample)
    alone = sums.add_up_totals(inputs, ground, plan, plan.sample)
    assert both.expected_m.min() > 0
    np.testing.assert_allclose(alone.expected_m, both.expected_m, rtol=1e-5)
    for name in ("realised_m", "alone_m", "everything_m", "n_able"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(both, name))


def test_draws_of_streets_that_are_too_large_to_keep_are_made_again_alike(home, monkeypatch):
    install(home)
    kept = small().layers.detail
    assert kept.by_street is kept.by_street
    monkeypatch.setattr(on_streets, "_MOST_KEPT_MB", 0.0)
    made = small().layers.detail
    assert made.by_street is not made.by_street
    np.testing.assert_array_equal(made.by_street, kept.by_street)


def few(found, missing=()):
    return on_streets._few(found, load_reference(), missing)


def test_what_is_mapped_less_than_anywhere_in_the_reference_is_said_with_its_share():
    found = few(MapData(0.01, 0.5, 0.05), [])
    assert found.keys() == {"few_buildings", "few_signals", "few_classes"}
    assert found["few_buildings"]["share"] == 0.01
    assert found["few_signals"]["share"] == pytest.approx(0.0005)
    assert found["few_buildings"]["low"] < found["few_buildings"]["high"]
    # A layer that is not there at all has a note of its own.
    assert "few_buildings" not in few(MapData(0.0, 0.5, 0.05), ["no_buildings"])
    assert few(MapData(0.5, 1.0, 10.0), []) == {}
    assert "few_signals" not in few(MapData(0.5, 1.0, None), [])


@pytest.mark.parametrize(("count", "full"), [(100, False), (30_000, True)])
def test_saturation_is_said(count, full):
    question = Question("helsinki-centre", AS_OF, n_draws=20, count=(count, count))
    found = assess(question)
    assert ("saturated" in {note.id for note in found.warnings}) == full


def with_private_cameras(home):
    """Let every second mapped camera of the small city watch private ground."""
    whole = pack.open_pack(PACK)
    cameras = whole.cameras.copy()
    cameras["surveillance"] = ["outdoor" if k % 2 else None for k in range(len(cameras))]
    layers = PackLayers(
        **{name: cameras if name == "cameras" else getattr(whole, name) for name in LAYERS}
    )
    shutil.rmtree(home / pack.FOLDER / PACK)
    pack.write_pack(home / pack.FOLDER / PACK, whole.manifest.model_copy(update={"parts": {}}),
                    layers)  # fmt: skip
    return cameras


def test_private_mapped_cameras_count_only_where_an_assumption_or_the_report_says_so(home):
    install(home)
    everything = small(scope="public")
    cameras = with_private_cameras(home)
    public = cameras[cameras["surveillance"].isna()]
    assert 0 < len(public) < len(cameras)

    none = small(scope="public")
    assert len(none.layers.mapped) == len(cameras)
    assert none.cameras.installed.mapped < everything.cameras.installed.mapped
    assert "mapped_private" in [note.id for note in none.warnings]
    seen = none.tiers["seen"].length_km.mid
    assert seen < everything.tiers["seen"].length_km.mid

    counted = small(scope="public", changes={"mapped.private_count": 1.0})
    assert counted.cameras.installed.mapped == everything.cameras.installed.mapped
    assert "mapped_private" not in [note.id for note in counted.warnings]
    assert counted.tiers["seen"].length_km.mid > seen
    # A number for all cameras holds private ones, too.
    every = small(scope="all")
    assert every.cameras.installed.mapped == everything.cameras.installed.mapped


def test_two_questions_at_once_share_one_scene_and_one_sample(home, monkeypatch):
    install(home)
    forget()
    begun, go_on, made = threading.Event(), threading.Event(), []
    build, draw = on_streets.build_scene, on_streets.draw_sample

    def building(*given, **named):
        made.append("scene")
        begun.set()
        assert go_on.wait(30)
        return build(*given, **named)

    def drawing(*given, **named):
        made.append("sample")
        return draw(*given, **named)

    monkeypatch.setattr(on_streets, "build_scene", building)
    monkeypatch.setattr(on_streets, "draw_sample", drawing)
    asked = [
        Question(PACK, AS_OF, count=(20.0, high), sample_points=200).load() for high in (60.0, 70.0)
    ]
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(on_streets.points_of, asked[0])
        assert begun.wait(30)
        second = pool.submit(on_streets.points_of, asked[1])
        while on_streets.scenes._turns[asked[1].key("scene")].n_threads < 2:
            pass
        go_on.set()
        one, another = (found.result(60) for found in (first, second))
    assert [a is b for a, b in zip(one, another, strict=True)] == [True, True, True]
    assert made == ["scene", "sample"]
