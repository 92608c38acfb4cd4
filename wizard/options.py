"""The options that every command on a site has, and their values."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False  # typing's own would be the largest import of --help
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from wizard.wishes import PasswordSource


def fault(text: str) -> str:
    """Check a fault's CALL=KIND, and return it."""
    from wizard.sandbox import faults

    faults.Rule.parse(text)
    return text


def filled(text: str) -> str:
    """Check that a text isn't empty, and return it."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; perhaps a variable isn't set")
    return text


def latency(text: str) -> float:
    """Return a latency in seconds."""
    from wizard.sandbox import faults

    return faults.parse_latency(text)


_SITE: dict[str, dict[str, Any]] = {
    "--sandbox": {"action": "store_true", "help": "use the sandbox, an embedded test site, instead of a real one"},
    "--data": {"metavar": "DIR", "help": "with --sandbox: keep its data in DIR"},
    "--fault": {
        "metavar": "CALL=KIND",
        "action": "append",
        "type": fault,
        "help": "with --sandbox: let a call go wrong on purpose; 'calendar-wizard sandbox --help' lists how",
    },
    "--latency": {"metavar": "SECONDS", "type": latency, "help": "with --sandbox: delay each answer"},
    "--site-id": {"metavar": "ID", "help": "the Wix site; overrides WIX_SITE_ID"},
    "--base-url": {"metavar": "URL", "help": "the Wix API's address; overrides WIX_BASE_URL"},
    "--log-file": {
        "metavar": "FILE",
        "help": "append what happens to FILE, without names or secrets (default: no log)",
    },
}


def add_site_options(parser: argparse.ArgumentParser, *, command: bool = True) -> None:
    """Add what says which site is meant; to a `command` without defaults, which would hide what stands before it."""
    missing: dict[str, Any] = {"default": argparse.SUPPRESS} if command else {}
    for name, more in _SITE.items():
        parser.add_argument(name, **more, **missing)


JSON_ANYWAY = "changes nothing: results are JSON here in any case"
"""What --json means to a command that prints nothing else."""


def add_json_option(parser: argparse._ActionsContainer, words: str) -> None:
    """Add --json to a command or a group, without the default that would hide one before the command."""
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=words)


def add_password_options(parser: argparse.ArgumentParser) -> None:
    """Add where the account's password comes from; the command line itself is refused."""
    source = parser.add_mutually_exclusive_group()
    for kind, metavar, words in (
        ("env", "VARIABLE", "the environment variable that has the password"),
        ("file", "FILE", "the file that holds nothing but the password"),
        ("command", "COMMAND", "the command that prints the password; runs without a shell"),
    ):
        source.add_argument(f"--password-{kind}", metavar=metavar, type=filled, help=words)
    source.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    parser.add_argument("--password", nargs="?", const="", type=_refused, help=argparse.SUPPRESS)


def _refused(_: str) -> NoReturn:
    """Refuse a password, without repeating it."""
    raise argparse.ArgumentTypeError(
        "a password isn't taken from the command line, which other programs and the shell's history can show; use "
        "--password-env, --password-file, --password-command or --password-stdin, and change one that you typed here"
    )


def password_source(options: argparse.Namespace) -> PasswordSource | None:
    """Return where the password comes from; None where the command line doesn't say."""
    from wizard.wishes import PasswordSource

    if options.password_stdin:
        return PasswordSource("stdin")
    if options.password_env is not None:
        return PasswordSource("env", options.password_env)
    if options.password_file is not None:
        return PasswordSource("file", options.password_file)
    return PasswordSource("command", options.password_command) if options.password_command is not None else None
