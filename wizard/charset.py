"""Stand-ins for what a terminal's character set lacks: as many cells as what they stand for, so that nothing moves."""

from __future__ import annotations

import codecs
import io
import unicodedata

_STAND_INS = dict(
    zip(
        "“”‘’…·•↑↓●○◉✓☑☐▌▾─│╭╮╰╯▶◀◐◓◑◒▀▄█▁▂▃▅▆▇",  # noqa: RUF001 - the last six are the ends of Textual's scrollbars
        "\"\"''.-*^v*o*vx_>v-|++++><|/-\\^_#      ",
        strict=True,
    )
)


def settle_for(stream: object) -> None:
    """Let a stream write a stand-in where its encoding has no such character, instead of failing or a code."""
    if isinstance(stream, io.TextIOWrapper):
        codecs.register_error(__name__, _stand_in)
        stream.reconfigure(errors=__name__)


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_one, error.object[error.start : error.end])), error.end


def _one(character: str) -> str:
    if known := _STAND_INS.get(character):
        return known
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):  # takes no cell
        return ""
    letter = unicodedata.normalize("NFKD", character)[0]
    if letter.isascii() and letter.isprintable():
        return letter
    return "??" if unicodedata.east_asian_width(character) in ("W", "F") else "?"
