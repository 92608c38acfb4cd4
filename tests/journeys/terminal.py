"""A terminal for tests: the real program in a pty, its screen kept by pyte, and waits for what the screen says."""

import codecs
import os
import re
import signal
import termios
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pyte
from pyte.screens import Char

from wizard.tui.theme import DARK

if TYPE_CHECKING:
    from tests.journeys.warm import WarmProgram

PATIENCE = 15.0
"""How many seconds anything may take until a wait fails."""

CURSOR_SHOWN, LINES_WRAP = "25", "7"
"""What a terminal does by itself, among its `modes`."""
MARK = "▌"
KEYS = {
    "enter": "\r",
    "tab": "\t",
    "space": " ",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "f3": "\x1bOR",
    **{f"ctrl+{letter}": chr(ord(letter) - ord("a") + 1) for letter in "abcdefghijklmnopqrstuvwxyz"},
}
# What Textual asks a terminal: synchronized output is there, resize reports in the input are not.
_ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[?2048$p": b"\x1b[?2048;0$y"}
_FRAME_BEGINS, _FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"

_ONE_CELL = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u25fc\u2610-\u2612\u2713-\u2718]+"
)
"""Characters that take one cell each and join with no other; nearly everything that is shown."""
_COLOURS = re.compile(rf"\x1b\[[\d;]*m(?!{MARK})")
_UNFINISHED = re.compile(r"\x1b(\[[\d;]*m?)?$")
_FOCUS = (DARK.primary or "").removeprefix("#").lower()


def _shown(text: str) -> str:
    """Drop the emoji selector, after which pyte would drop the rest of the line."""
    return text.replace("\ufe0f", "")


class _Cells(dict[str, Char]):
    """The cells of a look by their characters, each made once."""

    def __init__(self, look: Char) -> None:
        super().__init__()
        self._look = look

    def __missing__(self, character: str) -> Char:
        self[character] = cell = self._look._replace(data=character)
        return cell


_cells_of = cache(_Cells)


class _Screen(pyte.Screen):
    def draw(self, data: str) -> None:
        """Draw what pyte would draw, but many cells at once: it takes each by itself, which takes long."""
        cursor = self.cursor
        end = cursor.x + len(data)
        if end > self.columns or not _ONE_CELL.fullmatch(data):
            super().draw(data)
            return
        cells = map(_cells_of(cursor.attrs).__getitem__, data)
        self.buffer[cursor.y].update(zip(range(cursor.x, end), cells, strict=True))
        self.dirty.add(cursor.y)
        cursor.x = end


def cold(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, *, columns: int, rows: int
) -> "pexpect.spawn[bytes]":
    """Start a command in a pty."""
    with warnings.catch_warnings():
        # forkpty warns in a process with threads, which an xdist worker is; the child only execs.
        warnings.simplefilter("ignore", DeprecationWarning)
        return pexpect.spawn(
            command[0], list(command[1:]), env=dict(environment), cwd=str(folder), dimensions=(rows, columns)
        )


