"""Reading tolerantly: absent, null, unknown and oddly shaped values."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError

from tests.examples import TEXT
from wizard.wix import (
    App,
    CalendarType,
    Client,
    Connection,
    ConnectionStatus,
    ConnectMethod,
    Event,
    Features,
    Provider,
    Schedule,
    SyncConfig,
    UnreadableAnswer,
    WixError,
)

from .stage import Stage, ok

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=4,
)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MODELS: list[type[BaseModel]] = [Provider, Schedule, Connection, Event, SyncConfig]
WIRE_NAMES = sorted(
    {
        field.alias or ""
        for model in (Provider, Features, Schedule, Connection, Event, SyncConfig)
        for field in model.model_fields.values()
    }
)

ANSWERED = (
    *("providers", "schedules", "connection", "connections", "calendars", "events"),
    *("oauthUrl", "oAuthUrl", "pagingMetadata", "failedProviderIds"),
)


async def _all(pages: AsyncIterator[object]) -> None:
    async for _ in pages:
        pass


CALLS: list[Callable[[Client], Awaitable[object]]] = [
    lambda client: client.list_providers(),
    lambda client: _all(client.query_schedules()),
    lambda client: client.connect_by_credentials(provider_id="p", schedule_id="s", email="e", password=SecretStr("p")),
    lambda client: client.connect_by_oauth(provider_id="p", schedule_id="s", redirect_url="u"),
    lambda client: client.get_connection("c"),
    lambda client: client.list_connections(),
    lambda client: client.list_calendars("c"),
    lambda client: client.update_sync_config("c", SyncConfig()),
    lambda client: client.disconnect("c"),
    lambda client: _all(client.list_events(start=NOON, end=NOON)),
]


@pytest.mark.parametrize("old_name", ["OUTLOOK", "OFFICE_365", "MICROSOFT"])
def test_old_names_of_microsoft_read_as_microsoft(old_name: str) -> None:
    assert Provider.model_validate({"calendarType": old_name}).calendar_type is CalendarType.MICROSOFT


@pytest.mark.parametrize("value", ["BRAND_NEW", None, 5, [], {}, ""])
def test_an_unknown_status_reads_as_undefined(value: object) -> None:
    assert Connection.model_validate({"status": value}).status is ConnectionStatus.UNDEFINED


def test_an_unknown_connect_method_does_not_hide_the_known_ones() -> None:
    features = Features.model_validate({"connectMethods": ["PASSKEY", None, "OAUTH"]})
    assert features.connect_methods == (ConnectMethod.UNDEFINED, ConnectMethod.UNDEFINED, ConnectMethod.OAUTH)


@pytest.mark.parametrize("model", MODELS)
def test_an_empty_object_reads_like_one_full_of_nulls(model: type[BaseModel]) -> None:
    nulls = dict.fromkeys(WIRE_NAMES)
    assert model.model_validate({}) == model.model_validate(nulls)


def test_unknown_fields_are_ignored() -> None:
    assert Schedule.model_validate({"id": "s", "newField": {"x": 1}}) == Schedule(id="s")


def test_whether_updates_are_allowed_may_not_be_said() -> None:
    assert Provider.model_validate({}).features.update_sync_config is None


def test_models_cannot_be_changed() -> None:
    schedule: Any = Schedule(id="s")
    with pytest.raises(ValidationError):
        schedule.id = "t"


def test_a_time_without_an_offset_counts_as_utc() -> None:
    assert Event.model_validate({"start": "2026-05-04T12:00:00"}).start == datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_an_unreadable_time_is_none() -> None:
    assert Event.model_validate({"start": "tomorrow"}).start is None


async def test_objects_without_an_id_and_things_that_are_no_objects_are_left_out() -> None:
    stage = Stage(ok({"providers": [{"id": "p"}, {"name": "x"}, None, "y", {"id": None}, []]}))
    assert [provider.id for provider in await stage.client.list_providers()] == ["p"]


@pytest.mark.parametrize("content", [{}, {"providers": None}, {"providers": []}])
async def test_an_absent_list_is_an_empty_one(content: object) -> None:
    assert await Stage(ok(content)).client.list_providers() == []


@pytest.mark.parametrize("value", ["x", {}, 0, False])
async def test_a_list_that_is_none_is_unreadable(value: object) -> None:
    with pytest.raises(UnreadableAnswer) as caught:
        await Stage(ok({"providers": value})).client.list_providers()
    assert (caught.value.status, caught.value.request_id) == (200, "req-1")


@pytest.mark.parametrize("content", [{}, {"connection": None}, {"connection": []}, {"connection": "c"}])
async def test_an_answer_without_its_essential_object_is_unreadable(content: object) -> None:
    with pytest.raises(UnreadableAnswer):
        await Stage(ok(content)).client.get_connection("c")


@given(st.dictionaries(st.sampled_from(WIRE_NAMES) | TEXT, JSON))
def test_any_object_can_be_read_as_anything(content: dict[str, object]) -> None:
    for model in MODELS:
        model.model_validate(content)


@given(JSON | st.dictionaries(st.sampled_from(ANSWERED), JSON, min_size=1))
async def test_any_json_is_read_by_each_call_or_is_a_wix_error(answer: object) -> None:
    for call in CALLS:
        with suppress(WixError):
            await call(Stage(ok(answer)).client)


@given(JSON | st.fixed_dictionaries({"access_token": JSON, "expires_in": JSON}))
async def test_any_json_is_a_token_or_is_a_wix_error(answer: object) -> None:
    with suppress(WixError):
        await Stage(ok(answer), auth=App("app", SecretStr("secret"), "instance")).client.list_providers()


@given(st.dictionaries(TEXT, st.booleans()) | JSON)
def test_what_was_read_of_a_sync_config_can_be_written_and_read_again(content: object) -> None:
    config = SyncConfig.model_validate({"listEventFromCalendars": content, "syncToCalendar": content})
    assert SyncConfig.model_validate(config.to_wire()) == config
