"""Where you are in the steps: a rail beside the question, or one line above it where the terminal is narrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from wizard import texts

if TYPE_CHECKING:
    from wizard.answers import Answers

RAIL_WIDTH = 24
"""Cells of the rail, as in wizard.tcss."""
_WIDTH = RAIL_WIDTH - 6
"""Cells for an answer below its step."""


@dataclass(frozen=True)
class Step:
    """A step's name, its answer so far, and whether it is behind (1), here (0) or ahead (-1)."""

    name: str
    answer: str
    place: int


def steps(answers: Answers, state: str, *, site: str | None) -> list[Step]:
    """Return the steps of this run; `site` is None where it isn't asked. On `done` and `events` all are behind."""
    names = [s for s in texts.RAIL if s != "site" or site is not None]
    here = {"credentials": "sign_in", "authorize": "sign_in", "connections": "provider"}.get(state, state)
    at = names.index(here) if here in names else len(names)
    made = answers.connection
    said = {
        "site": site or "",
        "provider": answers.provider.name if answers.provider else "",
        "method": texts.METHOD_SHORT[answers.method] if answers.method else "",
        "schedule": texts.schedule_name(answers.schedule) if answers.schedule else "",
        "sign_in": (made.email if made and made.email else answers.email) if at > names.index("sign_in") else "",
    }
    return [
        Step(
            name=texts.STATES["credentials" if name == "sign_in" else name].step,
            answer=said.get(name, "") if place < at else "",
            place=(place < at) - (place > at),
        )
        for place, name in enumerate(names)
    ]


class Rail(Widget):
    """The steps, one below the other; where wizard.tcss gives it a single line, the step in words."""

    def __init__(self, of: list[Step], state: str) -> None:
        super().__init__(id="rail")
        self._rail = all_steps(of)
        self._line = one_line(of, state)

    def render(self) -> Content:
        """Draw what there is room for."""
        return self._line if self.content_size.height == 1 else self._rail


def one_line(of: list[Step], state: str) -> Content:
    """Return the step in one line."""
    at = next((i for i, step in enumerate(of, 1) if step.place == 0), None)
    name = texts.STATES[state].step
    return Content(texts.STEP_OF.format(at=at, of=len(of), name=name) if at else name).stylize("$quiet")


def all_steps(of: list[Step]) -> Content:
    """Return the steps, one below the other, each with its answer."""
    lines: list[Content | str | tuple[str, str]] = []
    for step in of:
        mark = {1: ("✓ ", "$success"), 0: ("● ", "$primary"), -1: ("○ ", "$quiet")}[step.place]
        name = {1: (step.name, ""), 0: (step.name, "bold"), -1: (step.name, "$quiet")}[step.place]
        answer = step.answer if len(step.answer) <= _WIDTH else step.answer[: _WIDTH - 1] + "…"
        lines += [mark, name, "\n", (f"  {answer}", "$quiet"), "\n"]
    return Content.assemble(*lines[:-1])
