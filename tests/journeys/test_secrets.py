"""No secret is left anywhere: not in files, not on the terminal, not with child processes."""

import os
import signal
from pathlib import Path

from tests.journeys.conftest import Start, Studio
from tests.journeys.steps import SCHEDULE, apply, get_link, go_to_sign_in, title, what
from wizard import texts
from wizard.domain import Kind, Method

WRONG = "wxyz-wxyz-wxyz-wxyz"


def test_no_secret_is_left_in_a_file_on_the_terminal_or_with_a_child(
    start: Start, studio: Studio, tmp_path: Path
) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nenv >"{tmp_path}/environment-of-the-browser"\n')
    browser.chmod(0o700)
    account = studio.account("Apple")
    known = {**studio.environment, "BROWSER": str(browser)}
    terminal = start("--log-file", "log", "--receipt", "receipt.json", known=known, columns=120, rows=40)

    go_to_sign_in(terminal, "Google", Method.OAUTH)
    link = get_link(terminal)
    terminal.press("o")
    terminal.wait_for(texts.OPENED)
    for state in ("schedule", "method", "provider"):
        terminal.press("ctrl+b")
        terminal.wait_for(title(state, "Google"))

    go_to_sign_in(terminal, "Apple", Method.CREDENTIALS)
    terminal.fill(texts.EMAIL, account.email)
    for password in (WRONG, account.password):
        terminal.fill(texts.PASSWORD_OF[Kind.APPLE], password)
        terminal.wait_for(what("bad_credentials")[:20] if password == WRONG else title("review"))
    terminal.wait_for(texts.EXPORT + " ")
    apply(terminal, "Apple")
    terminal.press("ctrl+s")
    terminal.wait_for("calendar-wizard-receipt-")
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.wait_for_end() == 143

    written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path != browser}
    assert {"log", "receipt.json", "environment-of-the-browser"} <= {path.name for path in written}
    assert any(path.suffix == ".json" and path.parent.name == "runs" for path in written)
    everything = {str(path): content for path, content in written.items()} | {"the terminal": bytes(terminal.said)}
    for secret in (studio.api_key, account.password, WRONG):
        assert [place for place, content in everything.items() if secret.encode() in content] == []
    token = link.rpartition("/")[2]
    assert [place for place, content in everything.items() if token.encode() in content] == ["the terminal"]
    assert SCHEDULE.encode() not in everything[str(tmp_path / "log")]
