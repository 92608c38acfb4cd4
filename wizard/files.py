"""Files that are for their owner only, and there in full or not at all; and where programs keep their state."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from platformdirs import user_state_path

from wizard.exits import USAGE, StartError


class NoHomeError(OSError, StartError):
    """There is no home folder, as in containers: what can't go on without a file ends in one line that says so."""

    def __init__(self) -> None:
        OSError.__init__(self, errno.ENOENT, "there is no home folder to keep anything in; set HOME or XDG_STATE_HOME")
        self.exit_code = USAGE

    def __str__(self) -> str:
        return str(self.strerror)


def state_folder() -> Path:
    """Return the platform's folder for what this program keeps between its runs. It need not be there.

    Raises `NoHomeError`.
    """
    try:
        return user_state_path("calendar-wizard", appauthor=False)
    except RuntimeError:
        raise NoHomeError from None


def runs_folder() -> Path:
    """Return the folder of the runs' journals. It need not be there. Raises `NoHomeError`."""
    return state_folder() / "runs"


def runs_folder_if_any() -> Path | None:
    """Return the folder of the runs' journals, or None where there is no home folder: runs go on without one."""
    try:
        return runs_folder()
    except NoHomeError:
        return None


def bulk_folder() -> Path:
    """Return the folder of the bulk runs' journals. It need not be there. Raises `NoHomeError`."""
    return state_folder() / "bulk"


def write(path: Path, text: str, *, new: bool = False) -> None:
    """Write a file, mode 0600, in place of one that is there; a power cut leaves the old one or the new one.

    With `new` a file that is there is kept: raises FileExistsError then, and OSError for all else that goes wrong.
    Blocks until the disk has it.
    """
    descriptor, name_beside = tempfile.mkstemp(prefix=".", suffix=".new", dir=path.parent)
    beside = Path(name_beside)
    try:
        # A lone surrogate, which no file can hold, is written as JSON escapes it.
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if new:
            # Taking the name first is what keeps another's file; a link would too, but not every file system has links.
            path.touch(0o600, exist_ok=False)
        try:
            beside.replace(path)
        except OSError:
            if new:
                path.unlink()
            raise
    except OSError:
        beside.unlink()
        raise
