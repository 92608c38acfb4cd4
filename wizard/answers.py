"""What the person has answered so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.domain import Connection, Method, Provider, Schedule, Status

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Answers:
    """What the person has answered so far. Every change keeps all that still fits; nothing secret is in here."""

    provider: Provider | None = None
    method: Method | None = None
    schedule: Schedule | None = None
    email: str = ""
    connection: Connection | None = None
    existing: Connection | None = None
    """The connection from before that this is about: `connection` is the same, or takes its place."""
    earlier: Answers | None = None
    """Those of the calendar that this run has connected before this one."""
    wanted: tuple[Connection, ...] = ()
    """Connections with the directions that were chosen for them, while Wix has others."""
    ended: tuple[Connection, ...] = ()
    """Connections as they were before this run ended them to reconnect them, until another takes their place."""
    aside: Answers | None = None
    """What was answered for a new connection, while these are about one from before."""

    @classmethod
    def about(cls, existing: Connection, provider: Provider, schedule: Schedule) -> Answers:
        """Return what a connection from before answers: everything but the method where the provider has several."""
        answers = cls().with_provider(provider).with_schedule(schedule).with_email(existing.email)
        return replace(answers, existing=existing)

    @property
    def connected(self) -> bool:
        """Whether there is a connection, and it stands as far as known."""
        return self.connection is not None and self.connection.status.healthy

    @property
    def reached(self) -> Answers:
        """What the run has reached: these, or while nothing is connected with them, those of the calendar before."""
        return self if self.connection or not self.earlier else self.earlier.reached

    @property
    def sign_in_state(self) -> str:
        """The state in which the account is signed in to."""
        return "credentials" if self.method is Method.CREDENTIALS else "authorize"

    @property
    def reviews_existing(self) -> bool:
        """Whether the connection is one from before, not one that this run has made.

        What had stopped is only ever made again, although Wix may give it the same id.
        """
        had, made = self.existing, self.connection
        if had is None or made is None or had.status in (Status.ERROR, Status.DISCONNECTED):
            return False
        return made.id == had.id

    def with_provider(self, provider: Provider) -> Answers:
        """Answer the provider, for a new connection; its only method is detected, and one that it lacks dropped."""
        method = self.method if self.method in provider.methods else None
        if len(provider.methods) == 1:
            method = provider.methods[0]
        return _without_stale_connection(replace(self, provider=provider, method=method, existing=None, aside=None))

    def with_method(self, method: Method) -> Answers:
        """Answer how to connect; a connection already made stays."""
        return replace(self, method=method)

    def with_schedule(self, schedule: Schedule) -> Answers:
        """Answer the schedule."""
        return _without_stale_connection(replace(self, schedule=schedule))

    def with_email(self, email: str) -> Answers:
        """Answer the account's email."""
        return replace(self, email=email)

    def with_connection(self, connection: Connection | None) -> Answers:
        """Keep what Wix says of the connection, which may have taken the place of the one from before."""
        if connection is None:
            return replace(self, connection=None)
        existing = self.existing
        if existing and existing.id in {one.id for one in self.ended}:
            existing = replace(existing, status=Status.DISCONNECTED)  # the new one may have its id
        return replace(self, connection=connection, existing=existing, ended=_without(self.ended, existing))

    def without(self, ended: Connection) -> Answers:
        """Take note that a connection has ended: it is no answer any more, here or earlier."""

        def unless_ended(one: Connection | None) -> Connection | None:
            return one if one and one.id != ended.id else None

        return replace(
            self,
            connection=unless_ended(self.connection),
            wanted=_without(self.wanted, ended),
            ended=_without(self.ended, ended),
            earlier=self.earlier and self.earlier.without(ended),
            aside=self.aside and self.aside.without(ended),
        )

    def without_existing(self) -> Answers:
        """Take note that the connection is ended whose place another is to take, and keep it as it was."""
        if self.existing is None:
            return self
        without = self.without(self.existing)
        ended_before = self.existing.status is Status.DISCONNECTED
        return replace(without, ended=self.ended if ended_before else (*without.ended, self.existing))

    def listed(self, found: Iterable[Connection]) -> Answers:
        """Take note of what Wix lists: what stands was not ended after all."""
        standing = {one.id for one in found if one.status.healthy}
        return replace(self, ended=tuple(one for one in self.ended if one.id not in standing))

    def has_ended(self, connection: Connection) -> bool:
        """Whether this run has ended it to reconnect it."""
        return connection.status is Status.DISCONNECTED and connection.id in {one.id for one in self.ended}

    def as_it_was(self, connection: Connection) -> Connection:
        """Return it with its directions from before this run ended it: by then, Wix has forgotten them."""
        was = next((one for one in (*self.ended, self.existing) if one and one.id == connection.id), connection)
        return replace(connection, sync=was.sync) if connection.status is Status.DISCONNECTED else connection

    def after(self, before: Answers) -> Answers:
        """Keep in mind what the run has reached before these answers, and what it is still to do."""
        earlier = before if before.connected else before.earlier
        aside = (before.aside if before.existing else before) if self.existing else None
        return replace(self, earlier=earlier, wanted=before.wanted, ended=before.ended, aside=aside)

    def for_new(self) -> Answers:
        """Return to what was answered for a new connection, unless one has taken the place of that from before."""
        if self.aside is None or self.existing is None or self.connection:
            return self
        earlier = self.aside.earlier if self.aside.connection else self.earlier
        return replace(self.aside, earlier=earlier, wanted=self.wanted, ended=self.ended)

    def reviewed(self) -> Answers:
        """Take note that the directions are seen to: a connection that took another's place is now the existing one."""
        return replace(self, existing=self.connection, earlier=self) if self.existing else self


def _without(connections: tuple[Connection, ...], without: Connection | None) -> tuple[Connection, ...]:
    return tuple(one for one in connections if without is None or one.id != without.id)


def _without_stale_connection(answers: Answers) -> Answers:
    made = answers.connection
    fits = (
        made is not None
        and (answers.provider is None or made.provider_id == answers.provider.id)
        and (answers.schedule is None or made.schedule_id == answers.schedule.id)
    )
    return answers if fits else replace(answers, connection=None)
