"""The data models of the answers: one JSON schema each, rendered by every output.

None of them holds a coordinate, a name or a street of the user: what was asked is known to whoever
asked.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Literal

from pydantic import Field

from toolkit.assessment.model import AssumptionsPart, CityPart
from toolkit.base import store
from toolkit.base.quantity import Quantity
from toolkit.base.record import Record
from toolkit.base.terms import Mode, Note, SourceRef, Status, Tier

ROUTE: Final = "camera-exposure.route/1"
PLACE: Final = "camera-exposure.place/1"
LINK: Final = "camera-exposure.link/1"
VEHICLES: Final = "camera-exposure.vehicles/1"

Tenths = tuple[int, int, int]
"""Placements out of ten with fewer, as many, and more."""


class Inputs(Record):
    """Hashes of what went in."""

    evidence_sha256: str
    pack_sha256: str | None


class Answer(Record):
    """What all answers have."""

    tool: str
    as_of: dt.date
    seed: int
    status: Status
    city: CityPart | None
    """None where cameras come from a list, without a city."""
    assumptions: AssumptionsPart
    inputs: Inputs | None
    mode: Mode
    when: Literal["day", "night"]
    placements: int
    """In how many possible placements of the cameras everything was counted."""
    warnings: tuple[Note, ...]
    limits: tuple[str, ...]
    sources: tuple[SourceRef, ...]

    def to_json(self) -> str:
        """Return the JSON text: the same bytes for the same inputs, ending in a line feed."""
        data = self.model_dump(mode="json", by_alias=True)
        return store.canonical_json(_without_empty(data)).decode() + "\n"


def _without_empty(value: Any) -> Any:  # noqa: ANN401
    """Return JSON data without the reasons and errors that quantities do not have."""
    if isinstance(value, dict):
        return {
            k: _without_empty(v)
            for k, v in value.items()
            if not ((k in {"why", "error"} and v is None) or (k == "values" and not v))
        }
    if isinstance(value, list):
        return [_without_empty(v) for v in value]
    return value


# --- a route ---------------------------------------------------------------------------------


class Section(Record):
    """A part of a route, in metres from its start."""

    from_m: float
    to_m: float
    in_view: Quantity
    """Probability that any of it is in view of a working camera."""


class Repeated(Record):
    """The same route k times: the same cameras stand there each time."""

    trips: int
    at_least_one: Quantity
    """In all trips together; as likely as in one, since cameras do not move."""
    times_passed: Quantity
    """Cameras passed, each as often as it is passed."""


class RouteTier(Record):
    """A route at one tier. Intervals are over what is not known and where the cameras stand."""

    cameras: Quantity
    """Distinct working cameras that have any of the route in view."""
    expected_cameras: Quantity
    """The same, averaged over where the cameras stand."""
    at_least_one: Quantity
    at_least_two_sites: Quantity
    in_view_m: Quantity
    in_view_share: Quantity
    longest_not_known_to_be_watched_m: Quantity
    """Longest stretch that no camera of this estimate has in view."""
    sections: tuple[Section, ...] = ()
    repeated: Repeated | None = None
    switched_on: Quantity | None = None
    """Face and plate only: probability that the software is in use. Never multiplied in."""


class MappedCamera(Record):
    """A mapped camera that may have the route in view.

    Attributes
    ----------
    ids
        OpenStreetMap ids of the cameras of the site, or the row of a list.
    in_view
        Probability that it works and has any of the route in view, by tier.
    """

    ids: tuple[str, ...]
    in_view: dict[Tier, Quantity]


class Compared(Record):
    """A route next to the shortest one, in the same placements.

    Attributes
    ----------
    in_ten
        Of ten possible placements, in how many it passes fewer cameras, as many, more.
    fewer, same, more
        The same as shares of all placements.
    better
        Whether it passes fewer in at least three more of ten placements than more.
    """

    in_ten: Tenths
    fewer: float
    same: float
    more: float
    better: bool


class Alternative(Record):
    """One way between the two ends.

    Attributes
    ----------
    length_m
        Length.
    longer_share
        How much longer it is than the shortest, as a share.
    found_by
        The criteria on whose front it lies.
    compared
        Next to the shortest; None for the shortest itself.
    tier
        Its figures.
    """

    length_m: float
    longer_share: float
    found_by: tuple[Literal["length", "metres", "cameras"], ...]
    compared: Compared | None
    tier: RouteTier


class Mix(Record):
    """Several routes in turn, next to one route used every time; neither is recommended.

    Attributes
    ----------
    routes
        Number of routes.
    trips
        k.
    at_least_one_of_mix, at_least_one_of_one
        A camera in k trips, on the routes in turn and on one route each time.
    cameras_of_mix, cameras_of_one
        Distinct cameras in k trips.
    at_one_place_of_mix, at_one_place_of_one
        Largest share of trips that pass any one place away from both ends: how often somebody who
        waits there meets the traveller.
    """

    routes: int
    trips: int
    at_least_one_of_mix: Quantity
    at_least_one_of_one: Quantity
    cameras_of_mix: Quantity
    cameras_of_one: Quantity
    at_one_place_of_mix: float
    at_one_place_of_one: float


class Alternatives(Record):
    """Ways between the two ends of a route at one tier, the shortest first.

    Attributes
    ----------
    tier
        The tier by which they were searched and compared.
    detour
        Longest way, over the shortest.
    on_front
        Number of ways on both exact fronts.
    complete
        Whether both fronts are whole.
    ways
        Those that differ.
    best_found
        Row of `ways` that passes fewer cameras most often; 0 where none is materially better.
    none_better
        Whether no way is materially better than the shortest.
    mix
        A set of routes for repeated trips; None where there is one way only.
    """

    tier: Tier
    detour: float
    on_front: int
    complete: bool
    ways: tuple[Alternative, ...]
    best_found: int
    none_better: bool
    mix: Mix | None


class RouteAnswer(Answer):
    """A route and the cameras that may have it in view.

    Attributes
    ----------
    basis
        ``streets`` for the estimate on installed streets, ``mapped_cameras`` for a list alone.
    length_m
        Length that was scored.
    unknown_share
        Share of it that has no answer, such as in a tunnel.
    off_streets_m
        Length of the track that follows no street: nothing is known there.
    """

    schema_: Literal["camera-exposure.route/1"] = Field(default=ROUTE, alias="schema")
    basis: Literal["streets", "mapped_cameras"]
    length_m: float
    unknown_share: float
    off_streets_m: float
    tiers: dict[Tier, RouteTier]
    mapped: tuple[MappedCamera, ...] = ()
    alternatives: Alternatives | None = None


# --- linking ---------------------------------------------------------------------------------


class LinkTier(Record):
    """Whether cameras can tie two routes to one another, at one tier."""

    same_camera: Quantity
    """Probability that one camera records both within the window."""
    in_sequence: Quantity
    """Probability that one camera records one of them, and a camera then the other, as far apart in
    time as the way between takes."""
    either: Quantity
    switched_on: Quantity | None = None


class LinkAnswer(Answer):
    """Two routes, or two people at a place, and the cameras that may record both.

    Attributes
    ----------
    window_min
        Longest time between the two records.
    speed_km_h
        Speeds at which a way between two cameras may be travelled.
    timed
        Whether the tracks have times; otherwise both start at once.
    at_place
        Whether it is about two people at one place, and not two routes.
    """

    schema_: Literal["camera-exposure.link/1"] = Field(default=LINK, alias="schema")
    window_min: float
    speed_km_h: tuple[float, float]
    timed: bool
    at_place: bool
    tiers: dict[Tier, LinkTier]


# --- a place ---------------------------------------------------------------------------------

Compass = Literal["N", "NE", "E", "SE", "S", "SW", "W", "NW"]


class Approach(Record):
    """One way to a place, from where it crosses the outer circle."""

    direction: Compass
    length_m: float
    at_least_one: Quantity
    cameras: Quantity


class Separate(Record):
    """Approaches that share no street and that no camera of this estimate records.

    Attributes
    ----------
    number
        How many there are, over draws and placements.
    none
        Probability that there is none.
    of
        How many separate approaches there are in all.
    placements
        In how many placements it was counted.
    """

    number: Quantity
    none: Quantity
    of: int
    placements: int


class Entrance(Record):
    """What changes if the entrance is on another street, in the same placements."""

    direction: Compass
    arrivals: Quantity
    compared: Compared


class PlaceTier(Record):
    """A place at one tier."""

    arrivals: Quantity
    """Share of arrivals recorded at least once, over all approaches alike."""
    any_arrival: Quantity
    """Probability that at least one of the approaches is recorded."""
    every_arrival: Quantity
    """Probability that all of them are."""
    last_street: Quantity
    """Probability that the last street is in view, which all arrivals share."""
    approaches: tuple[Approach, ...]
    separate: Separate
    entrances: tuple[Entrance, ...] = ()
    switched_on: Quantity | None = None


class PlaceAnswer(Answer):
    """A house or a gathering place, and the cameras on the ways to it."""

    schema_: Literal["camera-exposure.place/1"] = Field(default=PLACE, alias="schema")
    radius_m: float
    from_m: float
    """Radius of the circle from which approaches are followed."""
    tiers: dict[Tier, PlaceTier]


# --- vehicles and following ------------------------------------------------------------------


class Read(Record):
    """Trips of one kind whose plate is read, if plate reading is on.

    Attributes
    ----------
    trips
        Number of trips of the sample.
    at_least_one, at_least_two_sites
        Share of them.
    """

    trips: int
    length_km: Quantity
    at_least_one: Quantity
    at_least_two_sites: Quantity


class RoutesOut(Record):
    """Routes out of the city that share no street, per placement and as an aggregate.

    Attributes
    ----------
    gates
        Streets that leave the boundary.
    of
        Routes out in all.
    unread
        How many of them no reader of this estimate reads.
    unread_share
        The same as a share.
    none
        Probability that there is none.
    placements
        In how many placements it was counted.
    """

    gates: int
    of: int
    unread: Quantity
    unread_share: Quantity
    none: Quantity
    placements: int


class VehiclesPart(Record):
    """All figures of one kind of vehicle."""

    into: Read | None
    out_of: Read | None
    between: Read | None
    routes_out: RoutesOut | None


class Followed(Record):
    """Share of trips between districts that are recorded in two places."""

    trips: int
    at_two_places: Quantity


class FollowingTier(Record):
    """How well somebody can be followed, at one tier.

    Attributes
    ----------
    city
        For the whole city.
    districts
        For the districts that the user names, in their order.
    with_planned
        For the whole city with what is planned as well; None if that was not asked.
    change
        The difference, in the same draws.
    """

    city: Followed
    districts: tuple[Followed, ...] = ()
    with_planned: Followed | None = None
    change: Quantity | None = None
    switched_on: Quantity | None = None


class VehiclesAnswer(Answer):
    """Trips of cars and motorcycles past plate readers, and how well people can be followed.

    Attributes
    ----------
    longest_detour
        Longest route over the shortest.
    by_mode
        Trips past readers, by what drives.
    following
        How well people can be followed, by tier.
    planned_rule
        How the planned count follows from the claims; None where plans were not asked for.
    """

    schema_: Literal["camera-exposure.vehicles/1"] = Field(default=VEHICLES, alias="schema")
    longest_detour: float
    by_mode: dict[Mode, VehiclesPart]
    following: dict[Tier, FollowingTier]
    planned_rule: str | None = None
