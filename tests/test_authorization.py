import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from tests.line import (
    AUTHORIZE,
    CONNECTION,
    CONNECTIONS,
    DISCONNECT,
    Line,
    carries_nothing,
    journey_on,
    provider_named,
    schedule_named,
)
from tests.sites import NO_CERTIFICATES, InProcessSite
from wizard import authorization
from wizard.authorization import Authorization
from wizard.domain import Connection, Fault, Provider, Schedule, Status
from wizard.journey import Journey

NEVER = 3600.0
EMAIL = "dana@gmail.example"
DID_NOT_WORK = "That didn&#x27;t work"


@dataclass
class Attempt:
    """An authorization that is waited for."""

    attempt: Authorization
    home: asyncio.Task[Connection]

    @property
    def url(self) -> str:
        return self.attempt.url

    async def waits_on(self) -> bool:
        """Let everything that is under way happen, and say whether the wait goes on."""
        for _ in range(20):
            await asyncio.sleep(0)
        return not self.home.done()


@dataclass
class Stage:
    """A site, the line to it, and what is to be connected."""

    site: InProcessSite
    line: Line
    journey: Journey
    google: Provider
    dana: Schedule

    @asynccontextmanager
    async def attempt(
        self, redirect_url: str | None = None, *, polling: bool = False, replaces: Connection | None = None
    ) -> AsyncIterator[Attempt]:
        """Wait for consent to connect Google to Dana's schedule."""
        self.journey._poll_seconds = 0.02 if polling else NEVER  # noqa: SLF001 - one journey for both kinds of test
        async with self.journey.authorize(self.google, self.dana, redirect_url, replaces=replaces) as attempt:
            home = asyncio.create_task(attempt.wait())
            try:
                yield Attempt(attempt, home)
            finally:
                home.cancel()
                await asyncio.wait([home])

    async def consent(self, url: str, decision: str = "allow", account: str = EMAIL) -> str:
        """Decide on the consent page; return where the browser is sent."""
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.site.app)) as browser:
            page = await browser.get(url)
            form = re.search(r'name="form" value="([0-9a-f]+)"', page.text)
            assert form
            fields = {"form": form[1], "decision": decision, "account": account}
            return (await browser.post(url, data=fields)).headers["location"]


@pytest.fixture
async def stage(paper: InProcessSite, line: Line) -> AsyncIterator[Stage]:
    async with journey_on(paper, line) as journey:
        google, dana = await provider_named(journey, "Google"), await schedule_named(journey, "Dana Levi")
        yield Stage(paper, line, journey, google, dana)


async def browse(url: str) -> httpx.Response:
    """Open a page as a browser on this machine would."""
    async with httpx.AsyncClient(trust_env=False, verify=NO_CERTIFICATES) as browser:
        return await browser.get(url)


def id_in(address: str) -> str:
    return parse_qs(urlsplit(address).query)["connectionId"][0]


async def test_what_is_replaced_is_ended_before_there_is_a_link_and_by_the_first_link_only(stage: Stage) -> None:
    async with stage.attempt() as attempt:
        await browse(await stage.consent(attempt.url))
        old = await attempt.home
    for _ in range(2):
        async with stage.attempt(replaces=old) as attempt:
            assert (await stage.journey.connection(old.id)).status is Status.DISCONNECTED
    assert stage.line.count(DISCONNECT) == 1


# The three ways home, each alone


async def test_the_browser_comes_home_to_the_listener(stage: Stage) -> None:
    async with stage.attempt() as waiting:
        page = await browse(await stage.consent(waiting.url))
        made = await waiting.home
    assert "The calendar is connected" in page.text
    assert (made.email, made.provider_id, made.schedule_id) == (EMAIL, stage.google.id, stage.dana.id)


@pytest.mark.parametrize(
    "as_copied",
    [
        lambda address: address,
        lambda address: urlsplit(address).query,
        id_in,
        lambda address: quote(id_in(address), safe=""),
        lambda address: f"  <{address[:60]}\n   {address[60:]}>\n",
    ],
    ids=["address", "query", "id", "encoded id", "wrapped"],
)
async def test_where_the_browser_ended_up_is_pasted(stage: Stage, as_copied: Callable[[str], str]) -> None:
    async with stage.attempt() as waiting:
        await waiting.attempt.paste(as_copied(await stage.consent(waiting.url)))
        assert (await waiting.home).email == EMAIL


async def test_the_connection_shows_up_at_wix(stage: Stage) -> None:
    async with stage.attempt(polling=True) as waiting:
        await stage.consent(waiting.url)
        assert (await waiting.home).email == EMAIL


# What isn't the way home


