"""One new claim, typed field by field: what each field means, and what follows from the others.

The command line and the form of the app take names, help, values and examples from `FIELDS`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from toolkit.base.terms import Language
from toolkit.evidence.claim import (
    Capability,
    Claim,
    Kind,
    Level,
    Scope,
    Status,
    Topic,
    Unit,
    When,
    Wording,
    problems_of_dates,
    problems_of_names,
)
from toolkit.evidence.makers import load_makers
from toolkit.evidence.spreadsheet import claim_of_texts
from toolkit.language.translate import marked, tr

PLACE: Final = "the new claim"
"""How problems name the claim."""
_MOST_ID_CHARS: Final = 70
Form = Literal["text", "number", "date", "choice"]


@dataclass(frozen=True)
class Field:
    """One field of a claim.

    Attributes
    ----------
    name
        Column of `spreadsheet.COLUMNS`.
    label, help
        What it is called, and what it means; in English, for `tr`.
    example
        A value.
    form
        Kind of value.
    values
        All values there are, if they can be listed.
    needed
        Whether a claim without it is refused.
    common
        Whether most claims have it.
    """

    name: str
    label: str
    help: str
    example: str
    form: Form = "text"
    values: tuple[str, ...] = ()
    needed: bool = False
    common: bool = False


FIELDS: Final = (
    Field("says", marked("What it says"), marked("The claim as one sentence in your own words."),
          "The city has over 200 cameras.", needed=True, common=True),
    Field("status", marked("Status"), marked("What is said to have happened; needed for cameras."),
          "installed", "choice", get_args(Status), common=True),
    Field("low", marked("Number, or at least"),
          marked("The number as stated: 200 for over 200. Leave out high unless it is a range."),
          "200", "number", common=True),
    Field("high", marked("At most"),
          marked("Upper end, for the wordings range, hundreds and up_to alone."),
          "300", "number", common=True),
    Field("unit", marked("Of what"), marked("What the number counts."),
          "cameras", "choice", get_args(Unit), common=True),
    Field("wording", marked("Wording of the number"), marked("How the source puts the number."),
          "over", "choice", get_args(Wording), common=True),
    Field("kind", marked("Kind of number"),
          marked("stock: in place at one time; flow: put up in a period; increment: added."),
          "stock", "choice", get_args(Kind), common=True),
    Field("scope", marked("Whose cameras"),
          marked("public: of the authorities; private: of owners; all: both; compelled_private: "
                 "that owners were ordered to put up; register: lists of people, checkpoints."),
          "public", "choice", get_args(Scope), needed=True, common=True),
    Field("said", marked("Said on"), marked("When the source said it: a day, month or year."),
          "2025-05-02", "date", needed=True, common=True),
    Field("valid", marked("Holds for"),
          marked("The day, month or year for which it is said to hold; needed with a number."),
          "2025-05", "date", common=True),
    Field("publisher", marked("Publisher"), marked("Who published it."),
          "Some Newspaper", needed=True, common=True),
    Field("title", marked("Title"), marked("Its heading, or what it is in your own words."),
          "Cameras at every junction", needed=True, common=True),
    Field("source_date", marked("Published on"), marked("A day, month or year, or unknown."),
          "2025-05-02", "date", needed=True, common=True),
    Field("grade", marked("Grade"),
          marked("Source A (best) to F, then content 1 (best) to 6; F and 6: cannot be judged."),
          "C3", "choice", tuple(f"{a}{b}" for a in "ABCDEF" for b in "123456"),
          needed=True, common=True),
    Field("reason", marked("Reason for the grade"), marked("Why, in a few words."),
          "One outlet, no second source.", needed=True, common=True),
    Field("topic", marked("Subject"),
          marked("Left out: count with a number, presence without one."),
          "count", "choice", get_args(Topic)),
    Field("brands", marked("Makes"), marked("Makes that are named, separated by semicolons."),
          "Dahua; Hikvision"),
    Field("brand", marked("Make counted"), marked("If the number is of one make only."), "Dahua"),
    Field("model", marked("Model"), marked("Model of the camera, as named."), "IPC-HFW5442"),
    Field("suppliers", marked("Suppliers"),
          marked("Who delivered them, separated by semicolons."), "Fisca; Naung Yoe"),
    Field("capability", marked("What they can do"),
          marked("Separated by semicolons; with level."), "face_recognition",
          values=get_args(Capability)),
    Field("level", marked("Level of what they can do"),
          marked("Claimed of this city, of its programme, or denied."),
          "city", "choice", get_args(Level)),
    Field("place", marked("Part of the city"), marked("Empty for the whole city."), "the market"),
    Field("area", marked("What counts as the city"), marked("As far as the source says."),
          "the municipality"),
    Field("area_km2", marked("Its area in km²"), marked("As the source says; with area."),
          "12.5", "number"),
    Field("phase", marked("Phase"), marked("Stage of the programme, as named."), "second phase"),
    Field("said_note", marked("Note on when it was said"), marked("If the date is not plain."),
          "Year not printed."),
    Field("via", marked("Quoted by"),
          marked("Publications that quote it, if you did not read the source; semicolons."),
          "Another Newspaper"),
    Field("source_id", marked("Id of the source"),
          marked("Left out: made of publisher and year."), "some-newspaper-2025"),
    Field("origins", marked("Origins"),
          marked("Ids of where it first came from; claims of one origin count once."),
          "some-newspaper-2025"),
    Field("witnesses", marked("Witnesses"), marked("How many people at the origin said it."),
          "2", "number"),
    Field("id", marked("Id of the claim"), marked("Left out: made of city, source and subject."),
          "dawei-some-newspaper-2025-count"),
    Field("covers", marked("Cities it covers"),
          marked("For claims about the country: ids of cities, or country or none."),
          "dawei; sittwe"),
    Field("supersedes", marked("Replaces"), marked("Ids of claims that are then not used."),
          "dawei-old-2024-count"),
    Field("contradicts", marked("Contradicts"), marked("Ids of claims that it disagrees with."),
          "dawei-other-2025-count"),
    Field("made_up", marked("Made up"),
          marked("yes only for practice; the publisher then begins with Made-up."),
          "yes", "choice", ("yes",)),
    Field("note", marked("Note"), marked("Anything else."), "Heard at a meeting."),
)  # fmt: skip
"""All fields of a claim but its city, the common ones first."""


def help_text(field: Field, lang: Language = "en") -> str:
    """Return what a field means, the values there are, and an example."""
    parts = [tr(field.help, lang)]
    if field.values and len(field.values) < len("ABCDEF") ** 2:
        parts.append(tr("One of: {values}.", lang).format(values=", ".join(field.values)))
    parts.append(tr("Example: {example}", lang).format(example=field.example))
    return " ".join(parts)


def filled(city_id: str, fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields with those that follow from others: source, origins, topic and id."""
    year = re.sub(r"\D.*", "", fields.get("source_date", ""))
    outlet = re.sub(r"[^a-z0-9]+", "-", fields.get("publisher", "").casefold()).strip("-")
    source = fields.get("source_id") or f"{outlet or 'own'}-{year}".strip("-")[:_MOST_ID_CHARS]
    numbered = "low" in fields or "high" in fields
    topic = fields.get("topic") or ("count" if numbered else "presence")
    return {
        "topic": topic,
        "source_id": source,
        "origins": source,
        "id": f"{city_id}-{source}-{topic}"[:_MOST_ID_CHARS],
        **fields,
        "city": city_id,
    }


