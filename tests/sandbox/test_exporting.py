"""Export: what Update Sync Config and Disconnect write to and delete from the account, as its own client sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sandbox import dav
from tests.sandbox.conftest import PROVIDER_IDS, Api
from tests.sites import CalendarServer
from wizard.sandbox import calendars
from wizard.sandbox.accounts import write_users
from wizard.sandbox.diary import appointments
from wizard.sandbox.schedules import schedule_named

DEDICATED = {"enabled": True, "dedicatedCalendar": {}}
PRIMARY = {"enabled": True, "primaryCalendar": {}}


async def state(api: Api, connection: str) -> tuple[str, str | None]:
    """Return the connection's status and errorReason."""
    row = (await api.get(f"/connections/{connection}")).json()["connection"]
    return row["status"], row.get("errorReason")


def wix_events(api: Api, schedule: str) -> set[str]:
    return {one.title for one in appointments(schedule_named(schedule), api.site.site.today())}


async def test_export_fills_a_dedicated_calendar_and_ending_it_removes_the_calendar(api: Api) -> None:
    connection, account = await api.connected("Apple"), api.site.account("Apple")
    before = dav.calendars(account)
    await api.update(connection, syncToCalendar=DEDICATED)
    after = dav.calendars(account)
    assert set(after) - set(before) == {"Wix"}
    assert set(after["Wix"]) == wix_events(api, "Dana Levi")
    await api.update(connection, syncToCalendar={"enabled": False})
    assert dav.calendars(account) == before


async def test_export_into_the_primary_calendar_leaves_the_persons_events_alone(api: Api) -> None:
    connection, account = await api.first("Google"), api.site.account("Google", "studio")
    before = dav.calendars(account)
    await api.update(connection, syncToCalendar=PRIMARY)
    after = dav.calendars(account)
    assert set(after["Riverside Studio"]) - set(before["Riverside Studio"]) == wix_events(api, "business")
    await api.post(f"/connections/{connection}/disconnect")
    assert dav.calendars(account) == before


async def test_disconnecting_deletes_the_dedicated_calendar(api: Api) -> None:
    connection, account = await api.connected("Apple"), api.site.account("Apple")
    before = dav.calendars(account)
    await api.update(connection, syncToCalendar=DEDICATED)
    await api.post(f"/connections/{connection}/disconnect")
    assert dav.calendars(account) == before


async def test_a_dedicated_calendar_that_the_person_deleted_does_no_harm(api: Api) -> None:
    connection, account = await api.connected("Apple"), api.site.account("Apple")
    await api.update(connection, syncToCalendar=DEDICATED)
    with dav.signed_in(account) as principal:
        next(one for one in principal.get_calendars() if one.get_display_name() == "Wix").delete()
    assert (await api.post(f"/connections/{connection}/disconnect")).status_code == 200


async def test_a_dedicated_calendar_that_the_person_deleted_is_an_error_until_export_is_asked_for_again(
    api: Api,
) -> None:
    connection, account = await api.connected("Apple"), api.site.account("Apple")
    await api.update(connection, syncToCalendar=DEDICATED)
    with dav.signed_in(account) as principal:
        next(one for one in principal.get_calendars() if one.get_display_name() == "Wix").delete()
    assert await state(api, connection) == ("ERROR", "EXTERNAL_CALENDAR_DELETED")
    await api.update(connection, syncToCalendar=DEDICATED)
    assert await state(api, connection) == ("SYNCED", None)
    assert set(dav.calendars(account)["Wix"]) == wix_events(api, "Dana Levi")


async def test_exported_events_that_the_person_deleted_come_back_when_export_is_asked_for_again(api: Api) -> None:
    connection, account = await api.first("Google"), api.site.account("Google", "studio")
    await api.update(connection, syncToCalendar=PRIMARY)
    before = dav.calendars(account)
    with dav.signed_in(account) as principal:
        for one in principal.calendar(cal_id="primary").get_events():
            if one.icalendar_component["SUMMARY"] in wix_events(api, "business"):
                one.delete()
    assert dav.calendars(account) != before
    await api.update(connection, syncToCalendar=PRIMARY)
    assert dav.calendars(account) == before


