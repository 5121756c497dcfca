from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import re
from typing import Any

import pytest
from banned_words import banned_words
from invented import HOSTILE, layers_of
from made import claim_of, other_claim, report_on
from made_trips import trip_of, with_trips
from pages import Element, elements, shown

from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment
from toolkit.base.quantity import Quantity
from toolkit.base.terms import LANGUAGES, TIERS, Language, Note
from toolkit.evidence.claim import Claim
from toolkit.language import fonts, quantities, words
from toolkit.output import map_scale, trip_words
from toolkit.output.report import map_svg
from toolkit.output.report.page import CONTENT_SECURITY_POLICY, css_string, render

UNTIL = dt.date(2024, 9, 8)
CLAIMS = (claim_of(), other_claim())


def page(assessment: Assessment, lang: Language = "en", claims: tuple[Claim, ...] = CLAIMS) -> str:
    drawing = map_svg.draw(assessment.layers) if assessment.layers else None
    return render(assessment, claims=claims, valid_until=UNTIL, drawing=drawing, lang=lang)


def by_tag(found: list[Element], *tags: str) -> list[Element]:
    return [element for element in found if element.tag in tags]


def figures_in(value: Any) -> list[Quantity]:
    """Return all figures of a tree."""
    if isinstance(value, Quantity):
        return [value]
    if isinstance(value, dict):
        return [q for v in value.values() for q in figures_in(v)]
    if isinstance(value, tuple):
        return [q for v in value for q in figures_in(v)]
    if hasattr(type(value), "model_fields"):
        return [q for name in type(value).model_fields for q in figures_in(getattr(value, name))]
    return []


