"""How somebody travels: the settings that questions on routes and places share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from toolkit.base.errors import UsageError
from toolkit.base.terms import Mode, Tier
from toolkit.threats.answer import tiers_of
from toolkit.threats.city import When

MOST_TRIPS: Final = 1000


@dataclass(frozen=True)
class Travel:
    """How, when and how often somebody travels, and what is asked of it.

    Attributes
    ----------
    mode
        Mode of travel.
    when
        By day or at night.
    tier
        One tier alone; by default all that concern the mode.
    trips
        How often the route is travelled.

    Raises
    ------
    UsageError
        If the tier does not concern the mode, or the number of trips is out of range.

    Examples
    --------
    >>> Travel("car", tier="plate").tiers
    ('plate',)
    """

    mode: Mode = "foot"
    when: When = "day"
    tier: Tier | None = None
    trips: int = 1

    def __post_init__(self) -> None:
        """Check the values together."""
        tiers_of(self.mode, self.tier)
        if not 1 <= self.trips <= MOST_TRIPS:
            msg = f"The number of trips must be from 1 to {MOST_TRIPS}."
            raise UsageError(msg)

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """Tiers of the answer."""
        return tiers_of(self.mode, self.tier)

    @property
    def small_plates(self) -> bool:
        """Whether plates are asked about that are those of motorcycles, see `city.open_city`."""
        return self.mode == "motorcycle" and "plate" in self.tiers
