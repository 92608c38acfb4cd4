"""One key at a time: what is typed ahead waits until the key before it has done its work.

Textual hands each key at once to what has the focus then. A password manager types faster than the focus moves, and the
password would stand in the field before it, for everyone to read.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual.events import Key
from textual.widgets import Input

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode
    from textual.events import Event

LONGEST = 1.0
"""Seconds after which keys go on in any case: what the key before has begun takes its time."""


class TypeAhead:
    """Tells an app which keys and pastes have to wait, and posts them again when it is their turn."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._waiting: list[Event] = []
        self._working: asyncio.Task[None] | None = None

    def keeps(self, event: Event) -> bool:
        """Whether the event has to wait: it is kept then, and comes again."""
        if self._working is None:
            return False
        self._waiting.append(event)
        return True

    def passed(self, event: Event) -> None:
        """Let others wait for what this event does, unless it only puts text into the field that has the focus."""
        if isinstance(event, Key) and not (event.is_printable and isinstance(self._app.focused, Input)):
            self._working = asyncio.create_task(self._wait())

    def forget(self) -> None:
        """Throw away what waits, as a terminal does at an interrupt with what was typed ahead of it."""
        self._waiting.clear()

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST):
                await self._worked_off()
        self._working = None
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self._app.post_message(event)

    async def _worked_off(self) -> None:
        """Wait until no message is left on the way from the focus up to the app, where keys and their messages go."""
        is_left = True
        while is_left:
            for node in self._way():  # the app comes last: it may be at the last message still
                await _catch_up(node)
            is_left = any(node.message_queue_size for node in self._way())

    def _way(self) -> list[DOMNode]:
        if not self._app.is_running:
            return []
        return (self._app.focused or self._app.screen).ancestors_with_self


async def _catch_up(node: DOMNode) -> None:
    """Wait until it has done what it was told up to now."""
    caught_up = asyncio.Event()
    if node.call_later(caught_up.set):
        await caught_up.wait()
