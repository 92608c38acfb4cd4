"""A person's own CalDAV client, to look into an account from the other side: the caldav library, used directly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.sites import ExternalAccount


@contextmanager
def signed_in(account: ExternalAccount) -> Iterator[Any]:
    """Sign in with what the site tells about the account; give its principal."""
    from caldav.davclient import DAVClient  # half a second, which no worker that only collects has to spend

    client = DAVClient(account.caldav_url, username=account.email, password=account.password, timeout=10)
    with client:
        yield client.get_principal()


def calendars(account: ExternalAccount) -> dict[str, list[str]]:
    """Return the titles of all entries by the calendar's name."""
    with signed_in(account) as principal:
        return {
            one.get_display_name(): sorted(str(event.icalendar_component["SUMMARY"]) for event in one.get_events())
            for one in principal.get_calendars()
        }


def write(account: ExternalAccount, calendar: str, *lines: str) -> None:
    """Write an event whose iCalendar lines these are into the calendar of that name."""
    text = "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//test//EN",
            "BEGIN:VEVENT",
            "DTSTAMP:20260101T000000Z",
            *lines,
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )
    with signed_in(account) as principal:
        next(one for one in principal.get_calendars() if one.get_display_name() == calendar).add_event(text)
