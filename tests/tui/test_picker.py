from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.widgets import Input

from tests.tui.stage import resize
from wizard.front.search import fold
from wizard.tui.theme import DARK, LIGHT
from wizard.tui.widgets.picker import MARK, Line, Picker, clean, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass
class Row:
    name: str
    heading: bool = False
    pinned: bool = False
    note: str = ""


def one_line(row: Row, width: int) -> list[Line]:
    return [[(fit(row.name, width - 6), "name"), (row.note, "quiet")]]


def picker(rows: Iterable[Row] = (), draw: Callable[[Row, int], list[Line]] = one_line, gap: int = 0) -> Picker[Row]:
    made = Picker(
        draw,
        height=len(draw(Row(""), 80)),
        gap=gap,
        key=lambda row: row.name,
        haystack=lambda row: row.name,
        pinned=lambda row: row.pinned,
        selectable=lambda row: not row.heading,
    )
    made.extend(rows)
    return made


def numbered(count: int, start: int = 0) -> list[Row]:
    return [Row(f"row {number}") for number in range(start, start + count)]


class Shop(App[None]):
    def __init__(self, picker: Picker[Row]) -> None:
        super().__init__()
        for look in (DARK, LIGHT):
            self.register_theme(look)
        self.theme = DARK.name
        self.picker = picker
        self.heard: list[tuple[str, str | None]] = []

    def compose(self) -> ComposeResult:
        yield self.picker
        yield Input()

    def on_picker_highlighted(self, event: Picker.Highlighted[Row]) -> None:
        self.heard.append(("highlighted", event.row.name if event.row else None))

    def on_picker_chosen(self, event: Picker.Chosen[Row]) -> None:
        self.heard.append(("chosen", event.row.name))


def lines(picker: Picker[Row]) -> list[str]:
    """Return what is drawn, without the padding and the empty lines below the last row."""
    drawn = [picker.render_line(y).text.rstrip() for y in range(picker.size.height)]
    while drawn and not drawn[-1]:
        drawn.pop()
    return drawn


def current(picker: Picker[Row]) -> str:
    assert picker.highlighted is not None
    return picker.highlighted.name


# Drawing


async def test_the_first_row_carries_the_mark() -> None:
    async with Shop(picker(numbered(3))).run_test() as pilot:
        assert lines(pilot.app.query_one(Picker)) == [f"{MARK} row 0", "  row 1", "  row 2"]


async def test_the_mark_spans_every_line_of_a_tall_row_but_not_the_gap() -> None:
    made = picker(numbered(2), lambda row, _: [row.name, "by browser"], gap=1)
    async with Shop(made).run_test():
        assert lines(made) == [f"{MARK} row 0", f"{MARK} by browser", "", "  row 1", "  by browser"]


async def test_a_row_that_draws_too_few_lines_is_filled_up() -> None:
    made = Picker[Row](lambda row, _: [row.name], height=2, key=lambda row: row.name)
    made.extend(numbered(2))
    async with Shop(made).run_test():
        assert lines(made) == [f"{MARK} row 0", MARK, "  row 1"]


async def test_an_empty_list_draws_nothing_and_survives_every_key() -> None:
    made = picker()
    async with Shop(made).run_test() as pilot:
        await pilot.press("down", "up", "pagedown", "pageup", "home", "end", "enter")
        assert lines(made) == []
        assert pilot.app.query_one(Picker).highlighted is None


async def test_markup_is_only_text() -> None:
    made = picker([Row("[bold]Dana[/] [@click=quit]")])
    async with Shop(made).run_test():
        assert lines(made) == [f"{MARK} [bold]Dana[/] [@click=quit]"]


async def test_control_characters_are_neutralised() -> None:
    made = picker([Row("a\x1b[2Jb\tc\nd\u202ee\x9bf\ud800")])
    async with Shop(made).run_test():
        assert lines(made) == [f"{MARK} a\ufffd[2Jb c de\ufffdf\ufffd"]


async def test_wide_characters_keep_every_line_at_the_full_width() -> None:
    made = picker([Row("日本語" * 40), Row("e\u0301té"), Row("👩\u200d💻 dev")], lambda row, _: [row.name])
    async with Shop(made).run_test(size=(30, 10)):
        strips = [made.render_line(y) for y in range(3)]
        assert {strip.cell_length for strip in strips} == {made.row_width + 2}
        assert strips[0].text.rstrip().endswith("…")


