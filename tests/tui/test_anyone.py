"""Anyone: somebody presses any key, clicks anywhere, pastes anything, resizes the window, while Wix fails as it likes.

The real app over the real journey and client, on a site on paper. Whatever happens: nothing crashes, every screen has
a way on or back, what was answered is still there after going back, and no account is connected twice. Once the faults
are over, a person who means well gets to the end from wherever this one has stopped.

For an hour without people, some 20,000 steps:

    pytest -n 0 --hypothesis-profile=long tests/tui/test_anyone.py
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import ExitStack, chdir, suppress
from functools import partial
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from textual import events
from textual.screen import ModalScreen
from textual.widgets import Input

from tests.examples import TEXT
from tests.line import Hasty
from tests.sites import NO_CERTIFICATES, ExternalAccount, paper_site
from tests.tui.loop import QuietLoop
from tests.tui.stage import click_at, phase_of, press_in_one_go, until
from wizard import fault_texts, texts, wix
from wizard.domain import SignIn, SignInWay, Status
from wizard.front.session import Pace, Session
from wizard.journey import Journey
from wizard.sandbox import connecting
from wizard.sandbox.errors import ApiError
from wizard.sandbox.faults import CALLS, KINDS, PAGED_CALLS, PAGED_KINDS
from wizard.sandbox.providers import APPLE, PROVIDERS
from wizard.sandbox.schedules import schedule_named, schedules
from wizard.settings import Settings
from wizard.tui.app import WizardApp
from wizard.tui.screens.review import ReviewStep
from wizard.tui.step import Phase
from wizard.tui.widgets.dialog import Ask
from wizard.tui.widgets.hints import of_step
from wizard.tui.widgets.link import Link
from wizard.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from textual.pilot import Pilot

    from wizard.front.outcome import Ending
    from wizard.tui.step import Step

KEYS = (
    *("enter", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "space"),
    *("escape", "backspace", "ctrl+b", "ctrl+r", "ctrl+s", "ctrl+c", "f1", "question_mark", "f2", "f3"),
    *("n", "o", "c", "r", "d", "q"),
)
FAULTS = [f"{call}={kind}" for call in CALLS for kind in KINDS if kind not in PAGED_KINDS or call in PAGED_CALLS]
FAR = st.integers(0, 6)
DECISIONS = ("allow", "reject", "unsupported", "internal")
WAYS_HOME = ("listener", "paste", "poll")
POLL_SECONDS = 0.05
STEP_OF_THE_CLOCK = 20.0
"""How many seconds of the site's time a step takes: its limit of 200 requests a minute is met, but not often."""
WANTED = schedule_named("Dana Levi")
STEPS_TO_DONE = 60
"""How many steps a person who means well needs at most, from anywhere."""


