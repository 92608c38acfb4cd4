import time as clock
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.examples import APPLE, BUSINESS, DANA, connection
from wizard import texts
from wizard.domain import Event
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


def test_a_title_from_outside_is_shown_without_what_a_terminal_obeys() -> None:
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    event = Event("s", "Tea\x1b[2J\u202e", "", "", "", moment, moment, all_day=False)
    assert agenda.title_of(event) == "Tea[2J"


def test_the_id_of_a_schedule_that_is_not_known_is_shown_without_what_a_terminal_obeys() -> None:
    made = connection(APPLE, replace(DANA, id="\x1b[2J\x9b1Jabc"))
    schedules, _, _ = agenda.filters([made], {}, "")
    assert schedules[made.schedule_id] == wording.schedule_of(made, {}).name == "[2J1Ja"
