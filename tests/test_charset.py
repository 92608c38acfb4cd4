"""A terminal without UTF-8: what stands for the characters that it lacks."""

from __future__ import annotations

import codecs
import io
import locale
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.cells import cell_len

import wizard
from wizard import cli
from wizard.charset import agree, settle_for


def written(text: str, encoding: str = "ascii") -> str:
    """Return what a stream of that encoding gets."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    settle_for(stream)
    stream.write(text)
    stream.seek(0)
    return stream.read()


def test_every_sign_of_the_program_has_its_stand_in_of_one_cell() -> None:
    package = Path(wizard.__file__).parent
    sources = [path.read_text("utf-8") for path in package.rglob("*.py") if "sandbox" not in path.parts]
    signs = {sign for source in sources for sign in source if not sign.isascii()} - {"�"}
    assert len(signs) > 30
    assert {sign: written(sign) for sign in signs if len(written(sign)) != 1 or written(sign) == "?"} == {}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Chloé Dubois", "Chloe Dubois"),
        ("田中 美咲", "???? ????"),
        ("\uff37\uff49\uff58", "W i x "),
        ("Ole\u0301 👍\u200d", "Ole ??"),
        ("half \ud800", "half ?"),
    ],
)
def test_a_name_keeps_its_cells_and_what_is_like_a_letter_is_that(name: str, shown: str) -> None:
    assert written(name) == shown
    if "\ud800" not in name:
        assert cell_len(shown) == cell_len(name)


def test_what_a_character_set_has_is_left_alone() -> None:
    assert written("“Chloé”", "latin-1") == '"Chloé"'


def test_the_program_settles_for_them_where_it_has_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    errors = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")  # as Python's own
    monkeypatch.setattr(sys, "stderr", errors)
    table = tmp_path / "team.csv"
    table.write_bytes(b"\xe9")
    assert cli.main(["bulk", str(table)]) == 2
    errors.seek(0)
    assert errors.read().endswith('Save the table as "CSV UTF-8".\n')


class Pretended(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("own", "chosen", "read"),
    [
        ("ISO-8859-1", {}, "iso8859-1"),
        ("ISO-8859-1", {"PYTHONUTF8": "1"}, "utf-8"),
        ("ANSI_X3.4-1968", {}, "utf-8"),  # the C locale's, where nobody has said what the terminal is
        ("TCVN5712-1", {}, "utf-8"),  # unknown to Python
    ],
)
def test_a_terminal_that_is_no_utf_8_is_not_taken_for_it(
    monkeypatch: pytest.MonkeyPatch, own: str, chosen: dict[str, str], read: str
) -> None:
    monkeypatch.delenv("PYTHONUTF8", raising=False)
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    monkeypatch.setattr(os, "environ", {**os.environ, **chosen})
    monkeypatch.setattr(locale, "getencoding", lambda: own)
    monkeypatch.setattr(sys, "flags", SimpleNamespace(utf8_mode=1, verbose=0))  # as from Python 3.15 on
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, Pretended(io.BytesIO(), encoding="utf-8"))
    agree()
    assert {codecs.lookup(one.encoding).name for one in (sys.stdin, sys.stdout, sys.stderr)} == {read}
