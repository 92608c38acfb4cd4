"""Every fault in words, by its code: what happened, why, what to do, and the exit code that it stands for.

Words in braces are filled in by `explain`: the provider, and what the fault carries.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from wizard.domain import Kind
from wizard.exits import REFUSED, SIGN_IN, TEMPORARY

if TYPE_CHECKING:
    from wizard.domain import Fault


class FaultText(NamedTuple):
    """A fault's words: what happened, why, and the one thing to do next. `exit` is the code the program ends with."""

    what: str
    why: str
    do: str
    exit: int = REFUSED


NO_DETAIL = "Nothing more is known."
AGAIN = "Trying again in {seconds} s."
NO_RETRY_AFTER = "a minute"

FAULTS: dict[str, FaultText] = {
    "bad_credentials": FaultText(
        "{provider} refused this email and password.",
        "It may be mistyped, or the account needs an app password.",
        "Type the password again, or make an app password in the account's security settings.",
    ),
    "wix_sign_in_refused": FaultText(
        "Wix refused the sign-in to the site.",
        "The key, token or app secret is wrong, has expired, or belongs to another site.",
        "Check it in Wix and sign in again.",
        SIGN_IN,
    ),
    "permission_missing": FaultText(
        "The sign-in lacks a permission.",
        "It needs Manage External Calendars and Read Calendar, and the site needs the Wix Bookings app.",
        "Add what is missing in Wix, then try again.",
        SIGN_IN,
    ),
    "premium_missing": FaultText(
        "The site's plan doesn't include connecting calendars.",
        "Wix requires a premium plan for this.",
        "Upgrade the site's plan in Wix, then try again.",
    ),
    "not_supported_by_provider": FaultText(
        "{provider} doesn't support this.",
        "Wix says that this provider can't be connected or set up this way.",
        "Go back and choose another way or another provider.",
    ),
    "not_connected": FaultText(
        "This calendar is no longer connected.",
        "The connection was ended, in Wix or at the provider.",
        "Go back and sign in again.",
    ),
    "already_disconnected": FaultText(
        "The connection had already been ended.", "Someone else may have ended it.", "Go on; nothing is left to do."
    ),
    "not_found": FaultText(
        "Wix no longer knows this.",
        "The schedule or the connection may have been deleted.",
        "Go back and choose again.",
    ),
    "conflict": FaultText(
        "Wix says that this conflicts with something else.",
        "Most often the same calendar is already connected, to this or another schedule.",
        "Choose another schedule or account, or disconnect the other one in Wix first.",
    ),
    "invalid_request": FaultText(
        "Wix didn't accept a value.",
        "{fields}",
        "Correct it and try again.",
    ),
    "rate_limited": FaultText(
        "Too many requests to Wix in a short time.",
        "A site may send 200 a minute.",
        "Wait {retry_after} and try again.",
        TEMPORARY,
    ),
    "server_error": FaultText(
        "Wix has a problem at the moment.", "It is on their side.", "Wait a minute and try again.", TEMPORARY
    ),
    "offline": FaultText(
        "Wix can't be reached.",
        "{detail}",
        "Check the network and the site's address, then try again.",
        TEMPORARY,
    ),
    "bad_certificate": FaultText(
        "The certificate of the site's address isn't trusted.",
        "{detail}",
        "Check the address. Behind a company proxy, name its certificates in SSL_CERT_FILE.",
        TEMPORARY,
    ),
    "proxy_failed": FaultText(
        "The proxy didn't let the request through.",
        "{detail}",
        "Check HTTPS_PROXY and NO_PROXY, then try again.",
        TEMPORARY,
    ),
    "timed_out": FaultText(
        "Wix didn't answer in time.", "The network or Wix is slow.", "Try again in a moment.", TEMPORARY
    ),
    "unreadable_answer": FaultText(
        "Wix's answer can't be read.",
        "Something in between may have answered instead, like a proxy or the network's sign-in page.",
        "Check the site's address and the network, then try again.",
        TEMPORARY,
    ),
    "no_providers": FaultText(
        "The site offers no calendar providers.",
        "The Wix Bookings app may be missing.",
        "Install Wix Bookings on the site, then try again.",
    ),
    "no_schedules": FaultText(
        "The site has no active schedule.",
        "Schedules come with the Wix Bookings app, its staff and its services.",
        "Set up Wix Bookings on the site, then try again.",
    ),
    "no_method": FaultText(
        "{provider} can't be connected from here.",
        "Wix says that it offers neither the browser nor email and password.",
        "Go back and choose another provider.",
    ),
    "maybe_connected": FaultText(
        "It isn't known yet whether that worked.",
        "The request was sent, but no answer came, and Wix can't be asked at the moment.",
        "Try again: the wizard looks first, and sends nothing twice.",
        TEMPORARY,
    ),
    "oauth_reject": FaultText(
        "Access wasn't allowed.",
        "Someone chose not to allow it on {provider}'s page.",
        "Make a new link and allow access there.",
    ),
    "oauth_unsupported": FaultText(
        "{provider} doesn't allow this type of account.",
        "Some school, work or child accounts can't be connected.",
        "Make a new link and sign in with another account.",
    ),
    "oauth_internal": FaultText(
        "Something went wrong on {provider}'s side.",
        "This happens now and then.",
        "Make a new link and try right away. If it happens again, try in this order: the other kind of schedule "
        "(business or staff), a private browser window, another --redirect-url.",
        TEMPORARY,
    ),
    "oauth_unknown": FaultText(
        "{provider} sent the browser back with an error.",
        "It isn't one of the documented ones.",
        "Make a new link and try again.",
    ),
    "oauth_expired": FaultText(
        "Nobody allowed access in time.", "A link works for ten minutes.", "Make a new link.", TEMPORARY
    ),
    "listener_taken": FaultText(
        "The wizard can't listen on the redirect address.",
        "Another program uses the port of --redirect-url.",
        "End that program, or leave --redirect-url out.",
    ),
    "redirect_refused": FaultText(
        "Wix doesn't accept the address the browser should come back to.",
        "It may want one that is registered for the site or the app.",
        "Start again with --redirect-url and such an address; afterwards paste where the browser ended up.",
    ),
    "paste_unreadable": FaultText(
        "That isn't the address the browser ended on.",
        "It should contain connectionId=… or error=….",
        "Copy the whole address from the browser's address bar and paste it here.",
    ),
    "wrong_connection": FaultText(
        "That address belongs to another connection.",
        "Its provider or its schedule is not the one chosen here.",
        "Use the link of this run, or make a new one.",
    ),
    "connection_token_revoked": FaultText(
        "{provider} no longer allows access.",
        "The owner or an administrator has withdrawn it.",
        "Sign in again; the wizard ends the broken connection first.",
    ),
    "connection_calendar_not_created": FaultText(
        "The calendar for appointments could not be made.",
        "{provider} refused to add a calendar to the account.",
        "Make room for one more calendar in the account, then sign in again.",
    ),
    "connection_calendar_deleted": FaultText(
        "The connected calendar was deleted.",
        "It is no longer in the account.",
        "Sign in again; the wizard ends the broken connection first.",
    ),
    "connection_error": FaultText(
        "The connection was made, but doesn't work.",
        "Wix gives no reason.",
        "Sign in again; the wizard ends the broken connection first.",
    ),
    "connection_disconnected": FaultText(
        "The connection was ended.",
        "Someone disconnected it, access was withdrawn, or the schedule's owner has changed.",
        "Sign in again.",
    ),
    "connection_unknown": FaultText(
        "Wix doesn't say whether the connection works.",
        "It gave no status, or one that this version doesn't know.",
        "Try again; if it stays so, look in the Wix dashboard.",
    ),
    "sandbox_failed": FaultText(
        "The sandbox didn't start.",
        "{detail}",
        "Leave with ctrl+c and start “calendar-wizard sandbox” to see why.",
    ),
}

