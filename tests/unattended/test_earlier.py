"""Which runs that were cut off would set an account's directions once more."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.examples import APPLE, BUSINESS, DANA, GOOGLE, connection
from wizard.answers import Answers
from wizard.domain import Attempt, Method, Sync
from wizard.record import Recorder
from wizard.unattended import earlier
from wizard.wishes import Directions

SITE = "https://www.wixapis.com riverside"
EMAIL = "dana@example.com"
MADE = replace(connection(GOOGLE, DANA), email=EMAIL)
BEFORE = replace(MADE, id="before")
ANY = Answers().with_provider(GOOGLE).with_schedule(DANA)
ITS = ANY.with_email(EMAIL)
RECONNECTS = Answers.about(BEFORE, GOOGLE, DANA).with_connection(MADE)
WISH = Directions(exports=True)
LINK = Attempt(Method.OAUTH, GOOGLE.id, DANA.id, {})


@pytest.mark.parametrize(
    ("answers", "attempt", "directions", "is_overtaken"),
    [
        pytest.param(ITS.with_connection(MADE), None, WISH, True, id="its directions were missing"),
        pytest.param(ITS.with_connection(BEFORE), None, WISH, True, id="those of the one before were"),
        pytest.param(ITS.with_email(EMAIL.upper()), LINK, WISH, True, id="a link for the account"),
        pytest.param(ANY, LINK, WISH, True, id="a link for any account"),
        pytest.param(ANY, None, WISH, True, id="a link for any account that was never made"),
        pytest.param(ANY, replace(LINK, before={MADE.id: True}), WISH, False, id="a link for any other account"),
        pytest.param(ITS.with_email("noa@example.com"), LINK, WISH, False, id="another account"),
        pytest.param(ANY.with_connection(replace(BEFORE, email="")), None, WISH, False, id="somebody's connection"),
        pytest.param(ITS.with_provider(APPLE), None, WISH, False, id="another provider"),
        pytest.param(ITS.with_schedule(BUSINESS), None, WISH, False, id="another schedule"),
        pytest.param(RECONNECTS, None, None, True, id="a reconnect"),
        pytest.param(replace(RECONNECTS, wanted=(MADE,)), None, None, False, id="what a person has chosen"),
        pytest.param(ITS.with_connection(MADE), None, None, False, id="what a person will be asked"),
    ],
)
def test_a_run_is_overtaken_once_the_directions_are_set_that_it_would_set(
    tmp_path: Path, answers: Answers, attempt: Attempt | None, directions: Directions | None, is_overtaken: bool
) -> None:
    run = Recorder(tmp_path, SITE, directions=directions)
    run.keep("review", answers)
    run.keep_attempt(attempt)
    run.close()
    assert bool(earlier.overtaken(tmp_path, SITE, MADE, EMAIL).left) is is_overtaken


NOA = replace(MADE, id="noa", email="noa@example.com", sync=Sync(exports=True))


@pytest.mark.parametrize("is_set", [False, True], ids=["taken up", "overtaken"])
@pytest.mark.parametrize(
    ("state", "answers"),
    [
        pytest.param("credentials", Answers.about(BEFORE, GOOGLE, DANA), id="reconnects another"),
        pytest.param("review", RECONNECTS, id="has reconnected another"),
        pytest.param("review", Answers.about(MADE, GOOGLE, DANA).with_connection(MADE), id="looks at another"),
    ],
)
def test_what_the_wizard_has_ended_is_known_until_its_own_account_is_seen_to(
    tmp_path: Path, state: str, answers: Answers, is_set: bool
) -> None:
    run = Recorder(tmp_path, SITE)
    run.keep(state, answers.after(Answers.about(NOA, GOOGLE, DANA).without_existing()))
    run.close()
    others = earlier.overtaken(tmp_path, SITE, MADE, EMAIL) if is_set else earlier.find(tmp_path, SITE, MADE.place)
    others.forget()
    its = earlier.find(tmp_path, SITE, NOA.place)
    assert its.existing == NOA
    its.forget()
    assert earlier.find(tmp_path, SITE, NOA.place).existing is None
