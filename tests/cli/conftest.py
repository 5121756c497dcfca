"""What the tests of all commands use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Any, str, str]]:
    """Give a function that runs a command and returns its exit code, stdout and stderr."""
    from toolkit import cli

    def call(*arguments: object) -> tuple[Any, str, str]:
        code: Any
        try:
            code = cli.main([str(a) for a in arguments])
        except SystemExit as stopped:  # argparse
            code = stopped.code
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def no_open_city() -> None:
    """Close the cities that earlier tests opened in this process."""
    from toolkit.assessment import on_streets, question

    question.streets.clear()
    on_streets.scenes.clear()
