"""An event loop on which waiting takes no time: its clock jumps to whatever is waited for next."""

import asyncio
import selectors

A_MOMENT = 1e-6
"""What each turn of the loop takes at least: on a clock that stands still, what is due by a rounding error never is."""


class _Jumping(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or A_MOMENT
        return super().select(0)


class Hurry(asyncio.SelectorEventLoop):
    """The loop. Nothing that it waits for may come from another thread or process."""

    def __init__(self) -> None:
        self._clock = _Jumping()
        super().__init__(self._clock)

    def time(self) -> float:
        """Tell the seconds that have passed for whoever waited."""
        return self._clock.now
