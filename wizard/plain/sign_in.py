"""What the two sign-ins share: a connection that this run has made already is told, not made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import texts
from wizard.front import wording
from wizard.plain import texts as plain_texts

if TYPE_CHECKING:
    from wizard.plain.front import Front


async def connected(front: Front) -> bool:
    """Whether to go on with a connection: of this run, or of one that was cut off while it was being made."""
    if attempt := front.session.to_look_for(front.answers):
        found = await front.work(lambda: front.session.look(attempt, front.answers), texts.LOADING["look"])
        if found:
            front.answers = found
            return True
        front.say(texts.FOUND_NONE)
    while front.answers.connection:
        email = wording.account_of(front.answers) or front.said("{provider}")
        front.say(texts.ALREADY_CONNECTED.format(email=email))
        own = {"other": plain_texts.WORD_OTHER}
        if not await front.questions.enter(plain_texts.CONNECTED_ASK, own):
            return True
        if await front.settle(front.answers.with_connection(None)):
            front.say(front.said(texts.STATES[front.answers.sign_in_state].title))
    return False
