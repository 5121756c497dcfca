"""Sentences that travel with an assessment: what is missing, and what to be careful about.

Each has a stable id. The JSON carries the English text; pages and reports translate by id.
"""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.base.terms import Note
from toolkit.language.translate import tr

_ENGLISH = "en"


def text(note_id: str, lang: str = _ENGLISH) -> str:
    """Return the sentence of an id.

    Raises
    ------
    KeyError
        If there is no such id.
    """
    sentences = {
        "no_streets": tr(
            "No streets are installed for this city, so there is no map. The figures come from "
            "street networks of other cities.",
            lang,
        ),
        "no_streets_share": tr(
            "A share needs the streets of the city; see the named cases instead.", lang
        ),
        "no_boundary": tr("No boundary: no streets are installed for this city.", lang),
        "no_buildings": tr(
            "No buildings are known: views are not blocked, so exposure is overstated.", lang
        ),
        "no_places": tr(
            "No places are known: sites near offices and stations get no weight.", lang
        ),
        "no_signals": tr("No traffic lights are known: junctions all count alike.", lang),
        "no_classes": tr("The streets have no classes: all count alike.", lang),
        "no_bridges": tr(
            "Bridges and tunnels are not marked: streets that cross count as junctions.", lang
        ),
        "no_mapped_cameras": tr("No mapped cameras are known for this city.", lang),
        "ring_empty": tr("No camera of the assumed mix can serve this tier at any distance.", lang),
        "no_overlap": tr(
            "Kilometres of street are added up per camera site; where views overlap, the true "
            "length is smaller.",
            lang,
        ),
        "foreign_fabrics": tr(
            "None of the street networks behind these figures is in Myanmar; the ranges are wider "
            "for that.",
            lang,
        ),
        "reach_truncated": tr("Cameras are not followed beyond the largest assumed range.", lang),
        "wide_setting": tr(
            "A camera that turns and zooms is counted at its wide setting. While somebody zooms "
            "in, it can match a face 15 to 115 m away.",
            lang,
        ),
        "daylight": tr("The figures hold for daylight.", lang),
        "area_not_stated": tr(
            "The report does not say which area it counts. The figures lie between two cases: all "
            "cameras inside the boundary, or spread over the whole township.",
            lang,
        ),
        "mapped_left_out": tr(
            "Some mapped cameras cannot be among the reported ones (checked long ago, on private "
            "ground, or of another make). They are shown and add to the reported number.",
            lang,
        ),
        "more_mapped_than_reported": tr(
            "More cameras are mapped than some readings of the report allow; the mapped count "
            "holds.",
            lang,
        ),
        "stale": tr("The report is old: cameras have probably been added or removed since.", lang),
        "no_count": tr(
            "Nobody has reported a number for this city: the count is a wide guess from other "
            "cities.",
            lang,
        ),
        "own_count": tr("The number of cameras was entered by the user, not reported.", lang),
        "mixed_scope": tr(
            "The report counts public and private cameras together; no figure for public ones is "
            "known.",
            lang,
        ),
        "counted": tr(
            "What was counted in the streets has changed the number of cameras. Whose they are "
            "cannot be seen on a camera.",
            lang,
        ),
        "density_unused": tr(
            "A reported density sets no number: the city's own figure that it needs is not known.",
            lang,
        ),
        "sampled": tr(
            "The totals come from a sample of places along the streets, drawn evenly over classes "
            "of street and districts. The map and the figures of streets come from all places.",
            lang,
        ),
        "contradictions": tr("Reports contradict one another; all are listed.", lang),
        "one_profile": tr(
            "The figures are those of one kind of operator alone. If another runs the cameras, the "
            "range is too narrow.",
            lang,
        ),
        "minimal_set": tr(
            "Minimal set: the lowest exposure that does not contradict the reports. Taken "
            "together, its values are unlikely; decide nothing on it alone.",
            lang,
        ),
        "list_only": tr(
            "These figures hold for the cameras of the list and for no others. A place outside "
            "every ring is not known to be watched; that says nothing about cameras nobody listed.",
            lang,
        ),
        "fixed_rules": tr(
            "The ranges are the fixed ones of those whose way is reproduced; how sure they are is "
            "not part of them.",
            lang,
        ),
        "no_city_named": tr(
            "No city is named: there are no streets, so no street length is given, and no "
            "buildings, so nothing blocks a view.",
            lang,
        ),
        "views_not_blocked": tr(
            "The rules let buildings block views, but no buildings are known here: the covered "
            "ground is overstated.",
            lang,
        ),
        "no_camera_inside": tr(
            "No camera of the list stands inside the boundary of the city's streets.", lang
        ),
        "no_camera_covers": tr(
            "Some cameras cover nothing by these rules, for example because their direction is "
            "not in the list.",
            lang,
        ),
        "demonstration": tr(
            "Demonstration: real streets, a made-up report. It says nothing about cameras in this "
            "city.",
            lang,
        ),
        "difference_paired": tr(
            "Both sides use the same random numbers and are compared draw by draw: what is "
            "uncertain in both alike is not counted twice.",
            lang,
        ),
        "difference_independent": tr(
            "The two sides have no draws in common (another seed, number of draws or version), so "
            "the intervals are combined as if nothing were shared: they are usually wider than "
            "need be.",
            lang,
        ),
        "difference_not_all_paired": tr(
            "A file does not hold the draws of ground and of effective cameras: for these two the "
            "intervals are combined as if nothing were shared.",
            lang,
        ),
        "difference_definitions": tr(
            "The two sides ask for different pictures (pixels per metre): part of the difference "
            "is what the words mean.",
            lang,
        ),
        "difference_streets": tr(
            "The two sides rest on different streets, so a share is a share of another length.",
            lang,
        ),
    }
    return sentences[note_id]


def notes(ids: Iterable[str]) -> tuple[Note, ...]:
    """Return notes with their English texts, in the order given."""
    return tuple(Note(id=i, text=text(i)) for i in ids)
