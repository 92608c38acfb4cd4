from wizard.front.search import fold
from wizard.inert import inert


def test_what_is_found_needs_neither_case_nor_accents() -> None:
    assert fold("Chloé Łucja") == fold("chloe Łucja")


def test_an_emoji_finds_the_name_that_it_was_copied_into() -> None:
    copied = "👩🏽\u200d💻 Studio 🏞\ufe0f"
    assert fold(copied) == fold(inert(copied))
