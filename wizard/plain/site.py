"""Site: how to sign in to the Wix site, checked with List Providers."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from wizard import texts
from wizard.domain import SignInWay
from wizard.inert import inert
from wizard.plain import texts as plain_texts
from wizard.plain.questions import Row, in_order
from wizard.settings import NEEDS, SECRETS, given, make_sign_in, problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wizard.plain.front import Front
    from wizard.plain.questions import Questions
    from wizard.settings import Settings

Known = tuple[str, str]
"""A value that is known already, and how it is said: a secret only by where it is from."""


async def ask(front: Front) -> str:
    """Ask for a way of signing in and what it needs, and see whether Wix accepts it."""
    session = front.session
    front.say(texts.STATES["site"].lead)

    def known(name: str) -> Known:
        typed = session.typed
        secret = name in SECRETS
        if typed is not None and name in NEEDS[typed.way]:
            value = typed.secret.get_secret_value() if secret else str(getattr(typed, name))
            from_where = texts.SITE_SAVED if session.from_keyring else texts.SITE_KEPT
        else:
            return known_from(session.settings, name)
        return value, from_where if secret else value

    async def check(way: SignInWay, values: dict[str, str]) -> None:
        async def sign_in() -> None:
            made = await asyncio.to_thread(make_sign_in, way, values)
            await (await session.sign_in(made)).check()

        await front.work(sign_in, texts.LOADING["site"])

    typed = session.typed
    await ask_sign_in(front.questions, known, check, typed.way if typed else SignInWay.API_KEY)
    return "next"


def known_from(settings: Settings, name: str) -> Known:
    """Return what the settings know."""
    value = settings.known.get(name, "")
    if value and name in SECRETS:
        return value, texts.SITE_FROM_ENVIRONMENT.format(variable=settings.sources[name])
    return value, value


async def ask_sign_in(
    questions: Questions,
    known: Callable[[str], Known],
    use: Callable[[SignInWay, dict[str, str]], Awaitable[None]],
    way: SignInWay = SignInWay.API_KEY,
) -> None:
    """Ask for a way, then for what it needs, and `use` that. What is `known` already is taken by enter."""
    values: dict[str, str] = {}

    async def ask_way() -> bool:
        nonlocal way
        questions.lines.say(plain_texts.WAY)
        way = SignInWay(await questions.choose([Row(one, texts.SITE_WAY[one]) for one in SignInWay], way))
        return True

    async def ask_value(name: str) -> bool:
        value, said = (
            (values[name], texts.SITE_KEPT if name in SECRETS else values[name]) if name in values else known(name)
        )
        values[name] = await _value(questions, name, value, said)
        return True

    async def use_them() -> bool:
        await use(way, {name: values[name] for name in NEEDS[way]})
        return True

    async def ask_values() -> bool:
        await in_order(questions, *(partial(ask_value, name) for name in NEEDS[way]), use_them)
        return True

    await in_order(questions, ask_way, ask_values)


async def _value(questions: Questions, name: str, known: str, said: str) -> str:
    label, where = texts.SITE_FIELD[name]
    unseen = name in SECRETS
    words = plain_texts.STAYS_UNSEEN_WHERE if unseen else plain_texts.WITH_WHERE
    while True:
        typed = await questions.ask(words.format(label=label, where=where), inert(said), unseen=unseen)
        value = given(name, typed) or known
        wrong = problem(name, value)
        if not wrong:
            return value
        questions.lines.say(wrong)
