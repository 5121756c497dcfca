"""Answer in one sentence, before any table: what somebody meets on an ordinary trip."""

from __future__ import annotations

from typing import Final

from toolkit.app import markup
from toolkit.app.city import figures
from toolkit.app.kept_answers import Estimate
from toolkit.assessment.model import Assessment, SamplePart
from toolkit.base.quantity import Quantity
from toolkit.base.terms import Language, Tier
from toolkit.language import notes, quantities, words
from toolkit.language.translate import number, significant, tr
from toolkit.output import conditions, trip_words
from toolkit.output.report import reported
from toolkit.siting.profiles import load_profiles

_PER_CENT: Final = 100.0
_LEAST_KM: Final = 0.1
"""Lengths below it are printed as "under 0.1", see `quantities.quantity_text`."""


def show(made: Estimate, tier: Tier, lang: Language) -> None:
    """Show what is said below the answer: more of trips and streets, sources, conditions."""
    assessment = made.assessment
    built = [
        markup.tag("p", text, kind="condition")
        for text in conditions.if_built(assessment, lang)[:1]
    ]
    parts = built
    parts += [markup.tag("p", text) for text in more(assessment, tier, lang)]
    parts.append(markup.tag("p", reported.source_sentence(assessment, made.claims, lang)))
    if assessment.basis == "streets" and assessment.inputs.siting_profile is not None:
        operator = profile_text(assessment.inputs.siting_profile, lang)
        parts.append(markup.tag("p", operator, kind="condition"))
    if assessment.sample is not None:
        parts.append(markup.tag("p", sample_text(assessment.sample, lang), kind="small"))
    plans = conditions.planned(assessment, made.claims, lang)
    if plans is not None:
        says = (markup.lang_text(reported.data_text(text), lang) for text in plans.says)
        said = " ".join((markup.text(plans.head), *says, markup.text(plans.effect)))
        parts.append(f'<p class="condition">{said}</p>')
    parts.append(markup.tag("p", figures.foot_text(made, lang), kind="foot"))
    parts.append(markup.tag("p", words.limits(lang)[0], kind="limit"))
    markup.show(lang, *parts)


def sentence(assessment: Assessment, tier: Tier, lang: Language) -> str:
    """Return the answer in one sentence: what somebody meets on an ordinary trip.

    Parameters
    ----------
    assessment
        The assessment.
    tier
        Tier that is asked for.
    lang
        Language.

    Returns
    -------
    str
        Kilometres of street, which need no boundary, where trips are not known.
    """
    return trip_words.headline(assessment, tier, lang) or _on_streets(assessment, tier, lang)


def _on_streets(assessment: Assessment, tier: Tier, lang: Language) -> str:
    part = assessment.shown_tiers[tier]
    where = _length_text(part.length_km, lang)
    patterns = {
        "seen": tr(
            "Along {where}, people are seen by a working camera of the reported system.", lang
        ),
        "recognised": tr(
            "Along {where}, a working camera of the reported system shows people well enough for "
            "somebody who knows them to tell who they are.",
            lang,
        ),
        "identified": tr(
            "Along {where}, a working camera of the reported system shows people well enough to "
            "find out afterwards who they are.",
            lang,
        ),
        "face": tr(
            "If face recognition is switched on: along {where}, a working camera of the "
            "reported system shows faces well enough for it.",
            lang,
        ),
        "plate": tr(
            "If number plate reading is switched on: along {where}, a working camera of the "
            "reported system shows number plates well enough for it.",
            lang,
        ),
    }
    text = patterns[tier].format(where=where)
    if assessment.if_built is not None:
        text = tr("If it was built: {answer}", lang).format(answer=text)
    # Little street length must not be read as few people.
    return " ".join((*trip_words.point_note(tier, lang), text))


def _length_text(length: Quantity, lang: Language) -> str:
    """Return a length as part of the sentence; a low end near zero is put in words."""
    if length.high is not None and _is_hardly_any(length, _LEAST_KM):
        return tr("up to {high} km of street, perhaps hardly any", lang).format(
            high=significant(length.high, 2)
        )
    return tr("{length} of street", lang).format(length=quantities.quantity_text(length, lang))


def _is_hardly_any(quantity: Quantity, least: float) -> bool:
    """Return whether the low end of a figure, and not the high one, is too small to be printed."""
    low, high = quantity.low, quantity.high
    return low is not None and high is not None and low < least <= high


def more(assessment: Assessment, tier: Tier, lang: Language) -> list[str]:
    """Return the lines below the sentence: more of trips, then streets, and conditions."""
    part = assessment.shown_tiers[tier]
    answer = sentence(assessment, tier, lang)
    found = [t for t in trip_words.sentences(assessment, tier, lang) if t not in answer]
    # Without trips the sentence has the length already, unless it says that it is hardly any.
    more_exact = part.trip.at_least_one.known or _is_hardly_any(part.length_km, _LEAST_KM)
    if part.share_of_length.realised.known or more_exact:
        found.append(trip_words.streets_line(part, lang))
    found += conditions.where(assessment, lang, (tier,))
    if part.switched_on is not None:
        switched = tr(
            "How likely it is that it is switched on: {chance}. That is not part of the other "
            "figures.",
            lang,
        )
        found.append(switched.format(chance=quantities.quantity_text(part.switched_on, lang)))
    return found


def profile_text(name: str, lang: Language) -> str:
    """Return the kind of operator that was chosen, and what that does to the figures."""
    return f"{operator_text(name, lang)} {notes.text('one_profile', lang)}"


def operator_text(name: str, lang: Language) -> str:
    """Return the kind of operator that was chosen, as a sentence."""
    known = load_profiles().profile.get(name)
    kind = words.profile_name(name, known.title if known else name, lang)
    return tr(
        "As if all cameras were run by one kind of operator: {kind}. That changes on which streets "
        "they are likely.",
        lang,
    ).format(kind=kind)


def sample_text(sample: SamplePart, lang: Language) -> str:
    """Return the size of the sample that figures are from, and its error."""
    return tr(
        "These figures are from a sample of {n} of {of} places along the streets. For that alone, "
        "a share of the street length may be off by up to {error} percentage points. The map is "
        "made of all places.",
        lang,
    ).format(
        n=number(sample.points),
        of=number(sample.of),
        error=significant(_PER_CENT * sample.error_share, 2),
    )
