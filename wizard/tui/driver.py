"""Textual's driver, which draws and reads keys, without two of the things that it takes for granted."""

from __future__ import annotations

import codecs
import os
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
    if sys.__stdout__ is None or sys.__stdout__.isatty():
        return driver
    # Standard output is a file, as with --json.
    return type(driver.__name__, (driver,), {"_get_terminal_size": lambda _: _size_of_standard_error()})


def _decoder(encoding: str) -> partial[codecs.IncrementalDecoder]:
    """Stand in for `codecs.getincrementaldecoder`: read what the terminal writes; what can't be read shows as "�"."""
    encoding = sys.__stdin__.encoding if sys.__stdin__ else encoding
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")


def _size_of_standard_error() -> tuple[int, int]:
    assert sys.__stderr__ is not None  # Textual draws there
    columns, rows = os.get_terminal_size(sys.__stderr__.fileno())
    return columns or 80, rows or 24
