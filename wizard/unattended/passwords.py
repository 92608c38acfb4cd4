"""Where the password of an unattended run comes from: never from the command line or from a file of answers itself.

No error repeats the name of a file or a command: it may be the password, given in the wrong place.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.wishes import PasswordSource, WishError

if TYPE_CHECKING:
    from pydantic import SecretStr

MOST_BYTES = 64 * 1024
"""The largest password that is read: a larger one is another file, or the output of another command."""
COMMAND_SECONDS = 60.0
"""How long a command may take: a password manager may ask to be unlocked first."""
_read_from: set[str] = set()
"""The variables that hold passwords of this run. The command for another account's password gets none of them."""
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


class PasswordError(WishError):
    """A password that couldn't be had."""

    code = "password"


def read(source: PasswordSource) -> SecretStr:
    """Return the password from its source, without one newline at its end. Blocks. Raises `PasswordError`."""
    from pydantic import SecretStr

    match source.kind:
        case "env":
            where, found = "the variable", _from_variable(source.name)
        case "file":
            where, found = "the file", _from_file(source.name)
        case "command":
            where, found = "the command's output", _from_command(source.name)
        case "stdin":
            where, found = "standard input", _from_standard_input()
    if len(found) > MOST_BYTES:
        raise PasswordError(f"The password can't be read: {where} is too large to be one.")
    try:
        text = found.decode()
    except UnicodeDecodeError:
        raise PasswordError(f"The password can't be read: {where} isn't text in UTF-8.") from None
    password = text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
    if not password:
        raise PasswordError(f"There is no password: {where} is empty.")
    return SecretStr(password)


def _from_variable(name: str) -> bytes:
    value = os.environ.get(name)
    if value is None:
        shown = name if _VARIABLE.fullmatch(name) else "that was named for it"
        raise PasswordError(f"There is no password: the variable {shown} isn't set.")
    _read_from.add(name)
    return os.fsencode(value)


def _from_file(name: str) -> bytes:
    try:
        with Path(name).expanduser().open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, RuntimeError, ValueError) as error:  # no home folder; a name that can't be one
        why = getattr(error, "strerror", None) or "it has no usable name"
        raise PasswordError(f"The password's file can't be read: {why}.") from None


def _from_command(line: str) -> bytes:
    """Run a command without a shell. It may ask the person things, but gets neither Wix's sign-in nor a password."""
    try:
        words = shlex.split(line)
    except ValueError:
        raise PasswordError("The password's command can't be run: a quotation mark in it isn't closed.") from None
    if not words:
        raise PasswordError("The password's command is empty.")
    withheld = {name for name in os.environ if name.startswith("WIX_")} | _read_from
    environment = {name: value for name, value in os.environ.items() if name not in withheld}
    try:
        ran = subprocess.run(  # noqa: S603 - the person's own command
            words, stdout=subprocess.PIPE, env=environment, timeout=COMMAND_SECONDS, check=False
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it has no usable name"
        raise PasswordError(f"The password's command can't be run: {why}.") from None
    except subprocess.TimeoutExpired:
        raise PasswordError(f"The password's command took longer than {COMMAND_SECONDS:.0f} s.") from None
    if ran.returncode:
        raise PasswordError(f"The password's command failed, with exit code {ran.returncode}.")
    return ran.stdout


def _from_standard_input() -> bytes:
    if sys.stdin is None or sys.stdin.isatty():
        raise PasswordError("Standard input is a terminal, which would show the password: send it through a pipe.")
    return sys.stdin.buffer.read(MOST_BYTES + 1)
