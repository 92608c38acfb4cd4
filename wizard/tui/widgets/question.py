"""What is asked, and the line below it."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget


class Question(Widget):
    """The question, bold, and below it the lead, quiet; where the screen is short, only the question.

    A lead with a mark is said everywhere.
    """

    def __init__(self, title: str, lead: str) -> None:
        super().__init__(id="question")
        self._title = Content(title).stylize("bold")
        self._lead = Content(lead).stylize("$quiet")
        self._marked = False

    def lead(self, text: str, mark: tuple[str, str] | None = None) -> None:
        """Change the lead; without text there is none. `mark` is a character and its style."""
        self._lead, self._marked = Content(text).stylize("$quiet"), mark is not None
        if mark is not None:
            self._lead = Content.assemble(mark, " ", text)
        self.refresh(layout=True)

    def render(self) -> Content:
        """Draw both, or the question alone."""
        if not self._lead or (self.screen.has_class("-short") and not self._marked):
            return self._title
        return Content("\n").join([self._title, self._lead])
