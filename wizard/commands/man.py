"""`calendar-wizard man`: the manual page (groff_man(7)), written from the parser of the command line."""

from __future__ import annotations

import argparse
from itertools import groupby
from typing import TYPE_CHECKING

from wizard import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wizard.parsing import Parser

DESCRIPTION = """\
Prints the manual page, for man to show or for a file."""

EPILOG = """\
examples:
  calendar-wizard man | man -l -                read it
  calendar-wizard man > calendar-wizard.1       keep it
"""

_MEANING = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}
"""What roff would make something else of: escapes, hyphens, curly quotes, accents."""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG


def run(options: argparse.Namespace) -> int:  # noqa: ARG001 - it has none
    """Print the page."""
    from wizard.cli import parser

    print("\n".join(page(parser())))
    return 0


def page(top: Parser) -> Iterator[str]:
    """Give the lines of the page of this parser with all its commands."""
    yield f'.TH {_text(top.prog.upper())} 1 "" "{_text(f"{top.prog} {__version__}")}" "User Commands"'
    yield ".nh"  # words that are typed are not to be taken apart
    purpose = " ".join((top.description or "").split()).removesuffix(".")
    yield from (".SH NAME", f"{_text(top.prog)} \\- {_text(purpose[:1].lower() + purpose[1:])}")
    yield from (".SH SYNOPSIS", f".B {_text(top.prog)}", "[OPTION ...] [COMMAND [OPTION ...]]")
    yield from (".SH OPTIONS", *_options(top.arguments()))
    yield ".SH COMMANDS"
    above = {name: one.help for one in top.arguments() for name in one.option_strings}
    for parser in top.all_parsers()[1:]:
        yield from (f".SS {_text(parser.prog)}", *_paragraphs(parser.description or ""))
        # An option of the same name may mean something else here, or say more.
        shared = [name for one in parser.arguments() for name in one.option_strings if above.get(name) == one.help]
        yield from _options(one for one in parser.arguments() if not set(shared).intersection(one.option_strings))
        if shared:
            yield from (".PP", _text(f"It also takes {', '.join(shared)}, as above."))
        yield from _paragraphs(parser.epilog or "", ".PP")
    yield from _paragraphs(top.epilog or "", sections=True)


def _options(actions: Iterable[argparse.Action]) -> Iterator[str]:
    for action in actions:
        if action.help == argparse.SUPPRESS:
            continue
        value = (
            "" if action.nargs == 0 else str(action.metavar or "|".join(action.choices or ()) or action.dest.upper())
        )
        names = [f"\\fB{_text(name)}\\fR" for name in action.option_strings]
        yield from (".TP", " ".join(filter(None, [", ".join(names), value and f"\\fI{_text(value)}\\fR"])))
        yield _text((action.help or "") % vars(action))


def _paragraphs(text: str, begins: str = "", *, sections: bool = False) -> Iterator[str]:
    """Give a help text's lines: what is indented stays as it is; what ends in a colon before that is a heading.

    `begins` is what begins the first paragraph: nothing where a heading does so by itself.
    """
    for kind, group in groupby(text.splitlines(), key=_kind):
        lines = [_text(line) for line in group]
        if kind == "text" and lines[-1].endswith(":"):
            heading = " ".join(lines)
            # Not .I, which would take quotation marks for its own.
            yield f".SH {heading[:-1].upper()}" if sections else f".PP\n\\fI{heading}\\fR"
            begins = ""
        elif kind != "nothing":
            if begins:
                yield begins
            yield from (".nf", *lines, ".fi") if kind == "example" else lines
            begins = ".PP"


def _kind(line: str) -> str:
    if not line.strip():
        return "nothing"
    return "example" if line.startswith(" ") else "text"


def _text(words: str) -> str:
    """Escape what roff would take for its own; a line that begins with a dot is not a request then either."""
    safe = "".join(_MEANING.get(letter, letter) for letter in words)
    return f"\\&{safe}" if safe.startswith(".") else safe
