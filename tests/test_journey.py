import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests import examples
from tests.line import (
    CONNECT,
    CONNECTION,
    CONNECTIONS,
    DISCONNECT,
    EVENTS,
    PROVIDERS,
    SCHEDULES,
    SYNC,
    Line,
    carries_nothing,
    journey_on,
    provider_named,
    schedule_named,
)
from tests.sites import InProcessSite
from wizard.domain import (
    Attempt,
    Calendar,
    Connection,
    Export,
    Fault,
    Import,
    Kind,
    Method,
    Provider,
    Schedule,
    ScheduleKind,
    SignIn,
    SignInWay,
    Status,
    Sync,
)
from wizard.journey import POLL_SECONDS, Journey, open_journey
from wizard.sandbox.schedules import schedules as every_schedule

BROKEN = {"status": "ERROR", "errorReason": "TOKEN_REVOKED"}


@pytest.fixture
async def journey(paper: InProcessSite, line: Line) -> AsyncIterator[Journey]:
    async with journey_on(paper, line) as journey:
        yield journey


@pytest.fixture
async def apple(journey: Journey) -> Provider:
    return await provider_named(journey, "Apple")


@pytest.fixture
async def dana(journey: Journey) -> Schedule:
    return await schedule_named(journey, "Dana Levi")


class Account:
    """Dana's account at Apple, and how it is connected."""

    def __init__(self, paper: InProcessSite, journey: Journey, provider: Provider, schedule: Schedule) -> None:
        known = paper.account(provider.name)
        self.email, self.password = known.email, known.password
        self.journey, self.provider, self.schedule = journey, provider, schedule

    async def connect(self, password: str = "", email: str = "", *, replaces: Connection | None = None) -> Connection:
        secret = SecretStr(password or self.password)
        return await self.journey.connect(self.provider, self.schedule, email or self.email, secret, replaces=replaces)

    async def connected(self) -> list[Connection]:
        found = await self.journey.connections([self.schedule.id])
        return [one for one in found if one.status.healthy]


@pytest.fixture
def account(paper: InProcessSite, journey: Journey, apple: Provider, dana: Schedule) -> Account:
    return Account(paper, journey, apple, dana)


def connection_is(**changes: str) -> Any:
    return lambda content: content["connection"].update(changes)


# Signing in


@pytest.mark.parametrize("way", SignInWay)
async def test_each_way_of_signing_in_opens_a_journey(way: SignInWay) -> None:
    await open_journey(SignIn(way, SecretStr("secret"), "site", "app", "instance"), "http://127.0.0.1").close()


async def test_a_good_sign_in_passes_the_check(journey: Journey, line: Line) -> None:
    await journey.check()
    assert line.count(PROVIDERS) == len(line.sent) == 1


async def test_a_bad_sign_in_does_not(paper: InProcessSite, line: Line) -> None:
    paper.api_key = "IST.another"
    async with journey_on(paper, line) as journey:
        with pytest.raises(Fault, match="wix_sign_in_refused"):
            await journey.check()


# Reading


async def test_the_providers_say_what_they_can_do(journey: Journey) -> None:
    found = [(p.name, p.kind, p.methods, p.imports, p.exports) for p in await journey.providers()]
    both = (Method.OAUTH, Method.CREDENTIALS)
    assert found == [
        ("Google", Kind.GOOGLE, (Method.OAUTH,), Import.PRIMARY, Export.PRIMARY),
        ("Outlook or Office 365", Kind.MICROSOFT, (Method.OAUTH,), Import.CHOSEN, Export.CHOSEN),
        ("Apple", Kind.APPLE, (Method.CREDENTIALS,), Import.CHOSEN, Export.DEDICATED),
        ("Fastmail", Kind.OTHER, both, Import.PRIMARY, Export.NONE),
    ]
    assert "Google" in journey.provider_names.values()


async def test_what_a_newer_provider_has_is_not_offered(journey: Journey, line: Line) -> None:
    features = {
        "connectMethods": ["PASSKEY", "CREDENTIALS", "OAUTH", "OAUTH"],
        "listEventFromCalendars": "SHARED",
        "syncToCalendar": None,
    }
    line.fail(PROVIDERS, httpx.Response(200, json={"providers": [{"id": "new", "name": "New", "features": features}]}))
    (found,) = await journey.providers()
    both = (Method.OAUTH, Method.CREDENTIALS)
    assert found == Provider("new", "New", Kind.OTHER, both, Import.NONE, Export.NONE)


