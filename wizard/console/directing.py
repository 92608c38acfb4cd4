"""Sets a connection's directions for a command, and prints what it is then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import texts
from wizard.console import command_texts, lookup, objects, output
from wizard.exits import DONE, REFUSED
from wizard.running import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.domain import Connection, Provider, Sync
    from wizard.journey import Journey


async def apply(
    journey: Journey, provider: Provider, one: Connection, asked: Sync, *, as_json: bool, on_set: Callable[[], None]
) -> int:
    """Set the directions where they differ, print the connection, and return the exit code.

    That is 1 where Wix has set something else than was asked. `on_set` is called before anything is printed, which may
    fail. Raises faults.
    """
    now = await journey.apply(provider, one, asked)
    on_set()
    if as_json:
        output.json_lines([objects.connection(now)])
    else:
        await lookup.read_names(journey, [now])
        names = lookup.names_of(journey, now)
        output.lines(
            [
                texts.RESULT.format(
                    provider=names.provider,
                    schedule=names.schedule,
                    imports=texts.ON if now.sync.imports else texts.OFF,
                    exports=texts.ON if now.sync.exports else texts.OFF,
                )
            ]
        )
    if now.sync.fulfils(asked):
        return DONE
    say(command_texts.SET_OTHERWISE)
    return REFUSED
