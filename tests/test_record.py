"""The journal of a run, and what a later run finds of it."""

import os
import stat
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.examples import APPLE, DANA, answered, connection
from wizard.answers import Answers
from wizard.domain import Attempt, Method
from wizard.record import KEPT_DAYS, Found, Journal, Left, Recorder, Run, find
from wizard.wishes import Directions

SITE = "https://www.wixapis.com riverside"
ATTEMPT = Attempt(Method.CREDENTIALS, "apple", "dana", {"a": True, "b": False}, "dana@example.com")


def run(state: str = "schedule", answers: Answers | None = None, attempt: Attempt | None = None) -> Run:
    reached = answers or Answers().with_provider(APPLE)
    return Run(SITE, state, reached, datetime(2026, 11, 22, 10, 0, tzinfo=UTC), attempt)


def cut_off(folder: Path, kept: Run | None = None) -> Path:
    """Leave a journal as a run does that is killed."""
    journal = Journal(folder)
    journal.keep(kept or run())
    journal.close()
    return journal.path


def left_in(folder: Path) -> Left:
    found = find(folder, SITE)
    assert found.left is not None
    return found.left


def test_nothing_is_found_where_nothing_was_kept(tmp_path: Path) -> None:
    assert find(tmp_path / "none", SITE) == Found()


@pytest.mark.parametrize(
    "kept",
    [
        run(),
        run("review", answered(APPLE, connected=True)),
        run("credentials", answered(APPLE, Method.CREDENTIALS), ATTEMPT),
        run("provider", Answers()),
        run("method", Answers().with_provider(APPLE).after(answered(APPLE, connected=True))),
        run("credentials", Answers.about(connection(APPLE, DANA), APPLE, DANA)),
    ],
)
def test_a_run_that_was_cut_off_is_found_as_it_was(tmp_path: Path, kept: Run) -> None:
    cut_off(tmp_path, kept)
    assert left_in(tmp_path).run == kept


def test_the_newest_is_found(tmp_path: Path) -> None:
    older = cut_off(tmp_path, run("method"))
    os.utime(older, (time.time() - 60, time.time() - 60))
    cut_off(tmp_path, run("schedule"))
    assert left_in(tmp_path).run.state == "schedule"


def test_what_is_kept_later_takes_the_place_of_what_was_before(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.keep(run("method"))
    journal.keep(run("schedule"))
    journal.close()
    assert left_in(tmp_path).run.state == "schedule"
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_a_run_that_still_lives_is_left_alone(tmp_path: Path) -> None:
    living = Journal(tmp_path)
    living.keep(run())
    assert find(tmp_path, SITE) == Found()
    living.close()


def test_what_one_run_goes_on_with_no_other_finds(tmp_path: Path) -> None:
    cut_off(tmp_path)
    left = left_in(tmp_path)
    assert find(tmp_path, SITE) == Found()
    left.journal.keep(run("done"))
    left.journal.close()
    assert left_in(tmp_path).run.state == "done"


def test_another_sites_run_is_left_for_that_site(tmp_path: Path) -> None:
    cut_off(tmp_path)
    assert find(tmp_path, "https://www.wixapis.com lakeside") == Found()
    assert left_in(tmp_path).run.state == "schedule"


def test_a_run_that_was_forgotten_leaves_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.keep(run())
    journal.forget()
    assert list(tmp_path.iterdir()) == []


def test_a_run_from_long_ago_is_removed(tmp_path: Path) -> None:
    path = cut_off(tmp_path)
    long_ago = time.time() - (KEPT_DAYS + 1) * 86400
    os.utime(path, (long_ago, long_ago))
    assert find(tmp_path, SITE) == Found()
    assert list(tmp_path.iterdir()) == []


def test_what_a_kill_in_the_middle_of_a_write_has_left_is_removed_later(tmp_path: Path) -> None:
    torn, being_written = tmp_path / ".a.new", tmp_path / ".b.new"
    for path in (torn, being_written):
        path.touch()
    os.utime(torn, (time.time() - 120, time.time() - 120))
    find(tmp_path, SITE)
    assert list(tmp_path.iterdir()) == [being_written]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", "\x00" * 200, '{"schema":1}', '{"schema":2,"site":"x"}', "{}" * 50_000],
    ids=["empty", "cut", "list", "null", "zeros", "fields missing", "newer", "long"],
)
def test_a_damaged_or_newer_journal_is_set_aside_once(tmp_path: Path, content: str) -> None:
    path = cut_off(tmp_path)
    path.write_text(content)
    assert find(tmp_path, SITE) == Found(None, (path.with_suffix(".unreadable"),))
    assert path.with_suffix(".unreadable").read_text() == content
    assert find(tmp_path, SITE) == Found()


