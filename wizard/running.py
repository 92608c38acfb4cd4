"""A command's run on the site: opens it, lets the command work, says what went wrong, and gives the exit code.

Results go to standard output; words for people go to standard error.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from wizard import settings
from wizard.domain import Fault
from wizard.exits import LEFT, UsageError, take_no_more

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
    from pathlib import Path
    from types import FrameType

    from wizard.domain import SignIn
    from wizard.journey import Journey
    from wizard.launch import Embedded
    from wizard.settings import Settings

    Work = Callable[["OnSite", Namespace], Awaitable[int]]
    """A command's work on the site, as its options ask for; returns the exit code."""


Result = TypeVar("Result")

HELD_SECONDS = 0.7
"""A ctrl+c that follows another so soon is the same: a key that is held down begins to repeat after half a second."""

SENT: tuple[signal.Signals, ...] = ()
"""The signals by which a run is ended from outside; on Windows nobody sends any."""
if sys.platform != "win32":
    SENT = (signal.SIGTERM, signal.SIGHUP)


class OnSite(NamedTuple):
    """The site that a command works on. `place` tells it from others in journals; empty: nothing is to be kept."""

    journey: Journey
    settings: Settings
    sign_in: SignIn
    place: str


def read(options: Namespace) -> Settings:
    """Return the settings of the command line and the environment; raises `UsageError`."""
    return settings.read(options, os.environ)


@contextmanager
def surroundings(chosen: Settings, options: Namespace) -> Iterator[Embedded | None]:
    """Open the log file and start the embedded site, if they are asked for. Raises `UsageError`, `StartError`."""
    with ExitStack() as opened:
        if chosen.log_file is not None:
            from wizard import log

            try:
                opened.enter_context(log.to_file(chosen.log_file))
            except OSError as error:
                raise UsageError(f"--log-file: {options.log_file!r} can't be opened: {error.strerror}") from None
        embedded = None
        if chosen.sandbox:
            from wizard import launch

            launch.need_sandbox()
            embedded = opened.enter_context(launch.Embedded(chosen.data, options.fault or [], options.latency or 0.0))
        yield embedded


class _Unawaited(ThreadPoolExecutor):
    """Threads that nobody waits for at the end: one that looks up a name can't be stopped, and may take a minute."""

    def shutdown(self, *_: object, **__: object) -> None:
        super().shutdown(wait=False)


def run(work: Coroutine[object, object, Result]) -> Result:
    """Do the work on an event loop, as `asyncio.run` does, but don't wait for threads in the end, and tidy up in peace.

    The first ctrl+c cancels the work, another ends it at once with KeyboardInterrupt. One that is held down is one, and
    whoever has pressed it is done with the program: from then on there is nothing more to interrupt.
    """
    before = signal.getsignal(signal.SIGINT)
    pressed: list[float] = []

    async def begun() -> Result:
        handler = signal.getsignal(signal.SIGINT)
        if callable(handler):  # else it is ignored, as it is for a program in the background
            signal.signal(signal.SIGINT, partial(interrupt, handler))
        return await work

    def interrupt(handler: Callable[[int, FrameType | None], object], number: int, frame: FrameType | None) -> None:
        pressed.append(time.monotonic())
        if len(pressed) == 1 or pressed[-1] - pressed[-2] >= HELD_SECONDS:
            handler(number, frame)

    try:
        with asyncio.Runner() as runner:
            runner.get_loop().set_default_executor(_Unawaited())
            return runner.run(begun())
    finally:
        signal.signal(signal.SIGINT, take_no_more if pressed else before)


def on_site(options: Namespace, work: Work, *, steady: bool = False) -> int:
    """Do a command's work on the site, and return its exit code, or that of the fault that ended it.

    `steady` is for work of very many requests. Raises `UsageError`, `StartError`.
    """
    gc.disable()  # what is loaded until the site is open stays, so looking for garbage in it is in vain
    chosen = read(options)
    ended_by: list[int] = []

    async def opened(embedded: Embedded | None) -> int:
        with _ended_by_signals(ended_by):
            return await _opened(options, chosen, embedded, work, steady)

    try:
        with surroundings(chosen, options) as embedded:
            code = run(opened(embedded))
    except Fault as fault:
        code = end_with(fault)
    except (EOFError, KeyboardInterrupt):
        say("")
        code = LEFT
    except asyncio.CancelledError:
        if not ended_by:
            raise
        code = LEFT
    return 128 + ended_by[0] if ended_by else code


