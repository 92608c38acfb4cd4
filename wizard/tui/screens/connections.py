"""Connections: what is connected already (List Connections), to be reviewed, reconnected or disconnected."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from wizard import texts
from wizard.answers import Answers
from wizard.domain import Connection, Method, Provider, Schedule, Status
from wizard.fault_texts import explain
from wizard.front import wording
from wizard.tui.step import Phase, Step
from wizard.tui.widgets.columns import Columns
from wizard.tui.widgets.dialog import Ask, open_above
from wizard.tui.widgets.hints import Hint, of_step
from wizard.tui.widgets.picker import Picker, cell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from wizard.domain import Fault
    from wizard.fault_texts import Explained
    from wizard.tui.widgets.picker import Line, Span

_MARKS: dict[Status, Span] = {
    Status.CONNECTED: ("● ", "good"),
    Status.SYNC_IN_PROGRESS: ("● ", "good"),
    Status.SYNCED: ("● ", "good"),
    Status.DISCONNECTED: ("○ ", "warn"),
    Status.ERROR: ("! ", "warn"),
    Status.UNKNOWN: ("? ", "quiet"),
}
_STATUS = 14
"""The status column's width in cells."""


class ConnectionsStep(Step):
    """A list, what Wix says of the highlighted connection, and keys for what can be done with it."""

    state = "connections"
    loads = True
    only_retry = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "reconnect", show=False),
        Binding("d", "disconnect", show=False),
    ]

    def compose(self) -> ComposeResult:
        """Yield column names, list and details."""
        self._providers: dict[str, Provider] = {}
        self._schedules: dict[str, Schedule] = {}
        self._trouble: Callable[[Connection], Fault | None] = lambda _: None
        self._widest = 0
        yield Columns(texts.CONNECTIONS_COLUMNS, lambda width: (*self._columns(width), _STATUS))
        yield Picker[Connection](self._draw, key=lambda c: c.id)
        yield Static(id="details")

    def begin(self) -> None:
        """Read the connections, and the names of what they connect."""
        self.load(self._read, texts.LOADING["connections"])

    async def _read(self) -> None:
        journey = await self.session.journey()

        async def providers() -> None:
            if not journey.known_providers:  # a run that goes on here has not come by them
                await journey.providers()

        found, _ = await asyncio.gather(journey.connections(), providers())
        self._providers, self._schedules = journey.known_providers, journey.known_schedules
        self._trouble = journey.trouble
        await journey.name_schedules(c.schedule_id for c in found)
        self.answers = self.answers.listed(found)
        self._fill(wording.in_order(map(self.answers.as_it_was, found), self._schedules))
        self.loaded()
        self.focus_on(self.query_one(Picker))

    def _fill(self, found: list[Connection]) -> None:
        picker = self.query_one(Picker)
        self._widest = max((cell_len(self._name_of(connection)) for connection in found), default=0)
        picker.clear()
        picker.extend(found)
        if self.answers.existing:
            picker.highlight_key(self.answers.existing.id)
        if not found:
            self.phase = Phase.NEEDLESS
            self.notice.tell(texts.CONNECTIONS_NONE)
        self._describe()

    @property
    def _connections(self) -> Sequence[Connection]:
        return self.query_one(Picker).rows

    # What it looks like

    def _draw(self, connection: Connection, width: int) -> list[Line]:
        schedule_room, provider_room = self._columns(width)
        return [
            [
                (cell(self._schedule_name(connection), schedule_room), "name"),
                cell(self._name_of(connection), provider_room),
                _MARKS[connection.status],
                texts.STATUS_SHORT[connection.status],
            ]
        ]

    def _columns(self, width: int) -> tuple[int, int]:
        """Return the widths of schedule and provider beside the status: the schedule gets what the others leave."""
        provider = min(22, max((width - _STATUS) // 3, min(10, self._widest + 1)))
        return width - _STATUS - provider, provider

    def _name_of(self, connection: Connection) -> str:
        return wording.provider_names([connection], {p.id: p.name for p in self._providers.values()})

    def _schedule_of(self, connection: Connection) -> Schedule:
        return wording.schedule_of(connection, self._schedules)

    def _schedule_name(self, connection: Connection) -> str:
        return texts.schedule_name(self._schedule_of(connection))

    def _describe(self) -> None:
        """Say how all are, and what is known of the highlighted one."""
        self.set_lead(wording.standing_text(self._connections) if self._connections else "")
        row = self.query_one(Picker).highlighted
        self.query_one("#details", Static).update(self._details(row) if row else "", layout=False)
        self.show_hints()

    def _details(self, connection: Connection) -> Content:
        provider = self._providers.get(connection.provider_id)
        email = Content(connection.email or texts.CONNECTION_NO_EMAIL)
        trouble = self._trouble(connection)
        if provider is None:
            lines = [Content(texts.CONNECTION_NO_PROVIDER)]
        elif trouble is None:
            lines = [Content(line) for line in wording.direction_lines(connection, provider)]
        else:
            said = self._explained(trouble)
            ended = self.answers.has_ended(connection)
            what, why = texts.CONNECTION_TO_RECONNECT if ended else (said.what, said.why)
            lines = [Content(what).stylize("bold"), Content(why)]
        return Content("\n").join([email.stylize("$quiet"), *lines])

    def _explained(self, fault: Fault) -> Explained:
        row = self.query_one(Picker).highlighted
        return explain(fault, kind=row.kind, provider=self._name_of(row)) if row else explain(fault)

    # What it does

    def on_picker_highlighted(self) -> None:
        """Say what is known of this one, and what can be done with it."""
        self._describe()
        if self.fault is None and self._connections:
            self.notice.clear()

    def on_picker_chosen(self, event: Picker.Chosen[Connection]) -> None:
        """Do what comes first: reconnect what has stopped, review what stands."""
        connection = self._chosen
        if event.row.status in wording.STOPPED:
            self.action_reconnect()
        elif connection and (provider := self._provider_for(connection)):
            answers = Answers.about(connection, provider, self._schedule_of(connection)).after(self.answers)
            self.finish("next", answers.with_connection(connection))

    @property
    def _chosen(self) -> Connection | None:
        """What something is to be done with; nothing while something else is being done."""
        if self.phase is not Phase.READY or self._submitting:
            return None
        row: Connection | None = self.query_one(Picker).highlighted
        return row

    def _provider_for(self, connection: Connection) -> Provider | None:
        provider = self._providers.get(connection.provider_id)
        if provider is None:
            self.notice.warn(texts.CONNECTION_NO_PROVIDER)
        return provider

    def action_reconnect(self) -> None:
        """Sign in again, to the same provider and schedule; asked first where that ends a connection that works."""
        connection = self._chosen
        provider = self._provider_for(connection) if connection else None
        if connection is None or provider is None:
            return
        answers = Answers.about(connection, provider, self._schedule_of(connection)).after(self.answers)

        def by(method: str | None) -> None:
            if method not in (None, "stay"):
                self.finish("reconnect", answers.with_method(Method(method)))

        methods = provider.methods
        if not methods:
            self.notice.warn(texts.METHOD_NEITHER.format(provider=self._name_of(connection)))
        elif len(methods) == 1 and connection.status in wording.STOPPED:
            by(methods[0])
        else:
            several, works = len(methods) > 1, connection.status not in wording.STOPPED
            title = (texts.RECONNECT_TITLE if works else texts.RECONNECT_HOW).format(provider=self._name_of(connection))
            text = texts.RECONNECT_TEXT if works else texts.RECONNECT_HOW_TEXT
            options = [
                *((str(m), texts.METHOD_PHRASE[(m,)] if several else texts.RECONNECT_YES) for m in methods),
                ("stay", texts.RECONNECT_NO),
            ]
            open_above(self, Ask(title, text, options), by)

    def action_disconnect(self) -> None:
        """End the connection, after a question."""
        connection = self._chosen
        if connection is None:
            return
        if connection.status is Status.DISCONNECTED:
            self.notice.tell(texts.CONNECTION_ENDED)
            return
        names = {
            "provider": self._name_of(connection),
            "schedule": self._schedule_name(connection),
        }

        async def disconnect() -> None:
            await (await self.session.journey()).disconnect(connection)
            self._ended(connection)
            self.news = texts.DISCONNECTED.format(**names)

        def answered(answer: str | None) -> None:
            if answer == "disconnect":
                self.submit(disconnect, texts.LOADING["disconnect"])

        options = [("disconnect", texts.DISCONNECT_YES), ("stay", texts.DISCONNECT_NO)]
        text = texts.DISCONNECT_TEXT.format(email=connection.email or texts.CONNECTION_NO_EMAIL)
        open_above(self, Ask(texts.DISCONNECT_TITLE.format(**names), text, options), answered)

    def _ended(self, connection: Connection) -> None:
        """Show it as ended, where it is; if this run has made it, that is no answer any more."""
        self.query_one(Picker).extend([replace(connection, status=Status.DISCONNECTED)])
        self.answers = self.answers.without(connection)
        self._describe()

    def partial(self) -> Answers:
        """Go back to one's own answers: who goes on to another calendar has only looked at these."""
        return self.answers.for_new()

    def hints(self) -> Sequence[Hint]:
        """Choose, and what can be done with the highlighted one."""
        row: Connection | None = self.query_one(Picker).highlighted
        if row is None:
            return []
        first = [Hint("enter", texts.KEY["reconnect"])]
        if row.provider_id not in self._providers:
            first = []
        elif row.status not in wording.STOPPED:
            first = [Hint("enter", texts.KEY["review"]), Hint("r", texts.KEY["reconnect"], of_step("reconnect"))]
        end = (
            [Hint("d", texts.KEY["disconnect"], of_step("disconnect"))] if row.status is not Status.DISCONNECTED else []
        )
        return [Hint("↑↓", texts.KEY["choose"], spare=True), *first, *end]
