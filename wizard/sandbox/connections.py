"""Connections as the API shows them, and the calls that only read: Get Connection and List Connections."""

from wizard.sandbox import reading
from wizard.sandbox.accounts import Account
from wizard.sandbox.errors import application, no_premium
from wizard.sandbox.providers import PROVIDERS
from wizard.sandbox.schedules import BOOKINGS_APP_ID, Schedule, schedules
from wizard.sandbox.site import Site
from wizard.sandbox.store import Connection
from wizard.sandbox.sync import checked, status


def wire(site: Site, connection: Connection, made: bool = False) -> dict[str, object]:
    """Return the connection object; `made`: this very call made or changed it, so its sync has yet to begin."""
    provider, schedule = PROVIDERS[connection.provider_id], schedules()[connection.schedule_id]
    state, reason = ("CONNECTED", None) if made else status(connection, site.clock(), site.sync_delay)
    found: dict[str, object] = {
        "id": connection.id,
        "providerId": provider.id,
        "calendarType": provider.calendar_type,
        "scheduleId": schedule.id,
        "userId": schedule.owner_id,
        "appId": BOOKINGS_APP_ID,
        "externalAccountEmail": connection.email,
        "status": state,
        "syncConfig": _sync_config(connection),
    }
    if reason is not None:
        found["errorReason"] = reason
    return found


def _sync_config(connection: Connection) -> dict[str, object]:
    chosen: dict[str, object] = {"primaryCalendar": {}}
    if connection.import_calendars is not None:
        rows = [{"id": identity, "name": name} for identity, name in connection.import_calendars]
        chosen = {"calendars": {"calendars": rows}}
    target: dict[str, object] = {}
    if connection.exports:
        target = {"dedicatedCalendar": {}} if connection.export_dedicated else {"primaryCalendar": {}}
    return {
        "listEventFromCalendars": {"enabled": connection.imports, **chosen},
        "syncToCalendar": {"enabled": connection.exports, **target},
    }


def find(site: Site, identity: str) -> Connection:
    """Return the connection of that id, connected or not.

    Raises:
        ApiError: 404 CONNECTION_NOT_FOUND.

    """
    connection = site.store.connection(identity)
    if connection is None:
        raise application(404, "CONNECTION_NOT_FOUND", "There is no such connection.")
    return connection


def get(site: Site, identity: str) -> dict[str, object]:
    """Answer Get Connection.

    Raises:
        ApiError: 404 CONNECTION_NOT_FOUND.

    """
    return {"connection": wire(site, checked(site, find(site, identity)))}


def list_connections(site: Site, raw: bytes) -> dict[str, object]:
    """Answer List Connections, disconnected ones included; no provider of the sandbox ever fails to tell its own.

    Raises:
        ApiError: 400.

    """
    fields = reading.query(raw, lists=("scheduleIds",), flags=("partialFailure",))
    wanted = fields.guids("scheduleIds")
    partial = fields.flag("partialFailure", default=False)
    fields.check()
    rows = [one for one in site.store.connections() if not wanted or one.schedule_id in wanted]
    found: dict[str, object] = {"connections": [wire(site, checked(site, one)) for one in rows]}
    return {**found, "failedProviderIds": []} if partial else found


def taken_by(site: Site, account: Account) -> Schedule | None:
    """Return the schedule that the account is connected to, be it in error, or None."""
    for one in site.store.connections():
        if one.connected and one.email == account.email:
            return schedules()[one.schedule_id]
    return None


def export_calendars(site: Site) -> set[str]:
    """Return the ids of all calendars that export made, makes or has deleted: nobody imports from those."""
    return {one.export_calendar for one in site.store.connections() if one.export_calendar is not None}


def require_premium(site: Site) -> None:
    """Raise 403 PREMIUM_FEATURE_NOT_ENABLED on a site without premium."""
    if not site.premium:
        raise no_premium()
