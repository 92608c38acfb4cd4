"""What `calendar-wizard doctor` finds on a site on paper, and on the machine under it."""

import errno
import io
import json
import os
import re
import socket
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import httpx
import keyring
import pytest
from keyring.core import load_keyring

from tests.keyrings import FAIL, MemoryKeyring
from tests.line import CONNECTIONS, PROVIDERS, SCHEDULES, Line
from tests.sites import InProcessSite
from wizard import browser, callback, cli, files, launch, running, saved, wix
from wizard.doctor.texts import LABELS, Check
from wizard.domain import Fault
from wizard.settings import KEY_FILE
from wizard.wix.client import Client

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
CALENDARS = "/calendars"
ON_THE_SITE = ["accepted", "manage-external-calendars", "read-calendar", "bookings", "premium"]


@pytest.fixture(autouse=True)
def _signed_in(paper: InProcessSite, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a client gets the line to the site; and the environment signs in."""
    monkeypatch.setattr(wix, "Client", partial(wix.Client, transport=line))
    monkeypatch.setattr(wix, "Patience", partial(wix.Patience, tries=2, longest=0.0))
    for name in ("SSH_CONNECTION", *PROXIES, *map(str.upper, PROXIES)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WIX_API_KEY", paper.api_key)
    monkeypatch.setenv("WIX_SITE_ID", paper.site_id)
    monkeypatch.setenv("WIX_BASE_URL", "https://wix.example")


@pytest.fixture(autouse=True)
def _keyring(memory: MemoryKeyring) -> MemoryKeyring:
    return memory


class Report(dict[str, dict[str, str]]):
    """The findings by check; `code` is the exit code."""

    code = 0

    def results(self, *checks: str) -> list[str]:
        """Return the results of these checks."""
        return [self[check]["result"] for check in checks]

    def failed(self) -> list[str]:
        """Return the checks that failed."""
        return [check for check, found in self.items() if found["result"] == "failed"]


class Examined:
    """Runs the command."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *before: str) -> Report:
        code = cli.main([*before, "doctor", "--json"])
        out = self._capsys.readouterr().out
        found = Report({said["check"]: said for said in map(json.loads, out.splitlines())})
        found.code = code
        return found


@pytest.fixture
def examined(capsys: pytest.CaptureFixture[str]) -> Examined:
    return Examined(capsys)


def test_on_a_site_with_everything_nothing_fails(examined: Examined) -> None:
    found = examined()
    assert list(found) == list(Check)
    assert found.failed() == []
    assert set(found.results("sign-in", "certificate", "network", *ON_THE_SITE)) == {"ok"}
    assert found.code == 0


def test_for_people_each_check_is_one_line_that_begins_with_its_result(
    line: Line, capsys: pytest.CaptureFixture[str]
) -> None:
    line.fail(SCHEDULES, httpx.Response(403, json={}))
    assert cli.main(["doctor"]) == 4
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert len(lines) == len(Check)
    assert lines[0] == "ok       Sign-in: API key, from WIX_API_KEY."
    read = next(one for one in lines if LABELS[Check.READ] in one)
    assert read.startswith("failed   Permission Read Calendar: The sign-in lacks a permission.")
    assert read.endswith("Add what is missing in Wix, then try again.")
    assert err == "Failed: Permission Read Calendar.\n"


def test_it_changes_nothing_and_asks_for_nothing_twice(examined: Examined, line: Line) -> None:
    examined()
    read_by_post = [request for request in line.sent if request.method == "POST"]
    assert [request.url.path for request in read_by_post] == ["/calendar/v3/schedules/query"]
    assert {request.method for request in line.sent} == {"GET", "POST"}
    assert len(line.sent) < 10


def test_no_secret_is_shown(examined: Examined, paper: InProcessSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://user:hush@proxy.example:3128")
    said = json.dumps(examined())
    assert "http://proxy.example:3128, from https_proxy." in said
    assert "hush" not in said
    assert paper.api_key not in said


# The sign-in


def test_without_a_sign_in_the_way_to_wix_is_still_checked(examined: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WIX_API_KEY")
    found = examined()
    assert found.failed() == ["sign-in"]
    assert found.results("certificate", "network") == ["ok", "ok"]
    assert set(found.results(*ON_THE_SITE)) == {"skipped"}
    assert found.code == 4


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"WIX_ACCESS_TOKEN": "token"}, "WIX_ACCESS_TOKEN is set, but not WIX_SITE_ID."),
        ({"WIX_APP_SECRET": "hush", "WIX_APP_ID": "id"}, "WIX_APP_SECRET is set, but not WIX_INSTANCE_ID."),
    ],
)
def test_half_a_sign_in_says_what_is_missing(
    given: dict[str, str], what: str, examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WIX_API_KEY")
    monkeypatch.delenv("WIX_SITE_ID")
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    found = examined()
    assert found["sign-in"]["result"] == "failed"
    assert what in found["sign-in"]["what"]
    assert found["sign-in"]["remedy"].startswith("Set what is missing")
    assert found.code == 4


def test_an_id_that_is_none_is_a_warning(examined: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIX_SITE_ID", "my-site.example")
    found = examined()
    assert found["sign-in"]["result"] == "warning"
    assert found["sign-in"]["remedy"].startswith("Site ID should look like")


def test_it_says_that_the_sign_in_is_from_a_file_or_the_keyring(
    examined: Examined, paper: InProcessSite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text(paper.api_key)
    monkeypatch.delenv("WIX_API_KEY")
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "key"))
    assert examined()["sign-in"]["what"] == "API key, from WIX_API_KEY_FILE."
    save_what_the_environment_has()
    monkeypatch.delenv(KEY_FILE)
    found = examined()
    assert found["sign-in"]["what"] == "API key, from the keyring."
    assert found["accepted"]["result"] == "ok"


def save_what_the_environment_has() -> None:
    settings = running.read(cli.parser().parse_args([]))
    sign_in = settings.sign_in()
    assert sign_in
    saved.save(sign_in, settings.base_url)


def test_a_sign_in_in_a_keyring_that_fails_is_told(
    examined: Examined, memory: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_what_the_environment_has()
    monkeypatch.delenv("WIX_API_KEY")
    memory.work = lambda: 1 / 0
    found = examined()
    assert found.failed() == ["sign-in"]
    assert found["sign-in"]["what"] == "The keyring failed. All it says is ZeroDivisionError."
    assert found.code == 4


def test_a_sandbox_that_does_not_start_stops_only_what_needs_it(
    examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: launch.Embedded) -> launch.Site:
        raise Fault("sandbox_failed", message="the disk is full")

    monkeypatch.setattr(launch.Embedded, "__init__", lambda *_: None)
    monkeypatch.setattr(launch.Embedded, "close", lambda _: None)
    monkeypatch.setattr(launch.Embedded, "ready", fails)
    found = examined("--sandbox")
    assert found.failed() == ["sign-in"]
    assert set(found.results("proxy", "clock", *ON_THE_SITE)) == {"skipped"}
    assert found.results("loopback") == ["ok"]


# The way to Wix


@pytest.mark.parametrize(
    ("outcome", "failed", "code"),
    [
        (httpx.ConnectError("refused"), "network", 3),
        (httpx.ReadTimeout("late"), "network", 3),
        (httpx.ProxyError("407"), "proxy", 3),
        (httpx.Response(407), "proxy", 3),
        (httpx.Response(503), "network", 3),
        (httpx.Response(200, text="<html>"), "network", 3),
    ],
)
def test_what_stops_on_the_way_is_told_once_and_what_depends_on_it_is_skipped(
    outcome: httpx.Response | Exception, failed: str, code: int, examined: Examined, line: Line
) -> None:
    line.fail(PROVIDERS, outcome, times=9)
    found = examined()
    assert found.failed() == [failed]
    assert set(found.results("clock", *ON_THE_SITE)) == {"skipped"}
    assert found.results("loopback") == ["ok"]
    assert found.code == code
    assert len(line.sent) <= 2


def test_what_fails_for_a_moment_is_tried_again_and_why_is_said(line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    line.fail(PROVIDERS, httpx.ConnectError("refused"))
    date = format_datetime(datetime.now(UTC), usegmt=True)
    line.fail(PROVIDERS, httpx.Response(401, headers={"date": date}, json={}))
    line.fail(SCHEDULES, httpx.Response(503))
    assert cli.main(["doctor"]) == 0
    out, err = capsys.readouterr()
    assert "ok       Clock: right to the minute." in out
    assert err.splitlines() == [
        "Wix can't be reached. Trying again in 1 s.",
        "Wix has a problem at the moment. Trying again in 1 s.",
        "Nothing failed.",
    ]


def test_a_proxy_that_fails_is_named_without_its_password(
    examined: Examined, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:hush@proxy.example:3128")
    line.fail(PROVIDERS, httpx.ProxyError("user:hush"))
    found = examined()["proxy"]
    assert found["what"].startswith("http://proxy.example:3128, from HTTPS_PROXY. The proxy didn't let the request")
    assert "hush" not in json.dumps(found)


def test_a_list_of_certificates_that_cannot_be_read_is_told(
    examined: Examined, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(wix, "Client", Client)  # the real one, without our line
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    found = examined()
    assert found.failed() == ["certificate"]
    assert "SSL_CERT_FILE" in found["certificate"]["remedy"]


@pytest.mark.parametrize(
    ("seconds", "result", "what"),
    [
        (30, "ok", r"right to the minute\."),
        (-7530, "warning", r"this machine is 2:05:[23]\d ahead of Wix\."),
        (210, "warning", r"this machine is 0:03:[23]\d behind Wix\."),
    ],
)
def test_the_clock_is_held_against_that_of_the_answer(
    seconds: float, result: str, what: str, examined: Examined, line: Line
) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    line.fail(PROVIDERS, httpx.Response(401, headers={"date": date}, json={}))
    clock = examined()["clock"]
    assert clock["result"] == result
    assert re.fullmatch(what, clock["what"])


# The site


def test_a_refused_sign_in_is_4(examined: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIX_API_KEY", "IST.another")
    found = examined()
    assert found.failed() == ["accepted"]
    assert set(found.results(*ON_THE_SITE[1:])) == {"skipped"}
    assert found.code == 4


def refuse(line: Line, call: str, code: str = "") -> None:
    details = {"applicationError": {"code": code}} if code else {}
    line.fail(call, httpx.Response(403, json={"details": details}), times=9)


def test_each_permission_is_told_by_itself(examined: Examined, line: Line) -> None:
    refuse(line, PROVIDERS)
    found = examined()
    assert found.failed() == ["manage-external-calendars"]
    assert found.results("accepted", "read-calendar", "bookings", "premium") == ["ok", "ok", "skipped", "skipped"]


@pytest.mark.parametrize(("call", "key"), [(PROVIDERS, "providers"), (SCHEDULES, "schedules")])
def test_a_site_without_providers_or_schedules_lacks_bookings(
    call: str, key: str, examined: Examined, line: Line
) -> None:
    line.edit(call, lambda content: content.update({key: [], "pagingMetadata": {}}), times=9)
    found = examined()
    assert found.failed() == ["bookings"]
    assert "Wix Bookings" in found["bookings"]["remedy"]
    assert found.code == 1


def test_a_missing_premium_plan_is_seen_where_a_connection_stands(examined: Examined, paper: InProcessSite) -> None:
    paper.site.premium = False
    found = examined()
    assert found.failed() == ["premium"]
    assert found.code == 1


def test_without_a_connection_the_plan_cannot_be_seen(examined: Examined, line: Line) -> None:
    line.edit(CONNECTIONS, lambda content: content.update(connections=[]))
    assert "can't be seen without a working connection" in examined()["premium"]["what"]


# This machine


@pytest.mark.parametrize(
    ("found", "ssh", "result"),
    [(True, False, "ok"), (True, True, "warning"), (False, False, "warning"), (False, True, "warning")],
)
def test_a_browser_is_there_or_the_link_is_for_any_device(
    found: bool, ssh: bool, result: str, examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "_commands", lambda: [["firefox"]] if found else [])
    if ssh:
        monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    said = examined()["browser"]
    assert said["result"] == result
    assert ("SSH" in said["what"]) == ssh
    assert examined("--no-browser")["browser"]["result"] == "skipped"


def test_the_redirect_address_is_listened_on(examined: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = examined("--redirect-url", f"http://127.0.0.1:{taken.getsockname()[1]}/back")
    assert found.failed() == ["loopback"]
    assert examined("--redirect-url", "https://elsewhere.example/back")["loopback"]["result"] == "skipped"

    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(callback, "_bound", refused)
    assert "Operation not permitted" in examined()["loopback"]["what"]


@pytest.mark.parametrize(
    ("term", "columns", "shown_in", "expected"),
    [
        ("xterm-256color", 80, "utf-8", "xterm-256color, 80x24, 256 colours, utf-8"),
        ("dumb", 80, "utf-8", "TERM is dumb, ACCESSIBLE is not set: the wizard asks line by line"),
        ("", 80, "utf-8", "TERM is not set"),
        ("xterm", 39, "utf-8", "39x24 is too small"),
        ("xterm", 80, "iso8859-1", "iso8859-1, which lacks many letters"),
    ],
)
def test_the_terminal_is_looked_at(
    term: str, columns: int, shown_in: str, expected: str, examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stream(io.StringIO):
        encoding = shown_in

        def isatty(self) -> bool:
            return True

        def fileno(self) -> int:
            return 2

    for name in ("stdin", "stderr"):
        monkeypatch.setattr(sys, name, Stream())
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((columns, 24)))
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setenv("TERM", term)
    assert expected in examined()["terminal"]["what"]


def test_a_missing_keyring_is_a_warning_that_says_how_to_do_without(examined: Examined) -> None:
    assert examined()["keyring"]["what"] == "Memory answers."
    keyring.set_keyring(load_keyring(FAIL))
    found = examined()
    assert found["keyring"]["result"] == "warning"
    assert "WIX_API_KEY_FILE" in found["keyring"]["remedy"]
    assert found.code == 0


def test_a_folder_that_takes_no_journal_fails_and_one_that_does_stays_as_it_was(
    examined: Examined, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(tmp_path.rglob("*"))
    assert examined()["state-folder"]["result"] == "ok"
    assert set(tmp_path.rglob("*")) == before
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    found = examined()
    assert found.failed() == ["state-folder"]
    assert found["state-folder"]["what"].startswith(
        f"{tmp_path}/file/calendar-wizard/runs can't be written to (Not a dir"
    )
    assert found.code == 1

    def no_home(*_: object, **__: object) -> None:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr(files, "user_state_path", no_home)
    assert examined()["state-folder"]["what"].startswith("there is no home folder")
