"""The two looks. Every text colour is WCAG AA or better on every background it stands on."""

from __future__ import annotations

from dataclasses import replace

from textual.theme import Theme

DARK = Theme(
    name="wizard-dark",
    dark=True,
    background="#0f141a",
    surface="#161d26",
    panel="#1d2631",
    foreground="#e6edf3",
    primary="#7cc4ff",
    success="#7fd99a",
    warning="#ffcf70",
    error="#ff8f8f",
    variables={"quiet": "#9aa7b4"},
)
LIGHT = Theme(
    name="wizard-light",
    dark=False,
    background="#fbfcfd",
    surface="#f1f4f8",
    panel="#e4eaf1",
    foreground="#16202b",
    primary="#0a569e",
    success="#17642f",
    warning="#7a5000",
    error="#a8201a",
    variables={"quiet": "#4d5b69"},
)

# Of 256 colours, a navy blue and a lavender are the nearest to these bluish greys. Greys without blue have their own.
_DARK_OF_256 = replace(
    DARK,
    background="#121212",
    surface="#1c1c1c",
    panel="#262626",
    foreground="#eeeeee",
    variables={"quiet": "#a8a8a8"},
)
_LIGHT_OF_256 = replace(
    LIGHT,
    background="#ffffff",
    surface="#f4f4f4",
    panel="#ebebeb",
    foreground="#121212",
    variables={"quiet": "#4e4e4e"},
)

# Of 16 colours, blue is the one ground that both black and white can be told from in any palette. These are the exact
# values of rich's, so that nothing is rounded to another one; what they look like is the terminal's choice.
_DARK_OF_16 = replace(
    DARK,
    background="#000000",
    surface="#000000",
    panel="#0000aa",
    foreground="#ffffff",
    primary="#55ffff",
    success="#55ff55",
    warning="#ffff55",
    error="#ff5555",
    variables={"quiet": "#aaaaaa"},
)
_LIGHT_OF_16 = replace(
    LIGHT,
    background="#ffffff",
    surface="#ffffff",
    panel="#aaaaaa",
    foreground="#000000",
    primary="#0000aa",
    success="#000000",
    warning="#aa0000",
    error="#aa0000",
    variables={"quiet": "#000000"},
)
# Without colour, blue would be black.
_DARK_OF_4_GREYS = replace(_DARK_OF_16, panel="#555555", error="#ffffff", variables={"quiet": "#ffffff"})


def looks(colours: str | None, *, grey: bool = False) -> tuple[Theme, Theme]:
    """Return the dark and the light look for a terminal's colours, as rich names them: "truecolor", "256", "standard".

    Their names are the same everywhere. `grey` says that no colour is wanted (no-color.org).
    """
    if colours == "256":
        return _DARK_OF_256, _LIGHT_OF_256
    if colours == "standard":
        return _DARK_OF_4_GREYS if grey else _DARK_OF_16, _LIGHT_OF_16
    return DARK, LIGHT
