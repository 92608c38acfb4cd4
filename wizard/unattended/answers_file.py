"""Answers for an unattended run, from a TOML file or from the receipt of an earlier run."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any, TypedDict

from wizard.account import email_problem
from wizard.domain import Method
from wizard.inert import inert
from wizard.wishes import Directions, PasswordSource, Wish, WishError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 1024 * 1024
"""The largest file that is read; a receipt with all its calls has a tenth of that."""
FROM_WHERE = 'password = { env = "VARIABLE" }, { file = "FILE" }, { command = "COMMAND" } or { stdin = true }'


class AnswersError(WishError):
    """Answers that can't be used as they are written."""

    code = "answers"


class Given(TypedDict, total=False):
    """Answers, as far as they are given."""

    provider: str
    method: Method
    schedule: str
    email: str
    password: PasswordSource
    imports: bool
    calendars: tuple[str, ...]
    exports: bool


def read(path: Path) -> Given:
    """Read a TOML file of answers, or the `answers` of a receipt. Raises `AnswersError`."""
    name = f"--answers {inert(path)}"
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise AnswersError(f"{name}: it can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise AnswersError(f"{name}: it isn't text in UTF-8") from None
    if len(content) > MOST_BYTES:
        raise AnswersError(f"{name}: it is too large for a file of answers")
    try:
        return given(_of_receipt(text) if text.lstrip().startswith("{") else _of_toml(text))
    except AnswersError as error:
        raise AnswersError(f"{name}: {error}") from None
    except RecursionError:
        raise AnswersError(f"{name}: it can't be read: it is nested too deeply") from None


def _of_toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AnswersError(f"it isn't TOML: {inert(error)}") from None


def _of_receipt(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        raise AnswersError("it is neither TOML nor a receipt") from None
    answers = found.get("answers")
    if not isinstance(answers, dict):
        raise AnswersError("it isn't the receipt of a run whose provider and schedule were chosen")
    return answers


def given(content: dict[str, Any]) -> Given:
    """Check answers, and return them. Raises `AnswersError`."""
    _only_known(content, "", ("provider", "method", "schedule", "email", "password", "sync"))
    found: Given = {}
    if "provider" in content:
        found["provider"] = _text(content, "provider")
    if "schedule" in content:
        found["schedule"] = _text(content, "schedule")
    if "email" in content:
        found["email"] = _text(content, "email")
        if problem := email_problem(found["email"].strip()):
            raise AnswersError(problem)
    if "method" in content:
        found["method"] = method(_text(content, "method"))
    if "password" in content:
        found["password"] = _password(content["password"])
    sync = content.get("sync", {})
    if not isinstance(sync, dict):
        raise AnswersError("sync has to be a table: [sync]")
    _only_known(sync, "sync.", ("import", "calendars", "export"))
    if "import" in sync:
        found["imports"] = _switch(sync, "import")
    if "export" in sync:
        found["exports"] = _switch(sync, "export")
    if "calendars" in sync:
        calendars = sync["calendars"]
        if not isinstance(calendars, list) or not all(isinstance(one, str) and one.strip() for one in calendars):
            raise AnswersError('sync.calendars has to be a list of names or ids, like ["Work"]')
        found["calendars"] = tuple(calendars)
    return found


def method(text: str) -> Method:
    """Return the method of this name. Raises `AnswersError`."""
    try:
        return Method(text.strip().upper())
    except ValueError:
        raise AnswersError(f"method has to be {' or '.join(Method)}, not {inert(text, limit=40)!r}") from None


def wish(answers: Given, over: Given) -> Wish:
    """Return the wish of these answers and of those that stand over them. Raises `AnswersError`."""
    both = Given(**{**answers, **over})
    if over.get("imports") is False and "calendars" not in over:
        both.pop("calendars", None)  # they were said for when import is on
    missing = [name for name in ("provider", "schedule") if name not in both]
    if missing:
        options = " and ".join(f"--{name}" for name in missing)
        raise AnswersError(f"there has to be a {' and a '.join(missing)}: give {options}, or --answers FILE")
    return Wish(
        provider=both["provider"],
        schedule=both["schedule"],
        method=both.get("method"),
        email=both.get("email", "").strip(),
        password=both.get("password"),
        directions=Directions(both.get("imports"), both.get("calendars"), both.get("exports")),
    )


def _only_known(table: dict[str, Any], where: str, known: tuple[str, ...]) -> None:
    for name in table:
        if name not in known:
            accepted = ", ".join(where + one for one in known)
            raise AnswersError(f"{where}{inert(name, limit=40)} isn't known; there are: {accepted}")


def _text(table: dict[str, Any], name: str) -> str:
    value = table[name]
    if not isinstance(value, str) or not value.strip():
        raise AnswersError(f'{name} has to be text, in quotation marks: {name} = "…"')
    return value


def _switch(table: dict[str, Any], name: str) -> bool:
    value = table[name]
    if not isinstance(value, bool):
        raise AnswersError(f"sync.{name} has to be true or false, without quotation marks")
    return value


def _password(value: object) -> PasswordSource:
    """Return where the password comes from. Nothing of what stands there is repeated: it may be the password."""
    if isinstance(value, str):
        raise AnswersError(f"a password isn't taken from a file that isn't for it alone; write {FROM_WHERE}")
    match value:
        case {"stdin": True, **more} if not more:
            return PasswordSource("stdin")
        case {"env": str(name), **more} if name and not more:
            return PasswordSource("env", name)
        case {"file": str(name), **more} if name and not more:
            return PasswordSource("file", name)
        case {"command": str(name), **more} if name and not more:
            return PasswordSource("command", name)
    raise AnswersError(f"password has to say one place that it comes from: {FROM_WHERE}")
