"""What people do with the whole app, from the first page to the last, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from pdf_pages import squeezed, taken_apart
from playwright.sync_api import Browser, Page, expect
from running import SLOW_MS, Server, Watched

from toolkit.app.addresses import PATHS
from toolkit.base.terms import Language
from toolkit.language import words
from toolkit.language.translate import tr
from toolkit.streets.cities import find_city

LARGE, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
MOST_TAPS = 4
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FOCUS = """() => { let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return [at?.tagName ?? "", at?.getAttribute("aria-label") || at?.innerText || ""]; }"""
MOST_TABS = 60
SIZES = [
    pytest.param("en", LARGE, id="large-en"),
    pytest.param("my", PHONE, id="phone-my"),
    pytest.param("en", PHONE, id="phone-en", marks=pytest.mark.slow),
    pytest.param("my", LARGE, id="large-my", marks=pytest.mark.slow),
]


@pytest.fixture
def visit(browser: Browser, app_server: Server) -> Iterator[Callable[..., Watched]]:
    """Give a function that opens the app in a new browser of a size."""
    contexts = []

    def opened(size: dict[str, int], address: str) -> Watched:
        context = browser.new_context(viewport=size, accept_downloads=True)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(SLOW_MS)
        seen = Watched(context.new_page())
        context.on("request", lambda request: seen.asked.append(request.url))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.on(
            "console",
            lambda line: seen.complaints.append(line.text) if line.type == "error" else None,
        )
        seen.page.goto(f"{app_server.url}/{address}")
        return seen

    yield opened
    for context in contexts:
        context.close()


def idle(page: Page) -> None:
    """Wait until nothing is computed."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSpinner")).to_have_count(0)


def whole(seen: Watched) -> None:
    """Check that nothing was asked elsewhere, and nothing complained or runs over."""
    assert seen.outside() == []
    assert seen.complaints == []
    assert seen.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def to_page(page: Page, path: str, lang: Language) -> None:
    """Go to another page through the navigation, which a small screen has behind arrows."""
    titles = ("Map", "Hand-out", "Route", "Place", "Vehicles", "Reported", "Teach", "Compare",
              "My cities", "For analysts", "What this cannot tell you")  # fmt: skip
    name = tr(titles[PATHS.index(path)], lang)
    small, link = page.viewport_size == PHONE, page.get_by_role("link", name=name, exact=True)
    idle(page)
    if small:
        page.get_by_test_id("stExpandSidebarButton").click()
    link.filter(visible=True).first.click()
    page.wait_for_url(f"**/{path if path != PATHS[0] else ''}*")
    if small:
        page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    idle(page)


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "size"), SIZES)
def test_from_the_first_page_to_a_sheet_in_four_taps(
    visit: Callable[..., Watched],
    screenshot: Callable[[Page, str], Path],
    lang: Language,
    size: dict[str, int],
) -> None:
    seen = visit(size, f"?lang={lang}")
    page, taps = seen.page, 0
    city = find_city("mawlamyine").name.in_language(lang)
    for role, name in (
        ("radio", city),
        ("radio", words.tier_name("plate", lang)),
        ("button", tr("Print the hand-out", lang)),
    ):
        page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]
        idle(page)
        taps += 1
    save = page.get_by_test_id("stDownloadButton").get_by_role("button").first
    with page.expect_download() as saving:
        save.click()
    taps += 1
    assert taps <= MOST_TAPS
    sheet = taken_apart(Path(saving.value.path()).read_bytes()).joined
    assert squeezed(city) in sheet
    assert squeezed(words.tier_name("plate", lang)) in sheet
    screenshot(page, f"journey-sheet-{lang}-{size['width']}")
    whole(seen)


