"""The faults: how they are written, and what each does to a caller, in the process and on a real line."""

import asyncio
import json
import re
import socket
import sys
from argparse import ArgumentTypeError
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import EXTERNAL, PROVIDER_IDS, Api, fault, violated
from tests.sites import NO_CERTIFICATES, start_sandbox, stop_sandbox
from wizard.sandbox import faults, faulty
from wizard.sandbox.__main__ import main
from wizard.sandbox.faults import Faults, Rule, Served
from wizard.sandbox.line import Line
from wizard.sandbox.schedules import schedule_named
from wizard.sandbox.web import WebServer

CONNECTION = EXTERNAL + "/connections/EC.x"
REQUESTS = {
    "list-providers": ("GET", EXTERNAL + "/providers"),
    "query-schedules": ("POST", "/calendar/v3/schedules/query"),
    "connect-by-credentials": ("POST", EXTERNAL + "/connections:connectByCredentials"),
    "connect-by-oauth": ("POST", EXTERNAL + "/connections:connectByOAuth"),
    "get-connection": ("GET", CONNECTION),
    "list-connections": ("GET", EXTERNAL + "/connections"),
    "list-calendars": ("GET", CONNECTION + "/calendars"),
    "update-sync-config": ("PATCH", CONNECTION + "/sync-config"),
    "disconnect": ("POST", CONNECTION + "/disconnect"),
    "list-events": ("GET", EXTERNAL + "/events"),
    "token": ("POST", "/oauth2/token"),
}


@pytest.fixture
def slept(api: Api) -> list[float]:
    """Let no fault take its time; give the seconds that it would have taken."""
    seconds: list[float] = []

    async def sleep(wanted: float) -> None:
        seconds.append(wanted)

    api.site.site.faults.sleep = sleep
    return seconds


@dataclass
class Live:
    """The same site, served on a real port by the sandbox's own web server; `waiting` is set where `stand_still`."""

    server: WebServer
    client: httpx.AsyncClient
    waiting: asyncio.Event
    ended: asyncio.Event

    async def stand_still(self, _: float) -> None:
        """Stand in for the faults' sleep, and never come back."""
        self.waiting.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()

    async def get(self) -> httpx.Response:
        return await self.client.get(EXTERNAL + "/providers")

    async def read(self) -> bytes:
        """Send a request on a line of its own and return all that comes until its end."""
        request = self.client.build_request("GET", EXTERNAL + "/providers")
        reader, writer = await asyncio.open_connection(request.url.host, request.url.port)
        try:
            lines = [b"GET " + request.url.raw_path + b" HTTP/1.1", *(b": ".join(one) for one in request.headers.raw)]
            writer.write(b"\r\n".join([*lines, b"", b""]))
            return await reader.read()
        finally:
            writer.close()


@pytest.fixture
async def live(api: Api, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Live]:
    ready = asyncio.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = WebServer(api.site.app, ready.set)
        # It would leave behind what took the signals as it began: the loop of the fixture, which has gone by then.
        monkeypatch.setattr(server, "capture_signals", nullcontext)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await ready.wait()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=url, headers=api.client.headers, verify=NO_CERTIFICATES) as client:
            yield Live(server, client, asyncio.Event(), asyncio.Event())
        server.should_exit = True
        await task


def let(api: Api, *texts: str) -> None:
    api.site.site.faults.add(*texts)


def served(api: Api) -> Served:
    """Return the last call of the log."""
    return api.site.site.log[-1]


async def providers(api: Api, kind: str) -> httpx.Response:
    """Ask for the providers while that happens."""
    let(api, f"list-providers={kind}*1")
    return await api.get("/providers")


async def pages(api: Api, kind: str) -> list[dict[str, Any]]:
    let(api, f"query-schedules={kind}")
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        found.append((await api.query({"query": {"cursorPaging": {"limit": 20} | cursor}})).json())
        cursor = {"cursor": found[-1]["pagingMetadata"]["cursors"]["next"]}
    return found


async def status_of_google(api: Api) -> str:
    rows = (await api.get("/connections")).json()["connections"]
    return str(next(one["status"] for one in rows if one["providerId"] == PROVIDER_IDS["Google"]))


# How they are written


