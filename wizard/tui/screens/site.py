"""Site: how to sign in to the Wix site, checked with List Providers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.widgets import Input

from wizard import settings, texts
from wizard.domain import SignInWay
from wizard.tui.step import Step
from wizard.tui.widgets.field import Field, Line, SecretLine
from wizard.tui.widgets.hints import Hint
from wizard.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.tui.widgets.picker import Line as PickerLine


class SiteStep(Step):
    """Three ways; the fields below are those of the highlighted one."""

    state = "site"

    def compose(self) -> ComposeResult:
        """Yield the ways and every field once; only the ones that are needed are shown."""
        picker: Picker[SignInWay] = Picker(_draw, key=lambda way: way, id="ways")
        picker.styles.height = len(SignInWay)
        picker.extend(SignInWay)
        yield picker
        for name, (label, where) in texts.SITE_FIELD.items():
            if name in settings.SECRETS:
                line: Line = SecretLine(id=name)
                line.placeholder = self._where_from(name)
            else:
                line = Line(self._known(name), id=name)
            yield Field(label, line, where)

    def _known(self, name: str) -> str:
        """Return a field's value as typed before, as saved, or from the environment."""
        typed = self.session.typed
        if typed is not None and name in settings.NEEDS[typed.way]:
            return typed.secret.get_secret_value() if name in settings.SECRETS else getattr(typed, name)
        return self.session.settings.known.get(name, "")

    def _where_from(self, name: str) -> str:
        """Say where a secret comes from that is known but not shown, not even as dots."""
        typed = self.session.typed
        if typed is not None and name in settings.NEEDS[typed.way]:
            return texts.SITE_SAVED if self.session.from_keyring else texts.SITE_KEPT
        variable = self.session.settings.sources[name]
        return texts.SITE_FROM_ENVIRONMENT.format(variable=variable) if self._known(name) else ""

    def begin(self) -> None:
        """Start on the way that was chosen before, or on the first."""
        picker = self.query_one("#ways", Picker)
        if self.session.typed:
            picker.highlight_key(self.session.typed.way)
        self.focus_on(picker)

    @property
    def _way(self) -> SignInWay:
        return self.query_one("#ways", Picker).highlighted or SignInWay.API_KEY

    def on_picker_highlighted(self) -> None:
        """Show this way's fields; what was said is about another one."""
        self.clear_fault()
        for field in self.query(Field):
            field.display = field.query_one(Input).id in settings.NEEDS[self._way]

    def on_picker_chosen(self) -> None:
        """Go to the first field."""
        self.focus_on(self.query_one(f"#{settings.NEEDS[self._way][0]}", Input))

    def on_input_changed(self) -> None:
        """Forget what was said about the old value."""
        if self.fault is None:
            self.notice.clear()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next field; from the last one, check."""
        names = settings.NEEDS[self._way]
        at = names.index(event.input.id or names[-1])
        if at + 1 < len(names):
            self.focus_on(self.query_one(f"#{names[at + 1]}", Input))
        else:
            self._check()

    @property
    def _in_last_field(self) -> bool:
        focused = self.screen.focused
        return focused is not None and focused.id == settings.NEEDS[self._way][-1]

    def _check(self) -> None:
        values = {}
        for name in settings.NEEDS[self._way]:
            field = self.query_one(f"#{name}", Input)
            values[name] = settings.given(name, field.value) or (self._known(name) if name in settings.SECRETS else "")
            if problem := settings.problem(name, values[name]):
                self.clear_fault()
                self.notice.warn(problem)
                self.focus_on(field)
                return
        way = self._way

        async def check() -> None:
            sign_in = await asyncio.to_thread(settings.make_sign_in, way, values)
            await (await self.session.sign_in(sign_in)).check()
            self.finish("next")

        self.submit(check, texts.LOADING["site"])
        self._again = self._check  # what is in the fields by then

    def hints(self) -> Sequence[Hint]:
        """Choose a way, move, check."""
        if self._in_last_field:
            return [Hint("tab", texts.KEY["next_field"], spare=True), Hint("enter", texts.KEY["check"])]
        following = Hint("enter", texts.KEY["next_field"])
        if isinstance(self.screen.focused, Input):
            return [following]
        return [Hint("↑↓", texts.KEY["choose"], spare=True), following]


def _draw(way: SignInWay, width: int) -> list[PickerLine]:  # noqa: ARG001 - the picker crops
    return [[(texts.SITE_WAY[way], "name")]]
