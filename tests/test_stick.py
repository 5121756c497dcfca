"""The stick: right packages for a system, the project's files, and a start without network."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import small_city
from packaging.tags import mac_platforms

from toolkit.streets import install, pack, pack_zip

ROOT = Path(__file__).resolve().parent.parent
_SPEC = importlib.util.spec_from_file_location("stick", ROOT / "scripts" / "stick.py")
assert _SPEC is not None
assert _SPEC.loader is not None
stick = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(stick)

PINS = """\
# a comment
both==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
notmac==2.0 ; sys_platform != 'darwin' \\
    --hash=sha256:cc
windows==3.0 ; sys_platform == 'win32' \\
    --hash=sha256:dd
old==4.0 ; python_full_version < '3.12' \\
    --hash=sha256:ee
intel==5.0 ; platform_machine == 'AMD64' or platform_machine == 'x86_64' \\
    --hash=sha256:ff
"""


@pytest.mark.parametrize("major", [11, 14, 26])
def test_a_macos_takes_the_packages_that_macos_takes(major):
    assert set(stick.platform_tags(f"macosx_{major}_0_arm64")) == {
        tag for tag in mac_platforms((major, 0), "arm64") if tag.endswith(("arm64", "universal2"))
    }


def test_a_linux_takes_packages_for_older_ones_and_their_old_names():
    tags = stick.platform_tags("manylinux_2_28_x86_64")
    assert tags[0] == "manylinux_2_28_x86_64"
    assert "manylinux_2_17_x86_64" in tags
    assert "manylinux2014_x86_64" in tags
    assert "manylinux_2_31_x86_64" not in tags
    assert not set(tags) & set(stick.platform_tags("manylinux_2_28_aarch64"))


@pytest.mark.parametrize(
    "name", ["", "windows", "win32", "manylinux", "macosx_14_0_x86_64", "../x"]
)
def test_an_unknown_system_is_refused(name):
    with pytest.raises(stick.StickError, match="win_amd64"):
        stick.platform_tags(name)


@pytest.mark.parametrize(
    ("system", "python", "expected"),
    [
        ("win_amd64", "3.12", ["both", "notmac", "windows", "intel"]),
        ("win_amd64", "3.11", ["both", "notmac", "windows", "old", "intel"]),
        ("macosx_14_0_arm64", "3.13", ["both"]),
        ("manylinux_2_28_x86_64", "3.14", ["both", "notmac", "intel"]),
        ("manylinux_2_28_aarch64", "3.11", ["both", "notmac", "old"]),
    ],
)
def test_the_pins_are_those_of_the_sticks_computer(system, python, expected):
    chosen = stick.pins_for(PINS, stick.marker_environment(system, python)).splitlines()
    assert [line.split("==")[0] for line in chosen] == expected
    assert chosen[0] == "both==1.0 --hash=sha256:aa --hash=sha256:bb"


def test_the_start_file_for_windows_has_its_line_ends_and_the_version(tmp_path):
    path = stick.write_start_file("win_amd64", "3.12", tmp_path)
    assert path.name == "start.bat"
    data = path.read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") > 5
    assert b"py -3.12" in data
    assert b"{" not in data


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_the_start_file_refuses_without_the_right_python(tmp_path):
    path = stick.write_start_file("manylinux_2_28_x86_64", "3.12", tmp_path)
    (tmp_path / "project").mkdir()
    (tmp_path / "bin").mkdir()
    for name in ("dirname", "sh"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    done = subprocess.run(
        [path], env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        "This needs Python 3.12, 64 bit: install it on this computer, then start this again.\n"
    )


def test_only_tracked_files_are_copied(tmp_path, monkeypatch):
    project = tmp_path / "project"
    (project / "sub").mkdir(parents=True)
    for name in ("tracked.txt", "sub/ကင်မရာ.txt", "private-note.txt"):
        (project / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr(stick, "ROOT", project)
    git = ["git", "-c", "init.defaultBranch=main"]
    subprocess.run([*git, "init", "-q"], cwd=project, check=True)
    subprocess.run([*git, "add", "tracked.txt", "sub"], cwd=project, check=True)
    stick.copy_project(tmp_path / "out")
    copied = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.*")}
    assert copied == {"tracked.txt", "sub/ကင်မရာ.txt"}


def test_without_git_all_but_what_was_made_is_copied(tmp_path, monkeypatch):
    project = tmp_path / "project"
    for name in ("toolkit/a.py", ".venv/x", "toolkit/__pycache__/a.pyc", "report/r.html"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr(stick, "ROOT", project)
    out = project / "my stick.part" / "project"
    out.mkdir(parents=True)
    stick.copy_project(out)
    assert [p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()] == [
        "toolkit/a.py"
    ]


def test_packs_of_ones_own_are_files_that_can_be_brought_in(tmp_path, home):
    with pytest.raises(stick.StickError, match="no streets of your own"):
        stick.copy_packs(tmp_path / "maps")
    small_city.install_checked(home, rows=40)
    (file,) = stick.copy_packs(tmp_path / "maps")
    assert file == tmp_path / "maps" / "small.zip"
    sha256 = pack.pack_sha256("small")
    pack_zip.remove_pack("small")
    assert install.import_pack(file).sha256 == sha256


def test_another_folder_is_not_overwritten(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(stick.StickError, match="is not a stick"):
        stick.make_stick("win_amd64", "3.12", tmp_path)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"


def _no_network_command() -> list[str]:
    """Return the command that runs another without any network, or skip."""
    unshare = shutil.which("unshare")
    command = [unshare or "unshare", "-rn"]
    tried = unshare and subprocess.run([*command, "true"], capture_output=True, check=False)
    if not tried or tried.returncode:
        pytest.skip("a program cannot be run without network here (unshare -rn)")
    return command


@pytest.mark.slow
def test_a_stick_sets_up_and_runs_without_network(tmp_path):
    no_network = _no_network_command()
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    target = f"manylinux_2_28_{platform.machine()}"
    made = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "stick.py"), "--platform", target,
         "--python", python, "--out", str(tmp_path / "a stick ကင်မရာ")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode and "could not be downloaded" in made.stderr:
        pytest.skip("the packages cannot be downloaded here")
    assert made.returncode == 0, made.stderr
    base = Path(sys.base_prefix, "bin")
    env = {
        "PATH": f"{base}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": str(tmp_path / "home"),
        "LANG": "C.UTF-8",
    }
    (tmp_path / "home").mkdir()
    start = [*no_network, str(tmp_path / "a stick ကင်မရာ" / "start.sh"), "cli", "cities"]
    first = subprocess.run(start, env=env, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    assert "The set-up is done." in first.stderr
    assert "helsinki-centre" in first.stdout
    again = subprocess.run(start, env=env, capture_output=True, text=True, check=False)
    assert again.returncode == 0
    assert again.stdout == first.stdout
    assert "set-up" not in again.stderr
