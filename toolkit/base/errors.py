"""Errors shown to users. Each message says what is wrong, where, and how to fix it."""

from __future__ import annotations


class ToolkitError(Exception):
    """Base of all errors that are shown to a user as one sentence, without a traceback."""

    exit_code = 1
    """Exit status of a command that ends with this error."""


class InputDataError(ToolkitError, ValueError):
    """A file, a value or a record cannot be used as it is."""


class NoCountError(InputDataError):
    """By the date asked for, no number of cameras is known, and none can be borrowed."""


class TooFarAheadError(InputDataError):
    """A date lies too long after the day until which reports were read."""


class NotFoundError(ToolkitError, LookupError):
    """A city, pack, assumption or file of that name does not exist."""


class PackError(ToolkitError, ValueError):
    """A city pack is damaged, of another program, or of a newer version."""


class UsageError(ToolkitError, ValueError):
    """A command was given arguments that it cannot use."""

    exit_code = 2


class PermissionNotGivenError(ToolkitError, PermissionError):
    """Data would leave the machine without the user's permission."""

    exit_code = 2
