"""Faults that the site makes on purpose: which there are, how they are written, and which call they hit next.

A fault is written CALL=KIND, for every call of that name, or CALL=KIND*N, for the first N. Several for one call come
one after the other. A fault hits whatever the sign-in and the rate limit would say; only kinds that do the call's work
meet those. Kinds that change the answer leave one that is no success as it is, and it counts as a call all the same.

"Work" is what the call is for; without it nothing has changed on the site. `faulty.py` carries the kinds out.

| kind | what the caller gets | work |
|---|---|---|
| BAD_CREDENTIALS | 401 with that application code, as documented | no |
| PREMIUM_FEATURE_NOT_ENABLED | 403 with that application code | no |
| NOT_SUPPORTED_BY_PROVIDER | 428 with that application code | no |
| CONNECTION_NOT_CONNECTED | 428 with that application code | no |
| CONNECTION_ALREADY_DISCONNECTED | 428 with that application code | no |
| 400 | a validation error with one field violation | no |
| 401 | the Wix sign-in is not accepted | no |
| 403 | a permission is missing | no |
| 404 | nothing of that name | no |
| 409 | a conflict | no |
| 428 | a precondition failed, with an undocumented code | no |
| expired-token | 401, and that access token stays refused (an API key does not) | no |
| expired-token of `token` | an access token that is refused | yes |
| 429 | too many requests, without Retry-After | no |
| 429-retry-after | the same with Retry-After: 2 | no |
| 500, 501, 502, 503, 504 | that status with an empty body | no |
| 500-json, 501-json, 502-json, 503-json, 504-json | the same with a JSON body | no |
| 500-html, 501-html, 502-html, 503-html, 504-html | the same with a page of HTML | no |
| 503-after, 504-after | that status with an empty body | yes |
| slow | the true answer after 3 seconds | yes |
| drip | the true answer, a byte every 0.01 seconds | yes |
| hang | nothing for 120 seconds, then a reset | no |
| hang-after | the same | yes |
| reset-before | a TCP reset instead of an answer | no |
| reset-during | the headers and half of the body, then a TCP reset | yes |
| reset-after | a TCP reset instead of an answer | yes |
| cut | the end of the connection, 64 bytes short of what Content-Length says | yes |
| empty-body | 200 with nothing in it | yes |
| invalid-json | the first half of the true body, as if it were all | yes |
| empty-object | {} | yes |
| not-an-object | [] | yes |
| wrong-types | the answer's fields are of other types: [] for objects, 7 for strings, null for lists | yes |
| wrong-types-inside | the same one level further in | yes |
| huge | the true answer and a field of 33 MiB | yes |
| unknown-enums | NEW_VALUE for every enum value | yes |
| nulls | null for every field but ids, times, tokens and the consent page's address | yes |
| extra-fields | the true answer with an unknown field in every object | yes |
| endless-cursor | always one more page: the first again, under the same cursor (query-schedules, list-events) | yes |
| fresh-cursors | the same under a new cursor each time | yes |
| 302 | a redirect to another host | no |
"""

import asyncio
import re
import textwrap
from argparse import ArgumentTypeError
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

CALLS = (
    "list-providers",
    "query-schedules",
    "connect-by-credentials",
    "connect-by-oauth",
    "get-connection",
    "list-connections",
    "list-calendars",
    "update-sync-config",
    "disconnect",
    "list-events",
    "token",
)
"""The calls by their names in the REST reference, and the app's request for an access token."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "refused": (
        *("BAD_CREDENTIALS", "PREMIUM_FEATURE_NOT_ENABLED", "NOT_SUPPORTED_BY_PROVIDER"),
        *("CONNECTION_NOT_CONNECTED", "CONNECTION_ALREADY_DISCONNECTED"),
        *("400", "401", "403", "404", "409", "428", "expired-token", "429", "429-retry-after"),
    ),
    "failed": (
        *(f"{status}{body}" for body in ("", "-json", "-html") for status in (500, 501, 502, 503, 504)),
        *("503-after", "504-after"),
    ),
    "late": ("slow", "drip", "hang", "hang-after"),
    "cut off": ("reset-before", "reset-during", "reset-after", "cut"),
    "unreadable": (
        *("empty-body", "invalid-json", "empty-object", "not-an-object"),
        *("wrong-types", "wrong-types-inside", "huge", "302"),
    ),
    "odd": ("unknown-enums", "nulls", "extra-fields", "endless-cursor", "fresh-cursors"),
}
"""Every kind, under a word for what it does."""
KINDS = tuple(kind for group in GROUPS.values() for kind in group)

PAGED_CALLS = ("query-schedules", "list-events")
PAGED_KINDS = ("endless-cursor", "fresh-cursors")

MOST_CALLS = 9999
LONGEST_LATENCY = 60


class UnknownFaultError(ArgumentTypeError):
    """A fault or latency that there isn't; the message lists what there is. argparse passes it on to the person."""


