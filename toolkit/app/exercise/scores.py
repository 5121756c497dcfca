"""Scores after the reveal, in words, and what most people get wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from toolkit.app import markup
from toolkit.app.exercise import notes
from toolkit.app.exercise.rounds import GROUPS, Round
from toolkit.assessment.ten_placements import Placements
from toolkit.base.arrays import BoolArray
from toolkit.base.terms import TIERS, Language
from toolkit.language import quantities, words
from toolkit.language.translate import number, tr
from toolkit.studies.exercise import Address, Ground, score_chance, score_marks

NEAR_M: Final = 100.0
"""Distance within which a guessed camera is near a mark: about a block."""
_TEN: Final = 10


def show_marks(this: Round, placed: Placements, ground: Ground, lang: Language) -> None:
    """Show the scores of all groups that marked, and what most people get wrong."""
    rows, said = [], []
    found = None
    for group in GROUPS:
        lon_lat = this.lon_lat(group)
        if not len(lon_lat):
            continue
        near = this.near_share(group)
        found = score_marks(placed.in_metres(lon_lat), ground, near)
        rows.append(
            [
                group_name(group, lang),
                number(len(lon_lat)),
                _of_ten(near, lang),
                _times(found.times),
            ]
        )
        said.append(
            tr(
                "Group {group}: {marks} of {n} marks on main roads; the guesses have about {sites} "
                "of 10 cameras there.",
                lang,
            ).format(
                group=number(group),
                marks=number(round(len(lon_lat) * found.main_road)),
                n=number(len(lon_lat)),
                sites=number(round(_TEN * ground.main_road_sites)),
            )
        )
    if found is None:
        return
    rows.append([tr("Nothing marked: anywhere alike", lang), "–", "–", _times(1.0)])
    rows.append([tr("The estimate itself", lang), "–", "–", _times(found.best_times)])
    table = markup.framed_table(
        tr(
            "How many times the chance of “anywhere alike” the marks give to a camera’s place", lang
        ),
        [
            tr("Who", lang),
            tr("Marks", lang),
            tr("Said to be near them", lang),
            tr("Score", lang),
        ],
        [markup.row([markup.text(cell) for cell in row]) for row in rows],
    )
    how = tr(
        "Above 1 is nearer to the estimate than marking nothing; below 1 the marks are surer than "
        "the estimate is. The best is to mark what you believe, as surely as you believe it.",
        lang,
    )
    _show(lang, table, how, said, notes.wrong_about_marks(lang))


def show_chances(
    this: Round, address: Address, letter: str, in_view: BoolArray, lang: Language
) -> None:
    """Show the scores of all groups at one address, and what most people get wrong.

    `in_view` says in which of all placements a working camera has it in view, shape (D, T).
    """
    rows = []
    for group in GROUPS:
        points = []
        for t, tier in enumerate(TIERS):
            said = this.said.get((group, letter, tier))
            if said is None:
                continue
            found = score_chance(said, in_view[:, t])
            points.append(found.points)
            rows.append(
                [
                    group_name(group, lang),
                    words.tier_name(tier, lang),
                    quantities.share(said, lang),
                    quantities.share(found.estimate, lang),
                    number(round(found.points)),
                ]
            )
        if points:
            whole = tr("All questions", lang)
            rows.append([group_name(group, lang), whole, "", "", number(round(np.mean(points)))])
    table = markup.framed_table(
        tr("Chances at address {letter}, {street}", lang).format(
            letter=letter, street=street_of(address, lang)
        ),
        [
            tr("Who", lang),
            tr("Question", lang),
            tr("You said", lang),
            tr("In view in so many of all guesses", lang),
            tr("Points", lang),
        ],
        [markup.row([markup.text(cell) for cell in row]) for row in rows],
    )
    how = tr(
        "100 points: the same chance as the estimate. 0: sure of the opposite. The best is to say "
        "what you believe. Tap the street at the letter for the range there.",
        lang,
    )
    _show(lang, table, how, (), notes.wrong_about_chances(lang))


def _show(lang: Language, table: str, how: str, said: Sequence[str], wrong: Sequence[str]) -> None:
    markup.show(
        lang,
        markup.tag("h2", tr("Your score", lang)),
        table,
        markup.tag("p", how, kind="small"),
        markup.tag("h2", tr("What most people get wrong", lang)),
        markup.listing(markup.text(line) for line in (*said, *wrong)),
    )


def lines_of_marks(this: Round, group: int, placed: Placements, lang: Language) -> list[str]:
    """Return how many marks of a group have a camera near in each guess shown."""
    lon_lat = this.lon_lat(group)
    if not len(lon_lat):
        return []
    marks_m = placed.in_metres(lon_lat)
    text = tr("In this guess {n} of {marks} marks have a camera within {metres} m.", lang)
    found = []
    for draw in placed.shown:
        sites_m = placed.scene.site_xy_m[placed.sites(int(draw))]
        away = ((marks_m[:, None] - sites_m) ** 2).sum(axis=2)
        near = int((away.min(axis=1, initial=np.inf) <= NEAR_M**2).sum())
        found.append(text.format(n=number(near), marks=number(len(marks_m)), metres=number(NEAR_M)))
    return found


def lines_of_address(
    letter: str, in_view: BoolArray, placed: Placements, lang: Language
) -> list[str]:
    """Return what holds at an address in each guess shown."""
    found = []
    for draw in placed.shown:
        names = [words.tier_name(tier, lang) for t, tier in enumerate(TIERS) if in_view[draw, t]]
        text = tr("Address {letter} in this guess: {what}.", lang)
        what = ", ".join(names) or tr("in view of none of these cameras", lang)
        found.append(text.format(letter=letter, what=what))
    return found


def street_of(address: Address, lang: Language) -> str:
    """Return the name of the street of an address."""
    own, english, burmese = address.names
    return (burmese or own or english) if lang == "my" else (english or own or burmese)


def group_name(group: int, lang: Language) -> str:
    """Return what a group is called."""
    return tr("Group {n}", lang).format(n=number(group))


def _of_ten(share: float, lang: Language) -> str:
    return tr("{n} of 10", lang).format(n=number(round(share * _TEN)))


def _times(value: float) -> str:
    return number(value, decimals=2)
