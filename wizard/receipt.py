"""The receipt: what a run has connected and which calls it made, as a file to keep or to show to Wix's support.

Nothing secret is in it: the calls have neither bodies nor headers nor queries. It does have the account's e-mail
address, and the site's own names.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from wizard import __version__, files, report, texts
from wizard.domain import Import
from wizard.inert import as_json

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from wizard.answers import Answers
    from wizard.domain import Fault
    from wizard.wishes import Directions
    from wizard.wix.calls import Calls

SCHEMA = 1
"""Grows when a key changes its meaning or goes; a new key doesn't change it."""


def content(
    answers: Answers,
    *,
    site_id: str,
    calls: Calls | None,
    now: datetime,
    fault: Fault | None = None,
    asked: Directions | None = None,
) -> dict[str, object]:
    """Return the receipt's content. `now` is aware; `fault` is what stands on the screen; `connection` as `--json`.

    What isn't known is null: a connection before there is one, the site's ID where an app signs in. `asked` are the
    directions that an unattended run was to set.
    """
    provider, schedule, made = answers.provider, answers.schedule, answers.connection
    return {
        "schema": SCHEMA,
        "version": __version__,
        "savedAt": _utc(now),
        "siteId": site_id or None,
        "provider": provider and {"id": provider.id, "name": provider.name},
        "method": answers.method and answers.method.value,
        "schedule": schedule and {"id": schedule.id, "name": texts.schedule_name(schedule)},
        # Of a connection only: what was typed and never accepted may be a password in the wrong field.
        "email": (made and (made.email or answers.email)) or None,
        "connection": report.result(answers),
        "answers": _answers(answers, asked),
        "fault": fault and fault.code,
        "calls": [
            {
                "began": _utc(call.began),
                "method": call.method,
                "path": call.path,
                "status": call.status,
                "seconds": round(call.seconds, 3),
                "requestId": call.request_id or None,
            }
            for call in calls or ()
        ],
        "callsDropped": calls.dropped if calls is not None else 0,
    }


def _answers(answers: Answers, asked: Directions | None) -> dict[str, object] | None:
    """Return what 'calendar-wizard connect --answers' takes to do the same again, by ids; never the password."""
    provider, schedule, made = answers.provider, answers.schedule, answers.connection
    if provider is None or schedule is None:
        return None
    said: dict[str, object] = {"provider": provider.id, "schedule": schedule.id}
    if answers.method:
        said["method"] = answers.method.value
    if made and (email := made.email or answers.email):
        said["email"] = email
    if asked is not None and not made:  # nobody has typed this into a wrong field
        wanted = {"import": asked.imports, "calendars": asked.calendars, "export": asked.exports}
        said |= {"email": answers.email} if answers.email else {}
        said["sync"] = {name: value for name, value in wanted.items() if value is not None}
    if made and provider.can_update:
        sync: dict[str, object] = {"import": made.sync.imports, "export": made.sync.exports}
        if made.sync.imports and made.sync.calendars and provider.imports is Import.CHOSEN:
            sync["calendars"] = [calendar.id for calendar in made.sync.calendars]
        said["sync"] = sync
    return said


def name(now: datetime) -> str:
    """Return the name of a receipt's file, with the time as the person's clock shows it."""
    return f"calendar-wizard-receipt-{now:%Y%m%d-%H%M%S}.json"


def write(path: Path, said: dict[str, object]) -> None:
    """Write a receipt for its owner only. Blocks; raises OSError, FileExistsError where there is a file already.

    It is there in full or not at all.
    """
    files.write(path, as_json(said, indent=2) + "\n", new=True)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
