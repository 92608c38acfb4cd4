"""The words that the fronts share: every title, label and help. Faults have theirs in `fault_texts`.

Words in braces are filled in by the front: provider, schedule, email.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wizard.domain import Export, Import, Kind, Method, ScheduleKind, SignInWay, Status

if TYPE_CHECKING:
    from wizard.domain import Provider, Schedule

PROGRAM = "Calendar wizard"
SANDBOX_SITE = "sandbox · Riverside Studio"
SITE_LABEL = "site {site}"
TOO_SMALL = "The wizard needs more room.\nPlease make the window at least {columns} columns by {rows} lines."


class StateText(NamedTuple):
    """A step's words: its name in the rail of steps, its question, one line below it, and its help.

    `keys` belongs to the help where there are keys: on the full screen, not line by line.
    """

    step: str
    title: str
    lead: str
    help: str
    keys: str = ""

    @property
    def help_with_keys(self) -> str:
        """What f1 shows."""
        return f"{self.help}\n\n{self.keys}" if self.keys else self.help


STATES: dict[str, StateText] = {
    "site": StateText(
        step="Wix site",
        title="Which Wix site is it?",
        lead="The wizard signs in to it to set up the connection.",
        help=(
            "Any one of three ways of signing in will do. Whichever you choose, it needs the permissions "
            "Manage External Calendars and Read Calendar.\n\n"
            "API key: in Wix, open Account settings, then API Keys, and generate a key for this site.\n\n"
            "Site ID: open the site's dashboard. In the address, it is the part after /dashboard/.\n\n"
            "Access token: what the Wix CLI prints for “wix token --site <site-id>”. It lasts about 15 minutes.\n\n"
            "App: in the Wix app dashboard, under OAuth, are the app ID and the app secret. The instance ID "
            "is the app's on this one site.\n\n"
            "What you type here is used while the wizard runs and isn't kept. To skip this step, set "
            "WIX_API_KEY and WIX_SITE_ID before you start, or save the sign-in once with "
            "“calendar-wizard site --save”."
        ),
    ),
    "provider": StateText(
        step="Provider",
        title="Which calendar do you want to connect?",
        lead="It shares its times with one Wix schedule.",
        help=(
            "A provider is where the calendar lives. Each says how you sign in to it, what can come in to Wix, and "
            "where Wix appointments can go out to.\n\n"
            "“in” means that the calendar's events block booking times on the site. “out” means that appointments "
            "booked on the site appear in the calendar. You switch each on or off later.\n\n"
            "If a provider is missing, an app from the Wix App Market may add it."
        ),
        keys="If calendars are already connected, the line below the question says how they are, and c lists them.",
    ),
    "connections": StateText(
        step="Connections",
        title="What is connected",
        lead="",
        help=(
            "Every calendar that is connected to one of the site's schedules; those that have stopped come first.\n\n"
            "Review: see and change which way its events flow.\n\n"
            "Reconnect: sign in again, to the same provider and the same schedule. The old connection is ended first; "
            "its directions are carried over, and you see them before they are applied.\n\n"
            "Disconnect: end it. The appointments that were exported are deleted from the calendar; the calendar's own "
            "events stay there and no longer block booking times.\n\n"
            "To connect another calendar, go back."
        ),
        keys="Below the list is what Wix says about the highlighted one.",
    ),
    "method": StateText(
        step="Connects by",
        title="How {provider} connects",
        lead="",
        help=(
            "Some providers ask their users to allow access in the browser. Others take an email address and a "
            "password. Wix says which; you only choose where both are offered."
        ),
    ),
    "schedule": StateText(
        step="Schedule",
        title="Which schedule should it follow?",
        lead="A person's calendar belongs on that person's schedule.",
        help=(
            "The business schedule stands for the whole site: connect the company's calendar to it. A staff member's "
            "own calendar belongs on that staff member's schedule.\n\n"
            "Never connect the same calendar to two schedules: the two connections would conflict. One schedule may "
            "carry calendars of several providers."
        ),
        keys="Type a part of the name to filter. The business schedule stays in sight.",
    ),
    "credentials": StateText(
        step="Sign in",
        title="Sign in to {provider}",
        lead="It goes to Wix once and isn't kept here.",
        help=(
            "The email address and the password of the calendar's owner go to Wix over an encrypted connection. "
            "The wizard doesn't store, show or log them.\n\n"
            "Apple: your usual password does not work here, because two-step sign-in is on. Make an app-specific "
            "password at account.apple.com, under Sign-In and Security. It looks like xxxx-xxxx-xxxx-xxxx."
        ),
        keys="Pasting works in both fields. The password can't be copied out again.",
    ),
    "authorize": StateText(
        step="Sign in",
        title="Allow access in your browser",
        lead="Open this, on any device, as the calendar's owner:",
        help=(
            "The calendar's owner opens the address, signs in to {provider} and allows access. There are three ways "
            "back to the wizard, and the first one wins:\n\n"
            "1. The browser runs on this computer: it comes back to the wizard by itself.\n"
            "2. The browser runs elsewhere: it ends on a page that doesn't load. Copy that page's whole address and "
            "paste it here.\n"
            "3. Neither: the wizard asks Wix every few seconds whether the connection is there.\n\n"
            "The address works once and for about ten minutes. “new link” makes a fresh one."
        ),
        keys="To select it with the mouse, hold shift down (on a Mac: option or fn).",
    ),
    "review": StateText(
        step="Sync directions",
        title="Which way should events flow?",
        lead="Connected. Nothing changes until you apply.",
        help=(
            "Import: the calendar's events come in to Wix and block booking times. Wix shows them as busy.\n\n"
            "Export: appointments booked on the site go out to the calendar."
        ),
        keys=(
            "Move with the arrow keys, switch with the space bar, apply with enter. What {provider} can't do is "
            "shown, and can't be switched."
        ),
    ),
    "done": StateText(
        step="Done",
        title="{provider} is connected to {schedule}",
        lead="",
        help=(
            "Wix now syncs by itself. The first time can take a few minutes.\n\n"
            "If the schedule's owner changes or access is withdrawn at the provider, Wix ends the connection. "
            "Then run the wizard again."
        ),
        keys=(
            "ctrl+s saves a receipt in the current folder: what is connected, and each call to Wix with its request "
            "id, for Wix's support. No password or key is in it."
        ),
    ),
    "events": StateText(
        step="Events",
        title="What the connected calendars hold",
        lead="",
        help=(
            "These are the events that Wix imports, in the schedule's time zone. Dates are year-month-day; the last "
            "day is included.\n\n"
            "Events can take a few minutes to appear after connecting."
        ),
        keys="Change the days, press enter, and the list is read again.",
    ),
}

RAIL = ("site", "provider", "method", "schedule", "sign_in", "review")
"""The steps shown beside every screen; credentials and authorize are one of them."""

METHOD_PHRASE: dict[tuple[Method, ...], str] = {
    (Method.OAUTH,): "Sign in with your browser",
    (Method.CREDENTIALS,): "Email and password",
    (Method.OAUTH, Method.CREDENTIALS): "Browser, or email and password",
    (): "Offers no way to connect from here",
}
APPLE_METHOD_PHRASE = "Email and app-specific password"
METHOD_SHORT = {Method.OAUTH: "Browser", Method.CREDENTIALS: "Email and password"}
METHOD_LONG = {
    Method.OAUTH: "The owner of the calendar opens a link, signs in to {provider} and allows access. No password is "
    "typed here.",
    Method.CREDENTIALS: "You type the email address and the password of the calendar's owner here.",
}
METHOD_READY = {
    Method.OAUTH: "You will need a browser, on this or any other device, and the account at {provider}.",
    Method.CREDENTIALS: "You will need the account's email address and its password.",
}
APPLE_READY = (
    "You will need the Apple account's email address and an app-specific password. You make one at "
    "account.apple.com, under Sign-In and Security."
)
METHOD_DETECTED = "There is one way, so there is nothing to choose."
METHOD_ASK = "It offers two ways. Which one do you want?"
METHOD_NEITHER = "Wix says that {provider} offers no way to connect."

KIND_NAME = {Kind.GOOGLE: "Google", Kind.APPLE: "Apple", Kind.MICROSOFT: "Outlook", Kind.OTHER: "another calendar"}

IMPORT_PHRASE = {
    Import.NONE: "not offered",
    Import.PRIMARY: "primary calendar",
    Import.CHOSEN: "calendars you choose",
}
EXPORT_PHRASE = {
    Export.NONE: "not offered",
    Export.PRIMARY: "primary calendar",
    Export.CHOSEN: "primary calendar",
    Export.DEDICATED: "separate calendar",
}

SCHEDULE_KIND = {
    ScheduleKind.BUSINESS: "whole site",
    ScheduleKind.STAFF: "staff",
    ScheduleKind.SERVICE: "service",
    ScheduleKind.OTHER: "other app",
}
BUSINESS_SCHEDULE = "Business hours"


def schedule_name(schedule: Schedule) -> str:
    """Return a schedule's name; the business one is called "business" on the wire, which tells people little."""
    return BUSINESS_SCHEDULE if schedule.kind is ScheduleKind.BUSINESS else schedule.name or UNNAMED


