"""What `calendar-wizard bulk` says to people. Words in braces are filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NO_FILE = "{file} can't be read: {why}."
FILE_TOO_LARGE = "{file} is too large for a table of calendars (more than 64 MiB)."
NO_UTF8 = "{file}, line {line}: that isn't UTF-8. Save the table as “CSV UTF-8”."
NO_ROWS = "{file} has no rows. Below the line with the names of the columns, give one line for each calendar."
MISTAKE, MISTAKES = "1 mistake; nothing was changed:", "{count} mistakes; nothing was changed:"
NO_CSV = "this can't be read as CSV ({why}); a quotation mark may be missing or left over"
TOO_MANY_CELLS = (
    "{given} values, but only {columns} columns have a name; put quotation marks around a value with {delimiters}"
)
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
TWICE = "this calendar is already on line {line}"
ALSO_ON = "this account is also on line {line}, for another schedule; Wix may refuse it the second time"
ELSEWHERE = "this account is connected to {schedule} already; Wix may refuse it here until it is disconnected there"
WARNING_ROW = "{file}:{line}: warning: {words}"
COLUMN_TWICE = "this column appears twice"
COLUMN_MISSING = "this column is missing"
COLUMN_UNKNOWN = "there is no such column; there are {columns}"
COLUMN_MEANT = "there is no such column; perhaps {meant} is meant"
COLUMN_NUMBER = "column {number}"
PASSWORD_INLINE = (
    "a password doesn't belong in a table, which is copied, mailed and kept; "
    "say where it comes from, in password_env, password_file or password_command"
)
PASSWORDS_SEVERAL = "the password already comes from {first}; give only one"
PASSWORD_NO_COMMAND = "there is no such program"
PASSWORD_QUOTES = "a quotation mark in it isn't closed"
EMPTY = "this is missing"
NO_CHOICE = "“{text}” is neither {choices}; or leave it empty"
CALENDARS_WITHOUT_IMPORT = "calendars to import from are named, but import is off"

ANOTHER_RUN = (
    "Another bulk run is working on this site. Wait until it has ended: together they would send more than Wix takes."
)
OTHER_JOURNAL = "The journal of bulk runs, {path}, is from another version. Use that version again, or remove the file."
NO_JOURNAL = (
    "The journal of bulk runs in {folder} can't be written: {why}. "
    "Without it, a run that is cut off could not go on safely."
)
NEEDS_INVITATIONS = (
    "{lines} of the file: the owner has to allow access in a browser; name a new file for the links, "
    "like --invitations links.csv"
)
RESTS = (
    "A request that was cut off may still be under way at Wix: in {seconds} s the wizard looks at what came of it, "
    "before anything is sent again."
)
CHECKS = "Rows to check with Wix before anything is changed: {count}."
LEAVING = "Finishing what was begun. Press ctrl+c again to leave at once."
WATCHES = "Waiting for {count} to allow access. Press ctrl+c to leave; “--watch” continues."
NOBODY_INVITED = "Nobody has to be invited, so {path} was not written."
NO_LINK = "No link was made, so {path} was not written."
INVITATIONS_WRITTEN = "Links to send: {count}, in {path}. Each works for ten minutes and once."
INVITATIONS_LOST = (
    "The links could not be written to {path}: {why}. "
    "Run it again with another --invitations file, which gets new links."
)
STATES = {"connected": "connected", "exists": "connected before", "invited": "invited", "failed": "failed"}
THE_END = "{total}: {counted}."
UNTRIED = "{count} not tried"
NOTHING = "nothing done"
ABOUT_ROW = "{file}:{line}: {words}"
STOPPED = (
    "The rest would have failed for the same reason, so it wasn't tried. "
    "Once that is fixed, run it again: it continues here."
)
STOPPED_BY_JOURNAL = (
    "The journal can't be written any more: {why}. So no other row was begun. Once that is fixed, run it again."
)
GO_ON = "Run it again: it continues where it stopped."
AGAIN = "Some failed only for now: run it again, and what is connected already stays as it is."
FOLLOW = "To see who has used the link: calendar-wizard bulk {file} --watch"
PLANNED = {
    "connect": "to connect",
    "authorize": "to invite",
    "keep": "connected already",
    "failed": "not possible",
}
MOST_LINES = 10


def planned(counts: Mapping[str, int]) -> str:
    """Return how many rows there is what to do about."""
    return ", ".join(f"{counts[action]} {words}" for action, words in PLANNED.items() if counts.get(action)) + "."


def lines(numbers: Sequence[int]) -> str:
    """Return "line 3", or "lines 3, 4, 5"; of very many, the first."""
    shown = ", ".join(map(str, numbers[:MOST_LINES]))
    more = f" and {len(numbers) - MOST_LINES} more" if len(numbers) > MOST_LINES else ""
    return f"{'line' if len(numbers) == 1 else 'lines'} {shown}{more}"


def the_end(total: int, counted: str, untried: int) -> str:
    """Return how many rows there were, and what became of them."""
    parts = [counted] if counted else []
    parts += [UNTRIED.format(count=untried)] if untried else []
    return THE_END.format(total="1 row" if total == 1 else f"{total} rows", counted=", ".join(parts) or NOTHING)


def mistakes(count: int) -> str:
    """Return the line above the mistakes."""
    return MISTAKE if count == 1 else MISTAKES.format(count=count)
