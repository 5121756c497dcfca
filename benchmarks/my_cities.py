"""Measure the ways to a map of one's own city in the app, in headless Chromium.

    python -m benchmarks.my_cities --data FOLDER [--parts pack steps fetch country] [--out FILE]

FOLDER holds real extracts (`country_of_cities.MIDDLES`); they are moved to the places of cities.

pack      a pack, from "Bring in" to its map, in a new browser; the server runs
steps     the same packs without the app: which step of their figures takes how long
fetch     over the network, from a server of this machine; the connection is cut once
country   one country file for all ten cities: time, progress, memory

Times are of the whole way a user goes, without her own pauses. Memory is that of the app's process
and of all that it started, ten times a second: on Linux what is their own, elsewhere what is
resident. What is resident besides belongs to files, which the system drops when it needs room.
Files are made in a folder of their own and deleted. Linux and macOS only.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks import country_of_cities
from benchmarks.app_map import chromium, own_mb
from toolkit.app import kept_answers
from toolkit.assessment import on_streets
from toolkit.assessment.assess import assess
from toolkit.assessment.question import Question
from toolkit.streets import install, pack, pack_zip
from toolkit.streets.cities import City, find_city

ROOT: Final = Path(__file__).resolve().parents[1]
STEPS: Final = {
    "points, candidate sites and lines of sight": "scene_of",
    "chances of sites": "plan_sites",
    "totals on a sample, with intervals": "add_up_totals",
    "totals on all points, with intervals": "add_up",
    "cameras met on trips": "with_trips",
    "figures of each street": "_summary_of_all",
    "capture points along whole streets": "street_captures",
}
"""Steps to the figures of a map, by the function of `on_streets` that takes each."""
TOWN: Final = "mawlamyine"
"""City whose map is fetched: with the streets, buildings and cameras of Baltimore."""
BOUNDS: Final = {"pack": 5.0, "memory": 700.0}
"""Seconds from a pack to its map; MB of the app and the process that reads a country file."""
PACKED: Final = ("baltimore.osm.pbf", "north-bayreuth.osm.gz", "liechtenstein.osm.pbf")
"""Extracts that become packs: two towns, and a country with its capital."""
STREETS: Final = "globalThis.toolkitMap?.streets > 0 || globalThis.toolkitMap?.drawn > 0"
DRAWN: Final = "globalThis.toolkitMap?.drawn > 0"
_LONG_MS: Final = 3_600_000
_EVERY_S: Final = 0.1
_START: Final = """
import sys
from toolkit.app import serve
from toolkit.app.my_cities import fetch_process
if sys.argv[1:]:
    fetch_process.fetch.__kwdefaults__["command"] = (sys.executable, "-P", sys.argv[1])
serve.start()
"""
_CHILD: Final = """
import dataclasses, sys
from toolkit import cli
from toolkit.streets.readers.overpass import ask, fetch
server = dataclasses.replace(ask.PUBLIC_SERVER, endpoint={endpoint!r})
fetch.fetched_file.__wrapped__.__kwdefaults__["server"] = server
sys.exit(cli.main(sys.argv[1:]))
"""
"""`camera-exposure`, but for the server that it asks."""


@dataclass
class Memory:
    """Peak of the memory of a process and of all that it started since, in MB."""

    pid: int
    before_mb: float = 0.0
    both_mb: float = 0.0
    started_mb: float = 0.0
    resident_mb: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def watched(self) -> Iterator[Memory]:
        """Look ten times a second."""
        own = psutil.Process(self.pid)
        self.before_mb = own_mb(own)[0]
        others = {process.pid for process in own.children(recursive=True)}

        def look() -> None:
            while not self._stop.wait(_EVERY_S):
                started, resident = 0.0, 0.0
                for process in own.children(recursive=True):
                    if process.pid in others:
                        continue
                    with contextlib.suppress(psutil.Error):
                        more = own_mb(process)
                        started, resident = started + more[0], resident + more[1]
                of_app = own_mb(own)
                self.started_mb = max(self.started_mb, started)
                self.both_mb = max(self.both_mb, started + of_app[0])
                self.resident_mb = max(self.resident_mb, resident + of_app[1])

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()


@contextlib.contextmanager
def serving(home: Path, child: Path | None = None) -> Iterator[tuple[str, int]]:
    """Start the app for a home; yields its address and the id of its process."""
    process = subprocess.Popen(
        [sys.executable, "-c", _START, *([str(child)] if child else [])],
        cwd=home,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "HOME": str(home),
            "CAMERA_TOOLKIT_HOME": str(home / "toolkit"),
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stderr is None:
            raise RuntimeError
        for line in process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                threading.Thread(target=process.stderr.read, daemon=True).start()
                yield found[0], process.pid
                return
        msg = "The app did not start."
        raise RuntimeError(msg)
    finally:
        process.terminate()
        process.wait()


def opened(browser: Browser, url: str, path: str) -> Page:
    """Open a page in a browser that knows nothing of the app."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(_LONG_MS)
    page.goto(f"{url}/{path}")
    idle(page)
    return page


