import pytest

from tests.sandbox.conftest import Api, violated


async def test_list_providers_tells_how_each_provider_connects(api: Api) -> None:
    providers = (await api.get("/providers")).json()["providers"]
    found = {one["name"]: (one["calendarType"], one["features"]["connectMethods"]) for one in providers}
    assert found == {
        "Google": ("GOOGLE", ["OAUTH"]),
        "Outlook or Office 365": ("MICROSOFT", ["OAUTH"]),
        "Apple": ("I_CAL", ["CREDENTIALS"]),
        "Fastmail": ("OTHER", ["OAUTH", "CREDENTIALS"]),
    }


async def test_schedules_come_fifty_a_page_and_only_active_ones(api: Api) -> None:
    answer = (await api.query({})).json()
    assert len(answer["schedules"]) == answer["pagingMetadata"]["count"] == 50
    rest = (
        await api.query({"query": {"cursorPaging": {"cursor": answer["pagingMetadata"]["cursors"]["next"]}}})
    ).json()
    assert len(rest["schedules"]) == 19
    assert rest["pagingMetadata"]["hasNext"] is False
    assert {one["status"] for one in answer["schedules"] + rest["schedules"]} == {"ACTIVE"}


async def test_a_previous_cursor_leads_back_to_the_same_page(api: Api) -> None:
    first = (await api.query({"query": {"cursorPaging": {"limit": 7}}})).json()
    second = await api.query({"query": {"cursorPaging": {"limit": 7, "cursor": _cursor(first, "next")}}})
    back = await api.query({"query": {"cursorPaging": {"limit": 7, "cursor": _cursor(second.json(), "prev")}}})
    assert back.json()["schedules"] == first["schedules"]


async def test_a_cursor_keeps_its_filter(api: Api) -> None:
    both = {"filter": {"status": {"$in": ["ACTIVE", "CANCELLED"]}}, "cursorPaging": {"limit": 60}}
    first = (await api.query({"query": both})).json()
    rest = (await api.query({"query": {"cursorPaging": {"cursor": _cursor(first, "next")}}})).json()
    assert len(rest["schedules"]) == 10


async def test_exactly_one_schedule_is_cancelled(api: Api) -> None:
    answer = await api.query({"query": {"filter": {"status": "CANCELLED"}}})
    assert [one["name"] for one in answer.json()["schedules"]] == ["Rupert Ashworth"]


async def test_the_business_schedule_has_its_documented_external_id(api: Api) -> None:
    wanted = {"externalId": {"$eq": "4e0579a5-491e-4e70-a872-d097eed6e520"}}
    answer = await api.query({"query": {"filter": wanted}, "fields": []})
    assert [one["name"] for one in answer.json()["schedules"]] == ["business"]


async def test_five_names_hold_dan(api: Api) -> None:
    answer = (await api.query({"query": {"cursorPaging": {"limit": 100}}})).json()
    found = [one["name"] for one in answer["schedules"] if "dan" in one["name"].casefold()]
    assert found == ["Dana Levi", "Dan Okafor", "Danielle Roy", "Dance, beginners", "Dance, advanced"]


async def test_filters_hold_together(api: Api) -> None:
    every = (await api.query({})).json()["schedules"]
    wanted = {"id": {"$in": [one["id"] for one in every[:3]]}, "appId": {"$eq": every[0]["appId"]}}
    answer = await api.query({"query": {"filter": wanted}})
    assert answer.json()["schedules"] == every[:3]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"filter": {"name": "x"}}, "query.filter.name"),
        ({"filter": {"id": {"$ne": "x"}}}, "query.filter.id.$ne"),
        ({"filter": {"status": "GONE"}}, "query.filter.status"),
        ({"filter": {"id": {"$in": ["x"] * 101}}}, "query.filter.id.$in"),
        ({"filter": {"id": 5}}, "query.filter.id"),
        ({"filter": []}, "query.filter"),
        ({"sort": [{"fieldName": "name"}]}, "query.sort"),
        ({"cursorPaging": {"limit": 0}}, "query.cursorPaging.limit"),
        ({"cursorPaging": {"limit": 101}}, "query.cursorPaging.limit"),
        ({"cursorPaging": {"limit": True}}, "query.cursorPaging.limit"),
        ({"cursorPaging": {"cursor": "made.up"}}, "query.cursorPaging.cursor"),
        ({"cursorPaging": {"cursor": 1}}, "query.cursorPaging.cursor"),
    ],
)
async def test_a_query_that_the_contract_does_not_know_is_a_violation(api: Api, query: object, field: str) -> None:
    assert field in violated(await api.query({"query": query}))


def _cursor(answer: dict[str, dict[str, dict[str, str]]], name: str) -> str:
    return answer["pagingMetadata"]["cursors"][name]
