"""Credentials: the account's email and password (Connect By Credentials)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from wizard import account, texts
from wizard.domain import Kind
from wizard.tui.sign_in import SignInStep
from wizard.tui.widgets.field import Field, Line, SecretLine
from wizard.tui.widgets.hints import Hint, of_step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from wizard.answers import Answers
    from wizard.domain import SandboxAccount


class CredentialsStep(SignInStep):
    """Two fields. What doesn't look right is said before anything is sent."""

    state = "credentials"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "show_password", show=False),
        Binding("f3", "fill", show=False),
    ]

    def compose(self) -> ComposeResult:
        """Yield the fields, and on the sandbox an account to try."""
        self._overruled = False
        self._unanswered: Callable[[], bool] = lambda: False
        label = texts.PASSWORD_OF.get(self._kind, texts.PASSWORD)
        yield Field(texts.EMAIL, Line(self.answers.email, id="email"))
        yield Field(label, SecretLine(id="password"))
        yield Static(id="sandbox-account", classes="where")

    @property
    def _kind(self) -> Kind:
        return self.answers.provider.kind if self.answers.provider else Kind.OTHER

    @property
    def _email(self) -> Input:
        return self.query_one("#email", Input)

    @property
    def _password(self) -> SecretLine:
        return self.query_one("#password", SecretLine)

    @property
    def _to_try(self) -> SandboxAccount | None:
        return self.session.account_of(self.answers)

    def sign_in(self) -> None:
        """Start in the first field that is empty."""
        if to_try := self._to_try:
            said = texts.SANDBOX_ACCOUNT.format(email=to_try.email, password=to_try.password.get_secret_value())
            self.query_one("#sandbox-account", Static).update(Content(said))
        self.focus_on(self._password if self.answers.email else self._email)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Forget what was said about the old value."""
        if event.input is self._email and event.value == self.answers.email:
            return  # what it starts with
        self._overruled = False
        self.show_hints()
        if self.fault is None and self.answers.connection is None:
            self.notice.clear()

    def on_input_submitted(self) -> None:
        """Go on to the password, or connect."""
        if self._password_is_next:
            self.focus_on(self._password)
        else:
            self._connect()

    @property
    def _password_is_next(self) -> bool:
        return self.screen.focused is self._email and not self._password.value

    def _connect(self) -> None:
        if not self._submitting and self._looks_right():
            self.submit(self._send, texts.LOADING["credentials"])
            self._again = self._connect  # what is in the fields by then is looked at first

    def _looks_right(self) -> bool:
        email, password = self._email.value.strip(), self._password.value
        if problem := account.email_problem(email):
            return self._correct(self._email, problem)
        if problem := account.password_problem(password):
            return self._correct(self._password, problem)
        if not self._overruled and (doubt := account.password_doubt(self._kind, password.strip())):
            self._correct(self._password, doubt)
            self._overruled = True
            return False
        return True

    def _correct(self, field: Input, text: str) -> bool:
        self.clear_fault()
        self.notice.warn(text)
        self.focus_on(field)
        return False

    async def _send(self) -> None:
        from pydantic import SecretStr

        from wizard.domain import Fault

        provider, schedule = self.answers.provider, self.answers.schedule
        assert provider is not None  # the flow leads here only with both
        assert schedule is not None
        email = self._email.value.strip()
        journey = await self.session.journey()
        self._unanswered = partial(journey.unanswered, provider, schedule, email)
        self.under_way = True
        try:
            password = SecretStr(self._password.value.strip())
            with self.session.ending(self, journey):
                made = await journey.connect(provider, schedule, email, password, replaces=self.answers.existing)
        except Fault as fault:
            if fault.code == "bad_credentials":
                self._password.value = ""
                self.focus_on(self._password)
            raise
        finally:
            # A request that was stopped, or whose answer never came, may have connected it all the same.
            self.under_way = self._unanswered()
        self.finish("next", self.answers.with_email(email).with_connection(made))

    def stopped(self) -> str:
        """Say that it may be connected, where the request was sent already."""
        return texts.STOPPED_UNSURE if self._unanswered() else texts.STOPPED

    def partial(self) -> Answers:
        """Keep the email; the password goes nowhere."""
        return self.answers.with_email(self._email.value.strip())

    def action_show_password(self) -> None:
        """Show the password, or dots again."""
        self._password.password = not self._password.password
        self.show_hints()

    def action_fill(self) -> None:
        """Type the sandbox's account."""
        if to_try := self._to_try:
            self._email.value = to_try.email
            self._password.value = to_try.password.get_secret_value()
            self.focus_on(self._password)

    def hints(self) -> Sequence[Hint]:
        """Move, connect, show the password."""
        show = texts.KEY["show"] if self._password.password else texts.KEY["hide"]
        fill = [Hint("f3", texts.KEY["fill"], of_step("fill"), spare=True)] if self._to_try else []
        if self._password_is_next:
            go_on = [Hint("enter", texts.KEY["next_field"])]
        else:
            connect = [] if self._submitting else [Hint("enter", texts.KEY["connect"])]
            go_on = [Hint("tab", texts.KEY["next_field"], spare=True), *connect]
        return [*go_on, Hint("ctrl+s", show, of_step("show_password")), *fill]
