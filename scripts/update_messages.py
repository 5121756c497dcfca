"""Collect the messages of the toolkit, bring the catalogues up to date and compile them.

Each message has comments for its translator: what its module is about (which page, which part of a
report), and what the function returns or shows that holds it.

Errors and progress of imports are raised in English by processes of their own, and translated where
they are shown (`toolkit.language.sentences`). Each literal of the modules that raise them is a
message with the context "sentence", its expressions numbered fields.

Run it after a message was added or changed: ``python scripts/update_messages.py``. With
``--check`` nothing is written, and the exit code is 1 if something would change. Needs Babel.
"""

from __future__ import annotations

import argparse
import ast
import functools
import io
import re
import sys
from collections.abc import Callable, Iterator
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

SENTENCE = "sentence"
"""Context of what imports say, as `toolkit.language.sentences` looks it up."""
RAISING = (
    "streets/**/*.py",
    "base/folders.py",
    "base/pasted.py",
    "base/store.py",
    "base/toml_files.py",
    "app/my_cities/fetch_process.py",
    "app/my_cities/other_city.py",
    "language/sentences.py",
    "routes/search.py",
    "studies/sensitivity/other_streets.py",
    "threats/along.py",
    "threats/place.py",
    "threats/route.py",
    "threats/tracks.py",
)
"""Modules whose sentences reach a user as errors, or as progress of imports."""
NOT_RAISING = ("streets/osmnx_graph.py", "streets/reference_*.py", "streets/readers/serve.py")
"""Among these, those of which no import speaks."""
SPOKEN = ("ALONE", "_IN_QGIS", "_NOT_TEXT", "_WAYS_OUT", "FROM_THE_SYSTEM")
"""Constants of modules whose texts become part of a sentence."""
_UNSPOKEN_CALLS = frozenset(
    {
        "compile",
        "execute",
        "fullmatch",
        "getattr",
        "match",
        "removeprefix",
        "replace",
        "split",
        "tr",
    }
)
"""Functions whose texts are patterns, questions to a database, names, or messages already."""
_NAMES = frozenset({"ESRI Shapefile"})
"""Names of drivers."""
_LETTERS = re.compile(r"[A-Za-z]{2}")
_WORD = re.compile(r"[A-Za-z][a-z]")
_FIELD = re.compile(r"\{\d+\}")
_QUESTION = re.compile(r"SELECT |PRAGMA ")


@functools.cache
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
    for path in raising_modules():
        name = path.relative_to(ROOT).as_posix()
        for line, sentence in sorted(sentences(ast.parse(path.read_text(encoding="utf-8")))):
            shown = [
                "An error or progress of an import, or a part of one.",
                *shown_where(path, line),
            ]
            catalogue.add(sentence, None, [(name, 0)], auto_comments=shown, context=SENTENCE)
    return catalogue


def raising_modules() -> list[Path]:
    """Return the files of the modules whose sentences are shown by imports."""
    found = {path for pattern in RAISING for path in PACKAGE.glob(pattern)}
    return sorted(found - {path for pattern in NOT_RAISING for path in PACKAGE.glob(pattern)})


def sentences(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the lines and templates of what a module says.

    These are the literals of its functions that have a word and a space, other than docstrings,
    and all of the constants in `SPOKEN`.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for statement in node.body:
                yield from _said(statement, is_sentence)
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) in SPOKEN and node.value:
            values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
            for value in values:
                yield from _said(value, _LETTERS.search)


def is_sentence(template: str) -> bool:
    """Return whether a literal has a word and something next to it, and is no question in SQL."""
    has_words = _WORD.search(_FIELD.sub("", template)) and " " in template.strip()
    return bool(has_words) and template not in _NAMES and not _QUESTION.match(template)


def _said(node: ast.AST, wanted: Callable[[str], object]) -> Iterator[tuple[int, str]]:
    """Yield the literals below a node, those within the fields of an f-string too."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call) and _called(node) in _UNSPOKEN_CALLS:
        return
    if isinstance(node, (ast.Constant, ast.JoinedStr)):
        template = _template(node)
        if wanted(template):
            yield node.lineno, template
    for child in ast.iter_child_nodes(node):
        # The texts of an f-string are in its template, and the formats of its fields say nothing.
        inner = child.value if isinstance(child, ast.FormattedValue) else child
        if not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)):
            yield from _said(inner, wanted)


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def _template(node: ast.Constant | ast.JoinedStr) -> str:
    """Return a literal with numbered fields; nothing for numbers and the like."""
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return ""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    fixed = [
        part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else None
        for part in parts
    ]
    number = iter(range(len(fixed)))
    template = "".join(
        f"{{{next(number)}}}" if text is None else text.replace("{", "{{").replace("}", "}}")
        for text in fixed
    )
    return template.strip("\n")  # lines are looked up one by one


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
            bare.add(message.id, message.string, flags=message.flags, context=message.context)
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


def stale_files() -> dict[Path, bytes]:
    """Return what each catalogue should hold that does not, by path."""
    return {
        path: data
        for path, data in wanted_files().items()
        if not path.is_file() or path.read_bytes() != data
    }


def main(arguments: list[str] | None = None) -> int:
    """Write the catalogues, or check them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    chosen = parser.parse_args(arguments)
    stale = stale_files()
    for path, data in stale.items():
        sys.stderr.write(f"{path.relative_to(ROOT)}\n")
        if not chosen.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    if stale and chosen.check:
        sys.stderr.write("Not as the code has it: run python scripts/update_messages.py\n")
    return 1 if stale and chosen.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