async def test_a_site_without_providers_is_a_fault(journey: Journey, line: Line) -> None:
    line.fail(PROVIDERS, httpx.Response(200, json={}))
    with pytest.raises(Fault, match="no_providers"):
        await journey.providers()


async def test_all_pages_of_the_schedules_arrive_without_the_cancelled_one(journey: Journey, line: Line) -> None:
    pages = [page async for page in journey.schedules()]
    names = [schedule.name for page in pages for schedule in page]
    assert [len(page) for page in pages] == [50, 19]
    assert len(set(names)) == 69
    assert "Rupert Ashworth" not in names
    assert line.count(SCHEDULES) == 2
    assert set(journey.known_schedules) == {schedule.id for page in pages for schedule in page}


async def test_schedules_can_be_named_by_their_ids_cancelled_ones_too_and_once(journey: Journey, line: Line) -> None:
    ids = {one.name: one.id for one in every_schedule().values()}
    await journey.name_schedules([ids["Dana Levi"], ids["Rupert Ashworth"], "unheard-of"])
    assert {schedule.name for schedule in journey.known_schedules.values()} == {"Dana Levi", "Rupert Ashworth"}
    await journey.name_schedules([ids["Dana Levi"]])
    assert line.count(SCHEDULES) == 1


async def test_a_cancelled_schedule_is_left_out_even_if_wix_sends_it(journey: Journey, line: Line) -> None:
    line.edit(SCHEDULES, lambda content: content["schedules"][0].update(status="CANCELLED"))
    first = await anext(journey.schedules())
    assert len(first) == 49


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("business", ScheduleKind.BUSINESS),
        ("Dana Levi", ScheduleKind.STAFF),
        ("Hot yoga", ScheduleKind.SERVICE),
        ("Studio A", ScheduleKind.OTHER),
    ],
)
async def test_a_schedule_is_told_by_whom_it_belongs_to(journey: Journey, name: str, kind: ScheduleKind) -> None:
    assert (await schedule_named(journey, name)).kind is kind


async def test_the_connections_are_those_of_the_schedules_asked_for(journey: Journey, dana: Schedule) -> None:
    everywhere = await journey.connections()
    assert {one.kind for one in everywhere} == {Kind.GOOGLE, Kind.APPLE}
    assert await journey.connections([everywhere[0].schedule_id]) == everywhere[:1]
    assert await journey.connections([dana.id]) == []


# Connecting with a password


async def test_what_is_known_to_stand_is_not_read_before_connecting(account: Account, line: Line) -> None:
    password = SecretStr(account.password)
    line.sent.clear()
    await account.journey.connect(account.provider, account.schedule, account.email, password, standing=())
    assert (line.count(CONNECT), len(line.sent)) == (1, 1)


async def test_after_a_request_without_an_answer_what_stands_is_read_all_the_same(account: Account, line: Line) -> None:
    password = SecretStr(account.password)
    line.fail(CONNECT, httpx.ReadTimeout("lost"))
    line.fail(CONNECTIONS, httpx.ReadTimeout("lost"))
    connect = account.journey.connect
    with pytest.raises(Fault):
        await connect(account.provider, account.schedule, account.email, password, standing=())
    assert account.journey.unanswered(account.provider, account.schedule, account.email)
    line.sent.clear()
    await connect(account.provider, account.schedule, account.email, password, standing=())
    assert line.count(CONNECTIONS) > 0
    assert not account.journey.unanswered(account.provider, account.schedule, account.email)


async def test_an_answer_that_shows_the_change_is_believed_where_that_is_enough(account: Account, line: Line) -> None:
    made = await account.connect()
    line.sent.clear()
    now = await account.journey.apply(account.provider, made, replace(made.sync, imports=False), read_back=False)
    assert (now.id, now.sync.imports, len(line.sent)) == (made.id, False, 1)


