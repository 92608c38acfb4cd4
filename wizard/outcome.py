"""What a step hands back, and how a run ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.domain import Fault


@dataclass(frozen=True)
class Outcome:
    """An event of the flow, and the answers so far. `fault` is the one that stood on the screen when it was left."""

    event: str
    answers: Answers
    fault: Fault | None = None


@dataclass(frozen=True)
class Ending:
    """How a run ended: the flow's end state, the answers, and the fault that stood there."""

    state: str
    answers: Answers
    fault: Fault | None = None