FAULTS_AT: dict[str, tuple[str, ...]] = {
    "site": (),
    "provider": ("no_providers", "sandbox_failed"),
    "connections": (),
    "method": ("no_method",),
    "schedule": ("no_schedules",),
    "credentials": (
        "bad_credentials",
        "maybe_connected",
        "connection_token_revoked",
        "connection_calendar_not_created",
        "connection_calendar_deleted",
        "connection_error",
        "connection_disconnected",
        "connection_unknown",
    ),
    "authorize": (
        "oauth_reject",
        "oauth_unsupported",
        "oauth_internal",
        "oauth_unknown",
        "oauth_expired",
        "paste_unreadable",
        "wrong_connection",
        "listener_taken",
        "redirect_refused",
    ),
    "review": ("not_connected",),
    "done": ("connection_token_revoked", "connection_calendar_not_created", "connection_calendar_deleted"),
    "events": (),
}
"""The faults that are a screen's own; every other one can come from any call to Wix."""

KEYRING: dict[str, FaultText] = {
    "no_keyring": FaultText("No keyring was found.", "Servers, containers and SSH sessions often have none.", ""),
    "not_recommended": FaultText(
        "The only keyring found isn't safe.",
        "It is “{detail}”, which may keep a secret in a plain file.",
        "Leave PYTHON_KEYRING_BACKEND unset, and set up the system's own keyring.",
    ),
    "keeps_nothing": FaultText("The keyring stores nothing.", "It is a dummy for tests.", ""),
    "waits": FaultText(
        "The keyring didn't answer in time.",
        "It may be waiting for somebody to unlock it.",
        "Unlock it and try again.",
        TEMPORARY,
    ),
    "failed": FaultText("The keyring failed.", "All it says is {detail}.", ""),
    "no_note": FaultText("The note beside the keyring can't be changed.", "The system says: {detail}.", ""),
}
"""What `calendar-wizard site` says when the keyring can't be used; then it says how to do without."""

