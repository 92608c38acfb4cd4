"""The unattended front: `connect` and `resume`. One JSON object a line on standard output, words on standard error.

Every run ends with one line: its `state` is "planned", "authorize", "connected" or "failed".
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

from wizard import fault_texts, files, receipt, record, report, texts
from wizard.answers import Answers
from wizard.authorization import LIFETIME_SECONDS
from wizard.console import command_texts
from wizard.domain import Fault, Method, Provider, account_key, folded_email
from wizard.exits import DONE, REFUSED, TEMPORARY, USAGE
from wizard.running import say, tell, write_receipt
from wizard.unattended import earlier, fulfil, passwords
from wizard.unattended import texts as unattended_texts
from wizard.unattended.fulfil import Action, Link, Plan
from wizard.wishes import REDIRECT_URL, Directions, WishError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from pathlib import Path

    from wizard.domain import Connection, Schedule, Sync
    from wizard.running import OnSite
    from wizard.wishes import Wish


async def connect(site: OnSite, wish: Wish, records: Path | None, *, dry_run: bool = False, wait: bool = True) -> int:
    """Fulfil a wish, and return the exit code. `records` has the journals, if any. Without `wait`, only make a link."""
    run = _Run(site, records)
    return await run.to_its_end(run.connect(wish, dry_run=dry_run, wait=wait))


async def resume(site: OnSite, records: Path, *, wait: bool = True) -> int:
    """Go on with the newest run on the site that was cut off, and return the exit code. Without `wait`, look once."""
    run = _Run(site, records)
    return await run.to_its_end(run.resume(wait=wait))


_MENDED_ELSEWHERE = ("output_failed", "premium_missing")
"""Faults that say nothing of what was asked for. A link that couldn't be told is of no use, but `resume` tells none."""


