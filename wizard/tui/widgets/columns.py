"""The names of a list's columns, on a line above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from wizard.tui.widgets.picker import GUTTER, Picker, cell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Columns(Widget):
    """Names over their columns: `rooms` gives the columns' widths in a row of the screen's picker, by its width."""

    def __init__(self, names: Sequence[str], rooms: Callable[[int], Sequence[int]]) -> None:
        super().__init__(id="columns")
        self._names = names
        self._rooms = rooms

    def render(self) -> Content:
        """Draw the names; worked out here, so that they follow the list to every width by themselves."""
        rooms = self._rooms(self.screen.query_one(Picker).row_width)
        return Content(" " * GUTTER + "".join(map(cell, self._names, rooms)))
