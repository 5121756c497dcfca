"""Page Compare: installed and planned, two dates, two cities, or two sets, side by side."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Final, Literal, get_args

import streamlit as st

from toolkit.app import bar, changed_set, kept_answers, markup, what_you_saw, widgets
from toolkit.app.bar import Choice
from toolkit.app.city import panel
from toolkit.app.kept_answers import Estimate
from toolkit.app.screens import hand_out
from toolkit.assumptions.sets import AssumptionSet, list_sets, load_assumptions
from toolkit.base import escape
from toolkit.base.errors import ToolkitError
from toolkit.base.lru_cache import LruCache
from toolkit.base.terms import Language, Tier
from toolkit.evidence.load import load_claims
from toolkit.language import quantities, words
from toolkit.language.translate import tr
from toolkit.output import report
from toolkit.output.report import compared, difference_svg, typeset
from toolkit.studies import comparison

if TYPE_CHECKING:
    import geopandas as gpd

Kind = Literal["planned", "date", "city", "set"]
_YEARS_BACK: Final = 3
_MAP_PX: Final = 900
"""Width of the map of differences; less on a small screen."""


def show(lang: Language) -> None:
    """Show the page."""
    choice = bar.choose(lang, says_made_up=False)
    markup.show(lang, markup.tag("h1", tr("Compare", lang)))
    labels: dict[Kind, str] = {
        "planned": tr("Installed, and with planned ones", lang),
        "date": tr("Two dates", lang),
        "city": tr("Two cities", lang),
        "set": tr("Two sets of assumptions", lang),
    }
    kind = widgets.one_of(
        st.segmented_control,
        escape.markdown(tr("What to compare", lang)),
        {one: escape.markdown(labels[one]) for one in get_args(Kind)},
        name="compare",
        lang=lang,
        required=True,
    )
    first, first_set = choice, changed_set.chosen()
    if kind == "planned":
        first = dataclasses.replace(choice, status="installed")
    with st.container(key="second"):
        second, second_set = _second(kind, first, first_set, lang)
    if kind == "date" and second.as_of < first.as_of:
        first, second = second, first  # what came later is on the right
    with bar.only_of(first, second):
        if kind != "city":
            bar.announce_made_up(first.city, lang)
        with st.spinner(escape.markdown(tr("Estimating …", lang))):
            a = kept_answers.estimate(first, first_set)
            b = kept_answers.estimate(second, second_set)
        names = _names(kind, first, second, (first_set, second_set), lang)
        sides = zip(st.columns(2), (first, second), (a, b), names, strict=True)
        for column, side, made, named in sides:
            with column:
                markup.show(lang, markup.tag("h2", named))
                if kind == "city":
                    bar.announce_made_up(side.city, lang)
                panel.show(made, choice.tier, lang)
        if kind != "city":
            markup.show(lang, markup.tag("p", verdict(a, b, choice, lang), kind="condition"))
            _offer(a, b, lang)
            _show_difference(a, b, choice, lang)


def _offer(a: Estimate, b: Estimate, lang: Language) -> None:
    """Offer the whole comparison as a PDF, made when the button is pressed."""
    sets = (a.question.assumptions, b.question.assumptions)

    def made() -> bytes:
        data = compared.document(a.assessment, b.assessment, lang, sets=sets)
        return typeset.document(data, day=b.assessment.as_of)

    st.download_button(
        escape.markdown(tr("Save the comparison as PDF", lang)),
        data=hand_out.as_here(made),
        file_name=report.compared_name(b.assessment, lang, "pdf"),
        mime="application/pdf",
        on_click="ignore",
        key="save-comparison",
    )


def _day_before(choice: Choice) -> dt.date:
    """Return the day with which a choice is first compared: never one before the first report."""
    back = choice.as_of - dt.timedelta(days=365 * _YEARS_BACK)
    said = [claim.said.latest for claim in load_claims(choice.city.id)]
    known = [day for day in said if day is not None and day <= choice.as_of]
    return max(back, min(known, default=back))


def _second(
    kind: Kind, first: Choice, values: AssumptionSet, lang: Language
) -> tuple[Choice, AssumptionSet]:
    """Show what the second side is, and return it."""
    if kind == "planned":
        return dataclasses.replace(first, status="planned"), values
    if kind == "date":
        other = st.date_input(
            escape.markdown(tr("The other date", lang)),
            value=_day_before(first),
            min_value=bar.EARLIEST,
            max_value=bar.LATEST,
            key="compare_date",
            width=260,
        )
        return dataclasses.replace(first, as_of=other), values
    if kind == "city":
        others = {
            c.id: c
            for c in bar.known_cities().values()
            if c.id != first.city.id and not bar.needs_number(c)
        }
        name = widgets.one_of(
            st.selectbox,
            escape.markdown(tr("The other city", lang)),
            bar.city_names(list(others.values()), lang),
            name="compare_city",
            lang=lang,
            width=260,
        )
        seen = what_you_saw.chosen(name, first.as_of)
        return dataclasses.replace(first, city=others[name], observations=seen), values
    sets = [found.name for found in list_sets() if found.kind == "probabilistic"]
    name = widgets.one_of(
        st.selectbox,
        escape.markdown(tr("The other set", lang)),
        {one: escape.plain(one) for one in sets},
        name="compare_set",
        lang=lang,
        first=next((one for one in sets if one != values.name), None),
        width=260,
    )
    return first, load_assumptions(name)


def _names(
    kind: Kind,
    first: Choice,
    second: Choice,
    sets: tuple[AssumptionSet, AssumptionSet],
    lang: Language,
) -> tuple[str, str]:
    if kind == "city":
        return first.city.name.in_language(lang), second.city.name.in_language(lang)
    if kind == "set":
        a, b = (words.assumption_set(one.name, len(one.changed), lang) for one in sets)
        return a, b
    if kind == "planned":
        return bar.status_text("installed", lang), bar.status_text("planned", lang)
    a, b = (words.dated_status(one.status, one.as_of, lang) for one in (first, second))
    return a, b


def _show_difference(a: Estimate, b: Estimate, choice: Choice, lang: Language) -> None:
    """Show on a map where the answers differ, if both are about the same streets."""
    tier = choice.tier
    change = _change(a, b, tier).difference
    if "city_level" in {a.assessment.basis, b.assessment.basis} or change.low == change.high == 0:
        return
    heading = tr("Where it differs: {tier}", lang).format(tier=words.tier_name(tier, lang))
    markup.show(lang, markup.tag("h2", heading))
    try:
        with st.spinner(escape.markdown(tr("Drawing the map …", lang))):
            layers = b.assessment.layers
            found = _differences.get(
                (a.key, b.key), lambda: comparison.difference_layer(a.assessment, b.assessment)
            )
    except ToolkitError as error:
        st.info(escape.markdown(error))
        return
    if layers is None:
        return
    rows = (
        f"{markup.image(markup.image_address(difference_svg.sample(look)), '')} {markup.text(text)}"
        for look, text in difference_svg.legend(found, tier, lang)
    )
    basis = tr("Mean chance along each street; {date}.", lang)
    dates = words.dated_status(b.question.status, b.question.as_of, lang)
    markup.show(
        lang,
        markup.listing(rows),
        markup.tag("p", f"{basis.format(date=dates)} {layers.attribution}", kind="small"),
    )
    # In an image nothing can run.
    drawn = difference_svg.draw(layers, found, tier, heading)
    st.image(drawn, width=_MAP_PX, alt=heading)


_differences: Final[LruCache[gpd.GeoDataFrame]] = LruCache(1, wait=True)
"""Where two answers differ; kept, since every tier is in it and the page runs again."""


def _change(a: Estimate, b: Estimate, tier: Tier) -> comparison.Difference:
    """Return how the street in view changes."""
    return comparison.compare(a.assessment, b.assessment).tiers[tier].length_km


def verdict(a: Estimate, b: Estimate, choice: Choice, lang: Language) -> str:
    """Return in one sentence what changes, and whether that exceeds the interval."""
    found = _change(a, b, choice.tier)
    change = quantities.difference_text(found.difference, lang)
    if found.exceeds is None:
        return tr("How much street is in view: the difference is not known.", lang)
    if found.difference.low == found.difference.high == 0:
        return tr("How much street is in view: nothing changes.", lang)
    if found.exceeds:
        text = tr(
            "From the first to the second, street in view changes by {change}: more than its "
            "uncertainty alone would explain.",
            lang,
        )
    else:
        text = tr(
            "From the first to the second, street in view changes by {change}: no more than its "
            "uncertainty could explain.",
            lang,
        )
    return text.format(change=change)
