"""The line-by-line front: it asks the flow what comes next, and lets that step ask its questions."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from wizard import fault_texts, texts
from wizard.answers import Answers
from wizard.domain import Fault
from wizard.flow import Flow
from wizard.front import wording
from wizard.front.outcome import Ending
from wizard.front.session import STEP_SECONDS
from wizard.front.steps import one_line, steps
from wizard.plain import texts as plain_texts
from wizard.plain.questions import Back, Leave, Questions, Row

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping
    from types import FrameType
    from typing import Protocol

    from wizard.front.session import Session
    from wizard.plain.lines import Lines
    from wizard.record import Left

    class Step(Protocol):
        """A state's module."""

        async def ask(self, front: Front) -> str:
            """Ask what the state asks, put it into `front.answers`, and return an event of the flow."""


_log = logging.getLogger(__name__)
Found = TypeVar("Found")

WAIT_SAID_AFTER = 0.3
"""Seconds before a wait is put into words."""
WAIT_SAID_EVERY = 15.0
"""Seconds until a wait that goes on is put into words again."""
HANGUP = 1
"""The number of the signal that says that a terminal was closed; not every system names it."""
APART = 1.0
"""Least seconds between two words about progress."""


class Front:
    """One run, line by line. `run` returns how it ended; None if a signal ended it, whose number is `signal` then."""

    def __init__(self, session: Session, lines: Lines) -> None:
        self.session = session
        self.lines = lines
        self.questions = Questions(lines)
        self.answers = Answers()
        self.fault: Fault | None = None
        """What went wrong last, until it is tried again."""
        self.under_way = False
        """Whether leaving now could leave a connection behind that nobody has seen."""
        self.signal = 0
        self._task: asyncio.Task[Any] | None = None
        self._flow = Flow(self.answers, asks_site=session.asks_site)
        self._came_back = False
        self._said_at = -APART  # when progress was put into words last
        session.on_pause = self._on_pause

    async def run(self) -> Ending | None:
        """Ask everything there is to ask."""
        self._task = asyncio.current_task()
        try:
            self._welcome()
            if not self.session.asks_site:
                await self._offer_left()
            while not self._flow.is_over:
                await self._step()
        except Leave:
            self._say_last(plain_texts.LEFT_BY_PERSON)
            self._leave()
        except EOFError:
            self._say_last(plain_texts.LEFT_BY_END)
            if self.lines.typed and self.lines.gone:  # the terminal was closed: no wish, and said by a signal as well
                self.signal = self.signal or HANGUP
                return None
            self._leave()
        except asyncio.CancelledError:  # ctrl+c, or a signal
            if self.signal:
                _log.info("%s: ended by signal %d", self._flow.state, self.signal)
                return None
            self._say_last(plain_texts.LEFT_BY_PERSON)
            self._leave()
        finally:
            with suppress(EOFError):
                self.lines.end()
            if self._flow.is_over:
                self.session.forget()
            await self.session.close()
        return Ending(self._flow.state, self.answers, self.fault)

    def on_signal(self, number: int, _: FrameType | None) -> None:
        """Tidy up when a signal ends the program: the journal stays, a terminal that hides what is typed doesn't."""
        self.signal = number
        if self._task is not None:
            self._task.get_loop().call_soon_threadsafe(self._task.cancel)

    def _welcome(self) -> None:
        site = self.session.label
        welcome = plain_texts.WELCOME if site else plain_texts.WELCOME_NOWHERE
        self.say(welcome.format(program=texts.PROGRAM, site=site))
        self.say(plain_texts.WORDS)

    def say(self, line: str = "") -> None:
        """Say a line."""
        self.lines.say(line)

    def said(self, text: str) -> str:
        """Fill in what is known."""
        return wording.filled(text, self.answers)

    # The steps

    async def _step(self) -> None:
        state = self._flow.state
        _log.info("%s: entered", state)
        if self._came_back and self._asks_nothing:
            self._send("back")
            return
        of = steps(self.answers, state, site=self.session.site_id if self.session.asks_site else None)
        text = texts.STATES[state]
        self.say()
        self.say(one_line(of, state))
        self.say(self.said(text.title))
        self.questions.help = self.said(text.help)
        self.questions.can_back = self._flow.can("back")
        self.news()
        self.fault, self.under_way = None, False
        step: Step = import_module(f"wizard.plain.{state}")
        try:
            event = await step.ask(self)
        except Back:
            event = "back"
        self._send(event)
        self._came_back = event == "back"
        if self._flow.is_over:
            return
        self.session.keep(self._flow.state, self.answers)
        if (state, event) == ("site", "next"):
            await self._offer_left()

    @property
    def _asks_nothing(self) -> bool:
        """Whether there is nothing to answer here, so that the question before is in another state."""
        provider = self.answers.provider
        return self._flow.state == "method" and provider is not None and len(provider.methods) == 1

    def news(self) -> None:
        """Tell what the step before has left to be told."""
        if self.session.news:
            self.say(self.session.news)
            self.session.news = ""

    def _send(self, event: str) -> None:
        self._flow.answers, self._flow.asks_site = self.answers, self.session.asks_site
        self._flow.send(event)

    def _say_last(self, words: str) -> None:
        with suppress(EOFError):  # nobody hears it
            self.say(words)

    def _leave(self) -> None:
        if self.under_way or self.session.may_connect:
            self._say_last(texts.LEAVE_TEXT)
        elif self.answers.ended:
            self._say_last(texts.UNRECONNECTED_TEXT)
        if self.answers.wanted:
            self._say_last(texts.UNAPPLIED_TEXT)
        self._flow.answers = self.answers
        self._send("give_up" if self.fault and self._flow.can("give_up") else "cancel")

    # Runs that were cut off

    async def _offer_left(self) -> None:
        found = self.session.find_left()
        for path in found.unreadable if found else ():
            self.say(texts.UNREADABLE_TITLE)
            self.say(texts.UNREADABLE_TEXT.format(path=path))
        if found and found.left:
            await self._ask_left(found.left)

    async def _ask_left(self, left: Left) -> None:
        run = left.run
        self.say(texts.LEFT_TITLE)
        for line in wording.left_text(run.state, run.answers, self.session.local(run.saved)).split("\n\n"):
            self.say(line)
        self.questions.help = plain_texts.LEFT_HELP
        rows = [Row("go_on", texts.LEFT_GO_ON), Row("afresh", texts.LEFT_AFRESH)]
        try:
            choice = await self.questions.choose(rows, "go_on")
        except (Leave, EOFError, asyncio.CancelledError):
            left.journal.close()  # unasked, so it stays for the next start
            raise
        if choice == "afresh":
            left.journal.forget()
            return
        self.answers = self.session.go_on_with(left)
        self._flow = Flow(self.answers, asks_site=self.session.asks_site, start=run.state)

    # Work: visible, bounded, to be stopped, to be tried again

    async def work(self, job: Callable[[], Awaitable[Found]], label: str, *, own: Collection[str] = ()) -> Found:
        """Do what a step needs. A fault is told and can be tried again; those in `own` are told and raised.

        Raises `Back` when the person stops it or goes back, and `Leave`.
        """
        while True:
            self.fault = None
            try:
                return await self._wait(job, label)
            except Back:
                self.say(texts.STOPPED_UNSURE if self.under_way else texts.STOPPED)
                raise
            except Fault as fault:
                self.tell(fault)
                if fault.code in own:
                    raise
            await self.after_fault()
            self.retry()

    def tell(self, fault: Fault) -> None:
        """Say what went wrong, why, and what to do."""
        self.fault = fault
        _log.info("%s: fault %s", self._flow.state, fault.code)
        if self._flow.state == "provider" and self.session.refused(fault):
            self.questions.can_back = True
        provider = self.answers.provider
        said = fault_texts.explain(
            fault, kind=provider.kind if provider else None, provider=provider.name if provider else ""
        )
        for line in (said.what, said.why, said.do, f"({said.small})"):
            self.say(line)

    def retry(self) -> None:
        """Tell the flow, which refuses what its chart doesn't know."""
        self._send("retry")

    async def after_fault(self, *, retry: bool = True, also: Mapping[str, str] | None = None) -> None:
        """Ask whether to try again, and return to do so, as for one of `also`. Raises `Back`, `Leave`."""
        own = {**({"retry": plain_texts.WORD_RETRY} if retry else {}), **(also or {})}
        words = plain_texts.FAULT_ASK.format(words=", ".join([*own, *(["back"] if self.questions.can_back else [])]))
        while True:
            answer = (await self.questions.ask(words, own=own)).lower()
            if answer in own:
                return
            self.say(plain_texts.FAULT_UNKNOWN.format(words=words))

    async def _wait(self, job: Callable[[], Awaitable[Found]], label: str) -> Found:
        clock = self.session.clock
        doing = asyncio.ensure_future(job())
        ends, again, said = clock() + STEP_SECONDS, clock() + WAIT_SAID_AFTER, 0
        try:
            while not doing.done():
                now, due = clock(), max(again, self._said_at + APART)
                if now >= ends:
                    raise Fault("timed_out")
                if now < due:
                    await self._first_of(doing, min(ends, due) - now)
                    continue
                self._say_wait(label, ends - now, said)
                self._said_at, again, said = now, now + WAIT_SAID_EVERY, said + 1
        finally:
            if not doing.done():
                doing.cancel()
                await asyncio.wait({doing})
        return doing.result()

    def _say_wait(self, label: str, left: float, said: int) -> None:
        if not said:
            self.say(plain_texts.STILL.format(label=label))
            return
        words = texts.GIVES_UP.format(left=f"{left:.0f} s")
        self.say(plain_texts.LEFT_SECONDS.format(label=label, gives_up=words))
        if said == 1 and self.lines.stoppable:
            self.say(plain_texts.WAIT_WORDS if self.questions.can_back else plain_texts.WAIT_WORDS_NO_BACK)

    async def _first_of(self, doing: asyncio.Future[Found], seconds: float) -> None:
        """Wait for the work, for so many seconds, or for the person to say stop."""
        typing = self.lines.typing() if self.lines.stoppable else None
        # What else is typed, or was before, is the answer to the next question.
        waited: set[asyncio.Future[Any]] = {doing, typing} if typing and not typing.done() else {doing}
        await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if doing.done() or not (typing and typing in waited and typing.done()) or typing.exception():
            return
        match typing.result().lower():
            case "back" if self.questions.can_back:
                self.lines.forget()  # the next question is another one now
                raise Back
            case "leave":
                raise Leave

    def _on_pause(self, fault: Fault, seconds: float) -> None:
        """Say why nothing moves."""
        now = self.session.clock()
        if now - self._said_at >= APART:
            self._said_at = now
            self.say(fault_texts.pause_words(fault, seconds))

    # A connection that this run has made

    async def settle(self, answers: Answers) -> bool:
        """Take these answers; where they don't fit the connection of this run, ask what becomes of it.

        False if the person would rather keep the answers that fit.
        """
        made = self.answers.connection
        if made and not answers.connection:
            self.say(texts.REPLACE_TITLE)
            self.say(self.said(texts.REPLACE_TEXT))
            rows = [
                Row("disconnect", texts.REPLACE_DISCONNECT),
                Row("keep", texts.REPLACE_KEEP),
                Row("stay", texts.REPLACE_STAY),
            ]
            chosen = await self.questions.choose(rows)
            if chosen == "stay":
                return False
            if chosen == "disconnect":

                async def disconnect() -> None:
                    await (await self.session.journey()).disconnect(made)

                await self.work(disconnect, texts.LOADING["disconnect"])
                self.say(self.said(texts.DISCONNECTED))
                self.answers = self.answers.without(made)
            answers = answers.after(self.answers)
        self.answers = answers
        return True
