"""From Wix's words to the wizard's and back: the one place that knows both, and makes outside text inert.

Only an event's words stay as they are: they are handed on to other programs in full, and `agenda` makes them inert.
"""

from __future__ import annotations

from datetime import timedelta, timezone
from functools import cache
from sys import intern
from typing import TYPE_CHECKING

from wizard import domain, wix
from wizard.domain import Calendar, Connection, Event, Fault, Provider, Schedule, Sync
from wizard.inert import inert

if TYPE_CHECKING:
    from datetime import datetime

BUSINESS_EXTERNAL_ID = "4e0579a5-491e-4e70-a872-d097eed6e520"
"""The business schedule's externalId, the same on every site (Schedule Object)."""
BOOKINGS_APP_ID = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"
"""The app that staff members' and services' schedules belong to."""

_LONGEST_EMAIL = 320
"""64 before the at sign and 255 behind it (RFC 5321 section 4.5.3.1): cut, it would be another account's."""

_KINDS = {
    wix.CalendarType.GOOGLE: domain.Kind.GOOGLE,
    wix.CalendarType.I_CAL: domain.Kind.APPLE,
    wix.CalendarType.MICROSOFT: domain.Kind.MICROSOFT,
}
_METHODS = {
    wix.ConnectMethod.OAUTH: domain.Method.OAUTH,
    wix.ConnectMethod.CREDENTIALS: domain.Method.CREDENTIALS,
}
_IMPORTS = {
    wix.ImportSupport.PRIMARY_CALENDAR_ONLY: domain.Import.PRIMARY,
    wix.ImportSupport.SPECIFIC_CALENDARS: domain.Import.CHOSEN,
}
_EXPORTS = {
    wix.ExportSupport.PRIMARY_CALENDAR_ONLY: domain.Export.PRIMARY,
    wix.ExportSupport.SPECIFIC_CALENDAR: domain.Export.CHOSEN,
    wix.ExportSupport.DEDICATED_CALENDAR: domain.Export.DEDICATED,
}
_BROKEN = {
    wix.ErrorReason.TOKEN_REVOKED: "connection_token_revoked",
    wix.ErrorReason.EXTERNAL_CALENDAR_CREATION_FAILED: "connection_calendar_not_created",
    wix.ErrorReason.EXTERNAL_CALENDAR_DELETED: "connection_calendar_deleted",
}


def provider(found: wix.Provider) -> Provider:
    """Read a provider; methods and abilities that this version doesn't know count as not offered."""
    features = found.features
    methods = [_METHODS[m] for m in features.connect_methods if m in _METHODS]
    return Provider(
        id=found.id,
        name=inert(found.name),
        kind=_KINDS.get(found.calendar_type, domain.Kind.OTHER),
        methods=tuple(m for m in domain.Method if m in methods),
        imports=_IMPORTS.get(features.list_event_from_calendars, domain.Import.NONE),
        exports=_EXPORTS.get(features.sync_to_calendar, domain.Export.NONE),
        can_update=features.update_sync_config is not False,
    )


def is_active(found: wix.Schedule) -> bool:
    """Whether a schedule can be connected; Wix leaves cancelled ones out by itself, and this makes sure."""
    return found.status is not wix.ScheduleStatus.CANCELLED


def schedule(found: wix.Schedule) -> Schedule:
    """Read a schedule.

    Wix marks only the business schedule. Of those of Wix Bookings, a service's gives its sessions a default title
    and a staff member's doesn't; what belongs to another app is neither.
    """
    if found.external_id == BUSINESS_EXTERNAL_ID:
        kind = domain.ScheduleKind.BUSINESS
    elif found.app_id != BOOKINGS_APP_ID:
        kind = domain.ScheduleKind.OTHER
    else:
        kind = domain.ScheduleKind.SERVICE if found.default_title else domain.ScheduleKind.STAFF
    return Schedule(
        id=found.id,
        name=inert(found.name),
        kind=kind,
        time_zone=inert(found.time_zone),
        external_id=found.external_id,
    )


