"""What Wix answers, read tolerantly: any field may be absent, null, of a wrong shape or newer than this code.

A field that cannot be read has its empty value (an empty string or tuple, False, None or UNDEFINED), and fields that
the wizard has no use for are not kept. Attributes are the snake_case of the wire's names. The shapes follow the pages
"External Calendar Object", "Schedule Object" and "List Events" of the Wix REST reference.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel


class WireEnum(StrEnum):
    """A closed list on the wire that may grow: every unknown value reads as UNDEFINED."""

    @classmethod
    def _missing_(cls, value: object) -> Self:  # noqa: ARG003 - the enum protocol passes it
        return cls("UNDEFINED")


class CalendarType(WireEnum):
    """The kind of calendar behind a provider; OUTLOOK and OFFICE_365 are old names of MICROSOFT."""

    UNDEFINED = "UNDEFINED"
    GOOGLE = "GOOGLE"
    I_CAL = "I_CAL"
    MICROSOFT = "MICROSOFT"
    OTHER = "OTHER"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        return cls("MICROSOFT") if value in ("OUTLOOK", "OFFICE_365") else cls("UNDEFINED")


class ConnectMethod(WireEnum):
    """How an account is connected: on the provider's own page, or with an e-mail address and a password."""

    UNDEFINED = "UNDEFINED"
    OAUTH = "OAUTH"
    CREDENTIALS = "CREDENTIALS"


class ImportSupport(WireEnum):
    """From which calendars of an account a provider can bring events into Wix."""

    UNDEFINED = "UNDEFINED"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    PRIMARY_CALENDAR_ONLY = "PRIMARY_CALENDAR_ONLY"
    SPECIFIC_CALENDARS = "SPECIFIC_CALENDARS"


class ExportSupport(WireEnum):
    """To which calendar of an account a provider can send Wix events."""

    UNDEFINED = "UNDEFINED"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    PRIMARY_CALENDAR_ONLY = "PRIMARY_CALENDAR_ONLY"
    SPECIFIC_CALENDAR = "SPECIFIC_CALENDAR"
    DEDICATED_CALENDAR = "DEDICATED_CALENDAR"


class ScheduleStatus(WireEnum):
    """Whether a schedule is in use."""

    UNDEFINED = "UNDEFINED"
    ACTIVE = "ACTIVE"
    CANCELLED = "CANCELLED"


class ConnectionStatus(WireEnum):
    """How far a connection is; CONNECTED, SYNC_IN_PROGRESS and SYNCED follow one another."""

    UNDEFINED = "UNDEFINED"
    CONNECTED = "CONNECTED"
    SYNC_IN_PROGRESS = "SYNC_IN_PROGRESS"
    SYNCED = "SYNCED"
    DISCONNECTED = "DISCONNECTED"
    ERROR = "ERROR"


class ErrorReason(WireEnum):
    """Why a connection's status is ERROR; UNDEFINED with any other status."""

    UNDEFINED = "UNDEFINED"
    TOKEN_REVOKED = "TOKEN_REVOKED"  # noqa: S105 - a reason, not a token
    EXTERNAL_CALENDAR_CREATION_FAILED = "EXTERNAL_CALENDAR_CREATION_FAILED"
    EXTERNAL_CALENDAR_DELETED = "EXTERNAL_CALENDAR_DELETED"


class Wire(BaseModel):
    """An object of the API: immutable, and readable from any JSON object."""

    # defer_build: the schemas are built at the first answer, so importing stays quick
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, defer_build=True)

    @model_validator(mode="wrap")
    @classmethod
    def _or_empty(cls, value: object, read: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return read(value)
        except ValidationError as error:
            if not isinstance(value, dict):
                raise
            unreadable = {wrong["loc"][0] for wrong in error.errors(include_url=False, include_input=False)}
            return read({name: part for name, part in value.items() if name not in unreadable})


def _objects(value: object) -> object:
    return [item for item in value if isinstance(item, dict | Wire)] if isinstance(value, list | tuple) else value


def _in_utc_if_naive(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_in_utc_if_naive)]


