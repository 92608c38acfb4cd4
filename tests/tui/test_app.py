"""The frame: how screens follow one another, how the wizard is left, and what all of them share."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from rich.style import Style
from textual.events import Click, Key
from textual.screen import Screen
from textual.widgets import Input

from tests.tui.stage import (
    APPLE,
    DANA,
    DANCE,
    GOOGLE,
    OF_APPLE,
    OF_GOOGLE,
    OF_STATE,
    FakeJourney,
    app_at,
    at,
    click_in_one_go,
    enter,
    focused,
    keys,
    listed,
    resize,
    said,
    settled,
    shown,
    state_of,
    text_of,
    until,
    value,
)
from wizard.answers import Answers
from wizard.domain import Fault, Method, Status
from wizard.tui.app import WizardApp
from wizard.tui.frame import Frame
from wizard.tui.screens.schedule import ScheduleStep
from wizard.tui.widgets.dialog import Ask, Help
from wizard.tui.widgets.hints import Hints, of_step

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.widget import Widget

    from wizard.front.outcome import Ending

CONNECTED = Answers().with_provider(APPLE).with_schedule(DANA).with_connection(OF_APPLE)
PASSWORD = "abcd-efgh-ijkl-mnop"


async def test_answers_survive_the_way_forward_and_back() -> None:
    app = app_at("provider")
    async with app.run_test() as pilot:
        await settled(pilot)
        listed(app).highlight_key("apple")
        await pilot.press("enter")
        await at(pilot, "method")
        await pilot.press("enter")
        await at(pilot, "schedule")
        listed(app).highlight_key("s4")
        await pilot.press("enter")
        await at(pilot, "credentials")
        app.screen.query_one("#email", Input).value = "dana@icloud.example"
        for state in ("schedule", "method", "provider"):
            await pilot.press("ctrl+b")
            await at(pilot, state)
        assert listed(app).highlighted == APPLE
        await pilot.press("enter")
        await at(pilot, "method")
        assert listed(app).highlighted is Method.CREDENTIALS
        await pilot.press("enter")
        await at(pilot, "schedule")
        assert listed(app).highlighted == DANCE
        await pilot.press("enter")
        await at(pilot, "credentials")
        assert value(app, "email") == "dana@icloud.example"


@pytest.mark.parametrize(
    ("name", "value"), [("TMUX", "tmux-0/default,7,0"), ("TERM", "screen-256color"), ("TERM_PROGRAM", "vscode")]
)
async def test_where_the_terminal_keeps_ctrl_b_for_itself_esc_is_named_and_goes_back(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    app = app_at("method")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "enter continue esc back" in keys(app)
        await pilot.press("escape")
        await at(pilot, "provider")


async def test_every_step_after_connecting_can_be_gone_back_to() -> None:
    app = app_at("done")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+b")
        await at(pilot, "review")
        await pilot.press("ctrl+b")
        await at(pilot, "credentials")
        assert "Already connected as dana@icloud.example" in said(app)


async def test_leaving_without_a_fault_ends_as_left() -> None:
    app = app_at("schedule")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+c")
    assert app.return_value is not None
    assert (app.return_value.state, app.return_value.fault) == ("left", None)
    assert app.return_value.answers == OF_STATE["schedule"]


async def test_leaving_with_a_fault_on_the_screen_ends_as_failed_with_that_fault() -> None:
    fault = Fault("server_error")
    app = app_at("provider", FakeJourney(faults={"providers": fault}))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+q")
    assert app.return_value is not None
    assert (app.return_value.state, app.return_value.fault) == ("failed", fault)


@pytest.mark.parametrize("state", ["review", "credentials"])
async def test_leaving_after_connecting_ends_as_finished(state: str) -> None:
    app = app_at(state, answers=CONNECTED)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+c")
    assert app.return_value is not None
    assert (app.return_value.state, app.return_value.answers.connection) == ("finished", OF_APPLE)


def status_of(answers: Answers) -> Status | None:
    return answers.connection.status if answers.connection else None


async def test_a_signal_keeps_what_the_screen_knew_for_the_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "alarm", lambda _: 0)
    app = app_at("done", FakeJourney(statuses=(Status.SYNC_IN_PROGRESS,)))
    async with app.run_test() as pilot:
        await settled(pilot)
        await until(lambda: status_of(app.step.answers) is Status.SYNC_IN_PROGRESS)
        app.on_signal(signal.SIGTERM, None)  # as if it were sent, but not to the tests themselves
        await until(lambda: app.return_code is not None)
    assert app.return_code == 143
    assert status_of(app.answers) is Status.SYNC_IN_PROGRESS


async def test_leaving_twice_at_once_leaves_once() -> None:
    app = app_at("provider")
    async with app.run_test() as pilot:
        await settled(pilot)
        app.action_leave()
        app.action_leave()
        app.step.finish("next", OF_STATE["method"])
    assert app.return_value is not None
    assert app.return_value.state == "left"


async def test_leaving_asks_on_any_screen_while_a_stopped_request_may_connect() -> None:
    app = app_at("schedule", FakeJourney(may_connect=True))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+c")
        assert "Leave while a connection is under way?" in shown(app)


async def test_leaving_while_consent_is_awaited_asks_and_staying_stays() -> None:
    app = app_at("authorize")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+c")
        assert "Leave while a connection is under way?" in shown(app)
        await pilot.press("enter")
        assert not isinstance(app.screen, Ask)
        assert state_of(app) == "authorize"
        await pilot.press("ctrl+c", "up", "enter")
    assert app.return_value is not None
    assert app.return_value.state == "left"


async def test_ctrl_c_twice_leaves_even_while_consent_is_awaited() -> None:
    app = app_at("authorize")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+c", "ctrl+c")
    assert app.return_value is not None
    assert app.return_value.state == "left"


async def test_leaving_twice_at_once_leaves_before_the_question_is_there() -> None:
    app = app_at("credentials", FakeJourney(hangs={"connect"}))
    async with app.run_test() as pilot:
        await settled(pilot)
        await enter(pilot, email="dana@icloud.example", password=PASSWORD)
        app.action_leave()
        assert isinstance(app.screen, Ask)
        app.action_leave()
    assert app.return_value is not None


async def test_what_the_step_before_has_left_takes_no_focus_from_a_double_click() -> None:
    app = app_at("provider")
    async with app.run_test() as pilot:
        await settled(pilot)
        before = listed(app)
        await click_in_one_go(pilot, before, times=2)
        await at(pilot, "method")
        app.screen.set_focus(before)  # as that click does where it comes a moment later
        assert app.focused is listed(app)


async def test_the_second_click_of_two_does_not_answer_the_question_that_the_first_has_led_to() -> None:
    app = app_at("provider")
    async with app.run_test() as pilot:
        await settled(pilot)
        await click_in_one_go(pilot, listed(app), times=1)
        await at(pilot, "method")
        await click_as(2, pilot, listed(app))
        assert state_of(app) == "method"
        await click_as(1, pilot, listed(app))
        await at(pilot, "schedule")


async def test_of_a_double_click_on_a_key_the_first_counts() -> None:
    app = app_at("schedule")
    async with app.run_test() as pilot:
        await settled(pilot)
        back = Style(meta={"@click": of_step("back")})
        await click_as(2, pilot, app.screen.query_one(Hints), back)
        assert state_of(app) == "schedule"
        await click_as(1, pilot, app.screen.query_one(Hints), back)
        await at(pilot, "method")


async def click_as(number: int, pilot: Pilot[Ending], widget: Widget, style: Style | None = None) -> None:
    """Click a widget's first cell, as the first, or second, of clicks in quick succession."""
    x, y = widget.region.offset
    widget.post_message(Click(None, 0, 0, 0, 0, 1, False, False, False, x, y, style=style, chain=number))
    await pilot.pause()


