"""Street that the sites of a city cover, relative to as many sites placed by the model.

Known sites stand farther back from their streets than candidates, nearer to one another within a
district, and where there is more or less street than their classes say. None of it is known of a
city without a list, so the ratio is drawn once per city: S sites cover what S times the ratio of
placed ones cover. Overlap then limits the covered street as it does for placed sites, and the
closed form, the simulation and the estimate without streets have the same correction.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design

KEY: Final = "sites.coverage_log_ratio"


def draw_ratio(values: AssumptionSet, design: Design) -> FloatArray:
    """Return the ratio per draw, shape (D,).

    Examples
    --------
    >>> from toolkit.assumptions.sets import load_assumptions
    >>> even = load_assumptions(changes={KEY: 0.0})
    >>> draw_ratio(even, Design(3, 0)).tolist()
    [1.0, 1.0, 1.0]
    """
    return np.exp(values.draw(KEY, design))
