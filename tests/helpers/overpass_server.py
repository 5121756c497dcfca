"""An Overpass server for tests: on this machine, from an extract, with faults on demand.

It speaks the part of the Overpass protocol that osmnx uses: ``POST`` or ``GET`` of
``/api/interpreter`` with ``data=...`` in the query language, JSON back; and ``/api/status``.
Of the language it knows the questions of osmnx's features and nothing else.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import socket
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import osmium
import shapely

HOST = "127.0.0.1"
_STATEMENT = re.compile(
    r"\((node|way|relation)\['([a-z_]+)'(?:='([a-z_]+)')?\]\(poly:'([-0-9. ]+)'\);\(\._;>;\);\);"
)
_QUERY = re.compile(r"\[out:json\]\[timeout:(\d+)\];\((.*)\);out;", re.DOTALL)


@dataclass
class Extract:
    """The objects of an OpenStreetMap file."""

    nodes: dict[int, Any] = field(default_factory=dict)
    ways: dict[int, Any] = field(default_factory=dict)
    relations: dict[int, Any] = field(default_factory=dict)
    shapes: dict[tuple[str, int], shapely.Geometry] = field(default_factory=dict)
    by_key: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    @staticmethod
    def read(path: Path) -> Extract:
        found = Extract()
        for item in osmium.FileProcessor(str(path)):
            number, kind = item.id, {"n": "node", "w": "way", "r": "relation"}[item.type_str()]
            element: dict[str, Any] = {"type": kind, "id": number}
            if item.tags:
                element["tags"] = {tag.k: tag.v for tag in item.tags}
            for key in element.get("tags", ()):
                found.by_key[kind, key].append(number)
            if item.is_node():
                element |= {"lat": item.lat, "lon": item.lon}
                found.nodes[number] = element
            elif item.is_way():
                element["nodes"] = [node.ref for node in item.nodes]
                found.ways[number] = element
            else:
                kinds = {"n": "node", "w": "way", "r": "relation"}
                element["members"] = [
                    {"type": kinds[m.type], "ref": m.ref, "role": m.role} for m in item.members
                ]
                found.relations[number] = element
        return found

    def shape(self, kind: str, number: int) -> shapely.Geometry:
        known = self.shapes.get((kind, number))
        if known is None:
            known = self.shapes[kind, number] = self._shape(kind, number)
        return known

    def _shape(self, kind: str, number: int) -> shapely.Geometry:
        if kind == "node":
            node = self.nodes.get(number)
            return shapely.Point(node["lon"], node["lat"]) if node else shapely.Point()
        if kind == "way":
            way = self.ways.get(number)
            points = [self.nodes[r] for r in (way or {}).get("nodes", ()) if r in self.nodes]
            if len(points) == 1:
                return shapely.Point(points[0]["lon"], points[0]["lat"])
            return shapely.LineString([(p["lon"], p["lat"]) for p in points])
        members = self.relations[number]["members"]
        parts = [self.shape(m["type"], m["ref"]) for m in members if m["type"] != "relation"]
        return shapely.GeometryCollection(parts)

    def answer(self, query: str) -> dict[str, Any]:
        """Answer a question; raise ValueError if it is none of osmnx's."""
        whole = _QUERY.fullmatch(query)
        statements = list(_STATEMENT.finditer(whole[2])) if whole else []
        if not whole or "".join(s[0] for s in statements) != whole[2]:
            raise ValueError(query[:200])
        found: dict[str, set[int]] = {"node": set(), "way": set(), "relation": set()}
        for kind, key, value, corners in (s.groups() for s in statements):
            numbers = [float(c) for c in corners.split()]
            area = shapely.Polygon(list(zip(numbers[1::2], numbers[::2], strict=True)))
            shapely.prepare(area)
            store = {"node": self.nodes, "way": self.ways, "relation": self.relations}[kind]
            found[kind] |= {
                number
                for number in self.by_key[kind, key]
                if value is None or store[number]["tags"][key] == value
                if area.intersects(self.shape(kind, number))
            }
        for number in found["relation"]:
            for member in self.relations[number]["members"]:
                if member["type"] != "relation":
                    found[member["type"]].add(member["ref"])
        for number in found["way"] & self.ways.keys():
            found["node"] |= set(self.ways[number]["nodes"])
        elements = [
            store[number]
            for kind, store in (
                ("node", self.nodes), ("way", self.ways), ("relation", self.relations),
            )
            for number in sorted(found[kind] & store.keys())
        ]  # fmt: skip
        return {
            "version": 0.6,
            "generator": "Overpass API for tests",
            "osm3s": {"timestamp_osm_base": "2026-11-01T10:20:30Z", "copyright": "ODbL"},
            "elements": elements,
        }


@dataclass(frozen=True)
class Asked:
    """One request that came in."""

    method: str
    path: str
    headers: dict[str, str]
    query: str


class Server:
    """A running server. `faults` are used up one by one by questions, in their order."""

    def __init__(self, extract: Extract) -> None:
        self.extract = extract
        self.asked: list[Asked] = []
        self.faults: deque[str] = deque()
        self.always: str | None = None
        self.stop = threading.Event()
        handler = type("Handler", (_Handler,), {"overpass": self})
        self.http = ThreadingHTTPServer((HOST, 0), handler)
        self.http.daemon_threads = True
        self.port = self.http.server_address[1]
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}/api"

    @property
    def questions(self) -> list[str]:
        return [a.query for a in self.asked if a.path.endswith("/api/interpreter")]

    def close(self) -> None:
        self.stop.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@contextlib.contextmanager
