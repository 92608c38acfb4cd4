"""uvicorn, quiet and stoppable: no access log (it would hold connection ids), and a signal is a normal end."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from wizard.sandbox.line import Line, attach


class _Protocol(H11Protocol):
    """Hands each request the line it came on, and ends a line at once that is held by a fault when the site ends."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Make the connection's line."""
        super().connection_made(transport)
        self._line = line = Line(transport)
        app: ASGIApp = self.app

        async def with_line(scope: Scope, receive: Receive, send: Send) -> None:
            await app(attach(scope, line), receive, send)

        self.app = with_line

    def shutdown(self) -> None:
        """End the connection when it has nothing more to answer."""
        if self._line.held:
            self._line.reset()
        else:
            super().shutdown()


class WebServer(uvicorn.Server):
    """Serves an application on sockets that are bound already; `ready` is called once it answers."""

    def __init__(self, app: ASGIApp, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                loop="asyncio",
                http=_Protocol,
                ws="none",
                server_header=False,
                timeout_graceful_shutdown=2,  # seconds; browsers keep connections open for much longer
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then say so."""
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGINT and SIGTERM. uvicorn's own raises them again afterwards, so the exit code could not be 0."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(number, self.handle_exit) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)
