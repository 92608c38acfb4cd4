"""Nothing private is kept of a run: one on a site on paper with a log and a receipt, searched for everything typed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from tests.tui.stage import at, enter, said, text_of, until
from tests.tui.test_calls import app, recorder, to_sign_in
from wizard import log

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.sites import InProcessSite
    from wizard.tui.app import WizardApp

__all__ = ["app", "recorder"]

MISTYPED = "wxyz-wxyz-wxyz-wxyz"
STEPS = """
site: entered
site: left by next, provider: entered
provider: left by next, method: entered
method: left by next, schedule: entered
schedule: left by next, credentials: entered
credentials: fault bad_credentials
credentials: left by next, review: entered
review: left by next, done: entered
done: left by cancel, finished: entered
"""


async def test_log_and_receipt_hold_no_secret_and_the_log_no_name(
    app: WizardApp,
    paper: InProcessSite,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.chdir(tmp_path)
    account = paper.account("Apple")
    with log.to_file(tmp_path / "log"):
        async with app.run_test() as pilot:
            await to_sign_in(pilot, app, paper, "Apple", "credentials")
            await enter(pilot, email=account.email, password=MISTYPED)
            await until(lambda: "Apple refused" in said(app))
            await enter(pilot, password=account.password)
            await at(pilot, "review")
            await pilot.press("enter")
            await at(pilot, "done")
            await pilot.press("ctrl+s")
            await until(lambda: "✓" in text_of(app, "#receipt"))
            await pilot.press("ctrl+c")
    _search(tmp_path, paper, caplog.text)


def _search(folder: Path, site: InProcessSite, logged_elsewhere: str) -> None:
    account = site.account("Apple")
    (saved,) = folder.glob("calendar-wizard-receipt-*.json")
    receipt, logged = saved.read_text(encoding="utf-8"), (folder / "log").read_text(encoding="utf-8")
    for secret in (account.password, MISTYPED, site.api_key, "?"):
        assert secret not in receipt
        assert secret not in logged
    for name in (account.email, "Apple", "Dana", "Home", "HTTP Request"):
        assert name not in logged
    assert "HTTP Request" in logged_elsewhere  # so there was something to keep out
    assert account.email in receipt
    steps = [line.partition(": ")[2] for line in logged.splitlines() if "wizard.tui" in line]
    assert [step for step in steps if step in STEPS] == STEPS.strip().splitlines()
