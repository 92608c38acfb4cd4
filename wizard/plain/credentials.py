"""Credentials: the account's email and password (Connect By Credentials)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wizard import account, texts
from wizard.domain import Fault, Kind
from wizard.plain import sign_in
from wizard.plain import texts as plain_texts
from wizard.plain.questions import in_order

if TYPE_CHECKING:
    from pydantic import SecretStr

    from wizard.domain import Connection
    from wizard.plain.front import Front


async def ask(front: Front) -> str:
    """Ask for both, and connect. What doesn't look right is said before anything is sent."""
    if await sign_in.connected(front):
        return "next"
    front.say(texts.STATES["credentials"].lead)
    to_try = front.session.account_of(front.answers)
    if to_try:
        front.say(texts.SANDBOX_ACCOUNT.format(email=to_try.email, password=to_try.password.get_secret_value()))
    entry = _Entry(front)
    await in_order(front.questions, entry.ask_email, entry.ask_password)
    return "next"


class _Entry:
    """What is typed. The password is here until it is accepted, and goes nowhere but to Wix."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._kind = front.answers.provider.kind if front.answers.provider else Kind.OTHER

    async def ask_email(self) -> bool:
        front = self._front
        to_try = front.session.account_of(front.answers)
        default = front.answers.email or (to_try.email if to_try else "")
        while True:
            email = await front.questions.ask(texts.EMAIL, default) or default
            wrong = account.email_problem(email)
            if not wrong:
                front.answers = front.answers.with_email(email)
                return True
            front.say(wrong)

    async def ask_password(self) -> bool:
        """Ask, and connect; ask again where it was refused."""
        while True:
            password = await self._password()
            try:
                made = await self._front.work(
                    partial(self._connect, password),
                    texts.LOADING["credentials"],
                    own=["bad_credentials"],
                )
            except Fault:
                continue
            self._front.answers = self._front.answers.with_connection(made)
            return True

    async def _password(self) -> SecretStr:
        from pydantic import SecretStr

        label = texts.PASSWORD_OF.get(self._kind, texts.PASSWORD)
        typed, enter = "", self._of_sandbox()
        while True:
            default = plain_texts.AS_BEFORE if typed else plain_texts.OF_SANDBOX if enter else ""
            answer = await self._front.questions.ask(plain_texts.STAYS_UNSEEN.format(label=label), default, unseen=True)
            if typed and not answer:
                return SecretStr(typed)
            typed = answer or enter
            problem = account.password_problem(typed) or account.password_doubt(self._kind, typed)
            if not problem:
                return SecretStr(typed)
            self._front.say(problem)

    def _of_sandbox(self) -> str:
        """Return the password of the embedded site's account, if that is the one that signs in."""
        to_try = self._front.session.account_of(self._front.answers)
        fits = to_try is not None and to_try.email == self._front.answers.email
        return to_try.password.get_secret_value() if to_try and fits else ""

    async def _connect(self, password: SecretStr) -> Connection:
        front = self._front
        provider, schedule = front.answers.provider, front.answers.schedule
        assert provider is not None  # the flow leads here only with both
        assert schedule is not None
        journey = await front.session.journey()
        front.under_way = True
        try:
            with front.session.ending(front, journey):
                return await journey.connect(
                    provider, schedule, front.answers.email, password, replaces=front.answers.existing
                )
        finally:
            # A request that was stopped, or whose answer never came, may have connected it all the same.
            front.under_way = journey.unanswered(provider, schedule, front.answers.email)
