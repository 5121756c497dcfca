"""A camera's sheet in words: the tables and sentences of the command and the page."""

from __future__ import annotations

import numpy as np

from toolkit.base.terms import Language, Tier
from toolkit.language import quantities, words
from toolkit.language.translate import in_numerals, number, tr
from toolkit.optics.catalogue import Kind
from toolkit.optics.lens import RingBounds
from toolkit.optics.passing_words import one_passing_table, passing_table
from toolkit.optics.sheet import RingRow, Sheet, SheetTable, Why, ends

NOT_APPLICABLE = "–"
_MM_PER_M = 1000.0
_NEGLIGIBLE = 0.005
"""Relative differences below this are not mentioned."""


def tables(sheet: Sheet, lang: Language) -> tuple[SheetTable, ...]:
    """Return all tables of a sheet, the rings of the tiers first."""
    found = (
        rings_table(sheet, lang),
        lens_table(sheet, lang),
        editions_table(sheet, lang),
        presets_table(sheet, lang),
        motorcycle_table(sheet, lang),
        passing_table(sheet, lang),
        one_passing_table(sheet, lang),
    )
    return (*found, tele_table(sheet, lang)) if sheet.tele else found


def title(sheet: Sheet, lang: Language) -> str:
    """Return the name of a camera with its height, lens and aim."""
    camera = sheet.camera
    name = camera.name.in_language(lang)
    stated = [
        tr("{value} m high", lang).format(value=_short(camera.height_m)),
        tr("{value} mm lens", lang).format(value=_short(camera.focal_mm)),
    ]
    if camera.aim_m is not None:
        stated.append(tr("aimed at {value} m", lang).format(value=_short(camera.aim_m)))
    elif camera.pans:
        stated.append(tr("turning", lang))
    stated.append(tr("night", lang) if sheet.night else tr("day", lang))
    return f"{name}: {', '.join(stated)}"


def kind_name(kind: Kind, lang: Language) -> str:
    """Return the name of a kind of camera."""
    names = {
        "fixed": tr("Fixed camera", lang),
        "varifocal": tr("Camera with a lens that is set once", lang),
        "ptz": tr("Camera that turns and zooms", lang),
        "dome": tr("Dome camera", lang),
        "panoramic": tr("Panoramic camera", lang),
        "face": tr("Camera for faces", lang),
        "plate": tr("Camera for number plates", lang),
    }
    return names[kind]


def ring_text(row: RingRow, bounds: RingBounds, lang: Language) -> str:
    """Return a ring in metres, or the reason why it is empty."""
    found = ends(bounds)
    if found is not None:
        return tr("{low} to {high} m", lang).format(low=_metres(found[0]), high=_metres(found[1]))
    why = row.why_empty(bounds)
    return why_text(why, row.tier, lang) if why is not None else NOT_APPLICABLE


def why_text(why: Why, tier: Tier, lang: Language) -> str:
    """Return the reason why a ring is empty as one sentence."""
    if why.slant_m is not None and why.drop_m is not None:
        target = {
            "seen": tr("the head of a person", lang),
            "recognised": tr("the head of a person", lang),
            "identified": tr("the head of a person", lang),
            "face": tr("the face", lang),
            "plate": tr("the number plate", lang),
        }[tier]
        text = (
            tr(
                "empty: the density ends {slant} m from the lens, and {target} is {drop} m below",
                lang,
            )
            if why.ends == "density"
            else tr(
                "empty: the light ends {slant} m from the lens, and {target} is {drop} m below",
                lang,
            )
        )
        return text.format(slant=_metres(why.slant_m), target=target, drop=_metres(why.drop_m))
    ending = {
        "density": tr("the density ends at {value} m", lang),
        "light": tr("the light ends at {value} m", lang),
        "picture": tr("the picture ends at {value} m", lang),
        "range": tr("nothing is counted beyond {value} m", lang),
    }[why.ends].format(value=_metres(why.ends_m))
    beginning = {
        "cap": tr("the tilt cap begins at {value} m", lang),
        "picture": tr("the picture begins at {value} m", lang),
    }[why.begins].format(value=_metres(why.begins_m))
    return tr("empty: {ending}, {beginning}", lang).format(ending=ending, beginning=beginning)


def rings_table(sheet: Sheet, lang: Language) -> SheetTable:
    """Return the rings of the tiers: by day, at night, and "could cover"."""
    camera = sheet.camera
    if camera.aim_m is not None:
        caption = tr(
            "Rings on the ground, in metres from the foot of the pole, if the middle of the "
            "picture meets a face at {value} m.",
            lang,
        ).format(value=_short(camera.aim_m))
    else:
        caption = tr(
            "Rings on the ground, in metres from the foot of the pole. The camera turns: all "
            "directions count, at its wide setting.",
            lang,
        )
    head = (
        tr("What is asked", lang),
        tr("Pixels per metre", lang),
        tr("By day", lang),
        tr("At night", lang),
        tr("Could cover, if it pointed there", lang),
    )
    rows = tuple(
        (words.tier_name(row.tier, lang), _short(row.threshold_px_m), *_ring_cells(row, lang))
        for row in sheet.tiers
    )
    return SheetTable(caption, head, rows)