def test_a_fault_is_a_call_a_kind_and_perhaps_a_number() -> None:
    assert Rule.parse("token=503") == Rule("token", "503", None)
    assert Rule.parse("list-events=429-retry-after*12") == Rule("list-events", "429-retry-after", 12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is no fault; give CALL=KIND, or CALL=KIND*N"),
        ("503", "'503' is no fault"),
        ("providers=503", f"there is no call 'providers'; there are {', '.join(faults.CALLS)}"),
        ("token=", f"there is no kind ''; there are {', '.join(faults.KINDS)}"),
        ("token=bad_credentials", "there is no kind 'bad_credentials'"),
        ("token=503*", "'' is no number of calls; give one from 1 to 9999"),
        ("token=503*0", "'0' is no number of calls"),
        ("token=503*-1", "'-1' is no number of calls"),
        ("token=503*10000", "'10000' is no number of calls"),
        ("token=503*1*1", "'1*1' is no number of calls"),
        ("token=503*1\n", "'1\\n' is no number of calls"),
        ("token=503*١", "is no number of calls"),  # noqa: RUF001 - an Arabic 1
        ("list-providers=fresh-cursors", "fresh-cursors goes with query-schedules and list-events only"),
    ],
)
def test_what_is_no_fault_says_what_there_is(text: str, said: str) -> None:
    with pytest.raises(ArgumentTypeError, match=re.escape(said)):
        Rule.parse(text)


@pytest.mark.parametrize("text", ["", "soon", "-1", "60.1", "nan", "inf"])
def test_what_is_no_latency_says_what_is(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match=f"'{text}' is no latency; give seconds from 0 to 60"):
        faults.parse_latency(text)


def test_a_latency_may_be_a_fraction() -> None:
    assert [faults.parse_latency(text) for text in ("0", "0.25", "60")] == [0.0, 0.25, 60.0]


def test_faults_of_one_call_come_one_after_the_other() -> None:
    some = Faults.parse(["token=503*2", "list-events=404", "token=409*1"])
    assert [some.take("token") for _ in range(4)] == ["503", "503", "409", None]
    assert [some.take("list-events") for _ in range(3)] == ["404"] * 3
    assert some.take("list-providers") is None


def test_of_faults_that_are_added_together_all_exist_or_none_comes() -> None:
    some = Faults()
    with pytest.raises(faults.UnknownFaultError):
        some.add("token=503", "token=505")
    assert some.take("token") is None


def test_every_kind_is_carried_out_and_described() -> None:
    rows = re.findall(r"^\| (.+?) \| .+ \| (?:yes|no) \|$", faults.__doc__ or "", re.MULTILINE)
    described = {name for row in rows for name in row.removesuffix(" of `token`").split(", ")}
    assert set(faults.KINDS) == set(faulty.KINDS) == described
    assert len(faults.KINDS) == len(set(faults.KINDS))


def test_the_help_names_every_call_and_kind_in_eighty_columns() -> None:
    said = faults.describe()
    assert {*faults.CALLS, *faults.KINDS} <= set(said.split())
    assert max(map(len, said.splitlines())) <= 80


# Which calls they hit


async def test_each_call_has_its_name(api: Api) -> None:
    assert set(REQUESTS) == set(faults.CALLS)
    let(api, *(f"{call}=503*1" for call in faults.CALLS))
    for method, path in REQUESTS.values():
        assert (await api.client.request(method, path)).status_code == 503
        assert (await api.client.request(method, path)).status_code != 503
    hit = [one for one in api.site.site.log if one.fault]
    assert hit == [Served(call, "503", 503) for call in REQUESTS]


async def test_a_fault_hits_the_first_n_calls_and_no_others(api: Api) -> None:
    let(api, "list-providers=503*2")
    assert (await api.get("/connections")).status_code == 200
    assert [(await api.get("/providers")).status_code for _ in range(4)] == [503, 503, 200, 200]
    log = [(one.call, one.status, one.done) for one in api.site.site.log]
    assert log == [
        ("list-connections", 200, True),
        ("list-providers", 503, False),
        ("list-providers", 503, False),
        ("list-providers", 200, True),
        ("list-providers", 200, True),
    ]


