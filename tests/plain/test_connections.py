"""What is connected already: reviewed, reconnected and disconnected line by line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.line import CONNECT, CONNECTIONS, DISCONNECT, SYNC, Line
from tests.plain.person import run
from tests.plain.test_flows import APPLE, DANA, FINISH
from wizard import texts
from wizard.fault_texts import FAULTS
from wizard.plain import texts as plain_texts

if TYPE_CHECKING:
    from tests.sites import InProcessSite

OF_DAN = ("connections", "dan okafor", "")
"""His Apple calendar is connected from the start."""
REVIEW, RECONNECT, END = "1", "2", "3"


async def test_a_connection_from_before_is_reviewed(paper: InProcessSite) -> None:
    ending, words, line = await run(paper, *OF_DAN, REVIEW, "", "2", "", "", FINISH)
    assert "2 calendars connected. Type “connections” to see them." in words
    email = paper.account("Apple", "dan").email
    assert f"Dan Okafor: Apple, {email}, in sync\n" in words
    assert (ending.state, line.count(SYNC), line.count(CONNECT)) == ("finished", 1, 0)
    assert ending.answers.connection
    assert ending.answers.connection.email == email


async def test_looking_at_a_connection_answers_nothing_for_a_new_one(paper: InProcessSite) -> None:
    own = (APPLE, *DANA, "back", "back")
    ending, words, _ = await run(paper, *own, *OF_DAN, REVIEW, "back", "back", "", "leave")
    assert "Number [Dana Levi]:" in words.rpartition(texts.STATES["schedule"].title)[2]
    assert ending.answers.email == ""


async def test_reconnecting_ends_the_old_one_and_carries_its_directions_over(paper: InProcessSite) -> None:
    password = paper.account("Apple", "dan").password
    ending, words, line = await run(paper, *OF_DAN, RECONNECT, "1", "", password, "", "", "", "", FINISH)
    assert texts.RECONNECT_TITLE.format(provider="Apple") in words
    assert (ending.state, line.count(DISCONNECT), line.count(CONNECT)) == ("finished", 1, 1)


async def test_its_directions_are_kept_on_the_way_back_though_wix_has_forgotten_them(paper: InProcessSite) -> None:
    store, account = paper.site.store, paper.account("Apple", "dan")
    was = next(one for one in store.connections() if one.email == account.email)
    store.save_connection(replace(was, imports=False, exports=True, export_dedicated=True))
    refused = (*OF_DAN, RECONNECT, "1", "", "abcd-efgh-ijkl-mnop", "back", "back")
    ending, words, _ = await run(paper, *refused, "", "1", "", account.password, "", "", "", FINISH)
    assert texts.CONNECTION_TO_RECONNECT[1] in words
    assert texts.REVIEW_CARRIED in words
    made = ending.answers.connection
    assert made
    assert (made.email, made.sync.imports, made.sync.exports) == (account.email, False, True)


@pytest.mark.parametrize("leaving", [("leave",), ("back", "leave")], ids=["at once", "from the list"])
async def test_what_could_not_be_ended_to_reconnect_it_is_not_said_to_be_disconnected(
    leaving: tuple[str, ...], paper: InProcessSite
) -> None:
    line = Line(paper)
    line.fail(DISCONNECT, httpx.Response(503))
    password = paper.account("Apple", "dan").password
    _, words, _ = await run(paper, *OF_DAN, RECONNECT, "1", "", password, *leaving, line=line)
    assert FAULTS["server_error"].what in words
    assert texts.UNRECONNECTED_TEXT not in words


async def test_disconnecting_asks_first_and_says_what_is_lost(paper: InProcessSite) -> None:
    answers = (*OF_DAN, END, "2", "dan okafor", "", END, "1", "back", "leave")
    ending, words, line = await run(paper, *answers)
    assert words.count("The appointments that were exported to it are deleted from the calendar.") == 2
    assert texts.DISCONNECTED.format(provider="Apple", schedule="Dan Okafor") in words
    assert f"Dan Okafor: Apple, {paper.account('Apple', 'dan').email}, disconnected\n" in words
    assert (ending.state, line.count(DISCONNECT)) == ("left", 1)


async def test_what_is_connected_keeps_nobody_from_connecting_though_it_cannot_be_read(paper: InProcessSite) -> None:
    line = Line(paper)
    line.fail(CONNECTIONS, httpx.Response(403))
    _, words, _ = await run(paper, "connections", "back", "leave", line=line)
    assert words.count(texts.STATES["provider"].title) == 2
    assert plain_texts.WORDS in words


async def test_where_wix_gives_no_email_none_is_said(paper: InProcessSite) -> None:
    line = Line(paper)
    for _ in range(2):  # for the first screen, and for the list
        line.edit(CONNECTIONS, lambda answer: answer["connections"][0].pop("externalAccountEmail"))
    _, words, _ = await run(paper, "connections", "back", "leave", line=line)
    assert "1  Business hours: Google, in sync\n" in words


async def test_where_nothing_is_connected_it_says_so(paper: InProcessSite) -> None:
    line = Line(paper)
    line.fail(CONNECTIONS, httpx.Response(403))
    line.edit(CONNECTIONS, lambda answer: answer.update(connections=[]), times=2)
    _, words, _ = await run(paper, "connections", "", "leave", line=line)
    assert texts.CONNECTIONS_NONE in words
    assert words.rpartition(texts.STATES["provider"].title)[2].count("“connections”") == 0
