"""What kind of map a pack is, in words, where it is not a whole street map."""

from __future__ import annotations

from typing import Final, Literal

from toolkit.base.terms import Language
from toolkit.language import notes
from toolkit.language.translate import tr
from toolkit.streets.manifest import Manifest

_MAIN_ONLY: Final = 0.9
"""Least share of main roads in the street length of a map without side streets. In whole maps it is
far below: 0.11 in the centre of Helsinki."""


def of(manifest: Manifest, main_road_share: float | None, lang: Language) -> str:
    """Return in words what a map lacks that changes every figure; empty for a whole one.

    Parameters
    ----------
    manifest
        Manifest of the pack.
    main_road_share
        From `map_data.main_road_share`; None where it was not measured.
    lang
        Language.
    """
    kind = _kind(manifest, main_road_share)
    found = []
    if kind == "lines":
        found.append(
            tr(
                "This is no whole street map: its lines have no classes of road, so perhaps it "
                "holds some roads only, such as those of buses. All cameras are put on these "
                "lines. An OpenStreetMap file has all streets.",
                lang,
            )
        )
    if kind == "main":
        found.append(
            tr(
                "This is no whole street map: it holds main roads only and no side streets. All "
                "cameras are put on main roads. An OpenStreetMap file has all streets.",
                lang,
            )
        )
    if manifest.counts.get("missing_buildings"):
        found.append(notes.text("no_buildings", lang))
    return " ".join(found)


def short(manifest: Manifest, main_road_share: float, lang: Language) -> str:
    """Return in one line, next to a figure, that a map is no whole one; empty for a whole one."""
    kind = _kind(manifest, main_road_share)
    if kind == "lines":
        return tr("No whole street map, perhaps some roads only: all cameras are on these.", lang)
    if kind == "main":
        return tr("No whole street map, main roads only: all cameras are on these.", lang)
    return ""


def _kind(manifest: Manifest, main_road_share: float | None) -> Literal["lines", "main"] | None:
    if manifest.counts.get("missing_classes"):
        return "lines"
    is_main = main_road_share is not None and main_road_share >= _MAIN_ONLY
    return "main" if is_main else None
