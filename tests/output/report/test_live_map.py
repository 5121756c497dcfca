"""A map to be moved and asked, in one file."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import numpy as np
import pytest
import shapely
from banned_words import banned_words
from hostile_texts import TEXTS
from invented import HOSTILE, layers_of

from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.output import map_scale
from toolkit.output.report.live_map import _packed, live_map
from toolkit.output.report.thinned import Thinned


def data_of(text: str) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(text)
    return loaded


def test_only_its_own_scripts_may_run() -> None:
    made = live_map(Thinned(layers_of(), 0.0), "seen", "en")
    for script in made.scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in made.policy
    scripts = re.search(r"script-src ([^;]*);", made.policy)
    assert scripts is not None
    assert "unsafe" not in scripts[1]
    assert made.policy.startswith("default-src 'none'")


@pytest.mark.parametrize("text", [HOSTILE, *TEXTS])
def test_a_hostile_text_cannot_leave_the_data(text: str) -> None:
    made = live_map(Thinned(layers_of(text=text), 0.0), "seen", "en")
    assert not set("<>&") & set(made.data)
    data_of(made.data)


def test_figures_are_those_of_the_layers() -> None:
    layers = layers_of(12)
    data = data_of(live_map(Thinned(layers, 0.0), "seen", "en").data)
    for tier in TIERS:
        ends = base64.b64decode(data["ranges"][tier])  # type: ignore[index]
        highs = [None if h == 255 else h for h in ends[1::2]]
        assert highs == [
            None if np.isnan(high) else round(high * 100) for high in layers.streets[f"{tier}_high"]
        ]
    for tier_at, tier in enumerate(TIERS):
        for number, step in enumerate(map_scale.STEPS):
            rows = map_scale.streets_of(step, layers.streets, tier).index
            looks = [data["looks"][look] for look in unpacked(data["look_of"])]  # type: ignore[index]
            assert [k for k, look in enumerate(looks) if int(look[tier_at]) == number] == list(rows)
    names = [data["names"][k - 1] for k in unpacked(data["name_of"])]  # type: ignore[index]
    assert names == layers.streets["name"].tolist()


def test_lines_are_those_of_the_layers_to_a_metre() -> None:
    layers = layers_of(12)
    data = data_of(live_map(Thinned(layers, 0.0), "seen", "en").data)
    read = iter(unpacked(data["lines"]))  # type: ignore[arg-type]
    start = np.zeros(2)
    for shape in layers.streets.geometry:
        count = next(read)
        moves = np.array([back(next(read)) for _ in range(2 * count)]).reshape(-1, 2)
        points = start + moves.cumsum(axis=0)
        start = points[0]
        assert points[:, ::-1] / 1e5 == pytest.approx(shapely.get_coordinates(shape), abs=6e-6)
    assert next(read, None) is None


def unpacked(text: str) -> list[int]:
    """Return whole numbers of seven bits a byte."""
    found, value, scale = [], 0, 1
    for one in base64.b64decode(text):
        value += (one & 127) * scale
        scale *= 128
        if one < 128:
            found.append(value)
            value, scale = 0, 1
    return found


def back(number: int) -> int:
    return -(number + 1) // 2 if number % 2 else number // 2


@pytest.mark.parametrize("values", [[], [0], [127, 128, 0, 16383, 16384, 2**40], [5] * 300])
def test_whole_numbers_survive_being_packed(values: list[int]) -> None:
    assert unpacked(_packed(np.array(values, dtype=np.int64))) == values


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_map_that_lacks_streets_says_how_many(lang: Language) -> None:
    assert live_map(Thinned(layers_of(), 0.0), "seen", lang).left_out == ""
    said = live_map(Thinned(layers_of(), 0.256), "seen", lang).left_out
    assert "26 %" in said.replace("\xa0", " ")
    assert banned_words(said) == []
