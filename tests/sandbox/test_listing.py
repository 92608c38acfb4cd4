"""Import: List Events against real calendars. Times far from today keep these tests apart from the seeds."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.sandbox import dav
from tests.sandbox.conftest import PROVIDER_IDS, Api, violated
from wizard.sandbox.schedules import schedule_named

DANA = schedule_named("Dana Levi")
DAY = {"from": "2031-03-10T00:00:00-04:00", "to": "2031-03-11T00:00:00-04:00", "scheduleIds": DANA.id}
OWN = {"fieldsets": "OWN_PI"}


def week(api: Api) -> dict[str, str]:
    """Return the coming seven days."""
    now = datetime.fromtimestamp(api.site.clock(), UTC)
    return {"from": now.isoformat(), "to": (now + timedelta(days=7)).isoformat()}


async def events(api: Api, **parameters: Any) -> list[dict[str, Any]]:
    answer = await api.get("/events", **parameters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


async def test_the_coming_week_has_events_of_every_kind(api: Api) -> None:
    await api.connected("Apple")
    found = await events(api, **week(api), **OWN, scheduleIds=DANA.id)
    titles = [one["title"] for one in found]
    assert {"Dentist", "Day off", "Swimming with Noa", "Accountant"} <= set(titles)
    assert any("🎂" in one for one in titles)
    assert {one["allDay"] for one in found} == {True, False}
    starts = [datetime.fromisoformat(one["start"]) for one in found]
    assert starts == sorted(starts)


async def test_an_event_written_by_the_person_comes_in(api: Api) -> None:
    account = api.site.account("Apple")
    await api.connected("Apple")
    dav.write(account, "Work", "UID:1", "SUMMARY:Fitting", "DTSTART:20310310T150000Z", "DTEND:20310310T160000Z")
    assert [one for one in await events(api, **DAY, **OWN) if one["title"] == "Fitting"] == [
        {
            "scheduleId": DANA.id,
            "calendarType": "I_CAL",
            "calendarName": "Work",
            "title": "Fitting",
            "start": "2031-03-10T11:00:00-04:00",
            "end": "2031-03-10T12:00:00-04:00",
            "allDay": False,
            "scheduleOwnerId": DANA.owner_id,
            "scheduleOwnerName": "Dana Levi",
        }
    ]


async def test_without_own_pi_nothing_personal_is_told(api: Api) -> None:
    found = await events(api, **week(api))
    assert found
    assert not {name for one in found for name in one} & {"title", "calendarName", "scheduleOwnerName"}


async def test_a_weekly_event_keeps_its_wall_clock_across_the_change_of_the_clocks(api: Api) -> None:
    now = datetime.fromtimestamp(api.site.clock(), UTC)
    span = {"from": now.isoformat(), "to": (now + timedelta(days=365)).isoformat()}
    every = await events(api, **span, **OWN, scheduleIds=schedule_named("business").id)
    business = [datetime.fromisoformat(one["start"]) for one in every if one["title"] == "Swimming with Noa"]
    assert {one.strftime("%H:%M") for one in business} == {"17:30"}
    assert {str(one.utcoffset()) for one in business} == {"-1 day, 19:00:00", "-1 day, 20:00:00"}


async def test_an_excepted_day_is_left_out(api: Api) -> None:
    now = datetime.fromtimestamp(api.site.clock(), UTC)
    span = {"from": now.isoformat(), "to": (now + timedelta(days=28)).isoformat()}
    found = [
        datetime.fromisoformat(one["start"]).date()
        for one in await events(api, **span, **OWN, scheduleIds=schedule_named("business").id)
        if one["title"] == "Swimming with Noa"
    ]
    gaps = {(later - earlier).days for earlier, later in pairwise(found)}
    assert gaps == {7, 14}


async def test_an_all_day_event_is_midnight_to_midnight_in_the_schedules_zone(api: Api) -> None:
    await api.connected("Apple")
    dav.write(api.site.account("Apple"), "Work", "UID:1", "SUMMARY:Fair", "DTSTART;VALUE=DATE:20310308")
    answer = await events(
        api, **{"from": "2031-03-09T04:59:59Z", "to": "2031-03-09T05:00:00Z"}, **OWN, scheduleIds=DANA.id, allDay="true"
    )
    assert [(one["start"], one["end"]) for one in answer if one["title"] == "Fair"] == [
        ("2031-03-08T00:00:00-05:00", "2031-03-09T00:00:00-05:00")
    ]
    after = await events(
        api, **{"from": "2031-03-09T05:00:00Z", "to": "2031-03-09T06:00:00Z"}, **OWN, scheduleIds=DANA.id
    )
    assert "Fair" not in [one["title"] for one in after]


async def test_what_began_before_from_comes_too_and_what_ends_there_does_not(api: Api) -> None:
    await api.connected("Apple")
    account = api.site.account("Apple")
    dav.write(account, "Work", "UID:1", "SUMMARY:Over", "DTSTART:20310310T020000Z", "DTEND:20310310T040000Z")
    dav.write(account, "Work", "UID:2", "SUMMARY:On", "DTSTART:20310310T020000Z", "DTEND:20310310T040001Z")
    dav.write(account, "Work", "UID:3", "SUMMARY:Next", "DTSTART:20310311T040000Z", "DTEND:20310311T050000Z")
    titles = [one["title"] for one in await events(api, **DAY, **OWN)]
    assert "On" in titles
    assert not {"Over", "Next"} & set(titles)


async def test_a_time_without_a_zone_is_the_schedules_time(api: Api) -> None:
    await api.connected("Apple")
    dav.write(api.site.account("Apple"), "Work", "UID:1", "SUMMARY:Float", "DTSTART:20310310T230000", "DURATION:PT30M")
    found = [one["start"] for one in await events(api, **DAY, **OWN) if one["title"] == "Float"]
    assert found == ["2031-03-10T23:00:00-04:00"]


async def test_an_event_whose_times_make_no_sense_keeps_no_other_away(api: Api) -> None:
    await api.connected("Apple")
    account = api.site.account("Apple")
    dav.write(account, "Work", "UID:1", "SUMMARY:Odd", "DTSTART;VALUE=DATE:20310310", "DURATION:PT3H")
    dav.write(account, "Work", "UID:2", "SUMMARY:Back", "DTSTART:20310310T150000Z", "DTEND:20310310T130000Z")
    found = {one["title"]: (one["start"], one["end"]) for one in await events(api, **DAY, **OWN)}
    assert "Odd" not in found
    assert found["Back"] == ("2031-03-10T11:00:00-04:00",) * 2


async def test_events_of_the_hour_that_comes_twice_stand_in_the_order_of_time(api: Api) -> None:
    await api.connected("Apple")
    account = api.site.account("Apple")
    dav.write(account, "Work", "UID:1", "SUMMARY:First", "DTSTART:20311102T054500Z", "DURATION:PT5M")
    dav.write(account, "Work", "UID:2", "SUMMARY:Second", "DTSTART:20311102T061500Z", "DURATION:PT5M")
    found = await events(api, **{"from": "2031-11-02T05:30:00Z", "to": "2031-11-02T07:00:00Z"}, **OWN)
    assert [one["title"] for one in found if one["title"] in {"First", "Second"}] == ["First", "Second"]


async def test_what_is_cancelled_does_not_come_in_one_day_of_a_series_neither(api: Api) -> None:
    await api.connected("Apple")
    account, series = api.site.account("Apple"), ("UID:1", "SUMMARY:Standup")
    cancelled = ("RECURRENCE-ID:20310311T140000Z", "DTSTART:20310311T140000Z", "STATUS:CANCELLED")
    another = ("END:VEVENT", "BEGIN:VEVENT", "DTSTAMP:20260101T000000Z")
    dav.write(account, "Work", *series, "DTSTART:20310310T140000Z", "RRULE:FREQ=DAILY", *another, *series, *cancelled)
    dav.write(account, "Work", "UID:2", "SUMMARY:Off", "DTSTART:20310310T140000Z", "STATUS:CANCELLED")
    found = await events(api, **DAY | {"to": "2031-03-13T00:00:00-04:00"}, **OWN)
    days = [(one["title"], one["start"][:10]) for one in found if one["title"] in {"Standup", "Off"}]
    assert days == [("Standup", "2031-03-10"), ("Standup", "2031-03-12")]


async def test_events_can_be_asked_for_by_schedule_and_by_person(api: Api) -> None:
    dan = schedule_named("Dan Okafor")
    by_schedule = await events(api, **week(api), scheduleIds=[dan.id, DANA.id])
    by_person = await events(api, **week(api), userIds=[dan.owner_id])
    assert by_schedule == by_person
    assert {one["scheduleId"] for one in by_person} == {dan.id}
    neither = await events(api, **week(api), userIds=[dan.owner_id], scheduleIds=[schedule_named("business").id])
    assert neither == []


@pytest.mark.parametrize("wanted", [True, False])
async def test_all_day_can_be_asked_for(api: Api, wanted: bool) -> None:
    found = await events(api, **week(api), allDay=str(wanted).lower())
    assert {one["allDay"] for one in found} == {wanted}


async def test_pages_hold_everything_once(api: Api) -> None:
    every = await events(api, **week(api), **OWN)
    answer = (await api.get("/events", **week(api), **OWN, **{"cursorPaging.limit": 5})).json()
    found = answer["events"]
    while answer["pagingMetadata"]["hasNext"]:
        cursor = answer["pagingMetadata"]["cursors"]["next"]
        answer = (await api.get("/events", **{"cursorPaging.cursor": cursor, "cursorPaging.limit": 5})).json()
        assert answer["pagingMetadata"]["count"] == len(answer["events"]) <= 5
        found += answer["events"]
    assert found == every


async def test_import_that_is_off_or_over_brings_nothing(api: Api) -> None:
    await api.update(await api.first("Google"), listEventFromCalendars={"enabled": False})
    await api.post(f"/connections/{await api.first('Apple')}/disconnect")
    assert await events(api, **week(api)) == []


async def test_only_the_chosen_calendars_come_in(api: Api) -> None:
    connection = await api.connected("Apple")
    chosen = {"enabled": True, "calendars": {"calendars": [{"id": "work"}]}}
    await api.update(connection, listEventFromCalendars=chosen)
    found = await events(api, **week(api), **OWN, scheduleIds=DANA.id)
    assert {one["calendarName"] for one in found} == {"Work"}


async def test_times_follow_the_schedules_zone(api: Api) -> None:
    for one in await events(api, **week(api)):
        zone = "Europe/London" if one["calendarType"] == "I_CAL" else "America/New_York"
        start = datetime.fromisoformat(one["start"])
        assert start.utcoffset() == start.astimezone(ZoneInfo(zone)).utcoffset()


async def test_without_a_calendar_server_list_events_is_a_system_error_or_a_partial_answer(api: Api) -> None:
    api.site.site.caldav_url = "http://127.0.0.1:9"
    answer = await api.get("/events", **week(api))
    assert (answer.status_code, answer.content) == (503, b"")
    partial = (await api.get("/events", **week(api), partialFailure="true")).json()
    assert partial["failedProviderIds"] == [PROVIDER_IDS["Google"], PROVIDER_IDS["Apple"]]
    assert partial["events"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from": None}, "from"),
        ({"to": "2031-03-11"}, "to"),
        ({"to": "2031-03-11T00:00:00"}, "to"),
        ({"to": "2031-02-30T00:00:00Z"}, "to"),
        ({"to": DAY["from"]}, "from"),
        ({"cursorPaging.limit": "0"}, "cursorPaging.limit"),
        ({"cursorPaging.limit": "1001"}, "cursorPaging.limit"),
        ({"cursorPaging.limit": "ten"}, "cursorPaging.limit"),
        ({"cursorPaging.cursor": "made.up"}, "cursorPaging.cursor"),
        ({"scheduleIds": "x"}, "scheduleIds[0]"),
        ({"userIds": [schedule_named("business").owner_id] * 101}, "userIds"),
        ({"allDay": "maybe"}, "allDay"),
        ({"fieldsets": "ALL_PI"}, "fieldsets[0]"),
        ({"partialFailure": "1"}, "partialFailure"),
    ],
)
async def test_a_faulty_parameter_is_a_violation(api: Api, changes: dict[str, Any], field: str) -> None:
    parameters = {name: value for name, value in (DAY | changes).items() if value is not None}
    assert violated(await api.get("/events", **parameters)) == [field]


@pytest.mark.parametrize("span", [("0001-01-01T00:00:00+14:00", "0002-01-01T00:00:00Z"), ("9998-01-01T00:00:00Z",) * 2])
async def test_times_beyond_ten_years_are_violations(api: Api, span: tuple[str, str]) -> None:
    assert {"from", "to"} <= set(violated(await api.get("/events", **{"from": span[0], "to": span[1]})))
