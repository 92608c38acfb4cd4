"""`calendar-wizard doctor`: checks all that a connection needs, and says what to do about what is missing."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

from wizard import running
from wizard.domain import Fault
from wizard.exits import DONE, LEFT
from wizard.options import add_site_options

if TYPE_CHECKING:
    from wizard.doctor.checks import Finding
    from wizard.launch import Embedded
    from wizard.settings import Settings

DESCRIPTION = """\
Checks the sign-in, its permissions and the site's plan, the way to Wix, and
what this machine has to offer: a line each with its result (ok, warning,
failed or skipped) and what to do. It changes nothing. The exit code is 0 if
nothing failed, or that of the first failure."""

EPILOG = """\
examples:
  calendar-wizard doctor              check everything
  calendar-wizard doctor --json       ... one JSON object per line, for programs
  calendar-wizard --sandbox doctor    check this machine, without a site
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print an object for each check: check, result, what, remedy (or null)",
    )
    # Without defaults, which would hide what stands before the command.
    parser.add_argument("--no-browser", action="store_true", default=argparse.SUPPRESS, help="look for no browser")
    parser.add_argument(
        "--redirect-url", metavar="URL", default=argparse.SUPPRESS, help="see whether this one can be listened on"
    )
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """Check, print each finding as soon as it is there, and return the exit code."""
    chosen = running.read(options)
    try:
        with running.surroundings(chosen, options) as embedded:
            return running.run(_examine(chosen, embedded, as_json=options.json))
    except Fault as fault:  # the output's, for each other is a finding
        return running.end_with(fault)
    except KeyboardInterrupt:
        running.say("")
        return LEFT


async def _examine(chosen: Settings, embedded: Embedded | None, *, as_json: bool) -> int:
    from wizard.console import output
    from wizard.doctor import checks, texts

    failed: list[Finding] = []
    async for finding in checks.examine(chosen, embedded, running.say_pause):
        if as_json:
            output.json_lines([_object(finding)])
        else:
            print(_as_words(finding), flush=True)
        if finding.result is checks.Result.FAILED:
            failed.append(finding)
    labels = ", ".join(texts.LABELS[one.check] for one in failed)
    running.say(texts.FAILED.format(labels=labels) if failed else texts.NOTHING_FAILED)
    return failed[0].exit if failed else DONE


def _object(finding: Finding) -> dict[str, object]:
    return {"check": finding.check, "result": finding.result, "what": finding.what, "remedy": finding.remedy or None}


def _as_words(finding: Finding) -> str:
    """Return one line; in a terminal that is too narrow for it, what follows stands below its beginning."""
    from wizard.doctor.texts import LABELS

    line = f"{finding.result:<9}{LABELS[finding.check]}: {finding.what} {finding.remedy}".rstrip()
    if not sys.stdout.isatty():
        return line
    columns = shutil.get_terminal_size().columns
    return textwrap.fill(line, columns, subsequent_indent=" " * 9, break_on_hyphens=False)
