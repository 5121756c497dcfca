"""Set the toolkit up and start it: one way for make, for Windows and for the stick.

    python start.py app                open the app in the browser
    python start.py report             write the report of the built-in city
    python start.py cli ARGUMENTS      run a command of the toolkit, for example: cli cities
    python start.py setup [--dev]      only set up
    python start.py test               lint, types and tests
    python start.py coverage           the tests, and which lines none of them runs
    python start.py bench [--strict]   measure the engine beside its bounds
    python start.py stick --platform win_amd64 --python 3.12 --out stick

Uses nothing but Python's own library. The packages go into `.venv` beside this file, or into the
user's data folder if that cannot hold them; a stamp written last tells a finished set-up from an
interrupted one. Everything said here goes to stderr, so that stdout is the command's own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Iterator, NamedTuple

ROOT = Path(__file__).resolve().parent
WHEELS = ROOT / "wheels"
STICK_NOTE = ROOT / "stick.json"
REQUIREMENTS = ROOT / "requirements.txt"
REQUIREMENTS_DEV = ROOT / "requirements-dev.txt"
PYTHONS = ((3, 11), (3, 12), (3, 13), (3, 14))
OLDEST_PIP = (22, 3)  # the first with `pip --python`
SYSTEMS = {
    "Linux": ("x86_64", "aarch64"),
    "Darwin": ("arm64",),
    "Windows": ("AMD64",),
}


class StartError(Exception):
    """What stops the set-up, in one sentence for the person who asked for it."""


class StepError(Exception):
    """One way of setting up did not work; another may."""


class Way(NamedTuple):
    """One way to make an environment and to fill it."""

    name: str
    create: list[str]
    install: list[str]
    last: bool  # if its installation fails, the next way would fail in the same manner


def say(text: str) -> None:
    """Tell the user something, on stderr."""
    print(text, file=sys.stderr, flush=True)


def check_python() -> None:
    """Refuse a Python or a system for which there are no packages.

    Raises
    ------
    StartError
        With what is needed.
    """
    version = platform.python_version()
    free_threaded = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    if (
        sys.version_info[:2] not in PYTHONS
        or platform.python_implementation() != "CPython"
        or free_threaded
        or sys.maxsize <= 1 << 32
    ):
        kind = "free-threaded " if free_threaded else ""
        msg = (
            f"This needs Python 3.11, 3.12, 3.13 or 3.14 (the usual CPython, 64 bit), and this is "
            f"{kind}{platform.python_implementation()} {version}."
        )
        raise StartError(msg)
    system, machine = platform.system(), platform.machine()
    if system == "Windows" and sysconfig.get_platform() == "win-amd64":
        machine = "AMD64"  # an Intel Python on an ARM computer
    if machine not in SYSTEMS.get(system, ()):
        known = "; ".join(f"{name} on {' or '.join(SYSTEMS[name])}" for name in SYSTEMS)
        msg = f"There are ready-made packages for {known}, and this is {system} on {machine}."
        raise StartError(msg)
    if STICK_NOTE.exists():
        wanted = json.loads(STICK_NOTE.read_text(encoding="utf-8"))
        here = ".".join(map(str, sys.version_info[:2]))
        if wanted["python"] != here or wanted["system"] != f"{system} {machine}":
            msg = (
                f"This stick is for Python {wanted['python']} on {wanted['system']}, and this is "
                f"Python {here} on {system} {machine}: use that Python, or make a stick for this "
                "computer."
            )
            raise StartError(msg)


# --- where the packages go --------------------------------------------------------------------


def data_folder() -> Path:
    """Return the folder of the user's own data: the same as `toolkit/base/store.py` uses."""
    name = "camera-exposure-toolkit"
    named = os.environ.get("CAMERA_TOOLKIT_HOME")
    if named:
        return Path(named).expanduser()
    if platform.system() == "Windows":
        local = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
        return Path(local) / name / name
    if platform.system() == "Darwin":
        return Path.home() / "Library" / "Application Support" / name
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / name


def candidate_folders() -> list[Path]:
    """Return the folders in which the environment may lie, best first."""
    beside = ROOT / ".venv"
    try:
        own = data_folder() / "venv"
    except RuntimeError:  # a user without a home
        return [beside]
    # On Windows a stick is slow and its drive letter changes.
    return [own, beside] if WHEELS.is_dir() and os.name == "nt" else [beside, own]