@dataclass
class Rule:
    """One fault: what happens to a call, and to how many more of it (None: to all)."""

    call: str
    kind: str
    left: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """Read CALL=KIND or CALL=KIND*N.

        Raises:
            UnknownFaultError: there is no such call or kind, they do not go together, or N is no number from 1 to 9999.

        """
        call, equals, rest = text.partition("=")
        kind, star, number = rest.partition("*")
        if not equals:
            raise UnknownFaultError(f"{text!r} is no fault; give CALL=KIND, or CALL=KIND*N for the first N calls")
        if call not in CALLS:
            raise UnknownFaultError(f"there is no call {call!r}; there are {', '.join(CALLS)}")
        if kind not in KINDS:
            raise UnknownFaultError(f"there is no kind {kind!r}; there are {', '.join(KINDS)}")
        if kind in PAGED_KINDS and call not in PAGED_CALLS:
            raise UnknownFaultError(f"{kind} goes with {' and '.join(PAGED_CALLS)} only")
        if star and not (re.fullmatch(r"[0-9]{1,4}", number) and int(number)):
            raise UnknownFaultError(f"{number!r} is no number of calls; give one from 1 to {MOST_CALLS}")
        return cls(call, kind, int(number) if star else None)


def parse_latency(text: str) -> float:
    """Read a latency in seconds.

    Raises:
        UnknownFaultError: it is no number from 0 to 60.

    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= LONGEST_LATENCY:  # also false for nan
        raise UnknownFaultError(f"{text!r} is no latency; give seconds from 0 to {LONGEST_LATENCY}")
    return seconds


class Faults:
    """The faults still to come, of one process; they may be changed while the site runs.

    `latency` is how much later, in seconds, every API answer begins. `sleep` is how the site waits on purpose. Used in
    the event loop's thread only, and without a break between looking and counting, so every call is counted once.
    """

    def __init__(self, rules: Iterable[Rule] = (), latency: float = 0.0) -> None:
        self.latency = latency
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
        self._rules = list(rules)
        self._expired: set[str] = set()

    @classmethod
    def parse(cls, texts: Iterable[str], latency: float = 0.0) -> "Faults":
        """Read the faults in `texts`.

        Raises:
            UnknownFaultError: one of them does not exist.

        """
        return cls([Rule.parse(text) for text in texts], latency)

    def add(self, *texts: str) -> None:
        """Let these faults come after those that are there.

        Raises:
            UnknownFaultError: one of them does not exist; none is added then.

        """
        self._rules += [Rule.parse(text) for text in texts]

    def clear(self) -> None:
        """Let all be well from here on: no faults, no latency, no access token that is refused."""
        self._rules.clear()
        self._expired.clear()
        self.latency = 0.0

    def take(self, call: str) -> str | None:
        """Count one call of that name; return the kind of fault that hits it, or None."""
        rule = next((one for one in self._rules if one.call == call), None)
        if rule is None:
            return None
        if rule.left is not None:
            rule.left -= 1
            if not rule.left:
                self._rules.remove(rule)
        return rule.kind

    def expire(self, token: str) -> None:
        """Refuse an access token from here on."""
        self._expired.add(token)

    def has_expired(self, token: str) -> bool:
        """Say whether `expire` was called for that access token."""
        return token in self._expired


@dataclass
class Served:
    """One API call that came, for tests that count. `status` is None until an answer has begun, or if none ever does.

    `done` says whether the call's work was done, whatever was answered then.
    """

    call: str
    fault: str | None
    status: int | None = None
    done: bool = False


def describe() -> str:
    """Return the calls and the kinds for a help text of 79 columns."""
    rows = {"CALL": CALLS, "KIND": ()} | {f"  {name}": kinds for name, kinds in GROUPS.items()}
    lines = [
        textwrap.fill(
            " ".join(names),
            width=79,
            initial_indent=f"  {title:<14}",
            subsequent_indent=" " * 16,
            break_on_hyphens=False,
        )
        or f"  {title}"
        for title, names in rows.items()
    ]
    head = "faults (CALL=KIND for every call, CALL=KIND*N for the first N; may be repeated):"
    return "\n".join([head, *lines])
