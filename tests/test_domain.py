"""What the wizard's own things know by themselves."""

from dataclasses import replace

import pytest

from tests.examples import APPLE, DANA, FASTMAIL, GOOGLE, connection
from wizard.domain import Attempt, Calendar, Connection, Method, Provider, Status, Sync, without_replaced

HOME, WORK, WORK_ELSEWHERE = Calendar("1", "Home"), Calendar("2", "Work"), Calendar("9", "Work")
BEGINS = Sync(imports=True, calendars=(HOME,))
"""What a new connection of Apple begins with."""
ONLY_EXPORT = Sync(calendars=(), exports=True, dedicated=True)


@pytest.mark.parametrize(
    ("before", "carried"),
    [
        (Sync(imports=True, calendars=(WORK,)), Sync(imports=True, calendars=(WORK,))),
        (Sync(exports=True, dedicated=True), Sync(calendars=(HOME,), exports=True, dedicated=True)),
        (Sync(imports=True, exports=True), Sync(imports=True, calendars=(HOME,), exports=True, dedicated=True)),
        (Sync(imports=True, calendars=(WORK_ELSEWHERE,)), Sync(imports=True, calendars=(WORK,))),
        (Sync(imports=True, calendars=(Calendar("8", "Gone"),), exports=True, dedicated=True), ONLY_EXPORT),
        (Sync(), BEGINS),
    ],
    ids=["its calendars", "only export", "both", "of the same name", "calendars that are gone", "nothing flowed"],
)
def test_directions_are_carried_over_as_far_as_the_new_account_has_what_they_need(before: Sync, carried: Sync) -> None:
    assert before.carried_over(BEGINS, APPLE, [HOME, WORK]) == carried


@pytest.mark.parametrize(
    ("before", "gone"),
    [
        (Sync(imports=True, calendars=(WORK_ELSEWHERE, Calendar("8", "Gone"))), ["Gone"]),
        (Sync(imports=True, calendars=(Calendar("8", "Gone"),)), ["Gone"]),
        (Sync(exports=True, calendars=(Calendar("8", "Gone"),)), []),
        (Sync(imports=True), []),
    ],
)
def test_calendars_that_were_imported_and_are_gone_are_named(before: Sync, gone: list[str]) -> None:
    assert before.gone(before.carried_over(BEGINS, APPLE, [HOME, WORK])) == gone


@pytest.mark.parametrize(
    ("provider", "carried"),
    [(GOOGLE, Sync(imports=True, exports=True)), (FASTMAIL, Sync(imports=True))],
    ids=["primary calendar", "no export"],
)
def test_what_the_provider_does_not_offer_any_more_is_not_carried_over(provider: Provider, carried: Sync) -> None:
    before = Sync(imports=True, exports=True, dedicated=True)
    assert before.carried_over(Sync(imports=True), provider, []) == carried


def connections(*statuses: Status, email: str = "dana@icloud.example") -> list[Connection]:
    """Return connections of the same account to the same schedule."""
    made = replace(connection(APPLE, DANA), email=email)
    return [replace(made, id=f"{email} {number}", status=status) for number, status in enumerate(statuses)]


@pytest.mark.parametrize(
    ("listed", "left"),
    [
        ([Status.DISCONNECTED, Status.SYNCED], [1]),
        ([Status.ERROR, Status.DISCONNECTED], [0]),
        ([Status.DISCONNECTED, Status.DISCONNECTED], [1]),
        ([Status.SYNCED, Status.SYNCED], [0, 1]),
    ],
)
def test_an_ended_connection_is_left_out_if_another_one_has_its_place(listed: list[Status], left: list[int]) -> None:
    found = connections(*listed)
    assert without_replaced(found) == [found[number] for number in left]


def test_an_ended_connection_of_another_account_stays() -> None:
    found = [*connections(Status.DISCONNECTED), *connections(Status.SYNCED, email="dan@icloud.example")]
    assert without_replaced(found) == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Dana@X.example", "dana@x.example", True),
        ("jose\u0301@x.example", "jos\u00e9@x.example", True),
        ("dana@b\u00fccher.example", "dana@xn--bcher-kva.example", True),
        ("dana@b\u00fccher..example", "dana@xn--bcher-kva.example", False),  # no domain can be called that
        ("dana@x.example", "dan@x.example", False),
        ("dana@x.example", "", False),
    ],
)
def test_one_account_is_the_same_however_its_email_is_written(one: str, other: str, same: bool) -> None:
    made = replace(connection(APPLE, DANA), email=other)
    attempt = Attempt(Method.CREDENTIALS, APPLE.id, DANA.id, {}, one)
    assert (attempt.key == made.place) is same
    assert attempt.may_have_made(made) is (same or not other)


ASKED = Sync(imports=True, calendars=(HOME,), exports=True)


@pytest.mark.parametrize(
    ("now", "asked", "fulfils"),
    [
        (Sync(imports=True, calendars=(Calendar("1", ""),), exports=True, dedicated=True), ASKED, True),
        (Sync(imports=True, calendars=(HOME, WORK), exports=True), ASKED, False),
        (Sync(imports=True, calendars=(HOME,)), ASKED, False),
        (Sync(imports=False, calendars=(HOME,), exports=True), ASKED, False),
        (Sync(imports=True, calendars=(HOME,)), Sync(imports=True), True),  # the primary calendar, by its name
        (Sync(calendars=(WORK,)), Sync(calendars=(HOME,)), True),  # import is off
    ],
)
def test_what_wix_has_set_fulfils_what_was_asked_where_it_does_the_same(now: Sync, asked: Sync, fulfils: bool) -> None:
    assert now.fulfils(asked) is fulfils
