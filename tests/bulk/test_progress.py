"""How far a long run is, where there is no terminal and where there is one."""

import io
import sys
import time

import pytest

from wizard.bulk import progress


class Terminal(io.StringIO):
    """Passes for a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_elsewhere_than_on_a_terminal_it_is_a_line_at_most_once_a_second(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[-1])
    with progress.shown(4) as show:
        for done, moment in enumerate((0.5, 1.5, 1.9, 3.0), 1):
            clock.append(moment)
            show(done, f"{done} connected")
    assert capsys.readouterr().err.splitlines() == ["2/4 2 connected", "4/4 4 connected"]


def test_on_a_terminal_it_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress.shown(2) as show:
        show(1, "1 connected")
    assert "━" in terminal.getvalue()
    assert "1/2" in terminal.getvalue()


@pytest.mark.parametrize(("name", "value"), [("TERM", "dumb"), ("ACCESSIBLE", "1")])
def test_who_cannot_use_a_bar_gets_lines(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0)
    with progress.shown(2) as show:
        show(1, "1 connected")
    assert terminal.getvalue() == "1/2 1 connected\n"
