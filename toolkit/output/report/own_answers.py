"""The answers to somebody's own questions as a part of the full report, only where asked for.

A question is named by its kind and number alone. No coordinate, street, name, approach or id of a
camera near a route is in it, and no guess of where cameras are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.assessment.model import Assessment
from toolkit.base.errors import InputDataError
from toolkit.base.terms import Language
from toolkit.language.translate import number, tr
from toolkit.output import threat_words
from toolkit.output.outline import Node, outline
from toolkit.threats import model


@dataclass(frozen=True)
class OwnAnswer:
    """One answer: how its question is called, and what is said of it."""

    label: str
    said: tuple[Node, ...]


@dataclass(frozen=True)
class OwnAnswers:
    """The part of the report.

    Attributes
    ----------
    title
        Its heading.
    care
        What the reader has to know before passing it on.
    answers
        The answers, in the order of the questions.
    not_said
        Heading of the notes.
    notes
        Their warnings, each once.
    """

    title: str
    care: tuple[str, ...]
    answers: tuple[OwnAnswer, ...]
    not_said: str
    notes: tuple[str, ...]


def own_answers(
    answers: Sequence[model.Answer], assessment: Assessment, lang: Language
) -> OwnAnswers | None:
    """Return the part of the report; None without questions.

    Parameters
    ----------
    answers
        Answers on routes, places, links and vehicles.
    assessment
        What is reported.
    lang
        Language.

    Raises
    ------
    InputDataError
        If an answer was made with other inputs than the report.
    """
    if not answers:
        return None
    for answer in answers:
        _check(answer, assessment)
    notes = (text for answer in answers for text in threat_words.warning_lines(answer, lang))
    return OwnAnswers(
        title=tr("Answers to your own questions", lang),
        care=(
            tr("These pages are about routes or places of one person. Leave them out of what you "
               "pass on.", lang),
            tr("Nothing that was typed or drawn is in them. Their lengths and directions may still "
               "tell a reader which route or place it is.", lang),
        ),
        answers=tuple(_labelled(answers, lang)),
        not_said=tr("What this does not say", lang),
        notes=tuple(dict.fromkeys(notes)),
    )  # fmt: skip


def _check(answer: model.Answer, assessment: Assessment) -> None:
    """Refuse an answer that was made with other inputs than the report."""
    inputs = assessment.inputs
    same = (
        answer.inputs is not None
        and answer.city is not None
        and answer.city.id == assessment.city.id
        and answer.assumptions.sha256 == assessment.assumptions.sha256
        and (answer.as_of, answer.seed, answer.status)
        == (assessment.as_of, assessment.seed, assessment.status)
        and (answer.inputs.evidence_sha256, answer.inputs.pack_sha256)
        == (inputs.evidence_sha256, inputs.pack_sha256)
    )
    if not same:
        msg = "An answer was made with other inputs than the report. Ask the question again."
        raise InputDataError(msg)


def _labelled(answers: Sequence[model.Answer], lang: Language) -> Iterator[OwnAnswer]:
    """Yield each answer with its kind, and its number where there are several of this kind."""
    said = [_said(answer, lang) for answer in answers]
    all_of = Counter(kind for kind, _ in said)
    so_far: Counter[str] = Counter()
    for kind, lines in said:
        so_far[kind] += 1
        label = kind
        if all_of[kind] > 1:
            label = tr("{kind} {number}", lang).format(kind=kind, number=number(so_far[kind]))
        yield OwnAnswer(label, outline(lines))


def _said(answer: model.Answer, lang: Language) -> tuple[str, list[str]]:
    """Return the kind of a question, and the lines of its answer."""
    match answer:
        case model.RouteAnswer():
            return tr("Route", lang), threat_words.route_lines(answer, lang, ids=False)
        case model.PlaceAnswer():
            return tr("Place", lang), threat_words.place_lines(answer, lang, approaches=False)
        case model.LinkAnswer():
            return tr("Link", lang), threat_words.link_lines(answer, lang)
        case model.VehiclesAnswer():
            return tr("Vehicles", lang), threat_words.vehicle_lines(answer, lang)
        case _:
            msg = "This answer is about none of routes, places, links and vehicles."
            raise InputDataError(msg)
