"""Runs the site and Radicale on loopback ports until it is told to stop."""

import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.sandbox.accounts import Account, write_calendars, write_users
from wizard.sandbox.faults import Faults
from wizard.sandbox.radicale_process import RadicaleError, RadicaleProcess
from wizard.sandbox.site import Site, prepare
from wizard.sandbox.store import DamagedError, Store

if TYPE_CHECKING:
    from wizard.sandbox.web import WebServer


def serve(*, port: int = 0, data: Path | None = None, faults: Faults | None = None) -> int:
    """Run the sandbox until SIGINT or SIGTERM; return the exit code.

    Prints one JSON line on stdout when ready: `url`, `apiKey`, `siteId` and `accounts` (each `provider`, `email`,
    `password`, `caldavUrl`). `port` 0 means any free port. `data` keeps everything between runs; without it a temporary
    directory is used and removed at the end, even after a kill. `faults` go wrong on purpose. Must run in the main
    thread. Returns 0, or 1 with one line on stderr when the port is taken or the data directory cannot be used.
    """
    return _run(port, data, faults, until_stdin_ends=False)


def serve_owned(*, data: Path | None = None, faults: Faults | None = None) -> int:
    """Run the sandbox like `serve` on any free port, but only as long as stdin stays open; return the exit code."""
    return _run(0, data, faults, until_stdin_ends=True)


def _run(port: int, data: Path | None, faults: Faults | None, until_stdin_ends: bool) -> int:
    umask = os.umask(0o077)  # every file made from here on is its owner's alone
    terminate = signal.signal(signal.SIGTERM, signal.default_int_handler)  # while starting; uvicorn has its own later
    try:
        with contextlib.ExitStack() as stack:
            try:
                listener = stack.enter_context(socket.create_server(("127.0.0.1", port)))
            except (OSError, OverflowError) as error:
                return _fail(f"port {port} cannot be used: {_reason(error)}")
            try:
                parts = _prepare(data, stack)
            except (OSError, DamagedError) as error:
                place = data or tempfile.gettempdir()
                return _fail(f"the directory {place} cannot be used: {_reason(error)}")
            return _serve(listener, parts, faults or Faults(), until_stdin_ends)
    except RadicaleError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, terminate)
        os.umask(umask)


def _reason(error: Exception) -> str:
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)


def _fail(reason: str) -> int:
    print(f"The sandbox did not start: {reason}.", file=sys.stderr)
    return 1


@dataclass(frozen=True)
class _Parts:
    store: Store
    accounts: list[Account]
    radicale: RadicaleProcess


def _prepare(data: Path | None, stack: contextlib.ExitStack) -> _Parts:
    if data is None:
        folder = Path(tempfile.mkdtemp(prefix="calendar-wizard-sandbox-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        calendars = folder / "calendars"
        # First of all: from here on the directory goes away whatever happens to this process.
        radicale = stack.enter_context(RadicaleProcess(calendars, remove=folder))
        store = _open_store(folder, stack)
    else:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        calendars = data / "calendars"
        store = _open_store(data, stack)  # first of all: a directory that cannot be used needs no calendar server
        radicale = stack.enter_context(RadicaleProcess(calendars))
    calendars.mkdir(exist_ok=True)
    accounts = prepare(store, time.time())
    write_users(calendars, accounts)
    write_calendars(calendars, datetime.now(UTC).date())
    return _Parts(store, accounts, radicale)


def _open_store(folder: Path, stack: contextlib.ExitStack) -> Store:
    store = Store(folder / "site.sqlite3")
    stack.callback(store.close)
    return store


def _serve(listener: socket.socket, parts: _Parts, faults: Faults, until_stdin_ends: bool) -> int:
    from wizard.sandbox.app import create_app
    from wizard.sandbox.calendars import warm_up
    from wizard.sandbox.signin import SITE_ID
    from wizard.sandbox.web import WebServer

    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    caldav_url = parts.radicale.url()
    line = {
        "url": url,
        "apiKey": parts.store.key("api_key"),
        "siteId": SITE_ID,
        "accounts": [account.wire(caldav_url) for account in parts.accounts],
    }
    # A second later: whoever started us is busy with its own start, and asks for no calendar before that.
    warming = threading.Timer(1.0, warm_up)

    def ready() -> None:
        warming.start()
        print(json.dumps(line), flush=True)
        if sys.stderr.isatty():
            print(f"A practice site is running on {url}. Press Ctrl+C to stop it.", file=sys.stderr)

    server = WebServer(create_app(Site(parts.store, url, caldav_url, faults=faults)), ready)
    if until_stdin_ends:
        threading.Thread(target=_stop_with_stdin, args=(server,), daemon=True).start()
    try:
        server.run(sockets=[listener])
    finally:
        warming.cancel()
        if warming.ident is not None:
            warming.join()  # an import that outlives the main thread fails noisily
    return 0


def _stop_with_stdin(server: "WebServer") -> None:
    with contextlib.suppress(OSError):
        while os.read(sys.stdin.fileno(), 4096):
            pass
    server.should_exit = True
