"""Everything that an answer follows from moves the fingerprint of the question, and it alone."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from own_evidence import CLAIM, OBSERVATION, write_evidence
from small_city import N_ROWS, PACK, install, move_city, note_a_camera

import toolkit
from toolkit.assessment import assess as assess_module
from toolkit.assessment import city_data
from toolkit.assessment import question as question_module
from toolkit.assessment.assess import assess
from toolkit.assessment.city_data import city_or_pack
from toolkit.assessment.question import Question, kept_or_made
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError, PackError
from toolkit.base.lru_cache import LruCache
from toolkit.evidence.observations import Observation
from toolkit.streets import pack as pack_module
from toolkit.streets import stored_notes
from toolkit.streets.cities import find_city
from toolkit.streets.pack import open_pack

AS_OF = dt.date(2026, 11, 23)
CITY = "dawei"
DAHUA = 'title = "Dahua"\nshares = {{ fixed_wide = 0.{}, fixed_medium = 0.{},'
"""The mix of camera types for the brand that is reported of the city."""

Change = Callable[[Path], object]


def asked(city: str = CITY, **fields: object) -> Question:
    return Question(city, AS_OF, n_draws=20, **fields)


def own(name: str, *swap: str) -> Change:
    """Return a change: the user's own copy of a file of data, with a text in it replaced."""

    def change(home: Path) -> None:
        text = (store.builtin_dir() / name).read_text(encoding="utf-8")
        before, after = swap or (text, f"{text}\n# a remark\n")
        assert before in text
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text(text.replace(before, after, 1), encoding="utf-8")

    return change


def less_uniform(home: Path) -> None:
    found = json.loads((store.builtin_dir() / "siting" / "profiles.json").read_bytes())
    found["uniform_share"][1] += 0.001
    (home / "siting").mkdir()
    (home / "siting" / "profiles.json").write_text(json.dumps(found), encoding="utf-8")


def denser_networks(home: Path) -> None:
    found = json.loads((store.builtin_dir() / "fabrics.json").read_bytes())
    for row in found["fabrics"]:
        row["open_stretch_m"] = [2 * metres for metres in row["open_stretch_m"]]
    (home / "fabrics.json").write_text(json.dumps(found), encoding="utf-8")


FILES: dict[str, Change] = {
    "national": lambda home: write_evidence(home / "evidence", "national", CLAIM),
    "threats": own("threats.toml", 'id = "linking"', 'id = "links"'),
    "claim": lambda home: write_evidence(home / "evidence", CITY, CLAIM),
    "observation": lambda home: write_evidence(home / "evidence", CITY, OBSERVATION),
    "city": own("cities.toml", '{ en = "Dawei"', '{ en = "Dawei town"'),
    "streets": lambda home: install(home, city=CITY),
    "siting": own("siting/central.toml"),
    "prior": own("siting/prior.toml"),
    "profiles": less_uniform,
    "camera types": own(
        "camera_types.toml", "width_px = { value = 2688.0", "width_px = { value = 999.0"
    ),
    "brands": own("brands.toml", *(DAHUA.format(*share) for share in ((35, 25), (25, 35)))),
    "networks": denser_networks,
}
"""Files that move the answer about a city without streets."""
MOVE_NO_ANSWER: dict[str, Change] = {
    # A claim about the whole country that covers no city can be referred to.
    "background": lambda home: write_evidence(
        home / "evidence", "national", CLAIM.rstrip() + '\ncovers = ["none"]\n'
    ),
    # Checked, for the names in claims.
    "makers": own("makers.toml"),
    # Of another city, and for installed streets.
    "named places": own("siting/named_places.toml"),
    # For studies of one camera, comparisons of cities and advice on field work, of which a study
    # of sensitivity has the last.
    "thresholds": own("thresholds.toml"),
    "models": own("models.toml"),
    "rankings": own("rankings.toml"),
    "field work": own("field_work.toml"),
}


@pytest.mark.parametrize("name", [*FILES, *MOVE_NO_ANSWER])
def test_each_file_moves_the_fingerprint_and_the_answer(home, name):
    before, answer = asked().fingerprint(), assess(asked()).to_json()
    (FILES | MOVE_NO_ANSWER)[name](home)
    assert asked().fingerprint() != before
    assert (assess(asked()).to_json() != answer) == (name in FILES)


FIELDS: dict[str, dict[str, object]] = {
    "city": {"city": "bagan"},
    "as_of": {"as_of": dt.date(2022, 12, 31)},
    "assumptions": {"assumptions": load_assumptions(changes={"optics.availability": 0.5})},
    "status": {"status": "planned"},
    "scope": {"scope": "all"},
    "count": {"count": (20.0, 60.0)},
    "profile": {"profile": "pedestrian_core"},
    "seed": {"seed": 1},
    "n_draws": {"n_draws": 21},
    "sample_points": {"city": PACK, "sample_points": 200, "count": (40.0, 90.0)},
    "observations": {"observations": (Observation(walked_km=5, seen=40),)},
    "evidence": {"evidence": Path("other")},
    "pack": {"pack": PACK},
    "where": {"city": PACK, "where": "township", "count": (40.0, 90.0)},
    "night": {"night": True},
}
"""Another value for each field. A sample is only taken on streets."""


