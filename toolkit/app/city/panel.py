"""The panel next to the map: what an ordinary trip meets, what that rests on, what is not counted.

At most 90 words; everything else is one tap away.
"""

from __future__ import annotations

from toolkit.app import markup
from toolkit.app.city import answer
from toolkit.app.kept_answers import Estimate
from toolkit.base.terms import Language, Tier
from toolkit.language.translate import tr
from toolkit.output import trip_icons
from toolkit.output.report import reported


def show(made: Estimate, tier: Tier, lang: Language) -> None:
    """Show the panel of one question."""
    markup.show(lang, *parts(made, tier, lang), kind="panel")


def parts(made: Estimate, tier: Tier, lang: Language) -> list[str]:
    """Return the panel as pieces of HTML."""
    assessment = made.assessment
    trip = assessment.shown_tiers[tier].trip
    found = [markup.tag("p", answer.sentence(assessment, tier, lang), kind="answer")]
    trips = trip_icons.ten_trips(trip.at_least_one)
    if trips is not None:
        words = trip_icons.caption(trips, lang)
        found.append(markup.image(trip_icons.row(trips, trip.mode, lang), words, kind="icons"))
        found.append(markup.tag("p", words, kind="small"))
    found.append(markup.tag("p", reported.source_line(assessment, made.claims, lang)))
    found.append(markup.tag("p", not_counted(lang), kind="limit"))
    return found


def not_counted(lang: Language) -> str:
    """Return what no figure holds, in one line."""
    return tr(
        "Not counted: private, hidden and mobile cameras, checkpoints, phones. A street with no "
        "camera on the map may still be watched.",
        lang,
    )
