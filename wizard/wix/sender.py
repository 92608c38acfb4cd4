"""One request to Wix and its answer: signs in, keeps deadlines, reads JSON, and turns every fault into a WixError."""

import asyncio
import json
import logging
import os
import re
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import httpx
import truststore
from aiolimiter import AsyncLimiter
from pydantic import SecretStr
from pydantic_core import from_json

from wizard.wix.answer import Answer
from wizard.wix.auth import Auth
from wizard.wix.calls import Call, Calls
from wizard.wix.errors import (
    BadCertificate,
    InvalidRequest,
    Offline,
    ProxyFailed,
    TimedOut,
    UnreadableAnswer,
    WixError,
    WixSignInRefused,
    error_for,
    http_date,
    request_id_of,
)
from wizard.wix.patience import ONCE, Patience
from wizard.wix.route import CERTIFICATES, Trust, is_on_this_machine, proxy_for, trust_for

TIMEOUT = httpx.Timeout(connect=5.0, read=30.0, write=10.0, pool=5.0)
"""Seconds; `read` is between two pieces of an answer, while Wix itself may be asking Google or Apple."""

EXCHANGE_SECONDS = 60.0
"""How long one request may take with its answer, of which a byte may come now and then for ever."""

MOST_BYTES = 16 * 1024 * 1024
"""An answer larger than this is refused: a thousand events take a fiftieth of it."""

Query = Mapping[str, str | Sequence[str]]

_OUT_OF_TIME = (9, 10)
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED (X509_STORE_CTX_get_error(3))."""

_log = logging.getLogger(__name__)


def wix_limiter() -> AsyncLimiter:
    """Make a limiter that lets forty requests out at once, and in no minute more than 198: Wix allows 200, then 429."""
    return AsyncLimiter(40, 15.2)


def steady_limiter() -> AsyncLimiter:
    """Make a limiter for thousands of requests: 189 a minute, and never more than two at once.

    The rest of Wix's 200 is for a run that is killed and started again at once, several times within a minute, and
    for what waits on the way.
    """
    return AsyncLimiter(2, 0.635)


class Sender:
    """Sends requests to one origin.

    Proxies and `SSL_CERT_FILE` are taken from the environment; redirects are not followed.
    """

    def __init__(
        self,
        auth: Auth,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport | None,
        limiter: AsyncLimiter | None,
        patience: Patience,
        on_pause: Callable[[WixError, float], None],
        calls: Calls,
    ) -> None:
        self._auth = auth
        self._patience = patience
        self._on_pause = on_pause
        self._calls = calls
        self._origin = str(httpx.URL(base_url)).rstrip("/")
        self._transport = transport
        self._http: httpx.AsyncClient | None = None
        self._limiter = limiter

    async def aclose(self) -> None:
        """Close the connections that are kept open."""
        if self._http:
            await self._http.aclose()

    async def read(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Mapping[str, object] | None = None,
        again: bool = True,
    ) -> Answer:
        """Send a request that changes nothing, `again` if need be, and give the answer. Raises WixError."""
        patience = self._patience if again else ONCE
        return await patience.keep(lambda: self.send(method, path, query=query, body=body), self._pause)

    def _pause(self, error: WixError, seconds: float) -> None:
        _log.info("%s: tried again in %.1f s", error.code, seconds)
        self._on_pause(error, seconds)

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Mapping[str, object] | None = None,
        on_leaving: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Send a signed-in request once and give the answer. A SecretStr in `body` is revealed on the wire only.

        A 401 is followed by one more try with a renewed sign-in, where there is such a thing: what was not authorised
        was not carried out. `on_leaving` is called right before the request leaves, after all waiting. Raises WixError.
        """
        headers = await self._auth.headers(self._post)
        try:
            return await self._exchange(method, path, query=query, body=body, headers=headers, on_leaving=on_leaving)
        except WixSignInRefused:
            if not self._auth.renew(headers):
                raise
        headers = await self._auth.headers(self._post)
        return await self._exchange(method, path, query=query, body=body, headers=headers, on_leaving=on_leaving)

    async def _post(self, path: str, body: Mapping[str, object]) -> Answer:
        return await self._exchange("POST", path, body=body)

    async def _exchange(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Mapping[str, object] | None = None,
        headers: httpx.Headers | None = None,
        on_leaving: Callable[[], None] = lambda: None,
    ) -> Answer:
        request_headers = httpx.Headers(headers)
        if body is not None:
            request_headers["content-type"] = "application/json"
        if self._limiter:
            await self._limiter.acquire()
        http = self._client()
        on_leaving()
        began, started = datetime.now(UTC), time.perf_counter()
        status: int | None = None
        request_id, date = "", None
        try:
            async with (
                asyncio.timeout(EXCHANGE_SECONDS),
                http.stream(
                    method,
                    self._origin + path,  # whole, or httpx would read the address once more to put it together
                    params=query,
                    # not in a variable, where a traceback's locals would show what it reveals
                    content=None if body is None else json.dumps(body, default=_reveal),
                    headers=request_headers,
                ) as response,
            ):
                received = await _bounded(response)
            status, request_id = response.status_code, request_id_of(response.headers)
            date = http_date(response.headers.get("date", ""))
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, TimeoutError) as error:
            proxy = proxy_for(self._origin) if self._transport is None else None
            fault = _fault(error, proxied=proxy is not None and not proxy.bypassed)
        else:
            return _read(response, received, hidden=_secrets(body, request_headers))
        finally:  # also when the person has stopped it
            # What Wix doesn't know may be no id: anything can be typed or pasted for one.
            known = path if status is not None and httpx.codes.is_success(status) else _without_id(path)
            self._remember(Call(method, known, status, time.perf_counter() - started, request_id, began, date))
        # outside the handler: httpx's exceptions hold the request with its headers, and __context__ would keep them
        raise fault

    def _remember(self, call: Call) -> None:
        self._calls.add(call)
        _log.info(
            "%s %s: %s after %d ms%s",
            call.method,
            call.path,
            "no answer" if call.status is None else call.status,
            call.seconds * 1000,
            f", request {call.request_id}" if call.request_id else "",
        )

    def prepare(self) -> None:
        """Open the HTTP client now, because that takes as long as a frame: for a thread. Faults wait for a request."""
        with suppress(WixError):
            self._client()

    def _client(self) -> httpx.AsyncClient:
        """Open the HTTP client at the first request at the latest; the environment may be wrong."""
        if self._http:
            return self._http
        fault: WixError
        try:
            verify = _trust(self._origin) if self._transport is None else True
            proxied = not is_on_this_machine(self._origin)
            self._http = httpx.AsyncClient(transport=self._transport, timeout=TIMEOUT, verify=verify, trust_env=proxied)
        except OSError:
            fault = BadCertificate("the file with the trusted certificates cannot be read")
        except (ImportError, ValueError, httpx.InvalidURL):
            fault = ProxyFailed("the proxy that the environment names cannot be used")
        else:
            return self._http
        raise fault  # outside the handlers, as above: a proxy's address may hold its password


