"""`calendar-wizard calendars`: the calendars of a connected account (List Calendars)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.options import add_json_option, add_site_options

if TYPE_CHECKING:
    import argparse

    from wizard.running import OnSite

DESCRIPTION = """\
Lists the calendars of a connected account that events can be imported from, and
says which of them are."""

EPILOG = """\
examples:
  calendar-wizard calendars dana@example.com
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.add_argument("connection", metavar="ID", help="the connection, as 'calendar-wizard connections' lists it")
    add_json_option(parser, "print each as a JSON object on a line")
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """List them."""
    from wizard.running import on_site

    return on_site(options, _list)


async def _list(site: OnSite, options: argparse.Namespace) -> int:
    from wizard.console import command_texts, lookup, objects, output
    from wizard.domain import Fault
    from wizard.exits import DONE
    from wizard.running import say

    of = await lookup.find_working(site.journey, options.connection)
    try:
        found = await site.journey.calendars(of.id)
    except Fault as fault:
        raise (Fault("primary_only") if fault.code == "not_supported_by_provider" else fault) from None
    if options.json:
        output.json_lines(objects.calendar(one, of) for one in found)
        return DONE
    if not found:
        say(command_texts.NO_CALENDARS)
    output.Table(*command_texts.CALENDAR_COLUMNS).add(
        (one.name, command_texts.YES if objects.is_imported(one, of) else command_texts.NO, one.id) for one in found
    )
    return DONE
