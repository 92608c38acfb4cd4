"""`calendar-wizard connect`: a connection without questions."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.options import JSON_ANYWAY, add_json_option, add_password_options, add_site_options, filled

if TYPE_CHECKING:
    from wizard.running import OnSite
    from wizard.unattended.answers_file import Given
    from wizard.wishes import Wish

DESCRIPTION = """\
Connects a calendar without asking anything. What is wanted comes from options,
from a file of answers, or both; options come first. A connection that stands
already is kept, and only its directions are set: twice is the same as once.
Results are JSON objects, one a line, on standard output."""

USAGE = """\
calendar-wizard connect --answers FILE [options]
       calendar-wizard connect --provider NAME --schedule NAME [options]"""
EPILOG = """\
the file of answers, in TOML; a receipt (--receipt) serves as well:
  provider = "Apple"                     # name, id or type
  method = "CREDENTIALS"                 # only where the provider offers both
  schedule = "business"                  # id, external id or name
  email = "owner@example.com"
  password = { env = "OWNER_PASSWORD" }  # or file = "…", command = "…",
                                         # stdin = true; never the password
  [sync]
  import = true
  calendars = ["Work"]                   # to import from: names or ids
  export = true

lines on standard output, told apart by "state":
  planned     what --dry-run would do
  authorize   oauthUrl: what the account's owner has to open, until expiresAt
  connected   what stands now; the run's last line, exit code 0
  failed      the fault, in words, and Wix's request id

exit codes: as calendar-wizard --help lists them; 3 also where --no-wait leaves
before the account's owner has allowed access.

examples:
  calendar-wizard connect --answers apple.toml --dry-run
  calendar-wizard connect --provider apple --schedule "Dana Levi" \\
    --email dana@icloud.example --password-env DANA_PASSWORD --export on
  calendar-wizard connect --provider google --schedule business --no-wait
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.usage = USAGE
    parser.description = DESCRIPTION
    parser.epilog = EPILOG
    for name, metavar, words in (
        ("answers", "FILE", "take what isn't given here from FILE"),
        ("provider", "NAME", "the calendar's provider: name, id or type"),
        ("schedule", "NAME", "the schedule: name, id or external id; or 'business'"),
        ("method", "METHOD", "OAUTH or CREDENTIALS, where the provider offers both"),
        ("email", "EMAIL", "the account's email; by OAUTH, whose consent is expected"),
    ):
        parser.add_argument(f"--{name}", metavar=metavar, type=filled, help=words)
    add_password_options(parser)
    for name, words in (("import", "let its events block booking times"), ("export", "let appointments appear in it")):
        parser.add_argument(f"--{name}", choices=("on", "off"), help=f"{words} (default: as Wix sets it)")
    parser.add_argument(
        "--calendar",
        metavar="NAME",
        action="append",
        type=filled,
        help="import from this one, by name or id; may be repeated",
    )
    parser.add_argument("--dry-run", action="store_true", help="read everything, change nothing, print the plan")
    parser.add_argument(
        "--no-wait", action="store_true", help="print the link and leave; 'calendar-wizard resume' continues"
    )
    # Without defaults, which would hide what stands before the command.
    missing: dict[str, Any] = {"default": argparse.SUPPRESS}
    parser.add_argument("--redirect-url", metavar="URL", help="where the owner's browser comes back to", **missing)
    parser.add_argument("--receipt", metavar="FILE", help="at the end, write what was done into a new FILE", **missing)
    add_json_option(parser, JSON_ANYWAY)
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """Connect, unless it is connected already."""
    from wizard.running import on_site
    from wizard.unattended import answers_file

    wish = answers_file.wish(answers_file.read(Path(options.answers)) if options.answers else {}, given(options))
    return on_site(options, partial(_connect, wish=wish))


async def _connect(site: OnSite, options: argparse.Namespace, *, wish: Wish) -> int:
    from wizard import files
    from wizard.unattended import front

    folder = files.runs_folder_if_any()
    return await front.connect(site, wish, folder, dry_run=options.dry_run, wait=not options.no_wait)


def given(options: argparse.Namespace) -> Given:
    """Return the answers that the options give, checked as those of a file are."""
    from wizard.unattended import answers_file

    sync = {name: value == "on" for name in ("import", "export") if (value := getattr(options, name)) is not None}
    sources = {
        kind: value
        for kind in ("env", "file", "command", "stdin")
        if (value := getattr(options, f"password_{kind}")) not in (None, False)
    }
    content: dict[str, Any] = {
        name: value
        for name in ("provider", "schedule", "method", "email")
        if (value := getattr(options, name)) is not None
    }
    if sources:
        content["password"] = sources
    content["sync"] = sync | ({"calendars": options.calendar} if options.calendar else {})
    return answers_file.given(content)
