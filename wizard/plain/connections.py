"""Connections: what is connected already (List Connections), to be reviewed, reconnected or disconnected."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard import texts
from wizard.answers import Answers
from wizard.domain import Connection, Method, Status
from wizard.front import wording
from wizard.plain import texts as plain_texts
from wizard.plain.questions import Back, Row

if TYPE_CHECKING:
    from wizard.journey import Journey
    from wizard.plain.front import Front


async def ask(front: Front) -> str:
    """Say what is connected, and ask what is to be done with it."""
    try:
        return await _ask(front)
    except Back:
        # Who goes on to another calendar has only looked at these.
        front.answers = front.answers.for_new()
        raise


async def _ask(front: Front) -> str:
    found = await front.work(lambda: _read(front), texts.LOADING["connections"])
    journey = await front.session.journey()
    if not found:
        front.say(texts.CONNECTIONS_NONE)
        await front.questions.enter(plain_texts.ENTER_BACK)
        raise Back
    while True:
        front.say(wording.standing_text(found.values()) + ".")
        rows = [Row(c.id, _schedule_name(journey, c), _said(journey, c)) for c in found.values()]
        before = front.answers.existing.id if front.answers.existing else None
        one = found[await front.questions.choose(rows, before)]
        try:
            event = await _One(front, journey, one).ask()
        except Back:
            continue  # to the list
        if event == "disconnect":
            # As ended, where it is; if this run has made it, that is no answer any more.
            found[one.id] = replace(one, status=Status.DISCONNECTED)
            front.answers = front.answers.without(one)
        elif event:
            return event


async def _read(front: Front) -> dict[str, Connection]:
    """Return the connections by id, and let the journey know the names of what they connect."""
    journey = await front.session.journey()

    async def providers() -> None:
        if not journey.known_providers:  # a run that goes on here has not come by them
            await journey.providers()

    found, _ = await asyncio.gather(journey.connections(), providers())
    await journey.name_schedules(c.schedule_id for c in found)
    front.answers = front.answers.listed(found)
    as_they_were = map(front.answers.as_it_was, found)
    return {c.id: c for c in wording.in_order(as_they_were, journey.known_schedules)}


def _schedule_name(journey: Journey, connection: Connection) -> str:
    return texts.schedule_name(wording.schedule_of(connection, journey.known_schedules))


def _provider_name(journey: Journey, connection: Connection) -> str:
    return wording.provider_names([connection], journey.provider_names)


def _said(journey: Journey, connection: Connection) -> str:
    # With the email, where Wix gives one: two accounts of one provider on one schedule would sound alike.
    account = ", ".join(filter(None, (_provider_name(journey, connection), connection.email)))
    return plain_texts.CONNECTION.format(account=account, status=texts.STATUS_SHORT[connection.status])


class _One:
    """One connection, and what can be done with it."""

    def __init__(self, front: Front, journey: Journey, connection: Connection) -> None:
        self._front = front
        self._journey = journey
        self._connection = connection
        self._provider = journey.known_providers.get(connection.provider_id)
        self._works = connection.status not in wording.STOPPED
        self._names = {"provider": _provider_name(journey, connection), "schedule": _schedule_name(journey, connection)}

    async def ask(self) -> str:
        """Say what is known of it, and ask; return an event, "disconnect" if it is ended, or nothing."""
        self._say()
        review = [Row("review", plain_texts.CONNECTION_REVIEW)] if self._works and self._provider else []
        reconnect = [Row("reconnect", plain_texts.CONNECTION_RECONNECT)] if self._provider else []
        ends = self._connection.status is not Status.DISCONNECTED
        disconnect = [Row("disconnect", plain_texts.CONNECTION_DISCONNECT)] if ends else []
        rows = [*review, *reconnect, *disconnect, Row("", plain_texts.CONNECTION_ANOTHER)]
        match await self._front.questions.choose(rows):
            case "review":
                return self._review()
            case "reconnect":
                return await self._reconnect()
            case "disconnect":
                return await self._disconnect()
        return ""

    def _say(self) -> None:
        front, connection = self._front, self._connection
        front.say(plain_texts.CONNECTION_OF.format(**self._names))
        front.say(connection.email or texts.CONNECTION_NO_EMAIL)
        trouble = self._journey.trouble(connection)
        if self._provider is None:
            front.say(texts.CONNECTION_NO_PROVIDER)
        elif trouble is None:
            for line in wording.direction_lines(connection, self._provider):
                front.say(line)
        else:
            said = wording.explained(trouble, connection, self._journey.provider_names)
            ended = front.answers.has_ended(connection)
            for line in texts.CONNECTION_TO_RECONNECT if ended else (said.what, said.why):
                front.say(line)

    def _answers(self, before: Answers) -> Answers:
        assert self._provider is not None  # offered only with one
        schedule = wording.schedule_of(self._connection, self._journey.known_schedules)
        return Answers.about(self._connection, self._provider, schedule).after(before)

    def _review(self) -> str:
        self._front.answers = self._answers(self._front.answers).with_connection(self._connection)
        return "next"

    async def _reconnect(self) -> str:
        """Sign in again, to the same provider and schedule; asked first where that ends a connection that works."""
        front = self._front
        answers = self._answers(front.answers)
        methods = answers.provider.methods if answers.provider else ()
        if not methods:
            front.say(texts.METHOD_NEITHER.format(**self._names))
            return ""
        method = str(methods[0])
        if len(methods) > 1 or self._works:
            front.say((texts.RECONNECT_TITLE if self._works else texts.RECONNECT_HOW).format(**self._names))
            front.say(texts.RECONNECT_TEXT if self._works else texts.RECONNECT_HOW_TEXT)
            several = len(methods) > 1
            rows = [Row(str(m), texts.METHOD_PHRASE[(m,)] if several else texts.RECONNECT_YES) for m in methods]
            method = await front.questions.choose([*rows, Row("", texts.RECONNECT_NO)])
        if not method:
            return ""
        front.answers = answers.with_method(Method(method))
        return "reconnect"

    async def _disconnect(self) -> str:
        """End the connection, after a question."""
        front = self._front
        front.say(texts.DISCONNECT_TITLE.format(**self._names))
        email = self._connection.email or texts.CONNECTION_NO_EMAIL
        for line in texts.DISCONNECT_TEXT.format(email=email).split("\n\n"):
            front.say(line)
        rows = [Row("disconnect", texts.DISCONNECT_YES), Row("", texts.DISCONNECT_NO)]
        if not await front.questions.choose(rows):
            return ""
        await front.work(lambda: self._journey.disconnect(self._connection), texts.LOADING["disconnect"])
        front.say(texts.DISCONNECTED.format(**self._names))
        return "disconnect"
