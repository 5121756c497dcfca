"""`assumptions`: list, show, compare, make and check sets of values or rules."""

from __future__ import annotations

import argparse
import dataclasses
from operator import attrgetter
from typing import Any

from toolkit.base.errors import InputDataError, UsageError
from toolkit.cli.common import (
    BAD_DATA,
    OK,
    Commands,
    print_json,
    print_lines,
    print_table,
    printable,
)


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = commands.add_parser("assumptions", help="sets of assumptions: see, compare, make")
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    listing = actions.add_parser("list", help="list the sets that have a name")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list)

    show = actions.add_parser("show", help="show every value of a set with its source")
    show.add_argument("set", metavar="SET", help="name, or a .toml file")
    show.add_argument("--json", action="store_true")
    show.set_defaults(run=_show)

    diff = actions.add_parser("diff", help="show where two sets differ")
    diff.add_argument("first", metavar="A")
    diff.add_argument("second", metavar="B")
    diff.add_argument("--json", action="store_true")
    diff.set_defaults(run=_diff)

    new = actions.add_parser("new", help="write a set of your own, to be edited")
    new.add_argument("name", metavar="NAME", help="small letters, digits and hyphens")
    new.add_argument("--from", metavar="SET", dest="base", default="central")
    new.set_defaults(run=_new)

    check = actions.add_parser("check", help="say everything that is wrong with a set")
    check.add_argument("file", metavar="FILE", help="a .toml file, or the name of a set")
    check.set_defaults(run=_check)


def _is_rules(name: str) -> bool:
    """Return whether a set is one of fixed rules."""
    from toolkit.assumptions.sets import find_set
    from toolkit.base import toml_files

    path = find_set(name)
    return toml_files.read_table(path, path.name).data.get("kind") == "deterministic"


def _list(options: argparse.Namespace) -> int:
    from toolkit.assumptions.sets import list_sets, load_assumptions
    from toolkit.fixed_rules.sets import load_rules

    rows = []
    for found in list_sets():
        load: Any = load_rules if found.kind == "deterministic" else load_assumptions
        try:
            sha256 = load(found.name).sha256
        except InputDataError:
            sha256 = None
        rows.append((found, sha256))
    if options.json:
        return print_json(
            [
                {name: getattr(found, name) for name in ("name", "kind", "title", "label", "own")}
                | {"sha256": sha256}
                for found, sha256 in rows
            ]
        )
    return print_table(
        "Assumption sets",
        ("name", "kind", "title", "label", "whose", "hash"),
        [
            (
                found.name,
                found.kind,
                found.title,
                found.label or "",
                "your own" if found.own else "built in",
                sha256[:12] if sha256 else "cannot be used: assumptions check says why",
            )
            for found, sha256 in rows
        ],
    )


def _show(options: argparse.Namespace) -> int:
    from toolkit.assumptions.files import shown

    if _is_rules(options.set):
        return _show_rules(options)
    from toolkit.assumptions.sets import load_assumptions

    found = load_assumptions(options.set)
    if options.json:
        return print_json(
            {
                "name": found.name,
                "kind": "probabilistic",
                "title": found.title,
                "label": found.label,
                "about": found.about,
                "from": found.extends,
                "sha256": found.sha256,
                "assumptions": [item.model_dump(mode="json") for item in found.items],
            }
        )
    _heading(found.title or found.name, found.about, found.label)
    print_table(
        f"{found.name} {found.sha256[:12]}",
        ("key", "value", "range", "unit", "drawn as", "layer", "source", "reason"),
        [
            (
                item.key,
                shown(item.value),
                f"{item.low:g} to {item.high:g}",
                *attrgetter("unit", "distribution", "layer", "source", "reason")(item),
            )
            for item in found.items
        ],
    )
    return OK


