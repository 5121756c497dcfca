"""`report`: which files are written, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

AS_OF = ("--as-of", "2026-11-23")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_hand_out_in_both_languages_and_formats_by_default(run, tmp_path: Path) -> None:
    code, out, _ = run("report", "dawei", "--out", tmp_path / "r", *AS_OF)
    assert code == 0
    assert names(tmp_path / "r") == [
        f"dawei-hand-out-2026-11-23-{lang}.{form}"
        for lang in ("en", "my")
        for form in ("html", "pdf")
    ]
    assert sorted(out.split()) == [str(tmp_path / "r" / name) for name in names(tmp_path / "r")]


def test_formats_languages_and_detail_by_choice(run, tmp_path: Path) -> None:
    code, _, err = run(
        "--quiet", "report", "dawei", "--out", tmp_path / "r", "--format", "csv,pdf,gpkg",
        "--lang", "my", "--detail", "session", "--numerals", "burmese", *AS_OF,
    )  # fmt: skip
    assert code == 0
    assert names(tmp_path / "r") == [
        "dawei-2026-11-23.csv", "dawei-2026-11-23.csv.json", "dawei-session-2026-11-23-my.pdf",
    ]  # fmt: skip
    assert "no GeoPackage: Dawei" in err


BURMESE_DIGITS = re.compile("[၀-၉]")


@pytest.mark.parametrize("detail", ["handout", "session"])
def test_burmese_digits_are_in_burmese_files_alone(run, tmp_path: Path, detail: str) -> None:
    for digits in ("western", "burmese"):
        code, _, _ = run(
            "report", "dawei", "--out", tmp_path / digits, "--format", "html", "--detail", detail,
            "--numerals", digits, *AS_OF,
        )  # fmt: skip
        assert code == 0
    english, burmese = sorted((tmp_path / "burmese").iterdir())
    assert english.read_bytes() == (tmp_path / "western" / english.name).read_bytes()
    assert not BURMESE_DIGITS.search(english.read_text("utf-8"))
    assert BURMESE_DIGITS.search(burmese.read_text("utf-8"))
    assert not BURMESE_DIGITS.search((tmp_path / "western" / burmese.name).read_text("utf-8"))


def test_a_comparison_of_two_dates_with_planned_ones(run, tmp_path: Path) -> None:
    sides = ("mandalay@central:2023-01-31", "mandalay@central:planned:2026-11-23")
    code, _, _ = run(
        "report", "--compare", *sides, "--out", tmp_path / "r", "--lang", "en", "--format", "html",
        *AS_OF,
    )  # fmt: skip
    assert code == 0
    (path,) = (tmp_path / "r").iterdir()
    assert path.name == "mandalay-compared-planned-2026-11-23-en.html"
    text = path.read_text("utf-8")
    assert "31 January 2023" in text
    assert "23 November 2026" in text


def test_all_cities_get_a_page_that_leads_to_each_file(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from toolkit.streets import cities

    some = [city for city in cities.load_cities() if city.id in ("dawei", "hpa-an")]
    monkeypatch.setattr(cities, "load_cities", lambda: some)
    code, _, _ = run(
        "report", "--all", "--out", tmp_path / "r", "--format", "csv,pdf", "--lang", "en", *AS_OF
    )
    assert code == 0
    index = (tmp_path / "r" / "index.html").read_text("utf-8")
    for name in set(names(tmp_path / "r")) - {"index.html"}:
        assert f'href="{name}"' in index
    assert "ထားဝယ်" in index
    assert "<script" not in index


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Name the cities"),
        (("dawei", "--all"), "Name the cities"),
        (("dawei", "--compare", "a", "b"), "Name the cities"),
        (("dawei", "--format", "docx"), "--format 'docx': give some of pdf, html, gpkg, csv"),
        (("dawei", "--sensitivity"), "add --detail full"),
        (("--compare", "dawei", "dawei"), "is no side of a comparison"),
    ],
)
def test_mistakes_get_one_sentence(run, tmp_path: Path, arguments, sentence: str) -> None:
    code, out, err = run("report", *arguments, "--out", tmp_path / "r")
    assert (code, out) == (2, "")
    assert sentence in err
    assert not (tmp_path / "r").exists()
