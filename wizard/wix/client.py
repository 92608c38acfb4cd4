"""The calls of the Wix External Calendars and Schedules APIs that the wizard makes, one method each.

Every method raises a WixError when the call does not end well, and nothing else; `errors.py` says which there are.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from string import punctuation
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from aiolimiter import AsyncLimiter
from pydantic import SecretStr

from wizard.wix.answer import Answer
from wizard.wix.auth import Auth
from wizard.wix.calls import Calls
from wizard.wix.errors import InvalidRequest, WixError
from wizard.wix.models import (
    Calendar,
    Connection,
    ConnectionList,
    Event,
    EventPage,
    PagingMetadata,
    Provider,
    Schedule,
    SyncConfig,
)
from wizard.wix.patience import ONCE, Patience
from wizard.wix.sender import Sender

_CALENDARS = "/bookings/v2/external-calendars"
_CONNECTIONS = f"{_CALENDARS}/connections"

_Named = TypeVar("_Named", Provider, Schedule, Calendar)
_Page = TypeVar("_Page")


class Client:
    """A site's calendars, reached with one sign-in. An async context manager; `aclose()` ends it as well.

    `base_url` is Wix's origin, or that of something that speaks like it; `transport` replaces the network, in tests.
    Requests go out as `limiter` lets them. Reads are tried again with `patience`, and each pause is told to `on_pause`,
    with the error and the seconds; what may change something is sent once. Each request is added to `calls`. Raises
    httpx.InvalidURL when `base_url` is no URL.
    """

    def __init__(
        self,
        auth: Auth,
        *,
        base_url: str = "https://www.wixapis.com",
        transport: httpx.AsyncBaseTransport | None = None,
        limiter: AsyncLimiter | None = None,
        patience: Patience = ONCE,
        on_pause: Callable[[WixError, float], None] = lambda _error, _seconds: None,
        calls: Calls | None = None,
    ) -> None:
        self.calls = Calls() if calls is None else calls
        self._sender = Sender(
            auth,
            base_url=base_url,
            transport=transport,
            limiter=limiter,
            patience=patience,
            on_pause=on_pause,
            calls=self.calls,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections to Wix that are kept open. Calls after that are a mistake."""
        await self._sender.aclose()

    def prepare(self) -> None:
        """Do what takes a moment before the first request; blocking, so best in a thread."""
        self._sender.prepare()

    async def list_providers(self) -> list[Provider]:
        """List the calendar providers that the site offers, those without an id left out (List Providers)."""
        return _identified(await self._sender.read("GET", f"{_CALENDARS}/providers"), "providers", Provider)

    def query_schedules(
        self,
        *,
        filter: Mapping[str, object] | None = None,  # noqa: A002 - the wire's own word
        page_size: int = 50,
    ) -> AsyncIterator[list[Schedule]]:
        """Give the site's schedules page by page, each page asked for when it is needed (Query Schedules).

        `filter` is in the API's query language, over `id`, `externalId`, `appId` and `status` with `$eq` and `$in`;
        without a `status` in it only ACTIVE schedules come. `page_size` is at least 1.
        """

        async def fetch(cursor: str) -> Answer:
            # a cursor remembers the filter, and Wix refuses both together
            query: dict[str, object] = {"cursorPaging": {"limit": page_size} | ({"cursor": cursor} if cursor else {})}
            if filter and not cursor:
                query["filter"] = dict(filter)
            return await self._sender.read("POST", "/calendar/v3/schedules/query", body={"query": query})

        async def read(answer: Answer) -> list[Schedule]:
            return _identified(answer, "schedules", Schedule)

        return _pages(fetch, read)

    async def connect_by_credentials(
        self,
        *,
        provider_id: str,
        schedule_id: str,
        email: str,
        password: SecretStr,
        on_leaving: Callable[[], None] = lambda: None,
    ) -> Connection:
        """Connect an account with its e-mail address and (app-specific) password (Connect By Credentials).

        ExternalCredentialsRefused means that the provider does not accept these two; after TimedOut the connection
        may exist. `on_leaving` is called right before the request leaves; before that, nothing can come of it.
        """
        answer = await self._sender.send(
            "POST",
            f"{_CONNECTIONS}:connectByCredentials",
            body={"providerId": provider_id, "scheduleId": schedule_id, "email": email, "password": password},
            on_leaving=on_leaving,
        )
        return _connection(answer)

    async def connect_by_oauth(self, *, provider_id: str, schedule_id: str, redirect_url: str) -> str:
        """Give the http(s) URL where the account's owner allows the connection (Connect By OAuth).

        From there the owner comes back to `redirect_url` with `connectionId` or `error` in its query. The URL admits
        to that account's consent, so it does not belong in a log. It is printable ASCII throughout.
        """
        answer = await self._sender.send(
            "POST",
            f"{_CONNECTIONS}:connectByOAuth",
            body={"providerId": provider_id, "scheduleId": schedule_id, "redirectUrl": redirect_url},
        )
        url = answer.content.get("oauthUrl") or answer.content.get("oAuthUrl")  # the SDK's spelling and the reference's
        # a terminal would obey control characters, and show or break others as it likes (RFC 3986 section 2.1)
        url = quote(url.strip(), safe=punctuation, errors="replace") if isinstance(url, str) else ""
        if not _is_web_url(url):
            raise answer.unreadable("the answer has no address to send the account's owner to")
        return url

    async def get_connection(self, connection_id: str, *, again: bool = True) -> Connection:
        """Give one connection as it is now (Get Connection). A poll comes `again` by itself, and asks once."""
        return _connection(await self._sender.read("GET", _path_of(connection_id), again=again), connection_id)

    async def list_connections(
        self, *, schedule_ids: Sequence[str] = (), partial_failure: bool = False, again: bool = True
    ) -> ConnectionList:
        """List the site's connections, or only those of some schedules (List Connections).

        With `partial_failure` a provider that cannot be asked is named in the result; without it the whole call fails.
        A poll comes `again` by itself, and asks once. UnreadableAnswer means also that one of them has no id: without
        it the list would be taken for the whole, and an account be connected twice.
        """
        query: dict[str, str | Sequence[str]] = {}
        if schedule_ids:
            query["scheduleIds"] = schedule_ids
        if partial_failure:
            query["partialFailure"] = "true"
        answer = await self._sender.read("GET", _CONNECTIONS, query=query, again=again)
        connections = answer.many("connections", Connection)
        if not all(one.id for one in connections):
            raise answer.unreadable("a connection of the answer has no id")
        return ConnectionList(connections, answer.texts("failedProviderIds"))

    async def list_calendars(self, connection_id: str) -> list[Calendar]:
        """List the calendars of a connected account, those without an id left out (List Calendars).

        NotConnected means that the connection has to be made anew.
        """
        return _identified(
            await self._sender.read("GET", f"{_path_of(connection_id)}/calendars"), "calendars", Calendar
        )

    async def update_sync_config(self, connection_id: str, sync_config: SyncConfig) -> Connection:
        """Set what a connection synchronises and give the connection after that (Update Sync Config)."""
        answer = await self._sender.send(
            "PATCH",
            f"{_path_of(connection_id)}/sync-config",
            body={"connectionId": connection_id, "syncConfig": sync_config.to_wire()},
        )
        return _connection(answer, connection_id)

    async def disconnect(self, connection_id: str) -> Connection:
        """End a connection; Wix also deletes the events that it has put into the external calendar (Disconnect)."""
        answer = await self._sender.send(
            "POST", f"{_path_of(connection_id)}/disconnect", body={"connectionId": connection_id}
        )
        return _connection(answer, connection_id)

    def list_events(
        self,
        *,
        start: datetime,
        end: datetime,
        schedule_ids: Sequence[str] = (),
        user_ids: Sequence[str] = (),
        all_day: bool | None = None,
        own_pi: bool = False,
        page_size: int = 1000,
        first_page_size: int | None = None,
        partial_failure: bool = False,
    ) -> AsyncIterator[EventPage]:
        """Give the events of connected calendars page by page, each page asked for when it is needed (List Events).

        `start` and `end` need a time zone, else ValueError. At most 100 `schedule_ids` and 100 `user_ids`; `all_day`
        keeps only such events, or only others; `own_pi` adds titles and names; `page_size` is 1 to 1000;
        `first_page_size` is another one for the first page, which somebody may be waiting for. Pages are read in a
        thread: a thousand events take as long as a frame.
        """
        if start.tzinfo is None or end.tzinfo is None:
            raise ValueError("start and end need a time zone")
        # what describes a page goes with each request; what selects events is remembered by the cursor
        every_page: dict[str, str | Sequence[str]] = {"cursorPaging.limit": str(page_size)}
        if own_pi:
            every_page["fieldsets"] = "OWN_PI"
        if partial_failure:
            every_page["partialFailure"] = "true"
        first_page: dict[str, str | Sequence[str]] = {"from": _rfc3339(start), "to": _rfc3339(end)}
        if first_page_size is not None:
            first_page["cursorPaging.limit"] = str(first_page_size)
        if schedule_ids:
            first_page["scheduleIds"] = schedule_ids
        if user_ids:
            first_page["userIds"] = user_ids
        if all_day is not None:
            first_page["allDay"] = "true" if all_day else "false"

        async def fetch(cursor: str) -> Answer:
            selection = {"cursorPaging.cursor": cursor} if cursor else first_page
            return await self._sender.read("GET", f"{_CALENDARS}/events", query=every_page | selection)

        async def read(answer: Answer) -> EventPage:
            events = await asyncio.to_thread(answer.many, "events", Event)
            return EventPage(events, answer.texts("failedProviderIds"))

        return _pages(fetch, read)


