"""How what a person types finds a row: all words have to be in it, whatever their case and accents."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Reduce text to what a search compares: no case, no accents."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text.casefold()
