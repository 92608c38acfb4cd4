"""What a bulk run is to do, found out for all rows before anything is changed.

It asks as little of Wix as it can: what stands is read once for the whole site.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from wizard.bulk import texts
from wizard.bulk.rows import Mistake, MistakesError
from wizard.domain import Fault, ScheduleKind, Status, account_key, folded_email
from wizard.exits import TEMPORARY
from wizard.fault_texts import fault_text
from wizard.texts import schedule_name
from wizard.unattended import fulfil, naming
from wizard.unattended.fulfil import Action, Plan
from wizard.wishes import Directions, WishError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wizard.bulk.rows import Row
    from wizard.domain import AccountKey, Connection, Provider, Schedule, Sync
    from wizard.journey import Journey

WORKERS = 16
"""How many rows are worked on at once: enough for 200 requests a minute even where each takes five seconds."""
GIVE_UP_AFTER = 5
"""After so many rows in a row that failed for now, the rest would fail as well."""
MOST_COMPARED = 300_000
"""How many schedules are compared with unknown names, to say which is alike: that many take seconds."""
HOPELESS = ("wix_sign_in_refused", "permission_missing", "premium_missing")
"""The faults with which the rest would fail as well."""


@dataclass(frozen=True)
class Task:
    """A row and what is to be done about it."""

    row: Row
    plan: Plan
    standing: tuple[Connection, ...]
    """What the provider has on the schedule already, healthy or not."""
    warning: str = ""
    """Why Wix may refuse it all the same: the account is on another schedule, too."""

    @property
    def invites(self) -> bool:
        """Whether the account's owner has to allow it in the browser."""
        return self.plan.action is Action.AUTHORIZE

    @property
    def place(self) -> tuple[str, str]:
        """The provider and the schedule."""
        return self.plan.provider.id, self.plan.schedule.id

    @property
    def key(self) -> AccountKey:
        """Which account it is about."""
        return account_key(self.plan.provider.id, self.plan.schedule.id, self.row.wish.email)


def is_for_now(trouble: object) -> bool:
    """Whether what came of a row is a fault that may well be over the next time."""
    return isinstance(trouble, Fault) and fault_text(trouble.code).exit == TEMPORARY


async def plan(journey: Journey, file: Path, rows: Sequence[Row]) -> list[Task]:
    """Find out what is to be done for each row (List Providers, Query Schedules, List Connections, List Calendars).

    Raises `MistakesError` with all that the rows ask for and that isn't there or can't be, and faults.
    """
    providers = await journey.providers()
    schedules = Schedules([schedule async for page in journey.schedules() for schedule in page])
    standing: defaultdict[str, list[Connection]] = defaultdict(list)
    accounts: dict[tuple[str, str], tuple[str, str]] = {}  # which schedule has the account, and how to say it
    for connection in await journey.connections():
        standing[connection.schedule_id].append(connection)
        if connection.status is not Status.DISCONNECTED:
            there = journey.known_schedules.get(connection.schedule_id)
            words = texts.ELSEWHERE.format(schedule=schedule_name(there) if there else connection.schedule_id)
            accounts[connection.provider_id, folded_email(connection.email)] = connection.schedule_id, words
    tasks: dict[AccountKey, Task] = {}
    mistakes: list[Mistake] = []
    for row in rows:
        wish, unclear = row.wish, len(mistakes)
        for find, text in ((partial(naming.provider, providers), wish.provider), (schedules.find, wish.schedule)):
            try:
                find(text)
            except naming.UnclearError as error:
                mistakes.append(Mistake(row.line, error.what, str(error)))
        if len(mistakes) > unclear:
            continue
        schedule = schedules.find(wish.schedule)
        try:
            planned = await fulfil.plan(
                journey,
                # Directions come later: to know what to set, the account's calendars may have to be read.
                replace(wish, directions=Directions()),
                providers=providers,
                schedules=[schedule],
                connections=standing[schedule.id],
            )
            fulfil.check(planned.provider, wish.directions)
        except WishError as impossible:
            mistakes.append(Mistake(row.line, "", str(impossible)))
            continue
        same = (one for one in standing[schedule.id] if one.provider_id == planned.provider.id)
        also = schedule.id, texts.ALSO_ON.format(line=row.line)
        schedule_id, words = accounts.setdefault((planned.provider.id, folded_email(wish.email)), also)
        warning = "" if planned.standing or schedule_id == schedule.id else words
        task = Task(row, replace(planned, wish=wish, sync=None), tuple(same), warning)
        if tasks.setdefault(task.key, task) is not task:
            mistakes.append(Mistake(row.line, "", texts.TWICE.format(line=tasks[task.key].row.line)))
    mistakes += await _look_up_calendars(journey, tasks)
    if mistakes:
        raise MistakesError(file, mistakes)
    return list(tasks.values())


