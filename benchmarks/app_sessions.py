"""Many people at the app at once: whether each sees their own answer, and memory settles.

    python -m benchmarks.app_sessions [--sessions 20] [--actions 100] [--strict]

Each session is a browser context of its own that goes at random from city to city, question to
question, and between installed and planned; one in four has a number of cameras of its own for one
city. In each round all act at once. Every answer shown is compared with the one computed here. With
--strict a wrong answer, or memory above the bound, ends it with 1. Needs Playwright and a Chromium.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as NothingCameError

from benchmarks.app_map import chromium, serving
from toolkit.app import memory
from toolkit.app.city import answer
from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.base.terms import STATUSES, TIERS, Status, Tier
from toolkit.language.words import tier_name
from toolkit.streets.cities import find_city, load_cities

AS_OF: Final = dt.date(2026, 11, 1)
CITIES: Final = tuple(city.id for city in load_cities() if not city.demonstration)
SETTLED: Final = 20
"""Actions of each session after which the memory counts as settled."""
_AT_REST_S: Final = 3.0
"""Seconds without work after which the server is at rest: memory goes up and down by hundreds of
megabytes with what is being computed."""
_IDLE_SHARE: Final = 0.1
"""Most of one processor that a server at rest uses."""
MOST_GROWTH: Final = 1.10
"""Most that memory may be afterwards, over that."""
_SLOW_MS: Final = 120_000
_OWN_EVERY: Final = 4
_STATUS_NAMES: Final[dict[Status, str]] = {
    "installed": "Installed", "planned": "With planned ones"
}  # fmt: skip


@dataclass
class Session:
    """One browser, and what was chosen in it."""

    page: Page
    city: str
    tier: Tier = "seen"
    status: Status = "installed"
    own: dict[str, int] = field(default_factory=dict)
    """Number of cameras of one's own, of each city for which one was entered."""

    def act(self, rng: random.Random) -> None:
        """Choose something else, without waiting for the answer."""
        kind = rng.choice(("city", "tier", "tier", "status"))
        if kind == "city":
            self.city = rng.choice([one for one in CITIES if one != self.city])
            self.page.locator(".st-key-bar").get_by_role("combobox").first.click()
            name = find_city(self.city).name.en
            self.page.get_by_role("option", name=name, exact=True).click()
        elif kind == "tier":
            self.tier = rng.choice([one for one in TIERS if one != self.tier])
            self.page.get_by_role("radio", name=tier_name(self.tier, "en"), exact=True).click()
        else:
            self.status = next(one for one in STATUSES if one != self.status)
            self.page.get_by_role("radio", name=_STATUS_NAMES[self.status], exact=True).click()

    def choose_own(self, number: int) -> None:
        """Enter a number of cameras of one's own."""
        self.own[self.city] = number
        self.page.get_by_role("button", name="Change").click()
        self.page.get_by_text("Enter my own number of cameras").click()
        for label in ("At least", "At most"):
            box = self.page.get_by_label(label, exact=True)
            box.fill(str(number))
            box.press("Enter")
        self.page.keyboard.press("Escape")

    def wrong(self) -> str | None:
        """Wait for the answer and return what is wrong with what is shown; None if nothing is."""
        own = self.own.get(self.city)
        found = assessed(self.city, self.status, own)
        wanted = answer.sentence(found, self.tier, "en")
        shown = self.page.locator(".ct .answer").filter(visible=True)
        try:
            expect(shown).to_have_text(wanted, timeout=_SLOW_MS)
        except AssertionError:
            return f"{self.city} {self.tier} {self.status} {own}: {shown.all_inner_texts()}"
        return None


@functools.cache
def assessed(city: str, status: Status, own: int | None) -> Assessment:
    """Return the answer as it is computed here."""
    count = None if own is None else (float(own), float(own))
    return assess(city, as_of=AS_OF, status=status, count=count, sample_points=20_000)


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process and its children."""
    one = psutil.Process(pid)
    return float(sum(p.memory_info().rss for p in (one, *one.children(recursive=True)))) / 1e6


def memory_at_rest_mb(pid: int) -> float:
    """Wait until a server is at rest and has returned what it does not need; see `memory_mb`."""
    one = psutil.Process(pid)
    while one.cpu_percent(_AT_REST_S) > 100 * _IDLE_SHARE:
        pass
    time.sleep(memory.EVERY_S)
    return memory_mb(pid)


def run(
    browser: Browser, url: str, pid: int, n_sessions: int, n_actions: int
) -> tuple[list[str], list[float], float]:
    """Return what was wrong, and the memory of the server in MB.

    The last are that at rest after each `SETTLED` actions, and the highest after any.
    """
    rng = random.Random(7)  # noqa: S311 - the same actions every time
    sessions: list[Session] = []
    wrong: list[str | None] = []
    for k in range(n_sessions):
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.set_default_timeout(_SLOW_MS)
        city = CITIES[k % len(CITIES)]
        page.goto(f"{url}/?city={city}&as_of={AS_OF}")
        session = Session(page, city)
        wrong.append(session.wrong())
        if k % _OWN_EVERY == 0:
            session.choose_own(101 + 37 * k)
            wrong.append(session.wrong())
        sessions.append(session)
    at_rest_mb, highest_mb = list[float](), 0.0
    for turn in range(n_actions):
        for session in sessions:
            try:
                session.act(rng)
            except NothingCameError as error:
                wrong.append(f"{session.city}: {error}")
        wrong.extend([session.wrong() for session in sessions])
        now_mb = memory_mb(pid)
        highest_mb = max(highest_mb, now_mb)
        print(f"{turn + 1} of {n_actions}, {now_mb:.0f} MB", file=sys.stderr, flush=True)
        if (turn + 1) % SETTLED == 0:
            at_rest_mb.append(memory_at_rest_mb(pid))
            print(f"at rest {at_rest_mb[-1]:.0f} MB", file=sys.stderr, flush=True)
    return [one for one in wrong if one], at_rest_mb, highest_mb


def main() -> int:
    """Measure, print, and return 1 if something is wrong under --strict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--actions", type=int, default=100)
    parser.add_argument("--strict", action="store_true")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home), None) as (url, pid),
        sync_playwright() as p,
    ):
        browser = p.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        wrong, at_rest_mb, highest_mb = run(browser, url, pid, asked.sessions, asked.actions)
        browser.close()
    print(f"{asked.sessions} sessions of {asked.actions} actions")
    print(f"  answers that were wrong or did not come: {len(wrong)}")
    for one in wrong[:10]:
        print(f"    {one}")
    shown = " ".join(f"{one:.0f}" for one in at_rest_mb)
    print(f"  memory of the server at rest after each {SETTLED} actions, MB: {shown}")
    print(f"  highest after a round, with work going on, MB: {highest_mb:.0f}")
    growth = max(at_rest_mb, default=1.0) / (at_rest_mb[0] if at_rest_mb else 1.0)
    print(f"  growth {growth:.2f} (at most {MOST_GROWTH})")
    return int(asked.strict and (bool(wrong) or growth > MOST_GROWTH))


if __name__ == "__main__":
    sys.exit(main())
