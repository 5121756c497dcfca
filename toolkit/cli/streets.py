"""`streets`: the street networks that are installed."""

from __future__ import annotations

import argparse
import sys

from toolkit.cli.common import BAD_DATA, OK, Commands, print_json, print_table


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    streets = commands.add_parser("streets", help="streets that are installed")
    actions = streets.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list installed city packs")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_streets_list)
    verify = actions.add_parser("verify", help="check installed city packs against their hashes")
    verify.add_argument("pack", nargs="?")
    verify.set_defaults(run=_streets_verify)


def _streets_list(options: argparse.Namespace) -> int:
    from toolkit.streets import list_packs

    packs = list_packs()
    if options.json:
        return print_json([p.model_dump(mode="json", by_alias=True) for p in packs])
    return print_table(
        "Installed streets",
        ("pack", "city", "km of street", "km2", "map data of", "licence"),
        [
            (
                p.id,
                p.name.en,
                f"{p.boundary.length_km:.1f}" if p.boundary.length_km is not None else "unknown",
                f"{p.boundary.area_km2:.2f}" if p.boundary.area_km2 is not None else "unknown",
                str(p.source.osm_timestamp or "not stated"),
                p.attribution,
            )
            for p in packs
        ],
    )


def _streets_verify(options: argparse.Namespace) -> int:
    from toolkit.streets import pack_names, verify_pack

    code = OK
    for name in [options.pack] if options.pack else pack_names():
        problems = verify_pack(name)
        for problem in problems or ["whole"]:
            sys.stdout.write(f"{name}: {problem}\n")
        code = BAD_DATA if problems else code
    return code