async def test_an_export_that_is_cut_off_hides_its_calendar_and_can_be_ended(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, account, export = await api.connected("Apple"), api.site.account("Apple"), calendars.export
    before = dav.calendars(account)

    def cut_off(*arguments: Any) -> None:
        export(*arguments)
        raise EOFError

    monkeypatch.setattr(calendars, "export", cut_off)
    assert (await api.update(connection, syncToCalendar=DEDICATED)).status_code == 500
    assert "Wix" in dav.calendars(account)
    rows = (await api.get(f"/connections/{connection}/calendars")).json()["calendars"]
    assert "Wix" not in [one["name"] for one in rows]
    assert await state(api, connection) == ("CONNECTED", None)
    api.site.clock.advance(60)
    assert await state(api, connection) == ("ERROR", "EXTERNAL_CALENDAR_CREATION_FAILED")
    await api.update(connection, syncToCalendar={"enabled": False})
    assert dav.calendars(account) == before


async def test_an_account_that_refuses_the_login_is_an_error_that_can_be_ended(
    api: Api, calendar_server: CalendarServer
) -> None:
    connection = await api.connected("Apple")
    await api.update(connection, syncToCalendar=DEDICATED)
    write_users(calendar_server.folder, [])
    await api.update(connection, syncToCalendar=DEDICATED)
    assert await state(api, connection) == ("ERROR", "TOKEN_REVOKED")
    assert (await api.post(f"/connections/{connection}/disconnect")).status_code == 200


async def test_asking_for_the_same_export_again_changes_nothing(api: Api) -> None:
    connection, account = await api.connected("Apple"), api.site.account("Apple")
    await api.update(connection, syncToCalendar=DEDICATED)
    before = dav.calendars(account)
    await api.update(connection, syncToCalendar=DEDICATED)
    assert dav.calendars(account) == before


async def test_exported_events_do_not_come_back_in(api: Api) -> None:
    await api.update(await api.connected("Apple"), syncToCalendar=DEDICATED)
    await api.update(await api.first("Google"), syncToCalendar=PRIMARY)
    now = datetime.fromtimestamp(api.site.clock(), UTC)
    span = {"from": now.isoformat(), "to": (now + timedelta(days=9)).isoformat()}
    found = (await api.get("/events", **span, fieldsets="OWN_PI")).json()["events"]
    assert found
    assert not {one["title"] for one in found} & (wix_events(api, "Dana Levi") | wix_events(api, "business"))


async def test_the_export_calendar_is_no_choice_for_import(api: Api) -> None:
    connection = await api.connected("Apple")
    await api.update(connection, syncToCalendar=DEDICATED)
    rows = (await api.get(f"/connections/{connection}/calendars")).json()["calendars"]
    assert "Wix" not in [one["name"] for one in rows]


async def test_a_failed_export_turns_the_connection_to_error_until_it_succeeds(api: Api) -> None:
    connection, server = await api.connected("Apple"), api.site.site.caldav_url
    api.site.site.caldav_url = "http://127.0.0.1:9"
    answer = await api.update(connection, syncToCalendar=DEDICATED)
    assert (answer.status_code, answer.json()["connection"]["status"]) == (200, "CONNECTED")
    assert await state(api, connection) == ("ERROR", "EXTERNAL_CALENDAR_CREATION_FAILED")
    api.site.site.caldav_url = server
    await api.update(connection, syncToCalendar=DEDICATED)
    assert await state(api, connection) == ("SYNCED", None)
    assert set(dav.calendars(api.site.account("Apple"))["Wix"]) == wix_events(api, "Dana Levi")


async def test_a_disconnect_that_cannot_clean_up_can_be_tried_again(api: Api) -> None:
    connection, server = await api.connected("Apple"), api.site.site.caldav_url
    await api.update(connection, syncToCalendar=DEDICATED)
    api.site.site.caldav_url = "http://127.0.0.1:9"
    assert (await api.post(f"/connections/{connection}/disconnect")).status_code == 503
    api.site.site.caldav_url = server
    assert (await api.post(f"/connections/{connection}/disconnect")).status_code == 200


async def test_outlook_exports_into_its_primary_calendar(api: Api) -> None:
    # Straight into the store: Outlook connects by OAuth only, which has its own tests.
    from wizard.sandbox.connecting import connect
    from wizard.sandbox.providers import PROVIDERS

    inside, account = api.site.site, api.site.account("Outlook or Office 365")
    known = inside.store.account(account.email)
    assert known is not None
    connect(inside, PROVIDERS[PROVIDER_IDS[account.provider]], schedule_named("Dana Levi"), known)
    await api.update(await api.first(account.provider), syncToCalendar=PRIMARY)
    assert wix_events(api, "Dana Levi") <= set(dav.calendars(account)["Calendar"])
