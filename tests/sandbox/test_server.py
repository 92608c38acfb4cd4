"""The site as a process: the ready line, how it ends, what it leaves behind."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import readme
from tests.sandbox import dav
from tests.sandbox.conftest import EXTERNAL
from tests.sites import NO_CERTIFICATES, ExternalAccount, InProcessSite, start_sandbox, stop_sandbox
from wizard.sandbox.accounts import write_users
from wizard.sandbox.radicale_process import RadicaleProcess

(EXAMPLE,) = (one for one in readme.examples(readme.README.read_text(encoding="utf-8")) if one.serves)
"""The README's only example that serves."""
PROGRAM = str(Path(sys.executable).with_name("calendar-wizard"))
SERVE = "import sys; from wizard.sandbox.server import serve; sys.exit(serve({}))"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of their own for the processes' temporary directories."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def started(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout is not None
    ready: dict[str, Any] = json.loads(process.stdout.readline())
    return ready


def serve(arguments: str = "", **options: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", SERVE.format(arguments)], text=True, **options)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.02)


def answers(url: str) -> bool:
    host, port = url.removeprefix("http://").split("/")[0].split(":")
    with socket.socket() as client:
        return client.connect_ex((host, int(port))) == 0


def connections(ready: dict[str, Any]) -> list[dict[str, Any]]:
    headers = {"authorization": ready["apiKey"], "wix-site-id": ready["siteId"]}
    answer = httpx.get(f"{ready['url']}{EXTERNAL}/connections", headers=headers, verify=NO_CERTIFICATES)
    rows: list[dict[str, Any]] = answer.json()["connections"]
    return rows


def test_any_caldav_client_gets_into_every_account(site: InProcessSite) -> None:
    assert all(dav.calendars(one) for one in site.accounts)


def test_an_account_does_not_open_another(site: InProcessSite) -> None:
    dana, dan = site.account("Apple"), site.account("Apple", "dan")
    answer = httpx.request("PROPFIND", dan.caldav_url, auth=(dana.email, dana.password), verify=NO_CERTIFICATES)
    assert answer.status_code == 403


def test_it_says_in_one_line_how_to_reach_it_and_ctrl_c_ends_it_without_a_trace(temporary: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [PROGRAM, "sandbox", "--port", str(port)]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        ready = started(process)
        assert set(ready) == {"url", "apiKey", "siteId", "accounts"}
        assert ready["url"] == f"http://127.0.0.1:{port}"
        known = {frozenset(one) for one in ready["accounts"]}
        assert known == {frozenset({"provider", "email", "password", "caldavUrl"})}
        assert len(connections(ready)) == 2
        assert stat.S_IMODE(next(temporary.iterdir()).stat().st_mode) == 0o700
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (0, "", "")
    assert list(temporary.iterdir()) == []
    assert not answers(ready["accounts"][0]["caldavUrl"])


def test_even_a_kill_leaves_no_process_and_no_directory(temporary: Path) -> None:
    with serve(stdout=subprocess.PIPE) as process:
        ready = started(process)
        assert answers(ready["accounts"][0]["caldavUrl"])
        process.kill()
        process.wait()
    wait_until(lambda: not answers(ready["accounts"][0]["caldavUrl"]) and not list(temporary.iterdir()))


def test_a_data_directory_serves_one_sandbox_at_a_time_and_keeps_keys_connections_and_events(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    data = tmp_path / "site"
    with start_sandbox("--data", str(data)) as process:
        first = started(process)
        before = connections(first)
        account = next(one for one in first["accounts"] if one["email"] == "dana@icloud.example")
        dav.write(_account(account), "Work", "UID:1", "SUMMARY:Kept", "DTSTART:20310310T150000Z")
        _refused(data)
        assert stop_sandbox(process) == 0
    (command,) = EXAMPLE.commands  # as the README shows it, where `./site` is the same directory
    arguments = [str(unused_tcp_port) if word == "8710" else word for word in command.arguments]
    with subprocess.Popen([PROGRAM, *arguments], text=True, stdout=subprocess.PIPE, cwd=tmp_path) as process:
        second = started(process)
        assert second["url"] == f"http://127.0.0.1:{unused_tcp_port}"
        assert (second["apiKey"], connections(second)) == (first["apiKey"], before)
        again = next(one for one in second["accounts"] if one["email"] == account["email"])
        assert again["password"] == account["password"]
        assert "Kept" in dav.calendars(_account(again))["Work"]
        process.terminate()
        assert process.wait(timeout=10) == 0
    assert {stat.S_IMODE(one.stat().st_mode) for one in data.rglob("*") if one.is_file()} == {0o600}
    assert {stat.S_IMODE(one.stat().st_mode) for one in [data, *data.rglob("*")] if one.is_dir()} == {0o700}


def test_its_calendar_server_starts_in_any_directory_and_any_character_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "email.py").write_text("raise SystemExit('a module of the person, not of Python')")
    monkeypatch.chdir(tmp_path)
    for name, value in {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}.items():
        monkeypatch.setenv(name, value)
    write_users(tmp_path, [])
    with RadicaleProcess(tmp_path) as radicale:
        assert answers(radicale.url())


def test_its_calendar_server_gets_nothing_of_a_sign_in_to_wix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = tmp_path / "python"
    stand_in.write_text('#!/bin/sh\necho "${WIX_API_KEY:-7}"\n')
    stand_in.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(stand_in))
    monkeypatch.setenv("WIX_API_KEY", "IST.real")
    with RadicaleProcess(tmp_path) as radicale:
        assert radicale.url() == "http://127.0.0.1:7"


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serve(f"port={port}", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            output, errors = process.communicate(timeout=10)
    assert (process.returncode, output) == (1, "")
    assert errors == f"The sandbox did not start: port {port} cannot be used: Address already in use.\n"


def damaged(data: Path) -> None:
    (data / "site.sqlite3").write_bytes(b"this is no database, but long enough to look at" * 40)


def a_file(data: Path) -> None:
    data.rmdir()
    data.write_text("")


@pytest.mark.parametrize("spoil", [damaged, a_file])
def test_a_data_directory_that_cannot_be_used_is_one_clear_line(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    spoil(data)
    _refused(data)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_directory_that_is_read_only_is_one_clear_line(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o500)
    _refused(data)


def _refused(data: Path) -> None:
    command = [sys.executable, "-m", "wizard.sandbox", "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, stdin=subprocess.PIPE)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"The sandbox did not start: the directory {data} cannot be used: ")
    assert done.stderr.count("\n") == 1


def _account(wire: dict[str, str]) -> ExternalAccount:
    return ExternalAccount(wire["provider"], wire["email"], wire["password"], wire["caldavUrl"])
