"""Where a password may come from, and what is said when it doesn't."""

import io
import os
import sys
from pathlib import Path

import pytest

from wizard.unattended import passwords
from wizard.unattended.passwords import MOST_BYTES, PasswordError, read
from wizard.wishes import PasswordSource, SourceKind

MISPLACED = "abcd-efgh-ijkl-mnop"


def password(kind: SourceKind, name: str = "") -> str:
    return read(PasswordSource(kind, name)).get_secret_value()


def printing(code: str) -> str:
    return f"'{sys.executable}' -S -E -c '{code}'"


class Piped(io.TextIOWrapper):
    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content))


def test_it_comes_from_a_variable_a_file_a_command_or_standard_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OWNER_PASSWORD", "from a variable ")
    (tmp_path / "file").write_text("from a file\r\n")
    monkeypatch.setattr(sys, "stdin", Piped(b"piped\n\n"))
    assert password("env", "OWNER_PASSWORD") == "from a variable "
    assert password("file", str(tmp_path / "file")) == "from a file"
    assert password("command", printing('print("from a command")')) == "from a command"
    assert password("stdin") == "piped\n"


def test_a_command_runs_without_a_shell_and_gets_no_sign_in_to_wix_and_no_other_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WIX_API_KEY", "IST.key")
    monkeypatch.setenv("OWNER_PASSWORD", "another's")
    password("env", "OWNER_PASSWORD")  # a bulk run reads all of these before it runs the first command
    code = 'import os, sys; print(sys.argv[1:], {"WIX_API_KEY", "OWNER_PASSWORD"} & set(os.environ))'
    assert password("command", printing(code) + " $HOME *") == "['$HOME', '*'] set()"


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("env", "NOT_SET", "the variable NOT_SET isn't set"),
        ("env", "EMPTY", "the variable is empty"),
        ("file", "none", "No such file"),
        ("file", ".", "Is a directory"),
        ("file", "a\0b", "no usable name"),
        ("file", "empty", "the file is empty"),
        ("file", "newline", "the file is empty"),
        ("file", "large", "the file is too large"),
        ("file", "binary", "the file isn't text"),
        ("command", "", "is empty"),
        ("command", "echo 'a", "quotation mark"),
        ("command", "no-such-program", "No such file"),
        ("command", "false", "failed, with exit code 1"),
        ("command", "true", "the command's output is empty"),
        ("command", "sleep 9", "took longer than"),
    ],
)
def test_what_goes_wrong_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: SourceKind, name: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.defpath)  # looking for a program in a forbidden directory would be the mistake
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.delenv("NOT_SET", raising=False)
    monkeypatch.setattr(passwords, "COMMAND_SECONDS", 0.05 if name == "sleep 9" else 10)
    for file, content in {"empty": b"", "newline": b"\n", "large": b"x" * (MOST_BYTES + 1), "binary": b"\xff"}.items():
        Path(file).write_bytes(content)
    with pytest.raises(PasswordError, match=words):
        password(kind, name)


def test_a_terminal_is_not_read_from() -> None:
    controlling, terminal = os.openpty()
    with os.fdopen(terminal, "r") as shown, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", shown)
        with pytest.raises(PasswordError, match="send it through a pipe"):
            password("stdin")
    os.close(controlling)


@pytest.mark.parametrize("kind", ["env", "file", "command"])
def test_a_password_in_the_wrong_place_is_not_repeated(kind: SourceKind) -> None:
    with pytest.raises(PasswordError) as caught:
        password(kind, MISPLACED)
    assert MISPLACED not in str(caught.value)
    assert MISPLACED not in repr(PasswordSource(kind, MISPLACED))
