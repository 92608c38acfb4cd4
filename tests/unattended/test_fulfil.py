"""A wish, from its plan to what stands afterwards, on a site on paper."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from tests.examples import APPLE, BUSINESS, DANA, FASTMAIL, GOOGLE, HALL, connection
from tests.line import AUTHORIZE, CONNECT, CONNECTIONS, DISCONNECT, PROVIDERS, SYNC, Line, allow, journey_on
from tests.sites import InProcessSite
from wizard.domain import Fault, Method, Provider, Status
from wizard.journey import Journey
from wizard.unattended import fulfil, naming
from wizard.unattended.fulfil import Action, Fulfilled, ImpossibleError
from wizard.wishes import Directions, PasswordSource, Wish

SOURCE = PasswordSource("env", "OWNER_PASSWORD")
EMAIL = "dana@icloud.example"
APPLE_WISH = Wish("apple", "Dana Levi", email=EMAIL, password=SOURCE)
GOOGLE_WISH = Wish("google", "Dana Levi")


@pytest.fixture
async def journey(paper: InProcessSite, line: Line) -> AsyncIterator[Journey]:
    async with journey_on(paper, line) as journey:
        yield journey


async def fulfilled(journey: Journey, paper: InProcessSite, wish: Wish) -> Fulfilled:
    password = SecretStr(paper.account("Apple").password)
    return await fulfil.fulfil(journey, await fulfil.plan(journey, wish), password=password)


def changing(line: Line) -> list[str]:
    """Return the calls that were sent and change something."""
    return [name for name in (CONNECT, AUTHORIZE, SYNC, DISCONNECT) for _ in range(line.count(name))]


async def allowed(journey: Journey, paper: InProcessSite, wish: Wish) -> Fulfilled:
    """Fulfil a wish whose link the owner opens at once."""
    browsers: list[asyncio.Task[None]] = []

    def open_link(link: fulfil.Link) -> bool:
        browsers.append(asyncio.create_task(allow(paper, link.url)))
        return True

    done = await fulfil.fulfil(journey, await fulfil.plan(journey, wish), on_link=open_link)
    await asyncio.gather(*browsers)
    return done


async def test_by_credentials_the_account_is_connected_and_set_as_wished(
    journey: Journey, paper: InProcessSite
) -> None:
    wish = replace(APPLE_WISH, directions=Directions(calendars=("work",), exports=True))
    done = await fulfilled(journey, paper, wish)
    assert done.changed
    assert done.connection is not None
    assert done.connection.status.healthy
    sync = done.connection.sync
    assert (sync.imports, [c.name for c in sync.calendars or ()], sync.exports) == (True, ["Work"], True)


async def test_the_same_wish_again_changes_nothing(journey: Journey, paper: InProcessSite, line: Line) -> None:
    wish = replace(APPLE_WISH, directions=Directions(imports=False, exports=True))
    first = await fulfilled(journey, paper, wish)
    before = changing(line)
    planned = await fulfil.plan(journey, replace(wish, email=EMAIL.upper(), password=None))
    assert (planned.action, planned.changes) == (Action.KEEP, False)
    again = await fulfil.fulfil(journey, planned)
    assert (again.connection, again.changed) == (first.connection, False)
    assert changing(line) == before == [CONNECT, SYNC]


async def test_other_directions_are_set_on_the_connection_that_stands(
    journey: Journey, paper: InProcessSite, line: Line
) -> None:
    first = await fulfilled(journey, paper, APPLE_WISH)
    done = await fulfilled(journey, paper, replace(APPLE_WISH, directions=Directions(exports=True)))
    assert first.connection
    assert done.connection
    assert (done.connection.id, done.connection.sync.exports, done.changed) == (first.connection.id, True, True)
    assert changing(line) == [CONNECT, SYNC]


async def test_import_switched_on_without_a_calendar_takes_the_first_one(
    journey: Journey, paper: InProcessSite
) -> None:
    await fulfilled(journey, paper, replace(APPLE_WISH, directions=Directions(imports=False)))
    found = (await fulfilled(journey, paper, APPLE_WISH)).connection
    assert found
    found = replace(found, sync=replace(found.sync, calendars=()))
    (apple,) = (p for p in await journey.providers() if p.name == "Apple")
    sync = await fulfil.wished_sync(journey, apple, found, Directions(imports=True))
    assert [c.name for c in sync.calendars or ()] == ["Home"]


async def test_a_plan_only_reads(journey: Journey, line: Line) -> None:
    planned = await fulfil.plan(journey, APPLE_WISH)
    assert (planned.action, planned.provider.name, planned.schedule.name) == (Action.CONNECT, "Apple", "Dana Levi")
    assert planned.changes
    assert changing(line) == []


async def test_what_is_given_is_not_read_again(journey: Journey, line: Line) -> None:
    planned = await fulfil.plan(journey, GOOGLE_WISH, providers=[GOOGLE], schedules=[DANA], connections=[])
    assert (planned.action, line.sent) == (Action.AUTHORIZE, [])


async def test_what_the_wish_says_wrong_is_found_before_the_schedules_are_read(journey: Journey, line: Line) -> None:
    with pytest.raises(naming.UnclearError):
        await fulfil.plan(journey, replace(APPLE_WISH, provider="Goggle"))
    assert len(line.sent) == line.count(PROVIDERS) == 1


async def test_by_oauth_the_link_is_told_and_the_owner_waited_for(
    journey: Journey, paper: InProcessSite, line: Line
) -> None:
    wish = replace(GOOGLE_WISH, directions=Directions(imports=True, exports=True))
    done = await allowed(journey, paper, wish)
    assert done.connection
    assert (done.connection.email, done.connection.sync.exports, done.changed) == ("dana@gmail.example", True, True)
    again = await fulfil.fulfil(journey, await fulfil.plan(journey, wish))
    assert (again.connection, again.changed) == (done.connection, False)
    assert line.count(AUTHORIZE) == 1


async def test_a_link_is_told_and_need_not_be_waited_for(journey: Journey) -> None:
    urls: list[str] = []

    def on_link(link: fulfil.Link) -> bool:
        urls.append(link.url)
        return False

    done = await fulfil.fulfil(journey, await fulfil.plan(journey, GOOGLE_WISH), on_link=on_link)
    assert done.connection is None
    assert "/consent/" in urls[0]


async def test_the_connection_is_told_before_its_directions_are_set(
    journey: Journey, paper: InProcessSite, line: Line
) -> None:
    wish = replace(APPLE_WISH, directions=Directions(exports=True))
    line.fail(SYNC, httpx.Response(403))
    told: list[str] = []
    password = SecretStr(paper.account("Apple").password)
    with pytest.raises(Fault, match="permission_missing"):
        await fulfil.fulfil(
            journey,
            await fulfil.plan(journey, wish),
            password=password,
            on_connected=lambda made: told.append(made.provider_id),
        )
    assert len(told) == 1


# What stands already


async def test_another_account_or_a_broken_connection_is_not_the_one_wished_for(journey: Journey) -> None:
    other = replace(connection(APPLE, DANA), email="noa@icloud.example")
    broken = replace(connection(APPLE, DANA, Status.ERROR), email=EMAIL)
    elsewhere = replace(connection(APPLE, BUSINESS), email=EMAIL)
    planned = await fulfil.plan(
        journey, APPLE_WISH, providers=[APPLE], schedules=[DANA], connections=[other, broken, elsewhere]
    )
    assert planned.action is Action.CONNECT


async def test_the_accounts_own_that_stopped_by_an_error_is_ended_before_it_is_connected_anew(
    journey: Journey, paper: InProcessSite, line: Line
) -> None:
    first = (await fulfilled(journey, paper, APPLE_WISH)).connection
    assert first
    stopped = {"status": "ERROR", "errorReason": "TOKEN_REVOKED"}
    line.edit(CONNECTIONS, lambda content: [c.update(stopped) for c in content["connections"] if c["id"] == first.id])
    done = await fulfilled(journey, paper, APPLE_WISH)
    assert done.connection
    assert done.connection.id != first.id
    assert changing(line) == [CONNECT, CONNECT, DISCONNECT]
    now = {one.id: one.status for one in await journey.connections()}
    assert now.get(first.id, Status.DISCONNECTED) is Status.DISCONNECTED


async def test_the_account_is_the_one_wished_for_however_its_email_is_written(journey: Journey) -> None:
    ours, theirs = "jose\u0301@b\u00fccher.example", "Jos\u00e9@xn--bcher-kva.example"
    stands = replace(connection(APPLE, DANA), email=theirs)
    stopped = replace(stands, id="stopped", status=Status.ERROR)
    wish = replace(APPLE_WISH, email=ours)
    for connections, expected in (([stands], (stands, None)), ([stopped], (None, stopped))):
        planned = await fulfil.plan(journey, wish, providers=[APPLE], schedules=[DANA], connections=connections)
        assert (planned.standing, planned.replaces) == expected
    fulfil.expect(stands, ours)


@pytest.mark.parametrize("email", ["", "noa@icloud.example"])
async def test_a_connection_that_may_be_anothers_is_not_ended(journey: Journey, email: str) -> None:
    broken = replace(connection(GOOGLE, DANA, Status.ERROR), email=email)
    for wished in ("", EMAIL):
        wish = replace(GOOGLE_WISH, email=wished)
        planned = await fulfil.plan(journey, wish, providers=[GOOGLE], schedules=[DANA], connections=[broken])
        assert (planned.standing, planned.replaces) == (None, None)


async def test_a_connection_of_which_wix_does_not_say_whose_it_is_counts_unless_the_accounts_own_is_there(
    journey: Journey,
) -> None:
    unnamed, own = connection(APPLE, DANA), replace(connection(APPLE, DANA), id="own", email=EMAIL)
    for connections, expected in (([unnamed], unnamed), ([unnamed, own], own)):
        planned = await fulfil.plan(journey, APPLE_WISH, providers=[APPLE], schedules=[DANA], connections=connections)
        assert planned.standing == expected


async def test_without_an_email_several_accounts_are_too_many_and_named_without_escape_sequences(
    journey: Journey,
) -> None:
    two = [replace(connection(GOOGLE, DANA), id="a\x1b[2J", email=email) for email in ("", "b@gmail.example")]
    with pytest.raises(ImpossibleError, match=r"there: a\[2J, b@gmail\.example\. Give the email of one"):
        await fulfil.plan(journey, GOOGLE_WISH, providers=[GOOGLE], schedules=[DANA], connections=two)


# What can't be


FIXED = replace(GOOGLE, can_update=False)


@pytest.mark.parametrize(
    ("provider", "wish", "words"),
    [
        (HALL, Wish("hall", "dana"), "offers no way to connect"),
        (GOOGLE, Wish("google", "dana", Method.CREDENTIALS), "doesn't connect by CREDENTIALS, only by OAUTH"),
        (FASTMAIL, Wish("fastmail", "dana"), "connects by OAUTH or CREDENTIALS; say by which method"),
        (APPLE, Wish("apple", "dana", password=SOURCE), "no email is given"),
        (APPLE, Wish("apple", "dana", email=EMAIL), "where the password comes from"),
        (GOOGLE, Wish("google", "dana", password=SOURCE), "a password is of no use"),
        (FIXED, Wish("google", "dana", directions=Directions(imports=True)), "doesn't allow changing"),
        (HALL, Wish("hall", "dana", directions=Directions(imports=True)), "offers no way"),
        (GOOGLE, Wish("google", "dana", directions=Directions(calendars=("Work",))), "primary calendar only"),
        (APPLE, Wish("apple", "dana", directions=Directions(calendars=())), "list of calendars .* is empty"),
        (APPLE, Wish("apple", "dana", directions=Directions(False, ("Work",))), "import is to be off"),
        (
            FASTMAIL,
            Wish("fastmail", "dana", Method.OAUTH, directions=Directions(exports=True)),
            "can't take appointments",
        ),
    ],
)
async def test_what_the_provider_cannot_do_is_refused_before_anything_is_sent(
    journey: Journey, line: Line, provider: Provider, wish: Wish, words: str
) -> None:
    with pytest.raises(ImpossibleError, match=words):
        await fulfil.plan(
            journey,
            wish,
            providers=[provider],
            schedules=[DANA],
            connections=[],
        )
    assert line.sent == []


async def test_a_provider_without_events_cannot_import() -> None:
    with pytest.raises(ImpossibleError, match="can't share its events"):
        fulfil.check(HALL, Directions(imports=True))
    fulfil.check(HALL, Directions(imports=False, exports=False))


async def test_a_calendar_that_the_account_lacks_is_named_with_those_it_has(
    journey: Journey, paper: InProcessSite
) -> None:
    await fulfilled(journey, paper, APPLE_WISH)
    with pytest.raises(naming.UnclearError, match=r"“Play”\. There are: Home \(primary\), Work \(work\)"):
        await fulfil.plan(journey, replace(APPLE_WISH, directions=Directions(calendars=("Play",))))


async def test_only_one_schedules_connections_are_read(journey: Journey, line: Line) -> None:
    await fulfil.plan(journey, APPLE_WISH)
    assert [line.count(name) for name in (PROVIDERS, CONNECTIONS)] == [1, 1]
    (asked,) = (request for request in line.sent if request.url.path.endswith(CONNECTIONS))
    assert asked.url.params.get_list("scheduleIds") != []