def of_provider(text: str, provider: Provider | None, **others: str) -> str:
    """Fill in a provider's name and the rest; one without a name is called just that, also at the beginning."""
    if provider and provider.name:
        return text.format(provider=provider.name, **others)
    said = text.format(provider=THE_PROVIDER, **others)
    return said[:1].upper() + said[1:]


THE_PROVIDER = "the provider"
UNNAMED = "(no name)"
SCHEDULE_COLUMNS = ("name", "kind", "time zone", "connected")
SCHEDULE_COUNT = "{shown} of {total}"
SCHEDULE_NO_MATCH = "No schedule name contains “{query}”."
CONNECTIONS_COLUMNS = ("schedule", "provider", "status")
STATUS_SHORT = {
    Status.CONNECTED: "connected",
    Status.SYNC_IN_PROGRESS: "first sync",
    Status.SYNCED: "in sync",
    Status.DISCONNECTED: "disconnected",
    Status.ERROR: "stopped",
    Status.UNKNOWN: "no status",
}
CONNECTIONS_NONE = "Nothing is connected to this site yet. Go back to connect a calendar."
CONNECTION_NO_EMAIL = "Wix doesn't say whose account it is."
CONNECTION_NO_PROVIDER = "The site no longer offers its provider: it can only be disconnected."
CONNECTION_TO_RECONNECT = (
    "You disconnected it here, to reconnect it.",
    "Its directions are kept: sign in again, and you see them before they are applied.",
)
CONNECTION_ENDED = "It is already disconnected."
DISCONNECT_TITLE = "Disconnect {provider} from {schedule}?"
DISCONNECT_TEXT = (
    "{email}\n\nThe appointments that were exported to it are deleted from the calendar. Its own events stay there "
    "and no longer block booking times."
)
DISCONNECT_YES = "Disconnect it"
DISCONNECT_NO = "Leave it as it is"
DISCONNECTED = "{provider} is disconnected from {schedule}."
RECONNECT_TITLE = "Disconnect and reconnect {provider}?"
RECONNECT_TEXT = (
    "It is disconnected first, which deletes the appointments that were exported to it. They come back when you have "
    "signed in again and applied the directions."
)
RECONNECT_YES = "Reconnect it"
RECONNECT_HOW = "How do you sign in to {provider}?"
RECONNECT_HOW_TEXT = "The directions are carried over."
RECONNECT_NO = "Leave it as it is"


