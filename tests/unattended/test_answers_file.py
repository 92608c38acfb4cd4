"""Answers from a file and from options: what is read, what is refused, and what stands over what."""

import json
from pathlib import Path

import pytest

from wizard.cli import main, parser
from wizard.commands import connect
from wizard.domain import Method
from wizard.unattended import answers_file
from wizard.unattended.answers_file import AnswersError, Given, read, wish
from wizard.wishes import Directions, PasswordSource, Wish

AS_IN_HELP = "\n".join(
    line.removeprefix("  ") for line in connect.EPILOG.split("as well:\n")[1].split("\nlines on")[0].splitlines()
)
SECRET = "abcd-efgh-ijkl-mnop"


def file(folder: Path, text: str, name: str = "answers.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_the_file_that_the_help_shows_is_understood(tmp_path: Path) -> None:
    assert wish(read(file(tmp_path, AS_IN_HELP)), {}) == Wish(
        "Apple",
        "business",
        Method.CREDENTIALS,
        "owner@example.com",
        PasswordSource("env", "OWNER_PASSWORD"),
        Directions(True, ("Work",), True),
    )


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ('{ file = "p" }', PasswordSource("file", "p")),
        ('{ command = "pass show p" }', PasswordSource("command", "pass show p")),
        ("{ stdin = true }", PasswordSource("stdin")),
    ],
)
def test_a_password_comes_from_one_place(tmp_path: Path, written: str, source: PasswordSource) -> None:
    assert read(file(tmp_path, f"password = {written}")) == {"password": source}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("shedule = 'business'", "shedule isn't known; there are: provider, method, schedule, email, password, sync"),
        ("[sync]\ncalendar = 'Work'", r"sync\.calendar isn't known; there are: sync\.import, "),
        ("provider = 3", "provider has to be text"),
        ("email = ''", "email has to be text"),
        ("email = 'dana'", "“dana” doesn't look like an email address"),
        ("method = 'password'", "method has to be OAUTH or CREDENTIALS, not 'password'"),
        ("sync = true", r"sync has to be a table: \[sync\]"),
        ("[sync]\nimport = 'on'", r"sync\.import has to be true or false"),
        ("[sync]\ncalendars = 'Work'", r"sync\.calendars has to be a list"),
        ("[sync]\ncalendars = [3]", r"sync\.calendars has to be a list"),
        ("provider = Apple", r"it isn't TOML: .*line 1"),
        ("{", "neither TOML nor a receipt"),
        ('{"schema": 1, "answers": null}', "isn't the receipt of a run"),
        ("a = " + "[" * 100_000, "nested too deeply"),
        ('{"a":' + "[" * 100_000, "nested too deeply"),
        ("#" * (answers_file.MOST_BYTES + 1), "too large"),
    ],
)
def test_what_is_written_wrong_is_refused_with_what_is_accepted(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(AnswersError, match=words):
        read(file(tmp_path, text))


@pytest.mark.parametrize(
    "written",
    [
        f'"{SECRET}"',
        "3",
        "{ }",
        f'{{ value = "{SECRET}" }}',
        f'{{ env = "A", file = "{SECRET}" }}',
        "{ stdin = false }",
        '{ env = "" }',
    ],
)
def test_a_password_itself_is_refused_and_not_repeated(tmp_path: Path, written: str) -> None:
    with pytest.raises(AnswersError, match=r'password = \{ env = "VARIABLE" \}') as caught:
        read(file(tmp_path, f"password = {written}"))
    assert SECRET not in str(caught.value)


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    with pytest.raises(AnswersError, match="No such file"):
        read(tmp_path / "none")
    (tmp_path / "binary").write_bytes(b"\xff")
    with pytest.raises(AnswersError, match="isn't text"):
        read(tmp_path / "binary")


def test_a_receipt_serves_as_well(tmp_path: Path) -> None:
    text = json.dumps({"schema": 1, "answers": {"provider": "p", "schedule": "s", "sync": {"export": True}}})
    assert read(file(tmp_path, text, "receipt.json")) == {"provider": "p", "schedule": "s", "exports": True}


def test_options_stand_over_the_file() -> None:
    in_file = Given(provider="a", schedule="s", imports=True, calendars=("Work",), exports=True)
    assert wish(in_file, Given(provider="b", exports=False)) == Wish(
        "b", "s", directions=Directions(True, ("Work",), False)
    )
    assert wish(in_file, Given(imports=False)).directions == Directions(False, None, True)


def test_provider_and_schedule_have_to_be_given() -> None:
    with pytest.raises(AnswersError, match="a provider and a schedule: give --provider and --schedule, or --answers"):
        wish({}, {})


def test_the_options_say_all_that_a_file_can() -> None:
    line = "connect --provider Apple --schedule business --method credentials --email owner@example.com --import on"
    options = parser().parse_args(
        [*line.split(), "--export=off", "--calendar=Work", "--calendar=Home", "--password-stdin"]
    )
    assert wish({}, connect.given(options)) == Wish(
        "Apple",
        "business",
        Method.CREDENTIALS,
        "owner@example.com",
        PasswordSource("stdin"),
        Directions(True, ("Work", "Home"), False),
    )


@pytest.mark.parametrize(
    "option", ["--answers", "--provider", "--schedule", "--method", "--email", "--calendar", "--password-env"]
)
def test_an_option_that_a_variable_which_is_not_set_left_empty_is_named(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["connect", option, ""])
    assert f"argument {option}: it is empty; perhaps a variable isn't set" in capsys.readouterr().err


@pytest.mark.parametrize("written", [["--password", SECRET], [f"--password={SECRET}"], ["--password"]])
def test_a_password_on_the_command_line_is_refused_and_not_repeated(
    capsys: pytest.CaptureFixture[str], written: list[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["connect", *written])
    said = capsys.readouterr().err
    assert "use --password-env" in said
    assert SECRET not in said


def test_answers_that_cannot_be_used_end_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connect", "--provider", "Apple"]) == 2
    assert capsys.readouterr() == (
        "",
        "calendar-wizard: there has to be a schedule: give --schedule, or --answers FILE\n",
    )