def _without_id(path: str) -> str:
    return re.sub("(?<=/connections/)[^/]+", "{connectionId}", path)


def _reveal(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    raise TypeError(f"{type(value).__name__} cannot be sent")


def _secrets(body: Mapping[str, object] | None, headers: httpx.Headers) -> list[SecretStr]:
    """List what no error text may quote."""
    in_headers = headers.get("authorization", "").removeprefix("Bearer ")
    return [SecretStr(in_headers), *(value for value in (body or {}).values() if isinstance(value, SecretStr))]


def _trust(base_url: str) -> ssl.SSLContext | bool:
    match trust_for(base_url):
        case Trust.NOBODY:
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        case Trust.BUNDLED:
            return True
        case trust:
            context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            if trust is Trust.NAMED:
                context.load_verify_locations(cafile=os.environ[CERTIFICATES])
            return context


async def _bounded(response: httpx.Response) -> bytes | None:
    """Read the body, or return None once it is larger than any real answer."""
    # Each more multiplies what one piece grows to by a thousand, before it can be counted.
    if len(response.headers.get_list("content-encoding", split_commas=True)) > 1:
        raise httpx.DecodingError("compressed more than once")
    received = bytearray()
    async for piece in response.aiter_bytes():
        received += piece
        if len(received) > MOST_BYTES:
            return None
    return bytes(received)


def _read(response: httpx.Response, received: bytes | None, *, hidden: Sequence[SecretStr]) -> Answer:
    request_id = request_id_of(response.headers)
    if received is None:
        raise UnreadableAnswer("the answer is too large", status=response.status_code, request_id=request_id)
    if not response.is_success:
        raise error_for(response.status_code, response.headers, received, hidden=hidden)
    try:
        content = from_json(received)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise UnreadableAnswer("the answer is no JSON object", status=response.status_code, request_id=request_id)
    return Answer(content, response.status_code, request_id)


def _fault(error: Exception, *, proxied: bool) -> WixError:
    """Tell what an exception of the transport means.

    Its own text is not passed on: it may quote addresses and names.
    """
    match error:
        case httpx.TimeoutException() | TimeoutError():
            return TimedOut("no answer within the deadline")
        case httpx.ProxyError():
            return ProxyFailed("the proxy refused")
        case httpx.ConnectError() if (refused := _cause(error, ssl.SSLCertVerificationError)) is not None:
            if getattr(refused, "verify_code", 0) in _OUT_OF_TIME:
                return BadCertificate("the certificate is expired or not valid yet, or this machine's clock is wrong")
            return BadCertificate("the certificate is not trusted")
        case httpx.ConnectError() if proxied:
            return ProxyFailed("the proxy cannot be reached")
        case httpx.ConnectError():
            return Offline("no connection")
        case httpx.LocalProtocolError() | httpx.InvalidURL() | UnicodeError():
            return InvalidRequest("the request cannot be written as HTTP")
        case httpx.DecodingError():
            return UnreadableAnswer("the answer's compression cannot be undone")
        case _:
            return Offline("the connection broke")


def _cause(error: BaseException | None, kind: type[BaseException]) -> BaseException | None:
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error
