"""Write docs/generated/cities.md: the reports about each city, and what follows from them.

Run it after a change of evidence, assumptions or the counting rule:
``python scripts/write_cities_doc.py``. With ``--check`` nothing is written, and the exit code
is 1 if the file would change. Only data that come with the toolkit are read.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from toolkit.assessment.assess import assess  # noqa: E402
from toolkit.assessment.city_data import claims_of_others  # noqa: E402
from toolkit.assessment.inputs import city_figures  # noqa: E402
from toolkit.assessment.question import Question  # noqa: E402
from toolkit.assumptions.sets import load_assumptions  # noqa: E402
from toolkit.base import store  # noqa: E402
from toolkit.base.draws import Design  # noqa: E402
from toolkit.base.escape import plain  # noqa: E402
from toolkit.base.terms import TIERS  # noqa: E402
from toolkit.evidence.claim import Claim, figure_text  # noqa: E402
from toolkit.evidence.count import CountDraws, count_draws  # noqa: E402
from toolkit.evidence.load import (  # noqa: E402
    NATIONAL,
    capability_level,
    contradictions,
    covered_cities,
    known_by,
    load_claims,
    load_national,
    national_cities,
    private_cameras_ordered,
)
from toolkit.evidence.makers import load_makers  # noqa: E402
from toolkit.evidence.threats import Threat, load_threats, threats_for  # noqa: E402
from toolkit.evidence.words import unused_text  # noqa: E402
from toolkit.language import words  # noqa: E402
from toolkit.output import conditions, trip_words  # noqa: E402
from toolkit.streets.cities import City, load_cities  # noqa: E402
from toolkit.streets.reference_networks import load_networks  # noqa: E402

DOCUMENT = ROOT / "docs" / "generated" / "cities.md"
AS_OF = dt.date(2026, 11, 23)
DESIGN = Design(n_draws=10_000, seed=0)

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#])")
_LEVELS = {
    "city": "reported for this city",
    "programme": "reported for the programme, or announced for this city",
    "denied": "denied, and nothing else",
    "none": "nothing reported",
}


def _cell(value: object) -> str:
    """Return text for a cell of a Markdown table."""
    return _MARKDOWN.sub(r"\\\1", " ".join(plain(value).split()))


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return [*lines, ""]


def _rounded(value: float) -> str:
    """Return a number of cameras to two significant digits."""
    if value <= 0:
        return "0"
    return f"{float(f'{value:.2g}'):,.0f}"


def _source(claim: Claim) -> str:
    via = f", read through {', '.join(claim.via)}" if claim.via else ""
    return f"{claim.source.publisher}, {claim.source.date}{via}"


def _notes(claim: Claim) -> str:
    parts = [claim.says]
    if claim.capability:
        named = ", ".join(name.replace("_", " ") for name in claim.capability)
        parts.append(f"[{claim.level}: {named}]")
    parts += [f"[part: {claim.place}]"] if claim.place else []
    parts += [f"[scope: {claim.scope.replace('_', ' ')}]"] if claim.scope != "public" else []
    parts += [f"[area: {claim.area}]"] if claim.area else []
    parts += [claim.said_note or "", claim.note or ""]
    return " ".join(part for part in parts if part)


def _claims_table(claims: Sequence[Claim]) -> list[str]:
    head = ("claim", "what it says", "status", "figure", "holds for", "source", "origin", "grade")
    rows = (
        (
            claim.id,
            _notes(claim),
            claim.status or "",
            figure_text(claim.quantity) if claim.quantity else "",
            claim.valid or claim.said,
            _source(claim),
            ", ".join(claim.origins) + (f" ({claim.witnesses})" if claim.witnesses else ""),
            f"{claim.confidence.grade}: {claim.confidence.reason}",
        )
        for claim in claims
    )
    return _table(head, rows)


def _count_row(name: str, counts: CountDraws, status: str) -> tuple[str, ...]:
    """Return one row of counts: interval, chance of none, staleness."""
    installed = status == "installed"
    draws = counts.installed if installed else counts.planned
    none = float((draws == 0).mean())
    if installed and counts.if_built is not None:
        # The chance of nothing has a column of its own: the interval is that of the rest.
        draws, status = counts.if_built, "installed, if built"
    low, mid, high = (_rounded(float(v)) for v in np.quantile(draws, (0.05, 0.5, 0.95)))
    stale = counts.stale_installed if installed else counts.stale_planned
    return (
        name,
        status,
        f"{low} to {high}",
        mid,
        f"{none:.0%}" if none else "",
        "yes" if stale else "",
        "yes" if counts.used_prior else "",
    )


_COUNT_HEAD = ("city", "status", "5 to 95 %", "median", "chance of none", "old", "no number")


def _threat_text(threat: Threat) -> str:
    """Return a threat and what answers it, in a few words."""
    answers = [f"`{one}`" for one in (threat.answered_by, threat.asked_on) if one is not None]
    if not answers:
        return f"{threat.name.en}: not modelled"
    return f"{threat.name.en}: in part by {' and '.join(answers)}"


def _summary_row(city: City, claims: Sequence[Claim], counts: CountDraws) -> tuple[object, ...]:
    """Return what is reported of a city in one row."""
    own = sum(claim.city == city.id for claim in claims)
    levels = capability_level(claims, as_of=AS_OF)
    orders = "yes" if private_cameras_ordered(claims, AS_OF) else ""
    return (
        city.id,
        own,
        len(claims) - own,
        len(contradictions(claims)),
        _count_row(city.id, counts, "installed")[2],
        levels["face"],
        levels["plate"],
        orders,
        len(threats_for(load_threats(), claims)),
    )


_SUMMARY_HEAD = (
    "city", "own claims", "claims about the country", "contradictions",
    "installed cameras, 5 to 95 %", "face recognition", "plate reading",
    "owners ordered to put up cameras", "threats",
)  # fmt: skip


def _conditional_part(city: City) -> list[str]:
    """Return what follows from a number of cameras, from where they are, and from being built."""
    found = assess(Question(city.id, AS_OF))
    headlines = (trip_words.headline(found, tier, "en") for tier in TIERS)
    said = (
        *filter(None, headlines),
        *conditions.if_built(found, "en"),
        *conditions.where(found, "en"),
        *conditions.per_hundred(found, "en"),
    )
    lines = [f"- {_cell(text)}" for text in said]
    what = conditions.rows_head(found, "en")
    head = (
        f"{what[:1].lower()}{what[1:]}, if there are",
        *(words.tier_name(t, "en") for t in TIERS),
    )
    rows = [(name, *cells) for name, cells in conditions.rows(found, "en")]
    return [*lines, "", *_table(head, rows)]


def _city_part(city: City, claims: tuple[Claim, ...], counts: CountDraws) -> list[str]:
    """Return the section of one city."""
    lines = [f"## {_cell(city.name.en)} ({_cell(city.name.in_language('my'))})", ""]
    if city.demonstration:
        lines += ["**Demonstration: everything reported here is made up.**", ""]
    lines += [f"- `{city.id}`, {_cell(city.admin)}; {city.lat:.3f}, {city.lon:.3f}."]
    if city.aliases:
        lines += [f"- Other names: {_cell(', '.join(city.aliases))}."]
    if city.population:
        source, note = _cell(city.population_source), _cell(city.population_note or "")
        lines += [f"- Population {city.population:,} ({source}). {note}"]
    lines += [f"- {_cell(city.note)}"] if city.note else []
    lines += [f"- Not to be mistaken: {_cell(trap.says)}" for trap in city.traps]
    lines += [""]
    rows = [_count_row(city.id, counts, status) for status in ("installed", "planned")]
    lines += _table(_COUNT_HEAD, rows)
    for status, used, rule in (
        ("Installed", counts.claims_installed, counts.rule_installed),
        ("Planned", counts.claims_planned, counts.rule_planned),
    ):
        ids = ", ".join(f"`{name}`" for name in used) or "no claim"
        lines += [f"- {status}: {rule} From: {ids}."]
    lines += [
        f"- `{name}` is listed and sets no count. {unused_text(reason)}"
        for name, reason in counts.unused
    ]
    lines += _conditional_part(city)
    levels = capability_level(claims, as_of=AS_OF)
    lines += [
        f"- Face recognition: {_LEVELS[levels['face']]}.",
        f"- Plate reading: {_LEVELS[levels['plate']]}.",
    ]
    denials = [claim.id for claim in claims if claim.level == "denied"]
    if denials:
        lines += ["- Denied, which takes nothing away: " + ", ".join(f"`{d}`" for d in denials)]
    lines += [f"- Contradiction: `{one}` and `{other}`." for one, other in contradictions(claims)]
    if private_cameras_ordered(claims, AS_OF):
        lines += [f"- {words.private_limit('en')}"]
    threats = threats_for(load_threats(), claims)
    if threats:
        lines += [f"- Threats: {'; '.join(map(_threat_text, threats))}."]
    national = [f"`{claim.id}`" for claim in claims if claim.city == NATIONAL]
    if national:
        lines += [f"- Of [the whole country](#the-whole-country): {', '.join(national)}."]
    return [*lines, "", *_claims_table([c for c in claims if c.city != NATIONAL])]


def _national_table(claims: Sequence[Claim]) -> list[str]:
    """Return which cities each claim about the country covers."""
    cities = national_cities()
    covered = ((claim.id, sorted(covered_cities(claim, cities))) for claim in claims)
    return _table(
        ("claim", "covers"),
        (
            (name, "all cities" if len(found) == len(cities) else ", ".join(found) or "no city")
            for name, found in covered
        ),
    )


def document() -> str:
    """Return the whole document."""
    assumptions = load_assumptions()
    cities = load_cities()
    claims = {city.id: known_by(load_claims(city.id), AS_OF) for city in cities}
    counts = {
        city.id: count_draws(
            claims[city.id],
            as_of=AS_OF,
            design=DESIGN,
            assumptions=assumptions,
            figures=replace(
                city_figures(city, load_networks(), assumptions, DESIGN),
                others=claims_of_others(city),
            ),
        )
        for city in cities
    }
    national = load_national()
    intro = (
        f"As of {AS_OF}, assumption set `{assumptions.name}`. {words.limits('en')[0]} "
        '"Planned" is what is installed and what is announced beyond it. "Old": the '
        "newest claim behind the count is older than "
        f'{assumptions.value("count.stale_years"):g} years. "No number": the count is a wide '
        "range from other cities of the country. Figures are rounded to two digits."
    )
    origin = "Written by `scripts/write_cities_doc.py`; do not edit."
    links = "Fields: [files](../reference/files.md#evidence); rule: [counts](../method/counts.md)."
    lines = [
        "# The cities: what is reported, and the count that follows",
        "",
        f"{origin} {links}",
        "",
        intro,
        "",
        *_table(
            _SUMMARY_HEAD,
            [_summary_row(city, claims[city.id], counts[city.id]) for city in cities],
        ),
        *_table(
            _COUNT_HEAD,
            [
                _count_row(city.id, counts[city.id], status)
                for city in cities
                for status in ("installed", "planned")
            ],
        ),
    ]
    for city in cities:
        lines += _city_part(city, claims[city.id], counts[city.id])
    lines += ["## The whole country", "", "These claims set no city's count.", ""]
    lines += _national_table(national)
    lines += ["What such cameras can be used for, and what here answers it:", ""]
    lines += [
        f"- {_cell(threat.name.en)}: {_cell(threat.says.en)} Answered by "
        f"{f'`{threat.answered_by}`, in part' if threat.answered_by else 'nothing yet'}; rests on "
        f"{', '.join(f'`{name}`' for name in threat.claims)}."
        for threat in load_threats()
    ]
    lines += [""]
    lines += [f"- Contradiction: `{one}` and `{other}`." for one, other in contradictions(national)]
    lines += ["", *_claims_table(national), "## Makers and suppliers", ""]
    rows = [
        (maker.name, maker.kind, said.says, "itself" if said.by == "itself" else "", where)
        for maker in load_makers().values()
        for said in maker.statements
        for where in [", ".join([f"{said.publisher}, {said.date}", *said.via])]
    ]
    lines += _table(("name", "kind", "what is reported", "said by", "source"), rows)
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if it would change")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as empty:
        os.environ[store.HOME_VARIABLE] = empty
        text = document()
    if DOCUMENT.is_file() and DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    if options.check:
        print(f"{DOCUMENT.name} is not up to date: python scripts/write_cities_doc.py")
        return 1
    store.write_text(DOCUMENT, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
