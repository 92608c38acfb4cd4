"""The file of invitations: which account's owner has to open which link, as CSV or JSON."""

from __future__ import annotations

import csv
import io
from datetime import UTC
from typing import TYPE_CHECKING

from wizard import files, texts
from wizard.console import output
from wizard.inert import as_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from wizard.bulk.run import Result

COLUMNS = ("email", "schedule", "provider", "link", "expires")


def write(path: Path, invited: Iterable[Result]) -> None:
    """Write the invitations into a new file, for its owner only. Raises OSError, FileExistsError where there is one.

    `expires` is in UTC (RFC 3339).
    """
    rows = [
        {
            "email": result.task.plan.wish.email,
            "schedule": texts.schedule_name(result.task.plan.schedule),
            "provider": result.task.plan.provider.name,
            "link": asked.link,
            "expires": asked.expires.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        for result in invited
        if (asked := result.invitation) and asked.expires
    ]
    if path.suffix.lower() == ".json":
        text = as_json(rows, indent=2) + "\n"
    else:
        table = io.StringIO()
        writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: output.cell(value) for name, value in row.items()} for row in rows)
        text = table.getvalue()
    files.write(path, text, new=True)
