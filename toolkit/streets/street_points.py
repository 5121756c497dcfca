"""Equal pieces of lines: the one way in which streets are sampled."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class LinePieces:
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

    def take(self, which: IntArray) -> LinePieces:
        """Return some of the pieces, in that order."""
        return LinePieces(*(getattr(self, item.name)[which] for item in fields(self)))

    @cached_property
    def rows(self) -> tuple[IntArray, IntArray]:
        """First piece and number of pieces of each line, to the last that has any."""
        begin = np.flatnonzero(np.diff(self.line, prepend=-1))
        size = int(self.line.max(initial=-1)) + 1
        first, number = np.zeros(size, np.int64), np.zeros(size, np.int64)
        first[self.line[begin]] = begin
        number[self.line[begin]] = np.diff(np.append(begin, len(self.line)))
        return first, number


def cut(lines: NDArray[np.object_], piece_length: float) -> LinePieces:
    """Cut each line into equal pieces of about `piece_length`, at least one per line.

    Parameters
    ----------
    lines
        LineStrings in a metric CRS, shape (S,).
    piece_length
        Target length of a piece, in the units of the lines.

    Examples
    --------
    >>> import shapely
    >>> pieces = cut(np.array([shapely.LineString([(0, 0), (50, 0)])]), 20.0)
    >>> pieces.xy[:, 0].tolist(), pieces.length.tolist()
    ([12.5, 37.5], [25.0, 25.0])
    """
    import shapely

    length = shapely.length(lines)
    count = np.maximum(1, np.round(length / piece_length)).astype(np.int64)
    line = np.repeat(np.arange(len(lines), dtype=np.int64), count)
    ordinal = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    size = length[line] / count[line]
    at = (ordinal + 0.5) * size
    # The heading is that of a chord of at most 2 units around the middle.
    step = np.minimum(size / 2, 1.0)
    middle, ahead, behind = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines[line], at + shift))
        for shift in (0.0, step, -step)
    )
    along = ahead - behind
    return LinePieces(middle, np.arctan2(along[:, 1], along[:, 0]), size, line, ordinal)
