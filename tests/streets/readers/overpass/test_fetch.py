from __future__ import annotations

import ast
import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import shapely
from overpass_server import HOST, Server, serving
from overpass_town import CITY, LAT, LON, STEP, assert_same_city, fetch, fetched, kept, quick

from toolkit.base import egress, store
from toolkit.base.errors import InputDataError, PermissionNotGivenError
from toolkit.streets.readers.overpass import ask
from toolkit.streets.readers.overpass.fetch import _KEPT_NAME, _wanted, forget_answers

PACKAGE = Path(ask.__file__).resolve().parents[3]


# --- the same city --------------------------------------------------------------------------


def test_a_fetched_town_equals_the_extract_it_came_from(server: Server, town_file: Path) -> None:
    got = fetch(server)
    assert_same_city(got, town_file)
    assert len(server.questions) == 4
    layers = got.layers
    assert layers.buildings["osm_id"].tolist() == ["relation/7", "way/100"]
    assert layers.cameras["operator"].tolist() == ["ထား & co"]
    assert sorted(layers.places["kind"]) == ["gate", "police", "school"]
    assert layers.junctions["signals"].sum() == 1
    assert got.counts["missing_node_refs"] == 1
    assert got.counts["cameras_other_dropped"] == 1
    assert got.counts["signals"] == 1
    assert got.osm_timestamp == "2026-11-01T10:20:30Z"


def test_a_polygon_with_a_hole_and_parts(server: Server, town_file: Path) -> None:
    def box(column: float, row: float, size: float) -> shapely.Polygon:
        west, south = LON + column * STEP, LAT + row * STEP
        return shapely.box(west, south, west + size * STEP, south + size * STEP)

    ring = shapely.difference(box(1.5, 1.5, 7), box(3.3, 3.3, 2.2))
    boundary = shapely.union_all([ring, box(9.4, 9.4, 1.3)])
    got = fetch(server, radius_m=None, boundary=boundary)
    assert got.layers.boundary.geometry.iloc[0].equals(boundary)
    assert_same_city(got, town_file)


def test_a_real_town_equals_its_extract() -> None:
    named = os.environ.get("CAMERA_TOOLKIT_TEST_DATA")
    data = Path(named) if named else PACKAGE.parents[1] / "shared" / "data"
    path = data / "streets" / "north-bayreuth.osm.gz"
    if not path.is_file():
        pytest.skip("there is no folder of test data (CAMERA_TOOLKIT_TEST_DATA can name one)")
    city = CITY.model_copy(update={"lat": 49.99, "lon": 11.551})
    with serving(path) as server:
        got = fetched(
            city,
            radius_m=1500,
            allow_network=True,
            announce=lambda _text: None,
            server=quick(server),
        )
        assert len(server.questions) == 4
    assert_same_city(got, path)
    assert len(got.layers.streets) > 300
    assert len(got.layers.buildings) > 30


def test_the_same_data_give_the_same_file(server: Server) -> None:
    first, second = fetch(server), fetch(server, resume_dir=store.cache_dir() / "other")
    assert first.sha256 == second.sha256


def test_places_with_nothing_mapped_are_no_street(server: Server) -> None:
    with pytest.raises(InputDataError, match="has no streets inside the boundary"):
        fetch(server, radius_m=None, boundary=shapely.box(10, 10, 10.01, 10.01))


# --- permission and announcement ------------------------------------------------------------


def test_without_permission_nothing_is_contacted(server: Server) -> None:
    told: list[str] = []
    with pytest.raises(PermissionNotGivenError) as caught:
        fetch(server, allow_network=False, announce=told.append)
    assert told == []
    assert server.asked == []
    assert kept() == []
    text = str(caught.value)
    assert "Nothing has been contacted." in text
    assert "--allow-network" in text
    assert f"{HOST}:{server.port}" in text


