"""Provider: which calendar (List Providers)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard import texts
from wizard.domain import Kind, Method, Provider
from wizard.tui.step import StepScreen
from wizard.tui.widgets.hints import Hint
from wizard.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.domain import Fault
    from wizard.tui.widgets.picker import Line

SIGN_IN_FAULTS = ("wix_sign_in_refused", "permission_missing")


class ProviderScreen(StepScreen):
    """A list of the site's providers, each with how it connects and what it can do, in words."""

    state = "provider"
    loads = True

    def content(self) -> ComposeResult:
        """Yield the list."""
        yield Picker[Provider](_draw, key=lambda p: p.id, height=3, gap=1)

    def begin(self) -> None:
        """Read the providers; those seen before are shown meanwhile."""
        if seen := self.session.seen.get(self.state):
            self._show(seen)
            self.read_behind(self._read_again)
            return
        label = "start" if self.session.embedded and not self.session.accounts else "provider"
        self.load(self._read, texts.LOADING[label])

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
        picker.focus()

    async def _read_again(self) -> None:
        providers = await (await self.session.journey()).providers()
        if providers != self.session.seen[self.state]:
            self.session.seen[self.state] = providers
            self.query_one(Picker).replace(providers)

    def refuse(self, fault: Fault) -> None:
        """Offer to sign in anew where the settings' sign-in was refused."""
        if fault.code in SIGN_IN_FAULTS and self.session.embedded is None:
            self.session.asks_again = self.can_back = True
        super().refuse(fault)

    def on_picker_chosen(self, event: Picker.Chosen[Provider]) -> None:
        """Answer the provider."""
        self.finish("next", self.answers.with_provider(event.row))

    def hints(self) -> Sequence[Hint]:
        """Choose and continue."""
        return [Hint("↑↓", texts.KEY["choose"], spare=True), Hint("enter", texts.KEY["continue"])]


def _draw(provider: Provider, width: int) -> list[Line]:
    connects = texts.METHOD_PHRASE[provider.methods]
    if provider.kind is Kind.APPLE and provider.methods == (Method.CREDENTIALS,):
        connects = texts.APPLE_METHOD_PHRASE
    into, out = texts.IMPORT_PHRASE[provider.imports], texts.EXPORT_PHRASE[provider.exports]
    can = f"in: {into}   out: {out}"
    if len(can) > width:
        can = f"in: {into} · out: {out}"
    return [[(provider.name or texts.UNNAMED, "strong")], connects, [(can, "quiet")]]
