"""What a command asks a person on the terminal: yes or no, and a password that stays unseen."""

from __future__ import annotations

import signal
import sys
import warnings
from contextlib import contextmanager
from getpass import GetPassWarning, getpass
from typing import TYPE_CHECKING

from wizard.exits import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


def can_ask() -> bool:
    """Whether there is a person at a terminal who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def agrees(question: str) -> bool:
    """Ask for a yes; anything else is none. Raises EOFError, KeyboardInterrupt when the person leaves."""
    with _interruptible():
        print(question, end="", file=sys.stderr, flush=True)  # input() would write it to standard output
        return input().strip().lower() in ("y", "yes")


def unseen(prompt: str, *, or_else: str) -> str:
    """Ask for a secret. Raises UsageError(`or_else`) where it would be shown, EOFError, KeyboardInterrupt."""
    with _interruptible(), warnings.catch_warnings():
        # It would go on and show what is typed.
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(prompt).strip()
        except GetPassWarning:
            raise UsageError(or_else) from None


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let ctrl+c end a question at once: asyncio would wait for the next step of what asks, so for the answer."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