class Terminal:
    """A program in a pty of `columns` by `rows`. `said` is every byte it has written."""

    def __init__(self, child: "pexpect.spawn[bytes] | WarmProgram", columns: int, rows: int) -> None:
        self._screen = _Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._lines: dict[int, str] = {}
        self._undrawn = ""
        self._unanswered = b""
        self.said = bytearray()
        self._child = child
        self._child.delaybeforesend = None
        self.pid = int(child.pid or 0)

    # What it shows

    @property
    def lines(self) -> list[str]:
        """The screen's lines without the spaces at their ends."""
        columns = range(self._screen.columns)
        for number in self._screen.dirty:
            cells = map(self._screen.buffer[number].__getitem__, columns)
            self._lines[number] = "".join([cell.data for cell in cells]).rstrip()
        self._screen.dirty.clear()
        return [self._lines[number] for number in range(self._screen.lines)]

    @property
    def marked(self) -> str:
        """What stands right of the selection mark."""
        return "\n".join(line.partition(MARK)[2] for line in self.lines if MARK in line)

    @property
    def _above_focus(self) -> str:
        """The line above the mark that shows, by its colour, where the focus is."""
        for number, line in enumerate(self.lines):
            cell = self._screen.buffer[number][line.find(MARK)]
            if MARK in line and cell.fg == _FOCUS:
                return self.lines[number - 1]
        return ""

    @property
    def line_settings(self) -> list[object]:
        """What `stty` would show: echo, line editing, which keys send signals."""
        return termios.tcgetattr(self._child.child_fd)

    @property
    def modes(self) -> set[str]:
        """The modes that the program has switched on and not off: mouse, paste, alternate screen, line wrap, cursor."""
        last = dict(re.findall(r"\x1b\[\?(\d+)([hl])", self.said.decode(errors="replace")))
        return {mode for mode, letter in last.items() if letter == "h"}

    def shows(self, text: str) -> bool:
        """Whether a line has this text in it."""
        return any(_shown(text) in line for line in self.lines)

    def find(self, pattern: str) -> list[str]:
        """Return what matches in the lines."""
        return re.findall(pattern, "\n".join(self.lines))

    @property
    def runs(self) -> bool:
        """Whether the program has not ended yet."""
        return self._child.isalive()

    @property
    def sleeps(self) -> bool:
        """Whether the program waits for something."""
        return self._is("S")

    @property
    def is_stopped(self) -> bool:
        """Whether the program is stopped, as a shell's job can be."""
        return self._is("T")

    def _is(self, state: str) -> bool:
        """Ask for the process's state; told by Linux only, elsewhere it is taken for granted."""
        status = Path(f"/proc/{self.pid}/stat")
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == state

    # Waiting

    def wait_for(self, *anyone: str) -> None:
        """Wait until a line has one of these texts in it."""
        self.wait_until(lambda: any(map(self.shows, anyone)), " or ".join(map(repr, anyone)))

    def wait_until(self, condition: Callable[[], bool], what: str = "the condition") -> None:
        """Wait until the condition holds between two frames."""
        deadline = time.monotonic() + PATIENCE
        while not (self._between_frames() and condition()):
            if time.monotonic() > deadline:
                raise AssertionError(f"waited for {what}; the screen shows:\n" + "\n".join(self.lines))
            try:
                self._read(0.1)
            except pexpect.EOF:
                raise AssertionError(f"ended before {what}; it showed:\n" + "\n".join(self.lines)) from None

    def wait_for_end(self) -> int:
        """Wait until the program has ended; return its exit code."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                self._read(0.1)
            except pexpect.EOF:
                print("\n".join(self.lines))  # pytest shows it where the test fails
                return int(self._child.wait() or 0)
        raise AssertionError("it did not end; the screen shows:\n" + "\n".join(self.lines))

    def watch(self, seconds: float) -> None:
        """Look at what it shows for at most so long, or until it has ended."""
        with suppress(pexpect.EOF):
            self._read(seconds)

    def _between_frames(self) -> bool:
        return self.said.rfind(_FRAME_ENDS) >= self.said.rfind(_FRAME_BEGINS)

    def _read(self, seconds: float) -> None:
        try:
            data = self._child.read_nonblocking(65536, seconds)
        except pexpect.TIMEOUT:
            return
        self.said += data
        self._feed(self._decoder.decode(data))
        self._unanswered += data
        for question, answer in _ANSWERS.items():
            if question in self._unanswered:
                self._child.send(answer)
                self._unanswered = self._unanswered.replace(question, b"")
        self._unanswered = self._unanswered[-16:]

    def _feed(self, text: str) -> None:
        """Draw text, but only the mark in colour: colours are most of what pyte would have to read."""
        text = self._undrawn + text
        end = len(text)
        if part := _UNFINISHED.search(text):
            end = part.start()
        self._undrawn = text[end:]
        self._stream.feed(_shown(_COLOURS.sub("", text[:end])))

    # What a person does

    def press(self, *keys: str) -> None:
        """Press keys by their names."""
        for key in keys:
            self._child.send(KEYS.get(key, key))

    def type(self, text: str | bytes) -> None:
        """Type text, or what isn't any."""
        self._child.send(text)

    def paste(self, text: str) -> None:
        """Paste text, as a terminal with bracketed paste does."""
        self._child.send(f"\x1b[200~{text}\x1b[201~")

    def highlight(self, text: str, key: str = "down") -> None:
        """Move the selection mark with a key until this text stands beside it."""
        self.wait_for(text)
        while text not in self.marked:
            before = self.marked
            self.press(key)
            self.wait_until(partial(self._has_moved, before), f"the mark on {text!r}")

    def _has_moved(self, before: str) -> bool:
        return self.marked not in ("", before)

    def choose(self, text: str, key: str = "down") -> None:
        """Move the selection mark to this text and press enter."""
        self.highlight(text, key)
        self.press("enter")

    def fill(self, label: str, text: str) -> None:
        """Wait until the field below this label has the focus, paste the text, and press enter."""
        self.wait_until(lambda: label in self._above_focus, f"the focus below {label!r}")
        self.paste(text)
        self.press("enter")

    def resize(self, columns: int, rows: int) -> None:
        """Change the size; the pty tells the program."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def hang_up(self) -> None:
        """Close the pty, as a window that is closed and a connection that is lost do."""
        with Path(os.devnull).open() as nothing:
            os.dup2(nothing.fileno(), self._child.child_fd)  # the number stays taken: pexpect closes it once more

    def kill(self) -> None:
        """End the program at once, if it still runs, and close the pty."""
        if self.runs:
            os.kill(self.pid, signal.SIGKILL)
        self._child.close()
