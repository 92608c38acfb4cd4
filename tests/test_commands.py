"""What the commands for afterwards print, send and end with."""

import asyncio
import csv
import io
import re
import sys
import weakref
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self
from unittest.mock import Mock

import httpx
import icalendar
import pytest

from tests.commands import Desk
from tests.line import AUTHORIZE, CONNECT, CONNECTIONS, DISCONNECT, EVENTS, PROVIDERS, SCHEDULES, SYNC, allow
from wizard import fault_texts, files, record, texts, translate, wix
from wizard.console import asking, command_texts, objects
from wizard.domain import Event, Fault
from wizard.plain import lines
from wizard.sandbox.providers import PROVIDERS as PROVIDERS_THERE
from wizard.sandbox.store import Connection

DANA = "dana@icloud.example"
FROM = ("--from", "2026-11-23", "--to", "2026-11-23")
BROKEN: dict[str, Any] = {"imports": True, "import_calendars": (("work", "Work"),), "exports": True} | {
    "export_dedicated": True,
    "export_failed": True,
}


def event(**fields: object) -> dict[str, object]:
    """Return an event as Wix sends it."""
    return {"title": "Breakfast", "start": "2026-11-23T13:30:00Z", "end": "2026-11-23T14:15:00Z"} | fields


def hold(desk: Desk, *found: dict[str, object]) -> None:
    """Let the connected calendars hold these events."""
    desk.line.fail(EVENTS, httpx.Response(200, json={"events": found}))


def asked(desk: Desk) -> httpx.QueryParams:
    """Return what List Events was asked."""
    (request,) = (one for one in desk.line.sent if one.url.path.endswith(EVENTS))
    return request.url.params


def full(_: str) -> None:
    """Write as to a full disk."""
    raise Fault("output_failed", message="No space left on device")


def standing(desk: Desk, email: str = DANA) -> list[Connection]:
    """Return the account's connections that stand, as the site has them."""
    return [one for one in desk.site.site.store.connections() if one.email == email and one.connected]


# Lists


def test_providers_are_listed_with_what_they_can_do(desk: Desk) -> None:
    ran = desk("providers")
    assert ran.code == 0
    assert [line.split("  ")[0] for line in ran.out.splitlines()] == [
        "Provider",
        "Google",
        "Outlook or Office 365",
        "Apple",
        "Fastmail",
    ]
    assert "Email and password" in ran.out


def test_a_provider_as_json_has_wixs_own_words(desk: Desk) -> None:
    apple = desk("providers", "--json").objects[2]
    assert apple == {
        "id": apple["id"],
        "name": "Apple",
        "calendarType": "I_CAL",
        "features": {
            "connectMethods": ["CREDENTIALS"],
            "updateSyncConfig": True,
            "listEventFromCalendars": "SPECIFIC_CALENDARS",
            "syncToCalendar": "DEDICATED_CALENDAR",
        },
    }


def test_schedules_are_listed_without_those_that_ended(desk: Desk) -> None:
    ran = desk("schedules")
    assert "Business hours" in ran.out
    assert "Rupert" not in ran.out
    assert len(ran.out.splitlines()) == 1 + 69


def test_a_schedule_as_json_has_its_ids_zone_and_kind(desk: Desk) -> None:
    dana = desk("schedules", "--json").objects[1]
    assert dana | {"id": "", "externalId": ""} == {
        "id": "",
        "name": "Dana Levi",
        "externalId": "",
        "kind": "staff",
        "timeZone": "America/New_York",
    }


def test_connections_are_listed_with_names_instead_of_ids(desk: Desk) -> None:
    made = desk.connected(DANA, "Dana Levi", exports=True)
    row = desk("connections").out.splitlines()[-1]
    assert re.split(" {2,}", row) == [DANA, "Apple", "Dana Levi", "In sync", "on", "on", made]


