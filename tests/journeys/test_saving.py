"""`calendar-wizard site`: what it asks, what it says, and what it saves, against the sandbox."""

import json

import pytest

from tests.journeys.conftest import Start, Studio
from tests.keyrings import FAIL, MEMORY, NULL, MemoryKeyring
from wizard import cli, saving, texts
from wizard.console import command_texts
from wizard.domain import SignInWay
from wizard.plain import texts as plain_texts

BACKEND = "PYTHON_KEYRING_BACKEND"
FIRST = f"{plain_texts.NUMBER} [{texts.SITE_WAY[SignInWay.API_KEY]}]:"
LABEL = {name: label for name, (label, _) in texts.SITE_FIELD.items()}


def known(monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
    """Set these variables: of Wix, no others are set."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def test_a_sign_in_of_the_environment_is_checked_saved_and_forgotten(
    studio: Studio, memory: MemoryKeyring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known(monkeypatch, **studio.environment)
    assert cli.main(["site", "--save"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Saved: API key for site {studio.site_id} at {studio.url}, in the keyring (Memory).\n")
    (entry,) = memory.entries.values()
    assert json.loads(entry)["secret"] == studio.api_key
    assert cli.main(["site", "--forget"]) == 0
    assert capsys.readouterr().out == f"{command_texts.FORGOTTEN}\n"
    assert not memory.entries
    assert cli.main(["site", "--forget"]) == 0
    assert capsys.readouterr().out == f"{command_texts.NOTHING_SAVED}\n"


@pytest.mark.usefixtures("memory")
def test_an_access_token_is_saved_with_the_word_that_it_will_not_last(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def accepted(*_: object) -> None:
        """Let Wix accept it."""

    monkeypatch.setattr(saving, "_check", accepted)
    known(monkeypatch, WIX_ACCESS_TOKEN="ey.token", WIX_SITE_ID="6a1f0c52-93d8-4e7b-b1a4-2f5c8d7e9b30")
    assert cli.main(["site", "--save"]) == 0
    assert command_texts.SAVED_SHORT_LIVED in capsys.readouterr().err


def test_a_refused_sign_in_is_not_saved_and_gives_4(
    studio: Studio, memory: MemoryKeyring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known(monkeypatch, **studio.environment | {"WIX_API_KEY": "IST.wrong"})
    assert cli.main(["site", "--save"]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert "Not saved: Wix refused the sign-in to the site." in err
    assert not memory.entries


def test_it_asks_for_what_is_missing_and_says_what_is_wrong_but_never_shows_the_secret(
    start: Start, studio: Studio
) -> None:
    terminal = start("site", "--save", "--base-url", studio.url, known={BACKEND: MEMORY})
    for question, answer in (
        (FIRST, "4"),
        (plain_texts.NO_NUMBER.format(last=3), "1"),
        (LABEL["site_id"] + " (", "riverside"),
        (texts.SITE_NOT_GUID.format(label=LABEL["site_id"]), studio.site_id),
        (LABEL["api_key"] + " (", studio.api_key),
    ):
        terminal.wait_for(question)
        terminal.type(f"{answer}\r")
    assert terminal.wait_for_end() == 0
    assert b"Saved: API key" in terminal.said
    assert studio.api_key.encode() not in terminal.said


@pytest.mark.parametrize(("backend", "said"), [(FAIL, "No keyring was found."), (NULL, "The keyring stores nothing.")])
def test_without_a_keyring_it_says_so_before_it_asks(start: Start, backend: str, said: str) -> None:
    terminal = start("site", "--save", known={BACKEND: backend}, columns=200)
    assert terminal.wait_for_end() == 1
    line = terminal.said.decode().strip()
    assert line.startswith(f"calendar-wizard: {said}")
    assert line.endswith(command_texts.SAVE_INSTEAD)


def test_leaving_a_question_gives_130(start: Start) -> None:
    terminal = start("site", "--save", known={BACKEND: MEMORY})
    terminal.wait_for(FIRST)
    terminal.wait_until(lambda: terminal.sleeps, "it to wait for the answer")
    terminal.press("ctrl+c")
    assert terminal.wait_for_end() == 130
