import pytest

from wizard.domain import Calendar, Sync

HOME, WORK = Calendar("home", "Home"), Calendar("work", "Work")
ASKED = Sync(imports=True, calendars=(HOME,), exports=True)


@pytest.mark.parametrize(
    ("now", "asked", "fulfils"),
    [
        (Sync(imports=True, calendars=(Calendar("home", ""),), exports=True, dedicated=True), ASKED, True),
        (Sync(imports=True, calendars=(HOME, WORK), exports=True), ASKED, False),
        (Sync(imports=True, calendars=(HOME,)), ASKED, False),
        (Sync(imports=False, calendars=(HOME,), exports=True), ASKED, False),
        (Sync(imports=True, calendars=(HOME,)), Sync(imports=True), True),  # the primary calendar, by its name
        (Sync(calendars=(WORK,)), Sync(calendars=(HOME,)), True),  # import is off
    ],
)
def test_what_wix_has_set_fulfils_what_was_asked_where_it_does_the_same(now: Sync, asked: Sync, fulfils: bool) -> None:
    assert now.fulfils(asked) is fulfils
