"""Assumption sets: whole, checked, hashed, extended, and changed only inside their ranges."""

from __future__ import annotations

import datetime as dt
import re
import tomllib

import numpy as np
import pytest

from toolkit.assessment.assess import assess
from toolkit.assumptions.sets import find_set, list_sets, load_assumptions, usual_sha256
from toolkit.base import store
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.base.terms import TIERS
from toolkit.streets.cities import load_cities

AS_OF = dt.date(2026, 11, 23)
HEIGHT = """
[[assumption]]
key = "optics.height_m"
layer = "ignorance"
unit = "m"
value = 5.0
low = 3.5
high = 8.0
distribution = "triangular"
source = "a source"
reason = "a reason"
"""
CENTRAL = (store.builtin_dir() / "assumptions" / "central.toml").read_text(encoding="utf-8")


def table(**changes):
    """Return a good table with some lines replaced, or taken out if None."""
    text = HEIGHT
    for field, value in changes.items():
        line = "" if value is None else f"{field} = {value}\n"
        text, hits = re.subn(
            rf"^{field} = .*\n", lambda _, line=line: line, text, flags=re.MULTILINE
        )
        text += "" if hits else line
    return text


def extending(**changes):
    return 'from = "central"\n' + table(**changes)


def write(name, text):
    path = store.home_dir() / "assumptions" / f"{name}.toml"
    store.write_text(path, text)
    return path


def test_every_value_of_every_built_in_set_says_why():
    for found in list_sets():
        if found.kind == "probabilistic":
            for item in load_assumptions(found.name).items:
                assert item.source.strip()
                assert item.reason.strip()
                assert item.low <= item.value <= item.high


def test_a_change_fixes_one_value_and_moves_the_hash_and_no_other_draw():
    design = Design(32, 1)
    before = load_assumptions()
    after = before.with_changes({"optics.height_m": 6.0})
    assert (after.draw("optics.height_m", design) == 6.0).all()
    assert after.changed == (("optics.height_m", 6.0),)
    assert after.sha256 != before.sha256
    np.testing.assert_array_equal(
        before.draw("optics.availability", design), after.draw("optics.availability", design)
    )


def test_all_bad_changes_are_named_at_once():
    with pytest.raises(InputDataError) as caught:
        load_assumptions(changes={"optics.height_m": 99.0, "optics.heigth_m": 1.0})
    assert "optics.height_m: 99 is outside 3.5 to 8 m" in str(caught.value)
    assert "there is no such assumption. Did you mean optics.height_m" in str(caught.value)


def test_changes_that_do_not_fit_together_are_refused():
    load_assumptions(changes={"threshold.recognised_px_m": 250.0})
    with pytest.raises(InputDataError, match=r"threshold\.recognised_px_m \(250\) is above"):
        load_assumptions(changes={"threshold.recognised_px_m": 250.0, "threshold.face_px_m": 160.0})
    with pytest.raises(InputDataError, match=r"threshold\.identified_px_m \(125\): lower"):
        load_assumptions(
            changes={"threshold.recognised_px_m": 200.0, "threshold.identified_px_m": 125.0}
        )
    load_assumptions(changes={"threshold.face_px_m": 160.0, "threshold.identified_px_m": 250.0})


def test_the_hash_does_not_depend_on_order_comments_or_names():
    tables = CENTRAL.split("[[assumption]]")
    turned = tables[0] + "".join(f"[[assumption]]{t}" for t in reversed(tables[1:]))
    write("turned", turned.replace('name = "central"', 'name = "turned"') + "# a comment\n")
    assert load_assumptions("turned").sha256 == load_assumptions("central").sha256


def test_a_set_extends_another_and_holds_only_what_differs():
    write("mine", extending(value="6.0"))
    central, mine = load_assumptions(), load_assumptions("mine")
    assert mine.value("optics.height_m") == 6.0
    assert {i.key for i in mine.items} == {i.key for i in central.items}
    assert [i for i in mine.items if central.get(i.key) != i] == [mine["optics.height_m"]]
    assert mine.extends == "central"
    write("again", 'from = "mine"\n')
    assert load_assumptions("again").sha256 == mine.sha256 != central.sha256


def test_a_set_of_the_users_own_may_extend_the_built_in_one_of_its_name():
    write("central", extending(value="6.0"))
    assert load_assumptions().value("optics.height_m") == 6.0
    assert load_assumptions("cautious").value("optics.height_m") == 6.0


def test_the_minimal_set_is_labelled_and_hands_its_label_on():
    assert load_assumptions("minimal").label == "minimal"
    write("harmless", 'from = "minimal"\n')
    assert load_assumptions("harmless").label == "minimal"
    assert load_assumptions("harmless", {"optics.height_m": 6.0}).label == "minimal"
    assert load_assumptions("central").label is None
    write("minimal", CENTRAL.replace('name = "central"', ""))
    assert load_assumptions("minimal").label == "minimal"


