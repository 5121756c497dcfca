"""Where the cameras might be, and how many: what follows in each case, without streets.

Nobody knows which case is true, and the page says so; the answer next to it stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from toolkit.app import bar, kept_answers, markup, widgets
from toolkit.app.kept_answers import Estimate
from toolkit.assessment.model import IfWhere
from toolkit.assessment.on_city_level import CORE_RADII_KM
from toolkit.base import escape
from toolkit.base.terms import Language, Tier
from toolkit.language.translate import number, tr
from toolkit.output import circles_svg, conditions, trip_icons

_BOTH, _SPREAD = "both", "spread"
_AS_ANSWERED, _OWN = 0, -1
COUNTS: Final = (200, 500, 1000)
"""Numbers that can always be chosen, the same for every city so that cities can be compared: from
what is reported of a middle town to what is reported of the largest city."""


@dataclass(frozen=True)
class Chosen:
    """Cases that are shown, and their number of cameras if that is part of them."""

    cases: Sequence[IfWhere]
    count: int | None


def choose(made: Estimate, lang: Language) -> Chosen | None:
    """Show the choice of a case and return what is chosen; None where no case is known."""
    centre, spread = made.assessment.if_centre, made.assessment.if_spread
    if centre is None or spread is None or centre.radius_km is None:
        return None
    unknown = tr("Nobody knows where they are.", lang)
    if made.assessment.if_built is not None:
        unknown = tr("If built, nobody knows where.", lang)
    with st.container(key="not-printed-choice"):
        markup.show(lang, markup.tag("p", unknown, kind="condition"))
        where = _choose_where(lang)
        count = _choose_count(made, lang)
    if where == _BOTH and count is None:
        return Chosen((centre, spread), None)
    return Chosen(_chosen(kept_answers.cases(made, count), where, centre.radius_km), count)


def show(chosen: Chosen, tier: Tier, lang: Language) -> None:
    """Show the circles of what is chosen."""
    pictures = "".join(_figure(case, tier, lang, chosen) for case in chosen.cases)
    markup.show(
        lang,
        f'<div class="circles">{pictures}</div>',
        markup.folded(
            tr("A diagram, not a map", lang),
            *(markup.tag("p", line, kind="small") for line in circles_svg.legend(lang)),
        ),
    )


def _chosen(cases: Sequence[IfWhere], where: str, centre_km: float) -> list[IfWhere]:
    """Return the chosen case, or both ends: all in the centre, and spread."""
    wanted = {_BOTH: (f"{centre_km:g}", _SPREAD)}.get(where, (where,))
    return [case for case in cases if _id(case) in wanted]


def _id(case: IfWhere) -> str:
    return _SPREAD if case.radius_km is None else f"{case.radius_km:g}"


def _figure(case: IfWhere, tier: Tier, lang: Language, chosen: Chosen) -> str:
    """Return one case: its name, its circles, and its trips as icons and in words."""
    trip = case.tiers[tier].trip
    trips = trip_icons.ten_trips(trip.at_least_one)
    icons = ""
    if trips is not None:
        icons = markup.image_address(trip_icons.row(trips, trip.mode, lang))
        icons = markup.image(icons, "", kind="icons")
    said, count = conditions.case_trips(case, tier, lang, chosen.cases), chosen.count
    drawn = markup.image_address(circles_svg.draw(case, tier, lang, count=count))
    return (
        "<figure>"
        + markup.tag("figcaption", conditions.case_name(case, lang, count))
        + f"<div>{icons}{markup.tag('p', said)}</div>"
        + markup.image(drawn, circles_svg.described(case, tier, lang, count))
        + "</figure>"
    )


def _choose_where(lang: Language) -> str:
    """Show the cases, from all in the middle to spread over the township, and return one."""
    within = tr("Within {radius} km", lang)
    labels = {_BOTH: tr("Both extremes", lang)}
    labels |= {f"{r:g}": within.format(radius=number(r)) for r in CORE_RADII_KM}
    labels[_SPREAD] = tr("Across the township", lang)
    return widgets.one_of(
        st.segmented_control,
        escape.markdown(tr("If all are", lang)),
        {name: escape.markdown(label) for name, label in labels.items()},
        name="case_where",
        lang=lang,
        required=True,
    )


def _choose_count(made: Estimate, lang: Language) -> int | None:
    """Show the numbers that a case can have; None is that of the answer.

    Next to those of every city stand those within the range of this one.
    """
    labels = {_AS_ANSWERED: tr("As above", lang)}
    own_counts = {one.count for one in made.assessment.if_count}
    labels |= {count: number(count) for count in sorted({*own_counts, *COUNTS})}
    labels[_OWN] = tr("Other", lang)
    chosen = widgets.one_of(
        st.segmented_control,
        escape.markdown(tr("If there are", lang)),
        {value: escape.markdown(label) for value, label in labels.items()},
        name="case_count",
        lang=lang,
        required=True,
    )
    if chosen == _OWN:
        own = st.number_input(
            escape.markdown(tr("Number of cameras", lang)),
            min_value=1,
            max_value=bar.MOST_CAMERAS,
            value=None,
            step=10,
            format="%d",
            key="case_own",
            persist_state="session",
            width=260,
        )
        return None if own is None else int(own)
    return None if chosen == _AS_ANSWERED else chosen
