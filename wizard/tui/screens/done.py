"""Done: what is connected, how far the sync is (Get Connection, polled), and what to do next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from wizard import texts
from wizard.domain import Fault, Status
from wizard.front import wording
from wizard.tui.step import Step
from wizard.tui.widgets.busy import spinner, tick
from wizard.tui.widgets.hints import Hint, of_step
from wizard.tui.widgets.picker import Picker, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.tui.widgets.picker import Line


class DoneStep(Step):
    """The result in words, and three ways on."""

    state = "done"
    only_retry = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "receipt", show=False)]

    def compose(self) -> ComposeResult:
        """Yield the summary, the status, the ways on, and where a receipt is said to be."""
        self._receipt = ""
        yield Static(id="summary")
        yield Static(id="status")
        picker: Picker[str] = Picker(_draw, key=str)
        picker.styles.height = len(texts.DONE_ACTIONS)
        picker.extend(texts.DONE_ACTIONS)
        yield picker
        receipt = Static(id="receipt")
        receipt.display = False
        yield receipt

    def begin(self) -> None:
        """Show what is known, and watch the status until it settles."""
        self._began = self.session.clock()
        made = self.answers.connection
        if made is not None:
            self._show()
        picker = self.query_one(Picker)
        self.focus_on(picker)
        self.set_interval(0.25, self._spin)
        self._watch()

    def on_picker_highlighted(self) -> None:
        """Keep the choice in sight, where there is too little room for all."""
        self.call_after_refresh(self.query_one(Picker).scroll_visible, animate=False)

    def _watch(self) -> None:
        # Not as "work": nobody waits for it, and it may take minutes.
        self.clear_fault()
        self.run_in("watch", self._follow)

    async def _follow(self) -> None:
        made = self.answers.connection
        if made is None:
            return
        try:
            journey = await self.session.journey()
            async for connection in journey.watch(made.id):
                self.answers = self.answers.with_connection(connection)
                self._show()
            journey.standing(connection)
        except Fault as fault:
            self._again = self._watch
            self.refuse(fault)

    def _show(self) -> None:
        self.query_one("#summary", Static).update(Content("\n".join(wording.summary(self.answers))))
        self._spin()

    def _spin(self) -> None:
        connection = self.answers.connection
        if connection is None:
            return
        words = texts.STATUS[connection.status]
        if connection.status is Status.SYNCED:
            said = Content.assemble(("✓ ", "$success"), words, "\n")
        elif connection.status.healthy:
            mark = spinner(self.session.clock() - self._began, still=self.app.animation_level == "none")
            said = Content.assemble((f"{mark} ", "$primary"), words, "\n  ", (texts.DONE_SYNCING, "$quiet"))
        else:
            said = Content.assemble(("! ", "$warning"), words)
        tick(self.query_one("#status", Static), said)

    def on_picker_chosen(self, event: Picker.Chosen[str]) -> None:
        """Go the chosen way; another calendar starts with fresh answers."""
        made = self.answers.connection
        if event.row == "another":
            self.finish("another", type(self.answers)().after(self.answers))
        elif event.row == "next" and not (made and made.status.healthy):
            self.finish("give_up")
        else:
            self.finish(event.row)

    def action_receipt(self) -> None:
        """Save the receipt in the current directory; once a second is enough, for that is in its name."""
        from wizard import receipt

        name = receipt.name(self.session.now())
        if name != self._receipt:
            self._receipt = name
            self.run_in("receipt", partial(self._save_receipt, name))

    async def _save_receipt(self, name: str) -> None:
        try:
            words = await self.session.save_receipt(name, self.answers, self.fault)
            content = Content.assemble(("✓ ", "$success"), words)
        except OSError as error:
            self._receipt = ""
            words = texts.RECEIPT_FAILED.format(reason=error.strerror)
            content = Content.assemble(("! ", "$warning"), words, "\n  ", texts.RECEIPT_AGAIN)
        line = self.query_one("#receipt", Static)
        line.display = True
        line.update(content)
        self.call_after_refresh(line.scroll_visible, animate=False)

    def hints(self) -> Sequence[Hint]:
        """Choose and continue."""
        return [Hint("↑↓", texts.KEY["choose"], spare=True), Hint("enter", texts.KEY["continue"])]

    def all_hints(self) -> list[Hint]:
        """Return the receipt's key as well; last, so that the others stay where there is little room."""
        return [*super().all_hints(), Hint("ctrl+s", texts.KEY["receipt"], of_step("receipt"), spare=True)]


def _draw(action: str, width: int) -> list[Line]:  # noqa: ARG001 - the picker crops
    name, words = texts.DONE_ACTIONS[action]
    widest = max(len(name) for name, _ in texts.DONE_ACTIONS.values())
    return [[(fit(name, widest), "name"), "  ", (words, "quiet")]]
