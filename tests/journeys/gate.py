"""A gate before the site: it can be opened late, refuse calls with Wix's empty 503, and hold one back."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Gate:
    """Passes every call on to the site at `url`, except those that `refused` names as "METHOD /path"."""

    def __init__(self, url: str, port: int = 0) -> None:
        self.refused: set[str] = set()
        self.holds = threading.Event()
        """Set while a call waits for its answer in vain."""
        self._let_go = threading.Event()
        self._held = ""
        self._worked = False
        self._site = urlsplit(url).netloc
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                if f"{self.command} {self.path.partition('?')[0]}" in gate.refused:
                    self.answer(503, b"")
                    return
                held = gate._held != "" and self.path.partition("?")[0].endswith(gate._held)
                if held and not gate._worked:
                    gate._hold()
                    return
                with closing(http.client.HTTPConnection(gate._site, timeout=10)) as site:
                    site.request(self.command, self.path, body, dict(self.headers))
                    answer = site.getresponse()
                    content = answer.read()
                if held:
                    gate._hold()
                else:
                    self.answer(answer.status, content)

            def answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = pass_on  # noqa: N815 - http.server looks for these names

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @contextmanager
    def hold(self, call: str, *, worked: bool) -> Iterator[None]:
        """Leave a call, told by how its path ends, without an answer, before or after the site has done the work."""
        self._held, self._worked = call, worked
        self.holds.clear()
        self._let_go.clear()
        yield
        self._held = ""
        self._let_go.set()

    def _hold(self) -> None:
        self.holds.set()
        self._let_go.wait(30)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
