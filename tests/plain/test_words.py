"""The plain front says what the screens say, in the same words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.plain.person import run
from tests.plain.test_flows import APPLE, DANA, FINISH, SEE_EVENTS
from wizard import plain, texts
from wizard.plain import texts as plain_texts

if TYPE_CHECKING:
    from tests.sites import InProcessSite

OWN = {name: text for name, text in vars(plain_texts).items() if name.isupper()}
SOURCE = "".join(path.read_text() for path in Path(plain.__file__).parent.glob("*.py"))


async def test_each_step_has_the_question_and_the_line_below_it_that_its_screen_has(paper: InProcessSite) -> None:
    account = paper.account("Apple")
    answers = (APPLE, *DANA, account.email, account.password, "", "", "", "", SEE_EVENTS, "", FINISH)
    ending, words, _ = await run(paper, *answers)
    of = {"provider": "Apple", "schedule": "Dana Levi"}
    for state in ("provider", "method", "schedule", "credentials", "review", "done", "events"):
        text = texts.STATES[state]
        assert f"\n{text.title.format(**of)}\n{text.lead.format(**of)}" in words
    for line in ("Its events block booking times (from Home, Work).", texts.DIRECTION_NO_EXPORT):
        assert f"\n{line}\n" in words
    assert ending.state == "finished"


def test_no_text_of_its_own_is_stale_or_one_that_there_is_already() -> None:
    assert set(OWN) == set(re.findall(r"plain_texts\.([A-Z_]+)", SOURCE))
    assert not set(OWN.values()) & {text for text in vars(texts).values() if isinstance(text, str)}
