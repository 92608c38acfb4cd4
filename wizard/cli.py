"""The command line: commands, options, exit codes. Imports everything else late, so that --help is instant."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from wizard import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wizard.launch import Embedded
    from wizard.settings import Settings

CONNECTED, REFUSED, USAGE, TEMPORARY, SIGN_IN, LEFT = 0, 1, 2, 3, 4, 130

DESCRIPTION = """\
Connects a Google, Outlook or Apple calendar to a schedule of a Wix site,
step by step."""

EPILOG = """\
environment:
  WIX_API_KEY, WIX_SITE_ID       sign in with an API key: the key, and the GUID
                                 after /dashboard/ in the dashboard's address
  WIX_API_KEY_FILE               a file that holds the API key, instead of the
                                 key itself; WIX_API_KEY stands before it
  WIX_ACCESS_TOKEN, WIX_SITE_ID  sign in with an access token, such as the Wix
                                 CLI prints
  WIX_APP_ID, WIX_APP_SECRET,
  WIX_INSTANCE_ID                sign in as an app
  WIX_BASE_URL                   another address than https://www.wixapis.com
  NO_COLOR                       no colours
Without a sign-in here, the one that 'calendar-wizard site --save' keeps in the
system's keyring is used; without that, the wizard asks.

exit codes:
  0    connected; with site: saved, or forgotten
  1    refused, or failed for good
  2    the command line can't be used as it is
  3    failed for now: try again
  4    the sign-in to Wix is missing or was refused
  130  left by the person
  128 + N  ended by signal N: 129 the terminal was closed, 143 terminated

examples:
  calendar-wizard --sandbox      try everything on a made-up site
  calendar-wizard                connect a calendar to your site
  calendar-wizard --json         ... and print the result for a script
  calendar-wizard --receipt connected.json
                                 ... and keep what was done
  calendar-wizard site --save    keep the sign-in to your site in the keyring
