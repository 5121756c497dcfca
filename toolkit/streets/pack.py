"""City packs: the streets, buildings, places and mapped cameras of a city as a folder of files.

A pack is a folder with one GeoParquet file per layer and ``manifest.json``, which records the
SHA-256 of each. `toolkit.streets.schema` defines the layers; ``docs/reference/city-packs.md``
explains them. A pack is read whole, checked against its manifest, and never changed in place:
writing builds a new folder next to the old one and swaps the two by renaming.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from toolkit.base import collector, store
from toolkit.base.errors import InputDataError, NotFoundError, PackError
from toolkit.base.lru_cache import LruCache
from toolkit.streets import folder_swap, pack_checks
from toolkit.streets.manifest import ID, SCHEMA, Manifest, Part
from toolkit.streets.schema import (
    LAYERS,
    OPTIONAL,
    VERSION,
    PackLayers,
    conform,
    from_parquet,
    to_parquet,
)

if TYPE_CHECKING:
    import geopandas as gpd
    from networkx import MultiDiGraph

_VERSIONS: Final = {"camera-exposure.pack/1": 1, SCHEMA: VERSION}
"""Number of each schema that is read; what is written is `SCHEMA`."""
_SCHEMA_PATTERN: Final = re.compile(r"camera-exposure\.pack/(\d{1,6})", re.ASCII)
MANIFEST_FILE: Final = "manifest.json"
FOLDER: Final = "packs"
"""Folder of the packs in the user's data and in the built-in ones."""
_MAX_MANIFEST_BYTES: Final = 1 << 20
_MAX_PART_BYTES: Final = 1 << 31


