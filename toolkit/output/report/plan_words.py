"""Words of a session: what a trainer does, says and looks out for.

No advice on clothing, routes or behaviour: that is the trainer's own.
"""

from __future__ import annotations

from toolkit.base.terms import Language
from toolkit.language.translate import tr


def head(lang: Language) -> list[tuple[str, list[str]]]:
    """Return aim, group, and materials."""
    return [
        (
            tr("Aim.", lang),
            [
                tr(
                    "Participants can say what is reported, how far an estimate can be trusted, "
                    "and what it does not count; and they notice where their own guesses were too "
                    "sure.",
                    lang,
                )
            ],
        ),
        (
            tr("Group.", lang),
            [tr("Six to twenty people, in groups of up to five, around tables.", lang)],
        ),
        (
            tr("Materials.", lang),
            [
                tr(
                    "For each group: the page to mark, the score sheet, two pens. For the trainer: "
                    "this plan, the page to reveal, the key. For each participant: the hand-out. "
                    "No telephone is needed; nothing is sent anywhere.",
                    lang,
                )
            ],
        ),
    ]


def notes(lang: Language) -> list[str]:
    """Return what the trainer should know before."""
    return [
        tr(
            "All of it is done indoors and on paper. Do not send anybody out to look for cameras, "
            "to count them, to take pictures or to ask.",
            lang,
        ),
        tr(
            "Use invented addresses and persons. Collect the marked pages at the end and destroy "
            "them: marks can show where people go.",
            lang,
        ),
        tr(
            "Read the hand-out first. Know by heart what is not counted: private, hidden and "
            "mobile cameras, checkpoints, phones.",
            lang,
        ),
        tr(
            "The estimate is not the truth: nobody has looked at the cameras. A group that "
            "guesses outside the range may still be right.",
            lang,
        ),
    ]


def times(lang: Language) -> list[tuple[str, str, str]]:
    """Return the minutes of each part in the short and in the long session."""
    return [
        (tr("Activity: guess and mark", lang), "10", "20"),
        (tr("Discussion: compare the guesses", lang), "10", "15"),
        (tr("Inputs: reveal, and how to read it", lang), "10", "20"),
        (tr("Deepening: what would change the answer", lang), "5", "20"),
        (tr("Synthesis: say it back", lang), "10", "15"),
    ]


def parts(lang: Language) -> list[tuple[str, list[str]]]:
    """Return each part with its steps."""
    return [
        (
            tr("Activity: guess and mark", lang),
            [
                tr("Say what is reported, when, and by whom. Say no other number.", lang),
                tr("Explain the five questions with the pictures of the hand-out.", lang),
                tr(
                    "Each group fills in its guesses on the score sheet, from a low to a high "
                    "number, and marks its page. Nobody looks anything up.",
                    lang,
                ),
            ],
        ),
        (
            tr("Discussion: compare the guesses", lang),
            [
                tr("Each group says its widest and its narrowest guess, and why.", lang),
                tr("Put the pages side by side: where do all agree, where does nobody?", lang),
            ],
        ),
        (
            tr("Inputs: reveal, and how to read it", lang),
            [
                tr("Show the page to reveal. Read one range aloud, low and high end.", lang),
                tr("Explain the row of ten: dark, light, dashed.", lang),
                tr("Count points by the key. Then read aloud what is not counted.", lang),
            ],
        ),
        (
            tr("Deepening: what would change the answer", lang),
            [
                tr(
                    "Ask: what if all cameras are in the centre, what if they are spread? Read "
                    "both sentences.",
                    lang,
                ),
                tr(
                    "90 minutes only: each group takes one question and finds two things that "
                    "nobody knows and that would move its answer.",
                    lang,
                ),
                tr(
                    "90 minutes only: groups write one sentence for a friend who was not here, "
                    "with a range in it, and swap sentences to check them.",
                    lang,
                ),
            ],
        ),
        (
            tr("Synthesis: say it back", lang),
            [
                tr("Each participant completes: “One may conclude …”, “One may not …”.", lang),
                tr(
                    "Add your own advice to the box of the hand-out, hand it out, and say until "
                    "when it holds.",
                    lang,
                ),
                tr("Collect the marked pages and the score sheets.", lang),
            ],
        ),
    ]


def questions(lang: Language) -> list[str]:
    """Return questions for the discussion."""
    return [
        tr("What did you take for granted when you guessed?", lang),
        tr("Seen, recognised, identified: who would do each, and with what?", lang),
        tr("Which of these cameras would no map show?", lang),
        tr("Who reported the number, and what might they not have known?", lang),
        tr("What would you tell somebody who reads only the middle of a range?", lang),
    ]


def mistakes(lang: Language) -> list[tuple[str, str]]:
    """Return what people often conclude, and what to answer."""
    return [
        (
            tr("Our street has no dark line, so nobody watches it.", lang),
            tr(
                "No line says that. It only says that the reported system is less likely there; "
                "other cameras are not counted at all.",
                lang,
            ),
        ),
        (
            tr("The middle is the real number.", lang),
            tr("Every value between the ends is possible, and 1 in 10 lies outside.", lang),
        ),
        (
            tr("Few plates are read, so plates are no problem.", lang),
            tr(
                "One reader at a gate or a bridge reads everybody who passes it, if it is switched "
                "on.",
                lang,
            ),
        ),
        (
            tr("Seen means identified.", lang),
            tr(
                "Most cameras show that someone is there, not who. The five questions have five "
                "answers.",
                lang,
            ),
        ),
        (
            tr("The map shows where the cameras are.", lang),
            tr("Only the dots of mapped cameras do. All else is how likely it is.", lang),
        ),
    ]


def stress(lang: Language) -> list[str]:
    """Return what to do if participants are distressed."""
    return [
        tr(
            "Talk of being watched can bring back what people have lived through. Say at the start "
            "that anybody may leave the room or sit out a part, without a reason.",
            lang,
        ),
        tr(
            "Ask for no stories of arrests. If one is told, thank the person, pause, and go on "
            "with the range on the page: it is about streets, not about them.",
            lang,
        ),
        tr("End with what the group can do together, and name somebody to talk to.", lang),
    ]


def scoring(lang: Language, *, with_map: bool) -> list[str]:
    """Return how points are counted."""
    found = [
        tr("One point if your range and that of the estimate overlap.", lang),
        tr("One more if your range is not wider than that of the estimate.", lang),
    ]
    if with_map:
        found.append(
            tr("One point for each mark on a street drawn as likely, or as possible by half.", lang)
        )
    else:
        found.append(
            tr("One point if you shaded less than all and said why: nobody knows where.", lang)
        )
    return [
        *found,
        tr("The group with the most points explains the range that it got wrong.", lang),
    ]
