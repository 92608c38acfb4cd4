"""The frame: what of the screen a change draws anew, which counts on a slow line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual._compositor import Compositor
from textual.geometry import Region
from textual.widgets import Input

from tests.tui.stage import FakeJourney, app_at, at, focused, settled, shown, text_of, until
from wizard import texts
from wizard.terminal import LEAST_COLUMNS, LEAST_ROWS

if TYPE_CHECKING:
    from wizard.tui.app import WizardApp

Regions = list[Region]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Regions:
    """Every region that is drawn from now on."""
    regions: Regions = []
    render = Compositor.render_update

    def look(self: Compositor, **options: object) -> object:
        regions.extend(self._dirty_regions)
        return render(self, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Compositor, "render_update", look)
    return regions


def region_of(app: WizardApp, selector: str) -> Region:
    return app.screen.query_one(selector).region


async def test_the_next_step_draws_neither_the_whole_screen_nor_the_bar(drawn: Regions) -> None:
    app = app_at("method")
    async with app.run_test() as pilot:
        await settled(pilot)
        drawn.clear()
        await pilot.press("enter")
        await at(pilot, "schedule")
        assert drawn
        assert not [region for region in drawn if region.overlaps(region_of(app, "#bar"))]


async def test_a_focus_that_moves_draws_what_has_had_it_and_what_gets_it(drawn: Regions) -> None:
    app = app_at("credentials")
    async with app.run_test() as pilot:
        await settled(pilot)
        app.screen.query_one("#password", Input).value = "enter connects from both"
        await pilot.pause()
        drawn.clear()
        await pilot.press("tab")
        assert focused(app) == "password"
        fields = {region_of(app, "#email"), region_of(app, "#password")}
        assert set(drawn) == fields


@pytest.mark.parametrize(("state", "line"), [("authorize", "#waiting"), ("done", "#status")])
async def test_nothing_moves_below_a_dialog(state: str, line: str) -> None:
    now, asked = 0.0, 0

    def clock() -> float:
        nonlocal asked
        asked += 1
        return now

    async def two_ticks() -> None:
        enough = asked + 2
        await until(lambda: asked >= enough)

    app = app_at(state, FakeJourney(hangs={"watch"}), session={"clock": clock})
    app.animation_level = "full"
    async with app.run_test() as pilot:
        await settled(pilot)
        before = text_of(app, line)
        await pilot.press("f1")
        now = 100.25
        await two_ticks()
        await pilot.press("escape")
        assert text_of(app, line) == before
        await until(lambda: text_of(app, line) != before)


@pytest.mark.parametrize(
    ("state", "label"),
    [("site", "Site ID In the dashboard's URL, after /dashboard/"), ("authorize", texts.PASTE_LABEL)],
)
async def test_a_label_longer_than_the_window_goes_on_in_the_next_line(state: str, label: str) -> None:
    app = app_at(state)
    async with app.run_test(size=(LEAST_COLUMNS, LEAST_ROWS)) as pilot:
        await settled(pilot)
        await pilot.press("tab")
        await pilot.pause()
        assert label in " ".join(shown(app).split())
