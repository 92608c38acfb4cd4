"""The provider screen."""

from __future__ import annotations

import pytest

from tests.tui.stage import (
    NEITHER,
    SITE_ID,
    FakeJourney,
    app_at,
    at,
    keys,
    listed,
    said,
    settled,
    shown,
    state_of,
    until,
    value,
)
from wizard.domain import Export, Fault, Import, Kind, Method, Provider


async def test_the_providers_are_there_in_wixs_order_and_the_first_can_be_chosen() -> None:
    app = app_at("provider")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert [p.id for p in listed(app).rows] == ["google", "outlook", "apple", "fastmail"]
        assert listed(app).highlighted.id == "google"  # type: ignore[union-attr]
        assert "enter continue" in keys(app)


async def test_each_provider_says_how_it_connects_and_what_it_can_do() -> None:
    app = app_at("provider", FakeJourney(providers_found=[*FakeJourney().providers_found, NEITHER]))
    async with app.run_test(size=(70, 40)) as pilot:
        await settled(pilot)
        text = " ".join(shown(app).replace("▌", "").split())
        for words in (
            "Google Sign in with your browser in: primary calendar out: primary calendar",
            "Outlook or Office 365 Sign in with your browser in: calendars you choose out: primary calendar",
            "Apple Email and app-specific password in: calendars you choose out: separate calendar",
            "Fastmail Browser, or email and password in: primary calendar out: not offered",
            "Paper diary Offers no way to connect from here in: not offered out: not offered",
        ):
            assert words in text


async def test_names_from_wix_are_shown_as_they_are() -> None:
    named = Provider("x", "[b]Bold[/] & {more}", Kind.OTHER, (Method.OAUTH,), Import.NONE, Export.NONE)
    app = app_at("provider", FakeJourney(providers_found=[named]))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "[b]Bold[/] & {more}" in shown(app)
        await pilot.press("enter")
        await at(pilot, "method")
        assert "How [b]Bold[/] & {more} connects" in shown(app)


async def test_no_providers_says_so_and_enter_does_nothing() -> None:
    app = app_at("provider", FakeJourney(empty=True))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "The site offers no calendar providers." in said(app)
        assert "enter" not in keys(app)
        await pilot.press("enter")
        assert state_of(app) == "provider"


async def test_ctrl_r_reads_once_more_after_a_fault() -> None:
    journey = FakeJourney(faults={"providers": Fault("rate_limited", retry_after=7)})
    app = app_at("provider", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "Wait 7 seconds and try again." in said(app)
        assert "ctrl+r try again" in keys(app)
        journey.faults.clear()
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert journey.calls == ["providers", "providers", "connections"]
        assert listed(app).total == 4
        assert said(app) == ""
        await pilot.press("ctrl+r")
        assert len(journey.calls) == 3


async def test_on_the_way_back_the_providers_are_there_at_once_and_are_read_again_behind() -> None:
    journey = FakeJourney()
    app = app_at("provider", journey)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("down", "enter")
        await at(pilot, "method")
        journey.providers_found = [NEITHER, *journey.providers_found]
        journey.hangs.add("providers")
        await pilot.press("ctrl+b")
        await at(pilot, "provider")
        assert listed(app).total == 4
        journey.hangs.clear()
        await pilot.press("enter")
        await at(pilot, "method")
        await pilot.press("ctrl+b")
        await until(lambda: NEITHER in listed(app).rows)
        row = listed(app).highlighted
        assert row is not None
        assert row.id == "outlook"


@pytest.mark.parametrize("code", ["wix_sign_in_refused", "permission_missing"])
async def test_a_sign_in_from_the_settings_that_is_refused_can_be_typed_instead(code: str) -> None:
    app = app_at("provider", FakeJourney(faults={"providers": Fault(code)}))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "ctrl+b back" in keys(app)
        await pilot.press("ctrl+b")
        await at(pilot, "site")
        assert value(app, "site_id").startswith("6a1f0c52")
        assert value(app, "api_key") == ""


async def test_that_holds_also_for_a_run_that_has_begun_with_the_providers() -> None:
    app = app_at(
        None,
        FakeJourney(faults={"providers": Fault("wix_sign_in_refused")}),
        known={"site_id": SITE_ID, "api_key": "old"},
    )
    async with app.run_test() as pilot:
        await at(pilot, "provider")
        await pilot.press("ctrl+b")
        await at(pilot, "site")
