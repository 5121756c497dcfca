from __future__ import annotations

import datetime as dt
import string
import time
import zipfile
from pathlib import Path

import pytest
from hostile_texts import TEXTS

from toolkit.base.errors import ToolkitError
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language import sentences, translate
from toolkit.streets import boundary, install, pack, pack_zip, stored_notes

TEMPLATES = translate.messages_of(sentences.CONTEXT, "my")
EMPTY_SEA = """{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},
"geometry": {"type": "LineString", "coordinates": [[11.1, 14.0], [11.2, 14.0]]}}]}"""
TODAY = dt.date(2026, 11, 1)


def n_fields(template: str) -> int:
    return sum(name is not None for _, name, _, _ in string.Formatter().parse(template))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda text: text[:40])
def test_each_sentence_is_found_again_whatever_its_values_are(template: str) -> None:
    values = tuple(f"«{k}»" for k in range(n_fields(template)))
    wanted = TEMPLATES[template].format(*values)
    assert sentences.in_language(template.format(*values), "my") == wanted


def test_there_are_sentences_of_each_kind() -> None:
    assert len(TEMPLATES) > 300
    assert {"Reading {0}", "{0} is empty. Copy it again.", "a PDF", "it is busy, status {0}"} <= (
        set(TEMPLATES)
    )


@pytest.mark.parametrize("value", [*TEXTS, "{0}", "{", "}}", "%s", "a.zip is empty", ""])
def test_values_come_out_as_they_went_in(value: str) -> None:
    english = "{0} is on another machine. Copy the file to this one."
    found = sentences.in_language(english.format(repr(value)), "my")
    assert found == TEMPLATES[english].replace("{0}", repr(value))


def test_a_reason_in_a_sentence_is_translated_too() -> None:
    found = sentences.in_language(
        "overpass-api.de, 3 of 12: it is busy, status 429; asking again in 5 s", "my"
    )
    assert found is not None
    assert "overpass-api.de" in found
    assert not [word for word in ("busy", "asking", " of ", " in ") if word in found]


def test_each_line_and_each_named_city_is_translated() -> None:
    there, left = "the file has no streets there.", "the file has no streets inside the boundary."
    found = sentences.in_language(
        f"Nothing was imported from a.osm. dawei: {there}\nbago: {left}", "my"
    )
    assert found is not None
    first, second = found.split("\n")
    assert first.endswith(f"dawei: {TEMPLATES[there]}")
    assert second == f"bago: {TEMPLATES[left]}"
    assert sentences.in_language("dawei is empty. Copy it again.\nno such sentence", "my") is None


def test_what_no_catalogue_holds_stays_english_after_words_that_say_so() -> None:
    text = "Nobody has said this before."
    assert sentences.in_language(text, "my") is None
    assert sentences.or_english(text, "my") == text
    shown = sentences.details(text, "my")
    assert shown.endswith(text)
    assert translate.has_burmese(shown)
    assert sentences.details(text, "en") == text


def test_figures_have_the_chosen_digits_and_names_keep_theirs() -> None:
    text = "'map 2.osm' has more than 5,000 rows. Split it."
    translate.use_numerals("burmese")
    try:
        found = sentences.in_language(text, "my")
    finally:
        translate.use_numerals("western")
    assert found is not None
    assert "'map 2.osm'" in found
    assert "၅,၀၀၀" in found
    western = sentences.in_language(text, "my")
    assert western is not None
    assert "5,000" in western


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "a is empty. Copy it again." * 40_000,
        "a: " * (sentences.MOST_CHARACTERS // 3),
        "a, " * (sentences.MOST_CHARACTERS // 3),
        "\n" * sentences.MOST_CHARACTERS,
        " is damaged: ".join(["City pack "] * 300),
        "{0}, {1} of {2}: " * 400,
        "; asking again in 1 s" * 380,
    ],
    ids=lambda text: text[:20],
)
def test_a_text_made_to_take_long_does_not(text: str) -> None:
    sentences.in_language("warm", "my")
    start = time.process_time()
    sentences.in_language(text, "my")
    assert time.process_time() - start < 2.0


# --- raised for real --------------------------------------------------------------------------


