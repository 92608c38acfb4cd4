"""Provider: which calendar (List Providers)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wizard import texts
from wizard.domain import Fault, without_replaced
from wizard.front import wording
from wizard.plain import texts as plain_texts
from wizard.plain.questions import Back, Row

if TYPE_CHECKING:
    from wizard.domain import Connection, Provider
    from wizard.plain.front import Front

LOOK_SECONDS = 3.0
"""How long the first question waits for what is connected already."""


async def ask(front: Front) -> str:
    """Read the providers, and ask for one."""
    front.say(texts.STATES["provider"].lead)
    found = await front.work(lambda: _read(front), front.session.first_label)
    if found is None:
        raise Back  # the saved sign-in is gone, so the site is asked for
    providers, standing = found
    own = {} if standing == [] else {"connections": plain_texts.WORD_CONNECTIONS}
    rows = [Row(p.id, p.name or texts.UNNAMED, _more(p)) for p in providers]
    default = front.answers.provider.id if front.answers.provider else None
    while True:
        if standing:
            front.say(plain_texts.CONNECTIONS.format(standing=wording.standing_text(standing)))
        chosen = await front.questions.choose(rows, default, own=own)
        if chosen in own:
            return "see_connections"
        provider = next(p for p in providers if p.id == chosen)
        if await front.settle(front.answers.with_provider(provider)):
            return "next"


async def _read(front: Front) -> tuple[list[Provider], list[Connection] | None] | None:
    """Return the providers, and what is connected if that is known; None without a sign-in."""
    if not await front.session.finds_saved():
        return None
    journey = await front.session.journey()
    providers = await journey.providers()
    try:
        # Who only wants to connect a calendar needn't wait for it.
        async with asyncio.timeout(LOOK_SECONDS):
            return providers, without_replaced(await journey.connections())
    except (Fault, TimeoutError):
        return providers, None


def _more(provider: Provider) -> str:
    return f"{wording.connects(provider)}. {', '.join(wording.in_and_out(provider)).capitalize()}"
