"""Events: what the connected calendars hold in a range of days (List Events)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Static

from wizard import agenda, texts
from wizard.inert import inert
from wizard.tui.step import StepScreen
from wizard.tui.widgets.choice import Choice
from wizard.tui.widgets.field import Line
from wizard.tui.widgets.hints import Hint
from wizard.tui.widgets.picker import Picker, fit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date, tzinfo

    from textual.app import ComposeResult

    from wizard.domain import Connection, Event
    from wizard.journey import Journey
    from wizard.tui.widgets.picker import Line as PickerLine
    from wizard.tui.widgets.picker import Span

_AHEAD = 20
"""How many rows before the end the next page is asked for."""
_TIMES, _CALENDAR = 14, 13


@dataclass(frozen=True)
class Row:
    """An event of the list, or the heading of a day."""

    key: str
    day: date
    event: Event | None = None


class EventsScreen(StepScreen):
    """A range, two filters, and the events by day; pages come as the person goes down."""

    state = "events"
    loads = True

    def content(self) -> ComposeResult:
        """Yield range, filters and list."""
        self._pages: AsyncIterator[list[Event]] | None = None
        self._more = False
        self._zone: tzinfo | None = None
        first, last = agenda.first_days(self.session.now().date())
        with Horizontal(id="range"):
            yield Label(texts.EVENTS_FROM)
            yield Line(first.isoformat(), id="from", classes="date", max_length=10)
            yield Label(texts.EVENTS_TO, classes="second")
            yield Line(last.isoformat(), id="to", classes="date", max_length=10)
        with Horizontal(id="filters"):
            yield Label(texts.EVENTS_SCHEDULE)
            yield Choice(id="schedule")
            yield Label(texts.EVENTS_USER, classes="second")
            yield Choice(id="user")
        yield Picker[Row](self._draw, key=lambda r: r.key, selectable=lambda r: r.event is not None, id="list")
        yield Static(id="counted", classes="where")

    def begin(self) -> None:
        """Offer what can be filtered by, and read the first page."""
        self.load(self._prepare, texts.LOADING["events"])

    async def _prepare(self) -> None:
        journey = await self.session.journey()
        connections = [c for c in await journey.connections() if c.status.healthy]
        if agenda.business(journey.known_schedules) is None:
            async for _ in journey.schedules():
                pass
        await journey.name_schedules(c.schedule_id for c in connections)
        self._offer(journey, connections)
        self.loaded()
        await self._read()

    def _offer(self, journey: Journey, connections: list[Connection]) -> None:
        here = self.answers.schedule.id if self.answers.schedule else ""
        schedules, users, chosen = agenda.filters(connections, journey.known_schedules, here)
        self.query_one("#schedule", Choice).offer(list(schedules.items()), chosen=chosen)
        self.query_one("#user", Choice).offer(list(users.items()), chosen="")

    async def _read(self) -> None:
        """Start the list anew for what is in the fields."""
        asked = self._days()
        if asked is None:
            return
        journey = await self.session.journey()
        chosen, user = self.query_one("#schedule", Choice).chosen, self.query_one("#user", Choice).chosen
        self._zone = agenda.zone_of(journey.known_schedules, chosen) or self.session.now().tzinfo
        self.set_lead(agenda.zone_words(self._zone))
        start, end = agenda.day_begin(asked[0], self._zone), agenda.day_end(asked[1], self._zone)
        picker = self.query_one("#list", Picker)
        picker.clear()
        self._pages = journey.events(
            start, end, schedule_ids=[chosen] if chosen else (), user_ids=[user] if user else ()
        )
        await self._next_page()
        if not picker.total:
            self.notice.tell(texts.EVENTS_NONE.format(start=asked[0].isoformat(), end=asked[1].isoformat()))
        elif not isinstance(self.focused, Line):
            picker.focus()

    def _days(self) -> tuple[date, date] | None:
        found = []
        for name in ("#from", "#to"):
            field = self.query_one(name, Line)
            try:
                found.append(agenda.read_day(field.value))
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
        """Add the next page that holds anything."""
        picker = self.query_one("#list", Picker)
        pages, self._pages = self._pages, None  # reading that fails or is stopped is over for good
        assert pages is not None  # noqa: S101 - set by _read
        more = False
        async for page in pages:
            if page:
                picker.extend(self._rows(page))
                more = True
                break
        self._pages, self._more = pages, more
        count = texts.EVENTS_COUNT_MORE if self._more else texts.EVENTS_COUNT
        self.set_class(not picker.total, "-empty")
        self.query_one("#counted", Static).update(Content(count.format(count=picker.total) if picker.total else ""))

    def _rows(self, events: list[Event]) -> list[Row]:
        rows = []
        known: list[Row] = list(self.query_one("#list", Picker).rows)
        last = known[-1].day if known else None
        for number, event in enumerate(events, len(known)):
            day = agenda.day_of(event, self._zone)
            if day is None:
                continue
            if day != last:
                rows.append(Row(f"day {day} {number}", day))
                last = day
            rows.append(Row(f"event {number}", day, event))
        return rows

    def _draw(self, row: Row, width: int) -> list[PickerLine]:
        event = row.event
        if event is None:
            return [[(texts.day_name(row.day), "strong")]]
        spans: list[Span] = [(fit(agenda.times_of(event, self._zone), _TIMES), "quiet"), " "]
        room = width - _TIMES - 1 - _CALENDAR - 1
        if room >= 12:
            spans += [(fit(agenda.title_of(event), room), "name"), " "]
            spans.append((fit(inert(event.calendar), _CALENDAR), "quiet"))
        else:
            spans.append((agenda.title_of(event), "name"))
        return [spans]

    # What the person does

    @on(Input.Submitted, ".date")
    @on(Choice.Changed)
    def read_anew(self) -> None:
        """Read the list for what is in the fields now."""
        if self._days() is not None:
            self.submit(self._read, texts.LOADING["events"])

    @on(Picker.Highlighted, "#list")
    def come_near(self) -> None:
        """Fetch the next page before the person has reached the end of this one."""
        picker = self.query_one("#list", Picker)
        row = picker.highlighted
        near = row is not None and row in picker.rows[-_AHEAD:]
        if near and self._more and self._pages is not None:
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
