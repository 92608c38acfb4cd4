"""What the site remembers, in one SQLite file (or in memory): accounts, keys, connections, consents, tokens."""

import json
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wizard.sandbox.accounts import Account

_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (email TEXT PRIMARY KEY, provider_id TEXT NOT NULL, password TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS connections (id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS consents (token TEXT PRIMARY KEY, provider_id TEXT NOT NULL, schedule_id TEXT NOT NULL,
    redirect_url TEXT NOT NULL, expires_at REAL NOT NULL, used INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (digest TEXT PRIMARY KEY, expires_at REAL NOT NULL);
"""


class DamagedError(Exception):
    """The data directory's file is not this sandbox's database, is damaged, or another sandbox holds it."""


@dataclass(frozen=True)
class Connection:
    """A connection as the site keeps it. Times are seconds since the epoch.

    `import_calendars` are (id, name) pairs, None means the primary calendar. `export_calendar` is the address of the
    dedicated calendar from the first export on. `export_failed` shows as status ERROR with `export_reason` once the
    sync that failed is over.
    """

    id: str
    provider_id: str
    schedule_id: str
    email: str
    changed_at: float
    connected: bool = True
    imports: bool = True
    import_calendars: tuple[tuple[str, str], ...] | None = None
    exports: bool = False
    export_dedicated: bool = False
    export_calendar: str | None = None
    export_failed: bool = False
    export_reason: str = "EXTERNAL_CALENDAR_CREATION_FAILED"


@dataclass(frozen=True)
class Consent:
    """A sign-in page that Connect By OAuth handed out. `expires_at` is in seconds since the epoch."""

    token: str
    provider_id: str
    schedule_id: str
    redirect_url: str
    expires_at: float
    used: bool = False  # SQLite gives 0 or 1


class Store:
    """The site's memory. Safe to call from several threads; each call is one transaction."""

    def __init__(self, path: Path | None = None) -> None:
        """Open or create the database at `path`, or one in memory.

        Raises:
            DamagedError: the file is no usable database, or another sandbox has it open.

        """
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(path or ":memory:", check_same_thread=False, timeout=0)
            try:
                # One process at a time: a second site on the same data would hand out clashing answers.
                self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
                self._database.executescript("BEGIN EXCLUSIVE;" + _SCHEMA + "COMMIT;")
                if self._database.execute("PRAGMA quick_check").fetchone() != ("ok",):
                    raise sqlite3.DatabaseError("quick_check failed")
            except BaseException:
                self._database.close()
                raise
        except sqlite3.Error as error:
            raise DamagedError(str(error)) from error

    def close(self) -> None:
        """Close the database once no call is under way, which sqlite3 would not survive; every later call fails."""
        with self._lock:
            self._database.close()

    def _read(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, closing(self._database.execute(statement, values)) as cursor:
            return cursor.fetchall()

    def _write(self, statement: str, *values: object) -> int:
        with self._lock, self._database, closing(self._database.execute(statement, values)) as cursor:
            return cursor.rowcount

    def key(self, name: str) -> str | None:
        """Return the named value of this data directory, or None."""
        rows = self._read("SELECT value FROM keys WHERE name = ?", name)
        return str(rows[0][0]) if rows else None

    def seed(self, keys: dict[str, str], accounts: Sequence[Account], connections: Sequence[Connection]) -> None:
        """Write the start of a new data directory in one transaction."""
        with self._lock, self._database as database:
            database.executemany("INSERT INTO keys VALUES (?, ?)", keys.items())
            database.executemany(
                "INSERT INTO accounts VALUES (?, ?, ?)", [(a.email, a.provider_id, a.password) for a in accounts]
            )
            database.executemany(
                "INSERT INTO connections VALUES (?, ?)", [(c.id, json.dumps(asdict(c))) for c in connections]
            )

    def accounts(self) -> list[Account]:
        """Return every external account, in the order of the seeds."""
        return [Account(*row) for row in self._read("SELECT email, provider_id, password FROM accounts ORDER BY rowid")]

    def account(self, email: str) -> Account | None:
        """Return the account of that email (lower case), or None."""
        rows = self._read("SELECT email, provider_id, password FROM accounts WHERE email = ?", email)
        return Account(*rows[0]) if rows else None

    def save_connection(self, connection: Connection) -> None:
        """Insert a connection or replace the one of the same id."""
        self._write(
            "INSERT INTO connections VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            connection.id,
            json.dumps(asdict(connection)),
        )

    def connections(self) -> list[Connection]:
        """Return every connection, disconnected ones too, oldest first."""
        return [_connection(row[0]) for row in self._read("SELECT body FROM connections ORDER BY rowid")]

    def connection(self, identity: str) -> Connection | None:
        """Return the connection of that id, or None."""
        rows = self._read("SELECT body FROM connections WHERE id = ?", identity)
        return _connection(rows[0][0]) if rows else None

    def add_consent(self, consent: Consent) -> None:
        """Remember a sign-in page that was handed out."""
        self._write(
            "INSERT INTO consents VALUES (?, ?, ?, ?, ?, ?)",
            consent.token,
            consent.provider_id,
            consent.schedule_id,
            consent.redirect_url,
            consent.expires_at,
            consent.used,
        )

    def consent(self, token: str) -> Consent | None:
        """Return the sign-in page of that token, used or not, or None."""
        rows = self._read("SELECT * FROM consents WHERE token = ?", token)
        return Consent(*rows[0]) if rows else None

    def use_consent(self, token: str) -> bool:
        """Use up a sign-in page; False when somebody was faster."""
        return self._write("UPDATE consents SET used = 1 WHERE token = ? AND used = 0", token) == 1

    def add_token(self, digest: str, expires_at: float) -> None:
        """Remember an app token by its digest, until `expires_at` seconds since the epoch."""
        self._write("INSERT INTO tokens VALUES (?, ?)", digest, expires_at)

    def token_expiry(self, digest: str) -> float | None:
        """Return when the app token of that digest expires, in seconds since the epoch, or None if it is unknown."""
        rows = self._read("SELECT expires_at FROM tokens WHERE digest = ?", digest)
        return float(rows[0][0]) if rows else None


def _connection(body: str) -> Connection:
    fields = json.loads(body)
    if fields["import_calendars"] is not None:
        fields["import_calendars"] = tuple((identity, name) for identity, name in fields["import_calendars"])
    return Connection(**fields)
