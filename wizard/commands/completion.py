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
    from argcomplete.completers import DirectoriesCompleter, FilesCompleter, SuppressCompleter

    for parser in top.all_parsers():
        for action in parser.arguments():
            place = str(action.metavar or "")
            if "FILE" in place or "DIR" in place:
                # Not an attribute that argparse knows; it is where argcomplete looks.
                completed: Any = action
                completed.completer = FilesCompleter() if "FILE" in place else DirectoriesCompleter()
    argcomplete.autocomplete(top, always_complete_options=False, default_completer=SuppressCompleter())
