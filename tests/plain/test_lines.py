"""Lines at a terminal."""

import asyncio
import io
import os
import pty
import sys
import termios
from contextlib import closing

import pytest

from wizard.plain.lines import Lines, standard_lines


async def test_nothing_typed_is_shown_from_the_moment_on_that_a_secret_is_asked_for() -> None:
    person, terminal = pty.openpty()
    asked, echoes = asyncio.Event(), []

    class Screen(io.StringIO):
        def write(self, text: str) -> int:
            if "Password" in text:
                echoes.append(bool(termios.tcgetattr(terminal)[3] & termios.ECHO))
                asked.set()
            return super().write(text)

    with (
        closing(os.fdopen(person, "wb", buffering=0)) as keys,
        closing(os.fdopen(terminal, "rb", buffering=0)) as typed,
    ):
        answering = asyncio.ensure_future(Lines(typed, Screen()).read_unseen("Password:"))
        await asked.wait()
        keys.write(b"hush\n")
        assert await answering == "hush"
    assert echoes == [False]


async def test_a_letter_is_read_in_the_terminals_own_character_set() -> None:
    class Latin1(io.BytesIO):
        def isatty(self) -> bool:
            return True

        def fileno(self) -> int:
            return -1

    assert await Lines(Latin1("Zoë\n".encode("latin-1")), io.StringIO(), "latin-1").read() == "Zoë"


async def test_the_mark_that_a_file_of_answers_begins_with_is_no_part_of_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers, end = os.pipe()
    os.write(end, b"\xef\xbb\xbf3\r\ndana\r\n")
    os.close(end)
    with os.fdopen(answers) as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        lines = standard_lines()
        assert [await lines.read(), await lines.read()] == ["3", "dana"]


def test_what_is_said_and_asked_is_broken_between_words_where_the_terminal_ends() -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

        def fileno(self) -> int:
            raise OSError  # of no size, so it is taken for one of 80 columns

    screen = Screen()
    lines = Lines(io.BytesIO(), screen)
    lines.say("word " * 30)
    lines.prompt("word " * 30 + "[default]:")
    assert max(map(len, screen.getvalue().split("\n"))) < 80
    assert screen.getvalue().endswith("word\n[default]: ")
