"""What the tests of all commands use."""

from __future__ import annotations

import pytest
import shared_answers


@pytest.fixture
def no_open_city() -> None:
    """Close the cities that earlier tests opened in this process, and forget their answers."""
    from toolkit.assessment import on_streets, question
    from toolkit.streets import pack

    question.streets.clear()
    pack.packs.clear()
    on_streets.scenes.clear()
    shared_answers.kept("on_streets").clear()
