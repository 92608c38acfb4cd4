"""Authorize: the account's owner consents in a browser (Connect By OAuth); three ways home race."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Label, Static

from wizard import texts
from wizard.charset import can_draw
from wizard.domain import Fault
from wizard.tui.sign_in import SignInStep
from wizard.tui.widgets.blank import Page
from wizard.tui.widgets.busy import countdown, spinner, tick
from wizard.tui.widgets.field import Line
from wizard.tui.widgets.hints import Hint, Hints, of_step
from wizard.tui.widgets.link import MODULES, Link
from wizard.tui.widgets.rail import RAIL_WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wizard.authorization import Authorization


class AuthorizeStep(SignInStep):
    """The URL, raw and alone; the wait, with its deadline; a box for what the browser ended on."""

    state = "authorize"
    retry_word = "new_link"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", show=False),
        Binding("c", "copy", show=False),
        Binding("r", "qr", show=False),
    ]

    def compose(self) -> ComposeResult:
        """Yield the URL, what can be done with it, the wait and the paste box."""
        self._attempt: Authorization | None = None
        self._turn_to_listen = asyncio.Lock()
        self._can_draw_qr = can_draw("".join(MODULES.values()))
        yield Link()
        yield Hints(id="link-keys")
        yield Static(id="waiting")
        yield Label(texts.PASTE_LABEL, markup=False)
        yield PasteBox(id="paste", select_on_focus=False)

    @property
    def _page(self) -> Page:
        return self.query_ancestor(Page)

    def sign_in(self) -> None:
        """Get a link."""
        self.watch(self._page, "show_vertical_scrollbar", self.show_hints, init=False)
        self.set_interval(0.25, self._tick)
        self._get()

    def _get(self) -> None:
        self.load(self._get_link, texts.LOADING["authorize"])

    async def _get_link(self) -> None:
        """Start the attempt; it goes on by itself when the link is there."""
        await self.session.journey()
        ready = asyncio.get_running_loop().create_future()
        attempt = self.run_in("attempt", partial(self._wait, ready))
        try:
            await ready
        except asyncio.CancelledError:
            attempt.cancel()
            raise

    async def _wait(self, ready: asyncio.Future[None]) -> None:
        provider, schedule = self.answers.provider, self.answers.schedule
        assert provider is not None  # the flow leads here only with both
        assert schedule is not None
        try:
            journey = await self.session.journey()
            redirect_url, replaces = self.session.settings.redirect_url, self.answers.existing
            with self.session.ending(self, journey):
                async with (
                    self._turn_to_listen,  # the attempt in whose place this one is may not have closed its port yet
                    journey.authorize(provider, schedule, redirect_url, replaces=replaces) as attempt,
                ):
                    if ready.done():
                        return  # given up a moment ago
                    self._show(attempt)
                    ready.set_result(None)
                    made = await attempt.wait()
        except Fault as fault:
            self._ended()
            if ready.done():
                self._again = self._get
                self.screen.remove_class("-long-url")
                self.set_lead("")  # there is no link any more
                self.fail()
                self.refuse(fault)
            else:
                ready.set_exception(fault)
        except asyncio.CancelledError:
            ready.cancel()
            raise
        else:
            self._ended()
            self.finish("next", self.answers.with_connection(made).with_email(made.email or self.answers.email))

    def _show(self, attempt: Authorization) -> None:
        self._attempt = attempt
        self.under_way = True
        link = self.query_one(Link)
        link.show(attempt.url)
        self.set_lead(self.said(self.lead()))
        self._arrange()
        self.loaded()
        self._show_link_keys()
        self._tick()
        link.focus(scroll_visible=False)

    def _ended(self) -> None:
        self._attempt = None
        self.under_way = False

    @on(events.Resize)
    def _arrange(self) -> None:
        """Give a URL that is too long for the column the whole width, so that it can be selected line by line.

        It may also be longer than the window is high, and push out of sight what is below it.
        """
        link = self.query_one(Link)
        room = self.screen.size.width - 4 - (RAIL_WIDTH if self.screen.has_class("-wide") else 0)
        is_long = len(link.url) > room
        self.screen.set_class(is_long, "-long-url")
        if is_long:
            self.move_child(link, after=self.query_one("#waiting"))
        else:
            self.move_child(link, before=self.query_one("#link-keys"))

    def _show_link_keys(self) -> None:
        self.query_one("#link-keys", Hints).show(self.more_hints())

    def more_hints(self) -> Sequence[Hint]:
        """Return the link's keys."""
        if self._attempt is None:
            return []
        browser = self.session.settings.open_browser
        qr = texts.KEY["no_qr"] if self.query_one(Link).as_qr else texts.KEY["qr"]
        return [
            *([Hint("o", texts.KEY["open"], of_step("open"))] if browser else []),
            Hint("c", texts.KEY["copy"], of_step("copy")),
            *([Hint("r", qr, of_step("qr"))] if self._can_draw_qr else []),
            Hint("n", texts.KEY["new_link"], of_step("other_account")),
        ]

    def _tick(self) -> None:
        attempt = self._attempt
        if attempt is None:
            return
        now = self.session.clock()
        mark = spinner(now, still=self.app.animation_level == "none")
        left = countdown(attempt.until - now)
        listening = texts.LISTENING.format(address=attempt.address) if attempt.address else texts.NOT_LISTENING
        asking = texts.ASKING_WIX if attempt.asking else texts.NOT_ASKING_WIX
        tick(
            self.query_one("#waiting", Static),
            Content.assemble(
                (f"{mark} ", "$primary"),
                texts.WAITING_CONSENT,
                "   ",
                (left, "bold"),
                "\n  ",
                ("✓ " if attempt.address else "· ", "$quiet"),
                (listening, "$quiet"),
                "   ",
                ("✓ " if attempt.asking else "! ", "$quiet"),
                (asking, "$quiet"),
            ),
        )

    # What can be done meanwhile

    def action_open(self) -> None:
        """Open the link in a graphical browser of this computer."""
        if self._attempt and self.session.settings.open_browser:
            self.run_in("open", partial(self._open, self._attempt.url))

    async def _open(self, url: str) -> None:
        opened = await asyncio.to_thread(self.session.open_browser, url)
        self.notice.tell(texts.OPENED if opened else texts.NO_BROWSER)

    def action_copy(self) -> None:
        """Send the link to the terminal's clipboard; no terminal says whether it took it."""
        if self._attempt:
            self.app.copy_to_clipboard(self._attempt.url)
            self.notice.tell(texts.COPIED)

    def action_qr(self) -> None:
        """Show the link as a QR code, for a telephone, or as text again."""
        if self._attempt and self._can_draw_qr:
            link = self.query_one(Link)
            if not link.toggle_qr(self._page.scrollable_content_region.size):
                self.notice.tell(texts.QR_TOO_LARGE)
            self._show_link_keys()
            self.show_hints()

    def action_other_account(self) -> None:
        """Drop this link and get a fresh one; with a connection made, start over."""
        if self.answers.connection is None:
            self._ended()
            self._get()
        else:
            super().action_other_account()

    def action_go_on(self) -> None:
        """Go to the box; with a connection made, go on with it."""
        if self._attempt:
            self.focus_on(self.query_one(PasteBox))
        super().action_go_on()

    def on_key(self, event: events.Key) -> None:
        """Type in the box what is no key of the link: an address may come letter by letter, as if typed."""
        is_text = event.is_printable and event.key not in self.screen.active_bindings
        if self._attempt and self._on_link and is_text:
            event.stop()
            box = self.query_one(PasteBox)
            self.focus_on(box)
            box.insert_text_at_cursor(event.character or "")

    @property
    def _on_link(self) -> bool:
        return isinstance(self.screen.focused, Link)

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste for the box, wherever the focus is."""
        if self._attempt:
            self.query_one(PasteBox).take(event.text)

    @on(Input.Submitted, "#paste")
    def use_pasted(self, event: Input.Submitted) -> None:
        """See whether what was pasted is the way home."""
        if not self._attempt:
            return
        if event.value.strip():
            self.run_in("paste", partial(self._paste, self._attempt, event.value))
        else:
            self.notice.tell(texts.NOTHING_PASTED)

    async def _paste(self, attempt: Authorization, text: str) -> None:
        self.clear_fault()
        try:
            await attempt.paste(text)
        except Fault as fault:
            if self._attempt is attempt:
                self._again = None  # not to be done again: another paste is
                self.refuse(fault)

    def hints(self) -> Sequence[Hint]:
        """Move to the box, or use what is in it and move back."""
        if self._on_link:
            # The code may push the link's own keys out of sight.
            hide = [Hint("r", texts.KEY["no_qr"], of_step("qr"))] if self.query_one(Link).as_qr else []
            scroll = [Hint("↑↓", texts.KEY["scroll"])] if self._page.show_vertical_scrollbar else []
            return [Hint("tab", texts.KEY["paste_box"]), *hide, *scroll]
        return [Hint("enter", texts.KEY["use_pasted"]), Hint("tab", texts.KEY["link"])]


class PasteBox(Line):
    """Takes pasted lines as one: terminals and mail programs wrap long URLs."""

    def take(self, text: str) -> None:
        """Replace what is in the box, and offer it."""
        self.value = "".join(text.split())
        self.focus()

    def _on_paste(self, event: events.Paste) -> None:
        self.take(event.text)
        event.prevent_default()
        event.stop()
