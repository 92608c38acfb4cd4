"""The line of keys below: what can be done here, by key or by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.style import Style
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence


class Hint(NamedTuple):
    """A key as it is written, what it does, and the action that a click runs (none: only the key)."""

    key: str
    label: str
    action: str = ""


class Hints(Widget):
    """One line; what doesn't fit is left out from the end, but the last one stays."""

    auto_links = False  # clickable, but not underlined like a web page

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._hints: Sequence[Hint] = ()

    def show(self, hints: Sequence[Hint]) -> None:
        """Show these, the most important first."""
        self._hints = hints
        self.refresh()

    def render(self) -> Content:
        """Draw as many as fit."""
        room = self.content_size.width
        shown = list(self._hints)
        while len(shown) > 1 and _width(shown) > room:
            del shown[-2]
        parts: list[Content | str] = []
        for hint in shown:
            text = Content.assemble((hint.key, "bold"), " ", (hint.label, "$quiet"))
            parts += [text.stylize(Style.from_meta({"@click": hint.action})) if hint.action else text, "   "]
        return Content.assemble(*parts[:-1])


def _width(hints: Sequence[Hint]) -> int:
    return sum(Content(f"{h.key} {h.label}").cell_length + 3 for h in hints) - 3
