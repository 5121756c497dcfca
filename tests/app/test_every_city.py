from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import small_city
from hostile_texts import TEXTS
from playwright.sync_api import Browser, Locator, Page, expect
from running import SLOW_MS, Server, Watched, serving

from toolkit.app.city import answer
from toolkit.app.city.panel import not_counted
from toolkit.app.map import classes
from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.base import escape
from toolkit.base.terms import TIERS, Status
from toolkit.language.quantities import quantity_text
from toolkit.language.translate import tr
from toolkit.language.words import limits, tier_name
from toolkit.streets.cities import find_city, load_cities

AS_OF = dt.date(2026, 11, 1)
CITIES = [city.id for city in load_cities()]
WITH_MAP = "helsinki-centre"
WITHOUT_DELAY = {WITH_MAP, "mawlamyine", "yangon"}
"""Cities that a browser visits in every run; `test_main` opens all of them without one."""
MOST_WORDS = 200
PROJECTOR = {"width": 1366, "height": 768}
LARGE, NARROW = {"width": 1024, "height": 768}, {"width": 390, "height": 844}
DRAWN_M = 1000.0
"""A colour must be found on the map if at least so much street has it."""
HAS_COLORS = """wanted => {
    const maps = [...globalThis.toolkitMap.maps.values()], node = maps[0]?.layer?._canvas;
    if (!node) return false;
    const pixels = node.getContext("2d").getImageData(0, 0, node.width, node.height).data;
    const found = new Map(wanted.map(color => [color, 0]));
    for (let i = 0; i < pixels.length; i += 4) {
        const color = pixels[i] * 65536 + pixels[i + 1] * 256 + pixels[i + 2];
        if (pixels[i + 3] === 255 && found.has(color)) found.set(color, found.get(color) + 1);
    }
    return wanted.every(color => found.get(color) > 10);
}"""

WATCH = """([city, answer]) => {
    const plain = text => text.replaceAll("\\u00a0", " ");
    const found = root => [...root.querySelectorAll("*")].flatMap(
        node => [...(node.matches(".answer, .tk-answer") ? [node] : []),
                 ...(node.shadowRoot ? found(node.shadowRoot) : [])]);
    globalThis.right = globalThis.wrong = 0;
    const look = () => {
        const chosen = document.querySelector(".st-key-bar input").value;
        const seen = found(document).some(node => plain(node.textContent) === plain(answer)
            && node.checkVisibility({visibilityProperty: true}));
        if (seen) chosen === city ? globalThis.right++ : globalThis.wrong++;
        requestAnimationFrame(look);
    };
    look();
}"""
"""Counts the frames in which the answer of a city is seen under its name, and under another."""

BROKEN = r"""body => {
    const broken = [], texts = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    for (let node; (node = texts.nextNode());) {
        for (const found of node.data.matchAll(/\d\s(%|km|m|cameras|ကီလိုမီတာ|မီတာ|လုံး)(?![a-z])/g)) {
            const part = document.createRange();
            part.setStart(node, found.index);
            part.setEnd(node, found.index + 3);
            const boxes = [...part.getClientRects()].filter(box => box.width > 0);
            const tops = boxes.map(box => box.top);
            if (tops.some(top => top - tops[0] > 5)) broken.push(node.data);
        }
    }
    return broken;
}"""
"""Texts of a page in which a line ends between a number and its unit."""


@functools.cache
def assessed(city: str, status: Status = "installed") -> Assessment:
    return assess(city, as_of=AS_OF, status=status)


def go(seen: Watched, server: Server, city: str, *, tier: str = "seen", lang: str = "en") -> None:
    seen.page.goto(f"{server.url}/?city={city}&tier={tier}&lang={lang}&as_of={AS_OF}")
    expect_answer(seen.page, assessed(city), tier, lang)


def expect_answer(page: Page, found: Assessment, tier: str, lang: str) -> None:
    """Wait until the page tells the answer for a tier, and has reached its end."""
    wanted = answer.sentence(found, tier, lang)  # type: ignore[arg-type]
    shown = page.locator(".ct .answer, .tk-answer").filter(visible=True)
    expect(shown).to_have_text(wanted, timeout=SLOW_MS)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


