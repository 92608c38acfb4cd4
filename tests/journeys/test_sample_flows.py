"""The documented sample flows, from the first screen to the last, against the sandbox and its real calendars."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Start, Studio
from tests.journeys.gate import Gate
from tests.journeys.steps import (
    GOOGLE_ACCOUNT,
    SCHEDULE,
    apply,
    connect_apple,
    decide,
    follow,
    get_link,
    go_to_sign_in,
    title,
    what,
)
from tests.sandbox import dav
from tests.sites import ExternalAccount
from wizard import texts
from wizard.domain import Export, Method
from wizard.sandbox.diary import appointments
from wizard.sandbox.schedules import schedule_named


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


def test_the_method_check_asks_where_there_are_two_ways_and_says_it_where_there_is_one(
    start: Start, studio: Studio
) -> None:
    terminal = start(known=studio.environment)
    terminal.choose("Fastmail")
    terminal.wait_for(texts.METHOD_ASK)
    assert all(terminal.shows(texts.METHOD_PHRASE[(method,)]) for method in Method)
    terminal.press("ctrl+b")
    terminal.wait_for(title("provider"))
    terminal.choose("Apple", key="up")
    terminal.wait_for(texts.METHOD_DETECTED)
    assert terminal.shows(texts.METHOD_PHRASE[(Method.CREDENTIALS,)])
    assert not terminal.shows(texts.METHOD_PHRASE[(Method.OAUTH,)])


def test_apple_connects_by_credentials_and_its_events_are_those_of_the_account(start: Start, studio: Studio) -> None:
    account = studio.account("Apple")
    terminal = start(known=studio.environment, rows=40)
    connect_apple(terminal, account.email, account.password)
    apply(terminal, "Apple")
    terminal.choose(texts.DONE_ACTIONS["see_events"][0])
    terminal.wait_until(lambda: terminal.find(r"\d+ events") != [], "the number of events")
    first, last = map(date.fromisoformat, terminal.find(r"\d{4}-\d\d-\d\d")[:2])
    expected = titles_between(account, first, last)
    assert terminal.shows(texts.EVENTS_COUNT.format(count=len(expected)))
    assert [one for one in expected if not terminal.shows(one)] == []
    assert len(expected) > 5


def test_export_puts_the_appointments_into_the_account_and_takes_them_out_again(start: Start, studio: Studio) -> None:
    account = studio.account("Apple")
    before = dav.calendars(account)
    terminal = start(known=studio.environment)
    connect_apple(terminal, account.email, account.password)
    terminal.highlight(f"{texts.EXPORT} {texts.OFF}")
    terminal.press("space")
    terminal.wait_for(f"{texts.EXPORT} {texts.ON}")
    apply(terminal, "Apple")
    assert terminal.shows(texts.DIRECTION_EXPORT[Export.DEDICATED])
    booked = sorted(one.title for one in appointments(schedule_named(SCHEDULE), datetime.now(UTC).date()))
    during = dav.calendars(account)
    assert [during[name] for name in during if name not in before] == [booked]

    terminal.press("ctrl+b")
    terminal.highlight(f"{texts.EXPORT} {texts.ON}")
    terminal.press("space")
    terminal.wait_for(f"{texts.EXPORT} {texts.OFF}")
    apply(terminal, "Apple")
    assert dav.calendars(account) == before


def test_google_connects_by_a_browser_that_comes_back_by_itself(
    start: Start, studio: Studio, browser_page: Page
) -> None:
    terminal = start(known=studio.environment)
    go_to_sign_in(terminal, "Google", Method.OAUTH)
    browser_page.goto(get_link(terminal))
    browser_page.get_by_label(GOOGLE_ACCOUNT).check()
    browser_page.get_by_role("button", name="Allow").click()
    expect(browser_page.get_by_role("heading")).to_have_text(texts.PAGES["connected"][0])
    terminal.wait_for(title("review"))
    terminal.wait_for(texts.EXPORT + " ")
    apply(terminal, "Google")
    assert terminal.shows(GOOGLE_ACCOUNT)


def test_google_connects_by_the_pasted_address_even_when_it_is_wrapped(start: Start, studio: Studio) -> None:
    with Gate(studio.url) as gate:
        terminal = start("--no-browser", "--base-url", gate.url, known=studio.environment)
        go_to_sign_in(terminal, "Google", Method.OAUTH)
        link = get_link(terminal)
        # Asking Wix for new connections is the other way home: it is closed here.
        gate.refused.add("GET /bookings/v2/external-calendars/connections")
        terminal.wait_for(texts.NOT_ASKING_WIX)
        address = decide(link)
        terminal.paste(address[:70] + "\r" + address[70:])
        terminal.press("enter")
        terminal.wait_for(title("review"))
        terminal.wait_for(texts.EXPORT + " ")
        apply(terminal, "Google")


def test_google_connects_though_the_browser_never_comes_back(start: Start, studio: Studio) -> None:
    terminal = start("--no-browser", known=studio.environment)
    go_to_sign_in(terminal, "Google", Method.OAUTH)
    decide(get_link(terminal))
    terminal.wait_for(title("review"))
    assert [row["externalAccountEmail"] for row in studio.connections()].count(GOOGLE_ACCOUNT) == 1


def test_a_denial_is_said_and_a_new_link_can_be_allowed(start: Start, studio: Studio) -> None:
    terminal = start(known=studio.environment)
    go_to_sign_in(terminal, "Google", Method.OAUTH)
    first = get_link(terminal)
    page = follow(decide(first, "reject"))
    assert texts.PAGES["reject"][0] in page
    terminal.wait_for(what("oauth_reject"))
    terminal.press("ctrl+r")
    page = follow(decide(get_link(terminal, but=first)))
    assert texts.PAGES["connected"][0] in page
    terminal.wait_for(title("review"))
    terminal.wait_for(texts.EXPORT + " ")
    apply(terminal, "Google")