async def test_an_answer_that_does_not_show_the_change_is_not_believed(account: Account, line: Line) -> None:
    made = await account.connect()
    line.edit(SYNC, lambda content: content["connection"].pop("syncConfig"))
    now = await account.journey.apply(account.provider, made, replace(made.sync, imports=False), read_back=False)
    assert (now.sync.imports, line.count(CONNECTION)) == (False, 1)


async def test_an_owner_is_invited_without_waiting(journey: Journey, dana: Schedule) -> None:
    google = await provider_named(journey, "Google")
    assert "/consent/" in await journey.invite(google, dana, "https://thanks.example/")
    with pytest.raises(Fault) as refused:
        await journey.invite(google, dana, "nowhere")
    assert refused.value.code == "redirect_refused"


async def test_connecting_proves_the_account_and_says_connected(account: Account, line: Line) -> None:
    made = await account.connect()
    assert (made.status, made.email, made.schedule_id) == (Status.CONNECTED, account.email, account.schedule.id)
    assert [one.id for one in await account.connected()] == [made.id]
    assert line.count(CONNECT) == 1


async def test_a_refused_password_connects_nothing_and_the_next_one_may_be_right(account: Account) -> None:
    with pytest.raises(Fault, match="bad_credentials") as caught:
        await account.connect("abcd-abcd-abcd-abcd")
    assert caught.value.request_id
    assert await account.connected() == []
    await account.connect()
    assert len(await account.connected()) == 1


@pytest.mark.parametrize(
    "instead",
    [httpx.ReadTimeout("lost"), httpx.ReadError("cut"), httpx.Response(504), httpx.Response(200, text="<p>")],
    ids=["timeout", "cut", "gateway", "proxy page"],
)
async def test_a_lost_answer_is_looked_up_and_nothing_sent_again(
    account: Account, line: Line, instead: httpx.Response | Exception
) -> None:
    line.lose(CONNECT, instead)
    made = await account.connect()
    assert [one.id for one in await account.connected()] == [made.id]
    assert line.count(CONNECT) == 1


async def test_when_the_look_fails_too_the_next_try_looks_before_it_sends(account: Account, line: Line) -> None:
    line.lose(CONNECT)
    line.edit(CONNECTIONS, lambda _: None)  # the look before, which works
    line.fail(CONNECTIONS, httpx.ConnectError("down"))
    with pytest.raises(Fault, match="maybe_connected") as caught:
        await account.connect()
    assert carries_nothing(caught.value)
    made = await account.connect()
    assert [one.id for one in await account.connected()] == [made.id]
    assert line.count(CONNECT) == 1


async def test_another_account_tried_in_between_makes_nothing_be_sent_twice(account: Account, line: Line) -> None:
    line.lose(CONNECT)
    line.edit(CONNECTIONS, lambda _: None)
    line.fail(CONNECTIONS, httpx.ConnectError("down"))
    with pytest.raises(Fault, match="maybe_connected"):
        await account.connect()
    line.fail(CONNECT, httpx.ReadTimeout("lost"))
    with pytest.raises(Fault, match="timed_out"):
        await account.connect(email="dan@icloud.example")
    made = await account.connect()
    assert [one.id for one in await account.connected()] == [made.id]
    assert line.count(CONNECT) == 2


async def test_the_email_may_be_written_otherwise_in_the_next_try(account: Account, line: Line) -> None:
    line.lose(CONNECT)
    line.edit(CONNECTIONS, lambda _: None)
    line.fail(CONNECTIONS, httpx.ConnectError("down"))
    with pytest.raises(Fault, match="maybe_connected"):
        await account.connect()
    await account.connect(email=account.email.upper())
    assert line.count(CONNECT) == len(await account.connected()) == 1


@pytest.mark.parametrize("failure", [httpx.Response(503), httpx.ConnectError("down"), httpx.Response(200, text="<p>")])
async def test_what_failed_before_the_work_is_sent_once_more_by_the_next_try(
    account: Account, line: Line, failure: httpx.Response | Exception
) -> None:
    line.fail(CONNECT, failure)
    with pytest.raises(Fault):
        await account.connect()
    await account.connect()
    assert line.count(CONNECT) == 2
    assert len(await account.connected()) == 1


