"""The checks of `calendar-wizard doctor`: whatever a connection needs, looked at without changing anything.

A check that fails stops only those that depend on it; these are skipped, so that one cause is told once.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from wizard import fault_texts, files, saved
from wizard.browser import graphical_browser
from wizard.console.command_texts import SAVE_INSTEAD
from wizard.doctor import texts
from wizard.doctor.texts import Check
from wizard.domain import Fault
from wizard.exits import REFUSED, SIGN_IN
from wizard.inert import inert
from wizard.settings import NEEDS, SECRETS, problem
from wizard.terminal import LEAST_COLUMNS, LEAST_ROWS, colours, wants_plain
from wizard.texts import SITE_WAY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from wizard.domain import Connection, Schedule, SignIn
    from wizard.journey import Journey
    from wizard.launch import Embedded
    from wizard.settings import Settings
    from wizard.wix import Call, Proxy

CLOCK_LIMIT = timedelta(minutes=1)
"""How wrong the clock may be: less is neither noticed nor told for sure, for an answer takes its time."""
ASKED_FOR_PREMIUM = 3
"""How many connections are asked whether the plan includes them: not every provider's can say it."""

Answered = TypeVar("Answered")


class Result(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """A check's result: what was seen, what to do about it (empty: nothing), and the exit code it stands for."""

    check: Check
    result: Result
    what: str
    remedy: str = ""
    exit: int = 0


async def examine(
    chosen: Settings, embedded: Embedded | None, on_pause: Callable[[Fault, float], None]
) -> AsyncIterator[Finding]:
    """Check all, one after the other. With an `embedded` site that one is looked at.

    `on_pause` is told why a request is tried again, and the seconds until then.
    """
    found, sign_in, base_url = _sign_in(chosen, embedded)
    yield found
    async for finding in _wix(sign_in, base_url, on_pause):
        yield finding
    yield _browser(chosen)
    yield await _loopback(chosen)
    yield _terminal()
    yield _keyring()
    yield _state_folder()


def _ok(check: Check, what: str) -> Finding:
    return Finding(check, Result.OK, what)


def _skipped(check: Check, first: Check) -> Finding:
    return Finding(check, Result.SKIPPED, texts.NOT_BEFORE.format(first=texts.LABELS[first]))


def _failed(check: Check, fault: Fault) -> Finding:
    said = fault_texts.explain(fault)
    what = f"{said.cause} ({said.small})"
    return Finding(check, Result.FAILED, what, said.do, fault_texts.fault_text(fault.code).exit)


def _sign_in(chosen: Settings, embedded: Embedded | None) -> tuple[Finding, SignIn | None, str]:
    """Look for a sign-in; return it too, if there is one, and the address that it is for, if that is known."""
    if embedded is not None:
        try:
            site = embedded.ready()
        except Fault as fault:
            return _failed(Check.SIGN_IN, fault), None, ""
        return _ok(Check.SIGN_IN, texts.SIGN_IN_SANDBOX), site.sign_in, site.base_url
    if chosen.way is not None:
        source = next(chosen.sources[name] for name in NEEDS[chosen.way] if name in SECRETS)
        finding = _ok(Check.SIGN_IN, texts.SIGN_IN.format(way=SITE_WAY[chosen.way], source=source))
        wrong = [said for name in NEEDS[chosen.way] if (said := problem(name, chosen.known[name]))]
        if wrong:
            finding = Finding(Check.SIGN_IN, Result.WARNING, finding.what, " ".join(wrong))
        return finding, chosen.sign_in(), chosen.base_url
    note = saved.note_for(chosen)
    try:
        found = saved.load(note) if note else None
    except saved.KeyringError as error:
        return Finding(Check.SIGN_IN, Result.FAILED, *_why(error), SIGN_IN), None, chosen.base_url
    if note and found:
        what = texts.SIGN_IN.format(way=SITE_WAY[note.way], source=texts.FROM_KEYRING)
        return _ok(Check.SIGN_IN, what), found, chosen.base_url
    return _failed(Check.SIGN_IN, chosen.no_sign_in()), None, chosen.base_url


async def _wix(
    sign_in: SignIn | None, base_url: str, on_pause: Callable[[Fault, float], None]
) -> AsyncIterator[Finding]:
    """See how far a request gets without a sign-in, for a refusal is an answer too, and then with it."""
    from wizard.journey import open_journey

    on_the_way = (Check.PROXY, Check.CERTIFICATE, Check.NETWORK, Check.CLOCK)
    on_the_site = (Check.ACCEPTED, Check.MANAGE, Check.READ, Check.BOOKINGS, Check.PREMIUM)
    if not base_url:
        for check in on_the_way + on_the_site:
            yield _skipped(check, Check.SIGN_IN)
        return
    stranger = open_journey(None, base_url, on_pause)
    try:
        refused = await _answer(stranger.check())
    finally:
        await stranger.close()
    cause = None
    for finding in _way(base_url, refused, max(stranger.calls_made, key=lambda call: call.began, default=None)):
        yield finding
        if finding.result is Result.FAILED:
            cause = finding.check
    if cause is not None or sign_in is None:
        for check in on_the_site:
            yield _skipped(check, cause or Check.SIGN_IN)
        return
    journey = open_journey(sign_in, base_url, on_pause)
    try:
        async for finding in _site(journey):
            yield finding
    finally:
        await journey.close()


def _way(base_url: str, answer: Fault | None, call: Call | None) -> Iterator[Finding]:
    """Tell from a request's `answer` how it got to Wix: past the proxy, over TLS, and at what time."""
    from wizard.wix import proxy_for

    code = answer.code if answer else ""
    cause = {"proxy_failed": Check.PROXY, "bad_certificate": Check.CERTIFICATE}.get(code)
    if code in ("offline", "timed_out", "server_error", "unreadable_answer"):
        cause = Check.NETWORK
    used = _ok(Check.PROXY, _proxy(base_url, proxy_for(base_url)))
    if answer and cause is Check.PROXY:
        failed = _failed(Check.PROXY, answer)
        yield replace(failed, what=f"{used.what} {failed.what}")
    else:
        yield used
    answered = call is not None and call.status is not None
    if answer and cause is Check.CERTIFICATE:
        yield _failed(Check.CERTIFICATE, answer)
    elif cause and not (answered and cause is Check.NETWORK):  # what answers in its place has a certificate, too
        yield _skipped(Check.CERTIFICATE, cause)
    else:
        yield _ok(Check.CERTIFICATE, _trusted(base_url))
    if answer and cause is Check.NETWORK:
        yield _failed(Check.NETWORK, answer)
    elif cause:
        yield _skipped(Check.NETWORK, cause)
    else:
        yield _ok(Check.NETWORK, texts.ANSWERS.format(address=base_url))
    yield _skipped(Check.CLOCK, cause or Check.NETWORK) if cause or call is None else _clock(call)


def _proxy(base_url: str, proxy: Proxy | None) -> str:
    if proxy is None:
        return texts.DIRECT.format(address=base_url)
    said = texts.PROXY_BYPASSED if proxy.bypassed else texts.PROXIED
    address, source = inert(proxy.address) or texts.PROXY_UNREADABLE, proxy.variable or texts.SYSTEM_SETTINGS
    return said.format(proxy=address, source=source, address=base_url)


def _trusted(base_url: str) -> str:
    from wizard.wix import CERTIFICATES, Trust, trust_for

    match trust_for(base_url):
        case Trust.NOBODY:
            return texts.PLAIN.format(address=base_url)
        case Trust.NAMED:
            return texts.TRUSTED_NAMED.format(file=inert(os.environ[CERTIFICATES]))
        case Trust.SYSTEM:
            return texts.TRUSTED_SYSTEM
        case Trust.BUNDLED:
            return texts.TRUSTED_BUNDLED


def _clock(call: Call) -> Finding:
    if call.date is None:
        return Finding(Check.CLOCK, Result.SKIPPED, texts.CLOCK_UNSAID)
    ahead = call.began + timedelta(seconds=call.seconds / 2) - call.date
    if abs(ahead) <= CLOCK_LIMIT:
        return _ok(Check.CLOCK, texts.CLOCK_RIGHT)
    said = texts.CLOCK_AHEAD if ahead > timedelta() else texts.CLOCK_BEHIND
    difference = str(timedelta(seconds=round(abs(ahead).total_seconds())))
    return Finding(Check.CLOCK, Result.WARNING, said.format(difference=difference), texts.CLOCK_DO)


async def _site(journey: Journey) -> AsyncIterator[Finding]:
    providers = await _answer(journey.providers())
    refused = providers if isinstance(providers, Fault) and providers.code != "no_providers" else None
    if refused and refused.code != "permission_missing":
        yield _failed(Check.ACCEPTED, refused)
        for check in (Check.MANAGE, Check.READ, Check.BOOKINGS, Check.PREMIUM):
            yield _skipped(check, Check.ACCEPTED)
        return
    yield _ok(Check.ACCEPTED, texts.ACCEPTED)
    yield _failed(Check.MANAGE, refused) if refused else _ok(Check.MANAGE, texts.ALLOWED)
    schedules = await _answer(_some_schedules(journey))
    yield _failed(Check.READ, schedules) if isinstance(schedules, Fault) else _ok(Check.READ, texts.ALLOWED)
    if isinstance(providers, Fault) and not refused:
        yield _failed(Check.BOOKINGS, providers)
    elif isinstance(providers, Fault) or isinstance(schedules, Fault):
        yield Finding(Check.BOOKINGS, Result.SKIPPED, texts.BOOKINGS_UNSEEN)
    elif not schedules:
        yield _failed(Check.BOOKINGS, Fault("no_schedules"))
    else:
        yield _ok(Check.BOOKINGS, texts.BOOKINGS.format(providers=len(providers)))
    yield _skipped(Check.PREMIUM, Check.MANAGE) if refused else await _premium(journey)


async def _some_schedules(journey: Journey) -> list[Schedule]:
    async for page in journey.schedules():
        if page:
            return page
    return []


async def _premium(journey: Journey) -> Finding:
    """Ask for the calendars of connections that stand: of all that only reads, that alone needs the premium plan."""
    connections: list[Connection] | Fault = await _answer(journey.connections())
    if isinstance(connections, Fault):
        return _failed(Check.PREMIUM, connections)
    for made in [one for one in connections if one.status.healthy][:ASKED_FOR_PREMIUM]:
        answer = await _answer(journey.calendars(made.id))
        if not isinstance(answer, Fault):
            return _ok(Check.PREMIUM, texts.PREMIUM)
        if answer.code == "premium_missing":
            return _failed(Check.PREMIUM, answer)
    return Finding(Check.PREMIUM, Result.SKIPPED, texts.PREMIUM_UNSEEN)


async def _answer(call: Awaitable[Answered]) -> Answered | Fault:
    try:
        return await call
    except Fault as fault:
        return fault


def _browser(chosen: Settings) -> Finding:
    over_ssh = "SSH_CONNECTION" in os.environ
    if not chosen.open_browser:
        return Finding(Check.BROWSER, Result.SKIPPED, texts.BROWSER_OFF)
    if graphical_browser() is None:
        what = texts.BROWSER_NONE_SSH if over_ssh else texts.BROWSER_NONE
        return Finding(Check.BROWSER, Result.WARNING, what, texts.BROWSER_DO)
    if over_ssh:
        return Finding(Check.BROWSER, Result.WARNING, texts.BROWSER_SSH, texts.BROWSER_SSH_DO)
    return _ok(Check.BROWSER, texts.BROWSER)


async def _loopback(chosen: Settings) -> Finding:
    from wizard.authorization import pages
    from wizard.callback import Listener, can_listen

    if chosen.redirect_url is not None and not can_listen(chosen.redirect_url):
        return Finding(Check.LOOPBACK, Result.SKIPPED, texts.ELSEWHERE)
    try:
        async with await Listener.open(chosen.redirect_url, pages=pages()) as listener:
            return _ok(Check.LOOPBACK, texts.LISTENS.format(address=listener.address))
    except OSError as error:
        if chosen.redirect_url is not None:
            return _failed(Check.LOOPBACK, Fault("listener_taken"))
        what = texts.NO_LISTENING.format(why=error.strerror or type(error).__name__)
        return Finding(Check.LOOPBACK, Result.FAILED, what, texts.NO_LISTENING_DO, REFUSED)


def _terminal() -> Finding:
    def warning(what: str, remedy: str) -> Finding:
        return Finding(Check.TERMINAL, Result.WARNING, what, remedy)

    term = inert(os.environ.get("TERM", ""))
    if wants_plain():
        accessible = inert(os.environ.get("ACCESSIBLE", "")) or texts.NOT_SET
        return _ok(Check.TERMINAL, texts.TERMINAL_PLAIN.format(term=term or texts.NOT_SET, accessible=accessible))
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return warning(texts.TERMINAL_NONE, texts.TERMINAL_NONE_DO)
    if not term:
        return warning(texts.TERMINAL_UNKNOWN, texts.TERMINAL_UNKNOWN_DO)
    columns, lines = os.get_terminal_size(sys.stderr.fileno())
    if 0 < columns < LEAST_COLUMNS or 0 < lines < LEAST_ROWS:  # 0: it doesn't say, and 80x24 is taken
        remedy = texts.TERMINAL_SMALL_DO.format(columns=LEAST_COLUMNS, lines=LEAST_ROWS)
        return warning(texts.TERMINAL_SMALL.format(columns=columns, lines=lines), remedy)
    encoding = sys.stderr.encoding.lower()
    if encoding not in ("utf-8", "utf8"):
        return warning(texts.TERMINAL_ENCODING.format(encoding=encoding), texts.TERMINAL_ENCODING_DO)
    what = texts.TERMINAL.format(term=term, columns=columns, lines=lines, colours=colours(), encoding=encoding)
    return _ok(Check.TERMINAL, what)


def _keyring() -> Finding:
    try:
        return _ok(Check.KEYRING, texts.KEYRING.format(name=inert(saved.look())))
    except saved.KeyringError as error:
        return Finding(Check.KEYRING, Result.WARNING, *_why(error))


def _state_folder() -> Finding:
    """See whether a file can be made where runs keep their journals, or in what is there above it; it has no name."""

    def failed(what: str) -> Finding:
        return Finding(Check.STATE_FOLDER, Result.FAILED, what, texts.STATE_FOLDER_DO, REFUSED)

    folder = files.runs_folder_if_any()
    if folder is None:
        return failed(texts.STATE_FOLDER_NONE)
    try:
        with tempfile.TemporaryFile(dir=next(one for one in (folder, *folder.parents) if one.exists())) as file:
            file.write(b"{}")  # which a full disk doesn't take
    except OSError as error:
        return failed(texts.STATE_FOLDER_UNUSABLE.format(folder=inert(folder), why=error.strerror))
    return _ok(Check.STATE_FOLDER, texts.STATE_FOLDER.format(folder=inert(folder)))


def _why(error: saved.KeyringError) -> tuple[str, str]:
    """Return what is wrong with the keyring, and how to do with or without it."""
    text = fault_texts.KEYRING[error.code]
    what = f"{text.what} {text.why.format(detail=inert(error.detail))}"
    return what, f"{text.do} {SAVE_INSTEAD}".strip()
