"""The way back from the provider's consent page: a listener on this machine, and the reading of what a person pastes.

Wix sends the account's owner to the `redirectUrl` of Connect By OAuth with `connectionId` or `error` in its query.
The listener follows RFC 8252 sections 7.3 and 8.3: loopback only, plain HTTP, any port. Wix knows no `state`, so a
path that cannot be guessed stands in for it; what comes back is still only a claim, for the caller to check with Wix.
"""

import asyncio
import base64
import errno
import hashlib
import hmac
import logging
import re
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.parse import quote, unquote, urlsplit

import h11

IDLE_SECONDS = 5.0
"""How long a browser may stay silent within its request, or may take to receive a page."""

REQUEST_SECONDS = 10.0
"""How long a whole request may take."""

ANSWER_SECONDS = 10.0
"""How long a browser waits for `Redirect.answer` until it sees the page that claims nothing."""

CROWDED_SECONDS = 0.1
"""How long a connection waits for one of the places to become free until it takes the oldest one's."""

_log = logging.getLogger(__name__)

_PLACES = 8
_MOST_WAITING = 256
_MOST_BYTES = 8192  # of a request line with its headers
_LINGER_SECONDS = 0.5
_CLOSING_SECONDS = 1.0

_OPENS_A_PAGE = {b"sec-fetch-mode": b"navigate", b"sec-fetch-dest": b"document"}
"""What a browser says that opens a page in a tab (Fetch Metadata); older ones say nothing."""

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;font:18px/1.5 system-ui,sans-serif;"
    "background:#f6f8fa;color:#1d2631}"
    "main{max-width:32rem;padding:2rem}h1{font-size:1.5rem;margin:0 0 .5rem}p{margin:0}"
    "@media(prefers-color-scheme:dark){body{background:#0f141a;color:#e6edf3}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    ("Connection", "close"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", _POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


@dataclass(frozen=True)
class Page:
    """What a browser is to show: a heading and one paragraph, both plain text."""

    title: str
    body: str


@dataclass(frozen=True)
class Pages:
    """The listener's own pages.

    `received` claims no more than that; the others are for Wix's three errors and any other.
    """

    received: Page
    reject: Page
    unsupported: Page
    internal: Page
    unknown: Page

    def of_error(self, error: str) -> Page:
        """Give the page for an error in the redirect's query."""
        known = {"reject": self.reject, "unsupported": self.unsupported, "internal": self.internal}
        return known.get(error, self.unknown)


@dataclass(frozen=True)
class Redirect:
    """What came back: a `connection_id`, or an `error`: reject, unsupported, internal or something undocumented."""

    connection_id: str | None
    error: str | None
    _page: "asyncio.Future[Page] | None" = field(default=None, repr=False, compare=False)

    def answer(self, page: Page) -> None:
        """Show a page to the browser that brought this, if it still waits for one; otherwise do nothing."""
        if self._page and not self._page.done():
            self._page.set_result(page)


def can_listen(redirect_url: str) -> bool:
    """Whether `Listener.open` accepts this URL: plain http, a loopback host and a port."""
    return _target_of(_encoded(redirect_url)) is not None


def parse_return(text: str) -> Redirect | None:
    """Read what a person copied from the browser: the whole URL, its query, or a connection ID; None for all else.

    Wrapped lines, spaces, and quotes or angle brackets around it are forgiven, and percent-encoding is undone once.
    An ID on its own has 20 characters or more, no spaces within a line, and no @, as a pasted sign-in may have.
    """
    lines = [line.strip() for line in text.splitlines()]
    joined = re.sub(r"\s", "", "".join(lines)).strip("\"'`<>“”‘’")  # noqa: RUF001 - what mail programs make of quotes
    before, mark, query = joined.partition("?")
    redirect = _redirect_in((query if mark else before).partition("#")[0])
    if redirect:
        return redirect
    looks_otherwise = re.search(r"[?&#@]|://|^localhost/|^[\w.-]+:\d+/|^\w+=[^=]", joined)
    if looks_otherwise or len(joined) < 20 or any(re.search(r"\s", line) for line in lines):
        return None
    return Redirect(unquote(joined), None)


