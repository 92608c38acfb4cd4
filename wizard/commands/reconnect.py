"""`calendar-wizard reconnect`: connects anew what has stopped working, with the directions that it had."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from wizard.domain import Method
from wizard.exits import DONE, UsageError
from wizard.options import add_json_option, add_password_options, add_site_options, password_source

if TYPE_CHECKING:
    from pydantic import SecretStr

    from wizard.domain import Attempt, Connection, Provider, Schedule, Sync
    from wizard.journey import Journey
    from wizard.running import OnSite
    from wizard.wishes import PasswordSource

USAGE = "calendar-wizard reconnect ID [--method METHOD] [--password-…] [options]"

DESCRIPTION = """\
Connects the same account to the same schedule again, and sets the directions
that the old connection had; of one that was disconnected before, Wix no longer
knows them. A connection that Wix still holds is disconnected first. One that
works is left alone.

Where the provider takes email and password, it asks for the password, or takes
it from where an option says. Where it takes the browser, it prints a link for
the account's owner, and waits."""

EPILOG = """\
examples:
  calendar-wizard reconnect dana@example.com
  calendar-wizard reconnect dana@example.com --password-file dana.txt
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.usage = USAGE
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.add_argument("connection", metavar="ID", help="the connection, as 'calendar-wizard connections' lists it")
    parser.add_argument(
        "--method",
        type=str.upper,
        choices=[method.value for method in Method],
        help="how to connect, where the provider offers both",
    )
    add_password_options(parser)
    parser.add_argument(
        "--redirect-url", metavar="URL", default=argparse.SUPPRESS, help="where the owner's browser comes back to"
    )
    add_json_option(parser, "print the link and the connection as JSON objects, each on a line")
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """Connect anew."""
    from wizard.running import on_site

    return on_site(options, _reconnect)


async def _reconnect(site: OnSite, options: argparse.Namespace) -> int:
    from wizard.console import command_texts, directing, lookup
    from wizard.domain import Fault
    from wizard.running import say

    journey = site.journey
    found = await journey.connections()
    old = lookup.pick(found, options.connection)
    made = old if old.status.healthy else lookup.replacement(old, found)
    kept = _Kept(site, old)
    if made and not kept.has_made(made):
        kept.forget()
        return _left_alone(made, as_json=options.json)
    provider = await lookup.provider_of(journey, old)
    schedule = await lookup.schedule_of(journey, old)
    try:
        made = made or await kept.made(journey)
        if made is None:
            made = await _made_anew(site, options, provider, schedule, kept)
        else:
            kept.begin(provider, schedule, Method.CREDENTIALS)
        kept.connected(made)
        asked = await _carried_over(journey, provider, kept.had, made)
        done = partial(kept.done, made)
        return await directing.apply(journey, provider, made, asked, as_json=options.json, on_set=done)
    except Fault as fault:
        if fault.code != "conflict" or made or kept.had is not old:
            raise
        made = lookup.replacement(old, await journey.connections())
        if made is None:
            raise
        kept.end()  # another run was faster, which has read the same directions
        return _left_alone(made, as_json=options.json)
    finally:
        kept.close()
        if kept.is_under_way and kept.had.sync.flows:
            say(command_texts.directions_were(kept.had.sync))


def _left_alone(made: Connection, *, as_json: bool) -> int:
    from wizard.console import command_texts, objects, output
    from wizard.running import say

    say(command_texts.WORKS_ALREADY)
    if as_json:
        output.json_lines([objects.connection(made)])
    return DONE


async def _made_anew(
    site: OnSite, options: argparse.Namespace, provider: Provider, schedule: Schedule, kept: _Kept
) -> Connection:
    from wizard.console import asking, command_texts
    from wizard.domain import Fault
    from wizard.unattended import front as unattended
    from wizard.unattended import passwords

    source = password_source(options)
    method = _method(provider, options.method and Method(options.method), source)
    if method is Method.CREDENTIALS and not kept.old.email:
        raise Fault("email_unknown")
    if method is Method.CREDENTIALS and not source and not asking.can_ask():
        raise UsageError(command_texts.PASSWORD_NEEDED)
    password = passwords.read(source) if source else None
    kept.begin(provider, schedule, method)
    site.journey.on_attempt, site.journey.on_refused = kept.attempt, partial(kept.attempt, None)
    try:
        if method is Method.CREDENTIALS:
            return await _by_credentials(site.journey, provider, schedule, kept.old, password)
        return await _by_oauth(site, provider, schedule, kept.old, as_json=options.json)
    except Fault as fault:
        waits = method is Method.OAUTH and unattended.may_pass(fault)
        if not waits and not site.journey.unanswered(provider, schedule, kept.old.email):
            kept.attempt(None)
        raise


class _Kept:
    """The run's journal: a kill must lose neither the directions of what is ended first nor what is made then."""

    def __init__(self, site: OnSite, old: Connection) -> None:
        """Take up what earlier runs for the same account have left, which may know directions that Wix forgot."""
        from wizard import files, record
        from wizard.unattended import earlier
        from wizard.unattended import front as unattended

        self._folder, self._place = files.runs_folder_if_any(), site.place
        self._left = earlier.find(self._folder, self._place, old.place)
        self._recorder = record.Recorder(self._folder, self._place)
        self.is_under_way = False
        unattended.say_unreadable(self._left.unreadable)
        self.old = self.had = old
        if not old.sync.flows or self._left.has_made(old):
            self.had = self._left.existing or old

    def has_made(self, found: Connection) -> bool:
        """Whether an earlier run has made this connection, and may not have set its directions yet."""
        return self._left.has_made(found)

    async def made(self, journey: Journey) -> Connection | None:
        """Return what an earlier run has made that nobody saw; one that doesn't stand is what is to be ended."""
        from wizard.unattended import front as unattended

        made = await self._left.settled(journey, unattended.say_rest)
        if made and not made.status.healthy:
            self.old = made
            return None
        return made

    def begin(self, provider: Provider, schedule: Schedule, method: Method) -> None:
        """Keep that the connection is about to be made again."""
        from wizard.answers import Answers

        self.is_under_way = True
        self._answers = Answers.about(self.had, provider, schedule).with_method(method)
        self._recorder.keep(self._answers.sign_in_state, self._answers)
        self._left.forget()  # from here on this run's own journal has it all

    def attempt(self, attempt: Attempt | None) -> None:
        """Keep what is about to be asked of Wix; None when nothing can come of it any more."""
        self._recorder.keep_attempt(attempt)

    def connected(self, made: Connection) -> None:
        """Keep that it was, and that only its directions are missing."""
        self._recorder.keep("review", self._answers.with_connection(made))

    def done(self, made: Connection) -> None:
        """Keep nothing any more, nor what earlier runs would set: its directions are set."""
        from wizard.unattended import front as unattended

        self.end()
        unattended.forget_overtaken(self._folder, self._place, made, self.old.email)

    def end(self) -> None:
        """Keep nothing of this run any more."""
        self.is_under_way = False
        self._recorder.forget()

    def forget(self) -> None:
        """Keep nothing of earlier runs any more: there is nothing left to do."""
        self._left.forget()

    def close(self) -> None:
        """Leave what there is to the next run."""
        self._recorder.close()


