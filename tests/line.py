"""The line between a journey and the sandbox in the test's process: it keeps what was sent, and fails when told to."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests.sites import InProcessSite
from wizard import wix
from wizard.domain import Fault, Provider, Schedule
from wizard.journey import Journey
from wizard.wix import sender

CONNECT, AUTHORIZE, CONNECTIONS, CONNECTION = ":connectByCredentials", ":connectByOAuth", "/connections", "/EC."
PROVIDERS, SCHEDULES, SYNC, DISCONNECT = "/providers", "/schedules/query", "/sync-config", "/disconnect"
EVENTS = "/events"

Outcome = httpx.Response | Exception | Callable[[Any], object]


@dataclass
class _Trouble:
    call: str
    outcome: Outcome
    forwards: bool
    times: int


class Line(httpx.AsyncBaseTransport):
    """Forwards to the site. A call is told by how its path ends; `CONNECTION` is Get Connection."""

    def __init__(self, site: InProcessSite) -> None:
        self._site = httpx.ASGITransport(site.app)
        self._troubles: list[_Trouble] = []
        self.sent: list[httpx.Request] = []

    def fail(self, call: str, outcome: httpx.Response | Exception, *, times: int = 1) -> None:
        """Answer a call with this instead of asking the site."""
        self._troubles.append(_Trouble(call, outcome, forwards=False, times=times))

    def lose(self, call: str, instead: httpx.Response | Exception | None = None) -> None:
        """Let the site do a call's work, and lose its answer: nothing comes, or something else."""
        self._troubles.append(_Trouble(call, instead or httpx.ReadTimeout("lost"), forwards=True, times=1))

    def edit(self, call: str, change: Callable[[Any], object], *, times: int = 1) -> None:
        """Change what the site answers to a call."""
        self._troubles.append(_Trouble(call, change, forwards=True, times=times))

    def count(self, call: str) -> int:
        """How often a call was sent."""
        return sum(_is(request, call) for request in self.sent)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        trouble = next((t for t in self._troubles if t.times and _is(request, t.call)), None)
        if trouble is None:
            return await self._site.handle_async_request(request)
        trouble.times -= 1
        outcome = trouble.outcome
        response = await self._site.handle_async_request(request) if trouble.forwards else None
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, httpx.Response):
            return outcome
        assert response is not None
        content = json.loads(await response.aread())
        outcome(content)
        return httpx.Response(response.status_code, json=content)


def _is(request: httpx.Request, call: str) -> bool:
    path = request.url.raw_path.decode().partition("?")[0]
    if call == CONNECTION:
        return request.method == "GET" and CONNECTION in path and "/" not in path.partition(CONNECTION)[2]
    return path.endswith(call)


class Hasty(httpx.AsyncBaseTransport):
    """The way to the site, on which no time passes: a pause is over at once, or is longer than the client waits."""

    def __init__(self, site: InProcessSite) -> None:
        self._network = site.transport()
        self._deadline: ContextVar[asyncio.Timeout] = ContextVar("deadline")
        site.site.faults.sleep = self.sleep

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            async with asyncio.timeout(None) as deadline:
                self._deadline.set(deadline)
                return await self._network.handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout("no answer", request=request) from None

    async def sleep(self, seconds: float) -> None:
        """Stand in for the site's pauses."""
        if seconds > (sender.TIMEOUT.read or 0):
            self._deadline.get().reschedule(0)
            await asyncio.Event().wait()


@pytest.fixture
def line(paper: InProcessSite) -> Line:
    return Line(paper)


POLL_SECONDS = 0.05
"""Slow enough for the site's limit of 200 requests a minute, for its clock stands still."""


@asynccontextmanager
async def journey_on(site: InProcessSite, line: Line, *, poll_seconds: float = POLL_SECONDS) -> AsyncIterator[Journey]:
    """Sign in to the site over the line."""
    auth = wix.ApiKey(SecretStr(site.api_key), site.site_id)
    journey = Journey(wix.Client(auth, base_url=site.url, transport=line), poll_seconds=poll_seconds)
    yield journey
    await journey.close()


async def allow(paper: InProcessSite, url: str) -> None:
    """Give the consent as a browser does that never comes home."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(paper.app)) as browser:
        form = re.search(r'name="form" value="(\w+)"', (await browser.get(url)).text)
        assert form
        await browser.post(url, data={"form": form[1], "account": "dana@gmail.example", "decision": "allow"})


async def provider_named(journey: Journey, name: str) -> Provider:
    return next(p for p in await journey.providers() if p.name == name)


async def schedule_named(journey: Journey, name: str) -> Schedule:
    pages = [page async for page in journey.schedules()]
    return next(s for page in pages for s in page if s.name == name)


def carries_nothing(fault: Fault) -> bool:
    """Whether a fault leads to no error that could hold a request, and with it a secret."""
    if fault.__cause__ is not None or (fault.__context__ is not None and not fault.__suppress_context__):
        return False
    below: BaseException | None = fault
    while below is not None:
        if isinstance(below, httpx.HTTPError | httpx.InvalidURL):
            return False
        below = below.__context__
    return True
