"""Tables, lines for programs, and what happens when nobody takes them."""

import errno
import io
import json
import sys

import pytest

from wizard.console import output
from wizard.domain import Fault

ROWS = [("田中 美咲", "Asia/Tokyo", "id-1"), ("Maximiliane von Hohenstein", "Europe/Berlin", "id-2")]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """Let standard output pass for a terminal of forty columns; return what reads it."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True)
    return capsys


def test_columns_are_aligned_by_what_letters_take_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.Table("Name", "Zone", "ID").add(ROWS)
    assert capsys.readouterr().out.splitlines() == [
        "Name                        Zone           ID",
        "田中 美咲                   Asia/Tokyo     id-1",
        "Maximiliane von Hohenstein  Europe/Berlin  id-2",
    ]


def test_later_rows_keep_to_the_columns_of_the_first_and_lose_nothing_in_a_pipe(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = output.Table("Name", "ID")
    table.add([("Dana", "1")])
    assert capsys.readouterr().out == "Name  ID\nDana  1\n"
    table.add([("Dan", "2"), ("Danielle", "3")])
    assert capsys.readouterr().out == "Dan   2\nDanielle  3\n"


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_the_widest_column_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    table = output.Table("Name", "Zone", "ID")
    table.add(ROWS)
    table.add([("田中 美咲 田中 美咲 田中", "Africa/Ouagadougou", "id-3")])
    assert capsys.readouterr().out.splitlines() == [
        "Name                 Zone           ID",
        "田中 美咲            Asia/Tokyo     id-1",
        "Maximiliane von Ho…  Europe/Berlin  id-2",
        "田中 美咲 田中 美…   Africa/Ouaga…  id-3",
    ]


@pytest.mark.usefixtures("terminal")
def test_columns_that_are_whole_stay_so_and_the_last_yields_first(capsys: pytest.CaptureFixture[str]) -> None:
    table = output.Table("Name", "Zone", "ID", whole=("Zone",))
    table.add([("n" * 30, "z" * 20, "i" * 9)])
    output.Table("Name", "ID", yields=True).add([("n" * 30, "i" * 36)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "nnnnnnn…  " + "z" * 20 + "  iiiiiii…"
    assert lines[3] == "n" * 30 + "  iiiiiii…"
    assert max(map(len, lines)) == 40
    table.add([("n" * 9, "z" * 21, "i" * 9)])
    assert capsys.readouterr().out == "nnnnnnn…  " + "z" * 21 + "  iiiiiii…\n"


@pytest.mark.usefixtures("terminal")
def test_a_later_row_is_only_cut_where_its_line_has_no_room(capsys: pytest.CaptureFixture[str]) -> None:
    table = output.Table("Name", "ID")
    table.fit([("Danielle", "1")])
    table.add([("Dan", "2"), ("Maximiliane von Hohenstein", "3"), ("n" * 40, "4")])
    assert capsys.readouterr().out.splitlines()[1:] == ["Dan       2", "Maximiliane von Hohenstein  3", "nnnnnnn…  4"]


def test_without_rows_there_is_no_heading(capsys: pytest.CaptureFixture[str]) -> None:
    output.Table("Name").add([])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("said", "cell"),
    [
        ("=1+1", "'=1+1"),
        (" @x", "' @x"),
        ("-5 %", "'-5 %"),
        ("a=b; c", "a=b; c"),
        ("a;=1", "a;'=1"),
        ('a;"=1', '"a;\'""=1"'),
        ("a\n\t+1", '"a\n\'+1"'),
        (True, "true"),
        ("a\x1bb\u202e\nc", '"ab\nc"'),
    ],
)
def test_no_cell_of_a_spreadsheet_is_run_or_obeyed(said: object, cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    output.Csv(["x"]).add([{"x": said}])
    assert capsys.readouterr().out == f"x\r\n{cell}\r\n"


def test_json_is_utf_8_and_shows_no_control_character_whatever_the_terminal_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    said = {"name": "Zoë 👩\u200d🎨 \x9b\u202e\u061c\U000e0041"}
    output.json_lines([said])
    line = written.getvalue().decode()
    assert "Zoë" in line
    assert not set("\x9b\u202e\u061c\U000e0041") & set(line)
    assert json.loads(line) == said


def test_a_letter_that_the_terminal_lacks_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    output.lines(["Zoë"])
    assert written.getvalue() == b"Zoe\n"


def test_a_full_disk_is_a_fault_and_nothing_more_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[bool] = []
    monkeypatch.setattr(sys, "stdout", _Full())
    monkeypatch.setattr(output, "write_no_more", lambda: ended.append(True))
    with pytest.raises(Fault, match="output_failed") as fault:
        output.lines(["more than it takes"])
    assert (fault.value.message, ended) == ("No space left on device", [True])


class _Full(io.StringIO):
    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")
