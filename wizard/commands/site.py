"""`calendar-wizard site`: the sign-in to a site, saved or forgotten."""

from __future__ import annotations

import argparse
import os
import sys

from wizard.exits import LEFT

DESCRIPTION = """\
Keeps the sign-in to your site in the operating system's keyring, or removes it
from there. --save takes it from the environment, or asks for it; it is saved
once Wix has accepted it."""

EPILOG = """\
examples:
  calendar-wizard site --save      keep it; later runs sign in by themselves
  calendar-wizard site --forget    remove it
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--save", action="store_true", help="check the sign-in, and keep it in the keyring")
    what.add_argument("--forget", action="store_true", help="remove it from the keyring")
    # Without defaults, which would overwrite what the top parser has read.
    for option, metavar, words in (
        ("--site-id", "ID", "the Wix site; overrides WIX_SITE_ID"),
        ("--base-url", "URL", "the Wix API's address, the only one it is used for; overrides WIX_BASE_URL"),
    ):
        parser.add_argument(option, metavar=metavar, default=argparse.SUPPRESS, help=words)


def run(options: argparse.Namespace) -> int:
    """Save or forget the sign-in."""
    from wizard import saving, settings

    try:
        return saving.forget() if options.forget else saving.save(settings.read(options, os.environ))
    except (EOFError, KeyboardInterrupt):
        print(file=sys.stderr)
        return LEFT
