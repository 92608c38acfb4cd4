"""argparse's parser, which also says what may have been meant by a mistyped command, option or choice."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from importlib import import_module

TYPE_CHECKING = False  # typing's own would be the largest import of --help
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType
    from typing import Any


class Parser(argparse.ArgumentParser):
    """A parser that suggests. Its errors end the program with code 2, as argparse's do."""

    def options(self) -> list[str]:
        """Return every option it takes, as typed."""
        return list(self._option_string_actions)

    def shown_options(self) -> list[str]:
        """Return those that --help names: the rest is only there to be refused."""
        return [name for name, one in self._option_string_actions.items() if one.help != argparse.SUPPRESS]

    def commands(self) -> dict[str, Command]:
        """Return its commands by name; one that hasn't been used yet has still to `complete`."""
        choices = (action.choices for action in self._actions)
        return next((dict(found) for found in choices if isinstance(found, Mapping)), {})

    def arguments(self) -> list[argparse.Action]:
        """Return its options and arguments, without --help and the choice of a command."""
        return [one for one in self._actions if one.dest != "help" and not isinstance(one.choices, Mapping)]

    def all_parsers(self) -> list[Parser]:
        """Return this parser and those of its commands, all complete."""
        found: list[Parser] = [self]
        for command in self.commands().values():
            command.complete()
            found += command.all_parsers()
        return found

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as every parser does, once no option is mistyped.

        argparse would look at an unknown option last, after it has taken its value for a command.
        """
        words: Sequence[str] = sys.argv[1:] if args is None else args
        parser, parsers = self, [self]
        for name, command in self.commands().items():
            if name in words:
                command.complete()
                parser = command
                parsers += [command, *command.commands().values()]
        known = {name for one in parsers for name in one.options()}
        for word in words:
            # Without a command, what follows the first word may be options of one that is mistyped.
            if word == "--" or (parser is self and not word.startswith("-")):
                break
            option = word.partition("=")[0]
            if option.startswith("--") and option not in known:
                shown = [name for one in parsers for name in one.shown_options()]
                parser.error(f"there is no option '{option}'{_meant(option, shown)}")
        found, left = self.parse_known_args(words, namespace)
        if left:  # argparse would show the usage of the whole program, not the command's
            found.parser.error(f"unrecognized arguments: {' '.join(left)}")
        return found

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print help, version or usage; argparse's own would pass over a disk that is full."""
        file = file or sys.stderr
        file.write(message)
        file.flush()

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        meant = _meant(value, action.choices)
        if isinstance(action.choices, Mapping):  # only commands have something behind their names
            listed = f"; '{self.prog} --help' lists them"
            raise argparse.ArgumentError(None, f"there is no command {value!r}{meant or listed}")
        if meant:
            raise argparse.ArgumentError(action, f"invalid choice: {value!r}{meant}")
        super()._check_value(action, value)


class Command(Parser):
    """A command's parser. Its module, wizard/commands/NAME.py, describes and runs it, and is loaded when it is used."""

    def __init__(self, *, prog: str, **how: Any) -> None:
        """Make it without any option: --help only names the commands, and every start makes them all."""
        super().__init__(prog=prog, add_help=False, **how)
        self.set_defaults(parser=self)

    def complete(self) -> None:
        """Add the command's own description and options, once."""
        if not self.options():
            self.add_argument("-h", "--help", action="help", help="show this help message and exit")
            module_of(self.prog.rpartition(" ")[2]).add(self)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as every parser does, once all is there to be parsed."""
        self.complete()
        return super().parse_known_args(args, namespace)


def module_of(command: str) -> ModuleType:
    """Return the module of a command: `add` describes it to its parser, `run` does it and returns the exit code."""
    return import_module(f"wizard.commands.{command}")


def _meant(typed: object, known: Iterable[object]) -> str:
    from difflib import get_close_matches

    by_word = {str(one).lstrip("-"): one for one in known}  # dashes would make every option like every other
    word = str(typed).lstrip("-")
    begun = [one for one in by_word if word and one.startswith(word)]
    found = get_close_matches(word, by_word, n=1) or begun
    return f"; did you mean '{by_word[found[0]]}'?" if found else ""
