"""Measure the app's map in headless Chromium: first map, recolouring, drags, memory.

    python -m benchmarks.app_map [--streets 0 100000 300000] [--file FILE] [--new-machine]
        [--runs 5] [--strict]

0 streets means Helsinki as it is; more are its streets tiled, with invented chances. With --file
the streets of an OpenStreetMap file are brought in, and the whole app is measured with them, and
the memory of its server and one page; answers are those with and without planned cameras. With
--new-machine the whole app is measured with an empty home and no compiled loop: from the start of
its loading to the answer of a city without streets, and from there to a map of streets. Times are
medians over some runs, in milliseconds, taken in the page: from the start of its loading, or from a
click, to the frame after the map is drawn. With --strict a missed bound ends it with 1. Needs
Playwright and a Chromium; measure on a quiet machine.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    ViewportSize,
    sync_playwright,
)

from benchmarks.scale import write_claim
from toolkit.app import memory

PAGE: Final = Path(__file__).resolve().parent / "app_map_page.py"
ROOT: Final = PAGE.parents[1]
_START: Final = (
    "import sys; from pathlib import Path; from toolkit.app import serve; "
    "serve.start(script=Path(sys.argv[1]) if sys.argv[1:] else None)"
)
_LARGE: Final = 100_000
BOUNDS: Final = {  # up to 100,000 streets, above
    "first map, new browser": (3000, 3000),
    "first map, warm browser": (1000, 1000),
    "question to recoloured": (150, 500),
    "answer to recoloured": (300, 700),
    "drag frame, 95 %": (34, 34),
    "drag frame, worst": (150, 150),
    "JS heap, MB": (200, 200),
    "shell, second visit": (1500, 1500),
    "server and page, MB": (1000, 1000),
    "new machine, answer": (5000, 5000),
    "new machine, map": (20_000, 20_000),
}
"""Most that each figure may be; "answer" is without the estimate itself."""
_SLOW_MS: Final = 600_000
_KM: Final = 500.0
"""Length for which cameras are reported, in km: those of a large city, not of a whole file."""
_QUESTIONS: Final = ("Recognised", "Seen")
_ANSWERS: Final = ("With planned ones", "Installed")
_DRAG_STEPS: Final = 90
_FRAMES: Final = """() => {
    globalThis.frames_ms = []; let last = performance.now();
    const next = now => { frames_ms.push(now - last); last = now; globalThis.frame = requestAnimationFrame(next); };
    globalThis.frame = requestAnimationFrame(next);
}"""  # noqa: E501
# Asked once a frame.
_DONE: Final = "n => globalThis.toolkitMap?.drawn > n && performance.now()"
_BAR: Final = "() => document.querySelector('.st-key-bar')?.offsetHeight && performance.now()"
_CLICKS: Final = (
    "addEventListener('click', () => { globalThis.clicked_ms = performance.now() }, true)"
)
_VIEWPORT: Final[ViewportSize] = {"width": 1366, "height": 768}


@contextmanager
def serving(
    home: Path, script: Path | None = PAGE, more: Mapping[str, str] | None = None
) -> Iterator[tuple[str, int]]:
    """Start a page, or with None the app, in a process of its own, with an empty home.

    Yields its address and the id of the process, which gets more variables if there are any.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", _START, *([str(script)] if script else [])],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CAMERA_TOOLKIT_HOME": str(home)}
        | dict(more or {}),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stderr is None:
            raise RuntimeError
        for line in process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield found[0], process.pid
                return
        msg = "The app did not start."
        raise RuntimeError(msg)
    finally:
        process.terminate()
        process.wait()