"""

SITE_DESCRIPTION = """\
Keeps the sign-in to your site in the operating system's keyring, or removes it
from there. --save takes it from the environment, or asks for it; it is saved
once Wix has accepted it."""

SANDBOX_DESCRIPTION = """\
Runs only the embedded site, on loopback, until ctrl+c or SIGTERM. When it is
ready it prints one JSON line on standard output: {"url", "apiKey", "siteId",
"accounts": [{"provider", "email", "password", "caldavUrl"}]}. A password is
what Connect By Credentials takes, and what any CalDAV client signs in with."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="calendar-wizard",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"calendar-wizard {__version__}")
    top.add_argument("--sandbox", action="store_true", help="use the embedded site instead of a real one")
    top.add_argument("--data", metavar="DIR", help="with --sandbox: keep the embedded site's data in DIR")
    top.add_argument(
        "--fault",
        metavar="CALL=KIND",
        type=_fault,
        action="append",
        default=[],
        help="with --sandbox: let a call go wrong on purpose; 'calendar-wizard sandbox --help' lists how",
    )
    top.add_argument("--latency", metavar="SECONDS", type=_latency, help="with --sandbox: let each answer come later")
    top.add_argument("--site-id", metavar="ID", help="the Wix site; stands before WIX_SITE_ID")
    top.add_argument("--base-url", metavar="URL", help="the Wix API's address; stands before WIX_BASE_URL")
    top.add_argument(
        "--redirect-url",
        metavar="URL",
        help="where the browser comes back to; a loopback address is listened on (default: 127.0.0.1, random port)",
    )
    top.add_argument("--no-browser", action="store_true", help="never open a browser from here")
    top.add_argument("--json", action="store_true", help="print the result as one JSON object on standard output")
    top.add_argument("--receipt", metavar="FILE", help="at the end, write what was done into FILE, which must be new")
    top.add_argument(
        "--log-file", metavar="FILE", help="append what happens to FILE, without names or secrets (default: no log)"
    )
    commands = top.add_subparsers(dest="command", metavar="command", title="commands", parser_class=_Command)
    _add_site(commands)
    sandbox = commands.add_parser(
        "sandbox",
        help="run only the embedded site",
        description=SANDBOX_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    sandbox.late_epilog = _list_faults
    # Its own names, because a sub-parser's defaults overwrite what the top parser has read.
    sandbox.add_argument(
        "--port", type=_port, default=0, metavar="N", help="the port to listen on (default: a free one)"
    )
    sandbox.add_argument(
        "--data", dest="site_data", metavar="DIR", help="keep the data in DIR (default: a temporary one)"
    )
    sandbox.add_argument(
        "--fault",
        dest="site_faults",
        metavar="CALL=KIND",
        type=_fault,
        action="append",
        default=[],
        help="let a call go wrong on purpose, as listed below",
    )
    sandbox.add_argument(
        "--latency",
        dest="site_latency",
        metavar="SECONDS",
        type=_latency,
        default=0.0,
        help="let each answer come that much later (default: 0)",
    )
    return top


class _Command(argparse.ArgumentParser):
    """A command's parser. `late_epilog` makes the end of its help, and only when that is shown."""

    late_epilog: Callable[[], str] | None = None

    def format_help(self) -> str:
        if self.late_epilog is not None:
            self.epilog = self.late_epilog()
        return super().format_help()


def _add_site(commands: argparse._SubParsersAction[_Command]) -> None:
    site = commands.add_parser(
        "site",
        help="save the sign-in to your site, or forget it",
        description=SITE_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    what = site.add_mutually_exclusive_group(required=True)
    what.add_argument("--save", action="store_true", help="check the sign-in, and keep it in the keyring")
    what.add_argument("--forget", action="store_true", help="remove it from the keyring")
    # Without defaults, which would overwrite what the top parser has read.
    for option, metavar, words in (
        ("--site-id", "ID", "the Wix site; stands before WIX_SITE_ID"),
        ("--base-url", "URL", "the Wix API's address, for which alone it is kept; stands before WIX_BASE_URL"),
    ):
        site.add_argument(option, metavar=metavar, default=argparse.SUPPRESS, help=words)


def _list_faults() -> str:
    from wizard.sandbox import faults

    return faults.describe()


def _fault(text: str) -> str:
    from wizard.sandbox import faults

    faults.Rule.parse(text)
    return text


def _latency(text: str) -> float:
    from wizard.sandbox import faults

    return faults.parse_latency(text)


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 0 (any) to 65535")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    top = parser()
    options = top.parse_args(arguments)
    if options.command == "sandbox":
        return _sandbox(options)
    if options.data and not options.sandbox:
        top.error("--data goes with --sandbox")
    if options.fault and not options.sandbox:
        top.error("--fault goes with --sandbox")
    if options.latency is not None and not options.sandbox:
        top.error("--latency goes with --sandbox")
    if options.command == "site":
        return _site(top, options)

    from wizard import settings

    try:
        chosen = settings.read(options, os.environ)
    except settings.UsageError as error:
        top.error(str(error))
    # Textual draws on standard error, so that standard output is free for --json.
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        print("calendar-wizard: the wizard needs a terminal (standard input and standard error)", file=sys.stderr)
        return USAGE
    from contextlib import ExitStack

    with ExitStack() as run:
        if chosen.log_file is not None:
            from wizard import log

            try:
                run.enter_context(log.to_file(chosen.log_file))
            except OSError as error:
                top.error(f"--log-file: {options.log_file!r} can't be opened: {error.strerror}")
        if chosen.sandbox:
            return _on_sandbox(chosen, options)
        return _wizard(chosen, None, as_json=options.json)


def _site(top: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    if options.sandbox:
        top.error("--sandbox signs in by itself, so there is nothing to save or forget")

    from wizard import saving, settings

    try:
        return saving.forget() if options.forget else saving.save(settings.read(options, os.environ))
    except settings.UsageError as error:
        top.error(str(error))
    except (EOFError, KeyboardInterrupt):
        print(file=sys.stderr)
        return LEFT


def _sandbox(options: argparse.Namespace) -> int:
    from pathlib import Path

    from wizard import launch

    if not launch.installed():
        print(f"calendar-wizard: {launch.HOW_TO_INSTALL}", file=sys.stderr)
        return USAGE

    from wizard.sandbox import faults, server

    return server.serve(
        port=options.port,
        data=Path(options.site_data) if options.site_data else None,
        faults=faults.Faults.parse(options.site_faults, options.site_latency),
    )


def _on_sandbox(chosen: Settings, options: argparse.Namespace) -> int:
    from wizard import launch

    if not launch.installed():
        print(f"calendar-wizard: {launch.HOW_TO_INSTALL}", file=sys.stderr)
        return USAGE
    # Started before Textual is even imported: both come up at the same time.
    with launch.Embedded(chosen.data, options.fault, options.latency or 0.0) as embedded:
        return _wizard(chosen, embedded, as_json=options.json)


def _wizard(chosen: Settings, embedded: Embedded | None, *, as_json: bool) -> int:
    from wizard import files, saved
    from wizard.tui.app import WizardApp
    from wizard.tui.session import Session

    session = Session(chosen, embedded, saved.note_for(chosen), records=files.state_folder() / "runs")
    app = WizardApp(session)
    ending = app.run()
    if chosen.receipt is not None:
        answers, fault = (ending.answers, ending.fault) if ending else (app.answers, None)
        _write_receipt(chosen.receipt, session.receipt(answers, fault))
    if ending is None:
        return app.return_code or REFUSED

    from wizard import report

    if as_json and (result := report.as_json(ending.answers)):
        print(result)
    if words := report.as_words(ending.answers, ending.fault):
        print(words, file=sys.stderr)
    if ending.state == "finished":
        return CONNECTED
    return report.exit_code(ending.fault) if ending.state == "failed" else LEFT


def _write_receipt(path: Path, content: dict[str, object]) -> None:
    from contextlib import suppress

    from wizard import receipt

    said = f"The receipt is in {path}"
    try:
        receipt.write(path, content)
    except OSError as error:
        said = f"calendar-wizard: the receipt could not be written to {path}: {error.strerror}"
    with suppress(OSError):  # the terminal may be gone
        print(said, file=sys.stderr)