async def test_cleared_faults_are_over_at_once(api: Api, slept: list[float]) -> None:
    let(api, *(f"{call}=500" for call in faults.CALLS))
    api.site.site.faults.latency = 9
    assert (await api.get("/providers")).status_code == 500
    api.site.site.faults.clear()
    assert (await api.get("/providers")).status_code == 200
    assert slept == [9]


async def test_neither_the_consent_page_nor_an_unknown_route_has_faults_or_latency(
    api: Api, slept: list[float]
) -> None:
    address = (await api.by_oauth()).json()["oauthUrl"]
    let(api, *(f"{call}=500" for call in faults.CALLS))
    api.site.site.faults.latency = 9
    assert (await api.client.get(address)).status_code == 200
    assert (await api.get("/nothing")).status_code == 404
    assert (await api.client.delete(EXTERNAL + "/providers")).status_code == 405
    assert slept == []


# Refused and failed


async def test_a_refusal_has_its_status_and_code(api: Api) -> None:
    for kind, status, code in [
        ("BAD_CREDENTIALS", 401, "BAD_CREDENTIALS"),
        ("PREMIUM_FEATURE_NOT_ENABLED", 403, "PREMIUM_FEATURE_NOT_ENABLED"),
        ("NOT_SUPPORTED_BY_PROVIDER", 428, "NOT_SUPPORTED_BY_PROVIDER"),
        ("CONNECTION_NOT_CONNECTED", 428, "CONNECTION_NOT_CONNECTED"),
        ("CONNECTION_ALREADY_DISCONNECTED", 428, "CONNECTION_ALREADY_DISCONNECTED"),
        ("401", 401, "UNAUTHENTICATED"),
        ("403", 403, "PERMISSION_DENIED"),
        ("404", 404, "NOT_FOUND"),
        ("409", 409, "CONFLICT"),
        ("428", 428, "FAILED_PRECONDITION"),
    ]:
        answer = await providers(api, kind)
        assert fault(answer) == (status, code)
        assert answer.headers["x-wix-request-id"]
        assert not served(api).done


async def test_400_names_a_field(api: Api) -> None:
    assert violated(await providers(api, "400")) == ["scheduleId"]


async def test_429_says_how_long_to_wait_or_does_not(api: Api) -> None:
    answers = [await providers(api, "429"), await providers(api, "429-retry-after")]
    assert [(one.status_code, one.headers.get("retry-after"), one.content) for one in answers] == [
        (429, None, b""),
        (429, "2", b""),
    ]


@pytest.mark.parametrize(
    ("body", "kind"), [("", ""), ("-json", "application/json"), ("-html", "text/html; charset=utf-8")]
)
async def test_a_failure_is_empty_json_or_html(api: Api, body: str, kind: str) -> None:
    for status in (500, 501, 502, 503, 504):
        answer = await providers(api, f"{status}{body}")
        assert (answer.status_code, answer.headers.get("content-type", "")) == (status, kind)
        assert bool(answer.content) == bool(body)
        assert body != "-json" or fault(answer)[0] == status
        assert body != "-html" or answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize(("kind", "done"), [("503", False), ("503-after", True), ("504-after", True)])
async def test_a_failure_comes_before_or_after_the_work(api: Api, kind: str, done: bool) -> None:
    let(api, f"disconnect={kind}*1")
    answer = await api.post(f"/connections/{await api.first('Google')}/disconnect")
    assert (answer.status_code, answer.content) == (int(kind[:3]), b"")
    assert served(api) == Served("disconnect", kind, int(kind[:3]), done)
    assert await status_of_google(api) == ("DISCONNECTED" if done else "SYNCED")


async def test_work_that_is_refused_is_not_done(api: Api) -> None:
    let(api, "disconnect=503-after*1")
    await api.post("/connections/EC.x/disconnect")
    assert not served(api).done


async def test_an_error_is_left_as_it_is(api: Api) -> None:
    let(api, "get-connection=empty-object*1", "get-connection=huge*1")
    for _ in range(2):
        assert fault(await api.get("/connections/EC.x")) == (404, "CONNECTION_NOT_FOUND")


async def test_a_redirect_leads_to_another_host(api: Api) -> None:
    answer = await providers(api, "302")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://elsewhere.example/")


