"""Wix's things as the wizard sees them: plain data, so that the first frame needs neither pydantic nor httpx."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pydantic import SecretStr


class SignInWay(StrEnum):
    """The three ways of signing in to a Wix site (wix-api: Signing in to Wix)."""

    API_KEY = "api_key"
    ACCESS_TOKEN = "access_token"  # noqa: S105 - the name of a way, not a token
    APP = "app"


@dataclass(frozen=True)
class SignIn:
    """What one way of signing in needs: `secret` is the key, the token or the app secret."""

    way: SignInWay
    secret: SecretStr
    site_id: str = ""
    app_id: str = ""
    instance_id: str = ""

    @property
    def place(self) -> str:
        """What tells the site from others: its id, or the app instance's."""
        return self.site_id or self.instance_id


class Method(StrEnum):
    """How a provider's account is connected."""

    OAUTH = "OAUTH"
    CREDENTIALS = "CREDENTIALS"


class Kind(StrEnum):
    """Whose calendar it is; the old names of Microsoft's are one kind."""

    GOOGLE = "GOOGLE"
    APPLE = "I_CAL"
    MICROSOFT = "MICROSOFT"
    OTHER = "OTHER"


_KINDS = {kind.value: kind for kind in Kind}


class Import(StrEnum):
    """What a provider can bring into Wix."""

    NONE = "none"
    PRIMARY = "primary"
    CHOSEN = "chosen"


class Export(StrEnum):
    """Where a provider can put Wix events."""

    NONE = "none"
    PRIMARY = "primary"
    CHOSEN = "chosen"
    DEDICATED = "dedicated"


@dataclass(frozen=True)
class Provider:
    """A calendar provider of the site (List Providers). Methods we don't know are left out."""

    id: str
    name: str
    kind: Kind
    methods: tuple[Method, ...]
    imports: Import
    exports: Export
    can_update: bool = True


class ScheduleKind(StrEnum):
    """What a schedule belongs to. Wix marks only the business one; the rest is told by app and defaults."""

    BUSINESS = "business"
    STAFF = "staff"
    SERVICE = "service"
    OTHER = "other"


@dataclass(frozen=True, slots=True)  # a site has tens of thousands
class Schedule:
    """A schedule of the site (Query Schedules). `time_zone` is an IANA name, empty when Wix says none.

    `external_id` is what the app that made it calls it, or empty.
    """

    id: str
    name: str
    kind: ScheduleKind
    time_zone: str = ""
    external_id: str = ""


@dataclass(frozen=True)
class Calendar:
    """A calendar of the connected account (List Calendars)."""

    id: str
    name: str


class Status(StrEnum):
    """How a connection is. UNKNOWN stands for values that Wix may add."""

    CONNECTED = "CONNECTED"
    SYNC_IN_PROGRESS = "SYNC_IN_PROGRESS"
    SYNCED = "SYNCED"
    DISCONNECTED = "DISCONNECTED"
    ERROR = "ERROR"
    UNKNOWN = "UNDEFINED"

    @property
    def healthy(self) -> bool:
        """Whether the connection stands: connected, or further on."""
        return self in (Status.CONNECTED, Status.SYNC_IN_PROGRESS, Status.SYNCED)


@dataclass(frozen=True)
class Sync:
    """A connection's sync configuration.

    `calendars` None means the primary calendar; `dedicated` says that exports have a calendar of their own.
    """

    imports: bool = False
    calendars: tuple[Calendar, ...] | None = None
    exports: bool = False
    dedicated: bool = False

    def carried_over(self, to: Sync, provider: Provider, calendars: Sequence[Calendar]) -> Sync:
        """Return these directions for a new connection of the same provider, which begins with those of `to`.

        `calendars` are the new account's to choose from. Those chosen before are found again by id, else by name, for
        it may be another account; where none is left, import is off, for nobody has chosen the others. Where nothing
        flowed before, it stays as it begins.
        """
        if not self.flows:
            return to  # ended: Wix doesn't say any more which way events flowed
        imports, chosen = self.imports and provider.imports is not Import.NONE, to.calendars
        if self.calendars is not None and provider.imports is Import.CHOSEN:
            ids, names = {c.id for c in self.calendars}, {c.name for c in self.calendars}
            again = [c for c in calendars if c.id in ids] or [c for c in calendars if c.name in names]
            imports, chosen = imports and bool(again), tuple(again)
        exports = self.exports and provider.exports is not Export.NONE
        return Sync(
            imports=imports,
            calendars=chosen,
            exports=exports,
            dedicated=exports and provider.exports is Export.DEDICATED,
        )

    def gone(self, carried: Sync) -> list[str]:
        """Name the calendars that were imported and aren't among those `carried` over: the account has them no more."""
        if not self.imports or carried.calendars is None:
            return []
        there = {text for c in carried.calendars for text in (c.id, c.name)}
        return [c.name for c in self.calendars or () if not there & {c.id, c.name}]

    @property
    def flows(self) -> bool:
        """Whether anything flows: where nothing does, Wix may have forgotten what did."""
        return self.imports or self.exports

    @property
    def effect(self) -> tuple[object, ...]:
        """What makes a difference: not the calendars' names, nor where exports would go while there are none."""
        return *self.incoming, *self.outgoing

    @property
    def incoming(self) -> tuple[object, ...]:
        """What makes a difference to import."""
        return self.imports, self.calendars and frozenset(c.id for c in self.calendars)

    @property
    def outgoing(self) -> tuple[object, ...]:
        """What makes a difference to export."""
        return self.exports, self.exports and self.dedicated

    def fulfils(self, asked: Sync) -> bool:
        """Whether this does what was asked for: the primary calendar may have a name, and unused ones don't count."""

        def does(sync: Sync) -> tuple[object, ...]:
            matters = asked.imports and asked.calendars is not None
            return sync.imports, sync.exports, matters and {c.id for c in sync.calendars or ()}

        return does(self) == does(asked)


