"""`connect` and `resume`: what they tell, how they end, and what they keep, on a site on paper."""

import asyncio
import errno
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests.examples import APPLE as EXAMPLE
from tests.line import (
    AUTHORIZE,
    CONNECT,
    CONNECTION,
    CONNECTIONS,
    SYNC,
    Line,
    journey_on,
    provider_named,
    schedule_named,
)
from tests.readme import README
from tests.sites import InProcessSite
from wizard import receipt, record, report
from wizard.answers import Answers
from wizard.domain import Attempt, Fault, Method, SignIn, SignInWay, Status, Sync
from wizard.running import OnSite
from wizard.settings import Settings
from wizard.unattended import answers_file
from wizard.unattended import front as unattended
from wizard.wishes import REDIRECT_URL, Directions, PasswordSource, Wish

PLACE = "https://www.wixapis.com riverside"
EMAIL = "dana@icloud.example"
APPLE = Wish("apple", "Dana Levi", email=EMAIL, password=PasswordSource("env", "OWNER_PASSWORD"))
GOOGLE = Wish("google", "Dana Levi", directions=Directions(exports=True))
LOST = httpx.ReadTimeout("lost")


@dataclass
class Stage:
    """A site on paper, and a shell before it: what was printed, and how it ended."""

    paper: InProcessSite
    line: Line
    records: Path
    out: pytest.CaptureFixture[str]
    receipt: Path | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)
    words: str = ""

    async def _run(self, work: Callable[[OnSite], Awaitable[int]]) -> int:
        async with AsyncExitStack() as stack:
            journey = await stack.enter_async_context(journey_on(self.paper, self.line, poll_seconds=0.01))
            sign_in = SignIn(SignInWay.API_KEY, SecretStr(self.paper.api_key), self.paper.site_id)
            site = OnSite(journey, Settings(receipt=self.receipt), sign_in, PLACE)
            self.lines, self.words = [], ""
            try:
                return await work(site)
            finally:
                self._read()

    def _read(self) -> None:
        out, words = self.out.readouterr()
        self.lines += [json.loads(line) for line in out.splitlines()]
        self.words += words

    async def told(self) -> None:
        """Wait until a run that goes on has told something."""
        while not self.lines:
            await asyncio.sleep(0)
            self._read()

    async def connect(self, wish: Wish, **more: bool) -> int:
        return await self._run(lambda site: unattended.connect(site, wish, self.records, **more))

    async def resume(self, *, wait: bool = False) -> int:
        return await self._run(lambda site: unattended.resume(site, self.records, wait=wait))

    @property
    def last(self) -> dict[str, Any]:
        return self.lines[-1]

    @property
    def kept(self) -> list[Path]:
        return list(self.records.glob("*.json"))

    async def allow(self, account: str = "dana@gmail.example") -> None:
        """Give the consent that was asked for last, as a browser does that never comes home."""
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.paper.app)) as browser:
            form = re.search(r'name="form" value="(\w+)"', (await browser.get(self.last["oauthUrl"])).text)
            assert form
            answers = {"form": form[1], "account": account, "decision": "allow"}
            await browser.post(self.last["oauthUrl"], data=answers)


