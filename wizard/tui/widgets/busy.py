"""A wait made visible: what is being done, and when it gives up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from wizard import texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from wizard.front.session import Pace

FRAMES = "◐◓◑◒"
_TICKING = str.maketrans(dict.fromkeys(FRAMES + "0123456789", "0"))


def spinner(seconds: float, *, still: bool) -> str:
    """Return the spinner's character after this many seconds."""
    return FRAMES[0] if still else FRAMES[int(seconds * 4) % len(FRAMES)]


def countdown(seconds: float) -> str:
    """Return what is left as minutes and seconds."""
    left = max(0, int(seconds + 0.999))
    return f"{left // 60}:{left % 60:02}"


def tick(line: Static, said: Content) -> None:
    """Say this on a line that is said again every quarter of a second: what is on the screen already costs nothing.

    Where only a spinner or a number moves, nothing else has to. Below a dialog nothing moves at all: each change there
    would draw both screens anew.
    """
    before = str(line.content)
    if line.screen.is_active and said.plain != before:
        line.update(said, layout=said.plain.translate(_TICKING) != before.translate(_TICKING))


class Busy(Static):
    """Hidden until a wait has lasted a moment; then it stays long enough to be read."""

    def __init__(self, clock: Callable[[], float], pace: Pace) -> None:
        super().__init__(id="busy")
        self.display = False
        self._clock = clock
        self._pace = pace
        self._label = ""
        self._began = self._until = 0.0
        self._paused_for, self._paused_until = "", 0.0
        self._shown_at: float | None = None
        self._timer: Timer | None = None
        self._appearing: Timer | None = None

    def start(self, label: str, seconds: float) -> None:
        """Begin a wait that gives up after `seconds`."""
        self._label, self._began = label, self._clock()
        self._until = self._began + seconds
        self._paused_until = 0.0
        self._shown_at = None
        if self._timer is None:
            self._timer = self.set_interval(0.25, self._tick)
        else:
            self._timer.resume()
        if self._pace.appear:
            self._forget_to_appear()
            self._appearing = self.set_timer(self._pace.appear, self._appear)
        else:
            self._appear()

    def pause(self, why: str, seconds: float) -> None:
        """Say `why` nothing moves for so many seconds; a wait that isn't shown stays so."""
        self._paused_for, self._paused_until = why, self._clock() + seconds
        self._tick()

    def stop(self) -> None:
        """End the wait; a spinner just shown stays for its time."""
        self._rest()
        shown_for = self._clock() - self._shown_at if self._shown_at is not None else self._pace.stay
        if shown_for >= self._pace.stay:
            self._vanish()
        else:
            self.set_timer(self._pace.stay - shown_for, self._vanish)

    def end(self) -> None:
        """End the wait, and say at once nothing more: whoever waited is gone."""
        self._rest()
        self.display = False

    def _rest(self) -> None:
        self._label = ""
        self._forget_to_appear()
        if self._timer is not None:
            self._timer.pause()

    def _forget_to_appear(self) -> None:
        if self._appearing is not None:
            self._appearing.stop()
            self._appearing = None

    def _appear(self) -> None:
        if self._label:
            self._shown_at = self._clock()
            self.display = True
            self._tick()

    def _vanish(self) -> None:
        if not self._label:
            self.display = False

    def _tick(self) -> None:
        if not self._label or not self.display:
            return
        now = self._clock()
        mark = spinner(now - self._began, still=self.app.animation_level == "none")
        if now < self._paused_until:
            said, left = f"{self._paused_for}\n", texts.AGAIN_IN.format(left=countdown(self._paused_until - now))
        else:
            said, left = self._label, texts.GIVES_UP.format(left=countdown(self._until - now))
        tick(self, Content.assemble((f"{mark} ", "$primary"), said, "  ", (left, "$quiet")))
