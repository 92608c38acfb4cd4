"""Textual's driver, which draws and reads keys, without two of the things that it takes for granted."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver


def adapted(driver: type[Driver]) -> type[Driver]:
    """Return such a driver: one that lives with bytes that are no text, and measures the terminal where it draws."""
    its_module = vars(sys.modules[driver.__module__])
    if "getincrementaldecoder" in its_module:
        # Textual's ends its input at the first such byte, and the program with it (Textualize/textual#6456).
        its_module["getincrementaldecoder"] = _decoder
    return type(driver.__name__, (driver,), {"_get_terminal_size": lambda _: size_of_standard_error()})


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
