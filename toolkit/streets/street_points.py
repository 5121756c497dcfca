"""Equal pieces along lines: the one way in which streets are sampled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class Pieces:
    """Pieces of lines, in the order of the lines and along each.

    Attributes
    ----------
    xy
        Middle of each piece, in the units of the lines, shape (P, 2).
    heading_rad
        Mathematical angle of the line at the middle, shape (P,).
    length
        Length of each piece, shape (P,).
    line
        Index of its line, shape (P,).
    ordinal
        Position along its line, from 0, shape (P,).
    """

    xy: FloatArray
    heading_rad: FloatArray
    length: FloatArray
    line: IntArray
    ordinal: IntArray

    def take(self, which: IntArray) -> Pieces:
        """Return some of the pieces, in that order."""
        return Pieces(*(values[which] for values in vars(self).values()))


def cut(lines: NDArray[np.object_], piece_length: float) -> Pieces:
    """Cut each line into equal pieces of about `piece_length`, at least one per line."""
    import shapely

    length = shapely.length(lines)
    count = np.maximum(1, np.round(length / piece_length)).astype(np.int64)
    line = np.repeat(np.arange(len(lines), dtype=np.int64), count)
    ordinal = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    size = length[line] / count[line]
    at = (ordinal + 0.5) * size
    step = np.minimum(size / 2, 1.0)
    middle, ahead, behind = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines[line], at + shift))
        for shift in (0.0, step, -step)
    )
    along = ahead - behind
    return Pieces(middle, np.arctan2(along[:, 1], along[:, 0]), size, line, ordinal)