async def kept_before_a_kill(account: Account, line: Line) -> Attempt:
    """Send a password, and keep what a program keeps that is killed while it waits for the answer."""
    kept: list[Attempt] = []
    account.journey.on_attempt = kept.append
    line.edit(CONNECTIONS, lambda _: None)  # the look before, which works
    line.fail(CONNECTIONS, httpx.ConnectError("down"))
    with pytest.raises(Fault):
        await account.connect()
    return kept[-1]


async def test_what_was_made_while_nobody_looked_is_found_by_the_next_journey(account: Account, line: Line) -> None:
    line.lose(CONNECT)
    attempt = await kept_before_a_kill(account, line)
    found = await account.journey.look(attempt)
    assert found is not None
    assert [found] == await account.connected()


async def test_the_longest_email_that_there_may_be_is_read_whole(journey: Journey, line: Line) -> None:
    email = f"{'d' * 64}@{'.'.join(['b' * 50] * 5)}"
    line.fail(CONNECTIONS, httpx.Response(200, json={"connections": [{"id": "c", "externalAccountEmail": email}]}))
    assert [one.email for one in await journey.connections()] == [email]


async def test_what_comes_about_later_is_waited_for_but_not_for_ever(account: Account, line: Line) -> None:
    nothing = Attempt(Method.OAUTH, account.provider.id, account.schedule.id, {})
    assert await account.journey.look_for(nothing, 0) is None
    line.edit(CONNECTIONS, lambda content: content["connections"].clear(), times=3)
    made = await account.connect()
    looks = line.count(CONNECTIONS)
    found = await account.journey.look_for(nothing, 60)
    assert found
    assert found.id == made.id
    assert line.count(CONNECTIONS) == looks + 3


async def test_what_comes_about_after_that_look_is_found_before_the_same_is_sent_again(
    account: Account, line: Line, paper: InProcessSite
) -> None:
    line.fail(CONNECT, httpx.ReadTimeout("lost"))
    attempt = await kept_before_a_kill(account, line)
    async with journey_on(paper, line) as after_the_kill:
        account.journey = after_the_kill
        assert await after_the_kill.look(attempt) is None
        async with journey_on(paper, line) as elsewhere:  # the request arrives after all
            await elsewhere.connect(account.provider, account.schedule, account.email, SecretStr(account.password))
        made = await account.connect()
        assert [made] == await account.connected()


async def test_a_connection_from_before_is_never_taken_for_this_ones(account: Account, line: Line) -> None:
    earlier = await account.connect()
    line.fail(CONNECT, httpx.Response(503))
    line.edit(CONNECTIONS, lambda content: content["connections"][0].pop("externalAccountEmail"), times=2)
    with pytest.raises(Fault, match="server_error"):
        await account.connect()
    assert [one.id for one in await account.connected()] == [earlier.id]


async def test_an_account_that_is_connected_already_is_not_connected_twice(account: Account, line: Line) -> None:
    earlier = await account.connect()
    assert (await account.connect(email=account.email.upper())).id == earlier.id
    assert line.count(CONNECT) == 1


async def test_a_broken_connection_of_another_account_is_left_alone(account: Account, line: Line) -> None:
    made = await account.connect()
    line.edit(CONNECTION, connection_is(**BROKEN))
    somebody_elses = replace(made, id="EC.elsewhere", status=Status.ERROR, email="dan@icloud.example")
    with pytest.raises(Fault, match="connection_error"):
        account.journey.standing(somebody_elses)
    await account.connect()
    assert line.count(DISCONNECT) == 0


async def test_a_broken_connection_that_stands_again_is_taken_by_the_next_try(account: Account, line: Line) -> None:
    line.edit(CONNECT, connection_is(**BROKEN))
    with pytest.raises(Fault, match="connection_token_revoked"):
        await account.connect()
    made = await account.connect()
    assert [one.id for one in await account.connected()] == [made.id]
    assert (line.count(CONNECT), line.count(DISCONNECT)) == (1, 0)


async def test_what_was_sent_is_kept_in_mind_also_when_looking_for_it_fails(account: Account, line: Line) -> None:
    attempt = Attempt(Method.CREDENTIALS, account.provider.id, account.schedule.id, {}, account.email)
    line.fail(CONNECTIONS, httpx.Response(403))
    with pytest.raises(Fault, match="permission_missing"):
        await account.journey.look(attempt)
    assert account.journey.unanswered(account.provider, account.schedule, account.email)