def chromium() -> str | None:
    """Return the path of Chromium, if there is one: first one that opens no windows of its own.

    A new page costs the other one 0.6 s for its own bars, which a page loaded again does not.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return next(filter(None, map(shutil.which, names)), None)


def _opened(context: BrowserContext, url: str) -> tuple[Page, float]:
    """Open a page, and return it with the milliseconds to its first map."""
    page = context.new_page()
    page.add_init_script(_CLICKS)
    page.goto(url, wait_until="commit")
    return page, float(page.wait_for_function(_DONE, arg=0, timeout=_SLOW_MS).json_value())


def _shell(browser: Browser, url: str) -> float:
    """Return the milliseconds to the bar of the app in a browser that was there before."""
    context = browser.new_context(viewport=_VIEWPORT)
    took = 0.0
    for _ in range(2):
        page = context.new_page()
        page.goto(url, wait_until="commit")
        took = float(page.wait_for_function(_BAR, timeout=_SLOW_MS).json_value())
        page.close()
    context.close()
    return took


def _clicked(page: Page, what: Locator) -> float:
    """Return the milliseconds from a click to the next map."""
    before = page.evaluate("toolkitMap.drawn")
    what.click()
    done = page.wait_for_function(_DONE, arg=before, timeout=_SLOW_MS).json_value()
    return float(done - page.evaluate("clicked_ms"))


def _first(browser: Browser, url: str) -> tuple[float, float]:
    """Return the time of the first map in a new browser, and of the next in the same one."""
    context = browser.new_context(viewport=_VIEWPORT)
    found = []
    for _ in range(2):
        page, took = _opened(context, url)
        found.append(took)
        page.close()
    context.close()
    return found[0], found[1]


def _frames(page: Page) -> list[float]:
    """Return the milliseconds between frames while the map is dragged."""
    box = page.locator(".tk-canvas").bounding_box()
    if box is None:
        raise RuntimeError
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(_FRAMES)
    for k in range(_DRAG_STEPS):
        page.mouse.move(x + 2 * (k % 45), y + k)
        page.wait_for_timeout(16)
    page.mouse.up()
    page.wait_for_timeout(500)
    page.evaluate("cancelAnimationFrame(globalThis.frame)")
    return list(page.evaluate("frames_ms"))


@dataclass(frozen=True)
class Buttons:
    """What is clicked for another question and for another answer, in turn."""

    question: Callable[[Page, int], Locator]
    answer: Callable[[Page, int], Locator]


OF_PAGE: Final = Buttons(
    lambda page, k: page.get_by_role("button", name=_QUESTIONS[k % 2], exact=True),
    lambda page, k: page.get_by_role("radiogroup").get_by_text(str(2 - k % 2), exact=True),
)
OF_APP: Final = Buttons(
    OF_PAGE.question,
    lambda page, k: page.get_by_role("radio", name=_ANSWERS[k % 2], exact=True),
)


def measure(
    browser: Browser, url: str, runs: int, buttons: Buttons = OF_PAGE, pid: int | None = None
) -> dict[str, float]:
    """Return the figures of `BOUNDS` for one page; of the whole app if its process is given."""
    _first(browser, url)  # encodes the pack
    firsts = [_first(browser, url) for _ in range(runs)]
    page, _ = _opened(browser.new_context(viewport=_VIEWPORT), url)
    buttons.question(page, 0).wait_for(timeout=_SLOW_MS)
    page.wait_for_timeout(1500)
    questions, answers = [], []
    for k in range(runs):
        questions.append(_clicked(page, buttons.question(page, k)))
        page.wait_for_timeout(1500)
    for k in range(runs + 2):
        took = _clicked(page, buttons.answer(page, k))
        if k > 1:  # both answers are made by then
            answers.append(took)
        page.wait_for_timeout(1500)
    frames = sorted(_frames(page))
    heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    used: dict[str, float] = {}
    if pid is not None:
        used["shell, second visit"] = statistics.median(_shell(browser, url) for _ in range(runs))
        time.sleep(memory.EVERY_S)  # the server returns what it does not need
        used["server and page, MB"] = _server_mb(pid) + _largest_page_mb()
    page.context.close()
    return used | {
        "first map, new browser": statistics.median(new for new, _ in firsts),
        "first map, warm browser": statistics.median(warm for _, warm in firsts),
        "question to recoloured": statistics.median(questions),
        "answer to recoloured": statistics.median(answers),
        "drag frame, 95 %": frames[int(0.95 * len(frames))],
        "drag frame, worst": frames[-1],
        "JS heap, MB": heap,
    }


def first_run(browser: Browser) -> dict[str, float]:
    """Return the times to the first answer and from it to the first map on a new machine."""
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home), None, {"NUMBA_CACHE_DIR": f"{home}/loops"}) as (url, _),
    ):
        page = browser.new_context(viewport=_VIEWPORT).new_page()
        start = time.perf_counter()
        page.goto(f"{url}/?city=mawlamyine", wait_until="commit")
        page.locator(".ct .answer").filter(visible=True).wait_for(timeout=_SLOW_MS)
        answered = time.perf_counter()
        page.goto(f"{url}/?city=helsinki-centre", wait_until="commit")
        page.wait_for_function(_DONE, arg=0, timeout=_SLOW_MS)
        drawn = time.perf_counter()
        page.context.close()
    return {
        "new machine, answer": (answered - start) * 1000,
        "new machine, map": (drawn - answered) * 1000,
    }


def own_mb(process: psutil.Process) -> tuple[float, float]:
    """Return the memory that is a process's own, without pages of files, and what is resident.

    In MB.
    """
    found = process.memory_info()
    return (found.rss - getattr(found, "shared", 0)) / 1e6, found.rss / 1e6


def _server_mb(pid: int) -> float:
    """Return the memory of a server and its children that is their own."""
    one = psutil.Process(pid)
    return sum(own_mb(p)[0] for p in (one, *one.children(recursive=True)))


def _largest_page_mb() -> float:
    """Return the same of the largest page of the browser that this process has started."""
    found = [0.0]
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "--type=renderer" in one.cmdline():
                found.append(own_mb(one)[0])
    return max(found)


def _bring_in(file: Path, home: Path) -> str:
    """Install the streets of a file, with a made-up report; return the name of the pack."""
    subprocess.run(
        [sys.executable, "-m", "toolkit", "--quiet", "--home", str(home), "streets", "import",
         str(file.resolve())],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    name = next((home / "packs").iterdir()).name
    write_claim(home, name, _KM)
    return name


def _show(name: str, figures: dict[str, float], *, large: bool) -> bool:
    """Print figures beside their bounds, and return whether one is missed."""
    print(name)
    missed = False
    for figure, value in figures.items():
        most = BOUNDS[figure][large]
        missed |= value > most
        print(f"  {figure:26} {value:8.0f}   (at most {most}){' MISSED' * (value > most)}")
    return missed


def main() -> int:
    """Measure, print, and return 1 if a bound is missed under --strict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streets", type=int, nargs="*", default=[0, _LARGE])
    parser.add_argument("--file", type=Path, help="an OpenStreetMap file")
    parser.add_argument("--new-machine", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--strict", action="store_true")
    asked = parser.parse_args()
    missed = False
    with sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"],
        )
        with tempfile.TemporaryDirectory() as home, serving(Path(home)) as (url, _):
            for n_streets in asked.streets:
                found = measure(browser, f"{url}/?streets={n_streets}", asked.runs)
                missed |= _show(str(n_streets or "Helsinki"), found, large=n_streets > _LARGE)
        if asked.file:
            with tempfile.TemporaryDirectory() as home:
                name = _bring_in(asked.file, Path(home))
                with serving(Path(home), None) as (url, pid):
                    found = measure(browser, f"{url}/?city={name}", asked.runs, OF_APP, pid)
                missed |= _show(name, found, large=False)
        if asked.new_machine:
            missed |= _show("New machine", first_run(browser), large=False)
        browser.close()
    return int(missed and asked.strict)


if __name__ == "__main__":
    sys.exit(main())
