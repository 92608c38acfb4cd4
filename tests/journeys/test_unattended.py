"""`calendar-wizard connect` and `resume`, as a script runs them."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.conftest import PROGRAM, Start, Studio
from tests.journeys.steps import GOOGLE_ACCOUNT, SCHEDULE, decide
from tests.journeys.terminal import PATIENCE, Terminal
from tests.sites import NO_CERTIFICATES
from wizard import texts


def line_in(output: Path) -> dict[str, Any]:
    """Return the only line."""
    (line,) = map(json.loads, output.read_text().splitlines())
    assert isinstance(line, dict)
    return line


def test_connect_in_a_pipe_prints_the_link_at_once_and_the_result_when_the_browser_comes_home(
    studio: Studio, environment: dict[str, str], tmp_path: Path
) -> None:
    command = [PROGRAM, "connect", "--provider", "Google", "--schedule", SCHEDULE, "--export", "on"]
    with subprocess.Popen(
        command,
        env={**environment, **studio.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        home = decide(json.loads(process.stdout.readline())["oauthUrl"])
        with httpx.Client(verify=NO_CERTIFICATES) as browser:
            assert texts.PAGES["connected"][0] in browser.get(home).text
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    (line,) = map(json.loads, out.splitlines())
    assert (line["state"], line["email"], line["export"]["enabled"]) == ("connected", GOOGLE_ACCOUNT, True)
    assert line["connectionId"] in [row["id"] for row in studio.connections()]
    assert "Traceback" not in err


def test_resume_goes_on_with_what_connect_did_not_wait_for(start: Start, studio: Studio, tmp_path: Path) -> None:
    wish = ("--provider", "Google", "--schedule", SCHEDULE, "--export", "on")
    left, found = tmp_path / "left.jsonl", tmp_path / "found.jsonl"
    terminal = start("connect", *wish, "--no-wait", known=studio.as_app, output=left)
    assert terminal.wait_for_end() == 3
    decide(line_in(left)["oauthUrl"])
    terminal = start("resume", known=studio.as_app, output=found)
    assert terminal.wait_for_end() == 0
    line = line_in(found)
    assert (line["state"], line["email"], line["export"]["enabled"]) == ("connected", GOOGLE_ACCOUNT, True)
    assert line["connectionId"] in [row["id"] for row in studio.connections()]


def terminate(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGTERM)


@pytest.mark.parametrize(("end", "code"), [(terminate, 143), (Terminal.hang_up, 129)])
def test_a_signal_ends_it_as_ctrl_c_does_and_its_receipt_is_written(
    start: Start, studio: Studio, tmp_path: Path, end: Callable[[Terminal], None], code: int
) -> None:
    output, receipt = tmp_path / "out.jsonl", tmp_path / "receipt.json"
    wish = ("--provider", "Google", "--schedule", SCHEDULE, "--receipt", str(receipt))
    terminal = start("connect", *wish, known=studio.as_app, output=output)
    terminal.wait_until(lambda: output.exists() and output.read_text().endswith("\n"), "the link")
    end(terminal)
    assert terminal.wait_for_end() == code
    assert json.loads(receipt.read_text())["provider"]["name"] == "Google"
