"""The events screen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.tui.stage import (
    DAN,
    ENDED,
    EVENTS,
    NEW_YORK,
    OF_APPLE,
    OF_STATE,
    FakeJourney,
    app_at,
    at,
    enter,
    focused,
    keys_by_focus,
    listed,
    resize,
    said,
    settled,
    shown,
    text_of,
    until,
    value,
)
from wizard import texts
from wizard.domain import Event, Fault
from wizard.terminal import LEAST_COLUMNS, LEAST_ROWS
from wizard.tui.widgets.choice import Choice, ChoiceScreen

FIRST = datetime(2026, 11, 22, tzinfo=NEW_YORK)


def many(count: int, start: int = 0) -> list[Event]:
    """A page of events, one an hour."""
    at = datetime(2026, 11, 22, 8, tzinfo=NEW_YORK) + timedelta(hours=start)
    return [
        replace(EVENTS[0], title=f"Event {start + i}", start=at + timedelta(hours=i), end=at + timedelta(hours=i + 1))
        for i in range(count)
    ]


async def test_the_whole_range_and_both_filters_fit_into_the_smallest_window() -> None:
    app = app_at("events")
    async with app.run_test(size=(LEAST_COLUMNS, LEAST_ROWS)) as pilot:
        await settled(pilot)
        assert {"2026-11-22", "2026-11-28"} <= set(re.findall(r"\d{4}-\d\d-\d\d", shown(app)))
        assert shown(app).count("▾") == 2


async def test_today_and_six_more_days_are_read_at_first_for_the_schedule() -> None:
    journey = FakeJourney()
    app = app_at("events", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert (value(app, "from"), value(app, "to")) == ("2026-11-22", "2026-11-28")
        assert journey.sent == [(FIRST, datetime(2026, 11, 29, tzinfo=NEW_YORK), ("s1",), ())]
        assert "Times in New York." in shown(app)


async def test_today_is_the_schedules_own_where_it_is_another_day_than_here() -> None:
    evening = datetime(2026, 11, 22, 21, tzinfo=NEW_YORK)
    app = app_at("events", answers=replace(OF_STATE["events"], schedule=DAN), session={"now": lambda: evening})
    async with app.run_test() as pilot:
        await settled(pilot)
        assert (value(app, "from"), value(app, "to")) == ("2026-11-23", "2026-11-29")


async def test_a_range_that_cannot_be_is_named_and_nothing_is_asked() -> None:
    journey = FakeJourney()
    app = app_at("events", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        for values, words, field in [
            ({"to": "2026-02-30"}, "“2026-02-30” isn't a date.", "to"),
            ({"to": "2026-11-21"}, "The last day is before the first.", "to"),
            ({"to": "9999-12-31"}, "“9999-12-31” can't be listed. Use a year from 0002 to 9998.", "to"),
            ({"from": "22.11.2026"}, "“22.11.2026” isn't a date. Write it as year-month-day, like 2026-11-22.", "from"),
        ]:
            await enter(pilot, **values)
            assert words in said(app)
            assert focused(app) == field
        assert len(journey.sent) == 1


async def test_a_click_into_a_day_selects_it_for_what_is_typed_and_a_second_one_goes_into_it() -> None:
    app = app_at("events")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.click("#to", offset=(5, 0))
        await pilot.press(*"2027-01-05")
        assert value(app, "to") == "2027-01-05"
        await pilot.click("#to", offset=(12, 0))
        await pilot.press("9")
        assert value(app, "to") == "2027-01-059"


async def test_what_was_said_of_a_day_goes_with_it() -> None:
    app = app_at("events")
    async with app.run_test() as pilot:
        await settled(pilot)
        await enter(pilot, to="2026-02-30")
        await pilot.press("backspace")
        assert said(app) == ""


async def test_enter_reads_the_new_range_in_the_schedules_zone() -> None:
    journey = FakeJourney()
    app = app_at("events", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        schedule = app.screen.query_one("#schedule", Choice)
        schedule.offer([("s2", "Dan Okafor")], "s2")
        await enter(pilot, **{"from": "2026-12-01", "to": "2026-12-01"})
        london = ZoneInfo("Europe/London")
        start = datetime(2026, 12, 1, tzinfo=london)
        assert journey.sent[-1] == (start, start + timedelta(days=1), ("s2",), ())
        assert "Times in London." in shown(app)
        assert "13:30-14:15" in shown(app)


async def test_a_filter_opens_finds_as_one_types_and_reads_anew() -> None:
    journey = FakeJourney()
    app = app_at("events", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        choice = app.screen.query_one("#schedule", Choice)
        choice.focus()
        await pilot.press("enter")
        assert isinstance(app.screen, ChoiceScreen)
        assert [words for _, words in listed(app).rows] == [
            "all schedules",
            "Dan Okafor",
            "Business hours",
            "Dana Levi",
        ]
        await pilot.press("o", "k", "enter")
        await until(lambda: len(journey.sent) == 2)
        assert journey.sent[-1][2:] == (("s2",), ())
        assert choice.chosen == "s2"


async def test_an_open_filter_says_what_it_filters_by_and_how() -> None:
    app = app_at("events")
    async with app.run_test(size=(LEAST_COLUMNS, LEAST_ROWS)) as pilot:
        await settled(pilot)
        await pilot.click("#user")
        await pilot.pause()
        words = {line.strip() for line in shown(app).splitlines()}
        assert {"User", "part of the name", "▌ everyone", "Dana Levi", "enter choose   esc close"} <= words
        await resize(pilot, 60, 20)
        assert "type to filter   enter choose   esc close" in shown(app)


async def test_a_filter_that_finds_nothing_says_so() -> None:
    app = app_at("events")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.click("#user")
        await pilot.press("x", "y")
        assert "Nothing contains “xy”." in shown(app)
        await pilot.press("backspace", "backspace")
        assert "Nothing contains" not in shown(app)


async def test_a_filter_left_with_esc_stays_as_it_was() -> None:
    journey = FakeJourney()
    app = app_at("events", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.click("#user")
        await pilot.press("down", "escape")
        await settled(pilot)
        assert app.screen.query_one("#user", Choice).chosen == ""
        assert len(journey.sent) == 1
        await pilot.click("#user")
        await pilot.press("down", "enter")
        await until(lambda: len(journey.sent) == 2)
        assert journey.sent[-1][2:] == (("s1",), ("u2",))


async def test_events_are_listed_by_day_with_their_times() -> None:
    app = app_at("events")
    async with app.run_test(size=(79, 30)) as pilot:
        await settled(pilot)
        lines = [" ".join(line.replace("▌", "").split()) for line in shown(app).splitlines()]
        first = lines.index("Monday, 23 November 2026")
        assert lines[first : first + 9] == [
            "Monday, 23 November 2026",
            "08:30-09:15 Team breakfast Work",
            "Tuesday, 24 November 2026",
            "all day 🎂 Zoë's birthday Birthdays",
            "22:00-02:00 +1 Late shift Work",
            "Thursday, 26 November 2026",
            "2 days Teachers' training Work",
            "Friday, 27 November 2026",
            "17:00-18:00 (no title) Home",
        ]
        assert text_of(app, "#counted") == "5 events"


async def test_of_all_schedules_each_event_says_whose_it_is_in_every_width() -> None:
    business, unknown = replace(EVENTS[4], schedule_id="s0"), replace(EVENTS[0], schedule_id="gone", owner="Dan")
    app = app_at("events", FakeJourney(pages=[[EVENTS[0], unknown, business]], made=ENDED))
    async with app.run_test(size=(120, 24)) as pilot:
        await settled(pilot)
        assert re.findall("Team breakfast +(.*)", shown(app)) == [f"{name:<22} Work" for name in ("Dana Levi", "Dan")]
        assert re.findall(r"\(no title\) +(.*)", shown(app)) == [f"{'Business hours':<22} Home"]
        await resize(pilot, 60, 20)
        assert re.findall("Team breakfast +(.*)", shown(app)) == ["Dana Levi", "Dan"]
        await resize(pilot, LEAST_COLUMNS, LEAST_ROWS)
        assert re.findall(r"Team bre… +(\w+)", shown(app)) == ["Dana", "Dan"]


async def test_each_day_has_one_heading_though_other_time_zones_days_begin_earlier() -> None:
    start = datetime(2026, 11, 24, tzinfo=ZoneInfo("Europe/London"))
    whole = replace(EVENTS[1], start=start, end=start + timedelta(days=1))
    evening = [replace(EVENTS[0], start=start + timedelta(hours=i), end=None) for i in range(3)]
    app = app_at("events", FakeJourney(pages=[[EVENTS[0], whole], [*evening, *EVENTS[1:]]]))
    async with app.run_test() as pilot:
        await settled(pilot)
        await until(lambda: text_of(app, "#counted") == "9 events")
        days = [row for row in listed(app).rows if not isinstance(row, Event)]
        assert days == [date(2026, 11, day) for day in (23, 24, 26, 27)]


async def test_one_page_is_fetched_ahead_and_listed_when_the_person_comes_near() -> None:
    journey = FakeJourney(pages=[many(60), many(60, 60), many(1, 120)])
    app = app_at("events", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert text_of(app, "#counted") == "60 events so far, more below"
        await pilot.press("down")
        assert journey.calls[-1] == "events 2"
        assert listed(app).total == 60
        await pilot.press("end")
        await until(lambda: text_of(app, "#counted") == "120 events so far, more below")
        await pilot.press("end")
        await until(lambda: text_of(app, "#counted") == "121 events")
        titles = [row.title for row in listed(app).rows if isinstance(row, Event)]
        assert titles == [f"Event {i}" for i in range(121)]


async def test_no_more_events_are_promised_once_it_is_known_that_there_are_none() -> None:
    app = app_at("events", FakeJourney(pages=[many(1), []]))
    async with app.run_test() as pilot:
        await settled(pilot)
        await until(lambda: not text_of(app, "#counted").endswith("more below"))
        assert text_of(app, "#counted") == "1 event"


async def test_a_fault_on_a_later_page_loses_no_events_when_tried_again() -> None:
    journey = FakeJourney(pages=[many(30), many(30, 30)], faults={"events 2": Fault("rate_limited")})
    app = app_at("events", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("end")
        await until(lambda: "Too many requests" in said(app))
        assert text_of(app, "#counted") == "30 events so far, more below"
        journey.faults.clear()
        await pilot.press("ctrl+r")
        await settled(pilot)
        await pilot.press("end")
        await until(lambda: listed(app).total == 60)


async def test_a_range_without_events_says_so_and_its_last_day_can_be_changed_at_once() -> None:
    off = replace(OF_APPLE, sync=replace(OF_APPLE.sync, imports=False))
    app = app_at("events", FakeJourney(empty=True, made=off))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "No events from 2026-11-22 to 2026-11-28 for this schedule. Import is off for Apple." in said(app)
        assert text_of(app, "#counted") == ""
        assert focused(app) == "to"


async def test_whose_calendars_could_not_be_read_is_said_beside_those_that_were() -> None:
    app = app_at("events", FakeJourney(unread=("google",)))
    async with app.run_test() as pilot:
        await settled(pilot)
        await until(lambda: text_of(app, "#counted") == "5 events")
        assert said(app) == "! " + texts.EVENTS_UNREAD.format(names="Google")


async def test_the_keys_are_those_of_the_list_the_field_or_the_filter() -> None:
    app = app_at("events")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert await keys_by_focus(pilot, "shift+tab", 4) == {
            "list": "↑↓ scroll tab next",
            "user": "tab next enter choose",
            "schedule": "tab next enter choose",
            "to": "tab next enter read",
        }


async def test_a_fault_on_reading_keeps_the_fields_and_enter_reads_again() -> None:
    journey = FakeJourney(faults={"events": Fault("server_error")})
    app = app_at("events", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "Wix has a problem" in said(app)
        journey.faults.clear()
        await enter(pilot, to="2026-11-30")
        await until(lambda: listed(app).total == 5)
        assert said(app) == ""


async def test_what_was_asked_for_is_kept_on_the_way_back_until_another_calendar_is_connected() -> None:
    journey = FakeJourney()
    app = app_at("events", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await enter(pilot, **{"from": "2026-11-26", "to": "2027-01-31"})
        await pilot.click("#user")
        await pilot.press("down", "enter")
        await until(lambda: journey.sent[-1][2:] == (("s1",), ("u2",)))
        await settled(pilot)
        asked = journey.sent[-1]

        await pilot.press("ctrl+b")
        await at(pilot, "done")
        await pilot.press("enter")
        await at(pilot, "events")
        assert (value(app, "from"), value(app, "to")) == ("2026-11-26", "2027-01-31")
        assert [app.screen.query_one(name, Choice).chosen for name in ("#schedule", "#user")] == ["s1", "u2"]
        assert (len(journey.sent), journey.sent[-1]) == (4, asked)

        await pilot.press("ctrl+b")
        await at(pilot, "done")
        app.step.answers = app.step.answers.with_connection(replace(OF_APPLE, id="another")).with_schedule(DAN)
        await pilot.press("enter")
        await at(pilot, "events")
        assert (value(app, "from"), value(app, "to")) == ("2026-11-22", "2026-11-28")
        assert journey.sent[-1][2:] == (("s2",), ())


async def test_the_wizard_can_go_back_to_done_from_the_events() -> None:
    app = app_at("events")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+b")
        await at(pilot, "done")
        assert app.step.answers.connection is not None
        assert app.step.answers.schedule == OF_STATE["events"].schedule
