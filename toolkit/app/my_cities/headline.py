"""What kind of map a pack is, in words, where it is not a whole street map."""

from __future__ import annotations

from typing import Final

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
    found = []
    if manifest.counts.get("missing_classes"):
        found.append(
            tr(
                "This is no whole street map: its lines have no classes of road, so perhaps it "
                "holds some roads only, such as those of buses. All cameras are put on these "
                "lines. An OpenStreetMap file has all streets.",
                lang,
            )
        )
    elif main_road_share is not None and main_road_share >= _MAIN_ONLY:
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
