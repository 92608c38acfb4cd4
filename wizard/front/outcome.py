"""What a step hands back, and how a run ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.domain import Fault


class Outcome(NamedTuple):
    """An event of the flow, and the answers so far. `fault` is the one that stood on the screen when it was left."""

    event: str
    answers: Answers
    fault: Fault | None = None


class Ending(NamedTuple):
    """How a run ended: the flow's end state, the answers, and the fault that stood there."""

    state: str
    answers: Answers
    fault: Fault | None = None