class _Run:
    """One run: what it has reached, its journal, and what it tells."""

    def __init__(self, site: OnSite, records: Path | None) -> None:
        self._site, self._journey, self._records = site, site.journey, records
        self._answers = Answers()
        self._asked = Directions()
        self._resumes = False
        self._recorder = record.Recorder(None, "")  # until there is something to be kept

    async def to_its_end(self, work: Awaitable[int]) -> int:
        """Do the work; tell how it failed, if it did; leave journal and receipt as they should be."""
        fault: Fault | None = None
        try:
            return await work
        except Fault as caught:
            fault = caught
            return self._failed_by(fault)
        except WishError as error:
            self._forget()
            self._tell_why(self._failed(error.code, str(error)), str(error))
            return REFUSED if self._answers.connection else USAGE
        except asyncio.CancelledError:
            if self._recorder.is_open:
                say(unattended_texts.LEFT)
            raise
        finally:
            self._recorder.close()
            if path := self._site.settings.receipt:
                site_id, calls, now = self._site.sign_in.site_id, self._journey.calls_made, datetime.now(UTC)
                content = receipt.content(
                    self._answers, site_id=site_id, calls=calls, now=now, fault=fault, asked=self._asked
                )
                write_receipt(path, content)

    # Connecting

    async def connect(self, wish: Wish, *, dry_run: bool, wait: bool) -> int:
        """Plan, and do it."""
        self._asked = wish.directions
        self._answers = Answers(method=wish.method, email=wish.email)
        plan = await fulfil.plan(self._journey, wish, on_found=self._found)
        password = None
        if plan.action is Action.CONNECT and wish.password:
            password = passwords.read(wish.password)
        if dry_run:
            tell(planned(plan))
            say(_plan_in_words(plan))
            return DONE
        account = account_key(plan.provider.id, plan.schedule.id, wish.email)
        left = earlier.find(self._records, self._site.place, account) if wish.email else earlier.Earlier()
        say_unreadable(left.unreadable)
        plan = await self._with(left, plan)
        if plan.changes or plan.before:
            self._record(plan)
        left.forget()  # from here on this run's own journal has it all

        def on_link(link: Link) -> bool:
            tell({**authorize(link.url, link.expires), **self._about()})
            say(_until(link.expires) if wait else self._how_to_continue())
            return wait

        done = await fulfil.fulfil(
            self._journey,
            plan,
            password=password,
            redirect_url=self._site.settings.redirect_url or (None if wait else REDIRECT_URL),
            on_link=on_link,
            on_connected=self._on_connected,
            on_gone=say_gone,
        )
        if done.connection is None:
            return TEMPORARY
        return self._connected(done.connection, changed=done.changed)

    def _how_to_continue(self) -> str:
        if self._recorder.is_open:
            return unattended_texts.NO_WAIT
        why = self._recorder.trouble if self._records else str(files.NoHomeError())
        return unattended_texts.NOT_KEPT.format(why=why and f" ({why})")

    def _found(self, found: Provider | Schedule) -> None:
        has = self._answers
        self._answers = has.with_provider(found) if isinstance(found, Provider) else has.with_schedule(found)

    async def _with(self, left: earlier.Earlier, plan: Plan) -> Plan:
        """Make use of what runs for the same account have left that were cut off."""
        if plan.standing is None and (made := await left.settled(self._journey, say_rest)):
            plan = replace(plan, standing=made) if made.status.healthy else replace(plan, replaces=made)
        there = plan.standing or plan.replaces
        if there is None or left.has_made(there) or (there is plan.replaces and not there.sync.flows):
            plan = replace(plan, before=left.existing)
        return plan

    def _record(self, plan: Plan) -> None:
        """Keep from now on what a kill must not lose: the directions of what is ended first, too."""
        self._answers = replace(self._answers, existing=plan.before or plan.replaces)
        self._recorder = record.Recorder(self._records, self._site.place, directions=plan.wish.directions)
        self._journey.on_attempt = self._recorder.keep_attempt
        self._journey.on_refused = partial(self._recorder.keep_attempt, None)
        self._recorder.keep(self._answers.sign_in_state, self._answers)

    def _on_connected(self, made: Connection) -> None:
        self._answers = self._answers.with_connection(made)
        self._recorder.keep("review", self._answers)

    # Going on

    async def resume(self, *, wait: bool) -> int:
        """Find what was cut off, and what has become of it."""
        self._resumes = True
        left = self._find(_has_asked_wix)
        if left is None:
            raise Fault("nothing_to_resume")
        run = left.run
        self._answers = run.answers.with_connection(None)  # until it is seen that it still stands
        self._asked = run.directions or Directions()
        self._recorder = record.Recorder(self._records, self._site.place, left)
        made = await self._made(run, wait=wait)
        if made is None:
            return TEMPORARY
        self._journey.standing(made)
        self._on_connected(made)
        provider, before, now = run.answers.provider, run.answers.existing, made
        if run.directions or before:
            fulfil.expect(made, run.answers.email)
        if provider:
            had = before.sync if before else None
            now = await fulfil.set_directions(self._journey, provider, made, self._asked, had, say_gone)
        # Whoever resumes learns of it only now, so to him it is new.
        return self._connected(now, changed=True)

    def _find(self, is_wanted: Callable[[record.Run], bool]) -> record.Left | None:
        try:
            found = record.find(self._records, self._site.place, is_wanted)
        except OSError:
            return None
        say_unreadable(found.unreadable)
        return found.left

    async def _made(self, run: record.Run, *, wait: bool) -> Connection | None:
        """Return what the run has made; None if that is still open, and nobody waits for it."""
        if run.attempt is None:
            assert run.answers.connection is not None  # looked at before
            return await self._journey.connection(run.answers.connection.id)
        if run.attempt.method is Method.CREDENTIALS:
            may_come = run.left_of(record.SETTLED_AFTER) > 0
            look = (
                earlier.settled(self._journey, run, run.attempt, say_rest) if wait else self._journey.look(run.attempt)
            )
            made = await look
            if made is None:
                raise Fault("maybe_connected" if may_come and not wait else "nothing_made")
            return made
        expires = run.saved + timedelta(seconds=LIFETIME_SECONDS)
        seconds = run.left_of(timedelta(seconds=LIFETIME_SECONDS))
        if not wait and seconds > 0:
            made = await self._journey.look(run.attempt)
            if made is None:
                tell({**authorize(None, expires), **self._about()})
                say(unattended_texts.NOT_YET)
            return made
        if seconds > 0:
            say(_until(expires))
        made = await self._journey.look_for(run.attempt, seconds)
        if made is None:
            raise Fault("oauth_expired")
        return made

    # Ends

    def _connected(self, made: Connection, *, changed: bool) -> int:
        self._answers = replace(self._answers.with_connection(made), existing=None)
        self._recorder.forget()  # before the words, which a full disk may stop
        forget_overtaken(self._records, self._site.place, made, self._answers.email)
        tell(connected(self._answers, changed=changed))
        say(report.as_words(self._answers, None))
        return DONE

    def _failed_by(self, fault: Fault) -> int:
        if fault.code in fault_texts.GONE:
            self._answers = self._answers.with_connection(None)
        provider = self._answers.provider
        said = fault_texts.explain(
            fault, kind=provider.kind if provider else None, provider=provider.name if provider else ""
        )
        if not self._may_go_on(fault):
            self._forget()
        self._tell_why(self._failed(fault.code, said.words, fault.request_id), f"{said.words} ({said.small})")
        return report.exit_code(fault)

    def _tell_why(self, line: dict[str, object], words: str) -> None:
        try:
            tell(line)
        finally:  # people hear of it even where programs can't
            if self._answers.connection:  # only its directions could not be set
                say(report.as_words(self._answers, None))
            say(f"calendar-wizard: {words}")

    def _failed(self, code: str, words: str, request_id: str = "") -> dict[str, object]:
        made = self._answers.connection
        return {**failed(code, words, request_id=request_id, connection_id=made.id if made else ""), **self._about()}

    def _about(self) -> dict[str, object]:
        """Say which account on which schedule this is about, as far as is known: several runs may be open."""
        provider, schedule = self._answers.provider, self._answers.schedule
        return {
            "provider": provider and {"id": provider.id, "name": provider.name},
            "schedule": schedule and {"id": schedule.id, "name": texts.schedule_name(schedule)},
            "email": self._answers.email or None,
        }

    def _may_go_on(self, fault: Fault) -> bool:
        """Whether `resume` can still make something of this run."""
        if self._resumes:
            return may_pass(fault) or fault.code in _MENDED_ELSEWHERE
        if not may_pass(fault):
            return False
        return self._recorder.attempt is not None or self._answers.connection is not None

    def _forget(self) -> None:
        """Keep nothing but the directions of a connection that was ended, if they aren't those of another one yet."""
        self._recorder.keep_attempt(None)
        had, made = self._answers.existing, self._answers.connection
        if had and not (made and folded_email(made.email) in ("", folded_email(had.email))):
            self._recorder.keep(self._answers.sign_in_state, self._answers.with_connection(None))
        elif had and self._asked != Directions():
            self._recorder.directions = Directions()  # what was asked for can't be; the rest can
            self._recorder.keep("review", self._answers)
        else:
            self._recorder.forget()


