"""A bulk run: works through the planned rows, and follows the invitations.

It asks as little of Wix as is safe: a new calendar takes one request to connect and one to set its directions, where
they differ from what Wix makes by itself; one that stands takes none.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar, cast

from wizard.authorization import LIFETIME_SECONDS
from wizard.bulk.planning import GIVE_UP_AFTER, HOPELESS, WORKERS, is_for_now, wished_sync
from wizard.domain import Attempt, Fault, Method, folded_email
from wizard.record import SETTLED_AFTER
from wizard.unattended import fulfil, passwords
from wizard.unattended.fulfil import Action, Plan
from wizard.wishes import Directions, WishError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from wizard.bulk.journal import Asked, Journal
    from wizard.bulk.planning import Task
    from wizard.domain import AccountKey, Connection, Sync
    from wizard.journey import Journey

_Answer = TypeVar("_Answer")

TRIES = 5
"""How often a row is tried that Wix had no time for, because of other programs on the same site."""
NO_RETRY_AFTER = 60.0
"""How many seconds it waits then, where Wix doesn't say it."""
POLL_SECONDS = 5.0
"""How often it is looked who has followed an invitation."""
MOST_SCHEDULES = 50
"""Of how many schedules connections are asked for by name, which makes for a long address; of more, all are read."""


class State(StrEnum):
    """What has become of a row: connected by this run or the one it goes on with, found standing, or not (yet)."""

    CONNECTED = "connected"
    EXISTS = "exists"
    INVITED = "invited"
    FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """What has become of a row. `trouble` is why it failed; `connection` may be there all the same.

    `gone` are the calendars that were to be imported as before, and that the account no longer has.
    """

    task: Task
    state: State
    connection: Connection | None = None
    invitation: Asked | None = None
    trouble: Fault | WishError | None = None
    gone: Sequence[str] = ()

    @property
    def for_now(self) -> bool:
        """Whether it failed, and may well go better the next time."""
        return is_for_now(self.trouble)