@pytest.fixture(params=["streets", "city level"])
def report(request: pytest.FixtureRequest) -> Assessment:
    return report_on(layers_of() if request.param == "streets" else None)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_of_the_assessment_is_shown(report: Assessment, lang: Language) -> None:
    text = shown(page(report, lang))
    found = [q for tier in report.tiers.values() for q in figures_in(tier)]
    found += [report.cameras.installed.count, report.cameras.installed.completeness]
    known = [q for q in found if q.known]
    assert len(known) >= 4 * 7
    for quantity in known:
        assert quantities.quantity_text(quantity, lang) in text
    for tier in report.tiers.values():
        assert f"{tier.threshold_px_m:g}" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_tier_begins_with_the_trip(report: Assessment, lang: Language) -> None:
    found = with_trips(report, trip_of())
    text = shown(page(found, lang))
    strong = [e.text.replace("\u00a0", " ") for e in by_tag(elements(page(found, lang)), "strong")]
    for tier, said in trip_words.each_once(found, lang).items():
        assert trip_words.headline(found, tier, lang) in strong
        for sentence in said:
            assert text.count(sentence) == 1
    # Where it is not known, length comes first, but not for faces and plates.
    strong = [e.text.replace("\u00a0", " ") for e in by_tag(elements(page(report, lang)), "strong")]
    (note,) = trip_words.point_note("plate", lang)
    assert [text for text in strong if text.startswith(note)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_dates_sources_boundary_limits_and_inputs_are_shown(
    report: Assessment, lang: Language
) -> None:
    text = shown(page(report, lang))
    for sentence in (
        *words.limits(lang),
        words.demonstration(lang),
        *(words.tier_meaning(tier, lang) for tier in TIERS),
    ):
        assert sentence in text
    for value in (
        report.assumptions.sha256,
        report.inputs.evidence_sha256,
        report.inputs.siting_sha256,
        "The Paper",
        "Over 200 cameras stand in Testville.",
        "Fifty cameras stand in Testville.",
        "testville-other – testville-stock",
    ):
        assert value in text
    if lang == "en":
        assert "as of 9 March 2024" in text
        assert "Valid until 8 September 2024" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_cities_of_the_profiles_in_use_are_named(report: Assessment, lang: Language) -> None:
    inputs = report.inputs.model_copy(update={"siting_cities": (HOSTILE,)})
    text = page(report.model_copy(update={"inputs": inputs}), lang)
    assert HOSTILE[:20] not in text
    assert words.siting_limit(lang, (HOSTILE,)) in shown(text)
    assert words.siting_limit(lang) not in shown(text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_structure_can_be_read_aloud(report: Assessment, lang: Language) -> None:
    found = elements(page(report, lang))
    (root,) = by_tag(found, "html")
    assert root.attributes["lang"] == lang
    levels = [int(e.tag[1]) for e in by_tag(found, "h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert all(e.text.strip() for e in by_tag(found, "h1", "h2", "h3", "h4", "th", "caption"))
    tables = by_tag(found, "table")
    assert len(by_tag(found, "caption")) == len(tables) >= 3
    for head in by_tag(found, "th"):
        wanted = "col" if "thead" in head.parents else "row"
        assert head.attributes["scope"] == wanted
    ids = [e.attributes["id"] for e in found if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    used = {(e.attributes["href"] or "")[1:] for e in by_tag(found, "use")}
    assert used <= set(ids)


def test_english_texts_are_marked_in_a_burmese_page() -> None:
    found = elements(page(report_on(layers_of()), "my"))
    english = " ".join(e.text for e in found if e.attributes.get("lang") == "en")
    for text in ("Over 200 cameras stand in Testville.", "The middle of Testville."):
        assert text in english
    assert not [e for e in found if e.attributes.get("lang") == "my" and e.tag != "html"]
    assert not [
        e for e in elements(page(report_on(None))) if "lang" in e.attributes and e.tag != "html"
    ]


def test_no_label_of_a_burmese_page_is_left_in_english() -> None:
    found = elements(page(report_on(layers_of()), "my")) + elements(page(report_on(None), "my"))
    heads = by_tag(found, "h1", "h2", "h3", "h4", "th", "caption", "dt", "figcaption")
    for element in heads:
        assert re.search("[\u1000-\u109f]", element.text), element.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_fetched_and_no_script_runs(report: Assessment, lang: Language) -> None:
    text = page(report, lang)
    found = elements(text)
    assert by_tag(found, "script", "link", "iframe", "object", "embed", "form", "a", "base") == []
    for element in found:
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            if name in ("href", "src", "xlink:href"):
                assert value is not None
                assert value.startswith("#")
    (style,) = by_tag(found, "style")
    assert "@import" not in style.text
    assert all(a.startswith("data:font/woff2;") for a in re.findall(r"url\(([^)]*)", style.text))
    metas = by_tag(found, "meta")
    policy = next(m for m in metas if m.attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.attributes["content"] == CONTENT_SECURITY_POLICY
    assert policy.attributes["content"].startswith("default-src 'none';")
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_the_burmese_font_is_inside_where_it_is_needed() -> None:
    assert fonts.font_css() in page(report_on(None), "my")
    assert "font/woff2" not in page(report_on(None), "en")
    burmese = claim_of(says="ကင်မရာများ")
    assert fonts.font_css() in page(report_on(None, (burmese,)), "en", (burmese,))


def is_dots(element: Element) -> bool:
    """Return whether an element draws a total as dots."""
    return element.attributes.get("class") == "dots"


def test_each_tier_has_a_map_with_banner_attribution_and_legend() -> None:
    report = report_on(layers_of(text="© Somebody, ODbL"))
    text = page(report)
    found = elements(text)
    pictures = [e for e in found if e.attributes.get("class") == "picture"]
    assert len(pictures) == len(TIERS)
    for picture in pictures:
        assert words.demonstration("en") in picture.text
        assert "© Somebody, ODbL" in picture.text
        assert "200 m" in picture.text
        assert "N" in picture.text.split()
        assert "as of 9 March 2024" in picture.text
    drawn = [e for e in found if e.attributes.get("role") == "img" and not is_dots(e)]
    alternatives = [(e.attributes["aria-label"] or "").replace("\u00a0", " ") for e in drawn]
    assert len(set(alternatives)) == len(TIERS)
    for tier, alternative in zip(TIERS, alternatives, strict=True):
        assert words.tier_name(tier, "en") in alternative
        assert "Unknown: 0.6 km (8 %)" in alternative
    captions = by_tag(found, "figcaption")
    for caption in captions:
        for step in map_scale.STEPS:
            assert map_scale.step_name(step, "en") in caption.text
        assert "North is up." in caption.text
    colors = {e.attributes.get("stroke") for e in by_tag(found, "g")}
    assert {step.color for step in map_scale.STEPS} <= colors


def test_the_table_of_classes_says_what_the_map_shows() -> None:
    report = report_on(layers_of())
    found = elements(page(report))
    text = shown(page(report))
    for step, length_m in map_scale.lengths_m(layers_of().streets, "seen").items():
        length = length_m / 1000.0
        cell = f"{length:.1f} km ({quantities.share(length / 6.6, 'en')})" if length else "none"
        row = next(
            e
            for e in by_tag(found, "tr")
            if e.text.strip().startswith(map_scale.step_name(step, "en")) and "tbody" in e.parents
        )
        assert row.text.count(cell) == len(TIERS)
    assert "All streets" in text
    assert "6.6 km (100 %)" in text


def test_a_city_without_streets_has_figures_first_then_cases_and_no_map() -> None:
    text = page(report_on(None, demonstration=False))
    found = elements(text)
    assert by_tag(found, "img", "figure", "canvas") == []
    assert all(map(is_dots, by_tag(found, "svg")))
    heads = [e.text for e in by_tag(found, "h2")]
    order = ["In short", "Figures", "Shares, by case", "No map", "Sources"]
    assert [heads.index(head) for head in order] == sorted(heads.index(head) for head in order)
    visible = shown(text)
    assert "How to install streets" in visible
    assert "camera-exposure streets list" in visible
    for radius, where in itertools.product(("1", "2", "5"), ("all cameras", "cameras spread")):
        assert f"Within {radius} km of the middle, {where}" in visible
    assert words.demonstration("en") not in visible
    assert "surveyor" not in visible


def test_the_order_for_a_city_with_streets() -> None:
    heads = [e.text for e in by_tag(elements(page(report_on(layers_of()))), "h2")]
    assert heads == [
        "In short",
        "What the figures cannot say",
        "Maps",
        "Figures",
        "Totals, as dots",
        "Street length by class",
        "Mapped and not mapped",
        "How the figures are made",
        "What the figures depend on",
        "Which assumption matters",
        "Sources",
        "Boundary and completeness",
        "Warnings, and what is missing",
        "Words used here",
        "Inputs and versions",
        "Licence of the data",
    ]


def test_figures_read_from_a_file_are_shown_without_a_map() -> None:
    stored = Assessment.from_json(report_on(layers_of()).to_json())
    visible = shown(page(stored))
    assert "which holds no map" in visible
    assert "surveyor" in visible
    assert "How to install streets" not in visible


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_footer_of_each_page_has_city_dates_and_the_first_limit(lang: Language) -> None:
    (style,) = by_tag(elements(page(report_on(None), lang)), "style")
    found = re.search(r'@bottom-left \{ content: "([^"]*)"', style.text)
    assert found
    decoded = re.sub(r"\\([0-9a-f]{6})", lambda m: chr(int(m[1], 16)), found[1])
    first, second = decoded.split("\n")
    assert second == words.limits(lang)[0]
    assert "2024" in first
    assert first.startswith("Testville" if lang == "en" else "စမ်းသပ်မြို့")


def test_a_string_of_a_style_sheet_cannot_be_ended() -> None:
    text = 'a"; } </style><b> \\ \u202e*/'
    made = str(css_string(text))
    assert re.fullmatch(r'"([A-Za-z0-9]|\\[0-9a-f]{6})*"', made)
    decoded = re.sub(r"\\([0-9a-f]{6})", lambda m: chr(int(m[1], 16)), made[1:-1])
    assert decoded == text.replace("\u202e", "")


ATTACKS = (
    HOSTILE,
    "</style><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %} /*font*/ &lt;b&gt;",
    "<a href='javascript:alert(1)'>x</a>",
)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_texts_stay_texts(attack: str, lang: Language) -> None:
    claims = tuple(
        claim.model_copy(
            update={
                "says": f"says {attack}",
                "note": f"note {attack}",
                "brands": (f"brand {attack}",),
                "quantity": claim.quantity.model_copy(update={"brand": None}),
                "source": claim.source.model_copy(
                    update={"publisher": f"by {attack}", "title": f"title {attack}"}
                ),
                "confidence": claim.confidence.model_copy(update={"reason": f"reason {attack}"}),
            }
        )
        for claim in CLAIMS
        if claim.quantity
    )
    for layers in (layers_of(text=f"© {attack}"), None):
        harmless = report_on(layers_of() if layers else None)
        report = report_on(layers, claims, name=attack)
        report = report.model_copy(
            update={
                "tool": attack,
                "warnings": (Note(id="of-a-later-version", text=f"note {attack}"),),
                "assumptions": report.assumptions.model_copy(
                    update={"name": attack, "changed": {attack: 1.0}}
                ),
                "city": report.city.model_copy(
                    update={
                        "boundary": report.city.boundary.model_copy(update={"note": attack}),
                    }
                ),
            }
        )
        text = page(report, lang, claims)
        found = elements(text)
        # Only the elements and attributes that a harmless page has, too.
        usual = {
            (e.tag, name)
            for e in elements(page(harmless, lang))
            for name in ("", "lang", *e.attributes)
        }
        assert {(e.tag, name) for e in found for name in ("", *e.attributes)} <= usual
        visible = shown(text)
        plain = " ".join(attack.replace("\u202e", "").split())
        assert visible.count(plain) >= 10
        assert "\u202e" not in text
        assert len(by_tag(found, "style")) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_banned_word_is_shown(report: Assessment, lang: Language) -> None:
    assert banned_words(shown(page(report, lang))) == []
    planned = report.model_copy(update={"status": "planned"})
    assert banned_words(shown(page(planned, lang))) == []


def test_unknown_is_never_shown_as_zero() -> None:
    text = shown(page(report_on(None)))
    assert "0 %" not in re.sub(r"\d0 %", "", text)
    layers = layers_of()
    streets = layers.streets.assign(**{f"{tier}_class": "unknown" for tier in TIERS})
    nothing = page(report_on(Layers(**(vars(layers) | {"streets": streets}))))
    (row, *_) = [e for e in by_tag(elements(nothing), "tr") if e.text.strip().startswith("Unknown")]
    assert row.text.count("6.6 km (100 %)") == len(TIERS)


def test_the_drawing_is_not_changed_by_the_language() -> None:
    report = report_on(layers_of())

    def paths(lang: Language) -> list[str | None]:
        found = by_tag(elements(page(report, lang)), "path", "circle", "use")
        return [e.attributes.get("d") or e.attributes.get("href") for e in found]

    assert paths("en") == paths("my")
    assert dataclasses.is_dataclass(map_svg.draw(layers_of()))