def expect_whole(seen: Watched) -> None:
    """Check that nothing failed, nothing was asked elsewhere, and nothing was stopped."""
    assert seen.page.get_by_test_id("stException").count() == 0
    # Streamlit lists the files of a folder "pages" of its own accord.
    assert seen.page.get_by_test_id("stSidebarNav").filter(visible=True).count() == 0
    assert seen.page.get_by_test_id("stAlertContentError").count() == 0
    assert "Traceback" not in seen.page.inner_text("body")
    assert seen.outside() == []
    assert [c for c in seen.complaints if "Content Security Policy" in c] == []


def expect_colored(page: Page, found: Assessment, tier: str) -> None:
    """Check that each colour with some street behind it is on the map."""
    assert found.layers is not None
    canvas = page.locator("canvas.tk-streets")
    expect(canvas).to_be_visible()
    cls = classes.of_layers(found.layers).cls[TIERS.index(tier)]  # type: ignore[arg-type]
    length_m = np.bincount(cls, found.layers.streets["length_m"], minlength=len(classes.STEPS))
    wanted = sorted(
        int(step.color[1:], 16)
        for step, metres in zip(classes.STEPS, length_m, strict=True)
        if metres >= DRAWN_M
    )
    assert len(wanted) >= 2
    # The canvas is drawn again, perhaps as another element, so it is looked up each time.
    page.wait_for_function(HAS_COLORS, arg=wanted, polling=200)


def whole(page: Page, width: int) -> None:
    """Make the window as tall as the page, so that a picture holds all of it."""
    block = page.get_by_test_id("stMainBlockContainer")
    height = block.evaluate("node => node.scrollHeight")
    page.set_viewport_size({"width": width, "height": int(height) + 60})
    if page.locator(".tk-map").count():
        expect(page.locator("canvas.tk-streets")).to_be_visible()


def question(page: Page, label: str) -> Locator:
    """Return the button of a question: on the map, or in the bar of a city without one."""
    on_map = page.get_by_role("button", name=label, exact=True)
    return on_map.or_(page.get_by_role("radio", name=label, exact=True))


@pytest.fixture(scope="module")
def tour(browser: Browser, app_server: Server) -> Iterator[Watched]:
    """Give one session that goes from city to city through the bar, as a trainer does."""
    context = browser.new_context(viewport=LARGE)  # type: ignore[arg-type]
    seen = Watched(context.new_page())
    context.on("request", lambda request: seen.asked.append(request.url))
    seen.page.on("websocket", lambda socket: seen.asked.append(socket.url))
    seen.page.on("console", lambda message: seen.complaints.append(message.text))
    go(seen, app_server, WITH_MAP)
    yield seen
    context.close()


def choose_city(page: Page, city: str) -> None:
    page.locator(".st-key-bar").get_by_role("combobox").first.click()
    page.get_by_role("option", name=find_city(city).name.en, exact=True).click()


