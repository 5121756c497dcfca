"""What may be said of every file that is written: what it holds, and what it never holds."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import hashlib
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
from banned_words import banned_words
from hostile_texts import TEXTS
from invented import HOSTILE, layers_of
from made import claim_of, other_claim, report_on
from pages import elements, shown
from pdf_pages import Pages, squeezed, streams, taken_apart

from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment, AssumptionsPart
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.language import notes, quantities
from toolkit.language.translate import use_numerals
from toolkit.output import report
from toolkit.output.report import DETAILS, Detail, Edition, compared, typeset

ROOT = Path(__file__).resolve().parents[3]
CLAIMS = {"testville": (claim_of(), other_claim())}
AS_OF = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def helsinki() -> Assessment:
    return assess("helsinki-centre", as_of=AS_OF, n_draws=40)


@pytest.fixture(scope="module")
def part(helsinki: Assessment) -> Assessment:
    """Give the same with some of the streets on its map, most of the time of a page."""
    layers = helsinki.layers
    assert layers is not None
    streets, buildings = layers.streets.head(200), layers.buildings.head(50)
    return helsinki.with_layers(dataclasses.replace(layers, streets=streets, buildings=buildings))


@pytest.fixture(scope="module")
def dawei() -> Assessment:
    return assess("dawei", as_of=AS_OF, n_draws=40)


def pdf(found: Assessment, lang: Language, detail: Detail = "handout", advice: str = "") -> bytes:
    claims = CLAIMS.get(found.city.id) or report.load_claims(found.city.id)
    until = report.valid_until(found, load_assumptions())
    edition = Edition(detail=detail, advice=advice)
    return report.one(found, claims, until, edition, lang, form="pdf")


WRITE = """
import os, platform, socket, sys
socket.gethostname = platform.node = lambda: "quux-host"
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from invented import layers_of
from made import claim_of, other_claim, report_on
from toolkit.assumptions.sets import load_assumptions
from toolkit.output.report import DETAILS, Edition, write_comparison, write_index, write_report
found, out = report_on(layers_of(30)), Path(sys.argv[1])
paths = []
for detail in DETAILS:
    paths += write_report([found], out, assumptions=load_assumptions(), langs=("en", "my"),
        edition=Edition(formats=("pdf", "html", "csv"), detail=detail),
        claims_by_city={"testville": (claim_of(), other_claim())})
