"""The frame around every step: bar, rail, question, notice, wait and keys stay while the steps come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widgets import Static

from wizard import texts
from wizard.front.steps import steps
from wizard.terminal import LEAST_COLUMNS, LEAST_ROWS
from wizard.tui.widgets.bar import Bar
from wizard.tui.widgets.blank import Page, blank_lines
from wizard.tui.widgets.busy import Busy
from wizard.tui.widgets.hints import Hints
from wizard.tui.widgets.notice import Notice
from wizard.tui.widgets.question import Question
from wizard.tui.widgets.rail import Rail

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key, Resize, ScreenResume
    from textual.widget import Widget

    from wizard.front.session import Session
    from wizard.tui.step import Step


WIDTHS = [(0, "-tight"), (56, "-narrow"), (80, "-wide")]
HEIGHTS = [(0, "-short"), (20, "-tall")]
"""The classes that a frame has from so many columns, and rows, on."""


class TooSmall(Static):
    """Covers a frame for which there is no room."""

    def __init__(self) -> None:
        super().__init__(Content(texts.TOO_SMALL.format(columns=LEAST_COLUMNS, rows=LEAST_ROWS)))


class Frame(Screen[None]):
    """Everything around the step. The next step changes only the lines that differ, which counts on a slow line."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    AUTO_FOCUS = ""
    # Textual's repaints the whole screen whenever the focus moves; what gets or loses it repaints itself.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    render_lines = blank_lines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+b,escape", "step('back')", show=False),
        Binding("ctrl+r", "step('retry')", show=False),
        # GNOME's terminal and VS Code's keep f1 for themselves. In a field, ? is a character like others.
        Binding("f1,question_mark", "step('help')", show=False),
    ]

    def __init__(self, session: Session, step: Step) -> None:
        super().__init__()
        self._session = session
        self.step = step
        self.notice = Notice()
        self.busy = Busy(session.clock, session.pace)
        self.hints = Hints(id="hints")
        self._bar, self._rail, self._question = Bar(), Rail(), Question()
        self._page = Page(self._question, step, self.notice, self.busy, id="main")
        self._tell()

    def compose(self) -> ComposeResult:
        """Build the frame. Few widgets: each costs two milliseconds."""
        self._take_size()
        yield self._bar
        yield self.hints
        yield self._rail
        yield self._page
        if self._is_too_small:
            yield TooSmall()

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """Give a widget the focus, but none of the step before: a double click finds that where it still stands."""
        if widget is None or self.step in widget.ancestors_with_self:
            super().set_focus(widget, scroll_visible, from_app_focus)

    async def show(self, step: Step) -> None:
        """Put a step in the place of the one before."""
        with self.app.batch_update():  # seen at once
            self.step.remove()
            self.step = step
            self.remove_class("-long-url")
            self.notice.clear()
            self.busy.end()
            self._tell()
            self._page.scroll_home(animate=False)
            await self._page.mount(step, before=self.notice)

    def _tell(self) -> None:
        """Say where the person is, and what is asked."""
        step = self.step
        site = self._session.site_id if self._session.asks_site else None
        self._bar.show(self._session.label)
        self._rail.show(steps(step.answers, step.state, site=site), step.state)
        self._question.ask(step.said(texts.STATES[step.state].title), step.said(step.lead()))

    def set_lead(self, text: str, mark: tuple[str, str] | None = None) -> None:
        """Change the line below the question; without text there is none. `mark` is a character and its style."""
        self._question.lead(text, mark)

    def scroll_to_top(self) -> None:
        """Show the question again, where there is too little room for all."""
        self._page.scroll_home(animate=False)

    def _take_size(self) -> None:
        """Take on the size's classes before anything is styled; Textual would do so after it, and style all again."""
        self._taken = self.app.size
        for room, breakpoints in zip(
            self._taken, (self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS), strict=True
        ):
            self.add_class(next(name for least, name in reversed(breakpoints) if room >= least), update=False)

    def on_resize(self, event: Resize) -> None:
        """Ask for more room where there is too little; above the step, because what is hidden loses the focus.

        A size that it has already is what Textual tells a screen after laying it out, to lay it out once more.
        """
        if event.size == self._taken:
            event.prevent_default()
            return
        self._taken = event.size
        asking = self.query(TooSmall)
        if not self._is_too_small:
            asking.remove()
        elif not asking:
            self.mount(TooSmall())

    @property
    def _is_too_small(self) -> bool:
        columns, rows = self._taken
        return columns < LEAST_COLUMNS or rows < LEAST_ROWS

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Keep the styles: they were applied a moment ago, or are those from before a dialog."""
        event.refresh_styles = False

    def action_step(self, name: str, *arguments: str) -> None:
        """Do what a key or a click asks the step for; a click that comes late may mean the step before."""
        action = getattr(self.step, f"action_{name}", None)
        if action is not None and self.step.is_mounted:
            action(*arguments)

    async def on_key(self, event: Key) -> None:
        """Give the step its keys also while nothing in it has the focus, which is where Textual looks for them."""
        if self.focused is not None:
            return
        if action := self.step.own_keys.get(event.key):
            event.stop()
            if self.step.is_mounted:
                await self.step.run_action(action)
        elif event.is_printable and event.character:
            self.step.keep_text(event.character)
