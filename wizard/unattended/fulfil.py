"""Fulfils a wish: finds what is meant, sees what stands already, and does only what is missing.

`plan` reads, and changes nothing; `fulfil` does what the plan says. Twice the same wish changes nothing the second
time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from wizard.domain import Export, Fault, Import, Method, Status, Sync, folded_email
from wizard.inert import inert
from wizard.unattended import naming
from wizard.wishes import Directions, WishError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import SecretStr

    from wizard.domain import Connection, Provider, Schedule
    from wizard.journey import Journey
    from wizard.wishes import Wish

    OnGone = Callable[[Sequence[str], Sync], None]


class ImpossibleError(WishError):
    """A wish that the provider can't fulfil, or that lacks something."""

    code = "impossible"


class Action(StrEnum):
    """What a plan does first: nothing, because a connection stands; connect by credentials; or make a link."""

    KEEP = "keep"
    CONNECT = "connect"
    AUTHORIZE = "authorize"


@dataclass(frozen=True)
class Plan:
    """What is there and what is to be done about it.

    `standing` is the connection that the wish asks for, if it is there already; `sync` what it is to be set to then.
    `replaces` is the account's own that doesn't work any more: it is ended first, for Wix takes no account twice. What
    the wish doesn't say of the directions is carried over from `before`, else from that.
    """

    wish: Wish
    provider: Provider
    schedule: Schedule
    method: Method
    standing: Connection | None = None
    sync: Sync | None = None
    replaces: Connection | None = None
    before: Connection | None = None

    @property
    def action(self) -> Action:
        """What is done first."""
        if self.standing:
            return Action.KEEP
        return Action.CONNECT if self.method is Method.CREDENTIALS else Action.AUTHORIZE

    @property
    def changes(self) -> bool:
        """Whether anything is to be changed on the site."""
        return not (self.standing and self.sync and self.sync.effect == self.standing.sync.effect)


@dataclass(frozen=True)
class Link:
    """What the account's owner has to open, and until when (aware)."""

    url: str
    expires: datetime


@dataclass(frozen=True)
class Fulfilled:
    """What came of it: the connection as it is now, None where its owner has yet to allow it.

    `changed` says whether anything on the site is another than before.
    """

    connection: Connection | None
    changed: bool


async def plan(
    journey: Journey,
    wish: Wish,
    *,
    providers: Sequence[Provider] | None = None,
    schedules: Sequence[Schedule] | None = None,
    connections: Sequence[Connection] | None = None,
    on_found: Callable[[Provider | Schedule], None] = lambda _: None,
) -> Plan:
    """Find out what is to be done; what isn't given is read (List Providers, Query Schedules, List Connections).

    `connections` need only be those of the wish's schedule. `on_found` is told what the wish names, as soon as that is
    clear. Raises `naming.UnclearError`, `ImpossibleError`, and faults.
    """
    provider = naming.provider(providers if providers is not None else await journey.providers(), wish.provider)
    on_found(provider)
    method = _method(provider, wish)
    check(provider, wish.directions)
    if schedules is None:
        schedules = [one async for page in journey.schedules() for one in page]
    schedule = naming.schedule(schedules, wish.schedule)
    on_found(schedule)
    if connections is None:
        connections = await journey.connections([schedule.id])
    planned = Plan(wish, provider, schedule, method, _standing(connections, provider, schedule, wish.email))
    if planned.standing:
        return replace(planned, sync=await wished_sync(journey, provider, planned.standing, wish.directions))
    if method is Method.CREDENTIALS and not wish.email:
        raise ImpossibleError(f"{provider.name} connects by email and password, but no email is given.")
    if method is Method.CREDENTIALS and not wish.password:
        raise ImpossibleError(
            f"{provider.name} connects by email and password, but it isn't said where the password comes from: "
            "a variable, a file, a command or standard input."
        )
    return replace(planned, replaces=_broken(connections, provider, schedule, wish.email))


async def fulfil(
    journey: Journey,
    planned: Plan,
    *,
    password: SecretStr | None = None,
    redirect_url: str | None = None,
    on_link: Callable[[Link], bool] = lambda _: True,
    on_connected: Callable[[Connection], None] = lambda _: None,
    on_gone: OnGone = lambda _names, _now: None,
) -> Fulfilled:
    """Do what is planned. `password` is needed for `Action.CONNECT`.

    `on_link` is told what the owner has to open, and says whether to wait for it; `on_connected` is told of a
    connection as soon as it stands; `on_gone` is as in `set_directions`. Raises faults, and `naming.UnclearError` for a
    calendar that the account lacks.
    """
    made = planned.standing
    if made is None and planned.method is Method.CREDENTIALS:
        assert password is not None  # the caller's mistake, nobody else's
        made = await journey.connect(
            planned.provider, planned.schedule, planned.wish.email, password, replaces=planned.replaces
        )
    elif made is None:
        async with journey.authorize(
            planned.provider, planned.schedule, redirect_url, replaces=planned.replaces
        ) as attempt:
            left = timedelta(seconds=attempt.until - time.monotonic())
            link = Link(attempt.url, datetime.now(UTC) + left)
            if not on_link(link):
                return Fulfilled(None, changed=False)
            made = await attempt.wait()
    on_connected(made)
    expect(made, planned.wish.email)
    had = planned.before or (planned.replaces if planned.standing is None else None)
    now = await set_directions(
        journey, planned.provider, made, planned.wish.directions, had.sync if had else None, on_gone
    )
    return Fulfilled(now, changed=planned.standing is None or now.sync.effect != made.sync.effect)


def expect(made: Connection, email: str) -> None:
    """See that the account is the one asked for, for by OAuth its owner chooses. Raises the fault `other_account`."""
    if email and made.email and folded_email(made.email) != folded_email(email):
        raise Fault("other_account", message=made.email)