@dataclass(frozen=True)
class Connection:
    """An external calendar's connection to a schedule (Get Connection). `reason` is Wix's errorReason, or empty."""

    id: str
    provider_id: str
    calendar_type: str
    schedule_id: str
    user_id: str = ""
    email: str = ""
    status: Status = Status.UNKNOWN
    reason: str = ""
    sync: Sync = field(default_factory=Sync)

    @property
    def kind(self) -> Kind:
        """Whose calendar it is."""
        return _KINDS.get(self.calendar_type, Kind.OTHER)

    @property
    def place(self) -> AccountKey:
        """What two connections of one account to one schedule have in common."""
        return account_key(self.provider_id, self.schedule_id, self.email)


def without_replaced(connections: Iterable[Connection]) -> list[Connection]:
    """Leave out the ended connections in whose place there is another: Wix goes on listing them."""
    found = list(connections)
    in_place = {c.place: c for c in found}
    in_place |= {c.place: c for c in found if c.status is not Status.DISCONNECTED}
    return [c for c in found if c.status is not Status.DISCONNECTED or in_place[c.place] is c]


AccountKey = tuple[str, str, str]
"""What makes two accounts on a schedule the same: provider, schedule, and the email, however it is written."""


def account_key(provider_id: str, schedule_id: str, email: str) -> AccountKey:
    """Return the key of an account on a schedule."""
    return provider_id, schedule_id, folded_email(email)


def folded_email(email: str) -> str:
    """Return an address in one form, however it is written: two of one form are the same account.

    A domain may be written in its letters or in ASCII (RFC 5891 section 4.4).
    """
    name, at, domain = unicodedata.normalize("NFC", email.casefold()).rpartition("@")
    if not domain.isascii():
        with suppress(UnicodeError):  # no domain can be called that, so it stays as it is
            domain = domain.encode("idna").decode()
    return f"{name}{at}{domain}"


@dataclass(frozen=True)
class Attempt:
    """A connection that Wix is asked for, and what stood on the schedule before: by id, whether it was healthy.

    `email` is the account's, where the person said it.
    """

    method: Method
    provider_id: str
    schedule_id: str
    before: dict[str, bool]
    email: str = ""

    @property
    def key(self) -> AccountKey:
        """Which account it is for."""
        return account_key(self.provider_id, self.schedule_id, self.email)

    def may_have_made(self, found: Connection) -> bool:
        """Whether this attempt can have made that connection: it is of the same kind, and new, or stands only now."""
        if (found.provider_id, found.schedule_id) != (self.provider_id, self.schedule_id):
            return False
        if self.email and found.email and folded_email(found.email) != folded_email(self.email):
            return False
        if found.id in self.before:
            return found.status.healthy and not self.before[found.id]
        # Before its owner has consented, a connection may be listed without a status.
        return self.method is Method.CREDENTIALS or found.status is not Status.UNKNOWN


@dataclass(frozen=True, slots=True, weakref_slot=True)  # a site has tens of thousands
class Event:
    """An event of a connected calendar (List Events); `end` is exclusive. Times are aware, or None if Wix sent none.

    `title`, `calendar` and `owner` are as Wix sent them: whoever shows them makes them inert.
    """

    schedule_id: str
    title: str
    calendar: str
    owner: str
    owner_id: str
    start: datetime | None
    end: datetime | None
    all_day: bool


@dataclass(frozen=True)
class SandboxAccount:
    """An account of the embedded site to try things with; its password opens nothing else."""

    provider: str
    email: str
    password: SecretStr


class Fault(Exception):  # noqa: N818 - "fault" is the project's word for what a screen shows
    """What went wrong in a step: a code that fault_texts.py explains, and what Wix said about it.

    `retry_after` is in seconds; `fields` are (field, description) pairs of refused values.
    """

    def __init__(
        self,
        code: str,
        *,
        message: str = "",
        request_id: str = "",
        fields: tuple[tuple[str, str], ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.request_id = request_id
        self.fields = fields
        self.retry_after = retry_after
