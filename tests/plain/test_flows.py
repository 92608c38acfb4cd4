"""The documented sample flows, line by line, on a site on paper."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx

from tests.line import AUTHORIZE, CONNECT, CONNECTIONS, EVENTS, SYNC, Line
from tests.plain.person import Person, consent, run
from tests.sites import NO_CERTIFICATES
from wizard import texts
from wizard.domain import Method, Status
from wizard.fault_texts import FAULTS
from wizard.plain import texts as plain_texts
from wizard.sandbox.providers import PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.sites import InProcessSite

GOOGLE, OUTLOOK, APPLE, FASTMAIL = "1", "2", "3", "4"
DANA = ("dana levi", "")
"""Her schedule is found by its name, and taken by enter."""
SEE_EVENTS, ANOTHER, FINISH = "1", "2", "3"


def deaf(site: InProcessSite) -> Line:
    """Return a line on which nobody hears of new connections: asking for them is one way home."""
    line = Line(site)
    line.edit(CONNECTIONS, lambda answer: answer.update(connections=[]), times=1000)
    return line


def goes_home_with(site: InProcessSite, provider: str) -> Callable[[Person], Awaitable[str]]:
    async def paste(person: Person) -> str:
        return await consent(person, site, site.account(provider).email)

    return paste


async def test_apple_connects_by_email_and_password_and_exports(paper: InProcessSite) -> None:
    account = paper.account("Apple")
    directions = ("yes", "2", "yes", "")
    ending, words, line = await run(
        paper, APPLE, *DANA, account.email, account.password, *directions, SEE_EVENTS, "", FINISH
    )
    made = ending.answers.connection
    assert ending.state == "finished"
    assert made
    assert (made.email, made.sync.imports, made.sync.exports, made.status) == (account.email, True, True, Status.SYNCED)
    assert [calendar.name for calendar in made.sync.calendars or ()] == ["Work"]
    assert "Import on from Work, export on. Press enter to apply:" in words
    assert "  00:00-01:00: Breakfast (in Work)" in words
    assert (line.count(CONNECT), line.count(SYNC), line.count(EVENTS)) == (1, 1, 1)


async def test_the_method_is_asked_where_there_are_two_and_directions_left_as_they_are_send_nothing(
    paper: InProcessSite,
) -> None:
    account = paper.account("Fastmail")
    ending, words, line = await run(paper, FASTMAIL, "2", *DANA, account.email, account.password, "", "", FINISH)
    assert texts.METHOD_ASK in words
    assert f"2  {texts.METHOD_PHRASE[(Method.CREDENTIALS,)]}: " in words
    assert f"{texts.EXPORT} is {texts.OFF}. Fastmail can't take appointments." in words
    assert "as it is now. Press enter to go on:" in words
    assert (ending.state, line.count(CONNECT), line.count(SYNC)) == ("finished", 1, 0)


async def test_google_connects_by_the_pasted_address_though_other_things_were_pasted_before(
    paper: InProcessSite,
) -> None:
    answers = (GOOGLE, *DANA, "no idea", "", goes_home_with(paper, "Google"), "", "", "", FINISH)
    ending, words, line = await run(paper, *answers, line=deaf(paper))
    assert (ending.state, ending.answers.email) == ("finished", paper.account("Google").email)
    assert line.count(AUTHORIZE) == 1
    assert FAULTS["paste_unreadable"].do in words
    assert words.count(texts.WAITING_CONSENT) == 2


async def test_a_pasted_address_may_come_in_several_lines(paper: InProcessSite) -> None:
    halves: list[str] = []

    async def first_half(person: Person) -> str:
        await person.hears(texts.PASTE_LABEL)
        address = await consent(person, paper, paper.account("Google").email)
        halves.append(address[60:])
        return address[:60]

    async def second_half(_: Person) -> str:
        return halves[0]

    async def waits(person: Person) -> str:
        await person.hears(texts.STATES["review"].title)
        return ""

    answers = (GOOGLE, *DANA, first_half, second_half, waits, "", "", FINISH)
    ending, words, _ = await run(paper, *answers, line=deaf(paper), types=True)
    assert (ending.state, ending.answers.email) == ("finished", paper.account("Google").email)
    assert FAULTS["wrong_connection"].what not in words


async def test_outlook_connects_by_a_browser_that_comes_back_while_nothing_is_typed(paper: InProcessSite) -> None:
    async def browse(person: Person) -> str:
        address = await consent(person, paper, paper.account("Outlook or Office 365").email)
        async with httpx.AsyncClient(trust_env=False, verify=NO_CERTIFICATES) as browser:
            await browser.get(address)
        await person.hears(texts.STATES["review"].title)
        return ""

    ending, words, _ = await run(paper, OUTLOOK, *DANA, browse, "", "", "", FINISH, line=deaf(paper))
    assert ending.state == "finished"
    assert texts.LISTENING.format(address="127.0.0.1:") in words


async def test_google_connects_though_neither_browser_nor_address_come_back(paper: InProcessSite) -> None:
    async def only_allow(person: Person) -> str:
        await consent(person, paper, paper.account("Google").email)
        await person.hears(texts.STATES["review"].title)
        return ""

    ending, _, _ = await run(paper, GOOGLE, *DANA, only_allow, "", "", FINISH)
    assert ending.state == "finished"


async def test_after_a_denial_a_new_link_connects(paper: InProcessSite) -> None:
    async def deny(person: Person) -> str:
        return await consent(person, paper, paper.account("Google").email, "reject")

    answers = (GOOGLE, *DANA, "open", "new", deny, "new", goes_home_with(paper, "Google"), "", "", "", FINISH)
    ending, words, line = await run(paper, *answers, line=deaf(paper))
    assert (ending.state, line.count(AUTHORIZE)) == ("finished", 3)
    assert texts.NO_BROWSER in words
    assert FAULTS["oauth_reject"].do in words
    assert "\nretry, new, back or leave: " in words


async def test_another_calendar_can_follow(paper: InProcessSite) -> None:
    apple, fastmail = paper.account("Apple"), paper.account("Fastmail")
    first = (APPLE, *DANA, apple.email, apple.password, "", "", "", "", ANOTHER)
    ending, _, line = await run(paper, *first, FASTMAIL, "2", "3", fastmail.email, fastmail.password, "", "", FINISH)
    assert (ending.state, ending.answers.email, line.count(CONNECT)) == ("finished", fastmail.email, 2)


async def test_another_calendar_that_is_left_off_leaves_the_first_connected(paper: InProcessSite) -> None:
    apple = paper.account("Apple")
    ending, _, _ = await run(paper, APPLE, *DANA, apple.email, apple.password, "", "", "", "", ANOTHER, GOOGLE, "leave")
    assert (ending.state, ending.answers.reached.email) == ("finished", apple.email)


async def test_the_events_of_other_days_and_of_everyone_can_be_read(paper: InProcessSite) -> None:
    account = paper.account("Apple")
    back = ("change", "2026-12-02", "back", "back")
    again = ("back", SEE_EVENTS, "back")
    change = ("change", "tomorrow", "2026-12-02", "2026-12-01", "2026-12-03", "all", "", "1")
    signed_in = (APPLE, *DANA, account.email, account.password, "", "", "", "")
    _, words, line = await run(paper, *signed_in, SEE_EVENTS, *back, *change, *again, FINISH)
    assert texts.EVENTS_BAD_DATE.partition("{value}")[0] + "tomorrow" in words
    assert texts.EVENTS_ORDER in words
    assert words.count("From 2026-12-02 to 2026-12-03:") == 2, "it is kept on the way back"
    asked = [request.url.params for request in line.sent if request.url.path.endswith(EVENTS)]
    assert [bool(one.get_list("scheduleIds")) for one in asked] == [True, True, False, False]
    assert asked[0] == asked[1]
    assert plain_texts.EVENTS_ASK in words
    assert "  00:00-01:00: Breakfast (in Work)" in words, "of one schedule"
    assert "  00:00-01:00: Breakfast (Dana Levi, in Work)" in words, "of all"


async def test_what_a_calendar_is_called_is_said_without_what_a_terminal_obeys(paper: InProcessSite) -> None:
    account, line = paper.account("Apple"), Line(paper)
    found = {"title": "Tea", "calendarName": "Wo\x1b]0;\x07rk", "start": "2026-11-23T13:30:00Z"}
    line.fail(EVENTS, httpx.Response(200, json={"events": [found]}))
    first = (APPLE, *DANA, account.email, account.password, "", "", "", "")
    _, words, _ = await run(paper, *first, SEE_EVENTS, "", FINISH, line=line)
    assert "Tea (in Wo]0;rk)\n1 event.\n" in words


async def test_the_days_of_the_events_begin_with_the_schedules_today_not_the_machines(paper: InProcessSite) -> None:
    account, past_midnight = paper.account("Apple"), datetime(2026, 11, 23, 2, tzinfo=UTC)
    answers = (APPLE, *DANA, account.email, account.password, "", "", "", "", SEE_EVENTS, "", FINISH)
    _, words, _ = await run(paper, *answers, now=lambda: past_midnight)
    assert "From 2026-11-22 to 2026-11-28:" in words


async def test_why_a_calendar_whose_import_is_off_has_no_events_is_said(paper: InProcessSite) -> None:
    account = paper.account("Apple")
    _, words, _ = await run(paper, APPLE, *DANA, account.email, account.password, "no", "", "", SEE_EVENTS, "", FINISH)
    assert re.search(r"^No events from \S+ to \S+ for this schedule. Import is off for Apple.$", words, re.MULTILINE)


async def test_events_of_short_pages_are_told_day_by_day_to_the_last(paper: InProcessSite) -> None:
    account, line = paper.account("Apple"), Line(paper)
    whole = {"title": "Tokyo", "start": "2026-11-28T00:00:00+09:00", "end": "2026-11-29T00:00:00+09:00", "allDay": True}
    first = {"events": [whole], "pagingMetadata": {"hasNext": True, "cursors": {"next": "on"}}}
    second = {"events": [{"title": "Dinner", "start": "2026-11-27T19:00:00-05:00"}]}
    for page in (first, second):
        line.fail(EVENTS, httpx.Response(200, json=page))
    answers = (APPLE, *DANA, account.email, account.password, "", "", "", "", SEE_EVENTS, "", FINISH)
    _, words, _ = await run(paper, *answers, line=line, now=lambda: datetime(2026, 11, 25, 12, tzinfo=UTC))
    days = re.findall(r"^(?:Fri|Satur)day, .*|^ .*: (?:Dinner|Tokyo)|^\d events.*", words, re.MULTILINE)
    assert days == [
        "Friday, 27 November 2026",
        "  19:00: Dinner",
        "Saturday, 28 November 2026",
        "  all day: Tokyo",
        "2 events.",
    ]


async def test_whose_calendars_could_not_be_read_is_told_with_the_events_of_the_others(paper: InProcessSite) -> None:
    account, line = paper.account("Apple"), Line(paper)
    unread = [one.id for one in PROVIDERS.values() if one.name == "Google"]
    line.edit(EVENTS, lambda answer: answer.update(failedProviderIds=unread))
    _, words, _ = await run(
        paper, APPLE, *DANA, account.email, account.password, "", "", "", "", SEE_EVENTS, "", FINISH, line=line
    )
    assert ": Breakfast" in words
    assert texts.EVENTS_UNREAD.format(names="Google") in words