@pytest.mark.parametrize("other", [{"providerId": "google"}, {"externalAccountEmail": "dan@icloud.example"}])
async def test_a_connection_of_somebody_else_is_never_taken_for_this_ones(
    account: Account, line: Line, other: dict[str, str]
) -> None:
    line.lose(CONNECT)
    line.edit(CONNECTIONS, lambda _: None)
    line.edit(CONNECTIONS, lambda content: content["connections"][0].update(other))
    with pytest.raises(Fault, match="timed_out"):
        await account.connect()


async def test_after_a_refusal_nothing_has_to_be_looked_for(account: Account) -> None:
    with pytest.raises(Fault, match="bad_credentials"):
        await account.connect("abcd-abcd-abcd-abcd")
    assert not account.journey.unanswered(account.provider, account.schedule, account.email)


async def test_a_broken_connection_is_a_fault_and_disconnected_by_the_next_try(account: Account, line: Line) -> None:
    line.edit(CONNECT, connection_is(**BROKEN))
    line.edit(CONNECTION, connection_is(**BROKEN))
    with pytest.raises(Fault, match="connection_token_revoked"):
        await account.connect()
    (broken,) = await account.connected()
    made = await account.connect()
    assert [one.id for one in await account.connected()] == [made.id] != [broken.id]
    assert line.count(DISCONNECT) == 1


async def test_a_connection_of_which_nothing_is_said_but_its_id_is_disconnected_by_the_next_try_too(
    account: Account, line: Line
) -> None:
    line.edit(CONNECT, lambda content: content.update(connection={"id": content["connection"]["id"]}))
    with pytest.raises(Fault, match="connection_unknown"):
        await account.connect()
    made = await account.connect()
    assert [one.id for one in await account.connected()] == [made.id]


async def test_a_connection_that_stands_after_all_is_left_alone_by_the_next_one(account: Account, line: Line) -> None:
    made = await account.connect()
    with pytest.raises(Fault, match="connection_unknown"):
        account.journey.standing(replace(made, status=Status.UNKNOWN))
    account.journey.standing(made)
    await account.connect()
    assert line.count(DISCONNECT) == 0


@pytest.mark.parametrize("gone", [404, 428])
async def test_a_broken_connection_that_is_gone_already_does_not_stand_in_the_way(
    account: Account, line: Line, gone: int
) -> None:
    line.edit(CONNECT, connection_is(**BROKEN))
    line.edit(CONNECTION, connection_is(**BROKEN))
    with pytest.raises(Fault, match="connection_token_revoked"):
        await account.connect()
    code = {"code": "CONNECTION_ALREADY_DISCONNECTED"}
    line.lose(DISCONNECT, httpx.Response(gone, json={"details": {"applicationError": code}} if gone == 428 else {}))
    assert (await account.connect()).status is Status.CONNECTED


async def test_a_broken_connection_that_cannot_be_disconnected_yet_is_kept_in_mind(
    account: Account, line: Line
) -> None:
    line.edit(CONNECT, connection_is(**BROKEN))
    line.edit(CONNECTION, connection_is(**BROKEN), times=3)
    with pytest.raises(Fault, match="connection_token_revoked"):
        await account.connect()
    line.fail(DISCONNECT, httpx.Response(503))
    with pytest.raises(Fault, match="server_error"):
        await account.connect()
    await account.connect()
    assert line.count(DISCONNECT) == 2
    assert len(await account.connected()) == 1


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"status": "ERROR", "errorReason": "TOKEN_REVOKED"}, "connection_token_revoked"),
        ({"status": "ERROR", "errorReason": "EXTERNAL_CALENDAR_CREATION_FAILED"}, "connection_calendar_not_created"),
        ({"status": "ERROR", "errorReason": "EXTERNAL_CALENDAR_DELETED"}, "connection_calendar_deleted"),
        ({"status": "ERROR", "errorReason": "SOLAR_FLARE"}, "connection_error"),
        ({"status": "ERROR"}, "connection_error"),
        ({"status": "DISCONNECTED"}, "connection_disconnected"),
        ({"status": "PAUSED"}, "connection_unknown"),
        ({"status": ""}, "connection_unknown"),
    ],
)
async def test_a_connection_that_does_not_stand_says_why(
    account: Account, line: Line, state: dict[str, str], code: str
) -> None:
    line.edit(CONNECT, connection_is(**state))
    with pytest.raises(Fault) as caught:
        await account.connect()
    assert caught.value.code == code


