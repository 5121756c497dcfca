"""Page Teach, on one camera: choose it and its mounting, and see what it can do.

No choice here changes the figures of a city, and none is stored.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from toolkit.app import markup, widgets
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.escape import markdown, plain
from toolkit.base.terms import Language
from toolkit.language.translate import tr
from toolkit.optics import drawing, words
from toolkit.optics.catalogue import CameraType, Catalogue, Model, load_catalogue
from toolkit.optics.one_camera import AIM_M, FOCAL_MM, HEIGHT_M, Camera, camera_of
from toolkit.optics.sheet import SheetTable, make_sheet
from toolkit.optics.thresholds import load_thresholds

_HEIGHT_STEP_M: Final = 0.5
_FOCAL_STEP_MM: Final = 0.1
_AIM_STEP_M: Final = 1.0


def show(lang: Language) -> None:
    """Show the page: the choice, plan and side view, and the figures as tables.

    Raises
    ------
    InputDataError
        If the catalogue, the thresholds or the assumptions cannot be used.
    """
    catalogue = load_catalogue()
    intro = tr(
        "Choose a camera and how it is mounted. The drawing shows from where to where it "
        "can see, recognise, match or read. No model in use in the cities is known; what "
        "is chosen here changes no figure of a city.",
        lang,
    )
    markup.show(lang, markup.tag("h1", tr("What one camera can do", lang)), markup.tag("p", intro))
    camera = _choose(catalogue, lang)
    night = widgets.one_of(
        st.radio,
        markdown(tr("Light", lang)),
        {False: markdown(tr("Day", lang)), True: markdown(tr("Night", lang))},
        name="optics_night",
        lang=lang,
        horizontal=True,
    )
    values = load_assumptions(changes={"optics.night": 1.0} if night else None)
    sheet = make_sheet(camera, values, load_thresholds())
    # In an image nothing can run, and patterns survive Streamlit's sanitiser.
    st.image(drawing.draw(sheet, lang), width="stretch", alt=words.title(sheet, lang))
    first, *others = words.tables(sheet, lang)
    notes = (markup.text(text) for text in words.notes(sheet, lang))
    markup.show(
        lang,
        markup.tag("h2", tr("Rings, and why one is empty", lang)),
        _table(first),
        markup.listing(notes),
        *(
            markup.folded(heading, _table(table))
            for heading, table in zip(_headings(lang), others, strict=False)
        ),
        markup.tag("h2", tr("Where these values come from", lang)),
        markup.listing(
            f'<span lang="en">{markup.text(text)}</span>'
            for text in (*words.sources(sheet), camera.note)
            if text
        ),
    )


def _headings(lang: Language) -> tuple[str, ...]:
    """Return the headings of the folded tables, in the order of `words.tables`."""
    return (
        tr("The lens, worked out in three ways", lang),
        tr("Both editions of the standard", lang),
        tr("What makers ask for", lang),
        tr("Motorcycles", lang),
        tr("At one passing", lang),
        tr("Zoomed in", lang),
    )


def _table(table: SheetTable) -> str:
    rows = (markup.row([markup.text(cell) for cell in row]) for row in table.rows)
    return markup.framed_table(table.caption, table.head, rows)


def _choose(catalogue: Catalogue, lang: Language) -> Camera:
    """Show the widgets and return the chosen camera."""
    known: tuple[CameraType | Model, ...] = (*catalogue.types, *catalogue.models)
    found = {_key(camera): camera for camera in known}
    key = widgets.one_of(
        st.selectbox,
        markdown(tr("Type or model", lang)),
        {key: _name(camera, lang) for key, camera in found.items()},
        name="optics_camera",
        lang=lang,
    )
    chosen = found[key]
    usual = camera_of(catalogue, chosen)
    columns = st.columns(3)
    with columns[0]:
        height = st.number_input(
            markdown(tr("Height of the lens, m", lang)),
            *HEIGHT_M,
            value=usual.height_m,
            step=_HEIGHT_STEP_M,
            key=f"optics_height:{key}",
            persist_state="session",
        )
    with columns[1]:
        focal = _choose_focal(chosen, usual, key, lang)
    with columns[2]:
        aim = _choose_aim(usual, key, lang)
    return camera_of(catalogue, chosen, height_m=height, focal_mm=focal, aim_m=aim)


def _choose_focal(
    chosen: CameraType | Model, usual: Camera, key: str, lang: Language
) -> float | None:
    """Return the focal length; None for a panorama, which has none to choose."""
    label = markdown(tr("Focal length, mm", lang))
    name = f"optics_focal:{key}"
    if usual.projection == "panorama":
        return None
    if isinstance(chosen, Model) and not chosen.zoom:
        return widgets.one_of(
            st.selectbox,
            label,
            {mm: f"{mm:g}" for mm in chosen.focal_mm},
            name=name,
            lang=lang,
        )
    low, high = (chosen.focal_mm[0], chosen.focal_mm[-1]) if isinstance(chosen, Model) else FOCAL_MM
    return st.number_input(
        label,
        low,
        high,
        value=usual.focal_mm,
        step=_FOCAL_STEP_MM,
        key=name,
        persist_state="session",
    )


def _choose_aim(usual: Camera, key: str, lang: Language) -> float | None:
    """Return the aim distance; None for a camera that turns, unless the user gives one."""
    return st.number_input(
        markdown(tr("Middle of the picture meets a face at, m", lang)),
        *AIM_M,
        value=usual.aim_m,
        step=_AIM_STEP_M,
        key=f"optics_aim:{key}",
        persist_state="session",
        help=markdown(
            tr("Where a camera points is an assumption. Leave it empty for one that turns.", lang)
        ),
    )


def _key(camera: CameraType | Model) -> str:
    return camera.id if isinstance(camera, CameraType) else f"{camera.maker} {camera.model}"


def _name(camera: CameraType | Model, lang: Language) -> str:
    if isinstance(camera, CameraType):
        return plain(camera.name.in_language(lang))
    return plain(f"{camera.maker} {camera.model}")
