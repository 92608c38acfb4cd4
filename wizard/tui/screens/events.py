"""Events: what the connected calendars hold in a range of days (List Events)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Static

from wizard import texts
from wizard.domain import Event, Fault
from wizard.front import agenda, wording
from wizard.inert import inert
from wizard.tui.step import Step
from wizard.tui.widgets.choice import Choice
from wizard.tui.widgets.field import Line
from wizard.tui.widgets.hints import Hint
from wizard.tui.widgets.picker import Picker, fit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date, tzinfo

    from textual.app import ComposeResult
    from textual.events import MouseDown

    from wizard.domain import Connection, Schedule
    from wizard.journey import Journey
    from wizard.tui.widgets.picker import Line as PickerLine
    from wizard.tui.widgets.picker import Span

_AHEAD = 20
"""How many rows before the end the next page is added."""
_TIMES = 14
"""The times column's width in cells."""
_TITLE = 12
"""How many cells a title keeps beside a calendar."""

Row: TypeAlias = "Event | date"
"""An event of the list, or the day that is the heading of those below."""


class EventsStep(Step):
    """A range, two filters, and the events by day; pages come as the person goes down."""

    state = "events"
    loads = True

    def compose(self) -> ComposeResult:
        """Yield range, filters and list."""
        self._pages: AsyncIterator[list[Event]] | None = None
        self._ahead: asyncio.Task[list[Event] | Fault] | None = None
        self._unread: set[str] = set()
        self._names: dict[str, str] = {}
        self._none = ""
        self._connections: list[Connection] = []
        self._of_several = False
        self._schedules: dict[str, Schedule] = {}
        self._more = False
        self._zone: tzinfo | None = None
        with Horizontal(id="range"):
            yield Label(texts.EVENTS_FROM)
            yield Day(id="from", classes="date")
            yield Label(texts.EVENTS_TO, classes="second")
            yield Day(id="to", classes="date")
        with Horizontal(id="filters"):
            yield Label(texts.EVENTS_SCHEDULE)
            yield Choice(texts.EVENTS_SCHEDULE, id="schedule")
            yield Label(texts.EVENTS_USER, classes="second")
            yield Choice(texts.EVENTS_USER, id="user")
        yield Picker[Row](self._draw, selectable=lambda row: isinstance(row, Event), id="list")
        yield Static(id="counted", classes="where")

    def begin(self) -> None:
        """Offer what can be filtered by, and read the first page."""
        self.load(self._prepare, texts.LOADING["events"])

    async def _prepare(self) -> None:
        journey = await self.session.journey()
        # The two don't need each other, so they go out together: nearly always the schedule is one that is connected.
        connected = asyncio.create_task(journey.connections())
        try:
            if agenda.business(journey.known_schedules) is None:
                async for _ in journey.schedules():
                    pass
            here = self.answers.schedule.id if self.answers.schedule else ""
            kept: agenda.Asked | None = self.session.seen.get(agenda.place(self.answers))
            asked = kept or agenda.asked_first(self.session.now(), journey.known_schedules, here)
            self._ask(journey, asked)
            connections = [c for c in await connected if c.status.healthy]
        finally:
            connected.cancel()
        await journey.name_schedules(c.schedule_id for c in connections)
        schedules, users = agenda.filters(connections, journey.known_schedules)
        if asked.schedule not in schedules or asked.user not in users:
            asked = agenda.asked_first(self.session.now(), journey.known_schedules, "")
            self._ask(journey, asked)
        with self.prevent(Input.Changed):
            for field, day in zip(self.query(".date").results(Line), (asked.first, asked.last), strict=True):
                field.value = day.isoformat()
        self.query_one("#schedule", Choice).offer(list(schedules.items()), chosen=asked.schedule)
        self.query_one("#user", Choice).offer(list(users.items()), chosen=asked.user)
        self._connections = connections
        self.loaded()
        await self._list(asked)

    async def _read(self) -> None:
        """Start the list anew for what is in the fields, if the days there are any; this is there after going back."""
        days = self._days()
        if days is None:
            return
        asked = agenda.Asked(*days, *(self.query_one(name, Choice).chosen for name in ("#schedule", "#user")))
        self.session.seen[agenda.place(self.answers)] = asked
        self._ask(await self.session.journey(), asked)
        await self._list(asked)

    def _ask(self, journey: Journey, asked: agenda.Asked) -> None:
        """Ask for these events."""
        self._stop_asking()
        self._zone = agenda.zone_of(journey.known_schedules, asked.schedule)
        self._of_several, self._schedules = asked.of_several, journey.known_schedules
        self._unread, self._names = set(), journey.provider_names
        pages = journey.events(
            agenda.day_begin(asked.first, self._zone),
            agenda.day_end(asked.last, self._zone),
            schedule_ids=[asked.schedule] if asked.schedule else (),
            user_ids=[asked.user] if asked.user else (),
            page_size=1000,
            first_page_size=200,  # soon there, and enough to begin with; then as few requests as can be
            on_unread=self._unread.update,
        )
        self._pages = agenda.by_day(pages, self._zone, (asked.first, asked.last))
        self._ahead = asyncio.create_task(self._read_ahead(self._pages))

    def _stop_asking(self) -> None:
        if self._ahead is not None:
            self._ahead.cancel()
        self._pages = self._ahead = None

    async def _list(self, asked: agenda.Asked) -> None:
        """List what was asked for."""
        self._none = agenda.none_words(asked, self._connections, self._names)
        self.set_lead(agenda.zone_words(self._zone))
        picker = self.query_one("#list", Picker)
        picker.clear()
        await self._next_page()
        if not picker.total:
            if self.screen.focused is None:
                self.focus_on(self.query_one("#to", Line))
        elif not isinstance(self.screen.focused, Line):
            self.focus_on(picker)

    def _days(self) -> tuple[date, date] | None:
        found = []
        for name in ("#from", "#to"):
            field = self.query_one(name, Line)
            try:
                found.append(agenda.read_day(field.value))
            except ValueError:
                self._correct(field, agenda.no_day(field.value, self.session.now().date()))
                return None
        if found[1] < found[0]:
            self._correct(self.query_one("#to", Line), texts.EVENTS_ORDER)
            return None
        return found[0], found[1]

    def _correct(self, field: Line, text: str) -> None:
        self.notice.warn(text)
        self.focus_on(field)

    async def _next_page(self) -> None:
        """Add the next page, which mostly is there already, and fetch only the one behind it."""
        picker = self.query_one("#list", Picker)
        pages, ahead = self._pages, self._ahead
        self._pages = self._ahead = None  # reading that fails or is stopped is over for good
        assert pages is not None  # set by _ask
        assert ahead is not None
        page = await ahead
        if isinstance(page, Fault):
            raise page
        if page:
            picker.extend(self._rows(picker.rows, page))
            self._pages, self._ahead = pages, asyncio.create_task(self._read_ahead(pages))
        self._more = bool(page)
        self._count()
        said = [] if picker.total else [self._none]
        if self._unread:
            said.append(agenda.unread_words(self._unread, self._names))
        if said:
            (self.notice.warn if self._unread else self.notice.tell)(" ".join(said))

    async def _read_ahead(self, pages: AsyncIterator[list[Event]]) -> list[Event] | Fault:
        """Return the next page; whoever reads the list learns at once that there is none."""
        page = await _next(pages)
        if page == [] and self.is_attached and self.children:
            self._more = False
            self._count()
        return page

    def _count(self) -> None:
        """Say how many events are listed, and whether there are more."""
        total = self.query_one("#list", Picker).total
        said = agenda.count_words(total) if total else ""
        if total and self._more:
            said = texts.EVENTS_COUNT_MORE.format(events=said)
        self.set_class(not total, "-empty")
        self.query_one("#counted", Static).update(Content(said), layout=False)

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
        return agenda.day_of(row, self._zone) if isinstance(row, Event) else row

    def _draw(self, row: Row, width: int) -> list[PickerLine]:
        if not isinstance(row, Event):
            return [[(wording.day_name(row), "strong")]]
        event = row
        spans: list[Span] = [(fit(agenda.times_of(event, self._zone), _TIMES), "quiet"), " "]
        room, owner, calendar = _columns(width, with_owner=self._of_several)
        spans.append((fit(agenda.title_of(event), room), "name"))
        if owner:
            spans += [" ", (fit(agenda.whose(event, self._schedules), owner), "quiet")]
        if calendar:
            spans += [" ", (fit(inert(event.calendar), calendar), "quiet")]
        return [spans]

    # What the person does

    @on(Input.Submitted, ".date")
    @on(Choice.Changed)
    def read_anew(self) -> None:
        """Read the list for what is in the fields now."""
        if self._days() is not None:
            self.submit(self._read, texts.LOADING["events"])

    @on(Input.Changed, ".date")
    def forget_warning(self) -> None:
        """Say nothing any more about the days that were there before."""
        if self.fault is None:
            self.notice.clear()

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
        """Move on, and what can be done where the person is."""
        following = Hint("tab", texts.KEY["next_field"], spare=True)
        match self.screen.focused:
            case Line():
                return [following, Hint("enter", texts.KEY["read"])]
            case Choice():
                return [following, Hint("enter", texts.KEY["choose"])]
            case Picker():
                return [Hint("↑↓", texts.KEY["scroll"], spare=True), following]
            case _:
                return [following]


class Day(Line):
    """A day's field. The click that comes to it selects the day, as tab does: what is typed takes its place."""

    _came = False

    def on_focus(self) -> None:
        """Take note that it has come to be the one that takes the keys."""
        self._came = True

    async def _on_mouse_down(self, event: MouseDown) -> None:
        if self._came and not self.selection.is_empty:
            event.prevent_default()  # it would put the cursor there, and select nothing
        self._came = False


def _columns(width: int, *, with_owner: bool) -> tuple[int, int, int]:
    """Return the widths of title, owner and calendar: where there is little room, there is no calendar."""
    room, side = width - _TIMES - 1, max(13, width // 4)
    owner = min(side, room // 2 - 1) if with_owner else 0
    room -= owner + bool(owner)
    calendar = side if room - side - 1 >= _TITLE else 0
    return room - calendar - bool(calendar), owner, calendar


async def _next(pages: AsyncIterator[list[Event]]) -> list[Event] | Fault:
    """Return the next page that holds anything; an empty one after the last. A fault waits until the page is wanted."""
    try:
        async for page in pages:
            if page:
                return page
    except Fault as fault:
        return fault
    return []