def _method(provider: Provider, wanted: Method | None, source: PasswordSource | None) -> Method:
    """Return how to connect: as wanted, in the only way there is, or by the password that is given."""
    from wizard.domain import Fault

    if not provider.methods:
        raise Fault("no_method")
    method = wanted or (Method.CREDENTIALS if source else None)
    if method is None and len(provider.methods) > 1:
        raise UsageError(f"{provider.name} connects either way: give --method oauth or --method credentials")
    if method is not None and method not in provider.methods:
        only = " or ".join(method.value for method in provider.methods)
        raise UsageError(f"{provider.name} doesn't connect by {method.value}, only by {only}")
    if method is Method.OAUTH and source:
        raise UsageError("a password is of no use with --method oauth")
    return method or provider.methods[0]


async def _by_credentials(
    journey: Journey, provider: Provider, schedule: Schedule, old: Connection, password: SecretStr | None
) -> Connection:
    """Connect by email and password; one that a person types may be wrong any number of times."""
    from wizard import fault_texts
    from wizard.domain import Fault
    from wizard.running import say

    while True:
        try:
            secret = password or _typed(provider, old.email)
            return await journey.connect(provider, schedule, old.email, secret, replaces=old)
        except Fault as fault:
            if password or fault.code != "bad_credentials":
                raise
            said = fault_texts.explain(fault, kind=provider.kind, provider=provider.name)
            say(said.words)


def _typed(provider: Provider, email: str) -> SecretStr:
    from pydantic import SecretStr

    from wizard import texts
    from wizard.console import asking, command_texts

    label = texts.PASSWORD_OF.get(provider.kind, texts.PASSWORD)
    while True:
        typed = asking.unseen(
            command_texts.PASSWORD_QUESTION.format(label=label, email=email), or_else=command_texts.PASSWORD_NEEDED
        )
        if typed:
            return SecretStr(typed)


async def _by_oauth(
    site: OnSite, provider: Provider, schedule: Schedule, old: Connection, *, as_json: bool
) -> Connection:
    """Show the link, and wait until the account's owner has allowed access."""
    from wizard.console import command_texts, output
    from wizard.inert import inert
    from wizard.running import say
    from wizard.unattended import front as unattended
    from wizard.unattended import fulfil

    async with site.journey.authorize(provider, schedule, site.settings.redirect_url, replaces=old) as attempt:
        until = datetime.now(UTC) + timedelta(seconds=attempt.until - time.monotonic())
        if as_json:
            output.json_lines([unattended.authorize(attempt.url, until)])
        else:
            say(command_texts.OPEN_LINK.format(provider=provider.name, until=f"{until.astimezone():%H:%M}"))
            say(inert(attempt.url, limit=10_000))
        made = await attempt.wait()
    fulfil.expect(made, old.email)
    return made


async def _carried_over(journey: Journey, provider: Provider, old: Connection, made: Connection) -> Sync:
    """Return the old directions as far as they are known and the account still has what they name."""
    from wizard.console import command_texts
    from wizard.running import say
    from wizard.unattended import fulfil
    from wizard.wishes import Directions

    if not old.sync.flows:
        say(command_texts.DIRECTIONS_UNKNOWN)
    carried, gone = await fulfil.carried_over(journey, provider, made, old.sync, Directions())
    if gone:
        say(command_texts.calendars_gone(gone, carried.sync))
    return carried.sync
