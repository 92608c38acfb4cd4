"""Lines out and lines in: what is said goes to standard error, answers come from standard input, a line each.

Nothing here moves a cursor or sets a colour. A line is read in a thread of its own, so that a wait can end while
nobody types, and a line that was not needed in the end is the next answer.
"""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
import threading
from collections import deque
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO


class Source(Protocol):
    """Where answers come from: a binary file without a buffer, as a thread that waits for it must hold no lock."""

    def readline(self) -> bytes:
        """Return the next line with its end, or nothing where there is none any more."""

    def fileno(self) -> int:
        """Return the file's number. Raises OSError where it is no file."""

    def isatty(self) -> bool:
        """Whether it is a terminal."""


class Lines:
    """A person's lines. Not for more than one question at a time."""

    def __init__(self, source: Source, out: TextIO, encoding: str = "utf-8") -> None:
        """Take answers from a source, in its `encoding`, and say what there is to say into `out`."""
        self._source = source
        self._encoding = encoding
        self._out = out
        self._coming: deque[asyncio.Future[str]] = deque()  # read and not used yet; the last may still be typed
        self._open = False  # whether a prompt stands, with nothing behind it
        self.gone = False
        """Whether nobody reads any more what is said."""
        self.typed = source.isatty()
        """Whether somebody types, who sees or hears what he types; else answers come from a pipe or a file."""
        self.stoppable = self.typed and sys.platform != "win32"
        """Whether a line may be read while a wait is on, though the next answer may have to stay unseen."""

    def say(self, line: str = "", *, raw: bool = False) -> None:
        """Say a line, or several; broken between words where the terminal ends, unless they are `raw`."""
        self.end()
        self._put((line if raw else self._fitted(line)) + "\n")

    def prompt(self, words: str) -> None:
        """Say what an answer is expected to, and stay on its line."""
        self.end()
        self._put(self._fitted(words) + " ", ends=False)
        if self._coming and self._coming[0].done():  # it was answered before it was asked
            self.end()

    def _fitted(self, text: str) -> str:
        if not self._out.isatty():
            return text
        return "\n".join(_wrapped(line, self._width - 1) for line in text.split("\n"))

    @property
    def _width(self) -> int:
        """The columns of the terminal that is written to: standard output may be a file, as with --json."""
        with suppress(OSError):  # it may be gone
            return os.get_terminal_size(self._out.fileno()).columns or 80
        return 80

    def end(self) -> None:
        """Leave a prompt that nobody answers any more."""
        if self._open:
            self._put("\n")

    def _put(self, text: str, *, ends: bool = True) -> None:
        """Write; with nobody there to read it any more, nobody is there to answer either: raises EOFError, once."""
        try:
            self._out.write(text)
            self._out.flush()
        except OSError:
            self.gone = True
            with Path(os.devnull).open("wb") as nothing:
                os.dup2(nothing.fileno(), self._out.fileno())
            raise EOFError from None
        self._open = not ends

    async def read(self) -> str:
        """Return the next line without its end. Raises EOFError."""
        line = await asyncio.shield(self.reading())
        self.take()
        return line

    async def read_unseen(self, words: str) -> str:
        """Ask with a prompt for a line that a terminal doesn't show while it is typed. Raises EOFError."""
        if not self.typed:
            self.prompt(words)
            return await self.read()
        if sys.platform == "win32":
            from getpass import getpass

            self.prompt(words)
            self.reading(lambda: getpass("", self._out).encode(self._encoding) + b"\n")
            return await self.read()
        self.forget()  # it was typed before anybody asked for a secret
        with self._no_echo():
            self.prompt(words)  # not before: whoever sees it may type, or paste, at once
            return await self.read()

    def reading(self, how: Callable[[], bytes] | None = None) -> asyncio.Future[str]:
        """Return the line that is to be used next; whoever uses it has to `take` it."""
        return self._coming[0] if self._coming else self._read_on(how)

    def typing(self) -> asyncio.Future[str]:
        """Return the line that is being typed, after those that wait to be used."""
        last = self._coming[-1] if self._coming else None
        return last if last and (not last.done() or last.exception()) else self._read_on()

    def take(self) -> None:
        """Count the line that was read as used: the next one is another."""
        self._coming.popleft().exception()  # somebody has seen it
        # A person has ended the line by pressing enter; what a pipe answers stands nowhere.
        self._open = self._open and not self.typed

    def forget(self) -> None:
        """Count all that was typed up to now as used."""
        while self._coming and self._coming[0].done() and not self._coming[0].exception():
            self.take()

    def _read_on(self, how: Callable[[], bytes] | None = None) -> asyncio.Future[str]:
        line = asyncio.get_running_loop().create_future()
        self._coming.append(line)
        threading.Thread(target=self._read, args=(how or self._source.readline, line), daemon=True).start()
        return line

    def _read(self, how: Callable[[], bytes], into: asyncio.Future[str]) -> None:
        try:
            data = how()
        except (OSError, EOFError, KeyboardInterrupt):  # the terminal is gone
            data = b""

        def settle() -> None:
            if into.done():
                return
            if data:
                into.set_result(data.decode(self._encoding, "replace").strip())
            else:
                into.set_exception(EOFError())
                into.exception()  # whoever waits for it gets it; if nobody does, it is no mistake

        with suppress(RuntimeError):  # the program has ended meanwhile
            into.get_loop().call_soon_threadsafe(settle)

    @contextmanager
    def _no_echo(self) -> Iterator[None]:
        import termios

        number = self._source.fileno()
        before = termios.tcgetattr(number)
        quiet = termios.tcgetattr(number)
        quiet[3] &= ~termios.ECHO
        termios.tcsetattr(number, termios.TCSAFLUSH, quiet)
        try:
            yield
        finally:
            # The terminal may be gone.
            with suppress(termios.error):
                termios.tcsetattr(number, termios.TCSADRAIN, before)
            with suppress(EOFError):
                self._put("\n")  # the one that was typed wasn't shown either


def _wrapped(line: str, width: int) -> str:
    indent = " " * (len(line) - len(line.lstrip()))
    words = line.lstrip()
    return textwrap.fill(
        words,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def standard_lines() -> Lines:
    """Return the lines of this process: a pipe's are in UTF-8, a terminal's in what it writes."""
    # Windows' editors like to begin a file with a mark.
    encoding = sys.stdin.encoding if sys.stdin.isatty() else "utf-8-sig"
    return Lines(open(sys.stdin.fileno(), "rb", buffering=0, closefd=False), sys.stderr, encoding)
