"""What the commands say to people, beside what they share with the screens in `texts`.

Words in braces are filled in by the commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.domain import Connection, Sync

PROVIDER_COLUMNS = ("Provider", "Connects by", "Import", "Export", "ID")
SCHEDULE_COLUMNS = ("Schedule", "Belongs to", "Time zone", "ID")
CONNECTION_COLUMNS = ("Account", "Provider", "Schedule", "Status", "Import", "Export", "ID")
CALENDAR_COLUMNS = ("Calendar", "Imported", "ID")
EVENT_COLUMNS = ("Day", "Time", "Event", "Calendar", "Owner")
STATUS_COLUMNS = ("Account", "Provider", "Schedule", "Status")
CONNECTION_LABELS = {
    "account": "Account",
    "provider": "Provider",
    "schedule": "Schedule",
    "status": "Status",
    "import": "Import",
    "export": "Export",
    "user": "User ID",
    "id": "ID",
}

ON_FROM = "on, from {names}"
ON_TO = "on, to {name}"
DEDICATED = "a calendar of its own"
YES, NO = "yes", "no"
NOBODY = "-"
NO_METHOD = "not from here"
NO_CONNECTIONS = "There is no connection. 'calendar-wizard connect' or the wizard makes one."
NO_SCHEDULES = "The site has no active schedule."
NO_CALENDARS = "The account has no calendars to choose from."

NO_SUCH_CONNECTION = (
    "No connection's ID begins with “{text}”, and no account has that name. 'calendar-wizard connections' lists them."
)
SEVERAL_CONNECTIONS = "“{text}” can mean several connections: {candidates}. Give the beginning of the ID of one."
EMPTY_ID = "Give a connection's ID, its beginning, or its account. 'calendar-wizard connections' lists them."

BAD_MOMENT = (
    "{option}: {value!r} is neither a date nor a date and time; write it like {example} or {example}T09:30, "
    "with a year from 0002 to 9998"
)
RANGE_ORDER = "--to is not after --from"
BAD_USER = "--user: Wix doesn't take {value!r} ({why}); 'calendar-wizard connections --json' says userId"

ALL_WORK = "All connections work ({count})."
SOME_FAIL = "{failing} of {count} don't work. 'calendar-wizard reconnect ID' connects one again."

DISCONNECT_WARNING = (
    "This ends the connection of {account} ({provider}) to {schedule}. "
    "Wix also deletes the appointments that it has put into that calendar."
)
DISCONNECT_QUESTION = "Disconnect it? [y/N] "
DISCONNECT_NEEDS_YES = "disconnect can't ask without a terminal; give --yes if that is what you want"
DISCONNECTED = "Disconnected: {account} ({provider}) from {schedule}."
WAS_DISCONNECTED = "It was already disconnected; nothing was done."
KEPT = "Nothing was done."

SET_OTHERWISE = "Wix didn't set it as asked; 'calendar-wizard connections show' says how it is."

WORKS_ALREADY = "It works already; nothing was done."
PASSWORD_QUESTION = "{label} of {email} (not shown as you type): "
PASSWORD_NEEDED = (
    "reconnect can't ask for the password without a terminal; say where it comes from, with --password-env, "
    "--password-file, --password-command or --password-stdin"
)
OPEN_LINK = "The owner of the {provider} account opens this link and allows access, until {until}:"
DIRECTIONS_WERE = "It had: {directions}. 'calendar-wizard reconnect' sets that again, once it is connected."
DIRECTIONS_UNKNOWN = "Wix no longer knows which directions it had; 'calendar-wizard sync' sets them."
CALENDARS_GONE = (
    "The account no longer has: {names}. Import is {imports}; 'calendar-wizard sync' chooses other calendars."
)

SAVE_NEEDS_TERMINAL = (
    "site --save can't ask without a terminal: set the WIX_* variables of a sign-in, which --help lists"
)
SAVE_INSTEAD = "Without it, set WIX_SITE_ID, and WIX_API_KEY_FILE to a file that holds the API key."
NOT_SAVED = "Not saved: {why}"
SAVED = (
    "Saved: {way} for {whose} at {address}, in the keyring ({keyring}).\n"
    "It is used when the environment has no sign-in. “calendar-wizard site --forget” removes it."
)
SAVED_SHORT_LIVED = "But an access token expires after a few minutes: an API key lasts."
SAVED_SITE = "site {id}"
SAVED_INSTANCE = "instance {id}"
FORGOTTEN = "The saved sign-in is removed."
NOTHING_SAVED = "No sign-in was saved, so there is nothing to remove."


def status(one: Connection) -> str:
    """Say how a connection is, and Wix's reason."""
    return texts.STATUS[one.status] + (f" ({one.reason})" if one.reason else "")


def imports(sync: Sync) -> str:
    """Say whether events come in, and from where."""
    names = ", ".join(calendar.name for calendar in sync.calendars or ())
    return ON_FROM.format(names=names or texts.REVIEW_PRIMARY) if sync.imports else texts.OFF


def exports(sync: Sync) -> str:
    """Say whether appointments go out, and to where."""
    return ON_TO.format(name=DEDICATED if sync.dedicated else texts.REVIEW_PRIMARY) if sync.exports else texts.OFF


def directions_were(sync: Sync) -> str:
    """Say which directions a connection had that is gone."""
    said = f"import {imports(sync)}; export {exports(sync)}"
    return DIRECTIONS_WERE.format(directions=said)


def calendars_gone(names: Sequence[str], now: Sync) -> str:
    """Say which calendars were imported that are gone, and which are imported now."""
    return CALENDARS_GONE.format(names=", ".join(names), imports=imports(now))


def health(count: int, failing: int) -> str:
    """Say how many connections work."""
    return SOME_FAIL.format(failing=failing, count=count) if failing else ALL_WORK.format(count=count)
