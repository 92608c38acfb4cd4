"""The connections screen, and what the first screen says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.tui.stage import (
    APPLE,
    DANA,
    ENDED,
    FASTMAIL,
    OF_APPLE,
    OF_GOOGLE,
    OF_STATE,
    OUTLOOK,
    STANDING,
    STOPPED,
    WORK,
    FakeJourney,
    app_at,
    at,
    enter,
    keys,
    listed,
    resize,
    said,
    settled,
    shown,
    state_of,
    text_of,
    until,
    until_said,
)
from wizard import texts
from wizard.answers import Answers
from wizard.domain import Fault, Method, Status, Sync
from wizard.terminal import LEAST_COLUMNS, LEAST_ROWS
from wizard.tui.frame import Frame

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from wizard.front.outcome import Ending
    from wizard.tui.app import WizardApp

UNKNOWN = replace(OF_GOOGLE, id="of-an-app", provider_id="gone", schedule_id="cancelled-one", email="")


def with_connections(*others: Any, **changes: Any) -> FakeJourney:
    """Return a journey on a site that has these, and Apple connected to Dana."""
    return FakeJourney(others=list(others), **changes)


async def choose(pilot: Pilot[Ending], app: WizardApp, connection_id: str, *pressed: str) -> None:
    assert listed(app).highlight_key(connection_id)
    await pilot.press(*pressed)


# On the first screen


async def test_the_first_screen_says_what_is_connected_and_c_shows_it() -> None:
    journey = with_connections(*STANDING, STOPPED, ENDED)
    app = app_at("provider", journey)
    async with app.run_test() as pilot:
        await until(lambda: "c what is connected" in keys(app))
        assert "! 1 calendar stopped · 1 disconnected · 3 connected" in text_of(app, "#question")
        assert journey.calls == ["providers", "connections"]
        await pilot.press("c")
        await at(pilot, "connections")
        await pilot.press("ctrl+b")
        await at(pilot, "provider")


async def test_nobody_waits_for_what_is_connected() -> None:
    app = app_at("provider", FakeJourney(hangs={"connections"}))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert text_of(app, "#busy") == ""
        assert text_of(app, "#question").endswith(texts.STATES["provider"].lead)
        await pilot.press("c", "enter")
        await at(pilot, "method")


async def test_a_look_that_fails_disturbs_nobody_and_the_list_says_why() -> None:
    journey = FakeJourney(faults={"connections": Fault("offline")})
    app = app_at("provider", journey)
    async with app.run_test() as pilot:
        await until(lambda: "c what is connected" in keys(app))
        assert said(app) == ""
        await pilot.press("c")
        await at(pilot, "connections")
        assert "Wix can't be reached." in said(app)
        assert "disconnect" not in keys(app)
        journey.faults.clear()
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert listed(app).total == 3


# The list


async def test_whose_it_is_and_how_it_is_is_said_in_words_and_what_has_stopped_comes_first() -> None:
    app = app_at("connections", with_connections(*STANDING, STOPPED, ENDED))
    async with app.run_test(size=(70, 24)) as pilot:
        await settled(pilot)
        text = " ".join(shown(app).split())
        words = (
            "▌ Dana Levi Apple ! stopped 田中 美咲 Google ○ disconnected Business hours Google ● connected "
            "Dan Okafor Apple ● connected Dana Levi Apple ● connected dana@icloud.example "
            "Apple no longer allows access."
        )
        assert words in text
        await pilot.press("end")
        assert "Its events block booking times (from Home, Work)." in text_of(app, "#details")
        await resize(pilot, LEAST_COLUMNS, LEAST_ROWS)
        assert "Dan Okafor Apple ● connected" in " ".join(shown(app).split())


async def test_a_run_that_goes_on_here_reads_all_names_and_what_has_none_is_called_by_its_id() -> None:
    journey = with_connections(UNKNOWN, known_schedules={}, known_providers={})
    app = app_at("connections", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert sorted(journey.calls) == ["connections", "name_schedules", "providers"]
        assert "▌ cancelle " in shown(app)
        assert "Dana Levi" in shown(app)


async def test_where_nothing_is_connected_no_key_does_anything_but_lead_back() -> None:
    app = app_at("connections", FakeJourney(nobody=True))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert said(app) == f"· {texts.CONNECTIONS_NONE}"
        await pilot.press("enter", "r", "d")
        assert isinstance(app.screen, Frame)
        assert keys(app).startswith("ctrl+b back")


# Review


async def test_enter_reviews_what_stands_and_back_leads_to_it_again() -> None:
    app = app_at("connections")
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("end")
        assert "enter review r reconnect d disconnect" in keys(app)
        await pilot.press("enter")
        await at(pilot, "review")
        about = Answers.about(OF_APPLE, APPLE, DANA).after(OF_STATE["connections"])
        assert app.step.answers == about.with_connection(OF_APPLE)
        await pilot.press("ctrl+b")
        await at(pilot, "connections")
        assert listed(app).highlighted == OF_APPLE
        assert app.step.answers.connection is None  # it isn't this run's: choosing a provider asks nothing
        await settled(pilot)
        await pilot.press("ctrl+b")
        await at(pilot, "provider")
        assert app.step.answers == OF_STATE["connections"]


async def test_what_breaks_before_it_is_reviewed_leads_back_to_the_list() -> None:
    journey = FakeJourney(made=replace(OF_APPLE, status=Status.ERROR))
    app = app_at("review", journey, Answers.about(OF_APPLE, APPLE, DANA).with_connection(OF_APPLE))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "Apple no longer allows access." in said(app)
        await pilot.press("ctrl+b")
        await at(pilot, "connections")
        assert "enter reconnect" in keys(app)


# Reconnect


async def test_enter_reconnects_what_has_stopped_and_its_directions_are_carried_over() -> None:
    old = replace(STOPPED, sync=Sync(imports=True, calendars=(WORK,), exports=True, dedicated=True))
    journey = with_connections(old)
    app = app_at("connections", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("enter")
        await at(pilot, "credentials")
        await pilot.press("ctrl+b")
        await at(pilot, "connections")
        assert listed(app).highlighted == old
        await pilot.press("enter")
        await at(pilot, "credentials")
        await enter(pilot, password="abcd-efgh-ijkl-mnop")
        await at(pilot, "review")
        assert journey.replaced == old
        assert journey.sent == [("dana@icloud.example", "abcd-efgh-ijkl-mnop")]
        assert said(app) == f"· {texts.REVIEW_CARRIED}"
        await pilot.press("enter")
        await at(pilot, "done")
        assert journey.sent[1:] == [old.sync]
        await pilot.press("ctrl+b")
        await at(pilot, "review")
        assert said(app) == ""  # what was applied is what there is
        await pilot.press("ctrl+b")
        await at(pilot, "connections")


async def test_reconnecting_what_works_is_asked_about_first() -> None:
    app = app_at("connections")
    async with app.run_test() as pilot:
        await settled(pilot)
        await choose(pilot, app, OF_APPLE.id, "r")
        assert "Disconnect and reconnect Apple?" in shown(app)
        await pilot.press("enter")
        assert isinstance(app.screen, Frame)
        await pilot.press("r", "up", "enter")
        await at(pilot, "credentials")


async def test_what_was_ended_to_reconnect_it_says_so_keeps_its_directions_and_is_asked_about_before_leaving() -> None:
    old, again = replace(OF_GOOGLE, sync=Sync(exports=True)), replace(OF_GOOGLE, id="again")
    journey = with_connections(old)
    app = app_at("connections", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await choose(pilot, app, old.id, "r", "up", "enter")
        await at(pilot, "authorize")
        await pilot.press("ctrl+b")
        await at(pilot, "connections")
        assert app.step.answers.ended == ()  # it is listed as before
        await pilot.press("r", "up", "enter")
        await at(pilot, "authorize")
        journey.others = [replace(old, status=Status.DISCONNECTED, sync=Sync())]
        await pilot.press("ctrl+b")
        await at(pilot, "connections")
        assert all(words in text_of(app, "#details") for words in texts.CONNECTION_TO_RECONNECT)
        await pilot.press("ctrl+c")
        assert texts.UNRECONNECTED_TITLE in shown(app)
        await pilot.press("enter", "enter")
        await at(pilot, "authorize")
        journey.made = again
        journey.attempts[-1].home.set_result(again)
        await at(pilot, "review")
        assert said(app) == f"· {texts.REVIEW_CARRIED}"
        assert app.step.answers.ended == ()


async def test_where_there_is_another_number_of_ways_than_one_to_sign_in_that_is_said() -> None:
    fastmail, outlook = (replace(OF_GOOGLE, id=p, provider_id=p, status=Status.ERROR) for p in ("fastmail", "outlook"))
    providers = {"fastmail": FASTMAIL, "outlook": replace(OUTLOOK, methods=())}
    journey = with_connections(UNKNOWN, fastmail, outlook, known_providers=providers)
    app = app_at("connections", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await choose(pilot, app, UNKNOWN.id, "enter")
        assert texts.CONNECTION_NO_PROVIDER in said(app)
        assert "reconnect" not in text_of(app, "#hints")
        await choose(pilot, app, outlook.id, "enter")
        assert "Outlook or Office 365 offers no way to connect" in said(app)
        await choose(pilot, app, fastmail.id, "enter")
        assert "How do you sign in to Fastmail?" in shown(app)
        await pilot.press("home", "enter")
        await at(pilot, "authorize")
        assert (app.step.answers.method, journey.replaced) == (Method.OAUTH, fastmail)


# Disconnect


async def test_disconnecting_says_what_will_be_deleted_and_what_is_disconnected_stays_in_sight() -> None:
    journey = FakeJourney()
    app = app_at("connections", journey, OF_STATE["done"])
    async with app.run_test() as pilot:
        await settled(pilot)
        await choose(pilot, app, OF_APPLE.id, "d")
        text = " ".join(shown(app).split())
        assert "Disconnect Apple from Dana Levi?" in text
        assert "appointments that were exported to it are deleted" in text
        await pilot.press("enter")
        assert "disconnect" not in journey.calls
        await pilot.press("d", "up", "enter")
        await until_said(app, "Apple is disconnected from Dana Levi.")
        assert text_of(app, "#question") == "What is connected 1 calendar disconnected · 2 connected"
        assert keys(app).startswith("↑↓ choose enter reconnect ctrl+b back")
        assert app.step.answers.connection is None
        await pilot.press("d")
        assert texts.CONNECTION_ENDED in said(app)


async def test_disconnecting_can_be_stopped_and_tried_again_and_meanwhile_nothing_else_is_begun() -> None:
    journey = FakeJourney(hangs={"disconnect"}, faults={"disconnect": Fault("not_supported_by_provider")})
    app = app_at("connections", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await choose(pilot, app, OF_APPLE.id, "d", "up", "enter")
        await until(lambda: "disconnect" in journey.calls)
        await pilot.press("d", "r", "enter")
        assert isinstance(app.screen, Frame)
        assert state_of(app) == "connections"
        await pilot.press("ctrl+b")
        journey.hangs.clear()
        await pilot.press("d", "up", "enter")
        await until_said(app, "Apple doesn't support this.")
        assert "ctrl+r try again" in keys(app)
        journey.faults.clear()
        await pilot.press("ctrl+r")
        await until_said(app, "Apple is disconnected")
