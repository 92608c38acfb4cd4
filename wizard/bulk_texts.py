"""What `calendar-wizard bulk` says to people. Words in braces are filled in."""

from __future__ import annotations

NO_FILE = "{file} can't be read: {why}."
FILE_TOO_LARGE = "{file} is too large for a table of calendars (more than 64 MiB)."
NO_UTF8 = "{file}, line {line}: that isn't UTF-8. Save the table as “CSV UTF-8”."
NO_ROWS = "{file} has no rows. Below the line with the names of the columns, give one line for each calendar."
MISTAKE, MISTAKES = "1 mistake; nothing was changed:", "{count} mistakes; nothing was changed:"
NO_CSV = "this can't be read as CSV ({why}); a quotation mark may be missing or too many"
TOO_MANY_CELLS = (
    "{given} values, but only {columns} columns have a name; put quotation marks around a value with commas"
)
TWICE = "this calendar is on line {line} already"
COLUMN_TWICE = "this column is there twice"
COLUMN_MISSING = "this column is missing"
COLUMN_UNKNOWN = "there is no such column; there are {columns}"
COLUMN_MEANT = "there is no such column; perhaps {meant} is meant"
COLUMN_NUMBER = "column {number}"
PASSWORD_INLINE = (
    "a password doesn't belong into a table, which is copied, mailed and kept; "
    "say where it comes from, in password_env, password_file or password_command"
)
PASSWORDS_SEVERAL = "the password comes from {first} already; give only one"
PASSWORD_NO_COMMAND = "there is no such program"
PASSWORD_QUOTES = "a quotation mark in it isn't closed"
EMPTY = "this is missing"
NO_EMAIL = "“{email}” doesn't look like an email address"
NO_CHOICE = "“{text}” is neither {choices}; or leave it empty"
CALENDARS_WITHOUT_IMPORT = "calendars to import from are named, but import is off"

ANOTHER_RUN = (
    "Another bulk run works on this site. Wait until it has ended: together they would ask more of Wix than it takes."
)
OTHER_JOURNAL = "The journal of bulk runs, {path}, is of another version. Use that version once more, or remove it."


def mistakes(count: int) -> str:
    """Return the line above the mistakes."""
    return MISTAKE if count == 1 else MISTAKES.format(count=count)
