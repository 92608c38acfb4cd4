"""Sandbox sites for tests: `site` and `paper` answer in the test's own process and are fresh for every test.

The calendar server of `site` is one real Radicale for each xdist worker, whose storage is set back before each test;
`paper` has none. Import no fixtures from here: they come through conftest.py.
"""

import asyncio
import os
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from starlette.types import ASGIApp

from wizard.sandbox import app, calendars, faulty
from wizard.sandbox.accounts import write_calendars, write_users
from wizard.sandbox.app import create_app
from wizard.sandbox.radicale_process import RadicaleProcess
from wizard.sandbox.signin import APP_ID, APP_SECRET, INSTANCE_ID, SITE_ID
from wizard.sandbox.site import Site, prepare
from wizard.sandbox.store import Store
from wizard.wix import sender

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For HTTP clients that go nowhere but loopback: loading the trusted certificates takes longer than most tests."""

LARGEST = 128 * 1024
"""What is larger than this, in bytes, is huge on a site on paper."""


@dataclass
class Clock:
    """The site's time in seconds since the epoch; it stands still until a test moves it."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@dataclass(frozen=True)
class ExternalAccount:
    """An account at a provider (by its name), and what signs in to it."""

    provider: str
    email: str
    password: str = field(repr=False)
    caldav_url: str = ""


@dataclass
class KnownSite:
    """What a test may know about a site, however it runs."""

    url: str
    api_key: str = field(repr=False)
    access_token: str = field(repr=False)
    accounts: list[ExternalAccount]
    site_id: str = SITE_ID
    app_id: str = APP_ID
    app_secret: str = APP_SECRET
    instance_id: str = INSTANCE_ID

    def account(self, provider: str, person: str = "dana") -> ExternalAccount:
        """Return a person's account at the provider of that name; nothing is connected to Dana's at the start."""
        found = (one for one in self.accounts if one.provider == provider and one.email.startswith(f"{person}@"))
        return next(found)


@dataclass
class InProcessSite(KnownSite):
    """A site to be reached through `app`. `site` is its inside: premium, sync_delay, caldav_url, faults may change."""

    app: ASGIApp = field(kw_only=True)
    clock: Clock = field(kw_only=True)
    site: Site = field(kw_only=True)

    def transport(self) -> httpx.AsyncBaseTransport:
        """Return a way to the site on which its faults look as they would on a network, timeouts included."""
        return _Network(self.app)


class _Network(httpx.ASGITransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            async with asyncio.timeout(request.extensions.get("timeout", {}).get("read")):
                return await super().handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout("no answer", request=request) from None
        except ConnectionResetError:
            raise httpx.ReadError("the line was cut", request=request) from None


@dataclass(frozen=True)
class CalendarServer:
    """The worker's Radicale: where it listens, its storage, and what the storage is set back to."""

    url: str
    folder: Path
    template: Path

    seen: dict[Path, int] = field(default_factory=dict)
    """When each calendar's folder was last changed, as of the last reset: Radicale replaces files, it writes none."""

    def reset(self) -> None:
        """Set every account's calendars back to the start; those that nobody changed keep Radicale's caches."""
        now, start = self.folder / "collection-root", self.template / "collection-root"
        for calendar in {one.relative_to(root) for root in (now, start) for one in root.glob("*/*")}:
            if calendar in self.seen and self.seen[calendar] == _changed(now / calendar):
                continue
            if _entries(now / calendar) != _entries(start / calendar):
                shutil.rmtree(now / calendar, ignore_errors=True)
                if (start / calendar).exists():
                    shutil.copytree(start / calendar, now / calendar)
            self.seen[calendar] = _changed(now / calendar)


def _changed(calendar: Path) -> int:
    return calendar.stat().st_mtime_ns if calendar.exists() else 0


def _entries(calendar: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of each of the calendar's own files; copies keep both."""
    if not calendar.exists():
        return {}
    with os.scandir(calendar) as found:
        files = {one.name: one.stat() for one in found if "lock" not in one.name and not one.is_dir()}
    return {name: (status.st_size, status.st_mtime_ns) for name, status in files.items()}


@pytest.fixture(scope="session")
def calendar_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalendarServer]:
    """A Radicale as of a site that keeps nothing, which waits for no disk."""
    folder, template = tmp_path_factory.mktemp("radicale"), tmp_path_factory.mktemp("calendars")
    write_users(folder, [])
    write_calendars(template, datetime.now(UTC).date())
    with RadicaleProcess(folder, remove=folder) as process:
        yield CalendarServer(process.url(), folder, template)


@pytest.fixture
def site(calendar_server: CalendarServer) -> Iterator[InProcessSite]:
    calendar_server.reset()
    with open_site(calendar_server.url) as opened:
        write_users(calendar_server.folder, opened.site.store.accounts())
        yield opened


@contextmanager
def open_site(caldav_url: str) -> Iterator[InProcessSite]:
    """Open a fresh site whose accounts' calendars are on that server."""
    store, clock = Store(), Clock()
    accounts = prepare(store, clock())
    inside = Site(store, "http://sandbox.test", caldav_url, clock=clock, sync_delay=0)
    yield InProcessSite(
        url=inside.url,
        api_key=store.key("api_key") or "",
        access_token=store.key("access_token") or "",
        accounts=[_known(one.wire(caldav_url)) for one in accounts],
        app=create_app(inside),
        clock=clock,
        site=inside,
    )
    store.close()


@contextmanager
def paper_site() -> Iterator[InProcessSite]:
    """Open a fresh site without any calendar server, on which nothing takes time but work.

    Each account has two calendars and an event, on paper. Calls stay in the event loop's thread, and what is huge is
    only large.
    """
    with open_site("http://paper.test") as opened, ExitStack() as patches:
        store = opened.site.store

        def proves(_: str, email: str, password: str) -> bool:
            account = store.account(email)
            return account is not None and account.password == password

        def occurrences(*asked: Any) -> list[calendars.Occurrence]:
            start = asked[3][0].astimezone(asked[4])
            return [calendars.Occurrence(start, start + timedelta(hours=1), "Breakfast", "Work", all_day=False)]

        async def at_once(call: Callable[..., Any], *arguments: Any) -> Any:
            return call(*arguments)

        for patched in (
            patch.multiple(
                calendars,
                proves=proves,
                list_calendars=lambda *_: [("primary", "Home"), ("work", "Work")],
                occurrences=occurrences,
                export=lambda *_: None,
                withdraw=lambda *_: None,
                exists=lambda *_: True,
            ),
            patch.object(app, "run_in_threadpool", at_once),
            patch.multiple(faulty, DRIP_SECONDS=0, HUGE_BYTES=2 * LARGEST),
            patch.object(sender, "MOST_BYTES", LARGEST),
        ):
            patches.enter_context(patched)
        # httpx looks for it on the disk at each request. `patch.dict` would also forget what is imported meanwhile.
        patches.enter_context(pytest.MonkeyPatch.context()).setitem(sys.modules, "sniffio", None)
        yield opened


@pytest.fixture
def paper() -> Iterator[InProcessSite]:
    with paper_site() as opened:
        yield opened


def start_sandbox(*arguments: str) -> "subprocess.Popen[str]":
    """Start `python -m wizard.sandbox`; its stdout's first line is the ready line."""
    command = [sys.executable, "-m", "wizard.sandbox", *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def stop_sandbox(process: "subprocess.Popen[str]") -> int:
    """End a sandbox by ending its stdin; return its exit code."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        return process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def _known(wire: dict[str, str]) -> ExternalAccount:
    return ExternalAccount(wire["provider"], wire["email"], wire["password"], wire["caldavUrl"])
