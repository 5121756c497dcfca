"""Texts and numbers of foreign files that are made to mislead, or to take long."""

from __future__ import annotations

import json
import time
import tracemalloc

import pytest
from pydantic import ValidationError

from toolkit.base import toml_files
from toolkit.base.errors import InputDataError
from toolkit.cli.common import printable
from toolkit.streets import pack
from toolkit.streets.manifest import Manifest

LONG = {
    "an integer of 5,000 digits": "a = " + "9" * 5000,
    "a float of 100,000 digits": "a = 1." + "0" * 100_000,
    "digits with underscores": "a = " + "1_" * 3000 + "1",
    "a key of 20,000 parts": ".".join("a" * 20_000) + " = 1",
    "a table of 20,000 parts": "[" + ".".join("a" * 20_000) + "]",
    "quoted parts": ".".join(['"b"'] * 20_000) + " = 1",
    "arrays 20,000 deep": "a = " + "[" * 20_000 + "]" * 20_000,
    "inline tables 5,000 deep": "a = " + "{b = " * 5000 + "1" + "}" * 5000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_file_that_takes_a_parser_long_is_refused_at_once(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    tracemalloc.start()
    begin = time.process_time()
    with pytest.raises(InputDataError, match=r"own\.toml"):
        toml_files.read_table(path, "own.toml")
    seconds, peak = time.process_time() - begin, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 3
    assert peak < 300e6


@pytest.mark.parametrize(
    "piece", ['"\\\\', '"', "'a", '""a', '"""a', ".\n", " ", "#", "'.\n", "[]"]
)
def test_the_check_itself_takes_no_longer_than_the_text(piece):
    text = piece * (2_000_000 // len(piece))
    begin = time.process_time()
    toml_files._has_long_parts(text)
    toml_files._is_deep(text)
    assert time.process_time() - begin < 3


def test_plain_files_are_read(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('a.b.c = 1\nhash = "' + "0" * 64 + '"\n[x.y]\nz = 1234567.25\n', "utf-8")
    assert toml_files.read_table(path, "own.toml").data["a"] == {"b": {"c": 1}}


@pytest.mark.parametrize(
    "name", ["\x1b[2Jcity", "a\u202etxt.exe", "a\nb", "", " a", "x" * 600, "a\u2066b", "a\u0007"]
)
def test_a_name_of_a_pack_that_could_mislead_is_refused(name):
    whole = json.loads(pack.open_pack("helsinki-centre").manifest.to_bytes())
    for field in ("name", "banner"):
        for given in ({"en": name}, {"en": "City", "my": name}):
            with pytest.raises(ValidationError):
                Manifest.model_validate({**whole, field: given})


def test_burmese_names_are_names():
    whole = json.loads(pack.open_pack("helsinki-centre").manifest.to_bytes())
    named = Manifest.model_validate({**whole, "name": {"en": "M", "my": "မော်လမြိုင်"}})
    assert named.name.in_language("my") == "မော်လမြိုင်"


@pytest.mark.parametrize("text", ["\x1b]0;title\x07", "a\u202eb", "\u2067a", "\x9b31m"])
def test_no_character_that_steers_a_terminal_is_printed(text):
    shown = printable(text)
    assert all(c.isprintable() for c in shown)
    assert len(shown) < len(text)
