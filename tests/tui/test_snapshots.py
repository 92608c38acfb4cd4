"""Every screen as a picture: what it looks like at three sizes, while it loads, with nothing in it, and at fault."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_textual_snapshot import SVGImageExtension
from textual.widgets import Input

from tests.tui.stage import (
    APPLE,
    DANA,
    ENDED,
    FASTMAIL,
    NEITHER,
    OF_APPLE,
    OF_STATE,
    STANDING,
    STOPPED,
    FakeJourney,
    app_at,
    cut_off,
    phase_of,
    resize,
    settled,
    until,
)
from wizard.answers import Answers
from wizard.domain import Fault
from wizard.tui.frame import Frame
from wizard.tui.step import Phase
from wizard.tui.widgets.dialog import Ask

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from syrupy.assertion import SnapshotAssertion
    from textual.pilot import Pilot

    from wizard.front.outcome import Ending

    Play = Callable[[Pilot[Ending]], Awaitable[None]]

EXPORTED = replace(STOPPED, sync=replace(STOPPED.sync, exports=True))
SIZES = ((80, 24), (60, 20), (120, 40))
SERVER = Fault("server_error", request_id="1732281.90")


async def _nothing(pilot: Pilot[Ending]) -> None:
    """Leave the screen as it comes."""


async def _sign_in(pilot: Pilot[Ending]) -> None:
    values = {"email": "dana@icloud.example", "password": "abcd-efgh-ijkl-mnop"}
    await _type(pilot, values, "password")


async def _check_site(pilot: Pilot[Ending]) -> None:
    values = {"site_id": "6a1f0c52-93d8-4e7b-b1a4-2f5c8d7e9b30", "api_key": "IST.some-key"}
    await _type(pilot, values, "api_key")


async def _type(pilot: Pilot[Ending], values: dict[str, str], last: str) -> None:
    for name, value in values.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = value
    pilot.app.screen.query_one(f"#{last}", Input).focus()
    await pilot.press("enter")


async def _choose_again(pilot: Pilot[Ending]) -> None:
    await pilot.press("d", "a", "n", " ", "o", "enter")


async def _export_on(pilot: Pilot[Ending]) -> None:
    await pilot.press("end", "space")


async def _looked(pilot: Pilot[Ending]) -> None:
    screen = pilot.app.screen
    assert isinstance(screen, Frame)
    await until(lambda: any(hint.key == "c" for hint in screen.step.all_hints()))


async def _ask_to_disconnect(pilot: Pilot[Ending]) -> None:
    await pilot.press("end", "d")


async def _refused(pilot: Pilot[Ending]) -> None:
    journey = await pilot.app._session.journey()  # type: ignore[attr-defined]  # noqa: SLF001 - the fake's attempt
    journey.attempts[-1].home.set_exception(Fault("oauth_reject"))
    await until(lambda: phase_of(pilot) is Phase.FAILED)


@dataclass
class Scene:
    """A state, what its journey does, and what is played before the picture is taken."""

    state: str
    journey: Callable[[], FakeJourney] = FakeJourney
    play: Play = _nothing
    answers: Answers | None = None


def hangs(*calls: str) -> Callable[[], FakeJourney]:
    return lambda: FakeJourney(hangs=set(calls))


def fails(call: str, fault: Fault) -> Callable[[], FakeJourney]:
    return lambda: FakeJourney(faults={call: fault})


def empty() -> FakeJourney:
    return FakeJourney(empty=True)


def nobody() -> FakeJourney:
    return FakeJourney(nobody=True)


def trouble() -> FakeJourney:
    return FakeJourney(others=[*STANDING, STOPPED, ENDED])


SCENES = {
    "site-normal": Scene("site"),
    "site-loading": Scene("site", hangs("check"), _check_site),
    "site-fault": Scene("site", fails("check", Fault("wix_sign_in_refused", request_id="1732281.90")), _check_site),
    "provider-normal": Scene("provider", nobody),
    "provider-connected": Scene("provider", trouble, _looked),
    "provider-loading": Scene("provider", hangs("providers")),
    "provider-empty": Scene("provider", empty),
    "provider-fault": Scene("provider", fails("providers", Fault("offline", message="Connection refused"))),
    "connections-normal": Scene("connections", trouble),
    "connections-ask": Scene("connections", trouble, _ask_to_disconnect),
    "connections-loading": Scene("connections", hangs("connections")),
    "connections-empty": Scene("connections", nobody),
    "connections-fault": Scene("connections", fails("connections", SERVER)),
    "method-normal": Scene("method"),
    "method-both": Scene("method", answers=Answers().with_provider(FASTMAIL)),
    "method-empty": Scene("method", answers=Answers().with_provider(NEITHER)),
    "schedule-normal": Scene("schedule"),
    "schedule-loading": Scene("schedule", hangs("schedules")),
    "schedule-empty": Scene("schedule", empty),
    "schedule-fault": Scene("schedule", fails("schedules", SERVER)),
    "schedule-twice": Scene("schedule", play=_choose_again),
    "credentials-normal": Scene("credentials"),
    "credentials-loading": Scene("credentials", hangs("connect"), _sign_in),
    "credentials-fault": Scene(
        "credentials", fails("connect", Fault("bad_credentials", request_id="1732281.90")), _sign_in
    ),
    "credentials-connected": Scene(
        "credentials", answers=Answers().with_provider(APPLE).with_schedule(DANA).with_connection(OF_APPLE)
    ),
    "authorize-normal": Scene("authorize"),
    "authorize-long": Scene(
        "authorize", lambda: FakeJourney(url="https://accounts.example/consent?scope=" + "x" * 300)
    ),
    "authorize-loading": Scene("authorize", hangs("authorize")),
    "authorize-fault": Scene("authorize", play=_refused),
    "review-normal": Scene("review"),
    "review-both": Scene("review", play=_export_on),
    "review-carried": Scene("review", answers=replace(OF_STATE["review"], existing=EXPORTED)),
    "review-loading": Scene("review", hangs("connection")),
    "review-empty": Scene("review", empty),
    "review-fault": Scene("review", fails("connection", Fault("rate_limited", retry_after=42))),
    "done-normal": Scene("done"),
    "done-loading": Scene("done", hangs("watch")),
    "done-fault": Scene("done", fails("watch", SERVER)),
    "events-normal": Scene("events"),
    "events-loading": Scene("events", hangs("connections")),
    "events-empty": Scene("events", empty),
    "events-fault": Scene("events", fails("connections", Fault("timed_out"))),
}


@pytest.fixture
def pictures(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(SVGImageExtension)


async def _ready(pilot: Pilot[Ending], scene: Scene) -> None:
    if scene.play is _nothing and scene.journey().hangs:
        await until(lambda: scene.state == "done" or pilot.app.screen.query_one("#busy").display)
    else:
        await settled(pilot)
    await scene.play(pilot)
    await pilot.pause()


async def _resized(pilot: Pilot[Ending], size: tuple[int, int]) -> str:
    if pilot.app.size != size:
        await resize(pilot, *size)
    return pilot.app.export_screenshot()


@pytest.mark.parametrize("name", SCENES)
async def test_screen(pictures: SnapshotAssertion, name: str) -> None:
    scene = SCENES[name]
    app = app_at(scene.state, scene.journey(), scene.answers)
    async with app.run_test(size=SIZES[0]) as pilot:
        await _ready(pilot, scene)
        for size in SIZES:
            assert pictures(name=f"{size[0]}x{size[1]}") == await _resized(pilot, size)


async def test_a_terminal_that_is_too_small_asks_for_more_room(pictures: SnapshotAssertion) -> None:
    async with app_at("provider", nobody()).run_test(size=(38, 11)) as pilot:
        await settled(pilot)
        assert pictures == await _resized(pilot, (38, 11))


async def test_a_run_that_was_cut_off_is_offered_as_in_its_picture(pictures: SnapshotAssertion, tmp_path: Path) -> None:
    cut_off(tmp_path, "credentials")
    async with app_at("provider", nobody(), session={"records": tmp_path}).run_test(size=SIZES[0]) as pilot:
        await until(lambda: isinstance(pilot.app.screen, Ask))
        below = pilot.app.screen_stack[-2]
        await until(lambda: isinstance(below, Frame) and below.step.phase is Phase.READY)
        await pilot.pause()  # the list is there, and now drawn as well
        assert pictures == await _resized(pilot, SIZES[0])


async def test_the_light_look_is_as_in_its_picture(pictures: SnapshotAssertion) -> None:
    async with app_at("review").run_test(size=SIZES[0]) as pilot:
        await settled(pilot)
        await pilot.press("f2")
        assert pictures == await _resized(pilot, SIZES[0])


async def test_the_help_is_as_in_its_picture(pictures: SnapshotAssertion) -> None:
    async with app_at("schedule").run_test(size=SIZES[0]) as pilot:
        await settled(pilot)
        await pilot.press("f1")
        assert pictures == await _resized(pilot, SIZES[0])


async def test_a_saved_receipt_is_as_in_its_picture(
    pictures: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.receipt.write", lambda *_: None)
    monkeypatch.setattr(Path, "cwd", lambda: Path("/home/dana/studio"))
    async with app_at("done").run_test(size=SIZES[0]) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+s")
        await until(lambda: pilot.app.screen.query_one("#receipt").display)
        for size in SIZES[:2]:
            assert pictures(name=f"{size[0]}x{size[1]}") == await _resized(pilot, size)