def may_pass(fault: Fault) -> bool:
    """Whether a run that ended so may still come to something: nobody has said no, and it wasn't waited for in vain."""
    return report.exit_code(fault) != REFUSED and not fault.code.startswith(("oauth_", "nothing_"))


def say_unreadable(paths: Iterable[Path]) -> None:
    """Say where the files of earlier runs are that could not be read."""
    for path in paths:
        say(texts.UNREADABLE_TEXT.format(path=path))


def forget_overtaken(records: Path | None, place: str, made: Connection, email: str = "") -> None:
    """Forget the earlier runs that would set the directions of this connection once more, now that they are set."""
    overtaken = earlier.overtaken(records, place, made, made.email or email)
    overtaken.forget()
    say_unreadable(overtaken.unreadable)


def say_gone(names: Sequence[str], now: Sync) -> None:
    """Say which calendars were to be imported and are gone, and what is imported now."""
    say(command_texts.calendars_gone(names, now))


def say_rest(seconds: float) -> None:
    """Say why nothing is sent for a while, and for how many seconds at most."""
    say(unattended_texts.RESTS.format(seconds=ceil(seconds)))


def _has_asked_wix(run: record.Run) -> bool:
    """Whether there is something to find; the wizard's own runs begin with questions, which only a person answers.

    So do those that look at what was connected before, or have directions that a person has chosen and not applied.
    """
    if run.answers.reviews_existing or run.answers.wanted:
        return False
    return run.attempt is not None or run.answers.connection is not None


