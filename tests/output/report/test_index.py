"""The page that leads to files on several cities."""

from __future__ import annotations

from made import report_on
from pages import elements

from toolkit.base.terms import LANGUAGES
from toolkit.language.words import demonstration
from toolkit.output.report import index

FILES = (("testville-2024-03-12-en.pdf", "pdf", 81_234),)


def test_a_city_with_a_made_up_report_says_so_in_both_languages_before_its_files() -> None:
    real, practice = report_on(None, demonstration=False), report_on(None)
    html = index.render([(real, FILES), (practice, FILES)])
    for lang in LANGUAGES:
        assert html.count(demonstration(lang)) == 1
        said = html.index(demonstration(lang))
        assert html.index("<h2>", html.index("<h2>") + 1) < said < html.rindex("<li>")
    assert demonstration("en") not in index.render([(real, FILES)])


def test_digits_of_the_burmese_title_alone_are_burmese() -> None:
    html = index.render([(report_on(None), FILES)], "burmese")
    titles = [one.text for one in elements(html) if one.tag == "h1"]
    assert [any(sign in "၀၁၂၃၄၅၆၇၈၉" for sign in title) for title in titles] == [False, True]
    assert "81 kB" in html
