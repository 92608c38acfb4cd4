import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sandbox.conftest import PROVIDER_IDS, Api, quoted
from tests.sites import InProcessSite

DANA = "dana@gmail.example"


async def page(api: Api, provider: str = "Google", schedule: str = "Dana Levi", **changes: object) -> httpx.Response:
    """Ask for a consent page and open it; the client keeps its cookie."""
    answer = await api.by_oauth(provider, schedule, **changes)
    return await api.client.get(answer.json()["oauthUrl"])


async def decide(api: Api, shown: httpx.Response, decision: str, account: str = DANA) -> httpx.Response:
    found = re.search(r'name="form" value="([0-9a-f]+)"', shown.text)
    assert found is not None
    form = {"form": found[1], "decision": decision, "account": account}
    return await api.client.post(shown.url, data=form)


def returned(answer: httpx.Response) -> dict[str, list[str]]:
    assert answer.status_code == 303, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query)


async def test_allowing_connects_the_chosen_account(api: Api) -> None:
    found = returned(await decide(api, await page(api), "allow"))
    (identity,) = found["connectionId"]
    connection = (await api.get(f"/connections/{quoted(identity)}")).json()["connection"]
    assert connection["externalAccountEmail"] == DANA
    assert connection["syncConfig"]["listEventFromCalendars"] == {"enabled": True, "primaryCalendar": {}}


async def test_outlook_starts_with_all_its_calendars(api: Api) -> None:
    shown = await page(api, "Outlook or Office 365")
    (identity,) = returned(await decide(api, shown, "allow", "dana@outlook.example"))["connectionId"]
    connection = (await api.get(f"/connections/{quoted(identity)}")).json()["connection"]
    chosen = connection["syncConfig"]["listEventFromCalendars"]["calendars"]["calendars"]
    assert [one["name"] for one in chosen] == ["Calendar", "Birthdays", "Teaching"]


@pytest.mark.parametrize("decision", ["reject", "unsupported", "internal"])
async def test_every_documented_error_leads_back(api: Api, decision: str) -> None:
    assert returned(await decide(api, await page(api), decision)) == {"error": [decision]}
    assert len((await api.get("/connections")).json()["connections"]) == 2


@pytest.mark.parametrize(
    ("redirect", "expected"),
    [
        ("http://127.0.0.1:9/back", "http://127.0.0.1:9/back?error=reject"),
        ("http://127.0.0.1:9/back?a=b%20c", "http://127.0.0.1:9/back?a=b%20c&error=reject"),
        ("http://127.0.0.1:9?", "http://127.0.0.1:9?error=reject"),
        ("https://a.example/x?y=1#part?", "https://a.example/x?y=1&error=reject#part?"),
        ("http://[::1]:9/#f", "http://[::1]:9/?error=reject#f"),
    ],
)
async def test_the_redirect_url_keeps_its_query_and_fragment(api: Api, redirect: str, expected: str) -> None:
    shown = await page(api, redirectUrl=redirect)
    assert (await decide(api, shown, "reject")).headers["location"] == expected


async def test_only_the_providers_accounts_are_shown_and_a_taken_one_cannot_be_chosen(api: Api) -> None:
    shown = await page(api)
    accounts = dict(re.findall(r'value="(\S+@\S+)" required( disabled| checked)', shown.text))
    assert accounts == {"studio@gmail.example": " disabled", DANA: " checked"}
    assert "Already connected to the schedule business." in shown.text


@pytest.mark.parametrize("schedule", ["business", "Dana Levi"])
async def test_an_account_that_is_taken_meanwhile_leads_back_with_internal(api: Api, schedule: str) -> None:
    shown = await page(api, schedule=schedule)
    assert returned(await decide(api, shown, "allow", "studio@gmail.example")) == {"error": ["internal"]}


async def test_the_page_names_the_schedule_safely(api: Api) -> None:
    shown = await page(api, schedule="Café & stretch")
    assert "<strong>Café &amp; stretch</strong>" in shown.text


async def test_the_page_works_once(api: Api) -> None:
    shown = await page(api)
    await decide(api, shown, "reject")
    assert (await api.client.get(shown.url)).status_code == 410
    assert (await decide(api, shown, "allow")).status_code == 410


async def test_the_page_works_for_ten_minutes(api: Api) -> None:
    shown = await page(api)
    api.site.clock.advance(599)
    assert (await api.client.get(shown.url)).status_code == 200
    api.site.clock.advance(1)
    assert (await decide(api, shown, "allow")).status_code == 410


async def test_a_form_from_elsewhere_is_refused(api: Api) -> None:
    shown = await page(api)
    api.client.cookies.clear()
    assert (await decide(api, shown, "allow")).status_code == 403
    api.client.cookies.set("consent", "made-up", domain="sandbox.test", path="/")
    assert (await decide(api, shown, "allow")).status_code == 403


async def test_a_form_belongs_to_its_own_page(api: Api) -> None:
    first, second = await page(api), await page(api)
    found = re.search(r'name="form" value="([0-9a-f]+)"', first.text)
    assert found is not None
    answer = await api.client.post(second.url, data={"form": found[1], "decision": "allow", "account": DANA})
    assert answer.status_code == 403


@pytest.mark.parametrize(("decision", "account"), [("allow", "dana@icloud.example"), ("allow", ""), ("maybe", DANA)])
async def test_a_wrong_choice_does_not_use_the_page_up(api: Api, decision: str, account: str) -> None:
    shown = await page(api)
    assert (await decide(api, shown, decision, account)).status_code == 400
    assert "connectionId" in returned(await decide(api, shown, "allow"))


async def test_an_unknown_page_says_so(api: Api) -> None:
    answer = await api.client.get("/consent/unknown")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert answer.headers["x-wix-request-id"]


async def test_the_page_is_locked_down(api: Api) -> None:
    shown = await page(api)
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:49152" in policy
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["x-frame-options"] == "DENY"
    assert re.search(r"HttpOnly; Path=/consent/\S+; SameSite=strict", shown.headers["set-cookie"])
    assert "src=" not in shown.text
    assert "href=" not in shown.text


async def test_no_page_tells_a_password(api: Api, site: InProcessSite) -> None:
    shown = await page(api)
    assert not [one for one in site.accounts if one.password in shown.text]


def test_every_oauth_provider_has_an_account_for_dana(site: InProcessSite) -> None:
    assert all(site.account(name).email.startswith("dana@") for name in PROVIDER_IDS)
