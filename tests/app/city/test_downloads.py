"""Files that the user can keep."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from toolkit.app import kept_answers
from toolkit.app.city import downloads
from toolkit.assessment.assess import assess
from toolkit.assessment.question import Question
from toolkit.base.terms import LANGUAGES
from toolkit.output import report

AS_OF = dt.date(2026, 11, 1)


def test_the_report_of_the_page_is_that_of_the_command_line(tmp_path: Path) -> None:
    for city in ("helsinki-centre", "dawei"):
        question = Question(city, AS_OF, n_draws=40)
        found = assess(question)
        made = kept_answers.Estimate(question.load(), "key", found)
        for lang in LANGUAGES:
            (path,) = report.write_report(
                [found], tmp_path, assumptions=question.assumptions, langs=(lang,)
            )
            assert downloads.report_page(made, lang) == path.read_text(encoding="utf-8")
