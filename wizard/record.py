"""The journal of a run: what it has reached, in a file, so that the next start can go on after a crash. Never a secret.

Each run has a file of its own in the platform's state directory, readable by its owner alone and replaced whole at
every step. A lock beside it tells a run that still lives from one that was cut off, and is gone with its process.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from wizard import account, files
from wizard.answers import Answers
from wizard.domain import Attempt, Method
from wizard.wishes import Directions

SCHEMA = 1
"""The version of the file's form; a file of another version is not read."""
SETTLED_AFTER = timedelta(seconds=60)
"""How long a request may still be under way at Wix when nobody waits for its answer any more."""
KEPT_DAYS = 30
"""A run that was cut off longer ago is not offered any more, and its file removed."""


@dataclass(frozen=True)
class Run:
    """What a run has reached.

    `site` tells sites apart, `attempt` is the connection that was being made, `saved` when this was true (UTC).
    `directions` are what an unattended run is to set once it is connected; a person is asked.
    """

    site: str
    state: str
    answers: Answers
    saved: datetime
    attempt: Attempt | None = None
    directions: Directions | None = None
    schema: int = SCHEMA

    def left_of(self, lifetime: timedelta) -> float:
        """Return how many seconds of so long a time are left since it was saved; a clock may have been set back."""
        return min(self.saved + lifetime - datetime.now(UTC), lifetime).total_seconds()


@cache
def _reader() -> TypeAdapter[Run]:
    """Return what reads a run. Writing needs none, and making it takes longer than a request."""
    return TypeAdapter(Run)


class Journal:
    """One run's file in `folder`. Whoever has it holds its lock until `forget` or `close`."""

    def __init__(self, folder: Path, name: str | None = None) -> None:
        """Name the file of a new run, or of the one that was cut off; nothing is written or locked yet."""
        self.path = folder / f"{name or uuid4().hex}.json"
        self._lock = FileLock(self.path.with_suffix(".lock"), timeout=0, mode=0o600, thread_local=False)

    def take(self) -> bool:
        """Take the lock; say whether it was free. Raises OSError where the folder can't be used."""
        with suppress(Timeout):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire()
        return self._lock.is_locked

    def keep(self, run: Run) -> None:
        """Replace the file; it survives a power cut from here on. Raises OSError."""
        if not self._lock.is_locked:
            self.take()
        files.write(self.path, to_json(run).decode())

    def leave(self, run: Run) -> None:
        """Replace the file, and let go of it. Where it can't be replaced, it stays as it is: that stops no run."""
        with suppress(OSError):
            self.keep(run)
        self.close()

    def forget(self) -> None:
        """Remove the file: there is nothing to go on with. Where it can't be removed, it stays: that stops no run."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        self.close()
        with suppress(OSError):
            Path(self._lock.lock_file).unlink(missing_ok=True)

    def set_aside(self) -> Path:
        """Rename the file, so that nobody reads it again by himself; return its new path."""
        aside = self.path.rename(self.path.with_suffix(".unreadable"))
        self.forget()
        return aside

    def close(self) -> None:
        """Let go of the lock, and leave the file to whoever goes on with it."""
        self._lock.release()


@dataclass(frozen=True)
class Left:
    """A run that was cut off, with its journal, which is taken."""

    journal: Journal
    run: Run


@dataclass(frozen=True)
class Found:
    """What earlier runs left: the newest one to go on with, and files that could not be read and were set aside."""

    left: Left | None = None
    unreadable: tuple[Path, ...] = ()


class Recorder:
    """Keeps one run on `site` up to date in its journal; every front has one.

    A disk that is full or can't be written, or an answer that can't, stops no run: it goes on without this net.
    """

    def __init__(
        self, folder: Path | None, site: str, left: Left | None = None, *, directions: Directions | None = None
    ) -> None:
        """Begin a new journal, or go on with the one of a run that was cut off.

        Without a folder there is none, nor for a site that is gone with this run and therefore has no name.
        """
        self.directions = left.run.directions if left else directions
        """What is kept of them from the next `keep` on."""
        self._site = site
        new = Journal(folder) if folder and site else None
        self._journal = left.journal if left else new
        self._run = left.run if left else None
        self._error: Exception | None = None

    @property
    def attempt(self) -> Attempt | None:
        """The connection that is being made in this state."""
        return self._run.attempt if self._run else None

    @property
    def is_open(self) -> bool:
        """Whether a connection is being made that a later run can look for."""
        return self._journal is not None and self._error is None and self.attempt is not None

    @property
    def trouble(self) -> str:
        """Why the system didn't let the run be kept; empty if it did, or it isn't the system that didn't."""
        if self._journal is None or not isinstance(self._error, OSError):
            return ""
        return f"{self._journal.path.parent}: {self._error.strerror}"

    def keep(self, state: str, answers: Answers) -> None:
        """Keep what the run has reached: nothing before a provider is chosen.

        A link that was left is given up; a password that was sent may connect an account until Wix has answered.
        """
        if answers.provider:
            attempt = self.attempt
            if attempt and self._run and self._run.state != state:
                open_still = attempt.method is Method.CREDENTIALS and answers.connection is None
                attempt = attempt if open_still else None
            if self.directions is None:  # a person answers
                answers = _without_mistyped(answers)
            self._write(Run(self._site, state, answers, datetime.now(UTC), attempt, self.directions))

    def keep_attempt(self, attempt: Attempt | None) -> None:
        """Keep what is about to be asked of Wix, before it is; None when it was looked for, and is settled."""
        if self._run:
            self._write(replace(self._run, saved=datetime.now(UTC), attempt=attempt))

    def forget(self) -> None:
        """Keep nothing of the run any more, unless a connection may still come about."""
        if self._run and not self.attempt:
            if self._journal:
                self._journal.forget()
            self._run = None

    def close(self) -> None:
        """Leave the journal, if there is one still, to the next start."""
        if self._journal:
            self._journal.close()

    def _write(self, run: Run) -> None:
        self._run = run
        if self._journal:
            self._error = None
            try:
                self._journal.keep(run)
            except (OSError, ValueError) as error:  # an argument in another charset has letters that no file can hold
                self._error = error


