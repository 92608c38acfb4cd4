"""Every fault of the reference: which class it is, what it carries, and what it never carries."""

import html
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote, quote_plus

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.examples import TEXT
from wizard.wix import (
    AlreadyDisconnected,
    BadCertificate,
    Client,
    Conflict,
    Connection,
    ExternalCredentialsRefused,
    InvalidRequest,
    NotConnected,
    NotFound,
    NotSupportedByProvider,
    Offline,
    PermissionMissing,
    PremiumMissing,
    ProxyFailed,
    RateLimited,
    ServerError,
    SyncConfig,
    TimedOut,
    UnreadableAnswer,
    WixError,
    WixSignInRefused,
)
from wizard.wix.errors import error_for

from .stage import KEY, Stage, refusal

PASSWORD = "abcd-efgh-ijkl-mnop"


async def by_credentials(client: Client) -> Connection:
    return await client.connect_by_credentials(
        provider_id="p", schedule_id="s", email="ada@example.com", password=SecretStr(PASSWORD)
    )


async def by_oauth(client: Client) -> str:
    return await client.connect_by_oauth(provider_id="p", schedule_id="s", redirect_url="http://127.0.0.1:1/")


async def calendars(client: Client) -> object:
    return await client.list_calendars("c")


async def update(client: Client) -> object:
    return await client.update_sync_config("c", SyncConfig())


async def disconnect(client: Client) -> object:
    return await client.disconnect("c")


async def providers(client: Client) -> object:
    return await client.list_providers()


@pytest.mark.parametrize(
    ("call", "status", "code", "expected"),
    [
        (by_credentials, 401, "BAD_CREDENTIALS", ExternalCredentialsRefused),
        (by_credentials, 401, "", WixSignInRefused),
        (by_credentials, 401, "SOMETHING_NEW", WixSignInRefused),
        (by_credentials, 403, "PREMIUM_FEATURE_NOT_ENABLED", PremiumMissing),
        (by_credentials, 428, "NOT_SUPPORTED_BY_PROVIDER", NotSupportedByProvider),
        (by_oauth, 428, "NOT_SUPPORTED_BY_PROVIDER", NotSupportedByProvider),
        (calendars, 428, "CONNECTION_NOT_CONNECTED", NotConnected),
        (calendars, 428, "NOT_SUPPORTED_BY_PROVIDER", NotSupportedByProvider),
        (calendars, 403, "PREMIUM_FEATURE_NOT_ENABLED", PremiumMissing),
        (update, 428, "NOT_SUPPORTED_BY_PROVIDER", NotSupportedByProvider),
        (disconnect, 428, "CONNECTION_ALREADY_DISCONNECTED", AlreadyDisconnected),
        (providers, 428, "SOMETHING_NEW", Conflict),
        (providers, 400, "", InvalidRequest),
        (providers, 403, "", PermissionMissing),
        (providers, 404, "", NotFound),
        (providers, 407, "", ProxyFailed),
        (providers, 408, "", TimedOut),
        (providers, 409, "", Conflict),
        (providers, 418, "", InvalidRequest),
        (providers, 429, "", RateLimited),
        (providers, 500, "", ServerError),
        (providers, 501, "", ServerError),
        (providers, 503, "BAD_CREDENTIALS", ServerError),
        (providers, 504, "", ServerError),
        (providers, 302, "", UnreadableAnswer),
    ],
)
async def test_each_answer_has_its_error(
    call: Callable[[Client], Awaitable[object]], status: int, code: str, expected: type[WixError]
) -> None:
    with pytest.raises(WixError) as caught:
        await call(Stage(refusal(status, code, message="No.")).client)
    error = caught.value
    assert type(error) is expected
    assert (error.status, error.application_code, error.wix_message, error.request_id) == (status, code, "No.", "req-1")


def test_every_error_has_a_code_of_its_own() -> None:
    def tree(kind: type[WixError]) -> list[type[WixError]]:
        return [kind, *(leaf for child in kind.__subclasses__() for leaf in tree(child))]

    codes = [kind.code for kind in tree(WixError)]
    assert len(codes) == len(set(codes))
    assert issubclass(BadCertificate, Offline)


@pytest.mark.parametrize("body", [b"", b"<html>oops</html>", b"[]", b'"x"', b"\xff", b'{"details":[]}', b"[" * 99_999])
@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
def test_any_body_is_good_enough_for_an_error(status: int, body: bytes) -> None:
    assert error_for(status, {}, body).wix_message == ""


