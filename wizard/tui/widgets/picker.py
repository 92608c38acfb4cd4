"""One list for everything a person picks from: providers, schedules, calendars, events.

It keeps the data and draws only the lines on the screen, so 50,000 rows cost about as much as fifty.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, Literal, TypeAlias, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wizard.front.search import fold
from wizard.inert import steady

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.style import Style
    from textual.events import Click

Tone: TypeAlias = Literal["name", "quiet", "strong", "good", "warn", "bad"]
Span: TypeAlias = "str | tuple[str, Tone]"
Line: TypeAlias = "str | Sequence[Span]"

RowT = TypeVar("RowT")
EventRowT = TypeVar("EventRowT")

MARK = "▌"
GUTTER = 2
_JOINERS = "\u200c\u200d"  # invisible, but some scripts are spelt with them


def clean(text: str) -> str:
    """Make text from outside safe to print: nothing in it moves the cursor, reorders the line or shifts it."""
    text = steady(text)
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category in ("Cc", "Cs"):
        return "\N{REPLACEMENT CHARACTER}"
    return "" if category == "Cf" and character not in _JOINERS else character


def fit(text: str, width: int) -> str:
    """Crop with an ellipsis, or pad, to exactly `width` cells: what a column is made of."""
    text = clean(text)
    if width > 0 and cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(text, max(width, 0))


def cell(text: str, room: int) -> str:
    """Fit a text into a column, with a space behind it."""
    return fit(fit(text, room - 1), room)


TONES: dict[Tone, str] = {
    "quiet": "$quiet",
    "strong": "bold",
    "good": "$success",
    "warn": "$warning",
    "bad": "$error",
}
"""The tones of a row's text, in the words of Textual's markup."""


@dataclass(eq=False)
class Kept(Generic[RowT]):
    """A picker's rows, with what was found out about them."""

    rows: list[RowT]
    folded: list[str]
    index: dict[str, int]
    pins: dict[int, None]
    headings: set[int]


