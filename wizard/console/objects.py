"""Wix's things as JSON objects, as commands print them for programs: the keys are Wix's, and `report.result`'s.

An ID is never changed. What isn't known is null. A new key may come; none goes or changes its meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import report
from wizard.domain import Export, Import

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from wizard.domain import Calendar, Connection, Event, Provider, Schedule

_IMPORTS = {
    Import.NONE: "NOT_SUPPORTED",
    Import.PRIMARY: "PRIMARY_CALENDAR_ONLY",
    Import.CHOSEN: "SPECIFIC_CALENDARS",
}
_EXPORTS = {
    Export.NONE: "NOT_SUPPORTED",
    Export.PRIMARY: "PRIMARY_CALENDAR_ONLY",
    Export.CHOSEN: "SPECIFIC_CALENDAR",
    Export.DEDICATED: "DEDICATED_CALENDAR",
}

EVENT_KEYS = (
    "start",
    "end",
    "allDay",
    "title",
    "calendarName",
    "scheduleId",
    "scheduleOwnerId",
    "scheduleOwnerName",
)
"""An event's keys, in this order also the columns of --csv."""


def provider(one: Provider) -> dict[str, object]:
    """Return a provider (External Calendar Provider Object)."""
    return {
        "id": one.id,
        "name": one.name,
        "calendarType": one.kind.value,
        "features": {
            "connectMethods": [method.value for method in one.methods],
            "updateSyncConfig": one.can_update,
            "listEventFromCalendars": _IMPORTS[one.imports],
            "syncToCalendar": _EXPORTS[one.exports],
        },
    }


def schedule(one: Schedule) -> dict[str, object]:
    """Return a schedule (Schedule Object). `kind` is the wizard's own: business, staff, service or other."""
    return {
        "id": one.id,
        "name": one.name,
        "externalId": one.external_id or None,
        "kind": one.kind.value,
        "timeZone": one.time_zone or None,
    }


def connection(one: Connection) -> dict[str, object]:
    """Return a connection: what `report.result` says of one, and whose it is and why it fails."""
    return report.connection(one) | {
        "email": one.email or None,
        "userId": one.user_id or None,
        "errorReason": one.reason or None,
    }


def calendar(one: Calendar, of: Connection) -> dict[str, object]:
    """Return a calendar of the connection's account; `imported` says whether its events are to come into Wix."""
    return {"id": one.id, "name": one.name, "imported": is_imported(one, of)}


def is_imported(one: Calendar, of: Connection) -> bool:
    """Whether the connection names this calendar as one to import from, and imports."""
    return of.sync.imports and one.id in {chosen.id for chosen in of.sync.calendars or ()}


def event(one: Event, zone: tzinfo | None) -> dict[str, object]:
    """Return an event (List Events), its times in `zone`; an all-day event's days are as Wix wrote them."""
    values = (
        _moment(one.start, one, zone),
        _moment(one.end, one, zone),
        one.all_day,
        one.title,
        one.calendar,
        one.schedule_id,
        one.owner_id,
        one.owner,
    )
    return dict(zip(EVENT_KEYS, values, strict=True))


def _moment(moment: datetime | None, of: Event, zone: tzinfo | None) -> str | None:
    if moment is None:
        return None
    return (moment if of.all_day else moment.astimezone(zone)).isoformat()
