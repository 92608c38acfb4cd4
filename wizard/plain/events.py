"""Events: what the connected calendars hold in a range of days (List Events)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from wizard import texts
from wizard.front import agenda, wording
from wizard.inert import inert
from wizard.plain import texts as plain_texts
from wizard.plain.questions import PAGE, Back, Row, in_order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date, tzinfo

    from wizard.domain import Connection, Event, Schedule
    from wizard.plain.front import Front


@dataclass
class _Asking:
    """What is asked for, and what it can be filtered by, as names by id."""

    asked: agenda.Asked
    connections: list[Connection]
    schedules: dict[str, str]
    users: dict[str, str]


async def ask(front: Front) -> str:
    """Read the next days of the schedule, or what was asked for before, then what the person asks for."""
    asking = await front.work(lambda: _prepare(front), texts.LOADING["events"])
    while True:
        if not await _Listing(front, asking.asked, asking.connections).tell():
            return "back"
        other = replace(asking)
        with suppress(Back):  # to these events
            await in_order(
                front.questions,
                partial(_ask_first, front, other),
                partial(_ask_last, front, other),
                partial(_ask_schedule, front, other),
                partial(_ask_user, front, other),
            )
            asking = other
            front.session.seen[agenda.place(front.answers)] = asking.asked


async def _prepare(front: Front) -> _Asking:
    journey = await front.session.journey()
    connections = [c for c in await journey.connections() if c.status.healthy]
    if agenda.business(journey.known_schedules) is None:
        async for _ in journey.schedules():
            pass
    await journey.name_schedules(c.schedule_id for c in connections)
    here = front.answers.schedule.id if front.answers.schedule else ""
    kept: agenda.Asked | None = front.session.seen.get(agenda.place(front.answers))
    asked = kept or agenda.asked_first(front.session.now(), journey.known_schedules, here)
    schedules, users = agenda.filters(connections, journey.known_schedules)
    if asked.schedule not in schedules or asked.user not in users:
        asked = agenda.asked_first(front.session.now(), journey.known_schedules, "")
    return _Asking(asked, connections, schedules, users)


async def _ask_first(front: Front, asking: _Asking) -> bool:
    first = await _day(front, texts.EVENTS_FROM, asking.asked.first)
    asking.asked = replace(asking.asked, first=first)
    return True


async def _ask_last(front: Front, asking: _Asking) -> bool:
    while True:
        first, last = asking.asked.first, asking.asked.last
        last = await _day(front, texts.EVENTS_TO, max(first, last))
        if last >= first:
            asking.asked = replace(asking.asked, last=last)
            return True
        front.say(texts.EVENTS_ORDER)


async def _day(front: Front, label: str, default: date) -> date:
    while True:
        answer = await front.questions.ask(label, default.isoformat())
        try:
            return agenda.read_day(answer) if answer else default
        except ValueError:
            front.say(agenda.no_day(answer, front.session.now().date()))


async def _ask_schedule(front: Front, asking: _Asking) -> bool:
    front.say(texts.EVENTS_SCHEDULE + ":")
    chosen = await front.questions.choose(_rows(asking.schedules), asking.asked.schedule)
    asking.asked = replace(asking.asked, schedule=chosen)
    return True


async def _ask_user(front: Front, asking: _Asking) -> bool:
    front.say(texts.EVENTS_USER + ":")
    chosen = await front.questions.choose(_rows(asking.users), asking.asked.user)
    asking.asked = replace(asking.asked, user=chosen)
    return True


def _rows(options: dict[str, str]) -> list[Row]:
    return [Row(key, name) for key, name in options.items()]


class _Listing:
    """The events of one range, read as they are wanted."""

    def __init__(self, front: Front, asked: agenda.Asked, connections: list[Connection]) -> None:
        self._front = front
        self._asked = asked
        self._connections = connections
        self._zone: tzinfo | None = None
        self._schedules: dict[str, Schedule] = {}
        self._pages: AsyncIterator[list[Event]] | None = None
        self._waiting: list[Event] = []
        self._over = False
        self._told = 0
        self._unread: set[str] = set()

    async def tell(self) -> bool:
        """Tell the events, a few at a time; whether other ones are wanted in the end."""
        front, day = self._front, None
        while True:
            while len(self._waiting) <= PAGE and not self._over:
                await front.work(self._fetch, texts.LOADING["events"])
            if not self._told:
                self._say_head((await front.session.journey()).provider_names)
            told, self._waiting = self._waiting[:PAGE], self._waiting[PAGE:]
            for event in told:
                if (on := agenda.day_of(event, self._zone)) != day and on:
                    front.say(wording.day_name(on))
                    day = on
                front.say(self._line(event))
            self._told += len(told)
            if self._unread:
                front.say(agenda.unread_words(self._unread, (await front.session.journey()).provider_names))
                self._unread.clear()  # each page says it again
            left = bool(self._waiting)
            if self._told:
                words = agenda.count_words(self._told)
                front.say((plain_texts.EVENTS_SO_FAR.format(events=words) if left else words) + ".")
            own = {"change": plain_texts.WORD_CHANGE, **({"more": plain_texts.WORD_MORE_EVENTS} if left else {})}
            answer = await front.questions.enter(plain_texts.EVENTS_ASK_MORE if left else plain_texts.EVENTS_ASK, own)
            if answer != "more":
                return answer == "change"

    def _say_head(self, names: dict[str, str]) -> None:
        self._front.say(agenda.zone_words(self._zone))
        if self._waiting:
            start, end = self._asked.first.isoformat(), self._asked.last.isoformat()
            self._front.say(plain_texts.EVENTS_HEAD.format(start=start, end=end))
        else:
            self._front.say(agenda.none_words(self._asked, self._connections, names))

    async def _fetch(self) -> None:
        """Get the next page that holds anything; reading that has failed begins anew, without what is told."""
        skip = 0
        if self._pages is None:
            journey, asked = await self._front.session.journey(), self._asked
            self._schedules = journey.known_schedules
            self._zone = agenda.zone_of(journey.known_schedules, asked.schedule)
            start, end = agenda.day_begin(asked.first, self._zone), agenda.day_end(asked.last, self._zone)
            schedules, users = [asked.schedule] if asked.schedule else (), [asked.user] if asked.user else ()
            found = journey.events(start, end, schedule_ids=schedules, user_ids=users, on_unread=self._unread.update)
            self._pages = agenda.by_day(found, self._zone, (asked.first, asked.last), hold_last=True)
            skip = self._told + len(self._waiting)
        pages, self._pages = self._pages, None  # reading that fails or is stopped is over for good
        async for page in pages:
            new, skip = page[skip:], max(0, skip - len(page))
            if new:
                self._waiting += new
                self._pages = pages
                return
        self._over = True

    def _line(self, event: Event) -> str:
        owner = agenda.whose(event, self._schedules) if self._asked.of_several else ""
        calendar = inert(event.calendar)
        more = ", ".join(filter(None, (owner, calendar and plain_texts.EVENT_IN.format(calendar=calendar))))
        text = plain_texts.EVENT_MORE if more else plain_texts.EVENT
        return text.format(times=agenda.times_of(event, self._zone), title=agenda.title_of(event), more=more)
