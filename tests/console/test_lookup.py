from dataclasses import replace

from tests.examples import APPLE, BUSINESS, DANA, connection
from wizard.console import lookup
from wizard.domain import Status

OF_DANA = replace(connection(APPLE, DANA), id="aaaaaaaa-1", email="dana@example.com")


def test_an_id_is_as_short_as_tells_it_from_the_others_and_never_too_short() -> None:
    ids = ["aaaaaaaa-1", "aaaaaaaa-2", "bbbbbbbbbbbb", "c", "aaaaaaaa-22"]
    short = lookup.short_ids([replace(OF_DANA, id=one) for one in ids])
    assert [short[one] for one in ids] == ["aaaaaaaa-1", "aaaaaaaa-2", "bbbbbbbb", "c", "aaaaaaaa-22"]


def test_an_id_that_another_begins_with_is_that_one() -> None:
    found = [OF_DANA, replace(OF_DANA, id="aaaaaaaa-11")]
    assert lookup.pick(found, "aaaaaaaa-1") is found[0]


def test_an_id_as_a_table_cuts_it_is_found() -> None:
    assert lookup.pick([OF_DANA], " aaaa… ") is OF_DANA


def test_an_account_means_its_connection_that_was_not_ended() -> None:
    elsewhere = replace(OF_DANA, id="b", schedule_id=BUSINESS.id, status=Status.DISCONNECTED)
    assert lookup.pick([elsewhere, OF_DANA], "DANA@example.com") is OF_DANA


def test_of_connections_that_were_ended_in_one_place_the_last_counts() -> None:
    ended = [replace(OF_DANA, id=one, status=Status.DISCONNECTED) for one in "ab"]
    assert lookup.pick(ended, "dana@example.com") is ended[1]


def test_one_that_fails_takes_no_place() -> None:
    ended, failing = replace(OF_DANA, status=Status.DISCONNECTED), replace(OF_DANA, id="b", status=Status.ERROR)
    assert lookup.replacement(ended, [failing, ended]) is None
