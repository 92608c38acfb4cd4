"""The events: the first rows of few and of many, and what many weigh."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.lists import ENTER, METHOD
from tests.benchmarks.row import Bench, Pair, Row
from tests.benchmarks.site import EMAIL, PASSWORD, PROVIDER, Site
from tests.benchmarks.terminal import Terminal
from wizard import texts

FEW, MANY = 1_000, 100_000
END = "\x1b[F"

ROWS = [
    Row("events", f"first rows of {MANY:,} events", f"of {FEW:,}", 1.2),
    Row("events-memory", f"{MANY:,} events listed through", "the first screen", 60, "MiB", adds=True),
]


def pairs(bench: Bench, runs: int) -> Iterator[Pair]:
    """List the events of both sites in turn; the many are listed through once, because that takes half a minute."""
    for number in range(runs):
        taken = {}
        for count in (FEW, MANY) if number % 2 else (MANY, FEW):
            with _at_done(bench, count) as (terminal, first):
                taken[count] = terminal.press(ENTER, "Appointment 000005")
                if number == 0 and count == MANY:
                    terminal.keep_pressing(END, texts.EVENTS_COUNT.format(count=MANY))
                    terminal.settle()
                    yield "events-memory", terminal.memory(), first
        yield "events", taken[MANY], taken[FEW]


@contextmanager
def _at_done(bench: Bench, count: int) -> Iterator[tuple[Terminal, float]]:
    """Walk the wizard to its last step; gives as well what it weighed at the first."""
    title, answers = texts.STATES, {"provider": PROVIDER}
    with Site(events=count) as site, bench.running(bench.wizard(site.url)) as terminal:
        terminal.first_frame()
        first = terminal.memory()
        terminal.shows(PROVIDER)
        terminal.press(ENTER, METHOD)
        terminal.press(ENTER, title["schedule"].title)
        terminal.press(ENTER, title["credentials"].title.format(**answers))
        terminal.press(EMAIL + ENTER, EMAIL)
        terminal.press(PASSWORD + ENTER, title["review"].title)
        terminal.press(ENTER, texts.DONE_ACTIONS["see_events"][0])
        yield terminal, first
