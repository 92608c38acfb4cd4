"""Somebody who comes back: what is connected can be seen, ended and made anew from the first screen."""

from typing import Any

from tests.journeys.conftest import CONNECTIONS, Start, Studio, path_of
from tests.journeys.steps import SCHEDULE, apply, title
from tests.sites import ExternalAccount
from wizard import texts
from wizard.domain import Kind
from wizard.sandbox.providers import APPLE
from wizard.sandbox.schedules import schedule_named

SYNC = {"listEventFromCalendars": {"enabled": True}, "syncToCalendar": {"enabled": True, "dedicatedCalendar": {}}}
END = "\x1b[F"


def connect(studio: Studio, account: ExternalAccount) -> None:
    """Connect the account to the schedule and switch export on, as was done a month ago."""
    owner = {"email": account.email, "password": account.password}
    whereto = {"providerId": APPLE.id, "scheduleId": schedule_named(SCHEDULE).id}
    made = studio.call("POST", f"{CONNECTIONS}:connectByCredentials", **owner, **whereto)["connection"]
    studio.call("PATCH", f"{path_of(made['id'])}/sync-config", connectionId=made["id"], syncConfig=SYNC)


def standing(studio: Studio, account: ExternalAccount) -> list[dict[str, Any]]:
    return [one for one in studio.connections() if one["externalAccountEmail"] == account.email]


def test_a_connection_from_before_is_disconnected_and_reconnected_as_it_was(start: Start, studio: Studio) -> None:
    account = studio.account("Apple")
    connect(studio, account)
    (before,) = standing(studio, account)
    terminal = start(known=studio.as_app, columns=80, rows=24)
    terminal.wait_for(texts.KEY["connections"])
    terminal.press("c")
    terminal.wait_for(title("connections"))
    terminal.wait_for(SCHEDULE)
    terminal.press(END)
    terminal.wait_for(account.email)
    terminal.press("d")
    terminal.choose(texts.DISCONNECT_YES, "up")
    terminal.wait_for(texts.DISCONNECTED.format(provider="Apple", schedule=SCHEDULE))
    assert standing(studio, account) == []

    terminal.press("enter")
    terminal.wait_for(title("credentials", "Apple"))
    assert terminal.shows(account.email)
    terminal.fill(texts.PASSWORD_OF[Kind.APPLE], account.password)
    terminal.wait_for(texts.EXPORT + " " + texts.ON)
    apply(terminal, "Apple")
    (after,) = standing(studio, account)
    assert after["id"] != before["id"]
    assert after["syncConfig"] == before["syncConfig"]
