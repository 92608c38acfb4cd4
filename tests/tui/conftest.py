"""Makes two hundred starts of the app affordable: no test looks at what this leaves out or hastens."""

from __future__ import annotations

from functools import partialmethod
from typing import Any

import pytest
from rich.console import Console
from textual import _wait
from textual._compositor import Compositor
from textual.css.stylesheet import Stylesheet

_paint = Compositor.render_update
_parse = Stylesheet._parse_rules  # noqa: SLF001 - nothing public keeps parsed rules from one app for the next
_parsed: dict[tuple[object, ...], list[Any]] = {}


@pytest.fixture(autouse=True)
def frugal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip what headless apps do in vain, and do once what every app does alike.

    Without a terminal Textual still renders every frame and throws it away; pictures are rendered in full, on demand.
    The style sheets of all tests are the same, and parsed rules aren't changed. After each key Textual's pilot waits
    until the process is idle, and looks every 20 ms: here every 5.
    """

    def paint(self: Compositor, full: bool = False, **options: Any) -> Any:
        if full:
            return _paint(self, full=True, **options)
        self._dirty_regions.clear()
        return None

    def parse(self: Stylesheet, css: str, read_from: Any, *options: Any, **more: Any) -> list[Any]:
        key = (css, read_from, options, tuple(sorted(more.items())), self._variables.get("background"))
        if key not in _parsed:
            _parsed[key] = _parse(self, css, read_from, *options, **more)
        return _parsed[key]

    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", 1 / 200)
    monkeypatch.setattr(_wait, "SLEEP_IDLE", 1 / 200 / 20)
    # Left to itself, it makes an id for each picture out of the repr of every cell in it.
    monkeypatch.setattr(Console, "export_svg", partialmethod(Console.export_svg, unique_id="terminal-0"))
    monkeypatch.setattr(Compositor, "render_update", paint)
    monkeypatch.setattr(Stylesheet, "_parse_rules", parse)
