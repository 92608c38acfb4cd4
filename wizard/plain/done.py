"""Done: what is connected, how far the sync is (Get Connection, polled), and what to do next."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from wizard import receipt, texts
from wizard.answers import Answers
from wizard.domain import Fault, Status
from wizard.front import wording
from wizard.front.session import STEP_SECONDS
from wizard.plain import texts as plain_texts
from wizard.plain.questions import Row

if TYPE_CHECKING:
    from wizard.plain.front import Front


async def ask(front: Front) -> str:
    """Say what is connected and how far the sync is, and ask what to do next."""
    for line in wording.summary(front.answers):
        front.say(line)
    await _follow(front)
    rows = [Row(event, name, words) for event, (name, words) in texts.DONE_ACTIONS.items()]
    own = {"receipt": plain_texts.WORD_RECEIPT, "status": plain_texts.WORD_STATUS}
    while True:
        event = await front.questions.choose(rows, words=plain_texts.DONE_ASK, own=own)
        match event:
            case "receipt":
                await _save_receipt(front)
            case "status":
                await _follow(front)
            case "another":
                front.answers = Answers().after(front.answers)
                return event
            case "next":
                made = front.answers.connection
                return "next" if made and made.status.healthy else "give_up"
            case _:
                return event


async def _follow(front: Front) -> None:
    """Say each status until it settles, for a minute at most; who types needn't wait."""
    front.fault = None
    watching = asyncio.create_task(_watch(front))
    typing = front.lines.reading() if front.lines.stoppable else None
    waited: set[asyncio.Future[Any]] = {watching, typing} if typing else {watching}
    try:
        await asyncio.wait(waited, timeout=STEP_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            watching.result()
        elif typing and typing.done() and not typing.exception() and not typing.result():
            front.lines.take()  # enter, so as not to wait
    except Fault as fault:
        front.tell(fault)
    finally:
        watching.cancel()
        await asyncio.wait({watching})


async def _watch(front: Front) -> None:
    made = front.answers.connection
    assert made is not None  # the flow leads here only with one
    journey = await front.session.journey()
    said = None
    async for connection in journey.watch(made.id):
        front.answers = front.answers.with_connection(connection)
        if connection.status is not said:
            front.say(texts.STATUS[connection.status] + ".")
            if connection.status.healthy and connection.status is not Status.SYNCED:
                front.say(" ".join([texts.DONE_SYNCING, *([plain_texts.DONE_WAIT] if front.lines.stoppable else [])]))
        said = connection.status
    journey.standing(connection)


async def _save_receipt(front: Front) -> None:
    name = receipt.name(front.session.now())
    try:
        front.say(await front.session.save_receipt(name, front.answers, front.fault))
    except OSError as error:
        front.say(texts.RECEIPT_FAILED.format(reason=error.strerror))
