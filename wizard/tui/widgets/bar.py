"""The bar above: the program's name and the site's."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from wizard import texts


class Bar(Widget):
    """One line; the site's name gives way when there is no room for both."""

    def __init__(self) -> None:
        super().__init__(id="bar")
        self._site = ""

    def show(self, site: str) -> None:
        """Show this site's name."""
        if site != self._site:
            self._site = site
            self.refresh()

    def render(self) -> Content:
        """Draw both ends of the line."""
        width = self.content_size.width
        left = Content(texts.PROGRAM).stylize("bold")
        right = Content(self._site).stylize("$quiet")
        space = width - left.cell_length - right.cell_length
        return left if space < 2 else Content.assemble(left, " " * space, right)
