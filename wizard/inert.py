"""Makes text from outside harmless to show and to keep: names, titles and messages that Wix or a calendar sends.

Control characters could carry terminal escapes, and bidirectional overrides could make one name look like another
(Unicode TR 36); nobody misses either in a name.
"""

from __future__ import annotations

import re
import unicodedata

_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Some scripts are spelt with these format characters.
_JOINER, _NON_JOINER = "\u200d", "\u200c"
# What makes an emoji of a sign or colours its skin, and what makes one of several (Unicode TS 51).
_WIDENING = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_JOINING = re.compile("(?<=[\u2190-\u2bff\U0001f000-\U0001faff])" + _JOINER)


def inert(text: object, *, limit: int = 200) -> str:
    """Return `text` on one line, without control or format characters, at most `limit` characters long."""
    spaced = " ".join(steady(str(text or "")[: limit * 4]).split())
    if spaced.isprintable():  # as nearly every text is; Python knows without looking up each letter's category
        return _cut(spaced, limit)
    harmless = "".join(c for c in spaced if c == _JOINER or unicodedata.category(c) not in _HARMFUL)
    # Once more, for what was taken out may have stood between spaces, or have been all there was.
    words = (word.strip(_JOINER) for word in harmless.split())
    return _cut(" ".join(word for word in words if word), limit)


def without_controls(text: str) -> str:
    """Return `text` for a file that others read, with its lines, and without other control or format characters.

    CSV and iCalendar can't carry the former; the joiners stay.
    """
    if text.isprintable():
        return text
    kept = ("\n", _JOINER, _NON_JOINER)
    return "".join(c for c in text if c in kept or unicodedata.category(c) not in _HARMFUL)


def as_json(said: object, *, indent: int | None = None) -> str:
    """Return JSON in which every control or format character is escaped: it says the same, and no terminal obeys it."""
    import json  # which nothing loads before the first frame

    def escaped(c: str) -> str:
        return json.dumps(c)[1:-1] if unicodedata.category(c) in _HARMFUL else c

    lines = json.dumps(said, ensure_ascii=False, indent=indent).split("\n")
    return "\n".join(line if line.isprintable() else "".join(map(escaped, line)) for line in lines)


def steady(text: str) -> str:
    """Take out of emoji what terminals disagree about the width of: a row would shift, and leave something behind.

    A plain sign, a yellow hand and a family one by one are as wide in each.
    """
    return text if text.isascii() else _JOINING.sub("", _WIDENING.sub("", text))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
