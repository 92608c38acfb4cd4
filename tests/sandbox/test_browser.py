"""The consent page in a real browser, from its link to the listener that waits for the redirect."""

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.sandbox.conftest import EXTERNAL, PROVIDER_IDS
from tests.sites import LiveSite
from wizard.sandbox.schedules import schedule_named

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server like the wizard's own; the list holds the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>Back</title>")

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/callback?state=a%20b", asked
        server.shutdown()
        thread.join()


@pytest.fixture
def browser_page() -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("needs an installed chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser.new_page(java_script_enabled=False)
        browser.close()


def link(site: LiveSite, redirect: str) -> str:
    answer = httpx.post(
        f"{site.url}{EXTERNAL}/connections:connectByOAuth",
        headers={"authorization": site.api_key, "wix-site-id": site.site_id},
        json={
            "providerId": PROVIDER_IDS["Google"],
            "scheduleId": schedule_named("Dana Levi").id,
            "redirectUrl": redirect,
        },
    )
    address: str = answer.json()["oauthUrl"]
    return address


def test_a_browser_allows_and_arrives_at_the_listener(
    live_site: LiveSite, listener: tuple[str, list[str]], browser_page: Page
) -> None:
    redirect, asked = listener
    problems: list[str] = []
    browser_page.on("console", lambda message: problems.append(message.text))
    address = link(live_site, redirect)
    assert len(address) < 78
    browser_page.goto(address)
    expect(browser_page.get_by_role("heading")).to_have_text("Connect your Google calendar")
    expect(browser_page.get_by_label("studio@gmail.example")).to_be_disabled()
    browser_page.get_by_label("dana@gmail.example").check()
    browser_page.get_by_role("button", name="Allow").click()
    expect(browser_page).to_have_title("Back")
    query = parse_qs(urlsplit(next(one for one in asked if one.startswith("/callback"))).query)
    assert query["state"] == ["a b"]
    assert len(query["connectionId"][0]) >= 150
    browser_page.goto(link(live_site, redirect))
    browser_page.get_by_role("button", name="Deny").click()
    expect(browser_page).to_have_title("Back")
    assert asked[-1].endswith("&error=reject") or asked[-2].endswith("&error=reject")
    assert [one for one in problems if "favicon" not in one] == []
