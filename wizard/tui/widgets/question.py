"""What is asked, and the line below it."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget


class Question(Widget):
    """The question, bold, and below it the lead, quiet; where the screen is short, only the question.

    A lead with a mark is said everywhere.
    """

    def __init__(self) -> None:
        super().__init__(id="question")
        self._title = Content()
        self._lead = ""
        self._mark: tuple[str, str] | None = None

    def ask(self, title: str, lead: str) -> None:
        """Ask this."""
        self._title = Content(title).stylize("bold")
        self._lead, self._mark = lead, None
        self.refresh(layout=True)

    def lead(self, text: str, mark: tuple[str, str] | None = None) -> None:
        """Change the lead; without text there is none. `mark` is a character and its style."""
        if (text, mark) != (self._lead, self._mark):
            self._lead, self._mark = text, mark
            self.refresh(layout=True)

    def render(self) -> Content:
        """Draw both, or the question alone."""
        if not self._lead or (self.screen.has_class("-short") and not self._mark):
            return self._title
        lead = Content.assemble(self._mark, " ", self._lead) if self._mark else Content(self._lead).stylize("$quiet")
        return Content("\n").join([self._title, lead])
