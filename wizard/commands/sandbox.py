"""`calendar-wizard sandbox`: only the embedded site."""

from __future__ import annotations

import argparse
from pathlib import Path

from wizard import launch
from wizard.options import fault, latency

DESCRIPTION = """\
Runs only the sandbox, an embedded test site, on loopback, until ctrl+c or
SIGTERM. When it is ready it prints one JSON line on standard output: {"url",
"apiKey", "siteId", "accounts": [{"provider", "email", "password",
"caldavUrl"}]}. A password is what Connect By Credentials takes, and what any
CalDAV client signs in with."""

EXAMPLES = """\
examples:
  calendar-wizard sandbox                             on any free port
  calendar-wizard sandbox --port 8710 --data ./site   keep what is done on it
  calendar-wizard sandbox --fault 'list-events=503*1' --latency 0.5
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    from wizard.sandbox import faults

    parser.description, parser.epilog = DESCRIPTION, f"{EXAMPLES}\n{faults.describe()}"
    # Its own names, because a command's defaults overwrite what the top parser has read.
    parser.add_argument(
        "--port", type=_port, default=0, metavar="N", help="the port to listen on (default: a free one)"
    )
    parser.add_argument(
        "--data", dest="site_data", metavar="DIR", help="keep the data in DIR (default: a temporary one)"
    )
    parser.add_argument(
        "--fault",
        dest="site_faults",
        metavar="CALL=KIND",
        type=fault,
        action="append",
        default=[],
        help="let a call go wrong on purpose, as listed below",
    )
    parser.add_argument(
        "--latency",
        dest="site_latency",
        metavar="SECONDS",
        type=latency,
        default=0.0,
        help="let each answer come that much later (default: 0)",
    )


def run(options: argparse.Namespace) -> int:
    """Run the site until it is ended."""
    launch.need_sandbox()

    from wizard.sandbox import faults, server

    return server.serve(
        port=options.port,
        data=Path(options.site_data) if options.site_data else None,
        faults=faults.Faults.parse(options.site_faults, options.site_latency),
    )


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 0 (any) to 65535")