STANDING_UNKNOWN = "without a status"

SAME_PROVIDER = (
    "{provider} is already connected to {schedule} ({email}). Press enter again to connect one more account, "
    "or choose another schedule."
)

EMAIL = "Email"
PASSWORD = "Password"
PASSWORD_OF = {Kind.APPLE: "App-specific password"}
EMAIL_MISSING = "Type the account's email address, like name@example.com."
EMAIL_SHAPE = "“{email}” doesn't look like an email address. It should look like name@example.com."
PASSWORD_MISSING = "Type or paste the password."
APPLE_PASSWORD_SHAPE = (
    "This doesn't look like an app-specific password, which is four groups of four letters: xxxx-xxxx-xxxx-xxxx. "
    "Press enter again to send it anyway."
)
ALREADY_CONNECTED = "Already connected as {email}."
CONNECTED_GO_ON = "Press enter to go on; nothing is sent again."
SANDBOX_ACCOUNT = "Try {email} with {password}"

SITE_WAY = {
    SignInWay.API_KEY: "API key",
    SignInWay.ACCESS_TOKEN: "Access token",
    SignInWay.APP: "App",
}
SITE_FIELD = {
    "site_id": ("Site ID", "In the dashboard's URL, after /dashboard/"),
    "api_key": ("API key", "Wix account settings, API Keys"),
    "access_token": ("Access token", "From “wix token --site <site-id>”"),
    "app_id": ("App ID", "Wix app dashboard, OAuth"),
    "app_secret": ("App secret", "Wix app dashboard, OAuth"),
    "instance_id": ("Instance ID", "The app's instance on this site"),
}
SITE_MISSING = "{label} is missing. Type or paste it ({where})."
SITE_NOT_GUID = "{label} should look like 12345678-90ab-cdef-1234-567890abcdef."
SITE_PART = "{given} is set, but not {missing}."
SITE_FROM_ENVIRONMENT = "taken from {variable}"
SITE_KEPT = "as typed before"
SITE_SAVED = "as saved in the keyring"

