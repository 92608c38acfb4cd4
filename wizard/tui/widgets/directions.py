"""The picture of both directions: Wix, the calendar, and an arrow each way. A click on an arrow switches it."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from wizard import texts
from wizard.tui.widgets.picker import cell, clean, fit

_BOX, _WIDTH = 25, 76
"""Cells of a box, its border included, and of the whole; narrower where there is no room."""


@dataclass(frozen=True)
class Arrow:
    """One direction: its name, whether it is on, and whether it can be switched."""

    name: str
    action: str
    on: bool
    allowed: bool


@dataclass(frozen=True)
class Picture:
    """What the picture says: who is at both ends, the two arrows, and where they start and end at the calendar."""

    schedule: str
    provider: str
    email: str
    export: Arrow
    imports: Arrow
    export_to: tuple[str, str]
    import_from: tuple[str, str]


class Directions(Widget):
    """Seven lines, at most 76 cells wide."""

    auto_links = False  # clickable, but not underlined like a web page

    def __init__(self) -> None:
        super().__init__(id="directions")
        self._picture: Picture | None = None

    def show(self, picture: Picture) -> None:
        """Draw this."""
        self._picture = picture
        self.refresh()

    def render(self) -> Content:
        """Draw the boxes and the arrows between them."""
        picture, width = self._picture, min(_WIDTH, self.content_size.width)
        if picture is None or width < 36:
            return Content("")
        box = min(_BOX, (width - 18) // 2)
        gap = width - 2 * box
        left = (texts.REVIEW_APPOINTMENTS, "", texts.REVIEW_BUSY, "")
        right = (*picture.export_to, *picture.import_from)
        between = [
            *_arrow(picture.export, gap, to_right=True),
            *_arrow(picture.imports, gap, to_right=False),
        ]
        top, bottom = "╭" + "─" * (box - 2) + "╮", "╰" + "─" * (box - 2) + "╯"
        lines = [_head(picture, width, box), Content(top + " " * gap + top)]
        for l, m, r in zip(left, between, right, strict=True):  # noqa: E741 - left, middle, right
            lines.append(Content.assemble(_side(l, box), m, _side(r, box)))
        lines.append(Content(bottom + " " * gap + bottom))
        return Content("\n").join(lines)


def _head(picture: Picture, width: int, box: int) -> Content:
    """Say who is at both ends; the right end takes of the gap what the left leaves, and the account most of it."""
    schedule, provider, email = clean(picture.schedule), clean(picture.provider), clean(picture.email)
    wix = f" {texts.REVIEW_WIX} "
    room = max(box, width - cell_len(wix + schedule) - 2)
    of_provider = min(cell_len(provider), max(room - cell_len(email) - 1, room // 3))
    of_email = min(cell_len(email), room - of_provider - 1)
    right = max(box, of_provider + 1 + of_email)
    return Content.assemble(
        (wix, "bold"),
        cell(schedule, width - right - len(wix)),
        (fit(provider, of_provider), "bold"),
        fit(f" {email}", of_email + 1),
    )


def _side(text: str, box: int) -> str:
    return f"│ {fit(text, box - 4)} │"


def _arrow(arrow: Arrow, gap: int, *, to_right: bool) -> tuple[Content, Content]:
    """Draw the line, and below it the words: on and off differ in more than colour."""
    length = gap - 2
    if arrow.on:
        line = "─" * (length - 1) + "▶" if to_right else "◀" + "─" * (length - 1)
    else:
        line = ("· " * length)[:length]
    style = "$success" if arrow.on else "$quiet"
    state = texts.ON if arrow.on else texts.OFF
    words = f"{arrow.name.lower()} {state}".center(gap)
    drawn = Content(f" {line} ").stylize(style), Content(words).stylize(style)
    if not arrow.allowed:
        return drawn
    click = Style.from_meta({"@click": arrow.action})
    return drawn[0].stylize(click), drawn[1].stylize(click)
