"""What the steps of a run share, whatever front shows them: the journey, the journal, the receipt, the clock."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wizard import texts
from wizard.domain import Fault, Method
from wizard.inert import inert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol

    from wizard.answers import Answers
    from wizard.domain import Attempt, Connection, SandboxAccount, SignIn
    from wizard.journey import Journey
    from wizard.launch import Embedded
    from wizard.record import Found, Left, Recorder, Run
    from wizard.saved import Note
    from wizard.settings import Settings
    from wizard.wix.calls import Calls

    class Reconnecting(Protocol):
        """What signs in, and has the answers for it."""

        answers: Answers


_log = logging.getLogger(__name__)


def _local_now() -> datetime:
    return datetime.now().astimezone()


def _open_browser(url: str) -> bool:
    from wizard.browser import graphical_browser

    opener = graphical_browser()
    return opener is not None and opener(url)


STEP_SECONDS = 60.0
"""How long one piece of work may take in all."""
SIGN_IN_FAULTS = ("wix_sign_in_refused", "permission_missing")


class Pace(NamedTuple):
    """Seconds before a wait is shown, and how long one that is shown stays."""

    appear: float = 0.2
    stay: float = 1.0


@dataclass
class Session:
    """One run of the front. `clock` counts seconds, `now` is aware local time; tests hold both still.

    `open_browser` blocks, and says whether a graphical browser opened. `opener` makes the journey, `open_journey`
    unless a test says otherwise. `note` says that a sign-in is saved which this run may use. `records` is where
    journals are kept; None keeps none.
    """

    settings: Settings
    embedded: Embedded | None = None
    note: Note | None = None
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _local_now
    open_browser: Callable[[str], bool] = _open_browser
    pace: Pace = field(default_factory=Pace)
    opener: Callable[[SignIn, str, Callable[[Fault, float], None], Calls | None], Journey] | None = None
    on_pause: Callable[[Fault, float], None] = lambda _fault, _seconds: None
    """Told when a read is tried again by itself: why, and in how many seconds."""
    records: Path | None = None
    accounts: tuple[SandboxAccount, ...] = ()
    asks_again: bool = False
    """Whether the settings' sign-in was refused, so that the person is asked after all."""
    attempt: Attempt | None = None
    """What a run that was cut off may have made although nobody saw it, so that it has to be looked for first."""
    seen: dict[str, Any] = field(default_factory=dict)
    """What a step has listed, by its state: shown at once on the way back, while it is read again."""
    news: str = ""
    """What the next step tells as soon as it is there."""
    _recorder: Recorder | None = None
    _cut_off: Run | None = None
    from_keyring: bool = False
    """Whether the sign-in is the saved one."""
    calls: Calls | None = None
    """The calls of the whole run, whatever sign-in they were made with; None until there is a journey."""
    drawn: asyncio.Event | None = None
    """Set once the first frame is there, where there is to be one: nothing is loaded before that it doesn't need."""
    worked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the first piece of work is over, which what is loaded for later steps would hold up."""
    _sign_in: SignIn | None = None
    _full_site_id: str = ""
    _journey: asyncio.Task[Journey] | None = None

    @property
    def asks_site(self) -> bool:
        """Whether the person has to say how to sign in to the site."""
        if self.embedded is not None:
            return False
        return self.asks_again or (self.settings.way is None and self.note is None)

    @property
    def typed(self) -> SignIn | None:
        """What the person typed on the site screen, or had saved, to be there when they come back."""
        return self._sign_in

    @property
    def label(self) -> str:
        """What the bar says about the site."""
        if self.embedded is not None:
            return texts.SANDBOX_SITE
        site = self.site_id
        return texts.SITE_LABEL.format(site=site) if site else ""

    @property
    def site_id(self) -> str:
        """The beginning of the site's ID, enough to tell sites apart; empty while none is known."""
        known = self._sign_in or self.note
        site = known.site_id if known else self.settings.known.get("site_id", "")
        return f"{site[:8]}…" if site else ""

    async def finds_saved(self) -> bool:
        """Get the saved sign-in from the keyring, if this run relies on one; whether it is there.

        A keyring that fails, is locked or has been emptied is no keyring: from then on the person is asked.
        """
        if self.note is None or self._sign_in is not None:
            return True
        from wizard import saved

        try:
            self._sign_in = await asyncio.to_thread(saved.load, self.note)
        except saved.KeyringError:
            self._sign_in = None
        self.from_keyring = self._sign_in is not None
        if not self.from_keyring:
            self.note = None
        return self.from_keyring

    def receipt(self, answers: Answers, fault: Fault | None) -> dict[str, object]:
        """Return the content of the run's receipt as it would be now."""
        from wizard import receipt

        return receipt.content(answers, site_id=self._full_site_id, calls=self.calls, now=self.now(), fault=fault)

    async def save_receipt(self, name: str, answers: Answers, fault: Fault | None) -> str:
        """Save the receipt under this name in the current folder, and say where it is. Raises OSError."""
        from wizard import receipt

        folder = Path.cwd()
        await asyncio.to_thread(receipt.write, folder / name, self.receipt(answers, fault))
        return texts.RECEIPT_SAVED.format(folder=inert(folder, limit=4096), name=name)

    def refused(self, fault: Fault) -> bool:
        """Whether the fault is one of the settings' sign-in; from then on the person can type another."""
        if fault.code not in SIGN_IN_FAULTS or self.embedded is not None:
            return False
        self.asks_again = True
        return True

    @property
    def first_label(self) -> str:
        """What the first wait is for."""
        return texts.LOADING["start" if self.embedded and not self.accounts else "provider"]

    def account_of(self, answers: Answers) -> SandboxAccount | None:
        """Return the embedded site's account to try at the chosen provider."""
        accounts = [a for a in self.accounts if answers.provider and a.provider == answers.provider.name]
        return next((a for a in accounts if a.email == answers.email), accounts[0] if accounts else None)

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the person's own time zone."""
        return moment.astimezone(self.now().tzinfo)

    async def journey(self) -> Journey:
        """Return the journey; the first call loads the client in a thread, and waits for the sandbox if there is one.

        Raises the fault `sandbox_failed`, or `wix_sign_in_refused` for a sign-in that can't even be sent.
        """
        if self._journey is None:
            self._journey = asyncio.create_task(self._open())
        task = self._journey
        try:
            # A screen that is left must not end the start for the next one.
            return await asyncio.shield(task)
        except Fault:
            self._journey = None
            raise

    @property
    def may_connect(self) -> bool:
        """Whether a connection may come about that nobody has seen yet, of a request that was stopped."""
        task = self._journey
        return (
            task is not None
            and task.done()
            and not task.cancelled()
            and not task.exception()
            and task.result().may_connect
        )

    async def sign_in(self, sign_in: SignIn) -> Journey:
        """Use what the person typed; an earlier sign-in is forgotten, and what was seen with it."""
        self.seen.clear()
        await self._close_journey()
        if self._recorder:  # it may be another site
            self._recorder.forget()
            self._recorder.close()
            self._recorder = None
        self._sign_in, self.from_keyring = sign_in, False
        return await self.journey()

    # The journal: what a crash must not lose

    @property
    def _place(self) -> str:
        """What tells this run's site from others; empty where there is nothing to go on with later, or none known."""
        known = self._sign_in or self.note
        site = known.place if known else self.settings.known.get("site_id") or self.settings.known.get("instance_id")
        return self.settings.place(site or "")

    def find_left(self) -> Found | None:
        """Look for a run on this site that was cut off; None where there is none, and nothing to be said about one."""
        # Most often there is nothing, and nothing to be loaded for it before the first frame.
        if self.records is None or not self._place or not any(self.records.glob("*.json")):
            return None
        from wizard import record

        try:
            # An unattended run, which has directions to set, is for `resume`.
            return record.find(self.records, self._place, lambda run: run.directions is None)
        except OSError:
            return None

    def go_on_with(self, left: Left) -> Answers:
        """Make a run that was cut off this one, and return what was answered."""
        from wizard.record import Recorder

        assert self.records is not None  # it was found there
        self._recorder = Recorder(self.records, self._place, left)
        self._cut_off = left.run
        answers, self.attempt = left.run.answers, left.run.attempt
        return answers.with_email(self.attempt.email) if self.attempt and self.attempt.email else answers

    async def look(self, attempt: Attempt, answers: Answers) -> Answers | None:
        """Look for what an attempt has made that was under way when the program ended.

        Returns the answers with the connection, which is news for the next step, or None if there is none. Raises
        `Fault`, also that of a connection which doesn't stand.
        """
        journey = await self.journey()
        made = await journey.look(attempt)
        if made is None and self._may_come(attempt):
            self.attempt = None  # looked for once, and the journal keeps it
        else:
            self.looked()
        if made is None:
            return None
        journey.standing(made)
        provider = answers.provider.name if answers.provider else ""
        self.news = texts.FOUND_MADE.format(email=made.email or attempt.email or provider)
        return answers.with_connection(made).with_email(made.email or attempt.email)

    def _may_come(self, attempt: Attempt) -> bool:
        """Whether Wix may still be at a password that was on its way when the run was cut off."""
        from wizard.record import SETTLED_AFTER

        run = self._cut_off
        return run is not None and attempt.method is Method.CREDENTIALS and run.left_of(SETTLED_AFTER) > 0

    def keep(self, state: str, answers: Answers) -> None:
        """Keep what this run has reached."""
        if answers.connection:
            self.attempt = None
        if recorder := self._recording():
            recorder.keep(state, answers)
            if state == "done" and answers.connection:
                self._forget_overtaken(answers.connection, answers.email)

    def _forget_overtaken(self, made: Connection, email: str) -> None:
        """Forget what unattended runs were to set that were cut off: a person has seen to it."""
        from wizard.unattended import earlier

        overtaken = earlier.overtaken(self.records, self._place, made, made.email or email)
        overtaken.forget()
        if overtaken.unreadable:
            words = [texts.UNREADABLE_TEXT.format(path=path) for path in overtaken.unreadable]
            self.news = "\n".join([texts.UNREADABLE_TITLE, *words])

    @contextmanager
    def ending(self, step: Reconnecting, journey: Journey) -> Iterator[None]:
        """Keep in mind, before it is ended, what the step's answers reconnect; not if a fault comes before that."""
        before = step.answers
        if before.existing is None:
            yield
            return
        step.answers = before.without_existing()
        self.keep(before.sign_in_state, step.answers)
        try:
            yield
        except Fault:
            if not journey.has_ended(before.existing):
                step.answers = before
                self.keep(before.sign_in_state, before)
            raise

    def to_look_for(self, answers: Answers) -> Attempt | None:
        """Return what has to be looked for before these answers are connected: what they are about, and not another."""
        attempt, provider, schedule = self.attempt, answers.provider, answers.schedule
        if attempt is None or provider is None or schedule is None or answers.connection:
            return None
        return attempt if (attempt.provider_id, attempt.schedule_id) == (provider.id, schedule.id) else None

    def looked(self) -> None:
        """Take note that what had to be looked for was."""
        self.attempt = None
        self._keep_attempt(None)

    def _keep_attempt(self, attempt: Attempt | None) -> None:
        if recorder := self._recording():
            recorder.keep_attempt(attempt)

    def forget(self) -> None:
        """Keep nothing of this run any more; a connection that may still come about is kept in mind."""
        if self._recorder:
            self._recorder.forget()

    def _recording(self) -> Recorder | None:
        """Return what keeps this run; None where nothing is kept, or the site isn't known yet."""
        if self._recorder is None and self.records is not None and self._place:
            from wizard.record import Recorder

            self._recorder = Recorder(self.records, self._place)
        return self._recorder

    async def close(self) -> None:
        """Close the connections to Wix, and leave the journal, if there is one still, to the next start."""
        if self._recorder:
            self._recorder.close()
        await self._close_journey()

    async def _close_journey(self) -> None:
        task, self._journey = self._journey, None
        if task is None:
            return
        if not task.done():
            task.cancel()
        elif not task.cancelled() and not task.exception():
            await task.result().close()

    async def _open(self) -> Journey:
        if self.drawn is not None:
            await self.drawn.wait()
        module = await asyncio.to_thread(import_module, "wizard.journey")
        sign_in, base_url = self._sign_in, self.settings.base_url
        if self.embedded is not None:
            began = time.monotonic()
            site = await asyncio.to_thread(self.embedded.ready)
            _log.info("the sandbox runs; waited %d ms for it", (time.monotonic() - began) * 1000)
            sign_in, base_url, self.accounts = site.sign_in, site.base_url, site.accounts
        elif sign_in is None:
            sign_in = await asyncio.to_thread(self.settings.sign_in)
        if sign_in is None:
            raise Fault("wix_sign_in_refused")
        # In a thread because its TLS context takes as long as a frame.
        opener = self.opener or module.open_journey
        journey: Journey = await asyncio.to_thread(opener, sign_in, base_url, self.on_pause, self.calls)
        _log.info("signs in by %s", sign_in.way)
        self._full_site_id, self.calls = sign_in.site_id, journey.calls_made
        journey.on_attempt, journey.on_refused = self._keep_attempt, partial(self._keep_attempt, None)
        return journey
