"""`calendar-wizard sync`: which way a connection's events flow (Update Sync Config)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wizard.exits import UsageError
from wizard.options import add_json_option, add_site_options

if TYPE_CHECKING:
    import argparse

    from wizard.running import OnSite

DESCRIPTION = """\
Sets which way a connection's events flow; what isn't named stays as it is.
Import: the calendar's events block booking times on the site. Export:
appointments booked on the site appear in the calendar."""

EPILOG = """\
examples:
  calendar-wizard sync dana@example.com --calendar Work --export on
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.add_argument("connection", metavar="ID", help="the connection, as 'calendar-wizard connections' lists it")
    for option, words in (("--import", "let events come into Wix"), ("--export", "let appointments go out")):
        parser.add_argument(option, dest=option[2:] + "s", choices=("on", "off"), help=words)
    parser.add_argument(
        "--calendar",
        dest="calendars",
        action="append",
        metavar="NAME",
        help="import from this calendar, by name or ID, and switch import on; repeat it for more",
    )
    add_json_option(parser, "print the connection as a JSON object")
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """Set what is asked for."""
    from wizard.running import on_site

    if not (options.imports or options.exports or options.calendars):
        raise UsageError("say what to set: --import, --export or --calendar")
    return on_site(options, _set)


async def _set(site: OnSite, options: argparse.Namespace) -> int:
    from wizard import files
    from wizard.console import directing, lookup
    from wizard.unattended import front as unattended
    from wizard.unattended import fulfil
    from wizard.wishes import Directions

    journey = site.journey
    wanted = Directions(
        imports=_switch(options.imports),
        exports=_switch(options.exports),
        calendars=options.calendars and tuple(options.calendars),
    )
    one = await lookup.find_working(journey, options.connection)
    provider = await lookup.provider_of(journey, one)
    fulfil.check(provider, wanted)
    asked = await fulfil.wished_sync(journey, provider, one, wanted)
    forget = partial(unattended.forget_overtaken, files.runs_folder_if_any(), site.place, one)
    return await directing.apply(journey, provider, one, asked, as_json=options.json, on_set=forget)


def _switch(word: str | None) -> bool | None:
    return None if word is None else word == "on"
