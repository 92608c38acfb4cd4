"""What can go wrong between the wizard and Wix: one class for each meaning, told apart by `code`.

The classes carry facts, no prose for people and no secrets. They follow the "Errors" section of every call's page in
the Wix REST reference: the status, and inside `details.applicationError.code` or
`details.validationError.fieldViolations` the reason.
"""

# ruff: noqa: N818 - the names say what happened; all of them are errors here

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape
from typing import ClassVar

from pydantic import SecretStr
from pydantic_core import from_json

_LONGEST_TEXT = 500


class WixError(Exception):
    """A call to Wix that did not end well.

    `code` names the meaning and is the same for every instance of a class. `status` is the HTTP status (100 to 599),
    or None when no answer arrived. `wix_message` is what Wix (or, without an answer, the transport) said, in English
    and at most 500 characters; `request_id` is the answer's `x-wix-request-id` and `application_code` the code inside
    the answer's body. All three are empty when there is none.
    """

    code: ClassVar[str] = "wix_error"

    def __init__(
        self,
        wix_message: str = "",
        *,
        status: int | None = None,
        request_id: str = "",
        application_code: str = "",
    ) -> None:
        super().__init__(wix_message)
        self.wix_message = wix_message
        self.status = status
        self.request_id = request_id
        self.application_code = application_code

    def __str__(self) -> str:
        """Give the code and what helps to look the fault up, in one line."""
        facts = [f"status {self.status}"] if self.status else []
        facts += [f"request {self.request_id}"] if self.request_id else []
        facts += [self.wix_message] if self.wix_message else []
        return f"{self.code}: {', '.join(facts)}" if facts else self.code

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class ExternalCredentialsRefused(WixError):
    """The external calendar's provider refused the e-mail address or password (401 BAD_CREDENTIALS)."""

    code = "bad_credentials"


class WixSignInRefused(WixError):
    """Wix refused the API key, token or app (any other 401), or one of them cannot be sent at all (no status)."""

    code = "wix_sign_in_refused"


class PermissionMissing(WixError):
    """The sign-in lacks a permission, or the site lacks the Bookings app (403)."""

    code = "permission_missing"


class PremiumMissing(WixError):
    """The site's plan does not include connecting calendars (403 PREMIUM_FEATURE_NOT_ENABLED)."""

    code = "premium_missing"


class NotSupportedByProvider(WixError):
    """This provider cannot do what was asked (428 NOT_SUPPORTED_BY_PROVIDER)."""

    code = "not_supported_by_provider"


class NotConnected(WixError):
    """The connection exists, but is not connected (428 CONNECTION_NOT_CONNECTED)."""

    code = "not_connected"


class AlreadyDisconnected(WixError):
    """The connection was disconnected before (428 CONNECTION_ALREADY_DISCONNECTED)."""

    code = "already_disconnected"


class NotFound(WixError):
    """What the call names does not exist on this site (404)."""

    code = "not_found"


class Conflict(WixError):
    """The call contradicts the present state of the site (409, or a 428 without a known application code)."""

    code = "conflict"


class InvalidRequest(WixError):
    """Wix, or HTTP itself, does not accept the request's content (400 and the statuses without a class of their own).

    `fields` lists what Wix objects to as pairs of a field's wire name and a description; it may be empty.
    """

    code = "invalid_request"
    fields: tuple[tuple[str, str], ...] = ()


class RateLimited(WixError):
    """Too many requests in the last minute (429).

    `retry_after` is the number of seconds to wait, zero or more, or None when the answer does not say.
    """

    code = "rate_limited"
    retry_after: float | None = None


class ServerError(WixError):
    """Wix, or something in front of it, failed (any 5xx).

    `retry_after` as in RateLimited.
    """

    code = "server_error"
    retry_after: float | None = None


class Offline(WixError):
    """No connection to Wix, or it broke: the name is unknown, the port refused, or the line was cut."""

    code = "offline"


class BadCertificate(Offline):
    """The other side's TLS certificate is not trusted here, or the file with the trusted ones cannot be read."""

    code = "bad_certificate"


class ProxyFailed(Offline):
    """The proxy that the environment names cannot be used, reached or signed in to (also 407)."""

    code = "proxy_failed"


class TimedOut(WixError):
    """No answer within the deadline (also 408). Whether Wix has carried out the call is not known."""

    code = "timed_out"


