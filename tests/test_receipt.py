"""The receipt: what is in it, and how it gets onto the disk."""

import errno
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import wizard
from tests.examples import APPLE, BUSINESS, DANA, GOOGLE, answered, connection
from wizard import receipt, report
from wizard.answers import Answers
from wizard.domain import Calendar, Fault, Method, Provider, Sync
from wizard.wix import Call, Calls

NOW = datetime(2026, 11, 22, 10, 0, 5, tzinfo=timezone(timedelta(hours=-5)))
MADE = replace(connection(APPLE, DANA), email="dana@icloud.example")
CONNECTED = answered(APPLE, Method.CREDENTIALS).with_connection(MADE)


def calls(*made: Call) -> Calls:
    found = Calls()
    for call in made:
        found.add(call)
    return found


def test_the_receipt_says_who_was_connected_to_what_and_how() -> None:
    said = receipt.content(CONNECTED, site_id="site", calls=calls(), now=NOW)
    assert said == {
        "schema": 1,
        "version": wizard.__version__,
        "savedAt": "2026-11-22T15:00:05.000Z",
        "siteId": "site",
        "provider": {"id": "apple", "name": "Apple"},
        "method": "CREDENTIALS",
        "schedule": {"id": "dana", "name": "Dana Levi"},
        "email": "dana@icloud.example",
        "connection": report.result(CONNECTED),
        "answers": {
            "provider": "apple",
            "schedule": "dana",
            "method": "CREDENTIALS",
            "email": "dana@icloud.example",
            "sync": {"import": False, "export": False},
        },
        "fault": None,
        "calls": [],
        "callsDropped": 0,
    }


def test_a_call_is_told_without_its_content() -> None:
    made = Call("GET", "/a/b", 200, 0.21049, "r-1", datetime(2026, 11, 22, 14, 59, 59, 120_000, UTC))
    lost = replace(made, method="POST", status=None, request_id="")
    said = receipt.content(CONNECTED, site_id="site", calls=calls(made, lost), now=NOW)
    first = {"began": "2026-11-22T14:59:59.120Z", "method": "GET", "path": "/a/b", "status": 200, "seconds": 0.21}
    assert said["calls"] == [
        first | {"requestId": "r-1"},
        first | {"method": "POST", "status": None, "requestId": None},
    ]


def test_a_run_that_came_to_nothing_says_why() -> None:
    answers = Answers().with_email("typed into the wrong field")
    said = receipt.content(answers, site_id="", calls=None, now=NOW, fault=Fault("offline"))
    assert [name for name, value in said.items() if value is None] == [
        "siteId",
        "provider",
        "method",
        "schedule",
        "email",
        "connection",
        "answers",
    ]
    assert (said["fault"], said["calls"]) == ("offline", [])


@pytest.mark.parametrize(
    ("provider", "sync", "said"),
    [
        (APPLE, Sync(True, (Calendar("w", "Work"),)), {"import": True, "export": False, "calendars": ["w"]}),
        (APPLE, Sync(False, (Calendar("w", "Work"),), exports=True), {"import": False, "export": True}),
        (GOOGLE, Sync(True, (Calendar("p", "Primary"),)), {"import": True, "export": False}),
        (replace(GOOGLE, can_update=False), Sync(True), None),
    ],
)
def test_the_answers_have_the_directions_that_can_be_set(
    provider: Provider, sync: Sync, said: dict[str, object] | None
) -> None:
    answers = answered(provider).with_connection(replace(connection(provider, DANA), sync=sync))
    content = receipt.content(answers, site_id="site", calls=None, now=NOW)["answers"]
    assert isinstance(content, dict)
    assert content.get("sync") == said


def test_the_answers_of_a_run_that_failed_lack_what_was_never_accepted() -> None:
    said = receipt.content(answered(APPLE), site_id="site", calls=None, now=NOW, fault=Fault("offline"))
    assert said["answers"] == {"provider": "apple", "schedule": "dana", "method": "CREDENTIALS"}


def test_the_business_schedule_is_named_as_on_the_screens() -> None:
    said = receipt.content(answered(APPLE).with_schedule(BUSINESS), site_id="site", calls=None, now=NOW)
    assert said["schedule"] == {"id": "business", "name": "Business hours"}


def test_the_file_is_named_by_the_persons_clock() -> None:
    assert receipt.name(NOW) == "calendar-wizard-receipt-20261122-100005.json"


def test_the_file_is_its_owners_only_and_can_be_read_as_json(tmp_path: Path) -> None:
    receipt.write(tmp_path / "r.json", {"name": "Élan 家 \udc80\x9b\u202e"})
    text = (tmp_path / "r.json").read_text(encoding="utf-8")
    assert "Élan 家" in text
    assert not set("\x9b\u202e") & set(text)
    assert json.loads(text) == {"name": "Élan 家 \udc80\x9b\u202e"}
    assert (tmp_path / "r.json").stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "r.json"]


@pytest.mark.parametrize(
    "occupy", [lambda path: path.write_text("mine"), lambda path: path.symlink_to("nowhere")], ids=["file", "link"]
)
def test_what_is_there_already_is_left_alone(tmp_path: Path, occupy: Callable[[Path], object]) -> None:
    occupy(tmp_path / "r.json")
    before = (tmp_path / "r.json").lstat()
    with pytest.raises(FileExistsError):
        receipt.write(tmp_path / "r.json", {})
    assert (tmp_path / "r.json").lstat() == before
    assert list(tmp_path.iterdir()) == [tmp_path / "r.json"]


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(step, full)
    with pytest.raises(OSError, match="No space"):
        receipt.write(tmp_path / "r.json", {})
    assert list(tmp_path.iterdir()) == []
