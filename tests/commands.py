"""A desk: commands run as `cli.main` in the test's own process, against a site on paper that answers in it too.

Import nothing from here but types: the fixture `desk` comes through conftest.py.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.line import POLL_SECONDS, Line
from tests.sites import InProcessSite
from wizard import cli, wix
from wizard.console import asking
from wizard.domain import SignIn
from wizard.journey import Journey
from wizard.sandbox import store
from wizard.sandbox.providers import PROVIDERS
from wizard.sandbox.schedules import schedule_named
from wizard.sandbox.site import connection_id


@dataclass(frozen=True)
class Ran:
    """What a command ended with, and what it said."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """What it printed as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def only(self) -> dict[str, Any]:
        """The one object that it printed."""
        (found,) = self.objects
        return found


class Desk:
    """Runs commands on `site`, signed in to it by the environment; their requests go over `line`.

    Nobody sits at it unless `somebody_sits_there`; then `typed` is what they answer, in turn.
    """

    def __init__(
        self, site: InProcessSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.site, self.line = site, Line(site)
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.typed: list[str] = []
        monkeypatch.setenv("WIX_API_KEY", site.api_key)
        monkeypatch.setenv("WIX_SITE_ID", site.site_id)
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setattr("wizard.journey.open_journey", self._open)

    def __call__(self, *arguments: str) -> Ran:
        """Run a command to its end."""
        self._capsys.readouterr()
        try:
            code = cli.main(arguments)
        except SystemExit as ended:  # argparse ends the program itself
            code = int(ended.code or 0)
        return Ran(code, *self._capsys.readouterr())

    def somebody_sits_there(self, *typed: str) -> None:
        """Let there be a terminal, at which these are typed."""
        self.typed = list(typed)
        self._monkeypatch.setattr(asking, "can_ask", lambda: True)
        self._monkeypatch.setattr("builtins.input", lambda *_: self.typed.pop(0))
        self._monkeypatch.setattr(asking, "getpass", lambda _: self.typed.pop(0))

    def connected(self, email: str, schedule: str, provider: str = "Apple", **how: Any) -> str:
        """Let an account be connected already; return the connection's ID. `how` are fields of the site's own."""
        provider_id = next(one.id for one in PROVIDERS.values() if one.name == provider)
        made = store.Connection(connection_id(), provider_id, schedule_named(schedule).id, email, 0.0)
        self.site.site.store.save_connection(replace(made, **how))
        return made.id

    def written(self) -> str:
        """Return what was printed since this was asked, while a command runs."""
        return self._capsys.readouterr().out

    def _open(self, sign_in: SignIn, _: str, *_more: object, **_options: object) -> Journey:
        auth = wix.ApiKey(sign_in.secret, sign_in.site_id)
        return Journey(wix.Client(auth, base_url=self.site.url, transport=self.line), poll_seconds=POLL_SECONDS)


@pytest.fixture
def desk(
    paper: InProcessSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Desk:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Desk(paper, monkeypatch, capsys)
