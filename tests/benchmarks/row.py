"""What is measured: rows of pairs, and the programs that take part."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from tests.benchmarks.terminal import Program, Terminal
from wizard import texts


@dataclass(frozen=True)
class Row:
    """A row of the table. `goal` is the most that the pairs' median ratio may be, or `unit` more where `adds`.

    Without a goal it is there to compare.
    """

    name: str
    what: str
    against: str
    goal: float | None = None
    unit: str = "ms"
    adds: bool = False


Pair = tuple[str, float, float]
"""A row's name, and what was measured for the wizard and for its peer, one after the other."""


@dataclass
class Bench:
    """Where the programs are: `python` has the wizard installed, `peers` maps a peer's name to its executable."""

    python: str
    peers: dict[str, str]
    home: str
    peaks: dict[str, list[float]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What a program is started with. Its home is its own: a run that was killed leaves a journal in it."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": mkdtemp(dir=self.home),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "TEXTUAL_ANIMATIONS": "none",
        }

    def on_site(self, url: str) -> dict[str, str]:
        """Return the environment of a wizard that signs in to a site."""
        site = {"WIX_API_KEY": "IST.benchmark", "WIX_SITE_ID": "12345678-90ab-cdef-1234-567890abcdef"}
        return self.environment | site | {"WIX_BASE_URL": url}

    @property
    def command(self) -> str:
        """The installed `calendar-wizard`."""
        return str(Path(self.python).with_name("calendar-wizard"))

    def wizard(self, url: str) -> Program:
        """Return the wizard on a site. Its first frame is the provider step's question."""
        return Program("wizard", [self.command], texts.STATES["provider"].title, self.on_site(url))

    def textual(self, script: str, words: str) -> Program:
        """Return a bare Textual program."""
        return Program("bare Textual", [self.python, "-c", script], words, self.environment)

    @contextmanager
    def running(self, program: Program) -> Iterator[Terminal]:
        """Start a program, end it in the end, and remember its peak memory."""
        with Terminal(program) as terminal:
            yield terminal
        self.peaks.setdefault(program.name, []).append(terminal.peak)


def in_turn(number: int, programs: Sequence[Program]) -> list[Program]:
    """Return the programs in an order that lets each be first as often as the others."""
    at = number % len(programs)
    turned = [*programs[at:], *programs[:at]]
    return turned[::-1] if number // len(programs) % 2 else turned


@contextmanager
def sandbox() -> Iterator[tuple[str, str, str]]:
    """Run the embedded site; its URL, API key and site ID."""
    with TemporaryDirectory() as data:
        command = [sys.executable, "-m", "wizard", "sandbox", "--data", data]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            try:
                yield said["url"], said["apiKey"], said["siteId"]
            finally:
                process.terminate()


def spread(values: Sequence[float], digits: int) -> dict[str, float]:
    """Return median, minimum and maximum."""
    return {
        "median": round(statistics.median(values), digits),
        "min": round(min(values), digits),
        "max": round(max(values), digits),
    }
