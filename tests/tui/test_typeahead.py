"""Keys that come in one go, from a password manager or on a slow line: each finds what the one before has left."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.tui.stage import DAN, FakeJourney, app_at, at, listed, press_in_one_go, settled, until, value
from wizard.tui import typeahead
from wizard.tui.widgets.dialog import Ask

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from wizard.domain import Schedule


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


async def test_what_is_typed_while_the_schedules_load_filters_them() -> None:
    journey = SlowJourney()
    app = app_at("schedule", journey)
    async with app.run_test() as pilot:
        await pilot.press(*"dan ok")
        journey.there.set()
        await settled(pilot)
        await pilot.press("a")
        assert value(app, "filter") == "dan oka"
        assert listed(app).highlighted == DAN


@dataclass
class SlowJourney(FakeJourney):
    """A journey whose schedules come when they are `there`."""

    there: asyncio.Event = field(default_factory=asyncio.Event)

    async def schedules(self) -> AsyncIterator[list[Schedule]]:
        await self.there.wait()
        async for page in super().schedules():
            yield page


async def test_a_way_out_does_not_wait_for_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typeahead, "LONGEST", 0.05)
    app = app_at("provider")
    done = asyncio.Event()

    async def take_long(_: str) -> None:
        await done.wait()

    async with app.run_test() as pilot:
        await settled(pilot)
        await app.push_screen(Ask("", "", [("only", "the only answer")], before=take_long))
        try:
            await press_in_one_go(pilot, "enter", "x", "ctrl+c")
            await until(lambda: app.flow().is_over)
        finally:
            done.set()
