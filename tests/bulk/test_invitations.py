"""The file of invitations."""

import csv
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.examples import DANA, GOOGLE
from wizard.bulk import invitations
from wizard.bulk.journal import Asked
from wizard.bulk.planning import Task
from wizard.bulk.rows import Row
from wizard.bulk.run import Result, State
from wizard.domain import Attempt, Method
from wizard.unattended.fulfil import Plan
from wizard.wishes import Wish


def invited(schedule: str) -> Result:
    attempt = Attempt(Method.OAUTH, GOOGLE.id, DANA.id, {}, "dana@example.com")
    now = datetime(2026, 11, 22, 15, 10, tzinfo=UTC)
    wish = Wish("google", "dana", email="dana@example.com")
    task = Task(Row(2, wish), Plan(wish, GOOGLE, replace(DANA, name=schedule), Method.OAUTH), ())
    return Result(task, State.INVITED, invitation=Asked(attempt, now, "https://consent.example/1", now))


def test_a_table_of_links_is_for_its_owner_only_and_has_nothing_that_a_spreadsheet_runs(tmp_path: Path) -> None:
    file = tmp_path / "links.csv"
    invitations.write(file, [invited("=1+1")])
    with file.open(encoding="utf-8", newline="") as opened:
        assert list(csv.DictReader(opened)) == [
            {
                "email": "dana@example.com",
                "schedule": "'=1+1",
                "provider": "Google",
                "link": "https://consent.example/1",
                "expires": "2026-11-22T15:10:00Z",
            }
        ]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "links.csv"
    file.write_text("mine")
    with pytest.raises(FileExistsError):
        invitations.write(file, [invited("Dana Levi")])
    assert file.read_text() == "mine"
