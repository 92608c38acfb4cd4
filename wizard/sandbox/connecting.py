"""The calls that make connections: Connect By Credentials and Connect By OAuth."""

import re
import secrets
from urllib.parse import urlsplit

from wizard.sandbox import calendars, reading
from wizard.sandbox.accounts import Account
from wizard.sandbox.connections import export_calendars, require_premium, taken_by, wire
from wizard.sandbox.errors import application, bad_credentials, not_supported, unavailable
from wizard.sandbox.providers import PROVIDERS, Provider
from wizard.sandbox.schedules import Schedule, schedules
from wizard.sandbox.site import Site, connection_id
from wizard.sandbox.store import Connection, Consent

CONSENT_SECONDS = 600
"""How long a sign-in page may be used, in seconds."""

# What may stand in a URL's host: the consent page names it in a Content-Security-Policy.
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")


def by_credentials(site: Site, raw: bytes) -> dict[str, object]:
    """Answer Connect By Credentials: prove email and password at the account's CalDAV server, then connect.

    Raises:
        ApiError: 400, 401 BAD_CREDENTIALS, 403 PREMIUM_FEATURE_NOT_ENABLED, 404 for the provider or schedule, 409 when
            the account is connected already, 428 NOT_SUPPORTED_BY_PROVIDER, 503 when CalDAV is down.

    """
    fields = reading.body(raw)
    provider_id, schedule_id = fields.guid("providerId"), fields.guid("scheduleId")
    email, password = fields.text("email", 320).lower(), fields.text("password")
    if email and not re.fullmatch(r"[^@\s:/]+@[^@\s:/]+", email):
        fields.fault("email", "must be an email address", "FORMAT", format="EMAIL")
    fields.check()
    require_premium(site)
    provider, schedule = _provider(provider_id, "CREDENTIALS"), _schedule(schedule_id)
    account = site.store.account(email)
    try:
        proven = calendars.proves(site.caldav_url, email, password)
    except calendars.UnreachableError:
        raise unavailable() from None
    if not proven or account is None or account.provider_id != provider.id:
        raise bad_credentials()
    return {"connection": wire(site, connect(site, provider, schedule, account), made=True)}


def by_oauth(site: Site, raw: bytes) -> dict[str, object]:
    """Answer Connect By OAuth with the address of a consent page, good for one use within ten minutes.

    Raises:
        ApiError: 400, 404 for the provider or schedule, 428 NOT_SUPPORTED_BY_PROVIDER.

    """
    fields = reading.body(raw)
    provider_id, schedule_id = fields.guid("providerId"), fields.guid("scheduleId")
    redirect = fields.text("redirectUrl")
    if redirect and not _is_web_address(redirect):
        fields.fault("redirectUrl", "must be an absolute http or https URL in ASCII", "FORMAT", format="URI")
    fields.check()
    provider, schedule = _provider(provider_id, "OAUTH"), _schedule(schedule_id)
    token = secrets.token_urlsafe(15)
    site.store.add_consent(Consent(token, provider.id, schedule.id, redirect, site.clock() + CONSENT_SECONDS))
    return {"oauthUrl": f"{site.url}/consent/{token}"}


def connect(site: Site, provider: Provider, schedule: Schedule, account: Account) -> Connection:
    """Make and keep a connection that imports all that the provider allows and exports nothing.

    Raises:
        ApiError: 409 when the account is connected already, 503 when CalDAV is down.

    """
    found = None
    if provider.imports == "SPECIFIC_CALENDARS":
        try:
            found = tuple(calendars.list_calendars(site.caldav_url, account, lambda: export_calendars(site)))
        except calendars.UnreachableError:
            raise unavailable() from None
    with site.changing:
        if taken_by(site, account) is not None:
            raise application(409, "CALENDAR_ALREADY_CONNECTED", "This external calendar account is connected already.")
        made = Connection(
            connection_id(), provider.id, schedule.id, account.email, site.clock(), import_calendars=found
        )
        site.store.save_connection(made)
    return made


def _provider(identity: str, method: str) -> Provider:
    provider = PROVIDERS.get(identity)
    if provider is None:
        raise application(404, "PROVIDER_NOT_FOUND", "There is no such provider.", providerId=identity)
    if method not in provider.connect_methods:
        raise not_supported(f"{provider.name} cannot be connected by {method}.")
    return provider


def _schedule(identity: str) -> Schedule:
    schedule = schedules().get(identity)
    if schedule is None or schedule.status != "ACTIVE":
        raise application(404, "SCHEDULE_NOT_FOUND", "There is no such active schedule.", scheduleId=identity)
    return schedule


def _is_web_address(text: str) -> bool:
    if not re.fullmatch(r"[!-~]+", text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # the port is checked when it is read
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and host is not None and _HOST.fullmatch(host) is not None