def can_hold(folder: Path) -> bool:
    """Tell whether an environment can lie in a folder: writable, with links, with programs."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=str(folder.parent)) as trial:
            if os.name == "nt":
                return True
            os.symlink("target", os.path.join(trial, "link"))  # noqa: PTH118, PTH211
            return not os.statvfs(trial).f_flag & getattr(os, "ST_NOEXEC", 0)
    except OSError:
        return False


def python_of(venv: Path) -> Path:
    """Return the path of an environment's Python."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


# --- the stamp --------------------------------------------------------------------------------


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wanted_stamp(venv: Path, *, dev: bool) -> dict[str, str | None]:
    """Return what the stamp of a finished set-up says."""
    return {
        "python": ".".join(map(str, sys.version_info[:2])),
        "venv": str(venv),
        "root": str(ROOT),
        "requirements": digest(REQUIREMENTS),
        "pyproject": digest(ROOT / "pyproject.toml"),
        "dev": digest(REQUIREMENTS_DEV) if dev else None,
    }


def read_stamp(venv: Path) -> dict[str, str | None]:
    """Return the stamp, or nothing if it is missing or the environment cannot work here."""
    try:
        stamp = json.loads((venv / ".stamp").read_text(encoding="utf-8"))
        config = (venv / "pyvenv.cfg").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return {}
    home = re.search(r"^home *= *(.+?) *$", config, re.MULTILINE)
    if home is None or not Path(home.group(1)).is_dir() or not python_of(venv).exists():
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_ready(venv: Path, *, dev: bool) -> bool:
    """Tell whether an environment is set up for what is asked. Starts no program."""
    stamp, wanted = read_stamp(venv), wanted_stamp(venv, dev=dev)
    return all(stamp.get(key) == wanted[key] for key in wanted if key != "dev" or dev)


# --- the ways to set up -----------------------------------------------------------------------


