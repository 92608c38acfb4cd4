"""`calendar-wizard site`: saves the sign-in to a site, or forgets it. A front of plain lines, for any terminal.

Questions and failures go to standard error, what was done goes to standard output.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from wizard import fault_texts, report, saved, texts
from wizard.answers import Answers
from wizard.console import command_texts
from wizard.domain import Fault, SignInWay
from wizard.exits import UsageError
from wizard.inert import inert
from wizard.plain import site
from wizard.plain.lines import standard_lines
from wizard.plain.questions import Leave, Questions
from wizard.running import run, say, say_pause
from wizard.settings import make_sign_in

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
        return _say_why(error, command_texts.SAVE_INSTEAD)
    sign_in = chosen.sign_in() or run(_asked(chosen))
    say(texts.LOADING["site"] + "…")
    try:
        run(_check(sign_in, chosen.base_url))
    except Fault as fault:
        say(command_texts.NOT_SAVED.format(why=report.as_words(Answers(), fault)))
        return report.exit_code(fault)
    try:
        keyring = saved.save(sign_in, chosen.base_url)
    except saved.KeyringError as error:
        return _say_why(error, command_texts.SAVE_INSTEAD)
    whose = command_texts.SAVED_INSTANCE if sign_in.way is SignInWay.APP else command_texts.SAVED_SITE
    print(
        command_texts.SAVED.format(
            way=texts.SITE_WAY[sign_in.way],
            whose=whose.format(id=inert(sign_in.site_id or sign_in.instance_id)),
            address=chosen.base_url,
            keyring=inert(keyring),
        )
    )
    if sign_in.way is SignInWay.ACCESS_TOKEN:
        say(command_texts.SAVED_SHORT_LIVED)
    return 0


def forget() -> int:
    """Remove what was saved and say so, also if there was nothing; return the exit code."""
    try:
        print(command_texts.FORGOTTEN if saved.forget() else command_texts.NOTHING_SAVED)
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


async def _asked(chosen: Settings) -> SignIn:
    """Ask for the way of signing in, and for what the settings leave open."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(command_texts.SAVE_NEEDS_TERMINAL)
    questions = Questions(standard_lines())
    questions.help = texts.STATES["site"].help
    found: list[SignIn] = []

    async def use(way: SignInWay, values: dict[str, str]) -> None:
        found.append(make_sign_in(way, values))

    try:
        await site.ask_sign_in(questions, lambda name: site.known_from(chosen, name), use)
    except Leave:
        raise EOFError from None
    return found[0]


def _say_why(error: saved.KeyringError, instead: str = "") -> int:
    text = fault_texts.KEYRING[error.code]
    words = (text.what, text.why.format(detail=inert(error.detail)), text.do, instead)
    say("calendar-wizard: " + " ".join(word for word in words if word))
    return text.exit
