"""The authorize screen."""

from __future__ import annotations

import asyncio
import sys
import threading
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from tests.tui.stage import (
    DANA,
    GOOGLE,
    OF_GOOGLE,
    URL,
    FakeAttempt,
    FakeJourney,
    app_at,
    at,
    enter,
    focused,
    keys,
    keys_by_focus,
    press_in_one_go,
    resize,
    said,
    settled,
    shown,
    state_of,
    text_of,
    until,
    until_said,
    value,
)
from wizard.answers import Answers
from wizard.domain import Fault
from wizard.terminal import LEAST_COLUMNS, LEAST_ROWS
from wizard.tui.step import Phase
from wizard.tui.widgets.link import Link

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CONNECTED = Answers().with_provider(GOOGLE).with_schedule(DANA).with_connection(OF_GOOGLE)


@pytest.mark.parametrize(("opens", "words"), [(True, "Opened in your browser."), (False, "No graphical browser")])
async def test_o_opens_the_link_in_a_thread_of_its_own_and_says_so(opens: bool, words: str) -> None:
    opened: list[tuple[str, bool]] = []

    def open_browser(url: str) -> bool:
        opened.append((url, threading.current_thread() is threading.main_thread()))
        return opens

    app = app_at("authorize", session={"open_browser": open_browser})
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("o")
        await until(lambda: words in said(app))
        assert opened == [(URL, False)]


async def test_no_browser_is_opened_where_the_settings_forbid_it() -> None:
    opened: list[str] = []
    app = app_at("authorize", session={"open_browser": opened.append}, open_browser=False)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "open here" not in text_of(app, "#link-keys")
        await pilot.press("o")
        assert opened == []


async def test_c_copies_the_link_and_says_where_to() -> None:
    app = app_at("authorize")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("c")
        assert app.clipboard == URL
        assert "Sent to your terminal's clipboard." in said(app)


