"""An iCalendar file (RFC 5545) on standard output, written event by event.

Times are in UTC, which every calendar program shows in its own zone. Wix gives events no ID, so theirs is made of what
they say: read in again, an event that hasn't changed is the same one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import icalendar

from wizard import __version__
from wizard.console.output import for_programs
from wizard.inert import without_controls

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wizard.domain import Event

_NAMESPACE = UUID("5b0f5c0e-6f0a-4b53-9a55-0c2f6c0f4a1e")


class File:
    """The file: its head is written at once, `close` ends it. One that was cut off lacks its last line."""

    def __init__(self) -> None:
        head = icalendar.Calendar()
        head.add("prodid", f"-//calendar-wizard//{__version__}//EN")
        head.add("version", "2.0")
        begin, end, _ = head.to_ical().decode().partition("END:VCALENDAR")
        self._end = end + "\r\n"
        self._now = datetime.now(UTC)
        for_programs(begin)

    def add(self, events: Iterable[Event]) -> None:
        """Write more events; one without a beginning can't be in such a file."""
        for_programs("".join(self._component(one).to_ical().decode() for one in events if one.start is not None))

    def close(self) -> None:
        """Write the end."""
        for_programs(self._end)

    def _component(self, event: Event) -> icalendar.Event:
        made = icalendar.Event()
        says = (event.schedule_id, event.owner_id, event.calendar, event.title, event.start, event.end)
        made.add("uid", str(uuid5(_NAMESPACE, repr([str(part) for part in says]))))
        made.add("dtstamp", self._now)
        for name, moment in (("dtstart", event.start), ("dtend", event.end)):
            if moment is not None:
                made.add(name, moment.date() if event.all_day else moment.astimezone(UTC))
        if event.title:
            made.add("summary", without_controls(event.title))
        if event.calendar:
            made.add("categories", [without_controls(event.calendar)])
        return made
