"""The screens on a stage: the real app over a journey that answers at once, never, with nothing or with a fault."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from textual.events import Key, MouseDown, MouseUp
from textual.widgets import Input

from wizard.answers import Answers
from wizard.domain import (
    Attempt,
    Calendar,
    Connection,
    Event,
    Export,
    Fault,
    Import,
    Kind,
    Method,
    Provider,
    SandboxAccount,
    Schedule,
    ScheduleKind,
    Status,
    Sync,
)
from wizard.front.session import Pace, Session
from wizard.record import Journal, Run
from wizard.settings import DEFAULT_BASE_URL, Settings
from wizard.tui.app import WizardApp
from wizard.tui.frame import Frame
from wizard.tui.step import Phase
from wizard.tui.widgets.notice import Notice
from wizard.tui.widgets.picker import Picker
from wizard.wix import Call, Calls

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.widget import Widget

    from wizard.front.outcome import Ending
    from wizard.journey import Journey

NEW_YORK = ZoneInfo("America/New_York")
GOOGLE = Provider("google", "Google", Kind.GOOGLE, (Method.OAUTH,), Import.PRIMARY, Export.PRIMARY)
OUTLOOK = Provider("outlook", "Outlook or Office 365", Kind.MICROSOFT, (Method.OAUTH,), Import.CHOSEN, Export.CHOSEN)
APPLE = Provider("apple", "Apple", Kind.APPLE, (Method.CREDENTIALS,), Import.CHOSEN, Export.DEDICATED)
FASTMAIL = Provider("fastmail", "Fastmail", Kind.OTHER, tuple(Method), Import.PRIMARY, Export.NONE)
NEITHER = Provider("neither", "Paper diary", Kind.OTHER, (), Import.NONE, Export.NONE)

BUSINESS = Schedule("s0", "business", ScheduleKind.BUSINESS, "America/New_York")
DANA = Schedule("s1", "Dana Levi", ScheduleKind.STAFF, "America/New_York")
DAN = Schedule("s2", "Dan Okafor", ScheduleKind.STAFF, "Europe/London")
TANAKA = Schedule("s3", "田中 美咲", ScheduleKind.STAFF, "Asia/Tokyo")
DANCE = Schedule("s4", "Dance, beginners", ScheduleKind.SERVICE, "America/New_York")
ROOM = Schedule("s5", "Meeting room", ScheduleKind.OTHER)
SCHEDULES = [BUSINESS, DANA, DAN, TANAKA, DANCE, ROOM]

HOME, WORK, BIRTHDAYS = Calendar("c1", "Home"), Calendar("c2", "Work"), Calendar("c3", "Birthdays")
CALENDARS = [HOME, WORK, BIRTHDAYS]

OF_APPLE = Connection(
    id="apple-to-dana",
    provider_id="apple",
    calendar_type="I_CAL",
    schedule_id="s1",
    user_id="u1",
    email="dana@icloud.example",
    status=Status.CONNECTED,
    sync=Sync(imports=True, calendars=(HOME, WORK), dedicated=True),
)
OF_GOOGLE = replace(
    OF_APPLE,
    id="google-to-dana",
    provider_id="google",
    calendar_type="GOOGLE",
    email="dana@gmail.example",
    sync=Sync(imports=True),
)
STOPPED = replace(OF_APPLE, id="stopped", status=Status.ERROR, reason="TOKEN_REVOKED")
ENDED = replace(OF_GOOGLE, id="ended", schedule_id="s3", email="tanaka@gmail.example", status=Status.DISCONNECTED)
STANDING = [
    replace(OF_APPLE, id="other", schedule_id="s2", user_id="u2", email="dan@icloud.example"),
    replace(OF_GOOGLE, id="company", schedule_id="s0", user_id="", email="studio@gmail.example"),
]


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK)


EVENTS = [
    Event("s1", "Team breakfast", "Work", "Dana", "u1", _at(23, 8, 30), _at(23, 9, 15), all_day=False),
    Event("s1", "🎂 Zoë's birthday", "Birthdays", "Dana", "u1", _at(24, 0), _at(25, 0), all_day=True),
    Event("s1", "Late shift", "Work", "Dana", "u1", _at(24, 22), _at(25, 2), all_day=False),
    Event("s1", "Teachers' training", "Work", "Dana", "u1", _at(26, 0), _at(28, 0), all_day=True),
    Event("s1", "", "Home", "Dana", "u1", _at(27, 17), _at(27, 18), all_day=False),
]

ACCOUNT = SandboxAccount("Apple", "dana@icloud.example", SecretStr("abcd-efgh-ijkl-mnop"))
SITE_ID = "6a1f0c52-93d8-4e7b-b1a4-2f5c8d7e9b30"
SITE = f"{DEFAULT_BASE_URL} {SITE_ID}"
URL = "http://127.0.0.1:8710/consent/Vb3kR0qTz1"

OF_STATE = {
    "site": Answers(),
    "provider": Answers(),
    "connections": Answers().with_provider(APPLE),
    "method": Answers().with_provider(APPLE),
    "schedule": Answers().with_provider(APPLE),
    "credentials": Answers().with_provider(APPLE).with_schedule(DANA),
    "authorize": Answers().with_provider(GOOGLE).with_schedule(DANA),
    "review": Answers().with_provider(APPLE).with_schedule(DANA).with_connection(OF_APPLE),
    "done": Answers().with_provider(APPLE).with_schedule(DANA).with_connection(OF_APPLE),
    "events": Answers().with_provider(APPLE).with_schedule(DANA).with_connection(OF_APPLE),
}
"""The answers that lead to each screen."""


LAST_CALL = Call(
    "GET",
    "/bookings/v2/external-calendars/connections/apple-to-dana",
    200,
    0.2104,
    "1732281.90",
    datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC),
)


def calls_of(*made: Call) -> Calls:
    calls = Calls()
    for call in made:
        calls.add(call)
    return calls


@dataclass
class FakeAttempt:
    """An authorization that waits until `home` says how it ends."""

    url: str = URL
    address: str = "127.0.0.1:49213"
    asking: bool = True
    until: float = 581.0
    pasted: list[str] = field(default_factory=list)
    closed: bool = False
    home: asyncio.Future[Connection] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    async def wait(self) -> Connection:
        return await self.home

    async def paste(self, text: str) -> None:
        self.pasted.append(text)
        if "connectionId" not in text:
            raise Fault("paste_unreadable")
        self.home.set_result(OF_GOOGLE)


@dataclass
class FakeJourney:
    """Answers each call at once, unless it is named in `hangs`, `faults` or `empty`. `nobody` has connected anything.

    Records the calls, and in `sent` what connect, apply and events were given.
    """

    hangs: set[str] = field(default_factory=set)
    faults: dict[str, Fault] = field(default_factory=dict)
    empty: bool = False
    providers_found: list[Provider] = field(default_factory=lambda: [GOOGLE, OUTLOOK, APPLE, FASTMAIL])
    made: Connection = OF_APPLE
    others: list[Connection] = field(default_factory=lambda: STANDING)
    url: str = URL
    calls: list[str] = field(default_factory=list)
    attempts: list[FakeAttempt] = field(default_factory=list)
    pages: list[list[Event]] = field(default_factory=lambda: [EVENTS])
    unread: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = (Status.SYNCED,)
    calendars_found: list[Calendar] = field(default_factory=lambda: CALENDARS)
    meanwhile: Connection | None = None
    nobody: bool = False
    may_connect: bool = False
    replaced: Connection | None = None
    on_attempt: Callable[[Attempt], None] = lambda _: None
    sets: Callable[[Sync], Sync] = lambda sync: sync
    sent: list[Any] = field(default_factory=list)
    calls_made: Calls = field(default_factory=lambda: calls_of(LAST_CALL))
    known_providers: dict[str, Provider] = field(
        default_factory=lambda: {p.id: p for p in (GOOGLE, OUTLOOK, APPLE, FASTMAIL)}
    )
    provider_names: dict[str, str] = field(default_factory=lambda: {"apple": "Apple", "google": "Google"})
    known_schedules: dict[str, Schedule] = field(default_factory=lambda: {s.id: s for s in SCHEDULES})

    async def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.hangs:
            await asyncio.Event().wait()
        if fault := self.faults.get(name):
            raise fault

    async def close(self) -> None:
        self.calls.append("close")

    async def check(self) -> None:
        await self._call("check")

    async def providers(self) -> list[Provider]:
        await self._call("providers")
        if self.empty:
            raise Fault("no_providers")
        self.known_providers = {p.id: p for p in self.providers_found}
        return self.providers_found

    async def schedules(self) -> AsyncIterator[list[Schedule]]:
        await self._call("schedules")
        if not self.empty:
            yield SCHEDULES

    async def name_schedules(self, schedule_ids: Iterable[str]) -> None:
        if set(schedule_ids) - self.known_schedules.keys():
            await self._call("name_schedules")
            self.known_schedules |= {s.id: s for s in SCHEDULES}

    async def connections(self, schedule_ids: Sequence[str] = ()) -> list[Connection]:
        await self._call("connections")
        found = [] if self.nobody else [*self.others, self.made]
        return [c for c in found if not schedule_ids or c.schedule_id in schedule_ids]

    async def connect(
        self,
        provider: Provider,
        schedule: Schedule,
        email: str,
        password: SecretStr,
        *,
        replaces: Connection | None = None,
    ) -> Connection:
        self.sent.append((email, password.get_secret_value()))
        self.replaced = replaces
        await self._call("connect")
        return replace(self.made, email=email, provider_id=provider.id, schedule_id=schedule.id)

    def unanswered(self, provider: Provider, schedule: Schedule, email: str) -> bool:
        return "connect" in self.hangs

    @asynccontextmanager
    async def authorize(
        self,
        provider: Provider,
        schedule: Schedule,
        redirect_url: str | None = None,
        *,
        replaces: Connection | None = None,
    ) -> AsyncIterator[FakeAttempt]:
        self.replaced = replaces
        await self._call("authorize")
        self.attempts.append(FakeAttempt(url=self.url))
        attempt = self.attempts[-1]
        try:
            yield attempt
        finally:
            attempt.closed = True

    def has_ended(self, connection: Connection) -> bool:
        return self.replaced == connection

    async def connection(self, connection_id: str) -> Connection:
        await self._call("connection")
        return self.made

    def trouble(self, made: Connection) -> Fault | None:
        return None if made.status.healthy else Fault("connection_token_revoked")

    def standing(self, made: Connection) -> Connection:
        if trouble := self.trouble(made):
            raise trouble
        return made

    async def calendars(self, connection_id: str) -> list[Calendar]:
        await self._call("calendars")
        return [] if self.empty else self.calendars_found

    async def apply(self, provider: Provider, connection: Connection, sync: Sync) -> Connection:
        self.sent.append(sync)
        await self._call("apply")
        self.made = replace(connection, sync=self.sets(sync))
        return self.made

    async def watch(self, connection_id: str) -> AsyncIterator[Connection]:
        await self._call("watch")
        for status in self.statuses:
            yield replace(self.made, status=status)
            await asyncio.sleep(0)

    async def look(self, attempt: Attempt) -> Connection | None:
        self.sent.append(attempt)
        await self._call("look")
        return self.meanwhile

    async def disconnect(self, connection: Connection) -> None:
        await self._call("disconnect")

    async def events(
        self,
        start: datetime,
        end: datetime,
        *,
        schedule_ids: Sequence[str] = (),
        user_ids: Sequence[str] = (),
        on_unread: Callable[[Sequence[str]], None] = lambda _: None,
        **_pages: int,
    ) -> AsyncIterator[list[Event]]:
        self.sent.append((start, end, tuple(schedule_ids), tuple(user_ids)))
        for number, page in enumerate([] if self.empty else self.pages, 1):
            await self._call(f"events {number}" if number > 1 else "events")
            if self.unread:
                on_unread(self.unread)
            yield page


def app_at(
    state: str | None,
    journey: FakeJourney | None = None,
    answers: Answers | None = None,
    *,
    session: dict[str, Any] | None = None,
    **settings: Any,
) -> WizardApp:
    """Return the app at a state, held still: clock, today, no browser, no waiting for spinners.

    Without a state it begins where a run begins that has these settings.
    `session` and `settings` are fields of these that are to be different.
    """
    known = {} if state in ("site", None) else {"site_id": SITE_ID, "api_key": "key"}
    journey = journey or FakeJourney()
    still: dict[str, Any] = {
        "clock": lambda: 0.0,
        "now": lambda: datetime(2026, 11, 22, 10, 0, tzinfo=NEW_YORK),
        "open_browser": lambda _: False,
        "pace": Pace(appear=0, stay=0),
        "accounts": (ACCOUNT,),
        "opener": lambda *_: cast("Journey", journey),
    }
    of = Session(Settings(**{"known": known} | settings), **still | (session or {}))
    app = WizardApp(of, start=state, answers=answers or OF_STATE[state or "site"])
    app.animation_level = "none"
    return app


def cut_off(folder: Path, state: str, attempt: Attempt | None = None) -> Path:
    """Leave what a run leaves that is killed in this state."""
    journal = Journal(folder)
    journal.keep(Run(SITE, state, OF_STATE[state], datetime(2026, 11, 21, 9, 30, tzinfo=UTC), attempt))
    journal.close()
    return journal.path


async def until(condition: Callable[[], object]) -> None:
    """Wait until something holds, for at most ten seconds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what the screens do sets no event
            await asyncio.sleep(0.01)