def lens_table(sheet: Sheet, lang: Language) -> SheetTable:
    """Return the lens: its fields of view, and its pixel constant computed in each way."""
    camera = sheet.camera
    rows = [
        (tr("Sort of camera", lang), kind_name(camera.kind, lang)),
        (
            tr("Picture and sensor", lang),
            tr("{width} x {height} pixels, sensor {sensor} mm wide", lang).format(
                width=f"{camera.width_px:.0f}",
                height=f"{camera.height_px:.0f}",
                sensor=_short(camera.sensor_width_mm),
            ),
        ),
        (
            tr("Field of view used", lang),
            tr("{h} degrees across, {v} degrees high", lang).format(
                h=_metres(camera.hfov_deg), v=_metres(camera.vfov_deg)
            ),
        ),
    ]
    if sheet.axis_tilt_deg is not None:
        rows.append(
            (
                tr("Tilt of the axis", lang),
                tr("{value} degrees down", lang).format(value=_metres(sheet.axis_tilt_deg)),
            )
        )
    rows += _constant_rows(sheet, lang)
    rows.append((tr("Off axis", lang), off_axis_text(sheet, lang)))
    rows.append(
        (
            tr("Published range of its light", lang),
            tr("{value} m", lang).format(value=_short(camera.night_m)),
        )
    )
    caption = tr(
        "The lens. The density constant divided by the distance in metres gives pixels per metre.",
        lang,
    )
    return SheetTable(caption, (tr("Value", lang), ""), tuple(rows))


def _constant_rows(sheet: Sheet, lang: Language) -> list[tuple[str, str]]:
    """Return the pixel constant from the focal length and from the published field of view."""
    constants, used = sheet.constants, sheet.camera.constant_px
    rows = []
    if constants.pitch_px is not None and constants.pitch_hfov_deg is not None:
        rows += [
            (
                tr("Density constant from focal length and pixels", lang),
                tr("{k} pixels (used)", lang).format(k=number(constants.pitch_px)),
            ),
            (
                tr("Field of view from the focal length (tangent)", lang),
                tr("{value} degrees", lang).format(value=_metres(constants.pitch_hfov_deg)),
            ),
        ]
    if constants.published_hfov_deg is None:
        rows.append(
            (
                tr("Density constant from the published field of view", lang),
                tr("none is published for this focal length", lang),
            )
        )
    else:
        rows.append(
            (
                tr("Published field of view", lang),
                tr("{value} degrees", lang).format(value=_metres(constants.published_hfov_deg)),
            )
        )
    if constants.radians_px is not None:
        rows.append(
            (
                tr("Density constant from it, by angle (radians)", lang),
                _compared(constants.radians_px, used, lang),
            )
        )
        rows.append(
            (
                tr("Density constant from it, by tangent", lang),
                NOT_APPLICABLE
                if constants.tangent_px is None
                else _compared(constants.tangent_px, used, lang),
            )
        )
    return rows


def off_axis_text(sheet: Sheet, lang: Language) -> str:
    """Return the change of density towards the edge of the picture as one sentence."""
    if sheet.edge_ratio - 1 < _NEGLIGIBLE:
        return tr("the same density at the same distance, out to the edge of the picture", lang)
    return tr(
        "up to {ratio} times the density at the edge of the picture; the rings leave that out", lang
    ).format(ratio=number(sheet.edge_ratio, decimals=2))


def editions_table(sheet: Sheet, lang: Language) -> SheetTable:
    """Return the levels of all editions of the standard, each with its ring for a person."""
    head = (
        tr("Pixels per metre", lang),
        tr("Millimetres per pixel", lang),
        *sheet.editions,
        tr("By day", lang),
        tr("At night", lang),
        tr("Could cover, if it pointed there", lang),
    )
    rows = tuple(
        (
            _short(row.threshold_px_m),
            number(_MM_PER_M / row.threshold_px_m, decimals=1),
            *(name or NOT_APPLICABLE for name in names),
            *_ring_cells(row, lang),
        )
        for row, names in sheet.levels
    )
    caption = tr(
        "Levels of the standard in both editions, each for a standing person. The same word is not "
        "the same density.",
        lang,
    )
    return SheetTable(caption, head, rows)


def presets_table(sheet: Sheet, lang: Language) -> SheetTable:
    """Return the rings for makers' requirements for faces and number plates."""
    head = (
        tr("What is asked", lang),
        tr("Pixels per metre", lang),
        tr("By day", lang),
        tr("At night", lang),
        tr("Could cover, if it pointed there", lang),
        tr("Who asks for it", lang),
    )
    rows = tuple(
        (
            words.tier_name(row.tier, lang),
            _short(row.threshold_px_m),
            *_ring_cells(row, lang),
            row.source,
        )
        for row in sheet.presets
    )
    return SheetTable(tr("Published requirements for faces and number plates.", lang), head, rows)


