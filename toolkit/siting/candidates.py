"""Candidate groups: the places where cameras of a reported system may be.

A group is a junction or a stretch of street of about 20 m, and holds at most one site.
`toolkit.siting.inclusion` gives the probability that a group holds a site.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from toolkit.base import store
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.errors import InputDataError
from toolkit.siting.features import features_at, with_named_places
from toolkit.siting.named_places import NamedPlace
from toolkit.siting.surroundings import StreetLayers
from toolkit.streets import street_points

ROAD_CLASSES = ("main", "middle", "local", "foot")
_CORNER_RAD = np.pi / 4


@dataclass(frozen=True)
class SitingModel:
    """Geometry of candidate sites, read from ``geodata/siting/``.

    Attributes
    ----------
    sha256
        Hash of the file, which is the same for all cities.
    named_places
        Places of the city that reports name, see `toolkit.siting.named_places`.
    """

    road_class_of: dict[str, int]
    kerb_offset_m: tuple[float, ...]
    lane_width_m: float
    junction_offset_m: float
    junction_merge_m: float
    mapped_site_m: float
    indoor_depth_m: float
    wall_gap_m: float
    sha256: str
    named_places: tuple[NamedPlace, ...] = ()


@dataclass(frozen=True)
class Candidates:
    """Candidate groups, each with the point where its site would be.

    Attributes
    ----------
    xy_m
        Site points in the local metric frame, shape (G, 2).
    centre_xy_m
        Corresponding points of the centre lines, shape (G, 2), used where `xy_m` is inside a
        building.
    size_m
        Street length represented by each group, shape (G,).
    line
        Index of the street of each group, the most important one at a junction, shape (G,).
    at_junction
        Whether a group is a junction, shape (G,).
    street_deg
        Axis of that street, degrees clockwise from north in [0, 180), shape (G,).
    weight_class
        Row of `class_code` of each group, shape (G,).
    class_code
        Combinations of features that occur, shape (C,), see `toolkit.siting.features`; a single
        one before `with_features`.
    """

    xy_m: FloatArray
    centre_xy_m: FloatArray
    size_m: FloatArray
    line: IntArray
    at_junction: NDArray[np.bool_]
    street_deg: FloatArray
    weight_class: IntArray
    class_code: IntArray

    def take(self, order: IntArray) -> Candidates:
        """Return the groups at these indices, in this order."""
        return Candidates(
            self.xy_m[order],
            self.centre_xy_m[order],
            self.size_m[order],
            self.line[order],
            self.at_junction[order],
            self.street_deg[order],
            self.weight_class[order],
            self.class_code,
        )

    def class_length_m(self) -> FloatArray:
        """Return the street length of each class, shape (C,)."""
        return np.bincount(
            self.weight_class, weights=self.size_m, minlength=len(self.class_code)
        ).astype(float)


def load_siting(name: str = "central") -> SitingModel:
    """Read the geometry of candidate sites.

    Raises
    ------
    InputDataError
        If the file is missing or violates the schema.
    """
    path = store.find(f"siting/{name}.toml")
    if path is None:
        msg = f"There is no siting file {name!r}. Copy the toolkit's data folder again."
        raise InputDataError(msg)
    data = path.read_bytes()
    try:
        raw = tomllib.loads(data.decode())
        classes = {
            highway: index
            for index, cls in enumerate(ROAD_CLASSES)
            for highway in raw["road_class"][cls]
        }
        return SitingModel(
            road_class_of=classes,
            kerb_offset_m=tuple(float(raw["kerb_offset_m"][c]) for c in ROAD_CLASSES),
            lane_width_m=float(raw["lane_width_m"]["value"]),
            junction_offset_m=float(raw["junction_offset_m"]["value"]),
            junction_merge_m=float(raw["junction_merge_m"]["value"]),
            mapped_site_m=float(raw["mapped_site_m"]["value"]),
            indoor_depth_m=float(raw["indoor_depth_m"]["value"]),
            wall_gap_m=float(raw["wall_gap_m"]["value"]),
            sha256=store.sha256_bytes(data),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        msg = f"{path.name} cannot be used: {error}. Mend that entry or remove your own copy."
        raise InputDataError(msg) from error


def road_classes(highways: list[str], model: SitingModel) -> IntArray:
    """Return the indices into `ROAD_CLASSES` of OSM highway values; unlisted ones are local.

    Examples
    --------
    >>> road_classes(["primary", "residential", "footway"], load_siting()).tolist()
    [0, 2, 3]
    """
    local = ROAD_CLASSES.index("local")
    return np.array([model.road_class_of.get(h, local) for h in highways], dtype=np.int64)


def candidates(
    lines: NDArray[np.object_],
    road_class: IntArray,
    lanes: FloatArray,
    *,
    junction_xy_m: FloatArray,
    stretch_m: float,
    model: SitingModel,
) -> Candidates:
    """Cut streets into candidate groups, all of one weight class (see `with_features`).

    Parameters
    ----------
    lines
        Street centre lines, metric, shape (S,).
    road_class
        Index into `ROAD_CLASSES`, shape (S,).
    lanes
        Number of lanes, NaN where not tagged, shape (S,).
    junction_xy_m
        Junctions of the carriageway network, shape (J, 2).
    stretch_m
        Target length of a stretch.
    model
        Geometry of siting.
    """
    from scipy.spatial import cKDTree

    # 1. Cut streets into stretches, and find those taken over by a junction.
    stretches = street_points.cut(lines, stretch_m)
    centre, heading, size, street = (
        stretches.xy,
        stretches.heading_rad,
        stretches.length,
        stretches.line,
    )
    centre_of = _merge_junctions(junction_xy_m, model.junction_merge_m)
    owner = np.full(len(centre), -1, dtype=np.int64)
    if len(centre_of) and len(centre):
        distance, nearest = cKDTree(centre_of).query(centre)
        owner = np.where(distance <= model.junction_merge_m, nearest, -1)

    # 2. Place the site of each stretch at the kerb.
    offset = np.where(
        np.isnan(lanes[street]),
        np.asarray(model.kerb_offset_m)[road_class[street]],
        lanes[street] * model.lane_width_m / 2,
    )
    # The side alternates along a street, so that both kerbs are used, independent of orientation.
    side = np.where(stretches.ordinal % 2 == 0, 1.0, -1.0)
    normal = np.column_stack([-np.sin(heading), np.cos(heading)])
    kerb = centre + normal * (side * offset)[:, None]

    alone = owner < 0
    xy = [kerb[alone]]
    base = [centre[alone]]
    sizes: list[FloatArray] = [size[alone]]
    owners, along = [street[alone]], [heading[alone]]
    # 3. A junction belongs to its most important arm; its size is the length it takes over.
    order = np.flatnonzero(~alone)
    chosen = np.unique(owner[order])
    if len(chosen):
        ranked = order[np.lexsort((order, road_class[street[order]], owner[order]))]
        first_arm = ranked[np.searchsorted(owner[ranked], chosen)]
        arm_heading = heading[first_arm] + _CORNER_RAD
        corner = np.column_stack([np.cos(arm_heading), np.sin(arm_heading)])
        xy.append(centre_of[chosen] + corner * model.junction_offset_m)
        base.append(centre_of[chosen])
        taken = np.bincount(owner[order], weights=size[order], minlength=len(centre_of))
        sizes.append(taken[chosen].astype(float))
        owners.append(street[first_arm])
        along.append(heading[first_arm])
    n_alone, n_groups = int(alone.sum()), int(alone.sum()) + len(chosen)
    return Candidates(
        xy_m=np.vstack(xy),
        centre_xy_m=np.vstack(base),
        size_m=np.concatenate(sizes),
        line=np.concatenate(owners),
        at_junction=np.arange(n_groups) >= n_alone,
        street_deg=(90.0 - np.rad2deg(np.concatenate(along))) % 180.0,
        weight_class=np.zeros(n_groups, dtype=np.int64),
        class_code=np.zeros(1, dtype=np.int64),
    )


def with_features(
    found: Candidates, layers: StreetLayers, in_named_place: NDArray[np.bool_] | None = None
) -> Candidates:
    """Return the groups with their weight classes, the combinations of features that occur.

    Parameters
    ----------
    found
        Groups; `line` refers to the lines of `layers`.
    layers
        All streets of the place, and its known surroundings.
    in_named_place
        Whether each group is inside a place that reports name, shape (G,); by default none is.
    """
    code = features_at(layers, found.centre_xy_m, found.line)
    if in_named_place is not None:
        code = with_named_places(code, in_named_place)
    class_code, row = np.unique(code, return_inverse=True)
    return replace(found, weight_class=row.reshape(-1).astype(np.int64), class_code=class_code)


def _merge_junctions(xy_m: FloatArray, merge_m: float) -> FloatArray:
    """Merge junction nodes nearer than `merge_m` to one another (connected components)."""
    from scipy import sparse
    from scipy.spatial import cKDTree

    if not len(xy_m):
        return np.empty((0, 2))
    pairs = cKDTree(xy_m).query_pairs(merge_m, output_type="ndarray")
    graph = sparse.coo_array(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(xy_m), len(xy_m))
    )
    n_groups, label = sparse.csgraph.connected_components(graph, directed=False)
    size = np.bincount(label, minlength=n_groups)
    return np.column_stack(
        [np.bincount(label, weights=xy_m[:, k], minlength=n_groups) / size for k in (0, 1)]
    )
