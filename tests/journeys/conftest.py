"""A studio, one `calendar-wizard sandbox` for each worker and set back after every test; terminals to visit it from."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

import httpx
import pytest

from tests.journeys.terminal import Terminal
from tests.journeys.terminal import cold as start_cold
from tests.journeys.warm import WarmProgram
from tests.sites import NO_CERTIFICATES, ExternalAccount, KnownSite
from wizard.sandbox.signin import APP_ID, APP_SECRET, INSTANCE_ID

if TYPE_CHECKING:
    import pexpect
    from playwright.sync_api import Page

PROGRAM = str(Path(sys.executable).with_name("calendar-wizard"))
CONNECTIONS = "/bookings/v2/external-calendars/connections"
CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
)


@dataclass
class Studio(KnownSite):
    """The site that all journeys of a worker lead to."""

    @property
    def environment(self) -> dict[str, str]:
        """What signs in to it."""
        return {"WIX_API_KEY": self.api_key, "WIX_SITE_ID": self.site_id, "WIX_BASE_URL": self.url}

    @property
    def as_app(self) -> dict[str, str]:
        """What signs in to it as an app, for half of the journeys: with the API key all would be too many requests."""
        app = {"WIX_APP_ID": self.app_id, "WIX_APP_SECRET": self.app_secret, "WIX_INSTANCE_ID": self.instance_id}
        return {**app, "WIX_BASE_URL": self.url}

    def connections(self) -> list[dict[str, Any]]:
        """Return what stands, as the site itself says it."""
        rows: list[dict[str, Any]] = self.call("GET", CONNECTIONS)["connections"]
        return [row for row in rows if row["status"] != "DISCONNECTED"]

    def disconnect(self, connection_id: str) -> None:
        """End a connection."""
        self.call("POST", f"{path_of(connection_id)}/disconnect", connectionId=connection_id)

    def call(self, method: str, path: str, **body: object) -> Any:
        """Make a call as somebody else does, with a sign-in and a rate limit of its own; return the site's answer."""
        headers = {"authorization": f"Bearer {self.access_token}"}
        content = body or None
        answer = httpx.request(method, self.url + path, headers=headers, json=content, verify=NO_CERTIFICATES)
        return answer.raise_for_status().json()


def path_of(connection_id: str) -> str:
    """Return where a connection is."""
    return f"{CONNECTIONS}/{quote(connection_id, safe='')}"


class Start(Protocol):
    """Starts calendar-wizard in a terminal.

    `known` are environment variables; `output` takes standard output, of a warm start only; `cold` runs the installed
    command (see `warm`).
    """

    def __call__(
        self,
        *arguments: str,
        known: dict[str, str] | None = None,
        output: Path | None = None,
        columns: int = 100,
        rows: int = 30,
        cold: bool = False,
    ) -> Terminal: ...


# A long run (see test_killed) would send one site more than the 200 requests a minute that it takes.
@pytest.fixture(scope="function" if "KILL_ROUNDS" in os.environ else "session")
def sandbox() -> Iterator[Studio]:
    with serving() as studio:
        yield studio


@contextmanager
def serving(*arguments: str) -> Iterator[Studio]:
    """Run `calendar-wizard sandbox` with these arguments."""
    with subprocess.Popen([PROGRAM, "sandbox", *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        known = json.loads(process.stdout.readline())
        accounts = [
            ExternalAccount(a["provider"], a["email"], a["password"], a["caldavUrl"]) for a in known["accounts"]
        ]
        yield Studio(known["url"], known["apiKey"], _token(known["url"]), accounts, known["siteId"])
        process.send_signal(signal.SIGTERM)


def _token(url: str) -> str:
    app = {"client_id": APP_ID, "client_secret": APP_SECRET, "instance_id": INSTANCE_ID}
    body = {"grant_type": "client_credentials", **app}
    answer = httpx.post(f"{url}/oauth2/token", json=body, verify=NO_CERTIFICATES)
    return str(answer.raise_for_status().json()["access_token"])


@pytest.fixture
def studio(sandbox: Studio) -> Iterator[Studio]:
    """The site, with nothing connected that wasn't at the start."""
    before = {row["id"] for row in sandbox.connections()}
    yield sandbox
    for row in sandbox.connections():
        if row["id"] not in before:
            sandbox.disconnect(row["id"])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return environment_in(tmp_path)


def environment_in(folder: Path) -> dict[str, str]:
    """The same for every journey, whoever runs it: no site, no display, files of its own."""
    (folder / "temporary").mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder / "temporary"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TEXTUAL_ANIMATIONS": "none",
    }


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    terminals: list[Terminal] = []

    def start(
        *arguments: str,
        known: dict[str, str] | None = None,
        output: Path | None = None,
        columns: int = 100,
        rows: int = 30,
        cold: bool = False,
    ) -> Terminal:
        of_run = {**environment, **(known or {})}
        child: pexpect.spawn[bytes] | WarmProgram
        if cold:
            child = start_cold([PROGRAM, *arguments], of_run, tmp_path, columns=columns, rows=rows)
        else:
            child = WarmProgram(arguments, of_run, tmp_path, columns=columns, rows=rows, output=output)
        terminal = Terminal(child, columns, rows)
        terminals.append(terminal)
        return terminal

    yield start
    for terminal in terminals:
        terminal.kill()


@pytest.fixture
def closed_port() -> int:
    """A loopback port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def browser_page() -> "Iterator[Page]":
    if CHROMIUM is None:
        pytest.skip("needs an installed chromium")  # no package of ours can install a browser; .ci/run does
    from playwright.sync_api import sync_playwright  # costs every worker that only collects a tenth of a second

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser.new_page(java_script_enabled=False)
        browser.close()
