"""What a bulk run says: a line of JSON for each row, words for people at the end, and its exit code."""

import asyncio
import csv
import errno
import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests.line import AUTHORIZE, CONNECT, Line, allow, journey_on, provider_named, schedule_named
from tests.sites import InProcessSite
from wizard import cli, files
from wizard.answers import Answers
from wizard.bulk import front, invitations
from wizard.bulk import run as run_of
from wizard.bulk.journal import Journal
from wizard.bulk.rows import Row
from wizard.bulk.run import Result
from wizard.domain import Fault, SignIn, SignInWay
from wizard.exits import StartError
from wizard.record import Recorder
from wizard.running import OnSite
from wizard.settings import Settings
from wizard.wishes import Directions, PasswordSource, Wish

FILE = Path("team.csv")
APPLE = Row(2, Wish("Apple", "Dana Levi", email="dana@icloud.example", password=PasswordSource("env", "ICLOUD")))
GOOGLE = Row(3, Wish("Google", "business", email="dana@gmail.example", directions=Directions(exports=True)))
REFUSED = Row(4, replace(APPLE.wish, schedule="Ben Whitfield", email="nobody@icloud.example"))


@pytest.fixture(autouse=True)
def _environment(paper: InProcessSite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("ICLOUD", paper.account("Apple").password)


@pytest.fixture
async def site(paper: InProcessSite, line: Line) -> AsyncIterator[OnSite]:
    sign_in = SignIn(SignInWay.API_KEY, SecretStr(paper.api_key), paper.site_id)
    async with journey_on(paper, line) as journey:
        yield OnSite(journey, Settings(), sign_in, "a site")


async def work(site: OnSite, *rows: Row, links: Path | None = None, watch: bool = False) -> int:
    return await front.work(site, FILE, rows, invitations=links, redirect_url="https://thanks.example/", watch=watch)


def told(capsys: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return what stands on standard output, and the words to people after a run's first line."""
    out, err = capsys.readouterr()
    first, *words = err.splitlines()
    assert first.startswith("Rows to check with Wix before anything is changed: ")
    return [json.loads(line) for line in out.splitlines()], words


async def test_each_row_is_a_line_of_json_and_the_end_is_in_words(
    site: OnSite, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await work(site, APPLE, REFUSED) == 1
    lines, words = told(capsys)
    connected, failed = sorted(lines, key=lambda line: int(line["line"]))
    who = {"line": 2, "schedule": "Dana Levi", "provider": "Apple", "email": "dana@icloud.example"}
    assert connected.items() >= {**who, "state": "connected", "calendarType": "I_CAL", "status": "CONNECTED"}.items()
    assert connected.keys() >= {"connectionId", "providerId", "scheduleId", "import", "export"}
    assert failed.items() >= {"line": 4, "state": "failed", "fault": "bad_credentials"}.items()
    assert failed["requestId"]
    assert words[0] == "2 rows: 1 connected, 1 failed."
    assert re.fullmatch(r"team.csv:4: Apple refused .* app-specific .*\(bad_credentials · request .*\)", words[1])


def test_while_another_run_is_at_work_on_the_site_it_ends_with_3(
    paper: InProcessSite, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "http://127.0.0.1:9"
    for name, value in (("API_KEY", paper.api_key), ("SITE_ID", paper.site_id), ("BASE_URL", nowhere)):
        monkeypatch.setenv(f"WIX_{name}", value)
    table = tmp_path / "team.csv"
    table.write_text("schedule,provider,email\nDana Levi,Google,dana@gmail.example\n")
    with Journal(files.bulk_folder(), f"{nowhere} {paper.site_id}"):
        assert cli.main(["bulk", str(table)]) == 3
    assert "Another bulk run is working on this site" in capsys.readouterr().err


async def test_where_the_output_takes_no_more_nothing_more_is_begun(
    site: OnSite, paper: InProcessSite, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise Fault("output_failed", message="No space left on device")

    monkeypatch.setattr(run_of, "WORKERS", 1)
    monkeypatch.setattr(front, "tell", full)
    before = len(paper.site.store.connections())
    with pytest.raises(Fault, match="output_failed"):
        await work(site, APPLE, REFUSED)
    assert told(capsys)[1] == [
        "2 rows: 1 connected, 1 not tried.",
        "Run it again: it continues where it stopped.",
    ]
    assert len(paper.site.store.connections()) == before + 1


async def test_what_is_connected_already_ends_with_0(site: OnSite, capsys: pytest.CaptureFixture[str]) -> None:
    for state, words in (("connected", "1 row: 1 connected."), ("exists", "1 row: 1 connected before.")):
        assert await work(site, APPLE) == 0
        (line,), said = told(capsys)
        assert line["state"] == state
        assert said == [words]


async def test_a_row_whose_directions_are_set_is_left_alone_by_resume(site: OnSite) -> None:
    schedule = await schedule_named(site.journey, "Dana Levi")
    its = Answers().with_provider(await provider_named(site.journey, "Apple")).with_schedule(schedule)
    left = Recorder(folder := files.runs_folder(), site.place, directions=Directions(exports=True))
    left.keep("review", its.with_email("dana@icloud.example"))
    left.close()
    await work(site, APPLE)
    assert list(folder.glob("*.json"))
    await work(site, replace(APPLE, wish=replace(APPLE.wish, directions=Directions(exports=False))))
    assert not list(folder.glob("*.json"))


async def test_what_failed_for_now_ends_with_3_and_says_so(
    site: OnSite, line: Line, capsys: pytest.CaptureFixture[str]
) -> None:
    line.fail(CONNECT, httpx.Response(503))
    assert await work(site, APPLE) == 3
    assert told(capsys)[1][-1].startswith("Some failed only for now: run it again")


async def test_a_refused_sign_in_ends_it_with_4(
    site: OnSite, line: Line, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_of, "WORKERS", 1)
    line.fail(CONNECT, httpx.Response(401), times=9)
    assert await work(site, APPLE, REFUSED) == 4
    _, words = told(capsys)
    assert words[0] == "2 rows: 1 failed, 1 not tried."
    assert words[-1].startswith("The rest would have failed for the same reason")


async def test_a_rehearsal_says_what_would_be_done_and_changes_nothing(
    site: OnSite, line: Line, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await front.rehearse(site, FILE, [APPLE, GOOGLE]) == 0
    lines, words = told(capsys)
    assert [(line["line"], line["state"], line["action"]) for line in lines] == [
        (2, "planned", "connect"),
        (3, "planned", "authorize"),
    ]
    assert words == ["1 to connect, 1 to invite."]
    assert {request.method for request in line.sent if "schedules" not in request.url.path} == {"GET"}


async def test_an_account_on_another_schedule_too_is_warned_of_where_it_is_connected_or_stands_in_the_file(
    site: OnSite, paper: InProcessSite, capsys: pytest.CaptureFixture[str]
) -> None:
    (dan,) = (one for one in paper.site.store.connections() if one.email == "dan@icloud.example")
    paper.site.store.save_connection(replace(dan, id="ended", email=APPLE.wish.email, connected=False))
    also = Row(3, replace(APPLE.wish, schedule="Amara Osei", email=APPLE.wish.email.upper()))
    elsewhere = Row(4, replace(APPLE.wish, schedule="Ben Whitfield", email=dan.email))
    stands = Row(5, replace(APPLE.wish, schedule="Dan Okafor", email=dan.email))
    assert await front.rehearse(site, FILE, [APPLE, also, elsewhere, stands]) == 0
    assert told(capsys)[1] == [
        "team.csv:3: warning: this account is also on line 2, for another schedule; Wix may refuse it the second time",
        "team.csv:4: warning: this account is connected to Dan Okafor already; "
        "Wix may refuse it here until it is disconnected there",
        "3 to connect, 1 connected already.",
    ]


async def test_without_a_file_for_the_links_nobody_is_invited_and_nothing_changed(site: OnSite, line: Line) -> None:
    with pytest.raises(StartError, match=r"line 3 of the file: .* like --invitations links.csv"):
        await work(site, APPLE, GOOGLE)
    assert line.count(CONNECT) == 0


@pytest.mark.parametrize("kind", ["csv", "json"])
async def test_the_links_are_in_the_file_of_invitations(
    kind: str, site: OnSite, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"links.{kind}"
    assert await work(site, GOOGLE, links=file) == 3
    (said,), words = told(capsys)
    with file.open(encoding="utf-8", newline="") as opened:
        (invitation,) = csv.DictReader(opened) if kind == "csv" else json.load(opened)
    assert invitation["link"].startswith("http://sandbox.test/consent/")
    assert said == {
        "line": 3,
        "schedule": "business",
        "provider": "Google",
        "email": invitation["email"],
        "state": "invited",
        "expiresAt": invitation["expires"],
    }
    assert words[-1] == "To see who has used the link: calendar-wizard bulk team.csv --watch"


async def test_watching_ends_when_all_have_used_their_links(
    site: OnSite,
    paper: InProcessSite,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_of.Run.watch, "__defaults__", (0.01,))
    file, written = tmp_path / "links.json", asyncio.Event()
    write = invitations.write

    def then_say_so(path: Path, invited: Sequence[Result]) -> None:
        write(path, invited)
        written.set()

    monkeypatch.setattr(invitations, "write", then_say_so)
    working = asyncio.create_task(work(site, GOOGLE, links=file, watch=True))
    await written.wait()
    await allow(paper, json.loads(file.read_text())[0]["link"])
    assert await working == 0
    lines, words = told(capsys)
    assert [line["state"] for line in lines] == ["invited", "connected"]
    assert lines[1]["export"]["enabled"] is True
    assert words[-1] == "1 row: 1 connected."


async def test_a_journal_that_fails_while_watching_is_said_and_who_was_connected_is_told(
    site: OnSite,
    paper: InProcessSite,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run_of.Run.watch, "__defaults__", (0.01,))
    file = tmp_path / "links.json"
    await work(site, GOOGLE, links=file)
    capsys.readouterr()
    monkeypatch.setattr(Journal, "_write", full)
    watching = asyncio.create_task(work(site, GOOGLE, watch=True))
    await allow(paper, json.loads(file.read_text())[0]["link"])
    assert await watching == 3
    lines, words = told(capsys)
    assert lines[-1]["state"] == "connected"
    assert lines[-1]["export"]["enabled"] is True
    assert words[-2] == "1 row: 1 connected."
    assert words[-1].startswith("The journal can't be written any more: No space left on device. ")
    assert list(files.bulk_folder().glob("*.jsonl"))  # what is open is still known to the next run


@pytest.mark.parametrize(("row", "why"), [(APPLE, "Nobody has to be invited"), (GOOGLE, "No link was made")])
async def test_a_file_of_invitations_that_is_not_written_says_why(
    row: Row, why: str, site: OnSite, line: Line, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line.fail(AUTHORIZE, httpx.Response(501))
    file = tmp_path / "links.csv"
    await work(site, row, links=file)
    assert told(capsys)[1][0] == f"{why}, so {file} was not written."


async def test_links_that_cannot_be_written_are_not_waited_for(
    site: OnSite, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_of.Run.watch, "__defaults__", (0.01,))
    monkeypatch.setattr(run_of, "LIFETIME_SECONDS", 0)
    file = tmp_path / "links.csv"
    file.touch()
    assert await work(site, GOOGLE, links=file, watch=True) == 1
    assert told(capsys)[1] == [
        f"The links could not be written to {file}: File exists. "
        "Run it again with another --invitations file, which gets new links.",
        "1 row: 1 invited.",
    ]


async def test_leaving_finishes_what_has_begun_and_says_how_to_go_on(
    site: OnSite, line: Line, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_of, "WORKERS", 1)
    begun, go_on = asyncio.Event(), asyncio.Event()
    forward = line.handle_async_request

    async def slow(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(CONNECT):
            begun.set()
            await go_on.wait()
        return await forward(request)

    monkeypatch.setattr(line, "handle_async_request", slow)
    working = asyncio.create_task(work(site, APPLE, REFUSED))
    await begun.wait()
    working.cancel()
    await asyncio.sleep(0)
    go_on.set()
    assert await working == 130
    lines, words = told(capsys)
    assert [line["state"] for line in lines] == ["connected"]
    assert words == [
        "Finishing what was begun. Press ctrl+c again to leave at once.",
        "2 rows: 1 connected, 1 not tried.",
        "Run it again: it continues where it stopped.",
    ]
