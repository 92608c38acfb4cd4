"""What the fronts share of a run that an earlier one was cut off at."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.examples import APPLE, BUSINESS, DANA, GOOGLE, answered, connection
from tests.tui.stage import FakeJourney
from wizard.answers import Answers
from wizard.domain import Attempt, Fault, Method, Status, Sync
from wizard.front.session import Session
from wizard.record import Recorder, find
from wizard.settings import Settings
from wizard.wishes import Directions

if TYPE_CHECKING:
    from wizard.journey import Journey

RIVERSIDE = Settings("https://www.wixapis.com", known={"site_id": "riverside", "api_key": "IST.key"})
PLACE = RIVERSIDE.place("riverside")

OLD = replace(connection(APPLE, DANA), sync=Sync(exports=True))
TO_RECONNECT = Answers.about(OLD, APPLE, DANA)
ENDING = TO_RECONNECT.without_existing()
BACK_AGAIN = Answers().after(ENDING).with_provider(GOOGLE)


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


@pytest.mark.parametrize(
    ("state", "answers", "ended"),
    [("credentials", ENDING, True), ("connections", BACK_AGAIN, True), ("credentials", TO_RECONNECT, False)],
    ids=["while it signs in", "back from there", "before anything was typed"],
)
def test_a_run_that_was_cut_off_in_a_reconnection_knows_what_it_has_ended(
    tmp_path: Path, state: str, answers: Answers, ended: bool
) -> None:
    killed = Recorder(tmp_path, PLACE)
    killed.keep(state, answers)
    killed.close()
    session = Session(RIVERSIDE, records=tmp_path)
    found = session.find_left()
    assert found
    assert found.left
    answers = session.go_on_with(found.left)
    forgotten = replace(OLD, status=Status.DISCONNECTED, sync=Sync())
    assert answers.has_ended(forgotten) is ended
    assert answers.as_it_was(forgotten).sync == OLD.sync


def test_what_is_reconnected_is_kept_as_ended_right_before_it_is_and_no_more_once_it_is_clear_that_it_was_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, step, kept = Session(RIVERSIDE), SimpleNamespace(answers=TO_RECONNECT), list[tuple[str, Answers]]()
    monkeypatch.setattr(session, "keep", lambda *state: kept.append(state))
    with suppress(Fault), session.ending(step, cast("Journey", FakeJourney())):
        assert kept == [("credentials", ENDING)]
        raise Fault("server_error")
    assert kept[1:] == [("credentials", TO_RECONNECT)]
    assert step.answers == TO_RECONNECT


def test_what_an_unattended_run_was_to_set_is_forgotten_once_a_person_has_set_it(tmp_path: Path) -> None:
    unattended = Recorder(tmp_path, PLACE, directions=Directions(exports=True))
    unattended.keep("review", answered(APPLE, connected=True))
    unattended.close()
    (tmp_path / "torn.json").touch()
    session = Session(RIVERSIDE, records=tmp_path)
    session.keep("review", answered(APPLE, connected=True))
    assert len(list(tmp_path.glob("*.json"))) == 3
    session.keep("done", answered(APPLE, connected=True))
    assert len(list(tmp_path.glob("*.json"))) == 1
    assert "torn.unreadable" in session.news


async def test_what_wix_may_still_be_at_is_kept_in_mind_although_nothing_is_there_yet(tmp_path: Path) -> None:
    attempt = Attempt(Method.CREDENTIALS, APPLE.id, DANA.id, {}, "dana@icloud.example")
    answers = answered(APPLE).with_schedule(DANA)
    killed = Recorder(tmp_path, PLACE)
    killed.keep("credentials", answers)
    killed.keep_attempt(attempt)
    killed.close()
    journey = FakeJourney(nobody=True)

    def opener(*_: object) -> Any:
        return journey

    session = Session(RIVERSIDE, records=tmp_path, opener=opener)
    found = session.find_left()
    assert found
    assert found.left
    session.go_on_with(found.left)
    assert await session.look(attempt, answers) is None
    await session.close()
    again = find(tmp_path, PLACE).left
    assert again
    assert again.run.attempt == attempt
