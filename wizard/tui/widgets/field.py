"""One-line inputs: pasted text is trimmed, and a secret one never gives its value away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widgets import Input, Label

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Paste


class Line(Input):
    """An input whose pasted text loses the spaces and line ends that come along with copying.

    Its cursor doesn't blink: that would be the only thing that moves, and it costs bytes on a slow line.
    """

    cursor_blink = reactive(False, init=False)
    # Textual's lays out the whole screen for each letter; this input's size doesn't depend on what is in it.
    virtual_size = reactive(Size(0, 0))

    def validate(self, value: str) -> None:
        """Do nothing: it has no validators, and Textual's would style it anew, as valid, at the first letter."""

    def on_key(self) -> None:
        """Come into sight: in a small window, the words about a mistake may have taken its place.

        Not where the key was typed ahead and comes before the first layout: then it has no place yet.
        """
        if self.is_on_screen and not self.screen.find_widget(self).visible_region:
            self.scroll_visible(animate=False)

    def _on_paste(self, event: Paste) -> None:
        lines = [line.strip() for line in event.text.splitlines() if line.strip()]
        if lines:
            self.replace(lines[0], *self.selection)
        event.prevent_default()
        event.stop()


class SecretLine(Line):
    """An input that shows dots, from which nothing can be copied or cut, and whose messages don't print its value."""

    class Changed(Input.Changed, namespace="input"):
        """As any input's."""

        def __repr__(self) -> str:
            return f"Changed({self.input!r})"

    class Submitted(Input.Submitted, namespace="input"):
        """As any input's."""

        def __repr__(self) -> str:
            return f"Submitted({self.input!r})"

    class Blurred(Input.Blurred, namespace="input"):
        """As any input's."""

        def __repr__(self) -> str:
            return f"Blurred({self.input!r})"

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, password=True, select_on_focus=False)

    def action_copy(self) -> None:
        """Do nothing: a secret goes in, never out."""

    def action_cut(self) -> None:
        """Do nothing: a secret goes in, never out."""


class Field(Vertical):
    """A label with a quiet word on where its value is found, and the input under it."""

    def __init__(self, label: str, line: Line, where: str = "") -> None:
        super().__init__(classes="field")
        self._label = Content.assemble(label, "  ", (where, "$quiet"))
        self._line = line

    def compose(self) -> ComposeResult:
        """Stack the two."""
        yield Label(self._label)
        yield self._line
