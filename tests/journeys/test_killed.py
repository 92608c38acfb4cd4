"""kill -9 at every state and in the middle of every call: the next start goes on, and there is one connection.

KILL_ROUNDS=10 pytest -n 0 tests/journeys/test_killed.py kills ten times at every point.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.journeys.conftest import Start, Studio
from tests.journeys.gate import Gate
from tests.journeys.steps import GOOGLE_ACCOUNT, SCHEDULE, decide, get_link, go_to_sign_in, title
from tests.journeys.terminal import Terminal
from tests.sites import ExternalAccount
from wizard import texts
from wizard.domain import Kind, Method

ROUNDS = int(os.environ.get("KILL_ROUNDS", "0"))
STATES = ("provider", "method", "schedule", "credentials", "review", "done", "events")
CALLS = (
    "/providers",
    "/schedules/query",
    "/connections",
    ":connectByCredentials",
    "/calendars",
    "/sync-config",
    "/events",
)
"""What the path of each call on the way ends with; Get Connection's ends with the id."""


@dataclass(frozen=True)
class Point:
    """Where it is killed: on a state's screen, or in a call, before or after the site has done its work."""

    state: str = ""
    call: str = ""
    worked: bool = False

    def __str__(self) -> str:
        return self.state or f"{self.call.strip('/:')} {'done' if self.worked else 'sent'}"


EVERYWHERE = [Point(state) for state in STATES] + [Point(call=c, worked=w) for c in CALLS for w in (False, True)]
A_FEW = [
    Point("schedule"),
    Point(call=":connectByCredentials"),
    Point(call=":connectByCredentials", worked=True),
    Point(call="/sync-config", worked=True),
]
"""What the suite has time for."""


class Person:
    """Goes on from whatever screen is there, with the same answers, until something holds."""

    def __init__(self, terminal: Terminal, account: ExternalAccount) -> None:
        self._terminal, self._account = terminal, account
        self._does: dict[str, tuple[str, Callable[[], None]]] = {
            "left": (texts.LEFT_GO_ON, lambda: terminal.press("enter")),
            "provider": ("Fastmail", lambda: terminal.choose("Apple")),
            "method": (texts.METHOD_PHRASE[(Method.CREDENTIALS,)], lambda: terminal.press("enter")),
            "schedule": (texts.BUSINESS_SCHEDULE, self._choose_schedule),
            "credentials": (texts.PASSWORD_OF[Kind.APPLE], self._sign_in),
            "review": (f"{texts.IMPORT} o", self._switch_import),
            "done": (texts.DONE_ACTIONS["see_events"][0], self._see_events),
        }
        titles = {state: title(state, "Apple") for state in STATES}
        self._titles = {"left": texts.LEFT_TITLE, **titles, "events": titles["events"]}

    def goes_on_until(self, holds: Callable[[], bool]) -> None:
        """Do one thing after the other."""
        done = ""
        while not self._terminal_shows_other_than(done, holds):
            done = self._next()
            self._does[done][1]()

    def _terminal_shows_other_than(self, done: str, holds: Callable[[], bool]) -> bool:
        """Wait until there is something else to do, or it holds; say whether it does."""
        self._terminal.wait_until(lambda: holds() or self._next() not in ("", done), "the next screen")
        return holds()

    def sees(self, state: str) -> bool:
        """Whether this screen is there."""
        return self._next() == state if state in self._does else self._terminal.shows(self._titles[state])

    def _next(self) -> str:
        """The screen for which there is something to do now; empty while it loads."""
        shown = (s for s, words in self._titles.items() if s in self._does and self._terminal.shows(words))
        state = next(shown, "")
        return state if state and self._terminal.shows(self._does[state][0]) else ""

    def _choose_schedule(self) -> None:
        self._terminal.type(SCHEDULE)
        self._terminal.choose(SCHEDULE)

    def _sign_in(self) -> None:
        if not self._terminal.shows(self._account.email):
            self._terminal.fill(texts.EMAIL, self._account.email)
        self._terminal.fill(texts.PASSWORD_OF[Kind.APPLE], self._account.password)

    def _switch_import(self) -> None:
        on = self._terminal.shows(f"{texts.IMPORT} {texts.ON}")
        self._terminal.highlight(f"{texts.IMPORT} {texts.ON if on else texts.OFF}")
        self._terminal.press("space")
        self._terminal.wait_for(f"{texts.IMPORT} {texts.OFF if on else texts.ON}")
        self._terminal.press("enter")

    def _see_events(self) -> None:
        self._terminal.choose(texts.DONE_ACTIONS["see_events"][0])


@contextmanager
def reached(point: Point, person: Person, gate: Gate) -> Iterator[None]:
    """Be at the point."""
    if point.state:
        person.goes_on_until(lambda: person.sees(point.state))
        yield
        return
    with gate.hold(point.call, worked=point.worked):
        person.goes_on_until(gate.holds.is_set)
        yield


def connect_though_killed(points: list[Point], start: Start, studio: Studio) -> None:
    """Be killed at each point on the way, go on each time, and see one connection in the end."""
    account = studio.account("Apple")
    with Gate(studio.url) as gate:
        for point in points:
            terminal = start("--base-url", gate.url, known=studio.as_app)
            with reached(point, Person(terminal, account), gate):
                os.kill(terminal.pid, signal.SIGKILL)
                terminal.wait_for_end()
        terminal = start("--base-url", gate.url, known=studio.as_app)
        person = Person(terminal, account)
        person.goes_on_until(lambda: person.sees("events"))
        assert [row["externalAccountEmail"] for row in studio.connections()].count(account.email) == 1
        terminal.press("ctrl+c")
        assert terminal.wait_for_end() == 0


@pytest.mark.parametrize(
    "points", [[point] for point in EVERYWHERE] * ROUNDS or [A_FEW], ids=lambda points: ", ".join(map(str, points))
)
def test_whoever_is_killed_on_the_way_connects_once_all_the_same(
    start: Start, studio: Studio, points: list[Point]
) -> None:
    connect_though_killed(points, start, studio)


def test_consent_that_is_given_while_the_program_is_dead_is_found_by_the_next_start(
    start: Start, studio: Studio
) -> None:
    terminal = start("--no-browser", known=studio.as_app)
    go_to_sign_in(terminal, "Google", Method.OAUTH)
    link = get_link(terminal)
    os.kill(terminal.pid, signal.SIGKILL)
    terminal.wait_for_end()
    decide(link)
    terminal = start("--no-browser", known=studio.as_app)
    terminal.wait_for(texts.LEFT_TITLE)
    terminal.press("enter")
    terminal.wait_for(texts.FOUND_MADE[:30])
    assert terminal.shows(title("review"))
    assert [row["externalAccountEmail"] for row in studio.connections()].count(GOOGLE_ACCOUNT) == 1
