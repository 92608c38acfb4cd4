"""Authorize: the account's owner consents in a browser (Connect By OAuth); three ways home race."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from wizard import texts
from wizard.domain import Fault
from wizard.inert import inert
from wizard.plain import sign_in
from wizard.plain import texts as plain_texts

if TYPE_CHECKING:
    from wizard.authorization import Authorization
    from wizard.domain import Connection
    from wizard.plain.front import Front

MOST_OF_A_URL = 8192
PASTE_SECONDS = 0.1
"""Seconds within which the lines of one paste come; nobody types one as fast."""
SAID_EVERY = 60.0
"""Seconds until it is said again how long the link still works."""


async def ask(front: Front) -> str:
    """Say the address, and wait until the owner has come home."""
    if await sign_in.connected(front):
        return "next"
    while True:
        way = _Way(front)
        try:
            attempt = await front.work(way.begin, texts.LOADING["authorize"])
            made = await way.home(attempt)
        except Fault as fault:
            front.under_way = False
            front.tell(fault)
            await front.after_fault(also={"new": plain_texts.WORD_NEW})  # as the faults say
            front.retry()
            continue
        finally:
            await way.close()
        if made is not None:
            break
    front.under_way = False
    front.answers = front.answers.with_connection(made).with_email(made.email or front.answers.email)
    return "next"


class _Way:
    """One link, and the wait for it."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._coming: asyncio.Task[Connection] | None = None

    async def begin(self) -> Authorization:
        """Get a link. It is listened for and asked about from then on."""
        await self.close()  # this may be another try
        ready: asyncio.Future[Authorization] = asyncio.get_running_loop().create_future()
        self._coming = asyncio.create_task(self._wait(ready))
        waited: set[asyncio.Future[Any]] = {ready, self._coming}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        return ready.result() if ready.done() else await self._failed(self._coming)

    @staticmethod
    async def _failed(coming: asyncio.Task[Connection]) -> Authorization:
        await coming
        raise AssertionError("it can't be home without a link")

    async def _wait(self, ready: asyncio.Future[Authorization]) -> Connection:
        provider, schedule = self._front.answers.provider, self._front.answers.schedule
        assert provider is not None  # the flow leads here only with both
        assert schedule is not None
        journey = await self._front.session.journey()
        redirect_url, replaces = self._front.session.settings.redirect_url, self._front.answers.existing
        with self._front.session.ending(self._front, journey):
            async with journey.authorize(provider, schedule, redirect_url, replaces=replaces) as attempt:
                self._front.under_way = True
                ready.set_result(attempt)
                return await attempt.wait()

    async def close(self) -> None:
        """Stop listening and asking."""
        if self._coming and not self._coming.done():
            self._coming.cancel()
            await asyncio.wait({self._coming})

    async def home(self, attempt: Authorization) -> Connection | None:
        """Return the connection when the owner comes home; None if another link is wanted. Raises `Fault`."""
        front, coming = self._front, self._coming
        assert coming is not None  # there is a link
        if not attempt.url:
            return await coming
        front.say(texts.STATES["authorize"].lead)
        front.lines.say(inert(attempt.url, limit=MOST_OF_A_URL), raw=True)
        if front.session.embedded is not None:
            front.say(texts.SANDBOX_CONSENT)
        own = {"new": plain_texts.WORD_NEW}
        words = plain_texts.AUTHORIZE_WORDS
        if front.session.settings.open_browser:
            own["open"], words = plain_texts.WORD_OPEN, plain_texts.AUTHORIZE_WORDS_OPEN
        own[plain_texts.WORD_ENTER] = plain_texts.WORD_HOW
        front.say(words)
        said = ""
        while not coming.done():
            if not said:
                said = self._how_it_is(attempt)
                front.say(said)
            front.lines.prompt(texts.PASTE_LABEL)
            waited: set[asyncio.Future[Any]] = {coming, front.lines.reading()}
            await asyncio.wait(waited, timeout=SAID_EVERY, return_when=asyncio.FIRST_COMPLETED)
            if coming.done() or not front.lines.reading().done():
                said = ""
                continue
            answer = await front.lines.read()
            if front.questions.understood(answer, own):
                continue
            match answer.lower():
                case "new" | "new link":
                    return None
                case "open" if front.session.settings.open_browser:
                    opened = await asyncio.to_thread(front.session.open_browser, attempt.url)
                    front.say(texts.OPENED if opened else texts.NO_BROWSER)
                case "":
                    said = ""
                case _:
                    await self._paste(attempt, answer + await self._rest())
        return coming.result()

    async def _rest(self) -> str:
        """Return the lines that come at once with the one before: mail programs and terminals wrap long addresses."""
        lines, rest = self._front.lines, ""
        while lines.typed:
            await asyncio.wait({lines.reading()}, timeout=PASTE_SECONDS)
            if not lines.reading().done():
                break
            rest += await lines.read()
        return rest

    def _how_it_is(self, attempt: Authorization) -> str:
        listening = texts.LISTENING.format(address=attempt.address) if attempt.address else texts.NOT_LISTENING
        asking = texts.ASKING_WIX if attempt.asking else texts.NOT_ASKING_WIX
        left = max(0, round(attempt.until - self._front.session.clock()))
        gives_up = texts.GIVES_UP.format(left=plain_texts.MINUTES.format(minutes=left // 60, seconds=left % 60))
        return f"{texts.WAITING_CONSENT}: {listening}, {asking}, {gives_up}."

    async def _paste(self, attempt: Authorization, text: str) -> None:
        """See whether what was pasted is the way home."""
        self._front.fault = None
        try:
            await attempt.paste(text)
        except Fault as fault:
            self._front.tell(fault)
        else:
            assert self._coming is not None
            await asyncio.wait({self._coming})
