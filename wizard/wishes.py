"""What is wanted of an unattended run, as data: whoever reads flags or a file makes a `Wish`, `fulfil` fulfils it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from wizard.domain import Method  # noqa: TC001 - a dataclass's field, which the journal's reader looks for
from wizard.exits import StartError


class WishError(StartError):
    """A wish that can't be fulfilled as it was written; the message says why and what to do.

    `code` tells programs which kind it is.
    """

    code: ClassVar[str] = "wish"


REDIRECT_URL = "https://www.wix.com/"
"""Where an owner's browser ends that nobody waits for: a page that is there, and whose host learns nothing new."""


SourceKind: TypeAlias = Literal["env", "file", "command", "stdin"]


@dataclass(frozen=True)
class PasswordSource:
    """Where a password comes from: the variable's, file's or command line's name, or standard input.

    The name stays out of the repr: it may be the password itself, given in the wrong place.
    """

    kind: SourceKind
    name: str = field(default="", repr=False)


@dataclass(frozen=True)
class Directions:
    """Which way events are to flow. None leaves it as Wix has it.

    `calendars` are those to import from, by name or id; with them, import is meant to be on.
    """

    imports: bool | None = None
    calendars: tuple[str, ...] | None = None
    exports: bool | None = None

    @property
    def says_what_to_import(self) -> bool:
        """Whether it doesn't matter what was imported before."""
        return self.calendars is not None or self.imports is False


@dataclass(frozen=True)
class Wish:
    """One account on one schedule. Provider and schedule are as the person calls them (see `naming`).

    `method` is needed only where the provider offers both; email and password only to connect by credentials. Without
    an email, any account of that provider on that schedule is meant.
    """

    provider: str
    schedule: str
    method: Method | None = None
    email: str = ""
    password: PasswordSource | None = None
    directions: Directions = field(default_factory=Directions)