def processor_s(pid: int) -> float:
    """Return the seconds of the processor that a process and its readers have used."""
    own = psutil.Process(pid)
    found = 0.0
    for process in (own, *own.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            found += times.user + times.system
    return found


def idle(page: Page) -> None:
    """Wait until nothing is computed."""
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=_LONG_MS
    )


def click(page: Page, key: str) -> None:
    """Click a button once it is there."""
    page.locator(f".st-key-{key}").get_by_role("button").first.click()


def to_the_map(page: Page, city: str) -> float:
    """Go from a finished import to the map; return when streets are on it, with or without figures.

    Ends when the figures are on it, too.
    """
    click(page, f"made-{city}")
    page.wait_for_function(STREETS, timeout=_LONG_MS)
    streets_s = time.monotonic()
    page.wait_for_function(DRAWN, timeout=_LONG_MS)
    return streets_s


def packed(data: Path, folder: Path, city: City, extract: str) -> Path:
    """Make the pack of a city out of an extract that is moved to its place."""
    file = folder / f"{city.id}.osm.pbf"
    country_of_cities.write(file, data, size_mb=0, of=[city], names=[extract])
    os.environ["CAMERA_TOOLKIT_HOME"] = str(folder / "made")
    install.import_file(file, cities=[city])
    return pack_zip.export_pack(city.id, folder / f"{city.id}.zip")