WAITING_CONSENT = "Waiting for you to allow it"
LISTENING = "listening on {address}"
ASKING_WIX = "asking Wix"
NOT_LISTENING = "not listening here"
NOT_ASKING_WIX = "Wix isn't answering"
QR_TOO_LARGE = "The QR code needs a larger window."
PASTE_LABEL = "Browser elsewhere? Paste where it ended up:"
OPENED = "Opened in your browser."
NO_BROWSER = "No graphical browser was found here. Open the address on any other device."
NOTHING_PASTED = "Paste the address here first: the one in the browser's address bar, where it ended up."
COPIED = (
    "Sent to your terminal's clipboard. If it isn't there: select the address with the mouse, with shift held down "
    "(on a Mac: option or fn)."
)
SANDBOX_CONSENT = "This is the sandbox: its page lets you choose a made-up account."

IMPORT, EXPORT = "Import", "Export"
ON, OFF = "on", "off"
REVIEW_IMPORT = {True: "its events block booking times", False: "its events don't block bookings"}
REVIEW_EXPORT = {True: "appointments appear in it", False: "appointments don't appear in it"}
REVIEW_NO_IMPORT = "{provider} can't share its events"
REVIEW_NO_EXPORT = "{provider} can't take appointments"
REVIEW_FIXED = "Wix doesn't allow changing this for {provider}"
REVIEW_PICK_ONE = "Choose at least one calendar to import from, or switch import off."
REVIEW_NO_CALENDARS = "The account has no calendars to choose from."
REVIEW_OTHERWISE = "Wix didn't set it as you chose; this is how it is now. Press enter to go on."
REVIEW_APPLY = "Press enter to apply it."
REVIEW_AS_CHOSEN = f"As you chose it. {REVIEW_APPLY}"
REVIEW_CARRIED = f"As it was before. {REVIEW_APPLY}"
REVIEW_GONE = {
    True: "The account no longer has: {names}. The rest is as it was before.",
    False: "The account no longer has: {names}. Nothing else was imported, so import is off.",
}
REVIEW_WIX = "Wix"
REVIEW_APPOINTMENTS = "appointments"
REVIEW_BUSY = "busy times"
REVIEW_PRIMARY = "its primary calendar"
REVIEW_PRIMARY_DRAWN = ("its primary", "calendar")
REVIEW_CHOSEN = "{chosen} of {all}"
REVIEW_DEDICATED = ("new calendar", "“Wix”")
REVIEW_NOT_OFFERED = "not offered"

