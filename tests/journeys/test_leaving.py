"""The terminal: used as it is, left as it was, with an exit code."""

import os
import signal
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from tests.journeys.conftest import Start, Studio
from tests.journeys.steps import get_link, go_to_sign_in, title, what
from tests.journeys.terminal import CURSOR_SHOWN, LINES_WRAP, Terminal
from wizard import texts
from wizard.domain import Method


def test_the_whole_terminal_is_used_although_standard_output_is_a_file_and_left_as_it_was(
    start: Start, tmp_path: Path
) -> None:
    terminal = start("--json", output=tmp_path / "result.json", columns=38, rows=10)
    before = settings_of_a_new_terminal()
    terminal.wait_for(texts.TOO_SMALL.split("\n")[0])
    terminal.resize(80, 24)
    terminal.wait_for(title("site"))
    terminal.wait_until(lambda: texts.KEY["leave"] in terminal.lines[-1], "the keys in the last line")
    assert not terminal.shows(texts.TOO_SMALL.split("\n")[0])
    assert terminal.line_settings != before
    terminal.press("ctrl+c")
    assert terminal.wait_for_end() == 130
    assert terminal.line_settings == before
    assert terminal.modes == {CURSOR_SHOWN, LINES_WRAP}
    assert terminal.said.count(b"\x1b[>") == terminal.said.count(b"\x1b[<u")  # the keyboard protocol, pushed and popped


def settings_of_a_new_terminal() -> list[object]:
    ours, its = os.openpty()
    try:
        return termios.tcgetattr(ours)
    finally:
        os.close(ours)
        os.close(its)


def test_the_terminal_is_believed_rather_than_variables_that_an_earlier_size_was_exported_to(start: Start) -> None:
    terminal = start(known={"COLUMNS": "60", "LINES": "20"})
    terminal.wait_until(lambda: texts.KEY["leave"] in terminal.lines[-1], "the keys in the last line")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_and_leaves_the_terminal_as_it_was(number: int, code: int, start: Start) -> None:
    terminal = start()
    terminal.wait_for(title("site"))
    during = terminal.line_settings
    os.kill(terminal.pid, number)
    assert terminal.wait_for_end() == code
    assert terminal.line_settings != during  # the keys echo again, and lines can be edited
    assert terminal.modes == {CURSOR_SHOWN, LINES_WRAP}


def test_whoever_holds_ctrl_c_down_sees_nothing_of_how_it_ends(start: Start) -> None:
    terminal = start()
    terminal.wait_for(title("site"))
    hold_ctrl_c(terminal)
    assert terminal.wait_for_end() == 130
    assert terminal.modes == {CURSOR_SHOWN, LINES_WRAP}
    assert set(terminal.said.rpartition(b"l")[2]) <= set(b"^C")  # after the last mode only what the terminal echoes


def test_whoever_holds_ctrl_c_down_line_by_line_sees_no_traceback(start: Start) -> None:
    terminal = start("--plain")
    terminal.wait_for(title("site"))
    hold_ctrl_c(terminal)
    assert terminal.wait_for_end() == 130
    assert b"Traceback" not in terminal.said


def hold_ctrl_c(terminal: Terminal) -> None:
    with suppress(OSError):  # in the end there is nobody to press a key for
        while terminal.runs:
            terminal.press("ctrl+c")
            terminal.watch(0.001)


def test_a_stopped_program_draws_its_screen_again_when_it_goes_on(start: Start, studio: Studio) -> None:
    terminal = start(known=studio.environment)
    terminal.wait_until(lambda: terminal.shows(texts.KEY["connections"]) and terminal.sleeps, "all to be drawn")
    os.kill(terminal.pid, signal.SIGTSTP)
    terminal.wait_until(lambda: terminal.is_stopped, "it to stop")
    before = len(terminal.said)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.wait_until(lambda: title("provider").encode() in terminal.said[before:], "its screen")


def test_leaving_with_a_refused_sign_in_gives_4(start: Start, studio: Studio) -> None:
    terminal = start(known={**studio.environment, "WIX_API_KEY": "IST.wrong"})
    terminal.wait_for(what("wix_sign_in_refused"))
    terminal.press("ctrl+c")
    assert terminal.wait_for_end() == 4


def test_leaving_while_wix_cannot_be_reached_gives_3(start: Start, studio: Studio, closed_port: int) -> None:
    terminal = start("--base-url", f"http://127.0.0.1:{closed_port}", known=studio.environment)
    terminal.wait_for(what("offline"))
    terminal.wait_for(texts.KEY["retry"])  # by then it has given up trying again by itself
    terminal.press("ctrl+c")
    assert terminal.wait_for_end() == 3


def test_leaving_while_a_connection_is_under_way_asks_and_then_gives_130(start: Start, studio: Studio) -> None:
    terminal = start(known=studio.environment)
    go_to_sign_in(terminal, "Google", Method.OAUTH)
    get_link(terminal)
    terminal.press("ctrl+c")
    terminal.choose(texts.LEAVE_YES, key="up")
    assert terminal.wait_for_end() == 130
