"""How a run ends: exit codes, what is printed, and the terminal as it was."""

import json
from pathlib import Path

from tests.journeys.conftest import Start, Studio
from tests.journeys.steps import apply, connect_apple, get_link, go_to_sign_in, title, what
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


def test_finishing_gives_0_and_one_json_object_on_standard_output(start: Start, studio: Studio, tmp_path: Path) -> None:
    account = studio.account("Apple")
    terminal = start("--json", known=studio.environment, output=tmp_path / "result.json")
    connect_apple(terminal, account.email, account.password)
    apply(terminal, "Apple")
    terminal.choose(texts.DONE_ACTIONS["next"][0])
    assert terminal.wait_for_end() == 0
    result = json.loads((tmp_path / "result.json").read_text())
    (made,) = (row for row in studio.connections() if row["externalAccountEmail"] == account.email)
    assert result.pop("status") in ("CONNECTED", "SYNC_IN_PROGRESS", "SYNCED")
    assert result == {
        "connectionId": made["id"],
        "providerId": made["providerId"],
        "calendarType": "I_CAL",
        "scheduleId": made["scheduleId"],
        "import": {"enabled": True, **made["syncConfig"]["listEventFromCalendars"]["calendars"]},
        "export": {"enabled": False, "target": "primary"},
    }
    said = texts.RESULT.format(provider="Apple", schedule="Dana Levi", imports=texts.ON, exports=texts.OFF)
    assert terminal.said.endswith(f"{said}\r\n".encode())
    assert account.password.encode() not in terminal.said


def test_the_whole_terminal_is_used_although_standard_output_is_a_file(start: Start, tmp_path: Path) -> None:
    terminal = start("--json", output=tmp_path / "result.json")
    terminal.wait_until(lambda: texts.KEY["leave"] in terminal.lines[-1], "the keys in the last line")
    terminal.resize(80, 24)
    terminal.wait_until(lambda: texts.KEY["leave"] in terminal.lines[-1], "the keys in the last line")


def test_leaving_with_a_refused_sign_in_gives_4(start: Start, studio: Studio) -> None:
    terminal = start(known={**studio.environment, "WIX_API_KEY": "IST.wrong"})
    terminal.wait_for(what("wix_sign_in_refused"))
    terminal.press("ctrl+c")
    assert terminal.wait_for_end() == 4


def test_leaving_while_wix_cannot_be_reached_gives_3(start: Start, studio: Studio, closed_port: int) -> None:
    terminal = start("--base-url", f"http://127.0.0.1:{closed_port}", known=studio.environment)
    terminal.wait_for(what("offline"))
    terminal.press("ctrl+c")
    assert terminal.wait_for_end() == 3
