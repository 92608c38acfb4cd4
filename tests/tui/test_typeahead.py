"""Keys that come in one go, from a password manager or on a slow line: each finds what the one before has left."""

from __future__ import annotations

import asyncio

import pytest

from tests.tui.stage import app_at, at, press_in_one_go, settled, until, value
from wizard.tui.widgets.dialog import Ask


@pytest.mark.parametrize("key", ["enter", "tab"])
async def test_a_password_typed_right_after_the_email_is_in_its_own_field(key: str) -> None:
    app = app_at("credentials")
    async with app.run_test() as pilot:
        await settled(pilot)
        await press_in_one_go(pilot, *"d@e.example", key, *"abcd-efgh")
        assert (value(app, "email"), value(app, "password")) == ("d@e.example", "abcd-efgh")


async def test_each_enter_answers_its_own_question() -> None:
    app = app_at("provider")
    async with app.run_test() as pilot:
        await settled(pilot)
        await press_in_one_go(pilot, "enter", "enter")
        await at(pilot, "schedule")


async def test_a_way_out_does_not_wait_for_what_takes_long() -> None:
    app = app_at("provider")
    done = asyncio.Event()

    async def take_long(_: str) -> None:
        await done.wait()

    async with app.run_test() as pilot:
        await settled(pilot)
        await app.push_screen(Ask("", "", [("only", "the only answer")], before=take_long))
        try:
            await press_in_one_go(pilot, "enter", "ctrl+c")
            await until(lambda: app.flow().is_over)
        finally:
            done.set()