class UnreadableAnswer(WixError):
    """The answer is not what the reference promises: no JSON object, a redirect, or its essential object is missing."""

    code = "unreadable_answer"


_BY_APPLICATION_CODE: Mapping[str, type[WixError]] = {
    "BAD_CREDENTIALS": ExternalCredentialsRefused,
    "PREMIUM_FEATURE_NOT_ENABLED": PremiumMissing,
    "NOT_SUPPORTED_BY_PROVIDER": NotSupportedByProvider,
    "CONNECTION_NOT_CONNECTED": NotConnected,
    "CONNECTION_ALREADY_DISCONNECTED": AlreadyDisconnected,
}

_BY_STATUS: Mapping[int, type[WixError]] = {
    401: WixSignInRefused,
    403: PermissionMissing,
    404: NotFound,
    407: ProxyFailed,
    408: TimedOut,
    409: Conflict,
    428: Conflict,
    429: RateLimited,
}


def error_for(status: int, headers: Mapping[str, str], body: bytes, *, hidden: Iterable[SecretStr] = ()) -> WixError:
    """Tell what an answer outside 200 to 299 means.

    `headers` must find names in lower case. `body` may be anything, also empty or HTML. No text of the result
    contains any of the `hidden` secrets, also not as JSON, a URL or HTML writes them: an answer that quotes the request
    would otherwise carry a password along. Raises nothing.
    """
    answer = _read_object(body)
    details = _object_in(answer, "details")
    application = _object_in(details, "applicationError")

    def text_in(holder: Mapping[str, object], key: str) -> str:
        value = holder.get(key)
        return _clean(value, hidden) if isinstance(value, str) else ""

    application_code = text_in(application, "code")
    error = _class_for(status, application_code)(
        text_in(application, "description") or text_in(answer, "message"),
        status=status,
        request_id=request_id_of(headers),
        application_code=application_code,
    )
    if isinstance(error, InvalidRequest):
        violations = _object_in(details, "validationError").get("fieldViolations")
        error.fields = tuple(
            (text_in(violation, "field"), text_in(violation, "description"))
            for violation in (violations if isinstance(violations, list) else [])
            if isinstance(violation, dict)
        )
    if isinstance(error, RateLimited | ServerError):
        error.retry_after = _seconds_until(headers.get("retry-after", ""))
    return error


def request_id_of(headers: Mapping[str, str]) -> str:
    """Give the identifier under which Wix support finds a request, or an empty string."""
    return _clean(headers.get("x-wix-request-id", ""))


def _class_for(status: int, application_code: str) -> type[WixError]:
    if status >= 500:
        return ServerError
    if status < 400:
        return UnreadableAnswer
    return _BY_APPLICATION_CODE.get(application_code) or _BY_STATUS.get(status, InvalidRequest)


def _read_object(body: bytes) -> Mapping[str, object]:
    try:
        answer = from_json(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _object_in(holder: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _clean(text: str, hidden: Iterable[SecretStr] = ()) -> str:
    """Put foreign text on one short line, without secrets or control characters (a terminal would obey them)."""
    for secret in hidden:
        if secret.get_secret_value():
            text = re.sub("".join(map(_written, secret.get_secret_value())), "•••", text, flags=re.IGNORECASE)
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:_LONGEST_TEXT]


def _written(letter: str) -> str:
    """Return a pattern for a letter of a secret as it is, and as JSON, a URL or HTML writes it."""
    if letter.isascii() and letter.isalnum():
        return letter
    percent = "".join(f"%{byte:02x}" for byte in letter.encode(errors="replace"))
    html = {escape(letter), f"&#{ord(letter)};", f"&#x{ord(letter):x};"}
    ways = {letter, letter.replace(" ", "+"), json.dumps(letter)[1:-1], percent, *html}
    return f"(?:{'|'.join(map(re.escape, ways))})"


def _seconds_until(retry_after: str) -> float | None:
    """Read `Retry-After` as RFC 9110 section 10.2.3 defines it: whole seconds or a date."""
    if re.fullmatch(r"[0-9]{1,9}", retry_after):
        return float(retry_after)
    moment = http_date(retry_after)
    return None if moment is None else max(0.0, (moment - datetime.now(UTC)).total_seconds())


def http_date(text: str) -> datetime | None:
    """Read a date of a header as RFC 9110 section 5.6.7 defines it, aware; None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # "-0000" says UTC without saying where the clock stands
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
