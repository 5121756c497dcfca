"""`zones`: ground that listed cameras cover by a set of fixed rules."""

from __future__ import annotations

import argparse
from typing import Any

from toolkit.cli.common import (
    OK,
    Commands,
    as_of_date,
    busy,
    local_path,
    print_json,
    print_lines,
)


def register(commands: Commands) -> None:
    """Add the command of this module."""
    zones = commands.add_parser(
        "zones", help="what listed cameras cover by a set of fixed rules (no report is used)"
    )
    zones.add_argument(
        "--cameras", metavar="FILE", required=True, help="list of cameras, .csv or .geojson"
    )
    zones.add_argument(
        "--assumptions",
        metavar="SET",
        required=True,
        help="set of fixed rules; the command assumptions list shows them",
    )
    zones.add_argument("--city", metavar="CITY", help="for its streets and buildings")
    zones.add_argument("--out", metavar="FILE", type=local_path, help=".geojson, .gpkg or .parquet")
    zones.add_argument("--as-of", metavar="YYYY-MM-DD", help="date on the output; today by default")
    zones.add_argument("--json", action="store_true", help="the figures as JSON")
    zones.set_defaults(run=_zones)


def _zones(options: argparse.Namespace) -> int:
    from toolkit.assessment.city_data import city_or_pack
    from toolkit.fixed_rules import files
    from toolkit.fixed_rules.camera_list import read_cameras
    from toolkit.fixed_rules.cover import cover, cover_streets
    from toolkit.fixed_rules.sets import load_rules
    from toolkit.output import gis_files
    from toolkit.streets.pack import find_pack_for, open_pack

    if options.out is not None:
        gis_files.check_suffix(options.out)
    day = as_of_date(options.as_of)
    rules = load_rules(options.assumptions)
    cameras = read_cameras(options.cameras)
    city = city_or_pack(options.city) if options.city else None
    with busy(f"Working out what {len(cameras.cameras)} cameras cover ..."):
        pack_id = (city.pack or find_pack_for(city.id)) if city else None
        pack = open_pack(pack_id) if pack_id else None
        found = cover(cameras, rules, pack)
        streets = cover_streets(found, pack) if pack else None
        figures = files.summary(
            found, cameras, rules, as_of=day, city=city, pack=pack, streets=streets
        )
        if options.out is not None:
            files.write_cover(found, figures, options.out)
    if options.json:
        return print_json(figures)
    print_lines(*_lines(figures))
    return OK


def _lines(figures: dict[str, Any]) -> list[str]:
    """Return the figures as lines of text."""
    rules, cameras, city = figures["assumptions"], figures["cameras"], figures["city"]
    out = [f"{rules['title']}, {figures['as_of']}"]
    out.append(
        f"Cameras: {cameras['listed']} listed, {cameras['with_direction']} with a direction, "
        f"{cameras['covering']} cover something"
    )
    for zone in figures["zones"]:
        out.append(f"{zone['name']}: {zone['union_km2']:.6g} km2 covered by at least one")
        out += _figure("  effective cameras", zone["effective_cameras"], ".8g")
        if city is not None:
            out += _figure("  street inside, km", zone["street_km"], ".4g")
            out += _figure("  share of street length", zone["share_of_street_length"], ".3%")
    if city is not None:
        out.append(f"{city['name']['en']}: {_boundary(city)}")
        out += _figure("  cameras inside the boundary", city["cameras_inside"], "d")
        out += _figure("  cameras per km of street", city["cameras_per_km"], ".3g")
    blocked = "do" if figures["views_blocked_by_buildings"] else "do not"
    plane = figures["projection"]
    out.append(
        f"Buildings {blocked} block views. {plane['method']}: areas are exact, lengths off by at "
        f"most {plane['length_error_share']:.1e}."
    )
    out += [f"- {note['text']}" for note in figures["notes"]]
    out += [f"- {text}" for text in figures["limits"]]
    out += [f"- Different from the original: {text}" for text in rules["differs"]]
    sources = [f"{s['publisher']}: {s['title']} ({s['date']})" for s in figures["sources"]]
    out.append("Sources: " + "; ".join(sources))
    if figures["attribution"]:
        out.append(f"Map data: {figures['attribution']}")
    out.append(f"Assumptions {rules['name']} {rules['sha256'][:12]}")
    return out


def _boundary(city: dict[str, Any]) -> str:
    boundary = city["boundary"]
    return str(boundary["note"]) if boundary else "no streets are installed"


def _figure(name: str, figure: dict[str, Any], form: str) -> list[str]:
    value = figure["value"]
    return [f"{name}: {figure['why'] if value is None else format(value, form)}"]
