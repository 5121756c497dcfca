"""Compare the answers of this checkout with those of another commit.

    python scripts/same_answers.py BASE [--only NAME ...] [--extracts DIR] [--allow FILE]

Runs the same commands, opens the same pages and calls the same public functions in a worktree of
BASE and in this checkout as it lies here, and prints every difference. Only what users see is
used, so modules may have moved in between. Ends with 0 if there is no difference but the allowed
ones, with 1 if there is one or if a command fails, with 2 for wrong usage.

Both sides run with this interpreter and its packages, a home of their own, one date, UTC, one
hash seed and one locale. Not compared as they are:

- In texts the folder of a side and the root of its checkout are replaced by words.
- GeoPackage and Parquet files are compared by what they hold, not by their bytes.
- Of the app's elements Streamlit's own ids are left out: they depend on where the script lies.
- With ``--moved-keys``: caches of lines of sight are matched by their content, whatever the
  hashes by which their folders are named. Without it the names must be the same, too.

An allow list is a TOML file of differences that are wanted:

    [[differs]]
    case = "help*"
    reason = "the command is called camera-exposure now"

A command that fails in this checkout is never allowed; one that fails in BASE alone can be.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

from answer_cases import FIRST, LAST, MAIN, Case, Step, absent_extracts, all_cases
from answer_files import Normal, folder_differences, moved_differences, tree
from answer_sides import (
    DIFFERENT,
    ROOT,
    SAME,
    USAGE,
    Runner,
    Side,
    check_side,
    console,
    worktree,
)
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

OF_CHECKOUT: Final = Path(__file__).resolve().parent / "answers_of_checkout.py"
DATA_VARIABLE: Final = "CAMERA_TOOLKIT_TEST_DATA"
"""Names the folder of test data, as for the tests; ``streets/`` in it has the extracts."""
_FAILURE_CHARS: Final = 2000
_OF_BASE: Final = "of-base"
_HOMES: Final = ("cache", "files")
"""What is compared of each home: what can be computed again, and all else."""


@dataclass(frozen=True)
class Failure:
    """A run that ended with another exit code than it should.

    Attributes
    ----------
    side
        Name of the side.
    said
        The command, its exit code and the end of its messages.
    """

    side: str
    said: str


def run_chain(
    runner: Runner, side: Side, chain: Sequence[Case], tell: Callable[[str, str], None]
) -> dict[str, list[Failure]]:
    """Run cases of one home in order; return the failures of each.

    Parameters
    ----------
    runner
        Runs the programs.
    side
        Which checkout answers.
    chain
        The cases.
    tell
        Is told the name of the side and of the case before it runs.
    """
    failures = {}
    for case in chain:
        tell(side.name, case.name)
        folder = side.out(case.name)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in case.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        failures[case.name] = [
            failure
            for number, step in enumerate(case.steps, 1)
            if (failure := _run_step(runner, side, case, step, number))
        ]
    return failures


def _run_step(runner: Runner, side: Side, case: Case, step: Step, number: int) -> Failure | None:
    start = [str(OF_CHECKOUT)] if step.script else ["-m", "toolkit"]
    folder = side.out(case.name)
    words = [word for word in step.args if word.isalpha()]
    name = f"{number}-{'-'.join(words[:2]) or 'toolkit'}"
    command = [sys.executable, *start, *step.args]
    code = runner.run(command, folder, side, case.home, name)
    (folder / f"{name}.exit").write_text(f"{code}\n", encoding="utf-8")
    if code == step.code:
        return None
    said = (folder / f"{name}.stderr").read_text(encoding="utf-8", errors="replace")
    head = f"{' '.join(step.args)}: exit code {code} on {side.name}"
    return Failure(side.name, f"{head}\n{said[-_FAILURE_CHARS:]}")


def run_phase(
    runner: Runner, sides: Sequence[Side], cases: Sequence[Case], jobs: int
) -> dict[str, list[Failure]]:
    """Run cases on both sides, `jobs` chains at a time; return the failures of each case."""
    chains: list[list[Case]] = [[case] for case in cases if case.home == "plain"]
    rest = [case for case in cases if case.home != "plain"]
    homes = dict.fromkeys(case.home for case in rest)
    chains[:0] = [[case for case in rest if case.home == home] for home in homes]
    failures: dict[str, list[Failure]] = {case.name: [] for case in cases}
    with _progress(len(cases) * len(sides)) as tell, ThreadPoolExecutor(jobs) as pool:
        futures = [
            pool.submit(run_chain, runner, side, chain, tell) for chain in chains for side in sides
        ]
        try:
            for done in as_completed(futures):
                for name, found in done.result().items():
                    failures[name] += found
        except BaseException:
            for future in futures:
                future.cancel()
            runner.stop()
            raise
    return failures


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[str, str], None]]:
    """Give a function that says what runs: in a bar of a terminal, else a line each."""
    numbers = itertools.count(1)
    if not console.is_terminal:
        yield lambda side, case: console.print(f"[{next(numbers)}/{total}] {side} {case}")
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("")
        yield lambda side, case: bar.update(
            task, description=f"[{next(numbers)}/{total}] {side} {case}"
        )


def copy_home(base: Side, side: Side) -> dict[str, bytes]:
    """Give a side the home and the batch that BASE has made; return the files of the home."""
    made, home = base.home("made"), side.home(_OF_BASE)
    shutil.copytree(made, home)
    shutil.copytree(base.out("home/batch") / "run", side.out("base-home/batch") / "run")
    return {name: path.read_bytes() for name, path in tree(home).items()}


def write_rewritten(side: Side, before: Mapping[str, bytes]) -> None:
    """Write the names of the files that a side has changed or removed in the home of BASE."""
    now = tree(side.home(_OF_BASE))
    names = [
        name for name, data in before.items() if name not in now or now[name].read_bytes() != data
    ]
    text = "".join(f"{name}\n" for name in names)
    (side.out("base-home/use") / "rewritten.txt").write_text(text, encoding="utf-8")


def home_differences(base: Side, here: Side, *, moved_keys: bool) -> dict[str, list[str]]:
    """Return the differences of all homes: of the caches, and of all else in them."""
    found = {}
    normal = base.normal, here.normal
    homes = {p.name for side in (base, here) for p in (side.folder / "homes").glob("*")}
    for name in sorted(homes):
        parts = {}
        for side in (base, here):
            # The caches are moved aside, so that what is left is all else.
            parts[side.name] = side.folder / "caches" / name
            parts[side.name].parent.mkdir(exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                (side.home(name) / "cache").rename(parts[side.name])
        compare = (
            moved_differences(parts["base"], parts["here"])
            if moved_keys
            else folder_differences(parts["base"], parts["here"], normal)
        )
        found[f"cache/{name}"] = compare
        found[f"files/{name}"] = folder_differences(base.home(name), here.home(name), normal)
    return found


def read_allowed(path: Path | None) -> list[tuple[str, str]]:
    """Return the patterns of cases that may differ, with the reasons.

    Raises
    ------
    SystemExit
        If the file cannot be read or lacks something.
    """
    if path is None:
        return []
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))["differs"]
        return [(str(one["case"]), str(one["reason"])) for one in listed]
    except (OSError, ValueError, KeyError, TypeError) as error:
        console.print(f"{path} is no list of [[differs]] with case and reason: {error!r}")
        raise SystemExit(USAGE) from None


def report(
    found: Mapping[str, list[str]],
    allowed: Sequence[tuple[str, str]],
    broken: Collection[str] = (),
) -> int:
    """Print the differences of each case, and return the exit code.

    Parameters
    ----------
    found
        The lines that say how each case differs; none if it does not.
    allowed
        Patterns of cases that may differ, with the reasons.
    broken
        Cases in which this checkout fails: no list allows that.
    """
    used, differ, listed = set(), 0, 0
    for name, lines in found.items():
        if not lines:
            continue
        hit = next((one for one in allowed if fnmatch.fnmatchcase(name, one[0])), None)
        if hit and name not in broken:
            used.add(hit)
            listed += 1
            print(f"{name}: differs as listed: {hit[1]}")
            continue
        differ += 1
        print(f"{name}: {'fails' if name in broken else 'differs'}")
        print("\n".join(f"  {line}" for line in lines))
    for one in allowed:
        if one not in used:
            print(f"{one[0]}: is listed, but nothing like it differs")
    print(f"{len(found)} cases, {differ} differ, {listed} as listed")
    return DIFFERENT if differ else SAME


def compare(
    sides: tuple[Side, Side], cases: Sequence[Case], *, jobs: int, moved_keys: bool
) -> tuple[dict[str, list[str]], set[str]]:
    """Run all cases on both sides.

    Returns
    -------
    found
        How each case differs, as lines for a reader; no lines for most.
    broken
        The cases in which this checkout fails.
    """
    base, here = sides
    runner = Runner()
    failures: dict[str, list[Failure]] = {}
    for phase in (FIRST, MAIN, LAST):
        chosen = [case for case in cases if case.phase == phase]
        if not chosen:
            continue
        if phase == FIRST:
            console.print("Compiling the loops, which may take a minute ...")
        before = [copy_home(base, side) for side in sides] if phase == LAST else []
        failures |= run_phase(runner, sides, chosen, jobs)
        for side, files in zip(sides, before, strict=False):
            write_rewritten(side, files)
    console.print("Comparing ...")
    normal: tuple[Normal, Normal] = (base.normal, here.normal)
    found = {}
    for case in sorted(cases, key=lambda case: case.name):
        lines = folder_differences(base.out(case.name), here.out(case.name), normal)
        failed = [line for failure in failures[case.name] for line in failure.said.splitlines()]
        found[case.name] = [*failed, *lines]
    broken = {name for name, said in failures.items() if any(f.side == here.name for f in said)}
    return found | home_differences(base, here, moved_keys=moved_keys), broken


def known_cities() -> list[str]:
    """Return the ids of the cities that this checkout knows."""
    with tempfile.TemporaryDirectory() as temporary:
        side = Side("here", ROOT, Path(temporary))
        done = subprocess.run(
            [sys.executable, "-m", "toolkit", "cities", "--json"],
            cwd=temporary,
            env=side.environment("plain"),
            stdout=subprocess.PIPE,
            check=True,
        )
    return [str(city["id"]) for city in json.loads(done.stdout)]


def chosen_cases(cases: Sequence[Case], only: Sequence[str]) -> list[Case]:
    """Return the cases that patterns or beginnings of names pick, with those they build on.

    Raises
    ------
    SystemExit
        If a pattern picks none.
    """
    if not only:
        return list(cases)
    picked = set()
    for pattern in only:
        hits = {
            case.name
            for case in cases
            if fnmatch.fnmatchcase(case.name, pattern) or case.name.startswith(f"{pattern}/")
        }
        if not hits:
            console.print(f"No case is called {pattern!r}; --list names all.")
            raise SystemExit(USAGE)
        picked |= hits
    homes = {case.home for case in cases if case.name in picked} - {"plain"}
    homes |= {"made"} if _OF_BASE in homes else set()
    return [case for case in cases if case.name in picked or case.home in homes]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base", metavar="BASE", nargs="?", help="any revision of git")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="patterns of cases")
    parser.add_argument("--list", action="store_true", help="name the cases and stop")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="runs at a time")
    parser.add_argument("--extracts", type=Path, metavar="DIR", help="folder of street files")
    parser.add_argument("--allow", type=Path, metavar="FILE", help="differences that are wanted")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the answers in DIR")
    parser.add_argument(
        "--moved-keys", action="store_true", help="caches may lie under other hashes"
    )
    options = parser.parse_args()
    if options.base is None and not options.list:
        parser.error("name the revision to compare with")
    if options.jobs < 1:
        parser.error("--jobs: give a whole number from 1 up")
    if options.keep and options.keep.exists() and any(options.keep.iterdir()):
        parser.error(f"--keep: {options.keep} is not empty")
    return options


def extracts_folder(named: Path | None) -> Path | None:
    """Return the folder of street files that is named, or else that of the tests' data."""
    if named is None:
        data = os.environ.get(DATA_VARIABLE)
        named = Path(data) / "streets" if data else None
    return named.resolve() if named and named.is_dir() else None


