"""The site as an ASGI application: which call answers where, who may call, and what every answer carries."""

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote
from uuid import uuid4

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wizard.sandbox import connecting, connections, consent, listing, managing, querying, signin
from wizard.sandbox.errors import ApiError
from wizard.sandbox.faulty import Faulty
from wizard.sandbox.line import Cut
from wizard.sandbox.site import Site

_EXTERNAL = "/bookings/v2/external-calendars"
_CONNECTION = _EXTERNAL + "/connections/{connection}"
_log = logging.getLogger("wizard.sandbox")


@dataclass(frozen=True)
class _Call:
    """A request to one API call, read completely."""

    site: Site
    connection: str
    query: bytes
    body: bytes


# Name, method and path of the REST reference; each call runs in a thread, for it may talk to CalDAV.
_CALLS: dict[str, tuple[str, str, Callable[[_Call], Mapping[str, object]]]] = {
    "list-providers": ("GET", _EXTERNAL + "/providers", lambda _: querying.list_providers()),
    "query-schedules": (
        "POST",
        "/calendar/v3/schedules/query",
        lambda call: querying.query_schedules(call.site, call.body),
    ),
    "connect-by-credentials": (
        "POST",
        _EXTERNAL + "/connections:connectByCredentials",
        lambda call: connecting.by_credentials(call.site, call.body),
    ),
    "connect-by-oauth": (
        "POST",
        _EXTERNAL + "/connections:connectByOAuth",
        lambda call: connecting.by_oauth(call.site, call.body),
    ),
    "list-connections": (
        "GET",
        _EXTERNAL + "/connections",
        lambda call: connections.list_connections(call.site, call.query),
    ),
    "get-connection": ("GET", _CONNECTION, lambda call: connections.get(call.site, call.connection)),
    "list-calendars": (
        "GET",
        _CONNECTION + "/calendars",
        lambda call: managing.list_calendars(call.site, call.connection),
    ),
    "update-sync-config": (
        "PATCH",
        _CONNECTION + "/sync-config",
        lambda call: managing.update_sync_config(call.site, call.connection, call.body),
    ),
    "disconnect": (
        "POST",
        _CONNECTION + "/disconnect",
        lambda call: managing.disconnect(call.site, call.connection, call.body),
    ),
    "list-events": ("GET", _EXTERNAL + "/events", lambda call: listing.list_events(call.site, call.query)),
}


def create_app(site: Site) -> ASGIApp:
    """Return the ASGI application that answers for `site`.

    Where a fault cuts the line it raises ConnectionResetError, unless the web server is ours, which really cuts it.
    """
    routes = [
        Route(path, _api(site, call), methods=[method], middleware=[Middleware(Faulty, site=site, call=name)])
        for name, (method, path, call) in _CALLS.items()
    ]
    fetching = [Middleware(Faulty, site=site, call="token")]
    routes.append(Route("/oauth2/token", _token(site), methods=["POST"], middleware=fetching))
    routes += consent.routes(site)
    inner = Starlette(routes=routes, exception_handlers={ApiError: _fault, HTTPException: _empty, Exception: _broken})
    inner.router.redirect_slashes = False
    return _Envelope(inner)


def _api(site: Site, call: Callable[[_Call], Mapping[str, object]]) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        site.limit.count(signin.identify(site, request.headers), site.clock())
        connection = unquote(request.path_params.get("connection", ""))
        asked = _Call(site, connection, request.scope["query_string"], await request.body())
        return JSONResponse(await run_in_threadpool(call, asked))

    return endpoint


def _token(site: Site) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        answer = await run_in_threadpool(signin.issue_token, site, await request.body())
        return JSONResponse(answer, headers={"cache-control": "no-store"})  # RFC 6749, 5.1

    return endpoint


def _empty(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # registered for nothing else
    return Response(status_code=error.status_code, headers=error.headers)


def _fault(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # registered for nothing else
    if error.body is None:
        return Response(status_code=error.status, headers=error.headers)
    return JSONResponse(error.body, error.status, error.headers)


def _broken(_: Request, __: Exception) -> Response:
    return Response(status_code=500)


class _Envelope:
    """Gives every answer its x-wix-request-id, and every unexpected error a line in the log without any values."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(uuid4())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-wix-request-id", request_id.encode())]
            await send(message)

        # The path as it came: a connection id holds characters that are only told from the path's own when encoded.
        path = scope["raw_path"].partition(b"?")[0].decode("ascii", "replace")
        try:
            await self._app({**scope, "path": path}, receive, send_with_id)
        except Cut:
            raise ConnectionResetError("a fault cut the line") from None
        except ClientDisconnect:
            return  # in the middle of the request: nothing has been done, and nobody waits for an answer
        except Exception as error:  # Starlette has answered 500, and raises it again
            # Neither the message nor the locals: both may hold what a caller sent.
            frames = "".join(traceback.format_tb(error.__traceback__))
            _log.error("request %s failed: %s\n%s", request_id, type(error).__name__, frames)
