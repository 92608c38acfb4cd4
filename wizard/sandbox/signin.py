"""Signing in to the site: API key, app token by client credentials, access token from elsewhere ("Authentication")."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping

from wizard.sandbox import reading
from wizard.sandbox.errors import ApiError, application
from wizard.sandbox.site import Site

SITE_ID = "6a1f0c52-93d8-4e7b-b1a4-2f5c8d7e9b30"
"""The sandbox site's id, the same on every run."""
APP_ID = "c0ffee00-1d2e-4f3a-8b4c-5d6e7f8a9b01"
"""The client_id of the one app installed on the site."""
APP_SECRET = "sandbox-app-secret"  # noqa: S105 - published on purpose: it opens nothing but the sandbox
"""That app's client_secret."""
INSTANCE_ID = "1257ab1e-0f2d-4c3b-9a8e-7d6c5b4a3921"
"""The id of the app's instance on the site."""
TOKEN_SECONDS = 14400
"""How long an app token lives, in seconds."""


def refused(description: str) -> ApiError:
    """Return the 401 of a failed Wix sign-in; its code is never BAD_CREDENTIALS, which is the external account's."""
    return application(401, "UNAUTHENTICATED", description)


def identify(site: Site, headers: Mapping[str, str]) -> str:
    """Return who signed the request, as the rate limit counts them.

    Raises:
        ApiError: 401 when the sign-in is missing, wrong or expired, or names another site.

    """
    given = headers.get("authorization", "")
    if not given:
        raise refused("The Authorization header is missing.")
    scheme, _, token = given.partition(" ")
    if site.faults.has_expired(token):
        raise refused("The access token has expired.")
    if scheme.lower() != "bearer":
        if not _same(given, site.store.key("api_key")):
            raise refused("The API key is not valid.")
        _check_site(headers)
        return "api-key"
    expiry = site.store.token_expiry(_digest(token))
    if expiry is not None:
        if site.clock() >= expiry:
            raise refused("The access token has expired.")
        return f"instance:{INSTANCE_ID}"
    if not _same(token, site.store.key("access_token")):
        raise refused("The access token is not valid.")
    _check_site(headers)
    return "access-token"


def issue_token(site: Site, raw: bytes) -> dict[str, object]:
    """Answer POST /oauth2/token for grant_type client_credentials (RFC 6749, 4.4; `instance_id` is Wix's own).

    Raises:
        ApiError: 400 for missing fields or another grant type, 401 for a wrong app, secret or instance.

    """
    fields = reading.body(raw)
    fields.choice("grant_type", ("client_credentials",))
    given = [fields.text(name) for name in ("client_id", "client_secret", "instance_id")]
    fields.check()
    if not all(_same(one, known) for one, known in zip(given, (APP_ID, APP_SECRET, INSTANCE_ID), strict=True)):
        raise refused("The app id, secret or instance id is not valid.")
    token = f"OauthNG.JWS.{secrets.token_urlsafe(48)}"
    site.store.add_token(_digest(token), site.clock() + TOKEN_SECONDS)
    return {"access_token": token, "expires_in": TOKEN_SECONDS, "token_type": "Bearer"}


def _check_site(headers: Mapping[str, str]) -> None:
    if headers.get("wix-site-id", "").lower() != SITE_ID:
        raise refused("The wix-site-id header is missing or names another site.")


def _same(given: str, known: str | None) -> bool:
    return known is not None and hmac.compare_digest(given.encode("utf-8", "replace"), known.encode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
