"""Which provider, schedule or calendars a person means by a name, an id or a type."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, TypeVar

from wizard import texts
from wizard.domain import Calendar, Provider, Schedule, ScheduleKind
from wizard.front.search import fold
from wizard.inert import inert
from wizard.wishes import WishError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Named = TypeVar("Named", Provider, Schedule, Calendar)
What = Literal["provider", "schedule", "calendar"]

MOST_CANDIDATES = 10
"""How many an error names."""
_LISTED_BY: dict[What, str] = {"provider": "providers", "schedule": "schedules", "calendar": "calendars ID"}


class UnclearError(WishError):
    """A text by which no `what` is called, or `several` are; `candidates` are those it may have meant."""

    code = "unclear"

    def __init__(
        self, what: What, text: str, candidates: Sequence[Named], *, several: bool = False, alike: bool = False
    ) -> None:
        shown, there = inert(text, limit=80), _said(what, candidates)
        if several:
            words = f"“{shown}” can mean several {what}s: {there}. Give the ID of one."
        elif alike:
            words = f"No {what} is called “{shown}”. Did you mean: {there}?"
        else:
            words = f"No {what} is called “{shown}”. There are: {there or 'none at all'}."
        super().__init__(words)
        self.what, self.several = what, several


def provider(found: Sequence[Provider], text: str) -> Provider:
    """Return the provider of this id, name or type: I_CAL, … or what the wizard calls it. Raises `UnclearError`."""
    wanted = folded(text)
    return _only(
        "provider",
        found,
        text,
        lambda p: p.id == text.strip(),
        lambda p: folded(p.name) == wanted,
        lambda p: wanted in (folded(p.kind.value), folded(texts.KIND_NAME[p.kind])),
    )


def schedule(found: Sequence[Schedule], text: str) -> Schedule:
    """Return the schedule of this id, external id or name, as Wix or as the wizard shows it. Raises `UnclearError`.

    "business" is the business schedule, whatever others are called.
    """
    wanted, plain = folded(text), text.strip()
    return _only(
        "schedule",
        found,
        text,
        lambda s: s.id == plain,
        lambda s: s.external_id == plain != "",
        lambda s: s.kind is ScheduleKind.BUSINESS and wanted == "business",
        lambda s: plain in (s.name, texts.schedule_name(s)),
        lambda s: wanted in (folded(s.name), folded(texts.schedule_name(s))),
    )


def calendars(found: Sequence[Calendar], wanted: Iterable[str]) -> tuple[Calendar, ...]:
    """Return the calendars of these ids or names, each once. Raises `UnclearError`."""
    return tuple(dict.fromkeys(_calendar(found, text) for text in wanted))


def _calendar(found: Sequence[Calendar], text: str) -> Calendar:
    wanted, plain = folded(text), text.strip()
    return _only(
        "calendar",
        found,
        text,
        lambda c: c.id == plain,
        lambda c: c.name == plain,
        lambda c: folded(c.name) == wanted,
    )


def _only(what: What, found: Sequence[Named], text: str, *ways: Callable[[Named], bool]) -> Named:
    """Return the only one that the first way of looking which finds any finds."""
    for is_meant in ways:
        meant = [one for one in found if is_meant(one)]
        if len(meant) == 1:
            return meant[0]
        if meant:
            raise UnclearError(what, text, meant, several=True)
    raise unknown(what, found, text)


def unknown(what: What, found: Sequence[Named], text: str, *, compare: bool = True) -> UnclearError:
    """Return the error of a text by which none is called: it names those alike, if it is to `compare`, or the first."""
    alike = _alike(found, text) if compare else []
    return UnclearError(what, text, alike or found, alike=bool(alike))


def _alike(found: Sequence[Named], text: str) -> list[Named]:
    """Return those that have the text in their names, accents aside; else those of whose names a part is like it."""
    wanted, names = fold(inert(text)), [(fold(inert(_shown(one))), one) for one in found]
    if having := [one for name, one in names if wanted and wanted in name]:
        return having
    called: defaultdict[str, list[Named]] = defaultdict(list)
    for name, one in names:
        called[name].append(one)
        for word in name.split():
            called[word].append(one)
    return list(dict.fromkeys(one for part in get_close_matches(wanted, called) for one in called[part]))


def folded(text: str) -> str:
    """Return a name without what people don't see: case, spaces at its ends, and how accents are encoded."""
    return unicodedata.normalize("NFC", inert(text)).casefold()


def _shown(one: Provider | Schedule | Calendar) -> str:
    return texts.schedule_name(one) if isinstance(one, Schedule) else one.name


def _said(what: What, some: Sequence[Provider | Schedule | Calendar]) -> str:
    said = [f"{_shown(one)} ({inert(one.id)})" for one in some[:MOST_CANDIDATES]]
    if len(some) > len(said):
        said.append(f"and {len(some) - len(said)} more, which 'calendar-wizard {_LISTED_BY[what]}' lists")
    return ", ".join(said)
