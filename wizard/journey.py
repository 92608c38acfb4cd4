"""The work of each step, without any front: what to load, what to submit, and how it can fail.

Every method raises `Fault` with a code that fault_texts.py explains; no prose for people is made here.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from itertools import chain, repeat
from typing import TYPE_CHECKING

from wizard import translate, wix
from wizard.domain import (
    Attempt,
    Calendar,
    Connection,
    Event,
    Fault,
    Method,
    Provider,
    Schedule,
    SignInWay,
    Status,
    Sync,
    account_key,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from pydantic import SecretStr

    from wizard.authorization import Authorization
    from wizard.domain import AccountKey, SignIn

_log = logging.getLogger(__name__)

POLL_SECONDS = 3.0
"""How often a connection's status is asked for: Wix has no webhooks for it."""

FIRST_POLLS = (1 / 6, 1 / 3, 2 / 3)
"""The pauses between the first looks at a sync, in parts of that: most are through in seconds, and somebody waits."""

CALLS: dict[str, tuple[str, ...]] = {
    "site": ("List Providers",),
    "provider": ("List Providers", "List Connections"),
    "connections": ("List Connections", "Query Schedules", "Disconnect"),
    "method": (),
    "schedule": ("Query Schedules", "List Connections"),
    "credentials": ("List Connections", "Connect By Credentials"),
    "authorize": ("List Connections", "Connect By OAuth", "Get Connection"),
    "review": ("Get Connection", "List Calendars", "Update Sync Config"),
    "done": ("Get Connection",),
    "events": ("List Connections", "List Events"),
}
"""Which calls each state makes when all goes well.

Others disconnect only what is given up or replaced. A run that goes on at `connections` reads the providers there.
"""

_NAMED_AT_ONCE = 50
"""How many schedules are asked for by their ids in one request; they come in one page."""
_ANY_STATUS = [wix.ScheduleStatus.ACTIVE, wix.ScheduleStatus.CANCELLED]

# Errors after which a request may have been carried out all the same.
_UNSURE = (wix.TimedOut, wix.ServerError, wix.UnreadableAnswer, wix.Offline)


def open_journey(
    sign_in: SignIn | None,
    base_url: str,
    on_pause: Callable[[Fault, float], None] = lambda _fault, _seconds: None,
    calls: wix.Calls | None = None,
    *,
    steady: bool = False,
) -> Journey:
    """Return a journey on the site at `base_url` that signs in as `sign_in` says, or not at all. Blocks for a moment.

    Reads that fail for a moment are tried again by themselves; `on_pause` is told why, and the seconds until then.
    `calls` are those of an earlier journey of the same run, to be continued. A `steady` journey sends its requests
    evenly, as many as Wix takes, instead of the first ones at once.
    """
    client = wix.Client(
        _auth(sign_in),
        base_url=base_url,
        limiter=wix.steady_limiter() if steady else wix.wix_limiter(),
        patience=wix.Patience(),
        on_pause=lambda error, seconds: on_pause(translate.fault(error), seconds),
        calls=calls,
    )
    client.prepare()
    return Journey(client)


def _auth(sign_in: SignIn | None) -> wix.Auth:
    if sign_in is None:
        return wix.Nobody()
    match sign_in.way:
        case SignInWay.API_KEY:
            return wix.ApiKey(sign_in.secret, sign_in.site_id)
        case SignInWay.ACCESS_TOKEN:
            return wix.AccessToken(sign_in.secret, sign_in.site_id)
        case SignInWay.APP:
            return wix.App(sign_in.app_id, sign_in.secret, sign_in.instance_id)


