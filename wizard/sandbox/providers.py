"""The calendar providers of the sandbox's site (External Calendars API, List Providers)."""

from dataclasses import dataclass
from typing import Literal

Import = Literal["PRIMARY_CALENDAR_ONLY", "SPECIFIC_CALENDARS"]
Export = Literal["NOT_SUPPORTED", "PRIMARY_CALENDAR_ONLY", "SPECIFIC_CALENDAR", "DEDICATED_CALENDAR"]


@dataclass(frozen=True)
class Provider:
    """One provider; the fields carry the wire names' enum values, `id` is a stable GUID."""

    id: str
    name: str
    calendar_type: str
    connect_methods: tuple[str, ...]
    imports: Import
    exports: Export

    def wire(self) -> dict[str, object]:
        """Return the provider object of List Providers."""
        return {
            "id": self.id,
            "name": self.name,
            "calendarType": self.calendar_type,
            "features": {
                "connectMethods": list(self.connect_methods),
                "updateSyncConfig": True,
                "listEventFromCalendars": self.imports,
                "syncToCalendar": self.exports,
            },
        }


GOOGLE = Provider(
    "b3a2f6d0-5c1e-4d7a-9b7e-0c5a1f2e3d01",
    "Google",
    "GOOGLE",
    ("OAUTH",),
    "PRIMARY_CALENDAR_ONLY",
    "PRIMARY_CALENDAR_ONLY",
)
OUTLOOK = Provider(
    "b3a2f6d0-5c1e-4d7a-9b7e-0c5a1f2e3d02",
    "Outlook or Office 365",
    "MICROSOFT",
    ("OAUTH",),
    "SPECIFIC_CALENDARS",
    "SPECIFIC_CALENDAR",
)
APPLE = Provider(
    "b3a2f6d0-5c1e-4d7a-9b7e-0c5a1f2e3d03",
    "Apple",
    "I_CAL",
    ("CREDENTIALS",),
    "SPECIFIC_CALENDARS",
    "DEDICATED_CALENDAR",
)
# An installed app's provider: both ways in, and nothing goes out.
FASTMAIL = Provider(
    "b3a2f6d0-5c1e-4d7a-9b7e-0c5a1f2e3d04",
    "Fastmail",
    "OTHER",
    ("OAUTH", "CREDENTIALS"),
    "PRIMARY_CALENDAR_ONLY",
    "NOT_SUPPORTED",
)

PROVIDERS = {provider.id: provider for provider in (GOOGLE, OUTLOOK, APPLE, FASTMAIL)}
