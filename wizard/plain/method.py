"""Method: how the provider connects, as Wix says it; a question only where there are two ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import texts
from wizard.domain import Fault, Method
from wizard.front import wording
from wizard.plain.questions import Row

if TYPE_CHECKING:
    from wizard.plain.front import Front


async def ask(front: Front) -> str:
    """Say how it connects; ask where there is a choice, and lead back where there is no way."""
    provider = front.answers.provider
    methods = provider.methods if provider else ()
    front.say(front.said(wording.method_lead(methods)))
    if not methods:
        front.tell(Fault("no_method"))
        await front.after_fault(retry=False)
    method = methods[0]
    if len(methods) == 1:
        front.say(texts.METHOD_PHRASE[(method,)] + ".")
    else:
        rows = [Row(m, texts.METHOD_PHRASE[(m,)], wording.about_method(m, provider)[0]) for m in methods]
        method = Method(await front.questions.choose(rows, front.answers.method))
    about, ready = wording.about_method(method, provider)
    if len(methods) == 1:
        front.say(about)
    front.say(ready)
    front.answers = front.answers.with_method(method)
    return "next"
