"""`calendar-wizard connections`: what is connected (List Connections), and one of them in full (Get Connection)."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from wizard.exits import DONE, UsageError
from wizard.options import add_json_option, add_site_options

if TYPE_CHECKING:
    from wizard.running import OnSite

DESCRIPTION = """\
Lists the calendars that are or were connected, or shows one in full. Wherever a
connection's ID is asked for, the beginning of it, or the account's email
address, will do as long as only one is meant."""

EPILOG = """\
examples:
  calendar-wizard connections
  calendar-wizard connections show dana@example.com
  calendar-wizard connections --json | jq -r 'select(.import.enabled).email'
"""

_WHATS = ("list", "show")


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.add_argument(
        "what", nargs="?", metavar="list|show", type=_what, choices=_WHATS, default="list", help="(default: list)"
    )
    parser.add_argument("connection", nargs="?", metavar="ID", help="with show: the connection")
    add_json_option(parser, "print each as a JSON object on a line; with show, the one")
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """List them, or show one."""
    from wizard.running import on_site

    if options.what == "show" and options.connection is None:
        raise UsageError("show needs the ID of a connection")
    if options.what == "list" and options.connection is not None:
        raise UsageError("list takes no ID; 'connections show ID' shows one")

    return on_site(options, _show if options.what == "show" else _list)


def _what(text: str) -> str:
    if text not in _WHATS:  # most often it is the connection
        raise argparse.ArgumentTypeError(f"{text!r} is neither list nor show; 'connections show ID' shows one")
    return text


async def _list(site: OnSite, options: argparse.Namespace) -> int:
    from wizard import texts
    from wizard.console import command_texts, lookup, objects, output
    from wizard.running import say

    found = await site.journey.connections()
    if options.json:
        output.json_lines(map(objects.connection, found))
        return DONE
    if not found:
        say(command_texts.NO_CONNECTIONS)
        return DONE
    await lookup.read_names(site.journey, found)
    short = lookup.short_ids(found)
    table = output.Table(*command_texts.CONNECTION_COLUMNS, whole=command_texts.CONNECTION_COLUMNS[3:])
    rows = []
    for one in found:
        names = lookup.names_of(site.journey, one)
        rows.append(
            (
                names.account,
                names.provider,
                names.schedule,
                texts.STATUS[one.status],
                texts.ON if one.sync.imports else texts.OFF,
                texts.ON if one.sync.exports else texts.OFF,
                short[one.id] if sys.stdout.isatty() else one.id,
            )
        )
    table.add(rows)
    return DONE


async def _show(site: OnSite, options: argparse.Namespace) -> int:
    from wizard.console import command_texts, lookup, objects, output

    found = await lookup.find(site.journey, options.connection)
    one = await site.journey.connection(found.id)
    if options.json:
        output.json_lines([objects.connection(one)])
        return DONE
    await lookup.read_names(site.journey, [one])
    names = lookup.names_of(site.journey, one)
    said = {
        "account": names.account,
        "provider": names.provider,
        "schedule": names.schedule,
        "status": command_texts.status(one),
        "import": command_texts.imports(one.sync),
        "export": command_texts.exports(one.sync),
        "user": one.user_id,
        "id": one.id,
    }
    output.fields({command_texts.CONNECTION_LABELS[key]: words for key, words in said.items() if words})
    return DONE
