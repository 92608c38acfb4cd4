"""Makes three hundred starts of the app affordable: no test looks at what this leaves out or hastens."""

from __future__ import annotations

from functools import partialmethod
from typing import Any

import pytest
from rich.console import Console
from textual import app, pilot, screen
from textual._compositor import Compositor
from textual.css.stylesheet import Stylesheet

from tests.tui.loop import QuietLoop, quiet

_paint = Compositor.render_update
_parse = Stylesheet._parse_rules  # noqa: SLF001 - nothing public keeps parsed rules from one app for the next
_parsed: dict[tuple[object, ...], list[Any]] = {}


@pytest.fixture(autouse=True)
def frugal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip what headless apps do in vain, and do once what every app does alike.

    Without a terminal Textual still renders every frame and throws it away; pictures are rendered in full, on demand.
    The style sheets of all tests are the same, and parsed rules aren't changed.
    """

    def paint(self: Compositor, full: bool = False, **options: Any) -> Any:
        if full:
            return _paint(self, full=True, **options)
        self._dirty_regions.clear()
        return None

    def parse(self: Stylesheet, css: str, read_from: Any, *options: Any, **more: Any) -> list[Any]:
        # The background tells one theme's colours from another's.
        key = (css, read_from, options, tuple(sorted(more.items())), self._variables["background"])
        if key not in _parsed:
            _parsed[key] = _parse(self, css, read_from, *options, **more)
        return _parsed[key]

    # Left to itself, it makes an id for each picture out of the repr of every cell in it.
    monkeypatch.setattr(Console, "export_svg", partialmethod(Console.export_svg, unique_id="terminal-0"))
    monkeypatch.setattr(Compositor, "render_update", paint)
    monkeypatch.setattr(Stylesheet, "_parse_rules", parse)


def pytest_asyncio_loop_factories() -> dict[str, type[QuietLoop]]:
    """Run the tests on a loop that says when it has nothing more to do."""
    return {"quiet": QuietLoop}


@pytest.fixture(autouse=True)
def ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw for an ordinary terminal with all colours, whatever the tests run in."""
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.delenv("TERM_PROGRAM", raising=False)


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pilot wait until all is done that a key has set off, and no longer.

    Textual's own waits until the process was idle for a while, which on a busy machine it may be too early or never.
    """
    for module in (app, pilot):
        monkeypatch.setattr(module, "wait_for_idle", quiet)
    # Before that it would send every widget a message and wait for all: a quarter of all messages were these.
    monkeypatch.setattr(pilot.Pilot, "_wait_for_screen", quiet)
    monkeypatch.setattr(screen, "UPDATE_PERIOD", 1 / 1000)
