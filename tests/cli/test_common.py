"""What the commands share: options turned into values, and what goes to which stream."""

from __future__ import annotations

import argparse
import datetime as dt
import json

import pytest

from toolkit.assessment.question import Question
from toolkit.base.errors import UsageError
from toolkit.cli import common


@pytest.mark.parametrize(
    ("text", "expected"), [("200:600", (200, 600)), ("250", (250, 250)), ("1:1", (1, 1))]
)
def test_counts_are_ranges_or_one_number(text, expected):
    assert common.parse_count(text) == expected
    with pytest.raises(UsageError):
        common.parse_count("-" + text)


@pytest.mark.parametrize(
    ("text", "km", "seen", "where"),
    [("5:3", 5, 3, None), ("0.5:0:township", 0.5, 0, "township"), ("12:7:pack", 12, 7, "pack")],
)
def test_what_was_counted_is_a_length_a_number_and_perhaps_where(text, km, seen, where):
    found = common.parse_observed(text)
    assert (found.walked_km, found.seen, found.where) == (km, seen, where)


@pytest.mark.parametrize("text", ["5", "five:3", "5:3.5", "-5:3", "5:-1", "5:3:moon", "", "nan:1"])
def test_a_count_that_cannot_be_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match=r"--observed .*such as 5:3"):
        common.parse_observed(text)


def test_changes_are_keys_and_numbers_and_the_last_one_holds():
    assert common.parse_changes(["a.b=6", " c = 0.5 ", "a.b=7"]) == {"a.b": 7.0, "c": 0.5}
    for wrong in ("a.b", "a.b=", "a.b=six", "a.b=inf", "=x"):
        with pytest.raises(UsageError, match=r"--set .*such as optics\.height_m=6"):
            common.parse_changes([wrong])


def test_a_date_is_the_one_given_or_today():
    assert common.as_of_date("2026-11-23") == dt.date(2026, 11, 23)
    before = dt.datetime.now(dt.UTC).date()
    assert before <= common.as_of_date(None) <= dt.datetime.now(dt.UTC).date()
    with pytest.raises(UsageError, match=r"--as-of '23\.11\.2026'.*such as 2026-11-23"):
        common.as_of_date("23.11.2026")


def test_options_become_the_question():
    parser = argparse.ArgumentParser()
    common.add_common(parser)
    usual = common.question_of("dawei", parser.parse_args([]))
    assert usual == Question("dawei", usual.as_of)
    given = common.question_of(
        "dawei",
        parser.parse_args(["--observed", "5:3", "--observed", "2:0:core", "--seed", "9",
                           "--set", "optics.height_m=6", "--scope", "all"]),
    )  # fmt: skip
    assert [o.walked_km for o in given.observations] == [5, 2]
    assert dict(given.assumptions.changed) == {"optics.height_m": 6.0}
    assert (given.seed, given.scope) == (9, "all")


def test_control_characters_are_left_out_and_letters_of_any_script_kept():
    assert common.printable("\x1b[2Jမော်လမြိုင်\x07\u202e\n Straße") == "[2Jမော်လမြိုင် Straße"


def test_json_is_sorted_and_readable(capsys):
    assert common.print_json({"b": "ထား", "a": 1}) == common.OK
    out, err = capsys.readouterr()
    assert json.loads(out) == {"a": 1, "b": "ထား"}
    assert out.index('"a"') < out.index('"b": "ထား"')
    assert err == ""


def test_a_table_is_whole_where_no_terminal_is_wide_enough(capsys):
    long = "word " * 60
    common.print_table("Title", ("one", "two"), [(long, "\x1b[31m[bold]x[/bold] :smile:")])
    out, _ = capsys.readouterr()
    assert out.split().count("word") == 60
    assert "[31m[bold]x[/bold] :smile:" in out
    assert "\x1b" not in out


def test_what_goes_on_is_said_on_the_other_stream(capsys):
    with common.busy("Estimating \x1b[2J[red]dawei[/red] ..."):
        pass
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Estimating [2J[red]dawei[/red] ...\n")
