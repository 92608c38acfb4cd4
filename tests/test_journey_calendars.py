"""What a journey reads of an account's calendars; the rest of the journey needs no calendar server."""

from datetime import UTC, datetime, time, timedelta

from pydantic import SecretStr

from tests.line import Line, journey_on, provider_named, schedule_named
from tests.sites import InProcessSite
from wizard.domain import Connection
from wizard.journey import Journey


async def connected(site: InProcessSite, journey: Journey) -> Connection:
    """Connect Dana's account at Apple."""
    account = site.account("Apple")
    apple, dana = await provider_named(journey, "Apple"), await schedule_named(journey, "Dana Levi")
    return await journey.connect(apple, dana, account.email, SecretStr(account.password))


async def test_an_accounts_calendars_can_be_chosen_from(site: InProcessSite) -> None:
    async with journey_on(site, Line(site)) as journey:
        made = await connected(site, journey)
        assert [c.name for c in await journey.calendars(made.id)] == ["Home", "Birthdays", "Work"]


async def test_the_events_are_those_of_the_connected_calendars(site: InProcessSite) -> None:
    async with journey_on(site, Line(site)) as journey:
        made = await connected(site, journey)
        begin = datetime.combine(site.site.today(), time(), UTC)
        pages = [
            page async for page in journey.events(begin, begin + timedelta(days=14), schedule_ids=[made.schedule_id])
        ]
    events = [event for page in pages for event in page]
    assert {event.owner for event in events} == {"Dana Levi"}
    assert {event.calendar for event in events} == {"Home", "Birthdays", "Work"}
    assert all(event.title for event in events)
    starts = [event.start for event in events if event.start]
    assert starts == sorted(starts)