async def test_a_line_too_long_for_its_row_ends_in_an_ellipsis() -> None:
    made = picker([Row("Dana Levi")], lambda row, _: [[row.name, ("x" * 99, "quiet")]])
    async with Shop(made).run_test(size=(20, 5)):
        assert lines(made) == [f"{MARK} Dana Levixxxxxxx…"]


async def test_the_mark_is_quieter_without_focus() -> None:
    made = picker(numbered(2))
    async with Shop(made).run_test() as pilot:
        (mark, name) = list(made.render_line(0))[:2]
        pilot.app.query_one(Input).focus()
        await pilot.pause()
        (quiet_mark, plain_name) = list(made.render_line(0))[:2]
        assert quiet_mark.text == mark.text
        assert quiet_mark.style != mark.style
        assert name.style == made.rich_style + Style(bold=True)
        assert plain_name.style == made.rich_style


async def test_the_class_active_looks_like_focus() -> None:
    made = picker(numbered(2))
    async with Shop(made).run_test() as pilot:
        focused = list(made.render_line(0))
        pilot.app.query_one(Input).focus()
        made.add_class("-active")
        await pilot.pause()
        assert list(made.render_line(0)) == focused


async def test_a_tone_has_its_own_colour() -> None:
    made = picker([Row("a", note="quiet")])
    async with Shop(made).run_test():
        quiet = next(segment for segment in made.render_line(0) if segment.text == "quiet")
        assert quiet.style
        assert quiet.style.color == made.toned("$quiet").color
        assert quiet.style.color != made.rich_style.color


async def test_a_changed_row_is_drawn_again_when_asked() -> None:
    rows = numbered(2)
    made = picker(rows)
    async with Shop(made).run_test():
        before = lines(made)
        rows[1].note = "✓"
        assert lines(made) == before
        made.refresh_row("row 1")
        assert lines(made)[1].endswith("✓")


async def test_a_new_theme_is_drawn_in_its_colours() -> None:
    made = picker(numbered(1))
    async with Shop(made).run_test() as pilot:
        dark = list(made.render_line(0))
        pilot.app.theme = LIGHT.name
        await pilot.pause()
        assert list(made.render_line(0)) != dark


# The cursor


async def test_the_keys_move_and_choose() -> None:
    app = Shop(picker(numbered(100)))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.press("down", "down", "up", "end", "home", "pagedown", "pageup", "enter")
    assert app.heard == [
        ("highlighted", "row 0"),
        ("highlighted", "row 1"),
        ("highlighted", "row 2"),
        ("highlighted", "row 1"),
        ("highlighted", "row 99"),
        ("highlighted", "row 0"),
        ("highlighted", "row 9"),
        ("highlighted", "row 0"),
        ("chosen", "row 0"),
    ]


async def test_the_cursor_stays_in_sight() -> None:
    made = picker(numbered(100))
    async with Shop(made).run_test(size=(40, 13)) as pilot:
        await pilot.press("end")
        assert lines(made)[-1] == f"{MARK} row 99"
        await pilot.press("home")
        assert lines(made)[0] == f"{MARK} row 0"


async def test_the_cursor_stays_in_sight_when_the_terminal_shrinks() -> None:
    made = picker(numbered(100))
    async with Shop(made).run_test(size=(40, 40)) as pilot:
        assert made.highlight_key("row 30")
        await resize(pilot, 30, 10)
        await pilot.pause()
        assert f"{MARK} row 30" in lines(made)
        assert made.render_line(0).cell_length == made.row_width + 2


async def test_a_terminal_of_one_column_does_no_harm() -> None:
    made = picker(numbered(10))
    async with Shop(made).run_test() as pilot:
        await resize(pilot, 1, 5)
        await pilot.pause()
        assert len(lines(made)) <= 5


async def test_headings_are_skipped() -> None:
    made = picker([Row("Monday", heading=True), Row("Yoga"), Row("Tuesday", heading=True), Row("Dance")])
    async with Shop(made).run_test() as pilot:
        assert current(made) == "Yoga"
        await pilot.press("down")
        assert current(made) == "Dance"
        await pilot.press("home")
        assert current(made) == "Yoga"
        assert not made.highlight_key("Monday")


async def test_going_back_to_the_first_row_shows_its_heading() -> None:
    made = picker([Row("Monday", heading=True), *numbered(50)])
    async with Shop(made).run_test(size=(40, 13)) as pilot:
        await pilot.press("end", "home")
        assert lines(made)[:2] == ["  Monday", f"{MARK} row 0"]


async def test_highlight_key_refuses_what_is_not_there_to_see() -> None:
    made = picker(numbered(5))
    async with Shop(made).run_test():
        made.filter_text = "3"
        assert not made.highlight_key("row 1")
        assert not made.highlight_key("nobody")
        assert made.highlight_key("row 3")


