"""Schedule: which one the calendar follows (Query Schedules), and what is connected to each (List Connections)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wizard import texts
from wizard.domain import Connection, Fault, Schedule, ScheduleKind
from wizard.front import wording
from wizard.plain import texts as plain_texts
from wizard.plain.questions import Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wizard.plain.front import Front


async def ask(front: Front) -> str:
    """Read the schedules, and ask for one; the same provider twice on one is warned about first."""
    front.say(texts.STATES["schedule"].lead)
    schedules, connected = await front.work(lambda: _read(front), texts.LOADING["schedule"])
    names = (await front.session.journey()).provider_names
    rows = [_row(s, connected.get(s.id, ()), names) for s in schedules.values()]

    def doubt(schedule_id: str) -> str:
        return wording.connected_already(connected.get(schedule_id, ()), schedules[schedule_id], front.answers)

    while True:
        wanted = front.answers.schedule.id if front.answers.schedule else None
        chosen = schedules[await front.questions.choose(rows, wanted, doubt=doubt)]
        if await front.settle(front.answers.with_schedule(chosen)):
            return "next"


async def _read(front: Front) -> tuple[dict[str, Schedule], dict[str, list[Connection]]]:
    """Return the schedules by id, the business one first, and what stands on each."""
    journey = await front.session.journey()
    # The two don't need each other, so they go out together.
    reading = asyncio.create_task(journey.connections())
    try:
        schedules = [schedule async for page in journey.schedules() for schedule in page]
        connections = await reading
    finally:
        reading.cancel()
    if not schedules:
        raise Fault("no_schedules")
    schedules.sort(key=lambda s: s.kind is not ScheduleKind.BUSINESS)
    return {s.id: s for s in schedules}, wording.connected_to(connections)


def _row(schedule: Schedule, connections: Sequence[Connection], names: Mapping[str, str]) -> Row:
    said = [texts.SCHEDULE_KIND[schedule.kind], wording.place_of(schedule)]
    if connections:
        said.append(plain_texts.CONNECTED_TO.format(names=wording.provider_names(connections, names)))
    name = texts.schedule_name(schedule)
    return Row(schedule.id, name, ", ".join(filter(None, said)))
