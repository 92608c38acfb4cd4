"""The log file: what happened in a run, in shapes instead of values, and only what this program itself says.

Whoever logs in `wizard` says states, events, codes, counts and calls; never a secret, an e-mail address, a name, a
query or anything typed. Where no file is asked for, Python's logging drops all of it at once.
"""

from __future__ import annotations

import logging
import os
import platform
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from wizard import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROOT = "wizard"


@contextmanager
def to_file(path: Path) -> Iterator[None]:
    """Append to the file, made for its owner only, while the context is open. Raises OSError when it can't be opened.

    What other packages log doesn't get there: httpx would put whole URLs into it.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    file = os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")
    handler = _Quiet(file)
    handler.setFormatter(_Lines())
    logger = logging.getLogger(_ROOT)
    before = logger.level, logger.propagate
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        logger.info("calendar-wizard %s, Python %s, %s", __version__, platform.python_version(), platform.system())
        yield
    finally:
        logger.info("the end")
        logger.removeHandler(handler)
        logger.setLevel(before[0])  # which also forgets which loggers are on
        logger.propagate = before[1]
        with suppress(OSError):  # as below
            file.close()


class _Quiet(logging.StreamHandler):  # type: ignore[type-arg] # generic only in its stubs
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base class's
        """Lose the line: a full disk is no reason to write over the screen."""


class _Lines(logging.Formatter):
    """One line each: the time in UTC with milliseconds, the level, the module, what happened."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")
        self.converter = time.gmtime
