"""One attempt to connect by OAuth: the URL for the account's owner, and the three ways home that race.

The browser comes back to the loopback listener, or the person pastes where it ended, or List Connections shows a
connection that wasn't there before. Wix passes no `state`, so nothing that comes home is believed before Get
Connection has said that its provider and its schedule are the chosen ones.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from wizard import texts, translate, wix
from wizard.callback import Listener, Page, Pages, can_listen, parse_return
from wizard.domain import Attempt, Fault, Method

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from wizard.callback import Redirect
    from wizard.domain import Connection, Provider, Schedule

_log = logging.getLogger(__name__)

LIFETIME_SECONDS = 600.0
"""How long a link is waited for."""

GRACE_SECONDS = 60.0
"""How long after that a connection may still come of it."""

DOCUMENTED_ERRORS = ("reject", "unsupported", "internal")
# After these, what came home may still be the right one: it is asked about again with the next poll.
_PASSING = (wix.Offline, wix.TimedOut, wix.ServerError, wix.RateLimited, wix.UnreadableAnswer)
_HOPELESS = (wix.WixSignInRefused, wix.PermissionMissing, wix.PremiumMissing)


class Authorization:
    """An attempt. `url` is what the owner opens; empty where an earlier link has been used, so that none is needed.

    `address` is where the listener listens (empty: it doesn't), and `asking` tells whether Wix answered the last poll.
    `until` is the deadline on `time.monotonic`'s clock. `standing` returns a connection that stands, and raises the
    fault of one that doesn't. `on_attempt` is told what the URL may bring about, before it is shown. `earlier` is an
    attempt for the same schedule whose link was not used, as far as is known.
    """

    def __init__(
        self,
        client: wix.Client,
        provider: Provider,
        schedule: Schedule,
        *,
        standing: Callable[[Connection], Connection],
        on_attempt: Callable[[Attempt], None],
        poll_seconds: float,
        earlier: Authorization | None = None,
    ) -> None:
        self._client = client
        self._provider = provider
        self._schedule = schedule
        self._standing = standing
        self._on_attempt = on_attempt
        self._poll_seconds = poll_seconds
        self._listener: Listener | None = None
        self._attempt = Attempt(Method.OAUTH, provider.id, schedule.id, {})
        self._known: dict[str, bool] | None = None
        if earlier and time.monotonic() < earlier.until + GRACE_SECONDS:
            self._known = earlier.before  # what its link has made since then, unseen, is what this one is to make
        self._claimed: set[str] = set()
        self._home: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()
        self.url = ""
        self.address = ""
        self.asking = True
        self.until: float = 0.0
        self.is_used = False
        """Whether it has brought a connection that stands."""

    @property
    def before(self) -> dict[str, bool]:
        """What stood on the schedule before it, by id, and whether that was healthy."""
        return self._attempt.before

    @asynccontextmanager
    async def open(self, redirect_url: str | None) -> AsyncIterator[None]:
        """Listen, remember what is connected now, and get the URL (Connect By OAuth).

        Raises `listener_taken` when the port of `redirect_url` can't be had, and `redirect_refused` when Wix doesn't
        accept the redirect URL.
        """
        if redirect_url is not None and not can_listen(redirect_url):
            await self._begin(redirect_url)
            yield
            return
        try:
            listener = await Listener.open(redirect_url, pages=pages())
        except OSError:
            raise Fault("listener_taken") from None
        async with listener:
            self._listener, self.address = listener, listener.address
            await self._begin(listener.url)
            yield

    async def _begin(self, redirect_url: str) -> None:
        try:
            before = self._known
            if before is None:
                before = {made.id: made.status.healthy for made in await self._connections()}
            self._attempt = replace(self._attempt, before=before)
            if self._known is not None and await self._look():
                return  # no link is needed any more
        except wix.WixError as error:
            raise translate.fault(error) from None
        self.url = await make_link(self._client, self._provider, self._schedule, redirect_url)
        self._on_attempt(self._attempt)  # before anybody has seen the URL, nothing can come of it
        self.until = time.monotonic() + LIFETIME_SECONDS

    async def wait(self) -> Connection:
        """Wait until one way home is proven.

        Raises `oauth_reject`, `oauth_unsupported`, `oauth_internal` or `oauth_unknown` when the provider says no,
        `oauth_expired` at the deadline, the fault of a connection that was made and doesn't stand, and what Wix says
        when it won't be asked any more.
        """
        ways = [asyncio.create_task(self._guarded(self._poll))]
        if self._listener:
            ways.append(asyncio.create_task(self._guarded(partial(self._listen, self._listener))))
        try:
            await asyncio.wait([self._home], timeout=self.until - time.monotonic())
            if not self._home.done():
                with suppress(wix.WixError):
                    await self._look()  # access may have been allowed since the last poll
            if not self._home.done():
                raise Fault("oauth_expired")
            return self._home.result()
        finally:
            self._home.cancel()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def paste(self, text: str) -> None:
        """Take what the person pasted; `wait` returns if it is proven.

        Raises `paste_unreadable`, `wrong_connection`, or what Wix says; the wait goes on then.
        """
        redirect = parse_return(text)
        _log.info("%d characters pasted: %s", len(text), _kind(redirect))
        if redirect is None:
            raise Fault("paste_unreadable")
        if redirect.connection_id is None:
            self._end(_refusal(redirect))
            return
        try:
            self._settle(await self._proven(redirect.connection_id), "paste")
        except wix.WixError as error:
            raise (Fault("wrong_connection") if isinstance(error, wix.NotFound) else translate.fault(error)) from None

    async def _listen(self, listener: Listener) -> None:
        async for redirect in listener:
            if redirect.connection_id is None:
                self._end(_refusal(redirect))
                return
            try:
                made = await self._proven(redirect.connection_id)
            except _PASSING:
                continue
            except (wix.WixError, Fault):
                redirect.answer(_page("unknown"))
            else:
                redirect.answer(_page("connected" if self._settle(made, "listener") else "unknown"))
                return

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._poll_seconds)
            try:
                if await self._look():
                    return
            except wix.RateLimited as error:
                await asyncio.sleep(error.retry_after or 0)
            except _HOPELESS as error:
                self._end(translate.fault(error))
                return
            except wix.WixError:
                self.asking = False

    async def _look(self) -> bool:
        """Look once for a connection that wasn't there before (List Connections), and return whether there is one."""
        fresh = {made.id for made in await self._connections(again=False) if self._attempt.may_have_made(made)}
        self.asking = True
        for connection_id in fresh | self._claimed:
            self._claimed.discard(connection_id)
            with suppress(Fault, wix.NotFound):
                self._settle(await self._proven(connection_id), "poll")
                return True
        return False

    async def _connections(self, *, again: bool = True) -> list[Connection]:
        found = await self._client.list_connections(schedule_ids=[self._schedule.id], again=again)
        return [translate.connection(made) for made in found.connections if made.id]

    async def _proven(self, connection_id: str) -> Connection:
        """Return the connection if it is of this provider and schedule; what Wix can't say now is asked again."""
        try:
            made = translate.connection(await self._client.get_connection(connection_id, again=False))
        except _PASSING:
            self._claimed.add(connection_id)
            raise
        if (made.provider_id, made.schedule_id) != (self._provider.id, self._schedule.id):
            raise Fault("wrong_connection")
        return made

    async def _guarded(self, way: Callable[[], Coroutine[None, None, None]]) -> None:
        """Let a mistake in a way home end the wait instead of leaving it without one."""
        try:
            await way()
        except Exception as error:
            self._end(error)

    def _settle(self, made: Connection, way: str) -> bool:
        """End the wait with this connection, or with its fault; return whether it stands."""
        try:
            standing = self._standing(made)
        except Fault as broken:
            self._end(broken)
            return False
        self.is_used = True
        if not self._home.done():
            _log.info("came home by %s", way)
            self._home.set_result(standing)
        return True

    def _end(self, error: Exception) -> None:
        if not self._home.done():
            self._home.set_exception(error)


async def make_link(client: wix.Client, provider: Provider, schedule: Schedule, redirect_url: str) -> str:
    """Return a fresh URL for the account's owner (Connect By OAuth).

    Raises `redirect_refused` when Wix doesn't accept the redirect URL, and other faults.
    """
    try:
        return await client.connect_by_oauth(
            provider_id=provider.id, schedule_id=schedule.id, redirect_url=redirect_url
        )
    except wix.InvalidRequest as error:
        refused = any("redirect" in name.lower() for name, _ in error.fields)
        raise (Fault("redirect_refused") if refused else translate.fault(error)) from None
    except wix.WixError as error:
        raise translate.fault(error) from None


def _refusal(redirect: Redirect) -> Fault:
    return Fault(f"oauth_{redirect.error}" if redirect.error in DOCUMENTED_ERRORS else "oauth_unknown")


def _kind(redirect: Redirect | None) -> str:
    if redirect is None:
        return "unreadable"
    return "an error" if redirect.connection_id is None else "a connection"


def _page(name: str) -> Page:
    return Page(*texts.PAGES[name])


def pages() -> Pages:
    """Return what the listener shows in the browser."""
    return Pages(**{name: _page(name) for name in ("received", "reject", "unsupported", "internal", "unknown")})
