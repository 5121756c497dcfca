"""Facilitator's notes, and what most people get wrong: what is said in the room."""

from __future__ import annotations

from toolkit.base.terms import Language
from toolkit.language.translate import tr


def before(lang: Language) -> tuple[str, ...]:
    """Return what holds before anything else: nobody is put at risk by the exercise."""
    return (
        tr(
            "Indoors, at this screen or on paper. Nobody walks out to look at cameras or takes "
            "pictures of them: that is dangerous.",
            lang,
        ),
        tr(
            "Invented addresses only. Stop whoever names a home, an office or a person.",
            lang,
        ),
        tr(
            "For some people cameras mean arrests. Anybody may step out, and you may stop at any "
            "time.",
            lang,
        ),
    )


def facilitator(lang: Language) -> tuple[tuple[str, str], ...]:
    """Return the steps: what to do, and what to say."""
    return (
        (
            tr("Form groups of up to five. 2 minutes.", lang),
            tr("Nobody here has a list of the cameras. We compare expectations.", lang),
        ),
        (
            tr("Each group marks in turn, while the others talk. 10 minutes.", lang),
            tr("Where do you expect cameras, and why there?", lang),
        ),
        (
            tr("Ask how sure they are, before anything is shown. 3 minutes.", lang),
            tr("Of 10 cameras, how many stand near your marks?", lang),
        ),
        (
            tr("Reveal, and flip through all ten guesses slowly. 10 minutes.", lang),
            tr(
                "This is one of ten guesses. What changes from one to the next, and what stays?",
                lang,
            ),
        ),
        (
            tr("Read the scores. 5 minutes.", lang),
            tr(
                "The score compares you with the estimate. Nobody knows the truth, the estimate "
                "included.",
                lang,
            ),
        ),
        (
            tr("Read what most people get wrong. 10 minutes.", lang),
            tr("What will you do differently, and what not because of a map?", lang),
        ),
        (
            tr("Start again removes everything. Nothing was saved.", lang),
            tr("Phones, checkpoints and people who watch are not on this map.", lang),
        ),
    )


def wrong_about_marks(lang: Language) -> tuple[str, ...]:
    """Return what most people get wrong when they mark where cameras are."""
    return (
        tr(
            "The palest street is not a street without cameras. It means under 10 % in the middle "
            "estimate: of many such streets, some have one.",
            lang,
        ),
        tr(
            "A place without a mark on the map is a place that nobody has mapped.",
            lang,
        ),
        tr(
            "Main roads come to mind first. Road authorities and plate readers favour them; "
            "police posts and quiet corners get cameras, too.",
            lang,
        ),
        tr(
            "To count cameras is not to count chances. One camera that everybody passes sees more "
            "people than ten in side streets.",
            lang,
        ),
        tr(
            "Being sure costs points. Where nobody has a list, few marks and much certainty score "
            "worse than saying that cameras may be anywhere.",
            lang,
        ),
        tr("One guess looks like a map of cameras. Flip on, and it is gone.", lang),
    )


def wrong_about_chances(lang: Language) -> tuple[str, ...]:
    """Return what most people get wrong when they say how exposed a place is."""
    return (
        tr(
            "To be seen is not to be recognised: from question to question a camera must be "
            "nearer, or better.",
            lang,
        ),
        tr(
            "Face matching and plate reading hold only if the software is switched on; how likely "
            "that is stands next to the map, and is in no chance here.",
            lang,
        ),
        tr(
            "Few say 30 %. Most say never or always, and a place in view in 3 of 10 guesses proves "
            "neither wrong.",
            lang,
        ),
        tr(
            "A low chance at one address is no low chance on a trip: the way there passes many "
            "cameras.",
            lang,
        ),
    )
