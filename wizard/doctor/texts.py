"""What `calendar-wizard doctor` says: a label for each check, what was seen, and its remedy."""

from __future__ import annotations

from enum import StrEnum


class Check(StrEnum):
    """What is checked, in this order."""

    SIGN_IN = "sign-in"
    PROXY = "proxy"
    CERTIFICATE = "certificate"
    NETWORK = "network"
    CLOCK = "clock"
    ACCEPTED = "accepted"
    MANAGE = "manage-external-calendars"
    READ = "read-calendar"
    BOOKINGS = "bookings"
    PREMIUM = "premium"
    BROWSER = "browser"
    LOOPBACK = "loopback"
    TERMINAL = "terminal"
    KEYRING = "keyring"
    STATE_FOLDER = "state-folder"


LABELS = {
    Check.SIGN_IN: "Sign-in",
    Check.PROXY: "Proxy",
    Check.CERTIFICATE: "Certificate",
    Check.NETWORK: "Network",
    Check.CLOCK: "Clock",
    Check.ACCEPTED: "Sign-in at Wix",
    Check.MANAGE: "Permission Manage External Calendars",
    Check.READ: "Permission Read Calendar",
    Check.BOOKINGS: "Wix Bookings app",
    Check.PREMIUM: "Premium plan",
    Check.BROWSER: "Browser",
    Check.LOOPBACK: "Loopback port",
    Check.TERMINAL: "Terminal",
    Check.KEYRING: "Keyring",
    Check.STATE_FOLDER: "State folder",
}

SIGN_IN = "{way}, from {source}."
SIGN_IN_SANDBOX = "the sandbox brings its own."
FROM_KEYRING = "the keyring"

DIRECT = "none is used for {address}."
PROXIED = "{proxy}, from {source}."
PROXY_BYPASSED = "none is used for {address}: NO_PROXY sets {proxy}, from {source}, aside."
PROXY_UNREADABLE = "an address that can't be read"
SYSTEM_SETTINGS = "the system's settings"

TRUSTED_NAMED = "verified against the system's list and the one that SSL_CERT_FILE names, {file}."
TRUSTED_SYSTEM = "verified against the system's list."
TRUSTED_BUNDLED = "verified against the list that the program brings: the system has none."
PLAIN = "none is needed for {address}, which is on this machine."

ANSWERS = "{address} answers."

CLOCK_RIGHT = "right to the minute."
CLOCK_AHEAD = "this machine is {difference} ahead of Wix."
CLOCK_BEHIND = "this machine is {difference} behind Wix."
CLOCK_DO = "Set this machine's clock; links and sign-ins end at set times."
CLOCK_UNSAID = "the answer doesn't say the time."

ACCEPTED = "Wix accepts it."
ALLOWED = "granted."
BOOKINGS = "the site offers {providers} calendar providers and has active schedules."
BOOKINGS_UNSEEN = "can't be told until the checks above are ok."
PREMIUM = "the site's plan includes connecting calendars."
PREMIUM_UNSEEN = "can't be seen without a working connection, and there is none."

BROWSER = "one can be opened here."
BROWSER_SSH = "one can be opened here; you are connected over SSH, so it may open on a screen that you can't see."
BROWSER_SSH_DO = "With --no-browser only the link is shown, to be opened on any device."
BROWSER_NONE = "none can be opened here."
BROWSER_NONE_SSH = "none can be opened over SSH."
BROWSER_DO = "Open the link that is shown on any device; the wizard notices when access has been allowed."
BROWSER_OFF = "none is opened with --no-browser."

LISTENS = "{address} can be listened on."
ELSEWHERE = "--redirect-url leads elsewhere: paste the address that the browser ends on."
NO_LISTENING = "127.0.0.1 can't be listened on: {why}."
NO_LISTENING_DO = "Allow it, or name another address with --redirect-url and paste where the browser ends."

TERMINAL = "{term}, {columns}x{lines}, {colours} colours, {encoding}: the wizard can run full-screen."
TERMINAL_PLAIN = "TERM is {term}, ACCESSIBLE is {accessible}: the wizard asks line by line."
NOT_SET = "not set"
TERMINAL_NONE = "standard input or standard error is not a terminal, so the wizard can't draw there."
TERMINAL_NONE_DO = "Start it in a terminal, or line by line with --plain."
TERMINAL_UNKNOWN = "TERM is not set, so it isn't known how to draw a full screen."
TERMINAL_UNKNOWN_DO = "Set TERM to what this terminal is, or start the wizard with --plain."
TERMINAL_SMALL = "{columns}x{lines} is too small."
TERMINAL_SMALL_DO = "Make the window at least {columns} columns by {lines} lines, or start the wizard with --plain."
TERMINAL_ENCODING = "its encoding is {encoding}, which lacks many letters."
TERMINAL_ENCODING_DO = "Set LANG to a UTF-8 locale, like C.UTF-8."

KEYRING = "{name} answers."

STATE_FOLDER = "{folder} can keep what continues a run that is cut off."
STATE_FOLDER_UNUSABLE = "{folder} can't be written to ({why}), so a run that is cut off can't be continued."
STATE_FOLDER_NONE = "there is no home folder to keep anything in, so a run that is cut off can't be continued."
STATE_FOLDER_DO = "Set XDG_STATE_HOME to a folder of yours that has room."

NOT_BEFORE = "not checked: “{first}” has to be ok first."

NOTHING_FAILED = "Nothing failed."
FAILED = "Failed: {labels}."