async def test_an_expired_token_stays_refused_until_there_is_a_new_one(api: Api) -> None:
    first, second = await new_token(api), await new_token(api)
    let(api, "list-providers=expired-token*1")
    assert await asked_with(api, "/connections", first) == 200
    assert await asked_with(api, "/providers", first) == 401
    assert await asked_with(api, "/connections", first) == 401
    assert await asked_with(api, "/providers", second) == 200
    api.site.site.faults.clear()
    assert await asked_with(api, "/connections", first) == 200


async def test_a_token_can_be_expired_from_the_start(api: Api) -> None:
    let(api, "token=expired-token*1")
    assert await asked_with(api, "/providers", await new_token(api)) == 401
    assert await asked_with(api, "/providers", await new_token(api)) == 200


async def test_an_api_key_does_not_expire(api: Api) -> None:
    assert fault(await providers(api, "expired-token")) == (401, "UNAUTHENTICATED")
    assert (await api.get("/providers")).status_code == 200


async def new_token(api: Api) -> str:
    body = {
        "grant_type": "client_credentials",
        "client_id": api.site.app_id,
        "client_secret": api.site.app_secret,
        "instance_id": api.site.instance_id,
    }
    return str((await api.client.post("/oauth2/token", json=body)).json()["access_token"])


async def asked_with(api: Api, path: str, token: str) -> int:
    headers = {"authorization": f"Bearer {token}"}
    return (await api.client.get(EXTERNAL + path, headers=headers)).status_code


# Unreadable and odd


@pytest.mark.parametrize(("kind", "body"), [("empty-body", b""), ("empty-object", b"{}"), ("not-an-object", b"[]")])
async def test_an_answer_without_content_is_a_success(api: Api, kind: str, body: bytes) -> None:
    answer = await providers(api, kind)
    assert (answer.status_code, answer.content) == (200, body)
    assert answer.headers["content-type"] == "application/json"
    assert served(api).done