def measure_packs(browser: Browser, data: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Return the seconds from a pack to its map, for an extract each at a city of its own.

    The app has shown one map before, so that its loops are there; that of each city is the first,
    in a browser that knows nothing.
    """
    files = {
        (city.id, extract): packed(data, folder, city, extract)
        for city, extract in zip(country_of_cities.cities(), PACKED, strict=False)
    }
    home = folder / "pack-home"
    home.mkdir()
    found = {}
    with serving(home) as (url, pid):
        begin = time.monotonic()
        page = opened(browser, url, "?city=helsinki-centre&tier=seen")
        page.wait_for_function(DRAWN, timeout=_LONG_MS)
        found["first"] = {"s": time.monotonic() - begin}
        page.context.close()
        for (city, extract), file in files.items():
            page = opened(browser, url, "cities")
            page.locator("input[type=file]").first.set_input_files(file)
            page.get_by_text(file.name).wait_for()
            idle(page)
            begin, used_s = time.monotonic(), processor_s(pid)
            click(page, "streets_go")
            page.locator(f".st-key-made-{city}").wait_for()
            installed_s = time.monotonic() - begin
            streets_s = to_the_map(page, city) - begin
            whole_s = time.monotonic() - begin
            manifest = pack.read_manifest(city)
            found[extract.partition(".")[0]] = {
                "MB": file.stat().st_size / 1e6,
                "km": manifest.boundary.length_km or 0.0,
                "installed s": installed_s,
                "streets s": streets_s,
                "s": whole_s,
                "processor s": processor_s(pid) - used_s,
            }
            page.context.close()
    return found


def measure_steps(data: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Return the seconds of the processor that each step takes to the figures of a map.

    In one process whose loops are there, for each of `PACKED` as the app asks.
    """
    where = folder / "steps"
    where.mkdir()
    files = {
        (city.id, extract): packed(data, where, city, extract)
        for city, extract in zip(country_of_cities.cities(), PACKED, strict=False)
    }
    spent: dict[str, float] = {}

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - as the function
            begin = time.process_time()
            found = function(*given, **named)
            spent[name] = spent.get(name, 0.0) + time.process_time() - begin
            return found

        return run

    for name, attribute in STEPS.items():
        setattr(on_streets, attribute, timed(name, getattr(on_streets, attribute)))
    answer("helsinki-centre")
    found = {}
    for (city, extract), file in files.items():
        install.import_pack(file)
        spent.clear()
        begin = time.process_time()
        answer(city)
        whole = time.process_time() - begin
        found[extract.partition(".")[0]] = {
            **{name: spent.get(name, 0.0) for name in STEPS},
            "the rest": whole - sum(spent.values()),
        }
    return found


def answer(city: str) -> None:
    """Make all figures that the map of a city shows, as the app does."""
    question = Question(city, dt.date(2026, 11, 1), sample_points=kept_answers.SAMPLE_POINTS)
    made = assess(question)
    layers = made.layers if made.sample is None else made.make_layers(lambda _: None)
    if layers is not None and layers.captures is not None:
        layers.captures()


def measure_fetch(browser: Browser, data: Path, folder: Path) -> dict[str, float]:
    """Return how long it takes to have a city over the network; the connection is cut once."""
    sys.path.append(str(ROOT / "tests" / "helpers"))
    import overpass_server  # type: ignore[import-not-found]

    file = folder / f"{TOWN}.osm.pbf"
    country_of_cities.write(file, data, size_mb=0, of=[find_city(TOWN)], names=PACKED[:1])
    home = folder / "fetch-home"
    home.mkdir()
    with overpass_server.serving(file) as overpass:
        child = folder / "child.py"
        child.write_text(_CHILD.format(endpoint=overpass.endpoint), encoding="utf-8")
        with serving(home, child) as (url, _):
            overpass.faults.append("cut")
            page = opened(browser, url, f"cities?city={TOWN}")
            page.locator("[data-testid=stExpander] summary").last.click()
            page.locator("[class*='st-key-fetch_consent'] label").click()
            idle(page)
            begin = time.monotonic()
            click(page, "fetch_go")
            page.locator(f".st-key-made-{TOWN}").wait_for()
            fetched_s = time.monotonic() - begin
            to_the_map(page, TOWN)
            whole_s = time.monotonic() - begin
            page.context.close()
        questions = overpass.questions
        again = len(questions) - len(set(questions))
    return {
        "questions": float(len(set(questions))),
        "again": float(again),
        "installed s": fetched_s,
        "map s": whole_s,
    }


def measure_country(browser: Browser, folder: Path, file: Path) -> dict[str, float]:
    """Return time, progress and memory of an import of ten cities from one file."""
    home = folder / "country-home"
    home.mkdir()
    with serving(home) as (url, pid):
        page = opened(browser, url, "cities")
        page.locator("[data-testid=stTextInput] input").first.fill(str(file))
        with Memory(pid).watched() as memory:
            begin = time.monotonic()
            click(page, "streets_go")
            said = _progress(page)
            took_s = time.monotonic() - begin
        installed = sorted(one.name for one in (home / "toolkit" / "packs").iterdir())
        page.context.close()
    return {
        "MB": file.stat().st_size / 1e6,
        "cities": float(len(installed)),
        "s": took_s,
        "sentences": float(len(said)),
        "app before MB": memory.before_mb,
        "reader MB": memory.started_mb,
        "both MB": memory.both_mb,
        "resident MB": memory.resident_mb,
    }


def _progress(page: Page) -> list[str]:
    """Return what the page says until the import has ended."""
    said: list[str] = []
    done = page.locator("[class*='st-key-made-']").first
    failed = page.locator("[data-testid=stAlertContentError]")
    status = page.locator("[data-testid=stExpanderDetails] [data-testid=stText]").first
    while not done.count():
        if failed.count():
            raise SystemExit(failed.first.inner_text())
        with contextlib.suppress(Exception):
            now = status.inner_text(timeout=500)
            if now not in said[-1:]:
                said.append(now)
        page.wait_for_timeout(200)
    return said


DOCUMENT: Final = """# How long the ways to a map take

Written by `python -m benchmarks.my_cities --data FOLDER --out FILE`; do not edit. In headless
Chromium, on two cores (load of the computer at the end: {load}). No map of Myanmar is part of
it: real extracts (Baltimore, Liechtenstein, Bayreuth, Porto) lie at the places of the cities.

| from | to | s | |
|---|---|--:|---|
{rows}
"""


def document(found: dict[str, Any]) -> str:
    """Return the figures as a document."""
    rows = []
    for name, one in found.get("pack", {}).items():
        if name == "first":
            rows.append(f"| the app just started | its first map, Helsinki | {one['s']:.1f} | |")
            continue
        size = f"{name}, {one['km']:,.0f} km of street, {one['MB']:.1f} MB"
        said = (
            f"installed after {one['installed s']:.1f}; bound {BOUNDS['pack']:g}; its figures "
            f"after {one['s']:.1f}, with {one['processor s']:.1f} s of the processor (app and "
            "reader)"
        )
        rows.append(f"| a pack ({size}) | its map, new browser | {one['streets s']:.1f} | {said} |")
    for name, steps in found.get("steps", {}).items():
        said = "; ".join(f"{step} {value:.1f}" for step, value in steps.items() if round(value, 1))
        to = "its figures, of the processor"
        rows.append(f"| the same pack ({name}) | {to} | {sum(steps.values()):.1f} | {said} |")
    if fetch := found.get("fetch"):
        asked = f"{fetch['questions']:.0f} questions, {fetch['again']:.0f} asked again"
        rows.append(
            f"| a server of this machine, cut once | installed | {fetch['installed s']:.0f} "
            f"| {asked} |"
        )
        rows.append(f"| the same | its map | {fetch['map s']:.0f} | |")
    if country := found.get("country"):
        size = f"{country['MB']:.0f} MB"
        memory = (
            f"peak {country['both MB']:.0f} MB: {country['reader MB']:.0f} MB of the process that "
            f"reads, the app the rest ({country['app before MB']:.0f} MB before); bound "
            f"{BOUNDS['memory']:g} MB ({country['resident MB']:.0f} MB with files); "
            f"{country['sentences']:.0f} sentences of progress"
        )
        rows.append(
            f"| a country file ({size}) | {country['cities']:.0f} cities installed "
            f"| {country['s']:.0f} | {memory} |"
        )
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return DOCUMENT.format(rows="\n".join(rows), load=load)


def main() -> None:
    """Measure and print, and write the document if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the extracts")
    parser.add_argument("--mb", type=float, default=300.0, help="size of the country file")
    parser.add_argument("--made", type=Path, help="country file that was made before")
    parser.add_argument("--parts", nargs="+", default=["pack", "steps", "fetch", "country"])
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    data = asked.data.resolve()
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )

        def country() -> Path:
            if asked.made:
                return Path(asked.made)
            file = folder / "country.osm.pbf"
            country_of_cities.write(file, data, size_mb=asked.mb)
            return file

        measures: dict[str, Any] = {
            "pack": lambda: measure_packs(browser, data, folder),
            "steps": lambda: measure_steps(data, folder),
            "fetch": lambda: measure_fetch(browser, data, folder),
            "country": lambda: measure_country(browser, folder, country()),
        }
        for name in asked.parts:
            found[name] = measures[name]()
            print(name, found[name], flush=True)
        browser.close()
    text = document(found)
    print(text)
    if asked.out:
        asked.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
