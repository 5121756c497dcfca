from __future__ import annotations

import builtins
import datetime as dt
import functools
import importlib.util
import os
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from banned_words import banned_words

from toolkit.language import translate

ROOT = Path(__file__).resolve().parents[2]

ZAWGYI_ONLY = re.compile("[\u1060-\u1097]|\u1031[\u1000-\u1021](?=\u1039)|(?:^|\\s)\u1031")
"""Signs that Burmese text in Unicode does not use, and vowel E written before its consonant."""


@functools.cache
def script() -> ModuleType:
    """Return the script that makes the catalogues, as a module."""
    path = ROOT / "scripts" / "update_messages.py"
    spec = importlib.util.spec_from_file_location("update_messages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def messages() -> list[Message]:
    path = translate.LOCALE_DIR / "my" / "LC_MESSAGES" / "toolkit.po"
    with path.open("rb") as stream:
        return [message for message in read_po(stream, locale="my") if message.id]


def forms(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_catalogues_are_those_of_the_code() -> None:
    stale = [path.name for path in script().stale_files()]
    assert stale == [], "run scripts/update_messages.py"


def test_translations_have_western_digits_since_others_are_a_choice() -> None:
    burmese = re.compile("[\u1040-\u1049]")
    assert [m.id for m in messages() if any(map(burmese.search, forms(m.string)))] == []


def test_the_compiled_catalogue_holds_every_message_of_the_code() -> None:
    module = script()
    with (translate.LOCALE_DIR / "my" / "LC_MESSAGES" / "toolkit.mo").open("rb") as stream:
        compiled = {forms(message.id)[0] for message in read_mo(stream) if message.id}
    collected = {forms(message.id)[0] for message in module.collect() if message.id}
    assert len(collected) > 40
    assert compiled == collected


@pytest.mark.parametrize("message", messages(), ids=lambda m: forms(m.id)[0][:40])
def test_each_message_is_translated_with_the_same_fields(message: Message) -> None:
    assert not message.fuzzy
    translated = forms(message.string)
    assert all(translated)
    wanted = set().union(*(fields(form) for form in forms(message.id)))
    for form in translated:
        assert fields(form) == wanted
        assert not ZAWGYI_ONLY.search(form)
        assert translate.has_burmese(form) or not re.search(
            "[A-Za-z]{2}", re.sub("{.*?}", "", form)
        )


def test_no_catalogue_holds_a_banned_word() -> None:
    for message in messages():
        for form in (*forms(message.id), *forms(message.string)):
            assert banned_words(form) == []


@pytest.mark.parametrize(
    "text",
    [
        "This street is safe.",
        "Safety first",
        "a secure way",
        "All clear!",
        "a camera-free street",
        "Low risk",
        "ဤလမ်းသည် ဘေးကင်းသည်။",
        "လုံခြုံသောလမ်း",
    ],
)
def test_the_check_for_banned_words_finds_them(text: str) -> None:
    assert banned_words(text)


def test_words_that_only_look_like_banned_ones_pass() -> None:
    assert banned_words("nuclear unclear blow risks cameras; a low street, obscured") == []


def test_a_message_that_nobody_translated_stays_english() -> None:
    assert translate.tr("no such message", "my") == "no such message"
    assert translate.ngettext("one thing", "many things", 1, "my") == "one thing"
    assert translate.ngettext("one thing", "many things", 2, "my") == "many things"
    assert translate.tr("Seen", "xx") == "Seen"
    assert translate.tr("Seen", "../my") == "Seen"
    assert translate.tr("", "my") == ""


def test_nothing_is_put_into_builtins() -> None:
    translate.tr("Seen", "my")
    assert not {"_", "ngettext"} & (set(vars(builtins)) - {"_"})
    code = (
        "import builtins; from toolkit.language.translate import tr; tr('Seen', 'my');"
        " print('_' in vars(builtins))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"


def test_texts_do_not_depend_on_the_locale_of_the_system() -> None:
    code = (
        "import sys, datetime; from toolkit.language import quantities, translate\n"
        "from toolkit.base.quantity import Quantity\n"
        "out = [translate.tr('Seen', 'my'), translate.date(datetime.date(2022, 7, 25), 'en'),"
        " quantities.quantity_text(Quantity.of(1.5, 2.5, 1234.5, 'km'), 'en')]\n"
        "sys.stdout.buffer.write('|'.join(out).encode())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(ROOT), "LANGUAGE": lang, "LC_ALL": lang},
            capture_output=True,
            check=True,
        ).stdout
        for lang in ("C", "de_DE.UTF-8", "my_MM.UTF-8")
    }
    assert outputs == {"မြင်တွေ့ခံရခြင်း|25 July 2022|1.5 to 1,200 km (middle 2.5)".encode()}


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(0, 0, "0"), (-0.2, 0, "0"), (1234567, 0, "1,234,567"), (-3.25, 1, "-3.2"), (0.05, 1, "0.1")],
)
def test_numbers(value: float, decimals: int, text: str) -> None:
    assert translate.number(value, decimals=decimals) == text


