"""`calendar-wizard site`: saves the sign-in to a site, or forgets it. A front of plain lines, for any terminal.

Questions and failures go to standard error, what was done goes to standard output.
"""

from __future__ import annotations

import asyncio
import sys
import warnings
from getpass import GetPassWarning, getpass
from typing import TYPE_CHECKING

from wizard import fault_texts, report, saved, texts
from wizard.answers import Answers
from wizard.domain import Fault, SignInWay
from wizard.exits import UsageError
from wizard.inert import inert
from wizard.running import say, say_pause
from wizard.settings import NEEDS, SECRETS, make_sign_in, problem

if TYPE_CHECKING:
    from wizard.domain import SignIn
    from wizard.settings import Settings

CHECK_SECONDS = 60.0
"""How long Wix may take to accept the sign-in, with all that is tried again."""


def save(chosen: Settings) -> int:
    """Save what the settings sign in with, or what the person types, once Wix has accepted it; return the exit code.

    Raises `UsageError` where something has to be asked and there is no terminal, EOFError and KeyboardInterrupt when
    the person leaves.
    """
    try:
        saved.look()  # before anything is typed in vain
    except saved.KeyringError as error:
        return _say_why(error, texts.SAVE_INSTEAD)
    sign_in = chosen.sign_in() or _asked(chosen)
    say(texts.LOADING["site"] + "…")
    try:
        asyncio.run(_check(sign_in, chosen.base_url))
    except Fault as fault:
        say(texts.NOT_SAVED.format(why=report.as_words(Answers(), fault)))
        return report.exit_code(fault)
    try:
        keyring = saved.save(sign_in, chosen.base_url)
    except saved.KeyringError as error:
        return _say_why(error, texts.SAVE_INSTEAD)
    whose = texts.SAVED_INSTANCE if sign_in.way is SignInWay.APP else texts.SAVED_SITE
    print(
        texts.SAVED.format(
            way=texts.SITE_WAY[sign_in.way],
            whose=whose.format(id=inert(sign_in.site_id or sign_in.instance_id)),
            address=chosen.base_url,
            keyring=inert(keyring),
        )
    )
    if sign_in.way is SignInWay.ACCESS_TOKEN:
        say(texts.SAVED_SHORT_LIVED)
    return 0


def forget() -> int:
    """Remove what was saved and say so, also if there was nothing; return the exit code."""
    try:
        print(texts.FORGOTTEN if saved.forget() else texts.NOTHING_SAVED)
    except saved.KeyringError as error:
        return _say_why(error)
    return 0


async def _check(sign_in: SignIn, base_url: str) -> None:
    """See whether Wix accepts it. Raises `Fault`."""
    from wizard.journey import open_journey

    journey = open_journey(sign_in, base_url, say_pause)
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await journey.check()
    except TimeoutError:
        raise Fault("timed_out") from None
    finally:
        await journey.close()


def _asked(chosen: Settings) -> SignIn:
    """Ask for the way of signing in, and for what the settings leave open."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(texts.SAVE_NEEDS_TERMINAL)
    way = _way_asked()
    return make_sign_in(way, {name: _value_known(chosen, name) or _value_asked(name) for name in NEEDS[way]})


def _way_asked() -> SignInWay:
    ways = list(SignInWay)
    say(texts.SAVE_WAY)
    for number, way in enumerate(ways, 1):
        say(f"  {number}  {texts.SITE_WAY[way]}")
    numbers = {str(number): way for number, way in enumerate(ways, 1)}
    while True:
        answer = _line(texts.SAVE_NUMBER) or "1"
        if answer in numbers:
            return numbers[answer]
        say(texts.SAVE_NO_NUMBER.format(last=len(ways)))


def _value_known(chosen: Settings, name: str) -> str:
    """Return what the settings know, and say so; of a secret only where it is from."""
    value = chosen.known.get(name, "")
    if value:
        shown = texts.SITE_FROM_ENVIRONMENT.format(variable=chosen.sources[name]) if name in SECRETS else inert(value)
        say(f"{texts.SITE_FIELD[name][0]}: {shown}")
    return value


def _value_asked(name: str) -> str:
    label, where = texts.SITE_FIELD[name]
    while True:
        if name in SECRETS:
            value = _unseen(texts.SAVE_SECRET.format(label=label, where=where))
        else:
            value = _line(texts.SAVE_FIELD.format(label=label, where=where))
        said = problem(name, value)
        if not said:
            return value
        say(said)


def _line(prompt: str) -> str:
    print(prompt, end="", file=sys.stderr, flush=True)  # input() would write it to standard output
    return input().strip()


def _unseen(prompt: str) -> str:
    with warnings.catch_warnings():
        # It would go on and show what is typed.
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(prompt).strip()
        except GetPassWarning:
            raise UsageError(texts.SAVE_NEEDS_TERMINAL) from None


def _say_why(error: saved.KeyringError, instead: str = "") -> int:
    text = fault_texts.KEYRING[error.code]
    words = (text.what, text.why.format(detail=inert(error.detail)), text.do, instead)
    say("calendar-wizard: " + " ".join(word for word in words if word))
    return text.exit