# Reconnecting


async def test_a_connection_that_is_replaced_is_ended_first_and_its_directions_can_go_on(
    account: Account, line: Line
) -> None:
    begun = await account.connect()
    (home, *_) = calendars = await account.journey.calendars(begun.id)
    old = await account.journey.apply(account.provider, begun, Sync(True, (home,), True, dedicated=True))
    made = await account.connect(replaces=old)
    assert [one.id for one in await account.connected()] == [made.id] != [old.id]
    wanted = old.sync.carried_over(made.sync, account.provider, calendars)
    assert (await account.journey.apply(account.provider, made, wanted)).sync == old.sync
    assert line.count(DISCONNECT) == 1


async def test_one_that_is_ended_already_is_not_ended_again(account: Account, line: Line) -> None:
    old = await account.connect()
    await account.journey.disconnect(old)
    await account.connect(replaces=await account.journey.connection(old.id))
    assert line.count(DISCONNECT) == 1


async def test_the_next_try_does_not_end_it_once_more_for_it_may_stand_again(account: Account, line: Line) -> None:
    old = await account.connect()
    with pytest.raises(Fault, match="bad_credentials"):
        await account.connect("abcd-abcd-abcd-abcd", replaces=old)
    await account.connect(replaces=old)
    assert line.count(DISCONNECT) == 1


async def test_where_the_old_one_cannot_be_ended_nothing_is_made_and_the_next_try_ends_it(
    account: Account, line: Line
) -> None:
    old = await account.connect()
    line.fail(DISCONNECT, httpx.Response(503))
    with pytest.raises(Fault, match="server_error"):
        await account.connect(replaces=old)
    assert [one.id for one in await account.connected()] == [old.id]
    made = await account.connect(replaces=old)
    assert [one.id for one in await account.connected()] == [made.id] != [old.id]


@pytest.mark.parametrize("status", Status)
async def test_what_does_not_stand_has_its_trouble(status: Status) -> None:
    trouble = Journey.trouble(examples.connection(examples.APPLE, examples.DANA, status))
    codes = {
        Status.ERROR: "connection_error",
        Status.DISCONNECTED: "connection_disconnected",
        Status.UNKNOWN: "connection_unknown",
    }
    assert (trouble and trouble.code) == codes.get(status)


# Sync directions


@pytest.mark.parametrize("imports", [True, False])
@pytest.mark.parametrize("exports", [True, False])
async def test_any_combination_of_directions_can_be_applied(account: Account, imports: bool, exports: bool) -> None:
    made = await account.connect()
    home = await account.journey.calendars(made.id)
    wanted = Sync(imports, tuple(home[:1]), exports, dedicated=exports)
    assert (await account.journey.apply(account.provider, made, wanted)).sync == wanted


async def test_a_direction_that_stays_as_it_is_is_not_sent(account: Account, line: Line) -> None:
    made = await account.connect()
    await account.journey.apply(account.provider, made, replace(made.sync, exports=True))
    sent = json.loads(line.sent[-2].content)["syncConfig"]
    assert sent == {"syncToCalendar": {"enabled": True, "dedicatedCalendar": {}}}


async def test_import_can_be_switched_off_though_a_calendar_of_it_is_gone(account: Account, line: Line) -> None:
    made = await account.connect()
    gone = replace(made.sync, calendars=(Calendar("gone", "Gone"),))
    now = await account.journey.apply(account.provider, replace(made, sync=gone), replace(gone, imports=False))
    assert not now.sync.imports
    assert line.count(SYNC) == 2


async def test_the_directions_as_they_are_are_not_sent(account: Account, line: Line) -> None:
    made = await account.connect()
    assert await account.journey.apply(account.provider, made, replace(made.sync)) is made
    assert line.count(SYNC) == 0


