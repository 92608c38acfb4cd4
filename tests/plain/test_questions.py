"""What can be said at every question, and what the plain front says when something is wrong."""

from __future__ import annotations

import asyncio
import errno
import re
import signal
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.line import (
    AUTHORIZE,
    CONNECT,
    CONNECTION,
    DISCONNECT,
    EVENTS,
    PROVIDERS,
    SCHEDULES,
    SYNC,
    Line,
    journey_on,
    provider_named,
    schedule_named,
)
from tests.plain.person import Heard, Person, run
from tests.plain.test_flows import APPLE, DANA, FASTMAIL, FINISH, GOOGLE, SEE_EVENTS
from wizard import fault_texts, texts
from wizard.answers import Answers
from wizard.domain import Attempt, Fault, Kind, Method
from wizard.fault_texts import FAULTS
from wizard.flow import SCREENS
from wizard.plain import texts as plain_texts
from wizard.plain.front import Front
from wizard.plain.lines import Lines
from wizard.record import Found, Journal, Run, find
from wizard.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sites import InProcessSite

WRONG = "abcd-efgh-ijkl-wron"
AS_IT_IS = ("", "", "", "")


def connecting(site: InProcessSite) -> list[str]:
    """Return the answers that connect Dana's Apple account, up to the directions."""
    account = site.account("Apple")
    return [APPLE, *DANA, account.email, account.password]


# Back, help, leaving


async def test_back_leads_to_the_question_before_and_keeps_every_answer(paper: InProcessSite) -> None:
    email, password = paper.account("Apple").email, paper.account("Apple").password
    to_the_first = ["back", "back", "back", "back"]  # password, email, schedule: the method was no question
    again = ["", "", "", password, *AS_IT_IS, FINISH]
    ending, words, line = await run(paper, APPLE, *DANA, email, *to_the_first, *again)
    assert (ending.state, ending.answers.email) == ("finished", email)
    assert plain_texts.NO_BACK in words
    for kept in ("Number [Apple]:", "Number [Dana Levi]:", f"Email [{email}]:"):
        assert kept in words
    assert line.count(CONNECT) == 1


async def test_back_works_among_the_directions_too(paper: InProcessSite) -> None:
    answers = ("no", "back", "yes", "1", "back", "2", "yes", "back", "no", "")
    ending, words, _ = await run(paper, *connecting(paper), *answers, FINISH)
    assert ending.state == "finished"
    assert "Import on from Work, export off. Press enter to apply:" in words


async def test_back_out_of_the_directions_keeps_what_was_answered_and_leaving_says_that_it_is_not_applied(
    paper: InProcessSite,
) -> None:
    ending, words, line = await run(paper, *connecting(paper), "no", "yes", *["back"] * 3, "", "", "", "leave")
    assert (ending.state, line.count(SYNC)) == ("finished", 0)
    assert texts.REVIEW_AS_CHOSEN in words
    assert words.endswith(f"Import off, export on. Press enter to apply: \nLeft.\n{texts.UNAPPLIED_TEXT}\n")


