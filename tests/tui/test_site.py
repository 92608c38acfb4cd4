"""The site screen."""

from __future__ import annotations

from typing import cast

from pydantic import SecretStr

from tests.tui.stage import (
    LAST_CALL,
    SITE_ID,
    FakeJourney,
    app_at,
    at,
    enter,
    focused,
    keys,
    keys_by_focus,
    listed,
    said,
    settled,
    shown,
    until,
    value,
)
from wizard import texts
from wizard.answers import Answers
from wizard.domain import Fault, SignIn, SignInWay
from wizard.front.session import Session
from wizard.settings import Settings
from wizard.terminal import LEAST_COLUMNS, LEAST_ROWS
from wizard.tui.widgets.field import SecretLine

KEY = "IST.secret-of-dana"


async def test_a_value_that_cannot_be_is_named_until_it_changes_and_its_field_focused() -> None:
    journey = FakeJourney()
    app = app_at("site", journey)
    async with app.run_test() as pilot:
        for site_id, key, words, field in [
            ("", KEY, "Site ID is missing. Type or paste it (In the dashboard's URL, after /dashboard/).", "site_id"),
            ("my-site", KEY, "Site ID should look like 12345678-90ab", "site_id"),
            (SITE_ID, " ", "API key is missing.", "api_key"),
        ]:
            await enter(pilot, site_id=site_id, api_key=key)
            assert words in said(app)
            assert focused(app) == field
        assert journey.calls == []
        await pilot.press("k")
        assert said(app) == ""


async def test_the_keys_are_those_of_the_list_or_the_field() -> None:
    app = app_at("site")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert await keys_by_focus(pilot, "enter", 3) == {
            "ways": "↑↓ choose enter next",
            "site_id": "enter next",
            "api_key": "tab next enter check",
        }


async def test_each_way_shows_its_own_fields_and_enter_goes_through_them() -> None:
    app = app_at("site")
    async with app.run_test() as pilot:
        await settled(pilot)
        seen = {}
        for way in SignInWay:
            listed(app).highlight_key(way)
            await pilot.pause()
            labels = ("Site ID", "API key  ", "Access token  ", "App ID", "App secret", "Instance ID")
            seen[way] = [label.strip() for label in labels if label in shown(app).split("App\n")[-1]]
        assert seen[SignInWay.API_KEY] == ["Site ID", "API key"]
        assert seen[SignInWay.ACCESS_TOKEN] == ["Site ID", "Access token"]
        assert seen[SignInWay.APP] == ["App ID", "App secret", "Instance ID"]
        await pilot.press("enter")
        assert focused(app) == "app_id"
        await pilot.press("enter")
        assert focused(app) == "app_secret"


async def test_the_address_of_the_dashboard_will_do_for_the_site_id() -> None:
    app = app_at("site")
    async with app.run_test() as pilot:
        await enter(pilot, site_id=f"https://manage.wix.com/dashboard/{SITE_ID}/home", api_key=KEY)
        await at(pilot, "provider")
        assert app.step.session.typed == SignIn(SignInWay.API_KEY, SecretStr(KEY), SITE_ID)


async def test_where_the_access_token_is_from_is_said_in_full_beside_it() -> None:
    app = app_at("site")
    async with app.run_test(size=(80, 24)):
        listed(app).highlight_key(SignInWay.ACCESS_TOKEN)
        await until(lambda: texts.SITE_FIELD["access_token"][1] in shown(app))


async def test_a_refusal_keeps_everything_typed_and_ctrl_r_sends_what_is_there_by_then() -> None:
    journey = FakeJourney(faults={"check": Fault("wix_sign_in_refused")})
    app = app_at("site", journey)
    async with app.run_test() as pilot:
        await enter(pilot, site_id=SITE_ID, api_key="wrong")
        assert "Wix refused the sign-in to the site." in said(app)
        assert (value(app, "site_id"), value(app, "api_key")) == (SITE_ID, "wrong")
        assert focused(app) == "api_key"
        app.screen.query_one("#api_key", SecretLine).value = KEY
        journey.faults.clear()
        await pilot.press("ctrl+r")
        await at(pilot, "provider")
        assert app.step.session.typed == SignIn(SignInWay.API_KEY, SecretStr(KEY), SITE_ID)


async def test_typing_brings_a_field_back_that_the_words_about_it_have_pushed_out_of_sight() -> None:
    app = app_at("site", FakeJourney(faults={"check": Fault("wix_sign_in_refused")}))
    async with app.run_test(size=(LEAST_COLUMNS, LEAST_ROWS)) as pilot:
        await enter(pilot, site_id=SITE_ID, api_key="wrong")
        app.step.notice.scroll_visible(animate=False)
        await until(lambda: "•••••" not in shown(app))
        await pilot.press("x")
        await until(lambda: "••••••" in shown(app))


async def test_a_refusal_is_no_longer_said_of_another_way() -> None:
    app = app_at("site", FakeJourney(faults={"check": Fault("wix_sign_in_refused")}))
    async with app.run_test() as pilot:
        await enter(pilot, site_id=SITE_ID, api_key=KEY)
        assert "ctrl+r try again" in keys(app)
        listed(app).highlight_key(SignInWay.APP)
        await pilot.pause()
        assert said(app) == ""
        assert "ctrl+r" not in keys(app)


async def test_coming_back_needs_no_typing_again() -> None:
    signed_in: list[SignIn] = []
    journey = FakeJourney()

    def opener(sign_in: SignIn, *_: object) -> FakeJourney:
        signed_in.append(sign_in)
        return journey

    app = app_at("site", session={"opener": opener})
    async with app.run_test() as pilot:
        await enter(pilot, site_id=f" {SITE_ID} ", api_key=KEY)
        await at(pilot, "provider")
        await pilot.press("ctrl+b")
        await at(pilot, "site")
        assert value(app, "site_id") == SITE_ID
        assert value(app, "api_key") == ""
        assert app.screen.query_one("#api_key", SecretLine).placeholder == "as typed before"
        await enter(pilot, api_key="")
        await at(pilot, "provider")
    assert [s.secret.get_secret_value() for s in signed_in] == [KEY, KEY]
    calls = [call for call in journey.calls if call != "connections"]  # which nobody waits for
    assert calls == ["check", "providers", "close", "check", "providers", "close"]


async def test_a_secret_from_the_environment_is_used_but_not_typed_into_its_field() -> None:
    journey = FakeJourney()
    app = app_at("site", journey, known={"api_key": KEY})
    async with app.run_test() as pilot:
        await settled(pilot)
        assert value(app, "api_key") == ""
        assert "taken from WIX_API_KEY" in shown(app)
        await enter(pilot, site_id=SITE_ID, api_key="")
        await at(pilot, "provider")
    assert "check" in journey.calls


async def test_the_calls_of_an_earlier_sign_in_stay_in_the_receipt() -> None:
    session = Session(Settings(base_url="http://127.0.0.1"))
    for way in SignInWay:
        journey = await session.sign_in(SignIn(way, SecretStr(KEY), SITE_ID))
        journey.calls_made.add(LAST_CALL)
    await session.close()
    said = session.receipt(Answers(), None)
    assert (said["siteId"], len(cast("list[object]", said["calls"]))) == (SITE_ID, 3)
