"""A URL on lines of its own, nothing drawn around it, so that any terminal lets it be clicked, selected or scanned."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.geometry import Size

MODULES = {"00": " ", "10": "▀", "01": "▄", "11": "█"}
"""What stands for two modules of a QR code, the upper and the lower; 1 is dark."""


class Link(Widget, can_focus=True):
    """The URL, broken only where the line ends, each piece an OSC 8 link to the whole; or the same as a QR code."""

    def __init__(self) -> None:
        super().__init__(id="link")
        self.url = ""
        self.as_qr = False
        self._qr: list[str] = []

    def show(self, url: str) -> None:
        """Show this URL, as text."""
        self.url, self.as_qr = url, False
        self.remove_class("-qr")
        self.refresh(layout=True)

    def toggle_qr(self, room: Size) -> bool:
        """Show a QR code, or text again. False when the code doesn't fit into this room as a whole."""
        if not self.as_qr:
            self._qr = _qr_lines(self.url)
            if len(self._qr) > room.height or len(self._qr[0]) > room.width:
                return False
        self.as_qr = not self.as_qr
        self.set_class(self.as_qr, "-qr")
        self.refresh(layout=True)
        self.call_after_refresh(self.scroll_visible, animate=False)  # a code is scanned whole or not at all
        return True

    def _lines(self, width: int) -> list[str]:
        if self.as_qr:
            return self._qr
        return [self.url[i : i + width] for i in range(0, len(self.url), max(1, width))] or [""]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return how many lines it takes."""
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        """Draw a line; the link goes with each, because a terminal follows it only where it is set."""
        lines = self._lines(self.size.width)
        text = lines[y] if y < len(lines) else ""
        style = self.rich_style
        if self.as_qr:
            style = Style(color="black", bgcolor="white")
        elif text:
            style += Style(underline=True, link=self.url)
        return Strip([Segment(text, style)]).adjust_cell_length(self.size.width, self.rich_style)


def _qr_lines(url: str) -> list[str]:
    """Return the code two modules a character, dark on light with a margin, as scanners want it."""
    import segno

    out = io.StringIO()
    segno.make_qr(url, error="l").save(out, kind="txt", border=2)
    rows = out.getvalue().split()
    if len(rows) % 2:
        rows.append("0" * len(rows[0]))
    return [
        "".join(MODULES[a + b] for a, b in zip(*pair, strict=True)) for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
