"""A plain HTTP client for the site: these tests know the contract only, not the wizard's own client."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.sites import ExternalAccount, InProcessSite
from wizard.sandbox import providers
from wizard.sandbox.schedules import schedule_named

EXTERNAL = "/bookings/v2/external-calendars"
PROVIDER_IDS = {one.name: one.id for one in providers.PROVIDERS.values()}


@dataclass
class Api:
    """Requests signed with the API key, and the few sequences that many tests begin with."""

    site: InProcessSite
    client: httpx.AsyncClient

    async def get(self, path: str, **parameters: Any) -> httpx.Response:
        return await self.client.get(EXTERNAL + path, params=parameters)

    async def post(self, path: str, body: object = None) -> httpx.Response:
        return await self.client.post(EXTERNAL + path, json={} if body is None else body)

    async def query(self, body: object) -> httpx.Response:
        return await self.client.post("/calendar/v3/schedules/query", json=body)

    async def by_credentials(
        self, account: ExternalAccount, schedule: str = "Dana Levi", provider: str | None = None, **changes: object
    ) -> httpx.Response:
        body = {
            "providerId": PROVIDER_IDS[provider or account.provider],
            "scheduleId": schedule_named(schedule).id,
            "email": account.email,
            "password": account.password,
        }
        return await self.post("/connections:connectByCredentials", body | changes)

    async def by_oauth(
        self, provider: str = "Google", schedule: str = "Dana Levi", **changes: object
    ) -> httpx.Response:
        body = {
            "providerId": PROVIDER_IDS[provider],
            "scheduleId": schedule_named(schedule).id,
            "redirectUrl": "http://127.0.0.1:49152/back",
        }
        return await self.post("/connections:connectByOAuth", body | changes)

    async def connected(self, provider: str = "Apple", schedule: str = "Dana Levi") -> str:
        """Connect Dana's account by its password; return the connection's id, ready for a path."""
        answer = await self.by_credentials(self.site.account(provider), schedule)
        assert answer.status_code == 200, answer.text
        return quoted(answer.json()["connection"]["id"])

    async def first(self, provider: str) -> str:
        """Return the id of the first connection at the provider, ready for a path."""
        rows = (await self.get("/connections")).json()["connections"]
        return quoted(next(row["id"] for row in rows if row["providerId"] == PROVIDER_IDS[provider]))

    async def update(self, connection: str, **config: object) -> httpx.Response:
        return await self.client.patch(
            f"{EXTERNAL}/connections/{connection}/sync-config", json={"syncConfig": dict(config)}
        )


def quoted(identity: str) -> str:
    from urllib.parse import quote

    return quote(identity, safe="")


def fault(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the application error's code."""
    return answer.status_code, answer.json()["details"]["applicationError"]["code"]


def violated(answer: httpx.Response) -> list[str]:
    """Return the fields of a 400's violations."""
    assert answer.status_code == 400, answer.text
    return [one["field"] for one in answer.json()["details"]["validationError"]["fieldViolations"]]


@pytest.fixture
async def api(site: InProcessSite) -> AsyncIterator[Api]:
    headers = {"authorization": site.api_key, "wix-site-id": site.site_id}
    async with httpx.AsyncClient(transport=site.transport(), base_url=site.url, headers=headers, timeout=30) as client:
        yield Api(site, client)
