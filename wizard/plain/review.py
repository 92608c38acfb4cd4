"""Review: which way events flow (Get Connection, List Calendars, Update Sync Config)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wizard import fault_texts, texts
from wizard.domain import Import
from wizard.front import directions, wording
from wizard.plain import texts as plain_texts
from wizard.plain.questions import Back, in_order

if TYPE_CHECKING:
    from wizard.domain import Calendar, Connection, Provider, Sync
    from wizard.plain.front import Front


async def ask(front: Front) -> str:
    """Read the connection, ask for the directions, and set them."""
    front.say(texts.STATES["review"].lead)
    try:
        review = _Review(front, await front.work(lambda: _read(front), texts.LOADING["review"]))
        await review.ask()
    except Back:
        # The way back from a connection that doesn't stand any more leads to signing in again. One from before isn't
        # this run's: on the list that the way back leads to, it is one of many.
        if front.fault is not None and front.fault.code in fault_texts.GONE:
            front.answers = front.answers.without(_made(front))
        elif front.answers.reviews_existing:
            front.answers = front.answers.with_connection(None)
        raise
    front.answers = front.answers.reviewed()
    return "next"


async def _read(front: Front) -> list[Calendar]:
    """Read connection and calendars, and return the calendars."""
    journey = await front.session.journey()
    made, provider = _made(front), _provider(front)

    async def calendars() -> list[Calendar]:
        return await journey.calendars(made.id) if provider.imports is Import.CHOSEN else []

    connection, found = await asyncio.gather(journey.connection(made.id), calendars())
    front.answers = front.answers.with_connection(connection)  # also if it doesn't stand: it decides how a run ends
    journey.standing(connection)
    return found


def _made(front: Front) -> Connection:
    assert front.answers.connection is not None  # the flow leads here only with both
    return front.answers.connection


def _provider(front: Front) -> Provider:
    assert front.answers.provider is not None
    return front.answers.provider


class _Review:
    """The directions as they are, and as they are asked for."""

    def __init__(self, front: Front, calendars: list[Calendar]) -> None:
        self._front = front
        self._calendars = calendars
        self._provider = _provider(front)
        sync, self._words = directions.to_begin_with(front.answers, calendars)
        self._want(sync)

    async def ask(self) -> None:
        """Ask for both directions, and send what has changed, until Wix has set it as asked."""
        if email := wording.account_of(self._front.answers):
            self._front.say(plain_texts.ACCOUNT.format(email=email))
        if self._words:
            self._front.say(self._words)
        while True:
            await in_order(
                self._front.questions, self._ask_import, self._ask_calendars, self._ask_export, self._ask_apply
            )
            asked = self._sync
            self._want(_made(self._front).sync)
            if self._sync.fulfils(asked):
                return
            self._front.say(texts.REVIEW_OTHERWISE)

    def _want(self, sync: Sync) -> None:
        """Go on from these directions, and keep them in mind until they are applied."""
        self._sync = sync
        self._front.answers = directions.wanted(self._front.answers, sync)
        self._front.session.keep("review", self._front.answers)

    async def _ask_import(self) -> bool:
        words = directions.import_words(self._provider)
        if not directions.imports_allowed(self._provider):
            self._say_fixed(texts.IMPORT, words, on=self._sync.imports)
            return False
        while True:
            on = await self._yes(texts.IMPORT, words, on=self._sync.imports)
            before = _made(self._front).sync
            sync = directions.with_import(self._sync, before, self._calendars, on=on)
            if self._calendars or not (problem := directions.problem(sync, self._calendars)):
                self._want(sync)
                return True
            self._front.say(problem)

    async def _ask_calendars(self) -> bool:
        if not (self._sync.imports and self._calendars and directions.imports_allowed(self._provider)):
            return False
        self._say_calendars()
        own = {"list": plain_texts.WORD_LIST}
        while True:
            answer = await self._front.questions.ask(plain_texts.REVIEW_NUMBERS, self._import_from(), own=own)
            sync = self._with_numbers(answer) if answer else self._sync
            if answer.lower() in own:
                self._say_calendars()
            elif sync is None:
                self._front.say(plain_texts.REVIEW_NOT_NUMBERS.format(last=len(self._calendars)))
            elif problem := directions.problem(sync, self._calendars):
                self._front.say(problem)
            else:
                self._want(sync)
                return True

    def _say_calendars(self) -> None:
        self._front.say(plain_texts.REVIEW_CALENDARS)
        for number, calendar in enumerate(self._calendars, 1):
            self._front.say(f"{number}  {calendar.name}")

    def _with_numbers(self, answer: str) -> Sync | None:
        """Return the directions with the calendars of these numbers; None for what is none."""
        numbers = answer.replace(",", " ").split()
        by_number = {str(number): calendar for number, calendar in enumerate(self._calendars, 1)}
        if not numbers or not set(numbers) <= set(by_number):
            return None
        return directions.with_calendars(self._sync, self._calendars, {by_number[number].id for number in numbers})

    def _import_from(self) -> str:
        """Name the calendars that events come from."""
        chosen = self._sync.calendars
        if chosen is None:
            return texts.REVIEW_PRIMARY
        names = {calendar.id: calendar.name for calendar in self._calendars}
        return ", ".join(c.name or names.get(c.id, c.id) for c in chosen)

    async def _ask_export(self) -> bool:
        words = directions.export_words(self._provider)
        if not directions.exports_allowed(self._provider):
            self._say_fixed(texts.EXPORT, words, on=self._sync.exports)
            return False
        on = await self._yes(texts.EXPORT, words, on=self._sync.exports)
        if on != self._sync.exports:
            self._want(directions.with_export(self._sync, self._provider, on=on))
        return True

    async def _yes(self, name: str, words: str, *, on: bool) -> bool:
        return await self._front.questions.yes(plain_texts.DIRECTION.format(name=name, words=words), default=on)

    def _say_fixed(self, name: str, words: str, *, on: bool) -> None:
        state = texts.ON if on else texts.OFF
        self._front.say(plain_texts.DIRECTION_FIXED.format(name=name, state=state, words=words))

    async def _ask_apply(self) -> bool:
        """Say what will be, and set it; nothing is sent when nothing has changed."""
        sync, made = self._sync, _made(self._front)
        imports = texts.ON if sync.imports else texts.OFF
        if sync.imports and (names := self._import_from()):
            imports = plain_texts.FROM.format(state=imports, names=names)
        changed = not directions.same(sync, made.sync)
        words = plain_texts.REVIEW_APPLIES if changed else plain_texts.REVIEW_STAYS
        await self._front.questions.enter(
            words.format(imports=imports, exports=texts.ON if sync.exports else texts.OFF)
        )
        if not changed:
            return True

        async def apply() -> Connection:
            return await (await self._front.session.journey()).apply(self._provider, made, sync)

        set_by_wix = await self._front.work(apply, texts.LOADING["apply"])
        self._front.answers = self._front.answers.with_connection(set_by_wix)
        return True
