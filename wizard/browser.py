"""Opening a page in a graphical browser, and never in a text browser that would take over the terminal.

The standard `webbrowser` module is not used: it starts text browsers too, and lets a browser's output into the
terminal.
"""

import os
import platform
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import PurePath

STARTING_SECONDS = 2.0
"""How long a browser may run until it counts as opened; most starters are done earlier."""

_TEXT_BROWSERS = frozenset({"w3m", "lynx", "links", "links2", "elinks", "browsh", "www-browser"})

_STARTERS = ("wslview", "xdg-open", "gio open", "x-www-browser", "firefox", "chromium", "google-chrome")


def graphical_browser() -> Callable[[str], bool] | None:
    """Find a way to open an http(s) URL in a graphical browser of this machine, or None.

    `BROWSER` (a list of commands, `%s` standing for the URL) comes first. Otherwise Linux needs a display or WSL, and
    macOS and Windows need not to be used over SSH, as the browser would open where nobody sits.

    The result may take up to two seconds for each browser it tries, so it belongs in a thread. It says whether one
    opened, and is False for any other kind of URL.
    """
    commands = _commands()
    if not commands:
        return None

    def open_page(url: str) -> bool:
        is_page = url.startswith(("http://", "https://"))
        return is_page and any(_starts(_with_url(command, url)) for command in commands)

    return open_page


def _commands() -> list[list[str]]:
    chosen = [_words(entry) for entry in os.environ.get("BROWSER", "").split(os.pathsep)]
    return [command for command in (*chosen, *_usual_commands()) if command and _is_graphical(command[0])]


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command.rstrip("& "), posix=os.name == "posix")
    except ValueError:  # a quotation mark without its partner
        return []


def _usual_commands() -> list[list[str]]:
    if sys.platform in ("darwin", "win32"):
        if "SSH_CONNECTION" in os.environ:
            return []
        return [["open"]] if sys.platform == "darwin" else [["rundll32", "url.dll,FileProtocolHandler"]]
    has_display = "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    if not has_display and "microsoft" not in platform.release().lower():
        return []
    return [starter.split() for starter in _STARTERS]


def _is_graphical(program: str) -> bool:
    return PurePath(program).stem not in _TEXT_BROWSERS and shutil.which(program) is not None


def _with_url(command: list[str], url: str) -> list[str]:
    if any("%s" in word for word in command):
        return [word.replace("%s", url) for word in command]
    return [*command, url]


def _starts(command: list[str]) -> bool:
    # xdg-open would follow BROWSER to a text browser; the sign-in to Wix is none of a browser's business
    withheld = {name for name in os.environ if name == "BROWSER" or name.startswith("WIX_")}
    environment = {name: value for name, value in os.environ.items() if name not in withheld}
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell; the URL is one argument
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        return process.wait(STARTING_SECONDS) == 0
    except subprocess.TimeoutExpired:
        # it is the browser itself: somebody has to wait for its end, or it would stay as a zombie
        threading.Thread(target=process.wait, daemon=True).start()
        return True