@pytest.mark.parametrize("city", [city.id for city in load_cities()])
def test_cautious_is_never_below_central_and_central_never_below_minimal(city):
    found = {
        name: assess(city, as_of=AS_OF, assumptions=load_assumptions(name), n_draws=60)
        for name in ("cautious", "central", "minimal")
    }
    for tier in TIERS:
        sets = [found[name].tiers[tier] for name in found]
        for figure in (
            [s.length_km for s in sets],
            [s.share_of_length.expected for s in sets],
            *zip(*([case.share_of_length for case in s.cases] for s in sets), strict=True),
        ):
            if figure[0].known:
                for end in ("mid", "high"):
                    values = [getattr(quantity, end) for quantity in figure]
                    assert values == sorted(values, reverse=True)
        if sets[0].switched_on is not None:
            chances = [s.switched_on.mid for s in sets]
            assert chances[0] == 1.0
            assert chances == sorted(chances, reverse=True)
    named = {name: [w.id for w in found[name].warnings] for name in found}
    assert named["minimal"][0] == "minimal_set"
    assert "minimal_set" not in named["cautious"] + named["central"]
    assert len({found[name].assumptions.sha256 for name in found}) == 3


def test_cautious_is_what_it_says():
    cautious = load_assumptions("cautious")
    thresholds = [cautious.value(f"threshold.{tier}_px_m") for tier in TIERS]
    assert thresholds == [12.5, 62.5, 125.0, 160.0, 180.0]
    assert all(cautious.value(f"switch.{level}") == 1 for level in ("none", "programme", "city"))
    assert cautious.value("optics.availability") == 1
    assert cautious.value("sites.mapped_in_scope") == 0
    assert cautious["optics.availability"].distribution == "fixed"


def test_sets_are_listed_with_what_they_are():
    write("mine", 'title = "My\\u001b[31m set"\nfrom = "central"\n')
    write("broken", "= 1")
    found = {s.name: s for s in list_sets()}
    assert found["mine"].own
    assert found["mine"].title == "My[31m set"
    assert "broken" not in found
    assert not found["central"].own
    assert found["amnesty-120m"].kind == "deterministic"
    assert found["minimal"].label == "minimal"


def without(*keys):
    tables = CENTRAL.split("[[assumption]]")
    kept = [t for t in tables[1:] if tomllib.loads(t)["key"] not in keys]
    return tables[0] + "".join(f"[[assumption]]{t}" for t in kept)


DEEP = "x = " + "[" * 3000 + "]" * 3000
HOSTILE = "<img src=x onerror=alert(1)>"

BAD = {
    "not TOML": ("key = ", ["not TOML"]),
    "not UTF-8": (b"name = '\xff'", ["not UTF-8"]),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", ["not UTF-8"]),
    "nested too deep": (DEEP, ["far too deep"]),
    "far too large": ("#" + "x" * 5_000_001, ["larger than 5 MB"]),
    "empty": ("", ["no [[assumption]] tables"]),
    "a single table": ("[assumption]\nkey = 'a'\n", ["[[assumption]]"]),
    "a row that is no table": ("from = 'central'\nassumption = [1]", ["assumption 1"]),
    "keys missing": (
        without("optics.height_m", "count.stale_years"),
        ["keys are missing: count.stale_years, optics.height_m"],
    ),
    "almost everything missing": (HEIGHT, ["keys are missing", "threshold.seen_px_m"]),
    "an unknown key": (extending(key='"optics.heigth_m"'), ["Did you mean optics.height_m"]),
    "a key that is no key": (extending(key='"Optics height"'), ["key"]),
    "a hostile key": (extending(key=f'"{HOSTILE}"'), ["key"]),
    "a key of two lines": (extending(key=r'"optics.height_m\n"'), ["key"]),
    "the key stands twice": (extending() + HEIGHT, ["line 14", "the key stands twice"]),
    "no key": (extending(key=None), ["key: it is missing"]),
    "no source": (extending(source=None), ["source: it is missing"]),
    "an empty source": (extending(source='""'), ["source"]),
    "a blank reason": (extending(reason='" "'), ["source and reason must say something"]),
    "a field too many": (extending(colour="1"), ["colour: there is no such field"]),
    "a misspelt field": (extending(distributon='"fixed"'), ["Did you mean distribution"]),
    "an unknown distribution": (extending(distribution='"guess"'), ["distribution"]),
    "an unknown layer": (extending(layer='"placement"'), ["layer"]),
    "the wrong layer": (extending(layer='"encounter"'), ["layer: it is 'encounter'"]),
    "a drawn definition": (
        extending(key='"threshold.seen_px_m"', layer='"definition"', unit='"px/m"'),
        ["a definition is not drawn"],
    ),
    "the wrong unit": (extending(unit='"feet"'), ["unit: it is 'feet'", "'m'"]),
    "value outside": (extending(value="9.0"), ["low <= value <= high does not hold (3.5, 9, 8)"]),
    "range turned round": (extending(low="8.0", high="3.5"), ["low <= value <= high"]),
    "not a number": (extending(value="nan"), ["value"]),
    "infinite": (extending(high="inf"), ["high"]),
    "a text for a number": (extending(value='"5"'), ["value"]),
    "a flag for a number": (extending(value="true"), ["value"]),
    "a list for a number": (extending(value="[5.0]"), ["value"]),
    "no width for a triangle": (extending(low="5.0", high="5.0"), ["needs low below high"]),
    "a loguniform from zero": (
        extending(distribution='"loguniform"', low="0.0"),
        ["a loguniform range must be above zero"],
    ),
    "a normal off its middle": (
        extending(distribution='"normal"'),
        ["median, which for 3.5 to 8 is 5.75, and it is 5"],
    ),
    "a lognormal off its middle": (
        extending(distribution='"lognormal"', value="7.0"),
        ["median, which for 3.5 to 8 is 5.29", "it is 7"],
    ),
    "a length below zero": (extending(low="-1.0"), ["below zero"]),
    "a share above one": (
        extending(key='"optics.availability"', unit='"share"', low="0.0", value="0.5"),
        ["lies between 0 and 1"],
    ),
    "lenses below heads": (extending(low="1.5"), ["optics.height_m goes down to 1.5 m"]),
    "thresholds in disorder": (
        extending(
            key='"threshold.seen_px_m"', layer='"definition"', unit='"px/m"', value="200.0",
            low="1.0", high="500.0", distribution='"fixed"',
        ),
        ["threshold.seen_px_m (200) is above threshold.recognised_px_m (125)"],
    ),
    "an unknown head": ("colour = 1\n" + extending(), ["'colour' is not known here"]),
    "a name that is a path": ('name = "../x"\n' + extending(), ["name"]),
    "a name of two lines": ('name = "x\\ny"\n' + extending(), ["name"]),
    "an unknown label": ('label = "best"\n' + extending(), ["label"]),
    "an unknown kind": ('kind = "guess"\n' + extending(), ["kind"]),
    "a set of rules": ('kind = "deterministic"\n' + extending(), ["set of fixed rules"]),
    "extends nothing": ('from = "centrall"\n' + HEIGHT, ["Did you mean central"]),
    "extends a path": ('from = "../../x"\n' + HEIGHT, ["from"]),
    "extends a number": ("from = 1\n" + HEIGHT, ["from"]),
    "extends itself": ('from = "bad"\n' + HEIGHT, ["circle", "bad -> bad"]),
    "extends rules": ('from = "amnesty-120m"\n' + HEIGHT, ["set of fixed rules"]),
}  # fmt: skip


