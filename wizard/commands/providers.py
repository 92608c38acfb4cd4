"""`calendar-wizard providers`: the calendar providers that the site offers (List Providers)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.options import add_json_option, add_site_options

if TYPE_CHECKING:
    import argparse

    from wizard.running import OnSite

DESCRIPTION = """\
Lists the calendar providers that the site offers: how each connects, what it
brings into Wix, and where it takes Wix appointments."""

EPILOG = """\
examples:
  calendar-wizard providers --json | jq -r .name
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    add_json_option(parser, "print each as a JSON object on a line")
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """List them."""
    from wizard.running import on_site

    return on_site(options, _list)


async def _list(site: OnSite, options: argparse.Namespace) -> int:
    from wizard import texts
    from wizard.console import command_texts, objects, output
    from wizard.exits import DONE

    found = await site.journey.providers()
    if options.json:
        output.json_lines(map(objects.provider, found))
        return DONE
    table = output.Table(*command_texts.PROVIDER_COLUMNS, yields=True)
    table.add(
        (
            one.name,
            " / ".join(texts.METHOD_SHORT[method] for method in one.methods) or command_texts.NO_METHOD,
            texts.IMPORT_PHRASE[one.imports],
            texts.EXPORT_PHRASE[one.exports],
            one.id,
        )
        for one in found
    )
    return DONE
