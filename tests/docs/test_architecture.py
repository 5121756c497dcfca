"""The table of tasks in the architecture names files that exist, and enough of them."""

from __future__ import annotations

import re

import documents
import pytest

LEAST_TASKS = 25
TABLE = re.compile(r"^\| I want to change .*?\n\|[-|]+\n(.*?)\n(?!\|)", re.DOTALL | re.MULTILINE)


def tasks() -> list[tuple[str, list[str]]]:
    text = documents.read(documents.DOCS / "develop" / "architecture.md")
    (rows,) = TABLE.findall(f"{text}\n")
    cells = [row.strip("| ").split(" | ") for row in rows.splitlines()]
    return [(task, re.findall(r"`([^`]+)`", files)) for task, files in cells]


@pytest.mark.parametrize(("task", "files"), tasks())
def test_a_task_names_a_file_that_exists(task, files):
    assert files, task
    assert [file for file in files if not (documents.ROOT / file).is_file()] == []


def test_there_are_enough_tasks_and_each_is_named_once():
    names = [task for task, _ in tasks()]
    assert len(names) >= LEAST_TASKS
    assert len(set(names)) == len(names)