# The mouse


async def test_a_click_highlights_and_a_second_one_chooses() -> None:
    app = Shop(picker(numbered(5)))
    async with app.run_test() as pilot:
        await pilot.click(Picker, offset=(5, 2))
        await pilot.click(Picker, offset=(5, 2))
    assert app.heard == [("highlighted", "row 0"), ("highlighted", "row 2"), ("chosen", "row 2")]


async def test_a_click_counts_lines_from_the_scroll_position() -> None:
    made = picker(numbered(100))
    async with Shop(made).run_test(size=(40, 13)) as pilot:
        await pilot.press("end")
        await pilot.click(Picker, offset=(5, 0))
        assert current(made) == "row 90"


async def test_a_click_on_a_heading_a_gap_or_below_the_list_does_nothing() -> None:
    made = picker([Row("Monday", heading=True), Row("Yoga"), Row("Dance")], gap=1)
    async with Shop(made).run_test() as pilot:
        for y in (0, 3, 7):
            await pilot.click(Picker, offset=(5, y))
        assert current(made) == "Yoga"


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    made = picker(numbered(100))
    app = Shop(made)
    async with app.run_test(size=(40, 13)) as pilot:
        made.post_message(MouseScrollDown(made, 5, 5, 0, 1, 0, False, False, False))
        await pilot.wait_for_scheduled_animations()
        assert lines(made)[0] != f"{MARK} row 0"
        assert current(made) == "row 0"


# The filter


async def test_a_filter_ignores_case_and_accents_and_wants_every_word() -> None:
    made = picker([Row("Zoë Müller"), Row("Zoe Miller"), Row("Ali")])
    async with Shop(made).run_test():
        made.filter_text = "ZOE mul"
        assert lines(made) == [f"{MARK} Zoë Müller"]
        assert (made.shown, made.total) == (1, 3)


async def test_a_filter_keeps_pinned_rows_on_top() -> None:
    made = picker([Row("Dana"), Row("Business hours", pinned=True), Row("Ali")])
    async with Shop(made).run_test():
        made.filter_text = "dana"
        assert lines(made) == ["  Business hours", f"{MARK} Dana"]


async def test_a_filter_moves_the_cursor_from_a_pinned_row_to_the_first_match() -> None:
    made = picker([Row("Business hours", pinned=True), Row("Ali"), Row("Dana")])
    async with Shop(made).run_test():
        assert current(made) == "Business hours"
        made.filter_text = "dan"
        assert current(made) == "Dana"


async def test_a_filter_that_matches_nothing_leaves_nothing_for_enter() -> None:
    app = Shop(picker([Row("Business hours", pinned=True), Row("Ali")]))
    async with app.run_test() as pilot:
        app.picker.filter_text = "zzz"
        await pilot.press("enter")
        assert lines(app.picker) == ["  Business hours"]
        await pilot.press("down")
        assert current(app.picker) == "Business hours"
    assert app.heard == [("highlighted", "Business hours"), ("highlighted", None), ("highlighted", "Business hours")]


async def test_a_highlighted_row_that_matches_stays_highlighted() -> None:
    made = picker(numbered(100))
    async with Shop(made).run_test(size=(40, 13)):
        made.highlight_key("row 77")
        made.filter_text = "7"
        assert current(made) == "row 77"
        assert f"{MARK} row 77" in lines(made)
        made.filter_text = ""
        assert f"{MARK} row 77" in lines(made)


async def test_a_filter_keeps_only_headings_with_a_match_below() -> None:
    made = picker([Row("Monday", heading=True), Row("Yoga"), Row("Tuesday", heading=True), Row("Dance")])
    async with Shop(made).run_test():
        made.filter_text = "dance"
        assert lines(made) == ["  Tuesday", f"{MARK} Dance"]
        assert (made.shown, made.total) == (1, 2)


async def test_without_a_haystack_nothing_is_filtered() -> None:
    made = Picker[Row](one_line, key=lambda row: row.name)
    made.extend(numbered(3))
    async with Shop(made).run_test():
        made.filter_text = "nobody"
        assert made.shown == 3


# Pages that arrive


async def test_extend_keeps_cursor_and_scroll() -> None:
    made = picker(numbered(50))
    async with Shop(made).run_test(size=(40, 13)) as pilot:
        await pilot.press("end", "up")
        before = lines(made)
        made.extend(numbered(50, start=50))
        await pilot.pause()
        assert lines(made) == before
        assert current(made) == "row 48"
        assert made.total == 100