@given(st.integers(100, 999), st.binary() | TEXT.map(lambda text: json.dumps({"details": text}).encode()))
def test_no_answer_breaks_the_reading_of_errors(status: int, body: bytes) -> None:
    assert error_for(status, {"retry-after": body.decode("latin-1")}, body).status == status


def test_validation_errors_name_the_fields() -> None:
    violations = [
        {"field": "email", "description": "must be an e-mail address", "ruleName": "FORMAT"},
        {"field": "x"},
        "odd",
    ]
    body = json.dumps({"message": "", "details": {"validationError": {"fieldViolations": violations}}}).encode()
    error = error_for(400, {}, body)
    assert isinstance(error, InvalidRequest)
    assert error.fields == (("email", "must be an e-mail address"), ("x", ""))


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("7", 7.0), ("0", 0.0), ("", None), ("soon", None), ("-5", None), ("nan", None), ("1e9", None), ("9" * 400, None)],
)
def test_the_wait_after_too_many_requests_is_in_seconds(retry_after: str, seconds: float | None) -> None:
    error = error_for(429, {"retry-after": retry_after}, b"")
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


@pytest.mark.parametrize(("later", "least", "most"), [(60, 50, 60), (-60, 0, 0)])
def test_the_wait_may_be_a_date(later: int, least: float, most: float) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=later), usegmt=True)
    error = error_for(429, {"retry-after": date}, b"")
    assert isinstance(error, RateLimited)
    assert error.retry_after is not None
    assert least <= error.retry_after <= most


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"5", b'{"a":', b"\xff", b"[" * 99_999])
async def test_a_success_that_is_no_json_object_is_unreadable(body: bytes) -> None:
    stage = Stage(httpx.Response(200, content=body, headers={"x-wix-request-id": "req-1"}))
    with pytest.raises(UnreadableAnswer) as caught:
        await stage.client.list_providers()
    assert (caught.value.status, caught.value.request_id) == (200, "req-1")


async def test_an_error_that_quotes_the_request_is_rid_of_its_secrets() -> None:
    quoted = f"refused {PASSWORD} with {KEY}"
    with pytest.raises(InvalidRequest) as caught:
        await by_credentials(Stage(refusal(400, "X", message=quoted)).client)
    assert caught.value.wix_message == "refused ••• with •••"


@pytest.mark.parametrize(
    "write",
    [
        str,
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        quote,
        quote_plus,
        lambda text: quote(text, safe="").lower(),
        html.escape,
        lambda text: html.escape(text, quote=False),
        lambda text: "".join(f"&#{ord(letter)};" if letter in "\"'<&" else letter for letter in text),
    ],
)
def test_no_way_of_quoting_lets_a_secret_through(write: Callable[[str], str]) -> None:
    secret = "p\u00e4ss w\"o\\r<d>&'/+"
    error = error_for(400, {}, json.dumps({"message": f"({write(secret)})"}).encode(), hidden=[SecretStr(secret)])
    assert error.wix_message.replace('"', "") == "(•••)"


@pytest.mark.parametrize("answer", [refusal(401, "BAD_CREDENTIALS"), refusal(500), httpx.ReadTimeout("x")])
async def test_no_error_leads_to_a_secret(answer: httpx.Response | Exception) -> None:
    with pytest.raises(WixError) as caught:
        await by_credentials(Stage(answer).client)
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    assert PASSWORD not in repr(error) + str(error)


async def test_frames_of_a_traceback_show_no_secret_in_our_variables() -> None:
    with pytest.raises(WixError) as caught:
        await by_credentials(Stage(refusal(401, "BAD_CREDENTIALS")).client)
    ours = [entry.frame for entry in caught.traceback if entry.frame.f_globals["__name__"].startswith("wizard.")]
    shown = [repr(value) for frame in ours for value in frame.f_locals.values()]
    assert shown
    assert not any(PASSWORD in text or KEY in text for text in shown)


def test_messages_are_one_short_line_without_control_characters() -> None:
    error = error_for(
        500, {"x-wix-request-id": "a\x1b[2J"}, json.dumps({"message": "a\x1b]0;\n\tb" + "c" * 999}).encode()
    )
    assert error.wix_message.startswith("a ]0; bccc")
    assert len(error.wix_message) == 500
    assert error.request_id == "a [2J"


def test_an_error_says_in_one_line_what_helps_to_look_it_up() -> None:
    error = error_for(404, {"x-wix-request-id": "req-1"}, b'{"message":"gone"}')
    assert str(error) == "not_found: status 404, request req-1, gone"
    assert repr(error) == "<NotFound not_found: status 404, request req-1, gone>"
    assert str(Offline()) == "offline"
