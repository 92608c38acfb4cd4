"""`calendar-wizard completion`: what a shell asks this program with at each press of Tab, and the answers.

argcomplete does both. It asks the parser that reads the command line, so there is no second list to keep in step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from wizard.parsing import Parser

SHELLS = ("bash", "zsh", "fish")

DESCRIPTION = """\
Prints what lets your shell complete this program's commands, options and
files when you press Tab. Put the line for your shell into its start-up file."""

EPILOG = """\
examples:
  eval "$(calendar-wizard completion bash)"        in ~/.bashrc
  eval "$(calendar-wizard completion zsh)"         in ~/.zshrc, after compinit
  calendar-wizard completion fish | source         in ~/.config/fish/config.fish
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help="the shell: bash, zsh or fish")


def run(options: argparse.Namespace) -> int:
    """Print the shell's part."""
    from argcomplete.shell_integration import shellcode

    # bash's own completion, which takes over where there is nothing to offer, would offer files for everything.
    print(shellcode(["calendar-wizard"], shell=options.shell, complete_arguments=["-o", "nospace"]))
    return 0


def offer(top: Parser) -> None:
    """Answer the shell that started this process for it, and end the process."""
    import argcomplete
    from argcomplete.completers import SuppressCompleter

    for parser in top.all_parsers():
        for action in parser.arguments():
            if completer := _completer(str(action.metavar or "")):
                # Not an attribute that argparse knows; it is where argcomplete looks.
                completed: Any = action
                completed.completer = completer
    argcomplete.autocomplete(top, always_complete_options=False, default_completer=SuppressCompleter())


def _completer(place: str) -> object | None:
    """Return what offers values for an argument that help calls so."""
    from argcomplete.completers import DirectoriesCompleter, FilesCompleter

    from wizard.domain import Method

    if "FILE" in place:
        return FilesCompleter()
    if "DIR" in place:
        return DirectoriesCompleter()
    if place == "METHOD":
        return lambda **_: [method.value for method in Method]
    return _faults if place == "CALL=KIND" else None


def _faults(prefix: str, **_: object) -> list[str]:
    from wizard.sandbox import faults

    call, equals, _kind = prefix.partition("=")
    if not equals:
        return [f"{one}=" for one in faults.CALLS]
    kinds = (
        faults.KINDS if call in faults.PAGED_CALLS else [one for one in faults.KINDS if one not in faults.PAGED_KINDS]
    )
    return [f"{call}={kind}" for kind in kinds]
