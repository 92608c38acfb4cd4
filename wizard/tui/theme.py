"""The two looks. Every text colour is WCAG AA or better on every background it stands on."""

from __future__ import annotations

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
    variables={"quiet": "#9aa7b4", "text-muted": "#9aa7b4"},
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
    variables={"quiet": "#4d5b69", "text-muted": "#4d5b69"},
)