def motorcycle_table(sheet: Sheet, lang: Language) -> SheetTable:
    """Return the rings for number plates of motorcycles, compared with those of cars."""
    values = sheet.assumptions
    car = values.value("optics.car_plate_width_m")
    small = values.value("optics.motorcycle_plate_width_m")
    names = {
        "tier-plate": tr("Car plate, {width} mm wide", lang).format(width=_short(car * _MM_PER_M)),
        "motorcycle-size": tr("Motorcycle plate, {width} mm wide, at the rear only", lang).format(
            width=_short(small * _MM_PER_M)
        ),
        "motorcycle-script": tr(
            "The same in Burmese script, {ratio} times the density", lang
        ).format(ratio=_short(values.value("optics.burmese_script_ratio"))),
    }
    cars = tuple(row for row in sheet.tiers if row.tier == "plate")
    head = (
        tr("Number plate", lang),
        tr("Pixels per metre", lang),
        tr("Pixels across the plate", lang),
        tr("By day", lang),
        tr("At night", lang),
        tr("Could cover, if it pointed there", lang),
    )
    rows = tuple(
        (
            names[row.id],
            number(row.threshold_px_m),
            f"{row.threshold_px_m * (car if row.id == 'tier-plate' else small):.3g}",
            *_ring_cells(row, lang),
        )
        for row in (*cars, *sheet.motorcycles)
    )
    caption = tr(
        "Motorcycles beside cars: the same characters on a smaller plate need more pixels per "
        "metre. Only the first row is in the figures of a city.",
        lang,
    )
    return SheetTable(caption, head, rows)


def tele_table(sheet: Sheet, lang: Language) -> SheetTable:
    """Return the rings of a camera while it is zoomed in."""
    found = sheet.passing
    caption = tr(
        "While it is zoomed in ({focal} mm, {fov} degrees across): where it could serve a target. "
        "It then sees nothing else, and none of this is in the figures of a city.",
        lang,
    ).format(
        focal=_short(sheet.camera.tele_focal_mm or np.nan),
        fov=_metres(found.tele_hfov_deg or np.nan),
    )
    head = (
        tr("What is asked", lang),
        tr("Pixels per metre", lang),
        tr("By day", lang),
        tr("At night", lang),
    )
    rows = tuple(
        (
            words.tier_name(row.tier, lang),
            _short(row.threshold_px_m),
            ring_text(row, row.day, lang),
            ring_text(row, row.night, lang),
        )
        for row in sheet.tele
    )
    return SheetTable(caption, head, rows)


def notes(sheet: Sheet, lang: Language) -> tuple[str, ...]:
    """Return the notes of a sheet as sentences."""
    values = sheet.assumptions
    sentences = [
        tr(
            "Where a camera points is an assumption. A ring without an aim only says what cannot "
            "be excluded.",
            lang,
        ),
        tr(
            "At night a camera is taken to see as far as {share} of the published range of its "
            "light; for matching faces {face} of that is left.",
            lang,
        ).format(
            share=quantities.share(values.value("optics.ir_claim_share"), lang),
            face=quantities.share(values.value("optics.night_face_share"), lang),
        ),
        tr(
            "Heights of targets: head {head} m, face {face} m, number plate {plate} m. Steepest "
            "view: {face_cap} degrees on faces, {plate_cap} degrees on plates.",
            lang,
        ).format(
            head=_short(values.value("optics.person_height_m")),
            face=_short(values.value("optics.face_height_m")),
            plate=_short(values.value("optics.plate_height_m")),
            face_cap=_short(values.value("optics.face_tilt_cap_deg")),
            plate_cap=_short(values.value("optics.plate_tilt_cap_deg")),
        ),
    ]
    if values.value("optics.plate_rear_counts"):
        sentences.append(tr("Rear plates count as well as front plates.", lang))
    else:
        sentences.append(tr("Only front plates count, so no motorcycle is read.", lang))
    return (*sentences, *words.limits(lang)[:1])


def sources(sheet: Sheet) -> tuple[str, ...]:
    """Return the sources of a camera's values, each with the fields that it gives."""
    by_source: dict[str, list[str]] = {}
    for name, source in sheet.camera.sources:
        by_source.setdefault(source, []).append(name)
    return tuple(f"{', '.join(names)}: {source}" for source, names in by_source.items())


def _ring_cells(row: RingRow, lang: Language) -> tuple[str, str, str]:
    """Return the cells for the ring by day, at night, and "could cover"."""
    return (
        ring_text(row, row.day, lang),
        ring_text(row, row.night, lang),
        ring_text(row, row.could, lang),
    )


def _compared(constant_px: float, used_px: float, lang: Language) -> str:
    """Return a pixel constant and its relative difference from the one in use."""
    ratio = constant_px / used_px
    shown = number(constant_px)
    if abs(ratio - 1) < _NEGLIGIBLE:
        return tr("{k} pixels (as used)", lang).format(k=shown)
    text = (
        tr("{k} pixels ({percent} % more)", lang)
        if ratio > 1
        else tr("{k} pixels ({percent} % less)", lang)
    )
    return text.format(k=shown, percent=number(abs(ratio - 1) * 100))


def _metres(value: float) -> str:
    return number(value, decimals=1)


def _short(value: float) -> str:
    return in_numerals(f"{value:.6g}")