def test_a_public_server_is_announced_with_all_who_can_see(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def text() -> str:
        with pytest.raises(PermissionNotGivenError) as caught:
            fetched(CITY, radius_m=5000, allow_network=False, announce=print)
        return str(caught.value)

    plain = text()
    for part in (
        "asks overpass-api.de for the map of Invented",
        "Contacted: overpass-api.de, and the name service",
        "No other host",
        "latitude 16.00 to 16.10",
        "longitude 96.00 to 96.11",
        "which city is looked at, when, and from which internet address",
        "TLS hides what is said, not the name of the host",
        "Not sent: ",
    ):
        assert part in plain
    assert "proxy" not in plain
    monkeypatch.setenv("https_proxy", "http://user:word@proxy.example.org:8080/")
    assert "through the proxy proxy.example.org:8080" in text()
    assert "word" not in text()


def test_the_announcement_comes_before_anything_is_contacted(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = []
    real = socket.socket.connect

    def connect(*arguments: Any) -> Any:
        order.append("connect")
        return real(*arguments)

    monkeypatch.setattr(socket.socket, "connect", connect)
    fetch(server, announce=lambda text: order.append(text.split()[0]))
    assert order == ["This", *["connect"] * 4]


def test_a_process_that_may_reach_only_itself_says_where_to_fetch() -> None:
    """The app's guard stops the fetch before the host is looked up."""
    code = (
        "from toolkit.base import egress\n"
        "from toolkit.streets.cities import load_cities\n"
        "from toolkit.streets.readers.overpass import fetch\n"
        "egress.forbid_connections()\n"
        "try: fetch.fetched_file(load_cities()[0], radius_m=500, allow_network=True,\n"
        "  announce=lambda text: None,\n"
        "  server=fetch.Server(endpoint='https://overpass.invalid/api')).__enter__()\n"
        "except PermissionError as error: print(type(error).__name__, error)\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert ended.stdout.startswith("PermissionNotGivenError This process may not"), ended.stderr
    assert "streets fetch" in ended.stdout


# --- what is sent ---------------------------------------------------------------------------


def test_questions_are_rectangles_of_the_grid(server: Server) -> None:
    """Sent is neither the outline nor the middle: all corners are hundredths of a degree."""
    fetch(server)
    import re

    for question in server.questions:
        corners = {tuple(c.split()) for c in re.findall(r"poly:'([^']*)'", question)}
        assert len(corners) == 1
        numbers = [float(c) for c in corners.pop()]
        assert len(numbers) == 10
        assert all(abs(n * 100 - round(n * 100)) < 1e-6 for n in numbers)
        lat, lon = numbers[::2], numbers[1::2]
        assert max(lat) - min(lat) <= 0.05 + 1e-9
        assert max(lon) - min(lon) <= 0.05 + 1e-9


def test_everything_that_makes_a_place_is_asked_for() -> None:
    from toolkit.streets.readers.osm import background_tags, tags

    wanted = _wanted()
    other = {"highway", "building", "man_made", *background_tags.WAY_KEYS}
    assert set(wanted) == {*tags.PLACE_KEYS, *other}
    assert wanted["highway"] is wanted["building"] is True
    for key, values in wanted.items():
        if key not in {"highway", "building", "man_made"}:
            named = [{key: value, "name": "A"} for value in values]
            assert all(tags.place_kind(one) or background_tags.feature_of(one) for one in named)
    assert "police" in wanted["amenity"]
    assert wanted["man_made"] == ["surveillance"]
    assert "suburb" in wanted["place"]
    # Relations as large as a country are not asked of a server that others share.
    assert "wood" not in wanted["natural"]


@pytest.mark.parametrize(
    "area",
    [
        {},
        {"radius_m": 500, "boundary": shapely.box(96, 16, 96.1, 16.1)},
        {"radius_m": 0},
        {"radius_m": -5},
        {"radius_m": float("nan")},
        {"radius_m": float("inf")},
        {"radius_m": 2e7},
        {"radius_m": 40_000},
        {"boundary": shapely.box(0, 0, 90, 80)},
        {"boundary": shapely.box(95, 16, 97, 18)},
        {"boundary": shapely.Polygon()},
        {"boundary": shapely.Point(96, 16)},
        {"boundary": shapely.box(179, 16, 181, 16.1)},
        {"boundary": shapely.box(16, 96, 16.1, 96.1)},
        {"boundary": shapely.box(430_000, 1_770_000, 431_000, 1_771_000)},
        {"boundary": shapely.Polygon([(96, 16), (96.1, 16.1), (96.1, 16), (96, 16.1)])},
    ],
)
def test_areas_that_are_refused_before_anything_is_asked(
    server: Server, area: dict[str, Any]
) -> None:
    with pytest.raises(InputDataError, match=r"boundary|radius|area to fetch"):
        fetch(server, **({"radius_m": None} | area))
    assert server.asked == []


# --- faults ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "faults",
    [
        ["429", "504"],
        ["504", "504"],
        ["429_soon", "429_odd"],
        ["cut", "truncated"],
        ["hang_up", "remark"],
    ],
)
def test_what_passes_is_asked_again(server: Server, town_file: Path, faults: list[str]) -> None:
    server.faults.extend(faults)
    told: list[str] = []
    got = fetch(server, progress=lambda text, _share: told.append(text))
    assert_same_city(got, town_file)
    assert len(server.questions) == 6
    assert server.questions[0] == server.questions[1] == server.questions[2]
    if faults != ["429_soon", "429_odd"]:
        assert sum("asking again" in text for text in told) >= 2


@pytest.mark.parametrize(
    ("fault", "limits", "says", "questions"),
    [
        ("429", {}, "asked 3 times.*busy, status 429", 3),
        ("429_late", {}, "asked 1 times.*asks to wait 120 minutes", 1),
        ("429_never", {}, "asked 1 times.*asks to wait 360 minutes", 1),
        ("504", {}, "asked 3 times.*busy, status 504", 3),
        ("cut", {}, "asked 3 times.*connection was cut", 3),
        ("hang_up", {}, "asked 3 times.*cannot be reached", 3),
        ("truncated", {}, "asked 3 times.*breaks off", 3),
        ("remark", {}, "asked 3 times.*could not finish: runtime error", 3),
        ("silent", {"silence_s": 1, "tries": 1}, "cannot be reached", 1),
        ("slow_head", {"answer_s": 3}, "still sending after", 1),
        ("slow_body", {"answer_s": 3}, "still sending after", 1),
        ("endless", {"max_answer_bytes": 1_000_000}, "sends more than 1 MB", 1),
        ("endless", {"max_bytes": 1_000_000}, "sends more than 1 MB", 1),
        ("bomb", {"max_answer_bytes": 1_000_000}, "sends more than 1 MB", 1),
        ("html", {}, "answered with text/html instead of map data", 1),
        ("octets", {}, "answered with application/octet-stream", 1),
        ("redirect", {}, "points to another address", 1),
        ("redirect_away", {}, "points to another address", 1),
        ("400", {}, "refused with status 400", 1),
        ("foreign", {}, "not with OpenStreetMap data", 1),
        ("hostile", {}, "not with OpenStreetMap data.*no place on the earth", 1),
    ],
)
def test_each_fault_ends_in_one_sentence(
    server: Server, fault: str, limits: dict[str, Any], says: str, questions: int
) -> None:
    server.faults.append("none")
    server.always = fault
    with pytest.raises(InputDataError, match=says) as caught:
        fetch(server, **limits)
    text = str(caught.value)
    assert "\n" not in text
    assert text.isprintable()
    assert len(server.questions) == 1 + questions
    assert {a.path for a in server.asked} == {"/api/interpreter"}
    assert len(kept()) == 1  # the first rectangle, whole, and nothing half
    assert not (store.home_dir() / "packs").exists()


def test_nobody_answers() -> None:
    with contextlib.closing(socket.create_server((HOST, 0))) as taken:
        port = taken.getsockname()[1]
    gone = ask.Server(
        endpoint=f"http://{HOST}:{port}/api", tries=2, first_pause_s=0.01, between_s=0
    )
    with pytest.raises(InputDataError, match=r"asked 2 times.*cannot be reached"):
        fetched(CITY, radius_m=500, allow_network=True, announce=lambda _text: None, server=gone)


def test_packed_answers_are_understood(server: Server, town_file: Path) -> None:
    server.always = "gzip"
    assert_same_city(fetch(server), town_file)


def test_longer_waits_are_told(server: Server) -> None:
    told: list[tuple[str, float | None]] = []
    server.faults.append("slow_body")
    with pytest.raises(InputDataError):
        fetch(server, answer_s=1.2, progress=lambda text, share: told.append((text, share)))
    assert told[0] == (f"{HOST}:{server.port}, 1 of 4: asking", 0.0)
    assert any("MB after" in text for text, _ in told)


# --- going on -------------------------------------------------------------------------------


def test_an_interrupted_fetch_asks_only_for_what_is_missing(
    server: Server, town_file: Path
) -> None:
    server.faults.extend(["none", "none", "html"])
    with pytest.raises(InputDataError):
        fetch(server)
    assert len(server.questions) == 3
    assert len(kept()) == 2
    got = fetch(server)
    assert len(server.questions) == 5
    assert len(set(server.questions)) == 4
    assert_same_city(got, town_file)
    fetch(server)
    assert len(server.questions) == 5
    forget_answers()
    assert kept() == []
    forget_answers()


def test_a_break_by_the_user_keeps_what_is_whole(server: Server) -> None:
    def stop(text: str, _share: float | None) -> None:
        if "2 of 4" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server, progress=stop)
    assert len(kept()) == 1
    fetch(server)
    assert len(server.questions) == 4


def test_names_of_kept_answers_say_no_place_and_depend_on_the_server(server: Server) -> None:
    fetch(server)
    names = kept()
    assert len(names) == 4
    assert all(_KEPT_NAME.fullmatch(name) for name in names)
    with pytest.raises(InputDataError):
        fetch(server, endpoint=f"http://{HOST}:{server.port}/other", tries=1)


def test_old_answers_are_asked_for_again_and_foreign_files_stay(server: Server) -> None:
    fetch(server)
    folder = store.cache_dir() / "fetch"
    old = time.time() - 8 * 24 * 3600
    os.utime(folder / kept()[0], (old, old))
    (folder / ".asking-left").mkdir()
    (folder / ".asking-left" / "answer-0.json").write_text("{")
    os.utime(folder / ".asking-left", (old, old))
    half = folder / f".{kept()[-1]}.abcd"
    half.write_bytes(b"x")
    os.utime(half, (old, old))
    (folder / "mine.txt").write_text("x")
    fetch(server)
    assert len(server.questions) == 5
    assert len(kept()) == 5
    forget_answers()
    assert kept() == ["mine.txt"]


def test_damaged_answers_are_deleted_and_asked_for_again(server: Server) -> None:
    fetch(server)
    folder = store.cache_dir() / "fetch"
    (folder / kept()[1]).write_bytes(b"\0" * 100)
    with pytest.raises(InputDataError, match="damaged and have been deleted"):
        fetch(server)
    assert kept() == []
    fetch(server)
    assert len(server.questions) == 8


# --- nobody else ----------------------------------------------------------------------------

_NETWORK = frozenset({
    "aiohttp", "asyncio", "distributed", "ftplib", "http", "httpx", "imaplib", "poplib", "requests",
    "smtplib", "socket", "socketserver", "ssl", "telnetlib", "tornado", "urllib", "urllib3",
    "websocket", "websockets", "xmlrpc",
})  # fmt: skip
_HARMLESS = frozenset({"urllib.parse"})
_ALLOWED = {
    "base/egress.py": {"socket"},  # the guard itself: looks up the one host that the user named
    "studies/batch/dask_pool.py": {"distributed"},  # the scheduler that the user named
    "streets/readers/overpass/ask.py": {"requests", "urllib.request", "urllib3"},
    "app/serve.py": {"socket"},  # looks for a free port of this machine
    "app/connections.py": {"asyncio"},  # types of the server's own connections
}
_DOWNLOADS = ("graph_from_", "features_from_", "geocode", "add_node_elevations_google")


def _imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _names(tree: ast.Module) -> set[str]:
    names = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    return names | {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}


def test_no_other_module_can_ask_another_machine() -> None:
    networked, downloads, askers = {}, {}, set()
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        where = path.relative_to(PACKAGE).as_posix()
        used = {
            name
            for name in _imports(tree)
            if name.partition(".")[0] in _NETWORK
            and not any(name == h or name.startswith(f"{h}.") for h in _HARMLESS)
        }
        allowed = _ALLOWED.get(where, set())
        networked[where] = {u for u in used if not any(u.startswith(a) for a in allowed)}
        downloads[where] = {
            name
            for name in _names(tree)
            if name.startswith(_DOWNLOADS) and not name.endswith("_from_xml")
        }
        if "toolkit.streets.readers.overpass.ask" in _imports(tree):
            askers.add(where)
    assert {k: v for k, v in networked.items() if v} == {}
    assert {k: v for k, v in downloads.items() if v} == {}
    assert askers == {"streets/readers/overpass/fetch.py"}


def test_the_departure_is_listed() -> None:
    listed = {d.id: d for d in egress.DEPARTURES}
    assert "Overpass" in listed["streets-fetch"].where
    assert "--allow-network" in listed["streets-fetch"].state