def _show_rules(options: argparse.Namespace) -> int:
    from toolkit.fixed_rules.sets import load_rules

    rules = load_rules(options.set)
    if options.json:
        data = rules.model_dump(mode="json", by_alias=True)
        return print_json(data | {"sha256": rules.sha256})
    _heading(rules.title, rules.about, None)
    rows = []
    for rule in rules.rules:
        ranges = [
            f"{zone.name} {rule.range_m(zone, rules.height.default_m, rules.height):.4g} m"
            for zone in rules.zones
        ]
        angle = f" of {2 * rule.half_angle_deg:.4g} degrees" if rule.half_angle_deg else ""
        rows.append(
            (
                ", ".join(rule.kinds or ("every kind",)),
                rule.direction,
                f"{rule.shape}{angle}",
                ", ".join(ranges) if rule.shape != "none" else "",
                rule.reason,
            )
        )
    height = rules.height
    print_table(
        f"{rules.name} {rules.sha256[:12]}",
        ("cameras", "direction", "shape", f"range at {height.default_m:g} m height", "reason"),
        rows,
    )
    blocked = rules.occlusion is not None
    print_lines(f"Buildings block views: {'yes' if blocked else 'no'}")
    print_lines(*(f"Different from the original: {text}" for text in rules.differs))
    print_lines(*(f"Source: {s.publisher}: {s.title} ({s.date})" for s in rules.sources))
    return OK


def _heading(title: str, about: str, label: str | None) -> None:
    from toolkit.language import notes

    warning = notes.text("minimal_set") if label is not None else ""
    print_lines(*filter(None, (title, about, warning)))


def _diff(options: argparse.Namespace) -> int:
    from toolkit.assumptions import files
    from toolkit.assumptions.sets import load_assumptions
    from toolkit.fixed_rules import sets

    names = (options.first, options.second)
    kinds = [_is_rules(name) for name in names]
    if kinds[0] != kinds[1]:
        ranges, rules = names if kinds[1] else names[::-1]
        msg = (
            f"{ranges!r} is a set of ranges and {rules!r} one of fixed rules: their values cannot "
            "be set side by side. Compare two of one kind."
        )
        raise UsageError(msg)
    if kinds[0]:
        one, other = (sets.load_rules(name) for name in names)
        hashes = (one.sha256, other.sha256)
        found = sets.differences(one, other)
    else:
        first, second = (load_assumptions(name) for name in names)
        hashes = (first.sha256, second.sha256)
        found = files.differences(first, second)
    if options.json:
        return print_json(
            {
                "sets": [
                    {"name": name, "sha256": sha256}
                    for name, sha256 in zip(names, hashes, strict=True)
                ],
                "differences": [dataclasses.asdict(difference) for difference in found],
            }
        )
    columns = [f"{name} {sha[:12]}" for name, sha in zip(names, hashes, strict=True)]
    rows = [(d.key, d.field, files.shown(d.first), files.shown(d.second)) for d in found]
    if not rows:
        print_lines(f"No difference: {columns[0]}")
        return OK
    return print_table("Differences", ("key", "field", *map(printable, columns)), rows)


def _new(options: argparse.Namespace) -> int:
    from toolkit.assumptions import files
    from toolkit.assumptions.sets import DEFAULT_SET, load_assumptions
    from toolkit.fixed_rules import sets

    if _is_rules(options.base):
        text = sets.to_toml(sets.load_rules(options.base), name=options.name)
    else:
        # A file that is named by its path cannot be extended by name.
        base = DEFAULT_SET if options.base.endswith(".toml") else options.base
        text = files.to_toml(load_assumptions(options.base), name=options.name, base=base)
    path = files.save_new(options.name, text)
    print_lines(str(path))
    return OK


def _check(options: argparse.Namespace) -> int:
    from toolkit.assumptions.sets import load_assumptions
    from toolkit.fixed_rules.sets import load_rules

    try:
        rules = _is_rules(options.file)
        found: Any = (load_rules if rules else load_assumptions)(options.file)
    except InputDataError as error:
        # The problems are the result here, so they go to stdout, one line for each.
        print_lines(*str(error).splitlines())
        return BAD_DATA
    print_lines(f"{found.name}: whole, {found.sha256}")
    return OK
