"""City packs: the streets of a city, and what stands beside them, as a folder of files.

A pack is a folder with one GeoParquet file per layer and ``manifest.json``, which names the SHA-256
of each. `toolkit.streets.schema` has the schema of the layers; ``docs/reference/city-packs.md``
explains it. A pack is read whole, checked against its manifest, and never changed in place: writing
builds a new folder beside the old one and puts it in its place by renaming.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import numpy as np
from pydantic import Field, StringConstraints, ValidationError

from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError, PackError
from toolkit.base.record import Record
from toolkit.base.terms import Boundary, Names
from toolkit.streets.schema import (
    JUNCTION_DEGREE,
    LAYERS,
    PackLayers,
    conform,
    from_parquet,
    to_parquet,
)

if TYPE_CHECKING:
    import geopandas as gpd
    from networkx import MultiDiGraph

SCHEMA: Final = "camera-exposure.pack/1"
_SCHEMA_PATTERN: Final = re.compile(r"camera-exposure\.pack/(\d{1,6})", re.ASCII)
WRITER: Final = "camera-exposure-toolkit packs 1"
"""Named in every manifest; raised when the same source gives other layers."""
ODBL: Final = "ODbL-1.0"
OSM_ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL"

MANIFEST_FILE: Final = "manifest.json"
FOLDER: Final = "packs"
"""Folder of the packs in the user's data and in the built-in ones."""
_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)
_MOST_MANIFEST_BYTES: Final = 1 << 20
_MOST_PART_BYTES: Final = 1 << 31


_Line = Annotated[str, StringConstraints(min_length=1, max_length=500)]
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Slug = Annotated[str, StringConstraints(pattern=rf"^{_ID.pattern}$")]


class Source(Record):
    """What a pack was made of."""

    name: _Line
    sha256: _Sha256
    osm_timestamp: (
        Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")] | None
    )
    """Time up to which the source has OpenStreetMap's edits, as far as it can be told."""
    origin: _Line
    """In words where the file came from."""


class Part(Record):
    """One file of a pack."""

    sha256: _Sha256
    rows: int = Field(ge=0)


class Manifest(Record):
    """What a pack is, where it came from, and the hash of each of its files."""

    schema_: Literal["camera-exposure.pack/1"] = Field(default=SCHEMA, alias="schema")
    id: _Slug
    name: Names
    city: _Slug | None
    """Id of the city whose streets these are; None for a pack that stands for itself."""
    demonstration: bool
    banner: Names | None
    """Sentence that stands on every map of this pack."""
    crs: Annotated[str, StringConstraints(pattern=r"^EPSG:\d{4,6}$")]
    """Metric system for distances in this city (UTM zone)."""
    boundary: Boundary
    source: Source
    licence: _Line
    attribution: _Line
    tool: _Line
    counts: dict[str, int | float]
    parts: dict[str, Part] = Field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the text of ``manifest.json``: the same bytes for the same content."""
        data = self.model_dump(mode="json", by_alias=True)
        return (json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


@dataclass(frozen=True)
class Pack:
    """An opened pack: its manifest, the hash of that, and its layers in EPSG:4326."""

    manifest: Manifest
    sha256: str
    """SHA-256 of the manifest's bytes, and so of everything in the pack."""
    streets: gpd.GeoDataFrame
    junctions: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    cameras: gpd.GeoDataFrame
    boundary: gpd.GeoDataFrame

    def to_osmnx(self, exposure: gpd.GeoDataFrame | None = None) -> MultiDiGraph:
        """Return the streets as a graph that OSMnx works on, exposure on its edges if given.

        Parameters
        ----------
        exposure
            The `streets` layer of an assessment of this pack, or some of its rows. Its columns
            ``{tier}_low``, ``{tier}_mid``, ``{tier}_high`` and ``{tier}_class`` become
            attributes of the edges.

        Returns
        -------
        graph
            A networkx MultiDiGraph in EPSG:4326. Nodes have the ids of the pack as keys, and
            ``x``, ``y`` and ``street_count``; those at which a street is cut off at the boundary
            have ids below zero. Edges have ``osmid``, ``street_id``, ``highway``, ``name``,
            ``oneway``, ``reversed``, ``length`` (metres) and ``geometry``; what is not known is
            left out. A street that is not one-way is there in both directions. Streets meet in a
            node only where the map says that they do, not where a bridge crosses a road.

        Raises
        ------
        InputDataError
            If `exposure` is not a layer of this pack's streets.

        Notes
        -----
        One-way is meant for vehicles: people on foot go both ways, which is what
        ``osmnx.convert.to_undirected`` gives. From a GraphML file OSMnx reads the exposure as
        text unless told otherwise: ``load_graphml(path, edge_dtypes={"seen_mid": float})``.

        Examples
        --------
        >>> import osmnx
        >>> from toolkit import open_pack
        >>> pack = open_pack("helsinki-centre")
        >>> graph = pack.to_osmnx()
        >>> nodes, edges = osmnx.graph_to_gdfs(graph)
        >>> osmnx.basic_stats(graph)["n"] == len(nodes)
        True

        With exposure, to find the way on which the lengths in view add up to the least:

        >>> from datetime import date
        >>> from toolkit import assess
        >>> city = assess("helsinki-centre", as_of=date(2026, 11, 23))  # doctest: +SKIP
        >>> graph = pack.to_osmnx(city.layers.streets)  # doctest: +SKIP
        >>> for _, _, edge in graph.edges(data=True):  # doctest: +SKIP
        ...     edge["in_view_m"] = edge["length"] * edge["seen_mid"]
        >>> osmnx.shortest_path(graph, start, end, weight="in_view_m")  # doctest: +SKIP
        """
        from toolkit.streets import osmnx_graph

        return osmnx_graph.graph_of(
            self.streets,
            self.junctions,
            exposure,
            pack_id=self.manifest.id,
            attribution=self.manifest.attribution,
        )