def setup_environment() -> dict[str, str]:
    """Return the variables for the programs that install.

    A stick must not depend on settings of the computer it is put into.
    """
    unwanted = {"PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
    stick = WHEELS.is_dir()
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in unwanted and not (stick and key.startswith(("PIP_", "UV_")))
    }
    kept["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    kept["PYTHONWARNINGS"] = "ignore"  # the build backend warns of every editable installation
    if stick:
        kept["PIP_CONFIG_FILE"] = os.devnull
    return kept


def run_step(command: list[str], *, quiet: bool = False) -> None:
    """Run one program of the set-up; its output goes to stderr, or nowhere if `quiet`.

    Raises
    ------
    StepError
        If it fails or cannot be started.
    """
    out = subprocess.DEVNULL if quiet else sys.stderr
    try:
        code = subprocess.call(
            command,
            cwd=str(ROOT),
            env=setup_environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    except OSError as error:
        raise StepError(str(error)) from error
    if code:
        msg = f"{Path(command[0]).name} ended with {code}"
        raise StepError(msg)


def find_pip() -> list[str] | None:
    """Return the command of any pip on this computer that can fill another environment."""
    others = [[path] for path in map(shutil.which, ("pip3", "pip")) if path]
    for command in [[interpreter(), "-m", "pip"], *others]:
        try:
            done = subprocess.run(
                [*command, "--version"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=60,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        found = re.match(rb"pip (\d+)\.(\d+)", done.stdout)
        if found and (int(found.group(1)), int(found.group(2))) >= OLDEST_PIP:
            return command
    return None


def interpreter() -> str:
    """Return the Python that makes the environment: never the one inside it, which is rebuilt."""
    return getattr(sys, "_base_executable", "") or sys.executable


def ways(venv: Path) -> Iterator[Way]:
    """Yield the ways to set up, best first."""
    here, there = interpreter(), str(python_of(venv))
    bare = [here, "-m", "venv", "--without-pip", str(venv)]
    if WHEELS.is_dir():
        for wheel in sorted(WHEELS.glob("pip-*.whl")):
            pip = [here, str(wheel / "pip"), "--python", there, "install"]
            yield Way("the stick", bare, [*pip, "--no-index", "--find-links", str(WHEELS)], True)
        return
    uv = shutil.which("uv")
    if uv:
        create = [uv, "venv", "--python", here, str(venv)]
        install = [uv, "pip", "install", "--compile-bytecode", "--python", there]
        yield Way("uv", create, install, False)
    create = [here, "-m", "venv", str(venv)]
    yield Way("venv", create, [there, "-m", "pip", "install"], True)
    any_pip = find_pip()
    if any_pip:
        yield Way("venv and another pip", bare, [*any_pip, "--python", there, "install"], True)


def remove(venv: Path) -> None:
    """Remove an environment, whatever is left of it.

    Raises
    ------
    StartError
        If it cannot be removed.
    """
    try:
        if venv.is_symlink() or venv.is_file():
            venv.unlink()
        elif venv.exists():
            shutil.rmtree(str(venv))
    except OSError as error:
        msg = (
            f"The old set-up in {venv} cannot be removed ({error.strerror}): "
            "close the toolkit where it still runs, or delete that folder yourself."
        )
        raise StartError(msg) from error


def fill(way: Way, venv: Path, *, dev: bool) -> None:
    """Install the pinned packages, wheels only, and then the project itself."""
    pins = REQUIREMENTS_DEV if dev else REQUIREMENTS
    say(f"Installing the packages of {pins.name} into {venv} (once; some minutes) ...")
    run_step(
        [*way.install, "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", pins.name]
    )
    run_step([*way.install, "--quiet", "--no-deps", "--no-build-isolation", "--editable", "."])


def compile_loops(venv: Path) -> None:
    """Make one answer, so that the first one in front of a group need not wait for the compiler.

    Without it everything works as well, only later.
    """
    say("Getting the calculations ready (once; under a minute) ...")
    command = [str(python_of(venv)), "-P", "-m", "toolkit", "--quiet", "--home"]
    with contextlib.suppress(StepError), tempfile.TemporaryDirectory() as home:
        run_step([*command, home, "assess", "helsinki-centre"], quiet=True)


def build(venv: Path, *, dev: bool) -> None:
    """Make or complete an environment by the first way that works.

    Raises
    ------
    StartError
        If none works.
    """
    stamp, wanted = read_stamp(venv), wanted_stamp(venv, dev=dev)
    if stamp.get("dev") and not dev:
        dev, wanted = True, wanted_stamp(venv, dev=True)
    keep = all(stamp.get(key) == wanted[key] for key in ("python", "venv", "requirements"))
    with contextlib.suppress(OSError):
        (venv / ".stamp").unlink()
    for way in ways(venv):
        made = keep
        try:
            if not keep:
                say(f"Setting up in {venv} with {way.name} ...")
                remove(venv)
                run_step(way.create, quiet=True)
                made = True
            fill(way, venv, dev=dev)
        except StepError as error:
            if made and way.last:
                msg = (
                    "The packages could not be installed (the lines above say why): check the "
                    "network and the space on the disk, then run the same command again."
                )
                raise StartError(msg) from error
            say(f"That did not work ({error}).")
            keep = False
        else:
            compile_loops(venv)
            (venv / ".stamp").write_text(json.dumps(wanted, indent=1), encoding="utf-8")
            say("The set-up is done.")
            return
    msg = (
        "Python's venv is not complete here: install it (on Debian and Ubuntu: "
        f"apt install python{wanted['python']}-venv) or uv, then run the same command again."
    )
    raise StartError(msg)


@contextlib.contextmanager
def only_one(venv: Path) -> Iterator[None]:
    """Wait until no other set-up of the same environment runs."""
    lock = venv.with_name(venv.name + ".lock")
    with lock.open("a+b") as stream:
        if sys.platform == "win32":
            import msvcrt

            stream.seek(0)
            while True:
                try:
                    msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:  # after ten seconds of waiting
                    say("Another set-up is running; waiting for it ...")
        else:
            import fcntl

            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("Another set-up is running; waiting for it ...")
                fcntl.flock(stream, fcntl.LOCK_EX)
        yield
    with contextlib.suppress(OSError):
        lock.unlink()


def set_up(*, dev: bool) -> Path:
    """Return the Python of a finished environment, after making it if need be.

    Raises
    ------
    StartError
        If it cannot be made.
    """
    candidates = candidate_folders()
    for venv in candidates:
        if is_ready(venv, dev=dev):
            return python_of(venv)
    check_python()
    if dev and WHEELS.is_dir():
        msg = "A stick holds no packages for tests: use the project's own folder."
        raise StartError(msg)
    for venv in candidates:
        if can_hold(venv):
            with only_one(venv):
                if not is_ready(venv, dev=dev):
                    build(venv, dev=dev)
            return python_of(venv)
    msg = f"There is no folder to set up in: make {' or '.join(map(str, candidates))} writable."
    raise StartError(msg)


# --- the commands -----------------------------------------------------------------------------


def run_environment(command: str) -> dict[str, str]:
    """Return the variables for the toolkit itself."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONHOME"}
    env.setdefault("PYTHONUTF8", "1")  # Burmese in a Windows console
    if command == "app":
        env["STREAMLIT_SERVER_SHOW_EMAIL_PROMPT"] = "false"
        env["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] = "false"
        if platform.system() == "Linux" and not (env.get("DISPLAY") or env.get("WAYLAND_DISPLAY")):
            env.setdefault("STREAMLIT_SERVER_HEADLESS", "true")
    return env


def run_all(steps: list[list[str]], command: str, folder: Path | None) -> int:
    """Run programs one after the other, all of them; return the first failure's code."""
    first = 0
    env = run_environment(command)
    if folder is not None:
        os.chdir(str(folder))
    for step in steps:
        if len(steps) > 1:
            say("== " + " ".join(step[1:]))
        elif os.name != "nt":
            os.execve(step[0], step, env)  # noqa: S606
        code = subprocess.call(step, env=env)
        first = first or code
    if first and len(steps) > 1:
        say(f"Something above did not pass (code {first}).")
    return first


CONTRACTS = "from importlinter.cli import lint_imports_command as lint; lint(['--no-logo'])"
LINT = [
    ["-m", "ruff", "check"],
    ["-m", "ruff", "format", "--check"],
    ["-m", "mypy"],
    ["-c", CONTRACTS],
    [str(ROOT / "scripts" / "update_messages.py"), "--check"],
]
# Three on two processors: a test in a browser waits for half of its time.
PYTEST = ["-m", "pytest", "-n", "3", "--dist", "worksteal"]
# -P: take no code from the current folder, which may be anybody's.
# command: (needs the packages for tests, runs in the project's folder, programs)
COMMANDS = {
    "app": (False, True, [["-P", "-m", "toolkit", "app"]]),
    "report": (
        False,
        False,
        [["-P", "-m", "toolkit", "report", "helsinki-centre", "--out", "report"]],
    ),
    "cli": (False, False, [["-P", "-m", "toolkit"]]),
    "stick": (False, False, [[str(ROOT / "scripts" / "stick.py")]]),
    "lock": (True, True, [[str(ROOT / "scripts" / "lock.py")]]),
    "bench": (True, True, [["-m", "benchmarks.engine"]]),
    "lint": (True, True, LINT),
    "test": (True, True, [*LINT, PYTEST]),
    "test-slow": (True, True, [["-m", "pytest", "-m", "slow"]]),
    "test-oldest": (True, True, [[str(ROOT / "scripts" / "oldest.py")]]),
    "coverage": (True, True, [[*PYTEST, "--cov", "--cov-report=term", "--cov-report=html"]]),
}


def main(arguments: list[str]) -> int:
    """Run one command; return its exit code."""
    command, more = (arguments[0], arguments[1:]) if arguments else ("help", [])
    try:
        if command == "setup" and more in ([], ["--dev"]):
            set_up(dev=bool(more))
            return 0
        if command not in COMMANDS:
            say((__doc__ or "").strip())
            return 0 if command in ("help", "-h", "--help") else 2
        dev, at_home, programs = COMMANDS[command]
        python = str(set_up(dev=dev))
        steps = [[python, *program] for program in programs]
        steps[-1] += more
        return run_all(steps, command, ROOT if at_home else None)
    except StartError as error:
        say(str(error))
        return 1
    except OSError as error:
        say(f"The set-up stopped: {error}.")
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