async def test_a_connection_to_another_schedule_is_refused_and_the_wait_goes_on(stage: Stage) -> None:
    business = next(c for c in await stage.journey.connections() if c.provider_id == stage.google.id)
    async with stage.attempt() as waiting:
        with pytest.raises(Fault, match="wrong_connection"):
            await waiting.attempt.paste(business.id)
        assert await waiting.waits_on()
        await waiting.attempt.paste(await stage.consent(waiting.url))
        assert (await waiting.home).schedule_id == stage.dana.id


async def test_a_connection_of_another_provider_is_refused(stage: Stage) -> None:
    fastmail, account = await provider_named(stage.journey, "Fastmail"), stage.site.account("Fastmail")
    made = await stage.journey.connect(fastmail, stage.dana, account.email, SecretStr(account.password))
    async with stage.attempt() as waiting:
        with pytest.raises(Fault, match="wrong_connection"):
            await waiting.attempt.paste(made.id)
        assert await waiting.waits_on()


async def test_an_unknown_connection_is_refused(stage: Stage) -> None:
    async with stage.attempt() as waiting:
        with pytest.raises(Fault, match="wrong_connection") as caught:
            await waiting.attempt.paste("EC." + "x" * 150)
        assert carries_nothing(caught.value)
        assert await waiting.waits_on()


async def test_what_cannot_be_read_is_refused(stage: Stage) -> None:
    async with stage.attempt() as waiting:
        with pytest.raises(Fault, match="paste_unreadable"):
            await waiting.attempt.paste("https://accounts.google.com/o/oauth2")
        assert await waiting.waits_on()


async def test_a_forged_redirect_is_not_believed(stage: Stage) -> None:
    business = next(c for c in await stage.journey.connections() if c.provider_id == stage.google.id)
    async with stage.attempt() as waiting:
        redirect = parse_qs(urlsplit(await stage.consent(waiting.url)).query)
        home = f"http://{waiting.attempt.address}" + urlsplit(redirect_url_of(stage)).path
        page = await browse(f"{home}?connectionId={quote(business.id, safe='')}")
        assert DID_NOT_WORK in page.text
        assert await waiting.waits_on()
        await browse(f"{home}?connectionId={quote(redirect['connectionId'][0], safe='')}")
        assert (await waiting.home).schedule_id == stage.dana.id


def redirect_url_of(stage: Stage) -> str:
    """Return the redirectUrl of the last Connect By OAuth."""
    sent = next(r for r in reversed(stage.line.sent) if r.url.path.endswith(AUTHORIZE))
    found: str = json.loads(sent.content)["redirectUrl"]
    return found


@pytest.mark.parametrize("path", ["/favicon.ico", "/?connectionId=EC.guess", "/"])
async def test_stray_requests_are_answered_and_ignored(stage: Stage, path: str) -> None:
    async with stage.attempt() as waiting:
        assert (await browse(f"http://{waiting.attempt.address}{path}")).status_code == 404
        assert await waiting.waits_on()


async def test_connections_from_before_are_not_the_way_home(stage: Stage) -> None:
    async with stage.attempt() as waiting:
        await waiting.attempt.paste(await stage.consent(waiting.url))
        first = await waiting.home
    async with stage.attempt(polling=True) as waiting:
        looks = stage.line.count(CONNECTIONS)
        await until(lambda: stage.line.count(CONNECTIONS) > looks + 2)
        assert await waiting.waits_on()
    await stage.journey.disconnect(first)
    async with stage.attempt(polling=True) as waiting:
        looks = stage.line.count(CONNECTIONS)
        await until(lambda: stage.line.count(CONNECTIONS) > looks + 2)
        assert await waiting.waits_on()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - nobody sets an event for it
            await asyncio.sleep(0.005)


# Saying no


@pytest.mark.parametrize("decision", ["reject", "unsupported", "internal"])
async def test_a_documented_error_is_its_fault(stage: Stage, decision: str) -> None:
    async with stage.attempt() as waiting:
        await browse(await stage.consent(waiting.url, decision))
        with pytest.raises(Fault) as caught:
            await waiting.home
    assert caught.value.code == f"oauth_{decision}"


@pytest.mark.parametrize(
    ("error", "code"), [("reject", "oauth_reject"), ("access_denied", "oauth_unknown"), ("taken", "oauth_unknown")]
)
async def test_an_error_can_be_pasted_as_well(stage: Stage, error: str, code: str) -> None:
    async with stage.attempt() as waiting:
        await waiting.attempt.paste(f"http://127.0.0.1:1/back?error={error}")
        with pytest.raises(Fault) as caught:
            await waiting.home
    assert caught.value.code == code


async def test_a_link_is_waited_for_only_so_long(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorization, "LIFETIME_SECONDS", 0.01)
    async with stage.attempt() as waiting:
        with pytest.raises(Fault, match="oauth_expired"):
            await waiting.home


