"""An agenda: which range of events is asked for, in which time zone, and the day and times that one is listed under."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wizard import texts
from wizard.domain import Event, Schedule, ScheduleKind
from wizard.front import wording
from wizard.inert import inert

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from wizard.answers import Answers
    from wizard.domain import Connection

DAYS = 7
"""How many days are shown at first."""


@dataclass(frozen=True)
class Asked:
    """Which events are asked for: those of which days, and by id of which schedule and user; "" is all of them."""

    first: date
    last: date
    schedule: str = ""
    user: str = ""

    @property
    def of_several(self) -> bool:
        """Whether it takes the owner's name to tell one's events from another's."""
        return not (self.schedule or self.user)


def place(answers: Answers) -> str:
    """Return where the session keeps what is asked for: after another connection one begins anew, at its schedule."""
    return f"events {answers.connection.id if answers.connection else ''}"


def read_day(text: str) -> date:
    """Read a date, year-month-day; ValueError for others.

    In the first and last year a time zone could lead out of what a date can be.
    """
    day = date.fromisoformat(text.strip())
    if not 1 < day.year < 9999:
        raise ValueError(text)
    return day


def no_day(text: str, today: date) -> str:
    """Say why a text can't be read as a day."""
    try:
        date.fromisoformat(text.strip())
    except ValueError:
        return texts.EVENTS_BAD_DATE.format(value=inert(text), example=today.isoformat())
    return texts.EVENTS_BAD_YEAR.format(value=inert(text))


def read_moment(text: str, zone: tzinfo | None, *, last: bool = False) -> datetime:
    """Read a date, or a date-time of ISO 8601; one without an offset is in `zone`. ValueError for others.

    A date is its beginning; as the `last` of a range it is its end, for that day is included.
    """
    try:
        day = read_day(text)
    except ValueError:
        moment = datetime.fromisoformat(text.strip())
        read_day(moment.date().isoformat())
        return moment if moment.tzinfo else moment.replace(tzinfo=zone).astimezone(zone)
    return day_end(day, zone) if last else day_begin(day, zone)


def asked_first(now: datetime, schedules: Mapping[str, Schedule], schedule_id: str) -> Asked:
    """Return what is asked for at first of a schedule: some days, beginning with its today, not the machine's."""
    today = now.astimezone(zone_of(schedules, schedule_id) or now.tzinfo).date()
    return Asked(today, today + timedelta(days=DAYS - 1), schedule_id)


def day_begin(day: date, zone: tzinfo | None) -> datetime:
    """Return a day's first moment. Where no zone is known it is this computer's, which has its own summer time."""
    return datetime.combine(day, time(), zone).astimezone(zone)


def day_end(day: date, zone: tzinfo | None) -> datetime:
    """Return the moment at which a day is over."""
    return day_begin(day + timedelta(days=1), zone)


def business(schedules: Mapping[str, Schedule]) -> Schedule | None:
    """Return the business's own schedule, if it is known here."""
    return next((s for s in schedules.values() if s.kind is ScheduleKind.BUSINESS), None)


def zone_of(schedules: Mapping[str, Schedule], schedule_id: str) -> tzinfo | None:
    """Return the chosen schedule's time zone, or the business's; None if there is none or it isn't known here."""
    for schedule in (schedules.get(schedule_id), business(schedules)):
        if schedule and schedule.time_zone:
            with suppress(ZoneInfoNotFoundError, ValueError, OSError):
                return ZoneInfo(schedule.time_zone)
    return None


def zone_words(zone: tzinfo | None) -> str:
    """Say whose times are listed."""
    if zone is None:
        return texts.EVENTS_ZONE_HERE
    return texts.EVENTS_ZONE.format(zone=str(zone).rpartition("/")[2].replace("_", " "))


def none_words(asked: Asked, connections: Iterable[Connection], names: Mapping[str, str]) -> str:
    """Say that there are no events, and if it is so that import is off wherever they could come from.

    `connections` are those that stand, as far as known; `names` are those of the providers, by id.
    """
    whose = texts.EVENTS_NONE_OF[bool(asked.schedule), bool(asked.user)]
    words = texts.EVENTS_NONE.format(start=asked.first.isoformat(), end=asked.last.isoformat(), whose=whose)
    about = [c for c in connections if asked.schedule in ("", c.schedule_id) and asked.user in ("", c.user_id)]
    if not about or any(c.sync.imports for c in about):
        return words
    return f"{words} {texts.EVENTS_IMPORT_OFF.format(names=wording.provider_names(about, names))}"