@pytest.mark.browser
@pytest.mark.parametrize(
    "city",
    [one if one in WITHOUT_DELAY else pytest.param(one, marks=pytest.mark.slow) for one in CITIES],
)
def test_every_city_and_every_tier(
    tour: Watched, screenshot: Callable[[Page, str], Path], city: str
) -> None:
    seen, found = tour, assessed(city)
    seen.page.set_viewport_size(LARGE)  # type: ignore[arg-type]
    choose_city(seen.page, city)
    for tier in TIERS:
        question(seen.page, tier_name(tier, "en")).click()
        expect_answer(seen.page, found, tier, "en")
        drawn = seen.page.locator(".tk-map")
        if city == WITH_MAP:
            pressed = drawn.get_by_role("button", pressed=True)
            expect(pressed).to_have_text(tier_name(tier, "en"))
            expect(drawn.locator(".tk-banner")).to_be_visible()
            expect(drawn.get_by_text("No data").first).to_be_visible()
            expect(drawn.get_by_text("© OpenStreetMap contributors").first).to_be_visible()
            expect_colored(seen.page, found, tier)
        else:
            # The page of the city before may take a moment to go.
            expect(seen.page.locator(".tk-map, canvas, .leaflet-container")).to_have_count(0)
        expect_whole(seen)
    question(seen.page, tier_name("seen", "en")).click()
    expect_answer(seen.page, found, "seen", "en")
    whole(seen.page, LARGE["width"])
    screenshot(seen.page, f"city-{city}-en")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("city", "tier"),
    [
        (WITH_MAP, "seen"),
        ("dawei", "plate"),
        pytest.param("yangon", "face", marks=pytest.mark.slow),
    ],
)
def test_the_page_in_burmese(
    app_server: Server,
    watched: Callable[[], Watched],
    screenshot: Callable[[Page, str], Path],
    city: str,
    tier: str,
) -> None:
    seen = watched()
    seen.page.set_viewport_size(LARGE)
    go(seen, app_server, city, tier=tier, lang="my")
    name = find_city(city).name.in_language("my")
    expect(seen.page.locator(".st-key-bar").get_by_role("combobox").first).to_have_value(
        re.compile(re.escape(name))
    )
    assert seen.page.locator(".ct, .tk-map").first.get_attribute("lang") == "my"
    expect(seen.page.get_by_text(not_counted("my")).filter(visible=True)).to_have_count(1)
    assert seen.page.evaluate("document.fonts.check(\"16px 'Noto Sans Myanmar'\", 'မြို့')")
    expect_whole(seen)
    whole(seen.page, LARGE["width"])
    if city == WITH_MAP:
        expect_colored(seen.page, assessed(city), tier)
    screenshot(seen.page, f"city-{city}-my")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "size"),
    [
        pytest.param("my", LARGE, id="large-my"),
        pytest.param("en", NARROW, id="narrow-en"),
        pytest.param("my", NARROW, id="narrow-my", marks=pytest.mark.slow),
    ],
)
def test_the_page_fits_on_a_small_screen(
    app_server: Server,
    watched: Callable[[], Watched],
    screenshot: Callable[[Page, str], Path],
    lang: str,
    size: dict[str, int],
) -> None:
    seen = watched()
    seen.page.set_viewport_size(size)  # type: ignore[arg-type]
    go(seen, app_server, WITH_MAP, lang=lang)
    expect_colored(seen.page, assessed(WITH_MAP), "seen")
    main = seen.page.get_by_test_id("stMain")
    assert main.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    drawn = seen.page.locator(".tk-map")
    assert drawn.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    assert drawn.evaluate("node => node.getBoundingClientRect().width") <= size["width"]
    seen.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert seen.page.locator("body").evaluate(BROKEN) == []
    assert drawn.evaluate(BROKEN) == []
    answer_at, stage_at = (
        seen.page.locator(one).bounding_box() for one in (".tk-answer", ".tk-stage")
    )
    assert answer_at is not None
    assert stage_at is not None
    if size == NARROW:
        assert answer_at["y"] + answer_at["height"] <= stage_at["y"]
        whole(seen.page, size["width"])
        screenshot(seen.page, f"narrow-{lang}")


@pytest.mark.browser
def test_the_map_page_is_one_screen_of_few_words(
    app_server: Server, watched: Callable[[], Watched]
) -> None:
    page = (seen := watched()).page
    page.set_viewport_size(PROJECTOR)
    for city in (WITH_MAP, "hpa-an"):
        go(seen, app_server, city)
        if city == WITH_MAP:
            expect(page.locator(".tk-about")).to_be_visible()
            stage = page.locator(".tk-stage").bounding_box()
            assert stage is not None
            assert stage["height"] > 540
            assert stage["width"] > 950
        assert page.get_by_test_id("stMain").evaluate("n => n.scrollHeight - n.clientHeight") <= 0
        shown = page.locator("[data-testid='stHeader'], [data-testid='stMain'], .tk-map")
        text = " ".join(shown.all_inner_texts())
        assert len(re.findall(r"[^\W\d_][\w\u2019'-]*", text)) <= MOST_WORDS
    go(seen, app_server, WITH_MAP, lang="my")
    expect(page.locator(".tk-about")).to_be_visible()
    assert page.get_by_test_id("stMain").evaluate("n => n.scrollHeight - n.clientHeight") <= 0
    go(seen, app_server, "hpa-an")
    page.emulate_media(media="print")
    expect(page.locator(".st-key-bar")).to_be_hidden()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page.locator(".ct .answer")).to_be_visible()


