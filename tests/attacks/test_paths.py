"""Names of other machines and of devices, in every option and in plans: refused before any look."""

from __future__ import annotations

import argparse
import os
import pathlib

import batch_plans
import pytest

from toolkit import cli
from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.cli.common import local_path
from toolkit.studies.batch.plan import read_plan

SHARE = r"\\host\share"
ELSEWHERE = (
    "//host/share/a{}", SHARE + r"\a{}", r"\\?\UNC\host\share\a{}", "smb://host/a{}",
    "/vsicurl/http://host/a{}", "nul{}", "aux.x{}", "com1 {}",
)  # fmt: skip
CITY = "helsinki-centre"
AS_ASSESS = ("assess", CITY)
AS_ROUTE = ("route", CITY)
AS_REPORT = ("report", CITY, "--detail", "full", "--out", "report")
OPTIONS = {
    "--home": (("--home", "{}", "cities"), ""),
    "--assumptions": ((*AS_ASSESS, "--assumptions", "{}"), ".toml"),
    "report --out": (("report", "helsinki-centre", "--out", "{}"), ""),
    "report --route": ((*AS_REPORT, "--route", "{}"), ".gpx"),
    "report --place": ((*AS_REPORT, "--place", "@{}"), ".txt"),
    "sensitivity --assumptions": (("sensitivity", "dawei", "--assumptions", "{}"), ".toml"),
    "evidence check": (("evidence", "check", "{}"), ".toml"),
    "evidence import": (("evidence", "import", "{}"), ".csv"),
    "evidence export": (("evidence", "export", "{}"), ".csv"),
    "assumptions show": (("assumptions", "show", "{}"), ".toml"),
    "assumptions check": (("assumptions", "check", "{}"), ".toml"),
    "assumptions diff": (("assumptions", "diff", "central", "{}"), ".toml"),
    "assumptions new": (("assumptions", "new", "own", "--from", "{}"), ".toml"),
    "zones --cameras": (("zones", "--cameras", "{}", "--assumptions", "x"), ".csv"),
    "zones --out": (("zones", "--cameras", "a.csv", "--assumptions", "x", "--out", "{}"), ".gpkg"),
    "optics --out": (("optics", "--out", "{}"), ".svg"),
    "optics --assumptions": (("optics", "--camera", "dome", "--assumptions", "{}"), ".toml"),
    "siting score streets": (("siting", "score", "{}", "a.csv"), ".geojson"),
    "siting score cameras": (("siting", "score", "tests", "{}"), ".geojson"),
    "siting score --places": (("siting", "score", "a.csv", "b.csv", "--places", "{}"), ".geojson"),
    "siting predict --out": (("siting", "predict", "dawei", "--out", "{}"), ".gpkg"),
    "siting fit": (("siting", "fit", "{}", "--out", "a"), ""),
    "siting fit --out": (("siting", "fit", "a", "--out", "{}"), ""),
    "streets import": (("streets", "import", "{}"), ".osm.pbf"),
    "streets import, a pack": (("streets", "import", "{}"), ".zip"),
    "streets import --boundary": (("streets", "import", "{plain}", "--boundary", "{}"), ".geojson"),
    "streets fetch --boundary": (("streets", "fetch", "dawei", "--boundary", "{}"), ".geojson"),
    "streets export --out": (("streets", "export", "helsinki-centre", "--out", "{}"), ".zip"),
    "streets verify": (("streets", "verify", "{}"), ""),
    "streets remove": (("streets", "remove", "{}"), ""),
    "cameras import": (("cameras", "import", "{}", "--city", "dawei"), ".csv"),
    "cameras check": (("cameras", "check", "{}"), ".csv"),
    "cameras export --out": (("cameras", "export", "--city", "dawei", "--out", "{}"), ".geojson"),
    "batch": (("batch", "{}", "--out", "a"), ".toml"),
    "batch --out": (("batch", "a.toml", "--out", "{}"), ""),
    "export --out": (("export", "dawei", "--out", "{}"), ".gpkg"),
    "compare": (("compare", "{}", "dawei@central"), ".json"),
    "route --cameras": (("route", "--cameras", "{}", "--track", "{plain}"), ".csv"),
    "route --track": ((*AS_ROUTE, "--track", "{}"), ".gpx"),
    "route --from": ((*AS_ROUTE, "--from", "@{}", "--to", "60.1,24.9"), ".txt"),
    "route --to": ((*AS_ROUTE, "--from", "60.1,24.9", "--to", "@{}"), ".txt"),
    "route --along": ((*AS_ROUTE, "--along", "@{}"), ".txt"),
    "route --out": ((*AS_ROUTE, "--along", "a", "--out", "{}"), ".gpx"),
    "link --track": (("link", CITY, "--track", "{}", "--track", "b", "--window-min", "5"), ".gpx"),
    "link --at": (("link", CITY, "--at", "@{}", "--window-min", "5"), ".txt"),
    "place --at": (("place", CITY, "--at", "@{}", "--radius-m", "50"), ".txt"),
    "place --out": (
        ("place", CITY, "--at", "60.17,24.94", "--radius-m", "50", "--out", "{}"),
        ".json",
    ),
    "link --out": (
        ("link", CITY, "--at", "60.17,24.94", "--window-min", "5", "--out", "{}"),
        ".json",
    ),
    "vehicles --out": (("vehicles", CITY, "--out", "{}"), ".json"),
    "vehicles --district": (("vehicles", CITY, "--district", "@{}"), ".txt"),
    "compare --out": (("compare", "a@central", "a@cautious", "--out", "{}"), ".gpkg"),
}
"""Each option that names a file or folder, and the ending with which it is taken for one."""


