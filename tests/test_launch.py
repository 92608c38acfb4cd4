import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wizard import launch
from wizard.domain import Fault
from wizard.journey import open_journey
from wizard.launch import Embedded

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"


@dataclass(frozen=True)
class Started:
    """A process, and what it was started with."""

    process: "subprocess.Popen[bytes]"
    arguments: list[str]
    environment: dict[str, str]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Started]]:
    """Give the processes that are started; all have ended in the end."""
    given: list[Started] = []
    popen = subprocess.Popen

    def start(arguments: list[str], **options: Any) -> "subprocess.Popen[bytes]":
        process = popen(arguments, **options)
        given.append(Started(process, arguments, options["env"]))
        return process

    monkeypatch.setattr(subprocess, "Popen", start)
    yield given
    assert all(one.process.returncode is not None for one in given)


async def test_the_embedded_site_can_be_used_until_it_is_closed(started: list[Started]) -> None:
    pauses: list[str] = []
    with Embedded(faults=["list-providers=503*1"]) as embedded:
        site = embedded.ready()
        journey = open_journey(site.sign_in, site.base_url, lambda fault, _: pauses.append(fault.code))
        await journey.check()
        assert pauses == ["server_error"]  # it was asked again by itself, and said so
        names = {provider.name for provider in await journey.providers()}
        assert {account.provider for account in site.accounts} <= names
        await journey.close()
        secrets = [site.sign_in.secret, *(account.password for account in site.accounts)]
        assert not any(secret.get_secret_value() in repr(site) for secret in secrets)
    assert [one.process.returncode for one in started] == [0]


def test_the_embedded_site_is_told_its_faults_but_not_the_real_ones_sign_in(
    started: list[Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIX_API_KEY", "IST.real")
    monkeypatch.setattr(sys, "executable", shutil.which("true"))  # what the site makes of them has tests of its own
    Embedded(faults=["token=503*2", "list-events=hang"], latency=1.5).close()
    assert "PYTHONPATH" in started[0].environment
    assert [name for name in started[0].environment if name.startswith("WIX_")] == []
    assert "IST.real" not in started[0].environment.values()
    assert started[0].arguments[-3:] == ["--fault=token=503*2", "--fault=list-events=hang", "--latency=1.5"]


def test_a_site_that_does_not_start_says_why(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.touch()
    with Embedded(taken) as embedded, pytest.raises(Fault, match="sandbox_failed") as caught:
        embedded.ready()
    assert "cannot be used" in caught.value.message
    assert "\n" not in caught.value.message


def test_what_is_looked_for_is_what_the_extra_installs() -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    wanted = {line.partition(">")[0] for line in project["optional-dependencies"]["sandbox"]}
    assert set(launch.NEEDED) == wanted


@pytest.mark.parametrize("missing", launch.NEEDED)
def test_one_missing_package_is_noticed(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert launch.installed()
    monkeypatch.setitem(sys.modules, missing, None)
    assert not launch.installed()


def test_looking_for_the_packages_loads_none() -> None:
    look = "import json, sys; from wizard import launch; launch.installed(); print(json.dumps(list(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert not set(json.loads(run.stdout)) & {*launch.NEEDED, "pydantic", "httpx", "textual"}
