"""Every call to Wix meets every fault that the sandbox knows: what the person is told, and that nothing is lost by it.

A cell is one place of the journey where a call is made, and one kind of fault. A run goes its way up to there; the
fault stays until the step has met it; then it clears, the step is tried again where it failed, and the same run goes on
to `done`. The calendar server is a stand-in and no pause takes any time, so that the whole matrix stays affordable.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from tests.line import Hasty
from tests.sites import InProcessSite, paper_site
from wizard import wix
from wizard.answers import Answers
from wizard.domain import Connection, Export, Fault, Import, Method, Provider, Schedule, Status
from wizard.fault_texts import FAULTS
from wizard.journey import Journey
from wizard.sandbox import connecting, querying
from wizard.sandbox.faults import CALLS, GROUPS, KINDS, PAGED_CALLS, PAGED_KINDS
from wizard.sandbox.providers import APPLE, GOOGLE
from wizard.sandbox.schedules import schedule_named

if TYPE_CHECKING:
    from wizard.authorization import Authorization

# What each kind is told as, after wix-api.md, "Errors", and what fault_texts.py says of each code. None is no fault:
# the answer can be used, or what it should have said is found out.

USUAL: dict[str, str | None] = {
    "BAD_CREDENTIALS": "bad_credentials",
    "PREMIUM_FEATURE_NOT_ENABLED": "premium_missing",
    "NOT_SUPPORTED_BY_PROVIDER": "not_supported_by_provider",
    "CONNECTION_NOT_CONNECTED": "not_connected",
    "CONNECTION_ALREADY_DISCONNECTED": "already_disconnected",
    "400": "invalid_request",
    "401": "wix_sign_in_refused",
    "403": "permission_missing",
    "404": "not_found",
    "409": "conflict",
    "428": "conflict",
    "expired-token": "wix_sign_in_refused",
    "429": "rate_limited",
    "429-retry-after": "rate_limited",
    **dict.fromkeys(GROUPS["failed"], "server_error"),
    **{"slow": None, "drip": None, "hang": "timed_out", "hang-after": "timed_out"},
    **dict.fromkeys(GROUPS["cut off"], "offline"),
    **dict.fromkeys(GROUPS["unreadable"], "unreadable_answer"),
    **dict.fromkeys(GROUPS["odd"], None),
}
UNFINDABLE = ("empty-object", "wrong-types", "wrong-types-inside")
"""A JSON object in which a list is absent, or has nothing with an id."""
LOST = (
    *("503-after", "504-after", "hang-after", "reset-during", "reset-after", "cut", "huge"),
    *("empty-body", "invalid-json", "not-an-object", *UNFINDABLE),
)
"""The call's work is done, and the answer doesn't say so."""
NO_STATUS = ("wrong-types-inside", "unknown-enums", "nulls")
"""A connection without a status that this version knows."""

GONE_OR_LOST = ("CONNECTION_ALREADY_DISCONNECTED", "404", *LOST)

NO_LIST = dict.fromkeys(UNFINDABLE)
"""An absent list is an empty one, and an empty one is no fault."""


@dataclass(frozen=True)
class Place:
    """A step that makes a call, on the way to an account of `by`; and what is told otherwise there than usual."""

    step: str
    call: str
    otherwise: dict[str, str | None]
    by: str = APPLE.id
    as_app: bool = False

    def __str__(self) -> str:
        return f"{self.call} of {self.step}" + ("" if self.by == APPLE.id else " in the browser")

    @property
    def kinds(self) -> list[str]:
        """Which faults this call can have."""
        return [kind for kind in KINDS if kind not in PAGED_KINDS or self.call in PAGED_CALLS]

    @property
    def read_before(self) -> tuple[str, ...]:
        """The steps before this one that change nothing: taken once for all kinds."""
        return ("provider", "schedule")[: READS.get(self.step, 2)]

    @property
    def ahead(self) -> tuple[str, ...]:
        """The steps after those, in their order."""
        return (*("provider", "schedule")[READS.get(self.step, 2) :], *DETOURS.get(self.step, TO_DONE))


PLACES = [
    # What names no provider offers none, and what names no way of connecting offers no way.
    Place(
        "provider",
        "list-providers",
        {**dict.fromkeys(UNFINDABLE, "no_providers"), "unknown-enums": "no_method", "nulls": "no_method"},
    ),
    # RFC 6749, 5.2: whatever the app is refused for, it is the sign-in.
    Place(
        "provider",
        "token",
        {
            **dict.fromkeys(
                ("400", "401", "403", "404", "BAD_CREDENTIALS", "PREMIUM_FEATURE_NOT_ENABLED"), "wix_sign_in_refused"
            ),
            "wrong-types-inside": None,  # there is no inside
        },
        as_app=True,
    ),
    # The screen gives a list that never ends a minute.
    Place("schedule", "query-schedules", {**dict.fromkeys(UNFINDABLE, "no_schedules"), "fresh-cursors": "timed_out"}),
    # A connection that can't be named may be anybody's: without it somebody's account would be connected twice.
    Place("schedule", "list-connections", {**NO_LIST, "wrong-types-inside": "unreadable_answer"}),
    Place("sign_in", "list-connections", NO_LIST),
    Place("sign_in", "list-connections", NO_LIST, by=GOOGLE.id),
    # An answer that is lost is looked up.
    Place(
        "sign_in",
        "connect-by-credentials",
        {**dict.fromkeys(LOST), "unknown-enums": "connection_unknown", "nulls": "connection_unknown"},
    ),
    Place("sign_in", "connect-by-oauth", {"wrong-types-inside": None}, by=GOOGLE.id),
    # What comes home is only a claim: what Wix doesn't know, or knows of another provider, is another connection.
    Place(
        "sign_in",
        "get-connection",
        {
            **dict.fromkeys(("404", "wrong-types-inside", "nulls"), "wrong_connection"),
            "unknown-enums": "connection_unknown",
        },
        by=GOOGLE.id,
    ),
    Place("review", "get-connection", dict.fromkeys(NO_STATUS, "connection_unknown")),
    Place("review", "list-calendars", NO_LIST),
    Place("apply", "update-sync-config", dict.fromkeys(LOST)),
    Place("done", "get-connection", dict.fromkeys(NO_STATUS, "connection_unknown")),
    Place("events", "list-events", NO_LIST),
    # One that is gone already is fine.
    Place("replace", "disconnect", dict.fromkeys(GONE_OR_LOST)),
    Place("connections", "query-schedules", {**NO_LIST, "fresh-cursors": None}),
    Place("reconnect", "disconnect", dict.fromkeys(GONE_OR_LOST)),
]

READS = {"provider": 0, "schedule": 1}
TO_DONE = ("sign_in", "done")
"""With a connection the screens lead through `review` as well, which only reads and has cells of its own."""
DETOURS = {
    "review": ("sign_in", "review", "done"),
    "apply": ("sign_in", "review", "apply", "done"),
    "events": ("sign_in", "done", "events", "done"),
    "replace": ("sign_in", "replace", "sign_in", "done"),
    "connections": ("connections", "sign_in", "done"),
    "reconnect": ("sign_in", "reconnect", "done"),
}
"""The steps after the schedule is chosen, to a step that lies off the shortest way."""

CHANGING = ("connect-by-credentials", "connect-by-oauth", "update-sync-config", "disconnect")
"""What must never be sent twice for one press of a key."""

WANTED, SECOND = schedule_named("Dana Levi"), schedule_named("business")
"""Which schedule is chosen, and which one when the person has thought again."""
ELSEWHERE = "https://shop.example/back"
"""A way back that is no listener of ours: what comes home is pasted."""
ACCOUNTS = {APPLE.id: "dana@icloud.example", GOOGLE.id: "dana@gmail.example"}

MOST_PAGES = 4
"""How many pages come in the time that a screen gives a step, which is a minute there."""
DAY = 86_400
"""After so many seconds the site's rate limit has forgotten the last cell, and an app's token is over."""


class Run:
    """One person's run, a step at a time as the screens do it. What a step answers is kept once it is through."""

    def __init__(self, site: InProcessSite, client: wix.Client, by: str) -> None:
        self._site, self._by, self._wanted = site.site, by, WANTED
        (self._account,) = (one for one in self._site.store.accounts() if one.email == ACCOUNTS[by])
        self.journey = Journey(client, poll_seconds=3600)
        self.answers = Answers()
        self._attempt: Authorization | None = None
        self._home: asyncio.Future[Connection] | None = None
        self.browsing = AsyncExitStack()

    def anew(self) -> "Run":
        """Return another run that is as far as this one, which has not signed in yet."""
        other = copy(self)
        other.journey, other.browsing = copy(self.journey), AsyncExitStack()
        return other

    async def leave(self) -> None:
        """Wait for nobody any more."""
        if self._home and not self._home.done():
            self._home.cancel()
            await asyncio.wait([self._home])
        await self.browsing.aclose()

    def end_elsewhere(self) -> None:
        """Let somebody else end the connection that this run has made."""
        (made,) = (one for one in self._site.store.connections() if one.id == self.made.id)
        self._site.store.save_connection(replace(made, connected=False))

    async def take(self, step: str) -> None:
        """Take a step. Raises Fault; the step can be taken again then."""
        await getattr(self, step)()

    @property
    def made(self) -> Connection:
        """The connection that this run has made."""
        assert self.answers.connection
        return self.answers.connection

    @property
    def chosen(self) -> Provider:
        """The provider that is chosen."""
        assert self.answers.provider
        return self.answers.provider

    async def provider(self) -> None:
        found = await self.journey.providers()
        answers = Answers().with_provider(next(p for p in found if p.id == self._by))
        if answers.method is None:
            raise Fault("no_method")
        self.answers = answers

    async def schedule(self) -> None:
        await self.journey.connections()
        pages = []
        async for page in self.journey.schedules():
            pages.append(page)
            if len(pages) > MOST_PAGES:
                raise Fault("timed_out")
        found = {schedule.id: schedule for page in pages for schedule in page}
        if not found:
            raise Fault("no_schedules")
        self.answers = self.answers.with_schedule(found[self._wanted.id])

    async def connections(self) -> None:
        await self.journey.name_schedules({one.schedule_id for one in await self.journey.connections()})

    async def reconnect(self) -> None:
        old, password = self.made, SecretStr(self._account.password)
        assert self.answers.schedule
        made = await self.journey.connect(
            self.chosen, self.answers.schedule, self._account.email, password, replaces=old
        )
        wanted = old.sync.carried_over(made.sync, self.chosen, [])
        self.answers = self.answers.with_connection(await self.journey.apply(self.chosen, made, wanted))

    async def sign_in(self) -> None:
        by = self._with_password if self.answers.method is Method.CREDENTIALS else self._in_the_browser
        assert self.answers.schedule
        self.answers = self.answers.with_connection(await by(self.chosen, self.answers.schedule))

    async def _with_password(self, provider: Provider, schedule: Schedule) -> Connection:
        return await self.journey.connect(provider, schedule, self._account.email, SecretStr(self._account.password))

    async def _in_the_browser(self, provider: Provider, schedule: Schedule) -> Connection:
        if self._attempt is None or self._home is None or self._home.done():
            await self.leave()
            attempt = self.journey.authorize(provider, schedule, ELSEWHERE)
            self._attempt = await self.browsing.enter_async_context(attempt)
            self._home = asyncio.ensure_future(self._attempt.wait())
            if self._attempt.url:  # else the link before has made one that stands after all
                self._allowed = connecting.connect(self._site, GOOGLE, WANTED, self._account)
        await self._attempt.paste(self._allowed.id)  # the wait goes on when Wix can't say whose it is
        return await self._home

    async def review(self) -> None:
        connection = await self.journey.connection(self.made.id)
        if self.chosen.imports is Import.CHOSEN:
            await self.journey.calendars(connection.id)
        self.answers = self.answers.with_connection(self.journey.standing(connection))

    async def apply(self) -> None:
        dedicated = self.chosen.exports is Export.DEDICATED
        wanted = replace(self.made.sync, exports=True, dedicated=dedicated)
        self.answers = self.answers.with_connection(await self.journey.apply(self.chosen, self.made, wanted))

    async def done(self) -> None:
        async for connection in self.journey.watch(self.made.id):
            seen = connection
        self.answers = self.answers.with_connection(self.journey.standing(seen))

    async def events(self) -> None:
        await self.journey.connections()
        now = datetime.now(UTC)
        async for _ in self.journey.events(now, now + timedelta(days=7), schedule_ids=[WANTED.id]):
            break  # the next page is read when the person comes near

    async def replace(self) -> None:
        await self.journey.disconnect(self.made)
        self._wanted = SECOND
        self.answers = self.answers.with_schedule(self.journey.known_schedules[SECOND.id])


