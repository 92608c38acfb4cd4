"""The bulk file: what is read from it, and every mistake with its line."""

from pathlib import Path

import pytest

from wizard.bulk import rows
from wizard.bulk.rows import Mistake, MistakesError, Row
from wizard.domain import Method
from wizard.exits import StartError
from wizard.wishes import Directions, PasswordSource, Wish


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "team.csv"


def read(file: Path, text: str | bytes) -> list[Row]:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return rows.read(file)


def mistakes(file: Path, text: str) -> list[Mistake]:
    with pytest.raises(MistakesError) as caught:
        read(file, text)
    return caught.value.mistakes


def only(file: Path, columns: str, cells: str) -> Mistake:
    """Return the only mistake of a row that has all it needs, and these."""
    (mistake,) = mistakes(file, f"schedule,provider,email,{columns}\nDana,Apple,dana@example.com,{cells}\n")
    return mistake


def test_a_row_says_what_is_wished_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANA", "secret")
    (row,) = read(
        file,
        "email,Provider, schedule ,METHOD,password_env,import,calendars,export\n"
        "dana@example.com,Apple,Dana Levi,credentials,DANA,on, Work; Home;,off\n",
    )
    directions = Directions(imports=True, calendars=("Work", "Home"), exports=False)
    source = PasswordSource("env", "DANA")
    wish = Wish("Apple", "Dana Levi", Method.CREDENTIALS, "dana@example.com", source, directions)
    assert row == Row(2, wish)


@pytest.mark.parametrize(
    "text",
    [
        "schedule,provider,email\nZoë,Apple,zoe@example.com\n",
        "\ufeffschedule,provider,email\r\nZoë,Apple,zoe@example.com",
        "schedule;provider;email\nZoë;Apple;zoe@example.com\n",
        "schedule\tprovider\temail\nZoë\tApple\tzoe@example.com\n",
        '"schedule";"provider";"email"\n"Zoë";"Apple";"zoe@example.com"\n',
        "schedule,provider,email,, \nZoë,Apple,zoe@example.com,,\n",
        "schedule;provider;email\nZoë;Apple;zoe@example.com; ;\n",
        "sep=;\r\nschedule;provider;email\r\nZoë;Apple;zoe@example.com\r\n",
        "\ufeffsep=,\nschedule,provider,email\nZoë,Apple,zoe@example.com\n",
    ],
)
def test_it_is_read_as_spreadsheets_write_it(file: Path, text: str) -> None:
    (row,) = read(file, text)
    assert row.wish == Wish("Apple", "Zoë", email="zoe@example.com")


def test_a_table_whose_lines_end_as_on_old_macs_is_read_like_any_other(file: Path) -> None:
    (row,) = read(file, "schedule,provider,email,calendars\rZoë,Apple,zoe@example.com,Work;Home\r")
    assert (row.line, row.wish.directions.calendars) == (2, ("Work", "Home"))


def test_lines_are_counted_as_an_editor_does(file: Path) -> None:
    text = 'schedule,provider,email\n\n"two\nlines",Apple,a@example.com\n,,\nDana,Apple,b@example.com\n'
    assert [(row.line, row.wish.schedule) for row in read(file, text)] == [(3, "two\nlines"), (6, "Dana")]


def test_every_mistake_is_told_at_once_with_its_line_and_column(file: Path) -> None:
    text = "schedule,provider,email,import,colour\n,Apple,dana,yes,red\nDana,,dan@example.com,off,\n"
    found = [(mistake.line, mistake.column) for mistake in mistakes(file, text)]
    assert found == [(1, "colour"), (2, "email"), (2, "import"), (2, "schedule"), (3, "provider")]


def test_each_column_without_a_name_is_told_by_its_place(file: Path) -> None:
    text = ",schedule,,provider,email,\n,Dana,,Apple,dana@example.com,\n"
    assert [mistake.column for mistake in mistakes(file, text)] == ["column 1", "column 3"]


def test_a_mistake_is_said_as_compilers_say_it(file: Path) -> None:
    with pytest.raises(MistakesError, match=r"^1 mistake; nothing was changed:\n.*/team.csv:2: email: “dana” doesn't"):
        read(file, "schedule,provider,email\nDana,Apple,dana\n")


def test_a_password_in_the_table_is_refused_and_not_repeated(file: Path) -> None:
    with pytest.raises(MistakesError) as caught:
        read(file, "schedule,provider,email,password\nDana,Apple,dana@example.com,abcd-efgh\n")
    assert "password: a password doesn't belong in a table" in str(caught.value)
    assert "abcd-efgh" not in str(caught.value)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("password_env", "NOWHERE_SET", "the variable NOWHERE_SET isn't set"),
        ("password_file", "/nowhere", "No such file"),
        ("password_command", "nowhere-installed", "there is no such program"),
        ("password_command", "echo 'x", "a quotation mark in it isn't closed"),
        ("method", "fax", "“fax” is neither credentials nor oauth"),
        ("export", "1", "“1” is neither on nor off"),
        ("import,calendars", "off,Work", "import is off"),
        ("password_env,password_file", "PATH,/nowhere", "the password already comes from password_env"),
        ("passwort_env", "x", "perhaps password_env is meant"),
        ("email", "x", "this column appears twice"),
        ("import", "on,more", "5 values, but only 4 columns have a name"),
        ("import,", "on,more,", "5 values, but only 4 columns have a name"),
    ],
)
def test_what_cannot_be_used_is_told_with_the_reason(file: Path, column: str, cell: str, said: str) -> None:
    assert said in only(file, column, cell).words


@pytest.mark.parametrize(("delimiter", "name"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs")])
def test_too_many_values_name_what_stands_between_them(file: Path, delimiter: str, name: str) -> None:
    columns, cells = "schedule,provider,email", "Dana,Apple,dana@example.com,more"
    (mistake,) = mistakes(file, f"{columns}\n{cells}\n".replace(",", delimiter))
    assert mistake.words.endswith(f"put quotation marks around a value with {name}")


def test_the_same_calendar_twice_is_a_mistake_however_it_is_written(file: Path) -> None:
    text = "schedule,provider,email\nDana,Apple,dana@example.com\ndana,APPLE,Dana@Example.com\n"
    assert mistakes(file, text) == [Mistake(3, "", "this calendar is already on line 2")]


def test_broken_quotation_marks_are_told_with_their_line(file: Path) -> None:
    assert mistakes(file, 'schedule,provider,email\nDana,"Apple"x,dana@example.com\n')[0].line == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"schedule,provider,email\n", "has no rows"),
        ("schedule,provider,email\nZoë,Apple,z@example.com".encode("latin-1"), "line 2: that isn't UTF-8"),
        ("schedule,provider,email\rZoë,Apple,z@example.com".encode("mac-roman"), "line 2: that isn't UTF-8"),
        ("schedule,provider,email\n".encode("utf-16-le"), "line 1: that isn't UTF-8"),
    ],
)
def test_what_is_no_table_says_what_to_do(file: Path, content: bytes, said: str) -> None:
    with pytest.raises(StartError, match=said):
        read(file, content)


def test_a_file_that_is_not_there_is_told(file: Path) -> None:
    with pytest.raises(StartError, match="can't be read: No such file"):
        rows.read(file)
