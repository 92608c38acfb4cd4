"""What commands print: tables for people, JSON lines and CSV for programs, each row as it comes.

Nothing is gathered, so that a list of any length begins at once and takes no more memory than a page of it.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING

from wizard.inert import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CUT_OFF = 141
"""The exit code when the reader has gone: 128 + SIGPIPE, as that signal itself would give."""

_GAP = 2
_LEAST = 6
_FORMULA = ("=", "+", "-", "@")
# JSON may hold these as they are, but a terminal that it is shown on would obey them.
_UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


class Table:
    """A table for people. Its first rows decide how wide the columns are, for nobody waits for the last.

    On a terminal it keeps to the width, and cuts what is too long; elsewhere nothing is cut.
    """

    def __init__(self, *headings: str) -> None:
        self._headings = headings
        self._widths: list[int] = []
        self._room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        """Print more rows, each with a cell for each heading; the headings come with the first."""
        _stand_any_letter()
        texts = [[inert(cell, limit=10_000) for cell in row] for row in rows]
        if texts and not self._widths:
            self._widths = self._widths_for([self._headings, *texts])
            self._print(self._headings)
        for row in texts:
            self._print(row)
        sys.stdout.flush()

    def _widths_for(self, rows: Sequence[Sequence[str]]) -> list[int]:
        from rich.cells import cell_len

        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        if self._room is not None:
            room = self._room - _GAP * (len(widths) - 1)
            while sum(widths) > room and max(widths) > _LEAST:
                widths[widths.index(max(widths))] -= 1
            widths[-1] += max(0, room - sum(widths))
        return widths

    def _print(self, row: Sequence[str]) -> None:
        cells = [self._fitted(text, width) for text, width in zip(row, self._widths, strict=True)]
        print((" " * _GAP).join(cells).rstrip())

    def _fitted(self, text: str, width: int) -> str:
        from rich.cells import cell_len, set_cell_size

        if cell_len(text) <= width:
            return set_cell_size(text, width)
        if self._room is None:
            return text
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


def line(words: str) -> None:
    """Print a line for people: what was done."""
    _stand_any_letter()
    print(words)


def fields(said: Mapping[str, object]) -> None:
    """Print one thing's fields for people, a line each."""
    _stand_any_letter()
    width = max(map(len, said)) + _GAP
    for label, words in said.items():
        print(f"{label:<{width}}{inert(words, limit=10_000)}")


class Csv:
    """A table for spreadsheets, with the keys of the objects as its first line (RFC 4180)."""

    def __init__(self, keys: Sequence[str]) -> None:
        import csv

        for_programs()
        self._writer = csv.DictWriter(sys.stdout, keys)
        self._writer.writeheader()

    def add(self, objects: Iterable[Mapping[str, object]]) -> None:
        """Print more rows."""
        self._writer.writerows({key: _cell(value) for key, value in one.items()} for one in objects)
        sys.stdout.flush()


def _cell(value: object) -> object:
    """Return what a cell says. A text that a spreadsheet would take for a formula gets a mark that makes it text.

    Whoever invites somebody chooses such texts (OWASP, CSV Injection).
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return value
    text = without_controls(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def json_lines(objects: Iterable[Mapping[str, object]]) -> None:
    """Print objects as JSON, each on a line (https://jsonlines.org)."""
    for_programs()
    for one in objects:
        text = json.dumps(one, ensure_ascii=False)
        print(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text))
    sys.stdout.flush()


def without_controls(text: str) -> str:
    """Return a text with its lines and without other control characters, which CSV and iCalendar can't carry."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc")


def for_programs() -> None:
    """Let standard output be UTF-8 with the line ends as they are written, wherever it runs."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")


def _stand_any_letter() -> None:
    """Let a name with letters that the terminal doesn't have end nothing: they are shown as question marks."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def cut_off() -> int:
    """Say nothing more, for the reader has gone (`| head`), and return the exit code."""
    # What is still to be written would fail at the very end, with a message.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CUT_OFF
