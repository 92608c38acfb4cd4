"""A step: what its screen shows in the frame, how work is waited for, and how it hands back."""

from __future__ import annotations

import asyncio
import logging
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding
from textual.message import Message

from wizard import texts
from wizard.domain import Fault
from wizard.fault_texts import Explained, explain
from wizard.front import wording
from wizard.front.outcome import Outcome
from wizard.front.session import STEP_SECONDS
from wizard.terminal import keeps_ctrl_b
from wizard.tui.frame import Frame
from wizard.tui.widgets.blank import Room
from wizard.tui.widgets.dialog import Ask, Help, open_above
from wizard.tui.widgets.hints import Hint, of_step

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence

    from textual.widget import Widget
    from textual.worker import Worker

    from wizard.answers import Answers
    from wizard.front.session import Session
    from wizard.tui.widgets.notice import Notice

_log = logging.getLogger(__name__)


class Phase(Enum):
    """What a screen's content is: there, not there yet, not to be had, or not needed."""

    READY = auto()
    LOADING = auto()
    FAILED = auto()
    NEEDLESS = auto()


class Finished(Message):
    """A screen is through; the app asks the flow what comes next."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class Retried(Message):
    """A screen does again what failed."""


class Step(Room):
    """A step. Subclasses set `state`, compose their content, and call `finish` with what was answered."""

    state: ClassVar[str]
    retry_word: ClassVar[str] = "retry"
    only_retry: ClassVar[bool] = False
    """Whether nothing but ctrl+r does again what failed, also while the content is there."""
    loads: ClassVar[bool] = False
    """Whether it begins by loading, without its content."""

    def __init__(self, session: Session, answers: Answers, *, can_back: bool) -> None:
        super().__init__(classes=self.state)
        self.session = session
        self.answers = answers
        self.fault: Fault | None = None
        self.under_way = False
        """Whether leaving now could leave a connection behind that nobody has seen."""
        self.news = ""
        """What is told as soon as the content is there."""
        self.can_back = can_back
        self.phase = Phase.LOADING if self.loads else Phase.READY
        self._again: Callable[[], None] | None = None
        self._work: Worker[None] | None = None
        self._turn = 0
        self._submitting = False
        self._handed_back = False

    # What a subclass says, beside the widgets between question and notice that it composes

    def hints(self) -> Sequence[Hint]:
        """Return the screen's own keys, those that do something where the focus is, the most important first."""
        return ()

    def more_hints(self) -> Sequence[Hint]:
        """Return keys that stand elsewhere than on the line of keys, for the help."""
        return ()

    def begin(self) -> None:
        """Do what there is to do first; not `on_mount`, which Textual calls for every class by itself."""

    def keep_text(self, text: str) -> None:
        """Keep what is typed while nothing has the focus, if it has a use for it."""

    def lead(self) -> str:
        """Return the line below the question."""
        return texts.STATES[self.state].lead

    # The frame

    def on_mount(self) -> None:
        """Show the keys, and let the step begin."""
        self.news, self.session.news = self.session.news, ""
        self.show_hints()
        self.begin()

    @property
    def frame(self) -> Frame:
        """The frame that it is in."""
        assert isinstance(self.screen, Frame)
        return self.screen

    @property
    def own_keys(self) -> dict[str, str]:
        """The keys of this step alone, and the action of each."""
        kinds = [kind for kind in type(self).__mro__ if issubclass(kind, Step)]
        own = [b for kind in kinds for b in vars(kind).get("BINDINGS", ()) if isinstance(b, Binding)]
        return {key: binding.action for binding in own for key in binding.key.split(",")}

    @property
    def provider_name(self) -> str:
        """The chosen provider's name, or nothing yet."""
        return self.answers.provider.name if self.answers.provider else ""

    def said(self, text: str) -> str:
        """Fill in what is known."""
        return wording.filled(text, self.answers)

    @property
    def phase(self) -> Phase:
        """What the content is; only a ready one is shown."""
        return self._phase

    @phase.setter
    def phase(self, phase: Phase) -> None:
        self._phase = phase
        self.display = phase is Phase.READY

    @property
    def notice(self) -> Notice:
        """Where things are said."""
        return self.frame.notice

    def focus_on(self, widget: Widget) -> None:
        """Let a widget take the keys at once.

        `Widget.focus` waits its turn: keys typed meanwhile go elsewhere, and the first frame is laid out twice.
        """
        if widget.focusable:
            widget.has_focus = True
            self.screen.set_focus(widget)

    def set_lead(self, text: str, mark: tuple[str, str] | None = None) -> None:
        """Change the line below the question; without text there is none. `mark` is a character and its style."""
        self.frame.set_lead(text, mark)

    def all_hints(self) -> list[Hint]:
        """Return the keys that do something now; while there is no content, its keys do nothing."""
        return self.common_hints(self.hints() if self.phase is Phase.READY else [])

    def common_hints(self, own: Sequence[Hint]) -> list[Hint]:
        """Return a screen's own keys among those that all screens have."""
        hints = list(own)
        if self.fault is not None and self._again is not None:
            # Where the content is still there, its own keys mostly can do it again as well.
            spare = self.phase is not Phase.FAILED and not self.only_retry
            hints.insert(0, Hint("ctrl+r", texts.KEY[self.retry_word], of_step("retry"), spare))
        if self._submitting or self.can_back:
            key = "esc" if keeps_ctrl_b() else "ctrl+b"
            hints.append(Hint(key, texts.KEY["stop" if self._submitting else "back"], of_step("back")))
        hints.append(Hint("f1", texts.KEY["help"], of_step("help")))
        return [*hints, Hint("ctrl+c", texts.KEY["leave"], "app.leave", spare=True)]

    def show_hints(self) -> None:
        """Show the keys that do something now."""
        self.frame.hints.show(self.all_hints())

    def on_descendant_focus(self) -> None:
        """Show the keys of where the person is now."""
        self.show_hints()

    # Work: one piece at a time, visible, bounded, to be cancelled

    def load(self, job: Callable[[], Awaitable[None]], label: str) -> None:
        """Do what the screen needs before it can show its content; a fault offers to do it again."""
        self.phase = Phase.LOADING
        self._start(job, label, lambda: self.load(job, label))

    def read_behind(self, job: Callable[[], Awaitable[None]]) -> None:
        """Read again what is shown already. Nobody waits for it; if it can't be had, what was seen has to do."""

        async def work() -> None:
            try:
                async with asyncio.timeout(STEP_SECONDS):
                    await job()
            except (Fault, TimeoutError) as error:
                _log.info("%s: not read again: %s", self.state, error)

        self.run_in("behind", work)

    def submit(self, job: Callable[[], Awaitable[None]], label: str) -> None:
        """Do what the person asked for; the content stays, and so does all that was typed."""
        self._submitting = True
        self._start(job, label, lambda: self.submit(job, label))

    def refuse(self, fault: Fault) -> None:
        """Show a fault that came outside of work."""
        self.fault = fault
        _log.info("%s: fault %s", self.state, fault.code)
        self.notice.fault(self._explained(fault))
        self.show_hints()

    def _explained(self, fault: Fault) -> Explained:
        provider = self.answers.provider
        return explain(fault, kind=provider.kind if provider else None, provider=self.provider_name)

    def clear_fault(self) -> None:
        """Take back what was said."""
        self.fault = None
        self.notice.clear()
        self.show_hints()

    def _start(self, job: Callable[[], Awaitable[None]], label: str, again: Callable[[], None]) -> None:
        if self.phase is Phase.FAILED:
            self.phase = Phase.READY
        self.clear_fault()
        self._again = again
        self.frame.busy.start(label, STEP_SECONDS)
        self._turn = turn = self._turn + 1

        self._work = self.run_in("step", partial(self._do, job, turn))

    def run_in(self, group: str, work: Callable[[], Coroutine[Any, Any, None]]) -> Worker[None]:
        """Do this while the screen goes on, in the place of what its group is at.

        No coroutine yet: work that is replaced at once would leave it behind. The description keeps Textual from
        putting the work's repr into it, and what was typed with that.
        """
        worker: Worker[None] = self.run_worker(work, group=group, exclusive=True, description=self.state)
        return worker

    async def _do(self, job: Callable[[], Awaitable[None]], turn: int) -> None:
        failed: Fault | None = None
        try:
            async with asyncio.timeout(STEP_SECONDS):
                await job()
        except TimeoutError:
            failed = Fault("timed_out")
        except Fault as fault:
            failed = fault
        finally:
            self.app.call_after_refresh(self.session.worked.set)
            # Work that has taken this one's place shows itself.
            if turn == self._turn and self.is_attached and self.children:
                if failed is not None:
                    self._failed(failed)
                self._submitting = False
                self.loaded()
                self.frame.busy.stop()

    def pause(self, fault: Fault, seconds: float) -> None:
        """Say why nothing moves: a read has failed for a moment, and is tried again in `seconds`."""
        self.frame.busy.pause(self._explained(fault).what, seconds)

    def loaded(self) -> None:
        """Show the content, unless it could not be had, or the next step is on its way already."""
        if self._handed_back:
            return
        if self.phase is Phase.LOADING:
            self.phase = Phase.READY
        if self.news and self.fault is None:
            self.notice.tell(self.news)
            self.news = ""
        self.show_hints()

    def _failed(self, fault: Fault) -> None:
        self._submitting = False
        if self.phase is Phase.LOADING:
            self.fail()
        self.refuse(fault)

    def fail(self) -> None:
        """Put the notice in the content's place."""
        self.phase = Phase.FAILED
        self.frame.scroll_to_top()

    # Going on

    def finish(self, event: str, answers: Answers | None = None) -> None:
        """Hand back; a connection of this run that the new answers don't fit is asked about first."""
        answers = answers or self.answers
        if event == "next" and self.answers.connection and not answers.connection:
            self.replace_connection(lambda: self._hand_back(event, answers.after(self.answers)))
        else:
            self._hand_back(event, answers)

    def _hand_back(self, event: str, answers: Answers) -> None:
        if not self._handed_back:
            self._handed_back = True
            self.app.post_message(Finished(Outcome(event, answers, self.fault)))

    def replace_connection(self, then: Callable[[], None]) -> None:
        """Ask what becomes of the connection that this run has made, and go on unless the person stays."""
        made = self.answers.connection
        assert made is not None  # only called with one

        async def disconnect() -> None:
            await (await self.session.journey()).disconnect(made)
            self.answers = self.answers.without(made)
            then()

        def chosen(answer: str | None) -> None:
            if answer == "disconnect":
                self.submit(disconnect, texts.LOADING["disconnect"])
            elif answer == "keep":
                then()

        options = [
            ("disconnect", texts.REPLACE_DISCONNECT),
            ("keep", texts.REPLACE_KEEP),
            ("stay", texts.REPLACE_STAY),
        ]
        open_above(self, Ask(texts.REPLACE_TITLE, self.said(texts.REPLACE_TEXT), options), chosen)

    def action_back(self) -> None:
        """Stop what was submitted; else go back a step."""
        if self._submitting and self._work is not None:
            self._work.cancel()
            _log.info("%s: stopped by the person", self.state)
            self.notice.tell(self.stopped())
        elif self.can_back:
            self.finish("back", self.partial())

    def stopped(self) -> str:
        """Say what it means that what was submitted is stopped."""
        return texts.STOPPED

    def partial(self) -> Answers:
        """Return the answers with what is typed so far, to be kept when the person goes back."""
        return self.answers

    def action_retry(self) -> None:
        """Do again what failed."""
        if self.fault is not None and self._again is not None:
            self.app.post_message(Retried())
            self._again()

    def action_help(self) -> None:
        """Show this step's help."""
        text = texts.STATES[self.state]
        keys = [*self.all_hints(), *self.more_hints(), Hint("f2", texts.KEY["theme"])]
        open_above(self, Help(self.said(text.title), self.said(text.help_with_keys), keys))