@contextmanager
def signals_to(
    take: Callable[[int, FrameType | None], object], numbers: Collection[signal.Signals] = SENT
) -> Iterator[None]:
    """Let signals come to `take`, not by the loop: as that closes, it couldn't take a ctrl+c that is held down."""
    before = [(number, signal.signal(number, take)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


@contextmanager
def _ended_by_signals(ended_by: list[int]) -> Iterator[None]:
    """Let the first SIGTERM or SIGHUP cancel this task, as ctrl+c does, so that it tidies up; keep its number.

    A terminal that is closed may send two, and the second must not disturb that.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # this runs in one

    def end_by(number: int, _: FrameType | None) -> None:
        if ended_by:
            return
        ended_by.append(number)
        if asyncio.current_task(loop) is task:  # it may wait for somebody's answer, which cancelling doesn't end
            raise asyncio.CancelledError
        loop.call_soon_threadsafe(task.cancel)

    # What is ignored stays so: that is how nohup keeps a program going.
    with signals_to(end_by, [one for one in SENT if signal.getsignal(one) is signal.SIG_DFL]):
        yield


def end_with(fault: Fault) -> int:
    """Say what went wrong, and return its exit code."""
    from wizard import report
    from wizard.answers import Answers

    say(f"calendar-wizard: {report.as_words(Answers(), fault)}")
    return report.exit_code(fault)


async def _opened(options: Namespace, chosen: Settings, embedded: Embedded | None, work: Work, steady: bool) -> int:
    from wizard.journey import open_journey

    if embedded is not None:
        site = embedded.ready()
        sign_in, base_url = site.sign_in, site.base_url
    else:
        sign_in, base_url = _sign_in(chosen), chosen.base_url
    journey = open_journey(sign_in, base_url, say_pause, steady=steady)
    gc.freeze()
    gc.enable()
    try:
        return await work(OnSite(journey, chosen, sign_in, chosen.place(sign_in.place)), options)
    finally:
        await journey.close()


def _sign_in(chosen: Settings) -> SignIn:
    """Return what the settings sign in with, or the saved sign-in. Raises the fault that says why there is none."""
    from wizard import saved

    found = chosen.sign_in()
    if found is None and (note := saved.note_for(chosen)):
        try:
            found = saved.load(note)
        except saved.KeyringError as error:
            raise Fault("sign_in_missing", message=error.code) from None
    if found is None:
        raise chosen.no_sign_in()
    return found


def say_pause(fault: Fault, seconds: float) -> None:
    """Say why a request is tried again, and when."""
    from wizard import fault_texts

    say(fault_texts.pause_words(fault, seconds))


def tell(result: dict[str, object]) -> None:
    """Write a result as one line of JSON, at once; quiet where nobody reads it any more.

    Raises the fault `output_failed`.
    """
    from wizard.console import output

    try:
        output.json_lines([result])
    except BrokenPipeError:
        output.write_no_more()


def write_receipt(path: Path, content: dict[str, object]) -> None:
    """Write the receipt that --receipt asks for, and say where it is, or why it isn't."""
    from wizard import receipt

    said = f"The receipt is in {path}"
    try:
        receipt.write(path, content)
    except OSError as error:
        said = f"calendar-wizard: the receipt could not be written to {path}: {error.strerror}"
    say(said)


def say(line: str) -> None:
    """Say a line to people; quiet where it can't be written, for that must not change what happens.

    Their terminal may have been closed, or the disk be full.
    """
    try:
        print(line, file=sys.stderr)
    except OSError:
        # What couldn't be written would be tried again at the end, and change the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
