"""Starts Radicale beside the site and ends it with the site."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self


class RadicaleError(Exception):
    """The calendar server did not start."""


class RadicaleProcess:
    """Radicale over the accounts in `folder`, ended with the `with` block.

    The process starts at once, so that it imports while the accounts are written; `url` tells it that they are there.
    It removes the directory `remove`, if any, when it ends, and it ends with this process even if that is killed: so
    start it before there is anything to remove.
    """

    def __init__(self, folder: Path, remove: Path | None = None) -> None:
        # Modules never come from the directory that a person is in; Radicale's files have names that need UTF-8.
        command = [sys.executable, "-P", "-X", "utf8", "-m", "wizard.sandbox.radicale_child", str(folder)]
        if remove is not None:
            command += ["--remove", str(remove)]
        # A sign-in to the real Wix is none of its business.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WIX_")}
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # a terminal sends its ctrl+c to all of a session's programs in front
        )

    def url(self) -> str:
        """Let Radicale listen, now that its accounts are written; return its origin, without a slash at the end.

        Raises:
            RadicaleError: the process ended instead.

        """
        assert self._process.stdin is not None  # asked for above
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line.strip().isdigit():
            raise RadicaleError("the calendar server did not start")
        return f"http://127.0.0.1:{int(line)}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
