"""Streets from an Overpass server, if the user allows it for this one call.

`fetched_file` says what is contacted, what is sent and who can see it before any name is looked
up. It requests the rectangles of a fixed grid one after another
(`toolkit.streets.readers.overpass.ask`), keeps each response as a small OpenStreetMap file so that
an interrupted fetch resumes where it stopped, and merges them into one file, which is imported
like any other: a fetched city equals an imported one.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import shapely
from shapely.geometry.base import BaseGeometry

from toolkit.base import egress, store
from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError, PermissionNotGivenError
from toolkit.base.terms import StepProgress, no_progress
from toolkit.streets.cities import City
from toolkit.streets.readers.extract import area_km2_of, disc
from toolkit.streets.readers.osm.background_tags import VALUES
from toolkit.streets.readers.osm.tags import PLACES
from toolkit.streets.readers.overpass.answers import RetryLaterError, merge, write_answers
from toolkit.streets.readers.overpass.ask import (
    PUBLIC_SERVER,
    Server,
    TagFilter,
    ask,
    host_of,
    proxy_of,
)

MAX_AREA_KM2: Final = 4000.0
"""Maximum area of all rectangles together: a disc of 25 km with its margins. For larger areas an
extract is a better source than a shared server."""
_STEPS_PER_DEGREE: Final = 100
_STEPS_PER_TILE: Final = 5
"""Rectangles end at hundredths of a degree and are cut every 0.05 degrees (5 km): the server learns
no finer outline, and the response for the densest city stays within bounds."""
_MARGIN_DEG: Final = 0.002
"""Margin around the area (200 m), so that streets that meet others at the boundary are complete."""
_EAST_DEG: Final = 180.0
_POLAR_DEG: Final = 84.0
"""Limit of UTM zones, and so of the metric CRS of packs."""
_NOT_ASKED: Final = frozenset({"coastline", "forest", "nature_reserve", "wood"})
"""Values of the background whose relations and lines may be as large as a country."""
_KEPT_S: Final = 7 * 24 * 3600
"""Responses older than a week are discarded, because the map has changed."""
_RULES: Final = 1
"""Part of the names of kept responses; increased when queries change."""
_KEPT_NAME: Final = re.compile(r"[0-9a-f]{64}\.osm\.pbf", re.ASCII)
_FOLDER: Final = "fetch"
_SCRATCH: Final = ".asking-"
_SECONDS_PER_MINUTE: Final = 60


@contextlib.contextmanager
def fetched_file(
    city: City,
    *,
    boundary: BaseGeometry | None = None,
    radius_m: float | None = None,
    allow_network: bool,
    announce: Callable[[str], None],
    server: Server = PUBLIC_SERVER,
    progress: StepProgress | None = None,
    resume_dir: Path | None = None,
) -> Iterator[Path]:
    """Fetch the map of an area as an OpenStreetMap file, deleted at the end of the block.

    Responses are kept as they arrive, so that an interrupted fetch resumes; call `forget_answers`
    once the pack is written. After a week they are requested again. The file has all that
    `read_osm` uses except administrative boundaries, which can be as large as the country.

    Parameters
    ----------
    city
        City, the centre of the disc if `radius_m` is given. Neither its name nor its id is sent.
    boundary
        Polygon in EPSG:4326. Only the grid rectangles that it touches are sent.
    radius_m
        Radius of a disc around the city's point, metres, in place of `boundary`.
    allow_network
        Whether the user allows this one call.
    announce
        Called with the text on what is contacted, sent and visible to whom, before any name is
        looked up.
    server
        Server and limits.
    progress
        Called at least every two seconds.
    resume_dir
        Folder of kept responses. By default one in the toolkit's cache.

    Yields
    ------
    path
        ``.osm.pbf`` file of the whole rectangles, not clipped to the area.

    Raises
    ------
    PermissionNotGivenError
        If `allow_network` is false, with the whole announcement; or in a process, such as the
        app, that may not reach beyond this machine.
    InputDataError
        If the area or the endpoint cannot be used, or the server does not respond properly.
    """
    area = _area(city, boundary, radius_m)
    tiles = _tiles(area)
    text = announcement(city, tiles, server)
    if not allow_network:
        msg = f"{text}\nNothing has been contacted. To allow this once, add --allow-network."
        raise PermissionNotGivenError(msg)
    announce(text)
    folder = resume_dir or store.cache_dir() / _FOLDER
    store.make_folder(folder)
    _discard(folder, older_than_s=_KEPT_S)
    asked = _Fetch(folder, server, len(tiles), progress or no_progress)
    with tempfile.TemporaryDirectory(
        prefix=_SCRATCH, dir=folder, ignore_cleanup_errors=True
    ) as name:
        scratch = Path(name)
        parts = [asked.part(number, tile, scratch) for number, tile in enumerate(tiles)]
        asked.tell("putting the answers together", None)
        whole = scratch / f"{host_of(server.endpoint).replace(':', '-')}.osm.pbf"
        _merge(parts, whole)
        yield whole


def forget_answers(resume_dir: Path | None = None) -> None:
    """Delete the kept responses of interrupted and finished fetches."""
    folder = resume_dir or store.cache_dir() / _FOLDER
    if folder.is_dir():
        _discard(folder, older_than_s=0)
        with contextlib.suppress(OSError):  # contains foreign files
            folder.rmdir()


# --- announcement ---------------------------------------------------------------------------


def announcement(city: City, tiles: Sequence[shapely.Polygon], server: Server) -> str:
    """Return the text shown before any name is looked up or any host contacted.

    Parameters
    ----------
    city
        The city.
    tiles
        Rectangles to be requested, in EPSG:4326.
    server
        The server.
    """
    host, name = host_of(server.endpoint), clean_text(city.name.en)
    area_km2 = sum(area_km2_of(tile) for tile in tiles)
    west, south, east, north = shapely.total_bounds(tiles)
    proxy = proxy_of(server.endpoint)
    lines = [
        f"This asks {host} for the map of {name} over the network.",
        (
            f"Contacted: {host}, and the name service of this machine, to find it. No other host: "
            "no place search, no other name service, no map pictures. If the server points "
            "elsewhere, that is not followed."
        ),
        (
            f"Sent: {len(tiles)} questions, each with the corners of a rectangle of at most 6 by "
            f"6 km (together {area_km2:,.0f} km2, latitude {south:.2f} to {north:.2f}, longitude "
            f"{west:.2f} to {east:.2f}), the kinds of map objects wanted, and the name of the "
            "program OSMnx."
        ),
        (
            f"Who can see it: those who run {host}, and whoever can demand it of them, learn "
            "which city is looked at, when, and from which internet address."
        ),
        (
            "Not sent: name, files, notes, ways, cameras, numbers, the name of this toolkit, "
            "cookies, a login."
        ),
        "Kept on this machine until the pack is written: the answers.",
        "Without any of this: import a country file that somebody else has fetched.",
    ]
    if egress.is_local(urlsplit(server.endpoint).hostname):
        on_the_way = f"{host} is this machine itself: nobody is on the way."
    else:
        on_the_way = (
            "Everyone on the way (the owner of the Wi-Fi, the provider, the state) sees that this "
            f"machine talks to {host}, when and how much. TLS hides what is said, not the name of "
            "the host; a company or school that opens TLS reads all of it."
        )
    lines.insert(4, on_the_way)
    if proxy:
        lines.insert(
            2,
            f"This machine is set to go through the proxy {proxy}: unless the settings make an "
            "exception, it is contacted instead, finds the host, and sees what everyone on the "
            "way sees.",
        )
    return "\n".join(lines)


# --- area and rectangles --------------------------------------------------------------------


def _area(city: City, boundary: BaseGeometry | None, radius_m: float | None) -> BaseGeometry:
    if (boundary is None) == (radius_m is None):
        msg = "Give either a boundary or a radius for the fetch."
        raise InputDataError(msg)
    if boundary is None:
        radius = float(radius_m or 0)
        if not 0 < radius < math.inf:
            msg = f"A radius of {radius_m} m cannot be fetched. Give metres above 0."
            raise InputDataError(msg)
        boundary = disc(city.lon, city.lat, radius)
    usable = boundary.geom_type in {"Polygon", "MultiPolygon"} and not boundary.is_empty
    west, south, east, north = shapely.bounds(boundary)
    if (
        not usable
        or not shapely.is_valid(boundary)
        or not (
            -_EAST_DEG <= west < east <= _EAST_DEG and -_POLAR_DEG <= south < north <= _POLAR_DEG
        )
    ):
        msg = "The boundary must be a valid polygon in degrees (longitude, latitude)."
        raise InputDataError(msg)
    return boundary


def _tiles(area: BaseGeometry) -> list[shapely.Polygon]:
    """Return the grid rectangles that an area touches, south-west first.

    Raises
    ------
    InputDataError
        If they exceed `MAX_AREA_KM2` together.
    """
    west, south, east, north = shapely.bounds(area)
    box_km2 = area_km2_of(shapely.box(west, south, east, north))
    tiles: list[shapely.Polygon] = []
    # A box of ten times the limit is refused before it would be cut into thousands of tiles.
    if box_km2 <= 10 * MAX_AREA_KM2:
        wide = shapely.buffer(area, _MARGIN_DEG)
        xs, ys = _cuts(west, east, 180), _cuts(south, north, 90)
        boxes = [
            shapely.box(x0, y0, x1, y1)
            for y0, y1 in itertools.pairwise(ys)
            for x0, x1 in itertools.pairwise(xs)
        ]
        tiles = [box for box in boxes if shapely.intersects(box, wide)]
        box_km2 = sum(area_km2_of(tile) for tile in tiles)
    if box_km2 > MAX_AREA_KM2:
        msg = (
            f"The area to fetch has {box_km2:,.0f} km2; at most {MAX_AREA_KM2:,.0f} are asked of "
            "a server that others share. Choose a smaller area, or import an extract."
        )
        raise InputDataError(msg)
    return tiles


def _cuts(low_deg: float, high_deg: float, max_deg: int) -> list[float]:
    most = max_deg * _STEPS_PER_DEGREE
    first = max(-most, math.floor((low_deg - _MARGIN_DEG) * _STEPS_PER_DEGREE))
    last = min(most, math.ceil((high_deg + _MARGIN_DEG) * _STEPS_PER_DEGREE))
    inner = [s for s in range(first + 1, last) if s % _STEPS_PER_TILE == 0]
    return [step / _STEPS_PER_DEGREE for step in (first, *inner, last)]


def _wanted() -> TagFilter:
    """Return the tags of all objects that `read_osm` uses."""
    values: dict[str, set[str]] = {"man_made": {"surveillance"}}
    for _, key, of_key in PLACES:
        values.setdefault(key, set()).update(of_key)
    for key, asked in VALUES.items():
        values.setdefault(key, set()).update(set(asked) - _NOT_ASKED)
    some: TagFilter = {key: sorted(values[key]) for key in sorted(values)}
    # All values of two keys: streets of every class with signals, and buildings of every kind.
    return {**some, "building": True, "highway": True}


def _kept_name(tile: shapely.Polygon, server: Server) -> str:
    """Return the file name of the kept response for a rectangle: a hash that reveals no place."""
    question = [_RULES, server.endpoint, _wanted(), list(shapely.bounds(tile))]
    return f"{store.sha256_bytes(store.canonical_json(question))}.osm.pbf"


# --- queries --------------------------------------------------------------------------------


@dataclass
class _Fetch:
    """Fetch in progress."""

    folder: Path
    server: Server
    total: int
    tell: StepProgress
    received: int = 0
    """Bytes received in this run."""
    questions: int = 0
    """Rectangles requested in this run."""

    def part(self, number: int, tile: shapely.Polygon, scratch: Path) -> Path:
        """Return the file of one rectangle, kept from an earlier run or requested now."""
        part = self.folder / _kept_name(tile, self.server)
        if part.is_file():
            return part

        def tell(sentence: str) -> None:
            shown = f"{host_of(self.server.endpoint)}, {number + 1} of {self.total}: {sentence}"
            self.tell(shown, number / self.total)

        if self.questions:
            _pause(self.server.between_s, tell, "going on")
        self.questions += 1
        attempt = 1
        while True:
            try:
                self._ask(tile, part, scratch, tell)
            except RetryLaterError as error:
                wait_s = self._wait_s(error, attempt)
                _pause(wait_s, tell, f"{error.reason}; asking again")
                attempt += 1
            else:
                return part

    def _ask(
        self, tile: shapely.Polygon, part: Path, scratch: Path, tell: Callable[[str], None]
    ) -> None:
        most = min(self.server.max_answer_bytes, self.server.max_bytes - self.received)
        with tempfile.TemporaryDirectory(dir=scratch, ignore_cleanup_errors=True) as name:
            folder = Path(name)
            answer, made = folder / "answer.json", folder / "part.osm.pbf"
            received = ask(tile, _wanted(), answer, server=self.server, max_bytes=most, tell=tell)
            tell("reading the answer")
            write_answers([answer], made)
            store.write_bytes(part, made.read_bytes())
        self.received += received

    def _wait_s(self, error: RetryLaterError, attempt: int) -> float:
        """Return the wait after a failed attempt (counted from 1), or raise to give up."""
        server = self.server
        own_s = min(server.first_pause_s * 2 ** (attempt - 1), server.max_pause_s)
        wait_s = own_s if error.wait_s is None else error.wait_s
        if attempt < server.tries and wait_s <= server.max_pause_s:
            return wait_s
        minutes = wait_s / _SECONDS_PER_MINUTE
        more = f"; it asks to wait {minutes:.0f} minutes" if error.wait_s else ""
        msg = (
            f"{host_of(server.endpoint)} gave no whole answer, asked {attempt} times "
            f"({error.reason}{more}). What had come whole before is kept: try again later."
        )
        raise InputDataError(msg) from error


def _pause(seconds: float, tell: Callable[[str], None], sentence: str) -> None:
    """Wait, reporting each second the reason and the seconds left."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        tell(f"{sentence} in {left:.0f} s")
        time.sleep(min(left, 1))


# --- on disk --------------------------------------------------------------------------------


def _discard(folder: Path, *, older_than_s: float) -> None:
    """Remove files that fetches left in a folder, and nothing else."""
    now = time.time()
    for path in folder.iterdir():
        old = now - path.stat().st_mtime >= older_than_s
        if old and path.is_dir() and path.name.startswith(_SCRATCH):
            shutil.rmtree(path, ignore_errors=True)
        elif old and (_KEPT_NAME.fullmatch(path.name) or _half_written(path)):
            path.unlink(missing_ok=True)


def _half_written(path: Path) -> bool:
    """Return whether a file was left by an interrupted `store.write_bytes`."""
    name = path.name
    return name.startswith(".") and _KEPT_NAME.fullmatch(name[1:].rpartition(".")[0]) is not None


def _merge(parts: Sequence[Path], whole: Path) -> None:
    try:
        merge(parts, whole)
    except RuntimeError as error:
        for part in parts:
            part.unlink(missing_ok=True)
        msg = "The kept answers were damaged and have been deleted. Fetch again."
        raise InputDataError(msg) from error
