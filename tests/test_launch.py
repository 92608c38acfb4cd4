import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from wizard import launch
from wizard.domain import Fault
from wizard.journey import open_journey
from wizard.launch import Embedded

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Give the processes that are started."""
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)  # type: ignore[call-overload] # passed on as they are
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    yield started
    assert all(one.returncode is not None for one in started)


async def test_the_embedded_site_can_be_used_until_it_is_closed(process: list["subprocess.Popen[bytes]"]) -> None:
    with Embedded() as embedded:
        site = embedded.ready()
        journey = open_journey(site.sign_in, site.base_url)
        await journey.check()
        names = {provider.name for provider in await journey.providers()}
        assert {account.provider for account in site.accounts} <= names
        await journey.close()
        secrets = [site.sign_in.secret, *(account.password for account in site.accounts)]
        assert not any(secret.get_secret_value() in repr(site) for secret in secrets)
    assert [one.returncode for one in process] == [0]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows a process's environment under /proc")
def test_the_embedded_site_is_told_its_faults_but_not_the_real_ones_sign_in(
    process: list["subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIX_API_KEY", "IST.real")
    with Embedded(faults=["token=503*2", "list-events=hang"], latency=1.5):
        environment = Path(f"/proc/{process[0].pid}/environ").read_bytes()
        arguments = process[0].args
    assert b"PYTHONPATH=" in environment
    assert b"WIX_" not in environment
    assert b"IST.real" not in environment
    assert isinstance(arguments, list)
    assert arguments[-3:] == ["--fault=token=503*2", "--fault=list-events=hang", "--latency=1.5"]


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
