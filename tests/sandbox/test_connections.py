import urllib.request

import pytest

from tests.sandbox.conftest import PROVIDER_IDS, Api, fault, quoted, violated
from wizard.sandbox.schedules import schedule_named


async def test_two_connections_exist_at_the_start(api: Api) -> None:
    rows = (await api.get("/connections")).json()
    found = [(one["externalAccountEmail"], one["scheduleId"], one["status"]) for one in rows["connections"]]
    assert found == [
        ("studio@gmail.example", schedule_named("business").id, "SYNCED"),
        ("dan@icloud.example", schedule_named("Dan Okafor").id, "SYNCED"),
    ]
    assert "failedProviderIds" not in rows


async def test_list_connections_takes_several_schedules(api: Api) -> None:
    wanted = [schedule_named(name).id for name in ("Dan Okafor", "Dana Levi")]
    rows = (await api.get("/connections", scheduleIds=wanted, partialFailure="true")).json()
    assert [one["externalAccountEmail"] for one in rows["connections"]] == ["dan@icloud.example"]
    assert rows["failedProviderIds"] == []


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"scheduleIds": ["x"]}, "scheduleIds[0]"),
        ({"scheduleIds": [schedule_named("business").id] * 101}, "scheduleIds"),
        ({"partialFailure": "maybe"}, "partialFailure"),
        ({"partialFailure": ["true", "true"]}, "partialFailure"),
    ],
)
async def test_faulty_parameters_are_violations(api: Api, parameters: dict[str, object], field: str) -> None:
    assert violated(await api.get("/connections", **parameters)) == [field]


async def test_get_connection_finds_it_by_its_encoded_id(api: Api) -> None:
    row = (await api.get("/connections")).json()["connections"][0]
    assert (await api.get(f"/connections/{quoted(row['id'])}")).json() == {"connection": row}


@pytest.mark.parametrize("path", ["", "/calendars"])
async def test_an_unknown_connection_is_not_found(api: Api, path: str) -> None:
    assert fault(await api.get(f"/connections/unknown{path}")) == (404, "CONNECTION_NOT_FOUND")


async def test_an_unknown_connection_cannot_be_changed(api: Api) -> None:
    assert fault(await api.update("unknown")) == (404, "CONNECTION_NOT_FOUND")
    assert fault(await api.post("/connections/unknown/disconnect")) == (404, "CONNECTION_NOT_FOUND")


async def test_the_status_moves_by_itself(api: Api) -> None:
    api.site.site.sync_delay = 1
    connection = await api.connected()
    seen = []
    for _ in range(4):
        seen.append((await api.get(f"/connections/{connection}")).json()["connection"]["status"])
        api.site.clock.advance(0.9)
    assert seen == ["CONNECTED", "CONNECTED", "SYNC_IN_PROGRESS", "SYNCED"]


async def test_list_calendars_reads_the_account(api: Api) -> None:
    answer = await api.get(f"/connections/{await api.connected()}/calendars")
    assert answer.json() == {
        "calendars": [
            {"id": "primary", "name": "Home"},
            {"id": "birthdays", "name": "Birthdays"},
            {"id": "work", "name": "Work"},
        ]
    }