def test_a_connection_as_json_is_the_result_and_whose_it_is(desk: Desk) -> None:
    made = desk.connected(DANA, "Dana Levi", import_calendars=(("work", "Work"),))
    shown = desk("connections", "show", DANA, "--json").only
    assert shown == desk("connections", "list", "--json").objects[-1]
    assert set(shown) == {
        "connectionId",
        "providerId",
        "calendarType",
        "scheduleId",
        "status",
        "import",
        "export",
        "email",
        "userId",
        "errorReason",
    }
    assert (shown["connectionId"], shown["email"], shown["status"]) == (made, DANA, "SYNCED")
    assert shown["import"] == {"enabled": True, "calendars": [{"id": "work", "name": "Work"}]}
    assert shown["errorReason"] is None


def test_a_connection_is_shown_in_full(desk: Desk) -> None:
    made = desk.connected(DANA, "Dana Levi", **BROKEN)
    said = dict(re.split(" {2,}", line) for line in desk("connections", "show", made[:12]).out.splitlines())
    assert said == {
        "Account": DANA,
        "Provider": "Apple",
        "Schedule": "Dana Levi",
        "Status": "Stopped by an error (EXTERNAL_CALENDAR_CREATION_FAILED)",
        "Import": "on, from Work",
        "Export": "on, to a calendar of its own",
        "User ID": said["User ID"],
        "ID": made,
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("EC.", "“EC.” can mean several connections: studio@gmail.example EC."),
        ("nobody@example.com", "No connection's ID begins with “nobody@example.com”"),
        ("", "Give a connection's ID"),
    ],
)
def test_a_connection_that_is_not_clear_is_refused_with_those_there_are(desk: Desk, given: str, said: str) -> None:
    ran = desk("connections", "show", given)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_the_calendars_of_an_account_say_which_are_imported(desk: Desk) -> None:
    desk.connected(DANA, "Dana Levi", import_calendars=(("work", "Work"),))
    assert desk("calendars", DANA, "--json").objects == [
        {"id": "primary", "name": "Home", "imported": False},
        {"id": "work", "name": "Work", "imported": True},
    ]
    assert desk("calendars", DANA).out.splitlines()[1].split() == ["Home", "no", "primary"]


def test_an_account_without_a_choice_of_calendars_says_so(desk: Desk) -> None:
    ran = desk("calendars", "studio@gmail.example")
    assert ran.code == 1
    assert fault_texts.COMMANDS["primary_only"].what in ran.err


# Events


def test_events_are_listed_in_the_zone_of_the_business(desk: Desk) -> None:
    hold(desk, event(calendarName="Work", scheduleOwnerName="Dana Levi"))
    ran = desk("events", *FROM)
    assert re.split(" {2,}", ran.out.splitlines()[1]) == ["2026-11-23", "08:30-09:15", "Breakfast", "Work", "Dana Levi"]
    assert ran.err == "Times in New York.\n"
    assert (asked(desk)["from"], asked(desk)["to"]) == ("2026-11-23T05:00:00Z", "2026-11-24T05:00:00Z")
    assert desk.line.count(SCHEDULES) == 1  # the business schedule is on the first page


def test_events_of_a_schedule_are_asked_for_and_listed_in_its_zone(desk: Desk) -> None:
    hold(desk, event())
    ran = desk("events", *FROM, "--schedule", "Dan Okafor", "--user", "79fff0f0-282c-509e-88a6-9756d366a4c8")
    assert "13:30-14:15" in ran.out
    assert asked(desk)["from"] == "2026-11-23T00:00:00Z"
    assert (asked(desk)["scheduleIds"], asked(desk)["userIds"][:8]) == (
        "abaf785b-6e2f-5c34-9120-56e5e02ddf4d",
        "79fff0f0",
    )


def test_a_moment_that_a_time_zone_would_lead_out_of_the_calendar_counts_as_none(desk: Desk) -> None:
    hold(desk, event(start="0001-01-01T00:00:00Z"), event(end="9999-12-31T23:59:59-05:00"))
    ran = desk("events", *FROM)
    assert ran.code == 0
    assert [line.split() for line in ran.out.splitlines()[1:]] == [
        ["no", "start", "Breakfast"],
        ["2026-11-23", "08:30", "Breakfast"],
    ]


