"""What earlier runs for the same account have left that were cut off: directions to go on with, a request to look for.

A connection that is ended to be made again loses its directions at Wix, so they are in the journals only.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard import record
from wizard.domain import Method, account_key, folded_email

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wizard.answers import Answers
    from wizard.domain import AccountKey, Attempt, Connection
    from wizard.journey import Journey


@dataclass(frozen=True)
class Earlier:
    """The journals of such runs, the newest first; they are taken until `forget`."""

    account: AccountKey | None = None
    left: tuple[record.Left, ...] = ()
    beside: tuple[record.Left, ...] = ()
    """Those of the wizard that are about something else by now, after they have ended the account's connection."""
    unreadable: tuple[Path, ...] = ()
    """Files that could not be read and were set aside."""

    @property
    def existing(self) -> Connection | None:
        """The connection, with its directions, in whose place the newest of them was to make another."""
        had = [one.run.answers.existing for one in self.left]
        had += [one for left in self.beside for one in left.run.answers.ended if one.place == self.account]
        return next((one for one in had if one and one.sync.flows), None)

    def has_made(self, found: Connection) -> bool:
        """Whether one of them has made this connection, and may not have set its directions yet."""
        runs = [one.run for one in self.left]
        return any(
            (run.attempt and run.attempt.may_have_made(found))
            or (run.answers.connection and run.answers.connection.id == found.id)
            for run in runs
        )

    async def settled(self, journey: Journey, on_rest: Callable[[float], None]) -> Connection | None:
        """Return what came of a password that was on its way, as `settled` does. It may not stand."""
        for one in self.left:
            attempt = one.run.attempt
            if attempt and attempt.method is Method.CREDENTIALS:
                return await settled(journey, one.run, attempt, on_rest)
        return None

    def forget(self) -> None:
        """Keep nothing of them any more but what the wizard is still to do for other accounts."""
        for one in self.left:
            answers = replace(self._without_account(one.run.answers), existing=None, connection=None)
            if answers.ended or answers.wanted:
                one.journal.leave(replace(one.run, state="connections", answers=answers, attempt=None))
            else:
                one.journal.forget()
        for one in self.beside:
            one.journal.leave(replace(one.run, answers=self._without_account(one.run.answers)))

    def _without_account(self, answers: Answers) -> Answers:
        for one in (*answers.ended, *answers.wanted):
            if one.place == self.account:
                answers = answers.without(one)
        return answers


def find(folder: Path | None, place: str, account: AccountKey) -> Earlier:
    """Take up what was cut off on this site while the account was being connected, or connected again."""

    def is_same(run: record.Run) -> bool:
        answers, attempt = run.answers, run.attempt
        provider, schedule = answers.provider, answers.schedule
        if provider is None or schedule is None or answers.reviews_existing:
            return False
        # A link that was given away is for `resume`.
        asked = attempt is not None and attempt.method is Method.CREDENTIALS
        is_its = account_key(provider.id, schedule.id, answers.email) == account
        return is_its and (asked or answers.existing is not None)

    def has_ended_it(run: record.Run) -> bool:
        return any(one.place == account for one in run.answers.ended)

    left, unreadable = _take(folder, place, is_same)
    beside, _ = _take(folder, place, has_ended_it)
    return Earlier(account, left, beside, unreadable)


def overtaken(folder: Path | None, place: str, made: Connection, email: str) -> Earlier:
    """Take up what was cut off on this site and would set the directions of this connection once more, unasked.

    That are the runs of the same account, and those of any account that may have made it; `email` is the account's, as
    far as it is known. Where the wizard was cut off, it asks a person before it sets any, so that is left to it.
    """

    def is_overtaken(run: record.Run) -> bool:
        answers, its = run.answers, run.answers.connection
        carries_over = answers.existing and not answers.reviews_existing and not answers.wanted
        if run.directions is None and not carries_over:
            return False
        provider, schedule = answers.provider, answers.schedule
        if (provider and provider.id, schedule and schedule.id) != (made.provider_id, made.schedule_id):
            return False
        whose = (its and its.email) or answers.email
        if whose and email:
            return folded_email(whose) == folded_email(email)
        if its:
            return its.id == made.id
        return run.attempt is None or run.attempt.may_have_made(made)

    left, unreadable = _take(folder, place, is_overtaken)
    return Earlier(account_key(made.provider_id, made.schedule_id, email), left, unreadable=unreadable)


def _take(
    folder: Path | None, place: str, is_wanted: Callable[[record.Run], bool]
) -> tuple[tuple[record.Left, ...], tuple[Path, ...]]:
    left: list[record.Left] = []
    unreadable: list[Path] = []
    with suppress(OSError):
        while True:  # those that are taken aren't found again
            found = record.find(folder, place, is_wanted)
            unreadable += found.unreadable
            if found.left is None:
                break
            left.append(found.left)
    return tuple(left), tuple(unreadable)


async def settled(
    journey: Journey, run: record.Run, attempt: Attempt, on_rest: Callable[[float], None]
) -> Connection | None:
    """Look for what a run has made that was cut off while a password was on its way, until Wix must be done with it.

    `on_rest` is told for how many seconds at most, if there are any.
    """
    seconds = run.left_of(record.SETTLED_AFTER)
    if seconds > 0:
        on_rest(seconds)
    return await journey.look_for(attempt, seconds)
