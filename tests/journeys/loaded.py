"""What a warm start has loaded: import this in no test."""

import os
from importlib import import_module
from pkgutil import iter_modules

os.environ["TEXTUAL_ANIMATIONS"] = "none"  # Textual reads it when it is loaded

import wizard.tui.screens

for part in (
    "cli",
    "report",
    "flow",
    "journey",
    "authorization",
    "tui.app",
    "front.session",
    "plain.front",
    "plain.lines",
):
    import_module(f"wizard.{part}")
for found in iter_modules(wizard.tui.screens.__path__, "wizard.tui.screens."):
    import_module(found.name)
