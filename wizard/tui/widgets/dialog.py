"""Modal screens: a question with a few answers, and the help of f1."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from wizard import texts
from wizard.tui.widgets.blank import Page
from wizard.tui.widgets.hints import Hint, Hints
from wizard.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from wizard.tui.widgets.picker import Line

Answer = tuple[str, str]
"""An answer's key and its words."""
Result = TypeVar("Result")


def open_above(
    below: Widget, dialog: ModalScreen[Result], answered: Callable[[Result | None], None] | None = None
) -> None:
    """Open a dialog, unless one is open: clicks that come in one go, as on a slow line, all reach what is below."""
    if below.screen.is_active:
        below.app.push_screen(dialog, answered)


def close(dialog: ModalScreen[Result], result: Result) -> None:
    """Hand back the result, once: clicks that come in one go all reach the dialog, too."""
    if dialog.is_active:
        dialog.dismiss(result)


class Ask(ModalScreen[str]):
    """A question; hands back the key of the answer, and the last one's for escape.

    `before` is awaited before the question goes away: what it changes below is never seen as it was.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+b", "stay", show=False),
        # Before the answers take them, which are few; the arrows are theirs.
        Binding("pageup", "scroll('up')", show=False, priority=True),
        Binding("pagedown", "scroll('down')", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        text: str,
        answers: Sequence[Answer],
        *,
        before: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__()
        self._title, self._text, self._answers, self._before = title, text, answers, before

    def compose(self) -> ComposeResult:
        """Stack title, text and answers."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._title), classes="dialog-title")
            with Page(classes="dialog-scroll"):
                yield Static(Content(self._text), classes="dialog-text")
            picker: Picker[Answer] = Picker(_draw_answer, key=lambda answer: answer[0])
            picker.extend(self._answers)
            yield Vertical(Hints(id="dialog-foot"), picker, classes="dialog-answers")

    def on_mount(self) -> None:
        """Start on the harmless answer, the last one; say how to see the rest of the text where it doesn't fit."""
        self.watch(self.query_one(Page), "show_vertical_scrollbar", self._hint)
        picker = self.query_one(Picker)
        picker.styles.height = len(self._answers)
        picker.highlight_key(self._answers[-1][0])
        picker.focus()

    def _hint(self, scrolls: bool) -> None:
        self.query_one(Hints).show([Hint("pgup pgdn", texts.KEY["scroll"])] if scrolls else [])

    def action_scroll(self, way: str) -> None:
        """Scroll the text."""
        getattr(self.query_one(Page), f"scroll_page_{way}")(animate=False)

    async def on_picker_chosen(self, event: Picker.Chosen[Answer]) -> None:
        """Hand back the answer."""
        event.stop()
        await self._answer(event.row[0])

    async def action_stay(self) -> None:
        """Take the harmless answer."""
        await self._answer(self._answers[-1][0])

    async def _answer(self, key: str) -> None:
        if self._before is not None and self.is_active:
            await self._before(key)
        close(self, key)


class Help(ModalScreen[None]):
    """What f1 shows: a screen's help text and its keys, scrollable."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,question_mark,enter,ctrl+b,q", "close", show=False)]

    def __init__(self, title: str, text: str, keys: Sequence[Hint]) -> None:
        super().__init__()
        self._title, self._text, self._keys = title, text, keys

    def compose(self) -> ComposeResult:
        """Stack title, text and how to close it."""
        with Vertical(classes="dialog help"):
            yield Static(Content(self._title), classes="dialog-title")
            with VerticalScroll(classes="dialog-scroll"):
                yield Static(Content(self._text))
                yield Static(Content("\n").join(self._key_lines()), classes="dialog-keys")
            yield Hints(id="dialog-foot")

    def on_mount(self) -> None:
        """Let the arrows scroll, and say so where there is more than fits."""
        scroll = self.query_one(VerticalScroll)
        scroll.focus()
        self.watch(scroll, "show_vertical_scrollbar", self._hint)

    def _hint(self, scrolls: bool) -> None:
        arrows = [Hint("↑↓", texts.KEY["scroll"])] if scrolls else []
        self.query_one(Hints).show([Hint("esc", texts.KEY["close"], "screen.close"), *arrows])

    def _key_lines(self) -> list[Content]:
        widest = max(len(hint.key) for hint in self._keys)
        return [Content.assemble((hint.key.ljust(widest), "bold"), "  ", hint.label) for hint in self._keys]

    def action_close(self) -> None:
        """Go back to the screen."""
        close(self, None)


def _draw_answer(answer: Answer, width: int) -> list[Line]:  # noqa: ARG001 - the picker crops
    return [[(answer[1], "name")]]