class Still(datetime):
    """A clock that stands still on the evening of the 23rd."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(cls(2026, 11, 23, 20, tzinfo=UTC).timestamp(), tz)


@pytest.mark.parametrize(("schedule", "start"), [("Dana Levi", "2026-11-23T05"), ("Nguyễn Thị Mai", "2026-11-23T17")])
def test_without_a_range_the_schedules_own_today_and_six_more_days_are_asked_for(
    schedule: str, start: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.commands.events.datetime", Still)
    desk("events", "--schedule", schedule)
    first, end = (datetime.fromisoformat(asked(desk)[name]) for name in ("from", "to"))
    assert first.isoformat().startswith(start)
    assert end - first == timedelta(days=7)


def test_only_events_of_whole_days_can_be_asked_for(desk: Desk) -> None:
    desk("events", *FROM, "--all-day")
    assert asked(desk)["allDay"] == "true"


def test_events_are_asked_for_in_the_largest_pages_that_wix_gives(desk: Desk) -> None:
    desk("events", *FROM, "--json")
    assert asked(desk)["cursorPaging.limit"] == "1000"


def test_a_range_without_events_says_so(desk: Desk) -> None:
    hold(desk)
    ran = desk("events", "--from", "2026-11-23", "--to", "2026-11-24", "--schedule", "Dana Levi")
    assert (ran.code, ran.out) == (0, "")
    assert "No events from 2026-11-23 to 2026-11-24 for this schedule." in ran.err


def test_events_are_listed_day_by_day_and_none_of_other_days(desk: Desk) -> None:
    elsewhere = {"start": "2026-11-24T00:00:00+09:00", "end": "2026-11-25T00:00:00+09:00", "allDay": True}
    hold(desk, event(title="Tokyo", **elsewhere), event())
    assert [one["title"] for one in desk("events", *FROM, "--json").objects] == ["Breakfast"]
    hold(desk, event(title="Tokyo", **elsewhere), event())
    assert [one["title"] for one in desk("events", "--from", "2026-11-23", "--json").objects] == ["Breakfast", "Tokyo"]


def test_the_last_day_which_waits_for_the_next_page_stands_in_the_same_columns(desk: Desk) -> None:
    late = event(title="Night train to Lisbon", start="2026-11-24T22:15:00Z", end="2026-11-25T08:15:00Z")
    hold(desk, event(calendarName="Work"), {**late, "calendarName": "Work"})
    rows = desk("events", "--from", "2026-11-23", "--to", "2026-11-24").out.splitlines()
    assert "17:15-03:15 +1" in rows[2]
    assert len({row.index(word) for row, word in zip(rows, ("Calendar", "Work", "Work"), strict=True)}) == 1


def test_one_account_that_cannot_be_read_hides_no_other_and_is_named(desk: Desk) -> None:
    unread = [one.id for one in PROVIDERS_THERE.values() if one.name == "Apple"]
    desk.line.fail(EVENTS, httpx.Response(200, json={"events": [event()], "failedProviderIds": unread}))
    ran = desk("events", *FROM, "--json")
    assert (ran.code, ran.only["title"]) == (0, "Breakfast")
    assert asked(desk)["partialFailure"] == "true"
    assert ran.err == texts.EVENTS_UNREAD.format(names="Apple") + "\n"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            ["--from", "tomorrow"],
            "--from: 'tomorrow' is neither a date nor a date and time; write it like 20",
        ),
        (["--to", "2026-02-30"], "--to: '2026-02-30' is neither"),
        (["--to", "9999-12-31"], "with a year from 0002 to 9998"),
        (["--from", "2026-11-23", "--to", "2026-11-22"], "--to is not after --from"),
        (["--schedule", "Dan"], "Dan Okafor ("),
        (["--csv", "--json"], "not allowed with"),
    ],
)
def test_what_cannot_be_listed_says_why_and_asks_for_no_events(desk: Desk, given: list[str], said: str) -> None:
    ran = desk("events", *given)
    assert (ran.code, ran.out, desk.line.count(EVENTS)) == (2, "", 0)
    assert said in ran.err


def test_a_user_that_wix_does_not_take_is_wrong_usage(desk: Desk) -> None:
    ran = desk("events", "--user", "nope")
    assert (ran.code, ran.out) == (2, "")
    assert (
        "--user: Wix doesn't take 'nope' (must be a GUID); 'calendar-wizard connections --json' says userId" in ran.err
    )


def test_an_event_as_json_has_wixs_own_words_and_says_them_in_full(desk: Desk) -> None:
    title = "\x1b[2J\x9b2J" + "long " * 60
    hold(desk, event(title=title, allDay=False, scheduleId="s", scheduleOwnerId="u"))
    ran = desk("events", *FROM, "--json")
    assert tuple(ran.only) == objects.EVENT_KEYS
    assert ran.only | {"calendarName": "", "scheduleOwnerName": ""} == {
        "start": "2026-11-23T08:30:00-05:00",
        "end": "2026-11-23T09:15:00-05:00",
        "allDay": False,
        "title": title,
        "calendarName": "",
        "scheduleId": "s",
        "scheduleOwnerId": "u",
        "scheduleOwnerName": "",
    }
    assert not set("\x1b\x9b") & set(ran.out)


def test_events_as_csv_are_read_by_any_spreadsheet_and_never_run_by_one(desk: Desk) -> None:
    hold(desk, event(title='=HYPERLINK("x")'), event(title='Tea, "good"\nand late', allDay=True))
    second, first = csv.DictReader(io.StringIO(desk("events", *FROM, "--csv").out, newline=""))
    assert tuple(first) == objects.EVENT_KEYS
    assert (first["title"], first["allDay"]) == ('\'=HYPERLINK("x")', "false")
    assert (second["title"], second["allDay"]) == ('Tea, "good"\nand late', "true")


def test_events_as_icalendar_are_read_by_any_calendar(desk: Desk) -> None:
    day = event(
        title="Bank; holiday\x07\u2066", start="2026-12-25T00:00:00-05:00", end="2026-12-26T00:00:00-05:00", allDay=True
    )
    hold(desk, event(calendarName="Work"), day, event(start=None))
    out = desk("events", "--from", "2026-11-23", "--to", "2026-12-25", "--ics").out
    first, second = icalendar.Calendar.from_ical(out).walk("VEVENT")
    assert (str(first["SUMMARY"]), first.decoded("DTSTART")) == (
        "Breakfast",
        datetime(2026, 11, 23, 13, 30, tzinfo=UTC),
    )
    assert (str(second["SUMMARY"]), second.decoded("DTSTART")) == ("Bank; holiday", date(2026, 12, 25))
    assert second.decoded("DTEND") == date(2026, 12, 26)
    assert out.endswith("END:VCALENDAR\r\n")


def test_an_event_that_has_not_changed_is_the_same_one_in_the_next_icalendar_file(desk: Desk) -> None:
    files = []
    for title in ("Breakfast", "Breakfast", "Lunch"):
        hold(desk, event(title=title))
        files.append(icalendar.Calendar.from_ical(desk("events", *FROM, "--ics").out))
    first, again, other = (str(file.walk("VEVENT")[0]["UID"]) for file in files)
    assert first == again != other


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",), ("--ics",)])
def test_events_are_written_page_by_page_and_never_held(
    form: tuple[str, ...], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, size = 20, 25
    alive: list[weakref.ref[Event]] = []
    read = translate.event

    def counted(found: wix.Event) -> Event:
        made = read(found)
        alive.append(weakref.ref(made))
        return made

    monkeypatch.setattr(translate, "event", counted)
    written: list[str] = []
    forward = desk.line.handle_async_request
    most_held = 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal most_held
        if not request.url.path.endswith(EVENTS):
            return await forward(request)
        written.append(desk.written())
        most_held = max(most_held, sum(one() is not None for one in alive))
        at = len(written)
        paging = {"hasNext": at < pages, "cursors": {"next": f"page {at}"}}
        found = [event(title=f"Event {at}.{number}") for number in range(size)]
        return httpx.Response(200, json={"events": found, "pagingMetadata": paging})

    monkeypatch.setattr(desk.line, "handle_async_request", answer)
    last = desk("events", *FROM, *form)
    assert f"Event 1.{size - 1}" in written[1]  # before the second page was asked for
    assert f"Event {pages}.{size - 1}" in last.out
    assert len(alive) == pages * size
    assert most_held <= 2 * size


# Directions


def test_only_the_named_directions_are_set(desk: Desk) -> None:
    made = desk.connected(DANA, "Dana Levi", import_calendars=(("primary", "Home"),))
    ran = desk("sync", DANA, "--calendar", "work", "--export", "on")
    assert (ran.code, ran.out) == (0, "Apple is connected to Dana Levi: import on, export on.\n")
    ran = desk("sync", made[:12], "--import", "off", "--json")
    assert (ran.only["import"]["enabled"], ran.only["export"]) == (False, {"enabled": True, "target": "dedicated"})
    assert ran.only["import"]["calendars"] == [{"id": "work", "name": "Work"}]


def test_directions_that_are_so_already_are_not_sent(desk: Desk) -> None:
    desk.connected(DANA, "Dana Levi")
    assert desk("sync", DANA, "--import", "on").code == 0
    assert desk.line.count(SYNC) == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([DANA], "say what to set: --import, --export or --calendar"),
        ([DANA, "--calendar", "Nope"], "There are: Home (primary), Work (work)."),
        ([DANA, "--calendar", "Work", "--import", "off"], "but import is to be off"),
        (["studio@gmail.example", "--calendar", "Work"], "its primary calendar only"),
    ],
)
def test_directions_that_cannot_be_are_refused(desk: Desk, given: list[str], said: str) -> None:
    desk.connected(DANA, "Dana Levi")
    ran = desk("sync", *given)
    assert (ran.code, ran.out, desk.line.count(SYNC)) == (2, "", 0)
    assert said in ran.err


def test_directions_of_a_connection_that_does_not_work_lead_to_reconnect(desk: Desk) -> None:
    desk.connected(DANA, "Dana Levi", connected=False)
    ran = desk("sync", DANA, "--import", "off")
    assert ran.code == 1
    assert "calendar-wizard reconnect" in ran.err


def test_wix_setting_something_else_is_said_and_gives_1(desk: Desk) -> None:
    desk.connected(DANA, "Dana Levi")
    desk.line.fail(SYNC, httpx.Response(200, json={"connection": {"id": "x"}}))
    ran = desk("sync", DANA, "--export", "on")
    assert ran.code == 1
    assert command_texts.SET_OTHERWISE in ran.err


# Ending


def test_disconnecting_without_a_terminal_needs_yes(desk: Desk) -> None:
    desk.connected(DANA, "Dana Levi")
    ran = desk("disconnect", DANA)
    assert (ran.code, ran.out, desk.line.sent) == (2, "", [])
    assert "give --yes if that is what you want" in ran.err


@pytest.mark.parametrize("typed", ["", "n", "no", "yep"])
def test_disconnecting_says_what_is_lost_and_takes_only_a_yes(desk: Desk, typed: str) -> None:
    desk.connected(DANA, "Dana Levi")
    desk.somebody_sits_there(typed)
    ran = desk("disconnect", DANA)
    assert (ran.code, ran.out, desk.line.count(DISCONNECT)) == (130, "", 0)
    assert f"{DANA} (Apple) to Dana Levi. Wix also deletes" in ran.err
    assert command_texts.KEPT in ran.err


def test_a_yes_disconnects(desk: Desk) -> None:
    desk.connected(DANA, "Dana Levi")
    desk.somebody_sits_there("Y")
    ran = desk("disconnect", DANA)
    assert (ran.code, ran.out) == (0, f"Disconnected: {DANA} (Apple) from Dana Levi.\n")
    assert standing(desk) == []


def test_disconnecting_twice_is_fine_and_sent_once(desk: Desk) -> None:
    desk.connected(DANA, "Dana Levi")
    for _ in range(2):
        ran = desk("disconnect", DANA, "--yes", "--json")
        assert (ran.code, ran.only["status"]) == (0, "DISCONNECTED")
    assert desk.line.count(DISCONNECT) == 1


# Connecting anew


def test_a_broken_connection_is_replaced_and_keeps_its_directions(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    old = desk.connected(DANA, "Dana Levi", **BROKEN)
    monkeypatch.setenv("DANA_PASSWORD", desk.site.account("Apple").password)
    ran = desk("reconnect", DANA, "--password-env", "DANA_PASSWORD")
    assert (ran.code, ran.out) == (0, "Apple is connected to Dana Levi: import on, export on.\n")
    (made,) = standing(desk)
    assert made.id != old
    assert (made.imports, made.import_calendars, made.exports) == (True, (("work", "Work"),), True)
    assert [desk.line.count(call) for call in (DISCONNECT, CONNECT, SYNC)] == [1, 1, 1]


def test_a_calendar_that_is_gone_is_named_and_the_rest_carried_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = (("old", "Old one"), ("work", "Work"))
    desk.connected(DANA, "Dana Levi", connected=False, import_calendars=both)
    monkeypatch.setenv("DANA_PASSWORD", desk.site.account("Apple").password)
    ran = desk("reconnect", DANA, "--password-env", "DANA_PASSWORD", "--json")
    assert ran.err.startswith("The account no longer has: Old one. Import is on, from Work; ")
    assert ran.only["import"]["calendars"] == [{"id": "work", "name": "Work"}]
    assert desk.line.count(DISCONNECT) == 0  # there was nothing left to end


@pytest.mark.parametrize(
    "command",
    [
        ["reconnect", DANA, "--password-env", "DANA_PASSWORD"],
        [
            "connect",
            "--provider",
            "Apple",
            "--schedule",
            "Dana Levi",
            "--email",
            DANA,
            "--password-env",
            "DANA_PASSWORD",
        ],
        ["bulk", "team.csv"],
    ],
)
def test_where_no_calendar_is_left_import_is_off_and_that_is_said(
    command: list[str], desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.connected(DANA, "Dana Levi", **BROKEN | {"import_calendars": (("old", "Old one"),)})
    monkeypatch.setenv("DANA_PASSWORD", desk.site.account("Apple").password)
    monkeypatch.chdir(tmp_path)
    Path("team.csv").write_text(f"schedule,provider,email,password_env\nDana Levi,Apple,{DANA},DANA_PASSWORD\n")
    ran = desk(*command)
    assert ran.code == 0
    assert "The account no longer has: Old one. Import is off; 'calendar-wizard sync' chooses" in ran.err
    (made,) = standing(desk)
    assert (made.imports, made.exports) == (False, True)


def test_directions_that_wix_has_forgotten_are_left_as_it_sets_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.connected(DANA, "Dana Levi", connected=False, imports=False)
    monkeypatch.setenv("DANA_PASSWORD", desk.site.account("Apple").password)
    ran = desk("reconnect", DANA, "--password-env", "DANA_PASSWORD")
    assert (ran.code, desk.line.count(SYNC)) == (0, 0)
    assert command_texts.DIRECTIONS_UNKNOWN in ran.err


def test_a_password_is_asked_for_until_it_is_right_and_never_shown(desk: Desk) -> None:
    desk.connected(DANA, "Dana Levi", **BROKEN)
    right = desk.site.account("Apple").password
    desk.somebody_sits_there("wrong-wrong", "", right)
    ran = desk("reconnect", DANA)
    assert (ran.code, desk.typed) == (0, [])
    assert ran.err.startswith(fault_texts.APPLE_BAD_CREDENTIALS.what)
    assert standing(desk)[0].exports  # though the old connection ended before the first try
    assert right not in ran.out + ran.err


def test_a_wrong_password_from_elsewhere_says_which_directions_are_to_be_set_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.connected(DANA, "Dana Levi", **BROKEN)
    monkeypatch.setenv("DANA_PASSWORD", "wrong-wrong")
    ran = desk("reconnect", DANA, "--password-env", "DANA_PASSWORD")
    assert ran.code == 1
    assert "import on, from Work; export on, to a calendar of its own" in ran.err
    assert "wrong-wrong" not in ran.err
    monkeypatch.setenv("DANA_PASSWORD", desk.site.account("Apple").password)
    ran = desk("reconnect", DANA, "--password-env", "DANA_PASSWORD")
    assert ran.out == "Apple is connected to Dana Levi: import on, export on.\n"


def test_a_password_that_was_refused_keeps_no_later_one_waiting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "SETTLED_AFTER", timedelta(seconds=1))
    desk.connected(DANA, "Dana Levi", **BROKEN)
    desk.somebody_sits_there()
    monkeypatch.setattr(asking, "getpass", Mock(side_effect=["wrong-wrong", KeyboardInterrupt]))
    assert desk("reconnect", DANA).code == 130
    monkeypatch.setenv("DANA_PASSWORD", desk.site.account("Apple").password)
    ran = desk("reconnect", DANA, "--password-env", "DANA_PASSWORD")
    assert (ran.code, ran.err) == (0, "")


def test_a_reconnect_whose_answer_was_lost_is_finished_by_the_next(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.connected(DANA, "Dana Levi", **BROKEN)
    monkeypatch.setenv("DANA_PASSWORD", desk.site.account("Apple").password)
    desk.line.lose(CONNECT)
    desk.line.edit(CONNECTIONS, lambda _: None, times=2)
    desk.line.fail(CONNECTIONS, httpx.ConnectError("down"))
    assert desk("reconnect", DANA, "--password-env", "DANA_PASSWORD").code == 3
    desk.line.edit(CONNECTIONS, lambda content: content["connections"].pop(), times=2)  # Wix is still at it
    ran = desk("reconnect", DANA, "--password-env", "DANA_PASSWORD")
    assert ran.out == "Apple is connected to Dana Levi: import on, export on.\n"
    assert desk.line.count(CONNECT) == 1


def test_by_oauth_the_link_is_alone_on_its_line_and_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.connected("dana@gmail.example", "Dana Levi", "Google", connected=False, imports=False)
    browsers: list[asyncio.Task[None]] = []

    def see(line: str) -> None:
        if line.startswith("http"):
            browsers.append(asyncio.get_running_loop().create_task(allow(desk.site, line)))

    monkeypatch.setattr("wizard.running.say", see)
    ran = desk("reconnect", "dana@gmail.example")
    assert (ran.code, len(browsers)) == (0, 1)
    assert ran.out == "Google is connected to Dana Levi: import on, export off.\n"


def test_a_link_that_could_not_be_told_is_not_waited_for_by_resume(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.connected("dana@gmail.example", "Dana Levi", "Google", connected=False)
    with monkeypatch.context() as patch:
        patch.setattr("wizard.console.output.write", full)
        assert desk("reconnect", "dana@gmail.example", "--json").code == 1
    assert desk("resume", "--no-wait").only["fault"] == "nothing_to_resume"


@pytest.mark.parametrize("told", [True, False], ids=["told", "could not be told"])
@pytest.mark.parametrize("later", [("sync", DANA, "--export", "on"), ("reconnect", DANA, "--password-env", "ICLOUD")])
def test_what_an_earlier_run_was_to_set_is_not_set_over_what_somebody_has_set_since(
    desk: Desk, later: tuple[str, ...], told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICLOUD", desk.site.account("Apple").password)
    desk.line.fail(SYNC, httpx.Response(503))
    wish = ("--provider=Apple", "--schedule=Dana Levi", f"--email={DANA}", "--password-env=ICLOUD", "--export=on")
    assert desk("connect", *wish).code == 3
    if later[0] == "reconnect":
        (made,) = standing(desk)
        desk.site.site.store.save_connection(replace(made, connected=False))
    with monkeypatch.context() as patch:
        if not told:
            patch.setattr("wizard.console.output.write", full)
        ran = desk(*later)
    assert ran.code == (0 if told else 1)
    assert "It had" not in ran.err
    assert desk("resume").only["fault"] == "nothing_to_resume"


def test_what_works_is_left_alone(desk: Desk) -> None:
    desk.connected(DANA, "Dana Levi", connected=False)
    made = desk.connected(DANA, "Dana Levi")
    ran = desk("reconnect", DANA, "--json")
    assert (ran.code, ran.only["connectionId"]) == (0, made)
    assert [desk.line.count(call) for call in (DISCONNECT, CONNECT, AUTHORIZE)] == [0, 0, 0]


def test_what_another_run_has_connected_meanwhile_is_left_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.connected(DANA, "Dana Levi", **BROKEN)
    monkeypatch.setenv("ICLOUD", desk.site.account("Apple").password)
    desk.line.lose(CONNECT, httpx.Response(409))
    ran = desk("reconnect", DANA, "--password-env", "ICLOUD", "--json")
    (made,) = standing(desk)
    assert (ran.code, ran.only["connectionId"], ran.err) == (0, made.id, command_texts.WORKS_ALREADY + "\n")
    assert desk("resume").only["fault"] == "nothing_to_resume"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "Fastmail connects either way: give --method oauth or --method credentials"),
        (["--method", "credentials"], command_texts.PASSWORD_NEEDED),
        (["--method", "oauth", "--password-env", "X"], "a password is of no use with --method oauth"),
        (["--method", "fax"], "invalid choice"),
        (["--password", "hunter2"], "a password isn't taken from the command line"),
    ],
)
def test_a_way_to_connect_that_is_not_clear_changes_nothing(desk: Desk, given: list[str], said: str) -> None:
    desk.connected("dana@fastmail.example", "Dana Levi", "Fastmail", connected=False)
    ran = desk("reconnect", "dana@fastmail.example", *given)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "hunter2" not in ran.err
    assert [desk.line.count(call) for call in (DISCONNECT, CONNECT, AUTHORIZE)] == [0, 0, 0]


# Health


def test_all_connections_that_work_give_0_which_is_said_on_a_terminal_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = desk("status")
    assert (ran.code, ran.err) == (0, "")
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True)
    assert desk("status").err == "All connections work (2).\n"


@pytest.mark.parametrize("how", [{"connected": False}, BROKEN])
def test_one_that_does_not_work_gives_1(desk: Desk, how: dict[str, Any]) -> None:
    desk.connected(DANA, "Dana Levi", **how)
    ran = desk("status")
    assert ran.code == 1
    assert ran.err.startswith("1 of 3 don't work.")
    assert [one["works"] for one in desk("status", "--json").objects] == [True, True, False]


def test_one_that_was_connected_again_is_no_trouble_any_more(desk: Desk) -> None:
    desk.connected(DANA, "Dana Levi", connected=False)
    desk.connected(DANA, "Dana Levi")
    assert desk("status").code == 0


def test_a_site_that_cannot_be_asked_gives_its_faults_code(desk: Desk) -> None:
    desk.line.fail("/connections", httpx.Response(503))
    assert desk("status").code == 3


# What holds for each


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["connect", "--provider=Apple", "--schedule=Dana Levi", f"--email={DANA}", "--password-env=ICLOUD"], 0, ""),
        (["connect", "--provider=Google", "--schedule=Dana Levi", "--no-wait"], 3, "set HOME or XDG_STATE_HOME"),
        (["resume"], 2, "set HOME or XDG_STATE_HOME"),
        (["bulk", "team.csv"], 2, "set HOME or XDG_STATE_HOME"),
        (["site", "--save"], 1, "set HOME or XDG_STATE_HOME"),
        (["--plain"], 130, ""),
    ],
)
@pytest.mark.usefixtures("memory")
def test_without_a_home_folder_it_goes_on_or_says_what_to_set(
    desk: Desk, arguments: list[str], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_home(*_: object, **__: object) -> None:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr(files, "user_state_path", no_home)
    monkeypatch.setattr(lines, "standard_lines", lambda: lines.Lines(io.BytesIO(), io.StringIO()))
    monkeypatch.setenv("ICLOUD", desk.site.account("Apple").password)
    monkeypatch.chdir(tmp_path)
    Path("team.csv").write_text(f"schedule,provider,email,password_env\nDana Levi,Apple,{DANA},ICLOUD\n")
    ran = desk(*arguments)
    assert ran.code == code
    assert said in ran.err


def test_a_name_from_outside_does_nothing_to_the_terminal(desk: Desk) -> None:
    desk.line.edit(PROVIDERS, lambda content: content["providers"][0].update(name="Goo\x1b[31m\u202egle", id="\x9bid"))
    out = desk("providers").out
    assert out.splitlines()[1].startswith("Goo[31mgle ")
    assert not set("\x1b\x9b\u202e") & set(out)
