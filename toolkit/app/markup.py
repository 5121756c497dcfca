"""Pieces of HTML for the pages: texts are escaped here, and their language is marked.

The pages are shown with ``st.html``, which drops scripts. Tables are real ones, for keyboards and
screen readers.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.language.fonts import FONT_STACK
from toolkit.language.translate import tr, unbroken

if TYPE_CHECKING:  # reports take a second to import, and a server starts without them
    from toolkit.output.report.reported import LangText
    from toolkit.output.report.tables import Table

_DRAWING_PX: Final = 760
"""Least width of a drawing, so that its texts can be read; on a narrow page it scrolls sideways."""
_AROUND_MAP_PX: Final = 124
"""Height of what is above and below a map that fills the window."""
_STYLE: Final = f"""
.ct{{font-family:{FONT_STACK};font-size:1.05rem;line-height:1.55;color:#1a1a1a;
overflow-wrap:anywhere}}
.ct:lang(my){{line-height:2}}
.ct p{{margin:.35em 0;max-width:46em}}
.ct h1{{font-size:2rem;line-height:1.4;margin:0;padding:0;font-weight:700}}
.ct h2{{font-size:1.4rem;line-height:1.5;margin:.9em 0 .1em;padding:0;font-weight:700}}
.ct h3{{font-size:1.12rem;line-height:1.6;margin:.8em 0 .1em;padding:0;font-weight:700}}
.ct:lang(my) h1,.ct:lang(my) h2,.ct:lang(my) h3,.ct:lang(my) .answer{{line-height:1.9}}
.ct .banner{{background:#fff1d6;border-left:6px solid #b35c00;padding:.5em .8em;font-weight:700;
max-width:none}}
.ct .limit{{background:#eef3f8;border-left:6px solid #0b5cad;padding:.5em .8em;max-width:none}}
.ct .answer{{font-size:1.4rem;line-height:1.45;font-weight:600;margin:.5em 0;max-width:34em}}
.ct.panel .answer{{font-size:1.12rem;margin:0 0 .3em}}
.ct.panel p{{font-size:.95rem;margin:.25em 0}}
.ct .condition{{font-weight:600}}
.ct .small,.ct caption,.ct .foot{{font-size:.92rem;color:#444}}
.ct ul,.ct ol{{margin:.3em 0 .3em 1.3em;padding:0;max-width:46em}}
.ct li{{margin:.2em 0;padding:0;font-size:inherit}}
.ct .sources{{list-style:none;margin-left:0}}
.ct .sources>li{{border-top:1px solid #ddd;padding:.45em 0}}
.ct .sources p{{margin:.1em 0}}
.ct .scroll{{overflow-x:auto;margin:.5em 0 0;container-type:inline-size}}
.ct table{{border-collapse:collapse;margin:0;width:auto;max-width:none}}
.ct caption{{caption-side:top;text-align:left;padding:.2em 0 .4em;position:sticky;left:0;
max-width:min(46em,calc(100vw - 2.8rem));max-width:min(46em,100cqw)}}
.ct th,.ct td{{border:1px solid #c9c9c9;padding:.4em .65em;text-align:left;vertical-align:top;
overflow-wrap:normal;font-size:1rem;color:inherit}}
.ct thead th{{background:#f1f1f1;font-weight:700}}
.ct tbody th{{font-weight:400;max-width:24em}}
.ct td{{min-width:8em}}
.ct tr.sum th,.ct tr.sum td{{font-weight:700;background:#fafafa}}
.ct code{{overflow-wrap:anywhere;white-space:normal;font-size:.9em;color:#333;background:none}}
.ct details{{margin:.6em 0}}
.ct summary{{cursor:pointer;font-weight:700;padding:.25em 0}}
.ct .circles{{display:flex;flex-wrap:wrap;gap:.6rem 1.6rem}}
.ct figure{{margin:0;flex:1 1 15em;max-width:22em}}
.ct figcaption{{font-weight:700}}
.ct figure img:not(.icons){{display:block;width:100%;max-width:15em;height:auto}}
.ct .narrow{{display:none}}
.ct .forget fieldset{{border:1px solid #c9c9c9;padding:.3em .9em .6em;margin:.6em 0;max-width:46em}}
.ct .forget label{{display:block;min-height:1.9em;cursor:pointer}}
.ct .forget button{{font:inherit;font-weight:700;color:#fff;background:#9b1c1c;border:0;
border-radius:.5rem;padding:.5em 1em;cursor:pointer}}
@media (max-width:640px){{
[data-testid="stMainBlockContainer"]{{padding:3.2rem .8rem 1rem}}
.st-key-bar>*{{order:2}}
.st-key-bar>:has([data-testid="stSelectbox"]){{order:0}}
.st-key-bar>:has([data-testid="stPopover"]){{order:1}}
.st-key-bar>:has([data-testid="stPageLink"]){{display:none}}
.st-key-bar{{column-gap:.4rem}}
.st-key-bar [data-testid="stButtonGroup"] button{{padding-left:.32rem;padding-right:.32rem}}
.ct h1{{font-size:1.6rem}}
.ct .answer{{font-size:1.2rem}}
.ct .narrow{{display:block}}
.ct td{{min-width:6.5em}}
}}
[data-testid="stMainBlockContainer"]{{padding:3.35rem 1.2rem .5rem;max-width:none}}
[data-testid="stHeader"]{{height:3rem;min-height:3rem;padding-right:9rem}}
[data-testid="stLayoutWrapper"]:has(>.st-key-language){{position:fixed;top:.45rem;right:1.2rem;
left:auto;width:auto;z-index:999991}}
.stApp:has([aria-controls="stSidebar"][aria-expanded="true"])
 [data-testid="stLayoutWrapper"]:has(>.st-key-language){{z-index:1}}
.st-key-language [data-testid="stButtonGroup"] button{{padding:0 .5rem;min-height:2rem}}
.st-key-language [data-testid="stButtonGroup"] button p{{line-height:1.9}}
[data-testid="stCheckbox"] [data-testid="stWidgetLabel"] *{{white-space:normal;overflow:visible}}
[data-testid="stMainBlockContainer"]>[data-testid="stVerticalBlock"]{{gap:.6rem}}
.ct img.icons{{max-width:100%;height:auto;display:block;margin:.2em 0}}
.st-key-bar{{position:relative;z-index:5;gap:.6rem;row-gap:.4rem;padding-right:1px}}
.st-key-bar [data-testid="stButtonGroup"] button{{padding-left:.6rem;padding-right:.6rem}}
.st-key-announced,[data-testid="stLayoutWrapper"]:has(>.st-key-hidden-by){{position:absolute}}
[class*="st-key-answer-of-"]{{transition:visibility 0s .6s}}
.stApp:has([class*="st-key-city-"] [aria-expanded="true"]) [class*="st-key-answer-of-"],
.stApp:not([data-test-script-state="notRunning"]):has([class*="st-key-city-"] :focus)
[class*="st-key-answer-of-"]{{visibility:hidden;transition:none}}
:root{{--tk-top:3.2rem;--tk-height:max(400px,calc(100dvh - {_AROUND_MAP_PX}px))}}
@media (max-width:1100px){{
[data-testid="stImage"]{{overflow-x:auto}}
[data-testid="stImage"] img{{min-width:{_DRAWING_PX}px}}
}}
[data-testid="stSelectbox"] input{{text-overflow:ellipsis}}
@media print{{
[data-testid="stHeader"],[data-testid="stSidebar"],.st-key-language,.st-key-bar,[class*="st-key-not-printed"],
[data-testid="stTextArea"],[data-testid="stDownloadButton"],[data-testid="stExpander"],
[data-testid="stTabs"]>:first-child,.ct .forget{{display:none!important}}
[data-testid="stMainBlockContainer"]{{padding:0}}
[data-testid="stMainBlockContainer"]>[data-testid="stVerticalBlock"]{{gap:0}}
}}
"""
_BURMESE_WIDGETS: Final = """
[data-testid="stHeader"]{padding-right:15rem}
[data-testid="stMain"] button p,[data-testid="stAlert"] p{line-height:1.9}
[data-testid="InputInstructions"]{display:none}
[data-testid="stMain"] [data-testid="stMarkdownContainer"] p{line-height:1.8}
"""
_SHEET: Final = """
@page{size:A4 portrait;margin:12mm}
@media print{
.ct h1{display:none}
[data-testid="stElementContainer"]:has(>iframe){height:auto}
iframe{width:186mm!important;height:271mm!important;border:0}
}
"""
"""What is printed of the hand-out: the sheet alone, on the page that it asks for itself."""
_MAP_ON_PAPER: Final = "@page{size:A4 landscape;margin:10mm}"
_FILE_BUTTON: Final = "[data-testid=stFileUploaderDropzone] button p"
_FILE_LIMIT: Final = "[data-testid=stFileUploaderDropzoneInstructions] span"


def show_style(lang: Language) -> None:
    """Show the style sheet of the pages; Burmese lines are spaced wider, also in widgets."""
    burmese = _BURMESE_WIDGETS if lang == "my" else ""
    st.html(f"<style>{_STYLE}{burmese}{_file_words(lang)}</style>")


def show_paper(what: Literal["map", "sheet"]) -> None:
    """Show the style sheet for a page that is printed on one sheet of paper."""
    st.html(f"<style>{_MAP_ON_PAPER if what == 'map' else _SHEET}</style>")


def hide(place: DeltaGenerator, *what: str) -> None:
    """Hide what CSS selectors name, until a place holds something else."""
    # Styles alone would be put elsewhere, one after the other.
    place.html(f"<style>{','.join(what)}{{display:none !important}}</style><i hidden></i>")


def _file_words(lang: Language) -> str:
    """Return the rules that replace Streamlit's texts, which are English only.

    Streamlit says "Upload", which would make people fear that the file is sent somewhere.
    """
    words = {_FILE_BUTTON: tr("Choose a file", lang), _FILE_LIMIT: tr("up to 20 MB", lang)}
    return "".join(
        f'{where}{{font-size:0}}{where}::after{{content:"{text}";font-size:.875rem}}\n'
        for where, text in words.items()
    )


def show(lang: Language, *parts: str, kind: str = "") -> None:
    """Show pieces of HTML made by this module, as one block of the page.

    Parameters
    ----------
    lang
        Language of the texts.
    parts
        The pieces.
    kind
        Class of the block in the style sheet.
    """
    st.html(f'<div class="{f"ct {kind}".strip()}" lang="{lang}">{"".join(parts)}</div>')


def tag(name: str, value: object, *, kind: str = "") -> str:
    """Return an element that holds a text.

    Parameters
    ----------
    name
        Name of the element.
    value
        Any text; it is escaped.
    kind
        Class in the style sheet.
    """
    return f"<{name}{_class(kind)}>{text(value)}</{name}>"


def text(value: object) -> str:
    """Return an escaped text, with each unit kept on the line of its number."""
    return escape.html(unbroken(str(value)))


def image(address: str, alt: str, *, kind: str = "") -> str:
    """Return an image from `image_address`."""
    return f"<img{_class(kind)} alt={escape.attribute(alt)} src={escape.attribute(address)}>"


def image_address(svg: str) -> str:
    """Return a drawing as the address of an image, in which nothing can run."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def lang_text(value: LangText, lang: Language) -> str:
    """Return a text in a span, with its language if that is not the page's."""
    attribute = f' lang="{value.lang}"' if value.lang != lang else ""
    return f"<span{attribute}>{text(value.text)}</span>"


def listing(items: Iterable[str], *, name: str = "ul") -> str:
    """Return a list of pieces of HTML; nothing for no items."""
    rows = "".join(f"<li>{item}</li>" for item in items)
    return f"<{name}>{rows}</{name}>" if rows else ""


def folded(summary: str, *parts: str) -> str:
    """Return pieces of HTML that are folded up until the reader opens them."""
    return f"<details><summary>{text(summary)}</summary>{''.join(parts)}</details>"


def table(content: Table) -> str:
    """Return a table of texts."""
    rows = [row((text(head), *(text(cell) for cell in cells))) for head, cells in content.rows]
    return framed_table(content.caption, content.head, rows)


def row(cells: Sequence[str], *, kind: str = "") -> str:
    """Return a row of a table from pieces of HTML, of which the first is its head."""
    head, *others = cells
    data = "".join(f"<td>{cell}</td>" for cell in others)
    return f'<tr{_class(kind)}><th scope="row">{head}</th>{data}</tr>'


def framed_table(caption: str, head: Sequence[str], rows: Iterable[str]) -> str:
    """Return a table that scrolls sideways, also by keyboard, where it is wider than the page.

    Parameters
    ----------
    caption, head
        Texts; they are escaped.
    rows
        Rows, see `row`.
    """
    heads = "".join(f'<th scope="col">{text(name)}</th>' for name in head)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label={escape.attribute(caption)}>'
        f"<table><caption>{text(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
