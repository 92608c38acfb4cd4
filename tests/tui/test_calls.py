"""Each state calls what the table says, and nothing else: the real screens on the real client, on a site on paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import SecretStr

from tests.tui.stage import app_at, at, enter, keys, listed, said, settled, state_of, text_of, until
from wizard import wix
from wizard.journey import CALLS, Journey
from wizard.tui.widgets.link import Link

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.sites import InProcessSite
    from wizard.front.outcome import Ending
    from wizard.tui.app import WizardApp

NAMES = {
    r"GET .*/providers": "List Providers",
    r"POST .*/schedules/query": "Query Schedules",
    r"GET .*/connections": "List Connections",
    r"POST .*:connectByCredentials": "Connect By Credentials",
    r"POST .*:connectByOAuth": "Connect By OAuth",
    r"GET .*/connections/[^/]+": "Get Connection",
    r"GET .*/connections/[^/]+/calendars": "List Calendars",
    r"PATCH .*/connections/[^/]+/sync-config": "Update Sync Config",
    r"POST .*/connections/[^/]+/disconnect": "Disconnect",
    r".*/events.*": "List Events",
}


class Recorder(httpx.AsyncBaseTransport):
    """Forwards to the site, and keeps which screen was there at each call."""

    def __init__(self, site: InProcessSite) -> None:
        self._site = httpx.ASGITransport(site.app)
        self.app: WizardApp | None = None
        self.calls: dict[str, set[str]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        line = f"{request.method} {request.url.raw_path.decode().partition('?')[0]}"
        name = next(name for pattern, name in NAMES.items() if re.fullmatch(pattern, line))
        assert self.app is not None
        self.calls.setdefault(state_of(self.app), set()).add(name)
        return await self._site.handle_async_request(request)


@pytest.fixture
def recorder(paper: InProcessSite) -> Recorder:
    return Recorder(paper)


@pytest.fixture
def app(paper: InProcessSite, recorder: Recorder) -> WizardApp:
    def opener(*_: Any) -> Journey:
        auth = wix.ApiKey(SecretStr(paper.api_key), paper.site_id)
        return Journey(wix.Client(auth, base_url=paper.url, transport=recorder), poll_seconds=0.05)

    recorder.app = app_at("site", session={"opener": opener, "accounts": ()})
    return recorder.app


async def choose(pilot: Pilot[Ending], app: WizardApp, name: str, then: str) -> None:
    """Choose the row of this name, and wait for the next screen."""
    row = next(row for row in listed(app).rows if row.name == name)
    listed(app).highlight_key(row.id)
    await pilot.press("enter")
    await at(pilot, then)


def but(*states: str) -> dict[str, set[str]]:
    """Return what the table says, without these states and those that call nothing."""
    return {state: set(calls) for state, calls in CALLS.items() if calls and state not in states}


async def to_providers(pilot: Pilot[Ending], app: WizardApp, site: InProcessSite) -> None:
    """Go from the first screen to the providers, and wait until it is known what is connected."""
    await settled(pilot)
    await enter(pilot, site_id=site.site_id, api_key=site.api_key)
    await at(pilot, "provider")
    await until(lambda: "c what is connected" in keys(app))


async def to_sign_in(pilot: Pilot[Ending], app: WizardApp, site: InProcessSite, provider: str, sign_in: str) -> None:
    """Go from the first screen to the signing in."""
    await to_providers(pilot, app, site)
    await choose(pilot, app, provider, "method")
    await pilot.press("enter")
    await at(pilot, "schedule")
    await choose(pilot, app, "Dana Levi", sign_in)


async def from_review_to_events(pilot: Pilot[Ending], app: WizardApp) -> None:
    """Switch export on, see the sync settle, see the events."""
    await pilot.press("end", "space", "enter")
    await at(pilot, "done")
    await until(lambda: "In sync" in text_of(app, "#status"))
    await pilot.press("enter")
    await at(pilot, "events")
    await until(lambda: bool(listed(app).total))


async def consent(site: InProcessSite, url: str, email: str) -> str:
    """Allow access on the consent page, as the account's owner; return where the browser is sent."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site.app), base_url=site.url) as browser:
        page = await browser.get(url)
        form = re.search(r'name="form" value="([0-9a-f]+)"', page.text)
        assert form is not None
        answer = await browser.post(page.url, data={"form": form[1], "decision": "allow", "account": email})
        assert answer.status_code == 303
        return answer.headers["location"]


async def test_a_journey_with_a_password_calls_what_the_table_says(
    app: WizardApp, paper: InProcessSite, recorder: Recorder
) -> None:
    async with app.run_test() as pilot:
        await to_sign_in(pilot, app, paper, "Apple", "credentials")
        account = paper.account("Apple")
        await enter(pilot, email=account.email, password=account.password)
        await at(pilot, "review")
        await from_review_to_events(pilot, app)
        await settled(pilot)
    assert recorder.calls == but("authorize", "connections")


async def test_a_journey_with_a_browser_calls_what_the_table_says(
    app: WizardApp, paper: InProcessSite, recorder: Recorder
) -> None:
    async with app.run_test() as pilot:
        await to_sign_in(pilot, app, paper, "Outlook or Office 365", "authorize")
        await consent(paper, app.screen.query_one(Link).url, paper.account("Outlook or Office 365").email)
        await at(pilot, "review")
        await from_review_to_events(pilot, app)
        await settled(pilot)
    assert recorder.calls == but("credentials", "connections")


async def test_a_look_at_what_is_connected_calls_what_the_table_says(
    app: WizardApp, paper: InProcessSite, recorder: Recorder
) -> None:
    async with app.run_test() as pilot:
        await to_providers(pilot, app, paper)
        await pilot.press("c")
        await at(pilot, "connections")
        await pilot.press("d", "up", "enter")
        await until(lambda: "is disconnected from" in said(app))
    assert recorder.calls["connections"] == set(CALLS["connections"])
