"""`calendar-wizard --sandbox`: from nothing, and back to nothing."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.conftest import Start
from tests.journeys.steps import title
from tests.journeys.terminal import PATIENCE, Terminal

needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to look for processes")


def processes(environment: dict[str, str]) -> list[str]:
    """Return the processes that have this run's directory for temporary files in their environment."""
    mine = f"TMPDIR={environment['TMPDIR']}\0".encode()
    return [one.parent.name for one in Path("/proc").glob("[0-9]*/environ") if mine in _read(one)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended meanwhile, or is another user's
        return b""


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.02)


def kill(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGKILL)


def leave(terminal: Terminal) -> None:
    terminal.press("ctrl+c")
    assert terminal.wait_for_end() == 130


def close(terminal: Terminal) -> None:
    terminal.hang_up()


@needs_proc
@pytest.mark.parametrize(("end", "cold"), [(leave, False), (close, False), (kill, True)])
def test_the_wizard_brings_its_own_site_and_leaves_nothing_of_it(
    start: Start, environment: dict[str, str], end: Callable[[Terminal], None], cold: bool
) -> None:
    terminal = start("--sandbox", cold=cold)
    terminal.wait_for(title("provider"))
    terminal.wait_for("Fastmail")
    assert len(processes(environment)) == 2 + cold  # its site, the calendar server; the wizard has it if started by it
    end(terminal)
    wait_until(
        lambda: not terminal.runs and not processes(environment) and not list(Path(environment["TMPDIR"]).iterdir())
    )
