"""List Events: what stands in the connected calendars, read over CalDAV at the time of the call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wizard.sandbox import calendars, cursors, reading
from wizard.sandbox.accounts import PRIMARY
from wizard.sandbox.errors import unavailable
from wizard.sandbox.providers import PROVIDERS
from wizard.sandbox.reading import Fields
from wizard.sandbox.schedules import Schedule, schedules
from wizard.sandbox.site import Site
from wizard.sandbox.store import Connection
from wizard.sandbox.sync import account_of

_MOST = 1000  # both the default and the largest page
_FURTHEST = timedelta(days=3660)  # of the sandbox alone: endless repetitions take long to expand over centuries
_FIELDSETS = ("NO_PI", "OWN_PI")


@dataclass(frozen=True)
class _Found:
    occurrence: calendars.Occurrence
    schedule: Schedule
    calendar_type: str


def list_events(site: Site, raw: bytes) -> dict[str, object]:
    """Answer List Events from every connection that is connected and imports, sorted by start.

    Raises:
        ApiError: 400, or 503 when CalDAV is down and `partialFailure` is not asked for.

    """
    fields = reading.query(
        raw,
        lists=("scheduleIds", "userIds", "fieldsets"),
        wholes=("cursorPaging.limit",),
        flags=("allDay", "partialFailure"),
    )
    limit = fields.whole("cursorPaging.limit", 1, _MOST, _MOST)
    partial = fields.flag("partialFailure", default=False)
    cursor = fields.text("cursorPaging.cursor", longest=20_000) if fields.raw("cursorPaging.cursor") else ""
    question = {} if cursor else _question(fields, datetime.fromtimestamp(site.clock(), UTC))
    fields.check()
    if cursor:
        question = cursors.read(site.secret(), "events", cursor, "cursorPaging.cursor")
    offset = question.pop("offset", 0)
    found, failed = _collect(site, question)
    if failed and not partial:
        raise unavailable()
    shown = found[offset : offset + limit]
    paging = cursors.paging(site.secret(), "events", question, offset, limit, total=len(found), count=len(shown))
    events = [_wire(one, personal=question["personal"]) for one in shown]
    answer: dict[str, object] = {"events": events, "pagingMetadata": paging}
    return {**answer, "failedProviderIds": failed} if partial else answer


def _question(fields: Fields, now: datetime) -> dict[str, Any]:
    start, end = fields.instant("from"), fields.instant("to")
    if start is not None and end is not None and start >= end:
        fields.fault("from", "must be before to", "OTHER")
    for name, value in (("from", start), ("to", end)):
        if value is not None and abs(value - now) > _FURTHEST:
            fields.fault(name, "must be less than ten years away", "OTHER")
    fieldsets = fields.strings("fieldsets")
    for place, name in enumerate(fieldsets):
        if name not in _FIELDSETS:
            fields.fault(f"fieldsets[{place}]", f"must be one of {', '.join(_FIELDSETS)}", "FORMAT")
    return {
        "from": start.isoformat() if start else "",
        "to": end.isoformat() if end else "",
        "scheduleIds": fields.guids("scheduleIds"),
        "userIds": fields.guids("userIds"),
        "allDay": fields.flag("allDay") if fields.has("allDay") else None,
        "personal": "OWN_PI" in fieldsets,
    }


def _collect(site: Site, question: Mapping[str, Any]) -> tuple[list[_Found], list[str]]:
    between = datetime.fromisoformat(question["from"]), datetime.fromisoformat(question["to"])
    found: list[_Found] = []
    failed: list[str] = []
    for connection in site.store.connections():
        schedule = schedules()[connection.schedule_id]
        if not _asked_for(connection, schedule, question):
            continue
        wanted = [one for one, _ in connection.import_calendars or ((PRIMARY, ""),)]
        account, zone = account_of(site, connection), ZoneInfo(schedule.time_zone)
        try:
            rows = calendars.occurrences(site.caldav_url, account, wanted, between, zone)
        except calendars.UnreachableError:
            if connection.provider_id not in failed:
                failed.append(connection.provider_id)
            continue
        kind = PROVIDERS[connection.provider_id].calendar_type
        found += [_Found(row, schedule, kind) for row in rows if question["allDay"] in (None, row.all_day)]
    found.sort(key=lambda one: (one.occurrence.order, one.schedule.id))
    return found, failed


def _asked_for(connection: Connection, schedule: Schedule, question: Mapping[str, Any]) -> bool:
    return (
        connection.connected
        and connection.imports
        and (not question["scheduleIds"] or schedule.id in question["scheduleIds"])
        and (not question["userIds"] or schedule.owner_id in question["userIds"])
    )


def _wire(found: _Found, personal: bool) -> dict[str, object]:
    occurrence, schedule = found.occurrence, found.schedule
    event: dict[str, object] = {
        "scheduleId": schedule.id,
        "calendarType": found.calendar_type,
        "start": occurrence.start.isoformat(),
        "end": occurrence.end.isoformat(),
        "allDay": occurrence.all_day,
        "scheduleOwnerId": schedule.owner_id,
    }
    if personal:
        event["title"] = occurrence.title
        event["calendarName"] = occurrence.calendar
        event["scheduleOwnerName"] = schedule.owner_name
    return event
