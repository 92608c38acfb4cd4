"""Where you are in the steps: a rail beside the question, or one line above it where the terminal is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from wizard.front.steps import one_line

if TYPE_CHECKING:
    from wizard.front.steps import Step

RAIL_WIDTH = 24
"""Cells of the rail, as in wizard.tcss."""
_WIDTH = RAIL_WIDTH - 6
"""Cells for an answer below its step."""


class Rail(Widget):
    """The steps, one below the other; where wizard.tcss gives it a single line, the step in words."""

    def __init__(self) -> None:
        super().__init__(id="rail")
        self._rail = self._line = Content()

    def show(self, of: list[Step], state: str) -> None:
        """Show these steps, of which `state` is the one that the person is at."""
        self._rail = all_steps(of)
        self._line = Content(one_line(of, state)).stylize("$quiet")
        self.refresh()

    def render(self) -> Content:
        """Draw what there is room for."""
        return self._line if self.content_size.height == 1 else self._rail


def all_steps(of: list[Step]) -> Content:
    """Return the steps, one below the other, each with its answer."""
    lines: list[Content | str | tuple[str, str]] = []
    for step in of:
        mark = {1: ("✓ ", "$success"), 0: ("● ", "$primary"), -1: ("○ ", "$quiet")}[step.place]
        name = {1: (step.name, ""), 0: (step.name, "bold"), -1: (step.name, "$quiet")}[step.place]
        answer = step.answer if len(step.answer) <= _WIDTH else step.answer[: _WIDTH - 1] + "…"
        lines += [mark, name, "\n", (f"  {answer}", "$quiet"), "\n"]
    return Content.assemble(*lines[:-1])