async def test_access_that_was_allowed_at_the_last_moment_counts(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorization, "LIFETIME_SECONDS", 0.0)
    async with stage.journey.authorize(stage.google, stage.dana) as attempt:
        await stage.consent(attempt.url)
        assert (await attempt.wait()).email == EMAIL


async def test_what_an_earlier_link_has_made_unseen_is_taken_instead_of_a_new_link(stage: Stage) -> None:
    async with stage.attempt() as waiting:
        url = waiting.url
    await stage.consent(url)
    async with stage.attempt() as waiting:
        assert waiting.url == ""
        assert (await waiting.home).email == EMAIL
    assert stage.line.count(AUTHORIZE) == 1


async def test_what_a_used_link_has_made_is_not_taken_for_what_the_next_one_makes(stage: Stage) -> None:
    async with stage.attempt() as waiting:
        await waiting.attempt.paste(await stage.consent(waiting.url))
        await waiting.home
    async with stage.attempt(polling=True) as waiting:
        assert waiting.url
        assert await waiting.waits_on()


# Wix while waiting


async def test_a_redirect_that_cannot_be_proven_now_is_proven_by_the_next_poll(stage: Stage) -> None:
    async with stage.attempt(polling=True) as waiting:
        # List Connections keeps silent about it, so that only what came home can lead to it.
        stage.line.edit(CONNECTIONS, lambda content: content["connections"].clear(), times=1000)
        stage.line.fail(CONNECTION, httpx.ConnectError("down"))
        browser = asyncio.create_task(browse(await stage.consent(waiting.url)))
        assert (await waiting.home).email == EMAIL
    assert "has reached" in (await browser).text


async def test_a_claim_that_cannot_be_proven_does_not_hide_the_true_one(stage: Stage) -> None:
    async with stage.attempt(polling=True) as waiting:
        stage.line.fail(CONNECTION, httpx.ConnectError("down"))
        with pytest.raises(Fault, match="offline"):
            await waiting.attempt.paste("EC." + "x" * 150)
        await stage.consent(waiting.url)
        assert (await waiting.home).email == EMAIL
        assert waiting.attempt.asking


async def test_a_claim_that_wix_does_not_know_is_asked_about_only_once_more(stage: Stage) -> None:
    async with stage.attempt(polling=True) as waiting:
        stage.line.fail(CONNECTION, httpx.ConnectError("down"))
        with pytest.raises(Fault, match="offline"):
            await waiting.attempt.paste("EC." + "x" * 150)
        looks = stage.line.count(CONNECTIONS)
        await until(lambda: stage.line.count(CONNECTIONS) > looks + 3)
        assert stage.line.count(CONNECTION) == 2
        assert await waiting.waits_on()


async def test_a_new_connection_whose_status_wix_does_not_say_yet_is_waited_for(stage: Stage) -> None:
    said = False

    def keep_silent(content: Any) -> None:
        for made in content.get("connections", [content.get("connection")]):
            made.update({} if said else {"status": "BEING_MADE"})

    async with stage.attempt(polling=True) as waiting:
        stage.line.edit(CONNECTIONS, keep_silent, times=1000)
        stage.line.edit(CONNECTION, keep_silent, times=1000)
        await stage.consent(waiting.url)
        looks = stage.line.count(CONNECTIONS)
        await until(lambda: stage.line.count(CONNECTIONS) > looks + 3)
        assert await waiting.waits_on()
        said = True
        assert (await waiting.home).email == EMAIL


async def test_a_paste_that_cannot_be_proven_now_is_proven_by_the_next_poll(stage: Stage) -> None:
    async with stage.attempt(polling=True) as waiting:
        stage.line.edit(CONNECTIONS, lambda content: content["connections"].clear(), times=1000)
        stage.line.fail(CONNECTION, httpx.ConnectError("down"))
        with pytest.raises(Fault, match="offline"):
            await waiting.attempt.paste(await stage.consent(waiting.url))
        assert (await waiting.home).email == EMAIL


async def test_it_is_told_whether_wix_answers(stage: Stage) -> None:
    async with stage.attempt(polling=True) as waiting:
        stage.line.fail(CONNECTIONS, httpx.ConnectError("down"), times=3)
        await until(lambda: not waiting.attempt.asking)
        await until(lambda: waiting.attempt.asking)
        assert await waiting.waits_on()


async def test_being_asked_to_slow_down_does_not_end_the_wait(stage: Stage) -> None:
    async with stage.attempt(polling=True) as waiting:
        stage.line.fail(CONNECTIONS, httpx.Response(429, headers={"retry-after": "0"}), times=3)
        looks = stage.line.count(CONNECTIONS)
        await until(lambda: stage.line.count(CONNECTIONS) >= looks + 3)
        assert waiting.attempt.asking
        await stage.consent(waiting.url)
        assert (await waiting.home).email == EMAIL


