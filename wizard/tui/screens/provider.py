"""Provider: which calendar (List Providers); behind the list, what is connected already (List Connections)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from wizard import texts
from wizard.domain import Fault, Provider, Status, without_replaced
from wizard.front import wording
from wizard.tui.step import Phase, Step
from wizard.tui.widgets.hints import Hint, of_step
from wizard.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.tui.widgets.picker import Line

# An ended connection may have been meant to end, so it alarms nobody.
_TROUBLE = (
    (Status.ERROR, ("!", "$warning")),
    (Status.DISCONNECTED, ("○", "$warning")),
    (Status.UNKNOWN, ("?", "$quiet")),
)


class ProviderStep(Step):
    """A list of the site's providers, each with how it connects and what it can do, in words."""

    state = "provider"
    loads = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "connections", show=False)]

    def compose(self) -> ComposeResult:
        """Yield the list."""
        self._offers_connections = False
        yield Picker[Provider](_draw, key=lambda p: p.id, height=3, gap=1)

    def begin(self) -> None:
        """Read the providers; those seen before are shown meanwhile."""
        if seen := self.session.seen.get(self.state):
            self._show(seen)
            self.read_behind(self._read_again)
        else:
            self.load(self._read, self.session.first_label)

    async def _read(self) -> None:
        if not await self.session.finds_saved():
            self.finish("back")
            return
        self._show(await (await self.session.journey()).providers())

    def _show(self, providers: list[Provider]) -> None:
        self.session.seen[self.state] = providers
        picker = self.query_one(Picker)
        picker.clear()
        picker.extend(providers)
        if self.answers.provider:
            picker.highlight_key(self.answers.provider.id)
        self.loaded()
        self.focus_on(picker)
        # Not as "work": who only wants to connect a calendar needn't wait for it.
        self.run_in("look", self._look)

    async def _look(self) -> None:
        """Say what is connected already, if anything is; where that fails, the list of it can still be asked for."""
        try:
            found = without_replaced(await (await self.session.journey()).connections())
        except Fault:
            self._offers_connections = True
        else:
            self._offers_connections = bool(found)
            if found:
                how = {c.status for c in found}
                mark = next((mark for status, mark in _TROUBLE if status in how), ("●", "$success"))
                self.set_lead(wording.standing_text(found), mark)
        self.show_hints()

    def action_connections(self) -> None:
        """Show what is connected."""
        if self._offers_connections and self.phase is Phase.READY:
            self.finish("see_connections")

    async def _read_again(self) -> None:
        providers = await (await self.session.journey()).providers()
        if providers != self.session.seen[self.state]:
            self.session.seen[self.state] = providers
            self.query_one(Picker).replace(providers)

    def refuse(self, fault: Fault) -> None:
        """Offer to sign in anew where the settings' sign-in was refused."""
        if self.session.refused(fault):
            self.can_back = True
        super().refuse(fault)

    def on_picker_chosen(self, event: Picker.Chosen[Provider]) -> None:
        """Answer the provider."""
        self.finish("next", self.answers.with_provider(event.row))

    def hints(self) -> Sequence[Hint]:
        """Choose and continue, or see what is connected."""
        connections = [Hint("c", texts.KEY["connections"], of_step("connections"))] if self._offers_connections else []
        return [Hint("↑↓", texts.KEY["choose"], spare=True), Hint("enter", texts.KEY["continue"]), *connections]


def _draw(provider: Provider, width: int) -> list[Line]:
    both = wording.in_and_out(provider)
    can = "   ".join(both)
    if len(can) > width:
        can = " · ".join(both)
    return [[(provider.name or texts.UNNAMED, "strong")], wording.connects(provider), [(can, "quiet")]]