def new_claim(
    city_id: str, fields: Mapping[str, str], problems: list[str], *, today: dt.date
) -> Claim | None:
    """Return the claim that the fields say; on failure add its problems and return None.

    Parameters
    ----------
    city_id
        Id of the city, or `load.NATIONAL`.
    fields
        Text of each field that is given, by its name.
    problems
        List to which problems are added, each as ``PLACE, field: problem``.
    today
        Day after which nothing can have been said.
    """
    claim = claim_of_texts(filled(city_id, fields), PLACE, problems)
    if claim is None:
        return None
    found = problems_of_names(claim, load_makers()) + problems_of_dates(claim, today)
    problems.extend(f"{PLACE}, {problem}" for problem in found)
    return None if found else claim


def problems_by_field(
    city_id: str, fields: Mapping[str, str], lang: Language, *, today: dt.date
) -> tuple[Claim | None, dict[str, list[str]]]:
    """Return the claim, and what is wrong by the name of the field; "" where it is several.

    What is missing, and what is no number or date, is said in the language; what does not fit
    together is said in English.
    """
    found: dict[str, list[str]] = {}
    for field in FIELDS:
        text = fields.get(field.name, "")
        if field.needed and not text:
            found[field.name] = [tr("This is missing.", lang)]
        elif text and not _is_of_form(field, text):
            sentence = (
                tr("This is not a number. Write digits, with a point and no separators.", lang)
                if field.form == "number"
                else tr("This is not a date. Write 2022-07-11, 2022-07, 2022 or unknown.", lang)
            )
            found[field.name] = [sentence]
    problems: list[str] = []
    claim = new_claim(city_id, fields, problems, today=today)
    said = set(found)
    for problem in problems:
        where, _, what = problem.removeprefix(PLACE).partition(": ")
        name = where.removeprefix(", ").partition(".")[0]
        name = name if name in {field.name for field in FIELDS} else ""
        if name not in said:
            found.setdefault(name, []).append(what)
    return claim, found


def _is_of_form(field: Field, text: str) -> bool:
    """Return whether a text is a number or a date, if the field is one."""
    try:
        if field.form == "number":
            float(text)
        if field.form == "date":
            When(text)
    except ValueError:
        return False
    return True
