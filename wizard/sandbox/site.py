"""One sandbox site: its memory, its calendar server, its clock. Every call works on it."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from wizard.sandbox.accounts import Account, new_accounts
from wizard.sandbox.faults import Faults, Served
from wizard.sandbox.limits import RateLimit
from wizard.sandbox.providers import APPLE, GOOGLE
from wizard.sandbox.schedules import BUSINESS, schedule_named
from wizard.sandbox.store import Connection, Store


@dataclass
class Site:
    """What the calls share.

    `url` is the site's own origin, `caldav_url` Radicale's, both without a slash at the end. `clock` tells seconds
    since the epoch. `sync_delay` is the time in seconds between two moves of a connection's status. Without `premium`
    the calls that need it answer 403. `changing` is held while connections change. `faults` are those still to come;
    `log` has the last thousand API calls, oldest first.
    """

    store: Store
    url: str
    caldav_url: str
    clock: Callable[[], float] = time.time
    sync_delay: float = 0.5
    premium: bool = True
    limit: RateLimit = field(default_factory=RateLimit)
    changing: threading.Lock = field(default_factory=threading.Lock)
    faults: Faults = field(default_factory=Faults)
    log: deque[Served] = field(default_factory=lambda: deque(maxlen=1000))

    def today(self) -> date:
        """Return the clock's day in UTC."""
        return datetime.fromtimestamp(self.clock(), UTC).date()

    def secret(self) -> str:
        """Return the key that signs cursors and the consent page's forms."""
        return self.store.key("secret") or ""


def connection_id() -> str:
    """Return a new connection id: 170 and more unguessable characters, some of which a path must percent-encode."""
    return "/".join((f"EC.{secrets.token_urlsafe(60)}+", f"{secrets.token_urlsafe(60)}=="))


def prepare(store: Store, now: float) -> list[Account]:
    """Give an empty store the site's start (keys, accounts, two connections); return the store's accounts."""
    if store.key("secret") is None:
        email = "dan@icloud.example"
        schedule = schedule_named("Dan Okafor")
        home = (("primary", "Home"), ("work", "Work"))
        store.seed(
            {
                "secret": secrets.token_urlsafe(32),
                "api_key": f"IST.{secrets.token_urlsafe(48)}",
                "access_token": f"OauthNG.JWS.{secrets.token_urlsafe(48)}",
            },
            new_accounts(),
            [
                Connection(connection_id(), GOOGLE.id, BUSINESS.id, "studio@gmail.example", now - 3600),
                Connection(connection_id(), APPLE.id, schedule.id, email, now - 1800, import_calendars=home),
            ],
        )
    return store.accounts()