@pytest.fixture
def no_look(monkeypatch):
    """Fail if the disk is asked about a name of elsewhere."""

    def guarded(real):
        def ask(name, *args, **kwargs):
            text = os.fspath(name) if not isinstance(name, int) else ""
            text = os.fsdecode(text).replace("\\", "/").lower()
            assert "/host" not in text, f"the disk was asked about {text}"
            assert pathlib.PurePath(text).name.split(".")[0].strip() not in {"nul", "aux", "com1"}
            return real(name, *args, **kwargs)

        return ask

    for module, names in (
        (os, ("stat", "lstat", "open", "scandir", "listdir", "mkdir", "access", "readlink")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, guarded(getattr(module, name)))
    monkeypatch.setattr("io.open", guarded(open))


@pytest.mark.usefixtures("no_look")
@pytest.mark.parametrize("option", OPTIONS)
def test_no_option_asks_the_disk_about_another_machine(option, run, tmp_path):
    words, ending = OPTIONS[option]
    plain = tmp_path / "streets.geojson"
    plain.write_text("{}", encoding="utf-8")
    for name in ELSEWHERE:
        given = [w.format(name.format(ending), plain=plain) for w in words]
        code, out, err = run(*given)
        assert code in {1, 2}, (name, err)
        assert "Traceback" not in err
        assert (err + out).strip()


def paths_of(parser, trail=()):
    """Yield the options of all commands that name a file or folder, by their words."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield from paths_of(sub, (*trail, name))
        elif action.type is local_path or any(
            part in str(action.metavar) for part in ("FILE", "DIR", "F.")
        ):
            yield " ".join(trail), action.option_strings or [action.dest]


def test_every_option_that_names_a_file_is_among_these():
    listed = {" ".join(words) for words, _ in OPTIONS.values()}
    shared = {"--assumptions"}  # of every command that assesses, by one function
    for command, names in paths_of(cli._parser()):
        if shared & set(names):
            continue
        option = names[0] if names[0].startswith("--") else ""
        assert any(text.startswith(command) and option in text for text in listed), (command, names)


@pytest.mark.usefixtures("no_look")
@pytest.mark.parametrize("key", ["evidence", "assumptions"])
@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_plan_asks_nothing_of_another_machine(key, name, tmp_path):
    text = name.format(".toml" if key == "assumptions" else "")
    plan = {"evidence": '"own"', "assumptions": '"central"', key: f"'{text}'"}
    file = tmp_path / "plan.toml"
    file.write_text(
        batch_plans.HEAD
        + 'cities = ["dawei"]\n'
        + "".join(f"{k} = [{v}]\n" for k, v in plan.items()),
        encoding="utf-8",
    )
    with pytest.raises(InputDataError, match=key):
        read_plan(file)


@pytest.mark.parametrize(
    "name",
    [
        r"\\host\share\a",
        "//host/share/a",
        r"\\?\C:\a",
        r"\\.\pipe\a",
        r"\\?\UNC\host\a",
    ],
)
def test_what_windows_takes_for_another_machine_is_refused(name):
    assert pathlib.PureWindowsPath(name).anchor.startswith("\\\\")
    with pytest.raises(InputDataError):
        store.checked_name(name)


@pytest.mark.parametrize("name", ["C:/plans", "D:\\plans", "plans\\a", "../plans", "C:a"])
def test_joined_to_a_folder_a_plain_name_stays_on_its_drive(name):
    """A name is joined after the check: what passes never leads to a share."""
    joined = pathlib.PureWindowsPath("C:/own") / store.checked_name(name)
    assert not joined.anchor.startswith("\\\\")
