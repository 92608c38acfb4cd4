"""What stands in the accounts' calendars and on the studio's schedules at the start, relative to a given day.

Everything is RFC 5545 text written by hand, so that the site's reading of it (icalendar) meets another source.
Repeating entries have no end: a data directory that is kept for months still shows events in any coming week.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from wizard.sandbox.schedules import Schedule

NEW_YORK = "America/New_York"
LONDON = "Europe/London"

# Rules in force since 2007 (New York) and 1996 (London); every entry here is younger.
_ZONES = {
    NEW_YORK: (
        "BEGIN:VTIMEZONE\nTZID:America/New_York\n"
        "BEGIN:DAYLIGHT\nDTSTART:20070311T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\n"
        "TZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nTZNAME:EDT\nEND:DAYLIGHT\n"
        "BEGIN:STANDARD\nDTSTART:20071104T020000\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\n"
        "TZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nTZNAME:EST\nEND:STANDARD\n"
        "END:VTIMEZONE\n"
    ),
    LONDON: (
        "BEGIN:VTIMEZONE\nTZID:Europe/London\n"
        "BEGIN:DAYLIGHT\nDTSTART:19960331T010000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n"
        "TZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nTZNAME:BST\nEND:DAYLIGHT\n"
        "BEGIN:STANDARD\nDTSTART:19961027T020000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n"
        "TZOFFSETFROM:+0100\nTZOFFSETTO:+0000\nTZNAME:GMT\nEND:STANDARD\n"
        "END:VTIMEZONE\n"
    ),
}


@dataclass(frozen=True)
class Entry:
    """One calendar entry.

    `day` counts from the day of seeding. `at` is the wall-clock start in `zone`, None for all-day entries. `minutes` is
    the length of a timed entry, `days` of an all-day one. `skipped` are days (from the day of seeding) taken out by
    EXDATE.
    """

    title: str
    day: int
    at: time | None = None
    minutes: int = 60
    days: int = 1
    zone: str = NEW_YORK
    rule: str = ""
    skipped: tuple[int, ...] = ()

    def ics(self, uid: str, today: date) -> str:
        """Return the entry as an iCalendar object with CRLF line ends, lines folded at 75 octets (RFC 5545, 3.1)."""
        first = today + timedelta(days=self.day)
        if self.at is None:
            when = [
                f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
                f"DTEND;VALUE=DATE:{first + timedelta(days=self.days):%Y%m%d}",
            ]
        else:
            start = datetime.combine(first, self.at)  # wall clock: the zone is named beside it
            end = start + timedelta(minutes=self.minutes)
            when = [f"DTSTART;TZID={self.zone}:{start:%Y%m%dT%H%M%S}", f"DTEND;TZID={self.zone}:{end:%Y%m%dT%H%M%S}"]
            when += [
                f"EXDATE;TZID={self.zone}:{datetime.combine(today + timedelta(days=day), self.at):%Y%m%dT%H%M%S}"
                for day in self.skipped
            ]
        if self.rule:
            when.append(f"RRULE:{self.rule}")
        zone = _ZONES[self.zone] if self.at is not None else ""
        return _calendar(uid, self.title, when, zone, today)


@dataclass(frozen=True)
class CalendarSeed:
    """A calendar at the start: the last part of its address, the name people see, and its entries."""

    slug: str
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Appointment:
    """A Wix event on a schedule: what export writes into an external calendar. Times are UTC; `end` is exclusive."""

    title: str
    start: datetime
    end: datetime

    def ics(self, uid: str) -> str:
        """Return the appointment as an iCalendar object with UTC times."""
        when = [f"DTSTART:{self.start:%Y%m%dT%H%M%SZ}", f"DTEND:{self.end:%Y%m%dT%H%M%SZ}"]
        return _calendar(uid, self.title, when, "", self.start.date())


def _calendar(uid: str, title: str, when: list[str], zone: str, stamp: date) -> str:
    escaped = title.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//calendar-wizard//sandbox//EN\n" + zone
    lines = [f"UID:{uid}", f"DTSTAMP:{stamp:%Y%m%d}T000000Z", f"SUMMARY:{escaped}", *when]
    text = head + "BEGIN:VEVENT\n" + "\n".join(lines) + "\nEND:VEVENT\nEND:VCALENDAR\n"
    return "".join(f"{folded}\r\n" for line in text.splitlines() for folded in _fold(line))


def _fold(line: str) -> Iterator[str]:
    if len(line.encode()) <= 75:  # nearly every line; a site that starts writes two thousand
        yield line
        return
    part, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > 75:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part


_BIRTHDAYS = CalendarSeed(
    "birthdays",
    "Birthdays",
    (
        Entry("🎂 Zoë's birthday 生日快乐", 3, rule="FREQ=YEARLY"),
        Entry("Grandpa's 90th", 40, rule="FREQ=YEARLY"),
        Entry("Noa's birthday", 128, rule="FREQ=YEARLY"),
    ),
)
_WORK = CalendarSeed(
    "work",
    "Work",
    (
        Entry("Team breakfast", -70, time(8, 30), 45, rule="FREQ=WEEKLY"),
        Entry("Accountant", 1, time(14), 60),
        Entry("Teachers' training, module 2", 5, days=2),
        Entry("Quarterly planning; bring numbers, please", 9, time(10), 120),
    ),
)


def _primary(slug: str, name: str, zone: str) -> CalendarSeed:
    return CalendarSeed(
        slug,
        name,
        (
            # Half a year old and weekly: whatever the season, it has crossed a change of the clocks.
            Entry("Swimming with Noa", -180, time(17, 30), 45, zone=zone, rule="FREQ=WEEKLY", skipped=(16,)),
            Entry("Lunch with Sam", 0, time(12, 30), 60, zone=zone),
            Entry("Dentist", 1, time(9), 40, zone=zone),
            Entry("Day off", 2),
            Entry("Parents' evening", 3, time(18), 90, zone=zone),
            Entry("Trip to the lake 🏞️ 湖への旅行", 4, days=3),
            Entry("Night train", 6, time(22, 15), 600, zone=zone),
            Entry("Physiotherapy", 8, time(8, 15), 45, zone=zone),
            Entry("Inventory", -3, days=1),
            Entry("Coffee with the landlord", -1, time(11), 30, zone=zone),
        ),
    )


DIARIES: dict[str, tuple[CalendarSeed, ...]] = {
    "studio@gmail.example": (
        _primary("primary", "Riverside Studio", NEW_YORK),
        CalendarSeed("maintenance", "Maintenance", (Entry("Boiler check", 2, time(7, 30), 60),)),
    ),
    "dana@gmail.example": (
        _primary("primary", "Dana Levi", NEW_YORK),
        CalendarSeed("family", "Family", (Entry("School play", 2, time(16), 90), Entry("Half-term", 5, days=7))),
        _BIRTHDAYS,
    ),
    "dana@outlook.example": (
        _primary("primary", "Calendar", NEW_YORK),
        CalendarSeed("teaching", "Teaching", (Entry("Guest class, Brooklyn", 1, time(19), 75),)),
        _BIRTHDAYS,
    ),
    "dana@icloud.example": (_primary("primary", "Home", NEW_YORK), _WORK, _BIRTHDAYS),
    "dan@icloud.example": (_primary("primary", "Home", LONDON), _WORK),
    "dana@fastmail.example": (_primary("primary", "Calendar", NEW_YORK),),
}

_CLIENTS = ("Mia", "Noah", "Ava", "Liam", "Zuri", "Émile", "Yuki", "Oskar", "Leïla", "Tom")
_KINDS = ("Personal training", "Private lesson", "Posture check", "Consultation", "Trial class")


def appointments(schedule: Schedule, today: date) -> tuple[Appointment, ...]:
    """Return the Wix events of the next days on a schedule: five, or none where a schedule hosts none of its own."""
    if not schedule.hosts_appointments:
        return ()
    salt = sum(schedule.name.encode())  # different people for different schedules, the same on every run
    found = []
    for number, kind in enumerate(_KINDS):
        client = _CLIENTS[(salt + 3 * number) % len(_CLIENTS)]
        start = datetime.combine(today + timedelta(days=number + 1), time(13 + number), UTC)
        found.append(Appointment(f"{kind} with {client}", start, start + timedelta(minutes=45)))
    return tuple(found)