async def test_ctrl_c_leaves_whatever_has_the_focus() -> None:
    app = app_at("provider")
    async with app.run_test() as pilot:
        await settled(pilot)
        app.screen.set_reactive(Screen.focused, Input())  # it isn't even on the screen
        await pilot.press("ctrl+c")
    assert app.return_value is not None


async def test_a_click_on_a_key_of_the_step_before_does_nothing() -> None:
    app = app_at("method")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.app.run_action("screen.step('clear')")
        assert state_of(app) == "method"


async def test_keys_that_come_before_the_next_step_has_its_content_do_no_harm() -> None:
    app = app_at("schedule", FakeJourney(hangs={"schedules"}))
    async with app.run_test():
        frame = app.screen
        assert isinstance(frame, Frame)
        frame.step = ScheduleStep(app.step.session, app.step.answers, can_back=True)
        for key in (Key("d", "d"), Key("escape", None)):
            await frame.on_key(key)


@pytest.mark.parametrize("key", ["ctrl+c", "f1"])
async def test_consent_that_comes_while_a_dialog_is_open_closes_it_and_goes_on(key: str) -> None:
    journey = FakeJourney(made=OF_GOOGLE)
    app = app_at("authorize", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press(key)
        assert isinstance(app.screen, Ask | Help)
        journey.attempts[-1].home.set_result(OF_GOOGLE)
        await at(pilot, "review")
        assert isinstance(app.screen, Frame)
        assert state_of(app) == "review"


@pytest.mark.parametrize("key", ["f1", "question_mark"])
async def test_the_help_names_the_keys_and_esc_closes_it(key: str) -> None:
    app = app_at("review")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press(key)
        await pilot.press("end")
        lines = [" ".join(line.split()) for line in shown(app).splitlines()]
        assert {"space switch", "enter apply", "ctrl+b back", "ctrl+c leave", "f2 light or dark"} <= set(lines)
        await pilot.press("escape")
        assert isinstance(app.screen, Frame)
        assert focused(app) == "Switches"


@pytest.mark.parametrize(("rows", "foot"), [(60, "esc close"), (24, "esc close ↑↓ scroll")])
async def test_the_help_says_how_to_scroll_where_there_is_more_than_fits(rows: int, foot: str) -> None:
    app = app_at("review")
    async with app.run_test(size=(80, rows)) as pilot:
        await settled(pilot)
        await pilot.press("f1")
        assert foot in [" ".join(line.split()) for line in shown(app).splitlines()]


async def test_f2_switches_between_dark_and_light_also_in_a_dialog() -> None:
    app = app_at("method")
    async with app.run_test() as pilot:
        dark = app.current_theme.dark
        await pilot.press("f1")
        await pilot.press("f2")
        assert app.current_theme.dark is not dark
        await pilot.press("f2")
        assert app.current_theme.dark is dark


async def test_the_mouse_marks_no_text() -> None:
    app = app_at("provider")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.mouse_down("#bar", offset=(1, 0))
        await pilot.hover("#bar", offset=(9, 0))
        await pilot.mouse_up("#bar", offset=(9, 0))
        assert app.screen.selections == {}


async def test_a_double_enter_does_not_advance_twice() -> None:
    app = app_at("method")
    async with app.run_test() as pilot:
        listed(app).action_choose()
        listed(app).action_choose()
        await at(pilot, "schedule")
        assert state_of(app) == "schedule"


async def test_a_crash_prints_no_locals(capsys: pytest.CaptureFixture[str]) -> None:
    app = app_at("credentials")

    def crash(marker: str) -> None:
        local = f"{marker}-and-more"
        raise RuntimeError(len(local))

    async def run() -> None:
        async with app.run_test() as pilot:
            await settled(pilot)
            app.call_later(crash, PASSWORD)
            await until(lambda: not app.is_running)

    with pytest.raises(RuntimeError):
        await run()
    text = capsys.readouterr().err
    assert "RuntimeError" in text
    assert PASSWORD not in text


async def test_a_terminal_that_was_too_small_is_as_before_when_it_grows_again() -> None:
    app = app_at("schedule")
    async with app.run_test() as pilot:
        await settled(pilot)
        await resize(pilot, 38, 11)
        assert "needs more room" in shown(app)
        await resize(pilot, 80, 24)
        assert "needs more room" not in shown(app)
        await pilot.press("d")
        assert value(app, "filter") == "d"


@pytest.mark.parametrize(("state", "row"), [("provider", "google"), ("schedule", "s2")])
async def test_another_choice_after_connecting_disconnects_once_if_the_person_says_so(state: str, row: str) -> None:
    journey = FakeJourney()
    app = app_at(state, journey, CONNECTED)
    async with app.run_test() as pilot:
        await settled(pilot)
        listed(app).highlight_key(row)
        await pilot.press(
            *["enter"] * (2 if row == "s2" else 1)
        )  # on s2 stands an Apple account, which is warned about
        assert "Apple is now connected to Dana Levi" in " ".join(shown(app).split())
        await pilot.press("up", "up", "enter")
        await at(pilot, "method" if state == "provider" else "credentials")
        assert journey.calls.count("disconnect") == 1
        assert app.step.answers.reached.connection is None


async def test_another_choice_after_connecting_can_keep_the_connection() -> None:
    journey = FakeJourney()
    app = app_at("provider", journey, CONNECTED)
    async with app.run_test() as pilot:
        await settled(pilot)
        listed(app).highlight_key("google")
        await pilot.press("enter", "up", "enter")
        await at(pilot, "method")
        assert "disconnect" not in journey.calls
        assert app.step.answers.provider == GOOGLE
        assert app.step.answers.reached == CONNECTED


async def test_another_choice_after_connecting_can_be_taken_back() -> None:
    journey = FakeJourney()
    app = app_at("provider", journey, CONNECTED)
    async with app.run_test() as pilot:
        await settled(pilot)
        listed(app).highlight_key("google")
        await pilot.press("enter", "enter")
        assert isinstance(app.screen, Frame)
        assert app.step.answers == CONNECTED
        assert "disconnect" not in journey.calls
        listed(app).highlight_key("apple")
        await pilot.press("enter")
        await at(pilot, "method")


async def test_a_fault_on_disconnecting_stays_and_can_be_tried_again() -> None:
    journey = FakeJourney(faults={"disconnect": Fault("server_error")})
    app = app_at("schedule", journey, CONNECTED)
    async with app.run_test() as pilot:
        await settled(pilot)
        listed(app).highlight_key("s4")
        await pilot.press("enter", "up", "up", "enter")
        await until(lambda: "Wix has a problem" in said(app))
        assert state_of(app) == "schedule"
        journey.faults.clear()
        await pilot.press("ctrl+r")
        await at(pilot, "credentials")


async def test_work_that_replaces_other_work_keeps_its_own_spinner_and_its_own_stop() -> None:
    journey = FakeJourney(hangs={"events"})
    app = app_at("events", journey)
    async with app.run_test() as pilot:
        await until(lambda: "events" in journey.calls)
        await enter(pilot, to="2026-11-30")
        await enter(pilot, to="2026-12-01")
        await until(lambda: journey.calls.count("events") == 3)
        await pilot.pause()
        assert "Reading events" in text_of(app, "#busy")
        assert "ctrl+b stop" in keys(app)
        await pilot.press("ctrl+b")
        assert "Stopped." in said(app)


@pytest.mark.parametrize(("state", "call"), [("schedule", "schedules"), ("review", "connection"), ("events", "events")])
async def test_a_screen_can_be_left_while_it_loads(state: str, call: str) -> None:
    journey = FakeJourney(hangs={call})
    app = app_at(state, journey)
    async with app.run_test() as pilot:
        await until(lambda: call in journey.calls)
        await pilot.press("ctrl+b")
        await until(lambda: state_of(app) != state)
        await settled(pilot)
        assert app.is_running


async def test_a_read_that_is_tried_again_by_itself_says_why_and_when() -> None:
    app = app_at("provider", FakeJourney(hangs={"providers"}))
    async with app.run_test() as pilot:
        await until(lambda: text_of(app, "#busy") != "")
        app.step.session.on_pause(Fault("rate_limited", retry_after=7), 7.0)
        await pilot.pause()
        assert "Too many requests to Wix in a short time. tries again in 0:07" in text_of(app, "#busy")


async def test_work_gives_up_at_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.tui.step.STEP_SECONDS", 0.01)
    app = app_at("provider", FakeJourney(hangs={"providers"}))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "Wix didn't answer in time." in said(app)


async def test_the_connections_to_wix_are_closed_at_the_end() -> None:
    journey = FakeJourney()
    app = app_at("provider", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
    assert journey.calls[-1] == "close"


@pytest.mark.parametrize(("known", "first"), [({}, "site"), ({"site_id": "a", "api_key": "b"}, "provider")])
async def test_the_site_is_asked_only_if_the_settings_do_not_say_it(known: dict[str, str], first: str) -> None:
    given = app_at("provider", known=known)
    app = WizardApp(given._session)  # noqa: SLF001 - the same stage, without a start
    async with app.run_test() as pilot:
        await settled(pilot)
        assert state_of(app) == first
        assert "back" not in keys(app)
        await pilot.press("escape")
        assert state_of(app) == first
