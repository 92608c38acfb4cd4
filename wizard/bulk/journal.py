"""What a bulk run has asked Wix for and has no answer to yet, in a file, so that the next run sends nothing twice.

So are the directions of what it ends to connect it anew, until they are set again: Wix forgets them. Whatever else was
answered can be read from Wix, so it isn't in here.

A site has one such file in the platform's state directory, readable by its owner alone. Each line is on the disk
before the request that it is about is sent. A lock beside the file keeps a second run on the same site away: together
they would ask more of Wix than it takes.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from wizard import files
from wizard.bulk import texts
from wizard.domain import AccountKey, Attempt, Connection
from wizard.exits import TEMPORARY, StartError

SCHEMA = 1
"""The version of the lines' form; a file of another version is not read."""
KEPT_DAYS = 30
"""What was asked for, or ended, longer ago is forgotten."""


@dataclass(frozen=True)
class Asked:
    """What Wix was asked for, and when (UTC). An invitation has its `link`, which works until `expires`.

    The link lets whoever has it connect, so it is never written here: an invitation of an earlier run has none.
    """

    attempt: Attempt
    at: datetime
    link: str = ""
    expires: datetime | None = None

    @property
    def invites(self) -> bool:
        """Whether it is an invitation that can still be followed."""
        return self.expires is not None and datetime.now(UTC) < self.expires


@dataclass(frozen=True)
class Replaced:
    """A connection that is ended, and when (UTC). Another one takes its place, and is to have its directions.

    `latest` is that one as it began, once it is there; before, what is ended to make room for it.
    """

    connection: Connection
    at: datetime
    latest: Connection

    def goes_on_in(self, one: Connection) -> bool:
        """Whether it is the latest, and still to have the directions: nobody has set others since."""
        return one.id == self.latest.id and one.sync.effect == self.latest.sync.effect


@dataclass(frozen=True)
class _Line:
    """One line: something is asked for, or ended, or what was asked for is settled, or has the directions."""

    asked: Asked | None = None
    settled: AccountKey | None = None
    replaced: Replaced | None = None
    directed: AccountKey | None = None
    schema: int = SCHEMA


_LINE = TypeAdapter(_Line)


class Journal:
    """What is open on a site, and what was replaced, by account; a context manager, for it holds the site's lock.

    Without a folder nothing is kept: for a site that is gone after the run.
    """

    def __init__(self, folder: Path | None, site: str) -> None:
        """Take the site's lock and read what was left. Raises `StartError` where another run has it, and OSError."""
        self.open: dict[AccountKey, Asked] = {}
        self.replaced: dict[AccountKey, Replaced] = {}
        self._path = folder and folder / f"{hashlib.sha256(site.encode()).hexdigest()[:32]}.jsonl"
        self._file: IO[bytes] | None = None
        if self._path is None:
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = FileLock(self._path.with_suffix(".lock"), timeout=0, mode=0o600, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise StartError(texts.ANOTHER_RUN, exit_code=TEMPORARY) from None
        try:
            self.open, self.replaced = _left_in(self._path)
            # Begun anew with what is still open: else it would grow with every run.
            lines = [_Line(asked=one) for one in self.open.values()]
            lines += [_Line(replaced=one) for one in self.replaced.values()]
            files.write(self._path, "".join(map(_written, lines)))
            self._file = self._path.open("ab")
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path is None or self._file is None:
            return
        with suppress(OSError):  # of a disk that was full: what there was to be said of that was raised by the write
            self._file.close()
        if not self.open and not self.replaced:
            self._path.unlink(missing_ok=True)
        self._lock.release()

    def ask(self, attempt: Attempt) -> None:
        """Keep what is about to be asked for. It survives a power cut from here on. Raises OSError."""
        self._keep(Asked(attempt, datetime.now(UTC)))

    def invite(self, attempt: Attempt, link: str, lifetime: timedelta) -> Asked:
        """Keep an invitation, and return it. Raises OSError."""
        now = datetime.now(UTC)
        asked = Asked(attempt, now, link, now + lifetime)
        self._keep(asked)
        return asked

    def end(self, old: Connection, directions_of: Connection) -> None:
        """Keep what directions are to go on when a connection is about to be ended. Raises OSError.

        They may be of one before it, where it has not been given them yet.
        """
        self._keep_replaced(Replaced(directions_of, datetime.now(UTC), old))

    def settle(self, key: AccountKey, made: Connection | None = None) -> None:
        """Forget what was asked for an account: the answer is known, and `made` if it is a connection. Raises OSError.

        That may not have the directions yet of the one that it replaces.
        """
        if made and key in self.replaced:
            self._keep_replaced(replace(self.replaced[key], latest=made))
        if key in self.open:
            self._write(_Line(settled=key))
            del self.open[key]

    def directed(self, key: AccountKey) -> None:
        """Forget the directions of what was ended: they are set. Raises OSError."""
        if key in self.replaced:
            self._write(_Line(directed=key))
            del self.replaced[key]

    def _keep_replaced(self, one: Replaced) -> None:
        self.replaced[one.connection.place] = one
        self._write(_Line(replaced=one))

    def _keep(self, asked: Asked) -> None:
        self.open[asked.attempt.key] = asked
        self._write(_Line(asked=asked))

    def _write(self, line: _Line) -> None:
        if self._file:
            self._file.write(_written(line).encode("utf-8", "backslashreplace"))
            self._file.flush()
            os.fsync(self._file.fileno())


def _written(line: _Line) -> str:
    return _LINE.dump_json(line, exclude={"asked": {"link"}}, exclude_none=True).decode() + "\n"


def _left_in(path: Path) -> tuple[dict[AccountKey, Asked], dict[AccountKey, Replaced]]:
    """Return what is still open, and what was replaced.

    A line that can't be read was cut off while it was written, and not acted upon.
    """
    found: dict[AccountKey, Asked] = {}
    replaced: dict[AccountKey, Replaced] = {}
    with suppress(FileNotFoundError):
        for text in path.read_bytes().splitlines():
            try:
                line = _LINE.validate_json(text)
            except ValidationError:
                continue
            if line.schema != SCHEMA:
                raise StartError(texts.OTHER_JOURNAL.format(path=path))
            if line.asked:
                found[line.asked.attempt.key] = line.asked
            if line.settled:
                found.pop(line.settled, None)
            if line.replaced:
                replaced[line.replaced.connection.place] = line.replaced
            if line.directed:
                replaced.pop(line.directed, None)
    oldest = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
    return (
        {key: one for key, one in found.items() if one.at > oldest},
        {key: one for key, one in replaced.items() if one.at > oldest},
    )
