"""Features of street points: a few covariates that any street file can provide.

All features are categorical, so that the weight of a metre of street is a function of a class index
(mixed radix of the levels), shared by street points and candidate sites. A layer that a file lacks
(traffic lights, places, bridges) has the level ``not_known``, which carries no weight; nothing is
imputed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.siting.surroundings import StreetLayers
from toolkit.streets import street_points

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

CLASSES: Final = ("motorway", "primary", "secondary", "tertiary", "minor", "service", "foot")
"""Street classes from the highest; values not listed in `_CLASS_OF` are minor."""
_CLASS_OF: Final = {
    "motorway": 0, "motorway_link": 0, "trunk": 1, "trunk_link": 1, "primary": 1,
    "primary_link": 1, "secondary": 2, "secondary_link": 2, "tertiary": 3, "tertiary_link": 3,
    "service": 5, "track": 5, "pedestrian": 6, "footway": 6, "path": 6, "steps": 6,
    "cycleway": 6, "bridleway": 6, "corridor": 6, "trail": 6,
}  # fmt: skip
_MINOR, _SERVICE, _FOOT = 4, 5, 6
_SIDE = 2
"""Kind of junction between side streets."""
_THERE = 2
"""Level of `_near` for "near"."""
_MAIN = 2
"""Index of the lowest class of main street (secondary)."""

FEATURES: Final[dict[str, tuple[str, ...]]] = {
    "road": CLASSES,
    "own": ("drive", "service", "foot", "drive_by_foot"),
    "junction": (
        "away",
        "cross_12", "cross_30", "cross_60",
        "main_12", "main_30", "main_60",
        "minor_12", "minor_30", "minor_60",
    ),
    "signals": ("not_known", "none", "near"),
    "mains": ("lowest", "low", "high", "highest"),
    "fabric": ("lowest", "low", "high", "highest"),
    "centre": ("core", "inner", "middle", "outer"),
    "place": ("not_known", "none", "official", "transport", "other", "gate"),
    "bridge": ("not_known", "no", "yes"),
}  # fmt: skip
"""Levels of each feature. ``road`` is the highest class of carriageway within 25 m. ``own`` is the
type of the line itself; ``drive_by_foot`` is a carriageway with a footway mapped within 15 m, to
which objects at the kerb are then nearest. ``junction`` combines the kind of the nearest junction
(main with main street, main with side street, side streets) and the upper end of its distance in
metres. ``mains`` are quarters of street length by number of main-street junctions within 600 m,
``fabric`` quarters by length of minor streets within 250 m, and ``centre`` shares of street length
by distance to the centre (0.1, 0.3, 0.6)."""
LAYER_FEATURES: Final = tuple(name for name, levels in FEATURES.items() if "not_known" in levels)
"""Features of layers that a street file may lack."""
NAMES: Final = tuple(FEATURES)
_RADIX: Final = tuple(len(FEATURES[name]) for name in NAMES)
N_CODES: Final = math.prod(_RADIX)
"""Number of class indices outside named places; see `in_named_place`."""

NEAR_ROAD_M: Final = 25.0
PAVEMENT_M: Final = 15.0
JUNCTION_BINS_M: Final = (12.0, 30.0, 60.0)
SIGNAL_M: Final = 30.0
PLACE_M: Final = 50.0
MAINS_M: Final = 600.0
FABRIC_M: Final = 250.0
CENTRE_M: Final = 750.0
MERGE_M: Final = 15.0
"""Nodes nearer than this are one junction (as for candidate sites)."""
_NODE_M: Final = 0.1
_CELL_M: Final = 25.0
_PLACES_AT_ONCE: Final = 16_384
"""Cells whose neighbours are counted at once, so that a country takes no more memory."""
_JUNCTION_DEGREE: Final = 3
_TURN_RAD: Final = math.radians(30)
_DENSITY_SHARES: Final = (0.25, 0.5, 0.75)
_CENTRE_SHARES: Final = (0.1, 0.3, 0.6)
_SAMPLE_M: Final = 10.0

PLACE_LEVEL: Final = {
    "police": "official", "government": "official", "border": "gate", "gate": "gate",
    "toll": "gate", "station": "transport", "bus_station": "transport", "airport": "transport",
    "market": "other", "religious": "other", "bank": "other", "shopping": "other",
    "school": "other", "hospital": "other",
}  # fmt: skip
_PLACE_ORDER: Final = ("other", "gate", "transport", "official")
"""Order of precedence where several are near, the last one highest."""


@dataclass(frozen=True)
class StreetPoints:
    """Pieces of street with their features.

    Attributes
    ----------
    xy_m
        Middle of each piece, shape (P, 2).
    heading_rad
        Mathematical angle of the street there, shape (P,).
    length_m
        Length of each piece, shape (P,).
    line
        Index of its street, shape (P,).
    code
        Class index, shape (P,); see `levels_of`.
    """

    xy_m: FloatArray
    heading_rad: FloatArray
    length_m: FloatArray
    line: IntArray
    code: IntArray


@dataclass(frozen=True)
class _Junctions:
    xy_m: FloatArray
    kind: IntArray
    """0 main with main, 1 main with side street, 2 side streets."""


def class_index(highway: Sequence[str]) -> IntArray:
    """Return the indices into `CLASSES` of OSM highway values."""
    return np.array([_CLASS_OF.get(h, _MINOR) for h in highway], dtype=np.int64)


def levels_of(code: IntArray) -> dict[str, IntArray]:
    """Return the level of each feature of class indices, each of the shape of `code`."""
    rest, found = np.asarray(code, dtype=np.int64), {}
    for name, radix in zip(reversed(NAMES), reversed(_RADIX), strict=True):
        rest, found[name] = np.divmod(rest, radix)
    return {name: found[name] for name in NAMES}


def code_of(levels: dict[str, IntArray]) -> IntArray:
    """Return the class index of levels, the inverse of `levels_of`.

    Examples
    --------
    >>> code = np.array([0, N_CODES - 1])
    >>> code_of(levels_of(code)).tolist() == code.tolist()
    True
    """
    code = np.zeros_like(levels[NAMES[0]])
    for name, radix in zip(NAMES, _RADIX, strict=True):
        code = code * radix + levels[name]
    return code


def in_named_place(code: IntArray) -> NDArray[np.bool_]:
    """Return whether class indices are of points inside a named place, of the shape of `code`.

    Such an index is that of the same features elsewhere plus `N_CODES`, which `levels_of` ignores.
    """
    return code >= N_CODES


def with_named_places(code: IntArray, inside: NDArray[np.bool_]) -> IntArray:
    """Return class indices that also say whether a point is inside a named place.

    Parameters
    ----------
    code
        Class indices of features, shape (P,), see `features_at`.
    inside
        Whether each point is inside, shape (P,), see `toolkit.siting.named_places.in_places`.

    Examples
    --------
    >>> code = with_named_places(np.array([7, 7]), np.array([False, True]))
    >>> in_named_place(code).tolist(), levels_of(code)["bridge"].tolist()
    ([False, True], [1, 1])
    """
    return code + N_CODES * inside.astype(np.int64)


def without_duplicates(lines: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return a mask that keeps one of duplicate lines, whichever direction they are drawn in."""
    import shapely

    seen: set[bytes] = set()
    keep = np.zeros(len(lines), dtype=np.bool_)
    # Normalised, so that both directions give the same bytes.
    for i, wkb in enumerate(shapely.to_wkb(shapely.normalize(lines))):
        keep[i] = wkb not in seen
        seen.add(wkb)
    return keep


