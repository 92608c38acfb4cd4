import asyncio
import errno
import io
import os
import signal
import subprocess
import sys
import threading
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from wizard import cli, running
from wizard.cli import parser
from wizard.domain import Fault
from wizard.exits import take_no_more
from wizard.running import OnSite, on_site


async def _nothing(_: OnSite, __: Namespace) -> int:
    return 0


async def _leaves(_: OnSite, __: Namespace) -> int:
    raise KeyboardInterrupt


async def _fails(_: OnSite, __: Namespace) -> int:
    raise Fault("offline", message="no route")


async def _is_terminated_while_it_blocks(_: OnSite, __: Namespace) -> int:
    signal.raise_signal(signal.SIGTERM)
    return 0


def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIX_API_KEY", "IST.key")
    monkeypatch.setenv("WIX_SITE_ID", "6a1f0c52-93d8-4e7b-b1a4-2f5c8d7e9b30")
    monkeypatch.setenv("WIX_BASE_URL", "http://127.0.0.1:1")


def test_a_thread_that_is_at_work_in_the_end_is_not_waited_for() -> None:
    done = threading.Event()

    async def begin() -> str:
        asyncio.get_running_loop().run_in_executor(None, done.wait)
        return "result"

    assert running.run(begin()) == "result"
    done.set()


@pytest.fixture
def _interruptible() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is take_no_more  # whoever has left can't disturb how it ends
    signal.signal(signal.SIGINT, before)


async def tidy_up_when_interrupted() -> str:
    try:
        signal.raise_signal(signal.SIGINT)
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        signal.raise_signal(signal.SIGINT)
    return "tidied up"


@pytest.mark.usefixtures("_interruptible")
def test_a_ctrl_c_that_is_held_down_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "HELD_SECONDS", 3600)
    assert running.run(tidy_up_when_interrupted()) == "tidied up"


@pytest.mark.usefixtures("_interruptible")
def test_another_ctrl_c_ends_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "HELD_SECONDS", 0)
    with pytest.raises(KeyboardInterrupt):
        running.run(tidy_up_when_interrupted())


def test_the_process_ends_although_a_thread_is_at_work_with_all_that_was_said() -> None:
    said = "import threading, wizard.__main__ as program\n"
    said += "program.main = lambda: threading.Thread(target=threading.Event().wait).start() or print('all') or 3\n"
    ended = subprocess.run(
        [sys.executable, "-c", said + "program.run()"], stdout=subprocess.PIPE, timeout=10, check=False
    )
    assert (ended.returncode, ended.stdout) == (3, b"all\n")


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "Set WIX_API_KEY and WIX_SITE_ID, or keep a sign-in with 'calendar-wizard site --save'"),
        (("WIX_API_KEY",), "WIX_API_KEY is set, but not WIX_SITE_ID. Set what is missing, or"),
        (("WIX_APP_ID", "WIX_APP_SECRET"), "WIX_APP_SECRET is set, but not WIX_INSTANCE_ID."),
    ],
)
def test_a_missing_sign_in_says_how_to_give_one_and_ends_with_4(
    given: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in given:
        monkeypatch.setenv(name, "hush")
    assert on_site(parser().parse_args([]), _nothing) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "hush" not in err


def test_a_fault_is_said_and_gives_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_in(monkeypatch)
    assert on_site(parser().parse_args([]), _fails) == 3
    assert "(offline)" in capsys.readouterr().err


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EPIPE])
def test_words_that_cannot_be_written_change_no_exit_code(
    number: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Gone(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(number, os.strerror(number))

        def fileno(self) -> int:
            return file.fileno()

    signed_in(monkeypatch)
    with (tmp_path / "words").open("w") as file:
        monkeypatch.setattr(sys, "stderr", Gone())
        assert on_site(parser().parse_args([]), _fails) == 3


def test_leaving_gives_130(monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(monkeypatch)
    assert on_site(parser().parse_args([]), _leaves) == 130


def test_a_signal_ends_what_waits_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(monkeypatch)
    assert on_site(parser().parse_args([]), _is_terminated_while_it_blocks) == 143
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_the_options_of_the_site_may_stand_before_or_after_the_command() -> None:
    before = cli.parser().parse_args(["--site-id", "one", "site", "--save"])
    after = cli.parser().parse_args(["site", "--save", "--site-id", "one"])
    assert before.site_id == after.site_id == "one"
    assert running.read(before).known["site_id"] == "one"


def test_a_result_is_readable_and_what_no_terminal_or_file_takes_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    running.tell({"email": "é\u202e\udcff"})
    assert capsys.readouterr().out == '{"email": "é\\u202e\\udcff"}\n'


def test_a_result_that_nobody_reads_any_more_is_dropped_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        running.tell({"state": "connected"})
        running.tell({"state": "connected"})
