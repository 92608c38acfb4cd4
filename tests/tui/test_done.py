"""The done screen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.tui.stage import (
    APPLE,
    DANA,
    FASTMAIL,
    GOOGLE,
    HOME,
    LAST_CALL,
    OF_APPLE,
    OF_STATE,
    SITE_ID,
    FakeJourney,
    app_at,
    at,
    keys,
    said,
    settled,
    shown,
    text_of,
    until,
)
from wizard.answers import Answers
from wizard.domain import Fault, Provider, Status, Sync
from wizard.terminal import LEAST_COLUMNS, LEAST_ROWS

if TYPE_CHECKING:
    from pathlib import Path


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize(
    ("provider", "sync", "words"),
    [
        (
            APPLE,
            Sync(imports=True, calendars=(HOME,), exports=True, dedicated=True),
            "Its events block booking times (from Home). Appointments appear in a calendar of their own.",
        ),
        (
            GOOGLE,
            Sync(exports=True),
            "Its events don't come in to Wix. Appointments appear in its primary calendar.",
        ),
        (FASTMAIL, Sync(imports=True), "Its events block booking times. Appointments don't go out to it."),
    ],
)
async def test_both_directions_are_said_in_words(provider: Provider, sync: Sync, words: str) -> None:
    made = replace(OF_APPLE, provider_id=provider.id, sync=sync)
    answers = Answers().with_provider(provider).with_schedule(DANA).with_connection(made)
    app = app_at("done", FakeJourney(made=made), answers)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert text_of(app, "#summary") == f"dana@icloud.example {words}"
        assert text_of(app, "#question") == f"{provider.name} is connected to Dana Levi"


async def test_the_status_moves_on_and_is_left_alone_once_in_sync() -> None:
    journey = FakeJourney(statuses=(Status.CONNECTED, Status.SYNC_IN_PROGRESS, Status.SYNCED))
    app = app_at("done", journey)
    async with app.run_test() as pilot:
        await until(lambda: text_of(app, "#status") == "✓ In sync")
        await pilot.pause()
        assert journey.calls == ["watch"]


async def test_until_it_is_in_sync_nobody_has_to_wait() -> None:
    app = app_at("done", FakeJourney(hangs={"watch"}))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert text_of(app, "#status") == "◐ Connected It can take a few minutes; you don't have to wait."
        await pilot.press("end", "enter")
    assert app.return_value is not None
    assert app.return_value.state == "finished"


async def test_a_fault_while_watching_can_be_tried_again() -> None:
    journey = FakeJourney(faults={"watch": Fault("offline")})
    app = app_at("done", journey)
    async with app.run_test() as pilot:
        await until(lambda: "Wix can't be reached." in said(app))
        assert "ctrl+r try again" in keys(app)
        journey.faults.clear()
        await pilot.press("ctrl+r")
        await until(lambda: text_of(app, "#status") == "✓ In sync")
        assert said(app) == ""


async def test_a_connection_that_breaks_while_it_is_watched_says_why() -> None:
    app = app_at("done", FakeJourney(statuses=(Status.CONNECTED, Status.ERROR)))
    async with app.run_test():
        await until(lambda: "Apple no longer allows access." in said(app))
        assert text_of(app, "#status") == "! Stopped by an error"


async def test_the_events_can_be_seen_and_left_again() -> None:
    app = app_at("done")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("enter")
        await at(pilot, "events")
        await pilot.press("ctrl+b")
        await at(pilot, "done")


async def test_another_calendar_starts_with_fresh_answers_and_the_run_stays_connected() -> None:
    journey = FakeJourney()
    app = app_at("done", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("down", "enter")
        await at(pilot, "provider")
        assert replace(app.step.answers, earlier=None) == OF_STATE["provider"]
        assert "disconnect" not in journey.calls
        await pilot.press("ctrl+c")
    assert app.return_value is not None
    assert app.return_value.state == "finished"
    assert app.return_value.answers.reached.connection == replace(journey.made, status=Status.SYNCED)


async def test_the_receipt_is_saved_in_the_current_directory_and_the_screen_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_at("done")
    async with app.run_test(size=(300, 24)) as pilot:
        await until(lambda: text_of(app, "#status") == "✓ In sync")
        await pilot.press("ctrl+s")
        await until(lambda: text_of(app, "#receipt"))
        name = "calendar-wizard-receipt-20261122-100000.json"
        assert text_of(app, "#receipt") == f"✓ The receipt is saved in {tmp_path} {name}"
    said = json.loads((tmp_path / name).read_text(encoding="utf-8"))
    assert (said["siteId"], said["provider"]["name"], said["connection"]["status"]) == (SITE_ID, "Apple", "SYNCED")
    assert [call["requestId"] for call in said["calls"]] == [LAST_CALL.request_id]


async def test_a_receipt_that_cannot_be_written_says_why_and_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    in_the_way = tmp_path / "calendar-wizard-receipt-20261122-100000.json"
    in_the_way.mkdir()
    app = app_at("done")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+s")
        await until(lambda: "The receipt could not be saved: File exists" in text_of(app, "#receipt"))
        in_the_way.rmdir()
        await pilot.press("ctrl+s")
        await until(lambda: "✓" in text_of(app, "#receipt"))
    assert in_the_way.is_file()


async def test_the_key_for_the_receipt_twice_at_once_saves_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_at("done")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+s", "ctrl+s")
        await until(lambda: text_of(app, "#receipt"))
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "✓" in text_of(app, "#receipt")
    assert names_in(tmp_path) == ["calendar-wizard-receipt-20261122-100000.json"]


async def test_the_choice_is_in_sight_in_the_smallest_window_too() -> None:
    app = app_at("done")
    async with app.run_test(size=(LEAST_COLUMNS, LEAST_ROWS)) as pilot:
        await settled(pilot)
        await pilot.press("end")
        await pilot.pause()
        assert "▌ Finish" in shown(app)
