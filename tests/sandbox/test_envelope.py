import pytest
from starlette.types import Message

from tests.sandbox.conftest import EXTERNAL, Api, violated

POSTS = [
    "/calendar/v3/schedules/query",
    EXTERNAL + "/connections:connectByCredentials",
    EXTERNAL + "/connections:connectByOAuth",
    EXTERNAL + "/connections/x/disconnect",
    "/oauth2/token",
]


async def test_an_unknown_route_is_404_without_a_body_but_with_a_request_id(api: Api) -> None:
    answer = await api.get("/nothing")
    assert (answer.status_code, answer.content) == (404, b"")
    assert answer.headers["x-wix-request-id"]


async def test_a_wrong_method_is_405_with_a_request_id(api: Api) -> None:
    answer = await api.client.delete(EXTERNAL + "/providers")
    assert (answer.status_code, answer.content) == (405, b"")
    assert answer.headers["x-wix-request-id"]


async def test_every_answer_has_its_own_request_id(api: Api) -> None:
    answers = [await api.get("/providers") for _ in range(2)]
    assert len({one.headers["x-wix-request-id"] for one in answers}) == 2


async def test_a_broken_site_answers_500_and_logs_no_values(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    api.site.site.store.close()
    answer = await api.client.get(EXTERNAL + "/connections/secret-id")
    assert (answer.status_code, answer.content) == (500, b"")
    assert answer.headers["x-wix-request-id"] in caplog.text
    assert "ProgrammingError" in caplog.text
    assert "secret-id" not in caplog.text
    assert api.site.api_key not in caplog.text


async def test_a_caller_that_hangs_up_amid_its_request_is_no_error_of_the_site(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    coming: list[Message] = [{"type": "http.disconnect"}, {"type": "http.request", "body": b"{", "more_body": True}]

    async def receive() -> Message:
        return coming.pop()

    async def send(_: Message) -> None: ...

    path = "/oauth2/token"
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    await api.site.app({**scope, "headers": []}, receive, send)
    assert caplog.text == ""


@pytest.mark.parametrize("path", POSTS)
async def test_a_body_that_is_no_json_object_is_a_violation(api: Api, path: str) -> None:
    for body in (b"", b"no json", b"[1]", b'"text"', b"\xff", b"[" * 100_000):
        assert violated(await api.client.post(path, content=body)) == ["body"]
