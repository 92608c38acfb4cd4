import re

import pytest

from tests.sandbox.conftest import PROVIDER_IDS, Api, fault, violated
from wizard.sandbox.schedules import schedule_named

NOBODY = "00000000-0000-4000-8000-000000000000"


async def test_the_right_password_connects_with_import_on_and_export_off(api: Api) -> None:
    made = (await api.by_credentials(api.site.account("Apple"))).json()["connection"]
    assert made["status"] == "CONNECTED"
    assert made["externalAccountEmail"] == "dana@icloud.example"
    assert (made["calendarType"], made["scheduleId"]) == ("I_CAL", schedule_named("Dana Levi").id)
    chosen = made["syncConfig"]["listEventFromCalendars"]
    assert chosen["enabled"] is True
    assert [one["name"] for one in chosen["calendars"]["calendars"]] == ["Home", "Birthdays", "Work"]
    assert made["syncConfig"]["syncToCalendar"] == {"enabled": False}


async def test_a_provider_without_a_choice_imports_from_the_primary_calendar(api: Api) -> None:
    made = (await api.by_credentials(api.site.account("Fastmail"))).json()["connection"]
    assert made["syncConfig"]["listEventFromCalendars"] == {"enabled": True, "primaryCalendar": {}}


async def test_a_connection_id_is_long_and_must_be_percent_encoded(api: Api) -> None:
    made = (await api.by_credentials(api.site.account("Apple"))).json()["connection"]
    assert len(made["id"]) >= 150
    assert re.search(r"/", made["id"])
    assert (await api.get(f"/connections/{made['id']}")).status_code == 404


async def test_the_email_may_be_typed_in_capitals(api: Api) -> None:
    answer = await api.by_credentials(api.site.account("Apple"), email="Dana@iCloud.example")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"password": "wrong"}, {"email": "nobody@icloud.example"}, {"password": "pässwörd 🔑"}]
)
async def test_a_wrong_email_or_password_is_bad_credentials(api: Api, wrong: dict[str, str]) -> None:
    assert fault(await api.by_credentials(api.site.account("Apple"), **wrong)) == (401, "BAD_CREDENTIALS")


async def test_an_account_of_another_provider_is_bad_credentials(api: Api) -> None:
    answer = await api.by_credentials(api.site.account("Fastmail"), provider="Apple")
    assert fault(answer) == (401, "BAD_CREDENTIALS")


async def test_a_provider_without_passwords_refuses_credentials(api: Api) -> None:
    assert fault(await api.by_credentials(api.site.account("Google"))) == (428, "NOT_SUPPORTED_BY_PROVIDER")


async def test_a_provider_without_oauth_refuses_oauth(api: Api) -> None:
    assert fault(await api.by_oauth("Apple")) == (428, "NOT_SUPPORTED_BY_PROVIDER")


@pytest.mark.parametrize("schedule", ["business", "Dana Levi"])
async def test_the_same_account_twice_conflicts_on_whichever_schedule(api: Api, schedule: str) -> None:
    await api.connected("Apple", "Dana Levi")
    answer = await api.by_credentials(api.site.account("Apple"), schedule)
    assert fault(answer) == (409, "CALENDAR_ALREADY_CONNECTED")


async def test_two_providers_may_share_a_schedule(api: Api) -> None:
    await api.connected("Apple", "Dana Levi")
    await api.connected("Fastmail", "Dana Levi")


async def test_a_disconnected_account_may_go_to_another_schedule(api: Api) -> None:
    connection = await api.connected("Apple", "Dana Levi")
    await api.post(f"/connections/{connection}/disconnect")
    await api.connected("Apple", "business")


async def test_without_premium_credentials_do_not_connect(api: Api) -> None:
    api.site.site.premium = False
    answer = await api.by_credentials(api.site.account("Apple"))
    assert fault(answer) == (403, "PREMIUM_FEATURE_NOT_ENABLED")


async def test_a_calendar_server_that_is_down_is_a_system_error(api: Api) -> None:
    api.site.site.caldav_url = "http://127.0.0.1:9"
    answer = await api.by_credentials(api.site.account("Apple"))
    assert (answer.status_code, answer.content) == (503, b"")


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"providerId": NOBODY}, "PROVIDER_NOT_FOUND"), ({"scheduleId": NOBODY}, "SCHEDULE_NOT_FOUND")],
)
async def test_an_unknown_provider_or_schedule_is_not_found(api: Api, changes: dict[str, str], code: str) -> None:
    assert fault(await api.by_credentials(api.site.account("Apple"), **changes)) == (404, code)
    assert fault(await api.by_oauth("Google", **changes)) == (404, code)


async def test_a_cancelled_schedule_cannot_be_connected(api: Api) -> None:
    assert fault(await api.by_oauth("Google", "Rupert Ashworth")) == (404, "SCHEDULE_NOT_FOUND")


async def test_one_answer_names_every_violation(api: Api) -> None:
    body = {"providerId": "no guid", "scheduleId": 7, "email": "no email"}
    answer = await api.post("/connections:connectByCredentials", body)
    assert violated(answer) == ["providerId", "scheduleId", "password", "email"]
    first = answer.json()["details"]["validationError"]["fieldViolations"][0]
    assert set(first) == {"field", "description", "violatedRule", "ruleName", "data"}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/back",
        "127.0.0.1:80",
        "ftp://a.example/",
        "javascript:alert(1)",
        "http://",
        "http://a:99999/",
        "http://a b/",
        "http://bücher.example/",
        "http://a;script-src*/",
        "http://a.example/\r\nx:y",
        5,
    ],
)
async def test_a_redirect_url_must_be_an_absolute_web_address(api: Api, address: object) -> None:
    assert violated(await api.by_oauth("Google", redirectUrl=address)) == ["redirectUrl"]


async def test_text_that_is_no_unicode_is_a_violation(api: Api) -> None:
    raw = b'{"providerId":"\\ud800","scheduleId":"x","redirectUrl":"http://a.example/"}'
    answer = await api.client.post("/bookings/v2/external-calendars/connections:connectByOAuth", content=raw)
    assert violated(answer) == ["providerId", "scheduleId"]


async def test_oauth_answers_a_short_address_of_this_site(api: Api) -> None:
    address = (await api.by_oauth("Google")).json()["oauthUrl"]
    assert address.startswith(f"{api.site.url}/consent/")
    assert len(address) < 78 - len("http://127.0.0.1:65535") + len(api.site.url)


async def test_a_provider_with_both_ways_takes_both(api: Api) -> None:
    assert (await api.by_oauth("Fastmail")).status_code == 200
    assert (await api.by_credentials(api.site.account("Fastmail"))).status_code == 200


def test_provider_ids_are_stable() -> None:
    assert PROVIDER_IDS["Google"] == "b3a2f6d0-5c1e-4d7a-9b7e-0c5a1f2e3d01"
