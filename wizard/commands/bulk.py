"""`calendar-wizard bulk`: many calendars at once, from a CSV file."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.exits import UsageError
from wizard.options import JSON_ANYWAY, add_json_option, add_site_options
from wizard.wishes import REDIRECT_URL

if TYPE_CHECKING:
    from wizard.bulk.rows import Row
    from wizard.running import OnSite

DESCRIPTION = """\
Connects a calendar for each row of a CSV file. The whole file is checked before
anything is changed, and every mistake is listed with its line; only calendars
of accounts yet to be connected can't be looked up before. Then the rows are
worked through as fast as Wix allows, 189 requests a minute. Killed and run
again, it continues; a calendar that is already connected is left as it is,
except for its directions. Owners who have to allow access in a browser are
invited."""

EPILOG = """\
columns, in any order, with commas, semicolons or tabs between them, in UTF-8:
  schedule, provider, email      needed; the first two by name or id
  method                         credentials or oauth, where there are both
  password_env                   the environment variable that has the password
  password_file                  or: the file that holds nothing but it, as seen
                                 from the current folder
  password_command               or: the command that prints it
  import, export                 on or off; empty: as Wix sets it
  calendars                      to import from, by name or id; Work;Home

lines on standard output, one for each row in the order they finish, each with
its "line" in the file, and told apart by "state"; with --watch, connected or
failed comes later as another line for a row that was invited:
  connected   by this run, or by the one that it continues
  exists      connected before
  invited     the owner's link is in the file of invitations; until expiresAt
  failed      the fault, in words, and Wix's request id
  planned     what --dry-run would do

exit codes:
  0    all rows are connected
  1    some were refused, or the links could not be written
  2    the file or the command line can't be used as it is; nothing was changed
  3    some failed for now, or wait for their owners, or another run is at work
       on the site: run it again
  4    the sign-in to Wix is missing or was refused
  130  left with ctrl+c; run again, it continues

examples:
  calendar-wizard bulk team.csv --dry-run
  calendar-wizard bulk team.csv > results.jsonl
  calendar-wizard bulk team.csv --invitations links.csv --watch
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = EPILOG
    parser.add_argument("file", metavar="FILE.csv", help="the table of calendars")
    parser.add_argument("--dry-run", action="store_true", help="read everything, change nothing, print the plan")
    parser.add_argument(
        "--invitations",
        metavar="FILE",
        help="write the links for the owners who have to allow access into a new FILE, .csv or .json",
    )
    parser.add_argument(
        "--watch",
        action="store_true",
        help="then follow who has used the link, and set the directions of those who have",
    )
    # Without a default, which would hide what stands before the command.
    missing: dict[str, Any] = {"default": argparse.SUPPRESS}
    parser.add_argument(
        "--redirect-url",
        metavar="URL",
        help=f"where an owner's browser ends, such as a page that says thank you (default: {REDIRECT_URL})",
        **missing,
    )
    add_json_option(parser, JSON_ANYWAY)
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """Connect what is in the file."""
    from wizard.bulk import rows
    from wizard.running import on_site

    invitations = _checked(options.invitations)
    found = rows.read(Path(options.file))
    return on_site(options, partial(_connect, found=found, invitations=invitations), steady=True)


async def _connect(site: OnSite, options: argparse.Namespace, *, found: list[Row], invitations: Path | None) -> int:
    from wizard.bulk import front

    file = Path(options.file)
    if options.dry_run:
        return await front.rehearse(site, file, found)
    redirect_url = site.settings.redirect_url or REDIRECT_URL
    return await front.work(site, file, found, invitations=invitations, redirect_url=redirect_url, watch=options.watch)


def _checked(name: str | None) -> Path | None:
    """Return the path of the file of invitations. Raises `UsageError` where it can't be written."""
    if name is None:
        return None
    path = Path(name)
    if path.suffix.lower() not in (".csv", ".json"):
        raise UsageError(f"--invitations: {name!r} should end in .csv or .json, which says how it is written")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageError(f"--invitations: {name!r} can't be written; give the name of a new file in a folder of yours")
    if os.path.lexists(path):
        raise UsageError(f"--invitations: {name!r} exists already; give the name of a new file")
    return path
