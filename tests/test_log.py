"""The log file: what gets into it, and what never does."""

import asyncio
import logging
import re
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from tests.line import CONNECT, PROVIDERS, Line, journey_on, provider_named, schedule_named
from tests.sites import NO_CERTIFICATES, InProcessSite
from tests.tui.test_calls import consent
from wizard import log, wix
from wizard.domain import Fault
from wizard.journey import Journey

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO wizard[a-z._]*: [^?@]+")
HOME = "http://127.0.0.1:8711/hush"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


def messages(path: Path) -> list[str]:
    """Return what the lines say; each has to look like one."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    return [line.partition(": ")[2] for line in lines]


def test_the_file_is_its_owners_only_and_is_appended_to(path: Path) -> None:
    for number in (1, 2):
        with log.to_file(path):
            logging.getLogger("wizard.some.place").debug("number %d", number)
    assert path.stat().st_mode & 0o777 == 0o600
    said = path.read_text(encoding="utf-8")
    assert said.index("DEBUG wizard.some.place: number 1") < said.index("DEBUG wizard.some.place: number 2")


def test_what_other_packages_log_stays_out(path: Path) -> None:
    with log.to_file(path):
        logging.getLogger("httpx").critical("GET https://a.example/?hush")
        logging.getLogger().critical("hush")
    assert "hush" not in path.read_text(encoding="utf-8")


def test_without_a_file_nothing_is_even_formatted() -> None:
    assert not logging.getLogger("wizard.wix.sender").isEnabledFor(logging.INFO)


# Filling a real disk would hurt others; Linux has one that is always full, and CI runs there.
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_line_that_cannot_be_written_is_lost_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    with log.to_file(Path("/dev/full")):
        pass
    assert capsys.readouterr() == ("", "")


async def test_calls_and_retries_are_logged_in_shapes(path: Path, paper: InProcessSite) -> None:
    line = Line(paper)
    line.fail(PROVIDERS, httpx.Response(429, headers={"retry-after": "0", "x-wix-request-id": "r-1"}))
    auth = wix.ApiKey(SecretStr(paper.api_key), paper.site_id)
    with log.to_file(path):
        async with wix.Client(auth, base_url=paper.url, transport=line, patience=wix.Patience()) as client:
            await client.list_connections(schedule_ids=[paper.site_id])
            await client.list_providers()
    of_calls = [re.sub(r"after \d+ ms", "after N ms", said) for said in messages(path)[1:-1]]
    folder = "/bookings/v2/external-calendars"
    assert re.fullmatch(rf"GET {folder}/connections: 200 after N ms, request \S+", of_calls[0])
    assert of_calls[1:3] == [
        f"GET {folder}/providers: 429 after N ms, request r-1",
        "rate_limited: tried again in 0.0 s",
    ]
    assert of_calls[3].startswith(f"GET {folder}/providers: 200 after N ms")


async def test_a_lost_answer_and_the_look_after_it_are_logged(path: Path, paper: InProcessSite) -> None:
    line, account = Line(paper), paper.account("Apple")
    line.lose(CONNECT)
    with log.to_file(path):
        async with journey_on(paper, line) as journey:
            apple, dana = await provider_named(journey, "Apple"), await schedule_named(journey, "Dana Levi")
            await journey.connect(apple, dana, account.email, SecretStr(account.password))
    assert any(":connectByCredentials: no answer after" in said for said in messages(path))
    assert "a connection was made meanwhile" in messages(path)


async def _come_home(journey: Journey, site: InProcessSite) -> str:
    """Connect Google by a browser that first gets lost; return the link."""
    google, dana = await provider_named(journey, "Google"), await schedule_named(journey, "Dana Levi")
    async with journey.authorize(google, dana) as attempt:
        home = asyncio.create_task(attempt.wait())
        for pasted in ("hush, this is nobody's business?", "4/hush-the-code-of-another-sign-in"):
            with pytest.raises(Fault):
                await attempt.paste(pasted)
        async with httpx.AsyncClient(trust_env=False, verify=NO_CERTIFICATES) as browser:
            await browser.get(f"http://{attempt.address}/hush?hush=hush")
            await browser.get(await consent(site, attempt.url, site.account("Google").email))
        await home
        return attempt.url


async def test_the_way_home_is_logged_without_its_addresses(path: Path, paper: InProcessSite) -> None:
    with log.to_file(path):
        async with journey_on(paper, Line(paper), poll_seconds=3600) as journey:
            link = await _come_home(journey, paper)
    said = messages(path)
    kinds = [
        "listening",
        "32 characters pasted: unreadable",
        "refused a request that is no redirect: 404",
        "a redirect came with a connection",
        "came home by listener",
        "not listening any more",
    ]
    assert [one for one in said if one in kinds] == kinds
    text = "\n".join(said)
    for private in ("hush", link.rpartition("/")[2], "connectionId=", "Google", "Dana", paper.api_key):
        assert private not in text