write_index(paths, {"testville": found}, out)
"""


def test_the_same_bytes_everywhere_and_nothing_of_the_machine(tmp_path: Path) -> None:
    found = []
    for seed, zone, locale in (("0", "UTC", "C"), ("12345", "Asia/Yangon", "C.UTF-8")):
        cwd = tmp_path / f"folder-{seed}"
        cwd.mkdir()
        subprocess.run(
            [sys.executable, "-c", WRITE, "out", str(ROOT / "tests" / "helpers")],
            check=True,
            cwd=cwd,
            env={
                **os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale,
                "PYTHONPATH": str(ROOT), "USER": "quux-user", "LOGNAME": "quux-user",
                "HOSTNAME": "quux-host",
            },
        )  # fmt: skip
        files = sorted((cwd / "out").iterdir())
        found.append({p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files})
        private = [str(tmp_path), str(ROOT), str(Path.home()), "Asia/Yangon", "quux"]
        for path in files:
            content = path.read_bytes()
            whole = streams(content) if path.suffix == ".pdf" else content
            for text in private:
                assert text.encode() not in whole, (path.name, text)
    assert found[0] == found[1]
    kinds = [Path(name).suffix for name in found[0]]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        ".pdf": 6, ".html": 7, ".csv": 1, ".json": 1,
    }  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("detail", DETAILS)
def test_a_pdf_is_tagged_named_and_asks_for_nothing(
    helsinki: Assessment, part: Assessment, detail: Detail, lang: Language, tmp_path: Path
) -> None:
    made = pdf(helsinki if (detail, lang) == ("full", "en") else part, lang, detail)
    path = tmp_path / "made.pdf"
    path.write_bytes(made)
    if importlib.util.find_spec("pdfua"):  # not on every system
        validate = importlib.import_module("pdfua").validate
        assert [str(one) for one in validate(path).findings] == []
    pages = taken_apart(made)
    assert (pages.lang, pages.tagged) == (lang, True)
    assert pages.metadata["Title"]
    assert pages.metadata["CreationDate"] == "D:20261123000000Z"
    assert pages.metadata["Author"] == ""
    kinds = [tag.kind for tag in pages.tags]
    assert kinds.count("H1") == 1
    figures = [tag for tag in pages.tags if tag.kind == "Figure"]
    assert figures
    assert all(tag.alt for tag in figures)
    whole = streams(made)
    for word in (b"/URI", b"/JavaScript", b"/Launch", b"/GoToR", b"http:", b"https:"):
        assert word not in re.sub(rb"xmlns:\w+=\"[^\"]*\"|rdf:about=\"[^\"]*\"", b"", whole), word
    assert banned_words(" ".join(pages.texts)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("detail", DETAILS)
def test_the_text_of_a_pdf_is_that_of_its_source(
    dawei: Assessment, detail: Detail, lang: Language
) -> None:
    joined = taken_apart(pdf(dawei, lang, detail)).joined
    for text in source_texts(dawei, detail, lang):
        assert squeezed(typeset.printable(text)) in joined, text


def source_texts(found: Assessment, detail: Detail, lang: Language) -> list[str]:
    """Return texts that a file shows, each on one page."""
    claims = report.load_claims(found.city.id)
    until = report.valid_until(found, load_assumptions())
    if detail == "handout":
        sheet = report.hand_out.content(found, claims, until, tier="seen", advice="", lang=lang)
        rows = [text for row in sheet["rows"] for text in (row.name, row.headline)]
        return [*rows, *sheet["conditions"], *sheet["limits"], *sheet["conclude"]]
    if detail == "full":
        data = report.full.document(found, claims=claims, valid_until=until, lang=lang)
    else:
        data = report.session.document(
            found, claims=claims, valid_until=until, tier="seen", lang=lang
        )
    return [block["text"] for block in data["blocks"] if block["kind"] == "heading"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_hand_out_is_one_sheet_of_two_pages(
    part: Assessment, dawei: Assessment, lang: Language
) -> None:
    for found in (part, dawei):
        for advice in ("", "Meet at noon.\n" * 20):
            made = pdf(found, lang, advice=advice)
            pages = taken_apart(made)
            assert len(pages.texts) == 2
            assert len(made) < 500_000
            assert found.assumptions.sha256[:12] not in pages.joined
            assert not any(claim.id in pages.joined for claim in report.load_claims(found.city.id))
            assert "camera-exposure" not in pages.joined


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_file_says_on_its_first_page_that_it_has_the_minimal_assumptions(
    part: Assessment, lang: Language
) -> None:
    values = load_assumptions("minimal")
    minimal = part.model_copy(
        update={
            "assumptions": AssumptionsPart.of(values),
            "warnings": notes.notes(["minimal_set"]),
        }
    ).with_layers(part.layers)
    claims = report.load_claims(minimal.city.id)
    until = report.valid_until(minimal, values)
    warning = notes.text("minimal_set", lang)
    for detail in DETAILS:
        edition = Edition(detail=detail)
        pages = taken_apart(report.one(minimal, claims, until, edition, lang, form="pdf"))
        first = squeezed(typeset.printable(warning))
        assert first in squeezed(pages.texts[0])
        if detail == "handout":
            assert len(pages.texts) == 2
            assert first in squeezed(pages.texts[1])
        html = report.one(minimal, claims, until, edition, lang, form="html").decode()
        assert first in squeezed(shown(html))
        assert "minimal" in html


TYPESETTING = '#strong[x] $x$ *b* _i_ @ref <l> \\ "#" // =+'
IN_EVERY_RUN = {HOSTILE, TYPESETTING, TEXTS[0], TEXTS[8]}
"""Scripts, styles and Markdown in one text each; the others one by one are a sweep."""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, marks=() if text in IN_EVERY_RUN else pytest.mark.slow)
        for text in (HOSTILE, TYPESETTING, *TEXTS)
    ],
)
def test_hostile_texts_are_shown_as_they_are(text: str) -> None:
    layers = layers_of(text=text)
    found = report_on(layers, (claim_of(says=text, note=text), other_claim()), name=text)
    claims = (claim_of(says=text, note=text), other_claim())
    until = report.valid_until(found, load_assumptions())
    wanted = squeezed(typeset.printable(text))
    for detail in DETAILS:
        edition = Edition(detail=detail, advice=text)
        made = report.one(found, claims, until, edition, "en", form="pdf")
        assert wanted in taken_apart(made).joined
        html = report.one(found, claims, until, edition, "en", form="html").decode()
        assert squeezed(typeset.printable(text)) in squeezed(shown(html))
        scripts = [one for one in elements(html) if one.tag == "script"]
        assert len(scripts) == (0 if detail == "session" else 3)
    table = report.figures_csv.text(found)
    assert all(len(row) == 14 for row in csv.reader(io.StringIO(table)))
    schema = json.loads(report.figures_csv.schema(found, "x.csv"))
    assert text in schema["title"]


def test_a_letter_that_no_font_has_is_marked_and_stops_nothing() -> None:
    found = report_on(None, name="漢字 Ω Ж")
    pages = taken_apart(pdf(found, "en"))
    assert "\ufffd\ufffdΩЖ" in pages.joined


def test_one_figure_is_the_same_in_every_form(helsinki: Assessment, tmp_path: Path) -> None:
    """The app's table, page, PDF, CSV, GeoPackage and JSON: street in view of the first tier."""
    quantity = helsinki.tiers["seen"].length_km
    words = quantities.quantity_text(quantity, "en")
    edition = Edition(formats=("pdf", "html", "csv", "gpkg"), detail="full")
    paths = report.write_report(
        [helsinki], tmp_path, assumptions=load_assumptions(), edition=edition
    )
    by_kind = {path.suffix: path for path in paths}
    app = report.page.tables.figures_table(helsinki, "en", short=True)
    assert words in dict(app.rows)["Street covered"][0]
    assert squeezed(words) in taken_apart(by_kind[".pdf"].read_bytes()).joined
    assert words in shown(by_kind[".html"].read_text("utf-8")).replace("\xa0", " ")
    rows = csv.DictReader(io.StringIO(by_kind[".csv"].read_text("utf-8")))
    row = next(r for r in rows if (r["tier"], r["figure"]) == ("seen", "length_km"))
    data = json.loads(helsinki.to_json())["tiers"]["seen"]["length_km"]
    for end in ("low", "mid", "high"):
        assert float(row[end]) == getattr(quantity, end) == data[end]
    # Streets have no total in a GeoPackage; the length of a class is in it, the page and the PDF.
    streets = gpd.read_file(by_kind[".gpkg"], layer="streets")
    likely_km = streets[streets["seen_class"] == "likely"]["length_m"].sum() / 1000.0
    shown_km = f"{likely_km:,.1f} km"
    assert shown_km in shown(by_kind[".html"].read_text("utf-8")).replace("\xa0", " ")
    assert squeezed(shown_km) in taken_apart(by_kind[".pdf"].read_bytes()).joined