def serving(path: Path) -> Iterator[Server]:
    server = Server(Extract.read(path))
    try:
        yield server
    finally:
        server.close()


class _Handler(BaseHTTPRequestHandler):
    overpass: Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        form = parse_qs(self.rfile.read(length).decode())
        self._serve(form.get("data", [""])[0])

    def do_GET(self) -> None:
        self._serve(parse_qs(urlsplit(self.path).query).get("data", [""])[0])

    def _serve(self, query: str) -> None:
        server = self.overpass
        path = urlsplit(self.path).path
        server.asked.append(Asked(self.command, path, dict(self.headers), query))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if path.endswith("/api/status"):
                body = b"Connected as: 1\nCurrent time: now\nRate limit: 2\n\n2 slots available"
                self._send(200, body, "text/plain")
            elif not path.endswith("/api/interpreter"):
                self._send(404, b"no", "text/plain")
            else:
                self._answer(query)

    def _answer(self, query: str) -> None:
        server = self.overpass
        fault = server.faults.popleft() if server.faults else server.always
        if fault:
            getattr(self, f"_fault_{fault}")(query)
            return
        try:
            self._send(200, self._body(query))
        except ValueError as error:
            self._send(400, f"<p>parse error: {error}</p>".encode(), "text/html")

    def _body(self, query: str) -> bytes:
        return json.dumps(self.overpass.extract.answer(query), indent=1).encode()

    def _send(
        self, status: int, body: bytes, kind: str = "application/json", **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    # --- faults ---------------------------------------------------------------------------

    def _fault_none(self, query: str) -> None:
        self._send(200, self._body(query))

    def _fault_429(self, _query: str) -> None:
        self._send(429, b"<html>rate_limited</html>", "text/html")

    def _fault_429_soon(self, _query: str) -> None:
        self._send(429, b"", "text/html", Retry_After="0")

    def _fault_429_late(self, _query: str) -> None:
        self._send(429, b"", "text/html", Retry_After="7200")

    def _fault_429_never(self, _query: str) -> None:
        self._send(429, b"", "text/html", Retry_After="9" * 400)

    def _fault_429_odd(self, _query: str) -> None:
        self._send(429, b"", "text/html", Retry_After="whenever you like")

    def _fault_504(self, _query: str) -> None:
        self._send(504, b"<html>The server is probably too busy</html>", "text/html")

    def _fault_400(self, _query: str) -> None:
        self._send(400, b"<html>parse error</html>", "text/html")

    def _fault_cut(self, query: str) -> None:
        body = self._body(query)
        self._send(200, body[: len(body) // 2], Content_Length=str(len(body)))
        self.connection.shutdown(socket.SHUT_RDWR)

    def _fault_hang_up(self, _query: str) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def _fault_truncated(self, query: str) -> None:
        body = self._body(query)
        self._send(200, body[: len(body) // 2])

    def _fault_remark(self, query: str) -> None:
        content = self.overpass.extract.answer(query)
        content["elements"] = content["elements"][:3]
        content["remark"] = "runtime error: Query timed out after {0} \x1b[31mseconds."
        self._send(200, json.dumps(content).encode())

    def _fault_html(self, _query: str) -> None:
        self._send(200, b"<html>Please log in to this hotel</html>", "text/html; charset=utf-8")

    def _fault_octets(self, query: str) -> None:
        self._send(200, self._body(query), "application/octet-stream")

    def _fault_redirect(self, _query: str) -> None:
        self._send(302, b"", Location=f"http://{HOST}:{self.overpass.port}/elsewhere")

    def _fault_redirect_away(self, _query: str) -> None:
        self._send(307, b"", Location="https://overpass.example.org/api/interpreter")

    def _fault_foreign(self, _query: str) -> None:
        self._send(200, b'{"cities": []}')

    def _fault_hostile(self, _query: str) -> None:
        element = {"type": "node", "id": 1, "lat": 1e999, "lon": 0}
        self._send(200, json.dumps({"elements": [element]}).encode())

    def _fault_gzip(self, query: str) -> None:
        self._send(200, gzip.compress(self._body(query)), Content_Encoding="gzip")

    def _fault_bomb(self, _query: str) -> None:
        body = gzip.compress(b" " * 30_000_000, compresslevel=1)
        self._send(200, body, Content_Encoding="gzip")

    def _fault_endless(self, _query: str) -> None:
        self._begin()
        while not self.overpass.stop.is_set():
            self.wfile.write(b" " * (1 << 16))

    def _fault_slow_body(self, _query: str) -> None:
        self._begin()
        while not self.overpass.stop.wait(0.01):
            self.wfile.write(b" ")

    def _fault_slow_head(self, _query: str) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Padding: ")
        while not self.overpass.stop.wait(0.01):
            self.wfile.write(b"x")

    def _fault_silent(self, _query: str) -> None:
        self.overpass.stop.wait(30)

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
