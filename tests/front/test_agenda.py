from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.examples import APPLE, DANA, connection
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


def test_a_title_from_outside_is_shown_without_what_a_terminal_obeys() -> None:
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    event = Event("s", "Tea\x1b[2J\u202e", "", "", "", moment, moment, all_day=False)
    assert agenda.title_of(event) == "Tea[2J"


def test_the_id_of_a_schedule_that_is_not_known_is_shown_without_what_a_terminal_obeys() -> None:
    made = connection(APPLE, replace(DANA, id="\x1b[2J\x9b1Jabc"))
    schedules, _, _ = agenda.filters([made], {}, "")
    assert schedules[made.schedule_id] == wording.schedule_of(made, {}).name == "[2J1Ja"