DIRECTION_IMPORT = {True: "Its events block booking times{calendars}.", False: "Its events don't come in to Wix."}
DIRECTION_FROM = " (from {names})"
DIRECTION_EXPORT = {
    Export.NONE: "{provider} takes no appointments.",
    Export.PRIMARY: "Appointments appear in its primary calendar.",
    Export.CHOSEN: "Appointments appear in its primary calendar.",
    Export.DEDICATED: "Appointments appear in a calendar of their own.",
}
DIRECTION_NO_EXPORT = "Appointments don't go out to it."


STATUS = {
    Status.CONNECTED: "Connected",
    Status.SYNC_IN_PROGRESS: "Syncing for the first time",
    Status.SYNCED: "In sync",
    Status.DISCONNECTED: "Disconnected",
    Status.ERROR: "Stopped by an error",
    Status.UNKNOWN: "Wix gives no status",
}
DONE_SYNCING = "It can take a few minutes; you don't have to wait."
DONE_ACTIONS = {
    "see_events": ("See the events", "what Wix reads from it"),
    "another": ("Connect another calendar", "on the same site"),
    "next": ("Finish", "the sync goes on"),
}

RECEIPT_SAVED = "The receipt is saved in {folder}\n  {name}"
RECEIPT_FAILED = "The receipt could not be saved: {reason}."
RECEIPT_AGAIN = "ctrl+s tries again."

EVENTS_FROM = "From"
EVENTS_TO = "To"
EVENTS_SCHEDULE = "Schedule"
EVENTS_USER = "User"
EVENTS_ALL_SCHEDULES = "all schedules"
EVENTS_EVERYONE = "everyone"
EVENTS_ALL_DAY = "all day"
EVENTS_DAYS = "{count} days"
EVENTS_NO_START = "no start"
EVENTS_ZONE = "Times in {zone}."
EVENTS_ZONE_HERE = "Times in this computer's time zone."
EVENTS_NONE = "No events from {start} to {end}{whose}."
EVENTS_NONE_OF = {
    (False, False): "",
    (True, False): " for this schedule",
    (False, True): " for this user",
    (True, True): " for this schedule and user",
}
EVENTS_IMPORT_OFF = "Import is off for {names}."
EVENTS_UNREAD = "Some calendars of {names} can't be read at the moment, so events may be missing."
EVENTS_BAD_DATE = "“{value}” isn't a date. Write it as year-month-day, like {example}."
EVENTS_BAD_YEAR = "“{value}” can't be listed. Use a year from 0002 to 9998."
EVENTS_ORDER = "The last day is before the first."
CHOICE_FILTER = "part of the name"
CHOICE_NO_MATCH = "Nothing contains “{query}”."
EVENTS_UNTITLED = "(no title)"

EVENTS_ONE = "1 event"
EVENTS_COUNT = "{count} events"
EVENTS_COUNT_MORE = "{events} so far, more below"

RESULT = "{provider} is connected to {schedule}: import {imports}, export {exports}."
STEP_OF = "Step {at} of {of} · {name}"
GIVES_UP = "gives up in {left}"
AGAIN_IN = "tries again in {left}"
STOPPED = "Stopped. Nothing you typed is lost."
STOPPED_UNSURE = "Stopped. It may have been connected all the same; trying again looks first."

