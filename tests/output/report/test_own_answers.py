"""The answers to own questions in a full report: all of what is said, and nothing of where."""

from __future__ import annotations

import pytest
import threat_city
from banned_words import banned_words
from pages import shown
from pdf_pages import squeezed, taken_apart

from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.errors import InputDataError
from toolkit.base.terms import LANGUAGES, Language
from toolkit.output import report
from toolkit.output.report import Edition, Parts
from toolkit.output.report.own_answers import own_answers
from toolkit.threats import linking, model, place, route, vehicles
from toolkit.threats.travel import Travel

DETAILS = ("60.16", "24.9364", "24.94", "node/")


@pytest.fixture(scope="module")
def answers() -> tuple[model.Answer, ...]:
    question = threat_city.question()
    between = [threat_city.START, threat_city.END]
    face = Travel(tier="face")
    return (
        route.route(question, between=between, travel=Travel(tier="seen", trips=5), detour=1.5),
        route.route(question, between=between[::-1], travel=face),
        place.place(question, threat_city.PLACE, 100.0, face),
        linking.link_at(question, threat_city.PLACE, 80.0, window_min=5, travel=face),
        vehicles.vehicles(question),
    )


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return assess(threat_city.question())


def made(
    assessment: Assessment, answers: tuple[model.Answer, ...], lang: Language, form: str
) -> bytes:
    return report.one(
        assessment,
        report.load_claims(threat_city.CITY),
        report.valid_until(assessment, load_assumptions()),
        Edition(detail="full"),
        lang,
        form=form,  # type: ignore[arg-type]
        parts=Parts(own=answers),
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_line_is_in_both_forms_and_no_place_is(
    assessment: Assessment, answers: tuple[model.Answer, ...], lang: Language
) -> None:
    part = own_answers(answers, assessment, lang)
    assert part is not None
    said = [*part.care, *(one.label for one in part.answers), *part.notes]
    for answer in part.answers:
        nodes = list(answer.said)
        assert nodes
        while nodes:
            node = nodes.pop()
            said.append(node.text)
            nodes += node.below
    assert len(said) > 40
    assert banned_words(" ".join(said)) == []
    assert not any(detail in line for detail in DETAILS for line in said)
    pdf = made(assessment, answers, lang, "pdf")
    joined = taken_apart(pdf).joined
    page = squeezed(shown(made(assessment, answers, lang, "html").decode()))
    for line in said:
        assert squeezed(line) in joined, line
        assert squeezed(line) in page, line
    if lang == "en":
        assert [one.label for one in part.answers] == [
            "Route 1", "Route 2", "Place", "Link", "Vehicles",
        ]  # fmt: skip
        assert "Two people at the place" in part.answers[3].said[0].text


def test_without_questions_there_is_no_such_part(assessment: Assessment) -> None:
    assert own_answers((), assessment, "en") is None
    title = "Answers to your own questions"
    assert title not in shown(made(assessment, (), "en", "html").decode())


def test_answers_of_other_inputs_are_refused(
    assessment: Assessment, answers: tuple[model.Answer, ...]
) -> None:
    for change in ({"seed": 7}, {"status": "planned"}, {"city": None}, {"inputs": None}):
        with pytest.raises(InputDataError, match="other inputs than the report"):
            own_answers([answers[0].model_copy(update=change)], assessment, "en")


def test_only_a_full_report_holds_them(
    assessment: Assessment, answers: tuple[model.Answer, ...]
) -> None:
    claims = report.load_claims(threat_city.CITY)
    until = report.valid_until(assessment, load_assumptions())
    with pytest.raises(InputDataError, match="full report only"):
        report.one(
            assessment, claims, until, Edition(detail="handout"), "en", form="html",
            parts=Parts(own=answers),
        )  # fmt: skip


def test_the_name_of_a_file_says_that_it_holds_answers(assessment: Assessment) -> None:
    name = report.file_name(assessment, "en", form="pdf", own=True)
    assert name == "helsinki-centre-own-2026-11-23-en.pdf"