class Silent(Line):
    """Never answers when the schedules are asked for."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(SCHEDULES):
            await asyncio.Event().wait()
        return await super().handle_async_request(request)


@pytest.mark.parametrize(("stop", "after"), [("back", ["leave"]), ("leave", [])])
async def test_back_and_leave_stop_a_wait_whatever_was_typed_before(
    paper: InProcessSite, stop: str, after: list[str]
) -> None:
    async def lives(person: Person) -> str:
        await person.hears(texts.STATES["schedule"].title)
        return ""

    ending, words, _ = await run(paper, APPLE, lives, "huh", stop, *after, line=Silent(paper), types=True)
    assert ending.state == "left"
    assert words.count(texts.STATES["schedule"].title) == 1
    if stop == "back":
        assert words.partition(texts.STOPPED)[2].startswith(f"\n\nStep 1 of 5 · {texts.STATES['provider'].step}\n")


async def test_what_is_typed_in_a_wait_answers_the_questions_after_it(paper: InProcessSite) -> None:
    class Slow(Line):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith(SCHEDULES):
                await typed.wait()
            return await super().handle_async_request(request)

    async def early(person: Person) -> str:
        await person.hears(texts.STATES["schedule"].title)
        return "dana levi"

    async def last(person: Person) -> str:
        typed.set()
        await person.hears(texts.STATES["credentials"].title.format(provider="Apple"))
        return "leave"

    typed = asyncio.Event()
    ending, words, _ = await run(paper, APPLE, early, "", last, line=Slow(paper), types=True)
    assert ending.answers.schedule
    assert ending.answers.schedule.name == "Dana Levi"
    assert "Number [Dana Levi]: \n" in words


async def test_a_stopped_request_may_have_connected_which_is_said_and_said_again_on_leaving(
    paper: InProcessSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lines, "_no_echo", lambda _: nullcontext())  # he has no terminal
    sent = asyncio.Event()

    class Holding(Line):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith(CONNECT):
                sent.set()
                await asyncio.Event().wait()
            return await super().handle_async_request(request)

    async def when_asked(person: Person) -> str:
        await person.hears(texts.PASSWORD_OF[Kind.APPLE])
        return password

    async def back(_: Person) -> str:
        await sent.wait()
        return "back"

    *before, password = connecting(paper)
    ending, words, _ = await run(paper, *before, when_asked, back, "leave", line=Holding(paper), types=True)
    assert ending.state == "left"
    assert texts.STOPPED_UNSURE in words
    assert words.endswith(f"{texts.LEAVE_TEXT}\n")


async def test_after_going_back_a_connection_is_not_made_again(paper: InProcessSite) -> None:
    ending, words, line = await run(paper, *connecting(paper), "back", "huh", "", *AS_IT_IS, FINISH)
    assert (ending.state, line.count(CONNECT)) == ("finished", 1)
    assert texts.ALREADY_CONNECTED.format(email=paper.account("Apple").email) in words


async def test_another_choice_asks_what_becomes_of_the_connection(paper: InProcessSite) -> None:
    to_providers = ("back", "back", "back")
    stay_then_disconnect = (GOOGLE, "3", GOOGLE, "1")
    ending, words, line = await run(paper, *connecting(paper), *to_providers, *stay_then_disconnect)
    assert words.count(texts.REPLACE_TITLE) == 2
    assert line.count(DISCONNECT) == 1
    assert ending.answers.connection is None


async def test_another_account_is_asked_for_by_its_title_once_the_first_is_said_to_be_disconnected(
    paper: InProcessSite,
) -> None:
    _, words, line = await run(paper, *connecting(paper), "back", "other", "1", "leave")
    assert line.count(DISCONNECT) == 1
    text = texts.STATES["credentials"]
    ended = texts.DISCONNECTED.format(provider="Apple", schedule="Dana Levi")
    assert "\n".join((ended, text.title.format(provider="Apple"), text.lead)) in words


async def test_a_question_mark_helps_at_every_state(paper: InProcessSite) -> None:
    site = Settings(paper.url)
    by_password = ["?", "", paper.site_id, paper.api_key, "?", APPLE, "?", *DANA, "?", *connecting(paper)[-2:]]
    _, words, _ = await run(paper, *by_password, "?", *AS_IT_IS, "?", SEE_EVENTS, "?", "", FINISH, settings=site)
    _, more, _ = await run(paper, "connections", "?", "back", FASTMAIL, "?", "1", *DANA, "?", "leave")
    assert "new: make a new link" in more
    for state in SCREENS:
        first = texts.STATES[state].help.split("\n\n")[0]
        assert first.format(provider="Fastmail", schedule="") in words + more
    for of_a_screen in ("ctrl+s", "arrow keys", "space bar", "mouse", "both fields", "Below each", "list is read"):
        assert of_a_screen not in words + more


async def test_the_help_of_a_short_list_says_how_to_hear_it_again(paper: InProcessSite) -> None:
    _, words, _ = await run(paper, "?", "list", "leave")
    assert f"list: {plain_texts.WORD_LIST}" in words
    assert words.count("3  Apple") == 2


async def test_the_calendars_of_an_account_can_be_heard_again(paper: InProcessSite) -> None:
    _, words, _ = await run(paper, *connecting(paper), "", "?", "list", "leave")
    assert f"list: {plain_texts.WORD_LIST}" in words
    assert words.count(f"{plain_texts.REVIEW_CALENDARS}\n1  Home\n2  Work\n") == 2


async def test_leaving_before_anything_is_connected_is_told_apart_from_an_end(paper: InProcessSite) -> None:
    ending, words, _ = await run(paper, APPLE, "leave")
    assert ending.state == "left"
    assert words.endswith(f"\n{plain_texts.LEFT_BY_PERSON}\n")
    ending, words, _ = await run(paper, GOOGLE, *DANA, "leave")
    assert ending.state == "left"
    assert texts.LEAVE_TEXT in words


@pytest.mark.parametrize("count", range(9))
async def test_answers_that_end_in_the_middle_leave_and_say_so(paper: InProcessSite, count: int) -> None:
    ending, words, _ = await run(paper, *[*connecting(paper), *AS_IT_IS][:count])
    assert ending.state == ("left" if count < len(connecting(paper)) else "finished")
    assert words.endswith(f"\n{plain_texts.LEFT_BY_END}\n")


# Lists


async def test_a_list_is_said_a_few_rows_at_a_time_and_narrowed_by_letters(paper: InProcessSite) -> None:
    answers = ("10", "more", "10", "back", APPLE, "more", "list", "chloe", "xyzzy", "leave")
    _, words, _ = await run(paper, APPLE, *answers)
    assert plain_texts.NO_NUMBER.format(last=9) in words
    assert "\n18  " in words
    assert words.count("\n9  ") == 3
    assert "1 of 69:\n1  Chloé Dubois" in words
    assert plain_texts.NO_MATCH.format(query="xyzzy") in words


async def test_a_search_without_a_hit_leaves_nothing_to_be_taken_by_enter(paper: InProcessSite) -> None:
    ending, words, _ = await run(paper, APPLE, "chloe", "xyzzy", "", "leave")
    assert ending.answers.schedule is None
    assert plain_texts.NOTHING_TYPED in words


@pytest.mark.parametrize("wrong", ["", "0", "5", "-1", "1.5"])
async def test_what_is_no_number_of_a_row_is_asked_again(paper: InProcessSite, wrong: str) -> None:
    ending, words, _ = await run(paper, wrong, "leave")
    assert ending.answers == Answers()
    assert words.count(f"{plain_texts.NUMBER}:") == 2


# Warnings


async def test_the_same_provider_on_a_schedule_is_warned_about_and_taken_by_enter(paper: InProcessSite) -> None:
    ending, words, _ = await run(paper, APPLE, "dan okafor", "", "")
    assert ending.answers.schedule
    assert ending.answers.schedule.name == "Dan Okafor"
    assert "Apple is already connected to Dan Okafor (" in words
    ending, _, _ = await run(paper, APPLE, "dan okafor", "", *DANA)
    assert ending.answers.schedule
    assert ending.answers.schedule.name == "Dana Levi"


async def test_what_cannot_be_an_email_or_a_password_is_said_before_anything_is_sent(paper: InProcessSite) -> None:
    email = paper.account("Apple").email
    _, words, line = await run(paper, APPLE, *DANA, "", "dana", "\x1b[31m@example.com", email, "", "usual")
    assert texts.EMAIL_MISSING in words
    assert texts.EMAIL_SHAPE.format(email="dana") in words
    assert texts.PASSWORD_MISSING in words
    assert texts.APPLE_PASSWORD_SHAPE in words
    assert line.count(CONNECT) == 0


async def test_a_doubted_password_can_be_sent_by_enter(paper: InProcessSite) -> None:
    _, words, line = await run(paper, APPLE, *DANA, paper.account("Apple").email, "usual", "")
    assert line.count(CONNECT) == 1
    assert fault_texts.APPLE_BAD_CREDENTIALS.what in words


async def test_import_from_no_calendar_is_refused(paper: InProcessSite) -> None:
    ending, words, _ = await run(paper, *connecting(paper), "", "0", ",", "home", "2", "", "", FINISH)
    assert words.count(plain_texts.REVIEW_NOT_NUMBERS.format(last=2)) == 3
    assert ending.answers.connection
    assert [one.name for one in ending.answers.connection.sync.calendars or ()] == ["Work"]


# Secrets


async def test_no_secret_is_ever_said(paper: InProcessSite) -> None:
    dashboard = f"https://manage.wix.com/dashboard/{paper.site_id}/home"
    signing_in = ("", "riverside", dashboard, "IST.wrong-key", "back", paper.api_key)
    account = paper.account("Apple")
    ending, words, line = await run(
        paper, *signing_in, APPLE, *DANA, account.email, WRONG, account.password, *AS_IT_IS, FINISH,
        settings=Settings(paper.url),
    )  # fmt: skip
    assert (ending.state, line.count(CONNECT)) == ("finished", 2)
    assert f"[{texts.SITE_KEPT}]:" in words
    assert texts.SITE_NOT_GUID.format(label="Site ID") in words
    assert FAULTS["wix_sign_in_refused"].what in words
    for secret in ("wrong-key", WRONG, account.password, paper.api_key):
        assert secret not in words


# Faults


@pytest.mark.parametrize(
    ("call", "answers"),
    [
        (PROVIDERS, []),
        (SCHEDULES, [APPLE]),
        (CONNECT, [APPLE, *DANA, "dana@icloud.example", "abcd-efgh-ijkl-mnop"]),
        (AUTHORIZE, [GOOGLE, *DANA]),
    ],
)
async def test_a_fault_says_what_why_and_what_to_do_and_can_be_tried_again(
    paper: InProcessSite, call: str, answers: list[str]
) -> None:
    line = Line(paper)
    line.fail(call, httpx.Response(428, json={"message": "no premium", "details": {}}), times=2)
    line.fail(call, httpx.Response(503))
    ending, words, line = await run(paper, *answers, "huh", "retry", "retry", "leave", line=line)
    said = [text for text in FAULTS.values() if text.what in words]
    assert len(said) == 2
    for text in said:
        assert text.do in words
    assert line.count(call) >= 3
    assert ending.fault
    assert ending.state == "failed"


async def test_a_wait_says_how_many_seconds_are_left_and_no_two_words_at_once(
    paper: InProcessSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, troubled = 0.0, 15.0

    async def passes(front: Front, _: object, seconds: float) -> None:
        nonlocal now
        before, now = now, now + seconds
        if before < troubled <= now:
            now = troubled
            front.session.on_pause(Fault("server_error"), 1)

    monkeypatch.setattr(Front, "_first_of", passes)
    person = Person(Line(paper), [], types=True)
    with pytest.raises(EOFError):
        await person.front(paper, clock=lambda: now).work(asyncio.Event().wait, "Reading")
    said = person.words.splitlines()
    assert said[1] == fault_texts.pause_words(Fault("server_error"), 1)
    assert said[3] == plain_texts.WAIT_WORDS_NO_BACK
    assert re.findall(r"\d+", " ".join(said[2:6])) == ["44", "29", "14"]
    assert said[6] == FAULTS["timed_out"].what


async def test_a_fault_of_the_directions_keeps_them(paper: InProcessSite) -> None:
    line = Line(paper)
    line.fail(SYNC, httpx.Response(400, json={"message": "no"}))
    ending, words, line = await run(paper, *connecting(paper), "", "", "yes", "", "retry", FINISH, line=line)
    assert FAULTS["invalid_request"].what in words
    assert ending.answers.connection
    assert ending.answers.connection.sync.exports
    assert line.count(SYNC) == 2


async def test_a_connection_that_was_gone_for_a_moment_is_taken_after_going_back(paper: InProcessSite) -> None:
    line = Line(paper)
    line.edit(CONNECTION, lambda answer: answer["connection"].update(status="DISCONNECTED"))
    password = paper.account("Apple").password
    ending, words, line = await run(paper, *connecting(paper), "back", "", password, *AS_IT_IS, FINISH, line=line)
    assert FAULTS["connection_disconnected"].what in words
    assert (ending.state, line.count(CONNECT)) == ("finished", 1)


async def test_a_refused_sign_in_can_be_typed_anew(paper: InProcessSite) -> None:
    settings = Settings(paper.url, known={"site_id": paper.site_id, "api_key": "IST.old"})
    ending, words, _ = await run(paper, "back", "", "", paper.api_key, "leave", settings=settings)
    assert FAULTS["wix_sign_in_refused"].do in words
    assert f"[{texts.SITE_FROM_ENVIRONMENT.format(variable='WIX_API_KEY')}]:" in words
    assert words.count(texts.STATES["provider"].title) == 2
    assert ending.state == "left"


async def test_a_later_page_of_events_that_fails_is_read_anew_without_what_was_told(paper: InProcessSite) -> None:
    line = Line(paper)
    line.edit(EVENTS, lambda answer: answer.update(events=answer["events"] * 12))
    line.fail(EVENTS, httpx.Response(400, json={"message": "no"}))
    ending, words, _ = await run(paper, *connecting(paper), *AS_IT_IS, SEE_EVENTS, "more", "", FINISH, line=line)
    assert plain_texts.EVENTS_SO_FAR.format(events="9 events") in words
    assert texts.EVENTS_COUNT.format(count=12) in words
    assert ending.state == "finished"


# The journal and the receipt


def cut_off(folder: Path, site: InProcessSite, state: str, answers: Answers, attempt: Attempt | None = None) -> None:
    """Leave what a run leaves that is killed in this state."""
    journal = Journal(folder)
    place = f"{site.url} {site.site_id}"
    journal.keep(Run(place, state, answers, datetime(2026, 11, 21, 9, 30, tzinfo=UTC), attempt))
    journal.close()


async def answers_of(site: InProcessSite) -> Answers:
    async with journey_on(site, Line(site)) as journey:
        provider, schedule = await provider_named(journey, "Apple"), await schedule_named(journey, "Dana Levi")
    return Answers().with_provider(provider).with_schedule(schedule)


async def test_a_run_that_was_cut_off_looks_first_for_what_it_may_have_made(
    paper: InProcessSite, tmp_path: Path
) -> None:
    account, answers = paper.account("Apple"), await answers_of(paper)
    assert answers.provider
    assert answers.schedule
    attempt = Attempt(Method.CREDENTIALS, answers.provider.id, answers.schedule.id, {}, account.email)
    await run(paper, *connecting(paper))
    cut_off(tmp_path, paper, "credentials", answers, attempt)
    ending, words, line = await run(paper, "", *AS_IT_IS, FINISH, records=tmp_path)
    assert texts.LEFT_TITLE in words
    assert texts.FOUND_MADE.format(email=account.email) in words
    assert (ending.state, line.count(CONNECT)) == ("finished", 0)
    assert find(tmp_path, f"{paper.url} {paper.site_id}") == Found()


async def test_a_run_that_was_cut_off_can_be_forgotten_and_one_that_ends_leaves_nothing(
    paper: InProcessSite, tmp_path: Path
) -> None:
    cut_off(tmp_path, paper, "schedule", await answers_of(paper))
    _, words, _ = await run(paper, records=tmp_path)
    assert texts.LEFT_TITLE in words
    _, words, _ = await run(paper, "?", "2", "leave", records=tmp_path)
    assert plain_texts.LEFT_HELP in words
    assert texts.STATES["provider"].title in words
    assert find(tmp_path, f"{paper.url} {paper.site_id}") == Found()


async def test_a_terminal_that_is_closed_leaves_the_run_to_the_next_start(paper: InProcessSite, tmp_path: Path) -> None:
    class Terminal(Heard):
        closed_by_person = False

        def write(self, text: str) -> int:
            if self.closed_by_person:
                raise OSError(errno.EIO, "it is gone")
            return super().write(text)

        def fileno(self) -> int:
            return file.fileno()

    async def close(person: Person) -> str:
        await person.hears(texts.STATES["schedule"].lead)
        heard.closed_by_person = True
        return "1"

    heard = Terminal()
    with (tmp_path / "terminal").open("w") as file:
        front = Person(Line(paper), [APPLE, close], types=True, heard=heard).front(paper, records=tmp_path / "runs")
        assert await front.run() is None
    assert front.signal == signal.SIGHUP
    left = find(tmp_path / "runs", f"{paper.url} {paper.site_id}").left
    assert left
    assert left.run.state == "schedule"
    left.journal.close()


async def test_a_lost_answer_is_looked_for_before_anything_is_sent_again(paper: InProcessSite) -> None:
    line = Line(paper)
    line.lose(CONNECT)
    ending, _, line = await run(paper, *connecting(paper), *AS_IT_IS, FINISH, line=line)
    assert (ending.state, line.count(CONNECT)) == ("finished", 1)


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_the_receipt_is_saved_in_the_current_folder(
    paper: InProcessSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answers = (*connecting(paper), *AS_IT_IS, "receipt", "receipt", "status", FINISH)
    _, words, _ = await run(paper, *answers, now=lambda: datetime(2026, 11, 23, tzinfo=UTC))
    (saved,) = files_in(tmp_path)
    assert saved.name in words
    assert texts.RECEIPT_FAILED.format(reason="File exists") in words
