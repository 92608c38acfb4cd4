"""How a run ends: the exit codes, the errors that end it before it has begun, and what takes a signal in the end."""

from __future__ import annotations

CONNECTED, REFUSED, USAGE, TEMPORARY, SIGN_IN, LEFT = 0, 1, 2, 3, 4, 130
DONE = CONNECTED
"""What a command that connects nothing ends with when all went well."""


class UsageError(ValueError):
    """A setting or an option that can't be used; the message says which, why, and what is accepted."""


class StartError(Exception):
    """A run that can't begin, although the command line is right; the message says why and what to do."""

    def __init__(self, words: str, *, exit_code: int = USAGE) -> None:
        super().__init__(words)
        self.exit_code = exit_code


def take_no_more(*_: object) -> None:
    """Take a signal and do nothing. Not SIG_IGN: Python complains about that where a signal is on its way already."""
