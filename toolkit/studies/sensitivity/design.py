"""Factors of a sensitivity analysis, and the design of draws that is made for them.

A factor is one uncertain input that a person can name: an assumption, the open upper end of a
reported count, the mix of lenses. It has one or more columns of probabilities, which an ordinary
`toolkit.base.draws.Design` would fill itself. Here `sobol` fills them, or SALib for Morris;
everything after (the inverse distribution function of each assumption, optics, siting, exposure) is
the ordinary path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, Literal

import numpy as np

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.optics.variants import WITHIN_SUFFIX
from toolkit.studies.sensitivity import sobol

Method = Literal["sobol", "morris"]

BOUNDARY_COLUMN: Final = "boundary"
"""Column that chooses among the boundaries of a city."""
CONFIDENCE: Final = 0.9
"""Confidence level of indices, as of the intervals of figures."""
RESAMPLES: Final = 200
"""Bootstrap resamples behind the confidence of an index."""
MORRIS_LEVELS: Final = 4
"""Levels of the grid of Morris (1991): the default of SALib and of the literature."""
MORRIS_RANGE: Final = (0.05, 0.95)
"""Range of the probabilities in Morris: 0 and 1 are infinite quantiles of a normal factor."""
_ONE_WAY: Final = 0.5
"""Least mean effect, as a share of its mean size, of a factor that goes in one direction: three
quarters of equal effects then go in it."""
_EDGE: Final = 2.0**-32
"""Least distance of a probability from 0 and 1: the resolution of the sequence."""

_ASSUMPTION: Final = "assumption:"
_FACTORS: Final[tuple[tuple[str, str], ...]] = (
    (r"count(\.origin:.*)?\.quantile", "count.upper_end"),
    (r"count(\.origin:.*|\.increment:.*)?\.interval", "count.interval"),
    (r"count\.(zero|built:.*)", "count.installed"),
    (r"count\.user", "count.user"),
    (r"mix:.*", "optics.mix"),
    (r"(focal|width|sensor|hfov):.*", "optics.lens"),
    (r"aim:.*", "optics.aim"),
    (r"height:.*", "optics.own_height"),
    (r"night:.*", "optics.night_range"),
    (r"siting\.share\..*", "sites.operators"),
    (r"siting\.spread\..*", "sites.siting_weights"),
    (r"fabric:.*", "city.fabric"),
    (r"city\.population", "city.population"),
    (BOUNDARY_COLUMN, "city.boundary"),
)
"""Factor of each column that belongs to no assumption, by the pattern of its name."""


def factor_of(column: str) -> str:
    """Return the key of the factor to which a column belongs.

    Examples
    --------
    >>> factor_of("assumption:optics.height_m"), factor_of("focal:dome")
    ('optics.height_m', 'optics.lens')
    """
    if column.startswith(_ASSUMPTION):
        return column.removeprefix(_ASSUMPTION).removesuffix(WITHIN_SUFFIX)
    for pattern, key in _FACTORS:
        if re.fullmatch(pattern, column, re.DOTALL):
            return key
    return column


@dataclass(frozen=True)
class Factor:
    """One uncertain input and its columns."""

    key: str
    columns: tuple[str, ...]


def factors_of(columns: Iterable[str], fixed: Iterable[str] = ()) -> tuple[Factor, ...]:
    """Return the factors of some columns, sorted by key.

    Parameters
    ----------
    columns
        Names of the columns that the model uses.
    fixed
        Keys of factors with a single value, which are left out.
    """
    without = set(fixed)
    found: dict[str, list[str]] = {}
    for column in sorted(set(columns)):
        found.setdefault(factor_of(column), []).append(column)
    return tuple(Factor(key, tuple(found[key])) for key in sorted(found) if key not in without)


@dataclass(frozen=True)
class RecordingDesign(Design):
    """An ordinary design that records which columns are used."""

    keepable: ClassVar[bool] = False  # else columns of cached results would not be recorded

    asked: set[str] = field(default_factory=set, compare=False)

    def column(self, name: str) -> FloatArray:
        """Return the column of `Design` and record its name."""
        self.asked.add(name)
        return super().column(name)


def asked_by(make: Callable[[Design], object]) -> set[str]:
    """Return the columns that something asks of the design that it is given."""
    design = RecordingDesign(1, 0)
    make(design)
    return design.asked


@dataclass(frozen=True)
class GivenDesign(Design):
    """A design whose columns are given, row by row.

    Attributes
    ----------
    columns
        Probabilities of each column, shape (n_draws,). Any other column is 0.5: the median, which
        for a fixed assumption is its value.
    """

    keepable: ClassVar[bool] = False  # columns not determined by number and seed

    columns: Mapping[str, FloatArray] = field(default_factory=dict)

    @classmethod
    def from_matrix(cls, matrix: FloatArray, names: Sequence[str], *, seed: int) -> GivenDesign:
        """Make it from a matrix of probabilities, shape (n_draws, n_columns).

        Values of 0 or 1 are moved inside by the resolution of the sequence.
        """
        inside = np.clip(matrix, _EDGE, 1.0 - _EDGE)
        columns = {name: np.ascontiguousarray(inside[:, i]) for i, name in enumerate(names)}
        return cls(n_draws=len(matrix), seed=seed, columns=columns)

    def column(self, name: str) -> FloatArray:
        """Return the given probabilities of one quantity, shape (n_draws,)."""
        known = self.columns.get(name)
        return np.full(self.n_draws, 0.5) if known is None else known

    def rows(self, which: np.ndarray[Any, Any]) -> GivenDesign:
        """Return the design of some rows only."""
        part = {name: values[which] for name, values in self.columns.items()}
        return replace(self, n_draws=len(which), columns=part)

    def parts(self, size: int) -> Iterator[GivenDesign]:
        """Yield some rows after another, `size` of them at a time."""
        for first in range(0, self.n_draws, size):
            yield self.rows(np.arange(first, min(first + size, self.n_draws)))

    def distinct(self, names: Iterable[str]) -> tuple[GivenDesign, IntArray]:
        """Return the rows that differ in some columns, each once, and which of them each row is.

        Most rows of Sobol and Morris differ from another in a single factor.
        """
        given = [self.columns[name] for name in sorted(names) if name in self.columns]
        if not given:
            return self.rows(np.zeros(1, np.int64)), np.zeros(self.n_draws, np.int64)
        rows = np.ascontiguousarray(np.column_stack(given))
        whole = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel()
        _, first, which = np.unique(whole, return_index=True, return_inverse=True)
        return self.rows(first), which


@dataclass(frozen=True)
class Layout:
    """Rows at which the model is evaluated, and the structure of the output.

    Attributes
    ----------
    factors
        The k factors, in the order of the indices.
    matrix
        Probabilities, shape (rows, columns).
    n_base
        Base sample of Sobol, trajectories of Morris.
    """

    method: Method
    factors: tuple[Factor, ...]
    matrix: FloatArray
    n_base: int
    seed: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns of `matrix`."""
        return tuple(column for factor in self.factors for column in factor.columns)

    @property
    def design(self) -> GivenDesign:
        """The design of draws at these rows."""
        return GivenDesign.from_matrix(self.matrix, self.names, seed=self.seed)

    @property
    def independent(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Rows that are an ordinary joint sample of all factors.

        For Sobol the first and last of each block of k + 2 rows (A and B of Saltelli). The rows of
        Morris lie on a grid and are no such sample: all are returned.
        """
        block = len(self.factors) + 2
        n = len(self.matrix)
        if self.method == "morris":
            return np.arange(n, dtype=np.int64)
        first = np.arange(0, n, block, dtype=np.int64)
        return np.sort(np.concatenate([first, first + block - 1]))


@dataclass(frozen=True)
class Indices:
    """Indices of one output, each of shape (k,), in the order of the layout's factors.

    Attributes
    ----------
    first, total
        First-order and total indices (Sobol). For Morris `total` is the mean absolute elementary
        effect, in the unit of the output, and `first` is None.
    first_conf, total_conf
        Half the width of their `CONFIDENCE` intervals.
    """

    first: FloatArray | None
    first_conf: FloatArray | None
    total: FloatArray
    total_conf: FloatArray


def lay_out(factors: Sequence[Factor], method: Method, *, n_base: int, seed: int) -> Layout:
    """Return the rows at which to evaluate the model.

    Parameters
    ----------
    n_base
        Sobol: rows of the base sample, a power of two; the model is evaluated n (k + 2) times.
        Morris: trajectories of k + 1 rows.
    seed
        Seed of the scrambling, or of the trajectories.
    """
    if method == "sobol":
        group = [k for k, factor in enumerate(factors) for _ in factor.columns]
        matrix = sobol.sample(group, n_base, seed=seed)
    else:
        # Loads pandas, for which the app and other commands need not wait.
        from SALib.sample import morris as morris_sample

        matrix = morris_sample.sample(
            _problem(factors), n_base, num_levels=MORRIS_LEVELS, seed=seed
        )
    return Layout(method, tuple(factors), np.asarray(matrix, dtype=float), n_base, seed)


def indices(layout: Layout, output: FloatArray) -> Indices | None:
    """Return the indices of one output, shape (rows,); None if it does not vary."""
    if not np.ptp(output) > 0:
        return None
    # SALib takes a seed of zero for no seed.
    seed = layout.seed + 1
    if layout.method == "sobol":
        n_factors = len(layout.factors)
        return Indices(
            *sobol.estimate(
                output, n_factors, n_resamples=RESAMPLES, confidence=CONFIDENCE, seed=seed
            )
        )
    from SALib.analyze import morris as morris_analysis

    found = morris_analysis.analyze(
        _problem(layout.factors), layout.matrix, output, num_levels=MORRIS_LEVELS,
        num_resamples=RESAMPLES, conf_level=CONFIDENCE, seed=seed,
    )  # fmt: skip
    total, conf = (np.asarray(found[name], float) for name in ("mu_star", "mu_star_conf"))
    return Indices(None, None, total, conf)


def directions(layout: Layout, output: FloatArray) -> tuple[bool | None, ...]:
    """Return whether an output rises with each factor, from the trajectories of Morris.

    Parameters
    ----------
    layout
        Of method ``morris``: each row of a trajectory differs from the one before in one factor.
    output
        Shape (rows,).

    Returns
    -------
    rises
        True or False where most of the effect goes in one direction; None where it does not, and
        for a factor of several columns.
    """
    k = len(layout.factors)
    rows = layout.matrix.reshape(-1, k + 1, layout.matrix.shape[1])
    change = np.diff(output.reshape(-1, k + 1), axis=1)
    found: list[bool | None] = []
    for factor in layout.factors:
        if len(factor.columns) > 1:
            found.append(None)
            continue
        step = np.diff(rows[:, :, layout.names.index(factor.columns[0])], axis=1)
        effects = (change * np.sign(step))[step != 0]
        size, mean = np.abs(effects).mean(), effects.mean()
        found.append(bool(mean > 0) if abs(mean) > _ONE_WAY * size else None)
    return tuple(found)


def _problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """Return the problem for SALib's Morris; the columns of a factor are one of its groups."""
    columns = [(factor.key, column) for factor in factors for column in factor.columns]
    return {
        "num_vars": len(columns),
        "names": [column for _, column in columns],
        "groups": [key for key, _ in columns],
        "bounds": [list(MORRIS_RANGE)] * len(columns),
    }
