"""What a run leaves behind: its result as JSON, in words, and as an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import fault_texts, texts
from wizard.exits import REFUSED

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.domain import Connection, Fault


def result(answers: Answers) -> dict[str, object] | None:
    """Return the result, or None if nothing is connected."""
    return connection(answers.connection) if answers.connection else None


def connection(made: Connection) -> dict[str, object]:
    """Return a connection as JSON says it.

    `import.calendars` lists {id, name}, or is null for the primary calendar; `export.target` is "primary" or
    "dedicated", or null where nothing goes out and it isn't known where it would. Names as in Get Connection.
    """
    calendars = made.sync.calendars
    return {
        "connectionId": made.id,
        "providerId": made.provider_id,
        "calendarType": made.calendar_type,
        "scheduleId": made.schedule_id,
        "status": made.status.value,
        "import": {
            "enabled": made.sync.imports,
            "calendars": None if calendars is None else [{"id": c.id, "name": c.name} for c in calendars],
        },
        "export": {
            "enabled": made.sync.exports,
            "target": "dedicated" if made.sync.dedicated else "primary" if made.sync.exports else None,
        },
    }


def as_words(answers: Answers, fault: Fault | None) -> str:
    """Return one line for people: what is connected, or why nothing is; empty if the person just left."""
    provider = answers.provider
    name = provider.name if provider else ""
    if (made := answers.connection) and answers.schedule:
        return texts.RESULT.format(
            provider=name or texts.KIND_NAME[made.kind],
            schedule=texts.schedule_name(answers.schedule),
            imports=texts.ON if made.sync.imports else texts.OFF,
            exports=texts.ON if made.sync.exports else texts.OFF,
        )
    if fault is None:
        return ""
    said = fault_texts.explain(fault, kind=provider.kind if provider else None, provider=name)
    return f"{said.words} ({said.small})"


def exit_code(fault: Fault | None) -> int:
    """Return the code of a run that ended with this fault on the screen."""
    return fault_texts.fault_text(fault.code).exit if fault else REFUSED
