"""A keyring in memory, and a place of the test's own for the note beside it; never the machine's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.core import load_keyring

FAIL, NULL = "keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"
"""The one that stands for no keyring at all, and the one that keeps nothing."""
MEMORY = "tests.keyrings.MemoryKeyring"
"""The one below, for a program of its own."""


class MemoryKeyring(KeyringBackend):
    """Keeps entries by service and name. What `work` does comes first: it may wait or fail."""

    priority = -1.0  # never chosen by itself
    name = "Memory"

    def __init__(self) -> None:
        self.priority = 1.0  # as one that is recommended
        self.entries: dict[tuple[str, str], str] = {}
        self.work: Any = lambda: None
        self.calls = 0

    def _work(self) -> None:
        self.calls += 1
        self.work()

    def get_password(self, service: str, username: str) -> str | None:
        self._work()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._work()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._work()
        del self.entries[service, username]


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(load_keyring(FAIL))
