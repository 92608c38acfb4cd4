"""Where a run is among its steps, with the answers so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wizard import texts

if TYPE_CHECKING:
    from wizard.answers import Answers


class Step(NamedTuple):
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
        "provider": answers.provider.name or texts.UNNAMED if answers.provider else "",
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


def one_line(of: list[Step], state: str) -> str:
    """Return the step in one line."""
    at = next((i for i, step in enumerate(of, 1) if step.place == 0), None)
    name = texts.STATES[state].step
    return texts.STEP_OF.format(at=at, of=len(of), name=name) if at else name
