"""What a terminal has to offer."""

from __future__ import annotations

import os

LEAST_COLUMNS, LEAST_ROWS = 40, 12
"""The smallest window that the full screen can be used in, in cells."""


def colours() -> int:
    """Return how many colours the environment promises; 0: none are wanted (no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return 0
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return 256**3
    return 256 if "256" in os.environ.get("TERM", "") else 16


def wants_plain() -> bool:
    """Whether the environment asks for the plain front: a terminal that can only add lines, or a person's wish."""
    return os.environ.get("TERM") == "dumb" or os.environ.get("ACCESSIBLE", "") not in ("", "0")


def keeps_ctrl_b() -> bool:
    """Whether ctrl+b may never arrive: tmux, unless it was told another key, and VS Code's terminal take it themselves.

    TERM tells of tmux at the other end of an SSH session, too; GNU screen looks the same.
    """
    in_tmux = "TMUX" in os.environ or os.environ.get("TERM", "").startswith(("tmux", "screen"))
    return in_tmux or os.environ.get("TERM_PROGRAM") == "vscode"
