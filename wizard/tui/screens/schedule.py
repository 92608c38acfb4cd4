"""Schedule: which one the calendar follows (Query Schedules), and what is connected to each (List Connections)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label

from wizard import texts
from wizard.domain import Fault, Schedule, ScheduleKind
from wizard.front import wording
from wizard.tui.step import Phase, Step
from wizard.tui.widgets.columns import Columns
from wizard.tui.widgets.field import Line as InputLine
from wizard.tui.widgets.hints import Hint, of_step
from wizard.tui.widgets.picker import Picker, cell, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.domain import Connection
    from wizard.journey import Journey
    from wizard.tui.widgets.picker import Line, Span

_NAME, _KIND = 44, 11
"""The widest name column, and the kind's, in cells."""


class ScheduleStep(Step):
    """A filter above a list of all schedules; the business one stays on top of every filter."""

    state = "schedule"
    loads = True
    _typed = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move('cursor_up')", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("pageup", "move('cursor_page_up')", show=False),
        Binding("pagedown", "move('cursor_page_down')", show=False),
        Binding("escape", "clear", show=False),
    ]

    def compose(self) -> ComposeResult:
        """Yield filter, column names and list."""
        self._connected: dict[str, list[Connection]] = {}
        self._names: dict[str, str] = {}
        self._warned = ""
        with Horizontal(id="filter-row"):
            yield Label("/ ", id="filter-mark")
            yield InputLine(id="filter", select_on_focus=False)
            yield Label("", id="count")
        yield Columns(texts.SCHEDULE_COLUMNS, _columns)
        picker = Picker[Schedule](
            self._draw,
            key=lambda s: s.id,
            haystack=texts.schedule_name,
            pinned=lambda s: s.kind is ScheduleKind.BUSINESS,
            classes="-active",
        )
        picker.can_focus = False  # the filter keeps the focus, so that typing always filters
        yield picker

    def begin(self) -> None:
        """Read the schedules and what is connected to them; those seen before are shown meanwhile."""
        if seen := self.session.seen.get(self.state):
            kept, self._connected, self._names = seen
            self.query_one(Picker).show(kept)
            self._listed()
            self.read_behind(self._read_again)
        else:
            self.load(self._read, texts.LOADING["schedule"])

    def keep_text(self, text: str) -> None:
        """Keep what is typed while the list loads, for the filter."""
        if self.phase is Phase.LOADING:
            self._typed += text

    async def _read(self) -> None:
        journey = await self.session.journey()
        picker = self.query_one(Picker)
        picker.clear()
        # The two don't need each other, so they go out together.
        connections = asyncio.create_task(journey.connections())
        try:
            async for page in journey.schedules():
                if not picker.rows:
                    self._connect(journey, await connections)
                picker.extend(page)
                if picker.total:
                    self._listed(page)
        finally:
            connections.cancel()
        if not picker.total:
            raise Fault("no_schedules")
        self._keep()

    async def _read_again(self) -> None:
        journey = await self.session.journey()
        picker = self.query_one(Picker)
        self._connect(journey, await journey.connections())
        picker.redraw()
        schedules = [schedule async for page in journey.schedules() for schedule in page]
        if schedules and schedules != picker.rows:
            picker.replace(schedules)
            self._count()
        self._keep()

    def _connect(self, journey: Journey, connections: list[Connection]) -> None:
        self._names = journey.provider_names
        self._connected = wording.connected_to(connections)

    def _keep(self) -> None:
        self.session.seen[self.state] = (self.query_one(Picker).keep(), self._connected, self._names)

    def _listed(self, page: list[Schedule] | None = None) -> None:
        """Show what is listed now, the cursor on the answer if that came with this page, or with all of them."""
        if self.answers.schedule and (page is None or self.answers.schedule in page):
            self.query_one(Picker).highlight_key(self.answers.schedule.id)
        self.loaded()
        field = self.query_one("#filter", Input)
        self.focus_on(field)
        field.insert_text_at_cursor(self._typed)
        self._typed = ""
        self._count()

    def _draw(self, schedule: Schedule, width: int) -> list[Line]:
        name, zone = texts.schedule_name(schedule), wording.place_of(schedule)
        name_room, kind_room, zone_room, connected_room = _columns(width)
        line: list[Span] = [
            (cell(name, name_room), "name"),
            (cell(texts.SCHEDULE_KIND[schedule.kind], kind_room), "quiet"),
            (cell(zone, zone_room), "quiet"),
        ]
        connected = self._connected.get(schedule.id)
        if connected:
            line += [("● ", "good"), fit(wording.provider_names(connected, self._names), connected_room - 2)]
        return [line]

    def _count(self) -> None:
        picker = self.query_one(Picker)
        text = texts.SCHEDULE_COUNT.format(shown=picker.shown, total=picker.total)
        self.query_one("#count", Label).update(Content(text))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as the person types."""
        picker = self.query_one(Picker)
        picker.filter_text = event.value
        self._count()
        self.show_hints()
        self._warned = ""
        if picker.highlighted is None and picker.total:
            self.notice.tell(texts.SCHEDULE_NO_MATCH.format(query=event.value))
        elif self.fault is None:
            self.notice.clear()

    def on_picker_highlighted(self) -> None:
        """Forget a warning about another row, and show whether enter does something."""
        self._warned = ""
        self.show_hints()
        if self.fault is None and self.query_one(Picker).highlighted is not None:
            self.notice.clear()

    def on_input_submitted(self) -> None:
        """Choose the highlighted row."""
        self.query_one(Picker).action_choose()

    def on_picker_chosen(self, event: Picker.Chosen[Schedule]) -> None:
        """Answer the schedule; the same provider twice on one is warned about first."""
        schedule = event.row
        warning = wording.connected_already(self._connected.get(schedule.id, []), schedule, self.answers)
        if warning and self._warned != schedule.id:
            self._warned = schedule.id
            self.notice.warn(warning)
            return
        self.finish("next", self.answers.with_schedule(schedule))

    def action_move(self, how: str) -> None:
        """Move in the list while the filter has the focus."""
        getattr(self.query_one(Picker), f"action_{how}")()

    @property
    def _clears(self) -> bool:
        return self.phase is Phase.READY and not self._submitting and bool(self.query_one("#filter", Input).value)

    def action_clear(self) -> None:
        """Clear the filter; without one, go back."""
        if self._clears:
            self.query_one("#filter", Input).clear()
        else:
            self.action_back()

    def hints(self) -> Sequence[Hint]:
        """Filter, choose, continue, see all again."""
        continues = self.query_one(Picker).highlighted is not None
        return [
            Hint("type", texts.KEY["filter"]),
            Hint("↑↓", texts.KEY["choose"], spare=True),
            *([Hint("enter", texts.KEY["continue"])] if continues else []),
            *([Hint("esc", texts.KEY["clear"], of_step("clear"))] if self._clears else []),
        ]

    def common_hints(self, own: Sequence[Hint]) -> list[Hint]:
        """Return them all; esc doesn't go back while it clears the filter."""
        hints = super().common_hints(own)
        return [hint for hint in hints if hint.key != "esc" or hint in own] if self._clears else hints


def _columns(width: int) -> tuple[int, int, int, int]:
    """Return the widths of name, kind, zone and connected: the last two grow with the room; without it, zones go."""
    spare = max(0, width - _NAME - _KIND - 20)
    zone, connected = 10 + min(8, spare // 2), 10 + min(20, spare - spare // 2)
    if width < 44:
        zone = 0
    return min(_NAME, width - _KIND - zone - connected), _KIND, zone, connected
