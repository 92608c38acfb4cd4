"""`calendar-wizard events`: what the connected calendars hold (List Events), as the events screen shows it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wizard.domain import Fault
from wizard.exits import DONE, UsageError
from wizard.options import add_json_option, add_site_options

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Callable
    from datetime import tzinfo

    from wizard.domain import Event
    from wizard.journey import Journey
    from wizard.running import OnSite

DESCRIPTION = """\
Lists the events that Wix reads from the connected calendars, day by day, in
the time zone of the schedule, or of the business if none is chosen."""

EPILOG = """\
A day is written year-month-day, and the day of --to is included; a time may
follow, as in 2026-11-23T09:30, in the schedule's time zone unless it names its
own (2026-11-23T09:30+01:00).

examples:
  calendar-wizard events
  calendar-wizard events --schedule 'Dana Levi' --from 2026-12-24
  calendar-wizard events --all-day --csv >all-day.csv
  calendar-wizard events --from 2026-01-01 --to 2026-12-31 --ics >year.ics
"""

PAGE = 1000
"""As many as Wix gives at once: a site may send 200 requests a minute."""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.add_argument("--from", dest="start", metavar="DAY", help="the first day (default: today)")
    parser.add_argument("--to", dest="end", metavar="DAY", help="the last day (default: six days after the first)")
    parser.add_argument("--schedule", metavar="NAME", help="only this schedule's: its name, ID or external ID")
    parser.add_argument("--user", metavar="ID", help="only this user's; 'connections --json' says userId")
    parser.add_argument("--all-day", action="store_true", help="only events of whole days")
    form = parser.add_mutually_exclusive_group()
    add_json_option(form, "print each as a JSON object on a line")
    form.add_argument("--csv", action="store_true", help="print a table for spreadsheets")
    form.add_argument("--ics", action="store_true", help="print an iCalendar file")
    add_site_options(parser)


def run(options: argparse.Namespace) -> int:
    """List them, page by page."""
    from wizard.running import on_site

    if options.json and (options.csv or options.ics):  # argparse sees no conflict with one before the command
        raise UsageError(f"--json isn't allowed with --{'csv' if options.csv else 'ics'}")
    return on_site(options, _list)


async def _list(site: OnSite, options: argparse.Namespace) -> int:
    from wizard.console import command_texts
    from wizard.front import agenda
    from wizard.running import say

    schedule_id, zone = await _place(site.journey, options.schedule)
    start, end = _range(options.start, options.end, zone)
    as_table = not (options.json or options.csv or options.ics)
    if as_table:
        say(agenda.zone_words(zone))
    see, add, close = _writer(options, zone)
    found = False
    unread: set[str] = set()
    pages = site.journey.events(
        start,
        end,
        schedule_ids=[schedule_id] if schedule_id else (),
        user_ids=[options.user] if options.user else (),
        all_day=True if options.all_day else None,
        page_size=PAGE,
        on_unread=unread.update,
    )
    last = end - timedelta(microseconds=1)
    days = start.astimezone(zone).date(), last.astimezone(zone).date()
    try:
        async for page in agenda.by_day(_seen(pages, see), zone, days, hold_last=True):
            found = found or bool(page)
            add(page)
    except Fault as fault:
        why = next((words for name, words in fault.fields if name.startswith("userIds")), None)
        if why is None:
            raise
        raise UsageError(command_texts.BAD_USER.format(value=options.user, why=why)) from None
    close()
    if as_table and not found:
        say(agenda.none_words(agenda.Asked(start.date(), last.date(), schedule_id, options.user or ""), (), {}))
    if unread:
        with suppress(Fault):  # the names only make it nicer to read
            await site.journey.providers()
        say(agenda.unread_words(unread, site.journey.provider_names))
    return DONE


async def _seen(pages: AsyncIterator[list[Event]], see: Callable[[list[Event]], None]) -> AsyncIterator[list[Event]]:
    """Let each page be seen as it comes, before some of it waits for the next."""
    async for page in pages:
        see(page)
        yield page


async def _place(journey: Journey, wanted: str | None) -> tuple[str, tzinfo | None]:
    """Return the schedule's ID, empty for all, and the time zone; reads only as many schedules as that needs."""
    from wizard.front import agenda
    from wizard.unattended import naming

    async for _ in journey.schedules():
        if wanted is None and agenda.business(journey.known_schedules):
            break
    known = journey.known_schedules
    schedule_id = naming.schedule(list(known.values()), wanted).id if wanted is not None else ""
    return schedule_id, agenda.zone_of(known, schedule_id)


def _range(first: str | None, last: str | None, zone: tzinfo | None) -> tuple[datetime, datetime]:
    from wizard.console import command_texts
    from wizard.front import agenda

    today = datetime.now(zone).date()

    def read(option: str, text: str, *, last: bool = False) -> datetime:
        try:
            return agenda.read_moment(text, zone, last=last)
        except ValueError:
            words = command_texts.BAD_MOMENT.format(option=option, value=text, example=today.isoformat())
            raise UsageError(words) from None

    start = agenda.day_begin(today, zone) if first is None else read("--from", first)
    if last is None:
        end = agenda.day_end(start.astimezone(zone).date() + timedelta(days=agenda.DAYS - 1), zone)
    else:
        end = read("--to", last, last=True)
    if end <= start:
        raise UsageError(command_texts.RANGE_ORDER)
    return start, end


def _writer(
    options: argparse.Namespace, zone: tzinfo | None
) -> tuple[Callable[[list[Event]], None], Callable[[list[Event]], None], Callable[[], None]]:
    """Return what sees a page of events before it is printed, what prints one, and what ends the list."""
    from wizard.console import command_texts, objects, output

    if options.json:
        return _nothing, (lambda page: output.json_lines(objects.event(one, zone) for one in page)), _nothing
    if options.csv:
        sheet = output.Csv(objects.EVENT_KEYS)
        return _nothing, (lambda page: sheet.add(objects.event(one, zone) for one in page)), _nothing
    if options.ics:
        from wizard.console import ics

        file = ics.File()
        return _nothing, file.add, file.close
    table = output.Table(*command_texts.EVENT_COLUMNS, whole=command_texts.EVENT_COLUMNS[:2])
    return (
        lambda page: table.fit(_row(one, zone) for one in page),
        lambda page: table.add(_row(one, zone) for one in page),
        _nothing,
    )


def _row(one: Event, zone: tzinfo | None) -> tuple[object, ...]:
    from wizard.front import agenda

    return agenda.day_of(one, zone), agenda.times_of(one, zone), agenda.title_of(one), one.calendar, one.owner


def _nothing(*_: object) -> None:
    """See a page, or end a list, where nothing comes of it."""
