"""What a connection does after it was made or changed: its status over time, and the export of Wix events."""

import hashlib
import secrets
from dataclasses import replace

from wizard.sandbox import calendars
from wizard.sandbox.accounts import Account
from wizard.sandbox.diary import appointments
from wizard.sandbox.errors import unavailable
from wizard.sandbox.schedules import schedules
from wizard.sandbox.site import Site
from wizard.sandbox.store import Connection

_FAILED = "EXTERNAL_CALENDAR_CREATION_FAILED"
_DELETED = "EXTERNAL_CALENDAR_DELETED"
_REVOKED = "TOKEN_REVOKED"
_LONGEST = 10.0  # seconds; an export that says nothing for so long was cut off


def status(connection: Connection, now: float, delay: float) -> tuple[str, str | None]:
    """Return (status, errorReason) at `now`: CONNECTED, then SYNC_IN_PROGRESS, then SYNCED or ERROR.

    Each of the first two lasts `delay` seconds. It follows from the time of the last change alone, so it survives
    restarts and needs no task that could die.
    """
    if not connection.connected:
        return "DISCONNECTED", None
    age = now - connection.changed_at
    if age < delay:
        return "CONNECTED", None
    if age < 2 * delay:
        return "SYNC_IN_PROGRESS", None
    return ("ERROR", connection.export_reason) if connection.export_failed else ("SYNCED", None)


def account_of(site: Site, connection: Connection) -> Account:
    """Return the external account behind a connection; it always exists."""
    account = site.store.account(connection.email)
    if account is None:
        raise LookupError("a connection without its account")
    return account


def start_export(site: Site, connection: Connection) -> Connection:
    """Write the schedule's Wix events into the external account; return the connection with the outcome.

    What was written before is written again, for its owner may have deleted it. A failure is no error of the call: the
    connection turns to ERROR, as an export that runs later would.
    """
    dedicated = connection.export_calendar or f"wix-{secrets.token_hex(8)}" if connection.export_dedicated else None
    failed = replace(connection, exports=True, export_calendar=dedicated, export_failed=True, export_reason=_FAILED)
    # Before anything is written: the site knows what a run that is cut off leaves behind. Ahead of time: nobody sees it
    # in error while it goes on.
    site.store.save_connection(replace(failed, changed_at=connection.changed_at + _LONGEST))
    events = appointments(schedules()[connection.schedule_id], site.today())
    try:
        calendars.export(site.caldav_url, account_of(site, connection), dedicated, _mark(connection), events)
    except calendars.RefusedError:
        return replace(failed, export_reason=_REVOKED)
    except calendars.UnreachableError:
        return failed
    return replace(failed, export_failed=False)


def stop_export(site: Site, connection: Connection) -> Connection:
    """Delete what was exported, if anything was; return the connection without it.

    Where the account refuses the login it stays: the connection could never be ended otherwise.

    Raises:
        ApiError: 503 when the account cannot be reached; nothing has changed then.

    """
    if not connection.exports and not connection.export_failed:
        return connection
    account = account_of(site, connection)
    try:
        calendars.withdraw(site.caldav_url, account, connection.export_calendar, _mark(connection))
    except calendars.RefusedError:
        return replace(connection, exports=False, export_failed=True, export_reason=_REVOKED)
    except calendars.UnreachableError:
        raise unavailable() from None
    return replace(connection, exports=False, export_failed=False)


def checked(site: Site, connection: Connection) -> Connection:
    """Return the connection as its next sync leaves it: in error once the owner deleted its dedicated calendar."""
    calendar = connection.export_calendar
    state, _ = status(connection, site.clock(), site.sync_delay)
    if calendar is None or not connection.exports or state != "SYNCED":
        return connection
    try:
        if calendars.exists(site.caldav_url, account_of(site, connection), calendar):
            return connection
    except calendars.UnreachableError:
        return connection  # an account that cannot be reached says nothing about its calendars
    with site.changing:
        now = site.store.connection(connection.id)
        if now != connection:  # another call has ended or renewed the export
            return now or connection
        deleted = replace(connection, export_failed=True, export_reason=_DELETED)
        site.store.save_connection(deleted)
    return deleted


def _mark(connection: Connection) -> str:
    # Anyone who can see the calendar sees this, so it must not be the connection's id itself.
    return hashlib.sha256(connection.id.encode()).hexdigest()[:16]