def main() -> int:
    """Run the script."""
    options = arguments()
    allowed = read_allowed(options.allow)
    extracts = extracts_folder(options.extracts)
    cases = chosen_cases(all_cases(known_cities(), extracts), options.only)
    if options.list:
        for case in sorted(cases, key=lambda case: case.name):
            print(f"{case.name}{' (slow)' if case.slow else ''}")
        return SAME
    signal.signal(signal.SIGTERM, _interrupt)
    start = time.monotonic()
    with contextlib.ExitStack() as stack:
        temporary = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="answers."))
        ).resolve()
        folder = options.keep.resolve() if options.keep else temporary
        tree_of_base = stack.enter_context(worktree(options.base, temporary / "checkout"))
        sides = (Side("base", tree_of_base, folder / "base"), Side("here", ROOT, folder / "here"))
        for side in sides:
            check_side(side)
        pins = [(side.root / "requirements.txt").read_bytes() for side in sides]
        if pins[0] != pins[1]:
            console.print(
                "BASE pins other packages; both sides run with those of this interpreter."
            )
        found, broken = compare(sides, cases, jobs=options.jobs, moved_keys=options.moved_keys)
    code = report(found, allowed, broken)
    for name in [] if options.only else absent_extracts(extracts):
        print(f"not compared: {name}, which --extracts or {DATA_VARIABLE} can give the folder of")
    spent = os.times()
    processor_s = spent.user + spent.system + spent.children_user + spent.children_system
    console.print(f"{time.monotonic() - start:.0f} s, {processor_s:.0f} s of the processors")
    return code


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        console.print("Interrupted; the worktree is removed.")
        sys.exit(130)