def calendar(found: wix.Calendar) -> Calendar:
    """Read a calendar of the account."""
    return Calendar(id=found.id, name=inert(found.name) or inert(found.id))


def connection(found: wix.Connection) -> Connection:
    """Read a connection; a status that this version doesn't know is UNKNOWN."""
    incoming, outgoing = found.sync_config.list_event_from_calendars, found.sync_config.sync_to_calendar
    chosen = incoming.calendars if incoming else None
    reason = found.error_reason
    return Connection(
        id=found.id,
        provider_id=found.provider_id,
        calendar_type=found.calendar_type.value,
        schedule_id=found.schedule_id,
        user_id=found.user_id,
        email=inert(found.external_account_email, limit=_LONGEST_EMAIL),
        status=domain.Status(found.status.value),
        reason="" if reason is wix.ErrorReason.UNDEFINED else reason.value,
        sync=Sync(
            imports=bool(incoming and incoming.enabled),
            calendars=None if chosen is None else tuple(calendar(c) for c in chosen.calendars if c.id),
            exports=bool(outgoing and outgoing.enabled),
            dedicated=bool(outgoing and outgoing.dedicated_calendar is not None),
        ),
    )


def broken_code(made: Connection) -> str:
    """Return the fault code of a connection that doesn't stand."""
    if made.status is domain.Status.ERROR:
        return _BROKEN.get(wix.ErrorReason(made.reason), "connection_error")
    return "connection_disconnected" if made.status is domain.Status.DISCONNECTED else "connection_unknown"


def sync_config(by: Provider, sync: Sync, now: Sync) -> wix.SyncConfig:
    """Write sync directions as Update Sync Config takes them, leaving out what the provider lacks or what is so `now`.

    Where exports go is the provider's to say. Import that is off, with no calendar chosen, names none.
    """
    incoming = outgoing = None
    if by.imports is not domain.Import.NONE and sync.incoming != now.incoming:
        incoming = wix.ImportConfig(enabled=sync.imports)
        if sync.calendars is None:
            incoming = wix.ImportConfig(enabled=sync.imports, primary_calendar=wix.Chosen())
        elif sync.calendars:
            chosen = tuple(wix.Calendar(id=c.id, name=c.name) for c in sync.calendars)
            incoming = wix.ImportConfig(enabled=sync.imports, calendars=wix.SpecificCalendars(calendars=chosen))
    if by.exports is not domain.Export.NONE and sync.outgoing != now.outgoing:
        outgoing = wix.ExportConfig(enabled=sync.exports, primary_calendar=wix.Chosen())
        if by.exports is domain.Export.DEDICATED:
            outgoing = wix.ExportConfig(enabled=sync.exports, dedicated_calendar=wix.Chosen())
    return wix.SyncConfig(list_event_from_calendars=incoming, sync_to_calendar=outgoing)


def event(found: wix.Event) -> Event:
    """Read an event; its words stay as they were sent. What many have in common is kept once."""
    return Event(
        schedule_id=intern(found.schedule_id),
        title=found.title,
        calendar=intern(found.calendar_name),
        owner=intern(found.schedule_owner_name),
        owner_id=intern(found.schedule_owner_id),
        start=_moment(found.start),
        end=_moment(found.end),
        all_day=found.all_day,
    )


def _moment(moment: datetime | None) -> datetime | None:
    """Return the moment with a zone that many share; none in the first and last year, as in `agenda.read_day`."""
    if moment is None or not 1 < moment.year < 9999:
        return None
    return moment.replace(tzinfo=_zone(moment.utcoffset()))


@cache
def _zone(offset: timedelta | None) -> timezone:
    return timezone(offset or timedelta())


def fault(error: wix.WixError) -> Fault:
    """Return the fault that stands for an error of the client."""
    return Fault(
        error.code,
        message=inert(error.wix_message),
        request_id=inert(error.request_id, limit=80),
        fields=tuple((inert(name), inert(words)) for name, words in getattr(error, "fields", ())),
        retry_after=getattr(error, "retry_after", None),
    )
