"""What every front says of a provider, a method, a schedule and a connection, put together from the texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import texts
from wizard.domain import Kind, Method

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wizard.answers import Answers
    from wizard.domain import Connection, Provider, Schedule


def filled(text: str, answers: Answers) -> str:
    """Fill in what is known."""
    return text.format(
        provider=answers.provider.name if answers.provider else "",
        schedule=texts.schedule_name(answers.schedule) if answers.schedule else "",
    )


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
    name = provider.name if provider else ""
    return texts.METHOD_LONG[method].format(provider=name), ready.format(provider=name)


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
    return texts.SAME_PROVIDER.format(
        provider=provider.name,
        schedule=texts.schedule_name(schedule),
        email=", ".join(c.email for c in same if c.email),
    )


def account_of(answers: Answers) -> str:
    """Return whose account is connected, as far as is known."""
    made = answers.connection
    return (made.email if made else "") or answers.email


def summary(answers: Answers) -> list[str]:
    """Say in lines what is connected: the account, what comes in, what goes out."""
    provider, made = answers.provider, answers.connection
    if made is None:
        return []
    names = ", ".join(c.name for c in made.sync.calendars or () if c.name)
    calendars = texts.DIRECTION_FROM.format(names=names) if names else ""
    lines = [account_of(answers), texts.DIRECTION_IMPORT[made.sync.imports].format(calendars=calendars)]
    if made.sync.exports and provider:
        lines.append(texts.DIRECTION_EXPORT[provider.exports].format(provider=provider.name))
    else:
        lines.append(texts.DIRECTION_NO_EXPORT)
    return [line for line in lines if line]