def test_figures_have_the_digits_that_were_chosen(dawei: Assessment) -> None:
    western = digits(taken_apart(pdf(dawei, "my")))
    use_numerals("burmese")
    try:
        burmese = digits(taken_apart(pdf(dawei, "my")))
    finally:
        use_numerals("western")
    assert western[1] == 0 < western[0]
    assert burmese[1] > western[0] / 2


@pytest.mark.parametrize("detail", DETAILS)
def test_english_files_never_have_burmese_digits(dawei: Assessment, detail: Detail) -> None:
    western = pdf(dawei, "en", detail)
    use_numerals("burmese")
    try:
        assert pdf(dawei, "en", detail) == western
    finally:
        use_numerals("western")


def digits(pages: Pages) -> tuple[int, int]:
    """Return the number of Western and of Burmese digits, without those of page numbers."""
    return (
        sum(sign in "0123456789" for sign in pages.joined),
        sum(sign in "၀၁၂၃၄၅၆၇၈၉" for sign in pages.joined),
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_comparison_says_of_each_figure_whether_it_can_be_told(
    dawei: Assessment, lang: Language
) -> None:
    a = dawei
    document = compared.document(a, a, lang)
    pages = taken_apart(typeset.document(document, day=a.as_of))
    same = squeezed(compared.verdict(compared.compare(a, a).cameras, lang))
    assert pages.joined.count(same) >= 1 + len(TIERS)
    assert banned_words(" ".join(pages.texts)) == []
