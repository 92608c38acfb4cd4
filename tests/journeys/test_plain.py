"""The plain front in a real terminal that can only add lines, and in a pipe."""

import json
import subprocess
import termios
from functools import partial

from tests.journeys.conftest import PROGRAM, Start, Studio
from tests.journeys.steps import SCHEDULE
from tests.journeys.terminal import Terminal
from wizard import texts
from wizard.domain import Kind
from wizard.plain import texts as plain_texts

PASSWORD = texts.PASSWORD_OF[Kind.APPLE]


def echoes(terminal: Terminal) -> bool:
    """Whether the terminal shows what is typed."""
    flags = terminal.line_settings[3]
    assert isinstance(flags, int)
    return bool(flags & termios.ECHO)


def answer(terminal: Terminal, *answers: tuple[str, str]) -> None:
    """Wait for each question, and type the answer."""
    for question, text in answers:
        terminal.wait_until(partial(asked, terminal, question), question)
        terminal.type(f"{text}\r")


def asked(terminal: Terminal, question: str) -> bool:
    """Whether this is the last thing that was said."""
    said = [line for line in terminal.lines if line]
    return bool(said) and said[-1].startswith(question)


def test_a_dumb_terminal_is_asked_line_by_line_and_never_shows_a_secret(start: Start, studio: Studio) -> None:
    account = studio.account("Apple")
    known = {**studio.environment, "TERM": "dumb"}
    to_password = (("Number:", "3"), ("Number:", "dana levi"), (f"Number [{SCHEDULE}]:", ""), ("Email:", account.email))

    terminal = start(known=known)
    answer(terminal, *to_password)
    terminal.wait_until(lambda: asked(terminal, PASSWORD) and not echoes(terminal))
    terminal.press("ctrl+c")
    terminal.wait_for(plain_texts.LEFT_BY_PERSON)
    assert echoes(terminal)
    assert terminal.wait_for_end() == 130

    terminal = start(known=known)
    answer(terminal, *to_password)
    terminal.wait_until(lambda: not echoes(terminal))
    answer(terminal, (PASSWORD, account.password), ("Import:", ""), ("Numbers", ""), ("Export:", ""))
    answer(terminal, ("Import on", ""))
    terminal.wait_for(texts.STATES["done"].title.format(provider="Apple", schedule=SCHEDULE))
    answer(terminal, (texts.DONE_SYNCING, ""), (plain_texts.DONE_ASK, "3"))
    assert terminal.wait_for_end() == 0
    assert b"\x1b" not in terminal.said
    assert account.password.encode() not in terminal.said


def test_answers_come_from_a_pipe_and_the_result_goes_to_another(studio: Studio, environment: dict[str, str]) -> None:
    account = studio.account("Apple")
    answers = ["3", "dana levi", "", account.email, account.password, "", "", "", "", "3"]
    run = subprocess.run(
        [PROGRAM, "--plain", "--json"],
        input="\n".join(answers),
        env={**environment, **studio.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0
    assert json.loads(run.stdout)["calendarType"] == "I_CAL"
    assert run.stderr.endswith(f"\nApple is connected to {SCHEDULE}: import on, export off.\n")
    assert "\x1b" not in run.stderr
    assert account.password not in run.stderr
