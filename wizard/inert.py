"""Makes text from outside harmless to show: names, titles and messages that Wix or a calendar sends.

Control characters could carry terminal escapes, and bidirectional overrides could make one name look like another
(Unicode TR 36); nobody misses either in a name.
"""

from __future__ import annotations

import unicodedata

_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Emoji are joined with this format character; without it families fall apart into their members.
_JOINER = "\u200d"


def inert(text: object, *, limit: int = 200) -> str:
    """Return `text` on one line, without control or format characters, at most `limit` characters long."""
    spaced = " ".join(str(text or "")[: limit * 4].split())
    if spaced.isprintable():  # as nearly every text is; Python knows without looking up each letter's category
        return _cut(spaced, limit)
    harmless = "".join(c for c in spaced if c == _JOINER or unicodedata.category(c) not in _HARMFUL)
    # Once more, for what was taken out may have stood between spaces, or have been all there was.
    words = (word.strip(_JOINER) for word in harmless.split())
    return _cut(" ".join(word for word in words if word), limit)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
