"""What a user does in the app in a browser, and the app with a map server of this machine."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import watched_processes
from overpass_server import Server as Overpass
from overpass_town import CITY
from playwright.sync_api import Browser, Locator, Page, expect
from running import ROOT, SLOW_MS, Server, port, serving

from toolkit.app.my_cities import over_network
from toolkit.base.terms import Language
from toolkit.language.translate import tr

LARGE = {"width": 1366, "height": 768}
NUMBER = "80"
CHILD = """
import sys
sys.path[:0] = {paths!r}
from overpass_town import quick
from types import SimpleNamespace
from toolkit import cli
from toolkit.cli import streets
from toolkit.streets.readers.overpass import fetch
streets._FETCH_RADIUS_M = 900.0
fetch.fetched_file.__wrapped__.__kwdefaults__["server"] = quick(
    SimpleNamespace(endpoint={endpoint!r}))
sys.exit(cli.main(sys.argv[1:]))
"""
"""`camera-exposure`, but for the server and the size of the area."""
APP = """
import sys
from toolkit.app import serve
from toolkit.app.my_cities import fetch_process
fetch_process.fetch.__kwdefaults__["command"] = (sys.executable, "-P", sys.argv[2])
serve.start(int(sys.argv[1]))
"""
"""The app, but for the command that asks the map server."""


def write_city(home: Path) -> None:
    """Write a list of cities with an invented town into a home of the toolkit."""
    home.mkdir(exist_ok=True)
    (home / "cities.toml").write_text(
        'format = "camera-exposure.cities/1"\n[[city]]\n'
        f'id = "{CITY.id}"\nname = {{ en = "Invented", my = "Invented" }}\n'
        f'lat = {CITY.lat}\nlon = {CITY.lon}\nadmin = "none"\n',
        encoding="utf-8",
    )


def write_child(folder: Path, overpass: Overpass) -> Path:
    """Write the program that asks a server of this machine for the invented town."""
    child = folder / "child.py"
    paths = [str(ROOT / "tests" / "helpers"), str(ROOT)]
    child.write_text(CHILD.format(paths=paths, endpoint=overpass.endpoint), encoding="utf-8")
    return child


@contextlib.contextmanager
def serving_with(overpass: Overpass, home: Path, *, strace: Path | None = None) -> Iterator[Server]:
    """Start the app; what its process and those that it starts ask of the network is noted.

    Parameters
    ----------
    overpass
        Map server that it asks.
    home
        Home of the user; notes are in its folder ``processes``.
    strace
        File of system calls on the network, which strace writes; None for no strace.
    """
    notes = watched_processes.prepare(home / "processes")
    command = ("-c", APP, port(), str(write_child(home, overpass)))
    if strace is not None:
        command = watched_processes.under_strace(command, strace)
    with serving(home, command=command, paths=(str(notes),)) as server:
        yield server


class Journey:
    """What a user does in one language."""

    def __init__(self, page: Page, lang: Language, url: str) -> None:
        self.page, self.lang, self.url = page, lang, url
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, address: str) -> None:
        """Open an address."""
        joined = "&" if "?" in address else "?"
        self.page.goto(f"{self.url}/{address}{joined}lang={self.lang}")
        self.idle()

    def idle(self) -> None:
        """Wait until nothing is computed."""
        app = self.page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-script-state", "notRunning")
        expect(self.page.get_by_test_id("stSpinner")).to_have_count(0)

    def text(self, message: str, **values: str) -> str:
        """Return a text of the page."""
        return tr(message, self.lang).format(**values)

    def key(self, key: str) -> Locator:
        """Return the widget of a key."""
        return self.page.locator(f".st-key-{key}")

    def click(self, key: str) -> None:
        """Click the button of a key."""
        self.key(key).get_by_role("button").first.click()
        self.idle()

    def see(self, message: str, **values: str) -> None:
        """Wait until a text is in sight."""
        shown = self.page.get_by_text(self.text(message, **values)).filter(visible=True)
        expect(shown.first).to_be_visible()

    def see_map(self) -> None:
        """Give the number of cameras, if asked, and wait for the map."""
        self.page.wait_for_url(lambda url: "/cities" not in url)
        low, legend = (
            self.page.locator("[class*='st-key-own-low-']"),
            self.page.locator(".tk-legend li").first,
        )
        expect(low.or_(legend).first).to_be_visible()
        if low.count():
            self.give_number()
        expect(legend).to_be_visible()

    def give_number(self) -> None:
        """Give the number of cameras of a city that no report is about."""
        for end in ("low", "high"):
            box = self.page.locator(f"[class*='st-key-own-{end}-'] input")
            box.fill(NUMBER)
            box.press("Enter")
            self.idle()

    def fill(self, key: str, value: str) -> None:
        """Type a number or a text into the box of a key."""
        box = self.key(key).locator("input")
        box.fill(value)
        box.press("Enter")
        self.idle()

    def choose_file(self, name: str) -> None:
        """Choose a file of the folder Downloads."""
        self.page.get_by_role("button", name=self.text("Downloads"), exact=True).click()
        self.page.get_by_role("button", name=name).click()
        self.idle()
        expect(self.page.get_by_test_id("stTextInput").locator("input").first).to_have_value(
            re.compile(re.escape(name) + "$")
        )

    def bring_in(self) -> None:
        """Bring in what is chosen."""
        self.click("streets_go")

    def open_network(self) -> None:
        """Open what is said about asking over the network, and choose the invented town."""
        self.open("cities")
        self.page.get_by_text(self.text("Over the network, if there is no other way")).click()
        self.option("fetch_city", CITY.name.en)

    def agree(self) -> None:
        """Agree to ask for the invented town: not the box of the city chosen before."""
        said = over_network.consent(CITY, self.lang)
        box = self.page.locator("[class*='st-key-fetch_consent'] label")
        box.filter(has_text=said).click()
        self.idle()

    def option(self, key: str, name: str) -> None:
        """Choose an option of a list."""
        box = self.page.locator(f"[class*='st-key-{key}']").get_by_role("combobox").first
        box.click()
        box.fill(name)  # the list shows some of its options only
        self.page.get_by_role("option", name=name, exact=True).click()
        self.idle()


@contextlib.contextmanager
def travelling(browser: Browser, lang: Language, url: str) -> Iterator[Journey]:
    """Give a page of its own in a language, on which no script may fail."""
    context = browser.new_context(viewport=LARGE)  # type: ignore[arg-type]
    context.set_default_timeout(SLOW_MS)
    found = Journey(context.new_page(), lang, url)
    yield found
    assert found.complaints == []
    context.close()
