"""What the two sign-in screens share: a connection that this run has made already is shown, not made again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from wizard import texts
from wizard.tui.step import Phase, Step
from wizard.tui.widgets.hints import Hint, of_step

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.front.session import Session


class SignInStep(Step):
    """Shows the connection of this run, if there is one: enter goes on with it, n starts over with another account."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", show=False),
        Binding("n", "other_account", show=False),
    ]

    def __init__(self, session: Session, answers: Answers, *, can_back: bool) -> None:
        super().__init__(session, answers, can_back=can_back)
        if self._has_to_look:
            self.phase = Phase.LOADING

    @property
    def _has_to_look(self) -> bool:
        return self.session.to_look_for(self.answers) is not None

    def begin(self) -> None:
        """Say that it is connected, or start signing in."""
        made = self.answers.connection
        if self._has_to_look:
            self.load(self._look, texts.LOADING["look"])
            return
        if made is None:
            self.sign_in()
            return
        self.phase = Phase.NEEDLESS
        self.set_lead("")
        email = made.email or self.answers.email or self.provider_name
        self.notice.tell(f"{texts.ALREADY_CONNECTED.format(email=email)} {texts.CONNECTED_GO_ON}")

    async def _look(self) -> None:
        """Look for the connection that was being made when the program ended, and go on with it if it was."""
        attempt = self.session.to_look_for(self.answers)
        if attempt is None:
            self.call_next(self.sign_in)
            return
        found = await self.session.look(attempt, self.answers)
        if found is None:
            self.call_next(self._start_again)
        else:
            self.finish("next", found)

    def _start_again(self) -> None:
        self.sign_in()
        if self.phase is Phase.LOADING:
            self.news = texts.FOUND_NONE
        else:
            self.notice.tell(texts.FOUND_NONE)

    def sign_in(self) -> None:
        """Start signing in."""
        raise NotImplementedError

    def action_go_on(self) -> None:
        """Go on with the connection that this run has made already."""
        if self.answers.connection is not None:
            self.finish("next")

    def action_other_account(self) -> None:
        """Start over with another account; what becomes of the connection is asked."""
        if self.answers.connection is not None:
            self.replace_connection(self._start_over)

    def _start_over(self) -> None:
        self.answers = self.answers.with_connection(None).after(self.answers)
        self.phase = Phase.READY
        self.clear_fault()
        self.set_lead(self.said(self.lead()))
        self.sign_in()

    def all_hints(self) -> list[Hint]:
        """Return the keys that do something now."""
        if self.answers.connection is None:
            return super().all_hints()
        return self.common_hints(
            [
                Hint("enter", texts.KEY["continue"], of_step("go_on")),
                Hint("n", texts.KEY["other_account"], of_step("other_account")),
            ]
        )
