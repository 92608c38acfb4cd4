"""Dialogs, also when clicks come in one go, as on a slow line: all reach what was there when the first came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui.stage import (
    APPLE,
    OF_STATE,
    app_at,
    at,
    click_in_one_go,
    cut_off,
    listed,
    resize,
    settled,
    shown,
    state_of,
    until,
)
from wizard.terminal import LEAST_COLUMNS, LEAST_ROWS
from wizard.tui.frame import Frame
from wizard.tui.widgets.choice import Choice, ChoiceScreen
from wizard.tui.widgets.dialog import Ask
from wizard.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_question_is_answered_once() -> None:
    app = app_at("authorize")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+c")
        assert isinstance(app.screen, Ask)
        await click_in_one_go(pilot, app.screen.query_one(Picker), times=3, line=1)
        assert isinstance(app.screen, Frame)


async def test_a_list_opens_once_and_closes_once() -> None:
    app = app_at("events")
    async with app.run_test() as pilot:
        await settled(pilot)
        await click_in_one_go(pilot, app.screen.query(Choice).first(), times=2)
        assert len(app.screen_stack) == 2
        await click_in_one_go(pilot, app.screen.query_one(Picker), times=2)
        assert isinstance(app.screen, Frame)


async def test_a_list_stands_in_the_middle_as_every_dialog_does() -> None:
    app = app_at("events")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        app.screen.query(Choice).first().focus()
        await pilot.press("space")
        box = app.screen.query_one(".dialog").region
        assert (box.x, box.y) == ((80 - box.width) // 2, (24 - box.height) // 2)


async def test_what_is_asked_and_the_answers_are_there_in_the_smallest_window_too(tmp_path: Path) -> None:
    cut_off(tmp_path, "credentials")
    app = app_at("provider", session={"records": tmp_path})
    async with app.run_test(size=(LEAST_COLUMNS, LEAST_ROWS)) as pilot:
        await until(lambda: isinstance(app.screen, Ask))
        await pilot.pause()
        lines = {"Apple · Dana Levi", "Start over and forget that run", "▌ Continue there"}
        assert lines <= {line.strip() for line in shown(app).splitlines()}


async def test_of_a_text_that_is_longer_than_the_window_the_rest_is_a_key_away_that_is_said() -> None:
    app = app_at("method")
    async with app.run_test(size=(LEAST_COLUMNS, LEAST_ROWS)) as pilot:
        await app.push_screen(Ask("Really?", "word " * 60 + "end", [("yes", "Yes"), ("no", "No")]))
        await pilot.pause()
        assert "pgup pgdn scroll" in shown(app)
        await pilot.press("pagedown", "pagedown")
        assert "end" in shown(app)
        assert "▌ No" in shown(app)
        await pilot.press("pageup", "pageup")
        assert "end" not in shown(app)
        await resize(pilot, 80, 24)
        assert "scroll" not in shown(app)


async def test_a_list_that_is_longer_than_the_window_shows_what_is_chosen() -> None:
    app = app_at("method")
    async with app.run_test(size=(LEAST_COLUMNS, LEAST_ROWS)) as pilot:
        schedules = [(str(number), f"schedule {number}") for number in range(20)]
        await app.push_screen(ChoiceScreen("Schedule", schedules, "19"))
        await pilot.pause()
        assert "▌ schedule 19" in shown(app)


async def test_replacing_a_connection_asks_once() -> None:
    app = app_at("provider", answers=OF_STATE["done"])
    async with app.run_test() as pilot:
        await settled(pilot)
        assert app.step.answers.provider == APPLE
        await click_in_one_go(pilot, listed(app), times=3)
        assert [type(screen) for screen in app.screen_stack] == [Frame, Ask]


async def test_a_run_is_gone_on_with_before_the_question_goes_away(tmp_path: Path) -> None:
    cut_off(tmp_path, "credentials")
    app = app_at("provider", session={"records": tmp_path})
    async with app.run_test() as pilot:
        await until(lambda: isinstance(app.screen, Ask))
        seen: list[str] = []
        app.screen_change_signal.subscribe(app, lambda _: seen.append(state_of(app)))
        await click_in_one_go(pilot, app.screen.query_one(Picker), times=3, line=1)
        await at(pilot, "credentials")
        assert seen == ["credentials"]
