"""Events: what the connected calendars hold in a range of days (List Events)."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Static

from wizard import texts
from wizard.domain import Event, Fault, Schedule, ScheduleKind
from wizard.tui.step import StepScreen
from wizard.tui.widgets.choice import Choice
from wizard.tui.widgets.field import Line
from wizard.tui.widgets.hints import Hint
from wizard.tui.widgets.picker import Picker, fit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from textual.app import ComposeResult

    from wizard.domain import Connection
    from wizard.journey import Journey
    from wizard.tui.widgets.picker import Line as PickerLine
    from wizard.tui.widgets.picker import Span

DAYS = 7
"""How many days are shown at first."""
_AHEAD = 20
"""How many rows before the end the next page is added."""
_TIMES, _CALENDAR = 14, 13


Row: TypeAlias = "Event | date"
"""An event of the list, or the day that is the heading of those below."""


class EventsScreen(StepScreen):
    """A range, two filters, and the events by day; pages come as the person goes down."""

    state = "events"
    loads = True

    def content(self) -> ComposeResult:
        """Yield range, filters and list."""
        self._pages: AsyncIterator[list[Event]] | None = None
        self._ahead: asyncio.Task[list[Event] | Fault] | None = None
        self._more = False
        self._zone: tzinfo | None = None
        today = self.session.now().date()
        with Horizontal(id="range"):
            yield Label(texts.EVENTS_FROM)
            yield Line(today.isoformat(), id="from", classes="date", max_length=10)
            yield Label(texts.EVENTS_TO, classes="second")
            yield Line((today + timedelta(days=DAYS - 1)).isoformat(), id="to", classes="date", max_length=10)
        with Horizontal(id="filters"):
            yield Label(texts.EVENTS_SCHEDULE)
            yield Choice(id="schedule")
            yield Label(texts.EVENTS_USER, classes="second")
            yield Choice(id="user")
        yield Picker[Row](self._draw, selectable=lambda row: isinstance(row, Event), id="list")
        yield Static(id="counted", classes="where")

    def begin(self) -> None:
        """Offer what can be filtered by, and read the first page."""
        self.load(self._prepare, texts.LOADING["events"])

    async def _prepare(self) -> None:
        journey = await self.session.journey()
        # The two don't need each other, so they go out together: nearly always the schedule is one that is connected.
        connections = asyncio.create_task(journey.connections())
        here = self.answers.schedule.id if self.answers.schedule else ""
        try:
            if not journey.known_schedules:
                async for _ in journey.schedules():
                    pass
            self._ask(journey, here)
            self._offer(journey, [c for c in await connections if c.status.healthy])
        finally:
            connections.cancel()
        self.loaded()
        if self.query_one("#schedule", Choice).chosen == here:
            await self._list()
        else:
            await self._read()

    def _offer(self, journey: Journey, connections: list[Connection]) -> None:
        names = {c.schedule_id: self._schedule_name(journey, c.schedule_id) for c in connections}
        here = self.answers.schedule.id if self.answers.schedule else ""
        self.query_one("#schedule", Choice).offer(
            [("", texts.EVENTS_ALL_SCHEDULES), *names.items()], chosen=here if here in names else ""
        )
        # Wix gives users no names here; a user's own schedule is the best there is.
        users = {c.user_id: names[c.schedule_id] for c in connections if c.user_id}
        self.query_one("#user", Choice).offer([("", texts.EVENTS_EVERYONE), *users.items()], chosen="")

    @staticmethod
    def _schedule_name(journey: Journey, schedule_id: str) -> str:
        schedule = journey.known_schedules.get(schedule_id)
        return texts.schedule_name(schedule) if schedule else schedule_id[:8]

    async def _read(self) -> None:
        """Start the list anew for what is in the fields."""
        chosen, user = self.query_one("#schedule", Choice).chosen, self.query_one("#user", Choice).chosen
        self._ask(await self.session.journey(), chosen, user)
        await self._list()

    def _ask(self, journey: Journey, schedule_id: str, user_id: str = "") -> None:
        """Ask for the events of the days in the fields, if they are any."""
        self._stop_asking()
        days = self._days()
        if days is None:
            return
        self._zone = _zone_of(journey, schedule_id) or self.session.now().tzinfo
        self._pages = journey.events(
            datetime.combine(days[0], time(), self._zone),
            datetime.combine(days[1] + timedelta(days=1), time(), self._zone),
            schedule_ids=[schedule_id] if schedule_id else (),
            user_ids=[user_id] if user_id else (),
        )
        self._ahead = asyncio.create_task(_next(self._pages))

    def _stop_asking(self) -> None:
        if self._ahead is not None:
            self._ahead.cancel()
        self._pages = self._ahead = None

    async def _list(self) -> None:
        """List what was asked for."""
        days = self._days()
        if self._pages is None or days is None:
            return
        self.set_lead(texts.EVENTS_ZONE.format(zone=str(self._zone).rpartition("/")[2].replace("_", " ")))
        picker = self.query_one("#list", Picker)
        picker.clear()
        await self._next_page()
        if not picker.total:
            self.notice.tell(texts.EVENTS_NONE.format(start=days[0].isoformat(), end=days[1].isoformat()))
        elif not isinstance(self.focused, Line):
            picker.focus()

    def _days(self) -> tuple[date, date] | None:
        found = []
        for name in ("#from", "#to"):
            field = self.query_one(name, Line)
            try:
                found.append(_day(field.value))
            except ValueError:
                example = self.session.now().date().isoformat()
                self._correct(field, texts.EVENTS_BAD_DATE.format(value=field.value, example=example))
                return None
        if found[1] < found[0]:
            self._correct(self.query_one("#to", Line), texts.EVENTS_ORDER)
            return None
        return found[0], found[1]

    def _correct(self, field: Line, text: str) -> None:
        self.notice.warn(text)
        field.focus()

    async def _next_page(self) -> None:
        """Add the next page, which mostly is there already, and fetch only the one behind it."""
        picker = self.query_one("#list", Picker)
        pages, ahead = self._pages, self._ahead
        self._pages = self._ahead = None  # reading that fails or is stopped is over for good
        assert pages is not None  # noqa: S101 - set by _ask
        assert ahead is not None  # noqa: S101
        page = await ahead
        if isinstance(page, Fault):
            raise page
        if page:
            picker.extend(self._rows(picker.rows, page))
            self._pages, self._ahead = pages, asyncio.create_task(_next(pages))
        self._more = bool(page)
        count = texts.EVENTS_COUNT_MORE if self._more else texts.EVENTS_COUNT
        self.set_class(not picker.total, "-empty")
        self.query_one("#counted", Static).update(Content(count.format(count=picker.total) if picker.total else ""))

    def on_unmount(self) -> None:
        """Fetch nothing more."""
        self._stop_asking()

    def _rows(self, known: Sequence[Row], events: list[Event]) -> list[Row]:
        rows: list[Row] = []
        last = self._day_of(known[-1]) if known else None
        for event in events:
            day = self._day_of(event)
            if day is None:
                continue
            if day != last:
                rows.append(day)
                last = day
            rows.append(event)
        return rows

    def _day_of(self, row: Row) -> date | None:
        """Return the day a row is listed under. An all-day event's is the date as written, whatever the zone."""
        if not isinstance(row, Event):
            return row
        if row.start is None:
            return None
        return row.start.date() if row.all_day else row.start.astimezone(self._zone).date()

    def _draw(self, row: Row, width: int) -> list[PickerLine]:
        if not isinstance(row, Event):
            return [[(texts.day_name(row), "strong")]]
        event = row
        spans: list[Span] = [(fit(self._times(event), _TIMES), "quiet"), " "]
        room = width - _TIMES - 1 - _CALENDAR - 1
        if room >= 12:
            spans += [(fit(event.title or texts.EVENTS_UNTITLED, room), "name"), " "]
            spans.append((fit(event.calendar, _CALENDAR), "quiet"))
        else:
            spans.append((event.title or texts.EVENTS_UNTITLED, "name"))
        return [spans]

    def _times(self, event: Event) -> str:
        start, end = event.start, event.end
        if start is None:
            return ""
        if event.all_day:
            days = (end.date() - start.date()).days if end else 1
            return texts.EVENTS_ALL_DAY if days <= 1 else texts.EVENTS_DAYS.format(count=days)
        began = start.astimezone(self._zone)
        if end is None:
            return f"{began:%H:%M}"
        ended = end.astimezone(self._zone)
        later = (ended.date() - began.date()).days
        return f"{began:%H:%M}-{ended:%H:%M}" + (f" +{later}" if later else "")

    # What the person does

    @on(Input.Submitted, ".date")
    @on(Choice.Changed)
    def read_anew(self) -> None:
        """Read the list for what is in the fields now."""
        if self._days() is not None:
            self.submit(self._read, texts.LOADING["events"])

    @on(Picker.Highlighted, "#list")
    def come_near(self) -> None:
        """Add the next page before the person has reached the end of this one."""
        if self.query_one("#list", Picker).below < _AHEAD and self._more and self._pages is not None:
            self.submit(self._fetch, texts.LOADING["events"])

    async def _fetch(self) -> None:
        if self._pages is None:  # this is another try
            await self._read()
        else:
            await self._next_page()

    def hints(self) -> Sequence[Hint]:
        """Move between the fields, read, scroll."""
        return [
            Hint("tab", texts.KEY["next_field"], spare=True),
            Hint("enter", texts.KEY["read"]),
            Hint("↑↓", texts.KEY["scroll"], spare=True),
        ]


def _day(text: str) -> date:
    """Read a date; in the first and last year a time zone could lead out of what a date can be."""
    day = date.fromisoformat(text.strip())
    if not 1 < day.year < 9999:
        raise ValueError(text)
    return day


def _zone_of(journey: Journey, schedule_id: str) -> tzinfo | None:
    """Return the chosen schedule's time zone, or the business's; None if there is none or it isn't known here."""
    schedules = journey.known_schedules

    def business() -> Schedule | None:
        return next((s for s in schedules.values() if s.kind is ScheduleKind.BUSINESS), None)

    schedule = schedules.get(schedule_id) or business()
    try:
        return ZoneInfo(schedule.time_zone) if schedule and schedule.time_zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


async def _next(pages: AsyncIterator[list[Event]]) -> list[Event] | Fault:
    """Return the next page that holds anything; an empty one after the last. A fault waits until the page is wanted."""
    try:
        async for page in pages:
            if page:
                return page
    except Fault as fault:
        return fault
    return []
