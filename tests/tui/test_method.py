"""The method screen."""

from __future__ import annotations

from tests.tui.stage import FASTMAIL, NEITHER, app_at, at, keys, listed, said, settled, shown, state_of
from wizard.answers import Answers
from wizard.domain import Method


async def test_the_one_way_is_shown_with_what_to_have_at_hand() -> None:
    app = app_at("method")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert listed(app).rows == [Method.CREDENTIALS]
        assert "There is one way, so there is nothing to choose." in shown(app)
        assert "app-specific password" in shown(app)
        assert "choose" not in keys(app)
        await pilot.press("enter")
        await at(pilot, "schedule")


async def test_two_ways_are_a_question_and_each_says_what_it_asks_for() -> None:
    app = app_at("method", answers=Answers().with_provider(FASTMAIL))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "It offers two ways. Which one do you want?" in shown(app)
        assert "opens a link" in shown(app)
        await pilot.press("down")
        assert "You type the email address" in " ".join(shown(app).split())
        await pilot.press("enter")
        await at(pilot, "schedule")
        assert app.step.answers.method is Method.CREDENTIALS


async def test_no_way_is_a_dead_end_with_a_way_back() -> None:
    app = app_at("method", answers=Answers().with_provider(NEITHER))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "Paper diary can't be connected from here." in said(app)
        assert keys(app) == "ctrl+b back f1 help ctrl+c leave"
        await pilot.press("enter", "ctrl+r")
        assert state_of(app) == "method"
        await pilot.press("ctrl+b")
        await at(pilot, "provider")
