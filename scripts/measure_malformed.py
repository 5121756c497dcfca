"""Read every malformed file of the tests, and write what became of it into a table.

    python scripts/measure_malformed.py

Each file is read as the process does that reads foreign files; seconds are those of the processor,
and memory is what was added to that of the idle reader. Linux only.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from toolkit.base import store

ROOT: Final = Path(__file__).resolve().parent.parent
DOC: Final = ROOT / "docs" / "generated" / "malformed.md"
HELPERS: Final = ROOT / "tests" / "helpers"
KINDS: Final = {
    "osm": "OpenStreetMap XML", "pbf": "OpenStreetMap PBF", "packed": "packed files",
    "graphml": "GraphML", "gpkg": "GeoPackage", "geojson": "GeoJSON", "parquet": "GeoParquet",
    "shapefile": "shapefile", "name": "names, links, devices",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What became of the files of one kind."""

    kind: str
    outcomes: Counter[str]
    """Number by outcome: error, import, traceback, died."""
    worst_s: float
    worst_mb: float
    slowest: str


def read_all(folder: Path) -> Iterator[dict[str, Any]]:
    """Make the files in a folder and read each; a reader that dies is started again."""
    sys.path.insert(0, str(HELPERS))
    malformed = importlib.import_module("malformed")
    environment = {
        **os.environ, store.HOME_VARIABLE: str(folder / "home"), "PYTHONPATH": str(ROOT),
        "MALLOC_ARENA_MAX": "2",
    }  # fmt: skip
    waiting = malformed.cases(folder / "files")
    while waiting:
        lines = "".join(json.dumps({"name": c.name, "target": c.target}) + "\n" for c in waiting)
        done = subprocess.run(
            [sys.executable, str(HELPERS / "import_worker.py"), "0"],
            input=lines, capture_output=True, text=True, env=environment, check=False,
        )  # fmt: skip
        found = [json.loads(line) for line in done.stdout.splitlines()]
        yield from found
        waiting = waiting[len(found) :]
        if waiting:
            yield {"name": waiting.pop(0).name, "kind": "died", "seconds": 0.0, "peak_mb": 0.0}


def rows_of(found: Iterable[dict[str, Any]]) -> list[Row]:
    """Return a row for each kind of file, in the order of `KINDS`."""
    by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        by_kind[one["name"].partition(":")[0].partition(" ")[0]].append(one)
    rows = []
    for kind, title in KINDS.items():
        group = by_kind.pop(kind, [])
        if group:
            slowest = max(group, key=lambda one: one["seconds"])
            rows.append(
                Row(
                    title,
                    Counter(one["kind"] for one in group),
                    slowest["seconds"],
                    max(one["peak_mb"] for one in group),
                    slowest["name"].rpartition("/")[2].rpartition(":")[2].strip(),
                )
            )
    if by_kind:
        msg = f"kinds without a title: {sorted(by_kind)}"
        raise ValueError(msg)
    return rows


def document(rows: list[Row]) -> str:
    """Return the table as a document."""
    lines = [
        "# Malformed files",
        "",
        "Written by `python scripts/measure_malformed.py`. Each file is refused in a sentence, or",
        "imported with what is wrong in it counted; none may end the reader.",
        "",
        "| kind | files | refused | imported | ended the reader | worst s | worst MB | slowest |",
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        ended = row.outcomes["died"] + row.outcomes["traceback"]
        lines.append(
            f"| {row.kind} | {row.outcomes.total()} | {row.outcomes['error']} | "
            f"{row.outcomes['import']} | {ended} | {row.worst_s:.2f} | {row.worst_mb:.0f} | "
            f"{row.slowest} |"
        )
    total = sum((row.outcomes for row in rows), Counter[str]())
    lines.append(
        f"| all | {total.total()} | {total['error']} | {total['import']} | "
        f"{total['died'] + total['traceback']} | {max(row.worst_s for row in rows):.2f} | "
        f"{max(row.worst_mb for row in rows):.0f} | |"
    )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Read all files and write the document."""
    with tempfile.TemporaryDirectory() as folder:
        store.write_text(DOC, document(rows_of(read_all(Path(folder)))))
    print(DOC.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
