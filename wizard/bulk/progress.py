"""How far a long run is, on standard error: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wizard.running import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVERY_SECONDS = 1.0
"""How often a line is written, at most."""


@contextmanager
def shown(total: int) -> Iterator[Callable[[int, str], None]]:
    """Show a run of `total` parts while the context is open; what it gives is told how many are done, and words."""
    plain = os.environ.get("TERM") == "dumb" or os.environ.get("ACCESSIBLE", "") not in ("", "0")
    if plain or not sys.stderr.isatty():
        yield _lines(total)
        return

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True, soft_wrap=True, highlight=False),
        # What is written meanwhile goes above the bar; standard output stays its own where it is another place.
        redirect_stdout=sys.stdout.isatty(),
    )
    with bar:
        part = bar.add_task("", total=total)
        yield lambda done, words: bar.update(part, completed=done, description=words)


def _lines(total: int) -> Callable[[int, str], None]:
    last = time.monotonic()

    def tell(done: int, words: str) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY_SECONDS:
            last = time.monotonic()
            say(f"{done}/{total} {words}")

    return tell
