"""The external accounts' calendars over CalDAV (RFC 4791), by the caldav library. All of it blocks: run it in a thread.

The library takes half a second to import, more than all the rest of the site: it is imported by the first call, or by
`warm_up` after the site has answered its first callers.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from wizard.sandbox.accounts import PRIMARY, Account
from wizard.sandbox.diary import Appointment

_TIMEOUT = 10  # seconds; Radicale runs on the same machine
_OURS = "@wix-export.example"  # the end of the UIDs that export writes, by which import knows its own


class UnreachableError(Exception):
    """The calendar server does not answer, or not as CalDAV."""


class RefusedError(UnreachableError):
    """The calendar server refuses the email or the password."""


class GoneError(UnreachableError):
    """The calendar or event is not there any more."""


def warm_up() -> None:
    """Import what the calls need, so that the first of them is as fast as the others."""
    for name in ("caldav.davclient", "caldav.search", "recurring_ical_events"):
        import_module(name)


@dataclass(frozen=True)
class Occurrence:
    """One occurrence of an event. Times carry their zone; `end` is exclusive; an all-day one runs from midnight on."""

    start: datetime
    end: datetime
    title: str
    calendar: str
    all_day: bool

    @property
    def order(self) -> tuple[float, float, str, str]:
        """By moments: times of one zone compare by the wall clock, on which an hour comes twice when clocks go back."""
        return self.start.timestamp(), self.end.timestamp(), self.title, self.calendar


def proves(url: str, email: str, password: str) -> bool:
    """Say whether the calendar server at `url` lets that person in.

    Raises:
        UnreachableError: the server does not answer.

    """
    try:
        with _principal(url, email, password):
            return True
    except RefusedError:
        return False


def list_calendars(url: str, account: Account, hidden: Callable[[], Collection[str]]) -> list[tuple[str, str]]:
    """Return (id, name) of the account's calendars, the primary one first, without those whose id is in `hidden`.

    `hidden` is called once the calendars are known, so that it names those, too, that are being made meanwhile.

    Raises:
        UnreachableError: the server does not answer.

    """
    with _principal(url, account.email, account.password) as principal:
        every, unseen = principal.get_calendars(), hidden()
        shown = [one for one in every if _identity(one) not in unseen]
        found = [(_identity(one), one.get_display_name() or _identity(one)) for one in shown]
    return sorted(found, key=lambda one: (one[0] != PRIMARY, one[1].casefold()))


def exists(url: str, account: Account, calendar: str) -> bool:
    """Say whether the account has a calendar with that id.

    Raises:
        UnreachableError: the server does not answer.

    """
    with _principal(url, account.email, account.password) as principal:
        return _has(principal, calendar)


def occurrences(
    url: str, account: Account, wanted: Collection[str], between: tuple[datetime, datetime], zone: ZoneInfo
) -> list[Occurrence]:
    """Return what overlaps `between` (end exclusive) in the wanted calendars, repetitions expanded, in `zone`.

    Dates and times without a zone are read in `zone`. Events that export wrote, that are cancelled (RFC 5545, 3.8.1.11)
    or whose times make no sense are left out.

    Raises:
        UnreachableError: the server does not answer.

    """
    start, end = between
    # The server reads dates as UTC days, we as days of `zone`: ask for a day more on both sides and choose here.
    margin = timedelta(days=1)
    found = []
    with _principal(url, account.email, account.password) as principal:
        for calendar in principal.get_calendars():
            if _identity(calendar) not in wanted:
                continue
            name = str(calendar.get_display_name() or _identity(calendar))
            for component in _expanded(calendar, start - margin, end + margin):
                try:
                    one = _occurrence(component, name, zone)
                except (ValueError, OverflowError):  # calendar servers take what RFC 5545 forbids
                    continue
                if one.start < end and (one.end > start or one.start == one.end >= start):
                    found.append(one)
    return found


def _occurrence(component: Any, calendar: str, zone: ZoneInfo) -> Occurrence:
    first = component.start
    start, end = _moment(first, zone), _moment(component.end, zone)
    end = max(start, end, key=datetime.timestamp)
    return Occurrence(start, end, str(component.get("SUMMARY", "")), calendar, not isinstance(first, datetime))


def _expanded(calendar: Any, start: datetime, end: datetime) -> Iterator[Any]:
    """Yield each occurrence of what is in the calendar, but not of what export wrote, and none that is cancelled."""
    # Unsplit: the library would write and read each occurrence once more, to make an object of it.
    for event in calendar.search(event=True, start=start, end=end, expand=True, split_expanded=False):
        for component in event.icalendar_instance.walk("VEVENT"):
            cancelled = str(component.get("STATUS", "")).upper() == "CANCELLED"
            if not cancelled and not str(component.get("UID", "")).endswith(_OURS):
                yield component


def _moment(value: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), zone)
    return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)


def export(url: str, account: Account, dedicated: str | None, mark: str, events: Sequence[Appointment]) -> None:
    """Write events into the primary calendar, or into a calendar "Wix" with the id `dedicated`, made where missing.

    `mark` tells the events of one connection from another's.

    Raises:
        UnreachableError: the calendar cannot be made or the events cannot be written.

    """
    with _principal(url, account.email, account.password) as principal:
        if dedicated is not None and not _has(principal, dedicated):
            principal.make_calendar(name="Wix", cal_id=dedicated)
        place = principal.calendar(cal_id=dedicated or PRIMARY)
        for number, event in enumerate(events):
            uid = f"{mark}-{number}{_OURS}"
            answer = principal.client.put(
                str(place.url.join(f"{mark}-{number}.ics")), event.ics(uid), {"Content-Type": "text/calendar"}
            )
            if answer.status >= 300:
                raise UnreachableError(f"the server answered {answer.status} to an event")


def withdraw(url: str, account: Account, dedicated: str | None, mark: str) -> None:
    """Take back what `export` wrote with the same `dedicated` and `mark`; what is gone already is fine.

    Raises:
        UnreachableError: the server does not answer.

    """
    try:
        with _principal(url, account.email, account.password) as principal:
            place = principal.calendar(cal_id=dedicated or PRIMARY)
            if dedicated is not None:
                place.delete()
                return
            for event in place.search(event=True):
                uid = str(event.icalendar_component.get("UID", ""))
                if uid.startswith(f"{mark}-") and uid.endswith(_OURS):
                    event.delete()
    except GoneError:
        return


@contextmanager
def _principal(url: str, email: str, password: str) -> Iterator[Any]:
    # Any: the library types each call as its synchronous and its asynchronous result at once.
    from caldav.davclient import DAVClient
    from caldav.lib import error

    try:
        with DAVClient(url + "/", username=email, password=password, auth_type="basic", timeout=_TIMEOUT) as client:
            client.session.trust_env = False  # no proxy leads to this machine, and no .netrc knows these accounts
            yield client.get_principal()
    except error.AuthorizationError as fault:
        raise RefusedError from fault
    except error.NotFoundError as fault:
        raise GoneError from fault
    except (error.DAVError, OSError) as fault:
        raise UnreachableError(type(fault).__name__) from fault


def _has(principal: Any, calendar: str) -> bool:
    return calendar in [_identity(one) for one in principal.get_calendars()]


def _identity(calendar: Any) -> str:
    return str(calendar.url).rstrip("/").rpartition("/")[2]