def _without_mistyped(answers: Answers) -> Answers:
    """Leave out an email that isn't Wix's and doesn't look like one: it may be a password in the wrong field."""
    of_wix = answers.existing.email if answers.existing else ""
    return answers.with_email("") if answers.email != of_wix and account.email_problem(answers.email) else answers


def find(folder: Path | None, site: str, is_wanted: Callable[[Run], bool] = lambda _: True) -> Found:
    """Look for the newest run on this site that was cut off; runs that still live, and other sites', are left alone.

    So are those that aren't wanted, or can't be used. Raises OSError where the folder can't be read.
    """
    if folder is None:
        return Found()
    for torn in folder.glob(".*.new"):  # by a kill in the middle of a write, which takes no minute
        with suppress(OSError):
            if _changed(torn) < time.time() - 60:
                torn.unlink(missing_ok=True)
    unreadable: list[Path] = []
    for path in sorted(folder.glob("*.json"), key=_changed, reverse=True):
        journal = Journal(folder, path.stem)
        with suppress(OSError):  # one that can't be read or locked, such as another user's, hides no other
            if not journal.take():
                continue
            if _changed(path) < time.time() - KEPT_DAYS * 86400:
                journal.forget()
                continue
            try:
                run = _read(path)
            except ValueError:
                unreadable.append(journal.set_aside())
                continue
            if run.site == site and is_wanted(run):
                return Found(Left(journal, run), tuple(unreadable))
        journal.close()
    return Found(None, tuple(unreadable))


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # its run has ended meanwhile
        return 0.0


def _read(path: Path) -> Run:
    try:
        run = _reader().validate_json(path.read_bytes())
    except ValidationError:
        raise ValueError("damaged, or of another version") from None  # the error's text would quote the file
    if run.schema != SCHEMA:
        raise ValueError("of another version")
    return run
