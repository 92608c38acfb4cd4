"""One engine, three fronts: the same choices make the same calls to Wix in the same order, and the same connection."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from tests.line import POLL_SECONDS, Line, journey_on
from tests.plain import person
from tests.sites import paper_site
from tests.tui.stage import app_at, at, enter, keys, settled, until
from tests.tui.test_calls import choose, consent
from wizard import report, texts, wix
from wizard.domain import SignIn, SignInWay
from wizard.journey import Journey
from wizard.running import OnSite
from wizard.settings import Settings
from wizard.tui.widgets.link import Link
from wizard.unattended import front as unattended
from wizard.wishes import Directions, PasswordSource, Wish

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.sites import ExternalAccount, InProcessSite

LOOKS = re.compile(r"GET .*/connections(/ID(/calendars)?)?")
"""What a front asks to show what there is: screens do it more often than a program that was told what to do."""


@dataclass
class Desk:
    """A front's place: its own fresh site, the line to it, and what is chosen there, besides Dana's schedule."""

    site: InProcessSite
    line: Line
    account: ExternalAccount
    folder: Path
    out: pytest.CaptureFixture[str]

    @property
    def by_password(self) -> bool:
        """Apple's way; Google's owner consents in the browser."""
        return self.account.provider == "Apple"

    def open_journey(self, *_: object) -> Journey:
        """Sign in to the site over the line."""
        auth = wix.ApiKey(SecretStr(self.site.api_key), self.site.site_id)
        return Journey(wix.Client(auth, base_url=self.site.url, transport=self.line), poll_seconds=POLL_SECONDS)


async def full_screen(desk: Desk) -> object:
    app = app_at("provider", session={"opener": desk.open_journey, "accounts": ()})
    async with app.run_test() as pilot:
        await settled(pilot)
        await until(lambda: "c what is connected" in keys(app))
        await choose(pilot, app, desk.account.provider, "method")
        await pilot.press("enter")
        await at(pilot, "schedule")
        await choose(pilot, app, "Dana Levi", "credentials" if desk.by_password else "authorize")
        if desk.by_password:
            await enter(pilot, email=desk.account.email, password=desk.account.password)
        else:
            await consent(desk.site, app.screen.query_one(Link).url, desk.account.email)
        await at(pilot, "review")
        await settled(pilot)
        await pilot.press("end", "space", "enter")
        await at(pilot, "done")
        return report.result(app.step.answers)


async def plain(desk: Desk) -> object:
    async def allows(someone: person.Person) -> str:
        await someone.hears(texts.PASTE_LABEL)
        await person.consent(someone, desk.site, desk.account.email)
        await someone.hears(texts.STATES["review"].title)
        return "yes"

    number, finish = "3" if desk.by_password else "1", "3"
    signs_in: list[Any] = [desk.account.email, desk.account.password, "yes", ""] if desk.by_password else [allows]
    ending, _, _ = await person.run(
        desk.site,
        *(number, "dana levi", "", *signs_in, "yes", "", finish),
        line=desk.line,
        types=not desk.by_password,
        opener=desk.open_journey,
    )
    return report.result(ending.answers)


async def without_questions(desk: Desk) -> object:
    wish = Wish(
        desk.account.provider,
        "Dana Levi",
        email=desk.account.email,
        password=PasswordSource("env", "OWNER_PASSWORD") if desk.by_password else None,
        directions=Directions(imports=True, exports=True),
    )
    sign_in = SignIn(SignInWay.API_KEY, SecretStr(desk.site.api_key), desk.site.site_id)
    async with journey_on(desk.site, desk.line, poll_seconds=POLL_SECONDS) as journey:
        site = OnSite(journey, Settings(), sign_in, "")
        working = asyncio.ensure_future(unattended.connect(site, wish, desk.folder))
        if not desk.by_password:
            await until(lambda: any(str(request.url).endswith(":connectByOAuth") for request in desk.line.sent))
            said = ""
            while not said:
                await asyncio.sleep(0)
                said = desk.out.readouterr().out
            await consent(desk.site, json.loads(said)["oauthUrl"], desk.account.email)
        assert await working == 0
    told = json.loads(desk.out.readouterr().out)
    return {key: told[key] for key in ("providerId", "calendarType", "scheduleId", "import", "export")}


def calls(line: Line) -> list[str]:
    """Return the calls in their order, those that change something with what they carry; looks are left out."""
    said = []
    for request in line.sent:
        carried = request.content.decode() if request.method != "GET" else ""
        call = f"{request.method} {request.url.path} {carried}".strip()
        for unlike, same in (
            (r"EC\.[^\"]*==", "ID"),
            (r"http://127[^\"]*", "HOME"),
            (r'(cursor|password)": "[^"]*', r"\1"),
        ):
            call = re.sub(unlike, same, call)
        said.append(call)
    return [call for call in said if not LOOKS.fullmatch(call)]


@pytest.mark.parametrize("provider", ["Apple", "Google"])
async def test_every_front_makes_the_same_calls_and_the_same_connection(
    provider: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fronts: list[Callable[[Desk], Awaitable[object]]] = [full_screen, plain, without_questions]
    went = []
    for front in fronts:
        with paper_site() as site:
            desk = Desk(site, Line(site), site.account(provider), tmp_path, capsys)
            monkeypatch.setenv("OWNER_PASSWORD", desk.account.password)
            result = await front(desk)
            assert isinstance(result, dict)
            made = {key: result[key] for key in ("providerId", "calendarType", "scheduleId", "import", "export")}
            (kept,) = (one for one in site.site.store.connections() if one.email == desk.account.email)
            went.append((calls(desk.line), made, (kept.schedule_id, kept.imports, kept.exports)))
    assert went[0] == went[1]
    assert went[0] == went[2]
