"""Review: which way events flow (Get Connection, List Calendars, Update Sync Config)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from wizard import fault_texts, texts
from wizard.domain import Calendar, Connection, Export, Import, Sync
from wizard.front import directions, wording
from wizard.tui.step import Phase, Step
from wizard.tui.widgets.directions import Arrow, Directions, Picture
from wizard.tui.widgets.hints import Hint, of_step
from wizard.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.answers import Answers
    from wizard.domain import Provider
    from wizard.tui.widgets.picker import Line, Span, Tone


@dataclass(frozen=True)
class Switch:
    """A row: import, export, or a calendar to import from."""

    key: str
    calendar: Calendar | None = None


class Switches(Picker[Switch]):
    """The rows; the space bar or a click switches, enter applies."""

    click_chooses = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "choose", show=False),
        Binding("enter", of_step("apply"), show=False),
    ]


class ReviewStep(Step):
    """The picture of both directions, and the same as switches below it."""

    state = "review"
    loads = True

    def compose(self) -> ComposeResult:
        """Yield picture and switches."""
        self._sync = Sync()
        self._calendars: list[Calendar] = []
        yield Directions()
        yield Switches(self._draw, key=lambda row: row.key)

    def begin(self) -> None:
        """Read the connection and its calendars."""
        self.load(self._read, texts.LOADING["review"])

    @property
    def _provider(self) -> Provider:
        assert self.answers.provider is not None  # the flow leads here only with both
        return self.answers.provider

    @property
    def _connection(self) -> Connection:
        assert self.answers.connection is not None
        return self.answers.connection

    async def _read(self) -> None:
        journey = await self.session.journey()

        async def calendars() -> list[Calendar]:
            chooses = self._provider.imports is Import.CHOSEN
            return await journey.calendars(self._connection.id) if chooses else []

        connection, self._calendars = await asyncio.gather(journey.connection(self._connection.id), calendars())
        self.answers = self.answers.with_connection(connection)  # also if it doesn't stand: it decides how a run ends
        journey.standing(connection)
        switches = self.query_one(Switches)
        rows = [Switch("import"), *(Switch(f"calendar {c.id}", c) for c in self._calendars), Switch("export")]
        switches.clear()
        switches.extend(rows)
        sync, words = directions.to_begin_with(self.answers, self._calendars)
        self._want(sync)
        self.news = "\n".join(filter(None, [self.news, words]))
        self.loaded()
        self.focus_on(switches)

    def _want(self, sync: Sync) -> None:
        """Show these directions, and keep them in mind; enter applies them."""
        self._sync = sync
        self.answers = directions.wanted(self.answers, sync)
        self.query_one(Switches).redraw()
        self.query_one(Directions).show(self._picture())

    # What it looks like

    def _picture(self) -> Picture:
        chosen = (self._sync.calendars or ()) if self._sync.imports else ()
        if self._provider.imports is Import.NONE:
            source = (texts.REVIEW_NOT_OFFERED, "")
        elif self._provider.imports is Import.PRIMARY or self._sync.calendars is None:
            source = texts.REVIEW_PRIMARY_DRAWN
        else:
            names = ", ".join(c.name or self._name_of(c) for c in chosen)
            of = texts.REVIEW_CHOSEN.format(chosen=len(chosen), all=len(self._calendars)) if self._calendars else ""
            source = (names, of)
        target = {
            Export.NONE: (texts.REVIEW_NOT_OFFERED, ""),
            Export.DEDICATED: texts.REVIEW_DEDICATED,
        }.get(self._provider.exports, texts.REVIEW_PRIMARY_DRAWN)
        schedule = self.answers.schedule
        return Picture(
            schedule=texts.schedule_name(schedule) if schedule else "",
            provider=self.provider_name,
            email=wording.account_of(self.answers),
            export=Arrow(
                texts.EXPORT,
                of_step("switch", "export"),
                self._sync.exports,
                directions.exports_allowed(self._provider),
            ),
            imports=Arrow(
                texts.IMPORT,
                of_step("switch", "import"),
                self._sync.imports,
                directions.imports_allowed(self._provider),
            ),
            export_to=target,
            import_from=source,
        )

    def _name_of(self, calendar: Calendar) -> str:
        return next((c.name for c in self._calendars if c.id == calendar.id), calendar.id)

    def _draw(self, row: Switch, width: int) -> list[Line]:  # noqa: ARG002 - the picker crops
        if row.calendar is not None:
            on = row.calendar.id in {c.id for c in self._sync.calendars or ()}
            box: Span = ("☑ ", "good") if on and self._sync.imports else ("☐ ", "quiet")
            tone: Tone = "name" if self._sync.imports else "quiet"
            return [["    ", box, (row.calendar.name, tone)]]
        if row.key == "import":
            return [
                self._direction(
                    texts.IMPORT,
                    self._sync.imports,
                    directions.imports_allowed(self._provider),
                    directions.import_words(self._provider, on=self._sync.imports),
                )
            ]
        return [
            self._direction(
                texts.EXPORT,
                self._sync.exports,
                directions.exports_allowed(self._provider),
                directions.export_words(self._provider, on=self._sync.exports),
            )
        ]

    def _direction(self, name: str, on: bool, allowed: bool, words: str) -> Line:
        mark = "◉ " if on else "○ " if allowed else "- "
        tone: Tone = "good" if on else "quiet"
        state = texts.ON if on else texts.OFF
        return [(f"{mark}{name} {state:<5}", tone), (words, "name" if allowed else "quiet")]

    # What it does

    def on_picker_chosen(self, event: Picker.Chosen[Switch]) -> None:
        """Switch the row."""
        self.action_switch(event.row.key)

    def action_switch(self, key: str) -> None:
        """Switch import, export or a calendar; what isn't allowed says why instead."""
        if self._submitting:
            return
        self.clear_fault()
        sync = self._sync
        if key == "export":
            if not directions.exports_allowed(self._provider):
                self.notice.tell(directions.export_words(self._provider) + ".")
                return
            sync = directions.with_export(sync, self._provider, on=not sync.exports)
        elif not directions.imports_allowed(self._provider):
            self.notice.tell(directions.import_words(self._provider) + ".")
            return
        elif key == "import":
            sync = directions.with_import(sync, self._connection.sync, self._calendars, on=not sync.imports)
        else:
            sync = self._with_calendar_switched(key.removeprefix("calendar "))
        self._want(sync)
        self.session.keep(self.state, self.answers)

    def _with_calendar_switched(self, calendar_id: str) -> Sync:
        """Switch one calendar; choosing one while import is off switches import on as well."""
        on = {c.id for c in self._sync.calendars or ()}
        if not self._sync.imports:
            on.add(calendar_id)
        else:
            on ^= {calendar_id}
        return directions.with_calendars(self._sync, self._calendars, on)

    def action_apply(self) -> None:
        """Send what has changed, and go on; nothing is sent when nothing has."""
        if self._submitting or self.phase is not Phase.READY:
            return
        if problem := directions.problem(self._sync, self._calendars):
            self.notice.warn(problem)
        elif directions.same(self._sync, self._connection.sync):
            self.finish("next", self.answers.reviewed())
        else:
            self.submit(self._apply, texts.LOADING["apply"])

    async def _apply(self) -> None:
        asked = self._sync
        journey = await self.session.journey()
        connection = await journey.apply(self._provider, self._connection, asked)
        self.answers = self.answers.with_connection(connection)
        self._want(connection.sync)
        if not connection.sync.fulfils(asked):
            self.notice.warn(texts.REVIEW_OTHERWISE)
        else:
            self.finish("next", self.answers.reviewed())

    def partial(self) -> Answers:
        """Forget a connection that doesn't stand any more: the way back leads to signing in again.

        One from before isn't this run's: on the list that the way back leads to, it is one of many.
        """
        if self.fault is not None and self.fault.code in fault_texts.GONE:
            return self.answers.without(self._connection)
        return self.answers.with_connection(None) if self.answers.reviews_existing else self.answers

    def hints(self) -> Sequence[Hint]:
        """Choose, switch, apply."""
        return [
            Hint("↑↓", texts.KEY["choose"], spare=True),
            Hint("space", texts.KEY["switch"]),
            Hint("enter", texts.KEY["apply"], of_step("apply")),
        ]