async def test_switching_export_on_and_off_again_is_no_change(account: Account, line: Line) -> None:
    made = await account.connect()
    await account.journey.apply(account.provider, made, replace(made.sync, dedicated=True))
    assert line.count(SYNC) == 0


async def test_a_change_whose_answer_is_lost_is_looked_up_and_not_sent_again(account: Account, line: Line) -> None:
    made = await account.connect()
    line.lose(SYNC)
    after = await account.journey.apply(account.provider, made, replace(made.sync, exports=True, dedicated=True))
    assert after.sync.exports
    assert line.count(SYNC) == 1


@pytest.mark.parametrize("look", [None, httpx.ConnectError("down")], ids=["looked", "no look either"])
async def test_a_change_that_was_not_made_is_a_fault_and_can_be_sent_again(
    account: Account, line: Line, look: Exception | None
) -> None:
    made = await account.connect()
    line.fail(SYNC, httpx.ReadTimeout("lost"))
    if look:
        line.fail(CONNECTION, look)
    wanted = replace(made.sync, exports=True)
    with pytest.raises(Fault, match="timed_out"):
        await account.journey.apply(account.provider, made, wanted)
    assert (await account.journey.apply(account.provider, made, wanted)).sync.exports
    assert line.count(SYNC) == 2


async def test_import_can_be_off_with_no_calendar_chosen(account: Account) -> None:
    made = await account.connect()
    after = await account.journey.apply(account.provider, made, Sync(imports=False, calendars=(), exports=True))
    assert (after.sync.imports, after.sync.exports) == (False, True)


async def test_a_direction_that_the_provider_lacks_is_not_sent(
    paper: InProcessSite, journey: Journey, line: Line, dana: Schedule
) -> None:
    fastmail = Account(paper, journey, await provider_named(journey, "Fastmail"), dana)
    made = await fastmail.connect()
    after = await journey.apply(fastmail.provider, made, Sync(imports=False))
    assert after.sync.imports is False
    (sent,) = (json.loads(request.content) for request in line.sent if request.method == "PATCH")
    assert sent["syncConfig"] == {"listEventFromCalendars": {"enabled": False, "primaryCalendar": {}}}


@pytest.mark.parametrize(
    ("sync", "sent"),
    [
        (Sync(), {"enabled": False, "primaryCalendar": {}}),
        (
            Sync(calendars=(Calendar("a", "A"),)),
            {"enabled": False, "calendars": {"calendars": [{"id": "a", "name": "A"}]}},
        ),
        (Sync(calendars=()), {"enabled": False}),
    ],
)
async def test_at_most_one_choice_of_calendars_is_sent(
    account: Account, line: Line, sync: Sync, sent: dict[str, object]
) -> None:
    made = replace(await account.connect(), sync=Sync(imports=True, calendars=(Calendar("b", "B"),), exports=True))
    line.fail(SYNC, httpx.Response(503))
    with pytest.raises(Fault, match="server_error"):
        await account.journey.apply(account.provider, made, sync)
    (change,) = (json.loads(request.content) for request in line.sent if request.method == "PATCH")
    assert change["syncConfig"]["listEventFromCalendars"] == sent


# Afterwards


async def test_watching_ends_when_the_sync_is_through(paper: InProcessSite, account: Account) -> None:
    paper.site.sync_delay = 10
    made = await account.connect()
    seen = []
    async for connection in account.journey.watch(made.id):
        seen.append(connection.status)
        paper.clock.advance(10)
    assert seen == [Status.CONNECTED, Status.SYNC_IN_PROGRESS, Status.SYNCED]