class Features(Wire):
    """What a provider can do.

    `update_sync_config`: whether Update Sync Config is allowed at all; None when not said.
    """

    connect_methods: tuple[ConnectMethod, ...] = ()
    update_sync_config: bool | None = None
    list_event_from_calendars: ImportSupport = ImportSupport.UNDEFINED
    sync_to_calendar: ExportSupport = ExportSupport.UNDEFINED


class Provider(Wire):
    """One calendar provider that the site offers (List Providers)."""

    id: str = ""
    name: str = ""
    calendar_type: CalendarType = CalendarType.UNDEFINED
    features: Features = Field(default_factory=Features)


class Schedule(Wire):
    """One schedule of the site, its own or a staff member's (Query Schedules). `time_zone` is an IANA name."""

    id: str = ""
    name: str = ""
    external_id: str = ""
    app_id: str = ""
    status: ScheduleStatus = ScheduleStatus.UNDEFINED
    time_zone: str = ""
    default_title: str = ""


class Calendar(Wire):
    """One calendar of a connected account (List Calendars)."""

    id: str = ""
    name: str = ""

    @model_serializer(mode="wrap")
    def _without_empty(self, write: SerializerFunctionWrapHandler) -> dict[str, str]:
        return {name: text for name, text in write(self).items() if text}


class Chosen(Wire):
    """A choice that is made by its presence alone: `{}` on the wire."""


class SpecificCalendars(Wire):
    """The calendars to import from, instead of the primary one."""

    calendars: Annotated[tuple[Calendar, ...], BeforeValidator(_objects)] = ()


class ImportConfig(Wire):
    """Whether events come into Wix, and from where: at most one of the other two is present."""

    enabled: bool = False
    primary_calendar: Chosen | None = None
    calendars: SpecificCalendars | None = None


class ExportConfig(Wire):
    """Whether Wix events go out, and to where: at most one of the other two is present."""

    enabled: bool = False
    primary_calendar: Chosen | None = None
    dedicated_calendar: Chosen | None = None


class SyncConfig(Wire):
    """What a connection synchronises, in each direction; None where nothing is known or to be said."""

    list_event_from_calendars: ImportConfig | None = None
    sync_to_calendar: ExportConfig | None = None

    def to_wire(self) -> dict[str, object]:
        """Write it as the body of Update Sync Config wants it: absent parts are left out, `enabled` is always said."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Connection(Wire):
    """An external account that is, or was, connected with a schedule. `id` is opaque and longer than 150 characters."""

    id: str = ""
    provider_id: str = ""
    calendar_type: CalendarType = CalendarType.UNDEFINED
    schedule_id: str = ""
    user_id: str = ""
    app_id: str = ""
    external_account_email: str = ""
    status: ConnectionStatus = ConnectionStatus.UNDEFINED
    error_reason: ErrorReason = ErrorReason.UNDEFINED
    sync_config: SyncConfig = Field(default_factory=SyncConfig)


class Event(Wire):
    """One event of an external calendar (List Events). `end` is exclusive; a time without an offset counts as UTC.

    `title`, `calendar_name` and `schedule_owner_name` are empty unless asked for with `own_pi`.
    """

    schedule_id: str = ""
    calendar_type: CalendarType = CalendarType.UNDEFINED
    calendar_name: str = ""
    title: str = ""
    start: Moment | None = None
    end: Moment | None = None
    all_day: bool = False
    schedule_owner_id: str = ""
    schedule_owner_name: str = ""


class Cursors(Wire):
    """Where the neighbouring pages are; the wizard only ever goes forward."""

    next: str = ""


class PagingMetadata(Wire):
    """Where a page stands in its list. `has_next` is None when the answer does not say."""

    cursors: Cursors = Field(default_factory=Cursors)
    has_next: bool | None = None


@dataclass(frozen=True)
class ConnectionList:
    """The site's connections, and the providers that could not be asked (only with `partial_failure`)."""

    connections: list[Connection]
    failed_provider_ids: list[str]


@dataclass(frozen=True)
class EventPage:
    """Some events, sorted by start, and the providers that could not be asked (only with `partial_failure`)."""

    events: list[Event]
    failed_provider_ids: list[str]