def test_there_are_enough_sets_that_cannot_be_used():
    assert len(BAD) >= 30


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=list(BAD))
def test_a_set_that_cannot_be_used_says_where(text, expected):
    path = store.home_dir() / "assumptions" / "bad.toml"
    store.write_bytes(path, text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputDataError) as caught:
        load_assumptions("bad")
    for part in expected:
        assert part in str(caught.value)
    assert "bad.toml" in str(caught.value) or "amnesty-120m.toml" in str(caught.value)
    assert str(store.home_dir()) not in str(caught.value)
    # No text of the file is handed on with signs that steer a terminal.
    assert all(c.isprintable() or c == "\n" for c in str(caught.value))


def test_all_problems_of_a_file_come_at_once_with_their_lines():
    text = 'from = "central"\ncolour = 1\n' + table(value="9.0") + table(unit='"feet"')
    write("bad", text + table(key='"no.such"', source=None))
    with pytest.raises(InputDataError) as caught:
        load_assumptions("bad")
    lines = str(caught.value).splitlines()
    assert lines[0] == "The assumption set bad.toml cannot be used: 4 problems."
    assert [re.search(r"line (\d+)", line)[1] for line in lines[2:]] == ["4", "15", "26"]


def test_sets_that_extend_each_other_in_a_circle_are_refused():
    write("one", 'from = "two"\n')
    write("two", 'from = "three"\n')
    write("three", 'from = "one"\n')
    with pytest.raises(InputDataError, match="one -> two -> three -> one"):
        load_assumptions("one")
    for n in range(12):
        write(f"step-{n}", f'from = "step-{n + 1}"\n')
    write("step-12", 'from = "central"\n')
    with pytest.raises(InputDataError, match="too far"):
        load_assumptions("step-0")


@pytest.mark.parametrize(
    "name", ["nowhere", "../central", "central/../central", "", "x" * 200, "Central", "a\nb"]
)
def test_an_unknown_set_is_not_found(name):
    with pytest.raises(NotFoundError, match="There is no assumption set"):
        find_set(name)


@pytest.mark.parametrize(
    "name", ["/vsicurl/x.toml", "https://example.org/a.toml", "//host/a.toml", "no-such.toml"]
)
def test_only_plain_local_files_are_read(name):
    with pytest.raises(InputDataError):
        load_assumptions(name)


def test_the_usual_set_is_the_built_in_one_whatever_the_users_own_is():
    usual = load_assumptions().sha256
    assert usual_sha256() == usual
    write("central", extending(value="6.0"))
    assert load_assumptions().sha256 != usual
    assert usual_sha256() == usual
