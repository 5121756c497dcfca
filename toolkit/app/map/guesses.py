"""Ten possible placements on the map, to flip through: each says on the map that it is a guess.

The sentence is part of the picture of the guesses, so that no picture of them lacks it; printing
leaves the guesses out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from toolkit.app.map import route
from toolkit.assessment.ten_placements import Placements
from toolkit.base import store
from toolkit.base.terms import Language
from toolkit.language.translate import tr

_STEPS_PER_DEG: Final = 1e5
"""About 1 m: a guess is not more exact."""


def data_of(
    placements: Placements, lang: Language, *, answer: str, lines: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what the component needs to flip through placements.

    Parameters
    ----------
    placements
        The placements.
    lang
        Language.
    answer
        Fingerprint of all that they follow from.
    lines
        What holds in each placement shown, in words; by default nothing is said.
    """
    key = store.sha256_bytes(store.canonical_json(["guesses", answer]))
    return {
        "url": route.offer_later(key[:32], lambda: encode(placements)),
        "n": len(placements.shown),
        "lines": list(lines),
        "words": {
            # On the map itself, above each guess.
            "sentence": tr("Guess {k} of {n}: one of ten guesses, not where cameras are.", lang),
            "group": tr("Ten possible placements", lang),
            "next": tr("Next guess", lang),
            "previous": tr("Previous guess", lang),
            "hide": tr("Hide the guesses", lang),
            "show": tr("Show the guesses", lang),
            "failed": tr("The guesses did not arrive, so they are not drawn.", lang),
        },
    }


def encode(placements: Placements) -> bytes:
    """Return the guessed sites of each placement as JSON: whole steps of `_STEPS_PER_DEG`."""
    found = [
        np.rint(lon_lat * _STEPS_PER_DEG).astype(int).ravel().tolist()
        for lon_lat in placements.lon_lat()
    ]
    return json.dumps({"steps": _STEPS_PER_DEG, "sites": found}).encode()
