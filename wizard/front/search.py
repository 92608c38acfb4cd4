"""How what a person types finds a row: all words have to be in it, whatever their case and accents."""

from __future__ import annotations

import unicodedata

from wizard.inert import steady

# The letters of Europe's names that Unicode doesn't take apart, such as the i without a dot, as others type them.
_WHOLE = str.maketrans(
    {
        "ł": "l",
        "\u0131": "i",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
    }
)


def fold(text: str) -> str:
    """Reduce text to what a search compares: no case, no accents, emoji as names are shown with them."""
    if text.isascii():
        return text.casefold()
    plain = "".join(c for c in unicodedata.normalize("NFKD", steady(text)) if not unicodedata.combining(c))
    return plain.casefold().translate(_WHOLE)