@dataclass(frozen=True)
class Pack:
    """Opened pack: its manifest, the hash of the manifest, and its layers in EPSG:4326."""

    manifest: Manifest
    sha256: str
    """SHA-256 of the manifest, which covers every file of the pack."""
    streets: gpd.GeoDataFrame
    junctions: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    cameras: gpd.GeoDataFrame
    boundary: gpd.GeoDataFrame
    background: gpd.GeoDataFrame | None = None
    """What the map shows below the streets; None in a pack without it."""

    def to_osmnx(self, exposure: gpd.GeoDataFrame | None = None) -> MultiDiGraph:
        """Return the streets as an OSMnx graph, with exposure on its edges if given.

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
            have negative ids. Edges have ``osmid``, ``street_id``, ``highway``, ``name``,
            ``oneway``, ``reversed``, ``length`` (metres) and ``geometry``; unknown attributes are
            left out. A two-way street has an edge in each direction. Streets share a node only
            where they are mapped as meeting, not where a bridge crosses a road.

        Raises
        ------
        InputDataError
            If `exposure` is not a layer of this pack's streets.

        Notes
        -----
        ``oneway`` is that of cars; for people on foot use ``osmnx.convert.to_undirected``. From a
        GraphML file OSMnx reads exposure as text unless given
        ``load_graphml(path, edge_dtypes={"seen_mid": float})``.

        Examples
        --------
        >>> from toolkit import open_pack
        >>> pack = open_pack("helsinki-centre")
        >>> graph = pack.to_osmnx()
        >>> graph.graph["crs"], len(graph) == len(pack.junctions)
        ('epsg:4326', True)
        >>> nodes, edges = osmnx.graph_to_gdfs(graph)  # doctest: +SKIP

        With exposure, to find the route with the shortest expected length in view:

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


packs: Final[LruCache[Pack]] = LruCache(2)
"""Packs that are open, by their hash."""


# --- writing --------------------------------------------------------------------------------


def write_pack(folder: Path, manifest: Manifest, layers: PackLayers) -> Manifest:
    """Write a pack to `folder`, replacing any pack there.

    Whatever schema the manifest says, the pack is written in the newest one, `SCHEMA`. The files
    are written to a scratch folder, which is then renamed: readers, also after an
    interruption, find the whole old pack or the whole new one.

    Parameters
    ----------
    folder
        Folder of the pack; its name is the pack's id.
    manifest
        Manifest without parts.
    layers
        Layers; conformed to the schema here.

    Returns
    -------
    manifest
        Manifest as written, with the hash of each part.

    Raises
    ------
    InputDataError
        If a layer violates the schema, the folder is not named after the pack, or another holds
        the lock of the user's packs for longer than a minute.
    """
    if folder.name != manifest.id:
        msg = f"A pack with id {manifest.id!r} belongs into a folder of that name, not {folder}."
        raise InputDataError(msg)
    given = {layer: getattr(layers, layer) for layer in (*LAYERS, *OPTIONAL)}
    frames = {layer: conform(layer, f) for layer, f in given.items() if f is not None}
    files = {f"{layer}.parquet": to_parquet(layer, frame) for layer, frame in frames.items()}
    parts = {
        f"{layer}.parquet": Part(
            sha256=store.sha256_bytes(files[f"{layer}.parquet"]), rows=len(frame)
        )
        for layer, frame in frames.items()
    }
    whole = manifest.model_copy(update={"parts": parts, "schema_": SCHEMA})
    with _alone(folder):
        made = folder_swap.scratch_folder(folder)
        try:
            for name, data in files.items():
                store.write_bytes(made / name, data)
            store.write_bytes(made / MANIFEST_FILE, whole.to_bytes())
            folder_swap.put_in_place(made, folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return whole


def _alone(folder: Path) -> contextlib.AbstractContextManager[None]:
    """Lock the user's packs if this is one; any other folder is the caller's own."""
    own = folder.parent == store.home_dir() / FOLDER
    return store.one_writer(FOLDER) if own else contextlib.nullcontext()


def not_written(name: str, error: OSError) -> InputDataError:
    """Return the error for a pack that could not be written or put in place."""
    there = (store.home_dir() / FOLDER / name).exists()
    kept = "The pack that was there is unchanged." if there else "Nothing was installed."
    msg = f"The pack {name!r} could not be written ({error.strerror}). {kept} Make room."
    return InputDataError(msg)


# --- finding --------------------------------------------------------------------------------


def pack_names() -> tuple[str, ...]:
    """Return the ids of all installed packs, including damaged ones."""
    found = {
        folder_swap.plain_name(path)
        for root in (store.home_dir(), store.builtin_dir())
        for path in (root / FOLDER).glob("*")
        if path.is_dir()
    }
    return tuple(sorted(name for name in found if ID.fullmatch(name)))


def list_packs() -> tuple[Manifest, ...]:
    """Return the readable manifests of all installed packs, sorted by id.

    Layers are not read. Use `verify_pack` to find out why a pack is missing.
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
    """Return the folder of an installed pack; a user's own takes precedence over a built-in one.

    Raises
    ------
    NotFoundError
        If there is no pack of that name.
    InputDataError
        If it is the name of a device.
    """
    if not ID.fullmatch(name):
        msg = f"{name[:80]!r} is not the id of a pack: ids have small letters, digits and hyphens."
        raise NotFoundError(msg)
    store.checked_name(name)
    for root in (store.home_dir(), store.builtin_dir()):
        folder = root / FOLDER / name
        # A write interrupted between its two renames leaves the old pack at the second path.
        for candidate in (folder, folder_swap.replaced_path(folder)):
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
    """Return the hash that identifies an installed pack, without reading its layers.

    Raises
    ------
    NotFoundError
        If there is no pack of that name.
    PackError
        If its manifest cannot be used.
    """
    return _read_manifest(pack_folder(name))[1]


def open_pack(name: str) -> Pack:
    """Open an installed pack and check every part; a user's own takes precedence.

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

    Examples
    --------
    >>> pack = open_pack("helsinki-centre")
    >>> pack.manifest.crs, len(pack.streets) == pack.manifest.counts["streets"]
    ('EPSG:32635', True)
    """
    return open_folder(pack_folder(name))


def open_once(name: str, sha256: str) -> Pack:
    """Open the installed pack of a hash, see `pack_sha256`; the last two are kept.

    Raises
    ------
    NotFoundError, PackError
        As `open_pack`; also if the installed pack has another hash by now.
    """

    def opened() -> Pack:
        pack = open_pack(name)
        if pack.sha256 != sha256:
            msg = f"City pack {name!r} was replaced while it was read. Try again."
            raise PackError(msg)
        return pack

    return packs.get(sha256, opened)


