"""The circles of a city without streets: a diagram with a scale, and nothing of the city."""

from __future__ import annotations

import re

import pytest
from banned_words import banned_words
from made_trips import if_where
from pages import elements

from toolkit.assessment.on_city_level import CORE_RADII_KM
from toolkit.base.quantity import Quantity
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language.translate import tr
from toolkit.output import circles_svg, conditions

CENTRE = if_where(2.0, (0.2, 0.4, 0.8))
SPREAD = if_where(None, (0.0, 0.1, 0.3))


def km_of(lang: Language) -> list[str]:
    return [tr("{value} km", lang).format(value=f"{radius:g}") for radius in CORE_RADII_KM]


def filled(svg: str) -> tuple[float, float]:
    """Return half the width and the opacity of what is filled."""
    ((kind, width, opacity),) = re.findall(
        r'<(?:circle (r)|rect x="-?[\d.]+" y="-?[\d.]+" width)="([\d.]+)"[^>]*opacity="([\d.]+)"',
        svg,
    )
    return float(width) / (1 if kind else 2), float(opacity)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", [CENTRE, SPREAD], ids=["centre", "spread"])
def test_it_has_three_circles_a_scale_and_no_other_words(case, lang: Language) -> None:
    svg = circles_svg.draw(case, "seen", lang)
    texts = [one for one in elements(svg) if one.tag == "text"]
    shown = [one.text for one in texts if "aria-hidden" not in one.attributes]
    assert [one.text for one in texts if "aria-hidden" in one.attributes] == km_of(lang)
    km = km_of(lang)
    assert shown == [*km, km[1]]
    assert svg.count('stroke-width="1.3"') == len(CORE_RADII_KM)
    assert {one.tag for one in elements(svg)} <= {
        "svg", "title", "style", "defs", "pattern", "path", "rect", "circle", "g", "text",
    }  # fmt: skip
    (title,) = (one.text for one in elements(svg) if one.tag == "title")
    assert title == circles_svg.described(case, "seen", lang)
    assert conditions.case_answer(case, "seen", lang) in title
    assert banned_words(" ".join((title, *circles_svg.legend(lang)))) == []


def test_what_is_filled_is_the_case_and_darker_where_more_trips_pass_one() -> None:
    in_centre, spread = (filled(circles_svg.draw(one, "seen", "en")) for one in (CENTRE, SPREAD))
    in_large = filled(circles_svg.draw(if_where(5.0, (0.2, 0.4, 0.8)), "seen", "en"))
    assert in_centre[0] * 5 == in_large[0] * 2
    assert spread[0] > in_large[0], "the township does not end at the last circle"
    assert in_centre[1] > spread[1] > 0
    nothing = filled(circles_svg.draw(if_where(1.0, (0.0, 0.0, 0.0)), "seen", "en"))
    assert spread[1] > nothing[1] > 0.1, "no case is as white as paper"


def test_without_trips_the_share_of_the_streets_darkens_it() -> None:
    short = CENTRE.tiers["seen"]
    trip = short.trip.model_copy(update={"at_least_one": Quantity.unknown("probability", "why")})
    tiers = {"seen": short.model_copy(update={"trip": trip})}
    streets = CENTRE.model_copy(update={"tiers": tiers})
    assert filled(circles_svg.draw(streets, "seen", "en"))[1] == pytest.approx(
        filled(circles_svg.draw(if_where(2.0, (0.1, 0.2, 0.3)), "seen", "en"))[1]
    )


def test_an_image_in_burmese_brings_its_font_and_a_page_does_not_need_it_again() -> None:
    assert "font-face" in circles_svg.draw(CENTRE, "seen", "my")
    assert "font-face" not in circles_svg.draw(CENTRE, "seen", "my", standalone=False)
    assert "font-face" not in circles_svg.draw(CENTRE, "seen", "en")
