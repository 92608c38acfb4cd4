"""What the first frame may cost: no module that it doesn't need, and few rules of style."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import wizard.tui.widgets

OURS = {
    "answers",
    "cli",
    "domain",
    "exits",
    "fault_texts",
    "files",
    "front",
    "front.outcome",
    "front.search",
    "front.session",
    "front.steps",
    "front.wording",
    "inert",
    "options",
    "parsing",
    "running",
    "saved",
    "settings",
    "terminal",
    "texts",
    "tui",
    "tui.app",
    "tui.driver",
    "tui.frame",
    "tui.screens",
    "tui.screens.provider",
    "tui.step",
    "tui.theme",
    "tui.typeahead",
    "tui.widgets",
    "tui.widgets.bar",
    "tui.widgets.blank",
    "tui.widgets.busy",
    "tui.widgets.dialog",
    "tui.widgets.hints",
    "tui.widgets.notice",
    "tui.widgets.picker",
    "tui.widgets.question",
    "tui.widgets.rail",
}
OTHERS = {
    *("textual", "rich", "typing_extensions", "platformdirs"),
    "_missing_stdlib_info",  # Python's own from 3.15 on, though not among its names
}
RULES = 80
"""So many cost nothing that can be measured; 400 cost a fifth of the start."""
LOOK = """
import json, sys
before = set(sys.modules)  # what the environment loads into every program
from wizard import cli
from wizard.tui.app import WizardApp
from wizard.tui.frame import Frame

def look(app, screen, update):
    if isinstance(screen, Frame) and update is not None:
        print(json.dumps(sorted(set(sys.modules) - before)))
        app.exit()

run = WizardApp.run_async
WizardApp._display, WizardApp.run_async = look, lambda app: run(app, headless=True)
sys.stdin.isatty = sys.stderr.isatty = lambda: True
cli.main([])
"""


def test_the_first_frame_loads_nothing_but_textual_and_the_first_screen(tmp_path: Path) -> None:
    environment = {**os.environ, "WIX_ACCESS_TOKEN": "t", "WIX_SITE_ID": "6a1f0c52-93d8-4e7b-b1a4-2f5c8d7e9b30"}
    environment |= {"WIX_BASE_URL": "http://127.0.0.1:9", "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    environment["LC_ALL"] = "C.UTF-8"  # another character set takes one module more
    run = subprocess.run([sys.executable, "-c", LOOK], env=environment, capture_output=True, text=True, check=False)
    loaded = set(json.loads(run.stdout.splitlines()[0]))
    assert {name.removeprefix("wizard.") for name in loaded if name.startswith("wizard.")} <= OURS
    assert {name.split(".")[0] for name in loaded} - sys.stdlib_module_names - {"wizard"} <= OTHERS


def test_the_styles_keep_to_their_budget() -> None:
    package = Path(wizard.tui.widgets.__file__).parent
    modules = [import_module(f"wizard.tui.widgets.{found.name}") for found in iter_modules([str(package)])]
    of_widgets = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    css = [kind.__dict__.get("DEFAULT_CSS", "") for kind in of_widgets if kind.__module__.startswith("wizard.")]
    css.append((package.parent / "wizard.tcss").read_text())
    assert 0 < sum(len(re.findall("{", one)) for one in css) <= RULES