async def test_extend_keeps_the_filter() -> None:
    made = picker([Row("Ali")])
    async with Shop(made).run_test():
        made.filter_text = "dan"
        assert made.highlighted is None
        made.extend([Row("Bo"), Row("Dana")])
        assert lines(made) == [f"{MARK} Dana"]


async def test_a_heading_appears_when_a_later_page_brings_its_match() -> None:
    made = picker([Row("Monday", heading=True), Row("Yoga")])
    async with Shop(made).run_test():
        made.filter_text = "dance"
        assert lines(made) == []
        made.extend([Row("Dance")])
        assert lines(made) == ["  Monday", f"{MARK} Dance"]


async def test_a_pinned_row_that_arrives_late_goes_on_top_and_moves_nothing_in_sight() -> None:
    made = picker(numbered(50))
    async with Shop(made).run_test(size=(40, 13)) as pilot:
        await pilot.press("end")
        before = lines(made)
        made.extend([Row("Business hours", pinned=True)])
        await pilot.pause()
        assert lines(made) == before
        await pilot.press("home")
        assert lines(made)[:2] == [f"{MARK} Business hours", "  row 0"]


async def test_a_row_that_comes_twice_is_replaced_in_its_place() -> None:
    made = picker(numbered(3))
    async with Shop(made).run_test():
        made.highlight_key("row 2")
        made.extend([Row("row 1", note="new"), Row("row 3")])
        assert [row.name for row in made.rows] == ["row 0", "row 1", "row 2", "row 3"]
        assert lines(made)[1].endswith("new")
        assert current(made) == "row 2"


async def test_clear_forgets_the_rows_and_starts_at_the_top_again() -> None:
    app = Shop(picker(numbered(50)))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.press("end")
        app.picker.clear()
        await pilot.pause()
        assert lines(app.picker) == []
        assert app.heard[-1] == ("highlighted", None)
        app.picker.extend(numbered(50))
        assert lines(app.picker)[0] == f"{MARK} row 0"


async def test_replace_keeps_cursor_scroll_and_filter() -> None:
    made = picker(numbered(50))
    async with Shop(made).run_test(size=(40, 13)) as pilot:
        made.filter_text = "row"
        await pilot.press("end", "up")
        made.replace([*numbered(45, start=3), Row("Dana"), *numbered(2, start=48)])
        await pilot.pause()
        assert current(made) == "row 48"
        assert made.scroll_offset.y > 30
        assert (made.shown, made.total) == (47, 48)


async def test_what_one_picker_has_kept_another_shows_as_it_would() -> None:
    first, second = picker([Row("Business", pinned=True), Row("Ali"), Row("Dana")]), picker()
    async with Shop(second).run_test():
        second.show(first.keep())
        assert lines(second) == [f"{MARK} Business", "  Ali", "  Dana"]
        assert second.highlight_key("Dana")
        second.filter_text = "ali"
        assert lines(second) == ["  Business", f"{MARK} Ali"]


async def test_a_letter_more_narrows_and_a_letter_less_widens_the_filter() -> None:
    made = picker([Row("Monday", heading=True), Row("Dana"), Row("Dan"), Row("Ali")])
    async with Shop(made).run_test():
        found = []
        for text in ("d", "dana", "dan", "n d", ""):
            made.filter_text = text
            found.append([line.strip(f"{MARK} ") for line in lines(made)][1:])
        assert found == [["Dana", "Dan"], ["Dana"], ["Dana", "Dan"], ["Dana", "Dan"], ["Dana", "Dan", "Ali"]]


async def test_without_a_key_every_row_is_a_row_of_its_own() -> None:
    made = Picker[Row](one_line)
    async with Shop(made).run_test():
        made.extend([Row("Dana"), Row("Dana")])
        made.extend([Row("Dana")])
        assert made.total == 3
        assert made.below == 2


# Text


def test_fit_gives_exactly_the_width_asked_for() -> None:
    assert fit("Dana", 6) == "Dana  "
    assert fit("Dana Levi", 6) == "Dana…" + " "
    assert fit("日本語", 4) == "日… "
    assert fit("Dana", 0) == ""


def test_clean_keeps_what_scripts_and_accents_are_made_of_and_joins_no_emoji() -> None:
    assert clean("क्\u200dष é 日本 שלום 👩\u200d💻") == "क्\u200dष é 日本 שלום 👩💻"


def test_fold_treats_composed_and_decomposed_letters_alike() -> None:
    assert fold("Zoë") == fold("ZOE\u0308") == "zoe"
