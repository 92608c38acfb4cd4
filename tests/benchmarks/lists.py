"""The schedule step with few and with many schedules: shown again, filtered, walked through."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from tests.benchmarks.row import Bench, Pair, Row
from tests.benchmarks.site import PROVIDER, Site, schedule_name
from tests.benchmarks.terminal import Terminal
from wizard import texts

FEW, SOME, MANY = 100, 1_000, 50_000
SAMPLES = 5
"""How often each key is pressed in each run."""
METHOD = texts.STATES["method"].title.format(provider=PROVIDER)
ENTER, BACK, DOWN, BACKSPACE = "\r", "\x02", "\x1b[B", "\x7f"
LIST = """
from textual.app import App
from textual.widgets import OptionList

class Listed(App):
    def compose(self):
        yield OptionList(*(f"Person {number:05}" for number in range(10)))

Listed().run()
"""

Turn = TypeVar("Turn")

ROWS = [
    Row("picker", f"picker ready, {MANY:,} schedules fetched", f"with {FEW:,}", 1.2),
    Row("filter", f"a letter in the filter, {MANY:,} rows", f"of {SOME:,}", 1.1),
    Row("down", f"key down in {MANY:,} rows", "in a bare Textual list of 10", 2.0),
]


def pairs(bench: Bench, runs: int) -> Iterator[Pair]:
    """Keep four programs running side by side, and press each key in each of them in turn."""
    bare = bench.textual(LIST, schedule_name(1))
    for _ in range(runs):
        with ExitStack() as stack:
            few, some, many = (stack.enter_context(_at_schedules(bench, count)) for count in (FEW, SOME, MANY))
            listed = stack.enter_context(bench.running(bare))
            listed.first_frame()
            listed.press(DOWN, "Person 00000")
            for number in range(SAMPLES):
                taken = {}
                for count, terminal in _turn(number, [(MANY, many), (FEW, few)]):
                    terminal.press(BACK, METHOD)
                    taken[count] = terminal.press(ENTER, _count(count, count), schedule_name(10))
                yield "picker", taken[MANY], taken[FEW]
            for number in range(SAMPLES):
                for count, terminal in _turn(number, [(MANY, many), (0, listed)]):
                    taken[count] = terminal.press(DOWN, schedule_name(number + 1))
                yield "down", taken[MANY], taken[0]
            for number in range(SAMPLES):
                for count, terminal in _turn(number, [(MANY, many), (SOME, some)]):
                    taken[count] = terminal.press("q", _count(-(-count // 7), count), schedule_name(70))
                    terminal.press(BACKSPACE, _count(count, count))
                yield "filter", taken[MANY], taken[SOME]


@contextmanager
def _at_schedules(bench: Bench, count: int) -> Iterator[Terminal]:
    """Run the wizard at the schedule step, on a site with so many."""
    with Site(schedules=count) as site, bench.running(bench.wizard(site.url)) as terminal:
        terminal.first_frame()
        terminal.shows(PROVIDER)
        terminal.press(ENTER, METHOD)
        terminal.press(ENTER, _count(count, count))
        yield terminal


def _count(shown: int, total: int) -> str:
    return texts.SCHEDULE_COUNT.format(shown=shown, total=total)


def _turn(number: int, those: list[Turn]) -> list[Turn]:
    return those[::-1] if number % 2 else those
