"""`python -m wizard.sandbox [OPTIONS]`: the site for a parent, ended by the end of stdin."""

import argparse
import sys
from pathlib import Path

from wizard.sandbox.faults import Faults, Rule, parse_latency
from wizard.sandbox.server import serve_owned


def main() -> int:
    """Run the site; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m wizard.sandbox", description="A Wix site to practise on.")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the site's data there; without it none is kept")
    parser.add_argument("--fault", type=Rule.parse, action="append", default=[], help="make a fault on purpose")
    parser.add_argument("--latency", type=parse_latency, default=0.0, help="answer that many seconds later")
    asked = parser.parse_args()
    return serve_owned(data=asked.data, faults=Faults(asked.fault, asked.latency))


if __name__ == "__main__":
    sys.exit(main())