async def set_directions(
    journey: Journey,
    provider: Provider,
    connection: Connection,
    directions: Directions,
    before: Sync | None = None,
    on_gone: OnGone = lambda _names, _now: None,
) -> Connection:
    """Set which way events flow, if they don't already, and return the connection as it is then.

    What isn't said is carried over from `before`, what the connection had whose place this one has taken; `on_gone` is
    told which of its calendars the account no longer has, and how it flows then. Raises `ImpossibleError`,
    `naming.UnclearError`, and faults.
    """
    check(provider, directions)
    begins, missing = connection, list[str]()
    if before and provider.can_update:
        begins, missing = await carried_over(journey, provider, connection, before, directions)
    elif directions == Directions():
        return connection
    now = await journey.apply(provider, connection, await wished_sync(journey, provider, begins, directions))
    if missing:
        on_gone(missing, now.sync)
    return now


async def carried_over(
    journey: Journey, provider: Provider, made: Connection, before: Sync, directions: Directions
) -> tuple[Connection, list[str]]:
    """Return a new connection with the directions of the one `before` it, as far as it can have them.

    Also name the calendars that were to be imported and are gone, unless the wish says what to import. Where calendars
    were chosen, the new account's are read. Raises faults.
    """
    if not (before.flows and provider.can_update):
        return made, []
    chooses = before.calendars and provider.imports is Import.CHOSEN
    there = await journey.calendars(made.id) if chooses else []
    carried = before.carried_over(made.sync, provider, there)
    return replace(made, sync=carried), [] if directions.says_what_to_import else before.gone(carried)


def check(provider: Provider, directions: Directions) -> None:
    """See whether the provider can do this at all. Raises `ImpossibleError`."""
    name, chosen = provider.name, directions.calendars is not None
    if chosen and directions.imports is False:
        raise ImpossibleError("Calendars to import from are named, but import is to be off.")
    if directions.calendars == ():
        raise ImpossibleError("The list of calendars to import from is empty; leave it out, or switch import off.")
    if directions != Directions() and not provider.can_update:
        raise ImpossibleError(f"Wix doesn't allow changing the directions for {name}; leave them out.")
    if (directions.imports or chosen) and provider.imports is Import.NONE:
        raise ImpossibleError(f"{name} can't share its events, so import can't be on.")
    if chosen and provider.imports is not Import.CHOSEN:
        raise ImpossibleError(f"{name} shares the events of its primary calendar only; leave the calendars out.")
    if directions.exports and provider.exports is Export.NONE:
        raise ImpossibleError(f"{name} can't take appointments, so export can't be on.")


async def wished_sync(journey: Journey, provider: Provider, connection: Connection, directions: Directions) -> Sync:
    """Return what the connection's directions should be; reads the account's calendars where they have to be known."""
    sync = connection.sync
    if directions.exports is not None and directions.exports is not sync.exports:
        sync = replace(sync, exports=directions.exports, dedicated=provider.exports is Export.DEDICATED)
    if directions.calendars is not None:
        chosen = naming.calendars(await journey.calendars(connection.id), directions.calendars)
        return replace(sync, imports=True, calendars=chosen)
    if directions.imports is None or directions.imports is sync.imports:
        return sync
    sync = replace(sync, imports=directions.imports)
    if sync.imports and provider.imports is Import.PRIMARY:
        return replace(sync, calendars=None)
    if sync.imports and not sync.calendars:  # none was chosen yet: the first one, as the wizard chooses
        found = await journey.calendars(connection.id)
        if not found:
            raise ImpossibleError("The account has no calendar to import from.")
        return replace(sync, calendars=tuple(found[:1]))
    return sync


def _method(provider: Provider, wish: Wish) -> Method:
    offered = " or ".join(method.value for method in provider.methods)
    if not provider.methods:
        raise ImpossibleError(f"{provider.name} offers no way to connect from here.")
    if wish.method and wish.method not in provider.methods:
        raise ImpossibleError(f"{provider.name} doesn't connect by {wish.method.value}, only by {offered}.")
    if not wish.method and len(provider.methods) > 1:
        raise ImpossibleError(f"{provider.name} connects by {offered}; say by which method.")
    method = wish.method or provider.methods[0]
    if method is Method.OAUTH and wish.password:
        raise ImpossibleError(f"{provider.name} connects by OAUTH, where a password is of no use; leave it out.")
    return method


def _standing(
    connections: Sequence[Connection], provider: Provider, schedule: Schedule, email: str
) -> Connection | None:
    """Return the account's healthy connection. Where Wix doesn't say whose a connection is, it may be the account's."""
    healthy = [one for one in _on(connections, provider, schedule) if one.status.healthy]
    meant = [one for one in healthy if folded_email(one.email) == folded_email(email)] if email else healthy
    meant = meant or [one for one in healthy if not one.email]
    if len(meant) > 1 and not email:
        whose = ", ".join(one.email or inert(one.id) for one in meant[: naming.MOST_CANDIDATES])
        raise ImpossibleError(
            f"Several accounts of {provider.name} are connected there: {whose}. Give the email of one."
        )
    return meant[0] if meant else None


def _broken(connections: Sequence[Connection], provider: Provider, schedule: Schedule, email: str) -> Connection | None:
    """Return the account's connection that stopped by an error. Whose it is has to be certain, for it is ended."""
    stopped = (one for one in _on(connections, provider, schedule) if one.status is Status.ERROR)
    return next((one for one in stopped if email and folded_email(one.email) == folded_email(email)), None)


def _on(connections: Sequence[Connection], provider: Provider, schedule: Schedule) -> list[Connection]:
    return [one for one in connections if (one.provider_id, one.schedule_id) == (provider.id, schedule.id)]
