"""What every answer carries: inputs, warnings, limits and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.assessment.assess import source_refs
from toolkit.assessment.inputs import Inputs
from toolkit.assessment.model import AssumptionsPart, CityPart
from toolkit.assessment.outcome import switch
from toolkit.assumptions.sets import MINIMAL
from toolkit.base.errors import UsageError
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, Mode, Tier, modes_of
from toolkit.base.version import __version__
from toolkit.evidence.load import private_cameras_ordered
from toolkit.language import notes, words
from toolkit.threats import model
from toolkit.threats.city import PlacedCity, When


def head(
    city: PlacedCity,
    mode: Mode,
    when: When,
    *,
    notes_of: Iterable[str] = (),
    values: Mapping[str, Mapping[str, float]] | None = None,
) -> dict[str, Any]:
    """Return the fields of `model.Answer` for an answer about a city.

    Parameters
    ----------
    city
        The city.
    mode, when
        As asked.
    notes_of, values
        Ids of further warnings, and shares that their texts name.
    """
    question, loaded = city.inputs.question, city.loaded
    return {
        "tool": __version__,
        "as_of": question.as_of,
        "seed": question.seed,
        "status": question.status,
        "city": CityPart(
            id=loaded.city.id, name=loaded.city.name, boundary=city.pack.manifest.boundary
        ),
        "assumptions": AssumptionsPart.of(city.inputs.assumptions),
        "inputs": model.Inputs(
            evidence_sha256=loaded.hashes["evidence_sha256"], pack_sha256=city.pack.sha256
        ),
        "mode": mode,
        "when": when,
        "placements": city.n_placements,
        "warnings": notes.notes((*notes_of, *_warnings(city.inputs, when)), values),
        "limits": words.limits(
            "en",
            loaded.operators.profiles.cities,
            private_many=question.scope != "compelled_private"
            and private_cameras_ordered(loaded.claims, question.as_of),
        ),
        "sources": source_refs(city.inputs),
    }


def _warnings(inputs: Inputs, when: When) -> list[str]:
    """Return the ids of the warnings about the count and the optics that apply."""
    counts, question = inputs.counts, inputs.question
    stale = counts.stale_installed if question.status == "installed" else counts.stale_planned
    applies = {
        "minimal_set": inputs.assumptions.label == MINIMAL,
        "projection": question.as_of > inputs.loaded.read_until,
        "wide_setting": True,
        "daylight": when == "day",
        "stale": stale,
        "announced_only": inputs.announced_only and question.status == "installed",
        "no_count": counts.used_prior,
        "own_count": counts.user_range is not None,
        "one_profile": inputs.loaded.operators.alone is not None,
        "demonstration": inputs.loaded.city.demonstration,
    }
    return [note for note, holds in applies.items() if holds]


def tiers_of(mode: Mode, tier: Tier | None = None) -> tuple[Tier, ...]:
    """Return the tiers of an answer: the one asked for, or all that concern a mode.

    Raises
    ------
    UsageError
        If the tier does not concern the mode: nobody on foot has a number plate.
    """
    concerned = tuple(t for t in TIERS if mode in modes_of(t))
    if tier is None:
        return concerned
    if tier not in concerned:
        msg = f"The tier {tier} does not concern people who travel by the mode {mode}."
        raise UsageError(msg)
    return (tier,)


def switched_on(city: PlacedCity, tier: Tier) -> Quantity | None:
    """Return the probability that the software of a tier is in use; None where none is needed."""
    return switch(city.inputs, tier)
