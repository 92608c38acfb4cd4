"""The line of keys below: what can be done here, by key or by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.style import Style
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click


def of_step(name: str, *arguments: str) -> str:
    """Return the action by which a key or a click asks the step for something; `wizard.tui.frame` passes it on."""
    return f"screen.step{(name, *arguments)!r}" if arguments else f"screen.step({name!r})"


class Hint(NamedTuple):
    """A key as it is written, what it does, and the action that a click runs (none: only the key).

    `spare` hints go first where there is no room: f1 shows them all.
    """

    key: str
    label: str
    action: str = ""
    spare: bool = False


class Hints(Widget):
    """One line; where it is too long, the spare hints are left out, then the last ones."""

    auto_links = False  # clickable, but not underlined like a web page

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._hints: Sequence[Hint] = ()

    def show(self, hints: Sequence[Hint]) -> None:
        """Show these, the most important first."""
        if list(hints) != list(self._hints):
            self._hints = hints
            self.refresh()

    def on_click(self, event: Click) -> None:
        """Do once what is clicked twice: the second of two clicks meets what the first has led to."""
        if event.chain > 1:
            event.prevent_default().stop()

    def render(self) -> Content:
        """Draw as many as fit."""
        room = self.content_size.width
        shown = list(self._hints)
        while len(shown) > 1 and _width(shown) > room:
            shown.remove(next((hint for hint in shown if hint.spare), shown[-1]))
        parts: list[Content | str] = []
        for hint in shown:
            text = Content.assemble((hint.key, "bold"), " ", (hint.label, "$quiet"))
            parts += [text.stylize(Style.from_meta({"@click": hint.action})) if hint.action else text, "   "]
        return Content.assemble(*parts[:-1])


def _width(hints: Sequence[Hint]) -> int:
    return sum(Content(f"{h.key} {h.label}").cell_length + 3 for h in hints) - 3
