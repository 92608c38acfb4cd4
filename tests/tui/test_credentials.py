"""The credentials screen."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Input

from tests.tui.stage import (
    APPLE,
    DANA,
    FASTMAIL,
    OF_APPLE,
    FakeJourney,
    app_at,
    at,
    enter,
    focused,
    keys,
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
from wizard.domain import Fault, Method
from wizard.tui.widgets.dialog import Ask
from wizard.tui.widgets.field import SecretLine

if TYPE_CHECKING:
    from textual.message import Message

EMAIL, PASSWORD = "dana@icloud.example", "abcd-efgh-ijkl-mnop"
CONNECTED = Answers().with_provider(APPLE).with_schedule(DANA).with_email(EMAIL).with_connection(OF_APPLE)
AT_FASTMAIL = Answers().with_provider(FASTMAIL).with_method(Method.CREDENTIALS).with_schedule(DANA)


async def test_what_does_not_look_right_is_said_before_anything_is_sent() -> None:
    journey = FakeJourney()
    app = app_at("credentials", journey)
    async with app.run_test() as pilot:
        await enter(pilot, email=" ", password=PASSWORD)
        assert ("Type the account's email address" in said(app), focused(app)) == (True, "email")
        for wrong in ("dana", "dana@", "dana@icloud", "da na@icloud.example", "dana@@icloud.example"):
            await enter(pilot, email=wrong)
            assert (f"“{wrong}” doesn't look like an email" in said(app), focused(app)) == (True, "email")
        await enter(pilot, email=EMAIL, password="")
        assert ("Type or paste the password." in said(app), focused(app)) == (True, "password")
        assert journey.calls == []


async def test_enter_in_the_email_leads_to_the_password_and_there_it_connects() -> None:
    journey = FakeJourney()
    app = app_at("credentials", journey)
    async with app.run_test() as pilot:
        await enter(pilot, email=f" {EMAIL} ")
        assert (focused(app), said(app)) == ("password", "")
        await enter(pilot, password=f" {PASSWORD} ")
        await at(pilot, "review")
        assert journey.sent == [(EMAIL, PASSWORD)]
        assert app.step.answers.email == EMAIL
        assert app.step.answers.connection == OF_APPLE


async def test_a_usual_apple_password_is_warned_about_until_enter_again_and_anew_after_editing() -> None:
    journey = FakeJourney()
    app = app_at("credentials", journey)
    async with app.run_test() as pilot:
        await enter(pilot, email=EMAIL, password="my usual one")
        assert "doesn't look like an app-specific password" in said(app)
        await enter(pilot, password="my usual one!")
        assert "doesn't look like an app-specific password" in said(app)
        assert journey.calls == []
        await pilot.press("enter")
        await at(pilot, "review")
        assert journey.sent == [(EMAIL, "my usual one!")]


async def test_other_providers_passwords_have_no_shape() -> None:
    app = app_at("credentials", answers=AT_FASTMAIL)
    async with app.run_test() as pilot:
        await enter(pilot, email="dana@fastmail.example", password="x")
        await at(pilot, "review")


async def test_refused_credentials_keep_the_email_and_nothing_empty_is_sent_by_trying_again() -> None:
    journey = FakeJourney(faults={"connect": Fault("bad_credentials")})
    app = app_at("credentials", journey)
    async with app.run_test() as pilot:
        await enter(pilot, email=EMAIL, password=PASSWORD)
        assert "Apple refused this email and password." in said(app)
        assert (value(app, "email"), value(app, "password"), focused(app)) == (EMAIL, "", "password")
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert journey.calls == ["connect"]
        assert "Type or paste the password." in said(app)
        journey.faults.clear()
        await enter(pilot, password=PASSWORD)
        await at(pilot, "review")


async def test_other_faults_keep_both_fields_and_ctrl_r_sends_them_again() -> None:
    journey = FakeJourney()
    app = app_at("credentials", journey)
    async with app.run_test() as pilot:
        journey.faults["connect"] = Fault("offline")
        await enter(pilot, email=EMAIL, password=PASSWORD)
        assert "offline" in said(app)
        assert (value(app, "email"), value(app, "password")) == (EMAIL, PASSWORD)
        for code in ("connection_token_revoked", "maybe_connected"):
            journey.faults["connect"] = Fault(code)
            await pilot.press("ctrl+r")
            await until_said(app, code)
            assert (value(app, "email"), value(app, "password")) == (EMAIL, PASSWORD)
        journey.faults.clear()
        await pilot.press("ctrl+r")
        await at(pilot, "review")
        assert journey.sent == [(EMAIL, PASSWORD)] * 4


async def test_a_password_cannot_be_copied_or_cut_not_even_while_it_is_shown() -> None:
    app = app_at("credentials")
    async with app.run_test() as pilot:
        await settled(pilot)
        app.copy_to_clipboard("before")
        field = app.screen.query_one("#password", SecretLine)
        field.value = PASSWORD
        field.focus()
        for _ in range(2):
            field.action_select_all()
            await pilot.press("ctrl+x", "super+c")
            await pilot.press("ctrl+s")
        assert app.clipboard == "before"
        assert field.value == PASSWORD


async def test_the_keys_say_what_enter_does_in_each_field() -> None:
    app = app_at("credentials")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert (focused(app), "enter next" in keys(app)) == ("email", True)
        await pilot.press("enter")
        assert (focused(app), "enter connect" in keys(app)) == ("password", True)
        app.screen.query_one("#password", SecretLine).value = PASSWORD
        await pilot.press("shift+tab")
        assert (focused(app), "enter connect" in keys(app)) == ("email", True)


async def test_ctrl_s_shows_the_password_and_hides_it_again() -> None:
    app = app_at("credentials", session={"accounts": ()})
    async with app.run_test() as pilot:
        await settled(pilot)
        app.screen.query_one("#password", SecretLine).value = PASSWORD
        await pilot.pause()
        assert PASSWORD not in shown(app)
        assert "ctrl+s show" in keys(app)
        await pilot.press("ctrl+s")
        assert PASSWORD in shown(app)
        assert "ctrl+s hide" in keys(app)
        await pilot.press("ctrl+s")
        assert PASSWORD not in shown(app)


async def test_pasted_text_loses_what_came_along_with_copying() -> None:
    app = app_at("credentials")
    async with app.run_test() as pilot:
        await settled(pilot)
        for name, text in (("email", f"\n  {EMAIL}\t\r\nmore"), ("password", f" {PASSWORD}\n")):
            app.screen.query_one(f"#{name}", Input).focus()
            await pilot.pause()
            app.post_message(events.Paste(text))
            await until(partial(value, app, name))
        assert (value(app, "email"), value(app, "password")) == (EMAIL, PASSWORD)


async def test_the_password_is_in_no_repr() -> None:
    seen: list[str] = []

    def look(message: Message) -> None:
        seen.append(repr(message))

    app = app_at("credentials", FakeJourney(hangs={"connect"}))
    async with app.run_test(message_hook=look) as pilot:
        await enter(pilot, email=EMAIL, password=PASSWORD)
        seen += [f"{worker!r} {worker.description} {worker.name}" for worker in app.workers]
        seen += [repr(widget) for widget in app.screen.walk_children(with_self=True)]
        seen += [repr(app), repr(app.step.answers), repr(app.step.session)]
    assert [text for text in seen if PASSWORD in text] == []
    assert any("Submitted" in text for text in seen)


async def test_esc_while_connecting_stops_the_wait_and_keeps_what_was_typed() -> None:
    app = app_at("credentials", FakeJourney(hangs={"connect"}))
    async with app.run_test() as pilot:
        await enter(pilot, email=EMAIL, password=PASSWORD)
        assert "ctrl+b stop" in keys(app)
        assert "enter" not in keys(app)
        await pilot.press("escape")
        await settled(pilot)
        assert "Stopped." in said(app)
        assert "enter connect" in keys(app)
        assert "ctrl+b back" in keys(app)
        assert (value(app, "email"), value(app, "password")) == (EMAIL, PASSWORD)
        await pilot.press("escape")
        await at(pilot, "schedule")
        assert app.step.answers.email == EMAIL


async def test_a_stopped_request_may_have_connected_which_is_said_and_asked_about_before_leaving() -> None:
    app = app_at("credentials", FakeJourney(hangs={"connect"}))
    async with app.run_test() as pilot:
        await enter(pilot, email=EMAIL, password=PASSWORD)
        await pilot.press("escape")
        await until_said(app, texts.STOPPED_UNSURE)
        await until(lambda: "ctrl+b back" in keys(app))
        await pilot.press("ctrl+c")
        await until(lambda: texts.LEAVE_TITLE in shown(app))


async def test_with_a_connection_of_this_run_enter_goes_on_without_a_call() -> None:
    journey = FakeJourney()
    app = app_at("credentials", journey, CONNECTED)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert f"Already connected as {EMAIL}." in said(app)
        await pilot.press("enter")
        await at(pilot, "review")
        assert "connect" not in journey.calls


async def test_with_a_connection_of_this_run_n_asks_and_starts_over() -> None:
    journey = FakeJourney()
    app = app_at("credentials", journey, CONNECTED)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("n", "up", "up", "enter")
        await until(lambda: focused(app) == "password")
        assert journey.calls == ["disconnect"]
        assert said(app) == ""
        assert value(app, "email") == EMAIL
        await enter(pilot, email="dan@icloud.example", password=PASSWORD)
        await at(pilot, "review")
        assert app.step.answers.email == "dan@icloud.example"


async def test_f3_types_the_sandboxs_account() -> None:
    app = app_at("credentials")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert f"Try {EMAIL} with {PASSWORD}" in shown(app)
        await pilot.press("f3")
        assert (value(app, "email"), value(app, "password")) == (EMAIL, PASSWORD)
        assert state_of(app) == "credentials"


async def test_a_connection_that_broke_since_is_not_offered_to_go_on_with() -> None:
    broken = replace(OF_APPLE, status=type(OF_APPLE.status).ERROR)
    journey = FakeJourney(made=broken)
    app = app_at("review", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "Sign in again" in said(app)
        await pilot.press("ctrl+b")
        await at(pilot, "credentials")
        assert "Already connected" not in said(app)
        assert focused(app) in ("email", "password")


async def test_leaving_while_connecting_asks_once() -> None:
    app = app_at("credentials", FakeJourney(hangs={"connect"}))
    async with app.run_test() as pilot:
        await enter(pilot, email=EMAIL, password=PASSWORD)
        await pilot.press("ctrl+c")
        await until(lambda: isinstance(app.screen, Ask))
        await pilot.press("ctrl+c")
    assert app.return_value is not None
    assert app.return_value.state == "left"