class Anyone(RuleBasedStateMachine):
    """One person after the other at the same site; after each step all has to be as it must."""

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self._open.enter_context(chdir(self._open.enter_context(TemporaryDirectory())))  # for receipts
        self._site = self._open.enter_context(paper_site())
        self._inside = self._site.site
        self._runner = self._open.enter_context(asyncio.Runner(loop_factory=QuietLoop))
        self._browsers: list[asyncio.Task[None]] = []
        self._given_up: set[str] = set()  # connections that the person, not the wizard, has left standing
        self._allowed: set[str] = set()  # connections made on the consent page, one for each link
        self._held = ""
        self._turns_back = False
        self._app: WizardApp | None = None

    # The person comes and goes

    @initialize(knows_site=st.booleans(), curious=st.booleans(), favourite=st.sampled_from(sorted(PROVIDERS)), far=FAR)
    def come(self, knows_site: bool, curious: bool, favourite: str, far: int) -> None:
        """Begin a run, and go so many steps without dallying; the curious look at what is connected first."""
        self._come_again = partial(self.come, knows_site, curious, favourite, far)
        known = {"site_id": self._site.site_id, "api_key": self._site.api_key} if knows_site else {}
        session = Session(
            Settings(base_url=self._site.url, known=known),
            clock=lambda: 0.0,
            open_browser=lambda _: False,
            pace=Pace(appear=0, stay=0),
            opener=self._journey,
        )
        self._held = ""
        self._given_up |= {one.id for one in self._inside.store.connections()}
        self._app = WizardApp(session)
        self._app.animation_level = "none"
        self._stage = self._app.run_test()
        self._pilot: Pilot[Ending] = self._do(self._stage.__aenter__())
        self._favourite, self._curious = favourite, curious
        self._settle()
        for _ in range(far):
            self._answer_well()

    def _journey(self, sign_in: SignIn, base_url: str, *_: object) -> Journey:
        auth: wix.Auth = wix.ApiKey(sign_in.secret, sign_in.site_id)
        if sign_in.way is SignInWay.ACCESS_TOKEN:
            auth = wix.AccessToken(sign_in.secret, sign_in.site_id)
        elif sign_in.way is SignInWay.APP:
            auth = wix.App(sign_in.app_id, sign_in.secret, sign_in.instance_id)
        return Journey(wix.Client(auth, base_url=base_url, transport=Hasty(self._site)), poll_seconds=POLL_SECONDS)

    def _leave(self) -> None:
        if self._app is not None:
            self._app = None
            self._do(self._stage.__aexit__(None, None, None))

    def teardown(self) -> None:
        """See that the end can be reached from here, and leave."""
        try:
            if self._app is not None and not self._over:
                self._reach_the_end()
            self._leave()
        finally:
            for browser in self._browsers:
                browser.cancel()
            self._do(asyncio.wait(self._browsers) if self._browsers else asyncio.sleep(0))
            self._open.close()

    def _be_there(self) -> None:
        """Come again where the last run is over.

        No rule has a precondition: what there is to draw must not depend on how soon something comes home.
        """
        if self._over:
            self._leave()
            self._come_again()

    # What the person and the world do

    @rule(key=st.sampled_from(KEYS))
    def press(self, key: str) -> None:
        self._be_there()
        before, at = self._step.partial(), self._step.state
        goes_back = key == "ctrl+b" and not self._dialog and self._step.can_back
        gone = self._step.fault is not None and self._step.fault.code in fault_texts.GONE
        self._press(key)
        if goes_back and not self._over and self._step.state != at:
            after = self._step.answers
            assert (after.provider, after.method, after.schedule) == (before.provider, before.method, before.schedule)
            assert (after.email, after.connection and after.connection.id) == (
                before.email,
                None if gone and at == "review" else before.connection and before.connection.id,
            )

    @rule(keys=st.lists(st.sampled_from(KEYS), min_size=2, max_size=4))
    def press_in_one_go(self, keys: list[str]) -> None:
        self._be_there()
        self._do(press_in_one_go(self._pilot, *keys))
        self._settle()

    @rule(x=st.integers(0, 79), y=st.integers(0, 23), times=st.integers(1, 3))
    def click(self, x: int, y: int, times: int) -> None:
        self._be_there()
        columns, rows = self._running.size  # no terminal knows of a click anywhere else
        self._do(click_at(self._pilot, x % columns, y % rows, times))
        self._settle()

    @rule(text=st.text("abc-@.10", min_size=1, max_size=3))
    def type(self, text: str) -> None:
        self._be_there()
        self._press(*text)

    @rule(
        text=TEXT | st.sampled_from(["?connectionId=x", "error=reject", "https://a.example/?connectionId=" + "a" * 170])
    )
    def paste(self, text: str) -> None:
        self._be_there()
        self._paste(text)

    @rule(columns=st.integers(1, 130), rows=st.integers(1, 50))
    def resize(self, columns: int, rows: int) -> None:
        self._be_there()
        self._resize(columns, rows)

    @rule(fault=st.sampled_from(FAULTS), times=st.integers(1, 3))
    def fail(self, fault: str, times: int) -> None:
        self._inside.faults.add(f"{fault}*{times}")

    @rule()
    def mend(self) -> None:
        self._inside.faults.clear()

    @rule()
    def answer(self) -> None:
        self._be_there()
        self._answer_well()

    @rule(decision=st.sampled_from(DECISIONS), home=st.sampled_from(WAYS_HOME))
    def decide(self, decision: str, home: str) -> None:
        self._be_there()
        if self._link:
            self._decide(decision, home)

    # What must hold

    def _settle(self) -> None:
        """Wait until nothing is under way, and look whether all is as it must be."""
        self._site.clock.advance(STEP_OF_THE_CLOCK)
        self._do(self._until_still())
        app = self._running
        assert app._exception is None  # noqa: SLF001 - where Textual keeps a crash until the end
        if not self._over:
            self._has_a_way()
        self._connects_once()

    async def _until_still(self) -> None:
        await self._pilot.pause()
        if not self._over:
            await until(lambda: self._over or (self._step.is_mounted and self._still))
            await self._pilot.pause()

    @property
    def _still(self) -> bool:
        step = self._step
        stops = any(hint.label == texts.KEY["stop"] for hint in step.all_hints())
        return phase_of(self._pilot) is not Phase.LOADING and not stops

    def _has_a_way(self) -> None:
        if self._dialog:
            return
        step, focused = self._step, self._running.focused
        assert focused is None or step in focused.ancestors_with_self
        actions = {hint.action for hint in step.all_hints()}
        assert "app.leave" in actions
        if step.phase is Phase.FAILED:
            assert actions & {of_step("retry"), of_step("back")}, step.fault
        if step.fault and step.fault.code != "no_method":
            assert step.phase is Phase.READY or of_step("retry") in actions, step.fault

    def _connects_once(self) -> None:
        """No account stands twice on a schedule, unless the person has left one standing and connected it again."""
        step = self._running.step if not self._over else None
        held = step.answers.connection.id if step and step.answers.connection else ""
        if self._held and self._held != held:
            self._given_up.add(self._held)
        self._held = held
        rows = self._inside.store.connections()
        standing = [one for one in rows if one.connected and one.id not in self._given_up | self._allowed]
        twice = [each for each, times in Counter((one.email, one.schedule_id) for one in standing).items() if times > 1]
        assert not twice

    # Where it stands

    @property
    def _running(self) -> WizardApp:
        assert self._app is not None
        return self._app

    @property
    def _over(self) -> bool:
        return self._app is None or not self._app.is_running or self._app.flow().is_over

    @property
    def _step(self) -> Step:
        return self._running.step

    @property
    def _dialog(self) -> ModalScreen[Any] | None:
        screen = self._running.screen
        return screen if isinstance(screen, ModalScreen) else None

    @property
    def _link(self) -> str:
        """The consent link on the screen, or nothing."""
        if self._step.state != "authorize" or self._step.phase is not Phase.READY:
            return ""
        return self._step.query_one(Link).url

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    # What people do

    def _press(self, *keys: str) -> None:
        self._do(self._pilot.press(*keys))
        self._settle()

    def _paste(self, text: str) -> None:
        self._running.post_message(events.Paste(text))
        self._settle()

    def _resize(self, columns: int, rows: int) -> None:
        self._do(self._pilot.resize_terminal(columns, rows))
        self._settle()

    def _decide(self, decision: str, home: str) -> None:
        """Decide on the consent page, and let it be known here in one of three ways."""
        consent = self._inside.store.consent(self._link.rpartition("/")[2])
        assert consent is not None
        if not self._inside.store.use_consent(consent.token):  # and nobody has come home with it
            self._step.query_one(Link).focus()
            self._press("n")
            return
        came = f"error={decision}"
        if decision == "allow":
            provider, schedule = PROVIDERS[consent.provider_id], schedules()[consent.schedule_id]
            account = self._inside.store.account(self._account.email)
            assert account is not None
            try:
                made = connecting.connect(self._inside, provider, schedule, account)
            except ApiError:
                came = "error=internal"
            else:
                self._allowed.add(made.id)
                came = f"connectionId={quote(made.id, safe='')}"
        address = f"{consent.redirect_url}?{came}"
        if home == "listener":
            self._browsers.append(self._do(_start(_browse(address))))
            self._do(asyncio.sleep(POLL_SECONDS))
        elif home == "paste":
            self._paste(address)
            self._press("enter")
            return
        else:
            self._do(asyncio.sleep(2 * POLL_SECONDS))
        self._settle()

    # The person who means well

    @property
    def _account(self) -> ExternalAccount:
        """Dana's account at the chosen provider."""
        chosen = self._step.answers.provider
        return self._site.account(PROVIDERS[chosen.id].name if chosen else "Apple")

    def _fill(self, **values: str) -> None:
        for name, value in values.items():
            field = self._step.query_one(f"#{name}", Input)
            field.value = value
            field.focus()
        self._press("enter")

    def _answer_well(self) -> None:
        """Do what the screen asks for."""
        if self._over:
            return
        if self._dialog:
            self._press("up", "enter")
        elif self._step.fault and self._step.phase is Phase.FAILED:
            can_retry = any(hint.key == "ctrl+r" for hint in self._step.all_hints())
            self._press("ctrl+r" if can_retry else "ctrl+b")
        else:
            getattr(self, f"_at_{self._step.state}", lambda: self._press("enter"))()

    def _at_site(self) -> None:
        self._step.query_one("#ways", Picker).highlight_key(SignInWay.API_KEY)
        self._do(self._pilot.pause())
        self._fill(site_id=self._site.site_id, api_key=self._site.api_key)

    def _at_provider(self) -> None:
        if self._curious and any(hint.key == "c" for hint in self._step.all_hints()):
            self._curious = False
            self._press("c")
        else:
            self._step.query_one(Picker).highlight_key(self._favourite)
            self._press("enter")

    def _at_credentials(self) -> None:
        if self._step.phase is Phase.NEEDLESS:
            self._press("enter")
        else:
            self._fill(email=self._account.email, password=self._account.password)

    def _at_authorize(self) -> None:
        if self._step.phase is Phase.NEEDLESS:
            self._press("enter")
        else:
            self._decide("allow", "paste")

    def _at_schedule(self) -> None:
        """Choose where the account stands already, for it can't stand elsewhere as well; else Dana's schedule."""
        rows = self._inside.store.connections()
        there = [one.schedule_id for one in rows if one.connected and one.email == self._account.email]
        self._step.query_one("#filter", Input).value = ""
        self._do(self._pilot.pause())
        self._step.query_one(Picker).highlight_key(there[0] if there else WANTED.id)
        self._press("enter")

    def _at_review(self) -> None:
        assert isinstance(self._step, ReviewStep)
        sync = self._step._sync  # noqa: SLF001 - what the switches show
        if sync.imports and sync.calendars == ():
            self._step.action_switch("import")
        self._press("enter")

    def _mean_well(self) -> None:
        """Do what leads on; where the account is connected already, another provider does."""
        step, fault = self._step, self._step.fault
        if step.state in ("site", "provider"):
            self._turns_back = False
        elif fault and fault.code in ("conflict", "oauth_internal"):
            self._turns_back = True
        gone = fault is not None and fault.code in fault_texts.GONE and step.can_back
        if isinstance(self._dialog, Ask):
            self._dialog.query_one(Picker).highlight_key("disconnect")
            self._press("enter")
        elif self._dialog:
            self._press("escape")
        elif self._turns_back or gone or step.state in ("connections", "events"):
            self._press("ctrl+b")
        elif fault and step.only_retry:
            self._press("ctrl+r")
        else:
            self._answer_well()

    def _reach_the_end(self) -> None:
        self._inside.faults.clear()
        self._favourite, self._curious = APPLE.id, False
        self._resize(80, 24)
        way = []
        while not self._over and not self._connected:
            way.append((self._step.state, self._step.fault and self._step.fault.code, str(self._dialog)))
            assert len(way) < STEPS_TO_DONE, way
            self._mean_well()

    @property
    def _connected(self) -> bool:
        """Whether this is the end, with a connection that stands."""
        made = self._step.answers.connection
        return self._step.state == "done" and made is not None and made.status is Status.SYNCED and not self._dialog


async def _start(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(work)


async def _browse(address: str) -> None:
    """Be the browser on its way back; who isn't awaited any more gets no page."""
    with suppress(httpx.HTTPError):
        async with httpx.AsyncClient(trust_env=False, verify=NO_CERTIFICATES) as browser:
            await browser.get(address)


@pytest.mark.hypothesis
def test_anyone_gets_to_the_end() -> None:
    asked = settings.get_profile(settings.get_current_profile_name())
    few = settings(asked, max_examples=asked.max_examples // 16, suppress_health_check=[HealthCheck.too_slow])
    run_state_machine_as_test(Anyone, settings=few)
