"""Keys that come in one go, from a password manager or on a slow line: each finds what the one before has left."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from tests.tui.stage import DAN, FakeJourney, app_at, at, listed, press_in_one_go, settled, until, value
from wizard.tui import typeahead
from wizard.tui.theme import DARK, LIGHT
from wizard.tui.widgets.dialog import Ask

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

    from wizard.domain import Schedule
    from wizard.front.outcome import Ending
    from wizard.tui.app import WizardApp


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


async def test_what_takes_long_holds_up_what_was_typed_ahead_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typeahead, "LONGEST", 0.05)
    async with working_on_an_answer() as pilot:
        await press_in_one_go(pilot, "enter", "f2")
        await until(lambda: pilot.app.theme == LIGHT.name)


async def test_the_way_out_waits_for_nothing_and_what_was_typed_ahead_of_it_is_thrown_away() -> None:
    async with working_on_an_answer() as pilot:
        app = cast("WizardApp", pilot.app)
        await press_in_one_go(pilot, "enter", "f2", "ctrl+c")
        assert app.flow().is_over
        assert app.theme == DARK.name


@asynccontextmanager
async def working_on_an_answer() -> AsyncIterator[Pilot[Ending]]:
    """Ask something: what the answer, enter, sets off has no end until the test has."""
    done = asyncio.Event()

    async def take_long(_: str) -> None:
        await done.wait()

    async with app_at("provider").run_test() as pilot:
        await settled(pilot)
        await pilot.app.push_screen(Ask("", "", [("only", "the only answer")], before=take_long))
        try:
            yield pilot
        finally:
            done.set()
