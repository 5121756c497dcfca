"""Collect the messages of the toolkit, bring the catalogues up to date and compile them.

Each message has comments for its translator: what its module is about (which page, which part of a
report), and what the function returns or shows that holds it.

Run it after a message was added or changed: ``python scripts/update_messages.py``. With
``--check`` nothing is written, and the exit code is 1 if something would change. Needs Babel.
"""

from __future__ import annotations

import argparse
import ast
import functools
import io
import sys
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "toolkit"
LOCALE = PACKAGE / "language" / "locale"
TEMPLATE = LOCALE / "toolkit.pot"
KEYWORDS = {"tr": (1,), "marked": (1,), "ngettext": (1, 2)}
TARGETS = ("my",)
_ONE_FORM = (1, "0")
"""Burmese has one form for all counts (CLDR 47, plural rules); Babel's table lacks it."""
_WIDTH = 98


def collect() -> Catalog:
    """Return a catalogue of all messages in the package, in the order of files and lines."""
    catalogue = Catalog(project="camera-exposure-toolkit", charset="utf-8")
    found = extract_from_dir(
        str(PACKAGE),
        method_map=[("**.py", "python")],
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for name, line, message, comments, context in found:
        shown = [*comments, *shown_where(PACKAGE / name, line)]
        catalogue.add(message, None, [(f"toolkit/{name}", 0)], auto_comments=shown, context=context)
    return catalogue


def shown_where(path: Path, line: int) -> list[str]:
    """Return what the module of a message is about, and the functions around it, outermost first.

    Parameters
    ----------
    path
        File of the module.
    line
        Line of the message.
    """
    whole, functions = _described(path)
    around = [text for first, last, text in functions if first <= line <= last]
    return [whole, *around] if whole else around


@functools.cache
def _described(path: Path) -> tuple[str, list[tuple[int, int, str]]]:
    """Return the first line of a module's docstring, and that of each function with its lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [
        (node.lineno, node.end_lineno or node.lineno, text)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (text := _first_line(node))
    ]
    return _first_line(tree), functions


def _first_line(node: ast.Module | ast.FunctionDef) -> str:
    return (ast.get_docstring(node) or "").partition("\n")[0]


def po_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue as reproducible text: without dates, names and line numbers."""
    stream = io.BytesIO()
    write_po(
        stream,
        catalogue,
        width=_WIDTH,
        no_location=False,
        omit_header=True,
        sort_output=True,
        include_lineno=False,
        ignore_obsolete=True,
    )
    return _header(catalogue) + stream.getvalue()


class _BareCatalog(Catalog):
    """Catalogue whose header holds no dates, names or versions of tools."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """Header fields that programs need."""
        return _head(self)


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue in the compiled form."""
    stream = io.BytesIO()
    bare = _BareCatalog(locale=catalogue.locale, charset="utf-8")
    _set_plurals(bare)
    for message in catalogue:
        if message.id:
            bare.add(message.id, message.string, flags=message.flags)
    write_mo(stream, bare)
    return stream.getvalue()


def _set_plurals(catalogue: Catalog) -> None:
    """Give a Burmese catalogue its one plural form."""
    vars(catalogue).update(_num_plurals=_ONE_FORM[0], _plural_expr=_ONE_FORM[1])


def _head(catalogue: Catalog) -> list[tuple[str, str]]:
    """Return the header fields that programs need."""
    head = [("Content-Type", "text/plain; charset=utf-8")]
    if catalogue.locale is not None:
        head.append(("Language", str(catalogue.locale)))
        head.append(("Plural-Forms", catalogue.plural_forms))
    return head


def _header(catalogue: Catalog) -> bytes:
    """Return the header of a catalogue as text."""
    body = "".join(f'"{name}: {value}\\n"\n' for name, value in _head(catalogue))
    return f'msgid ""\nmsgstr ""\n{body}\n'.encode()


def updated(target: str, template: Catalog) -> Catalog:
    """Return the catalogue of a language with exactly the messages of the template."""
    path = LOCALE / target / "LC_MESSAGES" / "toolkit.po"
    if path.is_file():
        with path.open("rb") as stream:
            catalogue = read_po(stream, locale=target)
    else:
        catalogue = Catalog(locale=target, charset="utf-8")
    _set_plurals(catalogue)
    catalogue.update(template, no_fuzzy_matching=True)
    return catalogue


def wanted_files() -> dict[Path, bytes]:
    """Return the content that every file of the catalogues should have."""
    template = collect()
    files = {TEMPLATE: po_bytes(template)}
    for target in TARGETS:
        catalogue = updated(target, template)
        folder = LOCALE / target / "LC_MESSAGES"
        files[folder / "toolkit.po"] = po_bytes(catalogue)
        files[folder / "toolkit.mo"] = mo_bytes(catalogue)
    return files


def main(arguments: list[str] | None = None) -> int:
    """Write the catalogues, or check them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    chosen = parser.parse_args(arguments)
    stale = [
        path
        for path, data in wanted_files().items()
        if not path.is_file() or path.read_bytes() != data
    ]
    for path in stale:
        sys.stderr.write(f"{path.relative_to(ROOT)}\n")
        if not chosen.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(wanted_files()[path])
    return 1 if stale and chosen.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
