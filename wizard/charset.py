"""The terminal's character set, and stand-ins for what it lacks: of as many cells as these, so that nothing moves."""

from __future__ import annotations

import codecs
import io
import locale
import os
import sys
import unicodedata

_STAND_INS = {
    sign: stand_in
    for signs, stand_in in {
        "“”": '"',
        "\u2018\u2019": "'",
        "·─◑": "-",
        "•●◉": "*",
        "○": "o",
        "↑▀": "^",
        "↓▾✓": "v",
        "☑": "x",
        "☐▄": "_",
        "▌▶": ">",
        "◀": "<",
        "│◐": "|",
        "◓": "/",
        "◒": "\\",
        "╭╮╰╯": "+",
        "█": "#",
        "▁▂▃▅▆▇": " ",  # the ends of Textual's scrollbars
    }.items()
    for sign in signs
}


def agree() -> None:
    """Read and write in the terminal's character set, with a stand-in for each character that it lacks."""
    if _is_utf_8_by_default():
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper) and stream.isatty():
                stream.reconfigure(encoding=locale.getencoding())
    settle_for(sys.stdout)
    settle_for(sys.stderr)


def _is_utf_8_by_default() -> bool:
    """Say whether Python takes the terminal for UTF-8 without having looked, as from 3.15 on (PEP 686).

    In the C locale it does so earlier, and rightly: there nobody has said what the terminal is.
    """
    try:
        is_said = codecs.lookup(locale.getencoding()).name not in ("ascii", "utf-8")
    except LookupError:  # Python doesn't know it
        is_said = False
    chosen = {"PYTHONUTF8", "PYTHONIOENCODING"} & os.environ.keys()
    return sys.platform != "win32" and bool(sys.flags.utf8_mode) and is_said and not chosen


def settle_for(stream: object) -> None:
    """Let a stream write a stand-in where its encoding has no such character, instead of failing or a code."""
    if isinstance(stream, io.TextIOWrapper):
        codecs.register_error(__name__, _stand_in)
        stream.reconfigure(errors=__name__)


def can_draw(signs: str) -> bool:
    """Say whether the terminal that Textual draws on has these characters themselves."""
    assert sys.__stderr__ is not None  # Textual draws there
    try:
        signs.encode(sys.__stderr__.encoding)
    except UnicodeEncodeError:
        return False
    return True


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_one, error.object[error.start : error.end])), error.end


def _one(character: str) -> str:
    from rich.cells import cell_len

    letter = unicodedata.normalize("NFKD", character)[0]
    if letter.isascii() and letter.isprintable():
        return letter.ljust(cell_len(character))
    return _STAND_INS.get(character, "?" * cell_len(character))
