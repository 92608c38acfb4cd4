"""The calls that were made: enough to look one up with Wix's support, and nothing of what was in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

MOST_KEPT = 500
"""Waiting for a consent asks Wix twenty times a minute; without a bound a wizard left open would grow for days."""


@dataclass(frozen=True)
class Call:
    """One request. `path` has no query, and a connection's id only if it succeeded; `began` is aware, in UTC.

    `status` is None when no whole answer came, then `request_id` is empty. `seconds` ends with the answer's last byte.
    `date` is the answerer's own clock, aware and in whole seconds (RFC 9110 section 6.6.1), None where it isn't said.
    """

    method: str
    path: str
    status: int | None
    seconds: float
    request_id: str
    began: datetime
    date: datetime | None = None


class Calls:
    """The calls of a run in the order of their ends, at most `MOST_KEPT`.

    When there are more, the oldest GET makes room: polls come by the hundred, what changed something stays.
    `dropped` says how many have gone.
    """

    def __init__(self) -> None:
        self._kept: list[Call] = []
        self.dropped = 0

    def add(self, call: Call) -> None:
        """Keep one more."""
        self._kept.append(call)
        if len(self._kept) > MOST_KEPT:
            oldest_read = next((at for at, kept in enumerate(self._kept) if kept.method == "GET"), 0)
            del self._kept[oldest_read]
            self.dropped += 1

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._kept)
