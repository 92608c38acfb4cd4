"""Every call: what exactly is sent, and what is made of a good answer."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import SecretStr

from wizard.wix import (
    Calendar,
    CalendarType,
    Chosen,
    ConnectionStatus,
    ConnectMethod,
    ExportConfig,
    ExportSupport,
    ImportConfig,
    ImportSupport,
    InvalidRequest,
    SpecificCalendars,
    SyncConfig,
    UnreadableAnswer,
)

from .stage import KEY, LONG_ID, SITE, Stage, body_of, ok

ENCODED = "a%2Bb%2Fc%3D" * 30 + "%252F%3F%23%C3%BC"
CONNECTION = {"connection": {"id": "c1", "status": "CONNECTED", "externalAccountEmail": "ada@example.com"}}
START = datetime(2026, 5, 1, tzinfo=UTC)
END = datetime(2026, 6, 1, tzinfo=UTC)


async def test_every_call_is_signed_in() -> None:
    stage = Stage(ok())
    await stage.client.list_providers()
    assert stage.only.headers["authorization"] == KEY
    assert stage.only.headers["wix-site-id"] == SITE


async def test_what_wants_to_know_is_told_right_before_a_request_leaves() -> None:
    told: list[int] = []
    stage = Stage(ok(CONNECTION))
    await stage.client.connect_by_credentials(
        provider_id="p",
        schedule_id="s",
        email="ada@example.com",
        password=SecretStr("secret"),
        on_leaving=lambda: told.append(len(stage.requests)),
    )
    assert (told, len(stage.requests)) == ([0], 1)


async def test_providers_are_listed_with_what_they_can_do() -> None:
    features = {
        "connectMethods": ["CREDENTIALS"],
        "updateSyncConfig": True,
        "listEventFromCalendars": "SPECIFIC_CALENDARS",
        "syncToCalendar": "DEDICATED_CALENDAR",
    }
    stage = Stage(ok({"providers": [{"id": "p", "name": "Apple", "calendarType": "I_CAL", "features": features}]}))
    (provider,) = await stage.client.list_providers()
    assert stage.line == "GET /bookings/v2/external-calendars/providers"
    assert (provider.id, provider.name, provider.calendar_type) == ("p", "Apple", CalendarType.I_CAL)
    assert provider.features.connect_methods == (ConnectMethod.CREDENTIALS,)
    assert provider.features.update_sync_config is True
    assert provider.features.list_event_from_calendars is ImportSupport.SPECIFIC_CALENDARS
    assert provider.features.sync_to_calendar is ExportSupport.DEDICATED_CALENDAR


async def test_schedules_are_asked_for_with_filter_and_page_size() -> None:
    stage = Stage(ok({"schedules": [{"id": "s", "externalId": "e", "timeZone": "Europe/Rome"}]}))
    pages = [page async for page in stage.client.query_schedules(filter={"id": {"$in": ["s"]}}, page_size=7)]
    assert stage.line == "POST /calendar/v3/schedules/query"
    assert body_of(stage.only) == {"query": {"filter": {"id": {"$in": ["s"]}}, "cursorPaging": {"limit": 7}}}
    assert [(s.id, s.external_id, s.time_zone) for s in pages[0]] == [("s", "e", "Europe/Rome")]


async def test_connecting_by_credentials_sends_the_password_only_in_the_body() -> None:
    stage = Stage(ok(CONNECTION))
    connection = await stage.client.connect_by_credentials(
        provider_id="p", schedule_id="s", email="ada@example.com", password=SecretStr("pässwörd")
    )
    assert stage.line == "POST /bookings/v2/external-calendars/connections:connectByCredentials"
    expected = {"providerId": "p", "scheduleId": "s", "email": "ada@example.com", "password": "pässwörd"}
    assert body_of(stage.only) == expected
    assert stage.only.headers["content-type"] == "application/json"
    assert connection.status is ConnectionStatus.CONNECTED


@pytest.mark.parametrize("spelling", ["oauthUrl", "oAuthUrl"])
async def test_connecting_by_oauth_gives_the_address_in_either_spelling(spelling: str) -> None:
    stage = Stage(ok({spelling: "https://accounts.example/consent?x=1"}))
    url = await stage.client.connect_by_oauth(provider_id="p", schedule_id="s", redirect_url="http://127.0.0.1:1/n")
    assert stage.line == "POST /bookings/v2/external-calendars/connections:connectByOAuth"
    assert body_of(stage.only) == {"providerId": "p", "scheduleId": "s", "redirectUrl": "http://127.0.0.1:1/n"}
    assert url == "https://accounts.example/consent?x=1"


async def test_an_oauth_address_is_printable_ascii_and_says_the_same() -> None:
    stage = Stage(ok({"oauthUrl": "https://accounts.example/caf\u00e9?x=%20{1}&y=\x1b]8;;\x07\u202e\n"}))
    url = await stage.client.connect_by_oauth(provider_id="p", schedule_id="s", redirect_url="http://127.0.0.1:1/n")
    assert url == "https://accounts.example/caf%C3%A9?x=%20{1}&y=%1B]8;;%07%E2%80%AE"


@pytest.mark.parametrize("url", [None, "", 5, "javascript:alert(1)", "file:///etc/passwd", "https://", "http://[x"])
async def test_an_oauth_address_that_no_browser_should_open_is_unreadable(url: object) -> None:
    with pytest.raises(UnreadableAnswer) as caught:
        await Stage(ok({"oauthUrl": url})).client.connect_by_oauth(
            provider_id="p", schedule_id="s", redirect_url="http://127.0.0.1:1/n"
        )
    assert (caught.value.status, caught.value.request_id) == (200, "req-1")


async def test_a_connection_is_named_by_its_whole_percent_encoded_id() -> None:
    stage = Stage(ok(CONNECTION))
    connection = await stage.client.get_connection(LONG_ID)
    assert stage.line == f"GET /bookings/v2/external-calendars/connections/{ENCODED}"
    assert connection.external_account_email == "ada@example.com"


@pytest.mark.parametrize("connection_id", ["", ".", ".."])
async def test_an_id_that_would_name_another_call_is_not_sent(connection_id: str) -> None:
    stage = Stage(ok(CONNECTION))
    with pytest.raises(InvalidRequest):
        await stage.client.disconnect(connection_id)
    assert stage.requests == []


async def test_an_id_too_long_for_a_url_is_an_invalid_request() -> None:
    with pytest.raises(InvalidRequest):
        await Stage(ok(CONNECTION)).client.get_connection("x" * 100_000)


async def test_connections_are_listed() -> None:
    stage = Stage(ok({"connections": [{"id": "c"}], "failedProviderIds": ["p"]}))
    result = await stage.client.list_connections()
    assert stage.line == "GET /bookings/v2/external-calendars/connections"
    assert [connection.id for connection in result.connections] == ["c"]
    assert result.failed_provider_ids == ["p"]


async def test_a_list_with_a_connection_that_cannot_be_named_is_unreadable() -> None:
    with pytest.raises(UnreadableAnswer):
        await Stage(ok({"connections": [{"id": "c"}, {"id": 7}]})).client.list_connections()


async def test_connections_are_listed_for_several_schedules_by_repeating_the_key() -> None:
    stage = Stage(ok())
    await stage.client.list_connections(schedule_ids=["a", "b"], partial_failure=True)
    assert stage.only.url.query == b"scheduleIds=a&scheduleIds=b&partialFailure=true"


async def test_calendars_are_listed() -> None:
    stage = Stage(ok({"calendars": [{"id": "x", "name": "Home"}]}))
    assert await stage.client.list_calendars(LONG_ID) == [Calendar(id="x", name="Home")]
    assert stage.line == f"GET /bookings/v2/external-calendars/connections/{ENCODED}/calendars"


async def test_a_sync_config_with_chosen_calendars_is_written_in_the_wire_s_shape() -> None:
    stage = Stage(ok(CONNECTION))
    chosen = SpecificCalendars(calendars=(Calendar(id="x", name="Home"), Calendar(id="y")))
    await stage.client.update_sync_config(
        LONG_ID,
        SyncConfig(
            list_event_from_calendars=ImportConfig(enabled=True, calendars=chosen),
            sync_to_calendar=ExportConfig(enabled=True, dedicated_calendar=Chosen()),
        ),
    )
    assert stage.line == f"PATCH /bookings/v2/external-calendars/connections/{ENCODED}/sync-config"
    assert body_of(stage.only) == {
        "connectionId": LONG_ID,
        "syncConfig": {
            "listEventFromCalendars": {
                "enabled": True,
                "calendars": {"calendars": [{"id": "x", "name": "Home"}, {"id": "y"}]},
            },
            "syncToCalendar": {"enabled": True, "dedicatedCalendar": {}},
        },
    }


def test_a_sync_config_leaves_out_what_it_does_not_say() -> None:
    config = SyncConfig(list_event_from_calendars=ImportConfig(enabled=False, primary_calendar=Chosen()))
    assert config.to_wire() == {"listEventFromCalendars": {"enabled": False, "primaryCalendar": {}}}


async def test_disconnecting_names_the_connection_twice() -> None:
    stage = Stage(ok({"connection": {"id": "c", "status": "DISCONNECTED"}}))
    connection = await stage.client.disconnect(LONG_ID)
    assert stage.line == f"POST /bookings/v2/external-calendars/connections/{ENCODED}/disconnect"
    assert body_of(stage.only) == {"connectionId": LONG_ID}
    assert connection.status is ConnectionStatus.DISCONNECTED


async def test_events_are_asked_for_with_everything_that_was_said() -> None:
    stage = Stage(
        ok({"events": [{"title": "Lunch", "start": "2026-05-04T12:00:00+02:00"}], "failedProviderIds": ["p"]})
    )
    pages = [
        page
        async for page in stage.client.list_events(
            start=datetime(2026, 5, 1, tzinfo=timezone(timedelta(hours=2))),
            end=END,
            schedule_ids=["a", "b"],
            user_ids=["u"],
            all_day=False,
            own_pi=True,
            page_size=10,
            first_page_size=3,
            partial_failure=True,
        )
    ]
    assert stage.only.url.path == "/bookings/v2/external-calendars/events"
    assert stage.only.url.params.multi_items() == [
        ("cursorPaging.limit", "3"),
        ("fieldsets", "OWN_PI"),
        ("partialFailure", "true"),
        ("from", "2026-04-30T22:00:00Z"),
        ("to", "2026-06-01T00:00:00Z"),
        ("scheduleIds", "a"),
        ("scheduleIds", "b"),
        ("userIds", "u"),
        ("allDay", "false"),
    ]
    assert pages[0].events[0].start == datetime(2026, 5, 4, 10, tzinfo=UTC)
    assert pages[0].failed_provider_ids == ["p"]


async def test_events_are_asked_for_with_no_more_than_needed() -> None:
    stage = Stage(ok())
    assert [page.events async for page in stage.client.list_events(start=START, end=END)] == [[]]
    assert set(stage.only.url.params) == {"cursorPaging.limit", "from", "to"}


def test_events_between_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Stage(ok()).client.list_events(start=START.replace(tzinfo=None), end=END)


async def test_the_answer_of_a_change_may_leave_out_the_id_that_was_asked_for() -> None:
    connection = await Stage(ok({"connection": {"status": "SYNCED"}})).client.get_connection("asked")
    assert connection.id == "asked"


async def test_a_new_connection_without_an_id_is_unreadable() -> None:
    with pytest.raises(UnreadableAnswer):
        await Stage(ok({"connection": {}})).client.connect_by_credentials(
            provider_id="p", schedule_id="s", email="e", password=SecretStr("p")
        )
