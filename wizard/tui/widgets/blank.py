"""What only holds other widgets: nothing of it is seen but its background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.containers import Vertical, VerticalScroll
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.widget import Widget


def blank_lines(widget: Widget, crop: Region) -> list[Strip]:
    """Return the same line as often as there are lines, as a widget's `render_lines`.

    Textual draws each line by itself, a quarter of the work of showing a screen. Its own `BLANK` does what this does,
    but keeps its colour with NO_COLOR.
    """
    _, background = widget.background_colors
    line = Strip.blank(crop.width, Style(bgcolor=background.rich_color))
    for line_filter in widget.get_line_filters():
        line = line.apply_filter(line_filter, background)
    return [line] * crop.height


class Room(Vertical):
    """Widgets one below the other."""

    render_lines = blank_lines


class Page(VerticalScroll, can_focus=False):
    """The same, to be scrolled; by what has the focus in it."""

    render_lines = blank_lines
