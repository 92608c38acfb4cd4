"""The options that every command on a site has, and their values."""

from __future__ import annotations

import argparse
from typing import Any


def fault(text: str) -> str:
    """Check a fault's CALL=KIND, and return it."""
    from wizard.sandbox import faults

    faults.Rule.parse(text)
    return text


def latency(text: str) -> float:
    """Return a latency in seconds."""
    from wizard.sandbox import faults

    return faults.parse_latency(text)


_SITE: dict[str, dict[str, Any]] = {
    "--sandbox": {"action": "store_true", "help": "use the embedded site instead of a real one"},
    "--data": {"metavar": "DIR", "help": "with --sandbox: keep the embedded site's data in DIR"},
    "--fault": {
        "metavar": "CALL=KIND",
        "action": "append",
        "type": fault,
        "help": "with --sandbox: let a call go wrong on purpose; 'calendar-wizard sandbox --help' lists how",
    },
    "--latency": {"metavar": "SECONDS", "type": latency, "help": "with --sandbox: let each answer come later"},
    "--site-id": {"metavar": "ID", "help": "the Wix site; stands before WIX_SITE_ID"},
    "--base-url": {"metavar": "URL", "help": "the Wix API's address; stands before WIX_BASE_URL"},
    "--log-file": {
        "metavar": "FILE",
        "help": "append what happens to FILE, without names or secrets (default: no log)",
    },
}


def add_site_options(parser: argparse.ArgumentParser, *, command: bool = True) -> None:
    """Add what says which site is meant; to a `command` without defaults, which would hide what stands before it."""
    missing: dict[str, Any] = {"default": argparse.SUPPRESS} if command else {}
    for name, more in _SITE.items():
        parser.add_argument(name, **more, **missing)
