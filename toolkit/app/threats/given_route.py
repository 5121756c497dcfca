"""A route as the user gives it: drawn, read from a file, by its ends, or named by its streets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import streamlit as st

from toolkit.app import bounds, widgets
from toolkit.app.map.drawing import Place, Shape
from toolkit.base import escape
from toolkit.base.errors import ToolkitError
from toolkit.base.terms import Language
from toolkit.language.sentences import details
from toolkit.language.translate import number, tr
from toolkit.threats import tracks
from toolkit.threats.tracks import Track

Kind = Literal["draw", "ends", "file", "streets"]

_PLACE: Final = "16.7745,96.1588"
_MOST_OF_PLACE: Final = 60
_MOST_CHARACTERS: Final = 2000
"""Longest list of streets: some hundred names."""


@dataclass(frozen=True)
class Given:
    """A route as it was given; `drawn` and `streets` say more than their track or names do.

    Attributes
    ----------
    kind
        How it was given.
    track, along, between
        Arguments of `toolkit.threats.route.routed`; all None as long as nothing is given.
    """

    kind: Kind
    track: Track | None = None
    along: tuple[str, ...] | None = None
    between: tuple[Place, Place] | None = None

    @property
    def whole(self) -> bool:
        """Whether there is a route."""
        return any(given is not None for given in self.arguments().values())

    def arguments(self) -> Mapping[str, Any]:
        """Return the route as arguments of `toolkit.threats.route.routed`."""
        return {"track": self.track, "along": self.along, "between": self.between}


def choose_kind(lang: Language) -> Kind:
    """Show how a route can be given, and return the choice."""
    labels: dict[Kind, str] = {
        "draw": tr("Draw it on the map", lang),
        "ends": tr("From one place to another", lang),
        "file": tr("From a file", lang),
        "streets": tr("By its streets", lang),
    }
    return widgets.one_of(
        st.segmented_control,
        escape.markdown(tr("Your route", lang)),
        {kind: escape.markdown(text) for kind, text in labels.items()},
        name="route_kind",
        lang=lang,
        required=True,
    )


def of_shapes(shapes: tuple[Shape, ...]) -> Given:
    """Return the route of the lines that are drawn."""
    lines = [np.array(shape, dtype=float) for shape in shapes]
    lines = [line for line in lines if len(line) > 1 and (line != line[0]).any()]
    if not lines:
        return Given("draw")
    times = tuple(np.full(len(line), np.nan) for line in lines)
    return Given("draw", track=Track(tuple(lines), times))


def ask(kind: Kind, lang: Language) -> Given:
    """Show the box for a file or for names of streets, with what is wrong next to it."""
    return ask_file(lang) if kind == "file" else _ask_streets(lang)


def ask_ends(marks: tuple[Shape, ...], lang: Language) -> Given:
    """Show boxes for both ends; those that are empty are taken from the marks on the map."""
    left = [mark[0] for mark in marks]
    ends: list[Place | None] = []
    for name, label, what in (
        ("route_from", tr("From: latitude and longitude, or tap the map", lang), "The start"),
        ("route_to", tr("To: latitude and longitude, or tap the map", lang), "The end"),
    ):
        text = st.text_input(
            escape.markdown(label), max_chars=_MOST_OF_PLACE, placeholder=_PLACE, key=name
        )
        if not text.strip():
            ends.append(left.pop(0) if left else None)
            continue
        try:
            ends.append(tracks.parse_place(text, what))
        except ToolkitError as error:
            st.error(escape.markdown(details(str(error), lang)))
            ends.append(None)
            # What is wrong is not taken from the map.
            left = []
    start, end = ends
    return Given("ends", between=None if start is None or end is None else (start, end))


def ask_file(lang: Language, name: str = "route") -> Given:
    """Show the box for a file, and return its track; the second route has another name."""
    kept, failed_key = f"{name}_track", f"{name}_file_failed"
    sent = st.file_uploader(
        escape.markdown(tr("Track of the route (GPX or GeoJSON)", lang)),
        ["gpx", "geojson", "json"],
        key=widgets.fresh_key(f"{name}_file"),
    )
    if sent is not None:
        content = sent.getvalue()
        # The text is read once; then nothing but its points is kept.
        bounds.forget(sent)
        widgets.renew(f"{name}_file")
        _forget(kept, failed_key)
        try:
            st.session_state[kept] = tracks.parse_track(tracks.text_of(content))
        except ToolkitError as error:
            st.session_state[failed_key] = str(error)
        st.rerun()
    failed = st.session_state.get(failed_key)
    if failed:
        st.error(escape.markdown(details(failed, lang)))
    track = st.session_state.get(kept)
    if track is None:
        return Given("file")
    read = tr("The file is read: {n} points, in memory only.", lang)
    st.caption(escape.markdown(read.format(n=number(track.n_points))))
    if st.button(escape.markdown(tr("Remove this route", lang)), key=f"{name}_forget"):
        _forget(kept, failed_key)
        st.rerun()
    return Given("file", track=track)


def _ask_streets(lang: Language) -> Given:
    typed = st.text_input(
        escape.markdown(tr("Streets in their order, with semicolons between them", lang)),
        max_chars=_MOST_CHARACTERS,
        key="route_streets",
    )
    if not typed.strip(" ;"):
        return Given("streets")
    try:
        return Given("streets", along=tracks.parse_streets(typed))
    except ToolkitError as error:
        st.error(escape.markdown(details(str(error), lang)))
        return Given("streets")


def _forget(*names: str) -> None:
    """Keep nothing of a file."""
    for name in names:
        st.session_state.pop(name, None)
