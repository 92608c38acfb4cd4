"""What every front says of a provider, a method, a schedule and a connection, put together from the texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import texts
from wizard.domain import Kind, Method, Schedule, ScheduleKind, Status, without_replaced
from wizard.fault_texts import explain
from wizard.front.search import fold
from wizard.inert import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from wizard.answers import Answers
    from wizard.domain import Connection, Fault, Provider
    from wizard.fault_texts import Explained


def filled(text: str, answers: Answers) -> str:
    """Fill in what is known."""
    schedule = texts.schedule_name(answers.schedule) if answers.schedule else ""
    return texts.of_provider(text, answers.provider, schedule=schedule)


def connects(provider: Provider) -> str:
    """Say how a provider connects."""
    if provider.kind is Kind.APPLE and provider.methods == (Method.CREDENTIALS,):
        return texts.APPLE_METHOD_PHRASE
    return texts.METHOD_PHRASE[provider.methods]


def in_and_out(provider: Provider) -> tuple[str, str]:
    """Say what can come in from a provider and go out to it."""
    return f"in: {texts.IMPORT_PHRASE[provider.imports]}", f"out: {texts.EXPORT_PHRASE[provider.exports]}"


def method_lead(methods: Sequence[Method]) -> str:
    """Say whether there is a way of connecting to be chosen."""
    return {0: texts.METHOD_NEITHER, 1: texts.METHOD_DETECTED}.get(len(methods), texts.METHOD_ASK)


def about_method(method: Method, provider: Provider | None) -> tuple[str, str]:
    """Say what a way of connecting is, and what to have at hand for it."""
    apple = provider is not None and provider.kind is Kind.APPLE
    ready = texts.APPLE_READY if apple and method is Method.CREDENTIALS else texts.METHOD_READY[method]
    return texts.of_provider(texts.METHOD_LONG[method], provider), texts.of_provider(ready, provider)


def place_of(schedule: Schedule) -> str:
    """Return a schedule's time zone in short: its place."""
    return schedule.time_zone.rpartition("/")[2].replace("_", " ")


def connected_to(connections: Iterable[Connection]) -> dict[str, list[Connection]]:
    """Return what stands on each schedule, by its id."""
    found: dict[str, list[Connection]] = {}
    for connection in connections:
        if connection.status.healthy:
            found.setdefault(connection.schedule_id, []).append(connection)
    return found


def provider_names(connections: Iterable[Connection], names: Mapping[str, str]) -> str:
    """Name whose calendars these are; `names` are those of the providers, by id."""
    return ", ".join(dict.fromkeys(names.get(c.provider_id) or texts.KIND_NAME[c.kind] for c in connections))


def connected_already(connections: Iterable[Connection], schedule: Schedule, answers: Answers) -> str:
    """Warn that the provider stands on the schedule already, with another connection than this run's own."""
    provider, mine = answers.provider, answers.connection
    same = [c for c in connections if provider and c.provider_id == provider.id and c.id != (mine.id if mine else "")]
    if provider is None or not same:
        return ""
    return texts.of_provider(
        texts.SAME_PROVIDER,
        provider,
        schedule=texts.schedule_name(schedule),
        email=", ".join(c.email for c in same if c.email),
    )


def account_of(answers: Answers) -> str:
    """Return whose account is connected, as far as is known."""
    made = answers.connection
    return (made.email if made else "") or answers.email


def summary(answers: Answers) -> list[str]:
    """Say in lines what is connected: the account, what comes in, what goes out."""
    if answers.connection is None:
        return []
    lines = [account_of(answers), *direction_lines(answers.connection, answers.provider)]
    return [line for line in lines if line]


# Connections from before

STOPPED = (Status.ERROR, Status.DISCONNECTED)
"""What has to be seen to: it stands on top, and reconnecting is what comes first."""


def schedule_of(connection: Connection, schedules: Mapping[str, Schedule]) -> Schedule:
    """Return the schedule of a connection; one that Wix doesn't know any more is called by its id."""
    unknown = Schedule(connection.schedule_id, inert(connection.schedule_id[:8]), ScheduleKind.OTHER)
    return schedules.get(connection.schedule_id, unknown)


def in_order(connections: Iterable[Connection], schedules: Mapping[str, Schedule]) -> list[Connection]:
    """Sort connections by their schedules' names, those that have stopped first; leave out what was replaced."""
    return sorted(
        without_replaced(connections),
        key=lambda c: (c.status not in STOPPED, fold(texts.schedule_name(schedule_of(c, schedules)))),
    )


def explained(fault: Fault, connection: Connection, names: Mapping[str, str]) -> Explained:
    """Put the fault of a connection into words; `names` are those of the providers, by id."""
    return explain(fault, kind=connection.kind, provider=provider_names([connection], names))


def standing_text(connections: Iterable[Connection]) -> str:
    """Say how many calendars have to be seen to, and how many are connected."""
    found = [Status.CONNECTED if c.status.healthy else c.status for c in connections]
    parts: list[str] = []
    for status in (Status.ERROR, Status.DISCONNECTED, Status.CONNECTED, Status.UNKNOWN):
        if count := found.count(status):
            noun = "" if parts else " calendar" if count == 1 else " calendars"
            parts.append(
                f"{count}{noun} {texts.STANDING_UNKNOWN if status is Status.UNKNOWN else texts.STATUS_SHORT[status]}"
            )
    return " · ".join(parts)


def direction_lines(connection: Connection, provider: Provider | None) -> list[str]:
    """Say which way a connection's events flow, a line for each way."""
    sync = connection.sync
    names = ", ".join(c.name for c in sync.calendars or () if c.name)
    calendars = texts.DIRECTION_FROM.format(names=names) if names else ""
    exports = texts.DIRECTION_NO_EXPORT
    if sync.exports and provider:
        exports = texts.of_provider(texts.DIRECTION_EXPORT[provider.exports], provider)
    return [texts.DIRECTION_IMPORT[sync.imports].format(calendars=calendars), exports]


def day_name(day: date) -> str:
    """Return a day in words."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def left_text(state: str, answers: Answers, saved: datetime) -> str:
    """Describe a run that was cut off; `saved` in the person's own time zone."""
    said = [
        answers.provider.name if answers.provider else "",
        texts.schedule_name(answers.schedule) if answers.schedule else "",
        answers.email,
    ]
    return texts.LEFT_TEXT.format(
        day=day_name(saved),
        time=f"{saved:%H:%M}",
        step=texts.STATES[state].step,
        answers=" · ".join(filter(None, said)),
    )
