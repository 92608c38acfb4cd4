"""The review screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from tests.tui.stage import (
    APPLE,
    BIRTHDAYS,
    DANA,
    FASTMAIL,
    HOME,
    OF_APPLE,
    WORK,
    FakeJourney,
    app_at,
    at,
    keys,
    said,
    settled,
    shown,
    state_of,
    text_of,
    until,
)
from wizard import texts
from wizard.answers import Answers
from wizard.domain import Fault, Method, Provider, Status, Sync
from wizard.tui.screens.review import Switches
from wizard.tui.widgets.directions import Directions

if TYPE_CHECKING:
    from wizard.tui.app import WizardApp
    from wizard.tui.screens.review import ReviewStep

FIXED = replace(APPLE, can_update=False)


def review(app: WizardApp) -> ReviewStep:
    return cast("ReviewStep", app.step)


def answers(provider: Provider = APPLE) -> Answers:
    return Answers().with_provider(provider).with_method(Method.CREDENTIALS).with_schedule(DANA)


@pytest.mark.parametrize("imports", [True, False])
@pytest.mark.parametrize("exports", [True, False])
async def test_every_combination_is_applied_once_as_chosen(imports: bool, exports: bool) -> None:
    start = Sync(imports=not imports, calendars=(HOME, WORK), exports=not exports, dedicated=True)
    journey = FakeJourney(made=replace(OF_APPLE, sync=start))
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("space", "end", "space", "enter")
        await at(pilot, "done")
        assert journey.calls.count("apply") == 1
        assert journey.sent == [replace(start, imports=imports, exports=exports)]
        assert app.step.answers.connection is not None
        assert app.step.answers.connection.sync == journey.sent[0]


async def test_without_a_change_nothing_is_sent() -> None:
    journey = FakeJourney()
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("enter")
        await at(pilot, "done")
        assert "apply" not in journey.calls


@pytest.mark.parametrize(
    "start",
    [
        Sync(imports=True, calendars=None),
        Sync(imports=False, calendars=None),
        Sync(imports=False, calendars=()),
        Sync(imports=True, calendars=(WORK,), exports=True),
    ],
    ids=str,
)
async def test_switching_twice_is_no_change(start: Sync) -> None:
    journey = FakeJourney(made=replace(OF_APPLE, sync=start))
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        for key in ("import", "export", "import", "export"):
            review(app).action_switch(key)
        review(app).action_apply()
        await at(pilot, "done")
        assert journey.sent == []


async def test_calendars_are_switched_one_by_one() -> None:
    journey = FakeJourney()
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert [line.split()[-2:] for line in shown(app).splitlines() if "☑" in line or "☐" in line] == [
            ["☑", "Home"],
            ["☑", "Work"],
            ["☐", "Birthdays"],
        ]
        await pilot.press("down", "space", "down", "down", "space", "enter")
        await at(pilot, "done")
        assert journey.sent == [Sync(imports=True, calendars=(WORK, BIRTHDAYS), dedicated=True)]


async def test_choosing_a_calendar_while_import_is_off_switches_it_on() -> None:
    journey = FakeJourney(made=replace(OF_APPLE, sync=Sync(calendars=())))
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        review(app).action_switch("calendar c2")
        review(app).action_apply()
        await at(pilot, "done")
        assert journey.sent == [Sync(imports=True, calendars=(WORK,))]


async def test_import_from_no_calendar_is_refused() -> None:
    journey = FakeJourney()
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        for calendar in ("c1", "c2"):
            review(app).action_switch(f"calendar {calendar}")
        await pilot.press("enter")
        assert "Choose at least one calendar" in said(app)
        assert journey.sent == []


@pytest.mark.parametrize(
    ("provider", "keys", "words"),
    [
        (FASTMAIL, ["export"], "Fastmail can't take appointments."),
        (FIXED, ["import", "export", "calendar c1"], "Wix doesn't allow changing this for Apple."),
    ],
)
async def test_what_cannot_be_switched_says_why(provider: Provider, keys: list[str], words: str) -> None:
    made = replace(OF_APPLE, provider_id=provider.id)
    journey = FakeJourney(made=made)
    app = app_at("review", journey, answers(provider).with_connection(made))
    async with app.run_test() as pilot:
        await settled(pilot)
        before = shown(app)
        for key in keys:
            review(app).clear_fault()
            review(app).action_switch(key)
            assert words in said(app)
        await pilot.press("enter")
        await at(pilot, "done")
        assert journey.sent == []
        assert words.rstrip(".")[:20] in before


async def test_a_click_on_an_arrow_switches_it() -> None:
    app = app_at("review")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "export off" in shown(app)
        lines = shown(app).splitlines()
        y = next(i for i, line in enumerate(lines) if "export off" in line)
        await pilot.click(offset=(lines[y].index("export off") + 2, y))
        assert "export on" in shown(app)
        assert "◉ Export on" in shown(app)


async def test_a_click_on_a_row_switches_it() -> None:
    app = app_at("review")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.click(Switches, offset=(8, 3))
        assert "☑ Birthdays" in shown(app)
        await pilot.click(Switches, offset=(8, 3))
        assert "☐ Birthdays" in shown(app)


async def test_the_words_of_a_direction_are_those_of_its_state() -> None:
    app = app_at("review")
    async with app.run_test(size=(120, 24)) as pilot:
        await settled(pilot)
        assert "◉ Import on   its events block booking times" in shown(app)
        assert "○ Export off  appointments don't appear in it" in shown(app)
        await pilot.press("space", "end", "space")
        assert "○ Import off  its events don't block bookings" in shown(app)
        assert "◉ Export on   appointments appear in it" in shown(app)


async def test_the_picture_has_the_calendars_that_the_boxes_have() -> None:
    app = app_at("review")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "Home, Work" in text_of(app, Directions)
        assert "2 of 3" in text_of(app, Directions)
        await pilot.press("space")
        assert "Home, Work" not in text_of(app, Directions)
        assert "0 of 3" in text_of(app, Directions)
        assert shown(app).count("☐") == 3


async def test_what_wix_sets_otherwise_is_shown_and_not_left_unseen() -> None:
    journey = FakeJourney(sets=lambda sync: replace(sync, exports=False))
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("end", "space", "enter")
        await settled(pilot)
        assert "Wix didn't set it as you chose" in said(app)
        assert "○ Export off" in shown(app)
        await pilot.press("enter")
        await at(pilot, "done")
        assert len(journey.sent) == 1


async def test_other_calendars_than_asked_are_shown_too() -> None:
    journey = FakeJourney(sets=lambda sync: replace(sync, calendars=(HOME,)))
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        review(app).action_switch("calendar c3")
        await pilot.press("enter")
        await settled(pilot)
        assert "Wix didn't set it as you chose" in said(app)


async def test_a_fault_on_applying_keeps_the_choice_and_ctrl_r_sends_it_again() -> None:
    journey = FakeJourney(faults={"apply": Fault("server_error", request_id="r-7")})
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("end", "space", "enter")
        await settled(pilot)
        assert "server_error · request r-7" in said(app)
        assert "◉ Export on" in shown(app)
        journey.faults.clear()
        await pilot.press("ctrl+r")
        await at(pilot, "done")
        assert journey.sent == [replace(OF_APPLE.sync, exports=True)] * 2


async def test_a_fault_on_loading_leaves_nothing_to_apply() -> None:
    journey = FakeJourney(made=replace(OF_APPLE, status=Status.ERROR))
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "Apple no longer allows access." in said(app)
        assert "apply" not in keys(app)
        await pilot.press("enter")
        assert state_of(app) == "review"


@pytest.mark.parametrize("code", ["not_connected", "not_found"])
async def test_a_connection_that_is_gone_leads_back_to_signing_in_again(code: str) -> None:
    app = app_at("review", FakeJourney(faults={"connection": Fault(code)}))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+b")
        await at(pilot, "credentials")
        assert "Already connected" not in said(app)


async def test_a_fault_that_passes_keeps_the_connection_on_the_way_back() -> None:
    app = app_at("review", FakeJourney(faults={"calendars": Fault("timed_out")}))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+b")
        await at(pilot, "credentials")
        assert "Already connected" in said(app)


async def test_what_was_switched_is_still_so_after_going_back_and_asked_about_before_leaving() -> None:
    journey = FakeJourney()
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("end", "space", "ctrl+b")
        await at(pilot, "credentials")
        await pilot.press("enter")
        await at(pilot, "review")
        assert "◉ Export on" in shown(app)
        assert said(app) == f"· {texts.REVIEW_AS_CHOSEN}"
        await pilot.press("ctrl+c")
        await until(lambda: texts.UNAPPLIED_TITLE in shown(app))
        await pilot.press("enter", "enter")
        await at(pilot, "done")
        assert journey.sent == [replace(OF_APPLE.sync, exports=True)]
        await pilot.press("ctrl+c")
    assert app.return_value is not None


async def test_what_was_switched_is_nothing_to_another_connection() -> None:
    chosen = replace(OF_APPLE, id="another", sync=Sync(exports=True))
    app = app_at("review", answers=replace(answers().with_connection(OF_APPLE), wanted=(chosen,)))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "○ Export off" in shown(app)
        assert (said(app), app.step.answers.wanted) == ("", (chosen,))


async def test_an_account_without_calendars_can_only_export() -> None:
    journey = FakeJourney(empty=True, made=replace(OF_APPLE, sync=Sync(calendars=(), dedicated=True)))
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("space", "enter")
        assert "The account has no calendars to choose from." in said(app)
        await pilot.press("space", "end", "space", "enter")
        await until(lambda: journey.sent == [Sync(calendars=(), exports=True, dedicated=True)])
