from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.base.errors import InputDataError
from toolkit.evidence.load import NATIONAL, evidence_sha256, load_claims
from toolkit.evidence.spreadsheet import COLUMNS, read_csv, to_csv
from toolkit.streets.cities import load_cities

EVIL = [
    "=1+1",
    "+49 2",
    "-5 cameras",
    "@SUM(A1)",
    "'=quoted",
    "''",
    " =spaced",
    "|calc",
    "%0A",
    "tab\tline\nend\r",
    "semi;colon\\and \\; more",
    "\\u0041 \\n \\",
    'comma, "quote"',
    "\u202eturned\u200b",
    "မော်လမြိုင်",
    "\uff1dwide",
    "5",
    "\U0001f4f7",
    " spaces at both ends ",
    "\x00null",
]


def write(folder, text):
    path = folder / "claims.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8-sig"))
    return path


def test_all_built_in_evidence_comes_back_as_it_was(tmp_path):
    for city in [*(c.id for c in load_cities()), NATIONAL]:
        claims = load_claims(city)
        back = read_csv(write(tmp_path, to_csv(claims)))
        assert back == claims
        assert evidence_sha256(back) == evidence_sha256(claims)


@pytest.mark.parametrize("text", EVIL)
def test_hostile_text_is_computed_by_nobody_and_comes_back(tmp_path, make_claim, text):
    claim = make_claim(says=text, place=text, note=text, via=[text, "b", text])
    written = to_csv([claim])
    assert written.startswith(b"\xef\xbb\xbf")
    cells = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))[1]
    for cell in cells:
        assert not cell.lstrip(" \u00a0'\"")[:1] or cell[0] not in "=+-@|%\uff1d"
        assert not set(cell) & set("\n\r\t\x00\u202e")
    assert read_csv(write(tmp_path, written)) == (claim,)


@settings(max_examples=150, deadline=None)
@given(text=st.text(min_size=1, max_size=30), item=st.text(min_size=1, max_size=10))
def test_any_text_comes_back(tmp_path_factory, make_claim, text, item):
    claim = make_claim(says=text, via=[item, text])
    assert read_csv(write(tmp_path_factory.mktemp("csv"), to_csv([claim]))) == (claim,)


def test_a_spreadsheet_may_move_columns_and_leave_out_empty_ones(tmp_path, make_claim):
    claim = make_claim(low=3, unit="cameras_per_km", area="x", area_km2=2.5)
    rows = list(csv.reader(io.StringIO(to_csv([claim]).decode("utf-8-sig"))))
    kept = [i for i, cell in reversed(list(enumerate(rows[1]))) if cell]
    text = "\n".join(",".join(f'"{row[i]}"' for i in kept) for row in rows)
    assert read_csv(write(tmp_path, text + "\n\n,,\n")) == (claim,)


def broken(make_claim, old, new):
    text = to_csv([make_claim(low=50, wording="over")]).decode("utf-8-sig")
    assert old in text
    return text.replace(old, new, 1)


BROKEN = [
    ("id,city", "idd,city", "there is no column 'idd'. Did you mean id"),
    ("id,city", "id,id", "column id stands twice"),
    (",50,", ",fifty,", "row 2 ('a'), low: 'fifty' is not a number"),
    (",50,", ',"1,000",', "low: '1,000' is not a number"),
    (",50,", ",nan,", "row 2 ('a'), low: "),
    (",50,", ",-5,", "row 2 ('a'), low: "),
    (",50,", ",50.5,", "quantity: low must be a whole number"),
    (",over,", ",ober,", "row 2 ('a'), wording: "),
    (",cameras,", ",camera,", "row 2 ('a'), unit: "),
    (",stock,", ",stocks,", "row 2 ('a'), kind: "),
    (",installed,", ",,", "needs a status"),
    (",public,", ",,", "scope: it is missing"),
    (",C3,", ",Z9,", "row 2 ('a'), grade: "),
    (",C3,", ",,", "row 2 ('a'), grade: it is missing"),
    (",X,X,", ",,X,", "row 2 ('a'), publisher: it is missing"),
    (",x,X,", ",,X,", "row 2 ('a'), source_id: it is missing"),
    (",x,X,", ",X X,X,", "row 2 ('a'), source_id: "),
    ("2022-07-11,,2022-07-11", "11.7.2022,,2022-07-11", "said: '11.7.2022' is not a date"),
    ("Something.", "", "says: it is missing"),
    (",dawei,", ",Dawei City,", "row 2 ('a'), city: "),
]


@pytest.mark.parametrize(("old", "new", "part"), BROKEN)
def test_each_problem_has_its_row_and_column(tmp_path, make_claim, old, new, part):
    with pytest.raises(InputDataError) as caught:
        read_csv(write(tmp_path, broken(make_claim, old, new)))
    assert part in str(caught.value)
    assert "claims.csv" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_all_problems_of_a_table_come_at_once(tmp_path, make_claim):
    good = make_claim("good", low=5)
    lines = to_csv([good]).decode("utf-8-sig").splitlines()
    bad = lines[1].replace("good", "bad", 1).replace(",5,", ",x,").replace(",C3,", ",Z,")
    maker = lines[1].replace("good", "maker", 1).replace("stock,,", "stock,,Dahuaa", 1)
    long = lines[1].replace("good", "long", 1) + ",more"
    text = "\n".join([*lines, bad, lines[1], maker, long])
    with pytest.raises(InputDataError) as caught:
        read_csv(write(tmp_path, text))
    for part in [
        "5 problems",
        "row 3 ('bad'), low",
        "row 3 ('bad'), grade",
        "row 4 ('good'), id: it stands twice",
        "row 5 ('maker'), brands: 'Dahuaa' is not in makers.toml",
        "row 6 ('long'): it has more cells",
    ]:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b'id,city\n"open', "comma-separated"),
    ],
)
def test_what_is_no_table(tmp_path, content, part):
    with pytest.raises(InputDataError, match=part):
        read_csv(write(tmp_path, content))


def test_tables_that_are_far_too_large(tmp_path, monkeypatch, make_claim):
    path = write(tmp_path, to_csv([make_claim("a"), make_claim("b")]))
    monkeypatch.setattr("toolkit.evidence.spreadsheet._MAX_ROWS", 2)
    with pytest.raises(InputDataError, match="more than 2 rows"):
        read_csv(path)
    monkeypatch.setattr("toolkit.base.toml_files.MAX_FILE_BYTES", 10)
    with pytest.raises(InputDataError, match="is larger than"):
        read_csv(path)


def test_the_columns_hold_every_field_of_a_claim(make_claim):
    data = make_claim(low=1).model_dump()
    flat = set(data) - {"quantity", "source", "confidence"}
    flat |= set(data["quantity"]) | set(data["confidence"])
    flat |= {"source_id", "publisher", "title", "source_date"}
    assert set(COLUMNS) == flat