@dataclass(frozen=True)
class Met:
    """How a cell went: what was told, what was sent again by itself, what stands in the end, and how it is."""

    told: str | None
    sent_twice: tuple[str, ...] = ()
    standing: int = 1
    status: Status = Status.SYNCED


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Iterator[InProcessSite]:
    """Open a small site, whose ids are short: httpx reads a URL letter by letter."""
    numbers = count()
    monkeypatch.setattr(connecting, "connection_id", lambda: f"EC.{next(numbers):020}")
    monkeypatch.setattr(querying, "schedules", lambda: {one.id: one for one in (WANTED, SECOND)})
    with paper_site() as opened:
        yield opened


def client_of(site: InProcessSite, *, as_app: bool) -> wix.Client:
    auth: wix.Auth = wix.ApiKey(SecretStr(site.api_key), site.site_id)
    if as_app:
        auth = wix.App(site.app_id, SecretStr(site.app_secret), site.instance_id, clock=site.clock)
    return wix.Client(auth, base_url=site.url, transport=Hasty(site))


async def meet(person: Run, place: Place, kind: str, site: InProcessSite) -> Met:
    """Meet the fault at the place, go on when it is over, and look at the site in the end."""
    log, told = site.site.log, None
    before = [one.id for one in site.site.store.connections()]
    ahead = list(place.ahead)
    while (step := ahead.pop(0)) != place.step:
        await person.take(step)
    if place.call == "disconnect" and USUAL[kind] in ("already_disconnected", "not_found"):
        person.end_elsewhere()  # so that it is as the answer says
    answers = person.answers
    site.site.faults.add(f"{place.call}={kind}")
    log.clear()
    try:
        await person.take(step)
    except Fault as fault:
        told = fault.code
        assert person.answers is answers
        ahead.insert(0, step)
    sent = Counter(served.call for served in log if served.call in CHANGING)
    assert any(served.fault == kind for served in log)
    site.site.faults.clear()
    for step in ahead:
        await person.take(step)
    made = [one for one in site.site.store.connections() if one.id not in before]
    for one in made:  # nothing that a person can do makes the site forget one, and hundreds would slow the next cells
        site.site.store._write("DELETE FROM connections WHERE id = ?", one.id)  # noqa: SLF001 - nothing public can
    site.clock.advance(DAY)
    twice = tuple(call for call, times in sent.items() if times > 1)
    return Met(told, twice, sum(one.connected for one in made), person.made.status)


@pytest.mark.parametrize("place", PLACES, ids=str)
async def test_each_fault_is_told_as_what_it_is_and_the_run_goes_on_to_one_connection(
    place: Place, paper: InProcessSite
) -> None:
    went: dict[str, Met] = {}
    async with client_of(paper, as_app=place.as_app) as client:
        start = Run(paper, client, place.by)
        for step in place.read_before:
            await start.take(step)
        for kind in place.kinds:
            person = start.anew()
            went[kind] = await meet(person, place, kind, paper)
            await person.leave()
    assert went == {kind: Met(place.otherwise.get(kind, USUAL[kind])) for kind in place.kinds}


def test_no_call_and_no_kind_is_left_out() -> None:
    assert {place.call for place in PLACES} == set(CALLS)
    assert set(USUAL) == set(KINDS)


def test_whatever_is_told_has_its_words() -> None:
    told = {*USUAL.values(), *(code for place in PLACES for code in place.otherwise.values())} - {None}
    assert told <= set(FAULTS)