GONE = (
    "not_connected",
    "not_found",
    "connection_token_revoked",
    "connection_calendar_not_created",
    "connection_calendar_deleted",
    "connection_error",
    "connection_disconnected",
)
"""The faults that end a connection."""

COMMANDS: dict[str, FaultText] = {
    "sign_in_missing": FaultText(
        "There is no sign-in to the Wix site.",
        "Neither the environment nor the keyring gave one.",
        "Set WIX_API_KEY and WIX_SITE_ID, or keep a sign-in with 'calendar-wizard site --save'.",
        SIGN_IN,
    ),
    "sign_in_incomplete": FaultText(
        "The sign-in to the Wix site is incomplete.",
        "{detail}",
        "Set what is missing, or keep a sign-in with 'calendar-wizard site --save'.",
        SIGN_IN,
    ),
    "other_account": FaultText(
        "A different account was connected than the one asked for.",
        "It is {fields}",
        "Disconnect it if it shouldn't be there; otherwise ask for that email.",
    ),
    "nothing_to_resume": FaultText(
        "There is nothing to resume on this site.",
        "No run of the last 30 days was cut off here after it had asked Wix for a connection.",
        "Run 'calendar-wizard connect', or 'calendar-wizard' if it was the wizard that was cut off.",
    ),
    "nothing_made": FaultText(
        "That run was cut off before anything was connected.",
        "Passwords aren't kept, so it can't continue by itself.",
        "Run 'calendar-wizard connect' again.",
        TEMPORARY,
    ),
    "connection_broken": FaultText(
        "This connection no longer works.",
        "It was disconnected, or an error has stopped it.",
        "Connect it again with 'calendar-wizard reconnect'.",
    ),
    "output_failed": FaultText(
        "The output can't be written: {detail}",
        "The disk may be full.",
        "Make room, or send it elsewhere.",
    ),
    "primary_only": FaultText(
        "This account has no calendars to choose from.",
        "Its provider shares the events of the primary calendar only.",
        "Nothing needs to be done: 'calendar-wizard sync' switches that calendar on or off.",
    ),
    "email_unknown": FaultText(
        "Wix doesn't say whose account this was.",
        "It knows no email address for it.",
        "Connect the account with the wizard or 'calendar-wizard connect'.",
    ),
}
"""The faults that only commands have."""

APPLE_BAD_CREDENTIALS = FaultText(
    "Apple refused this email and password.",
    "Your usual Apple password does not work here.",
    "Make an app-specific one at account.apple.com, Sign-In and Security, and paste it.",
)


def fault_text(code: str, kind: Kind | None = None) -> FaultText:
    """Return the words for a fault `code`; Apple's refusal says what Apple wants. Unknown codes raise KeyError."""
    if code == "bad_credentials" and kind is Kind.APPLE:
        return APPLE_BAD_CREDENTIALS
    return FAULTS[code] if code in FAULTS else COMMANDS[code]


class Explained(NamedTuple):
    """A fault in words, ready to show: what happened, why, what to do, and the small print for support."""

    what: str
    why: str
    do: str
    small: str

    @property
    def cause(self) -> str:
        """What happened and why, as far as that is known."""
        return self.what if self.why == NO_DETAIL else f"{self.what} {self.why}"

    @property
    def words(self) -> str:
        """All of it for people, in one line."""
        return f"{self.cause} {self.do}"


def _ended(words: str) -> str:
    return words + ("" if words[-1:] in (".", "!", "?", "…", "") else ".")


def _seconds(exact: float) -> str:
    whole = max(1, ceil(exact))
    return f"{whole} second" if whole == 1 else f"{whole} seconds"


def explain(fault: Fault, *, kind: Kind | None = None, provider: str = "") -> Explained:
    """Put a fault into words. `provider` is the chosen one's name, if there is one yet."""
    text = fault_text(fault.code, kind)
    fields = "; ".join(f"{name}: {words}" for name, words in fault.fields) or fault.message
    values = {
        "provider": provider or "The provider",
        "fields": _ended(fields) or NO_DETAIL,
        "detail": _ended(fault.message[:1].upper() + fault.message[1:]) or NO_DETAIL,
        "retry_after": NO_RETRY_AFTER if fault.retry_after is None else _seconds(fault.retry_after),
    }
    small = fault.code + (f" · request {fault.request_id}" if fault.request_id else "")
    what, why, do = (words.format_map(values) for words in (text.what, text.why, text.do))
    return Explained(what, why, do, small)


def pause_words(fault: Fault, seconds: float) -> str:
    """Say why a request is tried again by itself, and in how many seconds."""
    return f"{explain(fault).what} {AGAIN.format(seconds=max(1, round(seconds)))}"
