"""The calls that list: List Providers and Query Schedules."""

from collections.abc import Callable

from wizard.sandbox import cursors, reading
from wizard.sandbox.providers import PROVIDERS
from wizard.sandbox.reading import Fields
from wizard.sandbox.schedules import Schedule, schedules
from wizard.sandbox.site import Site

_DEFAULT_LIMIT, _MOST = 50, 100
_STATUSES = ("ACTIVE", "CANCELLED")
_FILTERS: dict[str, Callable[[Schedule], str]] = {
    "id": lambda one: one.id,
    "externalId": lambda one: one.external_id,
    "appId": lambda one: one.app_id,
    "status": lambda one: one.status,
}


def list_providers() -> dict[str, object]:
    """Answer List Providers."""
    return {"providers": [one.wire() for one in PROVIDERS.values()]}


def query_schedules(site: Site, raw: bytes) -> dict[str, object]:
    """Answer Query Schedules (Calendar API v3). Only ACTIVE ones unless `status` is filtered; cursors hold the filter.

    Raises:
        ApiError: 400 for a filter, operator, limit or cursor that the call does not know.

    """
    fields = reading.body(raw)
    fields.strings("fields")
    query = fields.inner("query")
    if query.raw("sort"):
        query.fault("sort", "is not supported", "OTHER")
    page = query.inner("cursorPaging")
    limit = page.whole("limit", 1, _MOST, _DEFAULT_LIMIT)
    wanted = _read_filter(query.inner("filter"))
    cursor = page.text("cursor", longest=20_000) if page.raw("cursor") not in (None, "") else ""
    fields.check()
    offset = 0
    if cursor:
        question = cursors.read(site.secret(), "schedules", cursor, "query.cursorPaging.cursor")
        wanted, offset = question["filter"], question["offset"]
    wanted = {"status": ["ACTIVE"], **wanted}
    rows = [one for one in schedules().values() if all(_FILTERS[name](one) in wanted[name] for name in wanted)]
    shown = rows[offset : offset + limit]
    paging = cursors.paging(
        site.secret(), "schedules", {"filter": wanted}, offset, limit, total=len(rows), count=len(shown)
    )
    return {"schedules": [one.wire() for one in shown], "pagingMetadata": paging}


def _read_filter(given: Fields) -> dict[str, list[str]]:
    wanted = {}
    for name in given.names():
        if name not in _FILTERS:
            given.fault(name, "cannot be filtered by", "OTHER", allowed=list(_FILTERS))
        elif isinstance(given.raw(name), str):  # {"id": "…"} is short for {"id": {"$eq": "…"}}
            wanted[name] = [given.text(name)]
        elif given.has(name):
            wanted[name] = _read_operator(given, name)
    if any(value not in _STATUSES for value in wanted.get("status", ())):
        given.fault("status", f"must be one of {', '.join(_STATUSES)}", "FORMAT", allowed=list(_STATUSES))
    return wanted


def _read_operator(given: Fields, name: str) -> list[str]:
    inner = given.inner(name)
    values: list[str] | None = None
    for operator in inner.names():
        if operator == "$eq":
            found = [inner.text(operator)]
        elif operator == "$in":
            found = inner.strings(operator)
        else:
            inner.fault(operator, "is not an operator of this call", "OTHER", allowed=["$eq", "$in"])
            continue
        values = found if values is None else [one for one in values if one in found]
    if values is None:
        given.fault(name, "must have $eq or $in", "REQUIRED_FIELD")
    return values or []