class Listener(AsyncIterator[Redirect]):
    """Waits for browsers coming back; an async context manager, and an endless iterator over the redirects in turn.

    Only a GET of the listener's own host and path with a `connectionId` or `error` counts, by which a browser opens a
    page. Everything else, such as a favicon or a scanner, is refused, and the waiting goes on. On leaving the context
    all connections are closed.

    `url` is the `redirectUrl` for Wix, percent-encoded; `address` is where the listener listens, as host and port.
    """

    url: str
    address: str

    def __init__(self, sockets: list[socket.socket], *, host: str, path: str, url: str | None, pages: Pages) -> None:
        port = sockets[0].getsockname()[1]
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.url = url or f"http://{self.address}{path}"
        self._hosts = {self.address, *(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))}
        if port == 80:  # a browser leaves the usual port out
            self._hosts |= {name.removesuffix(":80") for name in self._hosts}
        self._path = path.encode()
        self._pages = pages
        self._sockets = sockets
        self._servers: list[asyncio.Server] = []
        self._redirects: asyncio.Queue[Redirect] = asyncio.Queue()
        self._conversations: dict[asyncio.Task[None], asyncio.Future[Page] | None] = {}
        self._placed: dict[asyncio.Task[None], None] = {}
        self._door = asyncio.Lock()
        self._closed = False

    @classmethod
    async def open(cls, redirect_url: str | None = None, *, pages: Pages) -> Self:
        """Start listening: at exactly `redirect_url`, or on a free port of 127.0.0.1 under a path of 192 random bits.

        Raises OSError when the port cannot be had, and ValueError when `can_listen` says no.
        """
        if redirect_url is None:
            host, port, path = "127.0.0.1", 0, f"/{secrets.token_urlsafe(24)}"
        else:
            redirect_url = _encoded(redirect_url)
            target = _target_of(redirect_url)
            if target is None:
                raise ValueError("this redirect URL does not lead to this machine")
            host, port, path = target
        listener = cls(_bound(host, port), host=host, path=path, url=redirect_url, pages=pages)
        for bound in listener._sockets:
            listener._servers.append(await asyncio.start_server(listener._serve, sock=bound, limit=_MOST_BYTES))
        _log.info("listening")
        return listener

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        _log.info("not listening any more")
        for server in self._servers:
            server.close()
        for conversation, page in self._conversations.items():
            if page is None:
                conversation.cancel()
            elif not page.done():
                page.set_result(self._pages.received)
        if self._conversations:
            _, unfinished = await asyncio.wait(self._conversations, timeout=_CLOSING_SECONDS)
            for conversation in unfinished:
                conversation.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
        for server in self._servers:
            await server.wait_closed()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Redirect:
        """Wait for the next redirect, for as long as it takes."""
        return await self._redirects.get()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = asyncio.current_task()
        if conversation is None or self._closed or len(self._conversations) >= _MOST_WAITING:
            writer.transport.abort()
            return
        self._conversations[conversation] = None
        try:
            await self._take_place(conversation)
            await self._converse(conversation, reader, writer)
        except (OSError, asyncio.CancelledError):
            # gone, too slow (a TimeoutError), or dropped by us; asyncio's streams log a task that ends as cancelled
            _log.info("dropped a request")
            writer.transport.abort()
        finally:
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
            self._placed.pop(conversation, None)
            del self._conversations[conversation]

    async def _take_place(self, newcomer: asyncio.Task[None]) -> None:
        """Let few talk at once, in order. In a flood everyone still has some tenths of a second to speak."""
        async with self._door:
            if len(self._placed) >= _PLACES:
                await asyncio.wait(self._placed, timeout=CROWDED_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if len(self._placed) >= _PLACES:
                oldest = next(iter(self._placed))
                dropped = next((each for each in self._placed if self._conversations[each] is None), oldest)
                del self._placed[dropped]
                dropped.cancel()
            self._placed[newcomer] = None

    async def _converse(
        self, conversation: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MOST_BYTES)
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                request = await _read_request(http, reader)
        except h11.RemoteProtocolError as error:
            _log.info("refused what is no HTTP: %d", error.error_status_hint)
            await _send(http, reader, writer, HTTPStatus(error.error_status_hint))
            return
        if request is None:
            return
        verdict = self._judge(request)
        if isinstance(verdict, HTTPStatus):
            _log.info("refused a request that is no redirect: %d", verdict)
            await _send(http, reader, writer, verdict, silent=request.method == b"HEAD")
            return
        page: asyncio.Future[Page] = asyncio.get_running_loop().create_future()
        self._conversations[conversation] = page
        redirect = Redirect(verdict.connection_id, verdict.error, page)
        _log.info("a redirect came with %s", "an error" if redirect.error else "a connection")
        if redirect.error:
            redirect.answer(self._pages.of_error(redirect.error))
        self._redirects.put_nowait(redirect)
        await asyncio.wait([page], timeout=ANSWER_SECONDS)
        redirect.answer(self._pages.received)
        await _send(http, reader, writer, HTTPStatus.OK, page.result())

    def _judge(self, request: h11.Request) -> HTTPStatus | Redirect:
        if request.method != b"GET":
            return HTTPStatus.METHOD_NOT_ALLOWED
        headers = dict(request.headers)
        host = headers.get(b"host", b"").decode("latin-1").lower()
        path, _, query = request.target.partition(b"?")
        # the host: a page of another site could have its own name resolve to this machine (DNS rebinding)
        if host not in self._hosts or not hmac.compare_digest(path, self._path):
            return HTTPStatus.NOT_FOUND
        # a page of another site could ask for it as an image, or in a frame
        if any(headers.get(name, value) != value for name, value in _OPENS_A_PAGE.items()):
            return HTTPStatus.NOT_FOUND
        return _redirect_in(query.decode(errors="replace")) or HTTPStatus.NOT_FOUND


def _redirect_in(query: str) -> Redirect | None:
    found: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if value:
            # a plus stays a plus: IDs have no spaces, but may be base64 that was not encoded again
            found.setdefault(name, unquote(value))
    if "error" in found:
        return Redirect(None, found["error"])
    return Redirect(found["connectionId"], None) if "connectionId" in found else None


def _encoded(url: str) -> str:
    """Write a URL as a browser sends it (RFC 3986 section 2); what is encoded already stays."""
    return quote(url.strip(), safe=":/?#[]@!$&'()*+,;=%", errors="replace")


def _target_of(redirect_url: str) -> tuple[str, int, str] | None:
    """Take a loopback URL apart into host, port and path."""
    try:
        url = urlsplit(redirect_url)
        host, port = url.hostname or "", url.port
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return None
    if url.scheme != "http" or not loopback or not port or "@" in url.netloc:
        return None
    return host, port, url.path or "/"


def _bound(host: str, port: int) -> list[socket.socket]:
    """Bind the port on the host; `localhost` is both IPv4 and IPv6, as browsers try either first."""
    if host != "localhost":
        return [socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)]
    sockets = [socket.create_server(("127.0.0.1", port))]
    try:
        sockets.append(socket.create_server(("::1", port), family=socket.AF_INET6))
    except OSError as error:
        if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):  # a machine without IPv6 is fine
            sockets[0].close()
            raise
    return sockets


