"""What a warm start has loaded: import this in no test."""

import gc
import os
from importlib import import_module
from pkgutil import iter_modules

os.environ["TEXTUAL_ANIMATIONS"] = "none"  # Textual reads it when it is loaded

import wizard.tui.screens

for part in (
    "cli",
    "report",
    "running",
    "saved",
    "saving",
    "flow",
    "journey",
    "authorization",
    "record",
    "receipt",
    "tui.app",
    "front.session",
    "plain.front",
    "plain.lines",
    "unattended.front",
):
    import_module(f"wizard.{part}")
for found in iter_modules(wizard.tui.screens.__path__, "wizard.tui.screens."):
    import_module(found.name)
# What others load only when they are used, a tenth of a second in all.
for late in (
    "anyio._backends._asyncio",
    "httpcore",
    "textual.drivers.linux_driver",
    "textual.layouts.factory",
    "textual.pilot",
    "textual.scrollbar",
):
    import_module(late)
# Nothing of it is garbage: looking through it in each process again would take longer than most of them run.
gc.freeze()