def test_each_field_has_a_case():
    assert set(FIELDS) == {field.name for field in dataclasses.fields(Question)}


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_moves_the_fingerprint_and_the_answer(home, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    write_evidence(tmp_path / "other", CITY, CLAIM)
    install(home)
    # A pack of no known city has no number of cameras to borrow.
    given = {key: value for key, value in FIELDS[name].items() if key in ("city", "count")}
    first = dataclasses.replace(asked(), **(given if "city" in given else {}))
    first = asked() if name == "city" else first
    other = dataclasses.replace(first, **FIELDS[name])
    assert other.fingerprint() != first.fingerprint()
    assert assess(other).to_json() != assess(first).to_json()


def test_the_name_and_the_label_of_a_set_are_in_the_answer_and_so_in_the_fingerprint():
    values = load_assumptions()
    for changed in ({"name": "other"}, {"label": "minimal"}):
        other = dataclasses.replace(values, **changed)
        assert asked(assumptions=other).fingerprint() != asked().fingerprint()


def test_another_version_of_the_toolkit_has_other_answers(monkeypatch):
    before, answer = asked().fingerprint(), assess(asked()).to_json()
    for module in (question_module, assess_module):
        monkeypatch.setattr(module, "__version__", "9.9.9")
    assert asked().fingerprint() != before
    assert assess(asked()).to_json() != answer


class TestStreets:
    @pytest.fixture(autouse=True)
    def _installed(self, home):
        move_city(home, CITY)
        install(home, city=CITY)

    def test_other_streets_and_field_notes_move_both(self, home, tmp_path):
        seen = {asked().fingerprint(): assess(asked()).to_json()}
        install(home, city=CITY, rows=N_ROWS + 20)
        seen[asked().fingerprint()] = assess(asked()).to_json()
        note_a_camera(tmp_path, CITY)
        seen[asked().fingerprint()] = assess(asked()).to_json()
        assert len(seen) == len(set(seen.values())) == 3

    @pytest.fixture
    def while_opened(self, monkeypatch) -> Callable[[Callable[[], object]], None]:
        """Give a function that lets something happen once streets are opened."""
        question_module.streets.clear()
        pack_module.packs.clear()

        def happens(change: Callable[[], object]) -> None:
            opened, changes = question_module.open_once, [change]

            def opening(*given):
                if changes:
                    changes.pop()()
                return opened(*given)

            monkeypatch.setattr(question_module, "open_once", opening)

        return happens

    def test_a_note_made_while_streets_are_opened_is_not_kept_with_the_older_data(
        self, tmp_path, while_opened
    ):
        while_opened(lambda: note_a_camera(tmp_path, CITY))
        found = asked().load()
        assert found.fingerprint() == asked().fingerprint()
        assert (found.mapped["source"] == "field").sum() == 1
        stored_notes.remove_cameras(CITY)
        assert (asked().load().mapped["source"] == "field").sum() == 0

    def test_streets_replaced_while_they_are_opened_are_opened_anew(self, home, while_opened):
        while_opened(lambda: install(home, city=CITY, rows=N_ROWS + 20))
        found = asked().load()
        assert len(found.pack.streets) == N_ROWS + 20
        assert found.fingerprint() == asked().fingerprint()

    def test_another_boundary_of_the_city_is_one_more_for_a_study_of_sensitivity(self, home):
        before, answer = asked().fingerprint(), assess(asked()).to_json()
        install(home, "small-too", city=CITY)
        assert asked().fingerprint() != before
        assert assess(asked()).to_json() == answer

    def test_parts_move_with_what_they_follow_from(self, home, tmp_path):
        parts = ("scene", "sample")

        def moved(other: Question, first: Question | None = None) -> list[str]:
            return [p for p in parts if other.part(p) != (first or asked()).part(p)]

        assert (
            moved(asked(count=(1.0, 2.0), observations=(Observation(walked_km=5, seen=1),))) == []
        )
        assert moved(asked(seed=1)) == moved(asked(sample_points=9)) == ["sample"]
        for key in question_module.SCENE_VALUES.values():
            values = load_assumptions()
            lower = load_assumptions(changes={key: values[key].low or values[key].value / 2})
            if lower.sha256 != values.sha256:
                assert moved(asked(assumptions=lower)) == [*parts]
        before = {p: asked().part(p) for p in parts}
        write_evidence(home / "evidence", CITY, CLAIM)
        assert before == {p: asked().part(p) for p in parts}
        note_a_camera(tmp_path, CITY)
        assert not before.items() & {p: asked().part(p) for p in parts}.items()


def test_evidence_in_a_folder_stands_in_place_of_the_users_own(home, tmp_path):
    write_evidence(tmp_path / "other", CITY, CLAIM)
    question = asked(evidence=tmp_path / "other")
    before = question.fingerprint()
    write_evidence(home / "evidence", CITY, OBSERVATION)
    assert question.fingerprint() == before
    write_evidence(tmp_path / "other", CITY, CLAIM + OBSERVATION)
    assert question.fingerprint() != before
    shutil.copytree(tmp_path / "other", tmp_path / "moved")
    assert asked(evidence=tmp_path / "moved").fingerprint() == question.fingerprint()


def test_names_of_a_city_are_one_question():
    assert asked("Tavoy").fingerprint() == asked("ထားဝယ်").fingerprint() == asked().fingerprint()


def test_what_was_loaded_is_the_answer_whatever_changes_afterwards(home):
    loaded = asked().load()
    write_evidence(home / "evidence", CITY, CLAIM)
    assert [claim.id for claim in loaded.claims] != [claim.id for claim in asked().load().claims]
    assert "mine" in {claim.id for claim in asked().load().claims}


def test_what_was_loaded_has_the_fingerprint_of_its_question_and_answers_others(home):
    loaded = asked().load()
    assert loaded.fingerprint() == asked().fingerprint()
    assert loaded.contents() == asked().contents()
    before = asked(status="planned").fingerprint()
    write_evidence(home / "evidence", CITY, CLAIM)
    assert loaded.ask(status="planned").fingerprint() == before
    assert loaded.fingerprint() != asked().fingerprint()
    for change in ({"city": "bagan"}, {"profile": "pedestrian_core"}):
        with pytest.raises(ValueError, match=next(iter(change))):
            loaded.ask(**change)


def test_the_answer_to_what_was_loaded_reads_nothing_again(home):
    loaded, answer = asked().load(), assess(asked()).to_json()
    write_evidence(home / "evidence", CITY, CLAIM)
    assert assess(loaded).to_json() == answer != assess(asked()).to_json()


def test_what_is_made_is_kept_for_the_data_of_which_it_was_made(home, monkeypatch):
    kept: LruCache[list[str]] = LruCache(4)

    def ids() -> list[str]:
        return kept_or_made(kept, asked(), lambda loaded: [claim.id for claim in loaded.claims])

    load = Question.load

    def added_meanwhile(question: Question):
        write_evidence(home / "evidence", CITY, CLAIM)
        return load(question)

    with monkeypatch.context() as patch:
        patch.setattr(Question, "load", added_meanwhile)
        assert "mine" in ids()
    assert "mine" in kept_or_made(kept, asked(), lambda _: ["made again"])
    (home / "evidence" / f"{CITY}.toml").unlink()
    assert "mine" not in ids()
    assert len(kept_or_made(kept, asked().load(), lambda _: ["made again"])) > 1


def test_files_are_read_again_only_if_they_have_changed(home, monkeypatch):
    write_evidence(home / "evidence", CITY, OBSERVATION)
    file = home / "evidence" / f"{CITY}.toml"
    os.utime(file, (1_700_000_000, 1_700_000_000))
    read = []
    load = city_data.load_claims
    monkeypatch.setattr(city_data, "load_claims", lambda *given: read.append(1) or load(*given))
    before = [asked().fingerprint() for _ in range(3)]
    assert len(read) == len(set(before)) == 1
    text = file.read_text(encoding="utf-8").replace("seen = 40", "seen = 41")
    file.write_text(text, encoding="utf-8")
    os.utime(file, (1_700_000_001, 1_700_000_001))
    assert asked().fingerprint() not in before
    assert len(read) == 2


def test_a_file_that_has_just_changed_is_not_trusted_to_stay(home):
    # The same size, number and time: a file system may keep times to two seconds only.
    write_evidence(home / "evidence", CITY, OBSERVATION)
    file = home / "evidence" / f"{CITY}.toml"
    times = file.stat()
    before = asked().fingerprint()
    file.write_text(file.read_text(encoding="utf-8").replace("= 40", "= 41"), encoding="utf-8")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert asked().fingerprint() != before


IN_A_PROCESS = """
import datetime as dt, os, sys
from pathlib import Path
opened = []
sys.addaudithook(lambda name, given: name == "open" and opened.append(str(given[0])))
from toolkit.assessment import city_data, question
from toolkit.assessment.assess import assemble
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.on_city_level import on_city_level
from toolkit.assessment.on_streets import on_streets
from toolkit.base import store
def data():
    roots = (str(store.home_dir()), str(store.builtin_dir()))
    cache = str(store.cache_dir())
    found = [n for n in opened if n.startswith(roots) and not n.startswith(cache)]
    opened.clear()
    return {n for n in found if "/assumptions/" not in n.replace(os.sep, "/")}
for city, count in (("dawei", None), ("bagan", None), ("small", (40.0, 90.0))):
    asked = question.Question(
        city, dt.date(2026, 11, 23), n_draws=20, sample_points=200, count=count
    )
    opened.clear()
    loaded = asked.load()
    read = data()
    known = {name for name, *_ in city_data._state(None)}
    assert read, city
    assert all(n in known or str(Path(n).parent) in known for n in read), read - known
    print(asked.fingerprint())
    data()
    inputs = make_inputs(loaded)
    answer = assemble(inputs, on_streets(inputs) if loaded.pack else on_city_level(inputs))
    answer.to_json(), answer.layers
    late = data()
    assert late == set(), (city, late)
"""


def test_nothing_else_is_read_and_all_processes_agree(home, tmp_path):
    install(home)
    write_evidence(home / "evidence", CITY, CLAIM)
    write_evidence(home / "evidence", "small", OBSERVATION)
    # The same files, written in another order and at another time.
    shutil.copytree(home / "evidence", tmp_path / "evidence")
    shutil.copytree(home / "packs", tmp_path / "packs")
    found = set()
    for folder, seed in ((home, "1"), (tmp_path, "2")):
        done = subprocess.run(
            [sys.executable, "-c", IN_A_PROCESS],
            env={**os.environ, store.HOME_VARIABLE: str(folder), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        found.add(done.stdout)
    assert found == {
        "".join(
            f"{asked(city, sample_points=200, count=count).fingerprint()}\n"
            for city, count in ((CITY, None), ("bagan", None), (PACK, (40.0, 90.0)))
        )
    }


def test_the_short_form_is_the_same_question():
    given = {"as_of": AS_OF, "n_draws": 20}
    assert assess(CITY, assumptions=None, **given).to_json() == assess(asked()).to_json()
    with pytest.raises(TypeError, match="give as_of to it"):
        assess(asked(), as_of=AS_OF)
    assert toolkit.Question is Question


def test_a_pack_that_is_replaced_while_it_is_read_is_not_taken_for_the_other(home, monkeypatch):
    install(home, city=CITY)
    other = dataclasses.replace(open_pack(PACK), sha256="f" * 64)
    monkeypatch.setattr(pack_module, "open_pack", lambda _: other)
    question_module.streets.clear()
    pack_module.packs.clear()
    with pytest.raises(PackError, match="was replaced while it was read"):
        asked().load()


def test_an_unknown_city_or_profile_is_named():
    for question in (asked("atlantis"), asked(profile="nobody")):
        with pytest.raises(NotFoundError):
            question.load()


@pytest.fixture
def other_pack(home):
    """Install the built-in streets under the name of no known city, and return that name."""
    folder = home / "packs" / "harbour-town"
    shutil.copytree(store.builtin_dir() / "packs" / "helsinki-centre", folder)
    manifest = folder / "manifest.json"
    text = manifest.read_text(encoding="utf-8").replace("helsinki-centre", "harbour-town")
    manifest.write_text(text, encoding="utf-8")
    return "harbour-town"


def test_a_city_is_known_by_any_name_and_read_with_its_streets():
    loaded = asked("Moulmein").load()
    assert (loaded.city.id, loaded.pack, loaded.manifest) == ("mawlamyine", None, None)
    assert {claim.city for claim in loaded.claims} == {"mawlamyine", "national"}
    with pytest.raises(NotFoundError, match="No streets are installed"):
        loaded.streets()
    pack, mapped = asked("helsinki-centre").load().streets()
    assert pack.manifest.id == "helsinki-centre"
    assert set(mapped["source"]) == {"osm"}


def test_a_damaged_file_is_a_sentence_also_where_only_the_name_is_asked(home):
    (home / "evidence").mkdir()
    (home / "evidence" / "dawei.toml").write_text("x = [", encoding="utf-8")
    for ask in (asked().fingerprint, asked().load):
        with pytest.raises(InputDataError, match=r"dawei\.toml \(your own\)"):
            ask()


def test_an_installed_pack_that_is_no_known_citys_stands_for_itself(other_pack):
    found = city_or_pack(other_pack)
    assert found.pack == found.id == other_pack
    assert (found.lat, found.lon) == pytest.approx((60.17, 24.94), abs=0.01)
    assert city_or_pack("helsinki-centre") == find_city("helsinki-centre")


def test_a_damaged_pack_is_named_with_what_is_wrong(other_pack, home):
    (home / "packs" / other_pack / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(PackError, match=r"'harbour-town' cannot be used: .*manifest"):
        city_or_pack(other_pack)
