"""Carries the faults out: an ASGI middleware around each API call, inside its route and outside of its sign-in.

`faults.py` says what each kind does. An answer is kept until it is complete, so a fault can let the call do its work
and then change, delay, cut or lose the answer.
"""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wizard.sandbox import cursors
from wizard.sandbox.errors import (
    ApiError,
    already_disconnected,
    application,
    bad_credentials,
    invalid,
    no_premium,
    not_connected,
    not_supported,
    violation,
)
from wizard.sandbox.faults import Served
from wizard.sandbox.line import Cut, line_of
from wizard.sandbox.signin import refused
from wizard.sandbox.site import Site

SLOW_SECONDS = 3.0
DRIP_SECONDS = 0.01
HANG_SECONDS = 120.0
PICK_UP_SECONDS = 0.05  # a reset may also destroy what has arrived and was not read yet
HUGE_BYTES = 33 * 1024 * 1024
MISSING_BYTES = 64

_JSON = "application/json"


class _GoneError(Exception):
    """The caller has closed the connection: there is nobody to answer."""


@dataclass(frozen=True)
class _Answer:
    """A complete answer. `headers` has no Content-Length."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def _answer(status: int, kind: str = "", body: bytes = b"", **headers: str) -> _Answer:
    pairs = {name.replace("_", "-"): value for name, value in headers.items()} | (
        {"content-type": kind} if kind else {}
    )
    return _Answer(status, tuple((name.encode(), value.encode()) for name, value in pairs.items()), body)


def _of_error(error: ApiError) -> _Answer:
    return _answer(error.status, _JSON, json.dumps(error.body).encode())


class Faulty:
    """The middleware of the call named `call`. Writes every call into the site's log."""

    def __init__(self, app: ASGIApp, site: Site, call: str) -> None:
        self._app, self._site, self._call = app, site, call

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        kind = self._site.faults.take(self._call)
        served = Served(self._call, kind)
        self._site.log.append(served)
        exchange = _Exchange(self._site, served, self._app, scope, receive, send)
        with contextlib.suppress(_GoneError):
            await (KINDS[kind](exchange) if kind else exchange.send(await exchange.work()))


