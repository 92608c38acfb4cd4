"""What commands print: tables for people, JSON lines and CSV for programs, each row as it comes.

Nothing is gathered, so that a list of any length begins at once and takes no more memory than a page of it.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from math import inf
from typing import TYPE_CHECKING

from wizard.charset import settle_for
from wizard.domain import Fault
from wizard.inert import as_json, inert, without_controls

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_GAP = 2
_LEAST = 6
# Where a cell may begin: also after a semicolon, which is what spreadsheets split at where the comma is for decimals.
_FORMULA = re.compile(r'(?m)(?:^|(?<=;))(?=(?:"|[^\S\n])*[=+@-])')


class Table:
    """A table for people. Its first rows decide how wide the columns are, for nobody waits for the last.

    On a terminal it keeps to the width as long as it can: first the last column is cut if it `yields`, then the widest
    of those that aren't among the `whole` ones. Elsewhere nothing is cut. A later cell that is wider than its column
    shifts the rest of its line if there is room.
    """

    def __init__(self, *headings: str, whole: Sequence[str] = (), yields: bool = False) -> None:
        self._headings = headings
        self._may_be_cut = [at for at, heading in enumerate(headings) if heading not in whole]
        self._yields = yields
        self._widths: list[int] = []
        self._room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        self._spare = inf  # cells that no column takes
        self._begun = False

    def fit(self, rows: Iterable[Sequence[object]]) -> None:
        """Let these rows, not only the first that are added, decide how wide the columns are, if nothing has yet."""
        if not self._widths and (texts := _texts(rows)):
            self._widths = self._widths_for([self._headings, *texts])

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        """Print more rows, each with a cell for each heading; the headings come with the first."""
        texts = _texts(rows)
        self.fit(texts)
        if texts and not self._begun:
            texts.insert(0, self._headings)
            self._begun = True
        lines(map(self._line, texts))

    def _widths_for(self, rows: Sequence[Sequence[str]]) -> list[int]:
        from rich.cells import cell_len

        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        if self._room is None:
            return widths
        room = self._room - _GAP * (len(widths) - 1)
        if self._yields:
            widths[-1] = max(_LEAST, min(widths[-1], room - sum(widths[:-1])))
        while sum(widths) > room:
            widest = max(self._may_be_cut, key=widths.__getitem__)
            if widths[widest] <= _LEAST:
                break
            widths[widest] -= 1
        self._spare = max(0, room - sum(widths))
        return widths

    def _line(self, row: Sequence[str]) -> str:
        from rich.cells import cell_len

        cells = list(zip(row, self._widths, strict=True))
        is_cut = sum(max(0, cell_len(text) - width) for text, width in cells) > self._spare
        fitted = [
            self._fitted(text, width, is_cut=is_cut and at in self._may_be_cut)
            for at, (text, width) in enumerate(cells)
        ]
        return (" " * _GAP).join(fitted).rstrip()

    def _fitted(self, text: str, width: int, *, is_cut: bool) -> str:
        from rich.cells import cell_len, set_cell_size

        if cell_len(text) <= width:
            return set_cell_size(text, width)
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width) if is_cut else text


def _texts(rows: Iterable[Sequence[object]]) -> list[Sequence[str]]:
    return [[inert(cell, limit=10_000) for cell in row] for row in rows]


def fields(said: Mapping[str, object]) -> None:
    """Print one thing's fields for people, a line each."""
    width = max(map(len, said)) + _GAP
    lines(f"{label:<{width}}{inert(words, limit=10_000)}" for label, words in said.items())


def lines(words: Iterable[str]) -> None:
    """Print lines for people. A letter that their terminal doesn't have is one like it, and ends nothing.

    Raises as `for_programs`.
    """
    settle_for(sys.stdout)
    write("".join(f"{line}\n" for line in words))


class Csv:
    """A table for spreadsheets, with the keys of the objects as its first line (RFC 4180)."""

    def __init__(self, keys: Sequence[str]) -> None:
        import csv

        self._rows = io.StringIO()
        self._writer = csv.DictWriter(self._rows, keys)
        self._writer.writeheader()

    def add(self, objects: Iterable[Mapping[str, object]]) -> None:
        """Print more rows."""
        self._writer.writerows({key: cell(value) for key, value in one.items()} for one in objects)
        for_programs(self._rows.getvalue())
        self._rows.seek(0)
        self._rows.truncate()


def cell(value: object) -> object:
    """Return what a cell says. A text that a spreadsheet would take for a formula gets a mark that makes it text.

    Whoever invites somebody chooses such texts (OWASP, CSV Injection).
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return value
    return _FORMULA.sub("'", without_controls(value))


def json_lines(objects: Iterable[Mapping[str, object]]) -> None:
    """Print objects as JSON, each on a line (https://jsonlines.org)."""
    for_programs("".join(f"{as_json(one)}\n" for one in objects))


def for_programs(text: str) -> None:
    """Write what programs read: in UTF-8, with the line ends that it has, wherever it runs.

    Raises BrokenPipeError where the reader has gone, and the fault `output_failed`.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    write(text)


def write(text: str) -> None:
    """Write a text as it is, at once. Raises as `for_programs`."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()  # the reader waits for the first rows, not for the last
    except BrokenPipeError:
        raise
    except OSError as error:
        write_no_more()
        raise Fault("output_failed", message=error.strerror or "") from None


def write_no_more() -> None:
    """Drop what is still to be written: it would fail again when the program ends, with a message of Python's."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