async def _pages(
    fetch: Callable[[str], Awaitable[Answer]], read: Callable[[Answer], Awaitable[_Page]]
) -> AsyncGenerator[_Page, None]:
    """Follow the cursors to the last page. A cursor that comes again ends the list: it would never end by itself."""
    cursor, seen = "", {""}
    while True:
        answer = await fetch(cursor)
        yield await read(answer)
        paging = answer.part("pagingMetadata", PagingMetadata)
        cursor = paging.cursors.next
        if paging.has_next is False or cursor in seen:
            return
        seen.add(cursor)


def _identified(answer: Answer, key: str, kind: type[_Named]) -> list[_Named]:
    """Read a list without the objects that have no id: no other call could refer to them."""
    return [item for item in answer.many(key, kind) if item.id]


def _connection(answer: Answer, connection_id: str = "") -> Connection:
    connection = answer.one("connection", Connection)
    if connection.id:
        return connection
    if not connection_id:
        raise answer.unreadable("the connection of the answer has no id")
    return connection.model_copy(update={"id": connection_id})


def _path_of(connection_id: str) -> str:
    """Name a connection in a path (RFC 3986 section 2.1). An empty id, or one of dots, would name another call."""
    if not connection_id.strip("."):
        raise InvalidRequest("the connection ID is empty")
    return f"{_CONNECTIONS}/{quote(connection_id, safe='', errors='replace')}"


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _is_web_url(text: str) -> bool:
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(url.hostname)
