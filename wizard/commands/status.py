"""`calendar-wizard status`: whether all connections work, for people, cron and monitoring."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wizard.domain import Status, without_replaced
from wizard.exits import DONE, REFUSED
from wizard.options import add_json_option, add_site_options

if TYPE_CHECKING:
    import argparse

    from wizard.domain import Connection
    from wizard.running import OnSite

DESCRIPTION = """\
Says how each connection is. Ends with 0 if all of them work, and with 1 if any
is disconnected or stopped by an error; not for one whose account is connected
to the same schedule again."""

EPILOG = """\
examples:
  calendar-wizard status
  calendar-wizard status >/dev/null   for cron: words only if one doesn't work
  calendar-wizard status --json | jq -r 'select(.works == false).email'
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    add_json_option(parser, 'print each connection as a JSON object on a line, with "works" true or false')
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """Look at all of them."""
    from wizard.running import on_site

    return on_site(options, _look)


async def _look(site: OnSite, options: argparse.Namespace) -> int:
    from wizard.console import command_texts, lookup, objects, output
    from wizard.running import say

    found = without_replaced(await site.journey.connections())
    failing = [one for one in found if _fails(one)]
    if options.json:
        output.json_lines(objects.connection(one) | {"works": not _fails(one)} for one in found)
    elif not found:
        say(command_texts.NO_CONNECTIONS)
    else:
        await lookup.read_names(site.journey, found)
        rows = []
        for one in found:
            names = lookup.names_of(site.journey, one)
            rows.append((names.account, names.provider, names.schedule, command_texts.status(one)))
        output.Table(*command_texts.STATUS_COLUMNS, whole=command_texts.STATUS_COLUMNS[3:]).add(rows)
        if failing or sys.stderr.isatty():  # cron sends a mail about whatever is said
            say(command_texts.health(len(found), len(failing)))
    return REFUSED if failing else DONE


def _fails(one: Connection) -> bool:
    """Whether a connection doesn't work."""
    return one.status in (Status.DISCONNECTED, Status.ERROR)
