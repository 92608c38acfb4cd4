import time as clock
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.examples import APPLE, BUSINESS, DANA, GOOGLE, connection
from wizard import texts
from wizard.domain import Event, Sync
from wizard.front import agenda, wording

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11-23", "2026-11-23T00:00:00+01:00", "2026-11-24T00:00:00+01:00"),
        (" 2026-10-25 ", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),  # a day of 25 hours
        ("2026-11-23T09:30", "2026-11-23T09:30:00+01:00", "2026-11-23T09:30:00+01:00"),
        ("2026-11-23T09:30Z", "2026-11-23T09:30:00+00:00", "2026-11-23T09:30:00+00:00"),
    ],
)
def test_a_date_is_a_whole_day_of_the_zone_and_a_time_is_itself(text: str, first: str, last: str) -> None:
    assert agenda.read_moment(text, PARIS).isoformat() == first
    assert agenda.read_moment(text, PARIS, last=True).isoformat() == last


@pytest.mark.parametrize(
    "text", ["", "today", "23.11.2026", "2026-02-30", "2026-11-23T25:00", "9999-12-31", "0001-01-01T09:00"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        agenda.read_moment(text, PARIS)


def test_a_schedule_without_a_known_zone_has_the_business_ones() -> None:
    known = {one.id: one for one in (BUSINESS, replace(DANA, time_zone=""), replace(DANA, id="x", time_zone="A/B"))}
    assert agenda.zone_of(known, DANA.id) == agenda.zone_of(known, "x") == ZoneInfo(BUSINESS.time_zone)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Be in Paris, where no schedule says a zone."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "Europe/Paris")
        clock.tzset()
        yield
    clock.tzset()


@pytest.mark.usefixtures("here")
def test_without_a_zone_times_are_this_computers_in_winter_and_in_summer() -> None:
    assert agenda.zone_words(agenda.zone_of({}, "")) == texts.EVENTS_ZONE_HERE
    for month, offset in ((1, "+01:00"), (7, "+02:00")):
        moment = datetime(2026, month, 1, 12, tzinfo=UTC)
        event = Event("s", "Tea", "", "", "", moment, None, all_day=False)
        assert agenda.times_of(event, None) == f"{12 + int(offset[:3])}:00"
        midnight = f"2026-0{month}-01T00:00:00{offset}"
        assert agenda.day_begin(moment.date(), None).isoformat() == midnight
        assert agenda.read_moment(midnight[:16], None).isoformat() == midnight


def whole_day(day: str, offset: str, until: str = "") -> Event:
    """An event of a whole day, in a time zone of this offset."""
    start, end = (datetime.fromisoformat(f"{one}T00:00{offset}") for one in (day, until or day))
    return Event("s", day, "", "", "", start, end if until else end + timedelta(days=1), all_day=True)


def timed(moment: str) -> Event:
    """An event that begins then and is over at once."""
    start = datetime.fromisoformat(moment)
    return Event("s", moment, "", "", "", start, start, all_day=False)


async def given(*pages: list[Event], hold_last: bool = False) -> list[list[str]]:
    """Return the titles of what comes of pages, for two days in Paris."""

    async def read() -> AsyncIterator[list[Event]]:
        for page in pages:
            yield page

    found = agenda.by_day(read(), PARIS, (date(2026, 11, 27), date(2026, 11, 28)), hold_last=hold_last)
    return [[event.title for event in page] async for page in found]


async def test_days_never_run_backwards_though_other_time_zones_days_begin_earlier() -> None:
    early, late = whole_day("2026-11-28", "+09:00"), whole_day("2026-11-27", "-08:00")
    noon, evening, next_day = (timed(f"2026-11-{when}:00+01:00") for when in ("27T06:00", "27T20:00", "28T08:00"))
    in_one = [noon, late, early, evening, next_day]
    assert await given(in_one) == [[one.title for one in (late, noon, evening, early, next_day)], []]
    assert await given([noon, late, early], [evening, next_day]) == [
        [late.title, noon.title],
        [evening.title, early.title, next_day.title],
        [],
    ]


async def test_a_pages_last_day_can_wait_for_what_the_next_page_has_of_it_unless_it_is_all_that_there_is() -> None:
    friday = [timed(f"2026-11-27T0{hour}:00:00+01:00") for hour in range(3)]
    saturday, late = timed("2026-11-28T02:00:00+01:00"), whole_day("2026-11-28", "-08:00")
    titles = [one.title for one in friday]
    assert await given(friday, [saturday, late], hold_last=True) == [titles, [late.title, saturday.title], []]
    assert await given([*friday, saturday], [late], hold_last=True) == [titles, [late.title, saturday.title], []]


async def test_whole_days_that_only_touch_the_days_in_their_own_zone_are_left_out() -> None:
    touching = [whole_day("2026-11-26", "-08:00"), whole_day("2026-11-29", "+09:00")]
    meant = [whole_day("2026-11-25", "+01:00", "2026-11-28"), whole_day("2026-11-28", "-08:00")]
    assert await given([*touching, *meant]) == [[one.title for one in meant], []]


def test_a_title_from_outside_is_shown_without_what_a_terminal_obeys() -> None:
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    event = Event("s", "Tea\x1b[2J\u202e", "", "", "", moment, moment, all_day=False)
    assert agenda.title_of(event) == "Tea[2J"


@pytest.mark.parametrize(
    ("schedule", "user", "imports", "said"),
    [
        ("", "", (), "No events from 2026-11-22 to 2026-11-28."),
        ("", "", (True, True), "No events from 2026-11-22 to 2026-11-28."),
        ("dana", "", (True, False), "No events from 2026-11-22 to 2026-11-28 for this schedule."),
        ("", "u", (True, False), "No events from 2026-11-22 to 2026-11-28 for this user. Import is off for Google."),
        ("dana", "u", (False, False), "No events from 2026-11-22 to 2026-11-28 for this schedule and user."),
        ("", "", (False, False), "No events from 2026-11-22 to 2026-11-28. Import is off for Apple, Google."),
    ],
)
def test_why_there_are_no_events_is_said_as_far_as_it_is_known(
    schedule: str, user: str, imports: tuple[bool, ...], said: str
) -> None:
    asked = agenda.Asked(date(2026, 11, 22), date(2026, 11, 28), schedule, user)
    made = (connection(APPLE, DANA), replace(connection(GOOGLE, BUSINESS), user_id="u"))
    standing = [replace(one, sync=Sync(imports=on)) for one, on in zip(made, imports, strict=False)]
    assert agenda.none_words(asked, standing, {"apple": "Apple", "google": "Google"}) == said


def test_the_id_of_a_schedule_that_is_not_known_is_shown_without_what_a_terminal_obeys() -> None:
    made = connection(APPLE, replace(DANA, id="\x1b[2J\x9b1Jabc"))
    schedules, _ = agenda.filters([made], {})
    assert schedules[made.schedule_id] == wording.schedule_of(made, {}).name == "[2J1Ja"
