"""Provider: which calendar (List Providers)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import texts, wording
from wizard.domain import Provider
from wizard.tui.step import StepScreen
from wizard.tui.widgets.hints import Hint
from wizard.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.domain import Fault
    from wizard.tui.widgets.picker import Line


class ProviderScreen(StepScreen):
    """A list of the site's providers, each with how it connects and what it can do, in words."""

    state = "provider"
    loads = True

    def content(self) -> ComposeResult:
        """Yield the list."""
        yield Picker[Provider](_draw, key=lambda p: p.id, height=3, gap=1)

    def begin(self) -> None:
        """Read the providers."""
        self.load(self._read, self.session.first_label)

    async def _read(self) -> None:
        if not await self.session.finds_saved():
            self.finish("back")
            return
        providers = await (await self.session.journey()).providers()
        picker = self.query_one(Picker)
        picker.clear()
        picker.extend(providers)
        if self.answers.provider:
            picker.highlight_key(self.answers.provider.id)
        self.loaded()
        picker.focus()

    def refuse(self, fault: Fault) -> None:
        """Offer to sign in anew where the settings' sign-in was refused."""
        if self.session.refused(fault):
            self.can_back = True
        super().refuse(fault)

    def on_picker_chosen(self, event: Picker.Chosen[Provider]) -> None:
        """Answer the provider."""
        self.finish("next", self.answers.with_provider(event.row))

    def hints(self) -> Sequence[Hint]:
        """Choose and continue."""
        return [Hint("↑↓", texts.KEY["choose"], spare=True), Hint("enter", texts.KEY["continue"])]


def _draw(provider: Provider, width: int) -> list[Line]:
    both = wording.in_and_out(provider)
    can = "   ".join(both)
    if len(can) > width:
        can = " · ".join(both)
    return [[(provider.name or texts.UNNAMED, "strong")], wording.connects(provider), [(can, "quiet")]]