def error_of(act: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(ToolkitError) as caught:
        act(*args, **kwargs)  # type: ignore[operator]
    return str(caught.value)


def in_burmese(text: str) -> str:
    """Return the translation, in which only values are English."""
    found = sentences.in_language(text, "my")
    assert found is not None, text
    assert translate.has_burmese(found)
    return found


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.osm", ""),
        ("cut.osm.pbf", b"\0\0\0\x0d"),
        ("not-a-zip.zip", "PK, or so"),
        ("picture.jpg", b"\xff\xd8\xff"),
        ("track.gpx", "<gpx/>"),
        ("broken.geojson", '{"type": "FeatureCollection", "features": ['),
        ("nothing.geojson", '{"type": "FeatureCollection", "features": []}'),
    ],
)
def test_a_file_of_streets_that_is_refused_is_named_in_burmese(
    tmp_path: Path, name: str, content: str | bytes
) -> None:
    told: list[str] = []
    file = write(tmp_path / name, content)
    text = error_of(install.import_file, file, progress=lambda said, _: told.append(said))
    assert name in in_burmese(text)
    assert all(map(in_burmese, told))


def test_streets_elsewhere_than_the_boundary_are_named_in_burmese(tmp_path: Path) -> None:
    square = boundary.parse_boundary("radius:700")
    file = write(tmp_path / "sea.geojson", EMPTY_SEA)
    found = in_burmese(error_of(install.import_file, file, boundary=square))
    assert "sea.geojson" in found


def test_half_a_pack_is_named_in_burmese(tmp_path: Path) -> None:
    whole = pack_zip.export_pack("helsinki-centre", tmp_path / "whole.zip")
    half = tmp_path / "half.zip"
    with zipfile.ZipFile(whole) as given, zipfile.ZipFile(half, "w") as made:
        for part in given.namelist()[:-1]:
            made.writestr(part, given.read(part))
    text = error_of(install.import_pack, half)
    assert "half.zip" in in_burmese(text)
    data = whole.read_bytes()
    cut = write(tmp_path / "cut.zip", data[: len(data) // 2])
    assert "cut.zip" in in_burmese(error_of(install.import_pack, cut))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.csv", "lat,lon\nabc,97.6\n"),
        ("notes.csv", "a,b\n1,2\n"),
        ("notes.csv", "PK\x03\x04"),
        ("notes.geojson", "{"),
        ("notes.docx", "lat,lon"),
    ],
)
def test_field_notes_that_are_refused_are_named_in_burmese(
    tmp_path: Path, name: str, content: str
) -> None:
    file = write(tmp_path / name, content)
    text = error_of(stored_notes.import_cameras, file, "mawlamyine", as_of=TODAY)
    found = in_burmese(text)
    assert name in found or "abc" in found


def test_each_problem_of_a_row_is_in_burmese(tmp_path: Path) -> None:
    rows = (
        "lat,lon,kind,direction,height,seen_on",
        "16.49,97.62,dome,90,4,2026-03-31",
        "16.49,97.62,dome,90,4,2026-03-31",
        "97.62,16.49,dome,90,4,2026-03-31",
        "16.49,97.62,robot,90,4,2026-03-31",
        "16.49,97.62,dome,up,4,2026-03-31",
        "16.49,97.62,dome,90,400,2026-03-31",
        "16.49,97.62,dome,90,4,2036-03-31",
        "16.49,97.62,dome,90,4,03/04/2026",
        "0,0,dome,90,4,2026-03-31",
        "60.1,24.9,dome,90,4,2026-03-31",
        ",,dome,90,4,2026-03-31",
        "16.49,97.62,dome",
    )
    file = write(tmp_path / "notes.csv", "\n".join(rows))
    read = stored_notes.check_cameras(file, as_of=TODAY, city_id="mawlamyine")
    assert len(read.problems) >= len(rows) - 3
    for problem in read.problems:
        assert in_burmese(problem.reason).endswith("။")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_pack_says_of_its_boundary_is_in_the_language(lang: Language) -> None:
    text = "Disc of 5.0 km around the point 16.49, 97.62."
    assert translate.has_burmese(sentences.or_english(text, lang)) == (lang == "my")
    assert "none-such" in in_burmese(error_of(pack.open_pack, "none-such"))
