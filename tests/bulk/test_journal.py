"""What a bulk run leaves for the next one."""

import resource
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wizard.bulk import journal as journal_of
from wizard.bulk.journal import Journal
from wizard.domain import Attempt, Connection, Method, Status, Sync
from wizard.exits import StartError

SITE = "https://www.wixapis.com riverside"
DANA = Attempt(Method.CREDENTIALS, "apple", "dana", {"a": True, "b": False}, "Dana@example.com")
OLD = Connection(
    "old", "apple", "I_CAL", "dana", "", "dana@example.com", Status.ERROR, sync=Sync(imports=True, exports=True)
)
NEW = replace(OLD, id="new", status=Status.CONNECTED, sync=Sync(imports=True))
DAN = Attempt(Method.OAUTH, "google", "dan", {}, "dan@example.com")


def test_what_was_asked_for_and_not_answered_is_open_for_the_next_run(tmp_path: Path) -> None:
    with Journal(tmp_path, SITE) as journal:
        journal.ask(DANA)
        journal.ask(DAN)
        journal.settle(DAN.key)
    with Journal(tmp_path, SITE) as journal:
        assert [asked.attempt for asked in journal.open.values()] == [DANA]
        assert journal.open[DANA.key].at < datetime.now(UTC)


def test_the_directions_of_what_is_ended_are_kept_until_they_are_set_again(tmp_path: Path) -> None:
    with Journal(tmp_path, SITE) as journal:
        journal.end(OLD, OLD)
        journal.ask(DANA)
        journal.settle(DANA.key, NEW)
    with Journal(tmp_path, SITE) as journal:
        (kept,) = journal.replaced.values()
        assert (kept.connection, kept.latest) == (OLD, NEW)
        assert not journal.open
        journal.directed(DANA.key)
    assert not list(tmp_path.glob("*.jsonl"))


def test_an_account_is_the_same_however_its_email_is_written(tmp_path: Path) -> None:
    with Journal(tmp_path, SITE) as journal:
        journal.ask(DANA)
        journal.settle(("apple", "dana", "dana@example.com"))
        assert not journal.open


def test_it_is_on_the_disk_before_the_request_is_sent(tmp_path: Path) -> None:
    with Journal(tmp_path, SITE) as journal:
        journal.ask(DANA)
        (file,) = tmp_path.glob("*.jsonl")
        assert "Dana@example.com" in file.read_text()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    with Journal(tmp_path, SITE) as journal:
        journal.ask(DANA)
        journal.ask(DAN)
    (file,) = tmp_path.glob("*.jsonl")
    file.write_bytes(file.read_bytes()[:-20])
    with Journal(tmp_path, SITE) as journal:
        assert list(journal.open) == [DANA.key]


def test_where_nothing_is_open_nothing_is_left(tmp_path: Path) -> None:
    with Journal(tmp_path, SITE) as journal:
        journal.ask(DANA)
        journal.settle(DANA.key)
    assert not list(tmp_path.glob("*.jsonl"))


@pytest.fixture
def no_more_room() -> Iterator[Callable[[Path], None]]:
    """Let no file grow beyond this one until the end of the test, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda file: resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_a_full_disk_does_not_let_it_forget_stays_open_for_the_next_run(
    tmp_path: Path, no_more_room: Callable[[Path], None]
) -> None:
    with Journal(tmp_path, SITE) as journal:
        journal.ask(DANA)
        (file,) = tmp_path.glob("*.jsonl")
        no_more_room(file)
        with pytest.raises(OSError, match="File too large"):
            journal.settle(DANA.key)
    with Journal(tmp_path, SITE) as journal:
        assert list(journal.open) == [DANA.key]


def test_a_second_run_on_the_same_site_is_refused_and_on_another_not(tmp_path: Path) -> None:
    refused = pytest.raises(StartError, match="Another bulk run is working on this site")
    with Journal(tmp_path, SITE), Journal(tmp_path, "another"), refused:
        Journal(tmp_path, SITE)
    with Journal(tmp_path, SITE):
        pass


def test_an_invitation_is_kept_until_it_is_over_but_its_link_is_not(tmp_path: Path) -> None:
    with Journal(tmp_path, SITE) as journal:
        assert journal.invite(DAN, "https://consent.example", timedelta(minutes=10)).link
    assert not any(b"consent.example" in path.read_bytes() for path in tmp_path.iterdir())
    with Journal(tmp_path, SITE) as journal:
        asked = journal.open[DAN.key]
        assert (asked.link, asked.invites) == ("", True)
        assert not journal.invite(DAN, "https://consent.example", timedelta(0)).invites


def test_what_is_long_ago_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal(tmp_path, SITE) as journal:
        journal.ask(DANA)
    monkeypatch.setattr(journal_of, "KEPT_DAYS", 0)
    with Journal(tmp_path, SITE) as journal:
        assert not journal.open


def test_a_file_of_another_version_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal(tmp_path, SITE) as journal:
        journal.ask(DANA)
    monkeypatch.setattr(journal_of, "SCHEMA", 2)
    with pytest.raises(StartError, match="is from another version"):
        Journal(tmp_path, SITE)
