"""The README's examples: the code blocks below a mark, which readers don't see.

| mark | the block below it |
|---|---|
| `<!-- example -->` | commands that end with 0 |
| `<!-- example: exit 1 -->` | commands that end with that code |
| `<!-- example: serves -->` | a command that runs until it is ended |
| `<!-- file: answers.toml -->` | a file of that name, there for every example |
"""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(r"<!-- (example|file)(?:: ([^>]*?))? -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# It stands where a shell's command may; before it are its variables, and from one of the shell's own signs on it ends.
_COMMAND = re.compile(
    r"(?:^|[|;&(] *)((?:\w+=\S+ +)*)(?:\.venv/bin/)?calendar-wizard(?![\w.-])([^|<>();&#\n]*)", re.MULTILINE
)


@dataclass(frozen=True)
class Command:
    """One run of the program: its arguments, and the variables that stand before it."""

    arguments: tuple[str, ...]
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Example:
    """The commands of a block, in their order, and how each is to end; `serves` says that only a signal ends it."""

    commands: tuple[Command, ...]
    exit: int = 0
    serves: bool = False

    def __str__(self) -> str:
        return " ".join(self.commands[0].arguments)


def examples(text: str) -> list[Example]:
    """Return the examples of a text in Markdown."""
    return [
        Example(
            commands=tuple(_commands(body)),
            exit=int(how.removeprefix("exit ")) if how.startswith("exit ") else 0,
            serves=how == "serves",
        )
        for kind, how, body in _BLOCK.findall(text)
        if kind == "example"
    ]


def files(text: str) -> dict[str, str]:
    """Return what the examples need, by the names of the files."""
    return {name: body for kind, name, body in _BLOCK.findall(text) if kind == "file"}


def _commands(block: str) -> list[Command]:
    return [
        Command(
            tuple(shlex.split(arguments)),
            tuple((name, value) for name, _, value in (word.partition("=") for word in shlex.split(variables))),
        )
        for variables, arguments in _COMMAND.findall(block.replace("\\\n", " "))
    ]
