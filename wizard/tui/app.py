"""The full-screen front: it asks the flow what comes next and shows that screen."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.events import Key, Paste

from wizard import texts
from wizard.answers import Answers
from wizard.front import wording
from wizard.front.outcome import Ending
from wizard.tui.driver import adapted
from wizard.tui.frame import HEIGHTS, Frame
from wizard.tui.theme import DARK, LIGHT, looks
from wizard.tui.typeahead import TypeAhead
from wizard.tui.widgets.dialog import Ask

if TYPE_CHECKING:
    from types import FrameType

    from textual.driver import Driver
    from textual.events import Event

    from wizard.domain import Fault
    from wizard.flow import Flow
    from wizard.front.session import Session
    from wizard.record import Left
    from wizard.tui.step import Finished, Step


_log = logging.getLogger(__name__)

LEAVING = ("ctrl+c", "ctrl+q")
"""The keys of the way out. No bindings: those are looked for where the focus is, and that may be anywhere."""
END_SECONDS = 5
"""How long tidying up may take after a signal."""


class WizardApp(App[Ending]):
    """The wizard. Returns an `Ending`, or None if it was ended from outside; then `return_code` says by what."""

    CSS_PATH = "wizard.tcss"
    TITLE = texts.PROGRAM
    ENABLE_COMMAND_PALETTE = False
    # The terminal's own selection copies. Textual's can't here, and ends in a traceback on what is just being removed.
    ALLOW_SELECT = False
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "theme", show=False, priority=True),
    ]

    def __init__(self, session: Session, *, start: str | None = None, answers: Answers | None = None) -> None:
        """Start at the first step, or at `start` with the answers that lead there."""
        super().__init__()
        self._session = session
        session.on_pause = self._on_pause
        session.drawn = self._drawn = asyncio.Event()
        self._start = start
        self._answers = answers or Answers()
        self._flow: Flow | None = None
        self._frame: Frame | None = None
        self._type_ahead = TypeAhead(self)
        for look in looks(self.console.color_system, grey=self.no_color):
            self.register_theme(look)
        # Without its watcher, which would have all styles parsed and applied a second time before the first frame.
        self.set_reactive(App.theme, DARK.name)
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_class(True, "-dark-mode", f"-theme-{DARK.name}", update=False)

    def get_driver_class(self) -> type[Driver]:
        """Return the driver for this terminal."""
        return adapted(super().get_driver_class())

    def get_default_screen(self) -> Frame:
        """Return the frame, with the first step in it."""
        can_back = self._start is not None and self.flow().can("back")
        if self._start is None:
            # The flow is made later, and by then a refused sign-in may have to be typed after all.
            self._start = "site" if self._session.asks_site else "provider"
        _log.info("%s: entered", self._start)
        self._frame = Frame(self._session, self._step_at(self._start, self._answers, can_back=can_back))
        return self._frame

    async def on_event(self, event: Event) -> None:
        """Pass on what happens, but of what is typed one key at a time; the way out waits for nothing."""
        if isinstance(event, Key) and event.key in LEAVING:
            self._type_ahead.forget()
            self.action_leave()
            return
        typed = isinstance(event, Key | Paste) and not event.is_forwarded
        if typed and self._type_ahead.keeps(event):
            return
        await super().on_event(event)
        if typed:
            self._type_ahead.passed(event)

    async def on_mount(self) -> None:
        """Offer what there is to go on with, in the first frame."""
        # After a stop (SIGTSTP) the screen is empty; the frame passes over a size that it has already.
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(), immediate=True)
        if not self._session.asks_site:
            await self._offer_left()

    def on_ready(self) -> None:
        """Load the rest behind the first frame and the first answer.

        A moment later, because a thread of Textual's writes the frame, which gets no turn while modules are loaded.
        """
        self.set_timer(0.01, self._drawn.set)
        self.run_worker(self._load_behind(), description="load the rest")

    async def _load_behind(self) -> None:
        await (self._drawn if self._session.asks_site else self._session.worked).wait()
        await asyncio.to_thread(_load_the_rest)
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    async def _offer_left(self) -> None:
        """Offer to go on with a run that was cut off, before the person can do or see anything else."""
        found = self._session.find_left()
        if found is None:
            return
        if found.left:
            run = found.left.run
            words = wording.left_text(run.state, run.answers, self._session.local(run.saved))
            options = [("afresh", texts.LEFT_AFRESH), ("go_on", texts.LEFT_GO_ON)]
            await self.push_screen(Ask(texts.LEFT_TITLE, words, options, before=partial(self._offered, found.left)))
        for path in found.unreadable:
            words = texts.UNREADABLE_TEXT.format(path=path)
            await self.push_screen(Ask(texts.UNREADABLE_TITLE, words, [("go_on", texts.UNREADABLE_GO_ON)]))

    async def _offered(self, left: Left, answer: str) -> None:
        if answer == "afresh":
            left.journal.forget()
        else:
            await self._go_on_with(left)

    async def _go_on_with(self, left: Left) -> None:
        from wizard.flow import Flow

        state, answers = left.run.state, self._session.go_on_with(left)
        _log.info("%s: gone on with", state)
        self._flow = Flow(answers, asks_site=self._session.asks_site, start=state)
        await self._show()

    def _on_pause(self, fault: Fault, seconds: float) -> None:
        self.step.pause(fault, seconds)

    @property
    def step(self) -> Step:
        """The step below whatever dialog is open."""
        assert self._frame is not None  # the first of the screens
        return self._frame.step

    @property
    def answers(self) -> Answers:
        """What was answered up to now, or up to the end, whatever ended it."""
        return self._flow.answers if self._flow else self._answers

    def flow(self) -> Flow:
        """Return the flow; made when it is first needed, because the first frame needs none."""
        if self._flow is None:
            from wizard.flow import Flow

            self._flow = Flow(self._answers, asks_site=self._session.asks_site, start=self._start)
        return self._flow

    async def on_finished(self, message: Finished) -> None:
        """Ask the flow what comes next; a dialog that is open by then asks about what is over."""
        if self.flow().is_over:
            return
        outcome = message.outcome
        flow = self.flow()
        for _ in self.screen_stack[1:]:
            self.pop_screen()
        flow.answers = outcome.answers
        flow.asks_site = self._session.asks_site
        self._send(outcome.event)
        site_is_known = outcome.event == "next" and self.step.state == "site"
        if flow.is_over:
            self.workers.cancel_node(self.step)
            self._session.forget()
            self.exit(Ending(flow.state, flow.answers, outcome.fault))
            return
        self._session.keep(flow.state, flow.answers)
        with self.batch_update():
            await self._show()
            if site_is_known:
                await self._offer_left()

    async def _show(self) -> None:
        """Show the step that the flow is at."""
        flow = self.flow()
        # What a step still waits for must not come back to one that is half gone.
        self.workers.cancel_node(self.step)
        assert self._frame is not None
        await self._frame.show(self._step_at(flow.state, flow.answers, can_back=flow.can("back")))

    def _step_at(self, state: str, answers: Answers, *, can_back: bool) -> Step:
        return _kind_of(state)(self._session, answers, can_back=can_back)

    def on_retried(self) -> None:
        """Tell the flow, which refuses what its chart doesn't know."""
        if not self.flow().is_over:
            self._send("retry")

    def _send(self, event: str) -> None:
        flow = self.flow()
        left = flow.state
        flow.send(event)
        _log.info("%s: left by %s, %s: entered", left, event, flow.state)

    def action_leave(self) -> None:
        """Leave the wizard; while a connection is under way, or something is still to be done, ask once."""
        if isinstance(self.screen, Ask):
            self._leave()
        elif self.step.under_way or self._session.may_connect:
            self._ask_whether_to_leave(texts.LEAVE_TITLE, texts.LEAVE_TEXT)
        elif self.step.answers.wanted:
            self._ask_whether_to_leave(texts.UNAPPLIED_TITLE, texts.UNAPPLIED_TEXT)
        elif self.step.answers.ended:
            self._ask_whether_to_leave(texts.UNRECONNECTED_TITLE, texts.UNRECONNECTED_TEXT)
        else:
            self._leave()

    def _ask_whether_to_leave(self, title: str, text: str) -> None:
        options = [("leave", texts.LEAVE_YES), ("stay", texts.LEAVE_NO)]
        self.push_screen(Ask(title, text, options), self._asked)

    def on_signal(self, number: int, _: FrameType | None) -> None:
        """End, unless it ends already. Ctrl+c is a signal before the screen is there, and again when it has gone."""
        # A terminal that is gone can block the way out; by then there is nothing left to tidy up.
        if sys.platform != "win32":
            signal.alarm(END_SECONDS)
        if self.return_code is not None:
            return
        if self._loop is None:
            raise SystemExit(128 + number)
        self._loop.call_soon_threadsafe(self._end_by, number)

    def _end_by(self, number: int) -> None:
        """Tidy up as after ctrl+c, but ask nothing: whoever sends a signal or has closed the terminal is gone."""
        if self.return_code is not None:
            return
        _log.info("%s: ended by signal %d", self.step.state, number)
        self.flow().answers = self.step.answers
        self.workers.cancel_all()
        self.exit(return_code=128 + number)

    def _asked(self, answer: str | None) -> None:
        if answer == "leave":
            self._leave()

    def _leave(self) -> None:
        flow, fault = self.flow(), self.step.fault
        if flow.is_over:
            return
        flow.answers = self.step.answers
        self._send("give_up" if fault and flow.can("give_up") else "cancel")
        self.workers.cancel_node(self.step)
        self._session.forget()
        self.exit(Ending(flow.state, flow.answers, fault))

    def action_theme(self) -> None:
        """Switch between dark and light."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def _handle_exception(self, error: Exception) -> None:
        """Pass over what isn't found while the wizard ends: what is made from then on stays empty."""
        if isinstance(error, NoMatches) and self.return_code is not None:
            _log.info("%s: ended before all was there", self.step.state)
            return
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End after a mistake in the program; Textual's own way prints every frame's locals, also a password's."""
        from rich.traceback import Traceback

        _log.info("ended by a mistake in the program: %s", type(sys.exception()).__name__)
        self.panic(Traceback(show_locals=False))

    async def on_unmount(self) -> None:
        """Close the connections to Wix, and let go of the journal."""
        await self._session.close()


def _kind_of(state: str) -> type[Step]:
    """Return a state's step: the module has the state's name, the class too."""
    module = import_module(f"wizard.tui.screens.{state}")
    found: type[Step] = getattr(module, f"{state.capitalize()}Step")
    return found


def _load_the_rest() -> None:
    import_module("wizard.authorization")
    from wizard.flow import SCREENS

    for state in SCREENS:
        _kind_of(state)
