"""What has to be said below the question: a fault, a warning, or a word of help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from wizard.fault_texts import Explained


class Notice(Static):
    """Nothing, until something is said. Every kind has its own mark, so that colour is never alone."""

    def __init__(self) -> None:
        super().__init__(id="notice")
        self.display = False

    def fault(self, said: Explained) -> None:
        """Say what happened, why, what to do, and the small print."""
        lines = [
            Content(said.what).stylize("bold"),
            Content(said.why),
            Content(said.do),
            Content(said.small).stylize("$quiet"),
        ]
        self._say("! ", "$warning", Content("\n").join(lines))

    def warn(self, text: str) -> None:
        """Say what to think over or to correct."""
        self._say("! ", "$warning", Content(text))

    def tell(self, text: str) -> None:
        """Say something that is only good to know."""
        self._say("· ", "$primary", Content(text))

    def clear(self) -> None:
        """Say nothing; at no cost where nothing is said, as after most keys."""
        if self.display:
            self.display = False
            self.update("")

    def _say(self, mark: str, style: str, text: Content) -> None:
        self.display = True
        self._mark = Content(mark).stylize(style)
        self._text = text
        self.update(self._hung())
        self.call_after_refresh(self.scroll_visible, animate=False)

    def on_resize(self) -> None:
        """Wrap anew."""
        if self.display:
            self.update(self._hung())

    def _hung(self) -> Content:
        """Wrap the text with a hanging indent, so that the mark stands alone at its left."""
        width = max(8, (self.content_size.width or 50) - 2)
        lines = self._text.wrap(width)
        parts = [Content.assemble(self._mark if i == 0 else "  ", line) for i, line in enumerate(lines)]
        return Content("\n").join(parts)