# --- writing --------------------------------------------------------------------------------


def write_pack(folder: Path, manifest: Manifest, layers: PackLayers) -> Manifest:
    """Write a pack into `folder`, in place of any pack that was there.

    The files are made in a folder beside it and put in place by renaming. A reader, or a run
    after an interruption, meets the old pack or the new one whole.

    Parameters
    ----------
    folder
        Folder of the pack; its name is the pack's id.
    manifest
        Everything but the parts.
    layers
        The layers; brought to the schema here.

    Returns
    -------
    manifest
        The manifest as written, with the hash of each part.

    Raises
    ------
    InputDataError
        If a layer does not follow the schema, or the folder has another name than the pack.
    """
    if folder.name != manifest.id:
        msg = f"A pack with id {manifest.id!r} belongs into a folder of that name, not {folder}."
        raise InputDataError(msg)
    frames = {layer: conform(layer, getattr(layers, layer)) for layer in LAYERS}
    files = {f"{layer}.parquet": to_parquet(layer, frame) for layer, frame in frames.items()}
    parts = {
        f"{layer}.parquet": Part(
            sha256=store.sha256_bytes(files[f"{layer}.parquet"]), rows=len(frame)
        )
        for layer, frame in frames.items()
    }
    whole = manifest.model_copy(update={"parts": parts})
    made = scratch_folder(folder)
    try:
        for name, data in files.items():
            store.write_bytes(made / name, data)
        store.write_bytes(made / MANIFEST_FILE, whole.to_bytes())
        put_in_place(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return whole


def put_in_place(made: Path, folder: Path) -> None:
    """Move the folder of a whole pack to its place, instead of any pack that is there."""
    made.chmod(0o755)
    if folder.exists():
        folder.rename(_replaced(folder))
    made.rename(folder)
    _settle(folder)


def scratch_folder(folder: Path) -> Path:
    """Return a new empty folder beside the place of a pack, left by nobody for long.

    What an interrupted run leaves under such a name is removed by the next write of the pack.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _settle(folder)
    return Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))


_REPLACED: Final = ".replaced"


def _replaced(folder: Path) -> Path:
    """Return the name under which the old pack lies while a new one is put in place."""
    return folder.with_name(f".{folder.name}{_REPLACED}")


def _is_replaced(folder: Path) -> bool:
    return folder.name.startswith(".") and folder.name.endswith(_REPLACED)


def _settle(folder: Path) -> None:
    """Clean up after writes, whole or interrupted: one pack remains, under its own name."""
    old = _replaced(folder)
    if old.exists():
        if folder.exists():
            shutil.rmtree(old)
        else:
            old.rename(folder)
    for left in folder.parent.glob(f".{folder.name}.new-*"):
        shutil.rmtree(left, ignore_errors=True)


# --- finding --------------------------------------------------------------------------------


def pack_names() -> tuple[str, ...]:
    """Return the ids of all installed packs, also of those that are damaged."""
    found = {
        path.name.removeprefix(".").removesuffix(_REPLACED) if _is_replaced(path) else path.name
        for root in (store.home_dir(), store.builtin_dir())
        for path in (root / FOLDER).glob("*")
        if path.is_dir()
    }
    return tuple(sorted(name for name in found if _ID.fullmatch(name)))


def list_packs() -> tuple[Manifest, ...]:
    """Return the manifests of all installed packs that can be read, sorted by id.

    Layers are not read. What is wrong with a pack that is missing here, `verify_pack` tells.
    """
    return tuple(_readable_manifests())


def find_pack_for(city_id: str) -> str | None:
    """Return the id of the installed pack of a city, or None."""
    return next((m.id for m in _readable_manifests() if m.city == city_id), None)


def _readable_manifests() -> Iterator[Manifest]:
    for name in pack_names():
        try:
            yield _read_manifest(pack_folder(name))[0]
        except PackError:
            continue


def pack_folder(name: str) -> Path:
    """Return the folder of an installed pack, a user's own before a built-in one.

    Raises
    ------
    NotFoundError
        If there is no pack of that name.
    """
    if not _ID.fullmatch(name):
        msg = f"{name[:80]!r} is not the id of a pack: ids have small letters, digits and hyphens."
        raise NotFoundError(msg)
    for root in (store.home_dir(), store.builtin_dir()):
        folder = root / FOLDER / name
        # A write that was stopped between two renames leaves the old pack under this name.
        for candidate in (folder, _replaced(folder)):
            if candidate.is_dir():
                return candidate
    known = ", ".join(pack_names()) or "none"
    msg = f"There is no city pack {name!r}. Installed: {known}."
    raise NotFoundError(msg)


# --- reading --------------------------------------------------------------------------------


def read_manifest(name: str) -> Manifest:
    """Return the manifest of an installed pack.

    Raises
    ------
    NotFoundError
        If there is no pack of that name.
    PackError
        If its manifest cannot be used.
    """
    return _read_manifest(pack_folder(name))[0]


def pack_sha256(name: str) -> str:
    """Return the hash that identifies an installed pack, without opening its layers.

    Raises
    ------
    NotFoundError
        If there is no pack of that name.
    PackError
        If its manifest cannot be used.
    """
    return _read_manifest(pack_folder(name))[1]


def open_pack(name: str) -> Pack:
    """Open an installed pack, a user's own before a built-in one, and check every part of it.

    Parameters
    ----------
    name
        Id of the pack.

    Raises
    ------
    NotFoundError
        If there is no such pack.
    PackError
        If it is damaged, foreign or of a newer version. Nothing is changed on disk.
    """
    folder = pack_folder(name)
    manifest, digest = _read_manifest(folder)
    layers = {layer: _read_part(folder, layer, manifest) for layer in LAYERS}
    return Pack(manifest=manifest, sha256=digest, **layers)


def verify_pack(name: str) -> list[str]:
    """Return everything that is wrong with an installed pack, one sentence each.

    Beyond what `open_pack` checks, the layers are compared with each other and with the
    manifest's figures.

    Raises
    ------
    NotFoundError
        If there is no such pack.
    """
    return folder_problems(pack_folder(name))


def folder_problems(folder: Path) -> list[str]:
    """Return everything that is wrong with the pack in a folder, one sentence each."""
    name = folder.name
    try:
        manifest, _ = _read_manifest(folder)
    except PackError as error:
        return [str(error)]
    problems = []
    frames = {}
    for layer in LAYERS:
        try:
            frames[layer] = _read_part(folder, layer, manifest)
        except PackError as error:
            problems.append(str(error))
    extra = sorted({p.name for p in folder.iterdir()} - {*manifest.parts, MANIFEST_FILE})
    if extra:
        problems.append(f"Pack {name!r} has files that its manifest does not name: {extra}.")
    if len(frames) == len(LAYERS):
        problems += _disagreements(manifest, frames)
    return problems


_LENGTH_TOLERANCE_KM: Final = 0.001


def _disagreements(manifest: Manifest, frames: dict[str, gpd.GeoDataFrame]) -> list[str]:
    problems = []
    streets, junctions = frames["streets"], frames["junctions"]
    length_km = float(streets["length_m"].sum()) / 1000
    stated = {
        "the boundary's length_km": manifest.boundary.length_km,
        "counts.street_km": manifest.counts.get("street_km"),
    }
    problems += [
        f"Streets add up to {length_km:.3f} km, but {what} is {value}."
        for what, value in stated.items()
        if value is None or abs(value - length_km) > _LENGTH_TOLERANCE_KM
    ]
    figures = {
        "streets": len(streets),
        "buildings": len(frames["buildings"]),
        "places": len(frames["places"]),
        "cameras": frames["cameras"]["osm_id"].nunique(),
        "junctions": int((junctions["degree"] >= JUNCTION_DEGREE).sum()),
    }
    problems += [
        f"The pack has {number} {what}, but counts.{what} is {manifest.counts.get(what)}."
        for what, number in figures.items()
        if manifest.counts.get(what) != number
    ]
    ends = np.concatenate([streets["u"].to_numpy(), streets["v"].to_numpy()])
    lost = np.setdiff1d(ends, junctions["node_id"].to_numpy())
    if len(lost):
        problems.append(f"{len(lost)} street ends are not among the junctions, first {lost[0]}.")
    if not len(streets):
        problems.append("The pack has no streets.")
    return problems


def _damaged(folder: Path, what: str) -> PackError:
    msg = f"City pack {folder.name!r} is damaged: {what}. Install or import it again."
    return PackError(msg)


def _read_file(path: Path, most_bytes: int) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise _damaged(path.parent, f"{path.name} is missing or not a plain file")
    if path.stat().st_size > most_bytes:
        raise _damaged(path.parent, f"{path.name} is larger than any such file can be")
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path.parent, f"{path.name} cannot be read ({error.strerror})") from error


def _read_manifest(folder: Path) -> tuple[Manifest, str]:
    data = _read_file(folder / MANIFEST_FILE, _MOST_MANIFEST_BYTES)
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _damaged(folder, f"{MANIFEST_FILE} is not whole JSON") from error
    schema = content.get("schema") if isinstance(content, dict) else None
    version = _SCHEMA_PATTERN.fullmatch(schema) if isinstance(schema, str) else None
    if not version:
        msg = f"{folder.name!r} is not a city pack of this toolkit: its manifest says no schema."
        raise PackError(msg)
    if schema != SCHEMA:
        msg = (
            f"City pack {folder.name!r} has format {version[1]}, this toolkit reads format 1. "
            "Use a newer version of the toolkit."
        )
        raise PackError(msg)
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part)[:40] for part in first["loc"])
        raise _damaged(folder, f"{MANIFEST_FILE}, {where}: {first['msg']}") from error
    expected = {f"{layer}.parquet" for layer in LAYERS}
    if set(manifest.parts) != expected:
        raise _damaged(folder, f"{MANIFEST_FILE} does not name the parts {sorted(expected)}")
    if folder.name not in {manifest.id, _replaced(folder.with_name(manifest.id)).name}:
        raise _damaged(folder, f"{MANIFEST_FILE} belongs to the pack {manifest.id!r}")
    return manifest, store.sha256_bytes(data)


def _read_part(folder: Path, layer: str, manifest: Manifest) -> gpd.GeoDataFrame:
    """Read one layer from the very bytes that were hashed."""
    name = f"{layer}.parquet"
    part = manifest.parts[name]
    data = _read_file(folder / name, _MOST_PART_BYTES)
    if store.sha256_bytes(data) != part.sha256:
        raise _damaged(folder, f"{name} is not the file that its manifest names")
    try:
        return from_parquet(layer, data, rows=part.rows)
    except PackError as error:
        raise _damaged(folder, str(error)) from error
