"""Errors that a user can meet: what a caller may catch, and the exit code of each."""

from __future__ import annotations

import pytest

from toolkit.base import errors


@pytest.mark.parametrize(
    ("kind", "builtin", "code"),
    [
        (errors.InputDataError, ValueError, 1),
        (errors.NotFoundError, LookupError, 1),
        (errors.PackError, ValueError, 1),
        (errors.UsageError, ValueError, 2),
        (errors.PermissionNotGivenError, PermissionError, 2),
    ],
)
def test_each_is_caught_by_its_builtin_and_has_its_exit_code(kind, builtin, code):
    with pytest.raises(builtin) as caught:
        raise kind("What, where, how.")  # noqa: EM101, TRY003
    assert isinstance(caught.value, errors.ToolkitError)
    assert caught.value.exit_code == code
    assert str(caught.value) == "What, where, how."
