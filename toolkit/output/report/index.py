"""One page that leads to files on several cities, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.assessment.model import Assessment
from toolkit.base.terms import LANGUAGES
from toolkit.language import words
from toolkit.language.translate import Numerals, date, number, numerals_of, tr
from toolkit.output.report import page


def render(
    cities: Sequence[tuple[Assessment, Sequence[tuple[str, str, int]]]],
    numerals: Numerals | None = None,
) -> str:
    """Return a page that leads to files, in both languages.

    Parameters
    ----------
    cities
        The assessment of each city, and name, format and size in bytes of each of its files.
    numerals
        Digits of Burmese figures; None for those of `translate.use_numerals`.
    """
    listed = []
    for assessment, rows in cities:
        name = assessment.city.name
        names = dict.fromkeys((name.in_language(lang), lang) for lang in LANGUAGES)
        with numerals_of("en"):
            files = [(file, kind, _size(size)) for file, kind, size in rows]
        # Of the practice city only: files with other assumptions say so themselves.
        said = LANGUAGES if assessment.demonstration else ()
        banners = [(lang, words.demonstration(lang)) for lang in said]
        listed.append(([(lang, text) for text, lang in names], files, banners))
    titles = []
    for lang in LANGUAGES:
        with numerals_of(lang, numerals):
            title = tr("Reported cameras: hand-outs and reports, {date}", lang)
            titles.append((lang, title.format(date=date(cities[0][0].as_of, lang))))
    html = (
        page.environment()
        .get_template("index.html.j2")
        .render(
            cities=listed,
            titles=titles,
            limits=[(lang, words.limits(lang)[0]) for lang in LANGUAGES],
            csp=page.CONTENT_SECURITY_POLICY,
        )
    )
    return page.with_font(html)


def _size(n_bytes: int) -> str:
    """Return the size of a file in thousands of bytes."""
    return f"{number(max(n_bytes / 1000.0, 1.0))} kB"
