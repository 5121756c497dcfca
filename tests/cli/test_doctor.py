"""What is installed, whether it can be read, and what could leave the machine: line by line."""

from __future__ import annotations

import ast
import asyncio
import json
import platform
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import toolkit
from toolkit import cli
from toolkit.app import serve
from toolkit.app.gate import Gate
from toolkit.base import egress, store
from toolkit.base.errors import InputDataError
from toolkit.cli import doctor
from toolkit.streets import pack

PACKAGE = Path(toolkit.__file__).parent
LEFT = "What could leave this machine"


def found(run, code=0):
    ended, out, _ = run("doctor", "--json")
    assert ended == code
    return json.loads(out)


def test_all_is_read_without_problems_and_no_place_on_the_disk_is_named(run):
    whole = found(run)
    assert whole["problems"] == []
    assert str(store.home_dir()) not in json.dumps(whole)
    assert platform.node() not in json.dumps(whole)
    code, out, _ = run("doctor")
    assert code == 0
    for title, rows in whole["tables"].items():
        assert title in out
        assert rows


def test_versions_are_those_that_run(run):
    rows = {row["what"]: row["version"] for row in found(run)["tables"]["Versions"]}
    assert rows.pop("toolkit") == toolkit.__version__
    assert rows.pop("Python") == platform.python_version()
    assert rows == {name: metadata.version(name) for name in rows}
    assert len(rows) > 5


def test_a_package_that_is_missing_is_a_problem(run, monkeypatch):
    monkeypatch.setattr(doctor, "_PACKAGES", ("numpy", "no-such-package"))
    assert "no-such-package" in found(run, code=1)["problems"][0]


def test_a_pack_is_whole_only_if_it_is(run, home):
    folder = home / pack.FOLDER / "own"
    shutil.copytree(store.builtin_dir() / pack.FOLDER / "helsinki-centre", folder)
    part = next(folder.glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    whole = found(run, code=1)
    rows = {row["pack"]: row["state"] for row in whole["tables"]["City packs"]}
    assert rows["helsinki-centre"] == "whole"
    assert rows["own"] != "whole"
    assert any("own" in problem for problem in whole["problems"])


DAMAGED = {
    "cities and evidence": "evidence/dawei.toml",
    "assumptions (central)": "assumptions/central.toml",
    "camera types": "brands.toml",
    "siting": "siting/central.toml",
    "operator profiles": "siting/profiles.json",
    "named places": "siting/named_places.toml",
    "reference networks": "fabrics.json",
}


@pytest.mark.parametrize("what", DAMAGED)
def test_data_are_read_only_if_they_can_be(run, home, what):
    store.write_text(home / DAMAGED[what], "type = 3")
    whole = found(run, code=1)
    rows = {row["data"]: row["state"] for row in whole["tables"]["Data"]}
    assert set(rows) == set(DAMAGED)
    assert rows[what] == "cannot be used"
    assert "read without problems" in rows.values()
    code, out, _ = run("doctor")
    assert code == 1
    assert "Problem: " in out


def test_caches_are_as_large_as_their_files(run):
    for name in ("sight/a/b", "fetch/a", "locks/a"):
        store.write_bytes(store.cache_dir() / name, bytes(2_000_000))
    rows = {row["what"]: row["MB"] for row in found(run)["tables"]["Caches"]}
    assert rows == {"lines of sight": "2.0", "answers to streets fetch": "2.0", "all": "6.0"}


def modules_with(word):
    """Return the modules of the toolkit that import something of that name."""
    importing = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{a.name}" for a in node.names]
            if any(word in name.split(".") for name in names):
                importing.add(file.relative_to(PACKAGE).as_posix())
    return importing


def in_guarded_process(code):
    return subprocess.run(
        [sys.executable, "-c", f"from toolkit.app import serve; serve.guard()\n{code}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def app_server(_run):
    assert serve.options(8501)["server.address"] == egress.LOOPBACK == "127.0.0.1"

    def status(host):
        said = []

        async def app(_scope, _receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})

        async def send(message):
            said.append(message)

        scope = {
            "type": "http", "method": "GET", "path": "/", "server": ("127.0.0.1", 8501),
            "headers": [(b"host", host.encode())],
        }  # fmt: skip
        asyncio.run(Gate(app)(scope, None, send))
        return said[0]["status"]

    assert [status(f"{name}:8501") for name in ("127.0.0.1", "localhost")] == [200, 200]
    assert [status(name) for name in ("example.org", "127.0.0.1.example.org:8501")] == [421, 421]


def usage_statistics(_run):
    assert serve.options(8501)["browser.gatherUsageStats"] is False
    policy = egress.HEADERS["Content-Security-Policy"]
    (connecting,) = [part.split() for part in policy.split("; ") if part.startswith("connect-src")]
    assert connecting[1:] == ["'self'", "ws://127.0.0.1:*", "ws://localhost:*"]


def address_look_up(_run):
    done = in_guarded_process(
        "from streamlit import net_util\nprint(net_util.get_external_ip())\n"
        "import socket\nsocket.create_connection(('192.0.2.1', 80), 1)"
    )
    assert done.stdout == "127.0.0.1\n"
    assert "PermissionNotGivenError" in done.stderr


def map_files(_run):
    policy = egress.HEADERS["Content-Security-Policy"]
    for kind in ("script-src", "font-src", "img-src", "style-src"):
        (part,) = [part for part in policy.split("; ") if part.startswith(kind)]
        assert not {"http", "https", "*"} & set(part.replace(":", " ").split())
    assert sorted((serve.ASSETS / "leaflet").rglob("*.js"))


def files_named(_run):
    for name in ("http://host/a", "//host/a", r"\\host\a", "/vsicurl/http://host/a", "nul"):
        with pytest.raises(InputDataError):
            store.checked_name(name)


def set_up(_run):
    text = (store.builtin_dir().parent / "start.py").read_text("utf-8")
    (stick,) = [line for line in text.splitlines() if 'Way("the stick"' in line]
    assert '"--no-index"' in stick


def streets_fetch(run):
    code, _out, err = run("streets", "fetch", "dawei")
    assert code == 2
    assert "--allow-network" in err
    assert all(not name.startswith("app/") for name in modules_with("overpass"))


def batch_scheduler(_run):
    options = cli._parser().parse_args(["batch", "plan.toml", "--out", "a"])
    assert options.scheduler is None
    assert modules_with("distributed") == {"studies/batch/dask_pool.py"}
    assert modules_with("dask_pool") == {"cli/batch.py"}


PROOFS = {
    "app-server": app_server,
    "usage-statistics": usage_statistics,
    "address-look-up": address_look_up,
    "map-files": map_files,
    "files-named": files_named,
    "set-up": set_up,
    "streets-fetch": streets_fetch,
    "batch-scheduler": batch_scheduler,
}
ASKED_OF_THE_USER = {"browser"}
"""What no code of the toolkit can hold; the line says so."""


@pytest.mark.parametrize("line", [d.id for d in egress.DEPARTURES])
def test_what_could_leave_is_stopped_as_the_line_says(run, line):
    departure = {d.id: d for d in egress.DEPARTURES}[line]
    if line in ASKED_OF_THE_USER:
        assert departure.state.startswith("not in our hands")
        return
    assert departure.state.startswith(("off", "only "))
    PROOFS[line](run)


def test_every_line_is_shown(run):
    rows = found(run)["tables"][LEFT]
    assert [row["what"] for row in rows] == [d.what for d in egress.departures()]