async def _look_up_calendars(journey: Journey, tasks: dict[AccountKey, Task]) -> list[Mistake]:
    """Put into the plans which calendars rows name of connections that stand, and return the mistakes. Raises faults.

    Where it is only some accounts whose calendars can't be read, their rows fail when their turn comes.
    """
    named = [
        (task, made, directions)
        for task in tasks.values()
        if (made := task.plan.standing) and (directions := task.plan.wish.directions).calendars
    ]
    mistakes: list[Mistake] = []
    failed_for_now = 0
    for start in range(0, len(named), WORKERS):
        some = named[start : start + WORKERS]
        asked = (wished_sync(journey, task.plan.provider, made, directions) for task, made, directions in some)
        for (task, _, _), sync in zip(some, await asyncio.gather(*asked, return_exceptions=True), strict=True):
            failed_for_now = failed_for_now + 1 if is_for_now(sync) else 0
            if isinstance(sync, WishError):
                mistakes.append(Mistake(task.row.line, "calendars", str(sync)))
            elif not isinstance(sync, BaseException):
                tasks[task.key] = replace(task, plan=replace(task.plan, sync=sync))
            elif not isinstance(sync, Fault) or sync.code in HOPELESS or failed_for_now >= GIVE_UP_AFTER:
                raise sync
    return mistakes


async def wished_sync(journey: Journey, provider: Provider, made: Connection, directions: Directions) -> Sync:
    """Return what the directions should be; the account's calendars are read only if they aren't known already."""
    if directions.calendars and made.sync.calendars:
        with suppress(naming.UnclearError):
            chosen = naming.calendars(made.sync.calendars, directions.calendars)
            rest = replace(directions, imports=None, calendars=None)
            sync = await fulfil.wished_sync(journey, provider, made, rest)
            return replace(sync, imports=True, calendars=chosen)
    return await fulfil.wished_sync(journey, provider, made, directions)


class Schedules:
    """The site's schedules by what people call them. Each name is looked for once: there may be thousands of both."""

    def __init__(self, schedules: Sequence[Schedule]) -> None:
        self._schedules = schedules
        self._called: defaultdict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(schedules):
            names = {one.name, schedule_name(one), *(["business"] if one.kind is ScheduleKind.BUSINESS else [])}
            for name in {one.id, one.external_id, *names, *map(naming.folded, names)}:
                self._called[name].append(place)
        self._meant: dict[str, Schedule | naming.UnclearError] = {}
        self._compared = 0

    def find(self, text: str) -> Schedule:
        """Return what `naming.schedule` does, and raise as it does."""
        if text not in self._meant:
            try:
                self._meant[text] = self._look(text)
            except naming.UnclearError as unclear:
                self._meant[text] = unclear
        meant = self._meant[text]
        if isinstance(meant, naming.UnclearError):
            raise meant
        return meant

    def _look(self, text: str) -> Schedule:
        # Whatever it can mean is among these few.
        places = {place for name in (text.strip(), naming.folded(text)) for place in self._called.get(name, ())}
        try:
            return naming.schedule([self._schedules[place] for place in sorted(places)], text)
        except naming.UnclearError as unclear:
            if unclear.several:
                raise
        self._compared += len(self._schedules)
        raise naming.unknown("schedule", self._schedules, text, compare=self._compared <= MOST_COMPARED)
