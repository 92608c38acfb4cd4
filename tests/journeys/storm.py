"""Random hands at a real terminal, on a site that is slow and fails: does the wizard stand, and can it be left?

    python -m tests.journeys.storm [--minutes N] [--seed N]

Each run is a wizard of its own and goes on where the one before was left. The seed decides about the site's faults and
what the hands do; when they do it, and so what they meet, is another each time. What a run that went wrong has written
to its terminal is kept.
"""

import argparse
import contextlib
import io
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

from tests.journeys.conftest import PROGRAM, Studio, environment_in, serving
from tests.journeys.terminal import CURSOR_SHOWN, KEYS, LINES_WRAP, Terminal, cold
from wizard.exits import CONNECTED, LEFT, REFUSED, SIGN_IN, TEMPORARY
from wizard.sandbox.faults import CALLS, KINDS, PAGED_KINDS

SIZES = ((80, 24), (60, 20), (40, 12), (120, 40), (30, 10))  # the last is too small for the wizard
FAULTS = 8
"""How many the site has, each for up to six calls."""
SECONDS = (5.0, 25.0)
"""How long the hands are at a run."""
NAMED = ["enter"] * 14 + ["tab"] * 6 + ["up", "down"] * 5 + ["ctrl+b", "space", "ctrl+r"] * 3 + ["ctrl+s", "f3"]
# Twice escape and backtab; then f1, f2, the pages and backspace.
BY_CODE = ["\x1b", "\x1b[Z"] * 2 + ["\x1bOP", "\x1bOQ", "\x1b[5~", "\x1b[6~", "\x7f"]
ALL_KEYS = [*NAMED, *BY_CODE, *"danoc" * 2, *"12/ qr"]
PASTES = ("x\ny", "http://127.0.0.1/?connectionId=1", "🏞️ﷺ\u202e", "\x1b[31m", "a" * 5_000)
TO_LEAVE = 40
"""How many times ctrl+c is pressed until the wizard should be gone: an escape before it may take one."""


class Storm:
    """A site, and hands that know its accounts."""

    def __init__(self, chance: random.Random, studio: Studio, folder: Path) -> None:
        self._chance, self._studio, self._folder = chance, studio, folder
        self._apple = studio.account("Apple")
        self._environment = {**environment_in(folder), **studio.environment, "BROWSER": "true"}

    def blow(self) -> str:
        """Start a wizard, be at it for a while, and leave it; return what went wrong, or nothing."""
        columns, rows = self._chance.choice(SIZES)
        child = cold([PROGRAM], self._environment, self._folder, columns=columns, rows=rows)
        terminal = Terminal(child, columns, rows)
        before = terminal.line_settings
        try:
            with contextlib.suppress(OSError):  # it has ended meanwhile
                self._be_at(terminal)
            code = _leave(terminal)
            after = terminal.line_settings
        except AssertionError as trouble:
            return self._kept(terminal, str(trouble).partition(";")[0])
        finally:
            terminal.kill()
        if b"Traceback" in terminal.said:
            return self._kept(terminal, "a traceback")
        if code not in (CONNECTED, REFUSED, TEMPORARY, SIGN_IN, LEFT):
            return self._kept(terminal, f"exit code {code}")
        if after != before or terminal.modes != {CURSOR_SHOWN, LINES_WRAP}:
            return self._kept(terminal, "the terminal isn't as it was")
        return self._twice()

    def _be_at(self, terminal: Terminal) -> None:
        until = time.monotonic() + self._chance.uniform(*SECONDS)
        while time.monotonic() < until and terminal.runs:
            self._do(terminal)
            terminal.watch(self._chance.choice((0, 0, 0.01, 0.03, 0.1, 0.3)))

    def _do(self, terminal: Terminal) -> None:
        chance = self._chance
        match chance.choices(("key", "keys", "paste", "sign in", "click", "resize"), (65, 15, 5, 5, 7, 3))[0]:
            case "key":
                terminal.press(chance.choice(ALL_KEYS))
            case "keys":
                terminal.type("".join(KEYS.get(key, key) for key in chance.choices(ALL_KEYS, k=chance.randint(2, 9))))
            case "paste":
                terminal.paste(chance.choice((*PASTES, self._apple.email, self._apple.password)))
            case "sign in":
                terminal.type(f"{self._apple.email}\t{self._apple.password}\r")
            case "click":
                where = f"{chance.randint(1, 80)};{chance.randint(1, 24)}"
                terminal.type(f"\x1b[<0;{where}M\x1b[<0;{where}m" * chance.randint(1, 2))
            case "resize":
                terminal.resize(*chance.choice(SIZES))

    def _twice(self) -> str:
        """Say whether an account is connected to a schedule more than once."""
        try:
            rows = self._studio.connections()
            stand = Counter((row["scheduleId"], row["providerId"], row["externalAccountEmail"]) for row in rows)
        except (httpx.HTTPError, ValueError, TypeError, KeyError):  # one of the faults
            return ""
        return "".join(f"{times} connections of {what}" for what, times in stand.items() if times > 1)

    def _kept(self, terminal: Terminal, trouble: str) -> str:
        path = self._folder / f"{terminal.pid}.out"
        path.write_bytes(terminal.said)
        return f"{trouble}: {path}"


def _leave(terminal: Terminal) -> int:
    with contextlib.suppress(OSError):
        for _ in range(TO_LEAVE):
            if not terminal.runs:
                break
            terminal.press("ctrl+c")
            terminal.watch(0.3)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints the screen, for pytest
        return terminal.wait_for_end()


def _faults(chance: random.Random) -> list[str]:
    """Return what makes the site slow and lets it fail; not where the studio itself signs in."""
    kinds = [kind for kind in KINDS if kind not in PAGED_KINDS]
    calls = [call for call in CALLS if call != "token"]
    drawn = [f"{chance.choice(calls)}={chance.choice(kinds)}*{chance.randint(1, 6)}" for _ in range(FAULTS)]
    return [f"--latency={chance.choice((0, 0.15, 0.6))}", *(f"--fault={fault}" for fault in drawn)]


def main() -> int:
    """Let it storm; return 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description="random hands at the wizard")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    chance = random.Random(asked.seed)  # noqa: S311 - a seed gives the same hands again; no secret is drawn
    until = time.monotonic() + asked.minutes * 60
    folder = Path(tempfile.mkdtemp(prefix="storm-"))
    print(f"seed {asked.seed}, in {folder}", flush=True)
    runs = wrong = 0
    faults = _faults(chance)
    print(*faults, flush=True)
    with serving(*faults) as studio:
        storm = Storm(chance, studio, folder)
        while time.monotonic() < until:
            runs += 1
            if trouble := storm.blow():
                wrong += 1
                print(trouble, flush=True)
    print(f"{runs} runs, {wrong} went wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
