"""Write docs/generated/assumptions.md: the values of the central set, and how other sets differ.

Run it after a change of an assumption set: ``python scripts/write_assumptions_doc.py``. With
``--check`` nothing is written, and the exit code is 1 if the file would change. Only data that
come with the toolkit are read.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from toolkit.assumptions.files import differences, shown  # noqa: E402
from toolkit.assumptions.sets import AssumptionSet, list_sets, load_assumptions  # noqa: E402
from toolkit.base import store  # noqa: E402
from toolkit.base.escape import plain  # noqa: E402
from toolkit.fixed_rules.sets import load_rules  # noqa: E402

DOCUMENT = ROOT / "docs" / "generated" / "assumptions.md"
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#])")
_STAGES = {
    "count": "Number of cameras",
    "installed_prob": "Whether what is announced has been installed",
    "sites": "Where cameras stand",
    "optics": "What a camera can do",
    "threshold": "What counts as seen, recognised, matched, read",
    "switch": "Whether face matching and plate reading are in use",
    "city": "Cities whose streets are not installed, and figures of a city",
    "observation": "Counts made in the street",
    "report": "Reports",
}

_INTRO = """\
# Assumptions

Written by `scripts/write_assumptions_doc.py`; do not edit. Formulas:
[method](../method/method.md) and [counts](../method/counts.md). Sets that reproduce how others
model: [how others model](../method/other-models.md).

Everything that is not known stands in an assumption set, a TOML file, and nowhere in the code. Each
value has:

- `key`: its name, such as `optics.height_m`; the part before the dot is the stage.
- `value`: the definition, the top of a triangle, or the median of a normal or lognormal.
- `low`, `high`: the ends of the range; for `normal` and `lognormal` the 5 and 95 % points. `--set`
  and the sliders of the app stay inside.
- `unit`: shares and probabilities lie between 0 and 1.
- `distribution`: `fixed`, `uniform`, `loguniform`, `triangular`, `normal` or `lognormal`. Drawn
  values need low below high, and the value of a (log)normal must be the middle of its range (on the
  log scale).
- `layer`: `ignorance`, drawn once per city; `encounter`, new at each passing; `definition`, what a
  word means, never drawn but compared side by side.
- `source`, `reason`: where it comes from and why it is so; "judgement" where nothing better is
  known.

One SHA-256 over all values in force, printed in every output, names what an answer rests on; names,
comments and order do not change it.

## Make your own

    camera-exposure assumptions list
    camera-exposure assumptions show central
    camera-exposure assumptions diff central cautious
    camera-exposure assumptions new my-city --from central
    camera-exposure assumptions check my-city
    camera-exposure assess dawei --assumptions my-city
    camera-exposure assess dawei --set optics.availability=1

`new` writes a file among your own data (`assumptions/` in your data folder) with
every value; it never overwrites one. Change what you want to change, with source and reason. Tables
that you delete are taken from the set that `from` names; a set may extend one that extends another.
Layer and unit of a key are the model's: a file that gives others is refused, as is one that lacks a
key the model takes and extends nothing. `check` says everything that is wrong, with the line of
each table.

Two things are refused in any set because the model rests on them: thresholds must rise from seen
over recognised to face, and lenses must hang above heads, faces and plates.

A value changed with `--set`, or moved in the app, is fixed where it is put; all others keep their
draws, so that two answers differ by that value alone. The app exports what was changed as such a
file.
"""


def _cell(value: object) -> str:
    """Return text for a cell of a Markdown table."""
    return _MARKDOWN.sub(r"\\\1", " ".join(plain(value).split()))


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return [*lines, ""]


def _values(central: AssumptionSet) -> list[str]:
    """Return the tables of the central set, one for each stage."""
    lines = ["## The central set", "", f"SHA-256 `{central.sha256}`.", ""]
    for stage in dict.fromkeys(item.stage for item in central.items):
        lines += [f"### {_STAGES.get(stage, stage)}", ""]
        lines += _table(
            ("key", "value", "range", "unit", "drawn as", "layer", "reason", "source"),
            [
                (
                    item.key,
                    shown(item.value),
                    f"{item.low:g} to {item.high:g}" if item.low < item.high else "",
                    item.unit,
                    item.distribution,
                    item.layer,
                    item.reason,
                    item.source,
                )
                for item in central.items
                if item.stage == stage
            ],
        )
    return lines


def _other(central: AssumptionSet, other: AssumptionSet) -> list[str]:
    """Return the section of a set that extends the central one."""
    changed = [d.key for d in differences(central, other) if d.field == "value"]
    lines = [f"## `{other.name}`", "", f"{_cell(other.title)}. {_cell(other.about)}", ""]
    if other.label is not None:
        lines += ["Never a default; every output that rests on it says so.", ""]
    lines += [f"SHA-256 `{other.sha256}`. Values that differ from the central set:", ""]
    rows = [
        (
            key,
            shown(central.value(key)),
            shown(other.value(key)),
            other[key].unit,
            other[key].reason,
        )
        for key in changed
    ]
    return lines + _table(("key", "central", other.name, "unit", "reason"), rows)


def document() -> str:
    """Return the whole document."""
    central = load_assumptions()
    lines = [_INTRO, *_values(central)]
    sets = list_sets()
    for found in sets:
        if found.kind == "probabilistic" and found.name != central.name:
            lines += _other(central, load_assumptions(found.name))
    lines += ["## Sets of fixed rules", ""]
    rules = [load_rules(found.name) for found in sets if found.kind == "deterministic"]
    lines += _table(("set", "title", "SHA-256"), [(r.name, r.title, r.sha256[:12]) for r in rules])
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if it would change")
    options = parser.parse_args(arguments)
    before = os.environ.get(store.HOME_VARIABLE)
    with tempfile.TemporaryDirectory() as empty:
        os.environ[store.HOME_VARIABLE] = empty
        try:
            text = document()
        finally:
            if before is None:
                del os.environ[store.HOME_VARIABLE]
            else:
                os.environ[store.HOME_VARIABLE] = before
    if DOCUMENT.is_file() and DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    if options.check:
        print(f"{DOCUMENT.name} is not up to date: python scripts/write_assumptions_doc.py")
        return 1
    store.write_text(DOCUMENT, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
