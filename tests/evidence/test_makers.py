from __future__ import annotations

import pytest

from toolkit.base.errors import InputDataError
from toolkit.evidence.makers import load_makers

HEAD = 'format = "camera-exposure.makers/1"\n'


def test_an_own_maker_is_added_and_can_replace(home):
    text = HEAD + '[brand.Own]\nname = "Own make"\n[supplier.Fisca]\nname = "Another"\n'
    (home / "makers.toml").write_text(text, encoding="utf-8")
    makers = load_makers()
    assert makers["Own"].kind == "brand"
    assert makers["Fisca"].name == "Another"
    assert "Huawei" in makers


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('format = "x"\n', "format: "),
        (HEAD + "brand = 3\n", r"as a table, \[brand.NAME\]"),
        (HEAD + "[brand]\nOwn = 3\n", r"brand\.Own: "),
        (HEAD + "[brand.Own]\n", r"brand\.Own, name: it is missing"),
        (HEAD + '[brand.Own]\nname = "x"\nstatemens = []\n', "Did you mean statements"),
        (HEAD + "[brands.Own]\n", "Did you mean brand"),
        (
            HEAD + '[brand.Own]\nname = "x"\n[[brand.Own.statements]]\nsays = "x"\nby = "me"\n',
            r"statements\.0\.by: .*\n.*statements\.0\.publisher: it is missing",
        ),
    ],
)
def test_problems_come_with_their_place(home, text, part):
    (home / "makers.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputDataError, match=part) as caught:
        load_makers()
    assert "makers.toml (your own)" in str(caught.value)
