"""The terminal: used as it is, left as it was, with an exit code."""

from pathlib import Path

from tests.journeys.conftest import Start, Studio
from tests.journeys.steps import get_link, go_to_sign_in, title, what
from wizard import texts
from wizard.domain import Method

CURSOR_SHOWN, LINES_WRAP = "25", "7"


def test_leaving_gives_130_and_a_terminal_as_it_was(start: Start) -> None:
    terminal = start()
    before = terminal.line_settings
    terminal.wait_for(title("site"))
    assert terminal.line_settings != before
    terminal.press("ctrl+c")
    assert terminal.wait_for_end() == 130
    assert terminal.line_settings == before
    assert terminal.modes == {CURSOR_SHOWN, LINES_WRAP}
    assert terminal.said.count(b"\x1b[>") == terminal.said.count(b"\x1b[<u")  # the keyboard protocol, pushed and popped


def test_leaving_while_a_connection_is_under_way_asks_once(start: Start, studio: Studio) -> None:
    terminal = start(known=studio.environment)
    go_to_sign_in(terminal, "Google", Method.OAUTH)
    link = get_link(terminal)
    terminal.press("ctrl+c")
    terminal.choose(texts.LEAVE_NO)
    terminal.wait_until(lambda: not terminal.shows(texts.LEAVE_TITLE), "no question")
    assert get_link(terminal) == link
    terminal.press("ctrl+c")
    terminal.choose(texts.LEAVE_YES, key="up")
    assert terminal.wait_for_end() == 130


def test_the_whole_terminal_is_used_although_standard_output_is_a_file(start: Start, tmp_path: Path) -> None:
    terminal = start("--json", output=tmp_path / "result.json", columns=38, rows=10)
    terminal.wait_for(texts.TOO_SMALL.split("\n")[0])
    terminal.resize(80, 24)
    terminal.wait_until(lambda: texts.KEY["leave"] in terminal.lines[-1], "the keys in the last line")
    assert not terminal.shows(texts.TOO_SMALL.split("\n")[0])


def test_leaving_with_a_refused_sign_in_gives_4(start: Start, studio: Studio) -> None:
    terminal = start(known={**studio.environment, "WIX_API_KEY": "IST.wrong"})
    terminal.wait_for(what("wix_sign_in_refused"))
    terminal.press("ctrl+c")
    assert terminal.wait_for_end() == 4
