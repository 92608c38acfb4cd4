"""How what a person types finds a row: all words have to be in it, whatever their case and accents."""

from __future__ import annotations

import unicodedata

from wizard.inert import steady

# Letters that Unicode doesn't take apart, and how people type them who haven't got them.
_WHOLE = str.maketrans(
    {
        "\N{LATIN SMALL LETTER L WITH STROKE}": "l",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "\N{LATIN SMALL LETTER D WITH STROKE}": "d",
        "\N{LATIN SMALL LETTER ETH}": "d",
        "\N{LATIN SMALL LETTER THORN}": "th",
        "\N{LATIN SMALL LETTER O WITH STROKE}": "o",
        "\N{LATIN SMALL LETTER AE}": "ae",
        "\N{LATIN SMALL LIGATURE OE}": "oe",
        "\N{LATIN SMALL LETTER H WITH STROKE}": "h",
        "\N{LATIN SMALL LETTER T WITH STROKE}": "t",
        "\N{LATIN SMALL LETTER ENG}": "n",
    }
)


def fold(text: str) -> str:
    """Reduce text to what a search compares: no case, no accents, emoji as names are shown with them."""
    if text.isascii():
        return text.casefold()
    plain = "".join(c for c in unicodedata.normalize("NFKD", steady(text)) if not unicodedata.combining(c))
    return plain.casefold().translate(_WHOLE)
