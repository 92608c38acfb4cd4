"""The three ways of signing in to Wix, one class each, and none; after the Wix REST reference's "Authentication"."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import httpx
from pydantic import Field, SecretStr

from wizard.wix.answer import Answer
from wizard.wix.errors import WixError, WixSignInRefused
from wizard.wix.models import Wire

Post = Callable[[str, Mapping[str, object]], Awaitable[Answer]]
"""Sends a JSON body to a path of Wix without being signed in and gives the answer; raises WixError."""

RENEW_EARLY = 60.0
"""Seconds before its end at which a token counts as expired: long enough for the slowest call to arrive."""


class Auth(Protocol):
    """A way of signing in."""

    async def headers(self, post: Post) -> httpx.Headers:
        """Give the headers that sign a request in (their repr hides the secret).

        Raises WixSignInRefused when a secret or id cannot be sent, and any WixError of the calls made with `post`.
        """
        ...

    def renew(self, refused: httpx.Headers) -> bool:
        """Take note that Wix refused these headers. Says whether `headers()` would now give others."""
        ...


class Nobody:
    """No sign-in at all: to see whether Wix answers, be it with a refusal."""

    async def headers(self, post: Post) -> httpx.Headers:  # noqa: ARG002 - nothing to fetch
        """Give none."""
        return httpx.Headers()

    def renew(self, refused: httpx.Headers) -> bool:  # noqa: ARG002 - nothing to renew
        """Say no: there is nothing."""
        return False


@dataclass(frozen=True)
class ApiKey:
    """An API key of the account, used on one of its sites.

    `site_id` is the GUID after `/dashboard/` in the dashboard's URL.
    """

    key: SecretStr
    site_id: str

    async def headers(self, post: Post) -> httpx.Headers:  # noqa: ARG002 - nothing to fetch
        """Give the key as it is, without a scheme, and the site."""
        return _headers(self.key, site_id=self.site_id)

    def renew(self, refused: httpx.Headers) -> bool:  # noqa: ARG002 - nothing to renew
        """Say no: a key stays as it is."""
        return False


@dataclass(frozen=True)
class AccessToken:
    """A token from elsewhere, such as the one that `wix token --site <site-id>` prints (it lives about 15 minutes)."""

    token: SecretStr
    site_id: str

    async def headers(self, post: Post) -> httpx.Headers:  # noqa: ARG002 - nothing to fetch
        """Give the token as a bearer token (RFC 6750 section 2.1), and the site."""
        return _headers(self.token, scheme="Bearer ", site_id=self.site_id)

    def renew(self, refused: httpx.Headers) -> bool:  # noqa: ARG002 - nothing to renew
        """Say no: only its issuer can renew the token."""
        return False


@dataclass
class App:
    """A Wix app's own sign-in for one site, its `instance_id`. `clock` gives seconds that only ever grow.

    The token is fetched with POST /oauth2/token (RFC 6749 section 4.4) when first needed and kept until shortly
    before its end; requests that need it at the same time share one fetch.
    """

    app_id: str
    app_secret: SecretStr
    instance_id: str
    clock: Callable[[], float] = time.monotonic
    _token: SecretStr | None = field(default=None, init=False, repr=False)
    _expires_at: float = field(default=0.0, init=False, repr=False)
    _fetching: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    async def headers(self, post: Post) -> httpx.Headers:
        """Give the token as a bearer token, fetching one if there is none or it is about to end.

        Raises WixSignInRefused when Wix does not know the app, the secret or the instance.
        """
        async with self._fetching:
            if self._token is None or self.clock() >= self._expires_at:
                asked_at = self.clock()
                token = await self._fetch(post)
                self._token = token.access_token
                self._expires_at = asked_at + token.expires_in - RENEW_EARLY
            return _headers(self._token, scheme="Bearer ")

    def renew(self, refused: httpx.Headers) -> bool:
        """Forget the token if it is still the refused one, and say yes."""
        if self._token and refused["authorization"] == f"Bearer {self._token.get_secret_value()}":
            self._token = None
        return True

    async def _fetch(self, post: Post) -> "_Token":
        try:
            answer = await post(
                "/oauth2/token",
                {
                    "grant_type": "client_credentials",
                    "client_id": self.app_id,
                    "client_secret": self.app_secret,
                    "instance_id": self.instance_id,
                },
            )
        except WixError as error:
            # RFC 6749 section 5.2 answers a wrong app with 400 or 401; an unknown instance may be a 403 or 404
            if error.status not in (400, 401, 403, 404):
                raise
            raise WixSignInRefused(
                error.wix_message,
                status=error.status,
                request_id=error.request_id,
                application_code=error.application_code,
            ) from None
        token = _Token.model_validate(answer.content)
        if not _sendable(token.access_token.get_secret_value()):
            raise answer.unreadable("the answer has no usable access token")
        return token


class _Token(Wire):
    """The answer of POST /oauth2/token (RFC 6749 section 5.1), in snake_case on the wire.

    `expires_in` is in seconds.
    """

    access_token: SecretStr = SecretStr("")
    expires_in: float = Field(default=14_400.0, ge=0, allow_inf_nan=False)


def _headers(secret: SecretStr, *, scheme: str = "", site_id: str | None = None) -> httpx.Headers:
    if not _sendable(secret.get_secret_value()):
        raise WixSignInRefused("the key or token is empty or has characters that a key cannot have")
    headers = httpx.Headers({"authorization": scheme + secret.get_secret_value()})
    if site_id is not None:
        if not _sendable(site_id):
            raise WixSignInRefused("the site ID is empty or has characters that a site ID cannot have")
        headers["wix-site-id"] = site_id
    return headers


def _sendable(text: str) -> bool:
    """Whether a header can carry the text: visible ASCII only (RFC 9110 section 5.5), no line break."""
    return re.fullmatch(r"[!-~]+", text) is not None
