import httpx
import pytest

from tests.sandbox.conftest import EXTERNAL, Api, fault, violated

PROVIDERS = EXTERNAL + "/providers"


async def ask(api: Api, **headers: str) -> httpx.Response:
    """Ask with exactly these headers for signing in."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api.site.app), base_url=api.site.url) as client:
        return await client.get(PROVIDERS, headers={name.replace("_", "-"): one for name, one in headers.items()})


async def new_token(api: Api, **changes: object) -> httpx.Response:
    body = {
        "grant_type": "client_credentials",
        "client_id": api.site.app_id,
        "client_secret": api.site.app_secret,
        "instance_id": api.site.instance_id,
    }
    return await api.client.post("/oauth2/token", json=body | changes)


async def test_the_api_key_signs_in_with_the_site_id(api: Api) -> None:
    answer = await ask(api, authorization=api.site.api_key, wix_site_id=api.site.site_id)
    assert answer.status_code == 200


async def test_an_access_token_from_elsewhere_signs_in_with_the_site_id(api: Api) -> None:
    signed = f"Bearer {api.site.access_token}"
    assert (await ask(api, authorization=signed, wix_site_id=api.site.site_id)).status_code == 200
    assert (await ask(api, authorization=signed)).status_code == 401


async def test_an_app_token_needs_no_site_id_and_lives_four_hours(api: Api) -> None:
    answer = (await new_token(api)).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 14400)
    signed = f"Bearer {answer['access_token']}"
    api.site.clock.advance(14399)
    assert (await ask(api, authorization=signed)).status_code == 200
    api.site.clock.advance(1)
    assert (await ask(api, authorization=signed)).status_code == 401


@pytest.mark.parametrize("field", ["client_id", "client_secret", "instance_id"])
async def test_a_wrong_app_gets_no_token(api: Api, field: str) -> None:
    assert fault(await new_token(api, **{field: "wrong"})) == (401, "UNAUTHENTICATED")


async def test_a_token_request_names_all_that_is_missing(api: Api) -> None:
    answer = await api.client.post("/oauth2/token", json={"grant_type": "password"})
    assert violated(answer) == ["grant_type", "client_id", "client_secret", "instance_id"]


async def test_a_wrong_or_missing_sign_in_is_never_bad_credentials(api: Api) -> None:
    key, site = api.site.api_key, api.site.site_id
    answers = [
        await ask(api),
        await ask(api, wix_site_id=site),
        await ask(api, authorization="wrong", wix_site_id=site),
        await ask(api, authorization="Bearer wrong", wix_site_id=site),
        await ask(api, authorization=f"Bearer {key}", wix_site_id=site),
        await ask(api, authorization=api.site.access_token, wix_site_id=site),
        await ask(api, authorization=key),
        await ask(api, authorization=key, wix_site_id="6a1f0c52-93d8-4e7b-b1a4-2f5c8d7e9b31"),
    ]
    assert [fault(one) for one in answers] == [(401, "UNAUTHENTICATED")] * len(answers)


async def test_two_hundred_requests_a_minute_then_429_until_the_window_moves_on(api: Api) -> None:
    for _ in range(100):
        await api.get("/providers")
    api.site.clock.advance(20)
    for _ in range(100):
        assert (await api.get("/providers")).status_code == 200
    refused = await api.get("/providers")
    assert (refused.status_code, refused.headers["retry-after"], refused.content) == (429, "40", b"")
    api.site.clock.advance(40)
    assert (await api.get("/providers")).status_code == 200


async def test_each_way_of_signing_in_has_its_own_limit(api: Api) -> None:
    for _ in range(201):
        last = await api.get("/providers")
    assert last.status_code == 429
    signed = f"Bearer {api.site.access_token}"
    assert (await ask(api, authorization=signed, wix_site_id=api.site.site_id)).status_code == 200
