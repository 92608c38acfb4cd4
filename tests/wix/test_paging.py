"""Lists in pages: on demand, by cursor, and never round in circles."""

from datetime import UTC, datetime

import httpx
import pytest

from .stage import Stage, body_of, ok


def schedules(name: str, **paging: object) -> httpx.Response:
    return ok({"schedules": [{"id": name}], "pagingMetadata": paging})


async def ids(stage: Stage) -> list[str]:
    return [
        schedule.id async for page in stage.client.query_schedules(filter={"status": "ACTIVE"}) for schedule in page
    ]


async def test_following_pages_of_schedules_send_the_cursor_instead_of_the_filter() -> None:
    stage = Stage(schedules("a", cursors={"next": "n"}, hasNext=True), schedules("b", cursors={}, hasNext=False))
    assert await ids(stage) == ["a", "b"]
    assert body_of(stage.requests[1]) == {"query": {"cursorPaging": {"limit": 50, "cursor": "n"}}}


async def test_following_pages_of_events_send_the_cursor_instead_of_the_selection() -> None:
    stage = Stage(ok({"pagingMetadata": {"cursors": {"next": "n"}}}), ok({}))
    when = datetime(2026, 5, 1, tzinfo=UTC)
    events = stage.client.list_events(start=when, end=when, schedule_ids=["s"], all_day=True, own_pi=True)
    assert len([page async for page in events]) == 2
    expected = {"cursorPaging.limit": "1000", "fieldsets": "OWN_PI", "cursorPaging.cursor": "n"}
    assert dict(stage.requests[1].url.params) == expected


async def test_a_page_is_asked_for_only_when_needed() -> None:
    stage = Stage(schedules("a", cursors={"next": "n"}))
    pages = stage.client.query_schedules()
    assert stage.requests == []
    await anext(pages)
    assert len(stage.requests) == 1


async def test_the_list_ends_when_there_is_no_next_even_with_a_cursor() -> None:
    assert await ids(Stage(schedules("a", cursors={"next": "n"}, hasNext=False))) == ["a"]


async def test_a_repeated_cursor_ends_the_list() -> None:
    stage = Stage(
        schedules("a", cursors={"next": "n"}),
        schedules("b", cursors={"next": "m"}),
        schedules("c", cursors={"next": "n"}, hasNext=True),
    )
    assert await ids(stage) == ["a", "b", "c"]


@pytest.mark.parametrize("paging", [None, [], "x", {"cursors": None}, {"cursors": {"next": 5}}, {"hasNext": True}])
async def test_unreadable_paging_ends_the_list(paging: object) -> None:
    assert await ids(Stage(ok({"schedules": [{"id": "a"}], "pagingMetadata": paging}))) == ["a"]
