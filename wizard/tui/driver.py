"""Textual's driver, which draws and reads keys, without three of the things that it takes for granted."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.driver import Driver


def adapted(driver: type[Driver]) -> type[Driver]:
    """Return such a driver: it lives with bytes that are no text, measures where it draws, and ends undisturbed."""
    its_module = vars(sys.modules[driver.__module__])
    changed: dict[str, Any] = {"_get_terminal_size": lambda _: size_of_standard_error()}
    if "termios" in its_module:
        changed |= _ends_undisturbed(driver)
    if "getincrementaldecoder" in its_module:
        # Textual's ends its input at the first such byte, and the program with it (Textualize/textual#6456).
        its_module["getincrementaldecoder"] = _decoder
    return type(driver.__name__, (driver,), changed)


def _ends_undisturbed(driver: type[Any]) -> dict[str, Any]:
    """Return how a driver of such a kind ends: ctrl+c is echoed, and a signal, only after its last word.

    Textual's allows that first, and then a thread writes what leaves the full screen. Where somebody holds ctrl+c down,
    the echo comes into the middle of it, or the signal lets the terminal drop it (termios(3), NOFLSH): the screen would
    stay as it is, without a cursor.
    """
    import termios

    def stop(self: Any) -> None:
        before = self.before = self.attrs_before
        if before is not None:
            self.attrs_before = [*before[:3], before[3] & ~(termios.ECHO | termios.ISIG), *before[4:]]
        driver.stop_application_mode(self)

    def close(self: Any) -> None:
        driver.close(self)  # returns when all is written
        if self.before is not None:
            with suppress(termios.error):  # the terminal has been closed
                termios.tcflush(self.fileno, termios.TCIFLUSH)  # of the ctrl+c none for the shell
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.before)

    return {"before": None, "stop_application_mode": stop, "close": close}


def _decoder(encoding: str) -> partial[codecs.IncrementalDecoder]:
    """Stand in for `codecs.getincrementaldecoder`: read what the terminal writes; what can't be read shows as "�"."""
    encoding = sys.__stdin__.encoding if sys.__stdin__ else encoding
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")


def size_of_standard_error() -> tuple[int, int]:
    """Return what the terminal itself says, if it does.

    Textual asks standard output, which may be a file, as with --json; and before that COLUMNS and LINES, which stay as
    they are when the window changes (`resize` exports them). A serial line knows no size: there they are what there is.
    """
    assert sys.__stderr__ is not None  # Textual draws there
    otherwise = shutil.get_terminal_size()
    try:
        columns, rows = os.get_terminal_size(sys.__stderr__.fileno())
    except OSError:  # the terminal has been closed
        return otherwise
    return columns or otherwise.columns, rows or otherwise.lines