@pytest.mark.parametrize(("status", "code"), [(401, "wix_sign_in_refused"), (403, "permission_missing")])
async def test_a_sign_in_that_is_refused_meanwhile_ends_the_wait(stage: Stage, status: int, code: str) -> None:
    async with stage.attempt(polling=True) as waiting:
        stage.line.fail(CONNECTIONS, httpx.Response(status), times=1000)
        with pytest.raises(Fault) as caught:
            await waiting.home
    assert caught.value.code == code
    assert carries_nothing(caught.value)


# A connection that was made, but doesn't stand

BROKEN = {"status": "ERROR", "errorReason": "TOKEN_REVOKED"}


@pytest.mark.parametrize("way", ["listener", "paste", "poll"])
async def test_a_broken_connection_is_its_fault_and_the_next_link_disconnects_it(stage: Stage, way: str) -> None:
    stage.line.edit(CONNECTION, lambda content: content["connection"].update(BROKEN), times=2)
    async with stage.attempt(polling=way == "poll") as waiting:
        address = await stage.consent(waiting.url)
        if way == "listener":
            assert DID_NOT_WORK in (await browse(address)).text
        elif way == "paste":
            await waiting.attempt.paste(address)
        with pytest.raises(Fault, match="connection_token_revoked"):
            await waiting.home
    assert stage.line.count(DISCONNECT) == 0
    async with stage.attempt() as waiting:
        assert stage.line.count(DISCONNECT) == 1
        await waiting.attempt.paste(await stage.consent(waiting.url))
        assert (await waiting.home).status.healthy
    assert (
        len([c for c in await stage.journey.connections([stage.dana.id]) if c.status is not Status.DISCONNECTED]) == 1
    )


# Opening and closing


async def test_nothing_is_left_open_afterwards(stage: Stage) -> None:
    async with stage.attempt(polling=True) as waiting:
        host, port = waiting.attempt.address.split(":")
        await stage.consent(waiting.url)
        await waiting.home
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(host, int(port))
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_leaving_while_waiting_leaves_nothing_open(stage: Stage) -> None:
    async with stage.attempt(polling=True) as waiting:
        host, port = waiting.attempt.address.split(":")
        assert await waiting.waits_on()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(host, int(port))
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_another_machines_redirect_url_is_not_listened_on(stage: Stage) -> None:
    async with stage.attempt("https://studio.example/back") as waiting:
        assert waiting.attempt.address == ""
        address = await stage.consent(waiting.url)
        assert address.startswith("https://studio.example/back?connectionId=")
        await waiting.attempt.paste(address)
        assert (await waiting.home).email == EMAIL


async def test_a_loopback_redirect_url_is_listened_on_as_it_is(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with stage.attempt(f"http://127.0.0.1:{port}/back") as waiting:
        assert waiting.attempt.address == f"127.0.0.1:{port}"
        await browse(await stage.consent(waiting.url))
        assert (await waiting.home).email == EMAIL


async def test_a_port_that_is_taken_is_a_fault_before_anything_is_sent(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(Fault, match="listener_taken"):
        async with stage.attempt(f"http://127.0.0.1:{taken.getsockname()[1]}/back"):
            pass
    assert stage.line.count(AUTHORIZE) == 0


async def test_a_redirect_url_that_wix_refuses_is_a_fault(stage: Stage) -> None:
    with pytest.raises(Fault, match="redirect_refused") as caught:
        async with stage.attempt("https://stüdio.example/back"):
            pass
    assert carries_nothing(caught.value)


async def test_another_refusal_is_not_taken_for_that(stage: Stage) -> None:
    stage.line.fail(
        AUTHORIZE, httpx.Response(428, json={"details": {"applicationError": {"code": "NOT_SUPPORTED_BY_PROVIDER"}}})
    )
    with pytest.raises(Fault, match="not_supported_by_provider"):
        async with stage.attempt():
            pass


async def test_a_failed_start_leaves_nothing_open_and_can_be_tried_again(stage: Stage) -> None:
    stage.line.fail(AUTHORIZE, httpx.Response(503))
    with pytest.raises(Fault, match="server_error"):
        async with stage.attempt():
            pass
    assert asyncio.all_tasks() == {asyncio.current_task()}
    async with stage.attempt() as waiting:
        assert waiting.url


async def test_every_attempt_has_its_own_link_and_way_home(stage: Stage) -> None:
    links, homes = set(), set()
    for _ in range(3):
        async with stage.attempt() as waiting:
            links.add(waiting.url)
            homes.add(redirect_url_of(stage))
    assert len(links) == len(homes) == 3
