"""`calendar-wizard disconnect`: ends a connection (Disconnect), after asking."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.domain import Status
from wizard.exits import DONE, LEFT, UsageError
from wizard.options import add_json_option, add_site_options

if TYPE_CHECKING:
    import argparse

    from wizard.running import OnSite

DESCRIPTION = """\
Ends a connection. Wix then also deletes the appointments that it has put into
the external calendar; so it says that, and asks."""

EPILOG = """\
examples:
  calendar-wizard disconnect dana@example.com --yes
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.add_argument("connection", metavar="ID", help="the connection, as 'calendar-wizard connections' lists it")
    parser.add_argument("--yes", action="store_true", help="don't ask; needed where there is no terminal")
    add_json_option(parser, "print what was disconnected as a JSON object")
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """Ask, and disconnect."""
    from wizard.console import asking, command_texts
    from wizard.running import on_site

    if not options.yes and not asking.can_ask():
        raise UsageError(command_texts.DISCONNECT_NEEDS_YES)

    return on_site(options, _disconnect)


async def _disconnect(site: OnSite, options: argparse.Namespace) -> int:
    from wizard.console import asking, command_texts, lookup, objects, output
    from wizard.running import say

    one = await lookup.find(site.journey, options.connection)
    await lookup.read_names(site.journey, [one])
    names = lookup.names_of(site.journey, one)
    if one.status is Status.DISCONNECTED:
        say(command_texts.WAS_DISCONNECTED)
    else:
        say(names.fill(command_texts.DISCONNECT_WARNING))
        if not options.yes and not asking.agrees(command_texts.DISCONNECT_QUESTION):
            say(command_texts.KEPT)
            return LEFT
        await site.journey.disconnect(one)
        one = replace(one, status=Status.DISCONNECTED, reason="")
        if not options.json:
            output.lines([names.fill(command_texts.DISCONNECTED)])
    if options.json:
        output.json_lines([objects.connection(one)])
    return DONE
