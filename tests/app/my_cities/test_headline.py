from __future__ import annotations

import pytest
import small_city

from toolkit.app.my_cities import headline
from toolkit.base.terms import LANGUAGES
from toolkit.language import notes
from toolkit.streets import pack


@pytest.fixture
def manifest(home):
    small_city.install(home, rows=20)
    return pack.read_manifest("small")


def having(manifest, **counts):
    return manifest.model_copy(update={"counts": manifest.counts | counts})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_whole_map_has_none_and_others_differ(manifest, lang):
    assert headline.of(manifest, 0.11, lang) == ""
    assert headline.of(manifest, None, lang) == ""
    lines = headline.of(having(manifest, missing_classes=1), 0.0, lang)
    main = headline.of(manifest, 0.95, lang)
    bare = headline.of(having(manifest, missing_buildings=1), 0.11, lang)
    assert len({lines, main, bare, ""}) == 4
    assert bare == notes.text("no_buildings", lang)
    both = headline.of(having(manifest, missing_classes=1, missing_buildings=1), 0.0, lang)
    assert both == f"{lines} {bare}"


def test_lines_without_classes_are_not_also_called_main_roads(manifest):
    text = headline.of(having(manifest, missing_classes=1), 1.0, "en")
    assert "no classes of road" in text
    assert "main roads" not in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_next_to_a_figure_it_is_a_line(manifest, lang):
    lines = headline.short(having(manifest, missing_classes=1), 0.0, lang)
    main = headline.short(manifest, 0.95, lang)
    assert headline.short(manifest, 0.11, lang) == ""
    assert len({lines, main}) == 2
    assert max(len(lines.split()), len(main.split())) < 20
