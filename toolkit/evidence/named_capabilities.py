"""How firmly claims say that a city's cameras can do something: evidence on what was bought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final, Literal, get_args

from toolkit.evidence.claim import Capability, Claim, Scope
from toolkit.evidence.load import known_by, not_superseded

Support = Literal["installed", "tender", "programme"]
"""Named for what is installed in the city, for what the city tendered, or no more than for the
programme that it belongs to or in an announcement; the firmest first."""

_SYSTEM_SCOPES: Final[tuple[Scope, ...]] = ("public", "private", "all")
"""Scopes of claims about a camera system."""


def named_capabilities(
    claims: Iterable[Claim], *, as_of: dt.date | None = None
) -> dict[Capability, Support]:
    """Return the capabilities that claims name, each with its firmest support.

    Parameters
    ----------
    claims
        Claims about the city, and about the programme it belongs to.
    as_of
        Date after which claims are ignored; None for no such date.

    Returns
    -------
    named
        Without capabilities that are only denied or not mentioned. A denial never cancels a
        report.
    """
    known = not_superseded(claims if as_of is None else known_by(claims, as_of))
    found: dict[Capability, Support] = {}
    for support in reversed(get_args(Support)):
        for claim in known:
            if claim.scope in _SYSTEM_SCOPES and _support(claim) == support:
                found |= dict.fromkeys(claim.capability, support)
    return {name: found[name] for name in sorted(found)}


def _support(claim: Claim) -> Support | None:
    """Return how firmly a claim names its capabilities; None for a denial or where it has none."""
    if claim.level == "city" and claim.status == "installed":
        return "installed"
    if claim.level == "city" and claim.status == "tender":
        return "tender"
    return "programme" if claim.level in ("city", "programme") else None