@collector.paused()
def open_folder(folder: Path) -> Pack:
    """Open the pack in a folder; as `open_pack`."""
    manifest, digest = _read_manifest(folder)
    layers = {layer: _read_part(folder, layer, manifest) for layer in _layers_of(manifest)}
    wrong = pack_checks.wrong_crs(manifest, layers["boundary"])
    if wrong:
        raise _damaged(folder, wrong[0].rstrip("."))
    return Pack(manifest=manifest, sha256=digest, **layers)


def verify_pack(name: str) -> list[str]:
    """Return all problems of an installed pack, one sentence each.

    In addition to the checks of `open_pack`, layers are compared with one another and with the
    counts of the manifest. A hash shows damage, not who made a pack.

    Raises
    ------
    NotFoundError
        If there is no such pack.
    """
    return folder_problems(pack_folder(name))


def folder_problems(folder: Path) -> list[str]:
    """Return all problems of the pack in a folder, one sentence each."""
    name = folder.name
    try:
        manifest, _ = _read_manifest(folder)
    except PackError as error:
        return [str(error)]
    problems = []
    frames = {}
    layers = _layers_of(manifest)
    for layer in layers:
        try:
            frames[layer] = _read_part(folder, layer, manifest)
        except PackError as error:
            problems.append(str(error))
    extra = sorted({p.name for p in folder.iterdir()} - {*manifest.parts, MANIFEST_FILE})
    if extra:
        problems.append(f"Pack {name!r} has files that its manifest does not name: {extra}.")
    if len(frames) == len(layers):
        problems += pack_checks.disagreements(manifest, frames)
    return problems


def _damaged(folder: Path, what: str) -> PackError:
    msg = f"City pack {folder.name!r} is damaged: {what}. Install or import it again."
    return PackError(msg)


def _read_file(path: Path, max_bytes: int) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise _damaged(path.parent, f"{path.name} is missing or not a plain file")
    if path.stat().st_size > max_bytes:
        raise _damaged(path.parent, f"{path.name} is larger than any such file can be")
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path.parent, f"{path.name} cannot be read ({error.strerror})") from error


def _read_manifest(folder: Path) -> tuple[Manifest, str]:
    data = _read_file(folder / MANIFEST_FILE, _MAX_MANIFEST_BYTES)
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _damaged(folder, f"{MANIFEST_FILE} is not whole JSON") from error
    schema = content.get("schema") if isinstance(content, dict) else None
    version = _SCHEMA_PATTERN.fullmatch(schema) if isinstance(schema, str) else None
    if not version:
        msg = f"{folder.name!r} is not a city pack of this toolkit: its manifest says no schema."
        raise PackError(msg)
    if schema not in _VERSIONS:
        msg = (
            f"City pack {folder.name!r} has format {version[1]}, this toolkit reads formats 1 to "
            f"{VERSION}. Use a newer version of the toolkit."
        )
        raise PackError(msg)
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part)[:40] for part in first["loc"])
        raise _damaged(folder, f"{MANIFEST_FILE}, {where}: {first['msg']}") from error
    expected, possible = ({f"{layer}.parquet" for layer in some} for some in (LAYERS, OPTIONAL))
    if set(manifest.parts) - possible != expected:
        raise _damaged(folder, f"{MANIFEST_FILE} does not name the parts {sorted(expected)}")
    if folder_swap.plain_name(folder) != manifest.id:
        raise _damaged(folder, f"{MANIFEST_FILE} belongs to the pack {manifest.id!r}")
    return manifest, store.sha256_bytes(data)


def _layers_of(manifest: Manifest) -> list[str]:
    """Return the layers that a pack has: all of `LAYERS`, and those of `OPTIONAL` it names."""
    return [*LAYERS, *(layer for layer in OPTIONAL if f"{layer}.parquet" in manifest.parts)]


def _read_part(folder: Path, layer: str, manifest: Manifest) -> gpd.GeoDataFrame:
    """Read one layer from the same bytes that were hashed."""
    name = f"{layer}.parquet"
    part = manifest.parts[name]
    data = _read_file(folder / name, _MAX_PART_BYTES)
    if store.sha256_bytes(data) != part.sha256:
        raise _damaged(folder, f"{name} is not the file that its manifest names")
    try:
        return from_parquet(layer, data, rows=part.rows, version=_VERSIONS[manifest.schema_])
    except PackError as error:
        raise _damaged(folder, str(error)) from error
