"""The consent page that Connect By OAuth leads to: choose an account, allow or deny, go back to the redirectUrl.

The way back is "Connect By OAuth" of the REST reference: `connectionId`, or `error` = reject, unsupported, internal.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from wizard.sandbox.connecting import connect
from wizard.sandbox.connections import taken_by
from wizard.sandbox.errors import ApiError
from wizard.sandbox.providers import PROVIDERS
from wizard.sandbox.schedules import schedules
from wizard.sandbox.site import Site
from wizard.sandbox.store import Consent

if TYPE_CHECKING:
    from jinja2 import Environment

_COOKIE = "consent"
_ERRORS = ("reject", "unsupported", "internal")


@cache
def _templates() -> "Environment":
    # Here: it is a sixth of what the site has to import, and not every site shows a page.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(loader=PackageLoader("wizard.sandbox"), autoescape=True, undefined=StrictUndefined)


def routes(site: Site) -> list[Route]:
    """Return the page's routes: GET shows it, POST takes the decision."""

    def in_thread(answer: Callable[[Site, Request, bytes], Response]) -> Callable[[Request], object]:
        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(answer, site, request, await request.body())

        return endpoint

    path = "/consent/{token}"
    return [Route(path, in_thread(_show), methods=["GET"]), Route(path, in_thread(_decide), methods=["POST"])]


def _show(site: Site, request: Request, _: bytes) -> Response:
    consent = _usable(site, request)
    if isinstance(consent, Response):
        return consent
    cookie = request.cookies.get(_COOKIE) or secrets.token_urlsafe(24)
    provider, schedule = PROVIDERS[consent.provider_id], schedules()[consent.schedule_id]
    accounts: list[dict[str, object]] = []
    for account in site.store.accounts():
        if account.provider_id == provider.id:
            taken = taken_by(site, account)
            free = taken is None and not any(one["chosen"] for one in accounts)
            accounts.append({"email": account.email, "taken": taken.name if taken else "", "chosen": free})
    response = _page(
        200,
        "consent.html",
        title=f"Connect your {provider.name} calendar",
        schedule=schedule.name,
        exports=provider.exports != "NOT_SUPPORTED",
        accounts=accounts,
        possible=any(one["chosen"] for one in accounts),
        form=_form(site, consent, cookie),
        until=datetime.fromtimestamp(consent.expires_at, UTC).strftime("%H:%M"),
        target=consent.redirect_url,
    )
    response.set_cookie(_COOKIE, cookie, path=f"/consent/{consent.token}", httponly=True, samesite="strict")
    return response


def _decide(site: Site, request: Request, body: bytes) -> Response:
    consent = _usable(site, request)
    if isinstance(consent, Response):
        return consent
    given = parse_qs(body.decode("utf-8", "replace"))
    form, cookie = given.get("form", [""])[0], request.cookies.get(_COOKIE, "")
    expected = _form(site, consent, cookie)
    if not cookie or not hmac.compare_digest(form.encode("utf-8", "replace"), expected.encode()):
        return _notice(403, "This form cannot be used", "Open the link again in this browser, and allow its cookie.")
    decision, email = given.get("decision", [""])[0], given.get("account", [""])[0]
    account = site.store.account(email)
    if decision == "allow" and (account is None or account.provider_id != consent.provider_id):
        return _notice(400, "No account chosen", "Go back and choose one of the accounts.")
    if decision not in ("allow", *_ERRORS):
        return _notice(400, "Nothing decided", "Go back and choose Allow or Deny.")
    if not site.store.use_consent(consent.token):
        return _gone()
    if decision != "allow" or account is None:
        return _back(consent, "error", decision)
    try:
        made = connect(site, PROVIDERS[consent.provider_id], schedules()[consent.schedule_id], account)
    except ApiError:
        return _back(consent, "error", "internal")
    return _back(consent, "connectionId", made.id)


def _usable(site: Site, request: Request) -> Consent | Response:
    consent = site.store.consent(request.path_params["token"])
    if consent is None:
        return _notice(404, "There is no such page", "Check that the whole link was copied.")
    if consent.used or site.clock() >= consent.expires_at:
        return _gone()
    return consent


def _gone() -> Response:
    return _notice(410, "This page is over", "It works once and for ten minutes. Start again where you came from.")


def _form(site: Site, consent: Consent, cookie: str) -> str:
    message = f"form:{consent.token}:{cookie}".encode("utf-8", "replace")
    return hmac.new(site.secret().encode(), message, hashlib.sha256).hexdigest()


def _back(consent: Consent, name: str, value: str) -> Response:
    address, hash_mark, fragment = consent.redirect_url.partition("#")
    joint = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    target = f"{address}{joint}{name}={quote(value, safe='')}{hash_mark}{fragment}"
    return RedirectResponse(target, 303, {"cache-control": "no-store", "referrer-policy": "no-referrer"})


def _notice(status: int, title: str, text: str) -> Response:
    return _page(status, "page.html", title=title, text=text)


def _page(status: int, template: str, target: str = "", **values: object) -> Response:
    nonce = secrets.token_urlsafe(16)
    html = _templates().get_template(template).render(nonce=nonce, **values)
    return HTMLResponse(html, status, _headers(nonce, target))


def _headers(nonce: str, target: str) -> Mapping[str, str]:
    policy = (
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
        f"style-src 'nonce-{nonce}'; form-action 'self' {_source(target)}"
    )
    return {
        "content-security-policy": policy.strip(),
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "referrer-policy": "same-origin",
    }


def _source(target: str) -> str:
    """Return where the form's answer may lead on to: Chromium holds form-action against redirects as well."""
    if not target:
        return ""
    parts = urlsplit(target)
    if re.search(r"[^A-Za-z0-9.-]", parts.hostname or ""):
        return f"{parts.scheme}:"  # a policy cannot name an IPv6 address or an underscore
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