class Journey:
    """One person's way through the steps on one site."""

    def __init__(self, client: wix.Client, *, poll_seconds: float = POLL_SECONDS) -> None:
        self._client = client
        self._poll_seconds = poll_seconds
        self.known_providers: dict[str, Provider] = {}
        """By id, the providers read so far."""
        self.known_schedules: dict[str, Schedule] = {}
        """By id, the schedules read so far."""
        self.on_attempt: Callable[[Attempt], None] = lambda _: None
        """Told what a request may make, before it is sent: whoever survives it can `look` for it."""
        self.on_refused: Callable[[], None] = lambda: None
        """Told that the attempt has certainly made nothing."""
        self._unanswered: dict[AccountKey, Attempt] = {}
        self._unused: dict[tuple[str, str], Authorization] = {}
        self._made: set[str] = set()
        self._broken: Connection | None = None
        self._replaced: set[str] = set()

    @property
    def provider_names(self) -> dict[str, str]:
        """Names by provider id, of the providers read so far."""
        return {provider.id: provider.name for provider in self.known_providers.values()}

    @property
    def calls_made(self) -> wix.Calls:
        """The calls that were made so far, also those that failed."""
        return self._client.calls

    async def close(self) -> None:
        """Close the connections to Wix."""
        await self._client.aclose()

    async def check(self) -> None:
        """See whether the sign-in is accepted, with the harmless List Providers."""
        with faults():
            await self._client.list_providers()

    async def providers(self) -> list[Provider]:
        """Read the site's providers in Wix's order (List Providers). Raises `no_providers` when there are none."""
        with faults():
            found = [translate.provider(p) for p in await self._client.list_providers() if p.id]
        if not found:
            raise Fault("no_providers")
        self.known_providers = {p.id: p for p in found}
        return found

    async def schedules(self) -> AsyncIterator[list[Schedule]]:
        """Read the ACTIVE schedules, a page at a time (Query Schedules)."""
        with faults():
            async for page in self._client.query_schedules():
                found = [translate.schedule(s) for s in page if s.id and translate.is_active(s)]
                self.known_schedules |= {s.id: s for s in found}
                yield found

    async def name_schedules(self, schedule_ids: Iterable[str]) -> None:
        """Read these schedules, cancelled ones too, unless they are known (Query Schedules)."""
        unknown = sorted(set(schedule_ids) - self.known_schedules.keys())
        for start in range(0, len(unknown), _NAMED_AT_ONCE):
            wanted = {"id": {"$in": unknown[start : start + _NAMED_AT_ONCE]}, "status": {"$in": _ANY_STATUS}}
            pages = self._client.query_schedules(filter=wanted, page_size=_NAMED_AT_ONCE)
            page: list[wix.Schedule] = []
            with faults():
                page = await anext(pages, page)
            self.known_schedules |= {s.id: translate.schedule(s) for s in page if s.id}

    async def connections(self, schedule_ids: Sequence[str] = ()) -> list[Connection]:
        """Return the connections that stand on these schedules, or on all (List Connections)."""
        with faults():
            found = await self._client.list_connections(schedule_ids=schedule_ids)
        return [translate.connection(c) for c in found.connections if c.id]

    async def connect(
        self,
        provider: Provider,
        schedule: Schedule,
        email: str,
        password: SecretStr,
        *,
        standing: Iterable[Connection] | None = None,
        replaces: Connection | None = None,
    ) -> Connection:
        """Connect the account (Connect By Credentials), and never twice.

        When no answer comes, the schedule's connections are looked at before anything is sent again, and one that
        has appeared meanwhile is taken as the answer. Raises `maybe_connected` when that look fails as well.
        `standing` are the schedule's connections as they were a short time ago; without it they are read, as they
        always are after a request without an answer (List Connections).

        To reconnect, give the connection that it `replaces`: that is ended first, for Wix takes no account twice.
        What it did goes on if `replaces.sync.carried_over(…)` is then passed to `apply`.
        """
        await self._clear_broken(provider, schedule, email)
        await self._end_replaced(replaces)
        with faults():
            found = await self._made_meanwhile(provider, schedule, email)
            if found is None:
                found = await self._connect_once(provider, schedule, email, password, standing)
        self._unanswered.pop(account_key(provider.id, schedule.id, email), None)
        self._unused.pop((provider.id, schedule.id), None)
        self._made.add(found.id)
        # The answer may leave these two out, and by them a broken connection is found again.
        made = replace(found, provider_id=provider.id, schedule_id=schedule.id)
        return self.standing(made)

    @property
    def may_connect(self) -> bool:
        """Whether a password was sent of which it isn't known what came of it."""
        return any(one.method is Method.CREDENTIALS for one in self._unanswered.values())

    def unanswered(self, provider: Provider, schedule: Schedule, email: str) -> bool:
        """Whether a request to connect the account was sent, and it isn't known what came of it."""
        return account_key(provider.id, schedule.id, email) in self._unanswered

    async def look(self, attempt: Attempt) -> Connection | None:
        """Look for what an attempt has made whose answer nobody saw, because the program had ended (List Connections).

        If there is nothing yet, `connect` looks once more before it sends the same again. What is found may not stand.
        """
        self._unanswered[attempt.key] = attempt  # also while Wix can't say
        with faults():
            found = await self._made_by(attempt)
        if found:
            del self._unanswered[attempt.key]
            self._made.add(found.id)
        return found

    async def look_for(self, attempt: Attempt, seconds: float) -> Connection | None:
        """Look again and again, for so many seconds; at least once."""
        until = time.monotonic() + seconds
        while True:
            found = await self.look(attempt)
            if found or time.monotonic() + self._poll_seconds > until:
                return found
            await asyncio.sleep(self._poll_seconds)

    async def _connect_once(
        self,
        provider: Provider,
        schedule: Schedule,
        email: str,
        password: SecretStr,
        standing: Iterable[Connection] | None,
    ) -> Connection:
        if standing is None or account_key(provider.id, schedule.id, email) in self._unanswered:
            standing = await self._standing_on(schedule.id)
        if its := self._its_own(account_key(provider.id, schedule.id, email), standing):
            return its
        before = {made.id: made.status.healthy for made in standing}
        attempt = Attempt(Method.CREDENTIALS, provider.id, schedule.id, before, email)

        def on_leaving() -> None:
            self._unanswered[attempt.key] = attempt
            self.on_attempt(attempt)

        try:
            return translate.connection(
                await self._client.connect_by_credentials(
                    provider_id=provider.id,
                    schedule_id=schedule.id,
                    email=email,
                    password=password,
                    on_leaving=on_leaving,
                )
            )
        except _UNSURE as error:
            try:
                found = await self._made_meanwhile(provider, schedule, email)
            except wix.WixError:
                raise Fault("maybe_connected", request_id=error.request_id) from None
            if found is None:
                raise
            return found
        except wix.WixError:
            self._unanswered.pop(attempt.key, None)  # refused: it certainly made nothing
            self.on_refused()
            raise

    def _its_own(self, account: AccountKey, standing: Iterable[Connection]) -> Connection | None:
        """Return the account's connection that stands already; with another one, each event would come in twice."""
        healthy = (one for one in standing if one.status.healthy and one.id not in self._replaced)
        return next((one for one in healthy if one.place == account), None)

    async def _made_meanwhile(self, provider: Provider, schedule: Schedule, email: str) -> Connection | None:
        sent = self._unanswered.get(account_key(provider.id, schedule.id, email))
        return await self._made_by(sent) if sent else None

    async def _made_by(self, attempt: Attempt) -> Connection | None:
        made = next(filter(attempt.may_have_made, await self._standing_on(attempt.schedule_id)), None)
        _log.info("a connection was made meanwhile" if made else "no connection was made meanwhile")
        return made

    async def _standing_on(self, schedule_id: str) -> list[Connection]:
        found = await self._client.list_connections(schedule_ids=[schedule_id])
        return [translate.connection(c) for c in found.connections if c.id]

    def standing(self, made: Connection) -> Connection:
        """Return `made` if it stands; else keep it in mind, so that the next try replaces it, and raise its fault."""
        trouble = self.trouble(made)
        if trouble is None:
            if self._broken and self._broken.id == made.id:
                self._broken = None  # Wix has thought again
            return made
        self._broken = made
        raise trouble

    @staticmethod
    def trouble(made: Connection) -> Fault | None:
        """Return why a connection doesn't stand; None if it does."""
        return None if made.status.healthy else Fault(translate.broken_code(made))

    def broken(self, account: AccountKey) -> Connection | None:
        """Return the account's connection, if the last one that was made is, and doesn't stand."""
        return self._broken if self._broken and self._broken.place == account else None

    async def _clear_broken(self, provider: Provider, schedule: Schedule, email: str = "") -> None:
        """End what is in the way of the next try: only what this run has made, or what is the same account's."""
        broken = self._broken
        if broken is None or (broken.provider_id, broken.schedule_id) != (provider.id, schedule.id):
            return
        if broken.id not in self._made and broken.place != account_key(provider.id, schedule.id, email):
            return
        with faults(), suppress(wix.NotFound):
            now = translate.connection(await self._client.get_connection(broken.id))
            if not now.status.healthy:  # else it is found as what the last try has made
                await self.disconnect(now)
                self._unused.pop((provider.id, schedule.id), None)
        self._broken = None

    def has_ended(self, replaced: Connection) -> bool:
        """Whether it was certainly ended to be replaced."""
        return replaced.id in self._replaced

    async def _end_replaced(self, replaced: Connection | None) -> None:
        """End it, but once only: Wix may make it stand again under the same id."""
        if replaced is None or replaced.id in self._replaced:
            return
        if replaced.status is not Status.DISCONNECTED:
            await self.disconnect(replaced)
        self._replaced.add(replaced.id)

    @asynccontextmanager
    async def authorize(
        self,
        provider: Provider,
        schedule: Schedule,
        redirect_url: str | None = None,
        *,
        replaces: Connection | None = None,
    ) -> AsyncIterator[Authorization]:
        """Get a fresh URL (Connect By OAuth) and listen for the way home while the context is open.

        `replaces` is as in `connect`: it is ended before there is a URL.
        """
        from wizard.authorization import Authorization  # with the listener, which only this step needs

        await self._clear_broken(provider, schedule)
        await self._end_replaced(replaces)
        place = provider.id, schedule.id
        attempt = Authorization(
            self._client,
            provider,
            schedule,
            standing=self._standing_of_this_run,
            on_attempt=self.on_attempt,
            poll_seconds=self._poll_seconds,
            earlier=self._unused.get(place),
        )
        async with attempt.open(redirect_url):
            self._unused[place] = attempt
            try:
                yield attempt
            finally:
                if attempt.is_used:
                    self._unused.pop(place, None)

    def _standing_of_this_run(self, made: Connection) -> Connection:
        self._made.add(made.id)
        return self.standing(made)

    async def invite(
        self, provider: Provider, schedule: Schedule, redirect_url: str, *, replaces: Connection | None = None
    ) -> str:
        """Return a fresh URL for the account's owner (Connect By OAuth), without waiting for what comes of it.

        The owner's browser ends at `redirect_url`. `replaces` is as in `connect`. Raises `redirect_refused`.
        """
        from wizard.authorization import make_link

        await self._end_replaced(replaces)
        return await make_link(self._client, provider, schedule, redirect_url)

    async def connection(self, connection_id: str) -> Connection:
        """Read the connection as Wix has it now (Get Connection)."""
        with faults():
            return translate.connection(await self._client.get_connection(connection_id))

    async def calendars(self, connection_id: str) -> list[Calendar]:
        """Read the account's calendars to choose from (List Calendars)."""
        with faults():
            return [translate.calendar(c) for c in await self._client.list_calendars(connection_id) if c.id]

    async def apply(
        self, provider: Provider, connection: Connection, sync: Sync, *, read_back: bool = True
    ) -> Connection:
        """Change the sync directions (Update Sync Config), only if they differ from the connection's.

        When no answer comes, it is looked whether the change was made all the same; only if not, it is a fault.
        `read_back` asks Wix for the connection afterwards; without it, the answer is believed if it shows the change.
        """
        if sync.effect == connection.sync.effect:
            return connection
        with faults():
            try:
                config = translate.sync_config(provider, sync, connection.sync)
                answer = translate.connection(await self._client.update_sync_config(connection.id, config))
            except wix.InvalidRequest:
                # Of the calendars that nothing comes from any more, one may have been deleted.
                if sync.imports or not sync.calendars:
                    raise
                return await self.apply(provider, connection, replace(sync, calendars=()), read_back=read_back)
            except _UNSURE:
                now = await self._seen(connection.id)
                if now is None or now.sync.effect != sync.effect:
                    raise
                return now
        if not read_back and answer.sync.effect == sync.effect:
            return replace(connection, status=answer.status, reason=answer.reason, sync=answer.sync)
        return await self.connection(connection.id)

    async def _seen(self, connection_id: str) -> Connection | None:
        """Return the connection after a request without an answer; None when Wix can't say that either."""
        with suppress(*_UNSURE, wix.RateLimited):
            return translate.connection(await self._client.get_connection(connection_id))
        return None

    async def watch(self, connection_id: str) -> AsyncIterator[Connection]:
        """Read the connection again and again until its status settles: SYNCED, or no longer healthy."""
        for part in chain(FIRST_POLLS, repeat(1)):
            seen = await self.connection(connection_id)
            yield seen
            if seen.status is Status.SYNCED or not seen.status.healthy:
                return
            await asyncio.sleep(part * self._poll_seconds)

    async def disconnect(self, connection: Connection) -> None:
        """End a connection (Disconnect), which also deletes the exported events; one that is gone already is fine.

        When no answer comes, it is looked whether it is gone all the same; only if not, it is a fault.
        """
        with faults(), suppress(wix.AlreadyDisconnected, wix.NotFound):
            try:
                await self._client.disconnect(connection.id)
            except _UNSURE:
                now = await self._seen(connection.id)
                if now is None or now.status is not Status.DISCONNECTED:
                    raise

    async def events(
        self,
        start: datetime,
        end: datetime,
        *,
        schedule_ids: Sequence[str] = (),
        user_ids: Sequence[str] = (),
        all_day: bool | None = None,
        page_size: int = 200,
        first_page_size: int | None = None,
        on_unread: Callable[[Sequence[str]], None] = lambda _: None,
    ) -> AsyncIterator[list[Event]]:
        """Read what the connected calendars hold from `start` to `end`, a page at a time, by start (List Events).

        `all_day` keeps only such events, or only others; a page holds at most `page_size`, 1 to 1000,
        and the first at most `first_page_size`, if that is given. Calendars that can't be read don't keep the others
        from being read: before a page comes, `on_unread` is told the ids of their providers.
        """
        with faults():
            pages = self._client.list_events(
                start=start,
                end=end,
                schedule_ids=schedule_ids,
                user_ids=user_ids,
                all_day=all_day,
                own_pi=True,
                page_size=page_size,
                first_page_size=first_page_size,
                partial_failure=True,
            )
            async for page in pages:
                if page.failed_provider_ids:
                    on_unread(page.failed_provider_ids)
                yield await asyncio.to_thread(list, map(translate.event, page.events))


@contextmanager
def faults() -> Iterator[None]:
    """Turn the client's errors into faults. The cause is dropped: it may hold the request, and that a secret."""
    try:
        yield
    except wix.WixError as error:
        raise translate.fault(error) from None
