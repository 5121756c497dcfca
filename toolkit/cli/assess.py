"""`cities` and `assess`: figures for one city."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from toolkit.cli.common import (
    OK,
    Commands,
    add_common,
    busy,
    print_json,
    print_json_text,
    print_lines,
    print_table,
    question_of,
)

if TYPE_CHECKING:
    from toolkit.assessment.model import Assessment
    from toolkit.assessment.question import Question


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    cities = commands.add_parser("cities", help="list the cities that are known")
    cities.add_argument("--json", action="store_true")
    cities.set_defaults(run=_cities)

    assess = commands.add_parser("assess", help="estimate exposure for one city")
    assess.add_argument("city", metavar="CITY", help="id, alias, Burmese name or pack")
    assess.add_argument("--json", action="store_true", help="the whole assessment as JSON")
    add_common(assess)
    add_night(assess)
    assess.set_defaults(run=_assess)


def add_night(parser: argparse.ArgumentParser) -> None:
    """Add the option for figures at night."""
    parser.add_argument(
        "--night", action="store_true", help="figures at night next to those by day"
    )


def _cities(options: argparse.Namespace) -> int:
    from toolkit.streets.cities import load_cities
    from toolkit.streets.pack import find_pack_for

    cities = load_cities()
    packs = {city.id: city.pack or find_pack_for(city.id) for city in cities}
    if options.json:
        return print_json(
            [
                {
                    "id": city.id,
                    "name": city.name.model_dump(),
                    "aliases": list(city.aliases),
                    "pack": packs[city.id],
                    "demonstration": city.demonstration,
                }
                for city in cities
            ]
        )
    return print_table(
        "Cities",
        ("id", "English", "Burmese", "also", "streets"),
        [
            (
                c.id,
                c.name.en,
                c.name.in_language("my"),
                ", ".join(c.aliases),
                packs[c.id] or "none installed",
            )
            for c in cities
        ],
    )


def _assess(options: argparse.Namespace) -> int:
    from toolkit.assessment.assess import assess

    question = question_of(options.city, options)
    with busy(f"Estimating {options.city} ...") as progress:
        found = assess(question, progress=progress)
    if options.json:
        print_json_text(found.to_json())
        return OK
    from toolkit.base.quantity import Quantity
    from toolkit.language import quantities, words
    from toolkit.output import conditions, trip_words

    def shown(quantity: Quantity) -> str:
        return quantities.quantity_text(quantity, "en")

    built = "If it was built: " if found.if_built else ""
    counts = found.counted
    mapped = counts.mapped if found.mapped.known else "not known"
    out = [
        f"{found.city.name.en}, {found.as_of.isoformat()}, cameras {found.status}",
        *_plans(found, question),
        *conditions.if_built(found, "en"),
        f"{built}Cameras of the reported system: {shown(counts.count)}",
        *([f"  entered: {shown(counts.entered)}"] if counts.entered else []),
        f"  {counts.rule}",
        f"  mapped: {mapped}; completeness: {shown(counts.completeness)}",
        *([f"  per km of street: {shown(counts.per_km)}"] if counts.per_km.known else []),
        *(
            f"  counted: {o.seen} seen on {o.walked_km:g} km ({o.where}, {o.streets} streets)"
            for o in counts.observations
        ),
        *([f"  {counts.value_of_counting.text}"] if counts.value_of_counting else []),
        f"Boundary: {found.city.boundary.note}",
        "",
    ]
    said = trip_words.each_once(found, "en")
    for tier, part in found.shown_tiers.items():
        out.append(f"{words.tier_name(tier, 'en')} (from {part.threshold_px_m:g} pixels per m)")
        out += [f"  {text}" for text in said[tier]]
        out.append(f"  street covered: {shown(part.length_km)}")
        if part.share_of_length.realised.known:
            out.append(f"  share of street length: {shown(part.share_of_length.realised)}")
        if part.night:
            trips = trip_words.at_night(part, "en")
            length = f"street covered: {shown(part.night.length_km)}"
            out.append(f"  at night: {trips}; {length}" if trips else f"  at night: {length}")
        if part.area_km2.realised.known:
            out.append(f"  ground along streets: {shown(part.area_km2.realised)}")
            out.append(
                f"  able cameras needed without overlap: {shown(part.effective_cameras.realised)}"
            )
        out += [
            f"  share of streets {_area(case.radius_km)}, cameras "
            f"{'all there' if case.allocation == 'core' else 'spread over the township'}: "
            f"{shown(case.share_of_length)}"
            for case in part.cases
        ]
        if part.switched_on:
            out.append(f"  if it is on; chance that it is: {shown(part.switched_on)}")
    out += ["", *_conditions(found), ""]
    out += [f"- {note.text}" for note in (*found.missing, *found.warnings)]
    out += [f"- {text}" for text in found.limits]
    sources = dict.fromkeys(f"{s.publisher} ({s.date})" for s in found.sources)
    out.append("Sources: " + "; ".join(sources))
    out.append(f"Assumptions {found.assumptions.name} {found.assumptions.sha256[:12]}")
    print_lines(*out)
    return OK


def _plans(found: Assessment, question: Question) -> list[str]:
    """Return what is planned, as lines of text."""
    from toolkit.output import conditions

    plans = conditions.planned(found, question.load().claims, "en")
    if plans is None:
        return []
    return [*filter(None, (plans.head, *(f"  {text}" for text in plans.says), plans.effect))]


def _conditions(found: Assessment) -> list[str]:
    """Return what follows from a number of cameras, or from where they are, as lines of text."""
    from toolkit.base.terms import TIERS
    from toolkit.language import words
    from toolkit.output import conditions

    rows = conditions.rows(found, "en")
    names = [words.tier_name(tier, "en") for tier in TIERS]
    return [
        *conditions.where(found, "en"),
        *conditions.per_hundred(found, "en"),
        *([f"{conditions.rows_head(found, 'en')}:"] if rows else []),
        *(
            f"  {count}: " + "; ".join(f"{n} {cell}" for n, cell in zip(names, cells, strict=True))
            for count, cells in rows
        ),
    ]


def _area(radius_km: float | None) -> str:
    return "inside the boundary" if radius_km is None else f"within {radius_km:g} km of the centre"
