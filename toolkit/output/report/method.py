"""One page on how the figures are made, and the words that a report uses."""

from __future__ import annotations

from toolkit.base.terms import Language
from toolkit.language.translate import number, tr


def paragraphs(n_draws: int, lang: Language) -> tuple[tuple[str, str], ...]:
    """Return each step of the method: its heading, and what is done.

    Parameters
    ----------
    n_draws
        Number of draws behind the figures.
    lang
        Language.
    """
    return (
        (
            tr("From reports to a number", lang),
            tr(
                "A report such as “over 200 cameras” is a least number at its date. How many more "
                "there may be follows from how such numbers have grown elsewhere. Reports of the "
                "same origin count once; those that contradict each other are all listed.",
                lang,
            ),
        ),
        (
            tr("From a camera to the ground", lang),
            tr(
                "Lens, number of pixels, height and aim give the stretch of ground on which a "
                "camera shows a person, a face or a number plate with enough pixels per metre "
                "(IEC 62676-4). It begins some metres from the camera, and for faces it can be "
                "empty.",
                lang,
            ),
        ),
        (
            tr("From the number to places", lang),
            tr(
                "Nobody publishes where the cameras are. They are placed many times over on the "
                "streets, more often where lists of other cities have them, and nowhere with "
                "certainty. Cameras that volunteers have mapped stay where they are.",
                lang,
            ),
        ),
        (
            tr("From places to trips", lang),
            tr(
                "Ordinary walks and rides are drawn on the streets. A trip passes a camera if any "
                "part of it lies where that camera can do what is asked. Walls block the view.",
                lang,
            ),
        ),
        (
            tr("How sure it is", lang),
            tr(
                "All that is not known is drawn from its range, {n} times. The low and the high "
                "end are passed by 1 in 20 of these each, the middle by half. A range is only as "
                "good as the assumptions: if they are wrong, so is the range.",
                lang,
            ).format(n=number(n_draws)),
        ),
        (
            tr("Where no streets are installed", lang),
            tr(
                "Street networks of other cities stand in. Then there is no map, and no figure "
                "says anything of a single street.",
                lang,
            ),
        ),
    )


def glossary(lang: Language) -> tuple[tuple[str, str], ...]:
    """Return the words that a report uses, each with its meaning."""
    return (
        (
            tr("Middle", lang),
            tr("Half of the drawn values lie above it; of a street, the mean.", lang),
        ),
        (
            tr("Low end, high end", lang),
            tr("Nine in ten of the drawn values lie between them.", lang),
        ),
        (tr("Boundary", lang), tr("What “the city” means in a figure.", lang)),
        (
            tr("Completeness", lang),
            tr("Cameras on the map, as a share of those that are assumed.", lang),
        ),
        (tr("Site", lang), tr("A place with one or several cameras.", lang)),
        (
            tr("Installed, planned", lang),
            tr("Cameras that are there; those together with announced ones.", lang),
        ),
        (
            tr("Assumption set", lang),
            tr("A value or a range, with source and reason, for all that is not known.", lang),
        ),
        (
            tr("Claim", lang),
            tr("What one source says, with its date and how far it is trusted.", lang),
        ),
    )
