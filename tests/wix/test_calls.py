"""What is remembered of the calls."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr

from wizard.wix import ApiKey, App, Call, Calls, Client, NotFound, Offline, RateLimited, WixSignInRefused, calls

from .stage import KEY, LONG_ID, SITE, Stage, ok, refusal
from .test_client import ENCODED

FOLDER = "/bookings/v2/external-calendars"


def call(method: str, path: str) -> Call:
    return Call(method, path, 200, 0.1, "r", datetime(2026, 11, 22, tzinfo=UTC))


def lines(stage: Stage) -> list[tuple[str, str, int | None, str]]:
    return [(one.method, one.path, one.status, one.request_id) for one in stage.client.calls]


async def test_a_call_is_remembered_with_its_answer_and_its_time() -> None:
    before = datetime.now(UTC)
    stage = Stage(ok())
    await stage.client.list_providers()
    (made,) = stage.client.calls
    assert lines(stage) == [("GET", f"{FOLDER}/providers", 200, "req-1")]
    assert before <= made.began <= datetime.now(UTC)
    assert made.began.tzinfo is UTC
    assert 0 < made.seconds < 10


async def test_a_path_has_the_id_as_it_was_sent_only_if_it_succeeded() -> None:
    stage = Stage(ok({"connection": {"id": "c"}}), refusal(404), httpx.ConnectError("down"))
    await stage.client.get_connection(LONG_ID)
    for fault in (NotFound, Offline):
        with pytest.raises(fault):
            await stage.client.list_calendars("4/what was pasted by mistake")
    unknown = f"{FOLDER}/connections/{{connectionId}}/calendars"
    assert [line[1] for line in lines(stage)] == [f"{FOLDER}/connections/{ENCODED}", unknown, unknown]


async def test_a_query_is_not_remembered() -> None:
    stage = Stage(ok())
    await stage.client.list_connections(schedule_ids=["s1"])
    assert lines(stage) == [("GET", f"{FOLDER}/connections", 200, "req-1")]


async def test_a_refusal_and_a_call_without_an_answer_are_remembered_too() -> None:
    stage = Stage(refusal(429), httpx.ConnectError("down"))
    with pytest.raises(RateLimited):
        await stage.client.list_providers()
    with pytest.raises(Offline):
        await stage.client.list_providers()
    assert [line[2:] for line in lines(stage)] == [(429, "req-1"), (None, "")]


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("Sun, 22 Nov 2026 08:49:37 GMT", datetime(2026, 11, 22, 8, 49, 37, tzinfo=UTC)),
        ("Sun, 22 Nov 2026 08:49:37 -0000", datetime(2026, 11, 22, 8, 49, 37, tzinfo=UTC)),
        ("now", None),
        (None, None),
    ],
)
async def test_the_answer_s_own_clock_is_remembered(said: str | None, date: datetime | None) -> None:
    stage = Stage(httpx.Response(200, json={}, headers={} if said is None else {"date": said}))
    await stage.client.list_providers()
    (made,) = stage.client.calls
    assert made.date == date


async def test_a_call_that_is_stopped_is_remembered() -> None:
    asked = asyncio.Event()

    async def never(_: httpx.Request) -> httpx.Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    client = Client(ApiKey(SecretStr(KEY), SITE), transport=httpx.MockTransport(never))
    sent = asyncio.create_task(client.disconnect("c"))
    await asked.wait()
    sent.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sent
    (made,) = client.calls
    assert (made.path, made.status) == (f"{FOLDER}/connections/{{connectionId}}/disconnect", None)


async def test_fetching_a_token_is_a_call_and_its_secret_is_not_remembered() -> None:
    stage = Stage(refusal(401), auth=App("app", SecretStr("hush"), SITE))
    with pytest.raises(WixSignInRefused):
        await stage.client.list_providers()
    assert lines(stage) == [("POST", "/oauth2/token", 401, "req-1")]
    assert "hush" not in repr(list(stage.client.calls))


def test_when_there_are_too_many_the_oldest_reads_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MOST_KEPT", 3)
    kept = Calls()
    for made in (call("GET", "/1"), call("POST", "/2"), call("GET", "/3"), call("GET", "/4"), call("PATCH", "/5")):
        kept.add(made)
    assert [one.path for one in kept] == ["/2", "/4", "/5"]
    assert (len(kept), kept.dropped) == (3, 2)


def test_calls_that_changed_something_are_dropped_only_when_there_is_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calls, "MOST_KEPT", 1)
    kept = Calls()
    for made in (call("POST", "/1"), call("POST", "/2")):
        kept.add(made)
    assert [one.path for one in kept] == ["/2"]
