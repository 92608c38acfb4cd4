"""What is asked, and the line below it."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget


class Question(Widget):
    """The question, bold, and below it the lead, quiet; where the screen is short, only the question."""

    def __init__(self, title: str, lead: str) -> None:
        super().__init__(id="question")
        self._title = Content(title).stylize("bold")
        self._lead = Content(lead).stylize("$quiet")

    def lead(self, text: str) -> None:
        """Change the lead; without text there is none."""
        self._lead = Content(text).stylize("$quiet")
        self.refresh(layout=True)

    def render(self) -> Content:
        """Draw both, or the question alone."""
        if not self._lead or self.screen.has_class("-short"):
            return self._title
        return Content("\n").join([self._title, self._lead])
