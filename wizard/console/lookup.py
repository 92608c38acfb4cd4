"""Finds the connection that a person means, and the names that go with connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard import texts
from wizard.console import command_texts
from wizard.domain import Fault, Status, folded_email, without_replaced
from wizard.exits import StartError
from wizard.inert import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.domain import Connection, Provider, Schedule
    from wizard.journey import Journey

SHORTEST_ID = 8
"""How many characters of an ID are shown at least, where its beginning will do."""
MOST_CANDIDATES = 10


async def find(journey: Journey, text: str) -> Connection:
    """Return the connection that is meant, as `pick` (List Connections)."""
    return pick(await journey.connections(), text)


async def find_working(journey: Journey, text: str) -> Connection:
    """Return the connection that is meant. Raises the fault `connection_broken` if it doesn't work."""
    found = await find(journey, text)
    if not found.status.healthy:
        raise Fault("connection_broken")
    return found


def pick(found: Sequence[Connection], text: str) -> Connection:
    """Return the connection of this ID, of the only ID that begins so, or of this account. Raises `StartError`."""
    wanted = text.strip().rstrip("…")  # as a table shows one that is cut
    if not wanted:
        raise StartError(command_texts.EMPTY_ID)
    for meant in (
        [one for one in found if one.id == wanted],
        [one for one in found if one.id.startswith(wanted)],
        _of_account(found, wanted),
    ):
        if len(meant) == 1:
            return meant[0]
        if meant:
            short = short_ids(found)
            said = [f"{inert(one.email)} {inert(short[one.id])}".strip() for one in meant[:MOST_CANDIDATES]]
            candidates = ", ".join(said) + (", …" if len(meant) > MOST_CANDIDATES else "")
            raise StartError(command_texts.SEVERAL_CONNECTIONS.format(text=inert(wanted), candidates=candidates))
    raise StartError(command_texts.NO_SUCH_CONNECTION.format(text=inert(wanted)))


def _of_account(found: Sequence[Connection], email: str) -> list[Connection]:
    """Return the account's connections; those that were ended only if there is no other."""
    its = [one for one in without_replaced(found) if folded_email(one.email) == folded_email(email)]
    return [one for one in its if one.status is not Status.DISCONNECTED] or its


def replacement(old: Connection, found: Sequence[Connection]) -> Connection | None:
    """Return the connection that works in the place of one that doesn't: of its account, on its schedule."""
    return next((one for one in found if one.status.healthy and one.place == old.place), None)


def short_ids(found: Sequence[Connection]) -> dict[str, str]:
    """Return, by ID, as much of its beginning as tells it from all the others."""
    ids = sorted(one.id for one in found)
    short = {}
    for at, one in enumerate(ids):
        beside = ids[max(0, at - 1) : at] + ids[at + 1 : at + 2]
        length = max([SHORTEST_ID, *(_same(one, other) + 1 for other in beside)])
        short[one] = one[:length]
    return short


def _same(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


@dataclass(frozen=True)
class Names:
    """What a connection's parts are called: its account, provider and schedule; their ids where there is no name."""

    account: str
    provider: str
    schedule: str

    def fill(self, words: str) -> str:
        """Return the words with the names in their places."""
        return words.format(account=inert(self.account), provider=self.provider, schedule=inert(self.schedule))


async def provider_of(journey: Journey, made: Connection) -> Provider:
    """Return a connection's provider (List Providers). Raises the fault `not_found` if the site has it no more."""
    for one in await journey.providers():
        if one.id == made.provider_id:
            return one
    raise Fault("not_found")


async def schedule_of(journey: Journey, made: Connection) -> Schedule:
    """Return a connection's schedule (Query Schedules). Raises the fault `not_found` if it isn't active any more."""
    async for page in journey.schedules():
        for one in page:
            if one.id == made.schedule_id:
                return one
    raise Fault("not_found")


async def read_names(journey: Journey, made: Sequence[Connection]) -> None:
    """Read what the connections' providers and schedules are called, for `names_of`."""
    await journey.providers()
    await journey.name_schedules(one.schedule_id for one in made)


def names_of(journey: Journey, made: Connection) -> Names:
    """Return a connection's names, as far as they were read."""
    schedule = journey.known_schedules.get(made.schedule_id)
    return Names(
        account=made.email or made.user_id or command_texts.NOBODY,
        provider=journey.provider_names.get(made.provider_id) or texts.KIND_NAME[made.kind],
        schedule=texts.schedule_name(schedule) if schedule else made.schedule_id,
    )
