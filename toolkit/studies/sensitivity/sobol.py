"""Rows and estimators of Sobol indices of groups of columns.

Rows and estimators are those of SALib (Herman and Usher 2017): the cross-sampling of Saltelli
(2002) on a scrambled Sobol sequence, and the estimators of Saltelli et al. (2010) with a bootstrap.
SALib fills the rows value by value, gathers every resample, and imports pandas: together longer
than the model takes for a city without streets.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from toolkit.base.arrays import FloatArray


def sample(group: Sequence[int], n_base: int, *, seed: int) -> FloatArray:
    """Return rows in blocks: A, A with one group of B after another, and B.

    Parameters
    ----------
    group
        Group of each column, from 0 up.
    n_base
        Rows of the base sample, a power of two.
    seed
        Seed of the scrambling.

    Returns
    -------
    matrix
        Probabilities, shape (n_base (k + 2), columns) for k groups.

    Examples
    --------
    >>> a, first, second, b = sample([0, 1], 1, seed=0)
    >>> bool(first[0] == b[0]), bool(first[1] == a[1]), bool(second[1] == b[1])
    (True, True, True)
    """
    # Loads the whole of SciPy's statistics, for which the app and other commands need not wait.
    from scipy.stats import qmc

    of = np.asarray(group)
    base = qmc.Sobol(d=2 * len(of), scramble=True, seed=seed).random(n_base)
    a, b = base[:, None, : len(of)], base[:, None, len(of) :]
    taken = np.vstack([of == k for k in range(-1, of.max() + 1)] + [np.ones(len(of), dtype=bool)])
    return np.asarray(np.where(taken, b, a).reshape(-1, len(of)))


def estimate(
    output: FloatArray, n_groups: int, *, n_resamples: int, confidence: float, seed: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return indices of first order and half their intervals, and the same of total effect.

    Parameters
    ----------
    output
        At each row of `sample`, not the same everywhere; shape (rows,).
    n_groups
        Number of groups, k.
    n_resamples
        Bootstrap resamples of the blocks.
    confidence
        Level of the intervals.
    seed
        Seed of the resamples.

    Returns
    -------
    first, first_half, total, total_half
        Each of shape (k,).
    """
    from scipy import special

    blocks = ((output - output.mean()) / output.std()).reshape(-1, n_groups + 2)
    a, mixed, b = blocks[:, :1], blocks[:, 1:-1], blocks[:, -1:]
    n = len(blocks)
    # How often each block is in each resample; in the first row each once: the sample itself.
    drawn = np.random.default_rng(seed).integers(n, size=(n, n_resamples))
    times = np.bincount((drawn + n * np.arange(n_resamples)).ravel(), minlength=n * n_resamples)
    weight = np.vstack([np.ones(n), times.reshape(n_resamples, n)]) / n
    mean = weight @ (a + b) / 2.0
    variance = weight @ (a**2 + b**2) / 2.0 - mean**2
    half = special.ndtri(0.5 + confidence / 2.0)
    found: list[FloatArray] = []
    for effect in (b * (mixed - a), 0.5 * (a - mixed) ** 2):
        index = weight @ effect
        index = np.divide(index, variance, out=np.zeros_like(index), where=variance > 0.0)
        found += [index[0], half * index[1:].std(axis=0, ddof=1)]
    return found[0], found[1], found[2], found[3]