async def test_invalid_json_breaks_off(api: Api) -> None:
    true = await api.get("/providers")
    answer = await providers(api, "invalid-json")
    assert answer.content == true.content[: len(true.content) // 2]
    with pytest.raises(ValueError, match="line 1"):
        answer.json()


async def test_wrong_types_are_valid_json(api: Api) -> None:
    assert (await providers(api, "wrong-types")).json() == {"providers": None}
    assert (await providers(api, "wrong-types-inside")).json()["providers"][0] == {
        "id": 7,
        "name": 7,
        "calendarType": 7,
        "features": [],
    }
    connection = f"/connections/{await api.first('Google')}"
    let(api, "get-connection=wrong-types*1", "get-connection=wrong-types-inside*1")
    assert (await api.get(connection)).json() == {"connection": []}
    assert (await api.get(connection)).json()["connection"]["syncConfig"] == []


async def test_a_huge_answer_is_more_than_32_mib_and_true(api: Api) -> None:
    true = await api.get("/providers")
    answer = await providers(api, "huge")
    assert len(answer.content) > 32 * 1024 * 1024
    assert "content-length" not in answer.headers
    found = answer.json()
    assert found.pop("padding")[:1] == "x"
    assert found == true.json()


async def test_unknown_enums_replace_every_enum_and_nothing_else(api: Api) -> None:
    google = (await providers(api, "unknown-enums")).json()["providers"][0]
    assert google == {
        "id": PROVIDER_IDS["Google"],
        "name": "Google",
        "calendarType": "NEW_VALUE",
        "features": {
            "connectMethods": ["NEW_VALUE"],
            "updateSyncConfig": True,
            "listEventFromCalendars": "NEW_VALUE",
            "syncToCalendar": "NEW_VALUE",
        },
    }
    let(api, "list-connections=unknown-enums*1")
    row = (await api.get("/connections")).json()["connections"][0]
    assert (row["status"], row["calendarType"]) == ("NEW_VALUE", "NEW_VALUE")
    assert row["syncConfig"]["syncToCalendar"] == {"enabled": False}


async def test_nulls_leave_only_what_a_client_cannot_do_without(api: Api) -> None:
    assert (await providers(api, "nulls")).json()["providers"][0] == {
        "id": PROVIDER_IDS["Google"],
        "name": None,
        "calendarType": None,
        "features": None,
    }
    let(api, "query-schedules=nulls", "connect-by-oauth=nulls")
    answer = (await api.query({})).json()
    assert answer["pagingMetadata"] is None
    assert {name for name, one in answer["schedules"][0].items() if one is not None} == {"id"}
    assert (await api.by_oauth()).json()["oauthUrl"]


async def test_extra_fields_stand_in_every_object(api: Api) -> None:
    answer = (await providers(api, "extra-fields")).json()
    first = answer["providers"][0]
    assert answer["newField"] == first["newField"] == first["features"]["newField"]
    assert first["name"] == "Google"


async def test_an_endless_cursor_is_always_the_same(api: Api) -> None:
    found = await pages(api, "endless-cursor")
    assert found[0]["schedules"] == found[1]["schedules"] == found[2]["schedules"]
    assert len({one["pagingMetadata"]["cursors"]["next"] for one in found}) == 1
    assert all(one["pagingMetadata"]["hasNext"] for one in found)


async def test_fresh_cursors_lead_to_the_same_page(api: Api) -> None:
    found = await pages(api, "fresh-cursors")
    assert found[0]["schedules"] == found[1]["schedules"] == found[2]["schedules"]
    assert len({one["pagingMetadata"]["cursors"]["next"] for one in found}) == 3


@pytest.mark.parametrize(("kind", "cursors"), [("endless-cursor", 1), ("fresh-cursors", 3)])
async def test_events_never_end_either(api: Api, kind: str, cursors: int) -> None:
    # Nobody's events, so that no calendar has to be read.
    nobody = {"scheduleIds": schedule_named("Studio A").id}
    let(api, f"list-events={kind}")
    between = {"from": "2031-03-10T00:00:00Z", "to": "2031-03-11T00:00:00Z"}
    found = [(await api.get("/events", **between, **nobody)).json()]
    for _ in range(2):
        cursor = found[-1]["pagingMetadata"]["cursors"]["next"]
        found.append((await api.get("/events", **{"cursorPaging.cursor": cursor})).json())
    assert len({one["pagingMetadata"]["cursors"]["next"] for one in found}) == cursors
    assert all(one["pagingMetadata"]["hasNext"] for one in found)


# Late, in the test's process


async def test_latency_comes_before_every_answer(api: Api, slept: list[float]) -> None:
    api.site.site.faults.latency = 1.5
    assert (await api.get("/providers")).status_code == 200
    assert (await providers(api, "503")).status_code == 503
    assert slept == [1.5, 1.5]


async def test_a_slow_answer_is_true_and_takes_3_seconds(api: Api, slept: list[float]) -> None:
    true = await api.get("/providers")
    assert (await providers(api, "slow")).content == true.content
    assert slept == [3.0]


async def test_a_dripping_answer_is_true_and_comes_byte_by_byte(api: Api, slept: list[float]) -> None:
    true = await api.get("/providers")
    answer = await providers(api, "drip")
    assert answer.content == true.content
    assert slept == [0.01] * len(true.content)


@pytest.mark.parametrize(("kind", "done"), [("hang", False), ("hang-after", True)])
async def test_a_hanging_call_ends_after_two_minutes(api: Api, slept: list[float], kind: str, done: bool) -> None:
    with pytest.raises(httpx.ReadError):
        await providers(api, kind)
    assert slept == [120.0]
    assert served(api) == Served("list-providers", kind, None, done)


async def test_a_hanging_call_runs_into_the_callers_deadline(api: Api) -> None:
    let(api, "list-providers=hang")
    with pytest.raises(httpx.ReadTimeout):
        await api.client.get(EXTERNAL + "/providers", timeout=0.01)


@pytest.mark.parametrize("kind", ["reset-before", "reset-during", "reset-after", "cut"])
async def test_without_a_network_a_cut_line_is_an_exception(
    api: Api, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    let(api, f"list-providers={kind}*2")
    with pytest.raises(httpx.ReadError):
        await api.get("/providers")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api.site.app), headers=api.client.headers) as client:
        with pytest.raises(ConnectionResetError):
            await client.get(api.site.url + EXTERNAL + "/providers")
    assert caplog.text == ""


# On a real line


