"""Radicale as a process of its own: `python -m wizard.sandbox.radicale_child FOLDER [--remove DIRECTORY]`.

Once a line comes on its stdin, it prints its port and serves the accounts in FOLDER until its stdin ends. The parent
holds the other end of that pipe, so this process goes away with it, even when it is killed, and removes DIRECTORY last.
"""

import argparse
import contextlib
import logging
import os
import shutil
import signal
import socketserver
import sys
import threading
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIServer

from radicale import config
from radicale.app import Application
from radicale.server import RequestHandler


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def server_bind(self) -> None:
        # Not HTTPServer's: that one looks up the host's full name, which can take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that hangs up early is no fault of ours."""


class _Handler(RequestHandler):
    wbufsize = 64 * 1024  # an answer goes out as a whole; without, each of its header lines is a packet


def _configuration(folder: str, kept: bool) -> config.Configuration:
    configuration = config.load(())
    configuration.update(
        {
            "auth": {
                "type": "htpasswd",
                "htpasswd_filename": str(Path(folder, "users")),
                "htpasswd_encryption": "plain",
                "delay": "0",  # seconds after a wrong password; nobody guesses here
            },
            "rights": {"type": "owner_only"},
            # What is removed in the end need not survive a power cut, and waiting for the disk is half of a write.
            "storage": {"filesystem_folder": folder, "folder_umask": "0077", "_filesystem_fsync": str(kept)},
            "web": {"type": "none"},
        },
        "sandbox",
        privileged=True,  # for the option with the underscore
    )
    return configuration


def main() -> None:
    """Serve until stdin ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--remove")
    asked = parser.parse_args()
    # Whoever ends a service may send these to each of its processes; this one ends with its parent, never before.
    for name in ("SIGINT", "SIGHUP", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    os.umask(0o077)
    logging.getLogger("radicale").setLevel(logging.CRITICAL + 1)
    try:
        if os.read(sys.stdin.fileno(), 1):
            _serve(asked.folder, kept=not asked.remove)
    finally:
        if asked.remove:
            shutil.rmtree(asked.remove, ignore_errors=True)


def _serve(folder: str, kept: bool) -> None:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.set_app(Application(_configuration(folder, kept)))
        threading.Thread(target=_wait_for_the_end, args=(server,), daemon=True).start()
        with contextlib.suppress(BrokenPipeError):
            print(server.server_port, flush=True)
        server.serve_forever(poll_interval=0.1)


def _wait_for_the_end(server: _Server) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    server.shutdown()


if __name__ == "__main__":
    main()
