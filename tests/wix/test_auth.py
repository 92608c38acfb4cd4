"""The three ways of signing in."""

import asyncio

import httpx
import pytest
from pydantic import SecretStr

from wizard.wix import (
    AccessToken,
    ApiKey,
    App,
    Auth,
    ExternalCredentialsRefused,
    Nobody,
    Offline,
    ServerError,
    UnreadableAnswer,
    WixError,
    WixSignInRefused,
)

from .stage import SITE, Stage, body_of, ok, refusal


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def app(clock: Clock | None = None) -> App:
    return App("app-1", SecretStr("app-secret"), "instance-1", clock=clock or Clock())


def token(name: str, expires_in: object = 14400) -> httpx.Response:
    return ok({"access_token": name, "expires_in": expires_in})


def paths(stage: Stage) -> list[str]:
    return [request.url.path.rpartition("/")[2] for request in stage.requests]


async def test_an_access_token_is_a_bearer_token_for_one_site() -> None:
    stage = Stage(ok(), auth=AccessToken(SecretStr("tok"), SITE))
    await stage.client.list_providers()
    assert stage.only.headers["authorization"] == "Bearer tok"
    assert stage.only.headers["wix-site-id"] == SITE


async def test_an_app_fetches_its_token_when_first_needed() -> None:
    stage = Stage(token("t1"), ok(), auth=app())
    await stage.client.list_providers()
    fetch, call = stage.requests
    assert (fetch.method, fetch.url.path) == ("POST", "/oauth2/token")
    assert body_of(fetch) == {
        "grant_type": "client_credentials",
        "client_id": "app-1",
        "client_secret": "app-secret",
        "instance_id": "instance-1",
    }
    assert "authorization" not in fetch.headers
    assert call.headers["authorization"] == "Bearer t1"
    assert "wix-site-id" not in call.headers


async def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    clock = Clock()
    stage = Stage(token("t1", 100), ok(), ok(), token("t2"), ok(), auth=app(clock))
    await stage.client.list_providers()
    clock.now += 39
    await stage.client.list_providers()
    clock.now += 1
    await stage.client.list_providers()
    assert paths(stage) == ["token", "providers", "providers", "token", "providers"]


@pytest.mark.parametrize("expires_in", [None, "soon", -1, 1e999, []])
async def test_a_token_of_unknown_lifetime_is_kept_for_the_usual_one(expires_in: object) -> None:
    clock = Clock()
    stage = Stage(token("t", expires_in), ok(), ok(), token("u"), ok(), auth=app(clock))
    await stage.client.list_providers()
    clock.now += 14_000
    await stage.client.list_providers()
    clock.now += 400
    await stage.client.list_providers()
    assert paths(stage) == ["token", "providers", "providers", "token", "providers"]


async def test_requests_at_the_same_time_share_one_fetch() -> None:
    stage = Stage(token("t1"), ok(), auth=app())
    await asyncio.gather(*(stage.client.list_providers() for _ in range(5)))
    assert sorted(paths(stage)) == ["providers"] * 5 + ["token"]


async def test_a_refused_token_is_renewed_once_and_the_call_repeated() -> None:
    stage = Stage(token("old"), refusal(401), token("new"), ok({"connection": {"id": "c"}}), auth=app())
    connection = await stage.client.get_connection("c")
    assert connection.id == "c"
    assert stage.requests[3].headers["authorization"] == "Bearer new"


async def test_a_token_that_stays_refused_is_an_error() -> None:
    stage = Stage(token("old"), refusal(401), token("new"), refusal(401), auth=app())
    with pytest.raises(WixSignInRefused):
        await stage.client.list_providers()
    assert len(stage.requests) == 4


async def test_calls_refused_together_renew_the_token_once() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth2/token":
            fetched.append(request)
            return token(f"t{len(fetched)}")
        return ok() if request.headers["authorization"] == "Bearer t2" else refusal(401)

    fetched: list[httpx.Request] = []
    stage = Stage(answer, auth=app())
    await asyncio.gather(*(stage.client.list_providers() for _ in range(5)))
    assert len(fetched) == 2


async def test_refused_external_credentials_do_not_renew_the_token() -> None:
    stage = Stage(token("t1"), refusal(401, "BAD_CREDENTIALS"), auth=app())
    with pytest.raises(ExternalCredentialsRefused):
        await stage.client.connect_by_credentials(
            provider_id="p", schedule_id="s", email="e", password=SecretStr("wrong")
        )
    assert paths(stage) == ["token", "connections:connectByCredentials"]


async def test_a_refused_key_is_not_tried_again() -> None:
    stage = Stage(refusal(401))
    with pytest.raises(WixSignInRefused):
        await stage.client.list_providers()
    assert len(stage.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_an_app_that_wix_does_not_know_is_a_refused_sign_in(status: int) -> None:
    with pytest.raises(WixSignInRefused) as caught:
        await Stage(refusal(status), auth=app()).client.list_providers()
    assert (caught.value.status, caught.value.request_id) == (status, "req-1")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(refusal(503), ServerError), (httpx.ConnectError("x"), Offline), (ok({"access_token": None}), UnreadableAnswer)],
)
async def test_another_fault_of_the_fetch_keeps_its_meaning(
    answer: httpx.Response | Exception, expected: type[WixError]
) -> None:
    with pytest.raises(expected):
        await Stage(answer, auth=app()).client.list_providers()


async def test_a_failed_fetch_is_tried_again_by_the_next_call() -> None:
    stage = Stage(refusal(503), token("t1"), ok(), auth=app())
    with pytest.raises(ServerError):
        await stage.client.list_providers()
    assert await stage.client.list_providers() == []


@pytest.mark.parametrize("bad", ["", "key\n", "key\r\nx: y", "clé", "ключ", "two words"])
async def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(bad: str) -> None:
    stage = Stage(ok(), auth=ApiKey(SecretStr(bad), SITE))
    with pytest.raises(WixSignInRefused) as caught:
        await stage.client.list_providers()
    assert stage.requests == []
    assert not bad or bad not in str(caught.value)


async def test_a_site_id_that_no_header_can_carry_is_refused() -> None:
    with pytest.raises(WixSignInRefused, match="site ID"):
        await Stage(ok(), auth=AccessToken(SecretStr("t"), "a\nb")).client.list_providers()


@pytest.mark.parametrize("auth", [ApiKey(SecretStr("hush"), SITE), AccessToken(SecretStr("hush"), SITE)])
async def test_a_sign_in_shows_no_secret(auth: Auth) -> None:
    async def post(*_: object) -> object:
        raise AssertionError

    assert "hush" not in repr(auth) + repr(await auth.headers(post))  # type: ignore[arg-type]


async def test_an_app_shows_neither_its_secret_nor_its_token() -> None:
    auth = app()
    await Stage(token("hush"), ok(), auth=auth).client.list_providers()
    assert "hush" not in repr(auth)
    assert "app-secret" not in repr(auth)


async def test_nobody_sends_no_sign_in_and_is_not_asked_for_another() -> None:
    stage = Stage(refusal(401), auth=Nobody())
    with pytest.raises(WixSignInRefused):
        await stage.client.list_providers()
    assert not {"authorization", "wix-site-id"} & set(stage.only.headers)
