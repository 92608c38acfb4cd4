"""The commands in a pipe and on a terminal: what only a real process shows."""

import os
import subprocess

from tests.journeys.conftest import PROGRAM, Start, Studio
from wizard.cli import READ_ENOUGH


def test_a_reader_that_has_gone_ends_it_quietly(studio: Studio) -> None:
    reader, writer = os.pipe()
    os.close(reader)  # as `| head` does once it has its lines
    environment = {"PATH": os.environ["PATH"], **studio.environment}
    run = subprocess.run(
        [PROGRAM, "events", "--json"], env=environment, stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (run.returncode, run.stderr) == (READ_ENOUGH, "")


def test_ctrl_c_at_a_question_ends_it_at_once_and_nothing_is_done(start: Start, studio: Studio) -> None:
    before = studio.connections()
    terminal = start("disconnect", before[0]["id"], known=studio.environment)
    terminal.wait_for("[y/N]")
    terminal.wait_until(lambda: terminal.sleeps, "it to wait for the answer")
    terminal.press("ctrl+c")
    assert terminal.wait_for_end() == 130
    assert studio.connections() == before
