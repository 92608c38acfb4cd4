"""`python -m wizard.sandbox [--data DIR]`: the site for a parent process, ended by the end of its stdin."""

import argparse
import sys
from pathlib import Path

from wizard.sandbox.server import serve_owned


def main() -> int:
    """Run the site; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m wizard.sandbox", description="A Wix site to practise on.")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the site's data there; without it none is kept")
    return serve_owned(data=parser.parse_args().data)


if __name__ == "__main__":
    sys.exit(main())
