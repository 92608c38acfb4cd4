"""The calls that work on a connection: List Calendars, Update Sync Config, Disconnect."""

from dataclasses import dataclass, replace

from wizard.sandbox import calendars, reading
from wizard.sandbox.connections import export_calendars, find, require_premium, wire
from wizard.sandbox.errors import already_disconnected, invalid, not_connected, not_supported, unavailable, violation
from wizard.sandbox.providers import PROVIDERS, Provider
from wizard.sandbox.site import Site
from wizard.sandbox.store import Connection
from wizard.sandbox.sync import account_of, start_export, stop_export

_CALENDARS = "syncConfig.listEventFromCalendars.calendars.calendars"


def list_calendars(site: Site, identity: str) -> dict[str, object]:
    """Answer List Calendars from the account itself.

    Raises:
        ApiError: 403 PREMIUM_FEATURE_NOT_ENABLED, 404, 428 CONNECTION_NOT_CONNECTED, 428 NOT_SUPPORTED_BY_PROVIDER
            where the provider imports from the primary calendar only, 503 when CalDAV is down.

    """
    require_premium(site)
    connection = _connected(site, identity)
    provider = PROVIDERS[connection.provider_id]
    if provider.imports != "SPECIFIC_CALENDARS":
        raise not_supported(f"{provider.name} imports from the primary calendar only.")
    return {"calendars": [{"id": one, "name": name} for one, name in _choices(site, connection)]}


@dataclass(frozen=True)
class _Wish:
    """What an update asks for; None leaves a direction as it is. `picked` None means the primary calendar."""

    imports: bool | None
    exports: bool | None
    picked: list[str] | None
    names_source: bool
    target: str | None


def update_sync_config(site: Site, identity: str, raw: bytes) -> dict[str, object]:
    """Answer Update Sync Config: each direction that the body names is changed, the other stays.

    Raises:
        ApiError: 400, 404, 428 CONNECTION_NOT_CONNECTED, 428 NOT_SUPPORTED_BY_PROVIDER, 503 when CalDAV is down.

    """
    wish = _read(raw, identity)
    provider = PROVIDERS[_connected(site, identity).provider_id]
    dedicated = _check_support(provider, wish)
    with site.changing:
        before = _connected(site, identity)
        after = replace(before, changed_at=site.clock())
        if wish.imports is not None:
            after = replace(after, imports=wish.imports)
        if wish.names_source:
            after = replace(after, import_calendars=_pick(site, before, wish.picked))
        if wish.exports:
            after = start_export(site, replace(after, export_dedicated=dedicated))
        elif wish.exports is False:
            after = stop_export(site, after)
        site.store.save_connection(after)
    return {"connection": wire(site, after, made=True)}


def disconnect(site: Site, identity: str, raw: bytes) -> dict[str, object]:
    """Answer Disconnect; the exported Wix events leave the external calendar first.

    Raises:
        ApiError: 400, 404, 428 CONNECTION_ALREADY_DISCONNECTED, 503 when exported events cannot be removed.

    """
    fields = reading.body(raw)
    _check_id(fields, identity)
    fields.check()
    with site.changing:
        connection = find(site, identity)
        if not connection.connected:
            raise already_disconnected()
        connection = replace(stop_export(site, connection), connected=False, imports=False, changed_at=site.clock())
        site.store.save_connection(connection)
    return {"connection": wire(site, connection)}


def _connected(site: Site, identity: str) -> Connection:
    connection = find(site, identity)
    if not connection.connected:
        raise not_connected()
    return connection


def _check_id(fields: reading.Fields, identity: str) -> None:
    # The path decides; a body that names another connection is a mix-up that must not go unnoticed.
    if fields.has("connectionId") and fields.text("connectionId") not in {identity, ""}:
        fields.fault("connectionId", "must equal the id in the path", "OTHER")


def _read(raw: bytes, identity: str) -> _Wish:
    fields = reading.body(raw)
    _check_id(fields, identity)
    if not fields.has("syncConfig"):
        fields.fault("syncConfig", "must not be empty", "REQUIRED_FIELD")
    config = fields.inner("syncConfig")
    source, sink = config.inner("listEventFromCalendars"), config.inner("syncToCalendar")
    imports = source.flag("enabled") if config.has("listEventFromCalendars") else None
    exports = sink.flag("enabled") if config.has("syncToCalendar") else None
    for side, other in ((source, "calendars"), (sink, "dedicatedCalendar")):
        side.inner("primaryCalendar")
        if side.has("primaryCalendar") and side.has(other):
            side.fault(other, "cannot be given together with primaryCalendar", "OTHER")
    sink.inner("dedicatedCalendar")
    picked = None
    if source.has("calendars"):
        chosen = source.inner("calendars")
        picked = [one.text("id") for one in chosen.objects("calendars")]
        if not picked:
            chosen.fault("calendars", "must name a calendar", "MIN_SIZE", threshold=1)
    fields.check()
    target = next((name for name in ("primaryCalendar", "dedicatedCalendar") if sink.has(name)), None)
    return _Wish(imports, exports, picked, picked is not None or source.has("primaryCalendar"), target)


def _check_support(provider: Provider, wish: _Wish) -> bool:
    """Return whether an export goes to a dedicated calendar; without a target it goes where the provider can."""
    if wish.picked is not None and provider.imports != "SPECIFIC_CALENDARS":
        raise not_supported(f"{provider.name} imports from the primary calendar only.")
    dedicated = provider.exports == "DEDICATED_CALENDAR"
    if wish.exports:
        if provider.exports == "NOT_SUPPORTED":
            raise not_supported(f"{provider.name} takes no events from Wix.")
        if wish.target is not None and (wish.target == "dedicatedCalendar") != dedicated:
            raise not_supported(f"{provider.name} does not take events in a {wish.target}.")
    return dedicated


def _choices(site: Site, connection: Connection) -> list[tuple[str, str]]:
    account = account_of(site, connection)
    try:
        return calendars.list_calendars(site.caldav_url, account, lambda: export_calendars(site))
    except calendars.UnreachableError:
        raise unavailable() from None


def _pick(site: Site, connection: Connection, picked: list[str] | None) -> tuple[tuple[str, str], ...] | None:
    if picked is None:
        return None
    names = dict(_choices(site, connection))
    unknown = [place for place, one in enumerate(picked) if one not in names]
    if unknown:
        rows = [violation(f"{_CALENDARS}[{place}].id", "is no calendar of the account", "OTHER") for place in unknown]
        raise invalid(rows)
    return tuple((one, names[one]) for one in dict.fromkeys(picked))