def describe_points(layers: StreetLayers, piece_m: float = 20.0) -> StreetPoints:
    """Cut streets into pieces and compute the features of each.

    Parameters
    ----------
    layers
        Streets without duplicates, see `without_duplicates`.
    piece_m
        Target length of a piece.
    """
    cut = street_points.cut(layers.lines, piece_m)
    code = features_at(layers, cut.xy, cut.line)
    return StreetPoints(cut.xy, cut.heading_rad, cut.length, cut.line, code)


def features_at(layers: StreetLayers, xy_m: FloatArray, line: IntArray) -> IntArray:
    """Return the class index of points on streets.

    Parameters
    ----------
    layers
        Streets and their surroundings.
    xy_m
        Points, shape (P, 2).
    line
        Index of the street of each point, shape (P,).

    Returns
    -------
    code
        Class indices, shape (P,), see `levels_of`.
    """
    cls = class_index(layers.highway)
    along = street_points.cut(layers.lines, _SAMPLE_M)
    drive_junctions = _junctions(layers.lines, cls)
    own = np.where(cls == _SERVICE, 1, np.where(cls == _FOOT, 2, 0))[line]
    footway_near = _near(xy_m, along.xy[cls[along.line] == _FOOT], PAVEMENT_M) == _THERE
    own = np.where((own == 0) & footway_near, 3, own)
    levels = {
        "road": _highest_near(xy_m, cls[line], along.xy, cls[along.line]),
        "own": own.astype(np.int64),
        "junction": _junction_level(xy_m, drive_junctions),
        "signals": _near(xy_m, layers.signal_xy_m, SIGNAL_M),
        "mains": _density_level(
            xy_m, along, drive_junctions.xy_m[drive_junctions.kind < _SIDE], MAINS_M
        ),
        "fabric": _density_level(xy_m, along, along.xy[cls[along.line] == _MINOR], FABRIC_M),
        "centre": _centre_level(xy_m, along, cls),
        "place": _place_level(xy_m, layers),
        "bridge": (
            np.zeros(len(xy_m), dtype=np.int64)
            if layers.bridge is None
            else 1 + layers.bridge[line].astype(np.int64)
        ),
    }
    return code_of(levels)


