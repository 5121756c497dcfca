"""The answers on routes, places, links and vehicles in words: ranges first, and never a promise."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.base.quantity import Quantity
from toolkit.base.terms import Language, Mode, Tier
from toolkit.language import notes, words
from toolkit.language.frequencies import whole
from toolkit.language.quantities import quantity_text, share
from toolkit.language.translate import number, tr
from toolkit.threats import model

_MOST_MAPPED = 10


def route_lines(answer: model.RouteAnswer, lang: Language, *, ids: bool = True) -> list[str]:
    """Return all that is said of a route, line by line.

    Parameters
    ----------
    answer
        The answer.
    lang
        Language.
    ids
        Whether mapped cameras are named, which says where the route is.
    """
    out = [
        tr("Route of {length}, {mode}, {when}", lang).format(
            length=_metres(answer.length_m, lang),
            mode=mode_name(answer.mode, lang),
            when=when_name(answer.when, lang),
        )
    ]
    if answer.off_streets_m:
        out.append(
            tr("{length} of the track follow no street here: nothing is known there.", lang).format(
                length=_metres(answer.off_streets_m, lang)
            )
        )
    if answer.unknown_share:
        out.append(
            tr("For {share} of it the model has no answer, such as in a tunnel.", lang).format(
                share=share(answer.unknown_share, lang)
            )
        )
    for tier, part in answer.tiers.items():
        out += [f"{_tier_head(tier, lang)}:", *(f"  {line}" for line in tier_lines(part, lang))]
    out += _mapped(answer, lang, ids=ids)
    if answer.alternatives is not None:
        out += ["", *alternative_lines(answer.alternatives, lang)]
    return out


def tier_lines(part: model.RouteTier, lang: Language) -> list[str]:
    """Return the figures of a route at one tier."""
    out = [
        tr("cameras that have some of it in view: {range}", lang).format(
            range=_cameras(part.cameras, lang)
        ),
        tr("chance of at least one: {range}; at two sites or more: {two}", lang).format(
            range=quantity_text(part.at_least_one, lang),
            two=quantity_text(part.at_least_two_sites, lang),
        ),
        tr("metres in view: {range}, {share} of the route", lang).format(
            range=_whole(part.in_view_m, lang), share=quantity_text(part.in_view_share, lang)
        ),
        tr("metres of the longest stretch not known to be watched: {range}", lang).format(
            range=_whole(part.longest_not_known_to_be_watched_m, lang)
        ),
        *_where(part.sections, lang),
    ]
    if part.repeated is not None and part.repeated.trips > 1:
        out.append(
            tr(
                "in {trips} trips on it the chance of at least one stays {range}: the same cameras "
                "stand there each time; passed in all: {passed}",
                lang,
            ).format(
                trips=number(part.repeated.trips),
                range=quantity_text(part.repeated.at_least_one, lang),
                passed=_cameras(part.repeated.times_passed, lang),
            )
        )
    return [*out, *_switched(part.switched_on, lang)]


def _where(sections: Sequence[model.Section], lang: Language) -> list[str]:
    """Return where along a route a camera is likeliest."""
    known = [one for one in sections if one.in_view.mid]
    if len(sections) < 2 or not known:  # noqa: PLR2004
        return []
    most = max(known, key=lambda one: one.in_view.mid or 0.0)
    return [
        tr("likeliest between {begin} and {end} from the start: {range}", lang).format(
            begin=_metres(most.from_m, lang),
            end=_metres(most.to_m, lang),
            range=quantity_text(most.in_view, lang),
        )
    ]


def _mapped(answer: model.RouteAnswer, lang: Language, *, ids: bool) -> list[str]:
    """Return the mapped cameras that may have a route in view."""
    if not answer.mapped:
        return []
    out = [
        tr("Mapped cameras that may have some of it in view: {count}", lang).format(
            count=number(len(answer.mapped))
        )
    ]
    for camera in answer.mapped[: _MOST_MAPPED if ids else 0]:
        tier, chance = next(iter(camera.in_view.items()))
        out.append(
            f"  {', '.join(camera.ids)}: {words.tier_name(tier, lang)} "
            f"{quantity_text(chance, lang)}"
        )
    return out


def alternative_lines(found: model.Alternatives, lang: Language) -> list[str]:
    """Return the ways between the ends of a route, compared with the shortest."""
    out = [
        tr("Other ways, up to {detour} times the shortest ({tier}):", lang).format(
            detour=number(found.detour, decimals=1), tier=words.tier_name(found.tier, lang)
        )
    ]
    for k, way in enumerate(found.ways):
        head = tr("way {number}, {length}", lang).format(
            number=number(k + 1), length=_metres(way.length_m, lang)
        )
        out.append(f"  {head}: {_cameras(way.tier.cameras, lang)}")
        if way.compared is not None:
            out.append(f"    {compared_text(way.compared, lang)}")
    if not found.complete:
        out.append(tr("Not all ways could be searched; there may be others.", lang))
    if found.none_better:
        out.append(tr("No way found is materially better than the shortest.", lang))
    else:
        out.append(
            tr("Best found: way {number}. It need not be the best there is.", lang).format(
                number=number(found.best_found + 1)
            )
        )
    return [*out, *_mix(found.mix, lang)]


def compared_text(pair: model.Compared, lang: Language) -> str:
    """Return a comparison in the same placements as one sentence.

    Examples
    --------
    >>> pair = model.Compared(in_ten=(5, 2, 3), fewer=0.5, same=0.2, more=0.3, better=False)
    >>> compared_text(pair, "en")
    'fewer in 5 of 10 possible placements, the same in 2, more in 3: no difference'
    """
    fewer, same, more = pair.in_ten
    text = tr(
        "fewer in {fewer} of 10 possible placements, the same in {same}, more in {more}", lang
    ).format(fewer=number(fewer), same=number(same), more=number(more))
    if pair.better:
        return text
    if pair.more - pair.fewer >= _material():
        return text
    return tr("{comparison}: no difference", lang).format(comparison=text)


def _material() -> float:
    from toolkit.threats.scores import MATERIAL

    return MATERIAL


def _mix(mix: model.Mix | None, lang: Language) -> list[str]:
    if mix is None or mix.trips < 2:  # noqa: PLR2004
        return []
    return [
        tr("In {trips} trips, {routes} routes in turn or one each time:", lang).format(
            trips=number(mix.trips), routes=number(mix.routes)
        ),
        "  "
        + tr("at least one camera: {mix}, or {one}", lang).format(
            mix=quantity_text(mix.at_least_one_of_mix, lang),
            one=quantity_text(mix.at_least_one_of_one, lang),
        ),
        "  "
        + tr("different cameras: {mix}, or {one}", lang).format(
            mix=_cameras(mix.cameras_of_mix, lang), one=_cameras(mix.cameras_of_one, lang)
        ),
        "  "
        + tr("trips past any one place away from both ends: {mix}, or {one}", lang).format(
            mix=share(mix.at_one_place_of_mix, lang), one=share(mix.at_one_place_of_one, lang)
        ),
        *_shared(mix, lang),
    ]


def _shared(mix: model.Mix, lang: Language) -> list[str]:
    """Return what follows where routes in turn share a street: they vary less than they seem to."""
    if mix.at_one_place_of_mix < 1.0:
        return []
    return [
        "  "
        + tr(
            "All these routes share a street away from both ends: who waits there meets every "
            "trip.",
            lang,
        )
    ]


def place_lines(answer: model.PlaceAnswer, lang: Language, *, approaches: bool = True) -> list[str]:
    """Return all that is said of a place, line by line.

    Parameters
    ----------
    answer
        The answer.
    lang
        Language.
    approaches
        Whether each approach is listed, which says where the place is.
    """
    out = [
        tr("Ways to the place from {distance} around it, {mode}, {when}", lang).format(
            distance=_metres(answer.from_m, lang),
            mode=mode_name(answer.mode, lang),
            when=when_name(answer.when, lang),
        )
    ]
    for tier, part in answer.tiers.items():
        out += [
            f"{_tier_head(tier, lang)}:",
            *(f"  {line}" for line in _place_tier(part, lang, approaches=approaches)),
        ]
    return out


def _place_tier(part: model.PlaceTier, lang: Language, *, approaches: bool) -> list[str]:
    separate = part.separate
    out = [
        tr("arrivals recorded at least once, from any direction: {range}", lang).format(
            range=quantity_text(part.arrivals, lang)
        ),
        tr("chance that the last street is in view: {range}", lang).format(
            range=quantity_text(part.last_street, lang)
        ),
        tr(
            "approaches that share no street and that no camera of this estimate records: {range} "
            "of {all}; chance of none: {none}",
            lang,
        ).format(
            range=_whole(separate.number, lang),
            all=number(separate.of),
            none=quantity_text(separate.none, lang),
        ),
    ]
    if approaches:
        out.append(tr("by approach, chance of at least one camera:", lang))
        out += [
            f"  {compass_name(one.direction, lang)}, {_metres(one.length_m, lang)}: "
            f"{quantity_text(one.at_least_one, lang)}"
            for one in part.approaches
        ]
    for one in part.entrances:
        out.append(
            tr("with the entrance to the {direction}: {range}", lang).format(
                direction=compass_name(one.direction, lang),
                range=quantity_text(one.arrivals, lang),
            )
        )
        out.append(f"  {compared_text(one.compared, lang)}")
    return [*out, *_switched(part.switched_on, lang)]


def link_lines(answer: model.LinkAnswer, lang: Language) -> list[str]:
    """Return whether cameras can tie two routes, or two people at a place, line by line."""
    head = (
        tr("Two people at the place, {mode}, {when}, within {minutes} minutes", lang)
        if answer.at_place
        else tr("Two routes, {mode}, {when}, within {minutes} minutes", lang)
    )
    out = [
        head.format(
            mode=mode_name(answer.mode, lang),
            when=when_name(answer.when, lang),
            minutes=number(answer.window_min, decimals=0 if answer.window_min % 1 == 0 else 1),
        )
    ]
    if not answer.timed and not answer.at_place:
        out.append(tr("The tracks have no times: both are taken to start at once.", lang))
    for tier, part in answer.tiers.items():
        out += [
            f"{_tier_head(tier, lang)}:",
            "  "
            + tr("chance that one camera records both: {range}", lang).format(
                range=quantity_text(part.same_camera, lang)
            ),
            "  "
            + tr("chance that cameras in sequence join them: {range}", lang).format(
                range=quantity_text(part.in_sequence, lang)
            ),
            *(f"  {line}" for line in _switched(part.switched_on, lang)),
        ]
    return out


def vehicle_lines(answer: model.VehiclesAnswer, lang: Language) -> list[str]:
    """Return how many trips of vehicles are read, and how well people can be followed."""
    out = []
    for mode, part in answer.by_mode.items():
        out.append(f"{mode_name(mode, lang)}, {words.tier_condition('plate', lang)}:")
        if mode == "motorcycle":
            small = tr(
                "with a motorcycle's small plate, at the rear; ordinary rides on the map and in "
                "reports are counted as if it was as wide as a car's",
                lang,
            )
            out.append(f"  {small}")
        rows = (
            (tr("trips into the city", lang), part.into),
            (tr("trips out of the city", lang), part.out_of),
            (tr("trips between districts", lang), part.between),
        )
        out += [
            "  "
            + tr("{trips}: read at least once {one}, at two sites {two}", lang).format(
                trips=name,
                one=quantity_text(read.at_least_one, lang),
                two=quantity_text(read.at_least_two_sites, lang),
            )
            for name, read in rows
            if read is not None
        ]
        if part.routes_out is not None:
            out.append(
                "  "
                + tr(
                    "separate routes out that no reader of this estimate reads: {range} of {all}",
                    lang,
                ).format(
                    range=_whole(part.routes_out.unread, lang),
                    all=number(part.routes_out.of),
                )
            )
            out.append(
                "    "
                + tr(
                    "Not read in this estimate never means not watched: readers that nobody "
                    "reported, checkpoints and patrols may be on any of them.",
                    lang,
                )
            )
    for tier, followed in answer.following.items():
        out.append(f"{_tier_head(tier, lang)}:")
        out.append(
            "  "
            + tr("trips between districts recorded in two places: {range}", lang).format(
                range=quantity_text(followed.city.at_two_places, lang)
            )
        )
        out += [
            "  "
            + tr("trips to and from district {number}: {range}", lang).format(
                number=number(k), range=quantity_text(one.at_two_places, lang)
            )
            for k, one in enumerate(followed.districts, start=1)
        ]
        if followed.with_planned is not None:
            out.append(
                "  "
                + tr("with planned cameras as well, in the whole city: {range}", lang).format(
                    range=quantity_text(followed.with_planned.at_two_places, lang)
                )
            )
        out += [f"  {line}" for line in _switched(followed.switched_on, lang)]
    if answer.planned_rule is not None:
        out.append(tr(answer.planned_rule, lang))
    return out


def warning_lines(answer: model.Answer, lang: Language) -> list[str]:
    """Return the warnings of an answer, in any language."""
    return [notes.text(note.id, lang, **note.values) for note in answer.warnings]


def more_warning_lines(answer: model.Answer, after: model.Answer, lang: Language) -> list[str]:
    """Return the warnings of an answer that another one, shown before it, does not have."""
    known = warning_lines(after, lang)
    return [line for line in warning_lines(answer, lang) if line not in known]


def common_lines(answer: model.Answer) -> list[str]:
    """Return warnings, limits and sources, in English as in the JSON."""
    out = [f"- {note.text}" for note in answer.warnings]
    out += [f"- {text}" for text in answer.limits]
    sources = dict.fromkeys(f"{s.publisher} ({s.date})" for s in answer.sources)
    if sources:
        out.append("Sources: " + "; ".join(sources))
    out.append(f"Assumptions {answer.assumptions.name} {answer.assumptions.sha256[:12]}")
    return out


def mode_name(mode: Mode, lang: Language) -> str:
    """Return a mode of travel."""
    names = {
        "foot": tr("on foot", lang),
        "motorcycle": tr("by motorcycle", lang),
        "car": tr("by car", lang),
    }
    return names[mode]


def when_name(when: str, lang: Language) -> str:
    """Return the time of day."""
    return tr("at night", lang) if when == "night" else tr("by day", lang)


def compass_name(direction: model.Compass, lang: Language) -> str:
    """Return a point of the compass."""
    names = {
        "N": tr("north", lang),
        "NE": tr("north-east", lang),
        "E": tr("east", lang),
        "SE": tr("south-east", lang),
        "S": tr("south", lang),
        "SW": tr("south-west", lang),
        "W": tr("west", lang),
        "NW": tr("north-west", lang),
    }
    return names[direction]


def _tier_head(tier: Tier, lang: Language) -> str:
    return words.tier_name(tier, lang)


def _switched(on: Quantity | None, lang: Language) -> list[str]:
    if on is None:
        return []
    return [
        tr("if it is on; chance that it is: {range}", lang).format(range=quantity_text(on, lang))
    ]


def _cameras(count: Quantity, lang: Language) -> str:
    """Return a number of distinct cameras as whole ones."""
    if not count.known:
        return quantity_text(count, lang)
    return quantity_text(Quantity.of(*whole(count), "cameras"), lang)


def _whole(count: Quantity, lang: Language) -> str:
    """Return a figure that is counted, or is not sure to a decimal, as whole numbers."""
    if not count.known:
        return quantity_text(count, lang)
    low, mid, high = map(number, whole(count))
    if low == high:
        return low
    span = tr("{low} to {high}", lang).format(low=low, high=high)
    return tr("{range} (middle {mid})", lang).format(range=span, mid=mid)


def _metres(value: float, lang: Language) -> str:
    return tr("{value} m", lang).format(value=number(round(value)))
