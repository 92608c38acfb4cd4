"""The driver: what it asks the terminal."""

import os
import sys

import pytest

from wizard.tui.driver import size_of_standard_error


def test_a_terminal_that_has_been_closed_has_the_size_that_the_variables_say(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, its = os.openpty()
    os.close(ours)
    monkeypatch.setenv("COLUMNS", "91")
    monkeypatch.setenv("LINES", "17")
    with os.fdopen(its, "w") as closed:
        monkeypatch.setattr(sys, "__stderr__", closed)
        # The hang-up comes with SIGCONT, at which Textual asks: an error there would end the program in the middle.
        assert size_of_standard_error() == (91, 17)
