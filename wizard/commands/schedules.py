"""`calendar-wizard schedules`: the site's active schedules (Query Schedules)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.options import add_json_option, add_site_options

if TYPE_CHECKING:
    import argparse

    from wizard.running import OnSite

DESCRIPTION = """\
Lists the site's active schedules, to any of which a calendar can be connected."""

EPILOG = """\
examples:
  calendar-wizard schedules --json | jq -r 'select(.kind == "staff").name'
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    add_json_option(parser, "print each as a JSON object on a line")
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """List them, as Wix gives them."""
    from wizard.running import on_site

    return on_site(options, _list)


async def _list(site: OnSite, options: argparse.Namespace) -> int:
    from wizard import texts
    from wizard.console import command_texts, objects, output
    from wizard.exits import DONE
    from wizard.running import say

    table = output.Table(*command_texts.SCHEDULE_COLUMNS, yields=True)
    async for page in site.journey.schedules():
        if options.json:
            output.json_lines(map(objects.schedule, page))
        else:
            table.add((texts.schedule_name(one), texts.SCHEDULE_KIND[one.kind], one.time_zone, one.id) for one in page)
    if not site.journey.known_schedules:
        say(command_texts.NO_SCHEDULES)
    return DONE
