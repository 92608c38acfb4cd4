"""The TCP connection under a request, for faults that need more than ASGI offers: resets and early ends.

The web server puts a `Line` into each scope's extensions. Without one, as in a test that calls the application in its
own process, the same faults raise `Cut`; the application turns it into the ConnectionResetError that its caller sees.
"""

import asyncio
import socket
import struct
from contextlib import suppress

from starlette.types import Scope

_NAME = "calendar-wizard.line"
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 seconds: the kernel sends RST instead of FIN


class Cut(BaseException):
    """The line ends here. No Exception, so that nothing on its way answers 500."""


class Line:
    """One TCP connection. `held`: what it waits for is a fault, so the end of the site need not wait with it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.held = False

    def reset(self) -> None:
        """Send a TCP reset."""
        wire: socket.socket | None = self._transport.get_extra_info("socket")
        if wire is not None:
            with suppress(OSError):  # the caller has hung up by now
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._transport.abort()

    def close(self) -> None:
        """Send what is written, then end the connection in the normal way."""
        self._transport.close()


def attach(scope: Scope, line: Line) -> Scope:
    """Return the scope with its line."""
    return {**scope, "extensions": {**scope.get("extensions", {}), _NAME: line}}


def line_of(scope: Scope) -> Line | None:
    """Return the line under a request, or None where there is no network."""
    found = scope.get("extensions", {}).get(_NAME)
    return found if isinstance(found, Line) else None