class Run:
    """The work on all rows. `on_result` is told what became of each row, as it comes.

    `links` says whether the links of the invitations are wanted, so that those of an earlier run are made anew.
    `on_rest` is told for how many seconds the first row waits that an earlier run was cut off at, and `on_pause` why
    Wix has no time, and the seconds until it is asked again. `results` has the last word on each row; `stopped_by` is
    what has made the rest of them hopeless.
    """

    def __init__(
        self,
        journey: Journey,
        journal: Journal,
        *,
        redirect_url: str,
        links: bool = False,
        on_result: Callable[[Result], None],
        on_rest: Callable[[float], None] = lambda _: None,
        on_pause: Callable[[Fault, float], None] = lambda _fault, _seconds: None,
    ) -> None:
        self.results: dict[AccountKey, Result] = {}
        self.stopped_by: Fault | OSError | None = None
        self._journey = journey
        self._journal = journal
        self._redirect_url = redirect_url
        self._links = links
        self._on_result = on_result
        self._on_rest = on_rest
        self._on_pause = on_pause
        self._stopping = asyncio.Event()
        self._failed_for_now = 0
        self._rested = False
        self._made: defaultdict[tuple[str, str], list[Connection]] = defaultdict(list)
        self._unasked: set[asyncio.Task[Result]] = set()
        self._replacing: set[object] = set()
        journey.on_attempt = self._ask

    def needs_link(self, task: Task) -> bool:
        """Whether a new link has to be made for the row's owner."""
        asked = self._journal.open.get(task.key)
        return task.invites and not (asked and asked.invites and (asked.link or not self._links))

    def stop(self) -> None:
        """Let no row begin any more. Those that have asked for a connection are finished, the others let go."""
        self._stopping.set()
        for row in self._unasked:
            row.cancel()

    async def rehearse(self, task: Task) -> Plan:
        """Return what would be done about a row, the directions of what stands included. Raises as `fulfil` does."""
        made, plan = task.plan.standing, task.plan
        return replace(plan, sync=await self._wished(plan, made)) if made else plan

    async def work(self, tasks: Iterable[Task]) -> None:
        """Work through the rows, those of one provider on one schedule in turn; return when all have ended."""
        groups: defaultdict[tuple[str, str], list[Task]] = defaultdict(list)
        for task in sorted(tasks, key=lambda task: not self._rests(task)):
            groups[task.place].append(task)
        # Links come last, for they are good for minutes; before them what has to rest until Wix is done with it.
        waiting = deque(sorted(groups.values(), key=lambda group: (group[0].invites, self._rests(group[0]))))
        await asyncio.gather(*(self._work(waiting) for _ in range(min(WORKERS, len(waiting)))))

    async def watch(self, poll_seconds: float = POLL_SECONDS) -> None:
        """Follow the invitations until each has been used or is over (List Connections)."""
        with suppress(_StoppedError):
            while pending := [one for one in self.results.values() if one.state is State.INVITED]:
                await self._pause(poll_seconds)
                over = [one for one in pending if one.invitation and not one.invitation.invites]
                schedules = {one.task.plan.schedule.id for one in pending}
                try:
                    found = await self._journey.connections(
                        sorted(schedules) if len(schedules) <= MOST_SCHEDULES else ()
                    )
                except Fault as fault:
                    if not is_for_now(fault):
                        self.stopped_by = fault
                        return
                    continue
                others = {one.connection.id for one in self.results.values() if one.connection}
                claimed = claims(pending, [one for one in found if one.id not in others])
                for result, connection in claimed:
                    await self._followed(result, connection)
                for result in over:
                    if self.results[result.task.key] is result:
                        self._tell(replace(result, state=State.FAILED, trouble=Fault("oauth_expired")))

    async def _work(self, waiting: deque[list[Task]]) -> None:
        while waiting:
            for task in waiting.popleft():
                if self._stopping.is_set():
                    return
                row = asyncio.create_task(self._result(task))
                self._unasked.add(row)
                row.add_done_callback(self._unasked.discard)
                try:
                    self._tell(await row)
                except _StoppedError:
                    return
                except asyncio.CancelledError:
                    if not self._stopping.is_set():
                        raise
                    return
                except OSError as error:  # the journal's: what can't be kept in mind must not be sent
                    self.stopped_by = error
                    self.stop()

    def _settle(self, key: AccountKey, made: Connection | None = None) -> None:
        """Let the journal forget what was asked for, now that it is known what that has `made`."""
        self._let_go(lambda: self._journal.settle(key, made))

    def _let_go(self, forget: Callable[[], None]) -> None:
        """Let the journal forget something. Where it can't, this row is finished, but no other one begins."""
        try:
            forget()
        except OSError as error:
            self._begun()
            self.stopped_by = error
            self.stop()

    def _ask(self, attempt: Attempt) -> None:
        """Keep in mind what is asked for now."""
        self._journal.ask(attempt)
        self._begun()

    def _begun(self) -> None:
        """Let the row be finished from here on. It is a task of its own, by which it is known here."""
        self._unasked.discard(cast("asyncio.Task[Result]", asyncio.current_task()))

    async def _result(self, task: Task) -> Result:
        had, old = self._had(task), task.plan.replaces
        task = replace(task, plan=replace(task.plan, before=had))
        if had and old:  # once that is ended, its account must not stay without a connection
            self._begun()
            self._replacing.add(asyncio.current_task())
            self._journal.end(old, had)
        try:
            if task.invites:
                return await self._invited(task)
            if task.plan.standing is None:
                made = await self._connected(task)
                self._made[task.place].append(made)
                return await self._directed(Result(task, State.CONNECTED, made))
        except (Fault, WishError) as trouble:
            return Result(task, State.FAILED, trouble=trouble)
        cut_off = task.key in self._journal.open
        self._settle(task.key, task.plan.standing if had else None)
        return await self._directed(Result(task, State.CONNECTED if cut_off else State.EXISTS, task.plan.standing))

    def _had(self, task: Task) -> Connection | None:
        """Return the connection whose directions go on: what this run ends, or what an earlier one has ended.

        What somebody else has connected in its place, or set other directions for, keeps its own.
        """
        there, old = task.plan.standing, task.plan.replaces
        now = there or (old if old and old.sync.flows else None)
        asked, kept = self._journal.open.get(task.key), self._journal.replaced.get(task.key)
        if kept and (now is None or kept.goes_on_in(now) or (asked and asked.attempt.may_have_made(now))):
            return kept.connection
        return old

    def _tell(self, result: Result) -> None:
        self.results[result.task.key] = result
        self._failed_for_now = self._failed_for_now + 1 if result.for_now else 0
        trouble = result.trouble
        if isinstance(trouble, Fault) and (trouble.code in HOPELESS or self._failed_for_now >= GIVE_UP_AFTER):
            self.stopped_by = trouble
            self.stop()
        self._on_result(result)

    def _rests(self, task: Task) -> bool:
        """Whether an earlier run has asked for this connection, and Wix may still be at it."""
        return task.plan.action is Action.CONNECT and task.key in self._journal.open

    async def _connected(self, task: Task) -> Connection:
        """Connect by credentials, and never twice."""
        provider, schedule, wish = task.plan.provider, task.plan.schedule, task.plan.wish
        if asked := self._journal.open.get(task.key):
            passed = max(datetime.now(UTC) - asked.at, timedelta(0))  # a clock that was set back says less than none
            seconds = (SETTLED_AFTER - passed).total_seconds()
            if seconds > 0:
                if not self._rested:
                    self._on_rest(seconds)
                self._rested = True
                await self._pause(seconds)
            if found := await self._patiently(lambda: self._journey.look(asked.attempt)):
                self._settle(task.key, found)
                return self._journey.standing(found)
        assert wish.password is not None  # without it there is no such plan
        password = await asyncio.to_thread(passwords.read, wish.password)
        mail = folded_email(wish.email)
        standing = [one for one in (*task.standing, *self._made[task.place]) if folded_email(one.email) in ("", mail)]
        made = None
        try:
            made = await self._patiently(
                lambda: self._journey.connect(
                    provider, schedule, wish.email, password, standing=standing, replaces=task.plan.replaces
                )
            )
            return made
        finally:
            if not self._journey.unanswered(provider, schedule, wish.email):
                self._settle(task.key, made or self._journey.broken(task.key))

    async def _directed(self, result: Result) -> Result:
        """Set the directions that the row wishes for or that are carried over, where the connection's are others."""
        plan, made = result.task.plan, result.connection
        if made and (plan.wish.directions != Directions() or plan.before):
            try:
                begins, gone = await self._patiently(lambda: self._carried_over(plan, made))
                sync = await self._patiently(lambda: self._wished(plan, begins))
                now = await self._patiently(lambda: self._journey.apply(plan.provider, made, sync, read_back=False))
            except (Fault, WishError) as trouble:
                return replace(result, state=State.FAILED, trouble=trouble)
            result = replace(result, connection=now, gone=gone)
        self._let_go(lambda: self._journal.directed(result.task.key))
        return result

    async def _carried_over(self, plan: Plan, made: Connection) -> tuple[Connection, list[str]]:
        """Return what `fulfil.carried_over` does: the row may say nothing of directions."""
        if plan.before is None:
            return made, []
        return await fulfil.carried_over(self._journey, plan.provider, made, plan.before.sync, plan.wish.directions)

    async def _wished(self, plan: Plan, made: Connection) -> Sync:
        known = None if plan.before else plan.sync  # which knows only what stands
        return known or await wished_sync(self._journey, plan.provider, made, plan.wish.directions)

    async def _invited(self, task: Task) -> Result:
        """Make a link for the account's owner, unless there is one that still works."""
        provider, schedule = task.plan.provider, task.plan.schedule
        asked = self._journal.open.get(task.key)
        if asked is None or self.needs_link(task):
            link = await self._patiently(
                lambda: self._journey.invite(provider, schedule, self._redirect_url, replaces=task.plan.replaces)
            )
            before = {one.id: one.status.healthy for one in task.standing}
            attempt = Attempt(Method.OAUTH, provider.id, schedule.id, before, task.plan.wish.email)
            asked = self._journal.invite(attempt, link, timedelta(seconds=LIFETIME_SECONDS))
        return Result(task, State.INVITED, invitation=asked)

    async def _followed(self, result: Result, connection: Connection) -> None:
        """Tell what came of an invitation that was used."""
        self._settle(result.task.key, connection)
        found = Result(result.task, State.CONNECTED, connection)
        try:
            # Whoever has the link can connect an account of his own: nothing is set for one that nobody asked for.
            fulfil.expect(connection, result.task.plan.wish.email)
            self._journey.standing(connection)
        except Fault as trouble:
            self._tell(replace(found, state=State.FAILED, trouble=trouble))
        else:
            self._tell(await self._directed(found))

    async def _patiently(self, call: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Make a call again that Wix had no time for: what was turned away has certainly done nothing."""
        for _ in range(TRIES - 1):
            try:
                return await call()
            except Fault as fault:
                if fault.code != "rate_limited":
                    raise
                seconds = NO_RETRY_AFTER if fault.retry_after is None else fault.retry_after
                self._on_pause(fault, seconds)
                # Whoever has ended a connection has to put another in its place, also when the run is to end.
                await (asyncio.sleep if asyncio.current_task() in self._replacing else self._pause)(seconds)
        return await call()

    async def _pause(self, seconds: float) -> None:
        """Let time pass. Raises `_StoppedError` when the run is to end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        if self._stopping.is_set():
            raise _StoppedError


class _StoppedError(Exception):
    """The run is to end. What the row still lacks is for the next one."""


def claims(pending: Sequence[Result], found: Sequence[Connection]) -> list[tuple[Result, Connection]]:
    """Return which invitations have been used, and what they brought.

    It may be of another account than was invited; that is told only where it can't be another owner's.
    """
    claimed = []
    for result in pending:
        if (asked := result.invitation) is None:
            continue
        wanted = replace(asked.attempt, email="")
        new = [one for one in found if wanted.may_have_made(one)]
        mail = folded_email(asked.attempt.email)
        its = next((one for one in new if folded_email(one.email) == mail), None)
        alone = sum(other.task.place == result.task.place for other in pending) == 1
        if its is None and alone and new:
            its = new[0]
        if its:
            claimed.append((result, its))
    return claimed