@pytest.mark.browser
def test_no_answer_is_ever_seen_under_the_name_of_another_city(
    app_server: Server, watched: Callable[[], Watched]
) -> None:
    page = (seen := watched()).page
    go(seen, app_server, WITH_MAP)
    old = answer.sentence(assessed(WITH_MAP), "seen", "en")
    page.evaluate(WATCH, [find_city(WITH_MAP).name.en, old])
    choose_city(page, "myitkyina")
    expect_answer(page, assessed("myitkyina"), "seen", "en")
    right, wrong = page.evaluate("[globalThis.right, globalThis.wrong]")
    assert right > 0
    assert wrong == 0


@pytest.mark.browser
def test_two_sessions_at_once_do_not_mix(
    app_server: Server, watched: Callable[[], Watched]
) -> None:
    first, second = watched(), watched()
    earlier = AS_OF - dt.timedelta(days=200)
    address = f"{app_server.url}/?city={WITH_MAP}"
    # Both have to be computed, on real streets, at the same time.
    first.page.goto(f"{address}&as_of={AS_OF}&status=planned", wait_until="commit")
    second.page.goto(f"{address}&as_of={earlier}&lang=my", wait_until="commit")
    expect_answer(first.page, assessed(WITH_MAP, "planned"), "seen", "en")
    other = assess(WITH_MAP, as_of=earlier)
    expect_answer(second.page, other, "seen", "my")
    choose_city(first.page, "hpa-an")
    expect_answer(first.page, assessed("hpa-an", "planned"), "seen", "en")
    first.page.get_by_role("button", name="Change").click()
    first.page.get_by_text("Enter my own number of cameras").click()
    for label, number in (("At least", "4711"), ("At most", "4712")):
        box = first.page.get_by_label(label, exact=True)
        box.fill(number)
        box.press("Enter")
    own = assess("hpa-an", as_of=AS_OF, status="planned", count=(4711, 4712))
    expect_answer(first.page, own, "seen", "en")
    question(second.page, tier_name("recognised", "my")).click()
    expect_answer(second.page, other, "recognised", "my")
    for seen in (first, second):
        expect_whole(seen)
        assert "471" not in seen.page.url
    assert "4,71" not in second.page.inner_text("body")
    assert not any("471" in line for line in app_server.lines[1:])


@pytest.mark.browser
@pytest.mark.parametrize("city", [WITH_MAP, "hpa-an"])
def test_the_files_that_can_be_kept(
    app_server: Server, watched: Callable[[], Watched], tmp_path: Path, city: str
) -> None:
    seen = watched()
    seen.page.goto(f"{app_server.url}/analysts?city={city}&as_of={AS_OF}")
    expect_answer(seen.page, assessed(city), "seen", "en")
    words = quantity_text(assessed(city).shown_tiers["seen"].length_km, "en")
    expect(seen.page.get_by_role("cell", name=words).first).to_be_visible()
    assert seen.page.locator(".ct table th[scope=row]").count() > 10
    seen.page.get_by_role("tab", name="Files").click()
    kept = {}
    for label in ("Download the assessment as JSON", "Download the report as HTML"):
        with seen.page.expect_download() as download:
            seen.page.get_by_role("button", name=label).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        kept[path.suffix] = path
    assert kept[".json"].read_text(encoding="utf-8") == assessed(city).to_json()
    assert json.loads(kept[".json"].read_bytes())["city"]["id"] == city
    report = kept[".html"].read_text(encoding="utf-8")
    assert limits("en")[0] in report
    assert ('<svg class="map' in report) == (city == WITH_MAP)
    expect_whole(seen)


