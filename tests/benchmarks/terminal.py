"""A pty of 100x30 for measuring: starts a program, answers what it asks, and times it from a key to what it paints."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

COLUMNS, ROWS = 100, 30
PATIENCE = 60.0
"""Seconds until a program that says nothing is given up."""
# What Textual asks a terminal: synchronized output is there, resize reports in the input are not. Others ask where
# the cursor is.
ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[?2048$p": b"\x1b[?2048;0$y", b"\x1b[6n": b"\x1b[1;1R"}
_CONTROL = re.compile(rb"\x1b(\[[\d;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\))")
_QUIET = 0.25


@dataclass(frozen=True)
class Program:
    """What is started, and the words by which its first frame is known."""

    name: str
    command: Sequence[str]
    words: str
    environment: Mapping[str, str]


class Terminal:
    """A program in a pty. Times are milliseconds, memory is MiB. Leaving the context kills the program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.peak = 0.0
        self._said = b""
        self._asked = b""
        self._began = time.perf_counter()
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            command, environment = list(program.command), dict(program.environment)
            os.execve(command[0], command, environment)  # noqa: S606 - a shell would be measured, too

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self._pid, signal.SIGKILL)
        usage = os.wait4(self._pid, 0)[2]
        os.close(self._terminal)
        self.peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)

    def first_frame(self) -> float:
        """Wait for the program's words; the milliseconds since its start."""
        return (self._wait_for(self.program.words) - self._began) * 1000

    def shows(self, words: str) -> None:
        """Wait until it has painted these words since the last key."""
        self._wait_for(words)

    def press(self, keys: str, *words: str) -> float:
        """Press keys once the program has nothing to do; the milliseconds until it has painted all these words."""
        self.settle()
        self._said = b""
        pressed = time.perf_counter()
        os.write(self._terminal, keys.encode())
        return (self._wait_for(*words) - pressed) * 1000

    def keep_pressing(self, keys: str, words: str) -> None:
        """Press keys again and again until the program has painted these words."""
        self._said = b""
        while words.encode() not in _CONTROL.sub(b"", self._said):
            self._said = self._said[-COLUMNS * ROWS :]
            os.write(self._terminal, keys.encode())
            until = time.perf_counter() + _QUIET
            while (left := until - time.perf_counter()) > 0:
                self._read(left)

    def settle(self) -> None:
        """Wait until the program has neither painted nor used the processor for a moment."""
        quiet_since, used = time.perf_counter(), self._used()
        while time.perf_counter() - quiet_since < _QUIET:
            if self._read(0.05) or self._used() != used:
                quiet_since, used = time.perf_counter(), self._used()

    def memory(self) -> float:
        """Return what the program holds in memory now."""
        status = Path(f"/proc/{self._pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def _used(self) -> float:
        """Return the processor time used so far, in ticks of ten milliseconds."""
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def _wait_for(self, *words: str) -> float:
        """Return when the last of the words was painted."""
        read = time.perf_counter()
        while True:
            painted = _CONTROL.sub(b"", self._said).decode(errors="replace")
            missing = [one for one in words if one not in painted]
            if not missing:
                return read
            if not self._read(PATIENCE):
                raise SystemExit(f"{self.program.name}: no {missing} in {PATIENCE:.0f} s; it said {painted[-2000:]!r}")
            read = time.perf_counter()

    def _read(self, seconds: float) -> bool:
        if not select.select([self._terminal], [], [], seconds)[0]:
            return False
        try:
            piece = os.read(self._terminal, 65536)
        except OSError:
            raise SystemExit(f"{self.program.name} has ended; it said {self._said[-2000:]!r}") from None
        self._said += piece
        self._asked += piece
        for question, answer in ANSWERS.items():
            if question in self._asked:
                os.write(self._terminal, answer)
                self._asked = self._asked.replace(question, b"")
        self._asked = self._asked[-16:]
        return True
