"""The external accounts of the sandbox: who they are, their passwords, and their storage on disk for Radicale."""

import json
import secrets
import shutil
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from wizard.sandbox.diary import DIARIES
from wizard.sandbox.providers import APPLE, FASTMAIL, GOOGLE, OUTLOOK, PROVIDERS

PRIMARY = "primary"
"""The last part of the address of every account's main calendar."""

_OWNERS = {
    "studio@gmail.example": GOOGLE,
    "dana@gmail.example": GOOGLE,
    "dana@outlook.example": OUTLOOK,
    "dana@icloud.example": APPLE,
    "dan@icloud.example": APPLE,
    "dana@fastmail.example": FASTMAIL,
}


@dataclass(frozen=True)
class Account:
    """One external account: a user of Radicale whose name is its email."""

    email: str
    provider_id: str
    password: str = field(repr=False)

    def wire(self, caldav_url: str) -> dict[str, str]:
        """Return what the ready line tells about the account: provider, email, password, caldavUrl."""
        return {
            "provider": PROVIDERS[self.provider_id].name,
            "email": self.email,
            "password": self.password,
            "caldavUrl": f"{caldav_url}/{self.email}/",
        }


def new_accounts() -> list[Account]:
    """Return the sandbox's accounts with fresh random passwords; Apple's look like app-specific ones."""
    return [
        Account(email, provider.id, _app_specific() if provider is APPLE else secrets.token_urlsafe(12))
        for email, provider in _OWNERS.items()
    ]


def _app_specific() -> str:
    return "-".join("".join(secrets.choice(string.ascii_lowercase) for _ in range(4)) for _ in range(4))


def write_users(folder: Path, accounts: Sequence[Account]) -> None:
    """Write Radicale's htpasswd file (plain: these passwords open nothing but this sandbox).

    Raises:
        OSError: the folder cannot be written.

    """
    lines = "".join(f"{account.email}:{account.password}\n" for account in accounts)
    users = folder / "users"
    users.touch(mode=0o600)
    users.write_text(lines, encoding="utf-8")


def write_calendars(folder: Path, today: date) -> None:
    """Write the calendars of the start in Radicale's storage format, unless `folder` already has some.

    Straight to disk: over CalDAV the same takes a second, which every start of the sandbox would pay.

    Raises:
        OSError: the folder cannot be written.

    """
    root, half = folder / "collection-root", folder / "collection-root.new"
    if root.exists():
        return
    shutil.rmtree(half, ignore_errors=True)  # an earlier start was interrupted
    for email, calendars in DIARIES.items():
        for calendar in calendars:
            place = half / email / calendar.slug
            place.mkdir(parents=True, mode=0o700)
            props = {"tag": "VCALENDAR", "D:displayname": calendar.name, "C:supported-calendar-component-set": "VEVENT"}
            (place / ".Radicale.props").write_text(json.dumps(props), encoding="utf-8")
            for number, entry in enumerate(calendar.entries):
                uid = f"{calendar.slug}-{number}"
                (place / f"{uid}.ics").write_text(entry.ics(uid, today), encoding="utf-8", newline="")
    half.rename(root)  # all or nothing