def _highest_near(
    xy_m: FloatArray, own: IntArray, sample_xy_m: FloatArray, sample_class: IntArray
) -> IntArray:
    best = own.copy()
    # A motorway counts for itself only: streets under or along it are not reached from it.
    for cls in range(_MINOR, 0, -1):
        of_class = sample_xy_m[sample_class == cls]
        if len(of_class):
            far = _tree(of_class).query(xy_m, distance_upper_bound=NEAR_ROAD_M)[0]
            best[np.isfinite(far) & (own != 0)] = cls
    return np.where(own != 0, np.minimum(best, own), own)


def _junctions(lines: NDArray[np.object_], cls: IntArray) -> _Junctions:
    """Return the junctions of the drivable network, merging near ones.

    Shared vertices count, not only ends, so that ways need not be split at crossings.
    """
    import shapely

    drive = np.flatnonzero(cls < _SERVICE)
    xy, of = shapely.get_coordinates(lines[drive], return_index=True)
    if not len(xy):
        return _Junctions(np.empty((0, 2)), np.empty(0, dtype=np.int64))
    same = of[1:] == of[:-1]
    step = xy[1:] - xy[:-1]
    moved = same & (np.abs(step) > _NODE_M / 2).any(axis=1)
    tail, head = np.flatnonzero(moved), np.flatnonzero(moved) + 1
    # 1. Nodes with at least three arms; each segment is an arm at both of its ends.
    at = np.concatenate([tail, head])
    arm_class = np.tile(cls[drive][of[tail]], 2)
    arm_axis = np.tile(np.arctan2(step[moved][:, 1], step[moved][:, 0]), 2)
    grid, node = np.unique(np.round(xy[at] / _NODE_M), axis=0, return_inverse=True)
    node = node.reshape(-1)
    crossing = np.bincount(node, minlength=len(grid)) >= _JUNCTION_DEGREE
    if not crossing.any():
        return _Junctions(np.empty((0, 2)), np.empty(0, dtype=np.int64))
    found = np.flatnonzero(crossing)
    node_xy = grid[found] * _NODE_M
    label = _joined(node_xy)
    group_of = np.full(len(grid), -1, dtype=np.int64)
    group_of[found] = label
    size = np.bincount(label)
    centre = np.column_stack([np.bincount(label, weights=node_xy[:, k]) / size for k in (0, 1)])

    # 2. Arms of each junction, from the highest class, with the class of the first one that turns
    # off the main axis.
    arm_group = group_of[node]
    kept = arm_group >= 0
    arm_group, arm_class, arm_axis = arm_group[kept], arm_class[kept], arm_axis[kept]
    order = np.lexsort((arm_axis, arm_class, arm_group))
    arm_group, arm_class, arm_axis = arm_group[order], arm_class[order], arm_axis[order]
    first = np.searchsorted(arm_group, np.arange(len(size)))
    top_class, top_axis = arm_class[first], arm_axis[first]
    # Both carriageways of a street share an axis: another street differs by 30 degrees or more.
    turn = np.abs((arm_axis - top_axis[arm_group] + np.pi / 2) % np.pi - np.pi / 2)
    second = np.full(len(size), _MINOR, dtype=np.int64)
    turning = turn >= _TURN_RAD
    np.minimum.at(second, arm_group[turning], arm_class[turning])
    kind = np.where(second <= _MAIN, 0, np.where(top_class <= _MAIN, 1, 2))
    return _Junctions(centre, kind.astype(np.int64))


def _tree(xy_m: FloatArray) -> cKDTree:
    from scipy.spatial import cKDTree

    return cKDTree(xy_m)


def _joined(xy_m: FloatArray) -> IntArray:
    from scipy import sparse

    pairs = _tree(xy_m).query_pairs(MERGE_M, output_type="ndarray")
    graph = sparse.coo_array(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(xy_m), len(xy_m))
    )
    return np.asarray(sparse.csgraph.connected_components(graph, directed=False)[1], dtype=np.int64)


def _junction_level(xy_m: FloatArray, junctions: _Junctions) -> IntArray:
    level = np.zeros(len(xy_m), dtype=np.int64)
    # Later assignments win: nearer bins, and within a bin the more important kind.
    for bin_index in range(len(JUNCTION_BINS_M) - 1, -1, -1):
        for kind in (2, 1, 0):
            of_kind = junctions.xy_m[junctions.kind == kind]
            if len(of_kind):
                far = _tree(of_kind).query(xy_m, distance_upper_bound=JUNCTION_BINS_M[bin_index])[0]
                level[np.isfinite(far)] = 1 + kind * len(JUNCTION_BINS_M) + bin_index
    return level


