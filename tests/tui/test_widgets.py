"""The widgets, each alone on a small stage."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich._palettes import STANDARD_PALETTE
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual import events
from textual.app import App, ComposeResult
from textual.color import Color
from textual.widgets.input import Selection

from tests.tui.stage import APPLE, DANA, OF_APPLE, URL, app_at, resize, until
from wizard.answers import Answers
from wizard.fault_texts import Explained
from wizard.front.session import Pace
from wizard.front.steps import one_line, steps
from wizard.tui.theme import DARK, looks
from wizard.tui.widgets.bar import Bar
from wizard.tui.widgets.busy import Busy, countdown, spinner
from wizard.tui.widgets.directions import Arrow, Directions, Picture
from wizard.tui.widgets.field import Line
from wizard.tui.widgets.hints import Hint, Hints
from wizard.tui.widgets.link import Link
from wizard.tui.widgets.notice import Notice
from wizard.tui.widgets.rail import all_steps

if TYPE_CHECKING:
    from textual.theme import Theme
    from textual.widget import Widget

HINTS = [
    Hint("↑↓", "choose", spare=True),
    Hint("enter", "continue", "app.note('enter')"),
    Hint("ctrl+b", "back", "app.note('back')"),
    Hint("ctrl+c", "leave", "app.note('leave')", spare=True),
]
LONG = "https://accounts.example/o/oauth2/auth?scope=" + "calendar%20" * 40


class Stage(App[None]):
    """One widget and nothing else."""

    CSS = "Hints, Bar { height: 1; } Link { height: auto; } Directions { height: 8; }"

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget
        self.noted: list[str] = []
        self.register_theme(DARK)
        self.theme = DARK.name
        self.animation_level = "none"

    def compose(self) -> ComposeResult:
        yield self._widget

    def action_note(self, what: str) -> None:
        self.noted.append(what)


def visible(widget: Widget) -> bool:
    return widget.display


def lines_of(widget: Widget) -> list[str]:
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (80, "↑↓ choose   enter continue   ctrl+b back   ctrl+c leave"),
        (50, "enter continue   ctrl+b back   ctrl+c leave"),
        (40, "enter continue   ctrl+b back"),
        (20, "enter continue"),
        (6, "enter"),
    ],
)
async def test_without_room_the_spare_hints_go_first_and_then_the_last(width: int, shown: str) -> None:
    hints = Hints(id="hints")
    async with Stage(hints).run_test(size=(width, 5)):
        hints.show(HINTS)
        assert str(hints.render())[:width].rstrip().startswith(shown)
        assert str(hints.render()) in (shown, "enter continue")


async def test_a_click_on_a_hint_does_what_it_says() -> None:
    hints = Hints(id="hints")
    app = Stage(hints)
    async with app.run_test() as pilot:
        hints.show(HINTS)
        await pilot.pause()
        line = lines_of(hints)[0]
        for word in ("continue", "ctrl+b", "choose"):
            await pilot.click(offset=(line.index(word), 0))
        assert app.noted == ["enter", "back"]


async def test_a_notice_hangs_below_its_mark_and_wraps_anew() -> None:
    notice = Notice()
    async with Stage(notice).run_test(size=(24, 20)) as pilot:
        assert not visible(notice)
        notice.fault(Explained("Something went [b]wrong[/b].", "Because of that.", "Do this.", "a_code"))
        await pilot.pause()
        await pilot.pause()
        assert [line for line in lines_of(notice) if line] == [
            "! Something went",
            "  [b]wrong[/b].",
            "  Because of that.",
            "  Do this.",
            "  a_code",
        ]
        await resize(pilot, 60, 20)
        await pilot.pause()
        assert lines_of(notice)[0] == "! Something went [b]wrong[/b]."
        notice.tell("Done.")
        assert str(notice.render()) == "· Done."
        notice.clear()
        assert not visible(notice)


async def test_a_short_wait_shows_no_spinner() -> None:
    busy = Busy(lambda: 0.0, Pace(appear=0.03, stay=0))
    async with Stage(busy).run_test() as pilot:
        busy.start("Reading", 60)
        busy.stop()
        await pilot.pause(0.05)
        assert not visible(busy)


async def test_a_spinner_says_what_is_done_and_when_it_gives_up_and_stays_for_its_time() -> None:
    now = 100.0
    busy = Busy(lambda: now, Pace(appear=0.01, stay=5))
    async with Stage(busy).run_test():
        busy.start("Reading", 60)
        assert not visible(busy)
        await until(lambda: visible(busy))
        assert str(busy.render()) == "◐ Reading  gives up in 1:00"
        now = 102.0
        busy.stop()
        assert visible(busy)
        now = 104.0
        busy.start("Writing", 10)
        now = 113.0
        await until(lambda: "Writing  gives up in 0:01" in str(busy.render()))


async def test_a_spinner_that_has_stayed_for_its_time_goes_at_once() -> None:
    now = 100.0
    busy = Busy(lambda: now, Pace(appear=0, stay=5))
    async with Stage(busy).run_test():
        busy.start("Reading", 60)
        assert visible(busy)
        now = 106.0
        busy.stop()
        assert not visible(busy)


async def test_a_pause_says_why_nothing_moves_and_when_it_is_tried_again() -> None:
    now = 100.0
    busy = Busy(lambda: now, Pace(appear=0, stay=0))
    async with Stage(busy).run_test():
        busy.start("Reading", 60)
        busy.pause("Wix doesn't answer.", 4)
        assert str(busy.render()) == "◐ Wix doesn't answer.\n  tries again in 0:04"
        now = 104.0
        await until(lambda: "Reading  gives up in 0:56" in str(busy.render()))


def test_time_that_is_left_is_rounded_up_and_never_below_zero() -> None:
    assert [countdown(s) for s in (61.2, 59.5, 1, 0.2, 0, -5)] == ["1:02", "1:00", "0:01", "0:01", "0:00", "0:00"]
    assert [spinner(s, still=False) for s in (0, 0.25, 0.5, 0.75, 1)] == ["◐", "◓", "◑", "◒", "◐"]
    assert spinner(0.5, still=True) == "◐"


def test_the_rail_marks_what_is_behind_here_and_ahead() -> None:
    answers = Answers().with_provider(APPLE).with_schedule(DANA)
    assert str(all_steps(steps(answers, "credentials", site=None))).splitlines() == [
        "✓ Provider",
        "  Apple",
        "✓ Connects by",
        "  Email and password",
        "✓ Schedule",
        "  Dana Levi",
        "● Sign in",
        "  ",
        "○ Sync directions",
        "  ",
    ]


@pytest.mark.parametrize(
    ("state", "site", "line"),
    [
        ("site", "", "Step 1 of 6 · Wix site"),
        ("authorize", None, "Step 4 of 5 · Sign in"),
        ("review", "6a1f0c52…", "Step 6 of 6 · Sync directions"),
        ("done", None, "Done"),
        ("events", None, "Events"),
    ],
)
def test_the_step_is_told_in_one_line(state: str, site: str | None, line: str) -> None:
    assert one_line(steps(Answers(), state, site=site), state) == line


def test_after_the_last_step_all_are_behind_with_their_answers() -> None:
    answers = Answers().with_provider(APPLE).with_schedule(DANA).with_connection(OF_APPLE)
    rail = str(all_steps(steps(answers, "done", site="6a1f0c52…")))
    assert rail.count("✓") == 6
    assert "dana@icloud.examp…" in rail


@pytest.mark.parametrize("width", [20, 40, 79, 200])
async def test_the_lines_of_a_link_are_exactly_the_url_and_each_leads_to_all_of_it(width: int) -> None:
    link = Link()
    async with Stage(link).run_test(size=(width, 40)) as pilot:
        link.show(LONG)
        await pilot.pause()
        strips = [link.render_line(y) for y in range(link.size.height)]
        assert "".join(strip.text.rstrip() for strip in strips) == LONG
        assert len(strips) == -(-len(LONG) // width)
        links = [segment.style.link for strip in strips for segment in strip if segment.style and segment.text.strip()]
        assert set(links) == {LONG}


async def test_a_qr_code_is_dark_on_light_with_a_margin_and_only_shown_where_it_fits() -> None:
    link = Link()
    async with Stage(link).run_test(size=(80, 40)) as pilot:
        link.show(URL)
        assert link.toggle_qr(link.screen.size)
        await pilot.pause()
        strips = [link.render_line(y) for y in range(link.size.height)]
        first = next(iter(strips[0]))
        assert first.style is not None
        assert (first.style.color and first.style.color.name, first.style.bgcolor and first.style.bgcolor.name) == (
            "black",
            "white",
        )
        assert first.text.strip() == ""
        assert link.toggle_qr(link.screen.size)
        assert not link.as_qr
        link.show(LONG * 3)
        assert not link.toggle_qr(link.screen.size)
        assert not link.as_qr


@pytest.mark.parametrize(
    ("pasted", "taken"),
    [("  plain ", "plain"), ("\n\r\n first \n second", "first"), ("a b", "a b"), (" \n\t", ""), ("", "")],
)
async def test_a_line_takes_the_first_pasted_line_without_its_surroundings(pasted: str, taken: str) -> None:
    line = Line(id="line")
    async with Stage(line).run_test() as pilot:
        line.focus()
        line.post_message(events.Paste(pasted))
        await pilot.pause()
        assert line.value == taken


async def test_a_paste_replaces_what_is_selected() -> None:
    line = Line(id="line")
    async with Stage(line).run_test() as pilot:
        line.value = "one two"
        line.focus()
        line.selection = Selection(4, 7)
        line.post_message(events.Paste("three\n"))
        await pilot.pause()
        assert line.value == "one three"


async def test_a_letter_that_is_there_before_the_field_has_its_place_is_taken() -> None:
    line = Line(id="line")
    line.display = False
    async with Stage(line).run_test() as pilot:
        line.post_message(events.Key("d", "d"))
        await pilot.pause()
        assert line.value == "d"


async def test_the_bar_leaves_the_site_out_where_there_is_no_room() -> None:
    bar = Bar()
    async with Stage(bar).run_test(size=(40, 3)) as pilot:
        bar.show("site 6a1f0c52…")
        assert str(bar.render()) == "Calendar wizard           site 6a1f0c52…"
        await resize(pilot, 29, 3)
        assert str(bar.render()) == "Calendar wizard"


PICTURE = Picture(
    schedule="Dana Levi",
    provider="Outlook or Office 365 with a name too long for any box",
    email="dana@outlook.example",
    export=Arrow("Export", "app.note('export')", on=True, allowed=True),
    imports=Arrow("Import", "app.note('import')", on=False, allowed=True),
    export_to=("its primary", "calendar"),
    import_from=("Home, Work", "2 of 3"),
)


@pytest.mark.parametrize("width", [36, 50, 76, 100])
async def test_the_picture_of_both_directions_fits_and_tells_them_apart_without_colour(width: int) -> None:
    directions = Directions()
    async with Stage(directions).run_test(size=(width, 10)):
        directions.show(PICTURE)
        text = str(directions.render())
        lines = text.splitlines()
        assert len(lines) == 7
        assert {len(line) for line in lines[1:]} == {min(width, 76)}
        assert len(lines[0]) <= min(width, 76)
        assert "─▶" in text
        assert "· ·" in text
        assert "export on" in text
        assert "import off" in text


@pytest.mark.parametrize(
    ("width", "provider", "head"),
    [
        (52, "Apple", " Wix Dana Levi            Apple dana@outlook.example"),
        (52, PICTURE.provider, " Wix Dana Levi  Outlook or Off… dana@outlook.example"),
        (36, PICTURE.provider, " Wix Dana Levi  Outlo… dana@outlook…"),
        (76, "", " Wix Dana Levi                                      dana@outlook.example"),
    ],
)
async def test_the_account_is_said_in_full_where_the_gap_has_room_for_it(width: int, provider: str, head: str) -> None:
    directions = Directions()
    async with Stage(directions).run_test(size=(width, 10)):
        directions.show(replace(PICTURE, provider=provider))
        assert str(directions.render()).splitlines()[0].rstrip() == head


TEXTS, GROUNDS = ("foreground", "quiet", "primary", "success", "warning", "error"), ("background", "surface", "panel")


@pytest.mark.parametrize("theme", looks("truecolor"), ids=lambda theme: theme.name)
def test_every_text_colour_can_be_read_on_every_background(theme: Theme) -> None:
    named = {name: Color.parse(value) for name, value in colours(theme).items()}
    assert badly_read(named) == []


@pytest.mark.parametrize("theme", looks("256"), ids=lambda theme: theme.name)
def test_of_256_colours_those_for_grounds_are_grey_and_every_text_can_be_read(theme: Theme) -> None:
    eight_bit = {
        name: RichColor.parse(value).downgrade(ColorSystem.EIGHT_BIT) for name, value in colours(theme).items()
    }
    named = {name: Color(*colour.get_truecolor()) for name, colour in eight_bit.items()}
    assert [name for name in GROUNDS if len(set(named[name].rgb)) > 1] == []
    assert badly_read(named) == []


@pytest.mark.parametrize("grey", [False, True], ids=["coloured", "grey"])
@pytest.mark.parametrize("which", [0, 1], ids=["dark", "light"])
def test_of_16_colours_none_is_rounded_and_fields_can_be_seen_and_words_and_marks_be_read(
    which: int, grey: bool
) -> None:
    theme = looks("standard", grey=grey)[which]
    parsed = {name: RichColor.parse(value) for name, value in colours(theme).items()}
    for colour in parsed.values():
        assert STANDARD_PALETTE[colour.downgrade(ColorSystem.STANDARD).number or 0] == colour.triplet
    named = {name: Color.parse(value) for name, value in colours(theme).items()}
    if grey:
        named = {name: colour.monochrome for name, colour in named.items()}
    assert named["panel"] != named["background"]
    assert [pair for pair in badly_read(named) if pair[0] in ("foreground", "quiet")] == []
    assert badly_read(named, least=3) == []


@pytest.mark.parametrize(("term", "colour_system"), [("xterm-256color", "256"), ("screen", "standard")])
def test_a_terminal_with_few_colours_gets_the_look_for_them(
    monkeypatch: pytest.MonkeyPatch, term: str, colour_system: str
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("COLORTERM")
    assert app_at("site").current_theme.panel == looks(colour_system)[0].panel


def colours(theme: Theme) -> dict[str, str]:
    """Return a look's colours by name."""
    named = {**vars(theme), **theme.variables}
    return {name: named[name] for name in (*TEXTS, *GROUNDS)}


def badly_read(named: dict[str, Color], least: float = 4.5) -> list[tuple[str, str]]:
    """Return each text and ground with less contrast than this: WCAG's AA is 4.5 for words, 3 for marks."""
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS]
    return [(text, ground) for text, ground in pairs if contrast(named[text], named[ground]) < least]


def contrast(*two: Color) -> float:
    """Return WCAG's contrast ratio of two colours."""
    low, high = sorted(map(luminance, two))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: Color) -> float:
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
