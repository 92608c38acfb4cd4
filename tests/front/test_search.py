import pytest

from wizard.front.search import fold
from wizard.inert import inert


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Chloé Łucja", "chloe lucja"),
        ("Elif YILMAZ Iş\u0131k", "elif yilmaz isik"),
        ("Đorđe Søren", "dorde soren"),
        ("Æsa Œuvre Straße", "aesa oeuvre strasse"),
        ("Þóra Guðrún", "thora gudrun"),
    ],
)
def test_what_is_found_needs_neither_case_nor_accents(name: str, typed: str) -> None:
    assert fold(name) == typed
    assert fold(name.swapcase()) == typed


def test_an_emoji_finds_the_name_that_it_was_copied_into() -> None:
    copied = "👩🏽\u200d💻 Studio 🏞\ufe0f"
    assert fold(copied) == fold(inert(copied))
