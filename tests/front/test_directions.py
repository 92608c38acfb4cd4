"""Which directions a review begins with."""

from dataclasses import replace

import pytest

from tests.examples import APPLE, DANA, connection
from wizard.answers import Answers
from wizard.domain import Calendar, Connection, Status, Sync
from wizard.front import directions

HOME, WORK, GONE = Calendar("1", "Home"), Calendar("2", "Work"), Calendar("8", "Gone")
MADE = replace(connection(APPLE, DANA), sync=Sync(imports=True, calendars=(HOME, WORK)))


def had(*calendars: Calendar) -> Connection:
    """Return the connection in whose place another is made."""
    before = Sync(imports=True, calendars=calendars)
    return replace(MADE, id="before", status=Status.ERROR, sync=before)


@pytest.mark.parametrize(
    ("before", "begins", "words"),
    [
        (
            had(WORK, GONE),
            Sync(imports=True, calendars=(WORK,)),
            "The account no longer has: Gone. The rest is as it was before. Press enter to apply it.",
        ),
        (
            had(GONE),
            Sync(calendars=()),
            "The account no longer has: Gone. Nothing else was imported, so import is off. Press enter to apply it.",
        ),
        (had(HOME, WORK, GONE), MADE.sync, "The account no longer has: Gone. The rest is as it was before."),
        (had(WORK), Sync(imports=True, calendars=(WORK,)), "As it was before. Press enter to apply it."),
        (had(HOME, WORK), MADE.sync, ""),
        (replace(MADE, sync=Sync(imports=True, calendars=(HOME, GONE))), MADE.sync, ""),
    ],
    ids=[
        "one is gone",
        "none is left",
        "one is gone, the rest as Wix has set it",
        "all are there",
        "as Wix has set it",
        "one from before",
    ],
)
def test_calendars_that_are_gone_are_named_and_none_is_taken_in_their_place(
    before: Connection, begins: Sync, words: str
) -> None:
    answers = Answers.about(before, APPLE, DANA).with_connection(MADE)
    sync, said = directions.to_begin_with(answers, [HOME, WORK])
    assert sync == begins
    assert said == words
