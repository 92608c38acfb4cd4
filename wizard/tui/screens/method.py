"""Method: how the provider connects, as Wix says it; a question only where there are two ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from wizard import texts
from wizard.domain import Fault, Method
from wizard.front import wording
from wizard.tui.step import Step
from wizard.tui.widgets.hints import Hint
from wizard.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.tui.widgets.picker import Line


class MethodStep(Step):
    """Shows what was detected, and what to have at hand for it."""

    state = "method"

    @property
    def _methods(self) -> tuple[Method, ...]:
        return self.answers.provider.methods if self.answers.provider else ()

    def lead(self) -> str:
        """Say whether there is something to choose."""
        return wording.method_lead(self._methods)

    def compose(self) -> ComposeResult:
        """Yield the ways and the words for the highlighted one."""
        picker: Picker[Method] = Picker(_draw, key=lambda method: method)
        picker.styles.height = max(1, len(self._methods))
        picker.extend(self._methods)
        yield picker
        with Vertical(id="about"):
            yield Static(self._about(self.answers.method or next(iter(self._methods), None)), id="about-text")

    def begin(self) -> None:
        """Start on the answer, if there is one; a provider without any way is a dead end."""
        picker = self.query_one(Picker)
        if self.answers.method:
            picker.highlight_key(self.answers.method)
        self.focus_on(picker)
        if not self._methods:
            self.fail()
            self.refuse(Fault("no_method"))

    def on_picker_highlighted(self, event: Picker.Highlighted[Method]) -> None:
        """Say what this way asks for."""
        text = self.query_one("#about-text", Static)
        if (about := self._about(event.row)) != text.content:  # the first is said from the first frame on
            text.update(about)

    def _about(self, method: Method | None) -> Content:
        return Content("\n\n").join(wording.about_method(method, self.answers.provider) if method else [])

    def on_picker_chosen(self, event: Picker.Chosen[Method]) -> None:
        """Answer the way."""
        self.finish("next", self.answers.with_method(event.row))

    def hints(self) -> Sequence[Hint]:
        """Choose where there is a choice, and continue unless it is a dead end."""
        choose = [Hint("↑↓", texts.KEY["choose"], spare=True)] if len(self._methods) > 1 else []
        return [*choose, Hint("enter", texts.KEY["continue"])] if self._methods else []


def _draw(method: Method, width: int) -> list[Line]:  # noqa: ARG001 - the picker crops
    return [[(texts.METHOD_PHRASE[(method,)], "name")]]
