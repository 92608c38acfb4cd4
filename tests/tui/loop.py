"""An event loop that says when it has nothing more to do: that is when all is done that a key has set off."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

_Taken = TypeVarTuple("_Taken")
_Given = TypeVar("_Given")

SOON = 0.02
"""Seconds within which a timer is about to go off: Textual's own, for a new size, takes half of that."""
LONGEST = 200
"""Turns of the loop after which nobody waits for quiet any more: something goes on and on. No key sets off half of it.

It isn't in seconds, because on a busy machine any number of them may be too few.
"""


class _Selector(selectors.DefaultSelector):
    """Where the loop waits: what it asks for tells how long nothing is due."""

    def __init__(self) -> None:
        super().__init__()
        self.quiet: asyncio.Future[None] | None = None
        self.turns = 0
        self.in_threads = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait, unless somebody waits for this."""
        if self.quiet is not None and not self.in_threads:
            self.turns += 1
            if timeout is None or timeout > SOON or self.turns > LONGEST:
                self.quiet.set_result(None)
                self.quiet, timeout = None, 0
        return super().select(timeout)


class QuietLoop(asyncio.SelectorEventLoop):
    """A loop with `quiet`."""

    def __init__(self) -> None:
        self._watched = _Selector()
        super().__init__(self._watched)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*_Taken], _Given], *args: *_Taken
    ) -> asyncio.Future[_Given]:
        """Count what is done in threads; the loop waits for it as if there were nothing to do."""
        future = super().run_in_executor(executor, func, *args)
        self._watched.in_threads += 1
        future.add_done_callback(self._come_back)
        return future

    def _come_back(self, _: asyncio.Future[_Given]) -> None:
        self._watched.in_threads -= 1

    async def quiet(self) -> None:
        """Wait until there is nothing to do."""
        self._watched.quiet, self._watched.turns = self.create_future(), 0
        try:
            await self._watched.quiet
        finally:
            self._watched.quiet = None


async def quiet(*_: float) -> None:
    """Stand in for Textual's `wait_for_idle`."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, QuietLoop)
    await loop.quiet()
