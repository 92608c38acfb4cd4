from dataclasses import replace

import pytest

from tests.examples import APPLE, BUSINESS, DANA, answered, connection
from wizard import exits, report
from wizard.answers import Answers
from wizard.domain import Calendar, Fault, Status, Sync

SYNC = Sync(imports=True, calendars=(Calendar("home", "Élan 家"),), exports=True, dedicated=True)
MADE = replace(connection(APPLE, DANA, Status.SYNCED), sync=SYNC)
CONNECTED = answered(APPLE).with_connection(MADE)


def test_the_result_as_json() -> None:
    assert report.result(CONNECTED) == {
        "connectionId": "apple to dana",
        "providerId": "apple",
        "calendarType": "I_CAL",
        "scheduleId": "dana",
        "status": "SYNCED",
        "import": {"enabled": True, "calendars": [{"id": "home", "name": "Élan 家"}]},
        "export": {"enabled": True, "target": "dedicated"},
    }


def test_the_primary_calendar_is_null_in_the_result() -> None:
    result = report.result(CONNECTED.with_connection(replace(MADE, sync=Sync(imports=True))))
    assert result
    assert result["import"] == {"enabled": True, "calendars": None}


@pytest.mark.parametrize(("sync", "target"), [(Sync(), None), (Sync(exports=True), "primary"), (SYNC, "dedicated")])
def test_where_exports_go_is_null_until_it_is_known(sync: Sync, target: str | None) -> None:
    result = report.result(CONNECTED.with_connection(replace(MADE, sync=sync)))
    assert result
    assert result["export"] == {"enabled": sync.exports, "target": target}


def test_without_a_connection_there_is_no_result() -> None:
    assert report.result(answered(APPLE)) is None


def test_the_result_in_words() -> None:
    assert report.as_words(CONNECTED, None) == "Apple is connected to Dana Levi: import on, export on."


def test_the_business_schedule_is_named_for_people() -> None:
    answers = answered(APPLE).with_schedule(BUSINESS).with_connection(connection(APPLE, BUSINESS))
    assert report.as_words(answers, None) == "Apple is connected to Business hours: import off, export off."


def test_a_failure_in_words() -> None:
    said = report.as_words(answered(APPLE), Fault("bad_credentials", request_id="r-1"))
    assert said.startswith("Apple refused this email and password. Your usual Apple password does not work here. Make ")
    assert said.endswith("(bad_credentials · request r-1)")


def test_who_just_leaves_is_told_nothing() -> None:
    assert report.as_words(Answers(), None) == ""


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("bad_credentials", 1),
        ("no_method", 1),
        ("oauth_reject", 1),
        ("offline", 3),
        ("timed_out", 3),
        ("rate_limited", 3),
        ("maybe_connected", 3),
        ("wix_sign_in_refused", 4),
        ("permission_missing", 4),
    ],
)
def test_a_fault_has_its_exit_code(code: str, exit_code: int) -> None:
    assert report.exit_code(Fault(code)) == exit_code


def test_a_failure_without_a_fault_is_a_plain_one() -> None:
    assert report.exit_code(None) == exits.REFUSED == 1
