"""A site on loopback with as many schedules and events as a row asks for; it answers at once and forgets everything.

It gives as many schedules on a page as it likes, which Wix does not: the wizard keeps to 200 requests a minute, and
reading is not what the rows about the schedules measure.
"""

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

SCHEDULES_ON_A_PAGE = 5_000
EVENT_EVERY = timedelta(seconds=6)
"""100,000 events fit into the seven days that the wizard shows at first."""
PROVIDER = "Paper calendar"
EMAIL, PASSWORD = "dana@paper.example", "abcd-efgh-ijkl-mnop"
CALENDARS = ("Work", "Home", "Birthdays", "Family", "Holidays")
_CALENDARS = "/bookings/v2/external-calendars"
_CONNECTION: dict[str, Any] = {
    "id": "c" * 160,
    "providerId": "paper",
    "calendarType": "OTHER",
    "scheduleId": "00000000-0000-4000-8000-000000000000",
    "externalAccountEmail": EMAIL,
    "status": "SYNCED",
    "syncConfig": {"listEventFromCalendars": {"enabled": True, "primaryCalendar": {}}},
}
_BUSINESS = "4e0579a5-491e-4e70-a872-d097eed6e520"


@dataclass(frozen=True)
class Request:
    """A request that the site was sent."""

    method: str
    path: str
    body: bytes


def schedule_name(number: int) -> str:
    """Return a schedule's name. Each seventh has a `q` in it, and none else."""
    return f"{'Queen' if number % 7 == 0 else 'Person'} {number:05}"


@cache
def _schedules(first: int, last: int) -> list[dict[str, object]]:
    return [
        {
            "id": f"00000000-0000-4000-8000-{number:012}",
            "name": schedule_name(number),
            "externalId": "" if number else _BUSINESS,
            "appId": "13d21c63-b5ec-5912-8397-c3a5ddb27a97",
            "status": "ACTIVE",
            "timeZone": "America/New_York",
            "createdDate": "2026-01-05T10:00:00Z",
            "revision": "1",
        }
        for number in range(first, last)
    ]


def _events(first: int, last: int, start: datetime) -> list[dict[str, object]]:
    return [
        {
            "scheduleId": "00000000-0000-4000-8000-000000000000",
            "calendarType": "OTHER",
            "calendarName": CALENDARS[number % len(CALENDARS)],
            "title": f"Appointment {number:06}",
            "start": (start + number * EVENT_EVERY).isoformat(),
            "end": (start + number * EVENT_EVERY + timedelta(minutes=30)).isoformat(),
            "allDay": False,
            "scheduleOwnerId": f"user-{number % 10}",
            "scheduleOwnerName": f"Owner {number % 10}",
        }
        for number in range(first, last)
    ]


@dataclass
class Site:
    """The site, answering while its context is open. `busy` is the seconds spent on answers, not on the wire."""

    schedules: int = 6
    events: int = 0
    requests: list[Request] = field(default_factory=list)
    busy: float = 0.0

    def __enter__(self) -> Self:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                began = time.perf_counter()
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                site.requests.append(Request(self.command, self.path, body))
                answer = json.dumps(site.answer(self.command, self.path, body)).encode()
                site.busy += time.perf_counter() - began
                self.send_response_only(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def do_POST(self) -> None:
                self.do_GET()

            def do_PATCH(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Say nothing: what is measured is killed in the end, also amid an answer."""

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, method: str, target: str, body: bytes) -> dict[str, object]:
        """Answer a request as Wix would, as far as the rows need it."""
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        match path.removeprefix(_CALENDARS):
            case "/providers":
                features = {
                    "connectMethods": ["CREDENTIALS"],
                    "updateSyncConfig": True,
                    "listEventFromCalendars": "PRIMARY_CALENDAR_ONLY",
                    "syncToCalendar": "DEDICATED_CALENDAR",
                }
                named = {"id": "paper", "name": PROVIDER, "calendarType": "OTHER", "features": features}
                return {"providers": [named]}
            case "/calendar/v3/schedules/query":
                first = int(json.loads(body)["query"]["cursorPaging"].get("cursor", 0))
                last = min(first + SCHEDULES_ON_A_PAGE, self.schedules)
                return {"schedules": _schedules(first, last), "pagingMetadata": _paging(last, self.schedules)}
            case "/events":
                return self._events_for(query)
            case "/connections" if method == "GET":
                return {"connections": [_CONNECTION] if self._is_connected else []}
            case _:
                return {"connection": _CONNECTION}

    @property
    def _is_connected(self) -> bool:
        return any(request.path.endswith(":connectByCredentials") for request in self.requests)

    def _events_for(self, query: dict[str, list[str]]) -> dict[str, object]:
        if cursor := query.get("cursorPaging.cursor"):
            number, _, start = cursor[0].partition(" ")
        else:
            number, start = "0", query["from"][0]
        first = int(number)
        last = min(first + int(query["cursorPaging.limit"][0]), self.events)
        began = datetime.fromisoformat(start).astimezone(UTC)
        paging = _paging(last, self.events, f" {start}")
        return {"events": _events(first, last, began), "pagingMetadata": paging}


def _paging(at: int, of: int, rest: str = "") -> dict[str, object]:
    more = at < of
    return {"cursors": {"next": f"{at}{rest}"} if more else {}, "hasNext": more}