class Picker(ScrollView, Generic[RowT], can_focus=True):
    """A list with one highlighted row.

    `draw(row, width)` returns the row's `height` lines; a line is a string, or a sequence of strings and
    `(text, tone)` pairs. "name" is bold while its row is highlighted and the picker has the focus; the other tones
    are those of `TONES`. Nothing in the text is read as markup.

    `key` names a row for good; a row that arrives under a known key replaces the old one in its place. Without it no
    row is ever replaced, nor found again.
    Rows that are not `selectable` are headings of the rows below: the cursor skips them, the counts leave them
    out, and a filter keeps them while it keeps one of those rows. `pinned` rows stay on top of every filter.
    Without a `haystack` there is no filter.

    The class `-active` makes it look focused, for a screen whose filter field holds the focus and passes the
    arrows on to the `action_…` methods.
    """

    class Highlighted(Message, Generic[EventRowT]):
        """The cursor moved; `row` is None when nothing is highlighted any more."""

        def __init__(self, picker: Picker[EventRowT], row: EventRowT | None) -> None:
            super().__init__()
            self.picker = picker
            self.row = row

        @property
        def control(self) -> Picker[EventRowT]:
            """The picker, for `@on` with a selector."""
            return self.picker

    class Chosen(Message, Generic[EventRowT]):
        """Enter on the highlighted row, or a click on it. A click elsewhere only highlights."""

        def __init__(self, picker: Picker[EventRowT], row: EventRowT) -> None:
            super().__init__()
            self.picker = picker
            self.row = row

        @property
        def control(self) -> Picker[EventRowT]:
            """The picker, for `@on` with a selector."""
            return self.picker

    click_chooses: ClassVar[bool] = False
    """Whether a click on any row chooses it."""
    DEFAULT_CSS = """
    Picker {
        overflow-x: hidden;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        scrollbar-color: $foreground 25%;
        scrollbar-background: $foreground 5%;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor_up", "Up", show=False),
        Binding("down", "cursor_down", "Down", show=False),
        Binding("home", "cursor_first", "First", show=False),
        Binding("end", "cursor_last", "Last", show=False),
        Binding("pageup", "cursor_page_up", "Page up", show=False),
        Binding("pagedown", "cursor_page_down", "Page down", show=False),
        Binding("enter", "choose", "Choose", show=False),
    ]

    # Not `query`: every widget already has a method of that name, and Textual calls it.
    filter_text: reactive[str] = reactive("", repaint=False, init=False)

    def __init__(
        self,
        draw: Callable[[RowT, int], Sequence[Line]],
        *,
        key: Callable[[RowT], str] | None = None,
        height: int = 1,
        gap: int = 0,
        haystack: Callable[[RowT], str] | None = None,
        pinned: Callable[[RowT], bool] | None = None,
        selectable: Callable[[RowT], bool] | None = None,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._draw_row = draw
        self._key_of = key
        self._clicked = False
        self._haystack_of = haystack
        self._is_pinned = pinned
        self._is_selectable = selectable
        self._row_height = height
        self._stride = height + gap
        self._reset()
        self._words: list[str] = []
        self._drawn: LRUCache[tuple[int, int, bool], list[Strip]] = LRUCache(512)

    def _reset(self) -> None:
        self._rows: list[RowT] = []
        self._folded: list[str] = []
        self._index: dict[str, int] = {}
        self._pins: dict[int, None] = {}  # a set that remembers its order
        self._headings: set[int] = set()
        self._shown: Sequence[int] = range(0)  # the pins, then the rows that match, each part ascending
        self._waiting_heading: int | None = None  # under a filter, until a row below it matches
        self._cursor: int | None = None

    # What is in it

    @property
    def rows(self) -> Sequence[RowT]:
        """Every row, in the order of arrival."""
        return self._rows

    @property
    def total(self) -> int:
        """How many rows there are, headings left out."""
        return len(self._rows) - len(self._headings)

    @property
    def shown(self) -> int:
        """How many of them the filter finds: pinned rows stay in sight also where they don't match."""
        unfound = sum(not self._matches(index) for index in self._pins)
        if not self._headings:
            return len(self._shown) - unfound
        return sum(index not in self._headings for index in self._shown) - unfound

    @property
    def highlighted(self) -> RowT | None:
        """The row under the cursor."""
        return None if self._cursor is None else self._rows[self._cursor]

    @property
    def below(self) -> int:
        """How many rows are shown below the cursor; all of them where there is none."""
        position = None if self._cursor is None else self._position(self._cursor)
        return len(self._shown) - (0 if position is None else position + 1)

    @property
    def row_width(self) -> int:
        """The width `draw` is given, for a line of column heads above the picker."""
        return max(0, self.scrollable_content_region.width - GUTTER)

    def extend(self, rows: Iterable[RowT]) -> None:
        """Add rows at the end. Cursor, filter and scroll position stay."""
        known, known_pins, replaced = len(self._rows), len(self._pins), False
        for row in rows:
            index = len(self._rows)
            if self._key_of:
                index = self._index.setdefault(self._key_of(row), index)
            if index < len(self._rows):
                self._rows[index] = row
                if self._haystack_of:
                    self._folded[index] = fold(self._haystack_of(row))
                replaced = True
                continue
            self._rows.append(row)
            if self._haystack_of:
                self._folded.append(fold(self._haystack_of(row)))
            if self._is_pinned and self._is_pinned(row):
                self._pins[index] = None
            if self._is_selectable and not self._is_selectable(row):
                self._headings.add(index)
        pushed = len(self._pins) - known_pins
        if replaced or pushed or not self._words:
            self._filter()
        else:
            self._shown = [*self._shown, *self._matching(range(known, len(self._rows)))]
        self._rows_changed()
        if pushed and self.scroll_offset.y:
            self.scroll_to(y=self.scroll_offset.y + pushed * self._stride, animate=False, force=True)
        if self._cursor is None or self._position(self._cursor) is None:
            self._move(self._first_match())

    def keep(self) -> Kept[RowT]:
        """Return all rows, to be shown again by another picker of the same kind. This one must not change them then."""
        return Kept(self._rows, self._folded, self._index, self._pins, self._headings)

    def show(self, kept: Kept[RowT]) -> None:
        """Show rows that another picker has kept, at no cost for their number."""
        self._reset()
        self._rows, self._folded, self._index = kept.rows, kept.folded, kept.index
        self._pins, self._headings = kept.pins, kept.headings
        self._filter()
        self._rows_changed()
        self._move(self._first_match())

    def replace(self, rows: Iterable[RowT]) -> None:
        """Show these rows instead. Filter and scroll position stay, and so does the cursor, if its row is there yet."""
        highlighted, y = self.highlighted, self.scroll_offset.y
        self._reset()
        self.extend(rows)
        if highlighted is not None and self._key_of:
            self.highlight_key(self._key_of(highlighted))
        self.scroll_to(y=y, animate=False, force=True)
        self._scroll_to_cursor()

    def clear(self) -> None:
        """Forget every row; the filter stays."""
        had_cursor = self._cursor is not None
        self._reset()
        self._rows_changed()
        self._scroll_to_top()
        if had_cursor:
            self.post_message(self.Highlighted(self, None))

    def highlight_key(self, key: str) -> bool:
        """Move the cursor to a row; False when there is no such row to see or to select."""
        index = self._index.get(key)
        if index is None or index in self._headings or self._position(index) is None:
            return False
        self._move(index)
        return True

    def refresh_row(self, key: str) -> None:
        """Draw a row again because its data changed."""
        if (index := self._index.get(key)) is not None:
            self._drawn.clear()
            self._refresh_index(index)

    def redraw(self) -> None:
        """Draw every row again because something they all depend on changed."""
        self._drawn.clear()
        self.refresh()

    # The filter

    def watch_filter_text(self, text: str) -> None:
        """Show the rows that have all the words of the text somewhere in them."""
        words = fold(text).split() if self._haystack_of else []
        if words == self._words:
            return
        narrower = all(any(old in new for new in words) for old in self._words)
        self._words = words
        self._filter(among=self._shown[len(self._pins) :] if narrower else None)
        self._rows_changed()
        if self._cursor is None or self._position(self._cursor) is None or not self._matches(self._cursor):
            self._move(self._first_match())
        self._scroll_to_top()
        self._scroll_to_cursor()

    def _filter(self, among: Sequence[int] | None = None) -> None:
        """Find out anew which rows are shown; they are all `among` these, if there are any."""
        self._waiting_heading = None
        everything = range(len(self._rows))
        if self._words:
            self._shown = [*self._pins, *self._matching(everything if among is None else among)]
        elif self._pins:
            rest = list(everything)
            for index in sorted(self._pins, reverse=True):
                del rest[index]
            self._shown = [*self._pins, *rest]
        else:
            self._shown = everything

    def _matching(self, indices: Sequence[int]) -> Iterable[int]:
        """Yield the rows that match, pins left out, headings kept where something below them matches."""
        folded, headings = self._folded, self._headings
        found: Iterable[int] = indices
        for word in self._words:
            if len(indices) == len(folded) and found is indices and not headings:  # the quickest way through them all
                found = [i for i, text in enumerate(folded) if word in text]
            else:
                found = [i for i in found if word in folded[i] or i in headings]
        if self._pins:
            found = [i for i in found if i not in self._pins]
        return self._with_headings(found) if headings else found

    def _with_headings(self, indices: Iterable[int]) -> Iterable[int]:
        for index in indices:
            if index in self._headings:
                self._waiting_heading = index
                continue
            if self._waiting_heading is not None:
                yield self._waiting_heading
                self._waiting_heading = None
            yield index

    def _matches(self, index: int) -> bool:
        return all(word in self._folded[index] for word in self._words)

    def _first_match(self) -> int | None:
        """Find the row to start from. None if only pins are left: Enter must not pick what nobody looked for."""
        return next((i for i in self._shown if i not in self._headings and self._matches(i)), None)

    # The cursor

    def _position(self, index: int) -> int | None:
        """Find where a row is among those shown."""
        low, high = (0, len(self._pins)) if index in self._pins else (len(self._pins), len(self._shown))
        position = bisect_left(self._shown, index, low, high)
        return position if position < high and self._shown[position] == index else None

    def _move(self, index: int | None) -> None:
        if index != self._cursor:
            for changed in (self._cursor, index):
                if changed is not None:
                    self._refresh_index(changed)
            self._cursor = index
            self.post_message(self.Highlighted(self, self.highlighted))
        self._scroll_to_cursor()

    def _step(self, target: int, back: bool) -> None:
        """Move to the row at a position or the nearest beyond it, or short of it at the end of the list."""
        if not self._shown:
            return
        last = len(self._shown) - 1
        target = min(max(target, 0), last)
        before, after = range(target, -1, -1), range(target, last + 1)
        for way in (before, after) if back else (after, before):
            for position in way:
                if self._shown[position] not in self._headings:
                    self._move(self._shown[position])
                    return

    def _step_by(self, rows: int) -> None:
        here = None if self._cursor is None else self._position(self._cursor)
        if here is None:
            self._step(0 if rows > 0 else len(self._shown), back=rows < 0)
        else:
            self._step(here + rows, back=rows < 0)

    @property
    def _page(self) -> int:
        return max(1, self.scrollable_content_region.height // self._stride - 1)

    def action_cursor_up(self) -> None:
        """Go to the row above."""
        self._step_by(-1)

    def action_cursor_down(self) -> None:
        """Go to the row below."""
        self._step_by(1)

    def action_cursor_page_up(self) -> None:
        """Go up by a screenful."""
        self._step_by(-self._page)

    def action_cursor_page_down(self) -> None:
        """Go down by a screenful."""
        self._step_by(self._page)

    def action_cursor_first(self) -> None:
        """Go to the first row."""
        self._step(0, back=False)

    def action_cursor_last(self) -> None:
        """Go to the last row."""
        self._step(len(self._shown), back=True)

    def action_choose(self) -> None:
        """Say that the highlighted row is the one."""
        if self._cursor is not None:
            self.post_message(self.Chosen(self, self._rows[self._cursor]))

    def on_click(self, event: Click) -> None:
        """Highlight the row under the pointer; choose it if it is highlighted already, or a click is enough."""
        if event.chain > 1 and not self._clicked:
            return  # the rest of a double click on the screen before
        self._clicked = True
        offset = event.get_content_offset(self)
        if offset is None or event.button != 1:
            return
        position, line = divmod(offset.y + self.scroll_offset.y, self._stride)
        if position >= len(self._shown) or line >= self._row_height:
            return
        index = self._shown[position]
        chooses = self.click_chooses or index == self._cursor
        if index not in self._headings:
            self._move(index)
            if chooses:
                self.action_choose()

    # Lines on the screen

    def on_resize(self) -> None:
        """Keep the highlighted row in sight."""
        self._scroll_to_cursor()

    def notify_style_update(self) -> None:
        """Forget the lines drawn in the old colours."""
        super().notify_style_update()
        self._drawn.clear()

    def _rows_changed(self) -> None:
        lines = len(self._shown) * self._stride - (self._stride - self._row_height)
        self.virtual_size = Size(1, max(lines, 0))
        self.redraw()

    def _refresh_index(self, index: int) -> None:
        position = self._position(index)
        if position is not None:
            top = position * self._stride - self.scroll_offset.y
            self.refresh(Region(0, top, self.outer_size.width, self._row_height))

    def _scroll_to_top(self) -> None:
        if self.scroll_offset.y:
            self.scroll_to(y=0, animate=False, force=True)

    def _scroll_to_cursor(self) -> None:
        position = None if self._cursor is None else self._position(self._cursor)
        height = self.scrollable_content_region.height
        if position is None or not height:
            return
        bottom = position * self._stride + self._row_height
        while position and self._shown[position - 1] in self._headings:  # a row's headings come along
            position -= 1
        top = max(min(position * self._stride, bottom - self._row_height), bottom - height)
        y = max(min(self.scroll_offset.y, top), bottom - height)
        if y != self.scroll_offset.y:
            self.scroll_to(y=y, animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in sight."""
        width = self.scrollable_content_region.width
        position, line = divmod(y + self.scroll_offset.y, self._stride)
        if position >= len(self._shown) or line >= self._row_height:
            return Strip.blank(width, self.rich_style)
        index = self._shown[position]
        cached = (index, width, index == self._cursor)
        strips = self._drawn.get(cached)
        if strips is None:
            strips = self._drawn[cached] = self._strips(*cached)
        return strips[line]

    def _strips(self, index: int, width: int, highlighted: bool) -> list[Strip]:
        base = self.rich_style
        if highlighted:
            gutter = Segment(MARK.ljust(GUTTER), self.toned("$primary" if self._is_active else TONES["quiet"]))
        else:
            gutter = Segment(" " * GUTTER, base)
        lines = list(self._draw_row(self._rows[index], max(0, width - GUTTER)))
        lines += [""] * (self._row_height - len(lines))
        return [
            Strip([gutter, *self._segments(line, width - GUTTER, highlighted, base)]).adjust_cell_length(width, base)
            for line in lines
        ]

    def _segments(self, line: Line, room: int, highlighted: bool, base: Style) -> Iterable[Segment]:
        for span in (line,) if isinstance(line, str) else line:
            text, tone = (span, None) if isinstance(span, str) else span
            text = clean(text)
            if cell_len(text) > room:
                text = fit(text, room)
            room -= cell_len(text)
            if tone == "name":
                tone = "strong" if highlighted and self._is_active else None
            yield Segment(text, self.toned(TONES[tone]) if tone else base)

    @property
    def _is_active(self) -> bool:
        return self.has_focus or self.has_class("-active")

    def toned(self, style: str) -> Style:
        """Return the picker's own style with `style` over it, in the words of Textual's markup.

        Not component classes: each of them is styled anew whenever the focus comes or goes.
        """
        return (self.visual_style + self.app.stylesheet.parse_style(style)).rich_style
