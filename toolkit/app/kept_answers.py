"""Assessments and maps, each made once for all sessions and kept in memory only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import streamlit as st

from toolkit.app.pages import assumptions as assumptions_page
from toolkit.app.side_panel import Choice
from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.assumptions.sets import AssumptionSet
from toolkit.base import store
from toolkit.base.terms import Status, Tier
from toolkit.evidence.claim import Claim
from toolkit.evidence.load import evidence_sha256, load_claims
from toolkit.language.translate import Language
from toolkit.optics.camera_draws import load_catalogue
from toolkit.output import map_page as maps
from toolkit.siting.candidates import load_siting
from toolkit.siting.weights import operators_of
from toolkit.streets import reference_networks
from toolkit.streets.pack import find_pack_for, pack_sha256

SAMPLE_POINTS: Final = 20_000
"""In a larger city (100 km of street at 5 m) figures do not wait for all points. A share is then
off by less than 1 % of the street length, see `street_sample.error_share`."""


@dataclass(frozen=True)
class Estimate:
    """An assessment with what it was made of.

    Attributes
    ----------
    assessment
        The assessment.
    claims
        All claims about the city.
    assumptions
        The assumption set.
    key
        Hash of the assessment: names it in caches.
    """

    assessment: Assessment
    claims: tuple[Claim, ...]
    assumptions: AssumptionSet
    key: str


def estimate(choice: Choice) -> Estimate:
    """Return the assessment of what is chosen; the tier and the language play no part.

    Raises
    ------
    ToolkitError
        As `assessment.assess`.
    """
    city = choice.city
    claims = load_claims(city.id)
    assumptions = assumptions_page.chosen()
    pack = city.pack or find_pack_for(city.id)
    data = store.canonical_json(
        [
            city.model_dump(mode="json"),
            evidence_sha256(claims),
            assumptions.sha256,
            load_siting().sha256,
            operators_of(city.id, choice.profile).sha256,
            repr(load_catalogue()),
            pack_sha256(pack) if pack else reference_networks.fabrics_sha256(),
        ]
    )
    assessment, key = _assessed(
        city.id,
        choice.as_of,
        choice.status,
        choice.count,
        choice.profile,
        store.sha256_bytes(data),
        assumptions,
    )
    return Estimate(assessment, claims, assumptions, key)


@st.cache_resource(max_entries=6, show_spinner=False)
def _assessed(
    city_id: str,
    as_of: dt.date,
    status: Status,
    count: tuple[float, float] | None,
    profile: str | None,
    data_sha256: str,
    _assumptions: AssumptionSet,
) -> tuple[Assessment, str]:
    """Return an assessment and its hash; `data_sha256` names all that it rests on."""
    del data_sha256  # part of the key only
    found = assess(
        city_id,
        as_of=as_of,
        status=status,
        count=count,
        assumptions=_assumptions,
        sample_points=SAMPLE_POINTS,
        profile=profile,
    )
    return found, store.sha256_bytes(found.to_json().encode())


def map_page(made: Estimate, tier: Tier, lang: Language) -> str:
    """Return the map of one tier as one HTML page.

    Raises
    ------
    ValueError
        If the assessment has no layers.
    """
    return _map_page(made.key, tier, lang, made.assessment)


@st.cache_resource(max_entries=8, show_spinner=False)
def _map_page(key: str, tier: Tier, lang: Language, _assessment: Assessment) -> str:
    """Return the map; the assessment itself is no part of the key, its hash is."""
    del key
    return maps.page(maps.exposure_map(_assessment, tier, lang))
