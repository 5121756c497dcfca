"""What `same_answers.py` asks of both checkouts: commands, files for them, homes.

A case is one or more runs of ``python -m toolkit`` (or of `answers_of_checkout.py`) in a folder
of its own. Its answer is everything in that folder afterwards: output, exit codes, files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

AS_OF: Final = "2026-11-23"
DATED: Final = ("--as-of", AS_OF)
STREETS: Final = "helsinki-centre"
"""The city whose streets come with the toolkit."""

FIRST, MAIN, LAST = range(3)
"""When a case runs. The first one compiles the loops, which the others then find compiled; the
last ones use a home that BASE has made."""

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "count": ("--count", "300:600"),
        "set": ("--set", "optics.night=1"),
        "profile": ("--profile", "plate_gates"),
        "scope": ("--scope", "all"),
        "seed": ("--seed", "7"),
        "observed": ("--observed", "5:3", "--observed", "4:0:township"),
        "cautious": ("--assumptions", "cautious"),
    }
)
_NAMED_CITIES: Final = ("Moulmein", "ရန်ကုန်", STREETS)
_EXPORTS: Final = ("streets.geojson", "zones.geojson", "streets.parquet", "cells.parquet")
_EXTRACTS: Final = {
    "liechtenstein": "liechtenstein.osm.pbf",
    "north-bayreuth": "north-bayreuth.osm.gz",
    "bengaluru-central-drive": "bengaluru_central_drive.graphml",
}
"""Packs and the files they are imported from: three formats."""

_VADUZ: Final = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry":'
    ' {"type": "Polygon", "coordinates": [[[9.515, 47.135], [9.525, 47.135], [9.525, 47.145],'
    " [9.515, 47.145], [9.515, 47.135]]]}}]}\n"
)
"""A small part of Liechtenstein, to be quick and to cut streets at a boundary."""

_CAMERAS: Final = (
    "lat,lon,direction\n60.169,24.94,90\n60.169,24.94,\n60.1700,24.9420,200\n60.1675,24.9375,\n"
)
_NOTES: Final = (
    "lat,lon,kind,direction,width,height,operator,brand,seen_on,status,note\n"
    "60.1699,24.9384,fixed,90,60,4,police,Dahua,2026-10-01,present,at the corner\n"
    "60.1701,24.9390,dome,,,,,,2026-10-02,unsure,\n"
    "north,24.9390,dome,,,,,,2026-10-02,present,\n"
)
"""The last row cannot be used, so that the import says so and ends with code 1."""

_CLAIM: Final = (
    "--low", "400", "--unit", "cameras", "--wording", "about", "--kind", "stock",
    "--status", "installed", "--says", "About 400 stand.", "--publisher", "Some Outlet",
    "--title", "A report", "--source-date", "2025-05-02", "--said", "2025-05-02",
    "--valid", "2025-05", "--scope", "public", "--grade", "C3", "--reason", "One outlet.",
)  # fmt: skip
_PLAN: Final = (
    f'format = "camera-exposure.batch/1"\nas_of = {AS_OF}\ndraws = 20\n'
    'cities = ["helsinki-centre", "dawei"]\nassumptions = ["central", "mine"]\ntile_km = 0.9\n'
)


@dataclass(frozen=True)
class Step:
    """One run.

    Attributes
    ----------
    args
        Arguments of the command.
    code
        The exit code it should have; another one is reported even if it is the same on both sides.
    script
        Run `answers_of_checkout.py` with these arguments instead of the command.
    """

    args: tuple[str, ...]
    code: int = 0
    script: bool = False


@dataclass(frozen=True)
class Case:
    """Runs that belong together, in one folder.

    Attributes
    ----------
    name
        Path-like name, by which ``--only`` and the allow list find it.
    steps
        Run in this order.
    home
        Which home they use. Cases of one home run in order, except those of "plain".
    files
        What lies in the folder before the first run.
    phase
        When it runs.
    slow
        Takes more than ten seconds of a processor on each side.
    """

    name: str
    steps: tuple[Step, ...]
    home: str = "plain"
    files: Mapping[str, str] = field(default_factory=dict)
    phase: int = MAIN
    slow: bool = False


def step(*args: str, code: int = 0) -> Step:
    """Return a run of the command."""
    return Step(args, code)


def dated(*args: str) -> Step:
    """Return a run of a command that takes the date of the figures."""
    return Step((*args, *DATED))


def all_cases(cities: Sequence[str], extracts: Path | None) -> list[Case]:
    """Return every case, the longest first.

    Parameters
    ----------
    cities
        Ids of the cities that the toolkit knows.
    extracts
        Folder of the files of `_EXTRACTS`; without it the cases of extracts are left out.
    """
    return [
        *([] if extracts is None else _of_extracts(extracts)),
        *_of_a_home(),
        *_of_reports(cities),
        *_of_assessments(cities),
        *_of_exports(),
        *_of_other_commands(),
        Case("help", (Step(("help",), script=True),), slow=True),
        Case("python", (Step(("python", STREETS, AS_OF), script=True),)),
        Case("app", (Step(("app", AS_OF, *cities), script=True),), slow=True),
    ]


def absent_extracts(extracts: Path | None) -> list[str]:
    """Return the names of the files of extracts that are not there."""
    return [name for name in _EXTRACTS.values() if not (extracts and (extracts / name).is_file())]


def _of_extracts(extracts: Path) -> Iterator[Case]:
    for pack, name in _EXTRACTS.items():
        file = extracts / name
        if not file.is_file():
            continue
        small = ("--boundary", "vaduz.geojson") if pack == "liechtenstein" else ()
        count = ("--count", "100:200")
        yield Case(
            f"extract/{pack}/import",
            (
                # Quiet, because how often it says how far it is depends on the time it takes.
                step("--quiet", "streets", "import", str(file), *small),
                step("streets", "list", "--json"),
                step("streets", "verify", pack),
                step("streets", "export", pack, "--out", "pack.zip"),
            ),
            home=pack,
            files={"vaduz.geojson": _VADUZ} if small else {},
        )
        yield Case(
            f"extract/{pack}/assess",
            (dated("assess", pack, "--json", *count),),
            home=pack,
            slow=True,
        )
        yield Case(
            f"extract/{pack}/export",
            (dated("export", pack, *count, "--out", "all.gpkg"),),
            home=pack,
            slow=True,
        )


def _of_a_home() -> Iterator[Case]:
    """Yield cases that make a home, then some that use one which BASE has made."""
    yield Case(
        "home/make",
        (
            step("streets", "export", STREETS, "--out", "pack.zip"),
            step("streets", "import", "pack.zip"),
            step("evidence", "add", "Tavoy", *_CLAIM),
            step("evidence", "add", "dawei", "--walked-km", "20", "--seen", "1", "--date", AS_OF),
            step("cameras", "import", "notes.csv", "--city", STREETS, code=1),
            step("assumptions", "new", "mine", "--from", "cautious"),
        ),
        home="made",
        files={"notes.csv": _NOTES},
    )
    yield Case(
        "home/batch",
        (step("batch", "plan.toml", "--out", "run", "--processes", "1", "--json"),),
        home="made",
        files={"plan.toml": _PLAN},
        slow=True,
    )
    uses = (
        dated("assess", STREETS, "--json", "--assumptions", "mine"),
        dated("assess", "dawei", "--json"),
        step("evidence", "list", "dawei", "--json"),
        step("evidence", "check"),
        step("cameras", "list", STREETS),
        step("cameras", "export", STREETS, "--out", "notes.geojson"),
        step("streets", "verify"),
        step("assumptions", "check", "mine"),
        step("assumptions", "diff", "mine", "central", "--json"),
    )
    yield Case("home/use", uses, home="made", slow=True)
    yield Case("base-home/use", uses, home="of-base", phase=LAST, slow=True)
    yield Case(
        "base-home/batch",
        (step("batch", "plan.toml", "--out", "run", "--processes", "1", "--resume", "--json"),),
        home="of-base",
        files={"plan.toml": _PLAN},
        phase=LAST,
        slow=True,
    )


FULL = ("--lang", "en,my", "--detail", "full", "--format", "html")


def _of_reports(cities: Sequence[str]) -> Iterator[Case]:
    full = ("--lang", "en,my", "--detail", "full", "--format", "html", "--out", ".")
    yield Case(
        f"report/{STREETS}/sensitivity",
        (dated("report", STREETS, "--sensitivity", *full),),
        slow=True,
    )
    yield Case("report/all", (dated("report", *cities, *full),), slow=True)


def _of_assessments(cities: Sequence[str]) -> Iterator[Case]:
    for city in cities:
        for status in ("installed", "planned"):
            first = city == STREETS and status == "installed"
            yield Case(
                f"assess/{city}/{status}",
                (dated("assess", city, "--json", "--status", status),),
                phase=FIRST if first else MAIN,
                slow=first,
            )
    for name, options in OPTIONS.items():
        city = STREETS if name in ("set", "profile", "observed") else "yangon"
        yield Case(f"assess-with/{name}", (dated("assess", city, "--json", *options),))
    for city in _NAMED_CITIES:
        yield Case(f"assess-as-text/{city}", (dated("assess", city),))
    yield Case(
        "refused",
        (
            step("assess", "atlantis", code=1),
            step("assess", "dawei", "--set", "no.such_key=1", code=1),
            step("export", "dawei", "--out", "dawei.gpkg", code=1),
            step("assess", code=2),
        ),
    )


def _of_exports() -> Iterator[Case]:
    yield Case("export/all.gpkg", (dated("export", STREETS, "--out", "all.gpkg"),))
    for name in _EXPORTS:
        layer = name.partition(".")[0]
        yield Case(
            f"export/{name}",
            (dated("export", STREETS, "--out", name, "--layer", layer, "--json"),),
        )


def _of_other_commands() -> Iterator[Case]:
    yield Case("cities", (step("cities"), step("cities", "--json")))
    yield Case("doctor", (step("doctor", "--json"), step("--version")), home="empty")
    yield Case("sensitivity/dawei", (dated("sensitivity", "dawei", "--json"),), slow=True)
    yield Case("sensitivity/morris", (dated("sensitivity", "dawei", "--method", "morris"),))
    yield Case("compare/text", (dated("compare", "dawei@central", "dawei@cautious"),))
    yield Case(
        "compare/streets",
        (
            dated("compare", f"{STREETS}@central", f"{STREETS}@minimal:planned", "--json",
                  "--out", "difference.gpkg"),
        ),
    )  # fmt: skip
    for rules in ("amnesty-120m", "kamerafrei", "panopticity-middle"):
        yield Case(
            f"zones/{rules}",
            (
                dated("zones", "--cameras", "cameras.csv", "--assumptions", rules, "--city",
                      STREETS, "--out", "zones.geojson", "--json"),
            ),
            files={"cameras.csv": _CAMERAS},
        )  # fmt: skip
    yield Case(
        "optics",
        (
            step("optics"),
            step("optics", "--camera", "fixed_wide", "--json", "--out", "wide.svg"),
            step("optics", "--camera", "ptz", "--lang", "my", "--night", "--out", "ptz.svg"),
            step("optics", "--camera", "face", "--height-m", "4", "--focal-mm", "8", "--json"),
        ),
    )
    yield Case(
        "evidence",
        (
            step("evidence", "list", "yangon"),
            step("evidence", "list", "national", "--json"),
            step("evidence", "check"),
            step("evidence", "export", "claims.csv"),
        ),
    )
    yield Case(
        "assumptions",
        (
            step("assumptions", "list"),
            step("assumptions", "list", "--json"),
            step("assumptions", "show", "central"),
            step("assumptions", "show", "minimal", "--json"),
            step("assumptions", "show", "kamerafrei"),
            step("assumptions", "diff", "central", "cautious"),
        ),
    )
    yield Case(
        "siting/predict", (dated("siting", "predict", STREETS, "--out", "cells.geojson", "--json"),)
    )
    yield Case("cameras/check", (step("cameras", "check", "notes.csv", code=1),),
               files={"notes.csv": _NOTES})  # fmt: skip
