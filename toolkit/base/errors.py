"""The errors a user can meet. Each message says what is wrong, where, and how to mend it."""

from __future__ import annotations


class ToolkitError(Exception):
    """Base of every error that is shown to a user as one sentence, without a traceback."""

    exit_code = 1


class InputDataError(ToolkitError, ValueError):
    """A file, a value or a record cannot be used as it is."""


class NotFoundError(ToolkitError, LookupError):
    """A city, pack, assumption or file of that name does not exist."""


class PackError(ToolkitError, ValueError):
    """A city pack is damaged, foreign, or written by a newer version."""


class UsageError(ToolkitError, ValueError):
    """The command was called in a way it cannot follow."""

    exit_code = 2


class PermissionNotGivenError(ToolkitError, PermissionError):
    """Something would leave the machine, and nobody has said that it may."""

    exit_code = 2
