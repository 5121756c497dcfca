"""Ask one checkout of the toolkit what only a process of its own can: for `same_answers.py`.

    python scripts/answers_of_checkout.py help|python|app ...

Writes files into the current folder. Which checkout answers is said by PYTHONPATH. Only what
users see is used: the command, the names of ``import toolkit``, and ``app.py``.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_SUBCOMMANDS: Final = re.compile(r"positional arguments:\n  \S+\n((?:    .*\n)+)")
"""The list of subcommands: under a placeholder that has no help of its own, four deep."""
_NAME: Final = re.compile(r"^    (\S+)", re.MULTILINE)
_RUN_S: Final = 600
_SESSION_FIELDS: Final = frozenset({"id", "form_id", "element_id", "deferred_file_id"})
"""Fields of Streamlit's messages that are drawn anew for each session, or hashes of where the
script lies."""
_LANGUAGES: Final = ("en", "my")


def subcommands(text: str) -> list[str]:
    """Return the names of the subcommands in a help text."""
    found = _SUBCOMMANDS.search(text)
    return _NAME.findall(found[1]) if found else []


def write_help(words: tuple[str, ...], out: Path) -> None:
    """Write the help text of a command, and of every command under it."""
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", *words, "--help"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    (out / f"{' '.join(words) or 'toolkit'}.txt").write_text(done.stdout, encoding="utf-8")
    for name in subcommands(done.stdout):
        write_help((*words, name), out)


def write_python(city: str, as_of: dt.date, out: Path) -> None:
    """Write what the public functions of ``import toolkit`` give."""
    import toolkit

    face: Any = toolkit
    names = "".join(f"{name}\n" for name in sorted(face.__all__))
    (out / "names.txt").write_text(names, encoding="utf-8")
    for name in ("Mawlamyine", city):
        answer = face.assess(name, as_of=as_of)
        (out / f"{name}.json").write_text(answer.to_json(), encoding="utf-8")
    again = face.Assessment.from_json(answer.to_json())
    (out / "read-again.json").write_text(again.to_json(), encoding="utf-8")
    (out / "repr.txt").write_text(f"{answer.cameras}\n{answer.tiers}\n", encoding="utf-8")
    answer.layers.streets.to_parquet(out / "layer.parquet")
    pack = face.open_pack(city)
    for name in ("streets", "junctions", "buildings", "places", "cameras", "boundary"):
        getattr(pack, name).to_parquet(out / f"pack-{name}.parquet")
    (out / "manifest.json").write_text(pack.manifest.model_dump_json(indent=1), encoding="utf-8")
    claims = [claim.model_dump_json() for claim in face.load_claims("yangon")]
    cities = [one.model_dump_json() for one in face.load_cities()]
    (out / "claims.jsonl").write_text("\n".join([*claims, *cities, ""]), encoding="utf-8")
    face.write_report([answer], out, assumptions=face.load_assumptions(), langs=("en",))


def addresses(cities: list[str], as_of: str) -> Iterator[dict[str, str]]:
    """Yield the parameters of the addresses that are opened."""
    for city in cities:
        for lang in _LANGUAGES:
            yield {"city": city, "lang": lang, "as_of": as_of}
    for city in (cities[0], cities[-1]):
        for tier in ("recognised", "face", "plate"):
            yield {"city": city, "tier": tier, "as_of": as_of}
        yield {"city": city, "status": "planned", "lang": "my", "tier": "face", "as_of": as_of}
        yield {"city": city, "profile": "plate_gates", "as_of": as_of}
        yield {"city": city, "as_of": "2019-01-01"}
    for page in ("answer", "streets", "cameras", "assumptions"):
        for lang in _LANGUAGES:
            yield {"page": page, "lang": lang, "as_of": as_of}
    # What cannot be chosen is passed over.
    yield {"city": "atlantis", "tier": "<b>", "lang": "xx", "page": "none", "as_of": as_of}


def write_app(as_of: str, cities: list[str], out: Path) -> None:
    """Write the elements of the app's pages at many addresses, a file an address.

    Raises
    ------
    SystemExit
        If a page fails or shows an error: all these addresses have an answer.
    """
    logging.disable(logging.WARNING)
    # Streamlit takes the settings of the folder from which it is started.
    root = next(Path(p) for p in sys.path if p and (Path(p) / "toolkit" / "__main__.py").is_file())
    os.chdir(root)
    from streamlit.testing.v1 import AppTest

    import app

    served: Any = app
    failed = []
    for asked in addresses(cities, as_of):
        page = AppTest.from_file(str(served.app.script_path), default_timeout=_RUN_S)
        for name, value in asked.items():
            page.query_params[name] = value
        page.run()
        name = "&".join(f"{key}={value}" for key, value in asked.items()).replace("<b>", "b")
        failed += [f"{name}: {error.value}" for error in (*page.exception, *page.error)]
        lines = elements(page._tree)  # noqa: SLF001 - the only way to the order of all elements
        (out / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if failed:
        sys.exit("\n".join(failed))


def elements(block: Any, depth: int = 0) -> Iterator[str]:  # noqa: ANN401 - a node of Streamlit's
    """Yield the elements below one as lines: the type, then every field of its message."""
    margin = "  " * depth
    for child in block.children.values():
        yield f"{margin}{child.type}"
        proto = getattr(child, "proto", None)
        if proto is not None:
            yield from fields(proto, f"{margin}  ")
        if hasattr(child, "children"):
            yield from elements(child, depth + 1)


def fields(message: Any, margin: str) -> Iterator[str]:  # noqa: ANN401 - a message of Streamlit's
    """Yield the fields of a protocol buffer message as lines, without those of the session."""
    for kind, value in message.ListFields():
        if kind.name in _SESSION_FIELDS:
            continue
        if hasattr(value, "ListFields"):
            yield f"{margin}{kind.name}:"
            yield from fields(value, f"{margin}  ")
        else:
            yield f"{margin}{kind.name}: {value}"


def main() -> int:
    """Run the script."""
    what, *rest = sys.argv[1:]
    out = Path.cwd()
    if what == "help":
        write_help((), out)
    elif what == "python":
        write_python(rest[0], dt.date.fromisoformat(rest[1]), out)
    else:
        write_app(rest[0], rest[1:], out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
