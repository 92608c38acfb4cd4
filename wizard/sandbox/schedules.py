"""The 70 schedules of the studio (Calendar API v3, schedule object): business, staff, services, another app's."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID, uuid5

BUSINESS_EXTERNAL_ID = "4e0579a5-491e-4e70-a872-d097eed6e520"
BOOKINGS_APP_ID = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"
ROOMS_APP_ID = "5d1e2c7a-8f43-4b0e-9a65-71c2d3e4f501"
BUSINESS_TIME_ZONE = "America/New_York"
STUDIO = "Riverside Studio"

_NAMESPACE = UUID("0d8a5f3e-7b46-4c1f-8a29-6e5d4c3b2a10")

_STAFF = (
    ("Dana Levi", "America/New_York"),
    ("Dan Okafor", "Europe/London"),
    ("Danielle Roy", "America/Toronto"),
    ("Amara Osei", "America/New_York"),
    ("Ben Whitfield", "America/New_York"),
    ("Chloé Dubois", "Europe/Paris"),
    ("Elif Yılmaz", "Europe/Istanbul"),  # noqa: RUF001
    ("Fiona MacLeod", "Europe/London"),
    ("Giulia Bianchi", "Europe/Rome"),
    ("Hana Novák", "Europe/Prague"),
    ("Isaac Stern", "America/Chicago"),
    ("José Ángel Muñoz Villarreal", "America/Mexico_City"),
    ("Kwame Mensah", "Africa/Accra"),
    ("Łukasz Wiśniewski", "Europe/Warsaw"),
    ("Maximiliane von Hohenstein-Rabenau zu Lichtenfels", "Europe/Berlin"),
    ("Nguyễn Thị Mai", "Asia/Ho_Chi_Minh"),
    ("Olivia Park", "America/Los_Angeles"),
    ("Priya Raman", "Asia/Kolkata"),
    ("Søren Kjær", "Europe/Copenhagen"),
    ("Zoë Fontaine", "America/Toronto"),
    ("田中 美咲", "Asia/Tokyo"),
    ("김서연", "Asia/Seoul"),
    ("אלה כהן", "Asia/Jerusalem"),
)
# Left the studio: the only schedule that Query Schedules keeps back unless asked for CANCELLED.
_FORMER_STAFF = ("Rupert Ashworth", "Europe/London")

_SERVICES = (
    "Dance, beginners",
    "Dance, advanced",
    "Acro yoga",
    "Aerial silks",
    "Ballet barre",
    "Barre and breathe",
    "Belly laughs: improvised theatre",
    "Boxing basics",
    "Breathwork",
    "Café & stretch",
    "Capoeira",
    "Contemporary floor work",
    "Core strength, 30 minutes",
    "Family yoga",
    "Flamenco",
    "Functional training",
    "Gentle yoga",
    "Hip-hop, teens",
    "Hot yoga",
    "Introductory call",
    "Kettlebells",
    "Massage, 60 minutes",
    "Massage, 90 minutes",
    "Meditation",
    "Nutrition consultation",
    "Open studio",
    "Personal training",
    "Physiotherapy",
    "Pilates mat",
    "Pilates reformer",
    "Posture check",
    "Prenatal yoga",
    "Salsa, couples",
    "Sound bath 🎶",
    "Twelve-week strength and mobility programme for runners coming back from an injury (small groups)",
    "Vinyasa flow, early morning",
    "Vinyasa flow, evening",
    "Yin yoga",
    "太極拳 初級クラス",
    "書道ワークショップ(週末・全レベル対象)",
)
_ROOMS = ("Studio A", "Studio B", "Treatment room 1", "Treatment room 2", "Reformer room")


@dataclass(frozen=True)
class Schedule:
    """One schedule. `owner_id` and `owner_name` are those that connections and events report for it."""

    id: str
    name: str
    external_id: str
    app_id: str
    status: str
    time_zone: str
    owner_id: str
    owner_name: str
    default_title: str | None = None

    @property
    def hosts_appointments(self) -> bool:
        """Say whether Wix events stand on this schedule itself: the business's and the staff members' do."""
        return self.app_id == BOOKINGS_APP_ID and self.default_title is None

    def wire(self) -> dict[str, object]:
        """Return the schedule object of Query Schedules; a field without a value is absent."""
        wire: dict[str, object] = {
            "id": self.id,
            "name": self.name,
            "externalId": self.external_id,
            "appId": self.app_id,
            "status": self.status,
            "timeZone": self.time_zone,
            "businessTimeZoneEnabled": self.time_zone == BUSINESS_TIME_ZONE,
            "createdDate": "2026-01-12T09:00:00.000Z",
            "updatedDate": "2026-03-02T16:45:10.250Z",
            "revision": "3",
        }
        if self.default_title is not None:
            wire["defaultTitle"] = self.default_title
        return wire


def _guid(kind: str, name: str) -> str:
    return str(uuid5(_NAMESPACE, f"{kind}:{name}"))


OWNER_ID = _guid("user", STUDIO)


def _of_studio(kind: str, name: str, app_id: str, title: str | None = None) -> Schedule:
    identity, external = _guid("schedule", f"{kind}:{name}"), _guid(kind, name)
    return Schedule(identity, name, external, app_id, "ACTIVE", BUSINESS_TIME_ZONE, OWNER_ID, STUDIO, title)


def _of_person(name: str, zone: str, status: str = "ACTIVE") -> Schedule:
    identity, resource, user = (_guid(kind, name) for kind in ("schedule", "resource", "user"))
    return Schedule(identity, name, resource, BOOKINGS_APP_ID, status, zone, user, name)


BUSINESS = Schedule(
    _guid("schedule", "business"),
    "business",
    BUSINESS_EXTERNAL_ID,
    BOOKINGS_APP_ID,
    "ACTIVE",
    BUSINESS_TIME_ZONE,
    OWNER_ID,
    STUDIO,
)


@cache
def schedules() -> dict[str, Schedule]:
    """Return every schedule by its id, in the order Query Schedules lists them."""
    rows = [BUSINESS]
    rows += [_of_person(name, zone) for name, zone in _STAFF]
    rows += [_of_studio("service", name, BOOKINGS_APP_ID, name) for name in _SERVICES]
    rows += [_of_studio("room", name, ROOMS_APP_ID) for name in _ROOMS]
    rows += [_of_person(*_FORMER_STAFF, status="CANCELLED")]
    return {row.id: row for row in rows}


def schedule_named(name: str) -> Schedule:
    """Return the schedule of that exact name.

    Raises:
        StopIteration: no schedule is called so.

    """
    return next(row for row in schedules().values() if row.name == name)
