"""Notes of an assessment: what is missing, and what to be careful about.

Each has a stable id. The JSON has the English text; pages and reports translate by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from toolkit.base.terms import Note
from toolkit.language.quantities import share
from toolkit.language.translate import SOURCE_LANGUAGE, marked, tr

_SENTENCES: Final = {
    "no_streets": marked(
        "No streets are installed for this city, so there is no map. The figures come from "
        "street networks of other cities."
    ),
    "no_streets_share": marked(
        "A share needs the streets of the city; see the named cases instead."
    ),
    "no_trips_in_tiles": marked(
        "A city computed in tiles has no trips yet: they cross from tile to tile."
    ),
    "no_streets_for_mode": marked("No street is open to this way of travelling."),
    "no_boundary": marked("No boundary: no streets are installed for this city."),
    "no_buildings": marked(
        "No buildings are known: views are not blocked, so exposure is overstated."
    ),
    "few_buildings": marked(
        "Buildings are mapped along {share} of the street length (in reference areas {low} to "
        "{high}): hardly any view is blocked, so exposure is overstated."
    ),
    "few_signals": marked(
        "Of the junctions of streets for vehicles {share} have mapped traffic lights (in reference "
        "areas {low} to {high}): the map is probably not complete."
    ),
    "few_classes": marked(
        "A class of road is known for {share} of the street length (in reference areas {low} to "
        "{high}); the rest counts as minor streets."
    ),
    "some_unclassed": marked(
        "For {share} of the street length no class of road is known: it counts as minor streets."
    ),
    "street_means": marked(
        "Street length counts every street and path open to the public, also those on foot only."
    ),
    "saturated": marked(
        "At the high end of the count every place where cameras can be has some: more cameras "
        "would hardly change the figures."
    ),
    "no_places": marked("No places are known: sites near offices and stations get no weight."),
    "no_signals": marked("No traffic lights are known: junctions all count alike."),
    "no_classes": marked("The streets have no classes: all count alike."),
    "no_bridges": marked(
        "Bridges and tunnels are not marked: streets that cross count as junctions."
    ),
    "no_mapped_cameras": marked("No mapped cameras are known for this city."),
    "ring_empty": marked("No camera of the assumed mix can serve this tier at any distance."),
    "no_overlap": marked(
        "Kilometres of street are added up per camera site; where views overlap, the true "
        "length is smaller."
    ),
    "foreign_fabrics": marked(
        "None of the street networks behind these figures is in Myanmar; the ranges are wider "
        "for that."
    ),
    "reach_truncated": marked("Cameras are not followed beyond the largest assumed range."),
    "wide_setting": marked(
        "A camera that turns and zooms is counted at its wide setting. While somebody zooms "
        "in, it can match a face 15 to 115 m away."
    ),
    "daylight": marked("The figures hold for daylight."),
    "area_not_stated": marked(
        "The report does not say which area it counts. The figures lie between two cases: all "
        "cameras inside the boundary, or spread over the whole township."
    ),
    "mapped_left_out": marked(
        "Some mapped cameras cannot be among the reported ones (checked long ago, on private "
        "ground, or of another make). They are shown and add to the reported number."
    ),
    "mapped_private": marked(
        "Mapped cameras that watch private ground are on the map and in no figure, since the "
        "report counts public ones. The assumption mapped.private_count changes that."
    ),
    "more_mapped_than_reported": marked(
        "More cameras are mapped than some readings of the report allow; the mapped count holds."
    ),
    "projection": marked(
        "The date lies after the day until which reports were read: the count is carried forward, "
        "and what was reported since is not in it."
    ),
    "stale": marked("The report is old: cameras have probably been added or removed since."),
    "announced_only": marked(
        "Only talks, a tender or a plan is reported: perhaps nothing is installed. The map and the "
        "figures hold if it was built."
    ),
    "no_count": marked(
        "Nobody has reported a number for this city: the count is a wide guess from other cities."
    ),
    "own_count": marked("The number of cameras was entered by the user, not reported."),
    "where_core": marked("All cameras are taken to be inside this boundary, which nobody reports."),
    "where_township": marked(
        "The cameras are taken to be spread over the township, which nobody reports."
    ),
    "mixed_scope": marked(
        "The report counts public and private cameras together; no figure for public ones is known."
    ),
    "compelled_private": marked(
        "These figures are of private cameras that owners were ordered to put up, not of the "
        "reported system."
    ),
    "counted": marked(
        "What was counted in the streets has changed the number of cameras. Whose they are "
        "cannot be seen on a camera."
    ),
    "density_unused": marked(
        "A reported density sets no number: the city's own figure that it needs is not known."
    ),
    "sampled": marked(
        "The totals come from a sample of places along the streets, drawn evenly over classes "
        "of street and districts. The map and the figures of streets come from all places."
    ),
    "contradictions": marked("Reports contradict one another; all are listed."),
    "one_profile": marked(
        "The figures are those of one kind of operator alone. If another runs the cameras, the "
        "range is too narrow."
    ),
    "minimal_set": marked(
        "Minimal set: the lowest exposure that does not contradict the reports. Taken "
        "together, its values are unlikely; decide nothing on it alone."
    ),
    "list_only": marked(
        "These figures hold for the cameras of the list and for no others. A place outside "
        "every ring is not known to be watched; that says nothing about cameras nobody listed."
    ),
    "fixed_rules": marked(
        "The ranges are the fixed ones of those whose way is reproduced; how sure they are is "
        "not part of them."
    ),
    "no_city_named": marked(
        "No city is named: there are no streets, so no street length is given, and no "
        "buildings, so nothing blocks a view."
    ),
    "views_not_blocked": marked(
        "The rules let buildings block views, but no buildings are known here: the covered "
        "ground is overstated."
    ),
    "no_camera_inside": marked(
        "No camera of the list stands inside the boundary of the city's streets."
    ),
    "no_camera_covers": marked(
        "Some cameras cover nothing by these rules, for example because their direction is "
        "not in the list."
    ),
    "demonstration": marked(
        "Demonstration: real streets, a made-up report. It says nothing about cameras in this city."
    ),
    "route_no_promise": marked(
        "A stretch outside these views is not known to be watched. Somebody may watch it all the "
        "same."
    ),
    "route_same_cameras": marked(
        "The same cameras stand there on every trip, so two trips on one route are not two "
        "separate chances."
    ),
    "route_best_found": marked(
        "Ways are compared in the same possible placements. The best way found need not be the "
        "best there is, and small differences are not shown as any."
    ),
    "route_mix": marked(
        "Several routes in turn pass more cameras in all, and make it harder to wait for somebody "
        "at one place. Which of the two matters more, the figures cannot say."
    ),
    "route_list_only": marked(
        "Only cameras of the list count, and no building blocks a view. Cameras that nobody listed "
        "are not in these figures."
    ),
    "track_gaps": marked("The track has gaps: nothing is said of what lies between its parts."),
    "track_times_out_of_order": marked(
        "The times of the track are not in order, so they are not used."
    ),
    "track_points_without_position": marked(
        "Some points of the track have no position and were left out."
    ),
    "track_lines_without_length": marked(
        "Some lines of the track have no length and were left out."
    ),
    "track_routes_left_out": marked(
        "The file has a recorded track and planned routes: only the track was used."
    ),
    "track_other_geometries": marked("The file has shapes that are no lines; they were left out."),
    "track_off_streets": marked(
        "Part of the track follows no street of this city that is open to this way of travelling: "
        "nothing is known there."
    ),
    "link_no_proof": marked(
        "That cameras could tie two people or routes to one another does not mean that anybody "
        "looks, or that such a tie would be right."
    ),
    "place_registers": marked(
        "Registers and checkpoints find houses at least as much as cameras do: overnight guests "
        "must be registered, and identity cards are scanned. None of that is in these figures."
    ),
    "place_flow": marked(
        "An approach that no camera of this estimate records may be watched all the same."
    ),
    "vehicles_interception": marked(
        "Whether a vehicle is stopped is not modelled: checkpoints, patrols and what follows from "
        "a plate that was read are not in these figures."
    ),
    "vehicles_plates": marked(
        "Many motorcycles carry no plate. Those that do are counted with a small plate, at the "
        "rear only."
    ),
    "difference_paired": marked(
        "Both sides use the same random numbers and are compared draw by draw: what is "
        "uncertain in both alike is not counted twice."
    ),
    "difference_independent": marked(
        "The two sides have no draws in common (another seed, number of draws or version), so "
        "the intervals are combined as if nothing were shared: they are usually wider than "
        "need be."
    ),
    "difference_not_all_paired": marked(
        "A file does not hold the draws of ground and of effective cameras: for these two the "
        "intervals are combined as if nothing were shared."
    ),
    "difference_definitions": marked(
        "The two sides ask for different pictures (pixels per metre): part of the difference "
        "is what the words mean."
    ),
    "difference_streets": marked(
        "The two sides rest on different streets, so a share is a share of another length."
    ),
}

_LACKING: Final = {
    "missing_buildings": "no_buildings",
    "missing_signals": "no_signals",
    "missing_classes": "no_classes",
    "missing_bridges": "no_bridges",
    "missing_places": "no_places",
}
"""Note on each layer or column that a street file lacks, by the count of a manifest."""


def text(note_id: str, lang: str = SOURCE_LANGUAGE, **values: float) -> str:
    """Return the text of a note.

    Parameters
    ----------
    note_id
        Its id.
    lang
        Language.
    **values
        Shares that its text names.

    Raises
    ------
    KeyError
        If there is no note of that id, or a value of its text is missing.

    Examples
    --------
    >>> text("daylight")
    'The figures hold for daylight.'
    """
    shown = {name: share(value, lang) for name, value in values.items()}
    return tr(_SENTENCES[note_id], lang).format(**shown)


def of_map_data(counts: Mapping[str, float], lang: str = SOURCE_LANGUAGE) -> tuple[str, ...]:
    """Return what the map data of a pack lack, a sentence each.

    Parameters
    ----------
    counts
        Counts of its manifest.
    lang
        Language.

    Examples
    --------
    >>> of_map_data({"missing_signals": 1})
    ('No traffic lights are known: junctions all count alike.',)
    """
    found = [text(note, lang) for count, note in _LACKING.items() if counts.get(count)]
    street_km, unclassed_km = counts.get("street_km", 0.0), counts.get("unclassed_km", 0.0)
    if unclassed_km and not counts.get("missing_classes"):
        found.append(text("some_unclassed", lang, share=unclassed_km / street_km))
    return tuple(found)


def notes(
    ids: Iterable[str], values: Mapping[str, Mapping[str, float]] | None = None
) -> tuple[Note, ...]:
    """Return the notes of some ids with their English texts, in the order given.

    Parameters
    ----------
    ids
        The ids.
    values
        By id, the shares that the text of a note names.
    """
    known = values or {}
    return tuple(
        Note(id=i, text=text(i, SOURCE_LANGUAGE, **known.get(i, {})), values=dict(known.get(i, {})))
        for i in ids
    )
