"""The command line: commands, options, exit codes. Imports everything else late, so that --help is instant."""

from __future__ import annotations

import argparse
import errno
import locale
import os
import sys

from wizard import __version__
from wizard.exits import CONNECTED, LEFT, REFUSED, USAGE, StartError, UsageError
from wizard.options import add_site_options
from wizard.parsing import Command, Parser, module_of

TYPE_CHECKING = False  # typing's own would be the largest import of --help
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.answers import Answers
    from wizard.front.outcome import Ending
    from wizard.front.session import Session
    from wizard.launch import Embedded
    from wizard.settings import Settings

COMMANDS = {
    "connect": "connect a calendar without questions, for scripts",
    "resume": "continue a connect run that left early or was cut off",
    "bulk": "connect many calendars, from a CSV file",
    "providers": "list the calendar providers that the site offers",
    "schedules": "list the site's schedules",
    "connections": "list the connections, or show one",
    "calendars": "list the calendars of a connected account",
    "events": "list what the connected calendars hold",
    "sync": "set which way a connection's events flow",
    "disconnect": "end a connection",
    "reconnect": "connect again what has stopped working",
    "status": "say whether all connections work, for monitoring",
    "site": "save the sign-in to your site, or forget it",
    "doctor": "check all that a connection needs, and say what to do",
    "sandbox": "run only the sandbox, an embedded test site",
    "completion": "print what lets a shell complete commands and options",
    "man": "print the manual page",
}
"""What each command does, in the order of --help. A command's module has its name."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""Why nothing more fits into the file that standard output is; whatever else may be full is told where it is used."""

READ_ENOUGH = 128 + 13
"""The exit code when standard output has nobody who reads it any more: that of SIGPIPE."""

DESCRIPTION = """\
Connects a Google, Outlook or Apple calendar to a schedule of a Wix site,
step by step."""

EPILOG = """\
environment:
  WIX_API_KEY, WIX_SITE_ID       sign in with an API key: the key, and the GUID
                                 after /dashboard/ in the dashboard's address
  WIX_API_KEY_FILE               a file that holds the API key, instead of the
                                 key itself; WIX_API_KEY comes first
  WIX_ACCESS_TOKEN, WIX_SITE_ID  sign in with an access token, such as the Wix
                                 CLI prints
  WIX_APP_ID, WIX_APP_SECRET,
  WIX_INSTANCE_ID                sign in as an app
  WIX_BASE_URL                   the API's address (https://www.wixapis.com)
  NO_COLOR                       no colours
  ACCESSIBLE                     one question per line, as --plain: for screen
                                 readers (anything but 0; TERM=dumb does too)
Without a sign-in here, the one that 'calendar-wizard site --save' keeps in the
system's keyring is used; without that, the wizard asks.

exit codes:
  0    connected; or the command has done what it is for
  1    refused, or failed for good; with status: a connection doesn't work
  2    the command line can't be used as it is
  3    failed for now: try again; with --no-wait also: not allowed yet
  4    the sign-in to Wix is missing or was refused
  130  left by the person
  128 + N  ended by signal N: 129 the terminal was closed, 143 terminated,
           141 whoever read the output has gone

examples:
  calendar-wizard --sandbox      try everything on the embedded test site
  calendar-wizard                connect a calendar to your site
  calendar-wizard --json         ... and print the result for a script
  calendar-wizard --receipt connected.json
                                 ... and keep what was done
  calendar-wizard --plain        ... one question per line
  calendar-wizard connect --answers answers.toml --dry-run
                                 say what would be connected, for scripts
  calendar-wizard site --save    keep the sign-in to your site in the keyring
  calendar-wizard doctor         find out what is missing, and what to do
"""