def test_a_newer_journal_that_could_be_read_is_set_aside_too(tmp_path: Path) -> None:
    path = cut_off(tmp_path)
    path.write_text(path.read_text().replace('"schema":1', '"schema":2'))
    assert find(tmp_path, SITE).unreadable == (path.with_suffix(".unreadable"),)


def test_a_journal_that_cannot_be_opened_hides_no_other(tmp_path: Path) -> None:
    older = cut_off(tmp_path)
    os.utime(older, (time.time() - 60, time.time() - 60))
    (tmp_path / "newer.json").mkdir()  # as a file of another user, for whoever may read all files, too
    assert left_in(tmp_path).run == run()


def test_a_journal_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "runs"
    cut_off(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_an_answer_that_no_file_can_hold_stops_no_run(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, SITE, directions=Directions())
    recorder.keep("credentials", answered(APPLE, Method.CREDENTIALS).with_email("d\udce9na@example.com"))
    recorder.close()
    assert find(tmp_path, SITE) == Found()


@pytest.mark.parametrize(
    ("of_wix", "directions", "kept"),
    [
        ("dana@icloud.example", None, ""),
        ("s3cr-etpa-ssww-ordd", None, "s3cr-etpa-ssww-ordd"),
        ("dana@icloud.example", Directions(), "s3cr-etpa-ssww-ordd"),
    ],
    ids=["typed", "as Wix has it", "unattended"],
)
def test_a_password_that_a_person_typed_for_the_email_is_not_kept(
    tmp_path: Path, of_wix: str, directions: Directions | None, kept: str
) -> None:
    before = replace(connection(APPLE, DANA), email=of_wix)
    recorder = Recorder(tmp_path, SITE, directions=directions)
    recorder.keep("schedule", Answers.about(before, APPLE, DANA).with_email("s3cr-etpa-ssww-ordd"))
    recorder.close()
    assert left_in(tmp_path).run.answers.email == kept


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        Journal(tmp_path / "file" / "runs").keep(run())


def test_a_folder_that_cannot_be_used_stops_no_run(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    recorder = Recorder(tmp_path / "runs", SITE)
    recorder.keep("schedule", answered(APPLE))
    recorder.forget()
    recorder.close()


def test_a_run_on_a_site_that_is_gone_with_it_leaves_no_file(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "runs", "")
    recorder.keep("review", answered(APPLE))
    assert not (tmp_path / "runs").exists()


def test_a_password_that_was_sent_is_kept_in_mind_until_wix_has_answered(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, SITE)
    answers = answered(APPLE)
    recorder.keep("credentials", answers)
    recorder.keep_attempt(ATTEMPT)
    recorder.keep("schedule", answers)
    assert recorder.attempt == ATTEMPT
    recorder.keep("review", answers.with_connection(connection(APPLE, DANA)))
    assert recorder.attempt is None


def test_a_link_that_was_left_is_given_up(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, SITE)
    recorder.keep("authorize", answered(APPLE))
    recorder.keep_attempt(replace(ATTEMPT, method=Method.OAUTH))
    recorder.keep("schedule", answered(APPLE))
    assert recorder.attempt is None
