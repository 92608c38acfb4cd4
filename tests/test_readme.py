"""What the README shows works: its examples are run, on a site of their own each.

The one that serves until it is ended is run in tests/sandbox/test_server.py.
"""

import asyncio
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from tests import readme
from tests.readme import Command, Example
from tests.sites import InProcessSite, paper_site
from wizard import cli, wix

TEXT = readme.README.read_text(encoding="utf-8")
EXAMPLES = readme.examples(TEXT)

Meant = Callable[[str], str]


class _Door:
    """One HTTP server for all the sites: it hands each request to the one that is open."""

    app: ASGIApp
    url: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def door() -> Iterator[_Door]:
    made = _Door()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(made, lifespan="off", log_config=None, loop="asyncio", ws="none"))
        thread = Thread(target=asyncio.run, args=(server.serve([listener]),))
        thread.start()
        yield made
        server.should_exit = True
        thread.join()


@pytest.fixture
def site(door: _Door) -> Iterator[InProcessSite]:
    """A site behind the door; here it has an address of its own."""
    with paper_site() as opened:
        opened.site.url = door.url
        door.app = opened.app
        yield opened


@pytest.fixture
def meant(site: InProcessSite) -> Meant:
    """Puts in what the README's words for something of the reader's own are on the site."""
    connected = next(one for one in site.site.store.connections() if one.email.startswith("dan@"))
    words = {"ID": connected.id, "owner@example.com": site.account("Apple").email}
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, words))})\b")
    return lambda text: pattern.sub(lambda found: words[found[0]], text)


@pytest.fixture
def folder(
    site: InProcessSite, meant: Meant, door: _Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The folder with the README's files, and the environment of somebody who has set up the sign-in."""
    for name, content in readme.files(TEXT).items():
        (tmp_path / name).write_text(meant(content), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(wix, "steady_limiter", wix.wix_limiter)  # a handful of rows is no bulk to be spread
    known = {"WIX_API_KEY": site.api_key, "WIX_SITE_ID": site.site_id, "WIX_BASE_URL": door.url}
    for name, value in {**known, "OWNER_PASSWORD": site.account("Apple").password}.items():
        monkeypatch.setenv(name, value)
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        yield tmp_path


def run(command: Command, meant: Meant, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run it in this process, and return its exit code."""
    with monkeypatch.context() as patch:
        for name, value in command.variables:
            patch.setenv(name, value)
        try:
            return cli.main([meant(word) for word in command.arguments])
        except SystemExit as ended:  # argparse's way
            return int(ended.code or 0)


@pytest.mark.usefixtures("folder", "memory")
@pytest.mark.parametrize("example", [one for one in EXAMPLES if not one.serves], ids=str)
def test_an_example_of_the_readme_ends_as_it_says(
    example: Example, meant: Meant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in example.commands:
        code = run(command, meant, monkeypatch)
        assert code == example.exit, f"{command}: {capsys.readouterr().err}"


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_an_example_in_the_readme(name: str) -> None:
    runs = [command.arguments for example in EXAMPLES for command in example.commands]
    assert name in {next((word for word in arguments if word in cli.COMMANDS), "") for arguments in runs}


def test_an_example_is_read_as_a_shell_would() -> None:
    text = """
<!-- file: a.toml -->
```toml
x = 1
```
<!-- example: exit 3 -->
```sh
A=b .venv/bin/calendar-wizard one --two 'th ree' \\
  ID   # four
eval "$(calendar-wizard five)" && calendar-wizard six | less > 7
```
```sh
calendar-wizard unmarked
```
"""
    assert readme.files(text) == {"a.toml": "x = 1\n"}
    assert readme.examples(text) == [
        Example((Command(("one", "--two", "th ree", "ID"), (("A", "b"),)), Command(("five",)), Command(("six",))), 3)
    ]