async def _read_request(http: h11.Connection, reader: asyncio.StreamReader) -> h11.Request | None:
    """Read up to the end of the headers; None when the browser leaves without having asked anything."""
    while True:
        event = http.next_event()
        if isinstance(event, h11.Request):
            return event
        if event is not h11.NEED_DATA:
            return None
        async with asyncio.timeout(IDLE_SECONDS):
            http.receive_data(await reader.read(1024))


async def _send(
    http: h11.Connection,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    status: HTTPStatus,
    page: Page | None = None,
    *,
    silent: bool = False,
) -> None:
    """Send a page, or just a status' own words; `silent` without the content, as HEAD wants it."""
    content = (_html(page) if page else status.phrase).encode()
    headers = [
        *_HEADERS,
        ("Content-Type", "text/html; charset=utf-8" if page else "text/plain; charset=utf-8"),
        ("Content-Length", str(len(content))),
    ]
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append(("Allow", "GET"))
    writer.write(http.send(h11.Response(status_code=status, headers=headers, reason=status.phrase)) or b"")
    if not silent:
        writer.write(http.send(h11.Data(data=content)) or b"")
    async with asyncio.timeout(IDLE_SECONDS):
        await writer.drain()
    # closing with unread input would reset the connection and could take the page back from the browser
    writer.write_eof()
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_SECONDS):
            while await reader.read(1024):
                pass


def _html(page: Page) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(page.title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style><main><h1>{escape(page.title)}</h1><p>{escape(page.body)}</p></main></html>\n"
    )
