"""`calendar-wizard connect` and `resume`, as a script runs them."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import httpx

from tests.journeys.conftest import PROGRAM, Start, Studio
from tests.journeys.steps import GOOGLE_ACCOUNT, SCHEDULE, decide
from tests.journeys.terminal import PATIENCE
from tests.sites import NO_CERTIFICATES
from wizard import texts

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split("### Unattended")[1]


def lines(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.read_text().splitlines()]


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


def test_the_examples_of_the_readme_do_what_it_says(start: Start, studio: Studio, tmp_path: Path) -> None:
    toml = re.search(r"```toml\n(.*?)```", README, re.DOTALL)
    assert toml is not None
    (tmp_path / "apple.toml").write_text(toml[1])
    commands = re.findall(r"^\.venv/bin/calendar-wizard (.*)$", README.split("\n## ")[0], re.MULTILINE)
    account = studio.account("Apple")
    known = {**studio.environment, "DANA_PASSWORD": account.password}
    said: list[dict[str, Any]] = []
    for number, command in enumerate(commands):
        output = tmp_path / f"{number}.jsonl"
        terminal = start(*shlex.split(command), known=known, output=output)
        code = terminal.wait_for_end()
        (line,) = lines(output)
        assert code == (3 if line["state"] == "authorize" else 0)
        assert account.password.encode() not in terminal.said + output.read_bytes()
        if line["state"] == "authorize":
            decide(line["oauthUrl"])
        said.append(line)
    assert [line["state"] for line in said] == ["planned", "connected", "authorize", "connected"]
    assert (said[0]["action"], said[0]["calendars"]) == ("connect", ["Work"])
    assert said[1]["import"]["calendars"] == [{"id": said[1]["import"]["calendars"][0]["id"], "name": "Work"}]
    assert {said[1]["connectionId"], said[3]["connectionId"]} <= {row["id"] for row in studio.connections()}
    assert said[3]["export"]["enabled"]
