"""How long the wizard takes to its first frame, against the least that a Textual program can take.

    python tests/benchmarks/first_frame.py [--runs N] [--json]

Each run starts, in turn, a bare Textual hello-world and `python -m wizard` on its provider screen (the site's address
is a closed loopback port), both in a pty of 100x30 that answers what a terminal is asked. Measured from the start of
the process until the words stand on the screen; memory is the peak of the process. Goal: a ratio of 1.30 or less.
Close other programs first: the pairs cancel a slow machine, but not one that changes its mind.
"""

import argparse
import fcntl
import json
import os
import platform
import pty
import re
import select
import signal
import socket
import statistics
import struct
import sys
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from wizard import texts

COLUMNS, ROWS = 100, 30
PATIENCE = 20.0
GOAL = 1.30
HELLO = """
from textual.app import App
from textual.widgets import Static

class Hello(App):
    def compose(self):
        yield Static("Hello, world")

Hello().run()
"""
ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[?2048$p": b"\x1b[?2048;0$y"}
CONTROL = re.compile(rb"\x1b(\[[\d;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\))")


@dataclass(frozen=True)
class Program:
    """What is started, and the words by which its first frame is known."""

    name: str
    command: Sequence[str]
    words: bytes


@dataclass(frozen=True)
class Run:
    """One start: milliseconds to the first frame, and the peak memory in MiB."""

    milliseconds: float
    memory: float


def measure(program: Program, environment: dict[str, str]) -> Run:
    """Start the program in a pty, wait for its words, and end it."""
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execve(program.command[0], list(program.command), environment)  # noqa: S606 - our own programs
    said, shown, asked = b"", 0.0, dict(ANSWERS)
    try:
        while not shown:
            readable, _, _ = select.select([terminal], [], [], PATIENCE)
            if not readable:
                raise SystemExit(f"{program.name}: no first frame in {PATIENCE:.0f} s; it said {said!r}")
            said += os.read(terminal, 65536)
            for question in [one for one in asked if one in said]:
                os.write(terminal, asked.pop(question))
            if program.words in CONTROL.sub(b"", said):
                shown = time.perf_counter()
    finally:
        os.kill(pid, signal.SIGKILL)
        usage = os.wait4(pid, 0)[2]
        os.close(terminal)
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    return Run((shown - began) * 1000, usage.ru_maxrss / unit)


def closed_port() -> int:
    """Return a loopback port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def spread(values: Sequence[float], digits: int) -> dict[str, float]:
    """Return median, min and max."""
    return {
        "median": round(statistics.median(values), digits),
        "min": round(min(values), digits),
        "max": round(max(values), digits),
    }


def main() -> int:
    """Measure, and print a table or JSON; the exit code says whether the goal is met."""
    parser = argparse.ArgumentParser(description="first frame of the wizard against a bare Textual program")
    parser.add_argument("--runs", type=int, default=20, metavar="N", help="how many pairs (default: 20)")
    parser.add_argument("--json", action="store_true", help="print only the JSON")
    options = parser.parse_args()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TEXTUAL_ANIMATIONS": "none",
        "WIX_API_KEY": "IST.benchmark",
        "WIX_SITE_ID": "12345678-90ab-cdef-1234-567890abcdef",
        "WIX_BASE_URL": f"http://127.0.0.1:{closed_port()}",
    }
    hello = Program("textual", [sys.executable, "-c", HELLO], b"Hello, world")
    wizard = Program("wizard", [sys.executable, "-m", "wizard"], texts.STATES["provider"].title.encode())
    for program in (hello, wizard):  # byte code and disk cache
        measure(program, environment)
    pairs = []
    for number in range(options.runs):
        order = (hello, wizard) if number % 2 else (wizard, hello)
        runs = {program.name: measure(program, environment) for program in order}
        pairs.append((runs["textual"], runs["wizard"]))
    ratio = spread([second.milliseconds / first.milliseconds for first, second in pairs], 3)
    result = {
        "runs": options.runs,
        "milliseconds": {
            "textual": spread([first.milliseconds for first, _ in pairs], 1),
            "wizard": spread([second.milliseconds for _, second in pairs], 1),
        },
        "memory_mib": {
            "textual": spread([first.memory for first, _ in pairs], 1),
            "wizard": spread([second.memory for _, second in pairs], 1),
        },
        "ratio": ratio,
        "goal": GOAL,
        "load_average": round(os.getloadavg()[0], 1),
        "versions": {
            "python": platform.python_version(),
            "platform": platform.platform(),
            **{name: version(name) for name in ("textual", "rich", "wix-calendar-wizard")},
        },
    }
    if not options.json:
        print(f"{'':22}{'median':>9}{'min':>9}{'max':>9}")
        for unit, what in (("milliseconds", "first frame, ms"), ("memory_mib", "peak memory, MiB")):
            for name, of in result[unit].items():
                print(f"{what:18}{name:>8}  {of['median']:>7}{of['min']:>9}{of['max']:>9}")
        print(f"{'ratio of the pairs':28}{ratio['median']:>7}{ratio['min']:>9}{ratio['max']:>9}   goal {GOAL}")
    print(json.dumps(result))
    return 0 if ratio["median"] <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
