"""What the tests of the Wix client share: a client whose answers are written down, and what it was asked."""

import json
from collections.abc import Callable

import httpx
from pydantic import SecretStr

from wizard.wix import ApiKey, Auth, Client

KEY = "IST.key-that-opens-nothing"
SITE = "8c6e7a52-0000-4000-8000-000000000001"
LONG_ID = "a+b/c=" * 30 + "%2F?#ü"

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Stage:
    """Gives the listed answers in turn, then the last one again, and keeps the requests."""

    def __init__(self, *answers: Answer, auth: Auth | None = None) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)
        self.client = Client(auth or ApiKey(SecretStr(KEY), SITE), transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    @property
    def only(self) -> httpx.Request:
        (request,) = self.requests
        return request

    @property
    def line(self) -> str:
        return f"{self.only.method} {self.only.url.raw_path.decode()}"


def body_of(request: httpx.Request) -> object:
    return json.loads(request.content) if request.content else None


def ok(content: object = None) -> httpx.Response:
    text = json.dumps({} if content is None else content)
    return httpx.Response(200, text=text, headers={"x-wix-request-id": "req-1"})


def refusal(status: int, code: str = "", *, message: str = "", headers: dict[str, str] | None = None) -> httpx.Response:
    details = {"applicationError": {"code": code, "description": message}} if code else {}
    return httpx.Response(
        status, json={"message": message, "details": details}, headers={"x-wix-request-id": "req-1"} | (headers or {})
    )
