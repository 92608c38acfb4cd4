import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.examples import TEXT
from wizard.inert import as_json, inert, without_controls

ESCAPE, BELL, OVERRIDE, ISOLATE, ZERO_WIDTH = "\x1b", "\x07", "\u202e", "\u2066", "\u200b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Dana Levi", "Dana Levi"),
        ("José Ángel", "José Ángel"),
        ("🇮🇱", "🇮🇱"),
        ("אלה כהן", "אלה כהן"),
        ("क्\u200dष", "क्\u200dष"),
        ("", ""),
        (None, ""),
        ("one\ntwo\r\n\tthree", "one two three"),
        ("  room  ", "room"),
        (f"{ESCAPE}]0;title{BELL}name", "]0;titlename"),
        (f"abc{OVERRIDE}fed", "abcfed"),
        (f"{ISOLATE}a", "a"),
        (f"{ZERO_WIDTH}", ""),
        ("\u200d", ""),
        (f"a {ZERO_WIDTH} b", "a b"),
        ("a\u2028b", "a b"),
        ("\ud800x", "x"),
    ],
)
def test_what_could_harm_a_terminal_or_a_reader_is_taken_out(text: str | None, shown: str) -> None:
    assert inert(text) == shown


def test_what_goes_into_a_file_keeps_its_lines_and_what_scripts_and_emoji_are_spelt_with() -> None:
    text = "क्\u200dष क्\u200cष\n👩\u200d🎨"
    assert without_controls(text) == text
    assert without_controls(f"a{ESCAPE}{OVERRIDE}{ISOLATE}{ZERO_WIDTH}\u061c\r\nb") == "a\nb"


@given(TEXT)
def test_json_says_everything_and_shows_nothing_harmful(text: str) -> None:
    written = as_json({"said": text})
    assert json.loads(written) == {"said": text}
    assert not {unicodedata.category(c) for c in written} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "shown", "cells"),
    [
        ("🏞\ufe0f", "🏞", 1),
        ("❤\ufe0f", "❤", 1),
        ("1\ufe0f⃣", "1⃣", 1),
        ("👍🏽", "👍", 2),
        ("👩🏽\u200d💻", "👩💻", 4),
        ("🏳\ufe0f\u200d🌈", "🏳🌈", 3),
        ("a \ufe0f b", "a b", 3),
    ],
)
def test_an_emoji_is_as_wide_in_every_terminal(text: str, shown: str, cells: int) -> None:
    assert inert(text) == shown
    assert cell_len(shown) == sum(map(cell_len, shown)) == cells


def test_a_long_text_is_cut_and_says_so() -> None:
    assert inert("x" * 300, limit=10) == "x" * 9 + "…"
    assert inert("x" * 10, limit=10) == "x" * 10


@given(st.text(st.characters(codec=None)))
def test_nothing_harmful_is_ever_left(text: str) -> None:
    shown = inert(text, limit=20)
    assert len(shown) <= 20
    assert shown == " ".join(shown.split(" "))
    assert shown == shown.strip()
    assert not {unicodedata.category(c) for c in shown.replace("\u200d", "")} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(TEXT)
def test_what_is_inert_stays_as_it_is(text: str) -> None:
    assert inert(inert(text)) == inert(text)