def _near(xy_m: FloatArray, what_m: FloatArray | None, within_m: float) -> IntArray:
    """Return 0 for not known, 1 for none, 2 for near."""
    if what_m is None:
        return np.zeros(len(xy_m), dtype=np.int64)
    level = np.ones(len(xy_m), dtype=np.int64)
    if len(what_m):
        far = _tree(what_m).query(xy_m, distance_upper_bound=within_m)[0]
        level[np.isfinite(far)] = 2
    return level


def _density_level(
    xy_m: FloatArray, along: street_points.LinePieces, counted_m: FloatArray, within_m: float
) -> IntArray:
    """Return the quarter of street length by the number of `counted_m` within `within_m`."""
    if not len(counted_m):
        return np.zeros(len(xy_m), dtype=np.int64)
    # Counted on a grid of cells, so that a dense city takes no longer than a sparse one.
    cell, of_cell = _cells_of(counted_m)
    number = np.bincount(of_cell).astype(float)
    tree = _tree(cell)

    def near(points: FloatArray) -> FloatArray:
        place, of_place = _cells_of(points)
        found = np.empty(len(place))
        for first in range(0, len(place), _PLACES_AT_ONCE):
            some = place[first : first + _PLACES_AT_ONCE]
            pairs = _tree(some).sparse_distance_matrix(tree, within_m, output_type="ndarray")
            found[first : first + len(some)] = np.bincount(
                pairs["i"], weights=number[pairs["j"]], minlength=len(some)
            )
        return found[of_place]

    cuts = _weighted_quantiles(near(along.xy), along.length, _DENSITY_SHARES)
    return np.asarray(np.searchsorted(cuts, near(xy_m), side="left"), dtype=np.int64)


def _cells_of(xy_m: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return the middles of the cells with points, shape (C, 2), and the cell of each point."""
    cell = np.round(xy_m / _CELL_M).astype(np.int64)
    low = cell.min(axis=0, initial=np.iinfo(np.int64).max)
    n_rows = int(np.ptp(cell[:, 1])) + 1 if len(cell) else 1
    # One number a cell: pairs take ten times as long to sort.
    column, row = (cell - low).T
    number, of = np.unique(column * n_rows + row, return_inverse=True)
    found = np.column_stack(np.divmod(number, n_rows)) + low
    return found * _CELL_M, of.reshape(-1)


def _centre_level(xy_m: FloatArray, along: street_points.LinePieces, cls: IntArray) -> IntArray:
    centre = centre_of(along, cls)
    reach = np.hypot(*(along.xy - centre).T)
    cuts = _weighted_quantiles(reach, along.length, _CENTRE_SHARES)
    out = np.hypot(xy_m[:, 0] - centre[0], xy_m[:, 1] - centre[1])
    return np.asarray(np.searchsorted(cuts, out, side="left"), dtype=np.int64)


def centre_of(along: street_points.LinePieces, cls: IntArray) -> FloatArray:
    """Return the point with most drivable street length within about 750 m, shape (2,)."""
    drive = (cls < _SERVICE)[along.line]
    if not drive.any():
        drive = np.ones(len(along.line), dtype=np.bool_)
    xy, length = along.xy[drive], along.length[drive]
    step = CENTRE_M / 3
    low = xy.min(axis=0)
    cell = np.floor((xy - low) / step).astype(np.int64)
    shape = cell.max(axis=0) + 1
    flat, index = np.unique(cell[:, 0] * shape[1] + cell[:, 1], return_inverse=True)
    metres = np.bincount(index, weights=length)
    middle = low + (np.column_stack(np.divmod(flat, shape[1])) + 0.5) * step
    tree = _tree(middle)
    total = np.array([metres[near].sum() for near in tree.query_ball_point(middle, CENTRE_M)])
    return np.asarray(middle[int(np.argmax(np.round(total, 3)))], dtype=float)


def _weighted_quantiles(
    value: FloatArray, weight: FloatArray, shares: Sequence[float]
) -> FloatArray:
    order = np.argsort(value, kind="stable")
    share = np.cumsum(weight[order]) / weight.sum()
    at = np.minimum(np.searchsorted(share, shares), len(order) - 1)
    return np.asarray(value[order][at], dtype=float)


def _place_level(xy_m: FloatArray, layers: StreetLayers) -> IntArray:
    names = FEATURES["place"]
    if layers.place_xy_m is None:
        return np.zeros(len(xy_m), dtype=np.int64)
    level = np.ones(len(xy_m), dtype=np.int64)
    kind = np.array([PLACE_LEVEL.get(k, "") for k in layers.place_kind])
    for name in _PLACE_ORDER:
        found = layers.place_xy_m[kind == name] if len(kind) else layers.place_xy_m[:0]
        level[_near(xy_m, found, PLACE_M) == _THERE] = names.index(name)
    return level
