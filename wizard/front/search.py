"""How what a person types finds a row: all words have to be in it, whatever their case and accents."""

from __future__ import annotations

import unicodedata

from wizard.inert import steady


def fold(text: str) -> str:
    """Reduce text to what a search compares: no case, no accents, emoji as names are shown with them."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", steady(text)) if not unicodedata.combining(c))
    return text.casefold()