def write_hostile_data(home: Path) -> None:
    """Write a user's cities and evidence whose every text is hostile."""
    text = json.dumps(" ".join(TEXTS)[:900].replace("\u202e", ""))
    home.mkdir(parents=True)
    city = f'id = "{WITH_MAP}"\npack = "{WITH_MAP}"\nlat = 60.17\nlon = 24.94\n'
    (home / "cities.toml").write_text(
        'format = "camera-exposure.cities/1"\n[[city]]\n'
        f"{city}admin = {text}\nnote = {text}\nname = {{ en = {text}, my = {text} }}\n",
        encoding="utf-8",
    )
    (home / "evidence").mkdir()
    (home / "evidence" / f"{WITH_MAP}.toml").write_text(
        f'format = "camera-exposure.evidence/1"\ncity = "{WITH_MAP}"\nlicence = "CC0"\n'
        f"[source.one]\npublisher = {text}\ntitle = {text}\ndate = 2026-01-01\n"
        f'[[claim]]\nid = "hostile"\nsays = {text}\nnote = {text}\ntopic = "count"\n'
        'status = "installed"\nscope = "all"\nsaid = 2026-01-01\nvalid = 2026-01-01\n'
        'quantity = { low = 300, unit = "cameras", wording = "about", kind = "stock" }\n'
        f'source = "one"\norigins = ["one"]\nconfidence = {{ grade = "C3", reason = {text} }}\n',
        encoding="utf-8",
    )


@pytest.mark.browser
def test_hostile_cities_and_claims_do_nothing(
    watched: Callable[[], Watched], tmp_path: Path
) -> None:
    write_hostile_data(tmp_path / "toolkit")
    with serving(tmp_path) as server:
        seen = watched()
        seen.page.goto(f"{server.url}/?city={WITH_MAP}&as_of={AS_OF}&lang=my")
        expect(seen.page.locator("canvas.tk-streets")).to_be_visible(timeout=SLOW_MS)
        seen.page.locator(".st-key-bar").get_by_role("combobox").first.click()
        expect(seen.page.get_by_role("option").filter(has_text="onerror")).to_have_count(1)
        seen.page.keyboard.press("Escape")
        expect_whole(seen)
        assert not any(frame.evaluate("'hit' in window") for frame in seen.page.frames)
        forbidden = "img:not(.tk-icons), svg[onload], script, .katex, a[href*='//']"
        assert seen.page.get_by_test_id("stMain").locator(forbidden).count() == 0
        mapped = seen.page.locator(".tk-map")
        assert mapped.locator("img:not(.tk-icons), script, a[href*='//']").count() == 0
        seen.page.get_by_role("link", name=tr("Hand-out", "my"), exact=True).click()
        frame = seen.page.frame_locator("iframe")
        expect(frame.locator("h1")).to_be_visible()
        assert frame.locator("img, script, iframe, a").count() == 0
        wanted = " ".join(escape.plain(" ".join(TEXTS)).split()[:5])
        assert wanted in " ".join(frame.locator("h1").inner_text().split())


CROSSED = """names => { globalThis.crossed = [];
    const look = () => {
        const shown = document.querySelector(".st-key-bar input")?.value ?? "";
        const page = document.querySelector("[data-testid=stMainBlockContainer]")?.innerText ?? "";
        for (const [city, other] of names)
            if (shown.includes(city) && page.includes(other)) crossed.push(`${city}: ${other}`);
        requestAnimationFrame(look);
    };
    look(); }"""


@pytest.mark.browser
def test_no_figure_of_one_city_is_seen_under_the_name_of_another(
    browser: Browser, tmp_path: Path
) -> None:
    """Also where only one of them asks for a number of cameras, so that places would shift."""
    small_city.install(tmp_path / "toolkit", rows=2_000)
    with serving(tmp_path) as server:
        page = browser.new_page(viewport=LARGE)  # type: ignore[arg-type]
        page.goto(f"{server.url}/?city=small")
        for label, number in (("At least", "80"), ("At most", "120")):
            box = page.get_by_label(label, exact=True)
            box.fill(number, timeout=60_000)
            box.press("Enter")
        drawn = page.locator(".tk-map")
        expect(drawn).to_be_visible(timeout=SLOW_MS)
        choose_city(page, "yangon")
        said = page.get_by_text("Myanmar Times").first
        expect(said).to_be_visible(timeout=SLOW_MS)
        page.evaluate(CROSSED, [["small", "Myanmar Times"], ["Yangon", "your own number"]])
        page.locator(".st-key-bar").get_by_role("combobox").first.click()
        page.get_by_role("option", name="small").first.click()
        expect(drawn).to_be_visible(timeout=SLOW_MS)
        choose_city(page, "yangon")
        expect(said).to_be_visible(timeout=SLOW_MS)
        assert page.evaluate("crossed") == []
        page.close()
