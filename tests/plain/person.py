"""A person at the plain front: answers one question after the other, and hears every word."""

from __future__ import annotations

import asyncio
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx

from tests.line import Line
from wizard import wix
from wizard.domain import SignIn, SignInWay
from wizard.front.session import Session
from wizard.journey import Journey
from wizard.plain.front import Front
from wizard.plain.lines import Lines
from wizard.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.sites import InProcessSite
    from wizard.front.outcome import Ending

Answer: TypeAlias = "str | Callable[[Person], Awaitable[str]]"
"""A line, or what finds it out."""
_NOT_PLAIN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


class Heard(io.StringIO):
    """What was said so far. `more` is set when something is said."""

    def __init__(self) -> None:
        super().__init__()
        self.more = asyncio.Event()

    def write(self, text: str) -> int:
        """Hear it."""
        self.more.set()
        return super().write(text)


@dataclass
class Person:
    """Answers in this order, through a pipe unless he `types`; then he hangs up. `line` leads to the site."""

    line: Line
    answers: list[Answer]
    types: bool = False
    heard: Heard = field(default_factory=Heard)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    unheard: str | None = None

    @property
    def words(self) -> str:
        """Everything that was said."""
        return self.heard.getvalue()

    async def hears(self, words: str) -> None:
        """Wait until this is said; where it never is, hang up, and let the test fail for it."""
        self.unheard = words
        async with asyncio.timeout(10):
            while words not in self.words:
                self.heard.more.clear()
                await self.heard.more.wait()
        self.unheard = None

    def readline(self) -> bytes:
        """Answer the next question."""
        if not self.answers:
            return b""
        answer = self.answers.pop(0)
        if not isinstance(answer, str):
            answer = asyncio.run_coroutine_threadsafe(self._find_out(answer), self.loop).result()
        return f"{answer}\n".encode()

    async def _find_out(self, answer: Callable[[Person], Awaitable[str]]) -> str:
        return await answer(self)

    def isatty(self) -> bool:
        """Whether the answers are typed."""
        return self.types

    def fileno(self) -> int:
        """Return none: this is no file, so its echo can't be switched off."""
        raise io.UnsupportedOperation("fileno")

    def front(self, site: InProcessSite, **session: Any) -> Front:
        """Return the front at the site, signed in unless `session` has other settings."""

        def opener(sign_in: SignIn, base_url: str, *_: object) -> Journey:
            auth: wix.Auth = wix.ApiKey(sign_in.secret, sign_in.site_id)
            if sign_in.way is SignInWay.ACCESS_TOKEN:
                auth = wix.AccessToken(sign_in.secret, sign_in.site_id)
            return Journey(wix.Client(auth, base_url=base_url, transport=self.line), poll_seconds=0.01)

        known = {"site_id": site.site_id, "api_key": site.api_key}
        of: dict[str, Any] = {
            "settings": Settings(site.url, known=known),
            "open_browser": lambda _: False,
            "opener": opener,
        }
        return Front(Session(**of | session), Lines(self, self.heard))


async def run(
    site: InProcessSite, *answers: Answer, line: Line | None = None, types: bool = False, **session: Any
) -> tuple[Ending, str, Line]:
    """Let a person answer like this; return how the run ended, all that was said, and the line to the site."""
    person = Person(line or Line(site), list(answers), types=types)
    ending = await person.front(site, **session).run()
    assert ending is not None
    assert person.unheard is None
    assert not _NOT_PLAIN.search(person.words), "nothing but lines of text is ever said"
    assert "{" not in person.words, "nothing is left to be filled in"
    return ending, person.words, person.line


async def consent(person: Person, site: InProcessSite, email: str, decision: str = "allow") -> str:
    """Decide on the consent page whose address was said last; return where the browser ends."""
    url = re.findall(r"^http://\S+/consent/\S+$", person.words, re.MULTILINE)[-1]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site.app)) as browser:
        form = re.search(r'name="form" value="([0-9a-f]+)"', (await browser.get(url)).text)
        assert form is not None
        fields = {"form": form[1], "decision": decision, "account": email}
        return (await browser.post(url, data=fields)).headers["location"]
