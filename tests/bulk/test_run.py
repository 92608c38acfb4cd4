"""A bulk run on a site on paper: what it asks of Wix, how fast, and what a kill leaves."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.bulk import hurry
from tests.examples import APPLE, BUSINESS, DANA, GOOGLE, connection
from tests.line import AUTHORIZE, CONNECT, CONNECTIONS, DISCONNECT, SYNC, Line, allow
from tests.sites import InProcessSite
from wizard import wix
from wizard.bulk import planning
from wizard.bulk import run as run_of
from wizard.bulk.journal import Asked, Journal
from wizard.bulk.rows import MistakesError, Row
from wizard.bulk.run import Result, Run, State, claims
from wizard.domain import Attempt, Fault, Method, Schedule, ScheduleKind, Status
from wizard.journey import Journey
from wizard.sandbox import providers
from wizard.sandbox.accounts import Account
from wizard.sandbox.schedules import schedules
from wizard.unattended import naming
from wizard.unattended.fulfil import Plan
from wizard.wishes import Directions, PasswordSource, Wish

CALENDARS = "/calendars"
FILE = Path("team.csv")
CALLED = st.sampled_from(["", "a", "A ", "b", "business", "Business hours", "\u00e9", "E\u0301", "(no name)", "\u200b"])
"""What things are called; several of these are the same to people."""
PASSWORD = "opens-nothing"
SOURCE = PasswordSource("env", "BULK_PASSWORD")


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(call: Callable[..., Any], *arguments: Any) -> Any:
        return call(*arguments)

    monkeypatch.setenv("BULK_PASSWORD", PASSWORD)
    monkeypatch.setattr(asyncio, "to_thread", at_once)
    monkeypatch.setattr(run_of, "SETTLED_AFTER", timedelta(0))


def rows(
    paper: InProcessSite, count: int, directions: Directions | None = None, provider: str = "Fastmail"
) -> list[Row]:
    """Make accounts on the site, and the rows that connect them."""
    owner = next(one for one in providers.PROVIDERS.values() if one.name == provider)
    made = [Account(f"p{number}@bulk.example", owner.id, PASSWORD) for number in range(count)]
    paper.site.store.seed({}, made, [])
    names = [one.name for one in schedules().values() if one.status == "ACTIVE"]
    wish = Wish(provider, "", password=SOURCE, directions=directions or Directions())
    if provider == "Fastmail":
        wish = replace(wish, method=Method.CREDENTIALS)
    return [
        Row(number + 2, replace(wish, schedule=names[number % len(names)], email=account.email))
        for number, account in enumerate(made)
    ]


class Bulk:
    """A run on the site over the line; its journal is in the folder."""

    def __init__(self, paper: InProcessSite, line: httpx.AsyncBaseTransport, folder: Path) -> None:
        self.paper, self.line, self.folder = paper, line, folder
        self.told: list[Result] = []
        self.rests: list[float] = []

    async def do(
        self, asked: Sequence[Row], then: Callable[[Run], Awaitable[None]] | None = None, *, links: bool = False
    ) -> Counter[str]:
        """Do what the rows wish for; return how many there are in each state."""
        before = asyncio.all_tasks()
        auth = wix.ApiKey(SecretStr(self.paper.api_key), self.paper.site_id)
        limiter = wix.steady_limiter() if isinstance(asyncio.get_running_loop(), hurry.Hurry) else None
        client = wix.Client(auth, base_url=self.paper.url, transport=self.line, limiter=limiter)
        journey = Journey(client, poll_seconds=0)
        with Journal(self.folder, "site") as journal:
            run = self.run = Run(
                journey,
                journal,
                redirect_url="https://thanks.example/",
                links=links,
                on_result=self.told.append,
                on_rest=self.rests.append,
            )
            try:
                await run.work(await planning.plan(journey, FILE, asked))
                if then:
                    await then(run)
            finally:
                left = asyncio.all_tasks() - before
                for task in left:
                    task.cancel()
                await asyncio.gather(*left, return_exceptions=True)
                await journey.close()
        return Counter(result.state.value for result in run.results.values())


@pytest.fixture
def bulk(paper: InProcessSite, line: Line, tmp_path: Path) -> Bulk:
    return Bulk(paper, line, tmp_path)


def accounts(paper: InProcessSite) -> Counter[str]:
    """Return how often each account of the rows is connected."""
    return Counter(one.email for one in paper.site.store.connections() if one.email.endswith("@bulk.example"))


def requests(line: Line) -> int:
    """Return how many requests there were besides the four that read the site."""
    return len(line.sent) - 4


async def test_a_new_calendar_takes_one_request_and_one_more_for_its_directions(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    asked = rows(paper, 3)
    asked[0] = replace(asked[0], wish=replace(asked[0].wish, directions=Directions(imports=False)))
    assert await bulk.do(asked) == {"connected": 3}
    assert (line.count(CONNECT), line.count(SYNC), requests(line)) == (3, 1, 4)
    made = {one.email: one.imports for one in paper.site.store.connections()}
    assert [made[row.wish.email] for row in asked] == [False, True, True]


async def test_what_stands_takes_no_request(bulk: Bulk, paper: InProcessSite, line: Line) -> None:
    asked = rows(paper, 3, Directions(imports=False))
    await bulk.do(asked)
    line.sent.clear()
    assert await bulk.do(asked) == {"exists": 3}
    assert requests(line) == 0


def stop_working(paper: InProcessSite, email: str) -> None:
    """Let the account's connection stop by an error."""
    (made,) = (one for one in paper.site.store.connections() if one.email == email)
    paper.site.store.save_connection(replace(made, export_failed=True))


