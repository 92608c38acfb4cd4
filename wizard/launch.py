"""Starts the embedded site as a process of its own and ends it with the wizard.

The child lives as long as its standard input stays open, so it also ends when the wizard is killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain import Fault, SandboxAccount, SignIn, SignInWay
from wizard.exits import StartError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

NEEDED = ("starlette", "uvicorn", "radicale", "caldav", "jinja2")
HOW_TO_INSTALL = "The sandbox needs a few more packages: pip install 'wix-calendar-wizard[sandbox]'"
END_SECONDS = 5.0
"""How long the site gets to end by itself."""


def installed() -> bool:
    """Whether the packages of the sandbox extra are here; imports none of them."""
    from importlib.util import find_spec

    return all(find_spec(name) for name in NEEDED)


def need_sandbox() -> None:
    """Raise `StartError` where the packages of the sandbox extra are missing."""
    if not installed():
        raise StartError(HOW_TO_INSTALL)


@dataclass(frozen=True)
class Site:
    """Where the embedded site is, how to sign in to it, and the accounts to try."""

    base_url: str
    sign_in: SignIn
    accounts: tuple[SandboxAccount, ...]


class Embedded:
    """The embedded site's process, in a temporary directory, or in `data` if that is given.

    `faults` (CALL=KIND or CALL=KIND*N) happen on purpose, and each answer comes `latency` seconds later.
    """

    def __init__(self, data: Path | None = None, faults: Sequence[str] = (), latency: float = 0.0) -> None:
        package = Path(__file__).parent.parent
        # Not a pipe: nobody reads it while all is well, and a full pipe would stop the site.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("WIX_")}
        command = [sys.executable, "-P", "-m", "wizard.sandbox", *(["--data", str(data)] if data else [])]
        command += [*(f"--fault={fault}" for fault in faults), f"--latency={latency}"]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            # -P keeps the person's folder out of the module path; this keeps ours in.
            env={**environment, "PYTHONPATH": str(package)},
            start_new_session=True,
        )

    def ready(self) -> Site:
        """Wait until the site answers. Blocking; imports pydantic. Raises the fault `sandbox_failed`."""
        from pydantic import SecretStr

        assert self._process.stdout is not None  # it was asked for above
        line = self._process.stdout.readline()
        try:
            said = json.loads(line)
        except ValueError:
            self._process.wait(END_SECONDS)
            self._errors.seek(0)
            words = self._errors.read().decode("utf-8", "replace").strip().splitlines()
            raise Fault("sandbox_failed", message=words[-1] if words else "") from None
        return Site(
            base_url=said["url"],
            sign_in=SignIn(SignInWay.API_KEY, SecretStr(said["apiKey"]), said["siteId"]),
            accounts=tuple(
                SandboxAccount(a["provider"], a["email"], SecretStr(a["password"])) for a in said["accounts"]
            ),
        )

    def close(self) -> None:
        """End the site and wait until it has tidied up."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def __enter__(self) -> Embedded:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
