"""Provider: which calendar (List Providers)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import texts, wording
from wizard.plain.questions import Back, Row

if TYPE_CHECKING:
    from wizard.domain import Provider
    from wizard.plain.front import Front


async def ask(front: Front) -> str:
    """Read the providers, and ask for one."""
    front.say(texts.STATES["provider"].lead)
    providers = await front.work(lambda: _read(front), front.session.first_label)
    if providers is None:
        raise Back  # the saved sign-in is gone, so the site is asked for
    rows = [Row(p.id, p.name or texts.UNNAMED, _more(p)) for p in providers]
    while True:
        chosen = await front.questions.choose(rows, front.answers.provider.id if front.answers.provider else None)
        provider = next(p for p in providers if p.id == chosen)
        if await front.settle(front.answers.with_provider(provider)):
            return "next"


async def _read(front: Front) -> list[Provider] | None:
    if not await front.session.finds_saved():
        return None
    return await (await front.session.journey()).providers()


def _more(provider: Provider) -> str:
    return f"{wording.connects(provider)}. {', '.join(wording.in_and_out(provider)).capitalize()}"