LOADING = {
    "start": "Starting the sandbox",
    "site": "Asking Wix",
    "provider": "Reading the providers",
    "connections": "Reading the connections",
    "schedule": "Reading the schedules",
    "credentials": "Connecting",
    "authorize": "Getting a fresh link",
    "review": "Reading the connection",
    "apply": "Applying",
    "done": "Asking for the status",
    "events": "Reading events",
    "disconnect": "Disconnecting",
    "look": "Checking whether it has been connected",
}

LEFT_TITLE = "Continue where you left off?"
LEFT_TEXT = "An earlier run ended on {day} at {time}, at the step “{step}”:\n\n{answers}"
LEFT_GO_ON = "Continue there"
LEFT_AFRESH = "Start over and forget that run"
FOUND_MADE = "Found the connection that was made while the wizard was away: {email}."
FOUND_NONE = "Nothing was connected while the wizard was away."
UNREADABLE_TITLE = "The record of an earlier run can't be read"
UNREADABLE_TEXT = "It is damaged, or from another version of the wizard, and was set aside:\n{path}"
UNREADABLE_GO_ON = "Continue without it"

LEAVE_TITLE = "Leave while a connection is under way?"
LEAVE_TEXT = "The connection may still be made, without you having seen its sync directions."
LEAVE_YES = "Leave"
LEAVE_NO = "Stay"
UNAPPLIED_TITLE = "Leave without applying?"
UNAPPLIED_TEXT = "The sync directions haven't been applied: Wix still has others."
UNRECONNECTED_TITLE = "Leave without reconnecting?"
UNRECONNECTED_TEXT = "What was disconnected to reconnect it stays disconnected, and its directions are forgotten."
REPLACE_TITLE = "What about the connection you have made?"
REPLACE_TEXT = (
    "{provider} is now connected to {schedule}. Disconnecting it also removes the appointments exported to it."
)
REPLACE_DISCONNECT = "Disconnect it and go on"
REPLACE_KEEP = "Keep it and make another"
REPLACE_STAY = "Stay here"

KEY = {
    "choose": "choose",
    "continue": "continue",
    "back": "back",
    "stop": "stop",
    "other_account": "another account",
    "help": "help",
    "leave": "leave",
    "retry": "try again",
    "next_field": "next",
    "connect": "connect",
    "show": "show",
    "hide": "hide",
    "switch": "switch",
    "apply": "apply",
    "filter": "to filter",
    "clear": "clear",
    "paste_box": "paste box",
    "use_pasted": "use pasted",
    "link": "link",
    "open": "open here",
    "copy": "copy",
    "qr": "QR code",
    "no_qr": "hide QR",
    "new_link": "new link",
    "check": "check",
    "fill": "use it",
    "read": "read",
    "receipt": "receipt",
    "connections": "what is connected",
    "review": "review",
    "reconnect": "reconnect",
    "disconnect": "disconnect",
    "scroll": "scroll",
    "close": "close",
    "theme": "light or dark",
}

PAGES = {
    "received": ("You can close this page", "The answer has reached the calendar wizard. Go back to your terminal."),
    "connected": ("The calendar is connected", "You can close this page and go back to your terminal."),
    "reject": ("Access wasn't allowed", "Nothing was connected. In the terminal you can make a new link."),
    "unsupported": (
        "This type of account can't be connected",
        "Nothing was connected. In the terminal you can make a new link and use another account.",
    ),
    "internal": (
        "Something went wrong at the provider",
        "Nothing was connected. In the terminal you can make a new link and try right away.",
    ),
    "unknown": ("That didn't work", "Nothing was connected. The terminal says what you can do."),
}
"""What the browser shows after the redirect: (title, body)."""