def test_dates_have_western_digits() -> None:
    assert not set("၀၁၂၃၄၅၆၇၈၉") & set(translate.date(dt.date(2022, 7, 25), "my"))


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1287, 2, "1,300"),
        (99.6, 2, "100"),
        (12.34, 3, "12.3"),
        (0.01234, 2, "0.012"),
        (0, 2, "0.0"),
        (5, 2, "5.0"),
        (1e6, 2, "1,000,000"),
    ],
)
def test_significant_digits(value: float, digits: int, text: str) -> None:
    assert translate.significant(value, digits) == text


def test_dates() -> None:
    assert translate.date(dt.date(2022, 7, 5), "en") == "5 July 2022"
    assert translate.date(dt.date(2022, 7, 5), "my") == "2022 ခုနှစ် ဇူလိုင်လ 5 ရက်"
    names = {translate.date(dt.date(2022, month, 1), "my") for month in range(1, 13)}
    assert len(names) == 12


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("12 to 35 km (middle 20)", "12 to 35~km (middle~20)"),
        ("0.22 to 0.58 km² (middle 0.34)", "0.22 to 0.58~km² (middle~0.34)"),
        ("under 1 % to 2 % (middle under 1 %)", "under~1~% to 2~% (middle under~1~%)"),
        ("-1.2 to +3 m (middle +0.8)", "-1.2 to +3~m (middle~+0.8)"),
        ("260 to 1,300 cameras.", "260 to 1,300~cameras."),
        ("27 မှ 71 ကီလိုမီတာ (အလယ်ကိန်း 42)", "27 မှ 71~ကီလိုမီတာ (အလယ်ကိန်း~42)"),
        ("ကင်မရာ 81 မှ 240 လုံး", "ကင်မရာ 81 မှ 240~လုံး"),
        ("from 2019 many cameras, 3 kinds and 5 main roads", None),
        ("M10 20l5 -3", None),
    ],
)
def test_no_line_ends_between_a_number_and_its_unit(text: str, held: str | None) -> None:
    assert translate.unbroken(text).replace("\u00a0", "~") == (held or text)


def test_every_message_says_where_it_is_shown_for_its_translator() -> None:
    for message in messages():
        assert message.auto_comments, message.id
        assert message.locations, message.id
    page = ROOT / "toolkit" / "app" / "start.py"
    lines = page.read_text(encoding="utf-8").splitlines()
    (line,) = [n for n, text in enumerate(lines, start=1) if "2. Choose the question" in text]
    found = script().shown_where(page, line)
    assert found[0].startswith("Three steps the first time")
    assert len(found) == 2


@pytest.fixture
def burmese_digits() -> Iterator[None]:
    translate.use_numerals("burmese")
    yield
    translate.use_numerals("western")


@pytest.mark.usefixtures("burmese_digits")
def test_burmese_figures_have_the_chosen_digits_and_english_ones_do_not() -> None:
    assert translate.number(1234.5, decimals=1) == "၁,၂၃၄.၅"
    assert translate.tr("{value} km", "my").format(value=35) == "၃၅ ကီလိုမီတာ"
    assert translate.tr("{value} km", "en").format(value=35) == "35 km"
    assert "၂၀၂၂" in translate.date(dt.date(2022, 7, 25), "my")
    assert translate.in_numerals("-1.2 မှ +3") == "-၁.၂ မှ +၃"


@pytest.mark.usefixtures("burmese_digits")
@pytest.mark.parametrize(
    "text",
    ["yangon-2017-signals-225", "http://127.0.0.1:8641", "2026-11-01", "{n2} km2", "way/123",
     "IPC-HFW5442", "a1b2c3"],
)  # fmt: skip
def test_names_ids_addresses_and_fields_keep_their_digits(text: str) -> None:
    assert translate.in_numerals(text) == text


def test_digits_are_western_until_chosen_and_in_other_threads() -> None:
    assert translate.tr("{value} km", "my").format(value=35) == "35 ကီလိုမီတာ"
    translate.use_numerals("burmese")
    with ThreadPoolExecutor() as pool:
        assert pool.submit(translate.number, 3).result() == "3"
    translate.use_numerals("western")


@pytest.mark.usefixtures("burmese_digits")
def test_english_texts_have_western_digits_inside_a_block_of_their_language() -> None:
    with translate.numerals_of("en"):
        assert translate.number(35) == "35"
    with translate.numerals_of("my"):
        assert translate.number(35) == "၃၅"
    assert translate.number(35) == "၃၅"


def test_digits_of_a_block_are_those_of_the_block_alone() -> None:
    with translate.numerals_of("en", "burmese"):
        assert translate.number(35) == "35"
    with translate.numerals_of("my", "burmese"):
        assert translate.number(35) == "၃၅"
    assert translate.number(35) == "35"


@pytest.mark.usefixtures("burmese_digits")
def test_every_burmese_message_keeps_its_fields() -> None:
    for message in messages():
        for text in forms(message.string):
            assert fields(translate.in_numerals(text)) == fields(text)
