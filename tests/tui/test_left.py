"""Runs that were cut off: what is kept of them, and how the next start goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.tui.stage import (
    APPLE,
    DANA,
    GOOGLE,
    OF_APPLE,
    OF_GOOGLE,
    SITE,
    FakeJourney,
    app_at,
    at,
    cut_off,
    listed,
    said,
    settled,
    shown,
    state_of,
    until,
    until_said,
    value,
)
from wizard import texts
from wizard.answers import Answers
from wizard.domain import Attempt, Fault, Method
from wizard.record import Found, find
from wizard.tui.widgets.dialog import Ask

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from wizard.tui.app import WizardApp

BY_PASSWORD = Attempt(Method.CREDENTIALS, "apple", "s1", {}, "dana@icloud.example")
BY_BROWSER = Attempt(Method.OAUTH, "google", "s1", {})


def kept_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def started_in(folder: Path, journey: FakeJourney | None = None) -> WizardApp:
    return app_at("provider", journey, session={"records": folder})


async def go_on(pilot: Pilot[Any], state: str) -> None:
    """Be asked, and go on with the run that was cut off."""
    await until(lambda: isinstance(pilot.app.screen, Ask))
    await pilot.press("enter")
    await at(pilot, state)


@pytest.mark.parametrize("state", ["connections", "schedule", "credentials", "review", "events"])
async def test_a_run_that_was_cut_off_goes_on_where_it_was(tmp_path: Path, state: str) -> None:
    cut_off(tmp_path, state)
    app = started_in(tmp_path)
    async with app.run_test() as pilot:
        await until(lambda: isinstance(pilot.app.screen, Ask))
        await until(lambda: "Apple" in shown(app) and texts.STATES[state].step in shown(app))
        await go_on(pilot, state)
        assert app.step.answers.provider == APPLE
    assert find(tmp_path, SITE).left is not None  # cut off once more


async def test_what_was_switched_in_a_run_that_was_cut_off_is_still_so(tmp_path: Path) -> None:
    cut_off(tmp_path, "review")
    for drawn in ("○ Export off", "◉ Export on"):
        app = started_in(tmp_path)
        async with app.run_test() as pilot:
            await go_on(pilot, "review")
            assert drawn in shown(app)
            await pilot.press("end", "space")


async def test_it_can_be_forgotten_instead(tmp_path: Path) -> None:
    cut_off(tmp_path, "schedule")
    app = started_in(tmp_path)
    async with app.run_test() as pilot:
        await until(lambda: isinstance(pilot.app.screen, Ask))
        await pilot.press("up", "enter")
        await at(pilot, "provider")
        assert app.step.answers == Answers()
    assert kept_in(tmp_path) == []


async def test_the_connection_that_was_made_meanwhile_is_found_and_reviewed(tmp_path: Path) -> None:
    cut_off(tmp_path, "authorize", BY_BROWSER)
    journey = FakeJourney(meanwhile=OF_GOOGLE, made=OF_GOOGLE)
    app = started_in(tmp_path, journey)
    async with app.run_test() as pilot:
        await go_on(pilot, "review")
        await until_said(app, texts.FOUND_MADE.format(email=OF_GOOGLE.email))
        assert journey.sent[0] == BY_BROWSER
        assert "authorize" not in journey.calls


async def test_where_nothing_was_made_the_sign_in_starts_again_with_the_email(tmp_path: Path) -> None:
    cut_off(tmp_path, "credentials", BY_PASSWORD)
    app = started_in(tmp_path)
    async with app.run_test() as pilot:
        await go_on(pilot, "credentials")
        await until_said(app, texts.FOUND_NONE)
        assert value(app, "email") == BY_PASSWORD.email
        assert value(app, "password") == ""


async def test_a_look_that_fails_can_be_tried_again(tmp_path: Path) -> None:
    cut_off(tmp_path, "credentials", BY_PASSWORD)
    journey = FakeJourney(faults={"look": Fault("offline")}, meanwhile=OF_APPLE)
    app = started_in(tmp_path, journey)
    async with app.run_test() as pilot:
        await go_on(pilot, "credentials")
        journey.faults.clear()
        await pilot.press("ctrl+r")
        await at(pilot, "review")


async def test_a_run_is_kept_at_every_step_and_while_it_connects(tmp_path: Path) -> None:
    journey = FakeJourney()
    app = started_in(tmp_path, journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        listed(app).highlight_key("google")
        await pilot.press("enter")
        await at(pilot, "method")
        await pilot.press("enter")
        await at(pilot, "schedule")
        listed(app).highlight_key("s1")
        await pilot.press("enter")
        await at(pilot, "authorize")
        journey.on_attempt(BY_BROWSER)
    left = find(tmp_path, SITE).left
    assert left is not None
    assert left.run.state == "authorize"
    assert left.run.answers == Answers().with_provider(GOOGLE).with_schedule(DANA)
    assert left.run.attempt == BY_BROWSER
    left.journal.close()


@pytest.mark.parametrize("keys", [["end", "enter"], ["ctrl+c"]], ids=["finished", "left"])
async def test_a_run_that_ended_leaves_nothing(tmp_path: Path, keys: list[str]) -> None:
    cut_off(tmp_path, "done")
    app = started_in(tmp_path)
    async with app.run_test() as pilot:
        await go_on(pilot, "done")
        listed(app).highlight_key("next")
        await pilot.press(*keys)
    assert kept_in(tmp_path) == []


async def test_what_is_left_while_consent_is_awaited_can_be_found_later(tmp_path: Path) -> None:
    cut_off(tmp_path, "authorize", BY_BROWSER)
    journey = FakeJourney()
    app = started_in(tmp_path, journey)
    async with app.run_test() as pilot:
        await until(lambda: isinstance(pilot.app.screen, Ask))
        await until(lambda: "providers" in journey.calls)  # it is open before it is known which run goes on
        await go_on(pilot, "authorize")
        await until(lambda: app.step.under_way)
        journey.on_attempt(BY_BROWSER)
        await pilot.press("ctrl+c")
        await until(lambda: isinstance(pilot.app.screen, Ask))
        await pilot.press("up", "enter")
    left = find(tmp_path, SITE).left
    assert left is not None
    assert left.run.attempt == BY_BROWSER
    left.journal.close()


async def test_a_record_that_cannot_be_read_is_said_and_set_aside(tmp_path: Path) -> None:
    path = cut_off(tmp_path, "schedule")
    path.write_text("{")
    app = started_in(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: isinstance(pilot.app.screen, Ask))
        await until(lambda: texts.UNREADABLE_TITLE in shown(app))
        await pilot.press("enter")
        await at(pilot, "provider")
        assert state_of(app) == "provider"
        assert said(app) == ""
    assert find(tmp_path, SITE) == Found()


async def test_without_a_folder_for_it_everything_works_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    app = started_in(tmp_path / "file" / "runs")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("enter")
        await at(pilot, "method")
