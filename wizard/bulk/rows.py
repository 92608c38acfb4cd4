"""The rows of a bulk file: a CSV table (RFC 4180), read whole, every mistake with its line and column.

Columns stand between commas; or, as spreadsheets write it where the comma is for decimals, between semicolons; or, as
they copy it, between tabs.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
import shutil
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from wizard.account import email_problem
from wizard.bulk import texts
from wizard.domain import Method, folded_email
from wizard.exits import StartError
from wizard.inert import inert
from wizard.unattended import passwords
from wizard.wishes import Directions, PasswordSource, Wish, WishError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_Value = TypeVar("_Value")

NEEDED = ("schedule", "provider", "email")
_PASSWORDS = ("password_env", "password_file", "password_command")
COLUMNS = (*NEEDED, "method", *_PASSWORDS, "import", "calendars", "export")
"""The columns that a file may have, in any order; those of `NEEDED` it must have."""
BETWEEN_CALENDARS = ";"
MOST_BYTES = 64 * 1024 * 1024
"""The largest file: a million rows take less."""

_SWITCH = {"on": True, "off": False}
_METHODS = {"credentials": Method.CREDENTIALS, "oauth": Method.OAUTH}


@dataclass(frozen=True, order=True)
class Mistake:
    """What is wrong at a place of the file. `line` counts from 1; `column` is empty where the whole line is meant."""

    line: int
    column: str
    words: str


class MistakesError(StartError):
    """A file with mistakes, all of them in `mistakes`; nothing was changed on the site."""

    def __init__(self, file: Path, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = sorted(mistakes)
        lines = (f"{inert(file)}:{m.line}: {m.column}{': ' if m.column else ''}{m.words}" for m in self.mistakes)
        super().__init__("\n".join([texts.mistakes(len(mistakes)), *lines]))


@dataclass(frozen=True)
class Row:
    """One calendar that is wished for. `line` is where it begins in the file, counted from 1."""

    line: int
    wish: Wish


def read(file: Path) -> list[Row]:
    """Read and check a file, and return its rows. Raises `MistakesError`, and `StartError` where there is no table."""
    reading = _Reading(file)
    rows = list(reading.rows())
    if reading.mistakes:
        raise MistakesError(file, reading.mistakes)
    if not rows:
        raise StartError(texts.NO_ROWS.format(file=inert(file)))
    return rows


class _Reading:
    def __init__(self, file: Path) -> None:
        self.mistakes: list[Mistake] = []
        self._file = file
        self._problems: dict[PasswordSource, str] = {}

    def rows(self) -> Iterator[Row]:
        text = _text(self._file)
        delimiter = _delimiter(text)
        records = self._records(text, delimiter)
        line, header = next(records, (1, []))
        columns = self._columns(line, header)
        seen: dict[tuple[str, str, str], int] = {}
        for line, cells in records:
            if len(cells) > len(columns):
                between = texts.DELIMITERS[delimiter]
                words = texts.TOO_MANY_CELLS.format(given=len(cells), columns=len(columns), delimiters=between)
                self._mistake(line, "", words)
            given = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
            wish = self._wish(line, given, set(columns))
            who = (wish.schedule.casefold(), wish.provider.casefold(), folded_email(wish.email))
            if all(who) and seen.setdefault(who, line) != line:
                self._mistake(line, "", texts.TWICE.format(line=seen[who]))
            yield Row(line, wish)

    def _records(self, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        """Give each record that has anything in it, with the line where it begins.

        Spreadsheets write empty cells at its end, and Excel first of all "sep=" with what stands between the columns.
        """
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        line = 1
        try:
            for record in reader:
                cells = [cell.strip() for cell in record]
                while cells and not cells[-1]:
                    cells.pop()
                if cells and (line, cells) != (1, ["sep="]):
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            self._mistake(line, "", texts.NO_CSV.format(why=inert(error)))

    def _mistake(self, line: int, column: str, words: str) -> None:
        self.mistakes.append(Mistake(line, column, words))

    def _columns(self, line: int, header: list[str]) -> list[str]:
        """Return the columns' names; those that are none are empty, so that what is below them goes unread."""
        names: list[str] = []
        for place, cell in enumerate(header, 1):
            name = cell.casefold()
            if name and name in names:
                self._mistake(line, name, texts.COLUMN_TWICE)
            elif name == "password":
                self._mistake(line, name, texts.PASSWORD_INLINE)
            elif name not in COLUMNS:
                close = get_close_matches(name, COLUMNS, 1)
                words = texts.COLUMN_MEANT.format(meant=close[0]) if close else texts.COLUMN_UNKNOWN
                shown = inert(cell, limit=40) or texts.COLUMN_NUMBER.format(number=place)
                self._mistake(line, shown, words.format(columns=", ".join(COLUMNS)))
            names.append(name if name in COLUMNS and name not in names else "")
        for name in NEEDED:
            if name not in names:
                self._mistake(line, name, texts.COLUMN_MISSING)
        return names

    def _wish(self, line: int, given: dict[str, str], columns: set[str]) -> Wish:
        for name in NEEDED:
            if name in columns and not given.get(name):
                self._mistake(line, name, texts.EMPTY)
        email = given.get("email", "")
        if email and (problem := email_problem(email)):
            self._mistake(line, "email", problem)
        return Wish(
            provider=given.get("provider", ""),
            schedule=given.get("schedule", ""),
            method=self._one_of(line, given, "method", _METHODS),
            email=email,
            password=self._password(line, given),
            directions=self._directions(line, given),
        )

    def _directions(self, line: int, given: dict[str, str]) -> Directions:
        names = (name.strip() for name in given.get("calendars", "").split(BETWEEN_CALENDARS))
        calendars = tuple(name for name in names if name) or None
        imports = self._one_of(line, given, "import", _SWITCH)
        if calendars and imports is False:
            self._mistake(line, "calendars", texts.CALENDARS_WITHOUT_IMPORT)
        return Directions(imports, calendars, self._one_of(line, given, "export", _SWITCH))

    def _one_of(self, line: int, given: dict[str, str], column: str, values: Mapping[str, _Value]) -> _Value | None:
        text = given.get(column, "")
        if text and text.casefold() not in values:
            self._mistake(
                line, column, texts.NO_CHOICE.format(text=inert(text, limit=40), choices=" nor ".join(values))
            )
        return values.get(text.casefold())

    def _password(self, line: int, given: dict[str, str]) -> PasswordSource | None:
        named = [name for name in _PASSWORDS if given.get(name)]
        if not named:
            return None
        if len(named) > 1:
            self._mistake(line, named[1], texts.PASSWORDS_SEVERAL.format(first=named[0]))
        column = named[0]
        kind = cast("Literal['env', 'file', 'command']", column.removeprefix("password_"))
        source = PasswordSource(kind, given[column])
        if source not in self._problems:  # a thousand rows may share one
            self._problems[source] = _problem(source)
        if self._problems[source]:
            self._mistake(line, column, self._problems[source])
        return source


def _problem(source: PasswordSource) -> str:
    """Say why a password can't be had from there, if that can be known without running a command."""
    try:
        if source.kind != "command":
            passwords.read(source)
        elif not shutil.which((shlex.split(source.name) or [""])[0]):
            return texts.PASSWORD_NO_COMMAND
    except WishError as error:
        return str(error)
    except ValueError:
        return texts.PASSWORD_QUOTES
    return ""


def _delimiter(text: str) -> str:
    """Return what stands between the columns' names."""
    header = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0]  # a Mac's lines may end with a lone \r
    return next((one for one in "\t;" if one in header), ",")


def _text(file: Path) -> str:
    """Return the file's text. Raises `StartError`."""
    shown = inert(file)
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise StartError(texts.NO_FILE.format(file=shown, why=error.strerror)) from None
    if len(content) > MOST_BYTES:
        raise StartError(texts.FILE_TOO_LARGE.format(file=shown))
    try:
        if (start := content.find(b"\0")) < 0:
            return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start
    # As UTF-8, UTF-16 may be letters with zeros between them.
    raise StartError(texts.NO_UTF8.format(file=shown, line=len((content[:start] + b".").splitlines())))