async def test_what_stopped_working_is_ended_first_and_its_directions_go_on_unless_the_row_says_others(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    (row,) = rows(paper, 1, Directions(calendars=("Work",), exports=True), "Apple")
    await bulk.do([row])
    stop_working(paper, row.wish.email)
    assert await bulk.do([replace(row, wish=replace(row.wish, directions=Directions(exports=False)))]) == {
        "connected": 1
    }
    assert line.count(DISCONNECT) == 1
    assert [one.connected for one in paper.site.store.connections() if one.email == row.wish.email] == [False, True]
    sync = bulk.told[-1].connection and bulk.told[-1].connection.sync
    assert sync
    assert ([one.name for one in sync.calendars or ()], sync.exports) == (["Work"], False)


REFUSED = httpx.Response(401, json={"message": "", "details": {"applicationError": {"code": "BAD_CREDENTIALS"}}})


async def in_error(bulk: Bulk, paper: InProcessSite) -> Row:
    """Let an account that exports and imports from one calendar stop by an error; return a row that says neither."""
    (row,) = rows(paper, 1, Directions(calendars=("Work",), exports=True), "Apple")
    await bulk.do([row])
    stop_working(paper, row.wish.email)
    return replace(row, wish=replace(row.wish, directions=Directions()))


def directions_of(paper: InProcessSite, row: Row) -> tuple[object, bool]:
    """Return which calendars the row's account imports, and whether it exports."""
    (made,) = (one for one in paper.site.store.connections() if one.email == row.wish.email and one.connected)
    return made.imports and made.import_calendars, made.exports


HOME = (("primary", "Home"),)


def change(paper: InProcessSite, row: Row, **changes: Any) -> None:
    """Change what stands of the row's account."""
    (stands,) = (one for one in paper.site.store.connections() if one.email == row.wish.email and one.connected)
    paper.site.store.save_connection(replace(stands, imports=True, **changes))


async def ended_and_connected_elsewhere(bulk: Bulk, paper: InProcessSite, line: Line, **directions: Any) -> Row:
    """Let a run end what has stopped, and be refused; then let somebody else connect the account, with directions."""
    row = await in_error(bulk, paper)
    line.fail(CONNECT, REFUSED)
    await bulk.do([row])
    (ended,) = (one for one in paper.site.store.connections() if one.email == row.wish.email)
    anew = replace(ended, id="EC.anew", connected=True, imports=True, import_calendars=HOME, **directions)
    paper.site.store.save_connection(anew)
    return row


@pytest.mark.parametrize(
    ("call", "outcome"),
    [(CONNECT, REFUSED), (CONNECT, httpx.Response(503)), (CALENDARS, httpx.Response(503)), (SYNC, httpx.Response(503))],
    ids=["wrong password", "failed", "calendars not read", "directions not set"],
)
async def test_directions_of_what_was_ended_go_on_in_the_next_run(
    call: str, outcome: httpx.Response, bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    row = await in_error(bulk, paper)
    line.fail(call, outcome)
    assert await bulk.do([row]) == {"failed": 1}
    await bulk.do([row])
    assert directions_of(paper, row) == ((("work", "Work"),), True)
    assert not list(bulk.folder.glob("*.jsonl"))


@pytest.mark.parametrize("late", [True, False])
async def test_killed_between_ending_and_connecting_the_next_run_sets_the_directions_and_what_the_row_says(
    late: bool, bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    row = await in_error(bulk, paper)
    bulk.line = Deadly(line, 1, late=late)
    with pytest.raises(Killed):
        await bulk.do([row])
    bulk.line = line
    home = replace(row, wish=replace(row.wish, directions=Directions(calendars=("Home",))))
    assert await bulk.do([home]) == {"connected": 1}
    assert directions_of(paper, row) == (HOME, True)


async def test_what_somebody_else_has_connected_in_its_place_keeps_its_own_directions(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    row = await ended_and_connected_elsewhere(bulk, paper, line)
    line.fail(SYNC, httpx.Response(503))
    assert await bulk.do([replace(row, wish=replace(row.wish, directions=Directions(imports=False)))]) == {"failed": 1}
    assert await bulk.do([row]) == {"exists": 1}
    assert directions_of(paper, row) == (HOME, False)
    assert not list(bulk.folder.glob("*.jsonl"))


async def test_directions_that_somebody_has_set_meanwhile_stay_as_they_are(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    row = await in_error(bulk, paper)
    line.fail(SYNC, httpx.Response(503))
    assert await bulk.do([row]) == {"failed": 1}
    change(paper, row, import_calendars=HOME, exports=False)
    assert await bulk.do([row]) == {"exists": 1}
    assert directions_of(paper, row) == (HOME, False)
    assert not list(bulk.folder.glob("*.jsonl"))


async def test_of_two_that_were_ended_the_directions_of_the_later_one_go_on(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    row = await ended_and_connected_elsewhere(bulk, paper, line, exports=True, export_failed=True)
    assert await bulk.do([row]) == {"connected": 1}
    assert directions_of(paper, row) == (HOME, True)


async def test_what_is_made_and_breaks_at_once_does_not_hide_the_directions_of_the_one_before(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    row = await in_error(bulk, paper)
    line.edit(CONNECT, lambda answer: answer["connection"].update(status="ERROR"))
    assert await bulk.do([row]) == {"failed": 1}
    change(paper, row, export_failed=True)
    line.fail(DISCONNECT, httpx.Response(503))
    assert await bulk.do([row]) == {"failed": 1}
    assert await bulk.do([row]) == {"connected": 1}
    assert directions_of(paper, row) == ((("work", "Work"),), True)


async def test_calendars_that_wix_has_named_already_are_not_asked_for(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    await bulk.do(rows(paper, 1, Directions(calendars=("Work",), exports=True), "Apple"))
    assert requests(line) == 2
    sync = bulk.told[0].connection and bulk.told[0].connection.sync
    assert sync
    assert ([one.name for one in sync.calendars or ()], sync.exports) == (["Work"], True)


async def test_calendars_of_what_stands_are_looked_up_once_and_before_anything_is_changed(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    first, second = rows(paper, 2, Directions(calendars=("Work",)), "Apple")
    await bulk.do([first, second])
    home = replace(first, wish=replace(first.wish, directions=Directions(calendars=("Home",))))
    nope = replace(second, wish=replace(second.wish, directions=Directions(calendars=("Nope",))))
    line.sent.clear()
    with pytest.raises(MistakesError) as caught:
        await bulk.do([home, nope])
    ((at, column),) = ((mistake.line, mistake.column) for mistake in caught.value.mistakes)
    assert (at, column, line.count(SYNC)) == (3, "calendars", 0)
    line.sent.clear()
    assert await bulk.do([home, second]) == {"exists": 2}
    assert (line.count(CALENDARS), line.count(SYNC), requests(line)) == (1, 1, 2)


async def test_calendars_that_cannot_be_read_are_the_trouble_of_their_row_alone(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    asked = rows(paper, 2, provider="Apple")
    await bulk.do(asked[:1])
    asked[0] = replace(asked[0], wish=replace(asked[0].wish, directions=Directions(calendars=("Nope",))))
    line.fail(CALENDARS, httpx.Response(404), times=2)
    assert await bulk.do(asked) == {"failed": 1, "connected": 1}


async def test_where_no_calendars_can_be_read_nothing_is_changed(
    bulk: Bulk, paper: InProcessSite, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "GIVE_UP_AFTER", 2)
    asked = rows(paper, 3, provider="Apple")
    await bulk.do(asked[:2])
    asked = [replace(row, wish=replace(row.wish, directions=Directions(calendars=("Nope",)))) for row in asked]
    line.fail(CALENDARS, httpx.Response(501), times=2)
    with pytest.raises(Fault, match="server_error"):
        await bulk.do(asked)
    assert accounts(paper).total() == 2


async def test_nothing_is_changed_unless_all_rows_can_be(bulk: Bulk, paper: InProcessSite, line: Line) -> None:
    fine, nobody, no_way, again = rows(paper, 4)
    nobody = replace(nobody, wish=replace(nobody.wish, schedule="Nobody", provider="None"))
    no_way = replace(no_way, wish=replace(no_way.wish, directions=Directions(exports=True)))
    again = replace(again, wish=replace(fine.wish, provider=providers.FASTMAIL.id))
    with pytest.raises(MistakesError) as caught:
        await bulk.do([fine, nobody, no_way, again])
    found = [(mistake.line, mistake.column) for mistake in caught.value.mistakes]
    assert found == [(3, "provider"), (3, "schedule"), (4, ""), (5, "")]
    assert "this calendar is already on line 2" in str(caught.value)
    assert line.count(CONNECT) == 0


@given(
    st.lists(
        st.builds(Schedule, id=CALLED, name=CALLED, kind=st.sampled_from(ScheduleKind), external_id=CALLED), max_size=6
    ),
    CALLED,
)
def test_a_schedule_is_found_by_its_names_as_everywhere_else(found: list[Schedule], text: str) -> None:
    def meant(find: Callable[[str], Schedule]) -> Schedule | str:
        try:
            return find(text)
        except naming.UnclearError as unclear:
            return str(unclear)

    assert meant(planning.Schedules(found).find) == meant(partial(naming.schedule, found))


@pytest.mark.parametrize("text", ["s7", "Person 7", " person  7"])
def test_what_is_called_so_is_found_without_looking_at_all_schedules(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedules = planning.Schedules([Schedule(f"s{n}", f"Person {n}", ScheduleKind.STAFF) for n in range(99)])
    looked_at: list[Schedule] = []
    find = naming.schedule

    def spy(found: Sequence[Schedule], text: str) -> Schedule:
        looked_at.extend(found)
        return find(found, text)

    monkeypatch.setattr(naming, "schedule", spy)
    assert looked_at == [schedules.find(text)]


def test_of_thousands_that_nothing_is_called_only_the_first_are_told_what_is_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(planning, "MOST_COMPARED", 1)
    schedules = planning.Schedules([DANA])
    for text, said in (("Danna", "Did you mean: Dana Levi"), ("Danny", "There are: Dana Levi")):
        with pytest.raises(naming.UnclearError, match=said):
            schedules.find(text)


async def test_a_row_that_fails_leaves_the_others_alone(bulk: Bulk, paper: InProcessSite) -> None:
    asked = rows(paper, 3)
    asked[1] = replace(asked[1], wish=replace(asked[1].wish, email="stranger@bulk.example"))
    assert await bulk.do(asked) == {"connected": 2, "failed": 1}
    (failed,) = (result for result in bulk.told if result.trouble)
    assert isinstance(failed.trouble, Fault)
    assert (failed.task.row.line, failed.trouble.code, failed.for_now) == (3, "bad_credentials", False)


async def test_directions_that_fail_say_so_and_keep_the_connection(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    asked = rows(paper, 1, Directions(imports=False))
    line.fail(SYNC, httpx.Response(503))
    assert await bulk.do(asked) == {"failed": 1}
    assert bulk.told[0].connection
    assert await bulk.do(asked) == {"exists": 1}
    assert accounts(paper) == {"p0@bulk.example": 1}


async def test_what_wix_turns_away_is_asked_again(bulk: Bulk, paper: InProcessSite, line: Line) -> None:
    line.fail(CONNECT, httpx.Response(429, headers={"retry-after": "0"}))
    line.fail(SYNC, httpx.Response(429, headers={"retry-after": "0"}))
    assert await bulk.do(rows(paper, 2, Directions(imports=False))) == {"connected": 2}
    assert set(accounts(paper).values()) == {1}


@pytest.mark.parametrize(
    ("status", "code", "tried"), [(403, "permission_missing", 1), (503, "server_error", planning.GIVE_UP_AFTER)]
)
async def test_where_all_would_fail_the_rest_is_not_tried(
    status: int, code: str, tried: int, bulk: Bulk, paper: InProcessSite, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_of, "WORKERS", 1)
    line.fail(CONNECT, httpx.Response(status), times=99)
    assert await bulk.do(rows(paper, 9)) == {"failed": tried}
    assert isinstance(bulk.run.stopped_by, Fault)
    assert bulk.run.stopped_by.code == code


async def test_a_disk_that_is_full_stops_the_run_before_anything_is_sent(
    bulk: Bulk, paper: InProcessSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Journal, "ask", full)
    assert await bulk.do(rows(paper, 3)) == {}
    assert isinstance(bulk.run.stopped_by, OSError)
    assert accounts(paper) == {}


async def test_stopped_it_lets_go_of_rows_that_have_asked_for_nothing(
    bulk: Bulk, paper: InProcessSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def forever(*_: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio, "to_thread", forever)
    working = asyncio.create_task(bulk.do(rows(paper, 3)))
    await begun.wait()
    bulk.run.stop()
    assert await working == {}


@pytest.mark.parametrize("turned_away", [0, 1])
async def test_stopped_while_it_ends_what_stopped_working_it_still_connects_that_account(
    turned_away: int, bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    asked = rows(paper, 1)
    await bulk.do(asked)
    stop_working(paper, asked[0].wish.email)
    line.edit(DISCONNECT, lambda _: bulk.run.stop())
    line.fail(CONNECT, httpx.Response(429, headers={"retry-after": "0"}), times=turned_away)
    assert await bulk.do(asked) == {"connected": 1}


# Cut off


class Killed(BaseException):
    """The program is gone in the middle of a request."""


class Deadly(httpx.AsyncBaseTransport):
    """The line to the site; the program is killed while a connect is under way, before or after the site's work."""

    def __init__(self, line: httpx.AsyncBaseTransport, kill_at: int, *, late: bool = True) -> None:
        self._line, self._left, self._late = line, kill_at, late

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(CONNECT):
            self._left -= 1
            if self._left < 0:
                await asyncio.Event().wait()  # the dead send nothing
            if self._left == 0:
                if self._late:
                    await self._line.handle_async_request(request)
                raise Killed
        return await self._line.handle_async_request(request)


class Slow(httpx.AsyncBaseTransport):
    """The line to a site that gets round to the first account's request only when the second one comes."""

    def __init__(self, line: httpx.AsyncBaseTransport) -> None:
        self._line, self.arrived = line, False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(CONNECT) and not self.arrived:
            self.arrived = True
            schedule = next(one for one in schedules().values() if one.status == "ACTIVE")
            late = {**json.loads(request.content), "email": "p0@bulk.example", "scheduleId": schedule.id}
            headers = {name: request.headers[name] for name in ("authorization", "wix-site-id")}
            await self._line.handle_async_request(httpx.Request("POST", request.url, json=late, headers=headers))
        return await self._line.handle_async_request(request)


@pytest.mark.parametrize("late", [True, False])
async def test_killed_while_connecting_it_sends_nothing_twice(
    late: bool, bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    asked = rows(paper, 6)
    bulk.line = Deadly(line, 3, late=late)
    with pytest.raises(Killed):
        await bulk.do(asked)
    bulk.line = line
    states = await bulk.do(asked)
    assert accounts(paper) == {row.wish.email: 1 for row in asked}
    # The one that was cut off is this run's, though it was made before.
    assert states == {"exists": 2, "connected": 4}


def test_a_row_that_was_cut_off_rests_until_wix_is_done_with_it(
    bulk: Bulk, paper: InProcessSite, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_of, "WORKERS", 1)
    monkeypatch.setattr(run_of, "SETTLED_AFTER", timedelta(hours=1))
    asked, loop = rows(paper, 3), hurry.Hurry()
    bulk.line = Deadly(line, 1, late=False)
    with pytest.raises(Killed):
        loop.run_until_complete(bulk.do(asked))
    slow = bulk.line = Slow(line)
    assert loop.run_until_complete(bulk.do(asked)) == {"connected": 3}
    loop.close()
    assert [result.task.row.line for result in bulk.told] == [3, 4, 2]
    assert bulk.rests == [pytest.approx(3600, abs=60)]
    assert (slow.arrived, accounts(paper)) == (True, {row.wish.email: 1 for row in asked})


def test_a_clock_that_was_set_back_makes_no_rest_longer(
    bulk: Bulk, paper: InProcessSite, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_of, "SETTLED_AFTER", timedelta(minutes=1))
    asked, loop = rows(paper, 1), hurry.Hurry()
    bulk.line = Deadly(line, 1, late=False)
    with pytest.raises(Killed):
        loop.run_until_complete(bulk.do(asked))
    bulk.line = line
    (file,) = bulk.folder.glob("*.jsonl")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    file.write_text(re.sub(r'"at":"[^T]+', f'"at":"{tomorrow.date()}', file.read_text()))
    loop.run_until_complete(bulk.do(asked))
    loop.close()
    assert bulk.rests == [60]


def test_killed_twice_it_keeps_to_the_limit_and_connects_each_once(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    """All of it in small: the site turns away more than 200 requests a minute, and a minute takes no time."""
    asked = rows(paper, 130, Directions(imports=False))
    loop = hurry.Hurry()
    paper.site.clock = loop.time
    for _ in range(2):
        bulk.line = Deadly(line, 40)
        with pytest.raises(Killed):
            loop.run_until_complete(bulk.do(asked))
    bulk.line = line
    states = loop.run_until_complete(bulk.do(asked))
    loop.close()
    assert accounts(paper) == {row.wish.email: 1 for row in asked}
    assert states.keys() == {"connected", "exists"}
    assert not [one for one in paper.site.log if one.status == 429]
    assert len(line.sent) > 200
    assert loop.time() <= 1.1 * len(line.sent) / 200 * 60


# Invitations


OWNER = "dana@gmail.example"
INVITED = Row(2, Wish("Google", "Dana Levi", email=OWNER, directions=Directions(exports=True)))


async def watched(bulk: Bulk, change: Callable[[Result], Awaitable[None]], row: Row = INVITED) -> Result:
    """Invite an owner, let something come of it, follow the invitation, and return the last that was told."""

    async def then(run: Run) -> None:
        await change(bulk.told[-1])
        await run.watch(poll_seconds=0)

    await bulk.do([row], then)
    return bulk.told[-1]


def link(result: Result) -> str:
    assert result.invitation
    return result.invitation.link


async def test_an_invitation_of_an_earlier_run_is_followed_but_its_link_is_not_known_any_more(
    bulk: Bulk, line: Line
) -> None:
    assert await bulk.do([INVITED]) == {"invited": 1}
    assert await bulk.do([INVITED]) == {"invited": 1}
    first, again = bulk.told
    assert (bool(link(first)), link(again)) == (True, "")
    assert line.count(AUTHORIZE) == 1


async def test_where_links_are_wanted_those_of_an_earlier_run_are_made_anew(bulk: Bulk, line: Line) -> None:
    await bulk.do([INVITED])
    await bulk.do([INVITED], links=True)
    assert link(bulk.told[-1])
    assert line.count(AUTHORIZE) == 2


async def test_a_link_that_is_over_is_made_anew(bulk: Bulk, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_of, "LIFETIME_SECONDS", 0)
    await bulk.do([INVITED])
    await bulk.do([INVITED])
    assert line.count(AUTHORIZE) == 2


async def test_who_has_followed_the_link_gets_the_directions_that_were_wished_for(
    bulk: Bulk, paper: InProcessSite
) -> None:
    result = await watched(bulk, lambda invited: allow(paper, link(invited)))
    assert result.state is State.CONNECTED
    assert result.connection
    assert (result.connection.email, result.connection.sync.exports) == (OWNER, True)


async def test_what_stopped_working_is_ended_before_its_owner_is_invited_anew(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    await watched(bulk, lambda invited: allow(paper, link(invited)))
    stop_working(paper, OWNER)
    as_it_was = replace(INVITED, wish=replace(INVITED.wish, directions=Directions()))
    result = await watched(bulk, lambda invited: allow(paper, link(invited)), as_it_was)
    calls = [call for request in line.sent for call in (DISCONNECT, AUTHORIZE) if request.url.path.endswith(call)]
    assert calls == [AUTHORIZE, DISCONNECT, AUTHORIZE]
    assert result.connection
    assert (result.state, result.connection.sync.exports) == (State.CONNECTED, True)


@pytest.mark.parametrize("allowed_before", [True, False])
async def test_who_is_invited_anew_has_the_directions_of_before_also_where_another_run_follows_the_link(
    allowed_before: bool, bulk: Bulk, paper: InProcessSite
) -> None:
    await watched(bulk, lambda invited: allow(paper, link(invited)))
    stop_working(paper, OWNER)
    as_it_was = replace(INVITED, wish=replace(INVITED.wish, directions=Directions()))
    await bulk.do([as_it_was])
    url = link(bulk.told[-1])
    if allowed_before:
        await allow(paper, url)
        await bulk.do([as_it_was])
    else:
        await watched(bulk, lambda _: allow(paper, url), as_it_was)
    assert bulk.told[-1].state is State.CONNECTED
    assert directions_of(paper, as_it_was) == (None, True)


async def test_another_account_than_the_invited_one_is_told_and_not_touched(
    bulk: Bulk, paper: InProcessSite, line: Line
) -> None:
    other = replace(INVITED, wish=replace(INVITED.wish, email="someone@gmail.example"))
    result = await watched(bulk, lambda invited: allow(paper, link(invited)), other)
    assert isinstance(result.trouble, Fault)
    assert (result.state, result.trouble.code, line.count(SYNC)) == (State.FAILED, "other_account", 0)


async def test_an_invitation_that_nobody_follows_ends(bulk: Bulk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_of, "LIFETIME_SECONDS", 0)

    async def nothing(_: Result) -> None: ...

    result = await watched(bulk, nothing)
    assert isinstance(result.trouble, Fault)
    assert (result.trouble.code, result.for_now) == ("oauth_expired", True)


async def test_following_goes_on_while_wix_cannot_be_asked(bulk: Bulk, paper: InProcessSite, line: Line) -> None:
    async def allowed(invited: Result) -> None:
        line.fail(CONNECTIONS, httpx.Response(503), times=2)
        await allow(paper, link(invited))

    assert (await watched(bulk, allowed)).state is State.CONNECTED


def invited(email: str) -> Result:
    attempt = Attempt(Method.OAUTH, GOOGLE.id, DANA.id, {}, email)
    wish = Wish("google", "dana", email=email)
    task = planning.Task(Row(2, wish), Plan(wish, GOOGLE, DANA, Method.OAUTH), ())
    return Result(task, State.INVITED, invitation=Asked(attempt, datetime.now(UTC), "https://consent.example"))


def test_of_two_invited_to_one_schedule_each_gets_what_is_theirs() -> None:
    dana, dan = invited("dana@example.com"), invited("dan@example.com")
    made = replace(connection(GOOGLE, DANA, Status.SYNCED), email="Dan@example.com")
    elsewhere = [connection(GOOGLE, BUSINESS, Status.SYNCED), connection(APPLE, DANA, Status.SYNCED)]
    assert claims([dana, dan], [*elsewhere, made]) == [(dan, made)]
    stranger = replace(made, email="stranger@example.com")
    assert claims([dana, dan], [stranger]) == []
    assert claims([dana], [stranger]) == [(dana, stranger)]
