"""The wizard with a sign-in that `site --save` has kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.stage import SITE_ID, FakeJourney, app_at, at, settled, shown, state_of, text_of, value
from wizard import saved
from wizard.domain import Fault, SignInWay
from wizard.settings import Settings, make_sign_in
from wizard.tui.widgets.bar import Bar
from wizard.tui.widgets.field import SecretLine

if TYPE_CHECKING:
    from tests.keyrings import MemoryKeyring
    from wizard.domain import SignIn
    from wizard.saved import Note
    from wizard.tui.app import WizardApp

KEY = "IST.saved"


@pytest.fixture
def note(memory: MemoryKeyring) -> Note:
    saved.save(make_sign_in(SignInWay.API_KEY, {"site_id": SITE_ID, "api_key": KEY}), Settings().base_url)
    memory.calls = 0
    found = saved.note_for(Settings())
    assert found
    return found


def app_with(note: Note, journey: FakeJourney, used: list[str] | None = None) -> WizardApp:
    def opener(sign_in: SignIn, *_: object) -> FakeJourney:
        if used is not None:
            used.append(sign_in.secret.get_secret_value())
        return journey

    return app_at(None, journey, session={"note": note, "opener": opener})


async def test_it_is_used_without_a_word(note: Note, memory: MemoryKeyring) -> None:
    used: list[str] = []
    app = app_with(note, FakeJourney(), used)
    async with app.run_test() as pilot:
        await at(pilot, "provider")
        assert text_of(app, Bar).endswith("site 6a1f0c52…")
        assert used == [KEY]
        assert memory.calls == 1


@pytest.mark.parametrize("trouble", ["emptied", "failing"])
async def test_a_keyring_without_it_is_no_keyring(note: Note, memory: MemoryKeyring, trouble: str) -> None:
    memory.entries.clear()
    if trouble == "failing":
        memory.work = lambda: 1 / 0
    app = app_with(note, FakeJourney())
    async with app.run_test() as pilot:
        await at(pilot, "site")
        assert "site 6a1f0c52" not in shown(app)


async def test_when_wix_refuses_it_another_can_be_typed(note: Note) -> None:
    app = app_with(note, FakeJourney(faults={"providers": Fault("wix_sign_in_refused")}))
    async with app.run_test() as pilot:
        await at(pilot, "provider")
        await pilot.press("ctrl+b")
        await at(pilot, "site")
        assert value(app, "site_id") == SITE_ID
        assert value(app, "api_key") == ""
        assert app.screen.query_one("#api_key", SecretLine).placeholder == "as saved in the keyring"


async def test_the_keyring_is_left_alone_where_the_settings_sign_in(note: Note, memory: MemoryKeyring) -> None:
    assert note
    app = app_at("provider")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert state_of(app) == "provider"
        assert memory.calls == 0