def expect_city(page: Page, lang: Language) -> None:
    """Check that the bar names the city of the figures."""
    name = find_city("helsinki-centre").name.in_language(lang)
    bar = page.get_by_role("combobox", name=tr("City", lang), exact=True)
    expect(bar).to_have_value(re.compile(re.escape(name)))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "size"),
    [pytest.param("en", LARGE, id="large-en", marks=pytest.mark.slow), *SIZES[1:]],
)
def test_search_tap_compare_change_and_take_back(
    visit: Callable[..., Watched],
    screenshot: Callable[[Page, str], Path],
    lang: Language,
    size: dict[str, int],
) -> None:
    seen = visit(size, f"?lang={lang}&city=helsinki-centre")
    page = seen.page
    find = page.get_by_role("combobox", name=tr("Find a street or place", lang))
    find.fill("aleksanterinkatu")
    page.get_by_role("option").first.click()
    card = page.locator(".tk-card")
    expect(card.get_by_role("heading")).to_have_text("Aleksanterinkatu")
    expect(card).to_contain_text("%")
    page.get_by_role("button", name=words.tier_name("face", lang), exact=True).click()
    idle(page)
    expect(card.get_by_role("heading")).to_have_text("Aleksanterinkatu")
    screenshot(page, f"journey-street-{lang}-{size['width']}")
    to_page(page, "compare", lang)
    expect_city(page, lang)
    expect(page.locator(".ct.panel")).to_have_count(2)
    screenshot(page, f"journey-compare-{lang}-{size['width']}")
    to_page(page, "analysts", lang)
    page.get_by_role("tab", name=tr("Assumptions", lang)).click()
    page.get_by_text(tr("Where cameras stand", lang), exact=True).click()
    slider = page.get_by_role("slider").filter(visible=True).first
    slider.focus()
    page.keyboard.press("ArrowRight")
    idle(page)
    expect_city(page, lang)
    to_page(page, PATHS[0], lang)
    expect_city(page, lang)
    back = page.get_by_role("button", name=tr("Back to the usual assumptions", lang))
    expect(back).to_be_visible()
    back.click()
    expect(back).to_have_count(0)
    idle(page)
    whole(seen)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "size"), [SIZES[0], pytest.param("my", PHONE, id="phone-my", marks=pytest.mark.slow)]
)
def test_a_route_drawn_by_keyboard_is_answered_and_flips_through_guesses(
    visit: Callable[..., Watched],
    screenshot: Callable[[Page, str], Path],
    lang: Language,
    size: dict[str, int],
) -> None:
    seen = visit(size, f"route?lang={lang}&city=helsinki-centre")
    page = seen.page
    drawing = page.locator(".tk-draw")
    expect(drawing).to_be_visible()
    idle(page)
    page.locator(".tk-map [tabindex='0']").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "() => [...toolkitMap.maps.values()].every((m) => !m.map._panAnim?._inProgress)"
    )
    page.keyboard.press("Enter")
    page.get_by_role("button", name=tr("Finish the line", lang)).click()
    flip = page.locator(".tk-flip")
    flip.get_by_role("button", name=tr("Next guess", lang)).click()
    sentence = tr("Guess {k} of {n}: one of ten guesses, not where cameras are.", lang)
    expect(flip).to_contain_text(sentence.format(k=2, n=10))
    expect(page.get_by_text(tr("What this does not say", lang))).to_be_visible()
    assert page.evaluate("[...toolkitMap.maps.values()].map((m) => m.ways.length)") == [1]
    address = page.url.split("?")[-1]
    assert "24." not in address
    assert "60." not in address
    screenshot(page, f"journey-route-{lang}-{size['width']}")
    whole(seen)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something of this name has the focus."""
    passed = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        tag, label = page.evaluate(FOCUS)
        passed.append((tag, label[:40]))
        if name in label and tag not in {"MAIN", "BODY"}:
            return
    pytest.fail(f"{name} was not reached: {passed}")


@pytest.mark.browser
def test_the_map_and_the_hand_out_by_keyboard_alone(visit: Callable[..., Watched]) -> None:
    seen = visit(LARGE, "?lang=en&city=helsinki-centre")
    page = seen.page
    expect(page.locator(".tk-legend li").first).to_be_visible()
    idle(page)
    tab_to(page, "Find a street or place")
    page.keyboard.type("aleksanterinkatu")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".tk-card")).to_contain_text("%")
    tab_to(page, "Number plate read")
    page.keyboard.press("Enter")
    expect(page.locator(".tk-legend")).to_contain_text("number plate")
    idle(page)
    page.locator("body").press("Home")
    tab_to(page, "Map of Helsinki")
    page.keyboard.press("+")
    tab_to(page, "Layers")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Zones along the streets")).to_be_visible()
    to_page(page, "hand-out", "en")
    page.locator("body").press("Home")
    tab_to(page, "Save the sheet")
    with page.expect_download():
        page.keyboard.press("Enter")
    whole(seen)


@pytest.mark.browser
def test_no_page_breaks_a_rule_of_wcag(visit: Callable[..., Watched]) -> None:
    seen = visit(LARGE, "?lang=en&city=helsinki-centre")
    page = seen.page
    found: dict[str, list[str]] = {}
    for lang, paths in (("en", PATHS), ("my", PATHS[:2])):
        page.get_by_role("radio", name={"en": "English", "my": "မြန်မာ"}[lang]).click()
        idle(page)
        for path in paths:
            to_page(page, path, lang)  # type: ignore[arg-type]
            if path == PATHS[0]:
                expect(page.locator(".tk-legend li").first).to_be_visible()
            rules = {"runOnly": {"type": "tag", "values": WCAG}}
            result = Axe().run(page, options=rules).response
            assert len(result["passes"]) > 15, "nothing was looked at"
            broken = [
                f"{rule['id']}: {node['html'][:200]}"
                for rule in result["violations"]
                for node in rule["nodes"]
            ]
            if broken:
                found[f"{path} {lang}"] = broken
    assert found == {}
    whole(seen)
