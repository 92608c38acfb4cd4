"""Warm starts: `calendar-wizard` in a pty and a process of its own, forked from one that has its modules loaded.

Loading them is half of what starting takes. What is tested about the start itself begins with the real command.
"""

import multiprocessing
import os
import pty
import signal
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from pexpect import fdpexpect

if TYPE_CHECKING:
    from typing import TypeAlias

    _Spawn: TypeAlias = fdpexpect.fdspawn[bytes]
else:
    _Spawn = fdpexpect.fdspawn  # generic only in its stubs

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.journeys.loaded"])


class WarmProgram(_Spawn):
    """The program, with the methods of pexpect's `spawn` that a terminal needs."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        *,
        columns: int,
        rows: int,
        output: Path | None,
    ) -> None:
        master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (rows, columns))
        there, here = _CONTEXT.Pipe(duplex=False)
        run = (os.ttyname(slave), here, list(arguments), dict(environment), folder, output)
        self._process = _CONTEXT.Process(target=_run, args=run, daemon=True)
        self._process.start()
        here.close()
        there.recv()  # until it has opened the terminal: it has to be the last to close it
        there.close()
        os.close(slave)
        super().__init__(master)
        self.pid = self._process.pid

    def setwinsize(self, rows: int, columns: int) -> None:
        """Change the pty's size."""
        termios.tcsetwinsize(self.child_fd, (rows, columns))

    def isalive(self) -> bool:
        """Whether it still runs."""
        return self._process.is_alive()

    def wait(self) -> int | None:
        """Wait for its end, and return its exit code."""
        self._process.join()
        return self._process.exitcode


def _run(
    terminal: str,
    opened: Connection,
    arguments: list[str],
    environment: dict[str, str],
    folder: Path,
    output: Path | None,
) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests run in the background, without it
    os.setsid()  # the next terminal that is opened is the one that signals come from
    descriptor = os.open(terminal, os.O_RDWR)
    opened.send(None)
    opened.close()
    for number in (0, 1, 2):
        os.dup2(descriptor, number)
    os.close(descriptor)
    if output is not None:
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT), 1)
    # The process it is forked from has closed its own.
    streams = {"stdin": os.fdopen(0), "stdout": os.fdopen(1, "w"), "stderr": os.fdopen(2, "w")}
    sys.__dict__.update(streams, **{f"__{name}__": stream for name, stream in streams.items()})
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["calendar-wizard", *arguments]

    from wizard.__main__ import run

    run()
