"""The schedule screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.tui import stage
from tests.tui.stage import (
    APPLE,
    BUSINESS,
    DAN,
    DANA,
    OF_APPLE,
    ROOM,
    FakeJourney,
    app_at,
    at,
    enter,
    keys,
    listed,
    phase_of,
    said,
    settled,
    shown,
    state_of,
    text_of,
    until,
    value,
)
from wizard.answers import Answers
from wizard.domain import Fault, Schedule, ScheduleKind, Status
from wizard.tui.step import Phase
from wizard.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from wizard.front.outcome import Ending

ZOE = Schedule("s9", "Zoë Łukasz", ScheduleKind.STAFF)


async def test_typing_filters_without_case_or_accents_while_the_business_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "SCHEDULES", [*stage.SCHEDULES, ZOE])
    app = app_at("schedule")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert text_of(app, "#count") == "7 of 7"
        await pilot.press("Z", "o", "e")
        assert text_of(app, "#count") == "1 of 7"
        assert listed(app).highlighted == ZOE
        assert "Business hours" in shown(app)
        assert "Dana" not in shown(app)


async def test_an_empty_page_is_no_list_and_can_be_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "SCHEDULES", [])
    app = app_at("schedule")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert phase_of(pilot) is Phase.FAILED
        assert "ctrl+r try again" in keys(app)


async def test_no_match_says_so_and_enter_does_nothing() -> None:
    app = app_at("schedule")
    async with app.run_test() as pilot:
        await settled(pilot)
        await enter(pilot, filter="[nobody]")
        assert said(app) == "· No schedule name contains “[nobody]”."
        assert text_of(app, "#count") == "0 of 6"
        assert "enter continue" not in keys(app)
        assert state_of(app) == "schedule"
        assert "Business hours" in shown(app)
        await enter(pilot, filter="room")
        await at(pilot, "credentials")
        assert app.step.answers.schedule == ROOM


@pytest.mark.parametrize("terminal", ["xterm", "tmux"])
async def test_esc_clears_the_filter_before_it_goes_back(monkeypatch: pytest.MonkeyPatch, terminal: str) -> None:
    monkeypatch.setenv("TERM", terminal)
    app = app_at("schedule")
    async with app.run_test(size=(100, 24)) as pilot:
        await settled(pilot)
        await pilot.press("d", "a", "n")
        assert "esc clear" in keys(app)
        assert "esc back" not in keys(app)
        await pilot.press("escape")
        assert text_of(app, "#count") == "6 of 6"
        assert "esc clear" not in keys(app)
        assert ("esc back" in keys(app)) == (terminal == "tmux")
        await pilot.press("escape")
        await at(pilot, "method")


async def test_typing_filters_also_after_tab_or_a_click_on_the_list() -> None:
    app = app_at("schedule")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("tab", "o")
        await pilot.click(Picker, offset=(3, 1))
        await pilot.press("k")
        assert value(app, "filter") == "ok"


async def test_the_same_provider_twice_is_warned_about_and_the_second_enter_goes_on() -> None:
    app = app_at("schedule")
    async with app.run_test() as pilot:
        await settled(pilot)
        await enter(pilot, filter="okafor")
        assert "Apple is already connected to Dan Okafor (dan@icloud.example)." in said(app)
        assert state_of(app) == "schedule"
        await pilot.press("enter")
        await at(pilot, "credentials")
        assert app.step.answers.schedule == DAN


async def test_a_warning_is_forgotten_when_another_row_is_looked_at() -> None:
    app = app_at("schedule")
    async with app.run_test() as pilot:
        await settled(pilot)
        listed(app).highlight_key("s2")
        await pilot.press("enter", "up")
        assert said(app) == ""
        await pilot.press("down", "enter")
        assert "already" in said(app)
        assert state_of(app) == "schedule"


@pytest.mark.parametrize("status", [Status.CONNECTED, Status.DISCONNECTED])
async def test_neither_this_runs_own_connection_nor_a_broken_one_is_warned_about(status: Status) -> None:
    own = replace(OF_APPLE, status=status)
    answers = Answers().with_provider(APPLE).with_schedule(DANA)
    if status.healthy:
        answers = answers.with_connection(own)
    app = app_at("schedule", FakeJourney(made=own), answers)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert listed(app).highlighted == DANA
        await pilot.press("enter")
        await at(pilot, "credentials")


async def test_page_keys_in_the_filter_move_the_list() -> None:
    app = app_at("schedule")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("pagedown")
        assert listed(app).highlighted.id == "s5"  # type: ignore[union-attr]
        await pilot.press("pageup")
        assert listed(app).highlighted == BUSINESS


async def test_both_reads_go_out_together() -> None:
    journey = FakeJourney(hangs={"schedules"})
    app = app_at("schedule", journey)
    async with app.run_test():
        await until(lambda: set(journey.calls) == {"schedules", "connections"})


@pytest.mark.parametrize("call", ["schedules", "connections"])
async def test_a_fault_of_either_read_is_shown_and_tried_again(call: str) -> None:
    journey = FakeJourney(faults={call: Fault("offline", message="no route to host")})
    app = app_at("schedule", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "No route to host" in said(app)
        assert "enter" not in keys(app)
        journey.faults.clear()
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert listed(app).total == 6


async def away(pilot: Pilot[Ending]) -> None:
    await pilot.press("ctrl+b")
    await at(pilot, "method")


async def back(pilot: Pilot[Ending]) -> None:
    await pilot.press("enter")
    await at(pilot, "schedule")


async def test_on_the_way_back_the_list_is_there_at_once_and_is_read_again_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    journey = FakeJourney()
    app = app_at("schedule", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await away(pilot)
        monkeypatch.setattr(stage, "SCHEDULES", [*stage.SCHEDULES[1:], ZOE])
        journey.hangs.add("schedules")
        await back(pilot)
        assert text_of(app, "#count") == "6 of 6"
        journey.hangs.clear()
        await away(pilot)
        await back(pilot)
        await until(lambda: ZOE in listed(app).rows)
        assert BUSINESS not in listed(app).rows


async def test_a_list_that_cannot_be_read_again_stays_without_a_word() -> None:
    journey = FakeJourney()
    app = app_at("schedule", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await away(pilot)
        journey.faults["connections"] = Fault("offline")
        await back(pilot)
        await until(lambda: journey.calls.count("connections") == 2)
        await settled(pilot)
        assert said(app) == ""
        assert listed(app).total == 6


async def test_what_stands_on_a_schedule_is_named_beside_it() -> None:
    app = app_at("schedule")
    async with app.run_test(size=(110, 24)) as pilot:
        await settled(pilot)
        lines = shown(app).splitlines()
        assert any("Dan Okafor" in line and "● Apple" in line for line in lines)
        assert any("Business hours" in line and "● Google" in line for line in lines)
