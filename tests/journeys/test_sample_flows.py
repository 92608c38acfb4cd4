"""The documented sample flows, from the first screen to the last, against the sandbox and its real calendars."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.journeys.conftest import Start, Studio
from tests.journeys.gate import Gate
from tests.journeys.steps import (
    GOOGLE_ACCOUNT,
    SCHEDULE,
    apply,
    connect_apple,
    decide,
    finish,
    get_link,
    go_to_sign_in,
    title,
    what,
)
from tests.journeys.terminal import CURSOR_SHOWN, LINES_WRAP, Terminal
from tests.sandbox import dav
from tests.sites import ExternalAccount
from wizard import texts
from wizard.domain import Export, Method
from wizard.sandbox.diary import appointments
from wizard.sandbox.schedules import schedule_named

if TYPE_CHECKING:
    from playwright.sync_api import Page


def titles_between(account: ExternalAccount, first: date, last: date) -> list[str]:
    """Return what a CalDAV client finds in the account on these days of the schedule's time zone."""
    zone = ZoneInfo(schedule_named(SCHEDULE).time_zone)
    start = datetime.combine(first, time(), zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    with dav.signed_in(account) as principal:
        return [
            str(event.icalendar_component["SUMMARY"])
            for calendar in principal.get_calendars()
            for event in calendar.search(start=start, end=end, event=True, expand=True)
        ]


def test_apple_connects_by_credentials_and_its_events_are_those_of_the_account(start: Start, studio: Studio) -> None:
    account = studio.account("Apple")
    terminal = start(known=studio.environment, rows=40, cold=True)
    before = terminal.line_settings
    look_at_a_provider_with_two_ways(terminal, "Fastmail")
    go_to_sign_in(terminal, "Apple", Method.CREDENTIALS, key="up")
    terminal.type(f"{account.email}\t{account.password}\r")  # in one go, as a password manager does
    terminal.wait_for(f"{texts.EXPORT} {texts.OFF}")
    apply(terminal, "Apple")
    terminal.choose(texts.DONE_ACTIONS["see_events"][0])
    terminal.wait_until(lambda: terminal.find(r"\d+ events") != [], "the number of events")
    first, last = map(date.fromisoformat, terminal.find(r"\d{4}-\d\d-\d\d")[:2])
    expected = titles_between(account, first, last)
    assert terminal.shows(texts.EVENTS_COUNT.format(count=len(expected)))
    assert [one for one in expected if not terminal.shows(one)] == []
    assert len(expected) > 5
    terminal.press("ctrl+c")
    assert terminal.wait_for_end() == 0
    assert terminal.line_settings == before
    assert terminal.modes == {CURSOR_SHOWN, LINES_WRAP}


def look_at_a_provider_with_two_ways(terminal: Terminal, provider: str) -> None:
    """See that the method check asks here, and go back."""
    terminal.choose(provider)
    terminal.wait_for(texts.METHOD_ASK)
    assert all(terminal.shows(texts.METHOD_PHRASE[(method,)]) for method in Method)
    terminal.press("ctrl+b")
    terminal.wait_for(title("provider"))


def test_export_puts_the_appointments_into_the_account_and_takes_them_out_again(
    start: Start, studio: Studio, tmp_path: Path
) -> None:
    account = studio.account("Apple")
    before = dav.calendars(account)
    terminal = start("--json", known=studio.environment, output=tmp_path / "result.json")
    connect_apple(terminal, account.email, account.password)
    switch_export(terminal, on=True)
    apply(terminal, "Apple")
    assert terminal.shows(texts.DIRECTION_EXPORT[Export.DEDICATED])
    booked = sorted(one.title for one in appointments(schedule_named(SCHEDULE), datetime.now(UTC).date()))
    during = dav.calendars(account)
    assert [during[name] for name in during if name not in before] == [booked]

    terminal.press("ctrl+b")
    switch_export(terminal, on=False)
    apply(terminal, "Apple")
    assert dav.calendars(account) == before
    finish(terminal)
    assert_told(terminal, json.loads((tmp_path / "result.json").read_text()), studio, account)


def switch_export(terminal: Terminal, *, on: bool) -> None:
    """Switch export in the review."""
    terminal.highlight(f"{texts.EXPORT} {texts.OFF if on else texts.ON}")
    terminal.press("space")
    terminal.wait_for(f"{texts.EXPORT} {texts.ON if on else texts.OFF}")


def assert_told(terminal: Terminal, result: dict[str, Any], studio: Studio, account: ExternalAccount) -> None:
    """Compare what the run told in the end, on standard output and in the terminal, with what stands on the site."""
    (made,) = (row for row in studio.connections() if row["externalAccountEmail"] == account.email)
    assert result.pop("status") in ("CONNECTED", "SYNC_IN_PROGRESS", "SYNCED")
    assert result == {
        "connectionId": made["id"],
        "providerId": made["providerId"],
        "calendarType": "I_CAL",
        "scheduleId": made["scheduleId"],
        "import": {"enabled": True, **made["syncConfig"]["listEventFromCalendars"]["calendars"]},
        "export": {"enabled": False, "target": None},
    }
    said = texts.RESULT.format(provider="Apple", schedule=SCHEDULE, imports=texts.ON, exports=texts.OFF)
    assert terminal.said.endswith(f"{said}\r\n".encode())
    assert account.password.encode() not in terminal.said


def test_google_connects_by_a_browser_that_comes_back_by_itself_even_after_a_denial(
    start: Start, studio: Studio, browser_page: "Page"
) -> None:
    problems: list[str] = []
    browser_page.on("console", lambda message: problems.append(message.text))
    terminal = start(known=studio.environment)
    go_to_sign_in(terminal, "Google", Method.OAUTH)
    first = get_link(terminal)
    browser_page.goto(first)
    browser_page.get_by_role("heading", name="Connect your Google calendar").wait_for()
    assert browser_page.get_by_label("studio@gmail.example").is_disabled()  # it is connected already
    browser_page.get_by_role("button", name="Deny").click()
    browser_page.get_by_role("heading", name=texts.PAGES["reject"][0]).wait_for()
    terminal.wait_for(what("oauth_reject"))
    terminal.press("ctrl+r")
    browser_page.goto(get_link(terminal, but=first))
    browser_page.get_by_label(GOOGLE_ACCOUNT).check()
    browser_page.get_by_role("button", name="Allow").click()
    browser_page.get_by_role("heading", name=texts.PAGES["connected"][0]).wait_for()
    terminal.wait_for(title("review"))
    terminal.wait_for(texts.EXPORT + " ")
    apply(terminal, "Google")
    assert terminal.shows(GOOGLE_ACCOUNT)
    assert [one for one in problems if "favicon" not in one] == []


def test_google_connects_by_the_pasted_address_even_when_it_is_wrapped(start: Start, studio: Studio) -> None:
    with Gate(studio.url) as gate:
        terminal = start("--no-browser", "--base-url", gate.url, known=studio.environment)
        go_to_sign_in(terminal, "Google", Method.OAUTH)
        link = get_link(terminal)
        # Asking Wix for new connections is the other way home: it is closed here.
        gate.refused.add("GET /bookings/v2/external-calendars/connections")
        terminal.wait_for(texts.NOT_ASKING_WIX)
        think_of_leaving_but_stay(terminal)
        assert get_link(terminal) == link
        address = decide(link)
        terminal.paste(address[:70] + "\r" + address[70:])
        terminal.press("enter")
        terminal.wait_for(title("review"))
        terminal.wait_for(texts.EXPORT + " ")
        apply(terminal, "Google")


def think_of_leaving_but_stay(terminal: Terminal) -> None:
    """Be asked, because a connection is under way, and stay."""
    terminal.press("ctrl+c")
    terminal.choose(texts.LEAVE_NO)
    terminal.wait_until(lambda: not terminal.shows(texts.LEAVE_TITLE), "no question")


def test_google_connects_though_the_browser_never_comes_back(start: Start, studio: Studio, tmp_path: Path) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" >>"{opened}"\n')
    browser.chmod(0o700)
    terminal = start(known={**studio.environment, "BROWSER": str(browser)})
    go_to_sign_in(terminal, "Google", Method.OAUTH)
    link = get_link(terminal)
    assert not opened.exists()
    terminal.press("o")
    terminal.wait_for(texts.OPENED)
    assert opened.read_text() == f"{link}\n"
    decide(link)
    terminal.wait_for(title("review"))
    assert [row["externalAccountEmail"] for row in studio.connections()].count(GOOGLE_ACCOUNT) == 1