def parser() -> Parser:
    """Return the parser of the command line; a command's own part is only made when the command is used."""
    top = Parser(
        prog="calendar-wizard",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"calendar-wizard {__version__}")
    add_site_options(top, command=False)
    top.add_argument(
        "--redirect-url",
        metavar="URL",
        help="where the browser comes back to; a loopback address is listened on (default: 127.0.0.1, random port)",
    )
    top.add_argument("--no-browser", action="store_true", help="never open a browser from here")
    top.add_argument(
        "--plain",
        action="store_true",
        help="one question per line, without a screen; the default where TERM=dumb or ACCESSIBLE=1",
    )
    top.add_argument("--json", action="store_true", help="print the result as one JSON object on standard output")
    top.add_argument("--receipt", metavar="FILE", help="at the end, write what was done into FILE, which must be new")
    commands = top.add_subparsers(dest="command", metavar="command", title="commands", parser_class=Command)
    for name, words in COMMANDS.items():
        commands.add_parser(name, help=words, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    top.set_defaults(parser=top)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    _replace_closed_streams()
    if {locale.getencoding().lower(), sys.stdout.encoding, sys.stderr.encoding} != {"utf-8"}:
        from wizard.charset import agree

        agree()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:  # before anybody was there to take it, such as while a command is imported
        return LEFT
    except BrokenPipeError:  # whoever read along has read enough
        _write_no_more()
        return READ_ENOUGH
    except OSError as error:
        if error.errno not in _FULL:
            raise
        return _end_without_room(error)
    return code


def _write_no_more() -> None:
    from wizard.console import output

    output.write_no_more()


def _end_without_room(error: OSError) -> int:
    from wizard import running
    from wizard.domain import Fault

    _write_no_more()
    return running.end_with(Fault("output_failed", message=error.strerror or ""))


def _replace_closed_streams() -> None:
    """Open the null device for a standard stream that is closed (`>&-`): the next file would take its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _run(arguments: Sequence[str] | None) -> int:
    top = parser()
    if "_ARGCOMPLETE" in os.environ:  # a shell asks what may stand at the cursor
        module_of("completion").offer(top)
    options = top.parse_args(arguments)
    try:
        if options.command:
            _check_options_before(top, options)
        if options.command == "sandbox":
            return int(module_of("sandbox").run(options))
        _check_sandbox_options(options)
        return int(module_of(options.command).run(options)) if options.command else _wizard(options)
    except UsageError as error:
        options.parser.print_usage(sys.stderr)
        print(f"{options.parser.prog}: error: {error}", file=sys.stderr)
    except StartError as error:
        from wizard.running import say

        say(f"calendar-wizard: {error}")
        return error.exit_code
    return USAGE


def _check_options_before(top: Parser, options: argparse.Namespace) -> None:
    """Refuse what stands before a command and isn't its own: it would be ignored. Raises `UsageError`."""
    known = {one.dest for one in options.parser.arguments()}
    for one in top.arguments():
        if one.dest not in known and getattr(options, one.dest, one.default) != one.default:
            name = one.option_strings[-1]
            wrong = "has to stand after" if name in options.parser.options() else "doesn't go with"
            raise UsageError(f"{name} {wrong} {options.command}")


def _check_sandbox_options(options: argparse.Namespace) -> None:
    if options.sandbox:
        return
    for name, given in (
        ("--data", options.data),
        ("--fault", options.fault),
        ("--latency", options.latency is not None),
    ):
        if given:
            raise UsageError(f"{name} goes with --sandbox")


def _wizard(options: argparse.Namespace) -> int:
    from wizard import running, terminal

    chosen = running.read(options)
    plain = options.plain or terminal.wants_plain()
    # Textual draws on standard error, so that standard output is free for --json.
    if not plain and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise StartError(
            "the wizard needs a terminal (standard input and standard error); with --plain it works without one"
        )
    # The embedded site is started before Textual is even imported: both come up at the same time.
    with running.surroundings(chosen, options) as embedded:
        return (_line_by_line if plain else _full_screen)(chosen, embedded, as_json=options.json)


def _line_by_line(chosen: Settings, embedded: Embedded | None, *, as_json: bool) -> int:
    from wizard import files, running, saved
    from wizard.front.session import Session
    from wizard.plain.front import Front
    from wizard.plain.lines import standard_lines

    session = Session(chosen, embedded, saved.note_for(chosen), records=files.runs_folder_if_any())

    async def run() -> tuple[Ending | None, Answers, int]:
        front = Front(session, standard_lines())
        with running.signals_to(front.on_signal):
            ending = await front.run()
        return ending, front.answers, 128 + front.signal

    return _ended(session, *running.run(run()), as_json=as_json)


def _full_screen(chosen: Settings, embedded: Embedded | None, *, as_json: bool) -> int:
    import gc
    import signal

    gc.disable()  # what is loaded now stays, so looking for garbage in it is in vain; the app takes it up again

    from wizard import files, running, saved
    from wizard.front.session import Session
    from wizard.tui.app import WizardApp

    session = Session(chosen, embedded, saved.note_for(chosen), records=files.runs_folder_if_any())
    app = WizardApp(session)
    signal.signal(signal.SIGINT, app.on_signal)  # until the process has ended: there is nothing more to be left
    with running.signals_to(app.on_signal):
        ending = running.run(app.run_async())
    return _ended(session, ending, app.answers, app.return_code or REFUSED, as_json=as_json)


def _ended(session: Session, ending: Ending | None, answers: Answers, code: int, *, as_json: bool) -> int:
    """Tell how a run ended, and return its exit code: `code` where something from outside ended it."""
    from wizard import report, running

    reached = (ending.answers if ending else answers).reached

    if session.settings.receipt is not None:
        fault = ending.fault if ending else None
        running.write_receipt(session.settings.receipt, session.receipt(reached, fault))
    if ending is None:
        return code
    if words := report.as_words(reached, ending.fault):
        running.say(words)
    if as_json and (result := report.result(reached)):
        from wizard.console import output
        from wizard.domain import Fault

        try:
            output.json_lines([result])
        except Fault as fault:
            return running.end_with(fault)
    if ending.state == "finished":
        return CONNECTED
    return report.exit_code(ending.fault) if ending.state == "failed" else LEFT
