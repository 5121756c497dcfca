"""Named densities: both editions, what makers ask for, and files that cannot be used."""

from __future__ import annotations

import pytest

from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.base.terms import TIERS
from toolkit.optics.thresholds import load_thresholds

HEAD = 'format = "camera-exposure.thresholds/1"\n'
EDITION = (
    '[[edition]]\nid = "{id}"\ntitle = "x"\ndate = "2020"\nsource = "x"\n'
    'tiers = {{ seen = "{seen}" }}\nlevels = [{levels}]\n'
)
LEVEL = '{{ name = "{name}", px_m = {px_m}, source = "x" }}'
PRESET = (
    '[[preset]]\nid = "{id}"\ntier = "{tier}"\nname = "x"\npx_m = {px_m}\nsource = "{source}"\n'
)


def edition(id_="own", seen="A", levels=(("A", 10), ("B", 20))):
    rows = ", ".join(LEVEL.format(name=n, px_m=p) for n, p in levels)
    return EDITION.format(id=id_, seen=seen, levels=rows)


def preset(id_="own", tier="face", px_m=200, source="x"):
    return PRESET.format(id=id_, tier=tier, px_m=px_m, source=source)


def test_both_editions_stand_side_by_side():
    found = load_thresholds()
    assert [e.id for e in found.editions] == ["iec-2014", "iec-2025"]
    rows = dict(found.side_by_side())
    assert list(rows) == sorted(rows)
    assert rows[25] == ("Detect", None)
    assert rows[125] == ("Recognise", "Perceive")
    assert rows[250] == ("Identify", "Characterise")
    assert rows[500] == (None, "Validate")


def test_presets_of_faces_and_plates():
    presets = load_thresholds().presets
    assert [p.px_m for p in presets if p.tier == "face"] == [160, 286, 500, 750]
    assert [p.px_m for p in presets if p.tier == "plate"] == [180, 300, 500]
    assert all(p.source.strip() for p in presets)


@pytest.mark.parametrize(("name", "seen", "face"), [("iec-2014", 25, 250), ("iec-2025", 40, 500)])
def test_an_edition_can_be_used_in_an_assessment(name, seen, face):
    assert set(load_thresholds().edition(name).tiers) == set(TIERS)
    values = load_assumptions(changes=load_thresholds().changes(name))
    assert values.value("threshold.seen_px_m") == seen
    assert values.value("threshold.face_px_m") == face
    assert values.value("threshold.identified_px_m") == face


def test_an_unknown_edition_is_named():
    with pytest.raises(NotFoundError, match="Did you mean iec-2025"):
        load_thresholds().edition("iec2025")


def test_own_rows_are_added_and_replace(home):
    text = HEAD + edition() + preset("face-286", px_m=300)
    store.write_text(home / "thresholds.toml", text)
    found = load_thresholds()
    assert found.edition("own").tier_px_m() == {"seen": 10}
    assert next(p for p in found.presets if p.id == "face-286").px_m == 300


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("format = 3\n", ["format: it must be"]),
        ("[[edition", ["is not TOML"]),
        (HEAD + "[[editions]]\n", ["Did you mean edition"]),
        (HEAD + "edition = 3\n", ["[[edition]]"]),
        (HEAD + edition(levels=(("A", 20), ("B", 10))), ["levels must rise"]),
        (HEAD + edition(seen="C"), ["tiers.seen: there is no level 'C'"]),
        (HEAD + edition(levels=(("A", -5),)), ["levels.0.px_m"]),
        (HEAD + edition(levels=()), ["levels"]),
        (HEAD + edition() + edition(), ["edition 2 ('own')", "stands twice"]),
        (HEAD + edition("No Id"), ["line 2, edition 1 ('No Id'), id"]),
        (HEAD + preset(tier="seen"), ["preset 1 ('own'), tier"]),
        (HEAD + preset(px_m="nan"), ["px_m"]),
        (HEAD + preset(source=""), ["source"]),
        (HEAD + "[[preset]]\n", ["id: it is missing", "source: it is missing"]),
        (HEAD + preset(px_m=0) + preset("b", tier="x"), ["preset 1 ('own')", "preset 2 ('b')"]),
    ],
)
def test_problems_come_all_at_once_with_their_place(home, text, parts):
    store.write_text(home / "thresholds.toml", text)
    with pytest.raises(InputDataError) as caught:
        load_thresholds()
    assert "thresholds.toml (your own)" in str(caught.value)
    for part in parts:
        assert part in str(caught.value)
