"""A choice in one line: what is chosen, and a list to choose from when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from wizard import texts
from wizard.tui.widgets.dialog import close, open_above
from wizard.tui.widgets.field import Line
from wizard.tui.widgets.hints import Hint, Hints
from wizard.tui.widgets.picker import Picker, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.tui.widgets.picker import Line as PickerLine

Option = tuple[str, str]
"""A key and its words."""


class Choice(Widget, can_focus=True):
    """Shows the chosen option; enter, space or a click opens the list."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space,down", "open", show=False)]

    class Changed(Message):
        """Another option is chosen."""

    def __init__(self, title: str, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._title = title
        self._options: list[Option] = []
        self.chosen = ""

    def offer(self, options: Sequence[Option], chosen: str) -> None:
        """Offer these; `chosen` is the key of one of them."""
        self._options, self.chosen = list(options), chosen
        self.refresh(layout=True)

    def render(self) -> Content:
        """Draw what is chosen."""
        words = next((words for key, words in self._options if key == self.chosen), "")
        room = self.content_size.width - 3
        return Content.assemble(" ", fit(words, room), " ", ("▾", "$quiet"))

    def on_click(self) -> None:
        """Open the list."""
        self.action_open()

    def action_open(self) -> None:
        """Open the list."""
        open_above(self, ChoiceScreen(self._title, self._options, self.chosen), self._took)

    def _took(self, key: str | None) -> None:
        if key is not None and key != self.chosen:
            self.chosen = key
            self.refresh(layout=True)
            self.post_message(self.Changed())


class ChoiceScreen(ModalScreen[str | None]):
    """The list, with a filter above it; hands back the key of an option, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+b", "close", show=False),
        Binding("up", "move('cursor_up')", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("pageup", "move('cursor_page_up')", show=False),
        Binding("pagedown", "move('cursor_page_down')", show=False),
    ]

    def __init__(self, title: str, options: Sequence[Option], chosen: str) -> None:
        super().__init__()
        self._title, self._options, self._chosen = title, options, chosen

    def compose(self) -> ComposeResult:
        """Stack title, filter, list and keys."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._title), classes="dialog-title")
            yield Line(id="filter", placeholder=texts.CHOICE_FILTER)
            picker: Picker[Option] = Picker(_draw, key=lambda o: o[0], haystack=lambda o: o[1], classes="-active")
            picker.extend(self._options)
            yield picker
            yield Label("", id="no-match", markup=False)
            yield Hints(id="dialog-foot")

    def on_mount(self) -> None:
        """Start on what is chosen."""
        picker, no_match = self.query_one(Picker), self.query_one("#no-match", Label)
        picker.styles.height = no_match.styles.height = min(12, len(self._options))
        no_match.display = False
        picker.highlight_key(self._chosen)
        self.query_one(Input).focus()
        self.query_one(Hints).show(
            [
                Hint("type", texts.KEY["filter"], spare=True),
                Hint("enter", texts.KEY["choose"]),
                Hint("esc", texts.KEY["close"], "screen.close"),
            ]
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter, and say so in the list's place where that leaves nothing."""
        picker, no_match = self.query_one(Picker), self.query_one("#no-match", Label)
        picker.filter_text = event.value
        no_match.update(texts.CHOICE_NO_MATCH.format(query=event.value))
        picker.display = picker.highlighted is not None
        no_match.display = not picker.display

    def on_input_submitted(self) -> None:
        """Take the highlighted option."""
        self.query_one(Picker).action_choose()

    def on_picker_chosen(self, event: Picker.Chosen[Option]) -> None:
        """Hand back the option."""
        event.stop()
        close(self, event.row[0])

    def action_move(self, how: str) -> None:
        """Move in the list while the filter has the focus."""
        getattr(self.query_one(Picker), f"action_{how}")()

    def action_close(self) -> None:
        """Leave everything as it was."""
        close(self, None)


def _draw(option: Option, width: int) -> list[PickerLine]:  # noqa: ARG001 - the picker crops
    return [[(option[1], "name")]]