@pytest.fixture
def stage(
    paper: InProcessSite,
    line: Line,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Stage:
    monkeypatch.setenv("OWNER_PASSWORD", paper.account("Apple").password)
    return Stage(paper, line, tmp_path / "runs", capsys)


def names(stage: Stage) -> list[str]:
    """Return which changing calls were sent."""
    return [name for name in (CONNECT, AUTHORIZE, SYNC) for _ in range(stage.line.count(name))]


def fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next line not be written."""

    def full(_: str) -> None:
        monkeypatch.undo()  # the rest goes nowhere
        raise Fault("output_failed", message="No space left on device")

    monkeypatch.setattr("wizard.console.output.write", full)


# Connecting


async def test_a_connection_is_one_line_for_programs_and_one_for_people(stage: Stage) -> None:
    assert await stage.connect(replace(APPLE, directions=Directions(calendars=("Work",), exports=True))) == 0
    (line,) = stage.lines
    assert (line["state"], line["changed"], line["email"]) == ("connected", True, EMAIL)
    assert line["import"] == {"enabled": True, "calendars": [{"id": "work", "name": "Work"}]}
    assert line["export"] == {"enabled": True, "target": "dedicated"}
    assert stage.words == "Apple is connected to Dana Levi: import on, export on.\n"
    assert stage.kept == []


@pytest.mark.parametrize("password", ["right", "aaaa-bbbb-cccc-dddd"])
async def test_a_run_that_is_over_leaves_nothing_even_if_its_words_cannot_be_written(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    def full(_: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if password != "right":
        monkeypatch.setenv("OWNER_PASSWORD", password)
    monkeypatch.setattr(unattended, "say", full)
    with pytest.raises(OSError, match="No space left"):
        await stage.connect(APPLE)
    assert stage.last["state"] == ("connected" if password == "right" else "failed")
    assert stage.kept == []


async def test_twice_is_the_same_as_once(stage: Stage) -> None:
    wish = replace(APPLE, directions=Directions(imports=False, exports=True))
    await stage.connect(wish)
    first, sent = stage.last, names(stage)
    assert await stage.connect(wish) == 0
    assert stage.last == {**first, "changed": False, "status": stage.last["status"]}
    assert names(stage) == sent == [CONNECT, SYNC]


async def test_a_dry_run_tells_the_plan_and_changes_nothing(stage: Stage) -> None:
    assert await stage.connect(replace(APPLE, directions=Directions(calendars=("Work",))), dry_run=True) == 0
    assert (stage.last["state"], stage.last["action"], stage.last["changes"]) == ("planned", "connect", True)
    assert (stage.last["import"], stage.last["calendars"], stage.last["export"]) == (True, ["Work"], None)
    assert names(stage) == []
    await stage.connect(APPLE)
    assert await stage.connect(replace(APPLE, directions=Directions(exports=True)), dry_run=True) == 0
    assert (stage.last["action"], stage.last["changes"], stage.last["export"]) == ("keep", True, True)
    assert stage.last["connectionId"].startswith("EC.")
    assert names(stage) == [CONNECT]


async def test_a_dry_run_looks_for_the_password_as_well(stage: Stage) -> None:
    assert await stage.connect(replace(APPLE, password=PasswordSource("env", "NOT_SET")), dry_run=True) == 2
    assert stage.last["message"] == "There is no password: the variable NOT_SET isn't set."


async def test_a_name_that_is_not_there_ends_with_2_and_the_names_that_are(stage: Stage) -> None:
    assert await stage.connect(replace(APPLE, provider="Aple")) == 2
    assert (stage.last["state"], stage.last["fault"]) == ("failed", "unclear")
    assert "Did you mean: Apple (" in stage.last["message"]
    assert stage.last["message"] in stage.words


@pytest.mark.parametrize(
    ("wish", "about"),
    [
        (replace(APPLE, provider="Aple"), (None, None)),
        (replace(APPLE, schedule="Danna"), ("Apple", None)),
        (replace(APPLE, password=None), ("Apple", "Dana Levi")),
    ],
)
async def test_what_fails_before_there_is_a_plan_says_what_is_clear_by_then(
    wish: Wish, about: tuple[str | None, ...], stage: Stage
) -> None:
    assert await stage.connect(wish) == 2
    said = tuple(stage.last[name] and stage.last[name]["name"] for name in ("provider", "schedule"))
    assert (said, stage.last["email"]) == (about, EMAIL)


async def test_a_refused_password_ends_as_in_the_wizard_and_leaves_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNER_PASSWORD", "aaaa-bbbb-cccc-dddd")
    assert await stage.connect(APPLE) == 1
    assert (stage.last["fault"], stage.last["connectionId"]) == ("bad_credentials", None)
    assert stage.last["requestId"]
    assert "aaaa" not in stage.words + str(stage.lines)
    assert stage.kept == []


async def test_a_calendar_that_is_not_there_is_told_with_the_connection_that_stands(stage: Stage) -> None:
    assert await stage.connect(replace(APPLE, directions=Directions(calendars=("Play",)))) == 1
    assert stage.last["connectionId"].startswith("EC.")
    assert stage.words.startswith("Apple is connected to Dana Levi")
    assert stage.kept == []


@pytest.mark.parametrize(
    ("password", "said"),
    [("OWNER_PASSWORD", "Apple is connected to Dana Levi"), ("TYPO", "(bad_credentials")],
)
async def test_a_failure_that_could_not_be_told_is_said_and_leaves_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, password: str, said: str
) -> None:
    monkeypatch.setenv("TYPO", "aaaa-bbbb-cccc-dddd")
    fill_the_disk(monkeypatch)
    wish = replace(APPLE, password=PasswordSource("env", password), directions=Directions(calendars=("Play",)))
    with pytest.raises(Fault, match="output_failed"):
        await stage.connect(wish)
    assert said in stage.words
    assert stage.kept == []


# Consent


async def test_the_link_is_told_at_once_and_its_owner_waited_for(stage: Stage) -> None:
    running = asyncio.create_task(stage.connect(GOOGLE))
    await stage.told()
    await stage.allow()
    assert await running == 0
    assert [line["state"] for line in stage.lines] == ["authorize", "connected"]
    assert stage.words.startswith("Waiting until")
    assert stage.words.endswith("Google is connected to Dana Levi: import on, export on.\n")
    assert stage.kept == []


async def test_resume_finds_what_was_allowed_meanwhile_and_sets_what_was_wished(stage: Stage) -> None:
    assert await stage.connect(GOOGLE, wait=False) == 3
    assert (stage.last["state"], "/consent/" in stage.last["oauthUrl"]) == ("authorize", True)
    expires = datetime.fromisoformat(stage.last["expiresAt"])
    assert timedelta(minutes=9) < expires - datetime.now(UTC) <= timedelta(minutes=10)
    link = stage.last
    assert link["oauthUrl"] not in stage.kept[0].read_text()

    assert await stage.resume() == 3
    assert (stage.last["state"], stage.last["oauthUrl"]) == ("authorize", None)

    stage.lines = [link]
    await stage.allow()
    assert await stage.resume(wait=True) == 0
    assert (stage.last["state"], stage.last["export"]["enabled"]) == ("connected", True)
    assert names(stage) == [AUTHORIZE, SYNC]
    assert stage.kept == []


async def test_a_link_that_resume_cannot_find_again_is_told_with_the_reason(stage: Stage) -> None:
    stage.records.touch()
    assert await stage.connect(GOOGLE, wait=False) == 3
    assert "/consent/" in stage.last["oauthUrl"]
    assert "'calendar-wizard resume' can't continue this run" in stage.words
    assert f"{stage.records}: File exists" in stage.words


@pytest.mark.parametrize("status", [400, 503])
async def test_a_link_that_could_not_be_made_is_not_kept(stage: Stage, status: int) -> None:
    stage.line.fail(AUTHORIZE, httpx.Response(status))
    assert await stage.connect(GOOGLE, wait=False) != 0
    assert stage.kept == []


async def test_a_link_that_could_not_be_told_is_not_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_the_disk(monkeypatch)
    assert await stage.connect(GOOGLE) == 1
    assert "The output can't be written: No space left on device" in stage.words
    assert stage.kept == []


async def test_a_look_that_could_not_be_told_keeps_the_link(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await stage.connect(GOOGLE, wait=False) == 3
    fill_the_disk(monkeypatch)
    assert await stage.resume() == 1
    assert "The output can't be written" in stage.words
    assert await stage.resume() == 3


async def test_a_link_that_nobody_opens_expires(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.connect(GOOGLE, wait=False)
    monkeypatch.setattr(unattended, "LIFETIME_SECONDS", 0.0)
    assert await stage.resume(wait=True) == 3
    assert stage.last["fault"] == "oauth_expired"
    assert stage.kept == []


async def test_another_account_than_the_one_asked_for_is_a_failure(stage: Stage) -> None:
    await stage.connect(replace(GOOGLE, email="noa@gmail.example"), wait=False)
    await stage.allow()
    assert await stage.resume() == 1
    assert (stage.last["fault"], stage.last["connectionId"][:3]) == ("other_account", "EC.")
    assert "dana@gmail.example" in stage.last["message"]
    assert (names(stage), stage.kept) == ([AUTHORIZE], [])


async def test_leaving_while_the_owner_is_waited_for_keeps_the_run(stage: Stage) -> None:
    running = asyncio.create_task(stage.connect(GOOGLE))
    await stage.told()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert "'calendar-wizard resume' looks for it" in stage.words
    assert len(stage.kept) == 1


# Going on


async def test_a_run_killed_while_it_connected_is_found_and_set_as_wished(stage: Stage) -> None:
    stage.line.lose(CONNECT)
    stage.line.edit(CONNECTIONS, lambda _: None, times=2)  # the plan's look, and the one before the password is sent
    stage.line.fail(CONNECTIONS, httpx.ConnectError("down"))
    assert await stage.connect(replace(APPLE, directions=Directions(exports=True))) == 3
    assert stage.last["fault"] == "maybe_connected"
    assert await stage.resume() == 0
    assert stage.last["export"]["enabled"]
    assert (names(stage), stage.kept) == ([CONNECT, SYNC], [])


async def test_where_nothing_was_made_connect_has_to_run_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.line.fail(CONNECT, LOST)
    assert await stage.connect(APPLE) == 3
    assert await stage.resume() == 3
    assert (stage.last["fault"], len(stage.kept)) == ("maybe_connected", 1)  # Wix may still be at it
    monkeypatch.setattr(record, "SETTLED_AFTER", timedelta())
    assert await stage.resume() == 3
    assert stage.last["fault"] == "nothing_made"
    assert stage.kept == []
    assert await stage.resume() == 1
    assert stage.last["fault"] == "nothing_to_resume"


async def test_connect_sends_nothing_again_that_wix_may_still_be_at(stage: Stage) -> None:
    stage.line.lose(CONNECT)
    stage.line.edit(CONNECTIONS, lambda _: None, times=2)
    stage.line.fail(CONNECTIONS, httpx.ConnectError("down"))
    assert await stage.connect(APPLE) == 3
    stage.line.edit(
        CONNECTIONS, lambda content: content["connections"].clear(), times=3
    )  # the plan's look, and two more
    assert await stage.connect(APPLE) == 0
    assert (names(stage), stage.kept) == ([CONNECT], [])
    assert stage.words.startswith("An earlier run was cut off")


async def test_the_directions_of_what_has_stopped_are_carried_over_even_after_a_wrong_password(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await stage.connect(replace(APPLE, directions=Directions(exports=True))) == 0
    stage.line.edit(CONNECTIONS, lambda content: content["connections"][0].update(status="ERROR"))
    monkeypatch.setenv("TYPO", "abcd-abcd-abcd-abcd")
    assert await stage.connect(replace(APPLE, password=PasswordSource("env", "TYPO"))) == 1
    assert await stage.connect(APPLE) == 0
    assert stage.last["export"]["enabled"]
    assert stage.kept == []


@pytest.mark.parametrize("resumes", [False, True], ids=["connect", "resume"])
async def test_the_directions_of_what_has_stopped_are_carried_over_even_after_a_wrong_calendar(
    stage: Stage, resumes: bool
) -> None:
    wish = replace(APPLE, directions=Directions(calendars=("Work",)))
    assert await stage.connect(replace(APPLE, directions=Directions(calendars=("Work",), exports=True))) == 0
    stage.line.edit(CONNECTIONS, lambda content: content["connections"][0].update(status="ERROR"))
    assert await stage.connect(replace(APPLE, directions=Directions(calendars=("Wrok",)))) == 1
    assert await (stage.resume() if resumes else stage.connect(wish)) == 0
    assert [calendar["name"] for calendar in stage.last["import"]["calendars"]] == ["Work"]
    assert (stage.last["export"]["enabled"], stage.kept) == (True, [])


async def cut_off(
    stage: Stage,
    state: str,
    attempt: Attempt | None = None,
    *,
    had: Sync,
    status: Status = Status.CONNECTED,
    made: bool = False,
    same_id: bool = False,
) -> None:
    """Leave what a run leaves that is killed while it connects again the account that is connected."""
    async with journey_on(stage.paper, stage.line) as journey:
        apple, dana = await provider_named(journey, "Apple"), await schedule_named(journey, "Dana Levi")
        there = await journey.connection(stage.last["connectionId"])
        before = replace(there, id=there.id if made or same_id else "EC.before", sync=had, status=status)
        answers = Answers.about(before, apple, dana)
        run = record.Recorder(stage.records, PLACE)
        run.keep(state, answers.with_connection(there) if made else answers)
        run.keep_attempt(attempt)
        run.close()


HAD = Sync(imports=True, exports=True, dedicated=True)


@pytest.mark.parametrize("looked_at", [True, False], ids=["looked at", "lost the race"])
async def test_a_run_that_did_not_make_what_stands_sets_no_directions_of_it(stage: Stage, looked_at: bool) -> None:
    assert await stage.connect(APPLE) == 0
    await cut_off(stage, "review" if looked_at else "credentials", had=HAD, made=looked_at)
    assert await stage.connect(APPLE) == 0
    assert not stage.last["changed"]
    assert names(stage) == [CONNECT]


async def test_what_has_stopped_and_stands_again_under_the_same_id_has_its_directions_carried_over(
    stage: Stage,
) -> None:
    assert await stage.connect(APPLE) == 0
    await cut_off(stage, "review", had=HAD, status=Status.ERROR, made=True)
    assert await stage.connect(APPLE) == 0
    assert (stage.last["export"]["enabled"], stage.kept) == (True, [])


async def test_what_worked_and_stands_again_under_the_same_id_has_its_directions_carried_over_by_resume(
    stage: Stage,
) -> None:
    assert await stage.connect(APPLE) == 0
    ended = {stage.last["connectionId"]: False}
    attempt = Attempt(Method.CREDENTIALS, stage.last["providerId"], stage.last["scheduleId"], ended, EMAIL)
    await cut_off(stage, "credentials", attempt, had=HAD, same_id=True)
    assert await stage.resume() == 0
    assert (stage.last["export"]["enabled"], stage.kept) == (True, [])


async def test_what_a_killed_run_has_made_and_does_not_stand_is_made_again(stage: Stage) -> None:
    assert await stage.connect(APPLE) == 0
    before = stage.last["connectionId"]
    attempt = Attempt(Method.CREDENTIALS, stage.last["providerId"], stage.last["scheduleId"], {}, EMAIL)
    await cut_off(stage, "credentials", attempt, had=HAD)
    stage.line.edit(CONNECTIONS, lambda content: content["connections"][0].update(status="ERROR"), times=2)
    assert await stage.connect(APPLE) == 0
    assert (stage.last["connectionId"] != before, stage.last["export"]["enabled"], stage.kept) == (True, True, [])


async def test_directions_that_could_not_be_carried_over_yet_are_by_the_next_run(stage: Stage) -> None:
    assert await stage.connect(APPLE) == 0
    attempt = Attempt(Method.CREDENTIALS, stage.last["providerId"], stage.last["scheduleId"], {}, EMAIL)
    await cut_off(stage, "credentials", attempt, had=HAD)
    stage.line.fail(SYNC, httpx.Response(503))
    assert await stage.connect(APPLE) == 3
    assert await stage.connect(APPLE) == 0
    assert (stage.last["export"]["enabled"], stage.kept) == (True, [])


async def test_resume_sets_nothing_for_another_account_than_the_one_that_was_connected_before(stage: Stage) -> None:
    assert await stage.connect(APPLE) == 0
    attempt = Attempt(Method.CREDENTIALS, stage.last["providerId"], stage.last["scheduleId"], {})
    await cut_off(stage, "credentials", attempt, had=HAD)
    stage.line.edit(
        CONNECTIONS, lambda content: content["connections"][0].update(externalAccountEmail="dan@icloud.example")
    )
    assert await stage.resume() == 1
    assert (stage.last["fault"], names(stage)) == ("other_account", [CONNECT])


async def test_a_journal_that_cannot_be_read_is_set_aside_with_a_word(stage: Stage) -> None:
    stage.records.mkdir()
    (stage.records / "torn.json").write_text("{")
    assert await stage.connect(APPLE) == 0
    assert "torn.unreadable" in stage.words


async def test_a_look_that_fails_is_no_answer(stage: Stage) -> None:
    stage.line.fail(CONNECT, LOST)
    assert await stage.connect(APPLE) == 3
    stage.line.fail(CONNECTIONS, httpx.Response(401))
    assert await stage.resume() == 4
    assert len(stage.kept) == 1


async def test_directions_that_could_not_be_set_are_set_by_resume(stage: Stage) -> None:
    stage.line.fail(SYNC, httpx.Response(503), times=9)
    assert await stage.connect(replace(APPLE, directions=Directions(exports=True))) == 3
    assert stage.last["connectionId"]
    stage.line = Line(stage.paper)
    assert await stage.resume() == 0
    assert (stage.last["export"]["enabled"], names(stage)) == (True, [SYNC])


async def test_resume_sets_what_was_wished_last_and_nothing_that_was_wished_before(stage: Stage) -> None:
    stage.line.fail(SYNC, httpx.Response(503), times=2)
    assert await stage.connect(replace(APPLE, directions=Directions(exports=True))) == 3
    assert await stage.connect(replace(APPLE, directions=Directions(imports=False))) == 3
    assert await stage.resume() == 0
    assert (stage.last["import"]["enabled"], stage.last["export"]["enabled"]) == (False, False)
    assert stage.kept == []


async def test_a_second_try_that_goes_well_leaves_nothing_of_the_first(stage: Stage) -> None:
    stage.line.fail(SYNC, httpx.Response(503))
    wish = replace(APPLE, directions=Directions(exports=True))
    assert [await stage.connect(wish), await stage.connect(wish)] == [3, 0]
    assert stage.kept == []


async def test_of_two_links_for_an_account_only_the_newest_sets_its_directions(stage: Stage) -> None:
    assert await stage.connect(replace(GOOGLE, directions=Directions(exports=False)), wait=False) == 3
    assert await stage.connect(GOOGLE, wait=False) == 3
    await stage.allow()
    assert await stage.resume() == 0
    assert (stage.last["export"]["enabled"], stage.kept) == (True, [])


ENDED = httpx.Response(200, json={"connection": {"id": "EC.ended", "status": "DISCONNECTED"}})
NO_PREMIUM = httpx.Response(403, json={"details": {"applicationError": {"code": "PREMIUM_FEATURE_NOT_ENABLED"}}})


@pytest.mark.parametrize(
    ("call", "answer", "code", "stands"),
    [
        (CONNECTION, ENDED, 1, False),
        (CONNECTION, httpx.Response(404), 1, False),
        (CONNECTION, httpx.Response(401), 4, False),  # it isn't known
        (SYNC, httpx.Response(404), 1, False),
        (SYNC, httpx.Response(400), 1, True),
        (SYNC, httpx.Response(401), 4, True),
        (SYNC, NO_PREMIUM, 1, True),
    ],
)
async def test_resume_names_a_connection_only_if_it_stands_and_keeps_the_run_only_if_its_fault_may_pass(
    stage: Stage, call: str, answer: httpx.Response, code: int, stands: bool
) -> None:
    stage.line.fail(SYNC, httpx.Response(503))
    assert await stage.connect(replace(APPLE, directions=Directions(exports=True))) == 3
    stage.line.fail(call, answer)
    assert await stage.resume() == code
    assert bool(stage.last["connectionId"]) is stands
    assert ("is connected to" in stage.words) is stands
    assert len(stage.kept) == (code == 4 or answer is NO_PREMIUM)


async def test_a_reconnect_of_the_wizard_that_was_cut_off_is_gone_on_with_in_the_old_directions(stage: Stage) -> None:
    assert await stage.connect(replace(APPLE, directions=Directions(exports=True))) == 0
    async with journey_on(stage.paper, stage.line) as journey:
        apple, dana = await provider_named(journey, "Apple"), await schedule_named(journey, "Dana Levi")
        old = await journey.connection(stage.last["connectionId"])
        cut_off = record.Recorder(stage.records, PLACE)
        cut_off.keep("credentials", Answers.about(old, apple, dana))
        journey.on_attempt = cut_off.keep_attempt
        password = SecretStr(stage.paper.account("Apple").password)
        await journey.connect(apple, dana, EMAIL, password, replaces=old)
        cut_off.close()
    assert await stage.resume() == 0
    assert stage.last["connectionId"] != old.id
    assert stage.last["export"]["enabled"]


async def test_a_run_of_the_wizard_that_had_asked_wix_for_nothing_is_left_to_the_wizard(stage: Stage) -> None:
    await stage.connect(GOOGLE, wait=False)
    of_wizard = record.Recorder(stage.records, PLACE)
    of_wizard.keep("schedule", Answers().with_provider(EXAMPLE))
    of_wizard.close()
    await stage.resume()
    assert stage.last["state"] == "authorize"
    newest = record.find(stage.records, PLACE).left
    assert newest is not None
    assert newest.run.state == "schedule"
    newest.journal.close()


def test_a_journal_of_before_directions_still_reads(tmp_path: Path) -> None:
    recorder = record.Recorder(tmp_path, PLACE, directions=Directions(exports=True))
    recorder.keep("schedule", Answers().with_provider(EXAMPLE))
    recorder.close()
    (path,) = tmp_path.glob("*.json")
    kept = json.loads(path.read_text())
    assert kept.pop("directions") == {"imports": None, "calendars": None, "exports": True}
    path.write_text(json.dumps(kept))
    left = record.find(tmp_path, PLACE).left
    assert left is not None
    assert left.run.directions is None


# The lines

TEXT, MAYBE, SWITCH = (str,), (str, type(None)), (bool,)
ABOUT = {"provider": (dict, type(None)), "schedule": (dict, type(None)), "email": MAYBE}
FIELDS: dict[str, dict[str, tuple[type, ...]]] = {
    "planned": {
        **dict.fromkeys(("state", "action", "method"), TEXT),
        **dict.fromkeys(("email", "connectionId", "replaces"), MAYBE),
        **dict.fromkeys(("provider", "schedule"), (dict,)),
        **dict.fromkeys(("import", "export"), (bool, type(None))),
        "changes": SWITCH,
        "calendars": (list, type(None)),
    },
    "authorize": {"state": TEXT, "oauthUrl": MAYBE, "expiresAt": TEXT, **ABOUT},
    "connected": {
        **dict.fromkeys(("state", "connectionId", "providerId", "calendarType", "scheduleId", "status"), TEXT),
        **dict.fromkeys(("import", "export"), (dict,)),
        "changed": SWITCH,
        "email": MAYBE,
    },
    "failed": {
        **dict.fromkeys(("state", "fault", "message"), TEXT),
        **dict.fromkeys(("requestId", "connectionId"), MAYBE),
        **ABOUT,
    },
}
"""What each line has, as the README describes it."""


def assert_as_described(line: dict[str, Any]) -> None:
    fields = FIELDS[line["state"]]
    assert line.keys() == fields.keys()
    assert [name for name, value in line.items() if not isinstance(value, fields[name])] == []


async def test_each_line_is_as_described(stage: Stage) -> None:
    lines = []
    for run in (
        stage.connect(APPLE, dry_run=True),
        stage.connect(APPLE),
        stage.connect(replace(APPLE, directions=Directions(exports=True)), dry_run=True),
        stage.connect(replace(APPLE, provider="Aple")),
        stage.connect(GOOGLE, wait=False),
        stage.resume(),
    ):
        await run
        lines += stage.lines
    assert {line["state"] for line in lines} == FIELDS.keys()
    for line in lines:
        assert_as_described(line)


def test_the_readme_shows_each_line_as_it_is() -> None:
    readme = README.read_text(encoding="utf-8")
    shown = [json.loads(line) for line in readme.splitlines() if line.startswith('{"state": ')]
    assert {line["state"] for line in shown} == FIELDS.keys()
    for line in shown:
        assert_as_described(line)


# Receipts


async def test_the_receipt_of_a_run_in_the_wizard_replays_it(stage: Stage, tmp_path: Path) -> None:
    async with journey_on(stage.paper, stage.line) as journey:
        provider, schedule = await provider_named(journey, "Apple"), await schedule_named(journey, "Dana Levi")
        made = await journey.connect(provider, schedule, EMAIL, SecretStr(stage.paper.account("Apple").password))
        work = [calendar for calendar in await journey.calendars(made.id) if calendar.name == "Work"]
        made = await journey.apply(
            provider, made, Sync(imports=True, calendars=tuple(work), exports=True, dedicated=True)
        )
        await journey.disconnect(made)
    answers = Answers(provider, Method.CREDENTIALS, schedule, EMAIL, made)
    said = receipt.content(answers, site_id="", calls=None, now=datetime.now(UTC))
    receipt.write(tmp_path / "r.json", said)

    sent = names(stage)
    password = answers_file.Given(password=PasswordSource("env", "OWNER_PASSWORD"))
    assert await stage.connect(answers_file.wish(answers_file.read(tmp_path / "r.json"), password)) == 0
    assert names(stage) == [*sent[:1] * 2, *sent[1:] * 2]
    result = report.result(answers)
    assert result is not None
    assert {key: stage.last[key] for key in result} == {**result, "connectionId": stage.last["connectionId"]}


async def test_the_receipt_of_a_run_that_was_not_connected_repeats_it_too(stage: Stage, tmp_path: Path) -> None:
    stage.receipt = tmp_path / "r.json"
    wish = replace(GOOGLE, email="dana@gmail.example")
    assert await stage.connect(wish, wait=False) == 3
    again = answers_file.wish(answers_file.read(tmp_path / "r.json"), {})
    assert (again.email, again.directions) == (wish.email, wish.directions)


async def test_a_link_that_nobody_waits_for_ends_at_a_page_that_is_there(stage: Stage) -> None:
    assert await stage.connect(GOOGLE, wait=False) == 3
    (asked,) = (json.loads(sent.content) for sent in stage.line.sent if sent.url.path.endswith(AUTHORIZE))
    assert asked["redirectUrl"] == REDIRECT_URL


async def test_an_unattended_run_writes_the_receipt_that_is_asked_for(stage: Stage, tmp_path: Path) -> None:
    stage.receipt = tmp_path / "r.json"
    await stage.connect(APPLE)
    said = json.loads(stage.receipt.read_text())
    assert said["connection"]["connectionId"] == stage.last["connectionId"]
    assert said["answers"]["email"] == EMAIL
    stage.receipt = tmp_path / "again.json"
    assert await stage.connect(answers_file.wish(answers_file.read(tmp_path / "r.json"), {})) == 0
    assert not stage.last["changed"]