async def test_a_sync_is_looked_at_soon_at_first_and_then_every_three_seconds(
    paper: InProcessSite, account: Account, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await account.connect()
    line.edit(CONNECTION, connection_is(status="SYNC_IN_PROGRESS"), times=5)
    pauses, at_once = [], asyncio.sleep

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await at_once(0)

    monkeypatch.setattr(asyncio, "sleep", pause)
    async with journey_on(paper, line, poll_seconds=POLL_SECONDS) as journey:
        async for _ in journey.watch(made.id):
            pass
    assert pauses == [0.5, 1, 2, 3, 3]


async def test_watching_ends_when_the_connection_breaks(account: Account, line: Line) -> None:
    made = await account.connect()
    line.edit(CONNECTION, connection_is(status="SYNC_IN_PROGRESS"))
    line.edit(CONNECTION, connection_is(**BROKEN))
    seen = [connection async for connection in account.journey.watch(made.id)]
    assert [one.status for one in seen] == [Status.SYNC_IN_PROGRESS, Status.ERROR]
    assert seen[-1].reason == "TOKEN_REVOKED"


async def test_a_disconnected_connection_may_be_disconnected_again(account: Account) -> None:
    made = await account.connect()
    await account.journey.disconnect(made)
    await account.journey.disconnect(made)
    assert (await account.journey.connection(made.id)).status is Status.DISCONNECTED


async def test_a_disconnect_whose_answer_is_lost_is_looked_up(account: Account, line: Line) -> None:
    made = await account.connect()
    line.lose(DISCONNECT)
    await account.journey.disconnect(made)
    assert await account.connected() == []
    assert line.count(DISCONNECT) == 1


async def test_a_disconnect_that_did_not_happen_is_a_fault(account: Account, line: Line) -> None:
    made = await account.connect()
    line.fail(DISCONNECT, httpx.ReadTimeout("lost"))
    with pytest.raises(Fault, match="timed_out"):
        await account.journey.disconnect(made)
    assert [one.id for one in await account.connected()] == [made.id]


async def test_events_come_in_pages_with_their_words_as_they_were_sent(journey: Journey, line: Line) -> None:
    first = {"events": [{"title": "a\x1b\n"}], "pagingMetadata": {"hasNext": True, "cursors": {"next": "on"}}}
    line.fail(EVENTS, httpx.Response(200, json=first))
    second = [{"title": "b", "start": f"2026-03-0{day}T09:00:00+02:00", "calendarName": "Work"} for day in (2, 3)]
    line.fail(EVENTS, httpx.Response(200, json={"events": second}))
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    pages = [page async for page in journey.events(moment, moment + timedelta(days=7))]
    assert [[event.title for event in page] for page in pages] == [["a\x1b\n"], ["b", "b"]]
    one, other = pages[1]
    assert one.start is not None
    assert other.start is not None
    assert one.start == datetime(2026, 3, 2, 7, tzinfo=UTC)
    # There may be a hundred thousand of them.
    assert one.start.tzinfo is other.start.tzinfo
    assert one.calendar is other.calendar


# Faults


async def test_a_fault_says_what_wix_said(journey: Journey, line: Line) -> None:
    body = {
        "message": "no",
        "details": {"validationError": {"fieldViolations": [{"field": "query.\x1bx", "description": "too\nlong"}]}},
    }
    line.fail(PROVIDERS, httpx.Response(400, json=body, headers={"x-wix-request-id": "r-1"}))
    with pytest.raises(Fault) as caught:
        await journey.providers()
    fault = caught.value
    assert (fault.code, fault.message, fault.request_id) == ("invalid_request", "no", "r-1")
    assert fault.fields == (("query. x", "too long"),)


async def test_a_fault_says_how_long_to_wait(journey: Journey, line: Line) -> None:
    line.fail(PROVIDERS, httpx.Response(429, headers={"retry-after": "17"}))
    with pytest.raises(Fault, match="rate_limited") as caught:
        await journey.providers()
    assert caught.value.retry_after == 17


@pytest.mark.parametrize("failure", [httpx.ReadTimeout("x"), httpx.ConnectError("x"), httpx.Response(403)])
async def test_a_fault_leads_to_no_request(account: Account, line: Line, failure: httpx.Response | Exception) -> None:
    line.fail(CONNECT, failure)
    with pytest.raises(Fault) as caught:
        await account.connect()
    assert carries_nothing(caught.value)
    assert account.password not in repr(vars(caught.value))


async def test_every_page_can_fail(journey: Journey, line: Line) -> None:
    line.edit(SCHEDULES, lambda _: None)
    line.fail(SCHEDULES, httpx.Response(500))
    pages = journey.schedules()
    assert len(await anext(pages)) == 50
    with pytest.raises(Fault, match="server_error"):
        await anext(pages)