def phase_of(pilot: Pilot[Ending]) -> Phase | None:
    """Return what the screen's content is; None for a dialog, which has none."""
    screen = pilot.app.screen
    return screen.step.phase if isinstance(screen, Frame) else None


async def settled(pilot: Pilot[Ending]) -> None:
    """Wait until the screen has loaded what it needs, or shows why it can't."""
    await pilot.pause()
    await until(lambda: pilot.app.screen.is_mounted and phase_of(pilot) is not Phase.LOADING)
    await pilot.pause()


async def press_in_one_go(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys that all arrive before the first has done anything, as on a slow line."""
    for key in keys:
        character = " " if key == "space" else key
        pilot.app.post_message(Key(key, character if len(character) == 1 else None))
    await pilot.pause()


async def click_in_one_go(pilot: Pilot[Any], widget: Widget, times: int, line: int = 0) -> None:
    """Click a widget's line several times, before the first click has done anything."""
    await click_at(pilot, widget.region.x + 1, widget.region.y + line, times)


async def click_at(pilot: Pilot[Any], x: int, y: int, times: int) -> None:
    """Click a place several times, before the first click has done anything."""
    for kind in (MouseDown, MouseUp) * times:
        pilot.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, screen_x=x, screen_y=y))
    await pilot.pause()