# The lines, as the README describes them


def planned(plan: Plan) -> dict[str, object]:
    """Say what would be done. Directions that are null stay as Wix has them; `connectionId` is of one that stands.

    `replaces` is of one that doesn't, and would be ended.
    """
    wished = plan.wish.directions
    said: dict[str, object] = {"import": wished.imports, "calendars": wished.calendars, "export": wished.exports}
    if plan.sync:
        names = plan.sync.calendars and [calendar.name or calendar.id for calendar in plan.sync.calendars]
        said = {"import": plan.sync.imports, "calendars": names, "export": plan.sync.exports}
    elif wished.calendars is not None:
        said["import"] = True
    return {
        "state": "planned",
        "action": plan.action.value,
        "changes": plan.changes,
        "provider": {"id": plan.provider.id, "name": plan.provider.name},
        "schedule": {"id": plan.schedule.id, "name": texts.schedule_name(plan.schedule)},
        "method": plan.method.value,
        "email": (plan.standing and plan.standing.email) or plan.wish.email or None,
        "connectionId": plan.standing and plan.standing.id,
        "replaces": plan.replaces and plan.replaces.id,
        **said,
    }


def authorize(url: str | None, expires: datetime) -> dict[str, object]:
    """Say what the account's owner has to open, and until when. A link is kept nowhere, so `resume` knows none."""
    at = expires.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"state": "authorize", "oauthUrl": url, "expiresAt": at}


def connected(answers: Answers, *, changed: bool) -> dict[str, object]:
    """Say what is connected now: whose account, whether the run changed anything, and what `--json` prints."""
    made = answers.connection
    email = (made and made.email) or answers.email or None
    return {"state": "connected", "changed": changed, "email": email, **(report.result(answers) or {})}


def failed(code: str, words: str, *, request_id: str = "", connection_id: str = "") -> dict[str, object]:
    """Say why, by a code for programs and in words. `connectionId` is of a connection that stands all the same."""
    return {
        "state": "failed",
        "fault": code,
        "message": words,
        "requestId": request_id or None,
        "connectionId": connection_id or None,
    }


def _plan_in_words(plan: Plan) -> str:
    words = {
        Action.KEEP: unattended_texts.PLAN_SYNC if plan.changes else unattended_texts.PLAN_NOTHING,
        Action.CONNECT: unattended_texts.PLAN_CONNECT,
        Action.AUTHORIZE: unattended_texts.PLAN_AUTHORIZE,
    }[plan.action]
    said = words.format(provider=plan.provider.name, schedule=texts.schedule_name(plan.schedule), email=plan.wish.email)
    return f"{said} {unattended_texts.PLAN_REPLACES}" if plan.replaces else said


def _until(expires: datetime) -> str:
    return unattended_texts.WAITS.format(time=f"{expires.astimezone():%H:%M:%S}")