async def test_a_reset_is_a_real_one(api: Api, live: Live, caplog: pytest.LogCaptureFixture) -> None:
    for kind, status, done in [("reset-before", None, False), ("reset-during", 200, True), ("reset-after", None, True)]:
        let(api, f"list-providers={kind}*2")
        with pytest.raises(ConnectionResetError):
            await live.read()
        with pytest.raises(httpx.ReadError):
            await live.get()
        assert list(api.site.site.log)[-2:] == [Served("list-providers", kind, status, done)] * 2
    assert (await live.get()).status_code == 200
    assert caplog.text == ""


def test_a_reset_is_nothing_more_to_a_caller_that_has_hung_up() -> None:
    wire = socket.socket()
    wire.close()
    transport = Gone({"socket": wire})
    Line(transport).reset()
    assert transport.aborted


class Gone(asyncio.Transport):
    """The site's end of a connection that is no more."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True


async def test_a_reset_during_the_answer_comes_after_half_of_it(api: Api, live: Live) -> None:
    true = await live.get()
    let(api, "list-providers=reset-during")
    seen = b""
    async with live.client.stream("GET", EXTERNAL + "/providers") as answer:
        assert int(answer.headers["content-length"]) == len(true.content)
        parts = answer.aiter_raw()
        while len(seen) < len(true.content) // 2:
            seen += await anext(parts)
        with pytest.raises(httpx.ReadError):
            await anext(parts)
    assert seen == true.content[: len(true.content) // 2]


async def test_a_cut_answer_is_short_and_ends_in_the_normal_way(api: Api, live: Live) -> None:
    true = await live.get()
    let(api, "list-providers=cut")
    head, _, body = (await live.read()).partition(b"\r\n\r\n")
    assert body == true.content
    assert f"content-length: {len(body) + 64}".encode() in head
    with pytest.raises(httpx.RemoteProtocolError):
        await live.get()


@pytest.mark.parametrize(("kind", "done"), [("hang", False), ("hang-after", True)])
async def test_a_caller_that_goes_away_ends_the_wait(
    api: Api, live: Live, kind: str, done: bool, caplog: pytest.LogCaptureFixture
) -> None:
    api.site.site.faults.sleep = live.stand_still
    let(api, f"list-providers={kind}*1")
    call = asyncio.create_task(live.get())
    await live.waiting.wait()
    call.cancel()
    await asyncio.wait_for(live.ended.wait(), 5)
    assert served(api) == Served("list-providers", kind, None, done)
    assert (await live.get()).status_code == 200
    assert caplog.text == ""


async def test_the_end_of_the_site_ends_the_wait(api: Api, live: Live, caplog: pytest.LogCaptureFixture) -> None:
    api.site.site.faults.sleep = live.stand_still
    api.site.site.faults.latency = 60
    call = asyncio.create_task(live.get())
    await live.waiting.wait()
    live.server.should_exit = True
    with pytest.raises(httpx.ReadError):
        await call
    await asyncio.wait_for(live.ended.wait(), 5)
    assert caplog.text == ""


async def test_a_huge_answer_stops_when_its_reader_does(api: Api, live: Live, caplog: pytest.LogCaptureFixture) -> None:
    let(api, "list-providers=huge*1")
    async with live.client.stream("GET", EXTERNAL + "/providers") as answer:
        assert await anext(answer.aiter_raw())
    assert (await live.get()).status_code == 200
    assert caplog.text == ""


# On the command line


def test_a_process_takes_faults_and_a_latency() -> None:
    with start_sandbox("--fault", "list-providers=429-retry-after*1", "--latency", "0.01") as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        headers = {"authorization": ready["apiKey"], "wix-site-id": ready["siteId"]}
        with httpx.Client(base_url=ready["url"], headers=headers, verify=NO_CERTIFICATES) as client:
            answers = [client.get(EXTERNAL + "/providers") for _ in range(2)]
        assert [one.status_code for one in answers] == [429, 200]
        assert answers[1].elapsed.total_seconds() >= 0.01
        assert stop_sandbox(process) == 0


@pytest.mark.parametrize("option", ["--fault=token=505", "--latency=never"])
def test_a_process_refuses_what_is_no_fault(
    option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["wizard.sandbox", option])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    assert re.search("error: argument --(fault: there is no kind '505'; |latency: 'never' is)", capsys.readouterr().err)