class _Exchange:
    """One request and what becomes of it. Anything that waits raises _GoneError when the caller has gone."""

    def __init__(self, site: Site, served: Served, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self._faults, self.served = site.faults, served
        self._app, self._scope, self._receive, self._send = app, scope, receive, send
        self._line = line_of(scope)

    @property
    def token(self) -> str:
        """The access token that the request is signed with; empty for an API key."""
        return Headers(scope=self._scope).get("authorization", "").partition(" ")[2]

    def expire(self, token: str) -> None:
        """Refuse that access token from here on."""
        self._faults.expire(token)

    async def work(self) -> _Answer:
        """Let the call do its work; return its true answer."""
        status, headers, parts = 0, [], []

        async def keep(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [pair for pair in message["headers"] if pair[0].lower() != b"content-length"]
            else:
                parts.append(message.get("body", b""))

        await self._app(self._scope, self._receive, keep)
        answer = _Answer(status, tuple(headers), b"".join(parts))
        self.served.done = answer.is_success
        return answer

    async def start(self, answer: _Answer, length: int | None) -> None:
        """Send status and headers, once the latency is over. Without a length the body goes in chunks."""
        await self.wait(self._faults.latency)
        size = [] if length is None else [(b"content-length", str(length).encode())]
        self.served.status = answer.status
        headers = [*answer.headers, *size]
        await self._send({"type": "http.response.start", "status": answer.status, "headers": headers})

    async def part(self, body: bytes, *, more: bool) -> None:
        """Send a part of the body."""
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def send(self, answer: _Answer) -> None:
        """Send an answer as it should be sent."""
        await self.start(answer, len(answer.body))
        await self.part(answer.body, more=False)

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        if seconds <= 0:
            return
        gone = asyncio.ensure_future(self._until_gone())
        slept = asyncio.ensure_future(self._faults.sleep(seconds))
        try:
            if self._line:
                self._line.held = True
            await asyncio.wait({gone, slept}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                raise _GoneError
        finally:
            if self._line:
                self._line.held = False
            gone.cancel()
            slept.cancel()
            await asyncio.gather(gone, slept, return_exceptions=True)

    async def reset(self) -> None:
        """End the connection with a TCP reset."""
        if self._line is None:
            raise Cut
        self._line.reset()
        await self._until_gone()

    async def close(self) -> None:
        """End the connection after what was sent."""
        if self._line is None:
            raise Cut
        self._line.close()
        await self._until_gone()

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass  # the rest of a body that nobody reads


_Kind = Callable[[_Exchange], Awaitable[None]]


def _instead(answer: _Answer) -> _Kind:
    return lambda exchange: exchange.send(answer)


def _afterwards(answer: _Answer) -> _Kind:
    async def carry_out(exchange: _Exchange) -> None:
        await exchange.work()
        await exchange.send(answer)

    return carry_out


def _changed(change: Callable[[_Answer], _Answer]) -> _Kind:
    async def carry_out(exchange: _Exchange) -> None:
        answer = await exchange.work()
        await exchange.send(change(answer) if answer.is_success else answer)

    return carry_out


def _edited(edit: Callable[[Any], object]) -> _Kind:
    """Change the JSON of an answer."""
    return _changed(lambda answer: replace(answer, body=json.dumps(edit(json.loads(answer.body))).encode()))


async def _slow(exchange: _Exchange) -> None:
    answer = await exchange.work()
    await exchange.wait(SLOW_SECONDS)
    await exchange.send(answer)


async def _drip(exchange: _Exchange) -> None:
    answer = await exchange.work()
    await exchange.start(answer, len(answer.body))
    for place in range(len(answer.body)):
        await exchange.part(answer.body[place : place + 1], more=True)
        await exchange.wait(DRIP_SECONDS)
    await exchange.part(b"", more=False)


async def _hang(exchange: _Exchange) -> None:
    await exchange.wait(HANG_SECONDS)
    await exchange.reset()


async def _hang_after(exchange: _Exchange) -> None:
    await exchange.work()
    await _hang(exchange)


async def _reset_during(exchange: _Exchange) -> None:
    answer = await exchange.work()
    await exchange.start(answer, len(answer.body))
    await exchange.part(answer.body[: len(answer.body) // 2], more=True)
    await exchange.wait(PICK_UP_SECONDS)
    await exchange.reset()


async def _reset_after(exchange: _Exchange) -> None:
    await exchange.work()
    await exchange.reset()


async def _cut(exchange: _Exchange) -> None:
    answer = await exchange.work()
    await exchange.start(answer, len(answer.body) + MISSING_BYTES)
    await exchange.part(answer.body, more=True)
    await exchange.close()


async def _huge(exchange: _Exchange) -> None:
    answer = await exchange.work()
    if not answer.is_success:
        await exchange.send(answer)
        return
    await exchange.start(answer, None)
    await exchange.part(answer.body.rstrip()[:-1] + b',"padding":"', more=True)
    for _ in range(HUGE_BYTES // 65536):
        await exchange.part(b"x" * 65536, more=True)
    await exchange.part(b'"}', more=False)


async def _expired_token(exchange: _Exchange) -> None:
    if exchange.served.call == "token":
        answer = await exchange.work()
        if answer.is_success:
            exchange.expire(json.loads(answer.body)["access_token"])
        await exchange.send(answer)
        return
    if exchange.token:
        exchange.expire(exchange.token)
    await exchange.send(_of_error(refused("The access token has expired.")))


def _paged(cursor: Callable[[], str]) -> _Kind:
    async def carry_out(exchange: _Exchange) -> None:
        before = cursors.AGAIN.set(cursor())
        try:
            answer = await exchange.work()
        finally:
            cursors.AGAIN.reset(before)
        await exchange.send(answer)

    return carry_out


def _swapped(value: object) -> object:
    if isinstance(value, dict):
        return []
    return 7 if isinstance(value, str) else None


def _swap(answer: Mapping[str, Any]) -> object:
    return {name: _swapped(value) for name, value in answer.items()}


def _swap_inside(answer: Mapping[str, Any]) -> object:
    def inside(value: object) -> object:
        if isinstance(value, list):
            return [_swap(one) if isinstance(one, dict) else _swapped(one) for one in value]
        return _swap(value) if isinstance(value, dict) else value

    return {name: inside(value) for name, value in answer.items()}


_ENUMS = {"calendarType", "connectMethods", "listEventFromCalendars", "syncToCalendar", "status", "errorReason"}


def _renew_enums(value: object, name: str = "") -> object:
    if isinstance(value, dict):
        return {inner: _renew_enums(one, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [_renew_enums(one, name) for one in value]
    return "NEW_VALUE" if name in _ENUMS and isinstance(value, str) else value


_KEPT = {"id", "start", "end", "oauthUrl", "access_token"}
_OPTIONAL = {"pagingMetadata", "failedProviderIds"}


def _nulled(value: object) -> object:
    if isinstance(value, list):
        return [_nulled(one) for one in value]
    return {name: one if name in _KEPT else None for name, one in value.items()} if isinstance(value, dict) else None


def _null(answer: Mapping[str, Any]) -> object:
    return {
        name: value if name in _KEPT else None if name in _OPTIONAL else _nulled(value)
        for name, value in answer.items()
    }


def _extend(value: object) -> object:
    if isinstance(value, dict):
        return {**{name: _extend(one) for name, one in value.items()}, "newField": {"of": ["a", "later", 1, None]}}
    return [_extend(one) for one in value] if isinstance(value, list) else value


_STATUSES = {
    500: ("INTERNAL", "Internal Server Error"),
    501: ("UNIMPLEMENTED", "Not Implemented"),
    502: ("BAD_GATEWAY", "Bad Gateway"),
    503: ("UNAVAILABLE", "Service Unavailable"),
    504: ("DEADLINE_EXCEEDED", "Gateway Timeout"),
}


def _page(status: int, title: str) -> _Answer:
    html = f"<!doctype html><html><head><title>{status} {title}</title></head><body><h1>{title}</h1></body></html>"
    return _answer(status, "text/html; charset=utf-8", html.encode())


_ERRORS = {
    "BAD_CREDENTIALS": bad_credentials(),
    "PREMIUM_FEATURE_NOT_ENABLED": no_premium(),
    "NOT_SUPPORTED_BY_PROVIDER": not_supported(),
    "CONNECTION_NOT_CONNECTED": not_connected(),
    "CONNECTION_ALREADY_DISCONNECTED": already_disconnected(),
    "400": invalid([violation("scheduleId", "must be a GUID", "FORMAT", format="GUID")]),
    "401": refused("The sign-in is not valid."),
    "403": application(403, "PERMISSION_DENIED", "The sign-in lacks the permission for this call."),
    "404": application(404, "NOT_FOUND", "There is no such thing on this site."),
    "409": application(409, "CONFLICT", "This contradicts the present state of the site."),
    "428": application(428, "FAILED_PRECONDITION", "A precondition does not hold."),
    **{f"{status}-json": application(status, code, title) for status, (code, title) in _STATUSES.items()},
}

KINDS: Mapping[str, _Kind] = {
    **{kind: _instead(_of_error(error)) for kind, error in _ERRORS.items()},
    **{str(status): _instead(_answer(status)) for status in (429, *_STATUSES)},
    **{f"{status}-html": _instead(_page(status, title)) for status, (_, title) in _STATUSES.items()},
    **{f"{status}-after": _afterwards(_answer(status)) for status in (503, 504)},
    "429-retry-after": _instead(_answer(429, retry_after="2")),
    "302": _instead(_answer(302, location="https://elsewhere.example/")),
    "expired-token": _expired_token,
    "slow": _slow,
    "drip": _drip,
    "hang": _hang,
    "hang-after": _hang_after,
    "reset-before": lambda exchange: exchange.reset(),
    "reset-during": _reset_during,
    "reset-after": _reset_after,
    "cut": _cut,
    "empty-body": _changed(lambda answer: replace(answer, body=b"")),
    "invalid-json": _changed(lambda answer: replace(answer, body=answer.body[: len(answer.body) // 2])),
    "empty-object": _edited(lambda _: {}),
    "not-an-object": _edited(lambda _: []),
    "wrong-types": _edited(_swap),
    "wrong-types-inside": _edited(_swap_inside),
    "huge": _huge,
    "unknown-enums": _edited(_renew_enums),
    "nulls": _edited(_null),
    "extra-fields": _edited(_extend),
    "endless-cursor": _paged(lambda: "same"),
    "fresh-cursors": _paged(lambda: secrets.token_hex(8)),
}
