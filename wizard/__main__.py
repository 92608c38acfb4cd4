"""The program's process: `calendar-wizard`, and `python -m wizard`."""

import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

from wizard.cli import main
from wizard.exits import take_no_more


def run() -> NoReturn:
    """Run the program, and end its process at once.

    Python would wait for threads first, such as one that looks up a name, and meet another ctrl+c with a traceback.
    """
    code = main()
    signal.signal(signal.SIGINT, take_no_more)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
