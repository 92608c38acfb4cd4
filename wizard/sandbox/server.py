"""Runs the site and Radicale on loopback ports until it is told to stop."""

import contextlib
import json
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.sandbox.accounts import write_calendars, write_users
from wizard.sandbox.radicale_process import RadicaleError, RadicaleProcess
from wizard.sandbox.site import Site, prepare
from wizard.sandbox.store import DamagedError, Store

if TYPE_CHECKING:
    from wizard.sandbox.web import WebServer


def serve(*, port: int = 0, data: Path | None = None) -> int:
    """Run the sandbox until SIGINT or SIGTERM; return the exit code.

    Prints one JSON line on stdout when ready: `url`, `apiKey`, `siteId` and `accounts` (each `provider`, `email`,
    `password`, `caldavUrl`). `port` 0 means any free port. `data` keeps everything between runs; without it a temporary
    directory is used and removed at the end, even after a kill. Must run in the main thread. Returns 0, or 1 with one
    line on stderr when the port is taken or the data directory cannot be used.
    """
    return _run(port, data, until_stdin_ends=False)


def serve_owned(*, data: Path | None = None) -> int:
    """Run the sandbox like `serve` on any free port, but only as long as stdin stays open; return the exit code."""
    return _run(0, data, until_stdin_ends=True)


def _run(port: int, data: Path | None, until_stdin_ends: bool) -> int:
    before = os.umask(0o077)  # every file made from here on is its owner's alone
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        return _fail(f"port {port} cannot be used: {getattr(error, 'strerror', None) or error}")
    try:
        with listener, contextlib.ExitStack() as stack:
            _serve(listener, data, until_stdin_ends, stack)
    except (OSError, DamagedError) as error:
        reason = getattr(error, "strerror", None) or error
        return _fail(f"the directory {data or tempfile.gettempdir()} cannot be used: {reason}")
    except RadicaleError as error:
        return _fail(str(error))
    finally:
        os.umask(before)
    return 0


def _fail(reason: str) -> int:
    print(f"The sandbox did not start: {reason}.", file=sys.stderr)
    return 1


def _serve(listener: socket.socket, data: Path | None, until_stdin_ends: bool, stack: contextlib.ExitStack) -> None:
    if data is None:
        folder = Path(tempfile.mkdtemp(prefix="calendar-wizard-sandbox-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
    else:
        folder = data
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store(folder / "site.sqlite3")
    stack.callback(store.close)
    calendars = folder / "calendars"
    calendars.mkdir(exist_ok=True)
    accounts = prepare(store, time.time())
    write_users(calendars, accounts)
    # Radicale needs its users when it starts and its calendars at the first call: it starts while those are written
    # and while the web framework is imported.
    radicale = stack.enter_context(RadicaleProcess(calendars, remove=folder if data is None else None))
    write_calendars(calendars, datetime.now(UTC).date())

    from wizard.sandbox.app import create_app
    from wizard.sandbox.calendars import warm_up
    from wizard.sandbox.signin import SITE_ID
    from wizard.sandbox.web import WebServer

    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    caldav_url = radicale.url()
    line = {
        "url": url,
        "apiKey": store.key("api_key"),
        "siteId": SITE_ID,
        "accounts": [account.wire(caldav_url) for account in accounts],
    }

    def ready() -> None:
        print(json.dumps(line), flush=True)
        if sys.stderr.isatty():
            print(f"A practice site is running on {url}. Press Ctrl+C to stop it.", file=sys.stderr)
        warming = threading.Thread(target=warm_up)
        warming.start()
        stack.callback(warming.join)  # an import that outlives the main thread fails noisily

    server = WebServer(create_app(Site(store, url, caldav_url)), ready)
    if until_stdin_ends:
        threading.Thread(target=_stop_with_stdin, args=(server,), daemon=True).start()
    server.run(sockets=[listener])


def _stop_with_stdin(server: "WebServer") -> None:
    with contextlib.suppress(OSError):
        while os.read(sys.stdin.fileno(), 4096):
            pass
    server.should_exit = True