async def test_n_makes_a_fresh_link_and_drops_the_old_attempt() -> None:
    journey = FakeJourney()
    app = app_at("authorize", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        journey.url = URL + "-fresh"
        await pilot.press("n")
        await until(lambda: app.screen.query_one(Link).url == URL + "-fresh")
        assert [attempt.closed for attempt in journey.attempts] == [True, False]


async def test_a_fresh_link_waits_until_the_old_attempt_has_closed_its_port() -> None:
    left, closes = asyncio.Event(), asyncio.Event()

    class OnOnePort(FakeJourney):
        @asynccontextmanager
        async def authorize(self, *chosen: Any, **more: Any) -> AsyncIterator[FakeAttempt]:
            if not all(attempt.closed for attempt in self.attempts):
                raise Fault("listener_taken")
            async with super().authorize(*chosen, **more) as attempt:
                try:
                    yield attempt
                finally:
                    left.set()
                    await closes.wait()

    journey = OnOnePort()
    app = app_at("authorize", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("n")
        await left.wait()
        await pilot.pause()
        closes.set()
        await until(lambda: app.step.fault or len(journey.attempts) == 2)
        assert app.step.fault is None


async def test_a_paste_goes_to_the_box_wherever_the_focus_is_and_its_lines_are_joined() -> None:
    journey = FakeJourney()
    app = app_at("authorize", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert focused(app) == "link"
        app.post_message(events.Paste("http://127.0.0.1:9/\n  back?connection\r\nId=42 \n"))
        await until(lambda: value(app, "paste") != "")
        assert value(app, "paste") == "http://127.0.0.1:9/back?connectionId=42"
        assert focused(app) == "paste"
        app.post_message(events.Paste("http://127.0.0.1:9/back?\nconnectionId=43"))
        await until(lambda: value(app, "paste").endswith("=43"))
        await pilot.press("enter")
        await at(pilot, "review")
        assert journey.attempts[0].pasted == ["http://127.0.0.1:9/back?connectionId=43"]
        assert app.step.answers.connection is not None


async def test_an_address_that_comes_letter_by_letter_goes_to_the_box_too() -> None:
    app = app_at("authorize")
    async with app.run_test() as pilot:
        await settled(pilot)
        await press_in_one_go(pilot, *"http://127.0.0.1:9/back?no")
        await until(lambda: value(app, "paste") == "http://127.0.0.1:9/back?no")
        assert focused(app) == "paste"


async def test_the_keys_are_those_of_the_link_or_the_box() -> None:
    app = app_at("authorize")
    async with app.run_test() as pilot:
        await settled(pilot)
        own = {"link": "tab paste box", "paste": "enter use pasted tab link"}
        assert await keys_by_focus(pilot, "tab", 3) == own
        await pilot.press("f1")
        help_lists = text_of(app, ".dialog-keys")
        assert all(key in help_lists for key in ("o open here", "c copy", "r QR code", "n new link"))


async def test_a_link_longer_than_the_window_is_drawn_alone_below_its_keys_and_the_wait() -> None:
    url = URL + "?scope=" + "x" * 1500
    app = app_at("authorize", FakeJourney(url=url))
    async with app.run_test() as pilot:
        await settled(pilot)
        for columns, rows in ((80, 24), (60, 20), (LEAST_COLUMNS, LEAST_ROWS)):
            await resize(pilot, columns, rows)
            above, _, below = shown(app).partition(URL[:20])
            assert "c copy" in above
            assert "Waiting for you to allow it   9:41" in above
            *rest, last = below.split("\n")
            drawn = URL[:20] + "".join(rest)
            assert drawn == url[: columns * len(rest)]
            assert "↑↓ scroll" in last
        await pilot.press("tab")
        await until(lambda: "Paste where it" in shown(app))


async def test_enter_on_the_link_goes_to_the_box_and_the_link_shows_whether_it_has_the_focus() -> None:
    app = app_at("authorize")
    async with app.run_test() as pilot:
        await settled(pilot)
        with_focus = app.screen.query_one(Link).rich_style
        await pilot.press("enter")
        assert focused(app) == "paste"
        assert app.screen.query_one(Link).rich_style != with_focus


async def test_enter_in_an_empty_box_says_what_belongs_there() -> None:
    journey = FakeJourney()
    app = app_at("authorize", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await enter(pilot, paste=" ")
        assert "Paste the address here first" in said(app)
        assert journey.attempts[0].pasted == []


async def test_an_unreadable_paste_stays_and_goes_on_waiting() -> None:
    journey = FakeJourney()
    app = app_at("authorize", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await enter(pilot, paste="hello")
        assert "That isn't the address the browser ended on." in said(app)
        assert "try again" not in keys(app)
        assert value(app, "paste") == "hello"
        assert URL in shown(app)
        journey.attempts[0].home.set_result(OF_GOOGLE)
        await at(pilot, "review")


async def test_a_refusal_shows_its_words_and_ctrl_r_gets_a_fresh_link() -> None:
    journey = FakeJourney()
    app = app_at("authorize", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        for number, (code, words) in enumerate(
            [
                ("oauth_reject", "Access wasn't allowed."),
                ("oauth_expired", "Nobody allowed access in time."),
                ("connection_token_revoked", "Google no longer allows access."),
            ]
        ):
            journey.attempts[number].home.set_exception(Fault(code))
            await until_said(app, words)
            assert "ctrl+r new link" in keys(app)
            assert "Open this" not in shown(app)
            assert not app.step.under_way
            await pilot.press("ctrl+r")
            await until(lambda: said(app) == "")
            await settled(pilot)
            assert "Open this" in shown(app)
            assert URL in shown(app)
            assert len(journey.attempts) == number + 2


async def test_a_fault_before_there_is_a_link_can_be_tried_again() -> None:
    journey = FakeJourney(faults={"authorize": Fault("listener_taken")})
    app = app_at("authorize", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "The wizard can't listen on the redirect address." in said(app)
        journey.faults.clear()
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert URL in shown(app)


async def test_consent_goes_on_with_the_connection_and_its_email() -> None:
    journey = FakeJourney(made=OF_GOOGLE)
    app = app_at("authorize", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        journey.attempts[0].home.set_result(OF_GOOGLE)
        await at(pilot, "review")
        assert app.step.answers.connection == OF_GOOGLE
        assert app.step.answers.email == OF_GOOGLE.email
        assert journey.attempts[0].closed


async def test_what_is_left_of_the_time_is_shown() -> None:
    now = 0.0
    app = app_at("authorize", session={"clock": lambda: now})
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "9:41" in text_of(app, "#waiting")
        assert "listening on 127.0.0.1:49213" in text_of(app, "#waiting")
        now = 522.0
        await until(lambda: "0:59" in text_of(app, "#waiting"))


async def test_a_wait_that_is_left_ends_the_attempt() -> None:
    journey = FakeJourney()
    app = app_at("authorize", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+b")
        await at(pilot, "schedule")
        await until(lambda: journey.attempts[0].closed)


async def test_a_link_that_takes_too_long_is_not_shown_after_all(monkeypatch: pytest.MonkeyPatch) -> None:
    late = asyncio.Event()

    class Slow(FakeJourney):
        async def _call(self, name: str) -> None:
            await super()._call(name)
            if name == "authorize":
                await late.wait()

    journey = Slow()
    app = app_at("authorize", journey)
    async with app.run_test() as pilot:
        await until(lambda: "authorize" in journey.calls)
        monkeypatch.setattr("wizard.tui.step.STEP_SECONDS", 0.01)
        await pilot.press("n")
        await until(lambda: "Wix didn't answer in time." in said(app))
        assert [w for w in app.workers if w.group == "attempt" and w.is_running] == []
        late.set()
        await pilot.pause()
        assert "Wix didn't answer in time." in said(app)
        assert not app.step.under_way
        assert journey.attempts == []


async def test_r_shows_a_qr_code_and_the_text_again() -> None:
    app = app_at("authorize")
    async with app.run_test(size=(80, 40)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        assert URL not in shown(app)
        assert "█" in shown(app)
        assert "hide QR" in text_of(app, "#link-keys")
        await pilot.press("r")
        assert URL in shown(app)


async def test_a_qr_code_that_does_not_fit_says_so() -> None:
    app = app_at("authorize", FakeJourney(url=URL + "?scope=" + "x" * 900))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("r")
        assert "The QR code needs a larger window." in said(app)


@pytest.mark.parametrize(("rows", "fits"), [(24, True), (20, False)])
async def test_a_qr_code_is_shown_whole_with_the_key_that_hides_it_or_not_at_all(rows: int, fits: bool) -> None:
    app = app_at("authorize", FakeJourney(url=URL + "?scope=" + "x" * 30))
    async with app.run_test(size=(60, rows)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await until(lambda: shown(app).count("▀▀▀▀▀▀▀") == (3 if fits else 0))  # the squares in three corners
        assert ("r hide QR" in keys(app)) == fits
        assert ("needs a larger window" in said(app)) != fits


async def test_a_terminal_that_has_no_blocks_is_offered_no_qr_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stderr__", SimpleNamespace(encoding="latin-1"))
    app = app_at("authorize")
    async with app.run_test(size=(80, 40)) as pilot:
        await settled(pilot)
        assert "QR" not in shown(app)
        await pilot.press("r")
        assert URL in shown(app)


async def test_with_a_connection_of_this_run_there_is_no_link_until_n() -> None:
    journey = FakeJourney()
    app = app_at("authorize", journey, CONNECTED)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "Already connected as dana@gmail.example." in said(app)
        assert journey.calls == []
        journey.hangs.add("authorize")
        await pilot.press("n", "up", "up", "enter")
        await until(lambda: "authorize" in journey.calls)
        await pilot.pause()
        assert journey.calls == ["disconnect", "authorize"]
        assert "Getting a fresh link" in text_of(app, "#busy")
        assert app.step.phase is Phase.LOADING
        assert state_of(app) == "authorize"
