"""What the fronts share of a run that an earlier one was cut off at."""

from datetime import UTC, datetime
from pathlib import Path

from tests.examples import APPLE, BUSINESS, DANA, answered
from wizard.domain import Attempt, Method
from wizard.front.session import Session
from wizard.record import Recorder
from wizard.settings import Settings
from wizard.wishes import Directions

RIVERSIDE = Settings("https://www.wixapis.com", known={"site_id": "riverside"})
PLACE = RIVERSIDE.place("riverside")


def test_what_was_asked_for_is_looked_for_where_it_belongs_and_nowhere_else() -> None:
    session = Session(RIVERSIDE, attempt=Attempt(Method.CREDENTIALS, APPLE.id, DANA.id, {}, "dana@icloud.example"))
    here = answered(APPLE).with_schedule(DANA)
    session.keep("schedule", here)
    assert session.to_look_for(here)
    assert session.to_look_for(here.with_schedule(BUSINESS)) is None


def test_an_unattended_run_is_left_to_resume(tmp_path: Path) -> None:
    session = Session(RIVERSIDE, records=tmp_path, now=lambda: datetime.now(UTC))
    unattended = Recorder(tmp_path, PLACE, directions=Directions(exports=True))
    unattended.keep("authorize", answered(APPLE))
    unattended.close()
    found = session.find_left()
    assert found
    assert found.left is None