def unread_words(provider_ids: Iterable[str], names: Mapping[str, str]) -> str:
    """Say whose calendars could not be read; `names` are those of the providers, by id."""
    said = sorted({names.get(one) or inert(one)[:8] for one in provider_ids})
    return texts.EVENTS_UNREAD.format(names=", ".join(said))


def day_of(event: Event, zone: tzinfo | None) -> date | None:
    """Return the day an event is listed under. An all-day event's is the date as written, whatever the zone."""
    if event.start is None:
        return None
    return event.start.date() if event.all_day else event.start.astimezone(zone).date()


async def by_day(
    pages: AsyncIterator[list[Event]], zone: tzinfo | None, days: tuple[date, date], *, hold_last: bool = False
) -> AsyncIterator[list[Event]]:
    """Give the events of pages day by day, those of whole days first; no all-day event of other days than these.

    Wix sorts by start, and whole days of another time zone start earlier or later than here. What comes early waits
    for its day. What comes late, on the next page, is behind the day's other events, unless that page's last day is
    held back as well. A page that is all one day never is: a busy day would have to be kept whole.
    """
    reached, here = day_begin(days[0], zone), days[0]
    waiting: list[Event] = []

    def day(one: Event) -> date:
        return day_of(one, zone) or here

    async for page in pages:
        found = [*waiting, *(one for one in page if _is_on(one, days))]
        reached = max([reached, *(one.start for one in found if one.start)])
        here = reached.astimezone(zone).date()
        found.sort(key=lambda one: (day(one), not one.all_day))
        cut = bisect_right(found, here, key=day)
        if hold_last and cut:
            cut = bisect_left(found, day(found[cut - 1]), key=day) or cut
        yield found[:cut]
        waiting = found[cut:]
    yield waiting


def _is_on(event: Event, days: tuple[date, date]) -> bool:
    """Whether an event is on one of the days; Wix has seen to that, but for the whole days of other time zones."""
    if not event.all_day or event.start is None:
        return True
    begin = event.start.date()
    over = event.end.date() if event.end else begin
    return begin <= days[1] and max(over, begin + timedelta(days=1)) > days[0]


def times_of(event: Event, zone: tzinfo | None) -> str:
    """Say when on its day an event is, and on how many days it goes on."""
    start, end = event.start, event.end
    if start is None:
        return texts.EVENTS_NO_START
    if event.all_day:
        days = (end.date() - start.date()).days if end else 1
        return texts.EVENTS_ALL_DAY if days <= 1 else texts.EVENTS_DAYS.format(count=days)
    began = start.astimezone(zone)
    if end is None:
        return f"{began:%H:%M}"
    ended = end.astimezone(zone)
    later = (ended.date() - began.date()).days
    return f"{began:%H:%M}-{ended:%H:%M}" + (f" +{later}" if later else "")


def count_words(count: int) -> str:
    """Say how many events there are."""
    return texts.EVENTS_ONE if count == 1 else texts.EVENTS_COUNT.format(count=count)


def title_of(event: Event) -> str:
    """Return an event's title, ready to show."""
    return inert(event.title) or texts.EVENTS_UNTITLED


def whose(event: Event, schedules: Mapping[str, Schedule]) -> str:
    """Return the name of an event's schedule, as one can filter by it, ready to show; else its owner's."""
    owner = "" if event.schedule_id in schedules else inert(event.owner)
    return owner or _name(schedules, event.schedule_id)


def filters(connections: list[Connection], schedules: Mapping[str, Schedule]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what events can be filtered by, as names by id: schedules and users, "" being all of them."""
    names = {c.schedule_id: _name(schedules, c.schedule_id) for c in connections}
    # Wix gives users no names here; a user's own schedule is the best there is.
    users = {c.user_id: names[c.schedule_id] for c in connections if c.user_id}
    return {"": texts.EVENTS_ALL_SCHEDULES, **names}, {"": texts.EVENTS_EVERYONE, **users}


def _name(schedules: Mapping[str, Schedule], schedule_id: str) -> str:
    schedule = schedules.get(schedule_id)
    return texts.schedule_name(schedule) if schedule else inert(schedule_id[:8])