async def test_the_account_is_read_past_any_proxy(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("getproxies", "getproxies_environment"):  # the HTTP library keeps what they have once returned
        monkeypatch.setattr(f"niquests.utils.{name}", getattr(urllib.request, name))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    answer = await api.get(f"/connections/{await api.connected()}/calendars")
    assert answer.status_code == 200


async def test_list_calendars_needs_a_provider_with_a_choice(api: Api) -> None:
    answer = await api.get(f"/connections/{await api.first('Google')}/calendars")
    assert fault(answer) == (428, "NOT_SUPPORTED_BY_PROVIDER")


async def test_list_calendars_needs_premium(api: Api) -> None:
    connection = await api.connected()
    api.site.site.premium = False
    assert fault(await api.get(f"/connections/{connection}/calendars")) == (403, "PREMIUM_FEATURE_NOT_ENABLED")


async def test_list_calendars_without_a_calendar_server_is_a_system_error(api: Api) -> None:
    connection = await api.connected()
    api.site.site.caldav_url = "http://127.0.0.1:9"
    assert (await api.get(f"/connections/{connection}/calendars")).status_code == 503


async def test_a_disconnected_connection_only_says_so(api: Api) -> None:
    connection = await api.connected()
    gone = (await api.post(f"/connections/{connection}/disconnect")).json()["connection"]
    assert (gone["status"], gone["syncConfig"]["listEventFromCalendars"]["enabled"]) == ("DISCONNECTED", False)
    assert (await api.get(f"/connections/{connection}")).json() == {"connection": gone}
    assert fault(await api.post(f"/connections/{connection}/disconnect")) == (428, "CONNECTION_ALREADY_DISCONNECTED")
    assert fault(await api.get(f"/connections/{connection}/calendars")) == (428, "CONNECTION_NOT_CONNECTED")
    assert fault(await api.update(connection)) == (428, "CONNECTION_NOT_CONNECTED")


async def test_a_body_that_names_another_connection_is_a_violation(api: Api) -> None:
    answer = await api.post(f"/connections/{await api.connected()}/disconnect", {"connectionId": "other"})
    assert violated(answer) == ["connectionId"]


async def test_import_can_be_narrowed_to_one_calendar_and_switched_off(api: Api) -> None:
    connection = await api.connected()
    chosen = {"enabled": True, "calendars": {"calendars": [{"id": "work"}]}}
    answer = await api.update(connection, listEventFromCalendars=chosen)
    assert _source(answer.json()) == {"enabled": True, "calendars": {"calendars": [{"id": "work", "name": "Work"}]}}
    answer = await api.update(connection, listEventFromCalendars={"enabled": False})
    assert _source(answer.json())["enabled"] is False
    answer = await api.update(connection, listEventFromCalendars={"enabled": True, "primaryCalendar": {}})
    assert _source(answer.json()) == {"enabled": True, "primaryCalendar": {}}


async def test_changing_one_direction_leaves_the_other(api: Api) -> None:
    connection = await api.connected()
    await api.update(connection, listEventFromCalendars={"enabled": False})
    answer = (await api.update(connection, syncToCalendar={"enabled": True, "dedicatedCalendar": {}})).json()
    assert _source(answer)["enabled"] is False
    assert answer["connection"]["syncConfig"]["syncToCalendar"] == {"enabled": True, "dedicatedCalendar": {}}


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"listEventFromCalendars": {}}, "listEventFromCalendars.enabled"),
        ({"listEventFromCalendars": {"enabled": "yes"}}, "listEventFromCalendars.enabled"),
        ({"listEventFromCalendars": []}, "listEventFromCalendars"),
        ({"syncToCalendar": {"enabled": True, "primaryCalendar": 1}}, "syncToCalendar.primaryCalendar"),
        (
            {"syncToCalendar": {"enabled": True, "primaryCalendar": {}, "dedicatedCalendar": {}}},
            "syncToCalendar.dedicatedCalendar",
        ),
        (
            {"listEventFromCalendars": {"enabled": True, "calendars": {"calendars": []}}},
            "listEventFromCalendars.calendars.calendars",
        ),
        (
            {"listEventFromCalendars": {"enabled": True, "calendars": {"calendars": [{"id": "nope"}]}}},
            "listEventFromCalendars.calendars.calendars[0].id",
        ),
    ],
)
async def test_a_faulty_sync_config_is_a_violation(api: Api, config: dict[str, object], field: str) -> None:
    assert f"syncConfig.{field}" in violated(await api.update(await api.connected(), **config))


async def test_a_sync_config_is_required(api: Api) -> None:
    path = f"/bookings/v2/external-calendars/connections/{await api.connected()}/sync-config"
    assert violated(await api.client.patch(path, json={})) == ["syncConfig"]


@pytest.mark.parametrize(
    ("provider", "config"),
    [
        ("Fastmail", {"syncToCalendar": {"enabled": True, "primaryCalendar": {}}}),
        ("Fastmail", {"listEventFromCalendars": {"enabled": True, "calendars": {"calendars": [{"id": "primary"}]}}}),
        ("Apple", {"syncToCalendar": {"enabled": True, "primaryCalendar": {}}}),
    ],
)
async def test_what_the_provider_cannot_do_is_refused(api: Api, provider: str, config: dict[str, object]) -> None:
    answer = await api.update(await api.connected(provider), **config)
    assert fault(answer) == (428, "NOT_SUPPORTED_BY_PROVIDER")


async def test_google_takes_no_dedicated_calendar(api: Api) -> None:
    answer = await api.update(await api.first("Google"), syncToCalendar={"enabled": True, "dedicatedCalendar": {}})
    assert fault(answer) == (428, "NOT_SUPPORTED_BY_PROVIDER")


async def test_connections_carry_the_providers_id(api: Api) -> None:
    rows = (await api.get("/connections")).json()["connections"]
    assert [one["providerId"] for one in rows] == [PROVIDER_IDS["Google"], PROVIDER_IDS["Apple"]]


def _source(answer: dict[str, dict[str, dict[str, dict[str, object]]]]) -> dict[str, object]:
    return answer["connection"]["syncConfig"]["listEventFromCalendars"]
