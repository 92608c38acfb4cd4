"""What only holds other widgets: nothing of it is seen but its background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.containers import Vertical, VerticalScroll
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.geometry import Region


class Blank(Widget):
    """Draws one line for all: Textual draws each by itself, a quarter of the work of showing a screen.

    Textual's own `BLANK` does the same, but keeps its colour with NO_COLOR. To be named last among a class's bases:
    only the first gives its styles.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the same line as often as there are lines."""
        _, background = self.background_colors
        line = Strip.blank(crop.width, Style(bgcolor=background.rich_color))
        for line_filter in self.get_line_filters():
            line = line.apply_filter(line_filter, background)
        return [line] * crop.height


class Room(Vertical, Blank):
    """Widgets one below the other."""


class Page(VerticalScroll, Blank, can_focus=False):
    """The same, to be scrolled; by what has the focus in it."""