async def resize(pilot: Pilot[Any], columns: int, rows: int) -> None:
    """Change the terminal's size, and wait until the screen has it, and what lies below a dialog."""
    await pilot.resize_terminal(columns, rows)
    await until(lambda: all(screen.size == (columns, rows) for screen in pilot.app.screen_stack))
    await until(lambda: pilot.app.screen.find_widget(pilot.app.screen).region.size == (columns, rows))  # laid out
    await pilot.pause()


# What a person sees, and quick hands


def shown(app: WizardApp) -> str:
    """Return the lines on the screen."""
    strips = app.screen._compositor.render_strips(app.size)  # noqa: SLF001 - the only way to the characters
    return "\n".join(strip.text.rstrip() for strip in strips)


def text_of(app: WizardApp, selector: str | type[Widget]) -> str:
    """Return what a widget says, on one line; nothing if it isn't shown."""
    widget = app.screen.query_one(selector)
    if not widget.display:
        return ""
    return " ".join(str(widget.render()).split())


def said(app: WizardApp) -> str:
    """Return what the notice says."""
    return text_of(app, Notice)


async def until_said(app: WizardApp, words: str) -> None:
    """Wait until the notice says this."""
    await until(lambda: words in said(app))


def keys(app: WizardApp) -> str:
    """Return the line of keys."""
    return text_of(app, "#hints")


