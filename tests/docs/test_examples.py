"""Examples in documents print what the documents say, and their commands are understood."""

from __future__ import annotations

import re
import shlex

import documents
import pytest

from toolkit import cli

EXAMPLE = re.compile(r"^```python\n(.*?)^```\n\n```\n(.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`camera-exposure ([a-z][^`]*)`")

EXAMPLES = [
    pytest.param(*found.groups(), id=f"{documents.name_of(path)}-{number}")
    for path in documents.documents()
    for number, found in enumerate(EXAMPLE.finditer(documents.read(path)), 1)
]
COMMANDS = sorted(
    {
        line.removeprefix("camera-exposure ")
        for path in documents.documents()
        for block in documents.blocks(documents.read(path), "sh")
        for line in block.splitlines()
        if line.startswith("camera-exposure ")
    }
    | {
        command
        for path in documents.documents()
        for command in INLINE.findall(documents.without_blocks(documents.read(path)))
    }
)


@pytest.mark.parametrize(("code", "printed"), EXAMPLES)
def test_an_example_prints_what_the_document_says(code, printed, capsys):
    exec(compile(code, "example", "exec"), {})  # noqa: S102 - the project's own documents
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_understood(command):
    cli._parser().parse_args(shlex.split(command))


def test_the_tutorial_quotes_what_its_first_question_prints(capsys):
    text = documents.without_blocks(documents.read(documents.DOCS / "tutorial.md"))
    quoted = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    assert len(quoted) >= 3
    assert cli.main(["assess", "mawlamyine", "--as-of", "2026-11-23"]) == 0
    printed = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert [line for line in quoted if line not in printed] == []
    covered = next(line for line in printed if line.startswith("street covered: "))
    low, high = re.findall(r"[\d,]+", covered)[:2]
    assert f"between {low} and {high} km of street" in text  # how to say it
    path = documents.read(documents.DOCS / "develop" / "architecture.md")
    assert f'On its way to "{low} to {high} km"' in path


def test_the_documents_people_start_with_have_examples():
    named = {example.id.rsplit("-", 1)[0] for example in EXAMPLES}
    assert {"README.md", "docs/tutorial.md", "docs/reference/python.md"} <= named
    assert len(COMMANDS) > 40
