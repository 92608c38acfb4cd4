"""`calendar-wizard resume`: goes on with an unattended run that left before it was done, or was cut off."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wizard.options import JSON_ANYWAY, add_json_option, add_site_options

if TYPE_CHECKING:
    from wizard.running import OnSite

DESCRIPTION = """\
Goes on with the newest run on the site that left with --no-wait or was cut off:
looks whether the calendar is connected by now, sets the directions that were
asked for, and prints the result. What it prints and how it ends is described in
'calendar-wizard connect --help'."""

EPILOG = """\
examples:
  calendar-wizard resume             wait for the owner, at most as long as the
                                     link lives
  calendar-wizard resume --no-wait   only look; exit code 3: not yet
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = EPILOG
    parser.add_argument("--no-wait", action="store_true", help="look once, and leave")
    # Without a default, which would hide what stands before the command.
    missing: dict[str, Any] = {"default": argparse.SUPPRESS}
    parser.add_argument("--receipt", metavar="FILE", help="at the end, write what was done into a new FILE", **missing)
    add_json_option(parser, JSON_ANYWAY)
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """Go on."""
    from wizard.running import on_site

    return on_site(options, _resume)


async def _resume(site: OnSite, options: argparse.Namespace) -> int:
    from wizard import files
    from wizard.unattended import front

    return await front.resume(site, files.runs_folder(), wait=not options.no_wait)