async def keys_by_focus(pilot: Pilot[Ending], key: str, times: int) -> dict[str | None, str]:
    """Return the step's own keys by what has the focus, in so many places that are a press of `key` apart."""
    app = cast("WizardApp", pilot.app)
    told = {}
    for _ in range(times):
        told[focused(app)] = re.split(r" (?:ctrl\+b|f1) ", keys(app))[0]
        await pilot.press(key)
    return told


def value(app: WizardApp, name: str) -> str:
    """Return what is in a field."""
    return app.screen.query_one(f"#{name}", Input).value


def focused(app: WizardApp) -> str | None:
    """Return the focused widget's id, or its class's name."""
    widget = app.focused
    return (widget.id or type(widget).__name__) if widget else None


def listed(app: WizardApp) -> Picker[Any]:
    """Return the screen's list."""
    found: Picker[Any] = app.screen.query_one(Picker)
    return found


def state_of(app: WizardApp) -> str:
    """Return the state whose screen is there, below whatever dialog is open."""
    return app.step.state


async def at(pilot: Pilot[Ending], state: str) -> None:
    """Wait until a state's screen is there and settled."""
    await until(lambda: state_of(cast("WizardApp", pilot.app)) == state)
    await settled(pilot)


async def enter(pilot: Pilot[Ending], **values: str) -> None:
    """Put values into fields, then press enter in the last one."""
    for name, text in values.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = text
        pilot.app.screen.query_one(f"#{name}", Input).focus()
    await pilot.press("enter")
    await settled(pilot)
